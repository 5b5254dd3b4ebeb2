//! Signing in and out, and who a request comes from.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use luoshi_app::errors::AppError;
use luoshi_app::organisation::Login;
use luoshi_app::{accounts, demo};
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Nothing, OpenForm, Query, SignedIn};
use crate::pages::parts::{Choice, Field};
use crate::pages::{self, shell::Shell};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

pub(crate) const SESSION_COOKIE: &str = "luoshi_session";

/// Said on the sign-in page of an installation that nobody has begun.
const NO_BUREAU: &str =
    "系统里还没有单位。请管理员执行 luoshi organisation load 机构文件，然后刷新本页。";

/// Where to go without a wish.
const HOME: &str = "/desk";

pub(crate) fn routes(table: Table) -> Table {
    table
        .get("/sign-in", Access::Public, get(show))
        .post("/sign-in", Access::Public, post(sign_in))
        .post("/sign-out", Access::Member, post(sign_out))
}

/// Looks up who a request comes from; the handler finds them as [`SignedIn`].
pub(crate) async fn identify(
    State(state): State<WebState>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(token) = cookie(request.headers(), SESSION_COOKIE) {
        match accounts::visitor(&state.app, token).await {
            Ok(visitor) => {
                request.extensions_mut().insert(visitor);
            }
            Err(AppError::SignedOut) => {}
            Err(error) => return Problem::from(error).into_response(),
        }
    }
    next.run(request).await
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(known, _)| known.trim() == name)
        .map(|(_, value)| value.trim())
}

/// 303 to an address of our own.
pub(crate) fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static(HOME));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    shell: Shell,
    fields: Vec<Field>,
    fault: String,
    next: String,
    /// A demonstration's accounts.
    accounts: Vec<Login>,
    password: &'static str,
}

#[derive(Deserialize)]
struct Wish {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Credentials {
    name: String,
    password: String,
    #[serde(default)]
    bureau: String,
    #[serde(default)]
    next: String,
}

async fn show(State(state): State<WebState>, Query(wish): Query<Wish>) -> WebResult<Response> {
    page(&state, StatusCode::OK, "", "", &wish.next).await
}

async fn sign_in(
    State(state): State<WebState>,
    headers: HeaderMap,
    OpenForm(form): OpenForm<Credentials>,
) -> WebResult<Response> {
    let bureaus = luoshi_app::bureaus::list(&state.app).await?;
    let chosen = bureaus
        .iter()
        .find(|bureau| bureau.id.to_string() == form.bureau);
    let Some(bureau) = chosen.or(bureaus.first()) else {
        return page(&state, StatusCode::CONFLICT, "", &form.name, &form.next).await;
    };
    match accounts::sign_in(&state.app, bureau.id, &form.name, form.password).await {
        Ok(signed) => {
            let mut response = see_other(local(&form.next));
            let cookie = session_cookie(&signed.token, is_secure(&headers));
            response.headers_mut().insert(SET_COOKIE, cookie);
            Ok(response)
        }
        Err(AppError::WrongPassword) => {
            let fault = "登录名或口令不对，请检查大小写后再试。";
            page(
                &state,
                StatusCode::UNAUTHORIZED,
                fault,
                &form.name,
                &form.next,
            )
            .await
        }
        Err(error) => Err(error.into()),
    }
}

async fn sign_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    headers: HeaderMap,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let gone = end(&state, &signed_in, &headers).await?;
    let mut response = see_other("/sign-in");
    response.headers_mut().insert(SET_COOKIE, gone);
    Ok(response)
}

/// Ends the session that the headers carry; the cookie that makes the browser forget it.
pub(crate) async fn end(
    state: &WebState,
    signed_in: &SignedIn,
    headers: &HeaderMap,
) -> WebResult<HeaderValue> {
    if let Some(token) = cookie(headers, SESSION_COOKIE) {
        accounts::sign_out(&state.app, signed_in.who().bureau, token).await?;
    }
    Ok(HeaderValue::from_static(
        "luoshi_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
    ))
}

async fn page(
    state: &WebState,
    status: StatusCode,
    fault: &str,
    name: &str,
    next: &str,
) -> WebResult<Response> {
    let bureaus = luoshi_app::bureaus::list(&state.app).await?;
    let mut fields = Vec::new();
    if bureaus.len() > 1 {
        let choices = bureaus.iter().map(|bureau| Choice {
            value: bureau.id.to_string(),
            label: bureau.name.clone(),
            selected: false,
        });
        fields.push(Field::select("bureau", "单位", choices.collect()));
    }
    fields.push(Field::text("name", "登录名", name).required());
    fields.push(Field {
        kind: "password",
        ..Field::text("password", "口令", "").required()
    });
    let mut shell = Shell::anonymous(state);
    let mut fault = fault;
    match bureaus.first() {
        Some(bureau) => shell.bureau.clone_from(&bureau.name),
        None => fault = NO_BUREAU,
    }
    let accounts = if state.demo {
        demo::accounts()?
    } else {
        Vec::new()
    };
    let page = SignInPage {
        shell,
        fields,
        fault: fault.to_owned(),
        next: local(next).to_owned(),
        accounts,
        password: demo::PASSWORD,
    };
    pages::html(status, &page)
}

/// The wish, when it is an address of our own.
fn local(next: &str) -> &str {
    let own =
        next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if own { next } else { HOME }
}

/// A proxy that ends TLS says so; on a plain internal network the cookie must work without.
pub(crate) fn is_secure(headers: &HeaderMap) -> bool {
    headers
        .get("x-forwarded-proto")
        .is_some_and(|proto| proto == "https")
}

pub(crate) fn session_cookie(token: &str, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_one_stays_on_this_site() {
        for foreign in [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "",
            "x",
        ] {
            assert_eq!(local(foreign), HOME, "for {foreign:?}");
        }
        assert_eq!(local("/ledger?queue=open"), "/ledger?queue=open");
    }
}
