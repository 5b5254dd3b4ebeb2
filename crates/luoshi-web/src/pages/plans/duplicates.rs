//! Near-duplicates of a plan's obligations, and settling one by a task that exists (IMPORT-13).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::plans::duplicates::{self, FLOOR, TASKS_COMPARED};
use luoshi_domain::ids::{PlanId, ProposalId, TaskId};
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, SignedIn};
use crate::pages::plans::near::{self, NearLine};
use crate::pages::plans::{Head, answered};
use crate::pages::shell::Shell;
use crate::pages::{self, labels};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/plans/{id}/duplicates", Access::Bureau, get(show))
        .post(
            "/plans/{id}/proposals/{proposal}/cover",
            Access::Bureau,
            post(cover),
        )
}

#[derive(Template)]
#[template(path = "plan_duplicates.html")]
struct DuplicatesPage {
    shell: Shell,
    head: Head,
    rows: Vec<Row>,
    floor: u32,
    compared: u32,
}

struct Row {
    href: String,
    path: String,
    kind: &'static str,
    words: String,
    near: Vec<NearLine>,
}

#[derive(Deserialize)]
struct Cover {
    task: TaskId,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
) -> WebResult<Response> {
    let (view, found) = duplicates::show(&state.app, signed_in.who(), id).await?;
    let plan = &view.plan;
    let rows = found.open(plan).map(|(proposal, near)| Row {
        href: format!("/plans/{id}#proposal-{}", proposal.id),
        path: plan.clause_path(proposal.clause).to_owned(),
        kind: labels::proposal_kind(proposal.draft.kind),
        words: proposal.quote.trim().to_owned(),
        near: near
            .into_iter()
            .map(|near| near::line(plan, proposal, near, view.editable))
            .collect(),
    });
    let page = DuplicatesPage {
        rows: rows.collect(),
        shell: Shell::signed_in(&state, &signed_in, "/imports").await?,
        head: Head::of(&view, "duplicates"),
        floor: FLOOR,
        compared: TASKS_COMPARED,
    };
    pages::html(StatusCode::OK, &page)
}

async fn cover(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((id, proposal)): Path<(PlanId, ProposalId)>,
    Form(Cover { task }): Form<Cover>,
) -> WebResult<Response> {
    let path = format!("/plans/{id}#proposal-{proposal}");
    let tasks = vec![task];
    let done = duplicates::cover(&state.app, signed_in.who(), id, proposal, tasks).await;
    answered(&path, done, |_view| {
        "已并入台账事项，不另立；定稿后该事项加上这一来源".into()
    })
}
