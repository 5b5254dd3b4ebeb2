//! From what the reader read to what a person confirms: proposals with units of the organisation.

use luoshi_domain::ids::ProposalId;
use luoshi_domain::marks::Mark;
use luoshi_domain::plans::questions::{TextQuestion, Topic};
use luoshi_domain::plans::{
    Clause, Decision, Draft, Evidence, PlanDetails, Proposal, ProposalKind, Reading, Shows,
};
use luoshi_domain::tasks::Level;
use luoshi_plan::reading::{Kind, MissingKind, Obligation, UnitSource};
use uuid::Uuid;

use crate::lessons::{self, themes};
use crate::plans::Upload;
use crate::plans::assignment::Names;

/// Longest proposed title, in characters; the sentence itself stays as the target.
const TITLE_CHARS: usize = 40;

/// What is known of the document as a whole: what it says, then what the person gave.
pub fn details(
    reading: &luoshi_plan::reading::Reading,
    upload: &Upload,
    mark: Mark,
) -> PlanDetails {
    let issued_on = reading
        .issued_on
        .as_deref()
        .and_then(|day| day.parse().ok());
    let title = reading.title.clone();
    PlanDetails {
        title: title.unwrap_or_else(|| upload.file_name.clone()),
        issuer: reading.issuer.clone().or_else(|| upload.issuer.clone()),
        addressee: upload.addressee.clone(),
        number: reading.number.clone(),
        issued_on: issued_on.or(upload.issued_on),
        year: reading.year.or(upload.year),
        category: upload.category.clone(),
        default_limit: upload.default_limit,
        mark,
    }
}

/// What the text points to and does not contain, and what the reader asks (IMPORT-11).
pub fn questions(reading: &luoshi_plan::reading::Reading) -> Vec<TextQuestion> {
    let missing = reading.missing.iter().map(|missing| {
        let (topic, asks) = match missing.what {
            MissingKind::Attachment => (
                Topic::Attachment,
                format!("文中指向“{}”，导入的文件里没有它。", missing.text),
            ),
            MissingKind::Document => (
                Topic::Document,
                format!("文中要求按{}执行，导入的文件里没有它。", missing.text),
            ),
        };
        TextQuestion {
            topic,
            start: small(missing.start),
            end: small(missing.end),
            words: missing.text.clone(),
            asks,
        }
    });
    let asked = reading.questions.iter().filter_map(|question| {
        Some(TextQuestion {
            topic: topic(question.topic)?,
            start: small(question.start),
            end: small(question.end),
            words: quoted(&question.asks).to_owned(),
            asks: question.asks.clone(),
        })
    });
    missing.chain(asked).collect()
}

/// Where a question of the reader is listed; `None` where the plan itself asks the same.
fn topic(topic: luoshi_plan::reading::Topic) -> Option<Topic> {
    use luoshi_plan::reading::Topic as Read;
    match topic {
        Read::Year | Read::Issuer | Read::IssueDate | Read::Attachment | Read::Document => None,
        Read::RedactedUnit => Some(Topic::Unit),
        Read::ResponsibleUnit => Some(Topic::Nobody),
        Read::Rate => Some(Topic::Frequency),
        Read::VagueDeadline | Read::EventDeadline => Some(Topic::Date),
    }
}

/// The words that a question quotes.
fn quoted(asks: &str) -> &str {
    let rest = asks.split_once('“').map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split_once('”'))
        .map_or("", |(words, _)| words)
}

/// The clauses as the plan keeps them; `text` is what was read.
pub fn clauses(reading: &luoshi_plan::reading::Reading, text: &str) -> Vec<Clause> {
    let mut headings = reading.outline.iter().peekable();
    let mut letters = text.chars();
    let mut at = 0;
    let mut clauses = Vec::with_capacity(reading.clauses.len());
    for clause in &reading.clauses {
        // Both lists run in reading order, so one walk over the text serves all clauses.
        while headings
            .next_if(|heading| heading.start < clause.start)
            .is_some()
        {}
        let heading = headings.peek().filter(|heading| heading.start < clause.end);
        let body = heading.map_or(clause.start, |heading| heading.end.max(clause.start));
        let mut has_text = false;
        while at < clause.end {
            let Some(letter) = letters.next() else { break };
            has_text |= at >= body && letter.is_alphanumeric();
            at += 1;
        }
        clauses.push(Clause {
            path: clause.path.clone(),
            level: small(clause.level),
            title: clause.title.clone(),
            start: small(clause.start),
            end: small(clause.end),
            has_text,
            no_action: None,
        });
    }
    clauses
}

/// One proposal for each obligation, principles included, in reading order.
pub(crate) fn of(
    reading: &luoshi_plan::reading::Reading,
    clauses: &[Clause],
    names: &Names<'_>,
    mut next_id: impl FnMut() -> Uuid,
) -> Vec<Proposal> {
    let themes = themes::of(clauses);
    let proposals = reading.obligations.iter().map(|obligation| {
        let (draft, seen) = read(obligation, &themes, names);
        Proposal {
            id: ProposalId(next_id()),
            clause: small(obligation.clause),
            start: small(obligation.start),
            end: small(obligation.end),
            quote: obligation.quote.clone(),
            draft,
            reading: seen,
            decision: Decision::Open,
            carried: None,
        }
    });
    proposals.collect()
}

fn read(obligation: &Obligation, themes: &[&str], names: &Names<'_>) -> (Draft, Reading) {
    let assigned = names.assign(&obligation.responsible, &obligation.co_responsible);
    let mut seen = seen(obligation);
    let theme = themes.get(obligation.clause).copied().unwrap_or_default();
    let proposed = kind(obligation.kind);
    let cue = obligation.cue.as_deref();
    let (kind, learnt) = lessons::kind_of(proposed, cue, theme, names.lessons);
    seen.kind = Some(proposed);
    seen.cue = cue.map(str::to_owned);
    seen.experience = assigned.experience;
    seen.experience.extend(learnt);
    seen.suggestions = assigned.suggestions;
    let date = obligation
        .deadline
        .as_ref()
        .and_then(|deadline| deadline.date.as_deref());
    let draft = Draft {
        kind,
        title: title(&obligation.quote),
        target: obligation.quote.trim().to_owned(),
        level: Level::Ordinary,
        leads: assigned.leads,
        co_units: assigned.co_units,
        limit: date.and_then(|date| date.parse().ok()),
        frequency: obligation
            .frequency
            .as_ref()
            .map(|frequency| frequency.text.clone()),
    };
    (draft, seen)
}

/// A short title: the sentence from where it comes to the point, up to a natural stop.
fn title(quote: &str) -> String {
    let sentence = quote.trim().trim_end_matches(['。', '；', ';', '，']);
    let sentence = after_setting(sentence);
    let mut title: String = sentence.chars().take(TITLE_CHARS).collect();
    if title.len() == sentence.len() {
        return title;
    }
    let stop = title.rfind(['，', '；', '。', ',']);
    match stop.and_then(|stop| title.get(..stop)) {
        Some(head) if head.chars().count() >= TITLE_CHARS / 3 => title = head.to_owned(),
        _ => title.push('…'),
    }
    title
}

/// A sentence without the parts at its start that only say on what ground or to what end: 按照…要求，.
fn after_setting(sentence: &str) -> &str {
    const GROUNDS: [&str; 7] = ["根据", "按照", "依据", "结合", "对照", "为", "同时"];
    const LEAST: usize = 8;
    let mut rest = sentence;
    while GROUNDS.iter().any(|word| rest.starts_with(word))
        && let Some((_, after)) = rest.split_once(['，', ','])
        && after.chars().nth(LEAST).is_some()
    {
        rest = after.trim_start();
    }
    rest
}

fn seen(obligation: &Obligation) -> Reading {
    let percent = (obligation.confidence * 100.0).clamp(0.0, 100.0).round();
    Reading {
        responsible: obligation.responsible.clone(),
        responsible_from: source(obligation.responsible_from).to_owned(),
        co_responsible: obligation.co_responsible.clone(),
        deadline: obligation
            .deadline
            .as_ref()
            .map(|deadline| deadline.text.clone()),
        due: obligation
            .deadline
            .as_ref()
            .and_then(|deadline| deadline.date.clone()),
        due_completed: obligation
            .deadline
            .as_ref()
            .is_some_and(|deadline| deadline.inferred_year),
        frequency: obligation
            .frequency
            .as_ref()
            .map(|frequency| frequency.text.clone()),
        quantities: obligation
            .quantities
            .iter()
            .map(|quantity| quantity.text.clone())
            .collect(),
        confidence: (0..=100u8)
            .find(|known| f64::from(*known) >= percent)
            .unwrap_or(100),
        evidence: obligation.evidence.iter().map(evidence).collect(),
        ..Reading::default()
    }
}

fn evidence(known: &luoshi_plan::reading::Evidence) -> Evidence {
    use luoshi_plan::reading::Shows as Found;
    Evidence {
        shows: match known.shows {
            Found::Responsible => Shows::Responsible,
            Found::CoResponsible => Shows::CoResponsible,
            Found::Deadline => Shows::Deadline,
            Found::Frequency => Shows::Frequency,
            Found::Quantity => Shows::Quantity,
            Found::Kind => Shows::Kind,
        },
        start: small(known.start),
        end: small(known.end),
    }
}

fn kind(kind: Kind) -> ProposalKind {
    match kind {
        Kind::Task => ProposalKind::Task,
        Kind::Recurring => ProposalKind::Recurring,
        Kind::Target => ProposalKind::Target,
        Kind::Rule => ProposalKind::Rule,
        Kind::Principle => ProposalKind::Principle,
    }
}

fn source(source: UnitSource) -> &'static str {
    match source {
        UnitSource::Sentence => "sentence",
        UnitSource::Previous => "previous",
        UnitSource::Clause => "clause",
        UnitSource::Heading => "heading",
        UnitSource::Trailer => "trailer",
        UnitSource::Table => "table",
        UnitSource::None => "none",
    }
}

/// A document is far below 4 billion code points; see [`luoshi_documents`] for the limit.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_gets_a_title_up_to_a_natural_stop() {
        assert_eq!(title("办公室编发简报。"), "办公室编发简报");
        let long = "规划建设科牵头编制城东客运枢纽可行性研究报告，并在报送之前充分听取各方面意见建议和专家论证。";
        assert_eq!(title(long), "规划建设科牵头编制城东客运枢纽可行性研究报告");
    }

    #[test]
    fn import_10_a_title_comes_to_the_point() {
        for (sentence, said) in [
            (
                "按照市局要求，结合站场实际，逐站排查候船室隐患。",
                "逐站排查候船室隐患",
            ),
            ("根据客流变化，及时加开。", "根据客流变化，及时加开"),
            ("对逾期未报的，按照规定通报。", "对逾期未报的，按照规定通报"),
        ] {
            assert_eq!(title(sentence), said);
        }
    }
}
