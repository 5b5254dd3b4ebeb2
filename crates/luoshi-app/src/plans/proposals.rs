//! From what the reader read to what a person confirms: proposals with units of the organisation.

use luoshi_domain::ids::{ProposalId, UnitId};
use luoshi_domain::organisation::{Organisation, UnitKind};
use luoshi_domain::plans::{Clause, Decision, Draft, Proposal, ProposalKind, Reading};
use luoshi_domain::tasks::Level;
use luoshi_plan::reading::{Kind, Obligation, UnitSource};
use uuid::Uuid;

/// Longest proposed title, in characters; the sentence itself stays as the target.
const TITLE_CHARS: usize = 40;

/// Words for the persons of a unit; the unit answers for them.
const PERSON_SUFFIXES: [&str; 6] = [
    "主要负责同志",
    "主要负责人",
    "分管负责人",
    "负责同志",
    "负责人",
    "有关人员",
];

/// Words by which documents address all sections.
const ALL_SECTIONS: [&str; 6] = [
    "各科室",
    "机关各科室",
    "局机关各科室",
    "各股室",
    "机关各股室",
    "局机关各股室",
];

/// Words by which documents address all subordinate units.
const ALL_SUBORDINATES: [&str; 7] = [
    "各单位",
    "局属各单位",
    "各下属单位",
    "下属各单位",
    "所属各单位",
    "局属各二级机构",
    "各二级机构",
];

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
pub fn of(
    reading: &luoshi_plan::reading::Reading,
    organisation: &Organisation,
    mut next_id: impl FnMut() -> Uuid,
) -> Vec<Proposal> {
    let proposals = reading.obligations.iter().map(|obligation| Proposal {
        id: ProposalId(next_id()),
        clause: small(obligation.clause),
        start: small(obligation.start),
        end: small(obligation.end),
        quote: obligation.quote.clone(),
        draft: draft(obligation, organisation),
        reading: seen(obligation),
        decision: Decision::Open,
    });
    proposals.collect()
}

fn draft(obligation: &Obligation, organisation: &Organisation) -> Draft {
    let (leads, mut co_units) = lead_units(&obligation.responsible, organisation);
    for name in &obligation.co_responsible {
        co_units.extend(units_called(name, organisation).units());
    }
    let mut seen = leads.clone();
    co_units.retain(|unit| {
        let new = !seen.contains(unit);
        seen.push(*unit);
        new
    });
    let date = obligation
        .deadline
        .as_ref()
        .and_then(|deadline| deadline.date.as_deref());
    Draft {
        kind: kind(obligation.kind),
        title: title(&obligation.quote),
        target: obligation.quote.trim().to_owned(),
        level: Level::Ordinary,
        leads,
        co_units,
        limit: date.and_then(|date| date.parse().ok()),
        frequency: obligation
            .frequency
            .as_ref()
            .map(|frequency| frequency.text.clone()),
    }
}

/// The lead units and what is left over as co-units.
///
/// All that a collective name stands for lead, each with a task of its own; of units named one by
/// one the first leads and the others co-operate.
fn lead_units(names: &[String], organisation: &Organisation) -> (Vec<UnitId>, Vec<UnitId>) {
    let mut leads = Vec::new();
    let mut co_units = Vec::new();
    for name in names {
        match units_called(name, organisation) {
            Called::All(units) => leads.extend(units),
            Called::One(unit) if leads.is_empty() => leads.push(unit),
            Called::One(unit) => co_units.push(unit),
            Called::Nobody => {}
        }
    }
    leads.dedup();
    (leads, co_units)
}

/// Whom a document means by a name.
#[derive(Debug, PartialEq, Eq)]
enum Called {
    /// Unknown here, or redacted.
    Nobody,
    One(UnitId),
    /// All that a collective name stands for, be it one.
    All(Vec<UnitId>),
}

impl Called {
    fn units(self) -> Vec<UnitId> {
        match self {
            Self::Nobody => Vec::new(),
            Self::One(unit) => vec![unit],
            Self::All(units) => units,
        }
    }
}

/// Whom a document means by `name`; nobody when it is unknown or redacted (IMPORT-07).
fn units_called(name: &str, organisation: &Organisation) -> Called {
    let name = name.trim().trim_end_matches('等');
    if name.contains("xx") || name.contains("XX") || name.contains('×') {
        return Called::Nobody;
    }
    let bare = PERSON_SUFFIXES
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name);
    let kind = if ALL_SECTIONS.contains(&bare) {
        Some(UnitKind::Section)
    } else if ALL_SUBORDINATES.contains(&bare) {
        Some(UnitKind::Subordinate)
    } else {
        None
    };
    if let Some(kind) = kind {
        let units = organisation.units.iter().filter(|unit| unit.kind == kind);
        return Called::All(units.map(|unit| unit.id).collect());
    }
    let unit = organisation
        .unit_named(bare)
        .filter(|unit| unit.kind != UnitKind::Leadership);
    unit.map_or(Called::Nobody, |unit| Called::One(unit.id))
}

/// A short title: the sentence's beginning up to a natural stop.
fn title(quote: &str) -> String {
    let sentence = quote.trim().trim_end_matches(['。', '；', ';', '，']);
    let mut title: String = sentence.chars().take(TITLE_CHARS).collect();
    if title.len() == sentence.len() {
        return title;
    }
    let stop = title.rfind(['，', '；', '、', '。', ',']);
    match stop.and_then(|stop| title.get(..stop)) {
        Some(head) if head.chars().count() >= TITLE_CHARS / 3 => title = head.to_owned(),
        _ => title.push('…'),
    }
    title
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
        experience: Vec::new(),
        suggestions: Vec::new(),
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
    use luoshi_domain::organisation::{OrganisationCommand, Unit};

    use super::*;

    fn organisation() -> Organisation {
        let mut organisation = Organisation::default();
        let entries = [
            (1, UnitKind::Section, "规划建设科"),
            (2, UnitKind::Section, "安全应急科"),
            (3, UnitKind::Subordinate, "市公路事业发展中心"),
        ];
        for (n, kind, name) in entries {
            let unit = Unit {
                id: UnitId(Uuid::from_u128(n)),
                parent: None,
                kind,
                name: name.into(),
                aliases: Vec::new(),
                supervision_office: false,
                position: 0,
                valid_from: "2026-01-01".parse().unwrap(),
            };
            let event = organisation
                .decide(OrganisationCommand::EstablishUnit(unit))
                .unwrap();
            organisation.apply(&event);
        }
        organisation
    }

    fn names(units: &[UnitId], organisation: &Organisation) -> Vec<String> {
        units
            .iter()
            .map(|unit| organisation.unit_name(*unit).to_owned())
            .collect()
    }

    #[test]
    fn import_07_a_collective_name_gives_each_unit_its_own_task() {
        let organisation = organisation();
        let (leads, co_units) = lead_units(&["各科室".into(), "各单位".into()], &organisation);
        assert_eq!(
            names(&leads, &organisation),
            ["规划建设科", "安全应急科", "市公路事业发展中心"]
        );
        assert!(co_units.is_empty());
    }

    #[test]
    fn import_07_of_named_units_the_first_leads() {
        let organisation = organisation();
        let named = ["安全应急科".to_owned(), "规划建设科负责人".to_owned()];
        let (leads, co_units) = lead_units(&named, &organisation);
        assert_eq!(names(&leads, &organisation), ["安全应急科"]);
        assert_eq!(names(&co_units, &organisation), ["规划建设科"]);
    }

    #[test]
    fn import_07_a_redacted_or_unknown_name_is_never_matched() {
        let organisation = organisation();
        assert_eq!(
            units_called("xx区规划建设科", &organisation),
            Called::Nobody
        );
        assert_eq!(units_called("水利局", &organisation), Called::Nobody);
    }

    #[test]
    fn a_long_sentence_gets_a_title_up_to_a_natural_stop() {
        assert_eq!(title("办公室编发简报。"), "办公室编发简报");
        let long = "规划建设科牵头编制城东客运枢纽可行性研究报告，并在报送之前充分听取各方面意见建议和专家论证。";
        assert_eq!(title(long), "规划建设科牵头编制城东客运枢纽可行性研究报告");
    }
}
