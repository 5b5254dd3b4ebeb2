//! Decisions on a clause as a whole.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::errors::AppError;
use luoshi_app::plans::{self, PlanView, bulk};
use luoshi_domain::ids::PlanId;
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::refusals::Ground;

use crate::WebState;
use crate::extract::{Form, Nothing, Path, SignedIn};
use crate::flash;
use crate::pages::parts::Fault;
use crate::pages::workbench::acts::Act;
use crate::pages::workbench::bench::{Focus, Place};
use crate::pages::workbench::dismissals::Dismiss;
use crate::pages::workbench::forms;
use crate::pages::workbench::proposals::FormPart;
use crate::pages::workbench::views::{ClauseGroup, ClauseView, Coverage, Filters};
use crate::pages::workbench::{bench_of, html, page};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

const OFFICE: Access = Access::Bureau;

pub(super) fn routes(table: Table) -> Table {
    table
        .get(
            "/plans/{id}/clauses/{n}/forms/dismiss",
            Access::Office,
            get(form),
        )
        .post("/plans/{id}/clauses/{n}/accept", OFFICE, post(accept))
        .post(
            "/plans/{id}/clauses/{n}/accept-clear",
            OFFICE,
            post(accept_clear),
        )
        .post("/plans/{id}/clauses/{n}/dismiss", OFFICE, post(dismiss))
        .post("/plans/{id}/clauses/{n}/reopen", OFFICE, post(reopen))
}

/// A clause's group, and what changed elsewhere.
#[derive(Template)]
#[template(path = "group_swap.html")]
struct SwapPart {
    csrf: String,
    coverage: Coverage,
    filters: Filters,
    clause: ClauseView,
    group: ClauseGroup,
}

async fn form(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((id, clause)): Path<(PlanId, u32)>,
) -> WebResult<Response> {
    let view = plans::show(&state.app, signed_in.who(), id).await?;
    if view.plan.clause(clause).is_none() || !view.editable {
        return Err(Problem::not_found());
    }
    let form = Dismiss::default().form(&bench_of(&view), clause);
    let csrf = signed_in.visitor.csrf.clone();
    html(StatusCode::OK, &FormPart { form, csrf })
}

async fn accept(act: Act<u32>, Form(Nothing {}): Form<Nothing>) -> WebResult<Response> {
    let clause = act.target;
    act.decide(PlanCommand::AcceptClause { clause }, &Dismiss::default())
        .await
}

async fn accept_clear(act: Act<u32>, Form(Nothing {}): Form<Nothing>) -> WebResult<Response> {
    let view = act.view().await?;
    let commands = bulk::acceptances_in(&view.plan, act.target);
    if commands.is_empty() {
        let sentence = "本条没有无疑问的待定事项。";
        return act.refused(sentence.into()).await;
    }
    act.decide_all(commands, &Dismiss::default()).await
}

async fn dismiss(act: Act<u32>, Form(typed): Form<Dismiss>) -> WebResult<Response> {
    let clause = act.target;
    match typed.reason() {
        Ok(reason) => {
            let command = PlanCommand::DismissClause { clause, reason };
            act.decide(command, &typed).await
        }
        Err(faults) => act.faulty(&typed, &faults).await,
    }
}

async fn reopen(act: Act<u32>, Form(Nothing {}): Form<Nothing>) -> WebResult<Response> {
    let clause = act.target;
    act.decide(PlanCommand::ReopenClause { clause }, &Dismiss::default())
        .await
}

impl Act<u32> {
    async fn decide(self, command: PlanCommand, typed: &Dismiss) -> WebResult<Response> {
        self.decide_all(vec![command], typed).await
    }

    async fn decide_all(self, commands: Vec<PlanCommand>, typed: &Dismiss) -> WebResult<Response> {
        let done = self.carry_out(commands).await;
        let notice = match done {
            Ok(view) if self.scripted => return self.group(&view, None, StatusCode::OK),
            Ok(_view) => {
                let path = format!("{}#group-{}", self.path(), self.target);
                return Ok(flash::done(&path, "本条已办"));
            }
            Err(AppError::Refused(refusal)) => match refusal.ground {
                Ground::Input => return self.faulty(typed, &[forms::fault_of(&refusal)]).await,
                Ground::State => refusal.sentence,
                Ground::Authority => return Err(refusal.into()),
            },
            Err(AppError::Conflict { .. }) => {
                "方案刚刚有别的改动，这一步没有保存，请看过再办。".into()
            }
            Err(error) => return Err(error.into()),
        };
        self.refused(notice).await
    }

    /// The clause as it is now, with why nothing was done.
    async fn refused(&self, notice: String) -> WebResult<Response> {
        let focus = Focus {
            place: Place::Clause(self.target),
            form: None,
            notice,
            typed: Vec::new(),
        };
        self.show(focus, StatusCode::CONFLICT).await
    }

    /// The form again with what is missing.
    async fn faulty(&self, typed: &Dismiss, faults: &[Fault]) -> WebResult<Response> {
        let view = self.view().await?;
        if view.plan.clause(self.target).is_none() {
            return Err(Problem::not_found());
        }
        let form = typed.form(&self.bench(&view), self.target);
        let focus = Focus {
            place: Place::Clause(self.target),
            form: Some(form.with_faults(faults)),
            notice: String::new(),
            typed: Vec::new(),
        };
        self.show(focus, StatusCode::UNPROCESSABLE_ENTITY).await
    }

    async fn show(&self, focus: Focus, status: StatusCode) -> WebResult<Response> {
        let view = self.view().await?;
        if self.scripted {
            return self.group(&view, Some(focus), status);
        }
        let bench = self.bench(&view).with(Some(focus));
        page(&self.state, &self.signed_in, status, bench, None).await
    }

    fn group(
        &self,
        view: &PlanView,
        focus: Option<Focus>,
        status: StatusCode,
    ) -> WebResult<Response> {
        let bench = self.bench(view).with(focus);
        let part = SwapPart {
            csrf: self.signed_in.visitor.csrf.clone(),
            coverage: bench.announcing(),
            filters: bench.filters(),
            clause: bench.clause(self.target).ok_or_else(Problem::not_found)?,
            group: bench.group(self.target).ok_or_else(Problem::not_found)?,
        };
        html(status, &part)
    }
}
