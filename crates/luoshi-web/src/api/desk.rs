//! The desk: what waits for the reader today.

use axum::extract::State;
use axum::routing::get;
use luoshi_app::COUNT_CAP;
use luoshi_app::desk::{Desk, DeskQueue};
use luoshi_app::rules::Rules;
use luoshi_domain::organisation::Organisation;
use serde::Serialize;
use utoipa::ToSchema;

use crate::WebState;
use crate::api::inbox::NotificationBody;
use crate::api::plans::PlanRowBody;
use crate::api::tasks::rows::TaskRowBody;
use crate::api::words::QueueName;
use crate::extract::{Json, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table.get("/api/v1/desk", Access::Member, get(show))
}

/// What one person sees first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeskBody {
    /// Only what concerns the reader.
    queues: Vec<QueueBody>,
    /// Plans that wait for confirmation; the supervision office's only.
    plans: Vec<PlanRowBody>,
    /// The latest first.
    notifications: Vec<NotificationBody>,
}

/// A list that waits, with its first rows; `GET /api/v1/tasks?queue=…` gives all of them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QueueBody {
    name: QueueName,
    /// Whether it waits for the reader to act, rather than being something to keep an eye on.
    to_do: bool,
    count: u32,
    /// Whether there may be more than `count` says.
    count_capped: bool,
    rows: Vec<TaskRowBody>,
}

impl DeskBody {
    fn new(desk: Desk) -> Self {
        let queues = desk.queues.into_iter();
        Self {
            queues: queues
                .map(|queue| QueueBody::new(&desk.rules, &desk.organisation, queue))
                .collect(),
            plans: desk.plans.into_iter().map(Into::into).collect(),
            notifications: desk.notifications.into_iter().map(Into::into).collect(),
        }
    }
}

impl QueueBody {
    fn new(rules: &Rules, organisation: &Organisation, queue: DeskQueue) -> Self {
        let rows = queue.rows.into_iter();
        Self {
            name: queue.name.into(),
            to_do: queue.name.is_to_do(),
            count: queue.count,
            count_capped: queue.count >= COUNT_CAP,
            rows: rows
                .map(|row| TaskRowBody::new(rules, organisation, row))
                .collect(),
        }
    }
}

/// Show the queues that concern the reader, with their counts.
#[utoipa::path(get, path = "/api/v1/desk", operation_id = "desk_show", tag = "desk",
    responses((status = 200, body = DeskBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<DeskBody>> {
    let desk = luoshi_app::desk::show(&state.app, signed_in.who()).await?;
    Ok(Json(DeskBody::new(desk)))
}
