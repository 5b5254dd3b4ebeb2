//! The audit: who did what, who saw what, and whether both logs are as they were written (SYS-02).

mod export;
mod query;
mod rows;
mod seals;
mod words;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::audit::checks::{self, Asked};
use luoshi_app::audit::lists;
use luoshi_app::{organisation, policy};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::lists::PageRequest;

use crate::WebState;
use crate::extract::{Form, Nothing, Query, SignedIn};
use crate::flash;
use crate::pages::audit::query::{Narrowing, Wish};
use crate::pages::audit::rows::Row;
use crate::pages::audit::seals::Seal;
use crate::pages::html;
use crate::pages::parts::{Choice, Link, Pager};
use crate::pages::registers::Tab;
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// 谁做了什么
const ACTS: &str = "/audit";
/// 谁看了什么
const READS: &str = "/audit/access";
const ACTS_EXPORT: &str = "/audit/export.csv";
const READS_EXPORT: &str = "/audit/access/export.csv";

/// Rows of a page.
const PAGE_SIZE: u32 = 50;

/// Persons up to whom their names are offered while typing.
const OFFERED: usize = 300;

pub(crate) fn routes(table: Table) -> Table {
    let audit = Access::Audit;
    table
        .get(ACTS, audit, get(acts))
        .get(READS, audit, get(reads))
        .get(ACTS_EXPORT, audit, get(export::acts))
        .get(READS_EXPORT, audit, get(export::reads))
        .post("/audit/verify", audit, post(verify))
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    shell: Shell,
    tabs: Vec<Tab>,
    seals: Vec<Seal>,
    /// What the list's rows are called, and which of the two it is.
    heading: &'static str,
    reads: bool,
    path: &'static str,
    export: String,
    wish: Wish,
    /// Names to choose from while typing.
    persons: Vec<String>,
    kinds: Vec<Choice>,
    outcomes: Vec<Choice>,
    applied: Vec<Link>,
    /// What of the filter cannot be understood; empty if all can.
    fault: String,
    rows: Vec<Row>,
    pager: Pager,
}

async fn acts(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    policy::see_audit(&state.app, &signed_in.who().actor)?;
    let organisation = organisation::show(&state.app, signed_in.who()).await?;
    let narrowing = wish.journal(&state, signed_in.who(), &organisation).await?;
    let (mut rows, mut next) = (Vec::new(), None);
    let fault = match narrowing {
        Narrowing::To(filter) => {
            let page = request(&wish);
            let listed = lists::acts(&state.app, signed_in.who(), &filter, &page).await?;
            let events = listed.page.rows.iter();
            rows = events
                .map(|event| Row::act(event, &listed, &wish))
                .collect();
            next = listed.page.next;
            String::new()
        }
        Narrowing::Unknown(fault) => fault,
    };
    let listed = List {
        reads: false,
        fault,
        rows,
        next,
    };
    page(&state, &signed_in, wish, &organisation, listed).await
}

async fn reads(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    policy::see_audit(&state.app, &signed_in.who().actor)?;
    let organisation = organisation::show(&state.app, signed_in.who()).await?;
    let narrowing = wish.access(&state, signed_in.who(), &organisation).await?;
    let (mut rows, mut next) = (Vec::new(), None);
    let fault = match narrowing {
        Narrowing::To(filter) => {
            let page = request(&wish);
            let listed = lists::accesses(&state.app, signed_in.who(), &filter, &page).await?;
            let entries = listed.page.rows.iter();
            rows = entries
                .map(|entry| Row::read(entry, &listed, &wish))
                .collect();
            next = listed.page.next;
            String::new()
        }
        Narrowing::Unknown(fault) => fault,
    };
    let listed = List {
        reads: true,
        fault,
        rows,
        next,
    };
    page(&state, &signed_in, wish, &organisation, listed).await
}

async fn verify(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let asked = checks::ask(&state.app, signed_in.who()).await?;
    let Asked::Done(found) = asked else {
        let said = "记录较多，已转入后台从头校验，稍后刷新本页看结果";
        return Ok(flash::done(ACTS, said));
    };
    Ok(match found.iter().find(|check| check.broken.is_some()) {
        Some(_broken) => flash::warn(ACTS, "校验不通过，结果见下"),
        None => flash::done(ACTS, "两条记录链都已从头校验，全部通过"),
    })
}

/// What one of the two lists is filled with.
struct List {
    reads: bool,
    fault: String,
    rows: Vec<Row>,
    next: Option<String>,
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    wish: Wish,
    organisation: &Organisation,
    list: List,
) -> WebResult<Response> {
    let states = checks::states(&state.app, signed_in.who()).await?;
    let (path, export) = if list.reads {
        (READS, READS_EXPORT)
    } else {
        (ACTS, ACTS_EXPORT)
    };
    let persons = organisation.persons.iter();
    let persons = persons.map(|person| format!("{} {}", person.name, person.login));
    let shown = list.rows.len();
    let page = AuditPage {
        shell: Shell::signed_in(state, signed_in, ACTS).await?,
        tabs: tabs(path),
        seals: states
            .iter()
            .map(|state| Seal::of(state, organisation))
            .collect(),
        heading: if list.reads {
            "访问记录"
        } else {
            "办理流水"
        },
        reads: list.reads,
        path,
        export: wish.at(export),
        persons: if organisation.persons.len() <= OFFERED {
            persons.collect()
        } else {
            Vec::new()
        },
        kinds: words::kinds(list.reads, &wish.kind),
        outcomes: words::outcomes(&wish.outcome),
        applied: wish.applied(path, list.reads),
        fault: list.fault,
        rows: list.rows,
        pager: Pager {
            said: match (&list.next, wish.after.is_empty()) {
                (None, true) => format!("共 {shown} 条，已全部列出"),
                (None, false) => format!("本页 {shown} 条，已到最早一条"),
                (Some(_), _) => format!("本页 {shown} 条，从新到旧"),
            },
            previous: if wish.after.is_empty() {
                String::new()
            } else {
                wish.at(path)
            },
            next: list
                .next
                .map_or_else(String::new, |next| wish.with(path, "after", &next)),
        },
        wish,
    };
    html(StatusCode::OK, &page)
}

fn request(wish: &Wish) -> PageRequest {
    PageRequest {
        size: PAGE_SIZE,
        after: (!wish.after.is_empty()).then(|| wish.after.clone()),
    }
}

fn tabs(current: &str) -> Vec<Tab> {
    let tabs = [(ACTS, "谁做了什么"), (READS, "谁看了什么")];
    let tabs = tabs.into_iter().map(|(href, label)| Tab {
        href,
        label,
        current: href == current,
    });
    tabs.collect()
}
