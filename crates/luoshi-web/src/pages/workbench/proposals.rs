//! Decisions on one proposal, and the forms that ask for them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::errors::AppError;
use luoshi_app::plans::{self, PlanView};
use luoshi_domain::ids::{PlanId, ProposalId};
use luoshi_domain::plans::Decision;
use luoshi_domain::refusals::{Ground, Refusal};

use crate::WebState;
use crate::extract::{Form, Nothing, Path, SignedIn};
use crate::flash;
use crate::pages::labels;
use crate::pages::parts::Fault;
use crate::pages::workbench::acts::Act;
use crate::pages::workbench::bench::{Bench, Focus, Place};
use crate::pages::workbench::decisions::{self, Filled, Merge, Numbered, Reject};
use crate::pages::workbench::editing::Edit;
use crate::pages::workbench::forms::{self, FoldForm};
use crate::pages::workbench::views::{ClauseGroup, ClauseView, Coverage, Filters, ProposalView};
use crate::pages::workbench::{bench_of, html, page};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

const OFFICE: Access = Access::Bureau;

pub(super) fn routes(table: Table) -> Table {
    table
        .get(
            "/plans/{id}/proposals/{proposal}/forms/{form}",
            OFFICE,
            get(form),
        )
        .post(
            "/plans/{id}/proposals/{proposal}/accept",
            OFFICE,
            post(accept),
        )
        .post("/plans/{id}/proposals/{proposal}/edit", OFFICE, post(edit))
        .post(
            "/plans/{id}/proposals/{proposal}/merge",
            OFFICE,
            post(merge),
        )
        .post(
            "/plans/{id}/proposals/{proposal}/reject",
            OFFICE,
            post(reject),
        )
        .post("/plans/{id}/proposals/{proposal}/take", OFFICE, post(take))
        .post(
            "/plans/{id}/proposals/{proposal}/ignore",
            OFFICE,
            post(ignore),
        )
        .post("/plans/{id}/proposals/{proposal}/undo", OFFICE, post(undo))
}

/// A form alone, for the fold that is opened.
#[derive(Template)]
#[template(path = "fold_form.html")]
pub(super) struct FormPart {
    pub(super) form: FoldForm,
    pub(super) csrf: String,
}

/// A row alone, whose form has a fault.
#[derive(Template)]
#[template(path = "proposal_row.html")]
struct RowPart {
    p: ProposalView,
    csrf: String,
}

/// A row as it is now, and what changed elsewhere.
#[derive(Template)]
#[template(path = "proposal_swap.html")]
struct SwapPart {
    p: ProposalView,
    others: Vec<ProposalView>,
    csrf: String,
    coverage: Coverage,
    filters: Filters,
    clause: ClauseView,
    group: ClauseGroup,
}

async fn form(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((id, proposal, key)): Path<(PlanId, ProposalId, String)>,
) -> WebResult<Response> {
    let view = plans::show(&state.app, signed_in.who(), id).await?;
    let known = view
        .plan
        .proposal(proposal)
        .ok_or_else(Problem::not_found)?;
    let filled = decisions::blank(&key, known).filter(|_| view.editable);
    let form = filled.and_then(|filled| filled.form(&bench_of(&view), known));
    let csrf = signed_in.visitor.csrf.clone();
    let form = form.ok_or_else(Problem::not_found)?;
    html(StatusCode::OK, &FormPart { form, csrf })
}

async fn accept(act: Act<ProposalId>, Form(Nothing {}): Form<Nothing>) -> WebResult<Response> {
    act.decide(Filled::Accept).await
}

async fn edit(act: Act<ProposalId>, Form(typed): Form<Edit>) -> WebResult<Response> {
    act.decide(Filled::Edit(typed)).await
}

async fn merge(act: Act<ProposalId>, Form(typed): Form<Merge>) -> WebResult<Response> {
    act.decide(Filled::Merge(typed)).await
}

async fn reject(act: Act<ProposalId>, Form(typed): Form<Reject>) -> WebResult<Response> {
    act.decide(Filled::Reject(typed)).await
}

async fn take(act: Act<ProposalId>, Form(known): Form<Numbered>) -> WebResult<Response> {
    act.decide(Filled::Take(known)).await
}

async fn ignore(act: Act<ProposalId>, Form(known): Form<Numbered>) -> WebResult<Response> {
    act.decide(Filled::Ignore(known)).await
}

async fn undo(act: Act<ProposalId>, Form(Nothing {}): Form<Nothing>) -> WebResult<Response> {
    act.decide(Filled::Undo).await
}

impl Act<ProposalId> {
    async fn decide(self, filled: Filled) -> WebResult<Response> {
        let before = self.stands_with().await?;
        let commands = match filled.commands(self.target, self.state.app.today()) {
            Ok(commands) => commands,
            Err(faults) => return self.faulty(&filled, &faults).await,
        };
        match self.carry_out(commands).await {
            Ok(view) => self.done(&view, before, filled.asked()),
            Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
                self.faulty(&filled, &[forms::fault_of(&refusal)]).await
            }
            Err(AppError::Refused(refusal)) if refusal.ground == Ground::State => {
                self.overtaken(&filled, Some(&refusal)).await
            }
            Err(AppError::Conflict { .. }) => self.overtaken(&filled, None).await,
            Err(error) => Err(error.into()),
        }
    }

    /// The proposal that this one was merged into before the act.
    async fn stands_with(&self) -> WebResult<Option<ProposalId>> {
        let view = self.view().await?;
        let known = view.plan.proposal(self.target);
        let known = known.ok_or_else(Problem::not_found)?;
        Ok(merged_into(&known.decision))
    }

    fn done(
        &self,
        view: &PlanView,
        before: Option<ProposalId>,
        asked: &str,
    ) -> WebResult<Response> {
        if !self.scripted {
            let path = format!("{}#proposal-{}", self.path(), self.target);
            return Ok(flash::done(&path, &format!("已办：{asked}")));
        }
        self.swap(&self.bench(view), before, StatusCode::OK)
    }

    /// The row as it is now and what stands beside it, for the script.
    fn swap(
        &self,
        bench: &Bench<'_>,
        before: Option<ProposalId>,
        status: StatusCode,
    ) -> WebResult<Response> {
        let known = bench.plan.proposal(self.target);
        let known = known.ok_or_else(Problem::not_found)?;
        let now = merged_into(&known.decision);
        let others = before.into_iter().chain(now);
        let others = others.filter_map(|id| bench.proposal(id));
        let part = SwapPart {
            p: bench.proposal(known.id).ok_or_else(Problem::not_found)?,
            others: others
                .map(|other| ProposalView { oob: true, ..other })
                .collect(),
            csrf: self.signed_in.visitor.csrf.clone(),
            coverage: bench.announcing(),
            filters: bench.filters(),
            clause: bench.clause(known.clause).ok_or_else(Problem::not_found)?,
            group: bench.group(known.clause).ok_or_else(Problem::not_found)?,
        };
        html(status, &part)
    }

    /// The form again with what is wrong, typed text kept.
    async fn faulty(&self, filled: &Filled, faults: &[Fault]) -> WebResult<Response> {
        let view = self.view().await?;
        let bench = self.bench(&view);
        let known = view.plan.proposal(self.target);
        let known = known.ok_or_else(Problem::not_found)?;
        let form = filled.form(&bench, known);
        let form = form.map(|form| form.with_faults(faults));
        // An act without a form says it in the row.
        let notice = match (&form, faults.first()) {
            (None, Some(fault)) => fault.text.clone(),
            _ => String::new(),
        };
        let focus = Focus {
            place: Place::Proposal(self.target),
            form,
            notice,
            typed: Vec::new(),
        };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let bench = self.bench(&view).with(Some(focus));
        if !self.scripted {
            return page(&self.state, &self.signed_in, status, bench, None).await;
        }
        let p = bench.proposal(known.id).ok_or_else(Problem::not_found)?;
        let csrf = self.signed_in.visitor.csrf.clone();
        html(status, &RowPart { p, csrf })
    }

    /// The row as it is now, with what changed and what was typed.
    async fn overtaken(&self, filled: &Filled, refusal: Option<&Refusal>) -> WebResult<Response> {
        let view = self.view().await?;
        let bench = self.bench(&view);
        let known = view.plan.proposal(self.target);
        let known = known.ok_or_else(Problem::not_found)?;
        let (_, stands) = labels::decision(&known.decision);
        let asked = filled.asked();
        let notice = match refusal {
            Some(refusal) if !matches!(refusal.code, "already_decided" | "already_open") => {
                format!("“{asked}”没有办成：{}", refusal.sentence)
            }
            Some(_) => {
                format!("您打开页面之后，这一项已有变动，现在是“{stands}”；您的“{asked}”没有保存。")
            }
            None => format!("方案刚刚有别的改动，您的“{asked}”没有保存，请看过再办。"),
        };
        let still_open = known.decision == Decision::Open;
        let focus = Focus {
            place: Place::Proposal(self.target),
            form: filled.form(&bench, known).filter(|_| still_open),
            notice,
            typed: if still_open {
                Vec::new()
            } else {
                filled.typed(&bench)
            },
        };
        let bench = self.bench(&view).with(Some(focus));
        if self.scripted {
            return self.swap(&bench, None, StatusCode::CONFLICT);
        }
        page(
            &self.state,
            &self.signed_in,
            StatusCode::CONFLICT,
            bench,
            None,
        )
        .await
    }
}

fn merged_into(decision: &Decision) -> Option<ProposalId> {
    match decision {
        Decision::Merged { into } => Some(*into),
        _ => None,
    }
}
