//! To be written.

use crate::routes::Table;

pub(crate) fn routes(table: Table) -> Table {
    table
}
