//! Plans: importing a document, confirming what was read, finalising.

pub(crate) mod assignment;
pub mod bulk;
pub mod doubts;
pub mod duplicates;
pub mod proposals;
pub mod questions;
pub mod sentences;
pub mod table;
pub mod versions;
pub mod years;

use std::sync::Arc;

use chrono::Datelike;
use luoshi_documents::limits::Limits;
use luoshi_domain::ids::{PersonId, PlanId, TaskId};
use luoshi_domain::journal::{self, Signed};
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::acts::ActName;
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::lineage::{Earlier, Lineage};
use luoshi_domain::plans::{Decision, Imported, Plan, PlanEvent, PlanRow, PlanState, Proposal};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::TaskEvent;
use luoshi_domain::tasks::{CoDuty, Origin, Task, TaskDetails, Tier};
use luoshi_plan::reading::ReadOptions;

use crate::errors::{AppError, AppResult};
use crate::plans::assignment::Names;
use crate::secrecy;
use crate::{App, Who, accounts, lessons, policy, refinements};

/// Plans that lists show.
pub const PLANS_SHOWN: u32 = 200;

/// Most proposals that one document may give; more is no plan but a book.
const PROPOSAL_LIMIT: usize = 5000;

/// How often an act that depends on single proposals only is decided before it counts as a conflict.
const ATTEMPTS: u32 = 3;

/// A co-unit's duty where the document states none; shown as a default.
const DEFAULT_CO_DUTY: &str = "配合牵头单位落实本项工作（默认）";

/// A document to import, and what its text may not say.
///
/// What the text says itself goes before what is given here (IMPORT-12).
#[derive(Clone, Debug, Default)]
pub struct Upload {
    pub file_name: String,
    pub bytes: Vec<u8>,
    /// Origin category of its tasks.
    pub category: String,
    /// The year that completes dates, where the document names none.
    pub year: Option<i32>,
    pub issued_on: Option<chrono::NaiveDate>,
    pub issuer: Option<String>,
    /// The bureau or unit that it is addressed to.
    pub addressee: Option<String>,
    /// The earlier version, where the person says that it is one.
    pub previous: Option<PlanId>,
    /// The limit of tasks for which the document gives none.
    pub default_limit: Option<chrono::NaiveDate>,
}

/// An imported plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportOutcome {
    pub plan: PlanId,
    /// The same text had been imported before; nothing was added.
    pub known: bool,
}

/// A plan with all that the workbench shows.
#[derive(Clone, Debug)]
pub struct PlanView {
    pub plan: Plan,
    pub organisation: Arc<Organisation>,
    /// Who looks.
    pub reader: PersonId,
    /// Whether the reader may confirm.
    pub editable: bool,
}

/// The latest plans, newest first.
pub async fn list(app: &App, who: &Who) -> AppResult<Vec<PlanRow>> {
    policy::see_plans(app, who)?;
    let mut uow = app.store.read(who.bureau).await?;
    let mut rows = uow.plans_list(PLANS_SHOWN).await?;
    rows.retain(|row| row.mark == Mark::None || policy::knows_plan(app, &who.actor, row));
    Ok(rows)
}

/// A plan with the organisation that its proposals are assigned to.
pub async fn show(app: &App, who: &Who, id: PlanId) -> AppResult<PlanView> {
    policy::see_plans(app, who)?;
    let mut uow = app.store.read(who.bureau).await?;
    let plan = load(&mut *uow, id).await?;
    policy::see_plan(app, &who.actor, &plan)?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    Ok(view(app, who, plan, organisation))
}

/// As [`show`], for a table that is taken away; refused where the plan is marked (SYS-05).
pub async fn export(app: &App, who: &Who, id: PlanId) -> AppResult<PlanView> {
    let view = show(app, who, id).await?;
    app.policy
        .permit(&who.actor, Right::ExportPlan, &view.plan.row())?;
    Ok(view)
}

/// Other plans of the same text, one for each year.
pub async fn same_text(app: &App, who: &Who, plan: &Plan) -> AppResult<Vec<PlanRow>> {
    policy::see_plans(app, who)?;
    let mut uow = app.store.read(who.bureau).await?;
    let mut rows = uow.plans_with_digest(&plan.digest).await?;
    rows.retain(|row| row.id != plan.id && policy::knows_plan(app, &who.actor, row));
    Ok(rows)
}

/// Reads a document and keeps it with its proposals; nothing becomes active (IMPORT-10).
#[tracing::instrument(skip_all, fields(bytes = upload.bytes.len()))]
pub async fn import(app: &App, who: &Who, mut upload: Upload) -> AppResult<ImportOutcome> {
    policy::see_plans(app, who)?;
    policy::require(app, &who.actor, Right::ImportPlan)?;
    let bytes = std::mem::take(&mut upload.bytes);
    let year = upload.year.or(upload.issued_on.map(|day| day.year()));
    let name = upload.file_name.clone();
    let read = move || {
        let document = luoshi_documents::read(&bytes, &name, &Limits::default())?;
        let reading = luoshi_plan::read(&document.text, &ReadOptions { year });
        Ok::<_, luoshi_documents::error::ReadError>((document.text, reading))
    };
    let (text, reading) = accounts::blocking(read).await??;
    if reading.obligations.len() > PROPOSAL_LIMIT {
        let sentence = format!(
            "从文中读出 {} 项，超过 {PROPOSAL_LIMIT} 项的上限；请按篇拆开再导入。什么都没有保存。",
            reading.obligations.len()
        );
        return Err(Refusal::input("too_many", "IMPORT-01", sentence).into());
    }
    let mark = secrecy::take_in(&text)?;
    let digest = journal::digest(text.as_bytes());
    let mut uow = app.store.write(who.bureau).await?;
    let known = uow.plans_with_digest(&digest).await?;
    if let Some(first) = known.first() {
        drop(uow);
        return years::known_text(app, who, &known, first.id, &text, upload.year).await;
    }
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let id = PlanId(app.ids.id(ctx.now));
    let clauses = proposals::clauses(&reading, &text);
    let lessons = uow.lessons_load().await?;
    let names = Names {
        organisation: &organisation,
        lessons: &lessons,
        now: ctx.now,
        filled: None,
    };
    let found = proposals::of(&reading, &clauses, &names, || app.ids.id(ctx.now));
    let details = proposals::details(&reading, &upload, mark);
    let lineage = Lineage {
        read_year: details.dated_year(),
        earlier: versions::likely(&mut *uow, &details, &text)
            .await?
            .map(|(plan, title)| Earlier::Likely { plan, title }),
        ..Lineage::default()
    };
    let imported = Imported {
        questions: proposals::questions(&reading),
        clauses,
        proposals: found,
        lineage,
        details,
        file_name: upload.file_name,
        digest,
        text,
    };
    let event = Plan::import(imported)?;
    let plan = save_imported(&mut *uow, id, &event, &ctx.signed()).await?;
    if let Some(plan) = plan {
        refinements::enqueue(app, who, &plan, &mut *uow).await?;
        if let Some(previous) = upload.previous {
            versions::link(plan, previous, &ctx, &mut *uow).await?;
        }
    }
    uow.commit().await?;
    Ok(ImportOutcome {
        plan: id,
        known: false,
    })
}

/// Writes an import; the plan as it then stands.
async fn save_imported(
    uow: &mut dyn UnitOfWork,
    id: PlanId,
    event: &PlanEvent,
    signed: &Signed,
) -> AppResult<Option<Plan>> {
    let PlanEvent::Imported(imported) = event else {
        return Ok(None);
    };
    let plan = Plan::imported(id, imported, signed.at);
    uow.plan_save(&plan, std::slice::from_ref(event), signed)
        .await?;
    Ok(Some(plan))
}

/// Carries out one command; finalising opens the tasks in the same transaction.
pub async fn handle(
    app: &App,
    who: &Who,
    id: PlanId,
    command: PlanCommand,
    seen: Option<i64>,
) -> AppResult<Plan> {
    let view = handle_all(app, who, id, vec![command], seen).await?;
    Ok(view.plan)
}

/// Carries out several commands as one act: all of them or none.
///
/// `seen` is the version that the person looked at, where the act depends on all of the plan.
/// Without it, a write by somebody else in between is no obstacle: the act is decided again.
#[tracing::instrument(skip_all, fields(plan.id = %id))]
pub async fn handle_all(
    app: &App,
    who: &Who,
    id: PlanId,
    commands: Vec<PlanCommand>,
    seen: Option<i64>,
) -> AppResult<PlanView> {
    let act = ActName::of(&commands);
    handle_named(app, who, id, (act, commands), seen).await
}

/// Carries out several commands as one act under this name; without one it is no act.
pub async fn handle_named(
    app: &App,
    who: &Who,
    id: PlanId,
    act: (Option<ActName>, Vec<PlanCommand>),
    seen: Option<i64>,
) -> AppResult<PlanView> {
    let (view, _events) = carry_out(app, who, id, act, seen).await?;
    Ok(view)
}

/// As [`handle_named`], with what happened.
async fn carry_out(
    app: &App,
    who: &Who,
    id: PlanId,
    act: (Option<ActName>, Vec<PlanCommand>),
    seen: Option<i64>,
) -> AppResult<(PlanView, Vec<PlanEvent>)> {
    policy::see_plans(app, who)?;
    for _ in 1..ATTEMPTS {
        match attempt(app, who, id, act.clone(), seen).await {
            Err(AppError::Conflict { .. }) if seen.is_none() => {}
            done => return done,
        }
    }
    attempt(app, who, id, act, seen).await
}

async fn attempt(
    app: &App,
    who: &Who,
    id: PlanId,
    (act, commands): (Option<ActName>, Vec<PlanCommand>),
    seen: Option<i64>,
) -> AppResult<(PlanView, Vec<PlanEvent>)> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let mut plan = load(&mut *uow, id).await?;
    policy::confirm_plan(app, &who.actor, &plan)?;
    if seen.is_some_and(|seen| seen != plan.version) {
        let changes = vec!["方案已由他人改动，页面已不是最新".to_owned()];
        return Err(AppError::Conflict { changes });
    }
    let ctx = app.context(&who.actor, &organisation);
    let signed = ctx.signed();
    let events = plan.decide_act(act, commands, &ctx)?;
    for event in &events {
        plan.apply(event, &signed);
    }
    uow.plan_save(&plan, &events, &signed).await?;
    for event in &events {
        if let PlanEvent::Finalised { tasks } = event {
            open_tasks(app, &plan, tasks, &ctx, &mut *uow).await?;
            add_sources(app, &plan, &ctx, &mut *uow).await?;
            lessons::learn(&plan, &ctx, &mut *uow).await?;
        }
    }
    uow.commit().await?;
    Ok((view(app, who, plan, organisation), events))
}

/// Finalises a plan: every accepted proposal becomes a task that waits for approval.
pub async fn finalise(app: &App, who: &Who, id: PlanId, seen: Option<i64>) -> AppResult<Plan> {
    let view = show(app, who, id).await?;
    let now = app.clock.now();
    let tasks = view
        .plan
        .tasks_to_open()
        .iter()
        .map(|_task| TaskId(app.ids.id(now)))
        .collect();
    // Without a version from the page, the one that was just counted must still stand.
    let seen = seen.or(Some(view.plan.version));
    handle(app, who, id, PlanCommand::Finalise { tasks }, seen).await
}

async fn open_tasks(
    app: &App,
    plan: &Plan,
    ids: &[TaskId],
    ctx: &luoshi_domain::context::Context<'_>,
    uow: &mut dyn UnitOfWork,
) -> AppResult<()> {
    policy::require(app, ctx.actor, Right::OpenTask)?;
    let signed = ctx.signed();
    for (task, id) in plan.tasks_to_open().into_iter().zip(ids) {
        let (origin, details) = task_of(plan, &task, ctx);
        let mut events = vec![Task::open(origin, details, ctx)?];
        let mark = plan.details.mark;
        if mark != Mark::None {
            let reason = "随方案标注".to_owned();
            events.push(TaskEvent::Marked { mark, reason });
        }
        let signs = events.iter().map(|event| (event, &signed));
        if let Some(task) = Task::replay(*id, signs) {
            uow.task_save(&task, &events, &signed).await?;
        }
    }
    Ok(())
}

/// Tells the tasks that stand for proposals of this plan where else they are asked for.
async fn add_sources(
    app: &App,
    plan: &Plan,
    ctx: &luoshi_domain::context::Context<'_>,
    uow: &mut dyn UnitOfWork,
) -> AppResult<()> {
    let signed = ctx.signed();
    for proposal in &plan.proposals {
        let Decision::Covered { tasks } = &proposal.decision else {
            continue;
        };
        for id in tasks {
            let Some(mut task) = uow.task_get(*id).await? else {
                return Err(AppError::NotFound { what: "task" });
            };
            // What was merged meanwhile is done by the task that it became part of.
            while let Some(kept) = task.merged_into {
                let kept = uow.task_get(kept).await?;
                task = kept.ok_or(AppError::NotFound { what: "task" })?;
            }
            app.policy
                .permit(ctx.actor, Right::AddSource, &task.row())?;
            let events = task.add_source(origin_of(plan, proposal))?;
            for event in &events {
                task.apply(event, &signed);
            }
            uow.task_save(&task, &events, &signed).await?;
        }
    }
    Ok(())
}

/// Where a proposal's task comes from, with the words of what stands with it.
fn origin_of(plan: &Plan, proposal: &Proposal) -> Origin {
    let mut quote = proposal.quote.clone();
    for merged in plan.merged_into(proposal.id) {
        quote.push('\n');
        quote.push_str(&merged.quote);
    }
    Origin {
        plan: Some(plan.id),
        proposal: Some(proposal.id),
        document: plan.details.title.clone(),
        number: plan.details.number.clone(),
        clause_path: plan.clause_path(proposal.clause).to_owned(),
        quote,
    }
}

fn task_of(
    plan: &Plan,
    task: &luoshi_domain::plans::commands::TaskToOpen<'_>,
    ctx: &luoshi_domain::context::Context<'_>,
) -> (Origin, TaskDetails) {
    let draft = &task.proposal.draft;
    let origin = origin_of(plan, task.proposal);
    let co_units = draft
        .co_units
        .iter()
        .filter(|unit| Some(**unit) != task.lead);
    let details = TaskDetails {
        title: draft.title.clone(),
        target: draft.target.clone(),
        requirement: String::new(),
        category: plan.details.category.clone(),
        kind: draft
            .kind
            .tracked()
            .unwrap_or(luoshi_domain::tasks::TaskKind::Task),
        level: draft.level,
        tier: Tier::Bureau,
        lead: task.lead,
        co_units: co_units
            .map(|unit| CoDuty {
                unit: *unit,
                duty: DEFAULT_CO_DUTY.to_owned(),
                joint: false,
            })
            .collect(),
        supervisor: ctx.organisation.supervision_office().map(|unit| unit.id),
        deputy: task.lead.and_then(|lead| ctx.organisation.deputy_of(lead)),
        limit: draft.limit.or(plan.details.default_limit),
        frequency: draft.frequency.clone(),
        policies: None,
        task_force: None,
        cadence: None,
    };
    (origin, details)
}

fn view(app: &App, who: &Who, plan: Plan, organisation: Arc<Organisation>) -> PlanView {
    let may = policy::confirm_plan(app, &who.actor, &plan).is_ok();
    let editable = may && plan.state == PlanState::Confirming;
    PlanView {
        plan,
        organisation,
        reader: who.actor.person,
        editable,
    }
}

async fn load(uow: &mut dyn UnitOfWork, id: PlanId) -> AppResult<Plan> {
    uow.plan_get(id)
        .await?
        .ok_or(AppError::NotFound { what: "plan" })
}

/// The default limit that an import offers: the end of the local year.
pub fn default_limit(app: &App) -> Option<chrono::NaiveDate> {
    chrono::NaiveDate::from_ymd_opt(app.today().year(), 12, 31)
}
