//! Pages: a struct beside its handler, a template for each. No rule and no count is made here.

mod csv;
mod days;
pub mod desk;
pub mod imports;
pub mod journal;
pub mod labels;
pub mod ledger;
pub mod parts;
mod plans;
pub mod shell;
pub mod tasks;
pub mod workbench;

use crate::routes::Table;

pub(crate) fn routes(table: Table) -> Table {
    let table = desk::routes(table);
    let table = imports::routes(table);
    let table = workbench::routes(table);
    let table = plans::routes(table);
    let table = ledger::routes(table);
    let table = tasks::routes(table);
    journal::routes(table)
}
