//! One's own tokens for programs.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::accounts::tokens;
use luoshi_app::errors::AppError;
use luoshi_app::tasks::sentences::moment;
use luoshi_domain::accounts::tokens::{ApiToken, NAME_LIMIT, Scope, TokenWish};
use luoshi_domain::ids::TokenId;
use luoshi_domain::refusals::Ground;
use serde::Deserialize;

use crate::WebState;
use crate::client::Seen;
use crate::extract::{Form, Nothing, Path, SignedIn};
use crate::flash;
use crate::pages::html;
use crate::pages::parts::{Fault, Field, State as Badge};
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/tokens";

/// Days that a new token lives unless another day is chosen.
const USUAL_DAYS: u64 = 90;

pub(crate) fn routes(table: Table) -> Table {
    let member = Access::Member;
    table
        .get(PATH, member, get(show))
        .post(PATH, member, post(create))
        .post("/tokens/{id}/revoke", Access::Own, post(revoke))
}

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    shell: Shell,
    /// A new token, shown once.
    handed: String,
    rows: Vec<Row>,
    name: Field,
    until: Field,
    scopes: Vec<ScopeChoice>,
    faults: Vec<Fault>,
}

struct Row {
    id: String,
    name: String,
    scopes: String,
    until: String,
    used: String,
    state: Badge,
    valid: bool,
}

struct ScopeChoice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
}

#[derive(Deserialize)]
struct TokenForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    scope: Vec<Scope>,
}

async fn show(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let usual = state.app.today() + chrono::Days::new(USUAL_DAYS);
    let form = TokenForm {
        name: String::new(),
        until: usual.to_string(),
        scope: vec![Scope::Read],
    };
    page(
        &state,
        &signed_in,
        StatusCode::OK,
        &form,
        None,
        String::new(),
    )
    .await
}

async fn create(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    Form(form): Form<TokenForm>,
) -> WebResult<Response> {
    let wish = TokenWish {
        name: form.name.clone(),
        scopes: form.scope.clone(),
        until: form.until.trim().parse().ok(),
    };
    match tokens::create(&state.app, signed_in.who(), &client, wish).await {
        Ok((token, _kept)) => page(&state, &signed_in, StatusCode::OK, &form, None, token).await,
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            let fault = Fault {
                field: refusal.code.to_owned(),
                text: refusal.sentence,
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(
                &state,
                &signed_in,
                status,
                &form,
                Some(fault),
                String::new(),
            )
            .await
        }
        Err(AppError::Refused(refusal)) => Ok(flash::warn(PATH, &refusal.sentence)),
        Err(error) => Err(error.into()),
    }
}

async fn revoke(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    Path(id): Path<TokenId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    tokens::revoke(&state.app, signed_in.who(), &client, id).await?;
    Ok(flash::done(PATH, "令牌已撤销，立即失效"))
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    form: &TokenForm,
    fault: Option<Fault>,
    handed: String,
) -> WebResult<Response> {
    let now = state.app.clock.now();
    let kept = tokens::list(&state.app, signed_in.who()).await?;
    let of = |field: &str| match &fault {
        Some(fault) if fault.field == field => fault.text.clone(),
        _ => String::new(),
    };
    let page = TokensPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        handed,
        rows: kept.into_iter().map(|token| row(token, now)).collect(),
        name: Field {
            max: NAME_LIMIT,
            fault: of("name"),
            ..Field::text("name", "用途", &form.name)
                .required()
                .hint("写明给哪个程序用，例如“与市督查平台对接”")
        },
        until: Field {
            fault: of("until"),
            ..Field::date("until", "有效期至", &form.until)
                .required()
                .hint("最长一年")
        },
        scopes: Scope::ALL
            .iter()
            .map(|scope| ScopeChoice {
                value: name(*scope),
                label: label(*scope),
                chosen: form.scope.contains(scope),
            })
            .collect(),
        faults: fault.into_iter().collect(),
    };
    html(status, &page)
}

fn row(token: ApiToken, now: chrono::DateTime<chrono::Utc>) -> Row {
    let labels: Vec<&str> = token.scopes.iter().map(|scope| label(*scope)).collect();
    let valid = token.is_valid(now);
    let (tone, word) = match (valid, token.revoked_at) {
        (true, _) => ("running", "有效"),
        (false, Some(_)) => ("void", "已撤销"),
        (false, None) => ("void", "已到期"),
    };
    let last = token.expires_at - chrono::TimeDelta::seconds(1);
    Row {
        id: token.id.to_string(),
        scopes: labels.join("、"),
        until: luoshi_domain::calendar::local_day(last).to_string(),
        used: token
            .last_used_at
            .map_or_else(|| "没有用过".to_owned(), moment),
        name: token.name,
        state: Badge { tone, label: word },
        valid,
    }
}

fn name(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "read",
        Scope::Write => "write",
        Scope::Calendar => "calendar",
    }
}

fn label(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "读取数据",
        Scope::Write => "办理事项",
        Scope::Calendar => "订阅日历",
    }
}
