//! What belongs to a plan besides the workbench: a page for each, joined by tabs.

mod changes;
mod duplicates;
mod marked;
pub(super) mod near;
pub(super) mod notes;
mod questions;
pub(super) mod tabs;
mod years;

use axum::response::Response;
use luoshi_app::errors::{AppError, AppResult};
use luoshi_app::plans::PlanView;
use luoshi_app::secrecy;
use luoshi_domain::plans::Plan;

use crate::flash;
use crate::pages::plans::notes::{Note, notes};
use crate::pages::plans::tabs::{Tab, tabs};
use crate::problem::WebResult;
use crate::routes::Table;

pub(crate) fn routes(table: Table) -> Table {
    let table = changes::routes(table);
    let table = duplicates::routes(table);
    let table = questions::routes(table);
    years::routes(table)
}

/// The plan as the head of each page names it.
pub(super) struct Head {
    pub(super) title: String,
    pub(super) about: String,
    pub(super) tabs: Vec<Tab>,
    pub(super) notes: Vec<Note>,
}

impl Head {
    /// `current` is the tab's key.
    pub(super) fn of(view: &PlanView, current: &str) -> Self {
        let plan = &view.plan;
        Self {
            title: plan.details.title.clone(),
            about: about(plan),
            tabs: tabs(plan, current),
            notes: notes(plan, view.editable),
        }
    }
}

fn about(plan: &Plan) -> String {
    let details = &plan.details;
    let year = details.dated_year().map(|year| format!("{year} 年"));
    let parts = [details.issuer.clone(), details.number.clone(), year];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Back to the page with what was done, or with why it was not.
pub(super) fn answered<T>(
    path: &str,
    done: AppResult<T>,
    said: impl FnOnce(&T) -> String,
) -> WebResult<Response> {
    match done {
        Ok(done) => Ok(flash::done(path, &said(&done))),
        Err(error) => not_done(path, error),
    }
}

/// Back to the page with why it was not done; other errors go on.
pub(super) fn not_done(path: &str, error: AppError) -> WebResult<Response> {
    match error {
        // The frame asks again, with what was typed (SYS-05).
        AppError::Refused(refusal) if refusal.code == secrecy::CODE => Err(refusal.into()),
        AppError::Refused(refusal) => Ok(flash::warn(path, &refusal.sentence)),
        AppError::Conflict { .. } => Ok(flash::warn(
            path,
            "您打开页面之后，这里又有改动，这一步没有办。现在显示的是最新情况，请看过再办。",
        )),
        error => Err(error.into()),
    }
}
