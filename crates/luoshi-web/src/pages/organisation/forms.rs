//! Forms for every change: the day it takes effect, what it would touch, then doing it.

mod commands;
mod fields;

pub(super) use fields::persons;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use luoshi_app::accounts::opening;
use luoshi_app::errors::AppError;
use luoshi_app::organisation::changes::{self, Change, Preview};
use luoshi_app::organisation::views;
use luoshi_app::{organisation, policy};
use luoshi_domain::refusals::Refusal;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::flash;
use crate::pages::html;
use crate::pages::parts::{Fault, Field, Link};
use crate::pages::shell::Shell;
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let path = "/organisation/change/{form}";
    table.get(path, Access::Keepers, get(show)).post(
        path,
        Access::Keepers,
        axum::routing::post(act),
    )
}

/// A form's key in addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Key {
    Establish,
    Rename,
    Move,
    Aliases,
    Merge,
    Close,
    Office,
    Register,
    Leave,
    Post,
    ClosePost,
    Appoint,
    Portfolio,
    Domain,
    DomainDeputy,
}

/// Everything that some form asks for, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    unit: String,
    into: String,
    parent: String,
    post: String,
    person: String,
    domain: String,
    name: String,
    aliases: String,
    kind: String,
    role: String,
    login: String,
    day: String,
    along: String,
    /// `preview`, or `do` for the version in `seen`.
    step: String,
    seen: String,
}

#[derive(Template)]
#[template(path = "organisation_form.html")]
struct FormPage {
    shell: Shell,
    title: &'static str,
    said: String,
    action: String,
    back: Link,
    hidden: Vec<(&'static str, String)>,
    fields: Vec<Field>,
    faults: Vec<Fault>,
    preview: Option<Shown>,
}

/// A preview in words.
struct Shown {
    seen: String,
    effects: Vec<String>,
    items: String,
    refusal: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(key): Path<Key>,
    Query(typed): Query<Typed>,
) -> WebResult<Response> {
    policy::keep_organisation(&state.app, &signed_in.who().actor)?;
    page(
        &state,
        &signed_in,
        StatusCode::OK,
        key,
        &typed,
        Vec::new(),
        None,
    )
    .await
}

async fn act(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(key): Path<Key>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    policy::keep_organisation(&state.app, &signed_in.who().actor)?;
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let change = match commands::read(&state.app, key, &typed) {
        Ok(change) => change,
        Err(fault) => {
            return page(&state, &signed_in, refused, key, &typed, vec![fault], None).await;
        }
    };
    if typed.step == "do" {
        let seen = typed.seen.parse().ok();
        match changes::handle(&state.app, signed_in.who(), change.clone(), seen).await {
            Ok(()) => {
                let mut said = key.done().to_owned();
                if key == Key::Register {
                    let organisation = organisation::show(&state.app, signed_in.who()).await?;
                    said = format!("{said}；{}", opening::openers(&organisation));
                }
                return Ok(flash::done(&key.back(&typed).href, &said));
            }
            Err(AppError::Refused(_) | AppError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let preview = previewed(&state, &signed_in, change).await?;
    let status = match &preview.verdict {
        Ok(()) => StatusCode::OK,
        Err(_) => refused,
    };
    page(
        &state,
        &signed_in,
        status,
        key,
        &typed,
        Vec::new(),
        Some(preview),
    )
    .await
}

async fn previewed(state: &WebState, signed_in: &SignedIn, change: Change) -> WebResult<Preview> {
    Ok(changes::preview(&state.app, signed_in.who(), change).await?)
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    key: Key,
    typed: &Typed,
    faults: Vec<Fault>,
    preview: Option<Preview>,
) -> WebResult<Response> {
    let view = views::as_of(&state.app, signed_in.who(), None).await?;
    let asked = fields::Asked::of(&view, key, typed).ok_or_else(Problem::not_found)?;
    let mut fields = asked.fields;
    for field in &mut fields {
        let fault = faults.iter().find(|fault| fault.field == field.id);
        if let Some(fault) = fault {
            field.fault.clone_from(&fault.text);
        }
    }
    let page = FormPage {
        shell: Shell::signed_in(state, signed_in, "/organisation").await?,
        title: key.title(),
        said: asked.said,
        action: format!("/organisation/change/{}", key.name()),
        back: key.back(typed),
        hidden: asked.hidden,
        fields,
        faults,
        preview: preview.map(shown),
    };
    html(status, &page)
}

fn shown(preview: Preview) -> Shown {
    Shown {
        seen: preview.version.to_string(),
        items: match preview.open_items {
            0 => String::new(),
            count => format!("涉及在办事项 {count} 件，已经发生的记录不变。"),
        },
        effects: preview.effects,
        refusal: match preview.verdict {
            Ok(()) => String::new(),
            Err(Refusal { sentence, .. }) => sentence,
        },
    }
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Self::Establish => "establish",
            Self::Rename => "rename",
            Self::Move => "move",
            Self::Aliases => "aliases",
            Self::Merge => "merge",
            Self::Close => "close",
            Self::Office => "office",
            Self::Register => "register",
            Self::Leave => "leave",
            Self::Post => "post",
            Self::ClosePost => "close_post",
            Self::Appoint => "appoint",
            Self::Portfolio => "portfolio",
            Self::Domain => "domain",
            Self::DomainDeputy => "domain_deputy",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Establish => "设立单位",
            Self::Rename => "更名",
            Self::Move => "调整隶属",
            Self::Aliases => "别名",
            Self::Merge => "并入其他单位",
            Self::Close => "撤销单位",
            Self::Office => "督查办标记",
            Self::Register => "登记人员",
            Self::Leave => "登记离岗",
            Self::Post => "设立岗位",
            Self::ClosePost => "撤销岗位",
            Self::Appoint => "任免",
            Self::Portfolio => "调整分管",
            Self::Domain => "设立业务领域",
            Self::DomainDeputy => "业务领域的分管",
        }
    }

    /// What the next page says.
    fn done(self) -> &'static str {
        match self {
            Self::Establish => "已设立单位",
            Self::Register => "已登记人员",
            Self::Post => "已设立岗位",
            Self::Domain => "已设立业务领域",
            _ => "已登记，按生效日执行；原来的情况仍可按日期查看",
        }
    }

    fn back(self, typed: &Typed) -> Link {
        let (href, label) = match self {
            Self::Leave => (format!("/organisation/persons/{}", typed.person), "人员"),
            _ if typed.unit.parse::<luoshi_domain::ids::UnitId>().is_ok() => {
                (format!("/organisation/units/{}", typed.unit), "单位")
            }
            _ => ("/organisation".to_owned(), "机构"),
        };
        Link {
            href,
            label: label.into(),
        }
    }
}
