//! Saved views of the ledger: the row of them above the list, and the page on which they are kept.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use luoshi_app::{Who, policy, views};
use luoshi_domain::ids::ViewId;
use luoshi_domain::rights::Right;
use luoshi_domain::views::{View, ViewDetails};
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, SignedIn};
use crate::flash;
use crate::pages::html;
use crate::pages::ledger::PATH;
use crate::pages::ledger::query::Wish;
use crate::pages::shell::Shell;
use crate::problem::WebResult;

/// Where one's views are kept.
pub(super) const VIEWS_PATH: &str = "/ledger/views";

/// The value of `view` that asks for none.
pub(super) const NO_VIEW: &str = "none";

#[derive(Template)]
#[template(path = "ledger_views.html")]
struct ViewsPage {
    shell: Shell,
    rows: Vec<Row>,
    may_share: bool,
}

struct Row {
    id: String,
    name: String,
    href: String,
    owner: String,
    own: bool,
    shared: bool,
    first: bool,
}

/// The views that the reader may choose.
pub(super) async fn known(state: &WebState, who: &Who) -> WebResult<Vec<View>> {
    Ok(views::list(&state.app, who).await?)
}

/// A view to go to.
pub(super) struct Tab {
    pub(super) href: String,
    pub(super) label: String,
    pub(super) shared: bool,
    pub(super) current: bool,
}

/// The views above the list, and the one that the address is of.
pub(super) fn tabs(known: &[View], wish: &Wish) -> Vec<Tab> {
    let all = Tab {
        href: format!("{PATH}?view={NO_VIEW}"),
        label: "全部".into(),
        shared: false,
        current: wish.is_bare(),
    };
    let tabs = known.iter().map(|view| Tab {
        href: address(view),
        label: view.details.name.clone(),
        shared: view.shared,
        current: wish.view == view.id.to_string(),
    });
    std::iter::once(all).chain(tabs).collect()
}

/// The ledger as the view shows it.
pub(super) fn address(view: &View) -> String {
    let query = &view.details.query;
    let joint = if query.is_empty() { "" } else { "&" };
    format!("{PATH}?{query}{joint}view={}", view.id)
}

/// What is to be saved.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    name: String,
    /// The parameters as they stand in the address.
    #[serde(default)]
    query: String,
    #[serde(default)]
    shared: String,
    #[serde(default)]
    first: String,
}

/// A switch of a view.
#[derive(Deserialize)]
pub(super) struct Switch {
    #[serde(default)]
    on: String,
}

impl Switch {
    fn is_on(&self) -> bool {
        self.on == "yes"
    }
}

pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Response> {
    let who = signed_in.who();
    let known = views::list(&state.app, who).await?;
    let organisation = luoshi_app::organisation::show(&state.app, who).await?;
    let person = who.actor.person;
    let rows = known.iter().map(|view| Row {
        id: view.id.to_string(),
        name: view.details.name.clone(),
        href: address(view),
        owner: organisation.person_name(view.owner).to_owned(),
        own: view.owner == person,
        shared: view.shared,
        first: view.is_first_for(person),
    });
    let page = ViewsPage {
        rows: rows.collect(),
        may_share: policy::holds(&state.app, &who.actor, Right::ShareView),
        shell: Shell::signed_in(&state, &signed_in, PATH).await?,
    };
    html(StatusCode::OK, &page)
}

pub(super) async fn save(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let who = signed_in.who();
    // Only what the ledger itself understands is kept.
    let details = ViewDetails {
        name: typed.name,
        query: Wish::understood(&typed.query),
    };
    let view = views::save(&state.app, who, details, typed.shared == "yes").await?;
    if typed.first == "yes" {
        views::choose(&state.app, who, view.id, true).await?;
    }
    let said = format!("已保存视图“{}”", view.details.name);
    Ok(flash::done(&address(&view), &said))
}

pub(super) async fn share(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ViewId>,
    Form(switch): Form<Switch>,
) -> WebResult<Response> {
    let view = views::share(&state.app, signed_in.who(), id, switch.is_on()).await?;
    let said = match view.shared {
        true => format!("“{}”已共享给全局", view.details.name),
        false => format!("“{}”不再共享", view.details.name),
    };
    Ok(flash::done(VIEWS_PATH, &said))
}

pub(super) async fn first(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ViewId>,
    Form(switch): Form<Switch>,
) -> WebResult<Response> {
    views::choose(&state.app, signed_in.who(), id, switch.is_on()).await?;
    let said = match switch.is_on() {
        true => "今后打开台账先看这个视图",
        false => "今后打开台账先看全部",
    };
    Ok(flash::done(VIEWS_PATH, said))
}

pub(super) async fn drop(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ViewId>,
    Form(_): Form<Switch>,
) -> WebResult<Response> {
    let view = views::drop(&state.app, signed_in.who(), id).await?;
    let said = format!("已删除视图“{}”，事项没有变动", view.details.name);
    Ok(flash::done(VIEWS_PATH, &said))
}
