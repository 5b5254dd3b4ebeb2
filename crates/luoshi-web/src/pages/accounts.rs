//! Everybody's accounts, for security administrators.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::accounts::administration::{self, AccountRow};
use luoshi_app::accounts::opening::{self, Newcomers};
use luoshi_app::errors::AppError;
use luoshi_app::organisation::Login;
use luoshi_app::tasks::sentences::moment;
use luoshi_domain::ids::PersonId;
use serde::Deserialize;

use crate::WebState;
use crate::client::Seen;
use crate::extract::{Form, Nothing, Path, Query, SignedIn};
use crate::flash;
use crate::pages::html;
use crate::pages::parts::State as Badge;
use crate::pages::shell::Shell;
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

const PATH: &str = "/accounts";

pub(crate) fn routes(table: Table) -> Table {
    let security = Access::Security;
    table
        .get(PATH, security, get(show))
        .post("/accounts/open", security, post(open))
        .post("/accounts/{id}/password", security, post(reset))
        .post("/accounts/{id}/sessions", security, post(end_sessions))
        .post(
            "/accounts/{id}/second-factor",
            security,
            post(remove_factor),
        )
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    shell: Shell,
    query: String,
    said: String,
    rows: Vec<Row>,
    /// New passwords, shown once.
    handed: Option<Handed>,
    newcomers: Newcomers,
    /// Of how many newcomers the first are shown; empty when all are.
    newcomers_said: String,
}

struct Row {
    id: String,
    name: String,
    title: String,
    login: String,
    used: String,
    state: Badge,
    note: String,
    second_factor: bool,
    own: bool,
}

/// Passwords to hand over, and what was done.
struct Handed {
    title: &'static str,
    logins: Vec<Login>,
}

/// The persons that get an account.
#[derive(Deserialize)]
struct Picked {
    #[serde(default)]
    person: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Search {
    q: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(search): Query<Search>,
) -> WebResult<Response> {
    page(&state, &signed_in, &search.q, None).await
}

async fn open(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    Form(picked): Form<Picked>,
) -> WebResult<Response> {
    let persons: Result<Vec<PersonId>, _> = picked.person.iter().map(|text| text.parse()).collect();
    let persons = persons.map_err(|_not_an_id| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Problem::bad_request(status, "选中的人员无法识别，请回到账号页重新选择。")
    })?;
    match opening::open(&state.app, signed_in.who(), &client, &persons).await {
        Ok(logins) => {
            let title = "账号已开通";
            page(&state, &signed_in, "", Some(Handed { title, logins })).await
        }
        Err(AppError::Refused(refusal)) => Ok(flash::warn(PATH, &refusal.sentence)),
        Err(error) => Err(error.into()),
    }
}

async fn reset(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    Path(id): Path<PersonId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    match administration::reset_password(&state.app, signed_in.who(), &client, id).await {
        Ok(login) => {
            let search = login.login.clone();
            let handed = Handed {
                title: "口令已重置",
                logins: vec![login],
            };
            page(&state, &signed_in, &search, Some(handed)).await
        }
        Err(AppError::Refused(refusal)) => Ok(flash::warn(PATH, &refusal.sentence)),
        Err(error) => Err(error.into()),
    }
}

async fn end_sessions(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    Path(id): Path<PersonId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    match administration::end_sessions(&state.app, signed_in.who(), &client, id).await {
        Ok(0) => Ok(flash::done(PATH, "这个人现在没有登录")),
        Ok(ended) => Ok(flash::done(PATH, &format!("已强制退出 {ended} 处登录"))),
        Err(AppError::Refused(refusal)) => Ok(flash::warn(PATH, &refusal.sentence)),
        Err(error) => Err(error.into()),
    }
}

async fn remove_factor(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    Path(id): Path<PersonId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    match administration::remove_second_factor(&state.app, signed_in.who(), &client, id).await {
        Ok(()) => Ok(flash::done(PATH, "动态口令已解除，本人下次登录时重新绑定")),
        Err(AppError::Refused(refusal)) => Ok(flash::warn(PATH, &refusal.sentence)),
        Err(error) => Err(error.into()),
    }
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    query: &str,
    handed: Option<Handed>,
) -> WebResult<Response> {
    let who = signed_in.who();
    let accounts = administration::list(&state.app, who, query).await?;
    let shown = accounts.rows.len();
    let said = if shown < accounts.found {
        format!(
            "共 {} 个账号，显示前 {shown} 个，请输入姓名或登录名查找",
            accounts.found
        )
    } else {
        format!("共 {shown} 个账号")
    };
    let newcomers = opening::list(&state.app, who, query).await?;
    let listed = newcomers.rows.len();
    let newcomers_said = if listed < newcomers.found {
        format!("共 {} 人，先列出 {listed} 人", newcomers.found)
    } else {
        format!("共 {listed} 人")
    };
    let rows = accounts.rows.into_iter();
    let page = AccountsPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        query: query.to_owned(),
        said,
        rows: rows.map(|account| row(account, who.actor.person)).collect(),
        handed,
        newcomers,
        newcomers_said,
    };
    html(StatusCode::OK, &page)
}

fn row(account: AccountRow, own: PersonId) -> Row {
    let credential = account.credential;
    let (state, note) = match (account.locked, account.unused, account.initial) {
        (Some(minutes), _, _) => (badge("back", "锁定"), format!("还有 {minutes} 分钟")),
        (None, true, _) => (badge("void", "停用"), "90 天未登录，重置口令后恢复".into()),
        (None, false, true) => (badge("waiting", "待改口令"), "初始口令还没有换".into()),
        (None, false, false) => (badge("done", "正常"), String::new()),
    };
    Row {
        id: account.person.to_string(),
        name: account.name,
        title: account.title,
        login: credential.login,
        used: credential
            .last_used_at
            .map_or_else(|| "没有登录过".to_owned(), moment),
        state,
        note,
        second_factor: account.second_factor,
        own: account.person == own,
    }
}

fn badge(tone: &'static str, label: &'static str) -> Badge {
    Badge { tone, label }
}
