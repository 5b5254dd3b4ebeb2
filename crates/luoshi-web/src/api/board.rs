//! The leaders' board.

use axum::extract::State;
use axum::routing::get;
use chrono::NaiveDate;
use luoshi_app::board::{self, Distribution, Matter};
use luoshi_domain::lights::Light;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::tasks::rows::LightBody;
use crate::extract::{Json, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table.get("/api/v1/board", Access::Bureau, get(show))
}

/// The board as the page shows it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BoardBody {
    /// At most five, the most urgent first.
    decisions: Vec<DecisionBody>,
    /// How many there are besides.
    more: usize,
    lights: DistributionBody,
    units: Vec<UnitHeatBody>,
    /// The Monday of this week.
    week: NaiveDate,
    changes: Vec<ChangeBody>,
    /// By the end of each day that something was noted on; the last is today.
    course: Vec<CourseDayBody>,
}

/// Something that needs a leader.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DecisionBody {
    /// `blocker`, `extension`, `closing` or `red_major`.
    matter: &'static str,
    task: Uuid,
    title: String,
    lead: Option<Uuid>,
    /// What ranks it, in Chinese.
    why: String,
    light: LightBody,
}

/// How many tasks have which light.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DistributionBody {
    red: i64,
    yellow: i64,
    green: i64,
    grey: i64,
    done: i64,
}

/// A lead unit's tasks by light.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnitHeatBody {
    /// Missing for tasks without a lead unit.
    unit: Option<Uuid>,
    lights: DistributionBody,
}

/// How many tasks changed in one way this week.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeBody {
    /// `red`, `yellow`, `green` (turned to), `closed`, `opened` or `extended`.
    change: &'static str,
    count: usize,
}

/// The lights at the end of a day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CourseDayBody {
    day: NaiveDate,
    lights: DistributionBody,
}

impl From<Distribution> for DistributionBody {
    fn from(all: Distribution) -> Self {
        let Distribution {
            red,
            yellow,
            green,
            grey,
            done,
        } = all;
        Self {
            red,
            yellow,
            green,
            grey,
            done,
        }
    }
}

/// Show what needs a leader, the lights, and what changed.
#[utoipa::path(get, path = "/api/v1/board", operation_id = "board_show", tag = "board",
    responses((status = 200, body = BoardBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<BoardBody>> {
    let board = board::show(&state.app, signed_in.who()).await?;
    let rules = &board.rules;
    let decisions = board.decisions.iter().map(|known| DecisionBody {
        matter: match known.matter {
            Matter::Blocker => "blocker",
            Matter::Extension => "extension",
            Matter::Closing => "closing",
            Matter::RedMajor => "red_major",
        },
        task: known.task.id.0,
        title: known.task.details.title.clone(),
        lead: known.task.details.lead.map(|unit| unit.0),
        why: known.why.clone(),
        light: Light::of(
            &known.task.facts(),
            rules.today,
            &rules.calendar,
            &rules.leads,
        )
        .into(),
    });
    let units = board.units.iter().map(|heat| UnitHeatBody {
        unit: heat.unit.map(|unit| unit.0),
        lights: heat.counts.into(),
    });
    let changes = board.changes.iter().map(|(change, count)| ChangeBody {
        change: change.key(),
        count: *count,
    });
    let course = board.course.iter().map(|(day, lights)| CourseDayBody {
        day: *day,
        lights: (*lights).into(),
    });
    Ok(Json(BoardBody {
        decisions: decisions.collect(),
        more: board.more,
        lights: board.lights.into(),
        units: units.collect(),
        week: board.week,
        changes: changes.collect(),
        course: course.collect(),
    }))
}
