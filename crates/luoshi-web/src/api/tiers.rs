//! The two tiers of ledgers (LEDGER-01).

use axum::extract::State;
use axum::routing::get;
use luoshi_app::tiers;
use serde::Serialize;
use utoipa::ToSchema;

use crate::WebState;
use crate::api::filings::FilingRowBody;
use crate::api::organisation::Named;
use crate::extract::{Json, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table.get("/api/v1/ledger/tiers", Access::Member, get(show))
}

/// Both tiers as far as the reader sees them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TiersBody {
    /// Lines of the bureau's ledger.
    bureau: u32,
    /// Lines of the units' own ledgers.
    own: u32,
    units: Vec<UnitTiersBody>,
}

/// What one unit has in its ledgers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnitTiersBody {
    unit: Named,
    /// Lines of the bureau's ledger that it leads.
    bureau: u32,
    /// Lines of its own ledger.
    own: u32,
    /// Of both those that are red.
    red: u32,
    /// What it handed in for this quarter.
    filing: Option<FilingRowBody>,
}

/// Show how many lines the bureau's ledger and each unit's own have.
#[utoipa::path(get, path = "/api/v1/ledger/tiers", operation_id = "tiers_show", tag = "ledger",
    responses((status = 200, body = TiersBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<TiersBody>> {
    let found = tiers::show(&state.app, signed_in.who()).await?;
    let units = found.units.iter().map(|row| UnitTiersBody {
        unit: Named::unit(&found.organisation, row.unit),
        bureau: row.bureau,
        own: row.own,
        red: row.red,
        filing: row.filing.as_ref().map(Into::into),
    });
    Ok(Json(TiersBody {
        bureau: found.bureau,
        own: found.own,
        units: units.collect(),
    }))
}
