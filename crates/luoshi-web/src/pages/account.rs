//! One's own account: password, second factor, where one is signed in.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, SET_COOKIE};
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::accounts::passwords::{self, Change};
use luoshi_app::accounts::{second_factors, sessions as own_sessions};
use luoshi_app::errors::AppError;
use luoshi_app::tasks::sentences::moment;
use luoshi_domain::accounts::passwords::{LIFE_DAYS, PasswordAge, PasswordRule};
use luoshi_domain::accounts::{Session, SessionStage};
use luoshi_domain::ids::SessionId;
use luoshi_domain::refusals::Ground;
use serde::Deserialize;

use crate::WebState;
use crate::client::Seen;
use crate::extract::{Form, Nothing, Path, Query, SignedIn};
use crate::flash;
use crate::pages::html;
use crate::pages::parts::{Fact, Field};
use crate::pages::shell::Shell;
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};
use crate::sessions::{self, Wish, local};

pub(crate) const PATH: &str = "/account";
const PASSWORD: &str = "/account/password";

pub(crate) fn routes(table: Table) -> Table {
    let member = Access::Member;
    table
        .get(PATH, member, get(show))
        .get(PASSWORD, member, get(password))
        .post(PASSWORD, member, post(change))
        .post("/account/sessions/{id}/end", Access::Own, post(end_one))
        .post("/account/sessions/end-others", member, post(end_others))
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    shell: Shell,
    facts: Vec<Fact>,
    password: Vec<Fact>,
    /// A sentence about a password that ends soon.
    reminder: String,
    factor: Vec<Fact>,
    enrolled: bool,
    required: bool,
    code: Field,
    sessions: Vec<SessionRow>,
    /// Whether there are other sessions than this one.
    others: bool,
}

struct SessionRow {
    id: String,
    device: String,
    address: String,
    begun: String,
    used: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    shell: Shell,
    /// Why it must be changed now; empty when it need not.
    reason: &'static str,
    fields: Vec<Field>,
    rules: Vec<Rule>,
    fault: String,
    next: String,
    login: String,
}

/// A rule as the page lists it; the script ticks it off while one types.
struct Rule {
    /// Empty for a rule that only the server can check.
    key: &'static str,
    text: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PasswordForm {
    current: String,
    new: String,
    again: String,
    next: String,
}

async fn show(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let who = signed_in.who();
    let (credential, age) = passwords::own(&state.app, who).await?;
    let standing = second_factors::standing(&state.app, who).await?;
    let listed = own_sessions::list(&state.app, who).await?;
    let current = signed_in.visitor.session();
    let said = |at: Option<_>| at.map_or_else(|| "没有记录".to_owned(), moment);
    let factor = match standing.since {
        Some(since) => vec![
            Fact::new("启用时间", moment(since)),
            Fact::new("剩余恢复码", format!("{} 个", standing.recovery_codes)),
        ],
        None => Vec::new(),
    };
    let page = AccountPage {
        shell: Shell::signed_in(&state, &signed_in, PATH).await?,
        facts: vec![
            Fact::new("姓名", &who.actor.name),
            Fact::new("单位和职务", &who.actor.title),
            Fact::new("登录名", &credential.login),
        ],
        password: vec![
            Fact::new("上次修改", said(credential.changed_at)),
            Fact::new("更换周期", format!("{LIFE_DAYS} 天")),
        ],
        reminder: match age {
            PasswordAge::EndsSoon(days) => format!("口令还有 {days} 天到期，请尽早修改。"),
            _ => String::new(),
        },
        enrolled: standing.since.is_some(),
        required: standing.required,
        factor,
        code: Field {
            max: 32,
            ..Field::text("code", "动态口令", "").required()
        },
        others: listed.len() > 1,
        sessions: listed
            .into_iter()
            .map(|session| row(session, current))
            .collect(),
    };
    html(StatusCode::OK, &page)
}

fn row(session: Session, current: Option<SessionId>) -> SessionRow {
    let unknown = |text: String, otherwise: &str| match text.as_str() {
        "" => otherwise.to_owned(),
        _ => text,
    };
    SessionRow {
        id: session.id.to_string(),
        device: device(&session.device),
        address: unknown(session.address, "不详"),
        begun: moment(session.created_at),
        used: moment(session.last_used_at),
        current: Some(session.id) == current,
    }
}

/// What a browser says of itself, in words that people know.
fn device(agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        let found = known.iter().find(|(sign, _)| agent.contains(sign));
        found.map(|(_, name)| *name)
    };
    let browser = first(&[
        ("MicroMessenger", "微信"),
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome 内核浏览器"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Windows", "Windows"),
        ("Android", "安卓"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{system} · {browser}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => "不详".to_owned(),
        (None, None) => agent.chars().take(60).collect(),
    }
}

async fn password(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    password_page(&state, &signed_in, StatusCode::OK, None, &wish.next).await
}

async fn change(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    headers: HeaderMap,
    Form(form): Form<PasswordForm>,
) -> WebResult<Response> {
    let stage = signed_in.visitor.stage();
    let typed = Change {
        current: form.current,
        new: form.new,
        again: form.again,
    };
    let signed = match passwords::change(&state.app, signed_in.who(), client, stage, typed).await {
        Ok(signed) => signed,
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            let fault = Some((refusal.code, refusal.sentence));
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return password_page(&state, &signed_in, status, fault, &form.next).await;
        }
        Err(error @ AppError::LockedOut { .. }) => {
            let problem = Problem::from(error);
            let fault = Some(("current", problem.detail));
            return password_page(&state, &signed_in, problem.status, fault, &form.next).await;
        }
        Err(error) => return Err(error.into()),
    };
    let next = if stage == SessionStage::Full {
        PATH
    } else {
        local(&form.next)
    };
    let mut response = flash::done(next, "口令已修改，其他地方的登录都已退出");
    let cookie = sessions::session_cookie(&signed.token, sessions::is_secure(&headers));
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

async fn password_page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    fault: Option<(&str, String)>,
    next: &str,
) -> WebResult<Response> {
    let (credential, age) = passwords::own(&state.app, signed_in.who()).await?;
    let field = |name: &'static str, label: &str| Field {
        kind: "password",
        max: 128,
        fault: match &fault {
            Some((field, sentence)) if *field == name => sentence.clone(),
            _ => String::new(),
        },
        ..Field::text(name, label, "").required()
    };
    let rules = passwords::rules(&state.app).into_iter();
    let forced = signed_in.visitor.stage() == SessionStage::NewPassword;
    let page = PasswordPage {
        shell: Shell::bare(state, &signed_in.visitor).await?,
        reason: match (forced, age) {
            (false, _) => "",
            (true, PasswordAge::Initial) => "现在用的是初始口令。换成自己的口令后才能办理业务。",
            (true, _) => "口令使用已满 90 天。修改后才能继续办理业务。",
        },
        fields: vec![
            field("current", "当前口令"),
            field("new", "新口令"),
            field("again", "再输一次新口令"),
        ],
        rules: rules
            .map(|shown| Rule {
                key: match shown.rule {
                    PasswordRule::Length => "length",
                    PasswordRule::Classes => "classes",
                    PasswordRule::NoLogin => "login",
                    PasswordRule::NotWeak | PasswordRule::NotFormer => "",
                },
                text: shown.sentence,
            })
            .collect(),
        fault: fault.map(|(_, sentence)| sentence).unwrap_or_default(),
        next: if forced { local(next) } else { PATH }.to_owned(),
        login: credential.login,
    };
    html(status, &page)
}

async fn end_one(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    Path(id): Path<SessionId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    own_sessions::revoke(&state.app, signed_in.who(), &client, id).await?;
    Ok(flash::done(PATH, "那一处登录已退出"))
}

async fn end_others(
    State(state): State<WebState>,
    Seen(client): Seen,
    signed_in: SignedIn,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let ended = own_sessions::revoke_others(&state.app, &signed_in.visitor, &client).await?;
    Ok(flash::done(PATH, &format!("已退出其他 {ended} 处登录")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_in_words_that_people_know() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120 Safari/537.36 Edg/120";
        assert_eq!(device(edge), "Windows · Edge");
        let phone = "Mozilla/5.0 (Linux; Android 13) Chrome/120 MicroMessenger/8.0";
        assert_eq!(device(phone), "安卓 · 微信");
        assert_eq!(device("curl/8"), "curl/8");
        assert_eq!(device(""), "不详");
    }
}
