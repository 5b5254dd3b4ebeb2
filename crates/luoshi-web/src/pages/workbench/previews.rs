//! What an act on many things will do, shown before it is done.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::plans::bulk::{self, BulkAct};
use luoshi_app::plans::{self, PlanView};
use luoshi_domain::ids::{PlanId, ProposalId};
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Decision, ProposalKind};
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::pages::html;
use crate::pages::labels;
use crate::pages::parts::{Fault, Field};
use crate::pages::plans::answered;
use crate::pages::shell::Shell;
use crate::pages::workbench::acts::page_path;
use crate::pages::workbench::bench::Bench;
use crate::pages::workbench::decisions::REJECTIONS;
use crate::pages::workbench::filter::Filter;
use crate::pages::workbench::forms::{REASON_LIMIT, fault};
use crate::pages::workbench::{bench_of, facts};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

const OFFICE: Access = Access::Bureau;

/// Rows that a preview shows; the rest is counted.
pub(super) const ROWS_SHOWN: usize = 500;

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/plans/{id}/bulk/{act}", OFFICE, get(preview))
        .post("/plans/{id}/bulk/{act}", OFFICE, post(carry_out))
        .get("/plans/{id}/finalise", Access::Office, get(preview_final))
        .post("/plans/{id}/finalise", OFFICE, post(finalise))
}

/// One page for every act that is previewed.
#[derive(Template)]
#[template(path = "preview.html")]
pub(super) struct PreviewPage {
    pub(super) shell: Shell,
    pub(super) title: String,
    pub(super) heading: String,
    /// What will happen, sentence by sentence.
    pub(super) said: Vec<String>,
    pub(super) faults: Vec<Fault>,
    /// What must be said with it.
    pub(super) field: Option<Field>,
    pub(super) action: String,
    /// Fields that go with it unseen.
    pub(super) hidden: Vec<(&'static str, String)>,
    /// The act's name on the button; empty when it cannot be done.
    pub(super) yes: String,
    pub(super) back: String,
    pub(super) counts: Vec<CountRow>,
    pub(super) rows: Vec<PreviewRow>,
    /// How many rows are not shown, in words.
    pub(super) more: String,
}

/// How many tasks a unit gets.
pub(super) struct CountRow {
    pub(super) unit: String,
    pub(super) tasks: u32,
    pub(super) recurring: u32,
    pub(super) targets: u32,
    pub(super) total: u32,
}

/// One thing that the act changes.
pub(super) struct PreviewRow {
    pub(super) path: String,
    pub(super) title: String,
    pub(super) href: String,
    pub(super) what: String,
    /// What to think about before; empty when there is nothing.
    pub(super) doubt: String,
}

/// What the person looked at and says.
#[derive(Deserialize)]
struct Sent {
    seen: i64,
    #[serde(default)]
    reason: String,
}

async fn preview(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((id, act)): Path<(PlanId, String)>,
    Query(filter): Query<Filter>,
) -> WebResult<Response> {
    let view = plans::show(&state.app, signed_in.who(), id).await?;
    show(&state, &signed_in, &view, (&act, filter), "", &[]).await
}

async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((id, act)): Path<(PlanId, String)>,
    Query(filter): Query<Filter>,
    Form(sent): Form<Sent>,
) -> WebResult<Response> {
    let view = plans::show(&state.app, signed_in.who(), id).await?;
    let reason = sent.reason.trim();
    if act == "reject" && reason.is_empty() {
        let faults = [fault("reason", "请写明不采纳的理由。")];
        return show(&state, &signed_in, &view, (&act, filter), "", &faults).await;
    }
    let bench = bench_of(&view).showing(filter.clone());
    let meant = meant(&bench, &act, reason).ok_or_else(Problem::not_found)?;
    let count = meant.commands(&view.plan).len();
    let done = bulk::carry_out(&state.app, signed_in.who(), id, &meant, Some(sent.seen)).await;
    answered(&page_path(id, &filter), done, |_view| {
        format!("已办 {count} 处；可以整步撤销（按 z）")
    })
}

fn meant(bench: &Bench<'_>, act: &str, reason: &str) -> Option<BulkAct> {
    let listed = || -> Vec<ProposalId> { bench.listed().iter().map(|known| known.id).collect() };
    match act {
        "clear" => Some(BulkAct::AcceptClear),
        "bare" => Some(BulkAct::DismissBare),
        "accept" => Some(BulkAct::Accept(listed())),
        "reject" => Some(BulkAct::Reject(listed(), reason.to_owned())),
        _ => None,
    }
}

async fn show(
    state: &WebState,
    signed_in: &SignedIn,
    view: &PlanView,
    (act, filter): (&str, Filter),
    reason: &str,
    faults: &[Fault],
) -> WebResult<Response> {
    let bench = bench_of(view).showing(filter.clone());
    let meant = meant(&bench, act, reason).ok_or_else(Problem::not_found)?;
    if !view.editable {
        return Err(Problem::not_found());
    }
    let commands = meant.commands(&view.plan);
    let (heading, yes) = match &meant {
        BulkAct::AcceptClear => ("采纳无疑问的事项", "全部采纳"),
        BulkAct::DismissBare => ("原则性内容记为无需落实", "全部记为无需落实"),
        BulkAct::Accept(_) => ("采纳所列待定事项", "全部采纳"),
        BulkAct::Reject(..) => ("不采纳所列待定事项", "全部不采纳"),
    };
    let rows: Vec<PreviewRow> = commands
        .iter()
        .filter_map(|command| bench.preview_row(command))
        .collect();
    let doubtful = rows.iter().filter(|row| !row.doubt.is_empty()).count();
    let mut said = vec![format!("将改动 {} 处，办完可以整步撤销。", rows.len())];
    if doubtful > 0 {
        said.push(format!(
            "其中 {doubtful} 项有待核实，列在“请核实”一栏，采纳后按现有内容立项。"
        ));
    }
    let field = (act == "reject").then(|| {
        let mut field = Field::text("reason", "为什么不采纳", reason).required();
        field.max = REASON_LIMIT;
        field.list = REJECTIONS.map(str::to_owned).to_vec();
        field.fault = faults
            .first()
            .map_or_else(String::new, |fault| fault.text.clone());
        field
    });
    let status = match faults {
        [] => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let count = rows.len();
    let page = PreviewPage {
        shell: Shell::signed_in(state, signed_in, "/imports").await?,
        title: view.plan.details.title.clone(),
        heading: heading.to_owned(),
        said,
        faults: faults.to_vec(),
        field,
        action: match filter.query().as_str() {
            "" => format!("{}/bulk/{act}", bench.href()),
            query => format!("{}/bulk/{act}?{query}", bench.href()),
        },
        hidden: vec![("seen", view.plan.version.to_string())],
        yes: match count {
            0 => String::new(),
            _ => yes.to_owned(),
        },
        back: page_path(view.plan.id, &filter),
        counts: Vec::new(),
        more: more(count),
        rows: rows.into_iter().take(ROWS_SHOWN).collect(),
    };
    html(status, &page)
}

/// How many rows are left out, in words.
pub(super) fn more(count: usize) -> String {
    match count.saturating_sub(ROWS_SHOWN) {
        0 => String::new(),
        rest => format!("另有 {rest} 处没有列出，办法相同。"),
    }
}

async fn preview_final(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
) -> WebResult<Response> {
    let view = plans::show(&state.app, signed_in.who(), id).await?;
    if !view.editable {
        return Err(Problem::not_found());
    }
    let bench = bench_of(&view);
    let full = view.plan.coverage().is_full();
    let coverage = bench.coverage();
    let rows: Vec<PreviewRow> = bench.tasks_to_come();
    let count = rows.len();
    let mut said = bench.effects();
    if !full {
        said.insert(0, format!("{}，全部有下文后才能定稿。", coverage.why_not));
    }
    let page = PreviewPage {
        shell: Shell::signed_in(&state, &signed_in, "/imports").await?,
        title: view.plan.details.title.clone(),
        heading: "定稿前看一遍".into(),
        said,
        faults: Vec::new(),
        field: None,
        action: format!("{}/finalise", bench.href()),
        hidden: vec![("seen", view.plan.version.to_string())],
        yes: match full {
            true => "定稿".into(),
            false => String::new(),
        },
        back: bench.href(),
        counts: bench.counts(),
        more: more(count),
        rows: rows.into_iter().take(ROWS_SHOWN).collect(),
    };
    html(StatusCode::OK, &page)
}

async fn finalise(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Form(Sent { seen, .. }): Form<Sent>,
) -> WebResult<Response> {
    let done = plans::finalise(&state.app, signed_in.who(), id, Some(seen)).await;
    answered(&format!("/plans/{id}"), done, |plan| {
        let tasks = plan.tasks_to_open().len();
        format!("方案已定稿，立 {tasks} 件事项，等待批准立项")
    })
}

impl Bench<'_> {
    fn preview_row(&self, command: &PlanCommand) -> Option<PreviewRow> {
        let of_proposal = |id: ProposalId, what: String, asks: bool| {
            let known = self.found(id)?;
            let clause = self.plan.clause(known.clause)?;
            Some(PreviewRow {
                path: clause.path.clone(),
                title: known.draft.title.clone(),
                href: format!("{}#proposal-{id}", self.href()),
                what,
                doubt: match asks {
                    true => facts::asks(known),
                    false => String::new(),
                },
            })
        };
        match command {
            PlanCommand::AcceptProposal { proposal } => {
                let known = self.found(*proposal)?;
                of_proposal(*proposal, self.becomes(known), true)
            }
            PlanCommand::RejectProposal { proposal, .. } => {
                of_proposal(*proposal, "不采纳".into(), false)
            }
            PlanCommand::DismissClause { clause, reason } => {
                let known = self.plan.clause(*clause)?;
                Some(PreviewRow {
                    path: known.path.clone(),
                    title: known.title.clone(),
                    href: format!("{}#group-{clause}", self.href()),
                    what: format!("无需落实：{reason}"),
                    doubt: String::new(),
                })
            }
            _ => None,
        }
    }

    /// What an accepted proposal becomes, in words.
    fn becomes(&self, proposal: &luoshi_domain::plans::Proposal) -> String {
        let draft = &proposal.draft;
        let kind = labels::proposal_kind(draft.kind);
        if draft.kind.tracked().is_none() {
            return format!("{kind}，记录在案");
        }
        let leads = match draft.leads.as_slice() {
            [] => "牵头未定".to_owned(),
            leads => self.unit_names(leads),
        };
        let limit = draft.limit.or(self.plan.details.default_limit);
        let limit = limit.map_or_else(|| "没有时限".to_owned(), |limit| limit.to_string());
        match (draft.kind, &draft.frequency) {
            (ProposalKind::Recurring, Some(frequency)) => {
                format!("{kind}，{leads}，{frequency}")
            }
            _ => format!("{kind}，{leads}，{limit}"),
        }
    }

    /// The tasks that finalising opens, one by one.
    fn tasks_to_come(&self) -> Vec<PreviewRow> {
        let tasks = self.plan.tasks_to_open().into_iter();
        let rows = tasks.map(|task| {
            let draft = &task.proposal.draft;
            let clause = self.plan.clause(task.proposal.clause);
            let lead = task.lead.map(|lead| self.organisation.unit_name(lead));
            let limit = draft.limit.or(self.plan.details.default_limit);
            PreviewRow {
                path: clause.map_or_else(String::new, |clause| clause.path.clone()),
                title: draft.title.clone(),
                href: format!("{}#proposal-{}", self.href(), task.proposal.id),
                what: format!(
                    "{}，{}，{}",
                    labels::proposal_kind(draft.kind),
                    lead.unwrap_or("牵头未定"),
                    match (draft.kind, &draft.frequency, limit) {
                        (ProposalKind::Recurring, Some(frequency), _) => frequency.clone(),
                        (_, _, Some(limit)) => limit.to_string(),
                        (_, _, None) => "没有时限".into(),
                    }
                ),
                doubt: match task.lead {
                    None => "没有牵头单位，立项后才能指定".into(),
                    Some(_) => String::new(),
                },
            }
        });
        rows.collect()
    }

    /// What finalising does, sentence by sentence.
    fn effects(&self) -> Vec<String> {
        let plan = self.plan;
        let tasks = plan.tasks_to_open();
        let recurring = tasks
            .iter()
            .filter(|task| task.proposal.draft.kind == ProposalKind::Recurring)
            .count();
        let accepted = |wanted: ProposalKind| {
            let all = plan.proposals.iter();
            all.filter(|known| known.decision == Decision::Accepted && known.draft.kind == wanted)
                .count()
        };
        let recorded = accepted(ProposalKind::Rule) + accepted(ProposalKind::Principle);
        let merged = self.count(|decision| {
            matches!(decision, Decision::Merged { .. } | Decision::Covered { .. })
        });
        let rejected = self.count(|decision| matches!(decision, Decision::Rejected { .. }));
        let none = (0..self.outcomes.len())
            .filter(|n| self.tone(*n) == "none")
            .count();
        let defaulted = tasks
            .iter()
            .filter(|task| task.proposal.draft.limit.is_none())
            .filter(|task| task.proposal.draft.kind != ProposalKind::Recurring)
            .count();
        let mut said = vec![format!(
            "立 {} 件事项，其中常规 {recurring} 件，进入“待批准立项”，批准后由督查办下达。",
            tasks.len()
        )];
        said.push(format!(
            "规则、原则 {recorded} 项记录在案，{merged} 项并入其他事项或已有事项，{rejected} 项不采纳，\
             {none} 条没有需要落实的内容。"
        ));
        if let (1.., Some(limit)) = (defaulted, plan.details.default_limit) {
            said.push(format!("{defaulted} 件没有写明时限，用默认时限 {limit}。"));
        }
        said.push("定稿后方案和每条结论不能再改，也不能再撤销。".into());
        said
    }

    fn count(&self, wanted: impl Fn(&Decision) -> bool) -> usize {
        let all = self.plan.proposals.iter();
        all.filter(|known| wanted(&known.decision)).count()
    }

    /// Tasks by unit, most first.
    fn counts(&self) -> Vec<CountRow> {
        let mut counts: BTreeMap<String, CountRow> = BTreeMap::new();
        for task in self.plan.tasks_to_open() {
            let unit = task.lead.map(|lead| self.organisation.unit_name(lead));
            let unit = unit.unwrap_or("牵头未定").to_owned();
            let row = counts.entry(unit.clone()).or_insert(CountRow {
                unit,
                tasks: 0,
                recurring: 0,
                targets: 0,
                total: 0,
            });
            match task.proposal.draft.kind {
                ProposalKind::Recurring => row.recurring += 1,
                ProposalKind::Target => row.targets += 1,
                _ => row.tasks += 1,
            }
            row.total += 1;
        }
        let mut rows: Vec<CountRow> = counts.into_values().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.total));
        rows
    }
}
