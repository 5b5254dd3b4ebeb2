//! The JSON API under `/api/v1`: a twin for each page's use case.

use crate::routes::Table;

pub(crate) fn routes(table: Table) -> Table {
    table
}
