//! A task's course: planned against actual, and changing it.

use axum::extract::State;
use axum::routing::get;
use chrono::NaiveDate;
use luoshi_app::trajectories::{self, Course};
use luoshi_domain::ids::TaskId;
use luoshi_domain::tasks::Task;
use luoshi_domain::trajectories::decide::CourseCommand;
use luoshi_domain::trajectories::forecast::Forecast;
use luoshi_domain::trajectories::{Milestone, Pace, Shape, Trajectory};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::WebState;
use crate::api::commands::Decided;
use crate::extract::{Json, Path, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/api/v1/tasks/{id}/course";

pub(super) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Row, get(show))
        .post(PATH, Access::Row, axum::routing::post(carry_out))
}

/// How a task stands against its course; percentages to a tenth.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CourseBody {
    version: i64,
    shape: ShapeWord,
    milestones: Vec<MilestoneBody>,
    /// Missing before it is issued.
    expected: Option<f64>,
    actual: u8,
    /// Expected less actual.
    gap: Option<f64>,
    /// `ahead`, `on_schedule` or `behind`.
    pace: Option<&'static str>,
    forecast: ForecastBody,
    readings: Vec<ReadingBody>,
}

/// What was reported by the end of a day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReadingBody {
    day: NaiveDate,
    percent: u8,
}

/// When it will be done; without a day when the readings do not say.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ForecastBody {
    /// `too_few`, `still`, `reached` or `expected`.
    standing: &'static str,
    earliest: Option<NaiveDate>,
    day: Option<NaiveDate>,
    latest: Option<NaiveDate>,
}

/// A point that the work has to reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MilestoneBody {
    name: String,
    day: NaiveDate,
    percent: u8,
    /// The latest day to begin its stage.
    start_by: Option<NaiveDate>,
    /// Set by marking it; not taken.
    #[serde(default)]
    started_on: Option<NaiveDate>,
    /// Set by marking it; not taken.
    #[serde(default)]
    done_on: Option<NaiveDate>,
}

/// How progress is spread over the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ShapeWord {
    Linear,
    Stepped,
    SCurve,
}

/// A planned course.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct TrajectoryBody {
    shape: ShapeWord,
    /// Where there are any, they override the shape.
    #[serde(default)]
    milestones: Vec<MilestoneBody>,
}

/// What can be asked of a course; `command` names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum CourseCommandBody {
    /// A reason is needed once the task is issued.
    Set {
        shape: ShapeWord,
        #[serde(default)]
        milestones: Vec<MilestoneBody>,
        #[serde(default)]
        reason: String,
    },
    /// Of the milestone with this place, from 0: its stage is begun, or it is reached.
    Mark { milestone: usize, done: bool },
}

impl From<ShapeWord> for Shape {
    fn from(word: ShapeWord) -> Self {
        match word {
            ShapeWord::Linear => Self::Linear,
            ShapeWord::Stepped => Self::Stepped,
            ShapeWord::SCurve => Self::SCurve,
        }
    }
}

impl From<Shape> for ShapeWord {
    fn from(shape: Shape) -> Self {
        match shape {
            Shape::Linear => Self::Linear,
            Shape::Stepped => Self::Stepped,
            Shape::SCurve => Self::SCurve,
        }
    }
}

impl From<TrajectoryBody> for Trajectory {
    fn from(body: TrajectoryBody) -> Self {
        Self {
            shape: body.shape.into(),
            milestones: body.milestones.into_iter().map(milestone).collect(),
        }
    }
}

impl From<CourseCommandBody> for CourseCommand {
    fn from(body: CourseCommandBody) -> Self {
        match body {
            CourseCommandBody::Set {
                shape,
                milestones,
                reason,
            } => Self::Set {
                trajectory: TrajectoryBody { shape, milestones }.into(),
                reason,
            },
            CourseCommandBody::Mark { milestone, done } => Self::Mark { milestone, done },
        }
    }
}

fn milestone(body: MilestoneBody) -> Milestone {
    Milestone {
        name: body.name,
        day: body.day,
        percent: body.percent,
        start_by: body.start_by,
        started_on: None,
        done_on: None,
    }
}

impl CourseBody {
    fn new(task: &Task, course: &Course) -> Self {
        let percent = |tenths: i64| i32::try_from(tenths).ok().map(|all| f64::from(all) / 10.0);
        let milestones = task
            .trajectory
            .milestones
            .iter()
            .map(|known| MilestoneBody {
                name: known.name.clone(),
                day: known.day,
                percent: known.percent,
                start_by: known.start_by,
                started_on: known.started_on,
                done_on: known.done_on,
            });
        let readings = task.readings.iter().map(|known| ReadingBody {
            day: known.day,
            percent: known.percent,
        });
        Self {
            version: task.version,
            shape: task.trajectory.shape.into(),
            milestones: milestones.collect(),
            expected: course.expected.and_then(percent),
            actual: task.progress,
            gap: course.gap.and_then(percent),
            pace: course.pace.map(|pace| match pace {
                Pace::Ahead => "ahead",
                Pace::OnSchedule => "on_schedule",
                Pace::Behind => "behind",
            }),
            forecast: course.forecast.into(),
            readings: readings.collect(),
        }
    }
}

impl From<Forecast> for ForecastBody {
    fn from(known: Forecast) -> Self {
        let bare = |standing| Self {
            standing,
            earliest: None,
            day: None,
            latest: None,
        };
        match known {
            Forecast::TooFew(_) => bare("too_few"),
            Forecast::Still => bare("still"),
            Forecast::Reached => bare("reached"),
            Forecast::On {
                earliest,
                day,
                latest,
            } => Self {
                earliest: Some(earliest),
                day: Some(day),
                latest,
                ..bare("expected")
            },
        }
    }
}

/// Show how a task stands against its course.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/course", operation_id = "course_show",
    tag = "tasks", params(("id" = Uuid, Path)), responses((status = 200, body = CourseBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Json<CourseBody>> {
    let (view, course) = trajectories::show(&state.app, signed_in.who(), id).await?;
    Ok(Json(CourseBody::new(&view.task, &course)))
}

/// Set a course, or mark one of its milestones.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/course", operation_id = "course_command",
    tag = "tasks", params(("id" = Uuid, Path)), request_body = Decided<CourseCommandBody>,
    responses((status = 200, body = CourseBody)))]
pub(super) async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Json(body): Json<Decided<CourseCommandBody>>,
) -> WebResult<Json<CourseBody>> {
    let who = signed_in.who();
    let command = body.command.into();
    let task = trajectories::handle(&state.app, who, id, command, body.seen).await?;
    let course = trajectories::course(&task, state.app.today());
    Ok(Json(CourseBody::new(&task, &course)))
}
