//! Saved views of the ledger.

use axum::extract::State;
use axum::routing::{get, post};
use luoshi_app::views;
use luoshi_domain::ids::ViewId;
use luoshi_domain::views::{View, ViewDetails};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::extract::{Json, Path, SignedIn};
use crate::pages::ledger::query::Wish;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/api/v1/ledger/views";
const ONE: &str = "/api/v1/ledger/views/{id}";

pub(super) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Member, get(list))
        .post(PATH, Access::Member, post(save))
        .post(ONE, Access::Own, post(change))
}

/// A saved view.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ViewBody {
    id: Uuid,
    name: String,
    /// The parameters of the ledger's address.
    query: String,
    owner: Uuid,
    /// Whether the whole bureau sees it.
    shared: bool,
    /// Whether the reader's ledger begins with it.
    first: bool,
}

/// What is to be saved; a view of one's own with this name is replaced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewViewBody {
    #[schema(max_length = 30)]
    name: String,
    /// The parameters of the ledger's address; what it does not understand is left out.
    #[serde(default)]
    query: String,
    #[serde(default)]
    shared: bool,
}

/// What can be done to a view; `command` names it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ViewCommandBody {
    /// Shows it to the bureau, or no more.
    Share {
        shared: bool,
    },
    /// Begins the reader's ledger with it, or no more.
    Choose {
        first: bool,
    },
    Drop,
}

/// List the views that the reader may choose, the own first.
#[utoipa::path(get, path = "/api/v1/ledger/views", operation_id = "views_list", tag = "ledger",
    responses((status = 200, body = Vec<ViewBody>)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<Vec<ViewBody>>> {
    told(&state, &signed_in).await
}

/// Save a view.
#[utoipa::path(post, path = "/api/v1/ledger/views", operation_id = "view_save", tag = "ledger",
    request_body = NewViewBody, responses((status = 200, body = Vec<ViewBody>)))]
pub(super) async fn save(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<NewViewBody>,
) -> WebResult<Json<Vec<ViewBody>>> {
    let details = ViewDetails {
        name: body.name,
        query: Wish::understood(&body.query),
    };
    views::save(&state.app, signed_in.who(), details, body.shared).await?;
    told(&state, &signed_in).await
}

/// Share, choose or drop a view.
#[utoipa::path(post, path = "/api/v1/ledger/views/{id}", operation_id = "view_command",
    tag = "ledger", params(("id" = Uuid, Path)), request_body = ViewCommandBody,
    responses((status = 200, body = Vec<ViewBody>)))]
pub(super) async fn change(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ViewId>,
    Json(body): Json<ViewCommandBody>,
) -> WebResult<Json<Vec<ViewBody>>> {
    let (app, who) = (&state.app, signed_in.who());
    match body {
        ViewCommandBody::Share { shared } => {
            views::share(app, who, id, shared).await?;
        }
        ViewCommandBody::Choose { first } => views::choose(app, who, id, first).await?,
        ViewCommandBody::Drop => {
            views::drop(app, who, id).await?;
        }
    }
    told(&state, &signed_in).await
}

async fn told(state: &WebState, signed_in: &SignedIn) -> WebResult<Json<Vec<ViewBody>>> {
    let who = signed_in.who();
    let known = views::list(&state.app, who).await?;
    let body = |view: View| ViewBody {
        id: view.id.0,
        first: view.is_first_for(who.actor.person),
        owner: view.owner.0,
        shared: view.shared,
        name: view.details.name,
        query: view.details.query,
    };
    Ok(Json(known.into_iter().map(body).collect()))
}
