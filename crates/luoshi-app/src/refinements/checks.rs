//! What of an answer stands: only what the document itself says in those very words.

use chrono::NaiveDate;
use luoshi_domain::ids::UnitId;
use luoshi_domain::lessons::is_redacted;
use luoshi_domain::plans::hints::{Change, Suggestion, SuggestionSource};
use luoshi_domain::plans::{Plan, Proposal, ProposalKind};

use crate::plans::assignment::Names;
use crate::refinements::days;
use crate::refiner::{Refined, RefinedLimit};

/// Longest words of a frequency, in characters.
const FREQUENCY_CHARS: usize = 20;

/// What stands of one answer, and why the rest does not.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Checked {
    pub(super) suggestions: Vec<Suggestion>,
    pub(super) dropped: Vec<Dropped>,
}

/// Why a part of an answer was dropped; for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dropped {
    /// Nobody asked about that sentence.
    NotAsked,
    /// The words are not in the clause.
    NotSaid,
    UnknownKind,
    UnknownUnit,
    /// The name is blanked out in the document.
    Redacted,
    /// Not a day, or not the one that the words give.
    OtherDay,
    TooLong,
    /// A rule of confirming refuses it.
    Refused,
}

/// Keeps the changes whose words are in the clause; without an exact quote nothing stands.
pub(super) fn check(
    answer: Refined,
    proposal: &Proposal,
    plan: &Plan,
    names: &Names<'_>,
) -> Checked {
    let clause = plan.clause_text(proposal.clause);
    if !says(clause, &answer.quote) {
        return Checked {
            suggestions: Vec::new(),
            dropped: vec![Dropped::NotSaid],
        };
    }
    let mut changes = Vec::new();
    match answer.kind.as_deref().map(kind_named) {
        None => {}
        // What says the same suggests nothing.
        Some(Some(kind)) if kind == proposal.draft.kind => {}
        Some(Some(kind)) => changes.push(Ok(Change::Kind { kind })),
        Some(None) => changes.push(Err(Dropped::UnknownKind)),
    }
    let join = |name: &str, co| {
        Ok(Change::Unit {
            unit: unit(name, clause, names)?,
            co,
        })
    };
    changes.extend(answer.lead.iter().map(|name| join(name, false)));
    changes.extend(answer.co_units.iter().map(|name| join(name, true)));
    if let Some(limit) = answer.limit {
        changes.push(day(&limit, clause, plan.details.year).map(|day| Change::Limit { day }));
    }
    if let Some(text) = answer.frequency {
        changes.push(if !says(clause, &text) {
            Err(Dropped::NotSaid)
        } else if text.chars().count() > FREQUENCY_CHARS {
            Err(Dropped::TooLong)
        } else {
            Ok(Change::Frequency { text })
        });
    }
    let mut checked = Checked::default();
    for change in changes {
        match change {
            Err(why) => checked.dropped.push(why),
            Ok(change) => checked.suggestions.push(Suggestion {
                number: 0,
                source: SuggestionSource::Model,
                change,
                quote: answer.quote.clone(),
            }),
        }
    }
    checked
}

fn says(clause: &str, words: &str) -> bool {
    !words.trim().is_empty() && clause.contains(words)
}

/// The one unit that a name as written means here.
fn unit(name: &str, clause: &str, names: &Names<'_>) -> Result<UnitId, Dropped> {
    if is_redacted(name) {
        return Err(Dropped::Redacted);
    }
    if !says(clause, name) {
        return Err(Dropped::NotSaid);
    }
    let assigned = names.assign(&[name.to_owned()], &[]);
    if let [only] = assigned.leads.as_slice() {
        return Ok(*only);
    }
    let mut suggested = assigned.suggestions.into_iter();
    let alike = suggested.find_map(|known| match known.change {
        Change::Unit { unit, .. } => Some(unit),
        _ => None,
    });
    alike.ok_or(Dropped::UnknownUnit)
}

/// The day, where the words are in the clause and give that day.
fn day(limit: &RefinedLimit, clause: &str, year: Option<i32>) -> Result<NaiveDate, Dropped> {
    if !says(clause, &limit.words) {
        return Err(Dropped::NotSaid);
    }
    let day = limit.day.parse().ok();
    let day = day.filter(|day| days::are_of(&limit.words, *day, year));
    day.ok_or(Dropped::OtherDay)
}

fn kind_named(name: &str) -> Option<ProposalKind> {
    serde_json::from_value(name.into()).ok()
}
