//! New versions of a plan: finding the earlier one, taking over what did not change (IMPORT-12).

use std::collections::HashMap;
use std::sync::Arc;

use luoshi_domain::context::Context;
use luoshi_domain::ids::{PlanId, ProposalId, TaskId};
use luoshi_domain::likeness::Shingles;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::changes::{self, ClauseChange, Standing};
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Decision, Plan, PlanDetails, PlanRow};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::tasks::TaskState;
use luoshi_domain::tasks::lists::PlanTask;

use crate::errors::{AppError, AppResult};
use crate::plans::{PLANS_SHOWN, PlanView, load, view};
use crate::{App, Who, policy};

/// Texts that an import is compared with: the latest ones.
const COMPARED: usize = 50;

/// Percent of likeness from which texts are versions of one document, whatever they are called.
const SAME_TEXT: u32 = 50;

/// Percent that is enough when number or title say so too.
const SAME_NAME: u32 = 20;

/// Percent of likeness from which titles are one.
const SAME_TITLE: u32 = 80;

/// Words that tell drafts of one document apart.
const DRAFT_WORDS: [&str; 8] = [
    "征求意见稿",
    "送审稿",
    "修订版",
    "修订稿",
    "修改稿",
    "试行",
    "定稿",
    "草案",
];

/// A new version beside the earlier one.
#[derive(Clone, Debug)]
pub struct Comparison {
    pub view: PlanView,
    pub earlier: Plan,
    pub changes: Vec<ClauseChange>,
    /// Clauses of the earlier version that are gone, with their tasks that are still under way.
    pub gone: Vec<(u32, Vec<PlanTask>)>,
}

/// The plan that looks like an earlier version of a text, with its title.
pub(super) async fn likely(
    uow: &mut dyn UnitOfWork,
    details: &PlanDetails,
    text: &str,
) -> AppResult<Option<(PlanId, String)>> {
    let mut rows = uow.plans_list(PLANS_SHOWN).await?;
    rows.retain(|row| row.lineage.superseded_by.is_none() && row.lineage.year_of.is_none());
    // Those that are called alike first, the latest first among them.
    rows.sort_by_key(|row| !is_namesake(row, details));
    let own = Shingles::of_document(text);
    let mut best: Option<(u32, PlanRow)> = None;
    for row in rows.into_iter().take(COMPARED) {
        let same_number = row.number.is_some() && row.number == details.number;
        let other_year = match (row.year, details.dated_year()) {
            (Some(theirs), Some(ours)) => theirs != ours,
            _ => false,
        };
        // Last year's plan is no version of this year's.
        if other_year && !same_number {
            continue;
        }
        let Some(other) = uow.plan_text(row.id).await? else {
            continue;
        };
        let likeness = own.likeness(&Shingles::of_document(&other));
        let least = if same_number || is_namesake(&row, details) {
            SAME_NAME
        } else {
            SAME_TEXT
        };
        if likeness >= least && best.as_ref().is_none_or(|(most, _)| likeness > *most) {
            best = Some((likeness, row));
        }
    }
    Ok(best.map(|(_, row)| (row.id, row.title)))
}

fn is_namesake(row: &PlanRow, details: &PlanDetails) -> bool {
    let title = |title: &str| {
        let bare = DRAFT_WORDS
            .iter()
            .fold(title.to_owned(), |title, word| title.replace(word, ""));
        let letters = bare.chars().filter(|letter| !letter.is_ascii_digit());
        Shingles::of_sentence(&letters.collect::<String>())
    };
    title(&row.title).likeness(&title(&details.title)) >= SAME_TITLE
}

/// Makes a plan a new version of an earlier one; what did not change keeps its outcome.
pub async fn confirm(app: &App, who: &Who, id: PlanId, earlier: PlanId) -> AppResult<PlanView> {
    policy::see_plans(app, who)?;
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let plan = load(&mut *uow, id).await?;
    policy::confirm_plan(app, &who.actor, &plan)?;
    let ctx = app.context(&who.actor, &organisation);
    let plan = link(plan, earlier, &ctx, &mut *uow).await?;
    uow.commit().await?;
    Ok(view(app, who, plan, organisation))
}

/// Says that the plan is no version of the one that the office was asked about.
pub async fn deny(app: &App, who: &Who, id: PlanId) -> AppResult<Plan> {
    super::handle(app, who, id, PlanCommand::DenyVersion, None).await
}

/// Takes [`confirm`] back with all that was taken over.
pub async fn undo(app: &App, who: &Who, id: PlanId) -> AppResult<PlanView> {
    policy::see_plans(app, who)?;
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let mut plan = load(&mut *uow, id).await?;
    policy::confirm_plan(app, &who.actor, &plan)?;
    let ctx = app.context(&who.actor, &organisation);
    let earlier = plan.lineage.previous();
    save(&mut plan, PlanCommand::UndoVersion, &ctx, &mut *uow).await?;
    if let Some(earlier) = earlier {
        let mut earlier = load(&mut *uow, earlier).await?;
        let back = PlanCommand::Supersede { by: None };
        save(&mut earlier, back, &ctx, &mut *uow).await?;
    }
    uow.commit().await?;
    Ok(view(app, who, plan, organisation))
}

pub(super) async fn link(
    mut plan: Plan,
    earlier: PlanId,
    ctx: &Context<'_>,
    uow: &mut dyn UnitOfWork,
) -> AppResult<Plan> {
    let mut earlier = load(uow, earlier).await?;
    if earlier.lineage.superseded_by.is_some() {
        return Err(Refusal::state(
            "superseded",
            "IMPORT-12",
            format!(
                "《{}》已经有更新的版本，请选最新的那一版。",
                earlier.details.title
            ),
        )
        .into());
    }
    let tasks = live_tasks(uow, &earlier).await?;
    let ids = tasks
        .into_iter()
        .map(|(proposal, tasks)| (proposal, tasks.iter().map(|task| task.id).collect()))
        .collect();
    let versioned = changes::versioned(&earlier, &plan, &ids);
    let by = Some(plan.id);
    save(
        &mut plan,
        PlanCommand::MakeVersion(Box::new(versioned)),
        ctx,
        uow,
    )
    .await?;
    save(&mut earlier, PlanCommand::Supersede { by }, ctx, uow).await?;
    Ok(plan)
}

async fn save(
    plan: &mut Plan,
    command: PlanCommand,
    ctx: &Context<'_>,
    uow: &mut dyn UnitOfWork,
) -> AppResult<()> {
    let signed = ctx.signed();
    let events = plan.decide(command, ctx)?;
    for event in &events {
        plan.apply(event, &signed);
    }
    Ok(uow.plan_save(plan, &events, &signed).await?)
}

/// The tasks of each proposal that were not cancelled: its own, and those that stand for it.
async fn live_tasks(
    uow: &mut dyn UnitOfWork,
    plan: &Plan,
) -> AppResult<HashMap<ProposalId, Vec<PlanTask>>> {
    let mut tasks: HashMap<ProposalId, Vec<PlanTask>> = HashMap::new();
    for task in uow.tasks_of_plan(plan.id).await? {
        if let Some(proposal) = task.proposal
            && task.state != TaskState::Cancelled
        {
            tasks.entry(proposal).or_default().push(task);
        }
    }
    for proposal in &plan.proposals {
        if let Decision::Covered { tasks: covering } = &proposal.decision {
            for id in covering {
                if let Some(task) = covering_task(uow, *id).await? {
                    tasks.entry(proposal.id).or_default().push(task);
                }
            }
        }
    }
    Ok(tasks)
}

async fn covering_task(uow: &mut dyn UnitOfWork, id: TaskId) -> AppResult<Option<PlanTask>> {
    let task = uow.task_get(id).await?;
    Ok(task
        .filter(|task| task.state != TaskState::Cancelled)
        .map(|task| PlanTask {
            id: task.id,
            proposal: task.origin.proposal,
            number: task.number,
            title: task.details.title,
            state: task.state,
            lead: task.details.lead,
            limit: task.details.limit,
        }))
}

/// A plan beside its earlier version: the confirmed one, else the likely one.
pub async fn compare(app: &App, who: &Who, id: PlanId) -> AppResult<Comparison> {
    policy::see_plans(app, who)?;
    let mut uow = app.store.read(who.bureau).await?;
    let plan = load(&mut *uow, id).await?;
    policy::see_plan(app, &who.actor, &plan)?;
    let lineage = &plan.lineage;
    let Some(earlier) = lineage.previous().or_else(|| lineage.likely()) else {
        return Err(AppError::NotFound { what: "version" });
    };
    let earlier = load(&mut *uow, earlier).await?;
    policy::see_plan(app, &who.actor, &earlier)?;
    let changes = changes::between(&earlier, &plan);
    let live = live_tasks(&mut *uow, &earlier).await?;
    let mut gone = Vec::new();
    for change in &changes {
        if let (Standing::Gone, Some(before)) = (change.standing, change.before) {
            let lost = earlier
                .proposals
                .iter()
                .filter(|known| known.clause == before);
            let tasks = lost
                .filter_map(|known| live.get(&known.id))
                .flatten()
                .filter(|task| task.state != TaskState::Closed)
                .cloned();
            gone.push((before, tasks.collect()));
        }
    }
    let organisation: Arc<Organisation> = app.organisation(who.bureau, &mut *uow).await?;
    Ok(Comparison {
        view: view(app, who, plan, organisation),
        earlier,
        changes,
        gone,
    })
}

/// Plans that a new version may be one of, latest first.
pub async fn candidates(app: &App, who: &Who) -> AppResult<Vec<PlanRow>> {
    let mut rows = super::list(app, who).await?;
    rows.retain(|row| row.lineage.superseded_by.is_none());
    Ok(rows)
}
