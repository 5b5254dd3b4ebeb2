//! Making one task of two (IMPORT-13, TIME-07): which are alike, what it would do, doing it.

use std::sync::Arc;

use luoshi_domain::ids::TaskId;
use luoshi_domain::journal::Signed;
use luoshi_domain::likeness::Shingles;
use luoshi_domain::notifications::{Recipient, Topic};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::lists::{PageRequest, Queue, TaskFilter, TaskRow, TaskSort};
use luoshi_domain::tasks::merging::Merging;

use crate::errors::AppResult;
use crate::notifications::Told;
use crate::rules::Rules;
use crate::tasks::{check_version, load_seen};
use crate::{App, Who, breakdowns, hierarchy, notifications, policy, secrecy};

/// Open tasks that are compared.
const COMPARED: u32 = 2_000;

/// Percent from which a task is offered.
const FLOOR: u32 = 30;

/// Tasks that are offered.
const OFFERED: usize = 8;

/// A task that is to become part of another, with what that would do.
#[derive(Clone, Debug)]
pub struct Merger {
    /// The one that ends.
    pub task: Task,
    /// Open tasks that are alike, the most alike first, with the percent.
    pub alike: Vec<(TaskRow, u32)>,
    /// The one that is kept, where one is chosen.
    pub plan: Option<Planned>,
    /// Whether the reader may merge the task, or why not.
    pub may: Result<(), Refusal>,
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
}

/// What merging would do.
#[derive(Clone, Debug)]
pub struct Planned {
    pub kept: Task,
    /// Why it may not be; of what is typed only the reason is left out.
    pub merging: Result<Merging, Refusal>,
    /// How many tasks below it move along.
    pub children: usize,
    /// Whether it was broken down to posts and persons.
    pub broken_down: bool,
}

/// The task, what it is like, and what merging it into another would do.
pub async fn show(app: &App, who: &Who, id: TaskId, into: Option<TaskId>) -> AppResult<Merger> {
    let mut uow = app.store.read(who.bureau).await?;
    let task = load_seen(app, &mut *uow, who, id).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let plan = match into {
        None => None,
        Some(into) => {
            let kept = load_seen(app, &mut *uow, who, into).await?;
            Some(planned(&mut *uow, &task, kept).await?)
        }
    };
    let may = match &plan {
        Some(plan) => permit(app, who, &task, &plan.kept),
        None => app.policy.permit(&who.actor, right(&task), &task.row()),
    };
    let alike = match (&plan, &may) {
        (None, Ok(())) => alike(app, who, &mut *uow, &task).await?,
        _ => Vec::new(),
    };
    Ok(Merger {
        task,
        alike,
        plan,
        may,
        organisation,
        rules,
    })
}

/// Whether the reader may merge the task, for what its page offers.
pub fn may(app: &App, who: &Who, task: &Task) -> bool {
    !task.is_over() && app.policy.allows(&who.actor, right(task), &task.row())
}

/// Makes the task part of another; `seen` are the versions of both that the person looked at.
#[tracing::instrument(skip_all, fields(task.id = %id))]
pub async fn merge(
    app: &App,
    who: &Who,
    id: TaskId,
    into: TaskId,
    reason: &str,
    seen: (Option<i64>, Option<i64>),
) -> AppResult<Task> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let mut task = load_seen(app, &mut *uow, who, id).await?;
    let mut kept = load_seen(app, &mut *uow, who, into).await?;
    permit(app, who, &task, &kept)?;
    check_version(&mut *uow, &organisation, &task, seen.0).await?;
    check_version(&mut *uow, &organisation, &kept, seen.1).await?;
    let above = ids(&hierarchy::ancestors(&mut *uow, &kept).await?);
    let above_self = ids(&hierarchy::ancestors(&mut *uow, &task).await?);
    let merging = task.merge_into(&kept, (&above, &above_self), reason)?;
    secrecy::check(who, &[reason], &())?;
    let signed = rules.context(app, &who.actor, &organisation).signed();
    for mut child in hierarchy::children(&mut *uow, id).await? {
        let link = child.link(&kept, &above)?;
        child.apply(&link, &signed);
        uow.task_save(&child, &[link], &signed).await?;
    }
    let heard = hears(&task, &kept, &merging);
    task.apply(&merging.merged, &signed);
    let ended = [merging.merged];
    uow.task_save(&task, &ended, &signed).await?;
    breakdowns::end(&mut *uow, &task, &signed).await?;
    kept.apply(&merging.absorbed, &signed);
    let gained = [merging.absorbed];
    uow.task_save(&kept, &gained, &signed).await?;
    // What hung below moved: the sums above both follow.
    if let Some(parent) = task.parent {
        hierarchy::roll_up(&mut *uow, parent, &signed).await?;
    }
    hierarchy::roll_up(&mut *uow, into, &signed).await?;
    let text = format!(
        "{}：“{}”并入“{}”",
        signed.name, task.details.title, kept.details.title
    );
    tell(app, &mut *uow, (into, id), heard, &text, &signed).await?;
    let kept = uow.task_get(into).await?.unwrap_or(kept);
    uow.commit().await?;
    Ok(kept)
}

fn right(task: &Task) -> Right {
    match task.is_unapproved() {
        true => Right::MergeDraft,
        false => Right::MergeTask,
    }
}

/// Both may be merged by the reader; where a leader has approved one, a leader merges.
fn permit(app: &App, who: &Who, task: &Task, kept: &Task) -> Result<(), Refusal> {
    for one in [task, kept] {
        app.policy.permit(&who.actor, right(one), &one.row())?;
    }
    Ok(())
}

async fn planned(uow: &mut dyn UnitOfWork, task: &Task, kept: Task) -> AppResult<Planned> {
    let above = ids(&hierarchy::ancestors(uow, &kept).await?);
    let above_self = ids(&hierarchy::ancestors(uow, task).await?);
    let children = hierarchy::children(uow, task.id).await?;
    let breakdown = breakdowns::of_task(uow, task.id).await?;
    // The reason is typed beside what is shown here.
    let merging = task.merge_into(&kept, (&above, &above_self), "—");
    let links = children.iter().map(|child| child.link(&kept, &above));
    let links = links.collect::<Result<Vec<_>, Refusal>>();
    Ok(Planned {
        merging: merging.and_then(|merging| links.map(|_| merging)),
        children: children.len(),
        broken_down: breakdown.is_some_and(|known| !known.over),
        kept,
    })
}

/// Open tasks whose words are alike.
async fn alike(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    task: &Task,
) -> AppResult<Vec<(TaskRow, u32)>> {
    let words = Shingles::of_sentence(&task.details.title);
    let mut found: Vec<(TaskRow, u32)> = Vec::new();
    let queues = match task.issued_at {
        Some(_) => vec![Queue::Open],
        None => vec![Queue::Open, Queue::ToApprove, Queue::ToIssue],
    };
    for queue in queues {
        let filter = TaskFilter {
            queue: Some(queue),
            ..policy::tasks(app, &who.actor)
        };
        let page = PageRequest {
            size: COMPARED,
            after: None,
        };
        let rows = uow
            .tasks_list(&filter, TaskSort::Updated, &page)
            .await?
            .rows;
        let near = rows.into_iter().filter(|row| row.id != task.id);
        let near = near.map(|row| {
            let percent = words.likeness(&Shingles::of_sentence(&row.title));
            (row, percent)
        });
        found.extend(near.filter(|(_, percent)| *percent >= FLOOR));
    }
    found.sort_by_key(|(_, percent)| std::cmp::Reverse(*percent));
    found.truncate(OFFERED);
    Ok(found)
}

fn ids(tasks: &[Task]) -> Vec<TaskId> {
    tasks.iter().map(|task| task.id).collect()
}

/// The units of both, and the leaders in charge.
fn hears(task: &Task, kept: &Task, merging: &Merging) -> Vec<Recipient> {
    let both = [task, kept];
    let units = both.iter().flat_map(|task| task.details.units());
    let gained = merging.co_units.iter().map(|duty| duty.unit);
    let deputies = both.iter().filter_map(|task| task.details.deputy);
    let mut to: Vec<Recipient> = units.chain(gained).map(Recipient::Unit).collect();
    to.extend(deputies.map(Recipient::Person));
    to.sort_unstable();
    to.dedup();
    to
}

async fn tell(
    app: &App,
    uow: &mut dyn UnitOfWork,
    (task, merged): (TaskId, TaskId),
    to: Vec<Recipient>,
    text: &str,
    by: &Signed,
) -> AppResult<()> {
    for to in to {
        let told = Told {
            topic: Topic::Progress,
            to,
            task,
            text: text.to_owned(),
            at: by.at,
        };
        notifications::tell_of(app, uow, told, &[merged]).await?;
    }
    Ok(())
}
