//! What can be asked of a plan, and what it decides.

use crate::context::Context;
use crate::ids::{PlanId, ProposalId, TaskId};
use crate::plans::checks::{check_details, check_draft, check_length, require_reason};
use crate::plans::hints::Suggestion;
use crate::plans::questions::Settlement;
use crate::plans::{
    Decision, Draft, Imported, Plan, PlanDetails, PlanEvent, PlanState, Proposal, Reading,
    Versioned,
};
use crate::refusals::Refusal;

/// What can be asked of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanCommand {
    AmendDetails(PlanDetails),
    /// Replaces what would become of a proposal; leaves the decision as it is.
    EditProposal {
        proposal: ProposalId,
        draft: Box<Draft>,
    },
    AcceptProposal {
        proposal: ProposalId,
    },
    RejectProposal {
        proposal: ProposalId,
        reason: String,
    },
    /// `proposal` stands with `into` as one; its units join as co-units.
    MergeProposal {
        proposal: ProposalId,
        into: ProposalId,
    },
    /// Replaces what was read and drafted by what the bureau's experience gives now.
    RereadProposal {
        proposal: ProposalId,
        draft: Box<Draft>,
        reading: Box<Reading>,
    },
    /// Puts changes beside an open proposal that a person may take; their numbers are given here.
    Suggest {
        proposal: ProposalId,
        suggestions: Vec<Suggestion>,
    },
    TakeSuggestion {
        proposal: ProposalId,
        number: u32,
    },
    IgnoreSuggestion {
        proposal: ProposalId,
        number: u32,
    },
    /// Takes a decision back.
    ReopenProposal {
        proposal: ProposalId,
    },
    /// Accepts all that is open in a clause and has no suggestion beside it.
    AcceptClause {
        clause: u32,
    },
    /// Nothing follows from the clause: rejects what is open in it, or marks it when it is bare.
    DismissClause {
        clause: u32,
        reason: String,
    },
    ReopenClause {
        clause: u32,
    },
    /// Takes back the act of that number, the person's latest.
    UndoAct {
        act: i64,
    },
    /// It is a new version of an earlier plan (IMPORT-12).
    MakeVersion(Box<Versioned>),
    /// It is no version of the plan that the office was asked about.
    DenyVersion,
    UndoVersion,
    /// A later version takes its place, or no longer does; the only command on a final plan.
    Supersede {
        by: Option<PlanId>,
    },
    /// Tasks of the ledger stand for the proposal already (IMPORT-13).
    CoverProposal {
        proposal: ProposalId,
        tasks: Vec<TaskId>,
    },
    /// Settles what the text leaves open without changing a proposal (IMPORT-11).
    SettleQuestion {
        key: String,
        settlement: Settlement,
    },
    ReopenQuestion {
        key: String,
    },
    /// One task id for each task of [`Plan::tasks_to_open`], in that order.
    Finalise {
        tasks: Vec<TaskId>,
    },
}

/// A task that finalising opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskToOpen<'a> {
    pub proposal: &'a Proposal,
    pub lead: Option<crate::ids::UnitId>,
}

impl Plan {
    /// The event that imports a document, or why it cannot be imported.
    pub fn import(imported: Imported) -> Result<PlanEvent, Refusal> {
        check_details(&imported.details)?;
        Ok(PlanEvent::Imported(Box::new(imported)))
    }

    /// What would happen, or why it may not. Reads nothing but its arguments.
    pub fn decide(
        &self,
        command: PlanCommand,
        ctx: &Context<'_>,
    ) -> Result<Vec<PlanEvent>, Refusal> {
        if let PlanCommand::Supersede { by } = command {
            return Ok(vec![PlanEvent::Superseded { by }]);
        }
        if self.state == PlanState::Final {
            return Err(Refusal::state(
                "final",
                "IMPORT-10",
                "方案已定稿，不能再改动。",
            ));
        }
        match command {
            PlanCommand::AmendDetails(details) => {
                check_details(&details)?;
                let redated = self.redated(&details);
                let mut events = vec![PlanEvent::DetailsAmended { details }];
                events.extend(redated);
                Ok(events)
            }
            PlanCommand::EditProposal { proposal, draft } => {
                self.require_proposal(proposal)?;
                check_draft(&draft, ctx)?;
                Ok(vec![PlanEvent::ProposalEdited { proposal, draft }])
            }
            PlanCommand::AcceptProposal { proposal } => {
                let known = self.require_open(proposal)?;
                check_draft(&known.draft, ctx)?;
                Ok(vec![decided(proposal, Decision::Accepted)])
            }
            PlanCommand::RejectProposal { proposal, reason } => {
                self.require_open(proposal)?;
                self.require_nothing_merged(proposal)?;
                let reason = require_reason(reason)?;
                Ok(vec![decided(proposal, Decision::Rejected { reason })])
            }
            PlanCommand::MergeProposal { proposal, into } => self.decide_merge(proposal, into),
            PlanCommand::RereadProposal {
                proposal,
                draft,
                reading,
            } => {
                self.require_open(proposal)?;
                check_draft(&draft, ctx)?;
                Ok(vec![PlanEvent::ProposalReread {
                    proposal,
                    draft,
                    reading,
                }])
            }
            PlanCommand::Suggest {
                proposal,
                suggestions,
            } => self.decide_suggest(proposal, suggestions, ctx),
            PlanCommand::TakeSuggestion { proposal, number } => {
                let known = self.require_open(proposal)?;
                let draft = Box::new(suggestion(known, number)?.made_in(&known.draft));
                check_draft(&draft, ctx)?;
                Ok(vec![PlanEvent::SuggestionTaken {
                    proposal,
                    number,
                    draft,
                }])
            }
            PlanCommand::IgnoreSuggestion { proposal, number } => {
                suggestion(self.require_proposal(proposal)?, number)?;
                Ok(vec![PlanEvent::SuggestionIgnored { proposal, number }])
            }
            PlanCommand::ReopenProposal { proposal } => self.decide_reopen(proposal),
            PlanCommand::AcceptClause { clause } => {
                self.require_clause(clause)?;
                self.decide_accepted_clause(clause)
            }
            PlanCommand::DismissClause { clause, reason } => {
                self.require_clause(clause)?;
                let reason = require_reason(reason)?;
                let mut events = vec![PlanEvent::ClauseDismissed {
                    clause,
                    reason: reason.clone(),
                }];
                for id in self.open_in(clause) {
                    self.require_nothing_merged(id)?;
                    events.push(decided(
                        id,
                        Decision::Rejected {
                            reason: reason.clone(),
                        },
                    ));
                }
                Ok(events)
            }
            PlanCommand::ReopenClause { clause } => {
                self.require_clause(clause)?;
                let mut events = vec![PlanEvent::ClauseReopened { clause }];
                for proposal in self.proposals.iter().filter(|known| known.clause == clause) {
                    if matches!(proposal.decision, Decision::Rejected { .. }) {
                        events.push(decided(proposal.id, Decision::Open));
                    }
                }
                Ok(events)
            }
            PlanCommand::UndoAct { act } => self.decide_undo(act, ctx),
            PlanCommand::MakeVersion(versioned) => self.decide_version(*versioned),
            PlanCommand::DenyVersion => self.decide_no_version(),
            PlanCommand::UndoVersion => self.decide_version_back(),
            PlanCommand::Supersede { by } => Ok(vec![PlanEvent::Superseded { by }]),
            PlanCommand::CoverProposal { proposal, tasks } => self.decide_cover(proposal, tasks),
            PlanCommand::SettleQuestion { key, settlement } => {
                self.decide_settlement(key, settlement)
            }
            PlanCommand::ReopenQuestion { key } => self.decide_reopened_question(key),
            PlanCommand::Finalise { tasks } => self.decide_finalise(tasks),
        }
    }

    /// The tasks that finalising opens: one for each lead unit of each accepted, tracked proposal.
    pub fn tasks_to_open(&self) -> Vec<TaskToOpen<'_>> {
        let mut tasks = Vec::new();
        for proposal in &self.proposals {
            let tracked = proposal.draft.kind.tracked().is_some();
            if !tracked || proposal.decision != Decision::Accepted {
                continue;
            }
            if proposal.draft.leads.is_empty() {
                tasks.push(TaskToOpen {
                    proposal,
                    lead: None,
                });
            }
            for lead in &proposal.draft.leads {
                tasks.push(TaskToOpen {
                    proposal,
                    lead: Some(*lead),
                });
            }
        }
        tasks
    }

    /// Other sources of a proposal: those that were merged into it.
    pub fn merged_into(&self, id: ProposalId) -> impl Iterator<Item = &Proposal> {
        self.proposals
            .iter()
            .filter(move |known| known.decision == Decision::Merged { into: id })
    }

    fn open_in(&self, clause: u32) -> Vec<ProposalId> {
        let open = self
            .proposals
            .iter()
            .filter(|known| known.decision == Decision::Open);
        open.filter(|known| known.clause == clause)
            .map(|known| known.id)
            .collect()
    }

    /// What has a suggestion beside it waits until that is taken or ignored (IMPORT-07).
    fn decide_accepted_clause(&self, clause: u32) -> Result<Vec<PlanEvent>, Refusal> {
        let inside = self.proposals.iter().filter(|known| known.clause == clause);
        let settled: Vec<ProposalId> = inside
            .filter(|known| known.awaits_nothing_else())
            .map(|known| known.id)
            .collect();
        if settled.is_empty() {
            let (code, sentence) = if self.open_in(clause).is_empty() {
                ("nothing_open", "本条没有待定事项。")
            } else {
                let sentence = "本条待定的各项旁边都有建议，请先采用或忽略建议，再采纳。";
                ("suggestions_wait", sentence)
            };
            return Err(Refusal::state(code, "IMPORT-10", sentence));
        }
        let accepted = settled.into_iter();
        Ok(accepted.map(|id| decided(id, Decision::Accepted)).collect())
    }

    fn decide_merge(
        &self,
        proposal: ProposalId,
        into: ProposalId,
    ) -> Result<Vec<PlanEvent>, Refusal> {
        let merged = self.require_open(proposal)?;
        let kept = self.require_proposal(into)?;
        if proposal == into {
            return Err(Refusal::input("same", "IMPORT-13", "不能并入自身。"));
        }
        if matches!(
            kept.decision,
            Decision::Rejected { .. } | Decision::Merged { .. }
        ) {
            return Err(Refusal::state(
                "target_gone",
                "IMPORT-13",
                "要并入的事项已不采纳或已并入别处，请先恢复它。",
            ));
        }
        self.require_nothing_merged(proposal)?;
        let mut draft = kept.draft.clone();
        for unit in merged.draft.leads.iter().chain(&merged.draft.co_units) {
            if !draft.leads.contains(unit) && !draft.co_units.contains(unit) {
                draft.co_units.push(*unit);
            }
        }
        draft.limit = draft.limit.or(merged.draft.limit);
        let mut events = vec![decided(proposal, Decision::Merged { into })];
        if draft != kept.draft {
            events.push(PlanEvent::ProposalEdited {
                proposal: into,
                draft: Box::new(draft),
            });
        }
        Ok(events)
    }

    /// Numbers the suggestions and drops those that would change nothing.
    fn decide_suggest(
        &self,
        proposal: ProposalId,
        suggestions: Vec<Suggestion>,
        ctx: &Context<'_>,
    ) -> Result<Vec<PlanEvent>, Refusal> {
        let known = self.require_open(proposal)?;
        let numbers = known.reading.suggestions.iter().map(|known| known.number);
        let mut next = numbers.max().map_or(0, |last| last + 1);
        let mut kept: Vec<Suggestion> = Vec::new();
        for suggestion in suggestions {
            let draft = suggestion.made_in(&known.draft);
            check_draft(&draft, ctx)?;
            check_length("quote", &suggestion.quote)?;
            let mut others = known.reading.suggestions.iter().chain(&kept);
            if draft == known.draft || others.any(|other| other.change == suggestion.change) {
                continue;
            }
            kept.push(Suggestion {
                number: next,
                ..suggestion
            });
            next += 1;
        }
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![PlanEvent::Suggested {
            proposal,
            suggestions: kept,
        }])
    }

    fn decide_cover(
        &self,
        proposal: ProposalId,
        tasks: Vec<TaskId>,
    ) -> Result<Vec<PlanEvent>, Refusal> {
        let known = self.require_open(proposal)?;
        if tasks.is_empty() {
            return Err(Refusal::input("tasks", "IMPORT-13", "请选择已有事项。"));
        }
        if known.draft.kind.tracked().is_none() {
            return Err(Refusal::input(
                "not_tracked",
                "IMPORT-13",
                "制度、原则不立事项，不能并入台账事项；请先改类别。",
            ));
        }
        Ok(vec![decided(proposal, Decision::Covered { tasks })])
    }

    fn decide_reopen(&self, proposal: ProposalId) -> Result<Vec<PlanEvent>, Refusal> {
        let known = self.require_proposal(proposal)?;
        if known.decision == Decision::Open {
            return Err(Refusal::state(
                "already_open",
                "IMPORT-10",
                "该事项尚未决定。",
            ));
        }
        self.require_nothing_merged(proposal)?;
        let mut events = vec![decided(proposal, Decision::Open)];
        if self
            .clause(known.clause)
            .is_some_and(|clause| clause.no_action.is_some())
        {
            events.push(PlanEvent::ClauseReopened {
                clause: known.clause,
            });
        }
        Ok(events)
    }

    fn decide_finalise(&self, tasks: Vec<TaskId>) -> Result<Vec<PlanEvent>, Refusal> {
        let coverage = self.coverage();
        if !coverage.is_full() {
            let open = coverage.total - coverage.settled;
            return Err(Refusal::state(
                "not_covered",
                "IMPORT-10",
                format!("还有 {open} 条没有结论，逐条确认、合并、不采纳或注明无需落实后才能定稿。"),
            ));
        }
        if self.lineage.superseded_by.is_some() {
            return Err(Refusal::state(
                "superseded",
                "IMPORT-12",
                "这份方案已有新版本，请在新版本中核对和定稿；本版留存备查。",
            ));
        }
        if let Some(first) = self.lacking_year().next() {
            let count = self.lacking_year().count();
            let words = first.reading.deadline.as_deref().unwrap_or_default();
            return Err(Refusal::state(
                "year",
                "IMPORT-12",
                format!(
                    "已采纳的 {count} 项写着“{words}”这样没有年份的时限，而方案的年份还不知道。\
                     请在“改方案信息”里填写年份或印发日期，时限会随之补全；结论都已保存。"
                ),
            ));
        }
        if tasks.len() != self.tasks_to_open().len() {
            return Err(Refusal::input(
                "tasks",
                "IMPORT-10",
                "任务编号与待立事项的数目不符。",
            ));
        }
        Ok(vec![PlanEvent::Finalised { tasks }])
    }

    pub(super) fn require_proposal(&self, id: ProposalId) -> Result<&Proposal, Refusal> {
        self.proposal(id)
            .ok_or_else(|| Refusal::input("unknown_proposal", "IMPORT-10", "没有这个拟立事项。"))
    }

    fn require_open(&self, id: ProposalId) -> Result<&Proposal, Refusal> {
        let known = self.require_proposal(id)?;
        if known.decision != Decision::Open {
            return Err(Refusal::state(
                "already_decided",
                "IMPORT-10",
                "该事项已有结论，先恢复再重新决定。",
            ));
        }
        Ok(known)
    }

    /// What others stand with must stay while they do (IMPORT-13).
    fn require_nothing_merged(&self, id: ProposalId) -> Result<(), Refusal> {
        match self.merged_into(id).next() {
            None => Ok(()),
            Some(_) => Err(Refusal::state(
                "has_merged",
                "IMPORT-13",
                "已有其他事项并入本项，请先恢复它们。",
            )),
        }
    }

    fn require_clause(&self, index: u32) -> Result<(), Refusal> {
        match self.clause(index) {
            Some(_) => Ok(()),
            None => Err(Refusal::input(
                "unknown_clause",
                "IMPORT-10",
                "没有这个条款。",
            )),
        }
    }
}

fn suggestion(proposal: &Proposal, number: u32) -> Result<&Suggestion, Refusal> {
    let mut known = proposal.reading.suggestions.iter();
    known.find(|known| known.number == number).ok_or_else(|| {
        let sentence = "这条建议已经不在了。";
        Refusal::state("unknown_suggestion", "IMPORT-07", sentence)
    })
}

fn decided(proposal: ProposalId, decision: Decision) -> PlanEvent {
    PlanEvent::ProposalDecided { proposal, decision }
}
