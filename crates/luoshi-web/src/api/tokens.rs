//! One's own tokens for programs, and where one is signed in.
//!
//! These want a browser's session: no token makes or ends another.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get};
use chrono::{DateTime, NaiveDate, Utc};
use luoshi_app::accounts::{sessions, tokens};
use luoshi_domain::accounts::Session;
use luoshi_domain::accounts::tokens::{ApiToken, Scope, TokenWish};
use luoshi_domain::ids::{SessionId, TokenId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::client::Seen;
use crate::extract::{Json, Path, SignedIn, Vouched};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let member = Access::Member;
    table
        .get("/api/v1/tokens", member, get(list))
        .post("/api/v1/tokens", member, axum::routing::post(create))
        .delete("/api/v1/tokens/{id}", Access::Own, delete(revoke))
        .get("/api/v1/sessions", member, get(sessions_list))
        .delete("/api/v1/sessions/{id}", Access::Own, delete(session_end))
}

/// What a token is good for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum TokenScope {
    Read,
    Write,
    Calendar,
}

impl From<Scope> for TokenScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Read => Self::Read,
            Scope::Write => Self::Write,
            Scope::Calendar => Self::Calendar,
        }
    }
}

impl From<TokenScope> for Scope {
    fn from(scope: TokenScope) -> Self {
        match scope {
            TokenScope::Read => Self::Read,
            TokenScope::Write => Self::Write,
            TokenScope::Calendar => Self::Calendar,
        }
    }
}

/// A token without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenBody {
    id: Uuid,
    /// What it is for.
    name: String,
    scopes: Vec<TokenScope>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// To the minute.
    last_used_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl From<ApiToken> for TokenBody {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id.0,
            name: token.name,
            scopes: token.scopes.into_iter().map(Into::into).collect(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            revoked_at: token.revoked_at,
        }
    }
}

/// A token that is wished for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenWishBody {
    /// What it is for.
    name: String,
    scopes: Vec<TokenScope>,
    /// The last local day on which it can be used, at most a year ahead.
    until: NaiveDate,
}

/// A new token.
#[derive(Serialize, ToSchema)]
pub(super) struct NewTokenBody {
    /// Goes into the header `authorization` after `Bearer `; told this once only.
    token: String,
    kept: TokenBody,
}

/// One place where the person is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlaceBody {
    id: Uuid,
    /// What the browser says of itself.
    device: String,
    address: String,
    created_at: DateTime<Utc>,
    /// To the minute.
    last_used_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// Whether the request came in this one.
    current: bool,
}

impl PlaceBody {
    fn of(session: Session, current: Option<SessionId>) -> Self {
        Self {
            current: Some(session.id) == current,
            id: session.id.0,
            device: session.device,
            address: session.address,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
        }
    }
}

/// List one's own tokens, newest first.
#[utoipa::path(get, path = "/api/v1/tokens", operation_id = "tokens_list", tag = "account",
    responses((status = 200, body = Vec<TokenBody>)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<Vec<TokenBody>>> {
    let kept = tokens::list(&state.app, signed_in.who()).await?;
    Ok(Json(kept.into_iter().map(Into::into).collect()))
}

/// Make a token; the answer is the only one that carries it.
#[utoipa::path(post, path = "/api/v1/tokens", operation_id = "token_create", tag = "account",
    request_body = TokenWishBody, responses((status = 200, body = NewTokenBody)))]
pub(super) async fn create(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    Json(body): Json<TokenWishBody>,
) -> WebResult<Json<NewTokenBody>> {
    let wish = TokenWish {
        name: body.name,
        scopes: body.scopes.into_iter().map(Into::into).collect(),
        until: Some(body.until),
    };
    let (token, kept) = tokens::create(&state.app, signed_in.who(), &client, wish).await?;
    Ok(Json(NewTokenBody {
        token,
        kept: kept.into(),
    }))
}

/// Revoke one of one's own tokens.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", operation_id = "token_revoke",
    tag = "account", params(("id" = Uuid, Path)),
    responses((status = 204, description = "It is refused from now on.")))]
pub(super) async fn revoke(
    State(state): State<WebState>,
    Seen(client): Seen,
    Path(id): Path<TokenId>,
    Vouched(signed_in): Vouched,
) -> WebResult<StatusCode> {
    tokens::revoke(&state.app, signed_in.who(), &client, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List where one is signed in, the session used last first.
#[utoipa::path(get, path = "/api/v1/sessions", operation_id = "sessions_list", tag = "account",
    responses((status = 200, body = Vec<PlaceBody>)))]
pub(super) async fn sessions_list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<Vec<PlaceBody>>> {
    let listed = sessions::list(&state.app, signed_in.who()).await?;
    let current = signed_in.visitor.session();
    let bodies = listed
        .into_iter()
        .map(|session| PlaceBody::of(session, current));
    Ok(Json(bodies.collect()))
}

/// End one of one's own sessions.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", operation_id = "session_revoke",
    tag = "account", params(("id" = Uuid, Path)),
    responses((status = 204, description = "The session is over.")))]
pub(super) async fn session_end(
    State(state): State<WebState>,
    Seen(client): Seen,
    Path(id): Path<SessionId>,
    Vouched(signed_in): Vouched,
) -> WebResult<StatusCode> {
    sessions::revoke(&state.app, signed_in.who(), &client, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
