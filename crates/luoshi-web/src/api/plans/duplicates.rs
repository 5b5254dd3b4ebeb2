//! Obligations that seem to be stated twice.

use axum::extract::State;
use axum::routing::{get, post};
use luoshi_app::plans::duplicates::{self, Near, Other};
use luoshi_domain::ids::{PlanId, ProposalId, TaskId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::plans::bodies::PlanStandingBody;
use crate::extract::{Json, Path, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/api/v1/plans/{id}/duplicates", Access::Bureau, get(list))
        .post(
            "/api/v1/plans/{id}/proposals/{proposal}/cover",
            Access::Bureau,
            post(cover),
        )
}

/// Open proposals that are near to others.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DuplicatesBody {
    rows: Vec<DuplicateBody>,
}

/// A proposal with what it is near to.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DuplicateBody {
    proposal: Uuid,
    near: Vec<NearBody>,
}

/// What a proposal is near to: a proposal of the same plan, of another plan, or a task.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct NearBody {
    /// 0 to 100.
    percent: u32,
    same_unit: bool,
    same_limit: bool,
    /// The other plan; `null` for this one and for tasks.
    plan: Option<Uuid>,
    proposal: Option<Uuid>,
    task: Option<Uuid>,
    /// The other's words.
    words: String,
    /// Where they stand.
    place: String,
}

impl From<&Near> for NearBody {
    fn from(near: &Near) -> Self {
        let (plan, proposal, task) = match near.what {
            Other::Proposal(proposal) => (None, Some(proposal.0), None),
            Other::Elsewhere(plan, proposal) => (Some(plan.0), Some(proposal.0), None),
            Other::Task(task) => (None, None, Some(task.0)),
        };
        Self {
            percent: near.percent,
            same_unit: near.same_unit,
            same_limit: near.same_limit,
            plan,
            proposal,
            task,
            words: near.words.clone(),
            place: near.place.clone(),
        }
    }
}

/// The tasks that stand for a proposal.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct CoverBody {
    tasks: Vec<Uuid>,
}

/// List what a plan's open proposals are near to, in the plan and elsewhere.
#[utoipa::path(get, path = "/api/v1/plans/{id}/duplicates", operation_id = "plan_duplicates",
    tag = "plans", params(("id" = Uuid, Path)), responses((status = 200, body = DuplicatesBody)))]
pub(in crate::api) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
) -> WebResult<Json<DuplicatesBody>> {
    let (view, found) = duplicates::show(&state.app, signed_in.who(), id).await?;
    let rows = found
        .open(&view.plan)
        .map(|(proposal, near)| DuplicateBody {
            proposal: proposal.id.0,
            near: near.into_iter().map(Into::into).collect(),
        });
    Ok(Json(DuplicatesBody {
        rows: rows.collect(),
    }))
}

/// Settle a proposal as done by tasks of the ledger; they gain a source when the plan is final.
#[utoipa::path(post, path = "/api/v1/plans/{id}/proposals/{proposal}/cover",
    operation_id = "plan_cover_proposal", tag = "plans",
    params(("id" = Uuid, Path), ("proposal" = Uuid, Path)), request_body = CoverBody,
    responses((status = 200, body = PlanStandingBody)))]
pub(in crate::api) async fn cover(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((id, proposal)): Path<(PlanId, ProposalId)>,
    Json(body): Json<CoverBody>,
) -> WebResult<Json<PlanStandingBody>> {
    let tasks = body.tasks.into_iter().map(TaskId).collect();
    let view = duplicates::cover(&state.app, signed_in.who(), id, proposal, tasks).await?;
    Ok(Json((&view.plan).into()))
}
