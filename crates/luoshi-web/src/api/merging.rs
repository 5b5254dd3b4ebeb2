//! Making one task of two.

use axum::extract::State;
use axum::routing::{get, post};
use luoshi_app::merging;
use luoshi_domain::ids::TaskId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::tasks::outcomes::TaskStandingBody;
use crate::extract::{Json, Path, Query, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let one = "/api/v1/tasks/{id}/merge";
    table
        .get(one, Access::Row, get(show))
        .post(one, Access::Row, post(merge))
}

/// Into which task.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct MergeQuery {
    /// The task that is kept; without it open tasks that are alike are listed.
    into: Option<Uuid>,
}

/// What merging would do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MergePlanBody {
    /// Open tasks that are alike, the most alike first; empty where `into` is given.
    alike: Vec<AlikeBody>,
    /// Why it may not be, in Chinese; null where it may.
    refused: Option<String>,
    /// Clauses that the kept task gains.
    sources: Vec<String>,
    co_units: Vec<GainedBody>,
    /// Tasks below it that move along.
    children: usize,
}

/// An open task that is alike.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AlikeBody {
    task: Uuid,
    title: String,
    /// 0 to 100.
    percent: u32,
}

/// A unit that the kept task gains.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GainedBody {
    unit: Uuid,
    duty: String,
}

/// What is to be merged into which.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MergeBody {
    /// The task that is kept.
    into: Uuid,
    reason: String,
    /// The version of the task that ends; when it is no longer current, the answer is 409.
    seen: Option<i64>,
    /// The same of the task that is kept.
    into_seen: Option<i64>,
}

/// Show what merging would do, or what the task is like.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/merge", operation_id = "task_merge_plan",
    tag = "tasks", params(("id" = Uuid, Path), MergeQuery),
    responses((status = 200, body = MergePlanBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Query(query): Query<MergeQuery>,
) -> WebResult<Json<MergePlanBody>> {
    let into = query.into.map(TaskId);
    let merger = merging::show(&state.app, signed_in.who(), id, into).await?;
    let alike = merger.alike.into_iter().map(|(row, percent)| AlikeBody {
        task: row.id.0,
        title: row.title,
        percent,
    });
    let mut body = MergePlanBody {
        alike: alike.collect(),
        refused: merger.may.err().map(|refusal| refusal.sentence),
        sources: Vec::new(),
        co_units: Vec::new(),
        children: 0,
    };
    if let Some(plan) = merger.plan {
        body.children = plan.children;
        match plan.merging {
            Ok(merging) => {
                let sources = merging.sources.into_iter();
                body.sources = sources.map(|origin| origin.clause_path).collect();
                let co_units = merging.co_units.into_iter();
                let co_units = co_units.map(|co| GainedBody {
                    unit: co.unit.0,
                    duty: co.duty,
                });
                body.co_units = co_units.collect();
            }
            Err(refusal) => body.refused = body.refused.or(Some(refusal.sentence)),
        }
    }
    Ok(Json(body))
}

/// Make the task part of another; the answer is the one that is kept.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/merge", operation_id = "task_merge",
    tag = "tasks", params(("id" = Uuid, Path)), request_body = MergeBody,
    responses((status = 200, body = TaskStandingBody)))]
pub(super) async fn merge(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Json(body): Json<MergeBody>,
) -> WebResult<Json<TaskStandingBody>> {
    let (app, who, into) = (&state.app, signed_in.who(), TaskId(body.into));
    let seen = (body.seen, body.into_seen);
    let kept = merging::merge(app, who, id, into, &body.reason, seen).await?;
    Ok(Json(kept.into()))
}
