//! New versions: what changed, and saying that a plan is one.

use axum::extract::State;
use axum::routing::{get, post};
use luoshi_app::plans::versions::{self, Comparison};
use luoshi_domain::ids::PlanId;
use luoshi_domain::plans::changes::Standing as DomainStanding;
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
        .get("/api/v1/plans/{id}/changes", Access::Bureau, get(changes))
        .post("/api/v1/plans/{id}/version", Access::Bureau, post(confirm))
}

/// Which plan is the earlier version; without one the plan is none, or no longer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct VersionBody {
    previous: Option<Uuid>,
}

/// A plan beside its earlier version.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ChangesBody {
    /// The earlier version.
    previous: Uuid,
    /// In the later version's order; each clause of both once.
    clauses: Vec<ClauseChangeBody>,
}

/// A clause before and after.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ClauseChangeBody {
    standing: Standing,
    /// Index of the clause in the earlier version.
    before: Option<u32>,
    /// Index of the clause in this version.
    after: Option<u32>,
    /// Tasks of a clause that is gone, still under way: a person decides.
    tasks: Vec<Uuid>,
}

/// How a clause stands to the earlier version.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum Standing {
    Unchanged,
    Moved,
    Changed,
    New,
    Gone,
}

impl From<DomainStanding> for Standing {
    fn from(standing: DomainStanding) -> Self {
        match standing {
            DomainStanding::Unchanged => Self::Unchanged,
            DomainStanding::Moved => Self::Moved,
            DomainStanding::Changed => Self::Changed,
            DomainStanding::New => Self::New,
            DomainStanding::Gone => Self::Gone,
        }
    }
}

impl From<Comparison> for ChangesBody {
    fn from(found: Comparison) -> Self {
        let clauses = found.changes.iter().map(|change| {
            let gone = change.after.is_none();
            let lost = found.gone.iter();
            let tasks = lost
                .filter(|(clause, _)| gone && Some(*clause) == change.before)
                .flat_map(|(_, tasks)| tasks.iter().map(|task| task.id.0));
            ClauseChangeBody {
                standing: change.standing.into(),
                before: change.before,
                after: change.after,
                tasks: tasks.collect(),
            }
        });
        Self {
            previous: found.earlier.id.0,
            clauses: clauses.collect(),
        }
    }
}

/// Compare a plan with its earlier version, or with the plan that looks like one.
#[utoipa::path(get, path = "/api/v1/plans/{id}/changes", operation_id = "plan_changes",
    tag = "plans", params(("id" = Uuid, Path)), responses((status = 200, body = ChangesBody)))]
pub(in crate::api) async fn changes(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
) -> WebResult<Json<ChangesBody>> {
    let found = versions::compare(&state.app, signed_in.who(), id).await?;
    Ok(Json(found.into()))
}

/// Say which plan is the earlier version; what did not change takes over its outcome. Without
/// one, what was said is taken back, or the question whether it is one is answered with no.
#[utoipa::path(post, path = "/api/v1/plans/{id}/version", operation_id = "plan_version",
    tag = "plans", params(("id" = Uuid, Path)), request_body = VersionBody,
    responses((status = 200, body = PlanStandingBody)))]
pub(in crate::api) async fn confirm(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Json(body): Json<VersionBody>,
) -> WebResult<Json<PlanStandingBody>> {
    let who = signed_in.who();
    let plan = match body.previous {
        Some(previous) => {
            let view = versions::confirm(&state.app, who, id, PlanId(previous)).await?;
            view.plan
        }
        None => {
            let view = luoshi_app::plans::show(&state.app, who, id).await?;
            if view.plan.lineage.previous().is_some() {
                versions::undo(&state.app, who, id).await?.plan
            } else {
                versions::deny(&state.app, who, id).await?
            }
        }
    };
    Ok(Json((&plan).into()))
}
