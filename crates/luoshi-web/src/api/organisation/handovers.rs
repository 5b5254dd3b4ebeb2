//! Handing over, and the sheets that are kept.

use axum::extract::State;
use axum::routing::get;
use chrono::{DateTime, NaiveDate, Utc};
use luoshi_app::organisation::handovers::{self, Wanted};
use luoshi_domain::handovers::Handover;
use luoshi_domain::ids::{HandoverId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::extract::{Json, Path, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let all = "/api/v1/organisation/handovers";
    table
        .get(all, Access::Keepers, get(list))
        .post(all, Access::Keepers, axum::routing::post(carry_out))
        .get(
            "/api/v1/organisation/handovers/{id}",
            Access::Keepers,
            get(show),
        )
}

/// All that a person has goes to a successor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct WantedBody {
    from: Uuid,
    to: Uuid,
    /// The first day of the successor; not after today.
    day: NaiveDate,
    #[serde(default)]
    reason: String,
    /// Whether the successor takes the posts too; else they are vacant.
    take_posts: bool,
    /// Whether the person is gone altogether.
    leaves: bool,
}

/// A sheet as it was on its day.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct HandoverBody {
    id: Uuid,
    from: Uuid,
    to: Uuid,
    day: NaiveDate,
    reason: String,
    leaves: bool,
    posts: Vec<PlaceBody>,
    portfolios: Vec<PlaceBody>,
    tasks: Vec<HandedBody>,
    /// What the person had been given to do for tasks.
    duties: Vec<HandedDutyBody>,
    /// Who did it, as printed then.
    by: String,
    at: DateTime<Utc>,
}

/// A place in the organisation before and after.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PlaceBody {
    name: String,
    before: String,
    /// Empty when it is vacant.
    after: String,
}

/// A task whose part went over.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct HandedBody {
    id: Uuid,
    number: Option<String>,
    title: String,
    limit: Option<NaiveDate>,
}

/// A sub-duty that went over.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct HandedDutyBody {
    task: Uuid,
    title: String,
    part: &'static str,
    duty: String,
    limit: NaiveDate,
}

impl From<Handover> for HandoverBody {
    fn from(kept: Handover) -> Self {
        let sheet = kept.sheet;
        let places = |places: Vec<luoshi_domain::handovers::HandedPlace>| {
            let bodies = places.into_iter().map(|place| PlaceBody {
                name: place.name,
                before: place.before,
                after: place.after,
            });
            bodies.collect()
        };
        let tasks = sheet.tasks.into_iter().map(|task| HandedBody {
            id: task.id.0,
            number: task.number,
            title: task.title,
            limit: task.limit,
        });
        let duties = sheet.duties.into_iter().map(|duty| HandedDutyBody {
            task: duty.task.0,
            title: duty.title,
            part: duty.part.key(),
            duty: duty.duty,
            limit: duty.limit,
        });
        Self {
            duties: duties.collect(),
            id: kept.id.0,
            from: sheet.from.0,
            to: sheet.to.0,
            day: sheet.day,
            reason: sheet.reason,
            leaves: sheet.leaves,
            posts: places(sheet.posts),
            portfolios: places(sheet.portfolios),
            tasks: tasks.collect(),
            by: kept.by,
            at: kept.at,
        }
    }
}

/// List the latest hand-over sheets.
#[utoipa::path(get, path = "/api/v1/organisation/handovers", operation_id = "handovers_list",
    tag = "organisation", responses((status = 200, body = Vec<HandoverBody>)))]
pub(in crate::api) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<Vec<HandoverBody>>> {
    let kept = handovers::list(&state.app, signed_in.who()).await?;
    Ok(Json(kept.into_iter().map(Into::into).collect()))
}

/// Hand over all that a person has, in one act.
#[utoipa::path(post, path = "/api/v1/organisation/handovers", operation_id = "handover_carry_out",
    tag = "organisation", request_body = WantedBody,
    responses((status = 200, body = HandoverBody)))]
pub(in crate::api) async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<WantedBody>,
) -> WebResult<Json<HandoverBody>> {
    let wanted = Wanted {
        from: PersonId(body.from),
        to: PersonId(body.to),
        day: body.day,
        reason: body.reason,
        take_posts: body.take_posts,
        leaves: body.leaves,
    };
    let id = handovers::carry_out(&state.app, signed_in.who(), &wanted).await?;
    let kept = handovers::show(&state.app, signed_in.who(), id).await?;
    Ok(Json(kept.into()))
}

/// Show a hand-over sheet.
#[utoipa::path(get, path = "/api/v1/organisation/handovers/{id}", operation_id = "handover_show",
    params(("id" = Uuid, Path)), tag = "organisation",
    responses((status = 200, body = HandoverBody)))]
pub(in crate::api) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<HandoverId>,
) -> WebResult<Json<HandoverBody>> {
    let kept = handovers::show(&state.app, signed_in.who(), id).await?;
    Ok(Json(kept.into()))
}
