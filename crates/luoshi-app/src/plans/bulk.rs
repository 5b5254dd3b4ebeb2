//! Acts on a whole plan at once, for long documents. Each result can be taken back by itself.

use luoshi_domain::ids::PlanId;
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Decision, Outcome, Plan, Proposal, ProposalKind};

use crate::errors::AppResult;
use crate::plans::{PlanView, doubts, handle_all};
use crate::{App, Who};

const BARE: &str = "没有读出具体事项（批量记录）";
const PRINCIPLE: &str = "原则性表述（批量记录）";

/// Marks what asks nothing of anybody: open clauses without proposals, and principles.
pub async fn dismiss_bare(
    app: &App,
    who: &Who,
    id: PlanId,
    seen: Option<i64>,
) -> AppResult<PlanView> {
    let view = super::show(app, who, id).await?;
    let seen = seen.or(Some(view.plan.version));
    handle_all(app, who, id, dismissals(&view.plan), seen).await
}

/// Accepts every open proposal that leaves nothing to check.
pub async fn accept_clear(
    app: &App,
    who: &Who,
    id: PlanId,
    seen: Option<i64>,
) -> AppResult<PlanView> {
    let view = super::show(app, who, id).await?;
    let seen = seen.or(Some(view.plan.version));
    handle_all(app, who, id, acceptances(&view.plan), seen).await
}

/// What [`dismiss_bare`] would do.
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

/// What [`accept_clear`] would do.
pub fn acceptances(plan: &Plan) -> Vec<PlanCommand> {
    let clear = plan.proposals.iter().filter(|proposal| {
        proposal.decision == Decision::Open
            && proposal.draft.kind != ProposalKind::Principle
            && doubts::of(proposal).is_empty()
    });
    clear
        .map(|proposal| PlanCommand::AcceptProposal {
            proposal: proposal.id,
        })
        .collect()
}

fn is_open_principle(proposal: &Proposal) -> bool {
    proposal.decision == Decision::Open && proposal.draft.kind == ProposalKind::Principle
}
