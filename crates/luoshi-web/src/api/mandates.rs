//! One's own mandates (代填授权): who may type for one, and for whom one may.
//!
//! These want a browser's session, as what concerns the account does: no token widens who acts.

use axum::extract::State;
use axum::routing::{delete, get, post};
use chrono::NaiveDate;
use luoshi_app::mandates;
use luoshi_domain::ids::{MandateId, PersonId};
use luoshi_domain::mandates::{Mandate, MandateDetails};
use luoshi_domain::organisation::Organisation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::extract::{Json, Path, SignedIn, Vouched};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let member = Access::Member;
    table
        .get("/api/v1/mandates", member, get(list))
        .post("/api/v1/mandates", member, post(give))
        .delete("/api/v1/mandates/{id}", Access::Own, delete(end))
}

/// A mandate to type for somebody.
#[derive(Serialize, ToSchema)]
pub(super) struct MandateBody {
    id: Uuid,
    giver: NamedPerson,
    agent: NamedPerson,
    /// The first local day.
    from: NaiveDate,
    /// The last local day.
    until: NaiveDate,
    reason: String,
    /// Whether one may type under it today.
    holds: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct NamedPerson {
    id: Uuid,
    name: String,
}

impl MandateBody {
    fn of(mandate: &Mandate, organisation: &Organisation, today: NaiveDate) -> Self {
        let person = |id: PersonId| NamedPerson {
            id: id.0,
            name: organisation.person_name(id).to_owned(),
        };
        Self {
            id: mandate.id.0,
            giver: person(mandate.giver),
            agent: person(mandate.details.agent),
            from: mandate.details.from,
            until: mandate.details.until,
            reason: mandate.details.reason.clone(),
            holds: mandate.holds(today),
        }
    }
}

/// The mandates of the person that are not over.
#[derive(Serialize, ToSchema)]
pub(super) struct MandatesBody {
    /// Who may type for one.
    given: Vec<MandateBody>,
    /// For whom one may type.
    held: Vec<MandateBody>,
}

/// A mandate that is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MandateWish {
    /// The person who is to type.
    agent: Uuid,
    /// The first local day.
    from: NaiveDate,
    /// The last local day.
    until: NaiveDate,
    reason: String,
}

/// List one's own mandates that are not over.
#[utoipa::path(get, path = "/api/v1/mandates", operation_id = "mandates_list", tag = "account",
    responses((status = 200, body = MandatesBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<MandatesBody>> {
    let view = mandates::own(&state.app, signed_in.who()).await?;
    let today = state.app.today();
    let bodies = |listed: &[Mandate]| {
        let bodies = listed
            .iter()
            .map(|mandate| MandateBody::of(mandate, &view.organisation, today));
        bodies.collect()
    };
    Ok(Json(MandatesBody {
        given: bodies(&view.given),
        held: bodies(&view.held),
    }))
}

/// Let somebody type for the person.
#[utoipa::path(post, path = "/api/v1/mandates", operation_id = "mandate_give", tag = "account",
    request_body = MandateWish, responses((status = 200, body = MandatesBody)))]
pub(super) async fn give(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(wish): Json<MandateWish>,
) -> WebResult<Json<MandatesBody>> {
    let details = MandateDetails {
        agent: PersonId(wish.agent),
        from: wish.from,
        until: wish.until,
        reason: wish.reason,
    };
    mandates::give(&state.app, signed_in.who(), details).await?;
    list(State(state), signed_in).await
}

/// End a mandate at once; whoever gave or holds it may.
#[utoipa::path(delete, path = "/api/v1/mandates/{id}", operation_id = "mandate_end",
    tag = "account", params(("id" = Uuid, Path)),
    responses((status = 200, body = MandatesBody)))]
pub(super) async fn end(
    State(state): State<WebState>,
    Path(id): Path<MandateId>,
    Vouched(signed_in): Vouched,
) -> WebResult<Json<MandatesBody>> {
    mandates::end(&state.app, signed_in.who(), id).await?;
    list(State(state), signed_in).await
}
