//! Lists and ledgers as the packs in force describe them (LEDGER-12).

mod days;
mod filters;
mod form;
mod imports;
mod query;
mod row;
mod sheet;
mod table;
mod tables;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use luoshi_app::lists::{self, Standing};
use luoshi_domain::lists::{ListSource, ListTemplate};

use crate::WebState;
use crate::extract::SignedIn;
use crate::pages::html;
use crate::pages::ledger::query::address;
use crate::pages::parts::Link;
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(crate) use query::Wish;

pub(crate) const PATH: &str = "/lists";

/// Where single rows are.
pub(crate) const ROWS_PATH: &str = "/list-rows";

pub(crate) fn routes(table: Table) -> Table {
    let table = table.get(PATH, Access::Member, get(show));
    let table = table::routes(table);
    let table = tables::routes(table);
    let table = imports::routes(table);
    let table = form::routes(table);
    row::routes(table)
}

#[derive(Template)]
#[template(path = "lists.html")]
struct ListsPage {
    shell: Shell,
    said: String,
    packs: Vec<PackLists>,
    may_see_packs: bool,
}

/// The lists of one pack.
struct PackLists {
    sign: &'static str,
    title: String,
    rows: Vec<ListLine>,
}

struct ListLine {
    label: String,
    about: String,
    whose: String,
    count: Link,
    overdue: Link,
    clause: String,
    quote: String,
    default: bool,
}

async fn show(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let view = lists::templates(&state.app, signed_in.who()).await?;
    let lists: usize = view.packs.iter().map(|(_, _, lists)| lists.len()).sum();
    let page = ListsPage {
        shell: Shell::signed_in(&state, &signed_in, PATH).await?,
        said: format!(
            "{} 份，按来源方案排列；栏目、周期、状态都由机制包写明",
            lists
        ),
        may_see_packs: luoshi_app::policy::holds(
            &state.app,
            &signed_in.who().actor,
            luoshi_domain::rights::Right::SeePacks,
        ),
        packs: view
            .packs
            .iter()
            .map(|(key, title, lists)| PackLists {
                sign: key.sign(),
                title: title.clone(),
                rows: lists.iter().map(line).collect(),
            })
            .collect(),
    };
    html(StatusCode::OK, &page)
}

fn line(standing: &Standing) -> ListLine {
    let list = &standing.template;
    let own = list.rows().is_some();
    ListLine {
        label: list.label.clone(),
        about: list.about.clone(),
        whose: format!("{}，{}", list.owner.label(), list.cycle_label()),
        count: Link {
            href: href(list),
            label: format!("{}", standing.rows),
        },
        overdue: match standing.overdue {
            0 => Link::default(),
            late => Link {
                href: address(&format!("{PATH}/{}", list.code()), &[("limit", "overdue")]),
                label: format!("逾期 {late}"),
            },
        },
        clause: list.cited.clause.clone(),
        quote: list.cited.quote.clone(),
        default: list.cited.default && own,
    }
}

/// Where the rows of a list are: all of them, of every period.
pub(crate) fn href(list: &ListTemplate) -> String {
    match &list.source {
        ListSource::Ledger { .. } => ledger_href(list),
        _ if list.cycle.is_some() => {
            address(&format!("{PATH}/{}", list.code()), &[("period", "all")])
        }
        _ => format!("{PATH}/{}", list.code()),
    }
}

/// The ledger as the list looks at it.
fn ledger_href(list: &ListTemplate) -> String {
    let ListSource::Ledger { filter, columns } = &list.source else {
        return String::new();
    };
    let narrowed = filter
        .iter()
        .map(|(key, value)| (key.key(), value.as_str()));
    let columns = columns.iter().map(|column| ("cols", column.as_str()));
    let pairs: Vec<(&str, &str)> = narrowed.chain(columns).collect();
    // A view that opens first must not come in between.
    match pairs.is_empty() {
        true => address("/ledger", &[("view", "none")]),
        false => address("/ledger", &pairs),
    }
}
