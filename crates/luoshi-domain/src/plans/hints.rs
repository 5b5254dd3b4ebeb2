//! What stands beside a proposal for the person who confirms: how the bureau's experience was
//! used, and what is suggested without being taken (IMPORT-07, 09).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{ProposalId, UnitId};
use crate::plans::{Decision, Draft, Proposal, ProposalKind};

/// One use of what was learnt; the draft already follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Experience {
    /// A name that the organisation does not know stands for units that people chose before.
    Name {
        name: String,
        units: Vec<UnitId>,
        /// Plans that confirmed it …
        count: u32,
        /// … of those that decided about the name.
        of: u32,
    },
    /// People made another kind of what the reader proposes here.
    Kind {
        cue: String,
        from: ProposalKind,
        to: ProposalKind,
        count: u32,
        of: u32,
    },
    /// A person filled another proposal of this plan, and then all with the same name.
    SameName {
        name: String,
        units: Vec<UnitId>,
        from: ProposalId,
    },
}

/// A change that nobody made yet; a person takes or ignores it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Unique in the proposal.
    pub number: u32,
    pub source: SuggestionSource,
    pub change: Change,
    /// The words of the document that it rests on, exactly as written.
    pub quote: String,
}

/// Who suggests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionSource {
    /// The name abbreviates that of one unit.
    SimilarName,
    /// A language model on the bureau's own network.
    Model,
}

/// What would change in the draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The unit joins, as lead where there is none yet and `co` is not set.
    Unit {
        unit: UnitId,
        co: bool,
    },
    Kind {
        kind: ProposalKind,
    },
    Limit {
        day: NaiveDate,
    },
    Frequency {
        text: String,
    },
}

impl Suggestion {
    /// The draft with the change made.
    pub fn made_in(&self, draft: &Draft) -> Draft {
        let mut draft = draft.clone();
        match &self.change {
            Change::Unit { unit, co } => {
                if !draft.leads.contains(unit) && !draft.co_units.contains(unit) {
                    let list = if *co || !draft.leads.is_empty() {
                        &mut draft.co_units
                    } else {
                        &mut draft.leads
                    };
                    list.push(*unit);
                }
            }
            Change::Kind { kind } => draft.kind = *kind,
            Change::Limit { day } => draft.limit = Some(*day),
            Change::Frequency { text } => draft.frequency = Some(text.clone()),
        }
        draft
    }
}

impl Proposal {
    /// Whether it is open with no suggestion beside it, so that accepting its clause accepts it.
    pub fn awaits_nothing_else(&self) -> bool {
        self.decision == Decision::Open && self.suggestions().next().is_none()
    }

    /// The suggestions that would still change something.
    pub fn suggestions(&self) -> impl Iterator<Item = &Suggestion> {
        let open = self.reading.suggestions.iter();
        open.filter(|known| known.made_in(&self.draft) != self.draft)
    }

    /// Takes a suggestion off the list.
    pub(super) fn settle(&mut self, number: u32) {
        let suggestions = &mut self.reading.suggestions;
        suggestions.retain(|known| known.number != number);
    }

    /// The draft as edited by a person; what was suggested about its units is settled with them.
    pub(super) fn edit(&mut self, draft: &Draft) {
        let same = self.draft.leads == draft.leads && self.draft.co_units == draft.co_units;
        if !same {
            let suggestions = &mut self.reading.suggestions;
            suggestions.retain(|known| !matches!(known.change, Change::Unit { .. }));
        }
        self.draft = draft.clone();
    }
}
