//! The tasks below a task.

use axum::extract::State;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::hierarchy::{self, ChildDraft};
use luoshi_domain::ids::{TaskId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::words::TaskState;
use crate::extract::{Json, Path, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let all = "/api/v1/tasks/{id}/children";
    table
        .get(all, Access::Row, get(show))
        .post(all, Access::Row, post(open))
        .post("/api/v1/tasks/{id}/parent", Access::Row, post(link))
}

/// A task with those around it that the reader may see.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FamilyBody {
    task: Uuid,
    /// What the lead unit last reported, or what those below give.
    progress: u8,
    /// Tasks below that are not cancelled, and of these the closed ones.
    children: u32,
    closed: u32,
    /// The nearest first.
    above: Vec<Uuid>,
    below: Vec<ChildBody>,
}

/// A task right below.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChildBody {
    id: Uuid,
    title: String,
    lead: Option<Uuid>,
    state: TaskState,
    progress: u8,
    limit: Option<NaiveDate>,
}

/// Tasks to open below a task.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChildrenWishBody {
    children: Vec<ChildWishBody>,
}

/// A task to open below another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChildWishBody {
    /// The lead unit.
    unit: Uuid,
    title: String,
    /// That of the task above when left out.
    #[serde(default)]
    target: String,
    /// That of the task above when left out.
    limit: Option<NaiveDate>,
}

/// Under which task it shall hang; under none when left out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ParentBody {
    parent: Option<Uuid>,
}

/// What was opened, in the order asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OpenedBody {
    ids: Vec<Uuid>,
}

/// Show the tasks above and below a task.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/children", operation_id = "children_show",
    tag = "tasks", params(("id" = Uuid, Path)), responses((status = 200, body = FamilyBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Json<FamilyBody>> {
    let family = hierarchy::show(&state.app, signed_in.who(), id).await?;
    let counts = family.task.rolled_up.unwrap_or_default();
    let below = family.below.into_iter().map(|row| ChildBody {
        id: row.id.0,
        title: row.title,
        lead: row.lead.map(|lead| lead.0),
        state: row.state.into(),
        progress: row.progress,
        limit: row.limit,
    });
    Ok(Json(FamilyBody {
        task: id.0,
        progress: family.task.progress,
        children: counts.children,
        closed: counts.closed,
        above: family.above.iter().map(|task| task.id.0).collect(),
        below: below.collect(),
    }))
}

/// Open tasks below a task; its clause goes along.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/children", operation_id = "children_open",
    tag = "tasks", params(("id" = Uuid, Path)), request_body = ChildrenWishBody,
    responses((status = 200, body = OpenedBody)))]
pub(super) async fn open(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Json(body): Json<ChildrenWishBody>,
) -> WebResult<Json<OpenedBody>> {
    let drafts: Vec<ChildDraft> = body
        .children
        .into_iter()
        .map(|child| ChildDraft {
            unit: UnitId(child.unit),
            title: child.title,
            target: child.target,
            limit: child.limit,
        })
        .collect();
    let opened = hierarchy::open(&state.app, signed_in.who(), id, &drafts).await?;
    let ids = opened.iter().map(|task| task.id.0).collect();
    Ok(Json(OpenedBody { ids }))
}

/// Hang a task under another, or under none.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/parent", operation_id = "task_link",
    tag = "tasks", params(("id" = Uuid, Path)), request_body = ParentBody,
    responses((status = 204)))]
pub(super) async fn link(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Json(body): Json<ParentBody>,
) -> WebResult<axum::http::StatusCode> {
    let parent = body.parent.map(TaskId);
    hierarchy::link(&state.app, signed_in.who(), id, parent).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}
