//! What a choice is good for beyond its proposal: the same name all over the plan, and open
//! proposals read again by what was learnt since (IMPORT-07).

use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use luoshi_app::errors::AppResult;
use luoshi_app::lessons::same_names::{self, Offer, SameNames};
use luoshi_app::{lessons, plans};
use luoshi_domain::ids::{PlanId, ProposalId};
use luoshi_domain::plans::{Decision, Proposal};

use crate::WebState;
use crate::extract::{Form, Nothing, Path, SignedIn};
use crate::pages::plans::answered;
use crate::pages::workbench::bench::{Bench, action};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const OFFICE: Access = Access::Bureau;

pub(super) fn routes(table: Table) -> Table {
    let same_name = "/plans/{id}/proposals/{proposal}/same-name";
    let undo = "/plans/{id}/proposals/{proposal}/same-name/undo";
    table
        .post("/plans/{id}/reread", OFFICE, post(reread))
        .post(same_name, OFFICE, post(fill))
        .post(undo, OFFICE, post(unfill))
}

/// What can be done with the same name elsewhere; an empty label where it cannot.
#[derive(Default)]
pub(super) struct SameNameView {
    pub(super) fill: String,
    pub(super) unfill: String,
}

impl Bench<'_> {
    /// What a proposal offers for others that name the same.
    pub(super) fn same_name_of(&self, proposal: &Proposal) -> SameNameView {
        if !self.editable || !matches!(proposal.decision, Decision::Open | Decision::Accepted) {
            return SameNameView::default();
        }
        let same = self
            .same_names
            .get_or_init(|| SameNames::of(self.plan, self.organisation));
        let offer = same.offer(proposal);
        offer.map_or_else(SameNameView::default, |offer| self.same_name(&offer))
    }

    fn same_name(&self, offer: &Offer) -> SameNameView {
        let (name, units) = (&offer.name, self.unit_names(&offer.units));
        let fill = match offer.others {
            0 => String::new(),
            others => format!("还有 {others} 项写的也是“{name}”，一并填上“{units}”"),
        };
        let unfill = match offer.filled {
            0 => String::new(),
            filled => format!("撤回由此一并填上的 {filled} 项"),
        };
        SameNameView { fill, unfill }
    }

    /// Where open proposals are read again; empty when none is open.
    pub(super) fn reread_action(&self) -> String {
        let mut proposals = self.plan.proposals.iter();
        let waits = proposals.any(|known| known.decision == Decision::Open);
        action(self.editable && waits, || format!("{}/reread", self.href()))
    }
}

async fn reread(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let done = lessons::reread(&state.app, signed_in.who(), id).await;
    counted(&format!("/plans/{id}"), done, |count| match count {
        0 => "按本局的识读经验看过，待定事项没有要改的。".into(),
        count => format!("按本局的识读经验重读了 {count} 项，各项都写明了依据，可以整步撤销。"),
    })
}

async fn fill(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((id, proposal)): Path<(PlanId, ProposalId)>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let done = same_names::fill(&state.app, signed_in.who(), id, proposal).await;
    counted(&place(id, proposal), done, |count| match count {
        0 => "同名的各项都已有人改过，没有再填。".into(),
        count => format!("同名的 {count} 项已一并填上，可以整步撤销。"),
    })
}

async fn unfill(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((id, proposal)): Path<(PlanId, ProposalId)>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let done = same_names::unfill(&state.app, signed_in.who(), id, proposal).await;
    counted(&place(id, proposal), done, |count| {
        format!("已撤回一并填上的 {count} 项。")
    })
}

fn place(id: PlanId, proposal: ProposalId) -> String {
    format!("/plans/{id}#proposal-{proposal}")
}

fn counted(
    path: &str,
    done: AppResult<(plans::PlanView, usize)>,
    said: impl FnOnce(usize) -> String,
) -> WebResult<Response> {
    answered(path, done, |(_view, count)| said(*count))
}
