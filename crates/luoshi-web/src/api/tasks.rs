//! Tasks: listing, showing, one command on one task, one command on many.

pub(super) mod acts;
pub(super) mod attachments;
mod blockers;
mod bodies;
mod commands;
pub(super) mod evidence;
mod opening;
pub(super) mod outcomes;
pub(super) mod rows;
mod supervision;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::rules::{self, Rules};
use luoshi_app::{App, Who, policy, reporting, tasks};
use luoshi_domain::ids::{PersonId, PlanId, TaskId, UnitId};
use luoshi_domain::limits::Step;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::tasks::lists::{LightFilter, PageRequest, StepLimits, Subtrees, TaskFilter};
use serde::Deserialize;

use uuid::Uuid;

use crate::WebState;
use crate::api::commands::Decided;
use crate::api::reporting::ReportWord;
use crate::api::tasks::bodies::TaskBody;
use crate::api::tasks::commands::{BatchBody, TaskCommandBody};
use crate::api::tasks::opening::OpeningBody;
use crate::api::tasks::outcomes::{BatchOutcomeBody, TaskStandingBody};
use crate::api::tasks::rows::TaskPageBody;
use crate::api::words::{Colour, Level, QueueName, TaskKind, TaskSort, TaskState, Tier};
use crate::extract::{Json, Path, Query, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// Most rows of one page.
const PAGE_LIMIT: u32 = 200;

pub(super) fn routes(table: Table) -> Table {
    let table = attachments::routes(table);
    table
        .get("/api/v1/tasks", Access::Member, get(list))
        .post("/api/v1/tasks", Access::Office, post(open))
        .post("/api/v1/tasks/batch", Access::Member, post(batch))
        .post("/api/v1/tasks/acts", Access::Member, post(acts::carry_out))
        .post("/api/v1/tasks/acts/look", Access::Member, post(acts::look))
        .get("/api/v1/tasks/tags", Access::Member, get(acts::tags))
        .get("/api/v1/tasks/{id}", Access::Row, get(show))
        .post(
            "/api/v1/tasks/{id}/commands",
            Access::Member,
            post(carry_out),
        )
}

/// Which tasks, in which order, and which page of them; what is left out does not narrow.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskQuery {
    /// A part of title, target, number or document title.
    q: Option<String>,
    /// A queue of the desk, as it waits for the reader.
    queue: Option<QueueName>,
    /// The lead unit.
    lead: Option<Uuid>,
    state: Option<TaskState>,
    kind: Option<TaskKind>,
    level: Option<Level>,
    tier: Option<Tier>,
    light: Option<Colour>,
    plan: Option<Uuid>,
    /// Key of an origin category; with `~` before it, also those of other packs that are a part of it.
    category: Option<String>,
    tag: Option<String>,
    /// How its reports stand.
    report: Option<ReportWord>,
    /// Whether it is work that is reported upwards.
    #[serde(default)]
    upward: bool,
    /// The lead unit is this one or below it.
    below: Option<Uuid>,
    /// The leader in charge.
    deputy: Option<Uuid>,
    /// The task right above.
    parent: Option<Uuid>,
    /// The task's own limit is this day or later.
    due_from: Option<NaiveDate>,
    /// The task's own limit is this day or earlier.
    due_until: Option<NaiveDate>,
    /// A step that is still to be taken and has a limit: `issued`, `received`, `deployed` or
    /// `first_feedback`.
    step: Option<String>,
    /// The first day of that limit.
    from: Option<NaiveDate>,
    /// The last day of that limit.
    until: Option<NaiveDate>,
    #[serde(default = "TaskQuery::sort")]
    #[param(default = "limit")]
    sort: TaskSort,
    /// Rows of a page.
    #[serde(default = "TaskQuery::size")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    size: u32,
    /// `next` of the page before, with the same filter and sort.
    after: Option<String>,
}

impl TaskQuery {
    fn sort() -> TaskSort {
        TaskSort::Limit
    }

    fn size() -> u32 {
        50
    }

    fn page(&self) -> Result<PageRequest, Refusal> {
        if !(1..=PAGE_LIMIT).contains(&self.size) {
            let sentence = format!("每页可取 1 至 {PAGE_LIMIT} 件。");
            return Err(Refusal::input("size", "SYS-04", sentence));
        }
        Ok(PageRequest {
            size: self.size,
            after: self.after.clone(),
        })
    }

    fn steps(&self) -> Result<Option<StepLimits>, Refusal> {
        let Some(key) = &self.step else {
            return Ok(None);
        };
        let step = Step::from_key(key).filter(|step| *step != Step::Closed);
        let step = step.ok_or_else(|| {
            Refusal::input("step", "TIME-01", format!("没有“{key}”这个环节的时限。"))
        })?;
        Ok(Some(StepLimits {
            step: Some(step),
            from: self.from.unwrap_or(NaiveDate::MIN),
            until: self.until.unwrap_or(NaiveDate::MAX),
        }))
    }

    fn filter(self, app: &App, rules: &Rules, who: &Who) -> Result<TaskFilter, Refusal> {
        let steps = self.steps()?;
        let report = self.report.map(|report| report.filter(rules));
        let queue = self.queue.map(luoshi_app::desk::QueueName::from);
        let mut filter = TaskFilter {
            steps,
            report,
            categories: self.upward.then(|| reporting::upward_origins(rules)),
            queue: queue.map(|name| name.queue(rules.today, &rules.leads, &who.actor)),
            text: self.q.filter(|text| !text.trim().is_empty()),
            lead: self.lead.map(UnitId),
            below: self.below.map(|top| Subtrees {
                tops: vec![UnitId(top)],
                day: rules.today,
            }),
            deputy: self.deputy.map(PersonId),
            parent: self.parent.map(TaskId),
            due_from: self.due_from,
            due_until: self.due_until,
            tag: self.tag,
            state: self.state.map(Into::into),
            kind: self.kind.map(Into::into),
            level: self.level.map(Into::into),
            tier: self.tier.map(Into::into),
            plan: self.plan.map(PlanId),
            light: self.light.map(|colour| LightFilter {
                colour: colour.into(),
                today: rules.today,
            }),
            ..policy::tasks(app, &who.actor)
        };
        if let Some(category) = &self.category {
            rules.narrow_to_origin(&mut filter, category);
        }
        Ok(filter)
    }
}

/// List the tasks that the reader may see.
#[utoipa::path(get, path = "/api/v1/tasks", operation_id = "tasks_list", tag = "tasks",
    params(TaskQuery), responses((status = 200, body = TaskPageBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(query): Query<TaskQuery>,
) -> WebResult<Json<TaskPageBody>> {
    let (who, sort, page) = (signed_in.who(), query.sort.into(), query.page()?);
    let rules = rules::of_bureau(&state.app, who.bureau).await?;
    let filter = query.filter(&state.app, &rules, who)?;
    let ledger = tasks::list(&state.app, who, &filter, sort, &page).await?;
    Ok(Json(TaskPageBody::new(ledger)))
}

/// Open a task by hand; it waits for its approval unless the principal leader assigned it.
#[utoipa::path(post, path = "/api/v1/tasks", operation_id = "task_open", tag = "tasks",
    request_body = OpeningBody, responses((status = 201, body = TaskStandingBody)))]
pub(super) async fn open(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<OpeningBody>,
) -> WebResult<(StatusCode, Json<TaskStandingBody>)> {
    let opened = tasks::opening::open(&state.app, signed_in.who(), body.into()).await?;
    Ok((StatusCode::CREATED, Json(opened.task.into())))
}

/// Show a task with its light, its history and what the reader may do.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", operation_id = "task_show", tag = "tasks",
    params(("id" = Uuid, Path)), responses((status = 200, body = TaskBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Json<TaskBody>> {
    let view = tasks::show(&state.app, signed_in.who(), id).await?;
    Ok(Json(TaskBody::new(view)))
}

/// Carry out one command on a task.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/commands", operation_id = "task_command",
    tag = "tasks", params(("id" = Uuid, Path)), request_body = Decided<TaskCommandBody>,
    responses((status = 200, body = TaskStandingBody)))]
pub(super) async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Json(body): Json<Decided<TaskCommandBody>>,
) -> WebResult<Json<TaskStandingBody>> {
    let command = body.command.into();
    let task = tasks::handle(&state.app, signed_in.who(), id, command, body.seen).await?;
    Ok(Json(task.into()))
}

/// Carry out one command on many tasks: those that allow it, all in one transaction.
#[utoipa::path(post, path = "/api/v1/tasks/batch", operation_id = "tasks_batch", tag = "tasks",
    request_body = BatchBody, responses((status = 200, body = BatchOutcomeBody)))]
pub(super) async fn batch(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<BatchBody>,
) -> WebResult<Json<BatchOutcomeBody>> {
    let ids: Vec<TaskId> = body.ids.into_iter().map(TaskId).collect();
    let command = body.command.into();
    let outcome = tasks::handle_many(&state.app, signed_in.who(), &ids, &command).await?;
    Ok(Json(outcome.into()))
}
