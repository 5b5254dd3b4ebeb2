//! The faces: pages, and a JSON API beside them. No SQL and no policy here.
//!
//! A handler parses, calls one use case and renders. Every route stands in [`routes::Table`] with
//! who may come; a refusal is a [`problem::Problem`] until [`faces`] gives it the face of its path.

use std::sync::Arc;

use axum::Router;
use luoshi_app::App;

pub mod api;
mod assets;
mod client;
mod extract;
mod faces;
pub mod flash;
mod health;
pub mod pages;
pub mod problem;
pub mod recording;
pub mod routes;
mod sessions;
mod uploads;

pub use client::Proxies;

/// What every handler can reach.
#[derive(Clone)]
pub struct WebState {
    pub app: Arc<App>,
    /// Shown on the sign-in page of a demonstration: its accounts.
    pub demo: bool,
    /// Reverse proxies whose word about where a request comes from is taken.
    pub proxies: Proxies,
}

/// All routes with what stands around them.
pub fn router(state: WebState) -> Router {
    faces::around(table().into_router(), state)
}

/// Every route of the program with who may come.
pub fn table() -> routes::Table {
    let table = routes::Table::new();
    let table = assets::routes(table);
    let table = health::routes(table);
    let table = sessions::routes(table);
    let table = pages::routes(table);
    api::routes(table)
}
