//! The workday calendar: days, notices, and what falls due.

use axum::extract::State;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::calendar;
use luoshi_domain::calendar::DayNature;
use luoshi_domain::refusals::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::extract::{Json, Query, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let notices = "/api/v1/calendar/notices";
    table
        .get("/api/v1/calendar", Access::Member, get(month))
        .post("/api/v1/calendar/check", Access::Keepers, post(check))
        .post(notices, Access::Office, post(announce))
}

/// A month of the reader's calendar.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MonthBody {
    label: String,
    days: Vec<DayBody>,
}

/// One day, and what the reader may see of what falls due on it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DayBody {
    day: NaiveDate,
    workday: bool,
    /// The holiday it is off or worked for; missing on ordinary days.
    holiday: Option<String>,
    /// Whether the year's notice is not known yet.
    provisional: bool,
    due: Vec<DueBody>,
    /// How many tasks still have to take which step by this day.
    steps: Vec<StepsDueBody>,
}

/// How many tasks have a step's limit on a day: the list of `/api/v1/tasks?step=…&from=…&until=…`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StepsDueBody {
    step: &'static str,
    count: u32,
}

/// A task whose completion limit it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DueBody {
    id: Uuid,
    title: String,
}

/// Which month.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct MonthQuery {
    /// `2026-03`; this month without it.
    month: Option<String>,
}

/// Notices of one or several years.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticesBody {
    /// TOML, or JSON that maps days to `off` and `work`.
    text: String,
}

/// What entering notices would move.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoticePreviewBody {
    years: Vec<i32>,
    moved: Vec<MovedTaskBody>,
}

/// A task whose limits move.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MovedTaskBody {
    id: Uuid,
    title: String,
    limits: Vec<MovedLimitBody>,
}

/// A limit before and after.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MovedLimitBody {
    step: &'static str,
    before: Option<NaiveDate>,
    after: NaiveDate,
    why: String,
}

/// What entering notices has moved.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AnnouncedBody {
    /// Tasks whose limits moved.
    moved: u32,
}

/// Show a month with what falls due on each day.
#[utoipa::path(get, path = "/api/v1/calendar", operation_id = "calendar_month",
    tag = "calendar", params(MonthQuery), responses((status = 200, body = MonthBody)))]
pub(super) async fn month(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(query): Query<MonthQuery>,
) -> WebResult<Json<MonthBody>> {
    let day = match query.month {
        None => state.app.today(),
        Some(text) => format!("{text}-01")
            .parse()
            .map_err(|_no_month| Refusal::input("month", "TIME-08", "月份应写作 2026-03。"))?,
    };
    let month = calendar::month(&state.app, signed_in.who(), day).await?;
    let days = month.days.into_iter().filter(|day| day.within);
    Ok(Json(MonthBody {
        label: month.period.label(),
        days: days
            .map(|day| DayBody {
                day: day.day,
                workday: day.nature.is_worked(),
                holiday: match day.nature {
                    DayNature::Holiday { name } => Some(name),
                    DayNature::MakeUp { holiday } => Some(holiday),
                    DayNature::Workday | DayNature::Weekend => None,
                },
                provisional: day.provisional,
                due: day
                    .due
                    .into_iter()
                    .map(|row| DueBody {
                        id: row.id.0,
                        title: row.title,
                    })
                    .collect(),
                steps: day
                    .steps
                    .into_iter()
                    .map(|(step, count)| StepsDueBody {
                        step: step.key(),
                        count,
                    })
                    .collect(),
            })
            .collect(),
    }))
}

/// Check notices, and say which limits would move; nothing is stored.
#[utoipa::path(post, path = "/api/v1/calendar/check", operation_id = "calendar_check",
    tag = "calendar", request_body = NoticesBody,
    responses((status = 200, body = NoticePreviewBody)))]
pub(super) async fn check(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<NoticesBody>,
) -> WebResult<Json<NoticePreviewBody>> {
    let who = signed_in.who();
    let preview = calendar::preview(&state.app, who, "text", &body.text).await?;
    let moved = preview.moved.into_iter().map(|task| MovedTaskBody {
        id: task.id.0,
        title: task.title,
        limits: task
            .limits
            .into_iter()
            .map(|limit| MovedLimitBody {
                step: limit.to.key(),
                before: limit.before,
                after: limit.after,
                why: limit.why,
            })
            .collect(),
    });
    Ok(Json(NoticePreviewBody {
        years: preview.notices.iter().map(|notice| notice.year).collect(),
        moved: moved.collect(),
    }))
}

/// Enter notices, and count the limits anew.
#[utoipa::path(post, path = "/api/v1/calendar/notices", operation_id = "calendar_announce",
    tag = "calendar", request_body = NoticesBody,
    responses((status = 200, body = AnnouncedBody)))]
pub(super) async fn announce(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<NoticesBody>,
) -> WebResult<Json<AnnouncedBody>> {
    let who = signed_in.who();
    let moved = calendar::announce(&state.app, who, "text", &body.text).await?;
    Ok(Json(AnnouncedBody { moved }))
}
