//! Everybody's accounts, for security administrators.
//!
//! These want a browser's session: no token opens an account or resets a password.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use chrono::{DateTime, Utc};
use luoshi_app::accounts::administration::{self, AccountRow};
use luoshi_app::accounts::opening::{self, Newcomer};
use luoshi_app::organisation::Login;
use luoshi_domain::ids::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::client::Seen;
use crate::extract::{Json, Path, Query, SignedIn, Vouched};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let security = Access::Security;
    table
        .get("/api/v1/accounts", security, get(list))
        .post("/api/v1/accounts", security, post(open))
        .post("/api/v1/accounts/{id}/password", security, post(reset))
        .delete(
            "/api/v1/accounts/{id}/sessions",
            security,
            delete(end_sessions),
        )
        .delete(
            "/api/v1/accounts/{id}/second-factor",
            security,
            delete(remove_factor),
        )
}

#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AccountSearch {
    /// Part of a name or a login.
    q: String,
}

/// Accounts, and the persons without one; of each the first that the search finds.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountsBody {
    accounts: Vec<AccountBody>,
    accounts_found: usize,
    newcomers: Vec<NewcomerBody>,
    newcomers_found: usize,
}

/// An account.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountBody {
    person: Uuid,
    name: String,
    /// Unit and post.
    title: String,
    login: String,
    last_used_at: Option<DateTime<Utc>>,
    /// Minutes for which the login is locked.
    locked_minutes: Option<i64>,
    /// Closed because nobody used it for 90 days.
    unused: bool,
    /// Whether the initial password is still to be changed.
    initial: bool,
    second_factor: bool,
}

impl From<AccountRow> for AccountBody {
    fn from(row: AccountRow) -> Self {
        Self {
            person: row.person.0,
            name: row.name,
            title: row.title,
            login: row.credential.login,
            last_used_at: row.credential.last_used_at,
            locked_minutes: row.locked,
            unused: row.unused,
            initial: row.initial,
            second_factor: row.second_factor,
        }
    }
}

/// A person who cannot sign in yet.
#[derive(Serialize, ToSchema)]
pub(super) struct NewcomerBody {
    person: Uuid,
    name: String,
    /// Unit and post; empty without a post.
    title: String,
    /// The login that the account will have.
    login: String,
}

impl From<Newcomer> for NewcomerBody {
    fn from(row: Newcomer) -> Self {
        Self {
            person: row.person.0,
            name: row.name,
            title: row.title,
            login: row.login,
        }
    }
}

/// The persons that get an account, at most 50.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpeningBody {
    persons: Vec<Uuid>,
}

/// A password to hand over; told this once only.
#[derive(Serialize, ToSchema)]
pub(super) struct HandedBody {
    name: String,
    title: String,
    login: String,
    password: String,
}

impl From<Login> for HandedBody {
    fn from(login: Login) -> Self {
        Self {
            name: login.name,
            title: login.title,
            login: login.login,
            password: login.password,
        }
    }
}

/// List accounts, and persons without one.
#[utoipa::path(get, path = "/api/v1/accounts", operation_id = "accounts_list", tag = "account",
    params(AccountSearch), responses((status = 200, body = AccountsBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(search): Query<AccountSearch>,
) -> WebResult<Json<AccountsBody>> {
    let accounts = administration::list(&state.app, signed_in.who(), &search.q).await?;
    let newcomers = opening::list(&state.app, signed_in.who(), &search.q).await?;
    Ok(Json(AccountsBody {
        accounts: accounts.rows.into_iter().map(Into::into).collect(),
        accounts_found: accounts.found,
        newcomers: newcomers.rows.into_iter().map(Into::into).collect(),
        newcomers_found: newcomers.found,
    }))
}

/// Open accounts, all or none; the answer is the only one that carries the passwords.
#[utoipa::path(post, path = "/api/v1/accounts", operation_id = "accounts_open", tag = "account",
    request_body = OpeningBody, responses((status = 200, body = Vec<HandedBody>)))]
pub(super) async fn open(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    Json(body): Json<OpeningBody>,
) -> WebResult<Json<Vec<HandedBody>>> {
    let persons: Vec<PersonId> = body.persons.into_iter().map(PersonId).collect();
    let logins = opening::open(&state.app, signed_in.who(), &client, &persons).await?;
    Ok(Json(logins.into_iter().map(Into::into).collect()))
}

/// Give a person a new password that they must change.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/password",
    operation_id = "account_reset_password", tag = "account", params(("id" = Uuid, Path)),
    responses((status = 200, body = HandedBody)))]
pub(super) async fn reset(
    State(state): State<WebState>,
    Seen(client): Seen,
    Path(id): Path<PersonId>,
    Vouched(signed_in): Vouched,
) -> WebResult<Json<HandedBody>> {
    let login = administration::reset_password(&state.app, signed_in.who(), &client, id).await?;
    Ok(Json(login.into()))
}

/// End all sessions of a person.
#[utoipa::path(delete, path = "/api/v1/accounts/{id}/sessions",
    operation_id = "account_end_sessions", tag = "account", params(("id" = Uuid, Path)),
    responses((status = 204, description = "The person is signed in nowhere.")))]
pub(super) async fn end_sessions(
    State(state): State<WebState>,
    Seen(client): Seen,
    Path(id): Path<PersonId>,
    Vouched(signed_in): Vouched,
) -> WebResult<StatusCode> {
    administration::end_sessions(&state.app, signed_in.who(), &client, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove the second factor of a person whose device is lost.
#[utoipa::path(delete, path = "/api/v1/accounts/{id}/second-factor",
    operation_id = "account_remove_second_factor", tag = "account",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "The person sets up a new one when they must.")))]
pub(super) async fn remove_factor(
    State(state): State<WebState>,
    Seen(client): Seen,
    Path(id): Path<PersonId>,
    Vouched(signed_in): Vouched,
) -> WebResult<StatusCode> {
    administration::remove_second_factor(&state.app, signed_in.who(), &client, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
