//! The workbench: a plan left, what was read out of it right, and a person's decision on each.

mod acts;
mod bench;
mod clauses;
mod coverage;
mod decisions;
mod details;
mod dismissals;
mod editing;
mod experience;
mod facts;
mod filter;
mod forms;
mod grounds;
mod previews;
mod proposals;
mod rows;
mod suggestions;
mod tables;
mod text;
mod views;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::plans::{PlanView, duplicates};
use luoshi_app::rules::{self, Rules};
use luoshi_domain::ids::{PlanId, ProposalId};
use luoshi_domain::plans::PlanState;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Path, Query, SignedIn};
use crate::pages::html;
use crate::pages::parts::{Fault, Field};
use crate::pages::plans::{notes, tabs};
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(crate) use details::{filled, read_year};

use bench::{Bench, Focus, Place};
use filter::Filter;
use views::{ClauseGroup, ClauseView, Coverage, Filters};

const OFFICE: Access = Access::Bureau;

pub(crate) fn routes(table: Table) -> Table {
    let table = table.get("/plans/{id}", OFFICE, get(show)).post(
        "/plans/{id}/undo",
        OFFICE,
        post(acts::undo),
    );
    let table = previews::routes(table);
    let table = tables::routes(table);
    let table = details::routes(table);
    let table = experience::routes(table);
    let table = proposals::routes(table);
    clauses::routes(table)
}

#[derive(Template)]
#[template(path = "workbench.html")]
struct WorkbenchPage {
    shell: Shell,
    faults: Vec<Fault>,
    title: String,
    number: String,
    issuer: String,
    /// What else is known of the document, in one line.
    about: String,
    doc_title: String,
    tabs: Vec<tabs::Tab>,
    notes: Vec<notes::Note>,
    details: Option<DetailsForm>,
    coverage: Coverage,
    clauses: Vec<ClauseView>,
    filters: Filters,
    /// Where the table is exported, and where it is taken back; empty where it is not.
    table_href: String,
    table_action: String,
    groups: Vec<ClauseGroup>,
    csrf: String,
    oob: bool,
}

/// The fold with what is known of the document as a whole.
struct DetailsForm {
    action: String,
    fields: Vec<Field>,
    faults: Vec<Fault>,
}

/// Part of the list, or a form that a browser without script asks to open.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    form: String,
    proposal: Option<ProposalId>,
    clause: Option<u32>,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Query(wish): Query<Wish>,
    Query(filter): Query<Filter>,
) -> WebResult<Response> {
    let (view, found) = duplicates::show(&state.app, signed_in.who(), id).await?;
    let bench = bench_of(&view).near(&found);
    let focus = wished(&bench, &wish);
    page(
        &state,
        &signed_in,
        StatusCode::OK,
        bench.with(focus).showing(filter),
        None,
    )
    .await
}

/// The form that the address asks for, opened.
fn wished(bench: &Bench<'_>, wish: &Wish) -> Option<Focus> {
    let (place, form) = match (wish.proposal, wish.clause) {
        (Some(id), _) => {
            let proposal = bench.plan.proposal(id)?;
            let form = decisions::blank(&wish.form, proposal)?.form(bench, proposal);
            (Place::Proposal(id), form)
        }
        (None, Some(clause)) if wish.form == "dismiss" => {
            let form = dismissals::Dismiss::default().form(bench, clause);
            (Place::Clause(clause), Some(form))
        }
        _ => return None,
    };
    Some(Focus {
        place,
        form,
        notice: String::new(),
        typed: Vec::new(),
    })
}

fn bench_of(view: &PlanView) -> Bench<'_> {
    Bench::new(&view.plan, &view.organisation, view.editable).read_by(view.reader)
}

/// The whole page; `details` when its form has something to say.
async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    bench: Bench<'_>,
    details: Option<DetailsForm>,
) -> WebResult<Response> {
    let shell = Shell::signed_in(state, signed_in, "/imports").await?;
    let known = &bench.plan.details;
    let rules = rules::of_bureau(&state.app, signed_in.who().bureau).await?;
    let details = details.or_else(|| bench.editable.then(|| details::form(&rules, &bench)));
    let page = WorkbenchPage {
        csrf: shell.csrf.clone(),
        shell,
        faults: bench.faults(),
        title: known.title.clone(),
        number: known.number.clone().unwrap_or_default(),
        issuer: known.issuer.clone().unwrap_or_default(),
        about: about(&rules, &bench),
        doc_title: known.title.clone(),
        tabs: tabs::tabs(bench.plan, ""),
        notes: notes::notes(bench.plan, bench.editable),
        details,
        coverage: bench.coverage(),
        clauses: bench.clauses(),
        filters: bench.filters(),
        table_href: format!("{}/table.xlsx", bench.href()),
        table_action: bench::action(bench.editable, || format!("{}/table", bench.href())),
        groups: bench.groups(),
        oob: false,
    };
    html(status, &page)
}

fn about(rules: &Rules, bench: &Bench<'_>) -> String {
    let known = &bench.plan.details;
    let mut parts = vec![rules.origin_label(&known.category).to_owned()];
    if let Some(day) = known.issued_on {
        parts.push(format!("{day} 印发"));
    }
    match (bench.plan.lineage.year_of, known.dated_year()) {
        (Some(copy), _) => parts.push(format!("{} 年，由 {} 年转用", copy.to, copy.from)),
        (None, Some(_)) => {}
        (None, None) => parts.push("年份待定".into()),
    }
    if let Some(limit) = known.default_limit {
        parts.push(format!("默认时限 {limit}"));
    }
    if bench.plan.state == PlanState::Final {
        parts.push("已定稿".into());
    }
    parts.join(" · ")
}

/// Whether the page's script asks, which swaps parts instead of following to a page.
fn from_script(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request")
}
