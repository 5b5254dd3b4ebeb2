//! Pages: a struct beside its handler, a template for each. No rule and no count is made here.

pub mod account;
pub mod accounts;
pub mod activities;
pub(crate) mod appeals;
mod audit;
pub mod board;
pub mod bodies;
pub(crate) mod breakdowns;
pub mod calendar;
pub(crate) mod children;
mod csv;
pub(crate) mod days;
pub mod desk;
pub(crate) mod files;
mod hooks;
pub mod imports;
pub(crate) mod inbox;
pub mod journal;
pub mod labels;
pub mod ledger;
pub mod lessons;
pub mod lists;
pub(crate) mod mandates;
pub(crate) mod merging;
pub(crate) mod organisation;
pub mod packs;
pub mod parts;
mod pickers;
mod plans;
mod qr;
mod registers;
pub mod rosters;
pub mod second_factor;
pub mod shell;
mod streams;
pub(crate) mod task_cards;
pub mod tasks;
mod tellings;
pub mod tokens;
pub mod trajectories;
pub mod workbench;
pub(crate) mod worksheets;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::problem::{Problem, WebResult};
use crate::routes::Table;

pub(crate) fn routes(table: Table) -> Table {
    let table = account::routes(table);
    let table = mandates::routes(table);
    let table = inbox::routes(table);
    let table = tellings::routes(table);
    let table = hooks::routes(table);
    let table = accounts::routes(table);
    let table = second_factor::routes(table);
    let table = tokens::routes(table);
    let table = desk::routes(table);
    let table = imports::routes(table);
    let table = lessons::routes(table);
    let table = organisation::routes(table);
    let table = workbench::routes(table);
    let table = board::routes(table);
    let table = calendar::routes(table);
    let table = packs::routes(table);
    let table = plans::routes(table);
    let table = ledger::routes(table);
    let table = tasks::routes(table);
    let table = trajectories::routes(table);
    let table = appeals::routes(table);
    let table = merging::routes(table);
    let table = bodies::routes(table);
    let table = breakdowns::routes(table);
    let table = children::routes(table);
    let table = worksheets::routes(table);
    let table = lists::routes(table);
    let table = rosters::routes(table);
    let table = activities::routes(table);
    let table = journal::routes(table);
    audit::routes(table)
}

/// A page, or a part of one, as an answer.
pub(crate) fn html(status: StatusCode, page: &impl Template) -> WebResult<Response> {
    let html = page.render().map_err(|error| Problem::internal(&error))?;
    Ok((status, Html(html)).into_response())
}
