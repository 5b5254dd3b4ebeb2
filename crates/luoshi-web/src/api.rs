//! The JSON API under `/api/v1`: a twin for each page's use case.
//!
//! Bodies are types of their own with `From` to and from the domain's; the OpenAPI document is
//! made from them and from the route table, see [`document`].

mod account;
mod accounts;
mod activities;
mod appeals;
mod audit;
mod board;
mod bodies;
mod breakdowns;
mod calendar;
mod children;
mod commands;
mod desk;
mod document;
mod filings;
mod hooks;
mod imports;
mod inbox;
mod journal;
mod lessons;
mod lists;
mod mandates;
mod merging;
mod organisation;
mod packs;
mod plans;
mod reporting;
mod rosters;
mod tasks;
mod tiers;
mod tokens;
mod trajectories;
mod views;
mod words;
mod worksheets;

use crate::routes::Table;

pub(crate) fn routes(table: Table) -> Table {
    let table = account::routes(table);
    let table = tokens::routes(table);
    let table = mandates::routes(table);
    let table = accounts::routes(table);
    let table = desk::routes(table);
    let table = inbox::routes(table);
    let table = hooks::routes(table);
    let table = organisation::routes(table);
    let table = board::routes(table);
    let table = calendar::routes(table);
    let table = packs::routes(table);
    let table = tasks::routes(table);
    let table = views::routes(table);
    let table = tiers::routes(table);
    let table = reporting::routes(table);
    let table = imports::routes(table);
    let table = filings::routes(table);
    let table = trajectories::routes(table);
    let table = plans::routes(table);
    let table = lessons::routes(table);
    let table = appeals::routes(table);
    let table = merging::routes(table);
    let table = bodies::routes(table);
    let table = breakdowns::routes(table);
    let table = children::routes(table);
    let table = worksheets::routes(table);
    let table = rosters::routes(table);
    let table = activities::routes(table);
    let table = lists::routes(table);
    let table = journal::routes(table);
    let table = audit::routes(table);
    document::routes(table)
}
