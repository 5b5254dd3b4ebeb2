//! Signing in at another server: going there, and coming back.

use axum::extract::State;
use axum::http::header::{HeaderMap, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;
use luoshi_app::accounts::identity::{self, IdentityError};
use luoshi_app::errors::AppError;
use luoshi_domain::accounts::same_secret;
use luoshi_domain::ids::BureauId;
use serde::Deserialize;

use super::{Shown, admitted, cookie, is_secure, local, page, see_other};
use crate::WebState;
use crate::client::Seen;
use crate::extract::Query;
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

pub(super) const PATH: &str = "/sign-in/oidc";
const BACK: &str = "/sign-in/oidc/back";

/// Ties the answer to the browser that asked.
const STATE_COOKIE: &str = "luoshi_oidc";

pub(super) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Public, get(go))
        .get(BACK, Access::Public, get(back))
}

#[derive(Deserialize)]
struct Going {
    #[serde(default)]
    next: String,
    /// Which bureau, where the installation has more than one.
    bureau: Option<BureauId>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Coming {
    state: String,
    code: String,
    /// What the other server has against it.
    error: String,
}

async fn go(
    State(state): State<WebState>,
    headers: HeaderMap,
    Query(going): Query<Going>,
) -> WebResult<Response> {
    let bureaus = luoshi_app::bureaus::list(&state.app).await?;
    let chosen = bureaus
        .iter()
        .find(|bureau| Some(bureau.id) == going.bureau);
    let bureau = chosen.or(bureaus.first()).ok_or_else(Problem::not_found)?;
    let departure = match identity::begin(&state.app, bureau.id, local(&going.next)).await {
        Ok(departure) => departure,
        Err(error @ AppError::Identity(_)) => return said(&state, error).await,
        Err(error) => return Err(error.into()),
    };
    let mut response = see_other(&departure.address);
    let cookie = state_cookie(&departure.state, 600, is_secure(&headers));
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

async fn back(
    State(state): State<WebState>,
    Seen(client): Seen,
    headers: HeaderMap,
    Query(coming): Query<Coming>,
) -> WebResult<Response> {
    let ours = cookie(&headers, STATE_COOKIE).unwrap_or_default();
    let same = !ours.is_empty() && same_secret(ours, &coming.state);
    let done = if same && coming.error.is_empty() {
        identity::finish(&state.app, client, &coming.state, coming.code).await
    } else {
        Err(IdentityError::Refused.into())
    };
    let mut response = match done {
        Ok((signed, next)) => admitted(&state, signed, &headers, &next, None).await?,
        Err(error @ (AppError::Identity(_) | AppError::Refused(_))) => said(&state, error).await?,
        Err(error) => return Err(error.into()),
    };
    let gone = state_cookie("", 0, is_secure(&headers));
    response.headers_mut().append(SET_COOKIE, gone);
    Ok(response)
}

/// The sign-in page with what went wrong.
async fn said(state: &WebState, error: AppError) -> WebResult<Response> {
    let problem = Problem::from(error);
    let shown = Shown {
        fault: format!("{}{}", problem.detail, problem.todo),
        ..Shown::default()
    };
    page(state, StatusCode::UNAUTHORIZED, shown).await
}

fn state_cookie(value: &str, seconds: u32, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!(
        "{STATE_COOKIE}={value}; Path=/sign-in; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    );
    HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""))
}
