//! Everything that a plan leaves open, and its answers (IMPORT-11).
//!
//! What the text itself leaves open is kept with the plan; what single proposals leave open
//! follows from them and goes when they are edited, one question for all with the same words.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use luoshi_domain::ids::{PlanId, ProposalId, UnitId};
use luoshi_domain::plans::acts::ActName;
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::questions::{Settled, Settlement, Topic};
use luoshi_domain::plans::{Decision, Draft, Plan, Proposal};
use luoshi_domain::refusals::Refusal;

use crate::errors::{AppError, AppResult};
use crate::plans::doubts::{self, Doubt};
use crate::plans::{PlanView, handle, handle_named};
use crate::{App, Who, policy};

/// Most characters of a question's words in its key.
const KEY_CHARS: usize = 100;

/// Something that the plan leaves open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Names it in commands.
    pub key: String,
    pub topic: Topic,
    /// The words that raise it.
    pub words: String,
    /// A sentence for the person.
    pub asks: String,
    /// The first clause concerned, as an index; `None` for the document as a whole.
    pub clause: Option<u32>,
    /// The proposals concerned, in reading order.
    pub proposals: Vec<ProposalId>,
    /// How it was settled without changing a proposal.
    pub settled: Option<Settled>,
}

/// An answer that changes the proposals concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    Unit(UnitId),
    Frequency(String),
    Limit(NaiveDate),
}

/// The questions of a plan as it stands, by topic.
pub fn of(plan: &Plan) -> Vec<Question> {
    let mut list = about(plan);
    list.extend(asked(plan));
    list.extend(derived(plan));
    for question in &mut list {
        question.settled = plan.questions.settled(&question.key).cloned();
    }
    list.sort_by_key(|question| question.topic);
    list
}

/// How many wait for an answer.
pub fn open(plan: &Plan) -> usize {
    let list = of(plan);
    list.iter().filter(|known| known.settled.is_none()).count()
}

fn about(plan: &Plan) -> Vec<Question> {
    let details = &plan.details;
    let yearless = plan
        .proposals
        .iter()
        .filter(|known| details.dated_year().is_none() && known.reading.lacks_year());
    let yearless: Vec<ProposalId> = yearless.map(|known| known.id).collect();
    let mut list = Vec::new();
    let mut ask = |key: &str, asks: String, proposals| {
        list.push(Question {
            key: format!("about:{key}"),
            topic: Topic::About,
            words: String::new(),
            asks,
            clause: None,
            proposals,
            settled: None,
        });
    };
    if !yearless.is_empty() {
        let count = yearless.len();
        ask(
            "year",
            format!("{count} 项时限没有写年份，是哪一年？"),
            yearless,
        );
    }
    if details.issued_on.is_none() {
        ask("issued_on", "文中没有读出印发日期。".into(), Vec::new());
    }
    if details.issuer.is_none() {
        ask("issuer", "文中没有读出发文单位。".into(), Vec::new());
    }
    if details.addressee.is_none() {
        ask(
            "addressee",
            "没有填写适用单位（主送单位）。".into(),
            Vec::new(),
        );
    }
    list
}

/// What the text itself leaves open; what a tracked proposal asks as well is left to that.
fn asked(plan: &Plan) -> impl Iterator<Item = Question> {
    let tracked = plan
        .proposals
        .iter()
        .filter(|known| known.draft.kind.tracked().is_some());
    let spans: Vec<(u32, u32)> = tracked.map(|known| (known.start, known.end)).collect();
    let asked = plan.questions.asked.iter().filter(move |question| {
        let before = spans.partition_point(|(start, _)| *start <= question.start);
        let within = before
            .checked_sub(1)
            .and_then(|place| spans.get(place))
            .is_some_and(|(_, end)| question.end <= *end);
        matches!(question.topic, Topic::Attachment | Topic::Document) || !within
    });
    let mut seen = HashSet::new();
    asked
        .filter(move |question| seen.insert(question.key()))
        .map(|question| Question {
            key: question.key(),
            topic: question.topic,
            words: question.words.clone(),
            asks: question.asks.clone(),
            clause: clause_at(plan, question.start),
            proposals: Vec::new(),
            settled: None,
        })
}

fn clause_at(plan: &Plan, point: u32) -> Option<u32> {
    let after = plan
        .clauses
        .partition_point(|clause| clause.start <= point)
        .checked_sub(1)?;
    u32::try_from(after).ok()
}

/// One question for all proposals that leave the same open.
fn derived(plan: &Plan) -> Vec<Question> {
    let mut groups: BTreeMap<(Topic, String), Vec<&Proposal>> = BTreeMap::new();
    let mut order = Vec::new();
    for known in &plan.proposals {
        if !matches!(known.decision, Decision::Open | Decision::Accepted) {
            continue;
        }
        for doubt in doubts::of(known) {
            let Some(group) = group(known, doubt) else {
                continue;
            };
            let members = groups.entry(group.clone()).or_default();
            if members.is_empty() {
                order.push(group);
            }
            members.push(known);
        }
    }
    let list = order.into_iter().filter_map(|group| {
        let members = groups.get(&group)?;
        let (topic, words) = group;
        let first = members.first()?;
        let count = members.len();
        let in_clause = words.starts_with('#');
        let words = if in_clause { String::new() } else { words };
        let asks = match topic {
            Topic::Unit => format!("“{words}”不在本单位机构中，{count} 项由谁牵头？"),
            Topic::Nobody => format!("{count} 项没有写明由谁负责，由谁牵头？"),
            Topic::Date => format!("“{words}”没有说到哪一天，{count} 项何时完成？"),
            _ if in_clause => format!("{count} 项没有读出频次，多久一次？"),
            _ => format!("“{words}”没有说多久一次，{count} 项多久一次？"),
        };
        let key: String = words.chars().take(KEY_CHARS).collect();
        let key = if in_clause {
            format!("{}:#{}", name(topic), first.clause)
        } else {
            format!("{}:{key}", name(topic))
        };
        Some(Question {
            key,
            topic,
            words,
            asks,
            clause: Some(first.clause),
            proposals: members.iter().map(|known| known.id).collect(),
            settled: None,
        })
    });
    list.collect()
}

/// Topic and words; words beginning with `#` name the clause.
fn group(known: &Proposal, doubt: Doubt) -> Option<(Topic, String)> {
    let reading = &known.reading;
    match doubt {
        Doubt::UnknownUnit => Some((Topic::Unit, reading.responsible.join("、"))),
        Doubt::NoUnit => Some((Topic::Nobody, format!("#{}", known.clause))),
        Doubt::UnclearLimit if !reading.lacks_year() => {
            Some((Topic::Date, reading.deadline.clone()?))
        }
        Doubt::UnclearFrequency => Some((
            Topic::Frequency,
            match known.draft.frequency.as_deref() {
                None | Some("") => format!("#{}", known.clause),
                Some(words) => words.to_owned(),
            },
        )),
        _ => None,
    }
}

fn name(topic: Topic) -> &'static str {
    match topic {
        Topic::Unit => "unit",
        Topic::Nobody => "nobody",
        Topic::Date => "date",
        _ => "frequency",
    }
}

/// Answers a question by editing all proposals concerned, as one act; how many changed.
pub async fn answer(
    app: &App,
    who: &Who,
    id: PlanId,
    key: &str,
    given: Given,
) -> AppResult<(PlanView, usize)> {
    let view = super::show(app, who, id).await?;
    let question = question(&view.plan, key)?;
    let mut commands = Vec::new();
    for proposal in &question.proposals {
        let Some(known) = view.plan.proposal(*proposal) else {
            continue;
        };
        let mut draft = known.draft.clone();
        match (&given, question.topic) {
            (Given::Unit(unit), Topic::Unit | Topic::Nobody) => {
                draft.co_units.retain(|co| co != unit);
                draft.leads = vec![*unit];
            }
            (Given::Frequency(words), Topic::Frequency) if !words.trim().is_empty() => {
                words
                    .trim()
                    .clone_into(draft.frequency.get_or_insert_default());
            }
            (Given::Limit(day), Topic::Date) => draft.limit = Some(*day),
            _ => {
                let sentence = "这个答复不适合这个问题。";
                return Err(Refusal::input("answer", "IMPORT-11", sentence).into());
            }
        }
        if is_changed(known, &draft) {
            commands.push(PlanCommand::EditProposal {
                proposal: *proposal,
                draft: Box::new(draft),
            });
        }
    }
    let count = commands.len();
    if count == 0 {
        return Ok((view, 0));
    }
    let act = (Some(ActName::Edit), commands);
    let view = handle_named(app, who, id, act, Some(view.plan.version)).await?;
    Ok((view, count))
}

fn is_changed(known: &Proposal, draft: &Draft) -> bool {
    known.draft != *draft
}

/// Settles a question without changing a proposal.
pub async fn settle(
    app: &App,
    who: &Who,
    id: PlanId,
    key: &str,
    settlement: Settlement,
) -> AppResult<Plan> {
    let view = super::show(app, who, id).await?;
    let key = question(&view.plan, key)?.key;
    let command = PlanCommand::SettleQuestion { key, settlement };
    handle(app, who, id, command, None).await
}

/// Takes a settlement back.
pub async fn reopen(app: &App, who: &Who, id: PlanId, key: &str) -> AppResult<Plan> {
    policy::see_plans(app, who)?;
    let key = key.to_owned();
    handle(app, who, id, PlanCommand::ReopenQuestion { key }, None).await
}

fn question(plan: &Plan, key: &str) -> AppResult<Question> {
    let mut list = of(plan).into_iter();
    list.find(|known| known.key == key)
        .ok_or(AppError::NotFound { what: "question" })
}
