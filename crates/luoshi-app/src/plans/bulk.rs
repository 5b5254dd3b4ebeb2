//! Acts on many proposals at once, for long documents. Each is one step to take back.

use std::collections::HashSet;

use luoshi_domain::ids::{PlanId, ProposalId};
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Decision, Outcome, Plan, Proposal, ProposalKind};

use crate::errors::AppResult;
use crate::plans::{PlanView, doubts, handle_all};
use crate::{App, Who};

const BARE: &str = "没有读出具体事项（批量记录）";
const PRINCIPLE: &str = "原则性表述（批量记录）";

/// What is done to many at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkAct {
    /// Accepts every open proposal that leaves nothing to check.
    AcceptClear,
    /// Marks what asks nothing of anybody: open clauses without proposals, and principles.
    DismissBare,
    /// Accepts those of the list that are open.
    Accept(Vec<ProposalId>),
    /// Rejects those of the list that are open, except what others stand with.
    Reject(Vec<ProposalId>, String),
}

/// Carries it out as one act; `seen` is the version that was previewed.
pub async fn carry_out(
    app: &App,
    who: &Who,
    id: PlanId,
    act: &BulkAct,
    seen: Option<i64>,
) -> AppResult<PlanView> {
    let view = super::show(app, who, id).await?;
    let seen = seen.or(Some(view.plan.version));
    handle_all(app, who, id, act.commands(&view.plan), seen).await
}

/// Accepts every open proposal that leaves nothing to check.
pub async fn accept_clear(
    app: &App,
    who: &Who,
    id: PlanId,
    seen: Option<i64>,
) -> AppResult<PlanView> {
    carry_out(app, who, id, &BulkAct::AcceptClear, seen).await
}

/// Marks what asks nothing of anybody.
pub async fn dismiss_bare(
    app: &App,
    who: &Who,
    id: PlanId,
    seen: Option<i64>,
) -> AppResult<PlanView> {
    carry_out(app, who, id, &BulkAct::DismissBare, seen).await
}

impl BulkAct {
    /// What it would do.
    pub fn commands(&self, plan: &Plan) -> Vec<PlanCommand> {
        match self {
            Self::AcceptClear => acceptances(plan),
            Self::DismissBare => dismissals(plan),
            Self::Accept(listed) => {
                let open = open_of(plan, listed);
                open.map(|known| accepted(known.id)).collect()
            }
            Self::Reject(listed, reason) => {
                let open = open_of(plan, listed);
                open.filter(|known| plan.merged_into(known.id).next().is_none())
                    .map(|known| PlanCommand::RejectProposal {
                        proposal: known.id,
                        reason: reason.clone(),
                    })
                    .collect()
            }
        }
    }
}

/// Those that leave nothing to check before they are accepted.
pub fn clear_of<'a>(
    proposals: impl Iterator<Item = &'a Proposal>,
) -> impl Iterator<Item = &'a Proposal> {
    proposals.filter(|proposal| {
        proposal.decision == Decision::Open
            && proposal.draft.kind != ProposalKind::Principle
            && doubts::of(proposal).is_empty()
    })
}

/// What accepting everything clear in one clause would do.
pub fn acceptances_in(plan: &Plan, clause: u32) -> Vec<PlanCommand> {
    let inside = plan.proposals.iter();
    let inside = inside.filter(|known| known.clause == clause);
    clear_of(inside).map(|known| accepted(known.id)).collect()
}

/// What [`BulkAct::DismissBare`] would do.
pub fn dismissals(plan: &Plan) -> Vec<PlanCommand> {
    let mut others = vec![0u32; plan.clauses.len()];
    let mut principles = vec![Vec::new(); plan.clauses.len()];
    for proposal in &plan.proposals {
        let Some(place) = usize::try_from(proposal.clause).ok() else {
            continue;
        };
        if is_open_principle(proposal) {
            if let Some(known) = principles.get_mut(place) {
                known.push(proposal.id);
            }
        } else if let Some(known) = others.get_mut(place) {
            *known += 1;
        }
    }
    let mut commands = Vec::new();
    let clauses = plan.outcomes().into_iter().zip(others).zip(principles);
    for (clause, ((outcome, others), principles)) in (0u32..).zip(clauses) {
        if outcome != Outcome::Open {
            continue;
        }
        if others > 0 {
            commands.extend(principles.into_iter().map(|proposal| {
                let reason = PRINCIPLE.to_owned();
                PlanCommand::RejectProposal { proposal, reason }
            }));
            continue;
        }
        let reason = if principles.is_empty() {
            BARE
        } else {
            PRINCIPLE
        };
        commands.push(PlanCommand::DismissClause {
            clause,
            reason: reason.to_owned(),
        });
    }
    commands
}

/// What [`BulkAct::AcceptClear`] would do.
pub fn acceptances(plan: &Plan) -> Vec<PlanCommand> {
    let clear = clear_of(plan.proposals.iter());
    clear.map(|known| accepted(known.id)).collect()
}

fn accepted(proposal: ProposalId) -> PlanCommand {
    PlanCommand::AcceptProposal { proposal }
}

fn open_of<'a>(plan: &'a Plan, listed: &[ProposalId]) -> impl Iterator<Item = &'a Proposal> {
    let listed: HashSet<ProposalId> = listed.iter().copied().collect();
    let open = plan.proposals.iter();
    open.filter(move |known| known.decision == Decision::Open && listed.contains(&known.id))
}

fn is_open_principle(proposal: &Proposal) -> bool {
    proposal.decision == Decision::Open && proposal.draft.kind == ProposalKind::Principle
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use luoshi_domain::ids::UnitId;
    use luoshi_domain::plans::hints::{Change, Suggestion, SuggestionSource};
    use luoshi_domain::plans::{Clause, Draft, PlanDetails, PlanState, Reading};
    use luoshi_domain::tasks::Level;
    use uuid::Uuid;

    use super::*;

    fn clause(path: &str) -> Clause {
        Clause {
            path: path.into(),
            level: 1,
            title: String::new(),
            start: 0,
            end: 0,
            has_text: true,
            no_action: None,
        }
    }

    fn proposal(n: u128, clause: u32, kind: ProposalKind) -> Proposal {
        Proposal {
            id: ProposalId(Uuid::from_u128(n)),
            clause,
            start: 0,
            end: 0,
            quote: "甲".into(),
            draft: Draft {
                kind,
                title: "甲".into(),
                target: "甲".into(),
                level: Level::Ordinary,
                leads: vec![UnitId(Uuid::from_u128(1))],
                co_units: Vec::new(),
                limit: "2026-12-31".parse().ok(),
                frequency: None,
            },
            reading: Reading {
                responsible: Vec::new(),
                responsible_from: "none".into(),
                co_responsible: Vec::new(),
                deadline: None,
                frequency: None,
                quantities: Vec::new(),
                confidence: 90,
                ..Reading::default()
            },
            decision: Decision::Open,
            carried: None,
        }
    }

    fn plan(clauses: Vec<Clause>, proposals: Vec<Proposal>) -> Plan {
        Plan {
            id: PlanId(Uuid::from_u128(9)),
            version: 1,
            details: PlanDetails {
                title: "甲".into(),
                category: "bureau".into(),
                ..PlanDetails::default()
            },
            file_name: String::new(),
            digest: String::new(),
            text: String::new(),
            lineage: Default::default(),
            questions: Default::default(),
            state: PlanState::Confirming,
            clauses,
            proposals,
            acts: Vec::new(),
            imported_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn bare_clauses_and_principles_are_dismissed_and_nothing_else() {
        let mut decided = clause("四");
        decided.no_action = Some("背景说明".into());
        let clauses = vec![clause("一"), clause("二"), clause("三"), decided];
        let proposals = vec![
            proposal(11, 1, ProposalKind::Principle),
            proposal(12, 2, ProposalKind::Task),
            proposal(13, 2, ProposalKind::Principle),
        ];
        let third = proposals[2].id;
        let commands = dismissals(&plan(clauses, proposals));
        let dismissed = |clause, reason: &str| PlanCommand::DismissClause {
            clause,
            reason: reason.into(),
        };
        let rejected = PlanCommand::RejectProposal {
            proposal: third,
            reason: PRINCIPLE.into(),
        };
        assert_eq!(
            commands,
            [dismissed(0, BARE), dismissed(1, PRINCIPLE), rejected]
        );
    }

    #[test]
    fn what_leaves_something_to_check_is_not_accepted_in_bulk() {
        let mut nobody = proposal(12, 0, ProposalKind::Task);
        nobody.draft.leads.clear();
        let mut vague = proposal(13, 0, ProposalKind::Recurring);
        vague.draft.frequency = Some("定期".into());
        let mut unsure = proposal(14, 0, ProposalKind::Rule);
        unsure.reading.confidence = 59;
        let mut timeless = proposal(15, 0, ProposalKind::Target);
        timeless.draft.limit = None;
        let principle = proposal(16, 0, ProposalKind::Principle);
        let mut guessed = proposal(17, 0, ProposalKind::Task);
        guessed.reading.suggestions = vec![Suggestion {
            number: 0,
            source: SuggestionSource::SimilarName,
            change: Change::Unit {
                unit: UnitId(Uuid::from_u128(2)),
                co: true,
            },
            quote: "市公路中心".into(),
        }];
        let clear = proposal(11, 0, ProposalKind::Task);
        let accepted = PlanCommand::AcceptProposal { proposal: clear.id };
        let proposals = vec![clear, nobody, vague, unsure, timeless, principle, guessed];
        assert_eq!(
            acceptances(&plan(vec![clause("一")], proposals)),
            [accepted]
        );
    }
}
