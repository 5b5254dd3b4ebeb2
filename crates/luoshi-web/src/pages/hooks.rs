//! Hooks (外发): which robots and programs are told, and how it went.

mod form;
pub(in crate::pages) mod views;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::errors::{AppError, AppResult};
use luoshi_app::hooks::{self, HookShown, Wanted};
use luoshi_app::organisation;
use luoshi_domain::hooks::{Hook, HookKind, HookState};
use luoshi_domain::ids::{DeliveryId, HookId};
use luoshi_domain::refusals::Ground;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Nothing, Path, SignedIn};
use crate::flash;
use crate::pages::hooks::form::Typed;
use crate::pages::hooks::views::{Row, Sent, badge, facts, row, sent};
use crate::pages::html;
use crate::pages::parts::{Fact, Fault, Field, State as Badge};
use crate::pages::plans::not_done;
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/hooks";

pub(crate) fn routes(table: Table) -> Table {
    let system = Access::System;
    table
        .get(PATH, system, get(list))
        .post(PATH, system, post(register))
        .get("/hooks/{id}", system, get(show))
        .post("/hooks/{id}", system, post(amend))
        .post("/hooks/{id}/address", system, post(readdress))
        .post("/hooks/{id}/secret", system, post(rekey))
        .post("/hooks/{id}/switch", system, post(switch))
        .post("/hooks/{id}/remove", system, post(remove))
        .post("/hooks/{id}/test", system, post(test))
        .post(
            "/hooks/{id}/deliveries/{delivery}/again",
            system,
            post(again),
        )
}

#[derive(Template)]
#[template(path = "hooks.html")]
struct HooksPage {
    shell: Shell,
    /// Whether the installation lets anything out.
    on: bool,
    rows: Vec<Row>,
    fields: Vec<Field>,
    faults: Vec<Fault>,
}

#[derive(Template)]
#[template(path = "hook.html")]
struct HookPage {
    shell: Shell,
    on: bool,
    href: String,
    name: String,
    state: Badge,
    /// What the state means; empty where it says enough.
    note: String,
    facts: Vec<Fact>,
    /// A new secret, shown once; empty otherwise.
    handed: String,
    log: Vec<Sent>,
    /// Whether something is on its way, so that the page looks again.
    moving: bool,
    is_on: bool,
    removed: bool,
    /// Whether it signs with a secret of ours.
    ours: bool,
    fields: Vec<Field>,
    address: Vec<Field>,
    reason: Field,
    version: i64,
    faults: Vec<Fault>,
}

#[derive(Deserialize)]
struct Switched {
    on: String,
}

#[derive(Deserialize)]
struct Removing {
    reason: String,
}

/// What a page of one hook says beside the hook.
#[derive(Default)]
struct Beside {
    typed: Option<Typed>,
    faults: Vec<Fault>,
    handed: String,
}

async fn list(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let typed = Typed::usual();
    list_page(&state, &signed_in, StatusCode::OK, &typed, Vec::new()).await
}

async fn register(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let wanted = Wanted {
        kind: HookKind::from_key(&typed.kind).unwrap_or(HookKind::General),
        details: typed.details(),
        credential: typed.credential(),
    };
    match hooks::register(&state.app, signed_in.who(), wanted).await {
        Ok((hook, Some(secret))) => {
            let beside = Beside {
                handed: secret,
                ..Beside::default()
            };
            hook_page(&state, &signed_in, StatusCode::OK, hook.id, beside).await
        }
        Ok((hook, None)) => {
            let said = "已登记并启用。请点“发测试消息”，看群里能不能收到。";
            Ok(flash::done(&format!("{PATH}/{}", hook.id), said))
        }
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            let faults = vec![fault(refusal.code, refusal.sentence)];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            list_page(&state, &signed_in, status, &typed, faults).await
        }
        Err(error) => not_done(PATH, error),
    }
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<HookId>,
) -> WebResult<Response> {
    hook_page(&state, &signed_in, StatusCode::OK, id, Beside::default()).await
}

async fn amend(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<HookId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let (details, seen) = (typed.details(), typed.seen.parse().ok());
    let done = hooks::amend(&state.app, signed_in.who(), id, details, seen).await;
    ended(&state, &signed_in, id, done, "已保存", Some(typed)).await
}

async fn readdress(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<HookId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let done = hooks::readdress(&state.app, signed_in.who(), id, typed.credential()).await;
    let said = "地址已更换，原地址立即不用。请发一条测试消息。";
    ended(&state, &signed_in, id, done, said, None).await
}

async fn rekey(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<HookId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    match hooks::rekey(&state.app, signed_in.who(), id).await {
        Ok((_hook, secret)) => {
            let beside = Beside {
                handed: secret,
                ..Beside::default()
            };
            hook_page(&state, &signed_in, StatusCode::OK, id, beside).await
        }
        Err(error) => not_done(&format!("{PATH}/{id}"), error),
    }
}

async fn switch(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<HookId>,
    Form(switched): Form<Switched>,
) -> WebResult<Response> {
    let on = switched.on == "yes";
    let done = hooks::switch(&state.app, signed_in.who(), id, on).await;
    let said = match on {
        true => "已启用，从现在起的消息会发出",
        false => "已停用，还没有发出的不再发",
    };
    ended(&state, &signed_in, id, done, said, None).await
}

async fn remove(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<HookId>,
    Form(removing): Form<Removing>,
) -> WebResult<Response> {
    let done = hooks::remove(&state.app, signed_in.who(), id, &removing.reason).await;
    match done {
        Ok(hook) => {
            let said = format!("“{}”已删除，地址和密钥已清除", hook.details.name);
            Ok(flash::done(PATH, &said))
        }
        Err(error) => not_done(&format!("{PATH}/{id}"), error),
    }
}

async fn test(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<HookId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let path = format!("{PATH}/{id}");
    match hooks::test(&state.app, signed_in.who(), id).await {
        Ok(_delivery) => Ok(flash::done(
            &path,
            "测试消息已交后台发送，结果马上显示在下面的发送记录里",
        )),
        Err(error) => not_done(&path, error),
    }
}

async fn again(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((id, delivery)): Path<(HookId, DeliveryId)>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let path = format!("{PATH}/{id}");
    match hooks::again(&state.app, signed_in.who(), id, delivery).await {
        Ok(()) => Ok(flash::done(&path, "已交后台重新发送")),
        Err(error) => not_done(&path, error),
    }
}

/// How a form of one hook's page ends.
async fn ended(
    state: &WebState,
    signed_in: &SignedIn,
    id: HookId,
    done: AppResult<Hook>,
    said: &str,
    typed: Option<Typed>,
) -> WebResult<Response> {
    match done {
        Ok(_hook) => Ok(flash::done(&format!("{PATH}/{id}"), said)),
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            let beside = Beside {
                typed,
                faults: vec![fault(refusal.code, refusal.sentence)],
                ..Beside::default()
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            hook_page(state, signed_in, status, id, beside).await
        }
        Err(error) => not_done(&format!("{PATH}/{id}"), error),
    }
}

fn fault(field: &str, text: String) -> Fault {
    Fault {
        field: field.to_owned(),
        text,
    }
}

async fn list_page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    typed: &Typed,
    faults: Vec<Fault>,
) -> WebResult<Response> {
    let who = signed_in.who();
    let rows = hooks::list(&state.app, who).await?;
    let organisation = organisation::of_bureau(&state.app, who.bureau).await?;
    let page = HooksPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        on: state.app.hooks.is_some(),
        rows: rows.iter().map(|known| row(known, &organisation)).collect(),
        fields: form::registering(typed, &organisation, &faults),
        faults,
    };
    html(status, &page)
}

async fn hook_page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    id: HookId,
    beside: Beside,
) -> WebResult<Response> {
    let who = signed_in.who();
    let HookShown { hook, deliveries } = hooks::show(&state.app, who, id).await?;
    let organisation = organisation::of_bureau(&state.app, who.bureau).await?;
    let typed = beside.typed.unwrap_or_else(|| Typed::of(&hook.details));
    let now = state.app.clock.now();
    let page = HookPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        on: state.app.hooks.is_some(),
        href: format!("{PATH}/{id}"),
        name: hook.details.name.clone(),
        state: badge(hook.state),
        note: match hook.state {
            HookState::Paused => {
                "连续几天没有一条送达，已自动暂停。请先发测试消息，通了再启用。".to_owned()
            }
            HookState::Off => "停用期间的消息不补发。".to_owned(),
            HookState::On | HookState::Removed => String::new(),
        },
        facts: facts(&hook, &organisation),
        handed: beside.handed,
        moving: deliveries.iter().any(|delivery| {
            !delivery.state.is_over() && (delivery.due_at - now).num_seconds() < 60
        }),
        log: deliveries.iter().map(|known| sent(id, known)).collect(),
        is_on: hook.state == HookState::On,
        removed: hook.state == HookState::Removed,
        ours: hook.kind == HookKind::General,
        fields: form::amending(&typed, hook.kind, &organisation, &beside.faults),
        address: form::addressing(hook.kind, &beside.faults),
        reason: Field::text("reason", "删除原因", "").required(),
        version: hook.version,
        faults: beside.faults,
    };
    html(status, &page)
}
