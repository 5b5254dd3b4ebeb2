//! Signing in and out, and who a request comes from.

pub(crate) mod kept;
mod oidc;

use askama::Template;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use luoshi_app::accounts::sign_in::{Attempt, SignedIn as NewSession};
use luoshi_app::accounts::{self, Client, Means, Visitor};
use luoshi_app::errors::AppError;
use luoshi_app::organisation::Login;
use luoshi_app::{accounts::sessions, accounts::tokens, demo};
use luoshi_domain::accounts::SessionStage;
use luoshi_domain::accounts::tokens::Scope;
use serde::Deserialize;

use crate::WebState;
use crate::client::Seen;
use crate::extract::{Form, Nothing, OpenForm, Query, SignedIn};
use crate::flash::encode;
use crate::pages::parts::{Choice, Field};
use crate::pages::{self, mandates, second_factor, shell::Shell};
use crate::problem::{Problem, WebResult};
use crate::routes::{self, Access, Table};

pub(crate) use kept::Kept;

pub(crate) const SESSION_COOKIE: &str = "luoshi_session";

/// Said on the sign-in page of an installation that nobody has begun.
const NO_BUREAU: &str =
    "系统里还没有单位。请管理员执行 luoshi organisation load 机构文件，然后刷新本页。";

/// Said to somebody whose session was over when their form arrived.
const KEPT_SAID: &str = "登录已过期。您刚才填写的内容还在，登录后接着提交。";

/// Where to go without a wish.
pub(crate) const HOME: &str = "/desk";

/// What is open to somebody who has shown a password but no second factor.
const BEFORE_SECOND_FACTOR: [&str; 5] = [
    "/second-factor",
    "/second-factor/enrol",
    "/sign-out",
    "/api/v1/session",
    "/api/v1/session/end",
];

/// What is open to somebody who has to choose a password.
const BEFORE_NEW_PASSWORD: [&str; 4] = [
    "/account/password",
    "/sign-out",
    "/api/v1/session",
    "/api/v1/session/end",
];

/// Somebody who is known but has something to do before anything else is open.
#[derive(Clone, Copy)]
pub(crate) struct Detained(pub(crate) SessionStage);

pub(crate) fn routes(table: Table) -> Table {
    oidc::routes(table)
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
    let session = cookie(request.headers(), SESSION_COOKIE).map(str::to_owned);
    let found = if let Some(token) = bearer(request.headers()).map(str::to_owned) {
        let path = request.extensions().get::<MatchedPath>();
        let method = request.method().as_str();
        let wanted = path.and_then(|path| routes::scope_of(method, path.as_str()));
        by_token(&state, wanted, &token).await
    } else if let Some(token) = session {
        accounts::visitor(&state.app, &token)
            .await
            .map_err(Problem::from)
    } else {
        Err(Problem::signed_out())
    };
    match found {
        Ok(visitor) if is_anothers(&visitor, request.uri().path()) => {
            // The page of the refusal is theirs, with the way out of it.
            request.extensions_mut().insert(visitor);
            request.extensions_mut().insert(Problem::by_hand());
        }
        Ok(visitor) if is_open(visitor.stage(), request.uri().path()) => {
            request.extensions_mut().insert(visitor);
        }
        Ok(visitor) => {
            request.extensions_mut().insert(Detained(visitor.stage()));
        }
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED => {}
        // Given its face further in, and nothing beyond that is asked.
        Err(problem) => {
            request.extensions_mut().insert(problem);
        }
    }
    next.run(request).await
}

/// The person behind a program's token, where the route takes one.
async fn by_token(state: &WebState, wanted: Option<Scope>, token: &str) -> WebResult<Visitor> {
    let visitor = tokens::visitor(&state.app, token).await?;
    let allowed = match &visitor.means {
        Means::Token { scopes, .. } => wanted.is_some_and(|scope| scopes.contains(&scope)),
        Means::Session { .. } => false,
    };
    if allowed {
        Ok(visitor)
    } else {
        Err(Problem::beyond_token())
    }
}

/// Whether the path is about the account of the person in whose name the visitor types.
fn is_anothers(visitor: &Visitor, path: &str) -> bool {
    const OWN: [&str; 8] = [
        "/account",
        "/tokens",
        "/second-factor",
        "/calendar/feed",
        "/api/v1/tokens",
        "/api/v1/sessions",
        "/api/v1/mandates",
        "/api/v1/tellings",
    ];
    visitor.who.actor.hand.is_some()
        && path != mandates::STOP
        && OWN.iter().any(|own| {
            let rest = path.strip_prefix(own);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

fn is_open(stage: SessionStage, path: &str) -> bool {
    match stage {
        SessionStage::Full => true,
        SessionStage::SecondFactor | SessionStage::SecondFactorOnly => {
            BEFORE_SECOND_FACTOR.contains(&path)
        }
        SessionStage::NewPassword => BEFORE_NEW_PASSWORD.contains(&path),
    }
}

/// Where somebody does what is asked of them before they come to `next`.
pub(crate) fn place_of(stage: SessionStage, next: &str) -> String {
    let next = local(next);
    match stage {
        SessionStage::Full => next.to_owned(),
        SessionStage::SecondFactor | SessionStage::SecondFactorOnly => {
            format!("/second-factor?next={}", encode(next))
        }
        SessionStage::NewPassword => format!("/account/password?next={}", encode(next)),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let said = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (kind, token) = said.split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| token.trim())
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
    kept: Option<Kept>,
    /// The way to sign in at another server; empty where there is none.
    elsewhere: String,
    /// A demonstration's accounts.
    accounts: Vec<Login>,
    password: &'static str,
}

#[derive(Deserialize)]
pub(crate) struct Wish {
    #[serde(default)]
    pub(crate) next: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Credentials {
    name: String,
    password: String,
    bureau: String,
    next: String,
    kept_path: String,
    kept_body: String,
}

/// What the sign-in page shows again.
#[derive(Default)]
struct Shown {
    fault: String,
    name: String,
    next: String,
    kept: Option<Kept>,
}

async fn show(State(state): State<WebState>, Query(wish): Query<Wish>) -> WebResult<Response> {
    let shown = Shown {
        next: wish.next,
        ..Shown::default()
    };
    page(&state, StatusCode::OK, shown).await
}

async fn sign_in(
    State(state): State<WebState>,
    Seen(client): Seen,
    headers: HeaderMap,
    OpenForm(form): OpenForm<Credentials>,
) -> WebResult<Response> {
    let bureaus = luoshi_app::bureaus::list(&state.app).await?;
    let chosen = bureaus
        .iter()
        .find(|bureau| bureau.id.to_string() == form.bureau);
    let kept = Kept::new(form.kept_path, form.kept_body);
    let mut shown = Shown {
        fault: String::new(),
        name: form.name.clone(),
        next: form.next.clone(),
        kept: kept.clone(),
    };
    let Some(bureau) = chosen.or(bureaus.first()) else {
        return page(&state, StatusCode::CONFLICT, shown).await;
    };
    let attempt = Attempt {
        login: form.name,
        password: form.password,
        client,
    };
    let problem: Problem = match accounts::sign_in(&state.app, bureau.id, attempt).await {
        Ok(signed) => return admitted(&state, signed, &headers, &form.next, kept).await,
        Err(AppError::Refused(refusal)) => {
            let problem = Problem::from(refusal);
            shown.fault = problem.detail;
            return page(&state, problem.status, shown).await;
        }
        Err(error @ (AppError::WrongPassword | AppError::LockedOut { .. })) => error.into(),
        Err(error) => return Err(error.into()),
    };
    shown.fault = format!("{}{}", problem.detail, problem.todo);
    page(&state, problem.status, shown).await
}

/// Gives the browser its new session and leads on: to what is still to be done, to the form that
/// was kept, or to where the person wanted to go.
pub(crate) async fn admitted(
    state: &WebState,
    signed: NewSession,
    headers: &HeaderMap,
    next: &str,
    kept: Option<Kept>,
) -> WebResult<Response> {
    let stage = signed.session.stage;
    let mut response = match (stage, kept) {
        (SessionStage::Full, Some(kept)) => {
            let visitor = accounts::visitor(&state.app, &signed.token).await?;
            kept::resume(state, &visitor, &kept, local(next)).await?
        }
        (SessionStage::SecondFactor | SessionStage::SecondFactorOnly, Some(kept)) => {
            let visitor = accounts::visitor(&state.app, &signed.token).await?;
            second_factor::ask(state, &visitor, StatusCode::OK, "", local(next), Some(kept)).await?
        }
        _ => see_other(&place_of(stage, next)),
    };
    let cookie = session_cookie(&signed.token, is_secure(headers));
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

async fn sign_out(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    headers: HeaderMap,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let gone = end(&state, &signed_in, &client, &headers).await?;
    let mut response = see_other("/sign-in");
    response.headers_mut().insert(SET_COOKIE, gone);
    Ok(response)
}

/// Ends the session that the headers carry; the cookie that makes the browser forget it.
pub(crate) async fn end(
    state: &WebState,
    signed_in: &SignedIn,
    client: &Client,
    headers: &HeaderMap,
) -> WebResult<HeaderValue> {
    if let Some(token) = cookie(headers, SESSION_COOKIE) {
        sessions::sign_out(&state.app, signed_in.who(), client, token).await?;
    }
    Ok(HeaderValue::from_static(
        "luoshi_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
    ))
}

/// The sign-in page for somebody whose session was over when their form arrived.
pub(crate) async fn expired(state: &WebState, kept: Kept, back: &str) -> WebResult<Response> {
    let shown = Shown {
        fault: KEPT_SAID.into(),
        next: back.to_owned(),
        kept: Some(kept),
        ..Shown::default()
    };
    page(state, StatusCode::UNAUTHORIZED, shown).await
}

async fn page(state: &WebState, status: StatusCode, shown: Shown) -> WebResult<Response> {
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
    fields.push(Field::text("name", "登录名", shown.name).required());
    fields.push(Field {
        kind: "password",
        ..Field::text("password", "口令", "").required()
    });
    let mut shell = Shell::anonymous(state);
    let mut fault = shown.fault;
    match bureaus.first() {
        Some(bureau) => shell.bureau.clone_from(&bureau.name),
        None => NO_BUREAU.clone_into(&mut fault),
    }
    let accounts = if state.demo {
        demo::accounts()?
    } else {
        Vec::new()
    };
    let page = SignInPage {
        shell,
        fields,
        fault,
        elsewhere: match &state.app.identity {
            Some(_) => format!("{}?next={}", oidc::PATH, encode(local(&shown.next))),
            None => String::new(),
        },
        next: local(&shown.next).to_owned(),
        kept: shown.kept,
        accounts,
        password: demo::PASSWORD,
    };
    pages::html(status, &page)
}

/// The wish, when it is an address of our own.
pub(crate) fn local(next: &str) -> &str {
    let own = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.contains(char::is_control);
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
    fn security_open_redirect_after_signing_in_one_stays_on_this_site() {
        for foreign in [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "javascript:alert(1)",
            "",
            "x",
        ] {
            assert_eq!(local(foreign), HOME, "for {foreign:?}");
            assert_eq!(place_of(SessionStage::Full, foreign), HOME);
        }
        assert_eq!(local("/ledger?queue=open"), "/ledger?queue=open");
    }
}
