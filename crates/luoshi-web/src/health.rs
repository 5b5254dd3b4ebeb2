//! Whether the process is up, and whether it can serve.

use axum::extract::State;
use axum::routing::get;

use crate::WebState;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(crate) fn routes(table: Table) -> Table {
    table
        .get("/healthz", Access::Public, get(async || "ok\n"))
        .get("/readyz", Access::Public, get(ready))
}

async fn ready(State(state): State<WebState>) -> WebResult<&'static str> {
    state
        .app
        .store
        .ready()
        .await
        .map_err(luoshi_app::errors::AppError::from)?;
    Ok("ready\n")
}
