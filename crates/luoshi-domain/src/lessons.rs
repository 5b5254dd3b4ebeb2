//! What the bureau's confirmations taught about reading its plans (IMPORT-07, 09).
//!
//! Plain counting: a name as written stands for the units that people chose for it, a kind that the
//! reader proposes at a cue stands for the kind that people confirmed. Every use can be explained by
//! its counts, and all of it can be forgotten.

pub mod commands;
pub mod evidence;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{PlanId, ProposalId, UnitId};
use crate::journal::Signed;
use crate::plans::ProposalKind;

/// The latest confirmations kept with a lesson; older ones are only counted.
pub const RECENT: usize = 12;

/// Longest name that is learnt, in characters; longer ones are sentences.
pub const NAME_LIMIT: usize = 60;

/// Signs by which documents blank a name out.
const REDACTIONS: [&str; 14] = [
    "xx", "XX", "xX", "Xx", "ｘ", "Ｘ", "×", "某", "*", "＊", "□", "■", "○○", "〇〇",
];

/// All that a bureau has learnt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lessons {
    /// Events folded so far.
    pub version: i64,
    /// The number that the next lesson gets; never given twice.
    pub next: u32,
    /// In the order of learning.
    pub names: Vec<LearntName>,
    /// In the order of learning.
    pub kinds: Vec<LearntKind>,
}

/// A name as written, and one choice of units for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearntName {
    pub number: u32,
    pub name: String,
    /// Sorted; empty when people found that it is none of the bureau's units.
    pub units: Vec<UnitId>,
    pub support: Support,
}

/// A kind that the reader proposed at a cue, and one kind that people confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearntKind {
    pub number: u32,
    pub setting: KindSetting,
    pub confirmed: ProposalKind,
    pub support: Support,
}

/// Where the reader proposed a kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KindSetting {
    pub proposed: ProposalKind,
    /// The telling word of the sentence; empty when there is none.
    pub cue: String,
    /// What the heading is about; empty when it does not say.
    pub theme: String,
}

/// How often, when and by whom a lesson was confirmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Support {
    /// Confirmations so far.
    pub count: u32,
    /// The latest [`RECENT`] of them, oldest first.
    pub recent: Vec<Confirmation>,
}

/// One confirmation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    pub plan: PlanId,
    pub proposal: ProposalId,
    pub at: DateTime<Utc>,
    /// The person's name as it was then.
    pub by: String,
}

/// A name and the units that people chose for it in one proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamePair {
    pub name: String,
    pub units: Vec<UnitId>,
    pub proposal: ProposalId,
}

/// A proposed kind and the kind that people confirmed in one proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindPair {
    pub setting: KindSetting,
    pub confirmed: ProposalKind,
    pub proposal: ProposalId,
}

/// What happened to the lessons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LessonsEvent {
    /// A plan became final; a name counts once in a plan for each choice, a kind each time.
    Learnt {
        plan: PlanId,
        names: Vec<NamePair>,
        kinds: Vec<KindPair>,
    },
    Forgotten {
        number: u32,
    },
    Reset {
        reason: String,
    },
}

impl Lessons {
    /// The stream's kind in the journal; its id is the bureau's.
    pub const STREAM: &'static str = "lessons";

    /// Folds one event into the state. Never fails, never looks at the clock.
    pub fn apply(&mut self, event: &LessonsEvent, by: &Signed) {
        self.version += 1;
        match event {
            LessonsEvent::Learnt { plan, names, kinds } => {
                let confirmation = |proposal| Confirmation {
                    plan: *plan,
                    proposal,
                    at: by.at,
                    by: by.name.clone(),
                };
                for pair in names {
                    let confirmation = confirmation(pair.proposal);
                    self.support_of_name(pair).add(confirmation);
                }
                for pair in kinds {
                    let confirmation = confirmation(pair.proposal);
                    self.support_of_kind(pair).add(confirmation);
                }
            }
            LessonsEvent::Forgotten { number } => {
                self.names.retain(|known| known.number != *number);
                self.kinds.retain(|known| known.number != *number);
            }
            LessonsEvent::Reset { .. } => {
                self.names.clear();
                self.kinds.clear();
            }
        }
    }

    /// The lesson that a pair confirms.
    pub fn name(&self, pair: &NamePair) -> Option<&LearntName> {
        self.names.iter().find(|known| known.is(pair))
    }

    /// The lesson that a pair confirms.
    pub fn kind(&self, pair: &KindPair) -> Option<&LearntKind> {
        self.kinds.iter().find(|known| known.is(pair))
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.kinds.is_empty()
    }

    fn support_of_name(&mut self, pair: &NamePair) -> &mut Support {
        let place = self.names.iter().position(|known| known.is(pair));
        let place = place.unwrap_or_else(|| {
            self.names.push(LearntName {
                number: self.next,
                name: pair.name.clone(),
                units: pair.units.clone(),
                support: Support::default(),
            });
            self.next += 1;
            self.names.len() - 1
        });
        &mut self.names[place].support
    }

    fn support_of_kind(&mut self, pair: &KindPair) -> &mut Support {
        let place = self.kinds.iter().position(|known| known.is(pair));
        let place = place.unwrap_or_else(|| {
            self.kinds.push(LearntKind {
                number: self.next,
                setting: pair.setting.clone(),
                confirmed: pair.confirmed,
                support: Support::default(),
            });
            self.next += 1;
            self.kinds.len() - 1
        });
        &mut self.kinds[place].support
    }
}

impl LearntName {
    fn is(&self, pair: &NamePair) -> bool {
        self.name == pair.name && self.units == pair.units
    }
}

impl LearntKind {
    fn is(&self, pair: &KindPair) -> bool {
        self.setting == pair.setting && self.confirmed == pair.confirmed
    }
}

impl Support {
    /// The latest confirmation.
    pub fn last(&self) -> Option<&Confirmation> {
        self.recent.last()
    }

    fn add(&mut self, confirmation: Confirmation) {
        self.count = self.count.saturating_add(1);
        if self.recent.len() >= RECENT {
            self.recent.remove(0);
        }
        self.recent.push(confirmation);
    }
}

/// Whether a document blanked the name out; such names are never learnt and never matched.
pub fn is_redacted(name: &str) -> bool {
    REDACTIONS.iter().any(|sign| name.contains(sign))
}

#[cfg(test)]
mod tests;
