//! Records of trainings and leaders' personal acts.

use axum::extract::State;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::activities;
use luoshi_domain::activities::{Activity, ActivityCommand, ActivityDetails};
use luoshi_domain::ids::{ActivityId, PersonId, TaskId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::commands::Decided;
use crate::api::words::ActivityKind;
use crate::extract::{Json, Path, Query, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let all = "/api/v1/activities";
    table
        .get(all, Access::Member, get(list))
        .post(all, Access::Member, post(record))
        .get("/api/v1/activities/coverage", Access::Member, get(coverage))
        .get("/api/v1/activities/{id}", Access::Row, get(show))
        .post(
            "/api/v1/activities/{id}/commands",
            Access::Member,
            post(carry_out),
        )
}

/// Which year.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct YearQuery {
    /// This year when left out.
    year: Option<i32>,
}

/// A year's records, latest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ActivitiesBody {
    activities: Vec<ActivityBody>,
}

/// A record as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ActivityBody {
    id: Uuid,
    version: i64,
    details: ActivityDetailsBody,
    /// Who recorded it.
    by: Uuid,
    /// Why it does not count any more.
    void: Option<String>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActivityDetailsBody {
    kind: ActivityKind,
    /// A key of the packs: the form of a training, or the act.
    form: String,
    #[serde(default)]
    subjects: Vec<String>,
    title: String,
    day: NaiveDate,
    #[serde(default)]
    place: String,
    persons: Vec<Uuid>,
    #[serde(default)]
    tasks: Vec<Uuid>,
    #[serde(default)]
    note: String,
}

/// How far the year's trainings reach.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CoverageBody {
    year: i32,
    staff: u32,
    trained: u32,
    /// Rounded down.
    percent: u32,
    units: Vec<UnitCoverageBody>,
}

/// The same for one unit.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnitCoverageBody {
    unit: Uuid,
    staff: u32,
    trained: u32,
    percent: u32,
}

/// What can be asked of a record; `command` names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ActivityCommandBody {
    Amend {
        details: Box<ActivityDetailsBody>,
    },
    /// It does not count any more; it stays to be seen.
    Void {
        reason: String,
    },
}

impl From<ActivityDetailsBody> for ActivityDetails {
    fn from(body: ActivityDetailsBody) -> Self {
        Self {
            kind: body.kind.into(),
            form: body.form,
            subjects: body.subjects,
            title: body.title,
            day: body.day,
            place: body.place,
            persons: body.persons.into_iter().map(PersonId).collect(),
            tasks: body.tasks.into_iter().map(TaskId).collect(),
            note: body.note,
        }
    }
}

impl From<Activity> for ActivityBody {
    fn from(activity: Activity) -> Self {
        let details = activity.details;
        Self {
            id: activity.id.0,
            version: activity.version,
            details: ActivityDetailsBody {
                kind: details.kind.into(),
                form: details.form,
                subjects: details.subjects,
                title: details.title,
                day: details.day,
                place: details.place,
                persons: details.persons.into_iter().map(|id| id.0).collect(),
                tasks: details.tasks.into_iter().map(|id| id.0).collect(),
                note: details.note,
            },
            by: activity.by.0,
            void: activity.void,
        }
    }
}

impl From<ActivityCommandBody> for ActivityCommand {
    fn from(command: ActivityCommandBody) -> Self {
        match command {
            ActivityCommandBody::Amend { details } => Self::Amend(Box::new((*details).into())),
            ActivityCommandBody::Void { reason } => Self::Void { reason },
        }
    }
}

/// List a year's records.
#[utoipa::path(get, path = "/api/v1/activities", operation_id = "activities_list",
    tag = "activities", params(YearQuery), responses((status = 200, body = ActivitiesBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(query): Query<YearQuery>,
) -> WebResult<Json<ActivitiesBody>> {
    let year = query
        .year
        .unwrap_or_else(|| activities::this_year(&state.app));
    let view = activities::list(&state.app, signed_in.who(), year).await?;
    let activities = view.activities.into_iter().map(Into::into).collect();
    Ok(Json(ActivitiesBody { activities }))
}

/// Tell how far a year's trainings reach.
#[utoipa::path(get, path = "/api/v1/activities/coverage", operation_id = "activities_coverage",
    tag = "activities", params(YearQuery), responses((status = 200, body = CoverageBody)))]
pub(super) async fn coverage(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(query): Query<YearQuery>,
) -> WebResult<Json<CoverageBody>> {
    let year = query
        .year
        .unwrap_or_else(|| activities::this_year(&state.app));
    let view = activities::coverage(&state.app, signed_in.who(), year).await?;
    let units = view.units.iter().map(|(unit, covered)| UnitCoverageBody {
        unit: unit.0,
        staff: covered.staff,
        trained: covered.trained,
        percent: covered.percent(),
    });
    Ok(Json(CoverageBody {
        year,
        staff: view.all.staff,
        trained: view.all.trained,
        percent: view.all.percent(),
        units: units.collect(),
    }))
}

/// Record what was done.
#[utoipa::path(post, path = "/api/v1/activities", operation_id = "activity_record",
    tag = "activities", request_body = ActivityDetailsBody,
    responses((status = 200, body = ActivityBody)))]
pub(super) async fn record(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<ActivityDetailsBody>,
) -> WebResult<Json<ActivityBody>> {
    let activity = activities::record(&state.app, signed_in.who(), body.into()).await?;
    Ok(Json(activity.into()))
}

/// Show one record.
#[utoipa::path(get, path = "/api/v1/activities/{id}", operation_id = "activity_show",
    tag = "activities", params(("id" = Uuid, Path)),
    responses((status = 200, body = ActivityBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ActivityId>,
) -> WebResult<Json<ActivityBody>> {
    let (activity, ..) = activities::show(&state.app, signed_in.who(), id).await?;
    Ok(Json(activity.into()))
}

/// Change or void a record.
#[utoipa::path(post, path = "/api/v1/activities/{id}/commands", operation_id = "activity_command",
    tag = "activities", params(("id" = Uuid, Path)), request_body = Decided<ActivityCommandBody>,
    responses((status = 200, body = ActivityBody)))]
pub(super) async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ActivityId>,
    Json(body): Json<Decided<ActivityCommandBody>>,
) -> WebResult<Json<ActivityBody>> {
    let command = body.command.into();
    let who = signed_in.who();
    let activity = activities::handle(&state.app, who, id, command, body.seen).await?;
    Ok(Json(activity.into()))
}
