//! The same text for another year.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use luoshi_app::plans::years::{self, OtherYear};
use luoshi_domain::ids::PlanId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::WebState;
use crate::api::plans::bodies::ImportOutcomeBody;
use crate::extract::{Json, Path, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table.post("/api/v1/plans/{id}/years", Access::Bureau, post(load))
}

/// Which year to load a text to.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct OtherYearBody {
    year: i32,
    /// Who issues it there, where it is somebody else.
    #[serde(default)]
    issuer: Option<String>,
}

/// Load a plan's text to another year: a plan of its own with all dates moved, to be confirmed.
#[utoipa::path(post, path = "/api/v1/plans/{id}/years", operation_id = "plan_load_to_year",
    tag = "plans", params(("id" = Uuid, Path)), request_body = OtherYearBody,
    responses(
        (status = 201, body = ImportOutcomeBody, description = "Loaded."),
        (status = 200, body = ImportOutcomeBody, description = "Known: nothing was added."),
    ))]
pub(in crate::api) async fn load(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Json(body): Json<OtherYearBody>,
) -> WebResult<Response> {
    let wanted = OtherYear {
        year: body.year,
        issuer: body.issuer,
    };
    let outcome = years::load_to(&state.app, signed_in.who(), id, wanted).await?;
    let status = if outcome.known {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, Json(ImportOutcomeBody::from(outcome))).into_response())
}
