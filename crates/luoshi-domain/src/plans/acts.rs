//! Acts: what a person did to a plan in one step, kept so that the step can be taken back.
//!
//! An act is a run of events behind [`PlanEvent::ActBegun`]; folding them notes what stood before.
//! Taking an act back is a run of events of its own, so that the journal keeps both.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::ids::{PersonId, ProposalId};
use crate::journal::Signed;
use crate::plans::commands::PlanCommand;
use crate::plans::{Decision, Draft, Plan, PlanDetails, PlanEvent, Reading};
use crate::refusals::Refusal;

/// One step of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// The plan's version with which it began; names the act within the plan.
    pub id: i64,
    /// The plan's version with which it was complete.
    pub last: i64,
    pub name: ActName,
    pub by: Signed,
    /// What stood before, once for each thing that the act changed.
    pub changes: Vec<Change>,
    pub undone: bool,
}

/// What was done, for the words on the button that takes it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActName {
    Accept,
    Edit,
    /// Edited and accepted.
    AcceptEdited,
    Merge,
    Reject,
    /// A decision on a proposal was taken back by itself.
    Reopen,
    Dismiss,
    ReopenClause,
    TakeSuggestion,
    IgnoreSuggestion,
    /// What was chosen for a name was filled in wherever it stands, or taken out again.
    SameName,
    /// Open proposals were read again by what was learnt.
    Reread,
    Details,
    /// Changed as an edited file says.
    File,
    /// Several commands of different kinds.
    Several,
}

/// A thing as it stood before an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Proposal {
        id: ProposalId,
        /// `None` when the act left it as it was.
        content: Option<Box<Content>>,
        /// `None` when the act left it as it was.
        decision: Option<Decision>,
    },
    Clause {
        clause: u32,
        no_action: Option<String>,
    },
    Details {
        details: Box<PlanDetails>,
    },
}

/// What a proposal says, and what stands beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub draft: Draft,
    pub reading: Reading,
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    Proposal(ProposalId),
    Clause(u32),
    Details,
}

impl Change {
    pub fn target(&self) -> Target {
        match self {
            Self::Proposal { id, .. } => Target::Proposal(*id),
            Self::Clause { clause, .. } => Target::Clause(*clause),
            Self::Details { .. } => Target::Details,
        }
    }
}

impl Act {
    /// The proposals that it changed.
    pub fn proposals(&self) -> impl Iterator<Item = ProposalId> {
        self.changes.iter().filter_map(|change| match change {
            Change::Proposal { id, .. } => Some(*id),
            _ => None,
        })
    }

    /// The clauses that it marked or unmarked.
    pub fn clauses(&self) -> impl Iterator<Item = u32> {
        self.changes.iter().filter_map(|change| match change {
            Change::Clause { clause, .. } => Some(*clause),
            _ => None,
        })
    }
}

impl ActName {
    /// What commands do together; `None` when nothing of it is a person's step to take back.
    pub fn of(commands: &[PlanCommand]) -> Option<Self> {
        let mut names = commands.iter().filter_map(one);
        let mut all = names.next()?;
        for name in names {
            all = match (all, name) {
                (known, name) if known == name => known,
                (Self::Edit | Self::AcceptEdited, Self::Accept) => Self::AcceptEdited,
                (Self::Dismiss, Self::Reject) | (Self::Reject, Self::Dismiss) => Self::Dismiss,
                _ => return Some(Self::Several),
            };
        }
        Some(all)
    }
}

fn one(command: &PlanCommand) -> Option<ActName> {
    match command {
        PlanCommand::AmendDetails(_) => Some(ActName::Details),
        PlanCommand::EditProposal { .. } => Some(ActName::Edit),
        PlanCommand::AcceptProposal { .. } | PlanCommand::AcceptClause { .. } => {
            Some(ActName::Accept)
        }
        PlanCommand::RejectProposal { .. } => Some(ActName::Reject),
        PlanCommand::MergeProposal { .. } | PlanCommand::CoverProposal { .. } => {
            Some(ActName::Merge)
        }
        PlanCommand::ReopenProposal { .. } => Some(ActName::Reopen),
        PlanCommand::DismissClause { .. } => Some(ActName::Dismiss),
        PlanCommand::ReopenClause { .. } => Some(ActName::ReopenClause),
        PlanCommand::TakeSuggestion { .. } => Some(ActName::TakeSuggestion),
        PlanCommand::IgnoreSuggestion { .. } => Some(ActName::IgnoreSuggestion),
        // What follows from experience is part of the act that brought it, or of none; versions
        // and questions are taken back by commands of their own.
        PlanCommand::RereadProposal { .. }
        | PlanCommand::MakeVersion(_)
        | PlanCommand::DenyVersion
        | PlanCommand::UndoVersion
        | PlanCommand::Supersede { .. }
        | PlanCommand::SettleQuestion { .. }
        | PlanCommand::ReopenQuestion { .. }
        | PlanCommand::Suggest { .. }
        | PlanCommand::UndoAct { .. }
        | PlanCommand::Finalise { .. } => None,
    }
}

impl Plan {
    /// The events of several commands as one act, or why one of them may not be.
    /// Without a name they are nobody's step to take back.
    pub fn decide_act(
        &self,
        name: Option<ActName>,
        commands: Vec<PlanCommand>,
        ctx: &Context<'_>,
    ) -> Result<Vec<PlanEvent>, Refusal> {
        let signed = ctx.signed();
        // A plan holds its whole text: it is copied only where a command follows another.
        let mut after = Cow::Borrowed(self);
        let mut events = Vec::new();
        let mut commands = commands.into_iter().peekable();
        while let Some(command) = commands.next() {
            let decided = after.decide(command, ctx)?;
            if commands.peek().is_some() {
                let after = after.to_mut();
                for event in &decided {
                    after.apply(event, &signed);
                }
            }
            events.extend(decided);
        }
        if let (Some(name), false) = (name, events.is_empty()) {
            let length = u32::try_from(events.len()).unwrap_or(u32::MAX);
            let begun = PlanEvent::ActBegun {
                name,
                events: length,
            };
            events.insert(0, begun);
        }
        Ok(events)
    }

    /// Acts that were not taken back, latest first.
    pub fn standing_acts(&self) -> impl Iterator<Item = &Act> {
        self.acts.iter().rev().filter(|act| !act.undone)
    }

    /// What this person may take back next, if nobody changed the same things since.
    pub fn last_act_of(&self, person: PersonId) -> Option<&Act> {
        self.standing_acts().find(|act| act.by.person == person)
    }

    /// Who last decided each proposal, as far as it still stands.
    pub fn deciders(&self) -> HashMap<ProposalId, &Signed> {
        let mut deciders = HashMap::new();
        for act in self.acts.iter().filter(|act| !act.undone) {
            for change in &act.changes {
                if let Change::Proposal {
                    id,
                    decision: Some(_),
                    ..
                } = change
                {
                    deciders.insert(*id, &act.by);
                }
            }
        }
        deciders
    }

    /// Notes what `event` is about to change, when it belongs to the act in progress.
    pub(super) fn note(&mut self, event: &PlanEvent) {
        let running = self.acts.last().filter(|act| self.version <= act.last);
        let (Some(act), Some(target)) = (running, event.target()) else {
            return;
        };
        let place = act
            .changes
            .iter()
            .position(|change| change.target() == target);
        let before = self.before(event);
        let Some(act) = self.acts.last_mut() else {
            return;
        };
        match (place.and_then(|place| act.changes.get_mut(place)), before) {
            (None, Some(before)) => act.changes.push(before),
            (
                Some(Change::Proposal {
                    content, decision, ..
                }),
                Some(Change::Proposal {
                    content: stood,
                    decision: decided,
                    ..
                }),
            ) => {
                *content = content.take().or(stood);
                *decision = decision.take().or(decided);
            }
            _ => {}
        }
    }

    fn before(&self, event: &PlanEvent) -> Option<Change> {
        match event {
            PlanEvent::ProposalEdited { proposal, .. }
            | PlanEvent::ProposalReread { proposal, .. }
            | PlanEvent::Suggested { proposal, .. }
            | PlanEvent::SuggestionTaken { proposal, .. }
            | PlanEvent::SuggestionIgnored { proposal, .. } => {
                self.proposal(*proposal).map(|known| Change::Proposal {
                    id: known.id,
                    content: Some(Box::new(Content {
                        draft: known.draft.clone(),
                        reading: known.reading.clone(),
                    })),
                    decision: None,
                })
            }
            PlanEvent::ProposalDecided { proposal, .. } => {
                self.proposal(*proposal).map(|known| Change::Proposal {
                    id: known.id,
                    content: None,
                    decision: Some(known.decision.clone()),
                })
            }
            PlanEvent::ClauseDismissed { clause, .. } | PlanEvent::ClauseReopened { clause } => {
                self.clause(*clause).map(|known| Change::Clause {
                    clause: *clause,
                    no_action: known.no_action.clone(),
                })
            }
            PlanEvent::DetailsAmended { .. } => Some(Change::Details {
                details: Box::new(self.details.clone()),
            }),
            _ => None,
        }
    }

    /// The events that put back what stood before an act.
    pub(super) fn decide_undo(
        &self,
        id: i64,
        ctx: &Context<'_>,
    ) -> Result<Vec<PlanEvent>, Refusal> {
        let act = self.acts.iter().find(|act| act.id == id);
        let act =
            act.ok_or_else(|| Refusal::input("unknown_act", "IMPORT-10", "没有这一步可撤销。"))?;
        if act.undone {
            return Err(Refusal::state(
                "already_undone",
                "IMPORT-10",
                "这一步已经撤销过了。",
            ));
        }
        if act.by.person != ctx.actor.person {
            return Err(Refusal::state(
                "not_yours",
                "IMPORT-10",
                format!(
                    "这一步是{}办的，只有本人可以整步撤销；可以逐项撤回。",
                    act.by.name
                ),
            ));
        }
        if self
            .last_act_of(act.by.person)
            .is_some_and(|last| last.id != id)
        {
            return Err(Refusal::state(
                "undo_order",
                "IMPORT-10",
                "您之后又办了别的，请从最近的一步开始撤销。",
            ));
        }
        self.require_untouched(act)?;
        self.require_whole_merges(act)?;
        let events: Vec<PlanEvent> = act.changes.iter().flat_map(restored).collect();
        let undone = PlanEvent::ActUndone { act: id };
        Ok(std::iter::once(undone).chain(events).collect())
    }

    /// What others changed since must not be put back over their heads.
    fn require_untouched(&self, act: &Act) -> Result<(), Refusal> {
        let targets: HashSet<Target> = act.changes.iter().map(Change::target).collect();
        for later in self.standing_acts().take_while(|later| later.id > act.id) {
            let touched = later
                .changes
                .iter()
                .filter(|change| targets.contains(&change.target()))
                .count();
            if touched > 0 {
                return Err(Refusal::state(
                    "changed_since",
                    "IMPORT-10",
                    format!(
                        "{}之后又改动了其中的 {touched} 处，不能整步撤销；可以逐项撤回。",
                        later.by.name
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Nothing may stand with a proposal that is gone (IMPORT-13).
    fn require_whole_merges(&self, act: &Act) -> Result<(), Refusal> {
        let mut decisions: HashMap<ProposalId, &Decision> = self
            .proposals
            .iter()
            .map(|known| (known.id, &known.decision))
            .collect();
        for change in &act.changes {
            if let Change::Proposal {
                id,
                decision: Some(decision),
                ..
            } = change
            {
                decisions.insert(*id, decision);
            }
        }
        let broken = decisions.values().any(|decision| match decision {
            Decision::Merged { into } => !matches!(
                decisions.get(into),
                Some(Decision::Open | Decision::Accepted | Decision::Covered { .. })
            ),
            _ => false,
        });
        if broken {
            return Err(Refusal::state(
                "has_merged",
                "IMPORT-13",
                "之后有其他事项并入了其中的一项，请先恢复它们再撤销。",
            ));
        }
        Ok(())
    }
}

fn restored(change: &Change) -> Vec<PlanEvent> {
    match change {
        Change::Proposal {
            id,
            content,
            decision,
        } => {
            let content = content.clone().map(|content| PlanEvent::ProposalReread {
                proposal: *id,
                draft: Box::new(content.draft),
                reading: Box::new(content.reading),
            });
            let decision = decision.clone().map(|decision| PlanEvent::ProposalDecided {
                proposal: *id,
                decision,
            });
            content.into_iter().chain(decision).collect()
        }
        Change::Clause {
            clause,
            no_action: Some(reason),
        } => vec![PlanEvent::ClauseDismissed {
            clause: *clause,
            reason: reason.clone(),
        }],
        Change::Clause {
            clause,
            no_action: None,
        } => vec![PlanEvent::ClauseReopened { clause: *clause }],
        Change::Details { details } => vec![PlanEvent::DetailsAmended {
            details: (**details).clone(),
        }],
    }
}

#[cfg(test)]
mod tests;
