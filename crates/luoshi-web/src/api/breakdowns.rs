//! Breakdowns of tasks to posts and persons, and what is missing in them.

use axum::extract::State;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::breakdowns::{self, reports};
use luoshi_domain::breakdowns::{Breakdown, SubDuty, missing_parts};
use luoshi_domain::ids::{PersonId, PostId, TaskId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::extract::{Json, Path, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let one = "/api/v1/tasks/{id}/breakdown";
    table
        .get(one, Access::Row, get(show))
        .post(one, Access::Row, post(save))
        .get("/api/v1/breakdowns", Access::Member, get(seamless))
        .get("/api/v1/breakdowns/mine", Access::Member, get(mine))
}

/// Who has which part of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Part {
    /// 有人负责
    Responsible,
    /// 有人推动
    Pushing,
    /// 有人落实
    Doing,
}

/// A task's breakdown; without duties while nobody has made one.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BreakdownBody {
    task: Uuid,
    /// 0 while nobody has made one.
    version: i64,
    duties: Vec<SubDutyBody>,
    /// The parts that nobody has.
    missing: Vec<Part>,
    /// Whether the task is closed or cancelled.
    over: bool,
}

/// What one person does for a task.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SubDutyBody {
    part: Part,
    post: Uuid,
    person: Uuid,
    duty: String,
    limit: NaiveDate,
}

/// The breakdown as it shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BreakdownWishBody {
    duties: Vec<SubDutyBody>,
    /// Why it is changed; not asked for the first time.
    #[serde(default)]
    reason: String,
    /// The version that was looked at, 0 where there was none; when it is no longer current, the
    /// answer is 409.
    seen: Option<i64>,
}

/// The seamless check of all tasks under way.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SeamlessBody {
    tasks: Vec<TaskGapsBody>,
    /// False when there were more than are looked at.
    complete: bool,
}

/// A task under way with what is missing.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TaskGapsBody {
    task: Uuid,
    title: String,
    lead: Option<Uuid>,
    missing: Vec<Part>,
    /// Sub-duties whose post is vacant or whose person is not there any more.
    gaps: Vec<DutyGapBody>,
}

/// A sub-duty without its person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DutyGapBody {
    /// Its place in the breakdown, from 1.
    row: usize,
    person: Uuid,
    /// In Chinese.
    what: &'static str,
}

/// What the reader has been given to do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MyDutyBody {
    task: Uuid,
    title: String,
    duty: SubDutyBody,
}

impl From<luoshi_domain::breakdowns::Part> for Part {
    fn from(part: luoshi_domain::breakdowns::Part) -> Self {
        match part {
            luoshi_domain::breakdowns::Part::Responsible => Self::Responsible,
            luoshi_domain::breakdowns::Part::Pushing => Self::Pushing,
            luoshi_domain::breakdowns::Part::Doing => Self::Doing,
        }
    }
}

impl From<Part> for luoshi_domain::breakdowns::Part {
    fn from(part: Part) -> Self {
        match part {
            Part::Responsible => Self::Responsible,
            Part::Pushing => Self::Pushing,
            Part::Doing => Self::Doing,
        }
    }
}

impl From<SubDuty> for SubDutyBody {
    fn from(duty: SubDuty) -> Self {
        Self {
            part: duty.part.into(),
            post: duty.post.0,
            person: duty.person.0,
            duty: duty.duty,
            limit: duty.limit,
        }
    }
}

impl From<SubDutyBody> for SubDuty {
    fn from(body: SubDutyBody) -> Self {
        Self {
            part: body.part.into(),
            post: PostId(body.post),
            person: PersonId(body.person),
            duty: body.duty,
            limit: body.limit,
        }
    }
}

impl BreakdownBody {
    fn new(task: TaskId, known: Option<Breakdown>) -> Self {
        let version = known.as_ref().map_or(0, |known| known.version);
        let over = known.as_ref().is_some_and(|known| known.over);
        let duties = known.map(|known| known.duties).unwrap_or_default();
        Self {
            task: task.0,
            version,
            missing: missing_parts(&duties).into_iter().map(Into::into).collect(),
            duties: duties.into_iter().map(Into::into).collect(),
            over,
        }
    }
}

/// Show who does what for a task.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/breakdown", operation_id = "breakdown_show",
    tag = "breakdowns", params(("id" = Uuid, Path)),
    responses((status = 200, body = BreakdownBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Json<BreakdownBody>> {
    let view = breakdowns::show(&state.app, signed_in.who(), id).await?;
    Ok(Json(BreakdownBody::new(id, view.breakdown)))
}

/// Split a task, or split it otherwise.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/breakdown", operation_id = "breakdown_save",
    tag = "breakdowns", params(("id" = Uuid, Path)), request_body = BreakdownWishBody,
    responses((status = 200, body = BreakdownBody)))]
pub(super) async fn save(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Json(body): Json<BreakdownWishBody>,
) -> WebResult<Json<BreakdownBody>> {
    let duties = body.duties.into_iter().map(Into::into).collect();
    let (who, reason) = (signed_in.who(), body.reason.as_str());
    let saved = breakdowns::save(&state.app, who, id, duties, reason, body.seen).await?;
    Ok(Json(BreakdownBody::new(id, Some(saved))))
}

/// List every task under way with the parts and sub-duties that nobody has.
#[utoipa::path(get, path = "/api/v1/breakdowns", operation_id = "breakdowns_seamless",
    tag = "breakdowns", responses((status = 200, body = SeamlessBody)))]
pub(super) async fn seamless(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<SeamlessBody>> {
    let report = reports::seamless(&state.app, signed_in.who()).await?;
    let tasks = report.tasks.into_iter().map(|task| TaskGapsBody {
        task: task.row.id.0,
        title: task.row.title,
        lead: task.row.lead.map(|lead| lead.0),
        missing: task.missing.into_iter().map(Into::into).collect(),
        gaps: task
            .gaps
            .into_iter()
            .map(|(row, duty, gap)| DutyGapBody {
                row,
                person: duty.person.0,
                what: gap.label(),
            })
            .collect(),
    });
    Ok(Json(SeamlessBody {
        tasks: tasks.collect(),
        complete: report.complete,
    }))
}

/// List what the reader has been given to do.
#[utoipa::path(get, path = "/api/v1/breakdowns/mine", operation_id = "breakdowns_mine",
    tag = "breakdowns", responses((status = 200, body = Vec<MyDutyBody>)))]
pub(super) async fn mine(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<Vec<MyDutyBody>>> {
    let duties = reports::mine(&state.app, signed_in.who()).await?;
    let duties = duties.into_iter().map(|known| MyDutyBody {
        task: known.task.0,
        title: known.title,
        duty: known.duty.into(),
    });
    Ok(Json(duties.collect()))
}
