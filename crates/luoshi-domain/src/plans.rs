//! A plan: an imported document, its clauses and what was read out of it (IMPORT-09, 10).
//!
//! Nothing becomes active before a person finalises the plan, and it can be finalised only when
//! every clause has an outcome.

pub mod acts;
pub mod changes;
mod checks;
pub mod commands;
pub mod hints;
pub mod lineage;
mod outcomes;
pub mod questions;
pub mod texts;
pub mod years;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{PlanId, ProposalId, TaskId, UnitId};
use crate::journal::Signed;
use crate::marks::Mark;
use crate::plans::acts::{Act, ActName, Target};
use crate::plans::hints::{Experience, Suggestion};
use crate::plans::lineage::{Carried, Carry, Earlier, Lineage};
use crate::plans::questions::{Questions, Settlement, TextQuestion};
use crate::rights::{self, Row};
use crate::tasks::{Level, TaskKind};

pub use outcomes::{Coverage, Outcome};

/// An imported document on its way to tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub id: PlanId,
    /// Events folded so far.
    pub version: i64,
    pub details: PlanDetails,
    pub file_name: String,
    /// Hex SM3 of the text; one text is imported once in a bureau, and once for each other year.
    pub digest: String,
    /// The document's text; offsets are code points into it.
    pub text: String,
    /// How it stands to other plans.
    pub lineage: Lineage,
    /// What its text leaves open, and what persons settled of that.
    pub questions: Questions,
    pub state: PlanState,
    /// In reading order; together they tile the text.
    pub clauses: Vec<Clause>,
    /// In reading order.
    pub proposals: Vec<Proposal>,
    /// What was done in single steps, oldest first.
    pub acts: Vec<Act>,
    pub imported_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What is known of the document as a whole; asked for where it is silent (IMPORT-12).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDetails {
    pub title: String,
    pub issuer: Option<String>,
    /// Whom it binds: the bureau or unit addressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<String>,
    pub number: Option<String>,
    pub issued_on: Option<NaiveDate>,
    /// The year that completes dates.
    pub year: Option<i32>,
    /// Origin category of the tasks (SRC-01).
    pub category: String,
    /// The limit of tasks for which the document gives none.
    pub default_limit: Option<NaiveDate>,
    /// How far it, and what comes of it, may be known (SYS-05).
    #[serde(default, skip_serializing_if = "Mark::is_none")]
    pub mark: Mark,
}

/// How far the confirmation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    Confirming,
    Final,
}

/// One clause's own text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// E.g. `四/(二)/1`; `前言` before the first heading.
    pub path: String,
    pub level: u32,
    pub title: String,
    /// Code points into the text.
    pub start: u32,
    pub end: u32,
    /// Whether it has words beyond its number and heading.
    pub has_text: bool,
    /// Why nothing follows from it, once a person said so.
    pub no_action: Option<String>,
}

/// One thing read out of a clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub id: ProposalId,
    /// Index into [`Plan::clauses`].
    pub clause: u32,
    /// Code points into the text.
    pub start: u32,
    pub end: u32,
    pub quote: String,
    /// What the reader proposes, as later edited by a person.
    pub draft: Draft,
    /// What the reader saw in the words.
    pub reading: Reading,
    pub decision: Decision,
    /// What it took over from an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<Carried>,
}

/// What would become of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub kind: ProposalKind,
    pub title: String,
    pub target: String,
    pub level: Level,
    /// Each lead unit gets a task of its own.
    pub leads: Vec<UnitId>,
    pub co_units: Vec<UnitId>,
    pub limit: Option<NaiveDate>,
    pub frequency: Option<String>,
}

/// What the reader saw in the words, for the person who confirms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Units as written, lead first.
    pub responsible: Vec<String>,
    /// `sentence`, `previous`, `clause`, `heading`, `trailer`, `table` or `none`.
    pub responsible_from: String,
    pub co_responsible: Vec<String>,
    /// The deadline's words.
    pub deadline: Option<String>,
    /// The last day that the deadline's words mean, `2026-07-31`, or `XXXX-07-31` while nobody
    /// knows the year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Whether the year of `due` is that of the document and not in the words.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub due_completed: bool,
    pub frequency: Option<String>,
    /// The quantities' words.
    pub quantities: Vec<String>,
    /// Percent, 0 to 100.
    pub confidence: u8,
    /// The kind that the reader proposed, whatever became of it; `None` in older plans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ProposalKind>,
    /// The word that decided it, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cue: Option<String>,
    /// The words that the findings rest on, in reading order; also outside the quote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// How the bureau's experience was used; the draft follows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub experience: Vec<Experience>,
    /// What a person may take or ignore; the draft does not follow it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
}

/// Words of the text that a finding rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub shows: Shows,
    /// Code points into the text.
    pub start: u32,
    pub end: u32,
}

/// What words of the text show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    Responsible,
    CoResponsible,
    Deadline,
    Frequency,
    Quantity,
    Kind,
}

/// The reader's classification (IMPORT-09).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalKind {
    Task,
    Recurring,
    Target,
    Rule,
    Principle,
}

impl ProposalKind {
    /// The kind of task it becomes; rules and principles are recorded as text only.
    pub fn tracked(self) -> Option<TaskKind> {
        match self {
            Self::Task => Some(TaskKind::Task),
            Self::Recurring => Some(TaskKind::Recurring),
            Self::Target => Some(TaskKind::Target),
            Self::Rule | Self::Principle => None,
        }
    }
}

/// What a person decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Open,
    Accepted,
    Rejected {
        reason: String,
    },
    /// Stands with another proposal as one.
    Merged {
        into: ProposalId,
    },
    /// These tasks of the ledger stand for it already; they gain a source when the plan is final.
    Covered {
        tasks: Vec<TaskId>,
    },
}

/// What happened to a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanEvent {
    Imported(Box<Imported>),
    DetailsAmended {
        details: PlanDetails,
    },
    ProposalEdited {
        proposal: ProposalId,
        draft: Box<Draft>,
    },
    ProposalDecided {
        proposal: ProposalId,
        decision: Decision,
    },
    /// Read again by what the bureau has learnt since.
    ProposalReread {
        proposal: ProposalId,
        draft: Box<Draft>,
        reading: Box<Reading>,
    },
    Suggested {
        proposal: ProposalId,
        suggestions: Vec<Suggestion>,
    },
    SuggestionTaken {
        proposal: ProposalId,
        number: u32,
        draft: Box<Draft>,
    },
    SuggestionIgnored {
        proposal: ProposalId,
        number: u32,
    },
    ClauseDismissed {
        clause: u32,
        reason: String,
    },
    ClauseReopened {
        clause: u32,
    },
    /// The next `events` events are one step, which can be taken back as one.
    ActBegun {
        name: ActName,
        events: u32,
    },
    /// The act that began with this version is taken back; the events behind put back what stood.
    ActUndone {
        act: i64,
    },
    /// It is a new version of an earlier plan; what did not change keeps its outcome.
    Versioned(Box<Versioned>),
    /// It is no version of the plan that it was compared with.
    VersionDenied {
        plan: PlanId,
    },
    /// Takes [`PlanEvent::Versioned`] back.
    Unversioned,
    /// A later version took its place, or no longer does.
    Superseded {
        by: Option<PlanId>,
    },
    QuestionSettled {
        key: String,
        settlement: Settlement,
    },
    QuestionReopened {
        key: String,
    },
    Finalised {
        tasks: Vec<TaskId>,
    },
}

/// What a new version takes over from the earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versioned {
    pub plan: PlanId,
    /// Which version this one is; the first import is 1.
    pub nth: u32,
    pub carries: Vec<Carry>,
    /// Clauses from which nothing follows, with the reason given then.
    pub no_action: Vec<(u32, String)>,
    /// The earlier version's title.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
}

/// The document as imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    pub details: PlanDetails,
    pub file_name: String,
    pub digest: String,
    pub text: String,
    pub clauses: Vec<Clause>,
    pub proposals: Vec<Proposal>,
    #[serde(default, skip_serializing_if = "Lineage::is_alone")]
    pub lineage: Lineage,
    /// What the reader found open in the text itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<TextQuestion>,
}

impl Plan {
    /// The stream's kind in the journal.
    pub const STREAM: &'static str = "plan";

    /// The plan as policies see it.
    pub fn row(&self) -> Row {
        Row::Plan(rights::PlanRow {
            id: self.id.0,
            mark: self.details.mark,
        })
    }

    /// A plan as its import makes it.
    pub fn imported(id: PlanId, imported: &Imported, at: DateTime<Utc>) -> Self {
        Self {
            id,
            version: 1,
            details: imported.details.clone(),
            file_name: imported.file_name.clone(),
            digest: imported.digest.clone(),
            text: imported.text.clone(),
            lineage: imported.lineage.clone(),
            questions: Questions::asked(imported.questions.clone()),
            state: PlanState::Confirming,
            clauses: imported.clauses.clone(),
            proposals: imported.proposals.clone(),
            acts: Vec::new(),
            imported_at: at,
            updated_at: at,
        }
    }

    /// Folds one event into the state. Never fails, never looks at the clock.
    pub fn apply(&mut self, event: &PlanEvent, by: &Signed) {
        self.version += 1;
        self.updated_at = by.at;
        self.note(event);
        match event {
            PlanEvent::Imported(_) => {}
            PlanEvent::DetailsAmended { details } => self.details = details.clone(),
            PlanEvent::ProposalEdited { proposal, draft } => {
                if let Some(known) = self.proposal_mut(*proposal) {
                    known.edit(draft);
                }
            }
            PlanEvent::ProposalReread {
                proposal,
                draft,
                reading,
            } => {
                if let Some(known) = self.proposal_mut(*proposal) {
                    known.draft = (**draft).clone();
                    known.reading = (**reading).clone();
                }
            }
            PlanEvent::Suggested {
                proposal,
                suggestions,
            } => {
                if let Some(known) = self.proposal_mut(*proposal) {
                    known.reading.suggestions.extend_from_slice(suggestions);
                }
            }
            PlanEvent::SuggestionTaken {
                proposal,
                number,
                draft,
            } => {
                if let Some(known) = self.proposal_mut(*proposal) {
                    known.draft = (**draft).clone();
                    known.settle(*number);
                }
            }
            PlanEvent::SuggestionIgnored { proposal, number } => {
                if let Some(known) = self.proposal_mut(*proposal) {
                    known.settle(*number);
                }
            }
            PlanEvent::ProposalDecided { proposal, decision } => {
                if let Some(known) = self.proposal_mut(*proposal) {
                    known.decision = decision.clone();
                }
            }
            PlanEvent::ClauseDismissed { clause, reason } => {
                self.set_no_action(*clause, Some(reason.clone()));
            }
            PlanEvent::ClauseReopened { clause } => self.set_no_action(*clause, None),
            PlanEvent::ActBegun { name, events } => self.acts.push(Act {
                id: self.version,
                last: self.version + i64::from(*events),
                name: *name,
                by: by.clone(),
                changes: Vec::new(),
                undone: false,
            }),
            PlanEvent::ActUndone { act } => {
                if let Some(known) = self.acts.iter_mut().find(|known| known.id == *act) {
                    known.undone = true;
                }
            }
            PlanEvent::Versioned(versioned) => self.apply_versioned(versioned),
            PlanEvent::VersionDenied { plan } => {
                self.lineage.earlier = Some(Earlier::Denied { plan: *plan });
            }
            PlanEvent::Unversioned => self.apply_unversioned(),
            PlanEvent::Superseded { by } => self.lineage.superseded_by = *by,
            PlanEvent::QuestionSettled { key, settlement } => {
                self.questions.settle(key, settlement, by);
            }
            PlanEvent::QuestionReopened { key } => self.questions.reopen(key),
            PlanEvent::Finalised { .. } => self.state = PlanState::Final,
        }
    }

    pub fn proposal(&self, id: ProposalId) -> Option<&Proposal> {
        self.proposals.iter().find(|proposal| proposal.id == id)
    }

    /// The clause at `index`, in reading order.
    pub fn clause(&self, index: u32) -> Option<&Clause> {
        usize::try_from(index)
            .ok()
            .and_then(|index| self.clauses.get(index))
    }

    /// The path of the clause at `index`; empty when there is none.
    pub fn clause_path(&self, index: u32) -> &str {
        self.clause(index).map_or("", |clause| clause.path.as_str())
    }

    /// The text of each clause, in reading order.
    pub fn clause_texts(&self) -> Vec<&str> {
        let ranges = self.clauses.iter().map(|known| known.start..known.end);
        texts::slices(&self.text, ranges)
    }

    /// The text of the clause at `index`; empty when there is none.
    pub fn clause_text(&self, index: u32) -> &str {
        let range = self.clause(index).map(|known| known.start..known.end);
        let slices = texts::slices(&self.text, range.into_iter());
        slices.first().copied().unwrap_or_default()
    }

    fn proposal_mut(&mut self, id: ProposalId) -> Option<&mut Proposal> {
        self.proposals.iter_mut().find(|proposal| proposal.id == id)
    }

    fn set_no_action(&mut self, clause: u32, reason: Option<String>) {
        let known = usize::try_from(clause)
            .ok()
            .and_then(|index| self.clauses.get_mut(index));
        if let Some(known) = known {
            known.no_action = reason;
        }
    }
}

impl PlanEvent {
    /// The proposal whose row the event changes.
    pub fn proposal(&self) -> Option<ProposalId> {
        match self {
            Self::ProposalEdited { proposal, .. }
            | Self::ProposalDecided { proposal, .. }
            | Self::ProposalReread { proposal, .. }
            | Self::Suggested { proposal, .. }
            | Self::SuggestionTaken { proposal, .. }
            | Self::SuggestionIgnored { proposal, .. } => Some(*proposal),
            _ => None,
        }
    }

    /// The clause whose row the event changes.
    pub fn clause(&self) -> Option<u32> {
        match self {
            Self::ClauseDismissed { clause, .. } | Self::ClauseReopened { clause } => Some(*clause),
            _ => None,
        }
    }

    /// What the event changes, where that can be put back.
    pub fn target(&self) -> Option<Target> {
        let proposal = self.proposal().map(Target::Proposal);
        let clause = self.clause().map(Target::Clause);
        let is_details = matches!(self, Self::DetailsAmended { .. });
        proposal
            .or(clause)
            .or(is_details.then_some(Target::Details))
    }

    /// Whether the event may change any row of the plan.
    pub fn is_wide(&self) -> bool {
        matches!(self, Self::Versioned(_) | Self::Unversioned)
    }
}

/// One line of the list of plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRow {
    pub id: PlanId,
    pub title: String,
    pub number: Option<String>,
    pub file_name: String,
    pub state: PlanState,
    /// The year that its dates stand in.
    pub year: Option<i32>,
    pub lineage: Lineage,
    pub coverage: Coverage,
    pub proposals: u32,
    pub imported_at: DateTime<Utc>,
    pub mark: Mark,
}

impl PlanRow {
    /// The plan as policies see it.
    pub fn row(&self) -> Row {
        Row::Plan(rights::PlanRow {
            id: self.id.0,
            mark: self.mark,
        })
    }
}

#[cfg(test)]
mod tests;
