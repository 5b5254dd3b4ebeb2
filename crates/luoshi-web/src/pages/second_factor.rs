//! The second factor: asked for after the password, set up, renewed, removed.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, SET_COOKIE};
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::accounts::{Visitor, second_factors};
use luoshi_app::errors::AppError;
use luoshi_domain::accounts::SessionStage;
use serde::Deserialize;

use crate::WebState;
use crate::client::Seen;
use crate::extract::{Form, Query, SignedIn};
use crate::flash;
use crate::pages::account::PATH as ACCOUNT;
use crate::pages::html;
use crate::pages::parts::Field;
use crate::pages::qr::{self, Picture};
use crate::pages::shell::Shell;
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};
use crate::sessions::{self, Kept, Wish, local};

const PATH: &str = "/second-factor";
const ENROL: &str = "/second-factor/enrol";

pub(crate) fn routes(table: Table) -> Table {
    let member = Access::Member;
    table
        .get(PATH, member, get(show))
        .post(PATH, member, post(check))
        .get(ENROL, member, get(enrol))
        .post(ENROL, member, post(confirm))
        .post("/second-factor/codes", member, post(renew))
        .post("/second-factor/remove", member, post(remove))
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct CodePage {
    shell: Shell,
    field: Field,
    fault: String,
    next: String,
    kept: Option<Kept>,
}

#[derive(Template)]
#[template(path = "enrol.html")]
struct EnrolPage {
    shell: Shell,
    picture: Picture,
    secret: String,
    field: Field,
    fault: String,
    next: String,
    /// Whether the person's posts require it.
    required: bool,
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct CodesPage {
    shell: Shell,
    codes: Vec<String>,
    next: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CodeForm {
    code: String,
    next: String,
    kept_path: String,
    kept_body: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let standing = second_factors::standing(&state.app, signed_in.who()).await?;
    let asked = [SessionStage::SecondFactor, SessionStage::SecondFactorOnly];
    if !asked.contains(&signed_in.visitor.stage()) {
        return Ok(sessions::see_other(ACCOUNT));
    }
    if standing.since.is_none() {
        let next = flash::encode(local(&wish.next));
        return Ok(sessions::see_other(&format!("{ENROL}?next={next}")));
    }
    let next = local(&wish.next);
    ask(&state, &signed_in.visitor, StatusCode::OK, "", next, None).await
}

async fn check(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> WebResult<Response> {
    let visitor = &signed_in.visitor;
    let kept = Kept::new(form.kept_path, form.kept_body);
    match second_factors::check(&state.app, visitor, client, &form.code).await {
        Ok(signed) => sessions::admitted(&state, signed, &headers, &form.next, kept).await,
        Err(error) => {
            let problem = said(error)?;
            let fault = format!("{}{}", problem.detail, problem.todo);
            let next = local(&form.next);
            ask(&state, visitor, problem.status, &fault, next, kept).await
        }
    }
}

/// The page that asks for a code.
pub(crate) async fn ask(
    state: &WebState,
    visitor: &Visitor,
    status: StatusCode,
    fault: &str,
    next: &str,
    kept: Option<Kept>,
) -> WebResult<Response> {
    let page = CodePage {
        shell: Shell::bare(state, visitor).await?,
        field: code_field().hint("手机不在身边时，可输入一个恢复码"),
        fault: fault.to_owned(),
        next: next.to_owned(),
        kept,
    };
    html(status, &page)
}

async fn enrol(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    enrolment(&state, &signed_in, StatusCode::OK, "", &wish.next).await
}

async fn confirm(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> WebResult<Response> {
    let visitor = &signed_in.visitor;
    match second_factors::confirm(&state.app, visitor, client, &form.code).await {
        Ok((codes, signed)) => {
            let shell = Shell::bare(&state, visitor).await?;
            let next = sessions::place_of(signed.session.stage, &form.next);
            let mut response = html(StatusCode::OK, &CodesPage { shell, codes, next })?;
            let cookie = sessions::session_cookie(&signed.token, sessions::is_secure(&headers));
            response.headers_mut().append(SET_COOKIE, cookie);
            Ok(response)
        }
        Err(error) => {
            let problem = said(error)?;
            let fault = format!("{}{}", problem.detail, problem.todo);
            enrolment(&state, &signed_in, problem.status, &fault, &form.next).await
        }
    }
}

async fn enrolment(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    fault: &str,
    next: &str,
) -> WebResult<Response> {
    let enrolment = match second_factors::enrol(&state.app, signed_in.who()).await {
        Err(AppError::Refused(refusal)) => return Ok(flash::warn(ACCOUNT, &refusal.sentence)),
        other => other?,
    };
    let standing = second_factors::standing(&state.app, signed_in.who()).await?;
    let picture = qr::of(&enrolment.address).map_err(|error| Problem::internal(&error))?;
    let page = EnrolPage {
        shell: Shell::bare(state, &signed_in.visitor).await?,
        picture,
        secret: enrolment.secret,
        field: code_field(),
        fault: fault.to_owned(),
        next: local(next).to_owned(),
        required: standing.required,
    };
    html(status, &page)
}

async fn renew(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    Form(form): Form<CodeForm>,
) -> WebResult<Response> {
    let visitor = &signed_in.visitor;
    match second_factors::renew_codes(&state.app, visitor, &client, &form.code).await {
        Ok(codes) => {
            let shell = Shell::bare(&state, visitor).await?;
            let next = ACCOUNT.to_owned();
            html(StatusCode::OK, &CodesPage { shell, codes, next })
        }
        Err(error) => Ok(flash::warn(ACCOUNT, &said(error)?.detail)),
    }
}

async fn remove(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    Form(form): Form<CodeForm>,
) -> WebResult<Response> {
    match second_factors::remove(&state.app, &signed_in.visitor, &client, &form.code).await {
        Ok(()) => Ok(flash::done(ACCOUNT, "动态口令已停用，恢复码一并作废")),
        Err(error) => Ok(flash::warn(ACCOUNT, &said(error)?.detail)),
    }
}

/// A wrong code or a lock, to be said beside the field.
fn said(error: AppError) -> WebResult<Problem> {
    match error {
        AppError::WrongCode | AppError::LockedOut { .. } => Ok(error.into()),
        other => Err(other.into()),
    }
}

fn code_field() -> Field {
    Field {
        max: 32,
        ..Field::text("code", "动态口令（6 位数字）", "").required()
    }
}
