//! Tasks below tasks: opening unit lines from a bureau's line, and rolling their progress up
//! (LEDGER-01, 08).

use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::cadence::Cadence;
use luoshi_domain::ids::{TaskId, UnitId};
use luoshi_domain::journal::Signed;
use luoshi_domain::marks::Mark;
use luoshi_domain::notifications::{Recipient, Topic};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::{self, Right, Row};
use luoshi_domain::tasks::hierarchy::{ChildStanding, LEVELS_LIMIT};
use luoshi_domain::tasks::lists::{PageRequest, TaskFilter, TaskRow, TaskSort, Visibility};
use luoshi_domain::tasks::{Level, Origin, Task, TaskDetails, TaskEvent, Tier};

use crate::errors::{AppError, AppResult};
use crate::notifications::Told;
use crate::rules::Rules;
use crate::tasks::load_seen;
use crate::{App, Who, notifications, policy, secrecy};

/// Most tasks that are opened below another at once.
pub const CHILDREN_LIMIT: usize = 50;

/// Most tasks below one that a page shows.
const CHILDREN_SHOWN: u32 = 2_000;

/// A task with those around it.
#[derive(Clone, Debug)]
pub struct Family {
    pub task: Task,
    /// The tasks above it that the reader may see, the nearest first.
    pub above: Vec<Task>,
    /// The tasks right below it that the reader may see, the earliest limit first.
    pub below: Vec<TaskRow>,
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
    /// Whether the reader may open and hang tasks below it, or why not.
    pub may: Result<(), Refusal>,
    /// The lead units of those below that the reader may take out from under it.
    pub movable: HashSet<Option<UnitId>>,
}

/// A task to be opened below another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildDraft {
    pub unit: UnitId,
    pub title: String,
    pub target: String,
    pub limit: Option<NaiveDate>,
}

/// A task with those above and below it.
pub async fn show(app: &App, who: &Who, id: TaskId) -> AppResult<Family> {
    let mut uow = app.store.read(who.bureau).await?;
    let task = load_seen(app, &mut *uow, who, id).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    around(app, who, &mut *uow, task, (organisation, rules)).await
}

/// The same of a task that the reader is known to see.
pub(crate) async fn around(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    task: Task,
    (organisation, rules): (Arc<Organisation>, Arc<Rules>),
) -> AppResult<Family> {
    let mut above = ancestors(uow, &task).await?;
    above.retain(|known| policy::see_task(app, &who.actor, known).is_ok());
    let below = match task.rolled_up {
        Some(_) => {
            let filter = TaskFilter {
                parent: Some(task.id),
                ..policy::tasks(app, &who.actor)
            };
            rows(uow, &filter).await?
        }
        None => Vec::new(),
    };
    let may = app.policy.permit(&who.actor, Right::Decompose, &task.row());
    let may = may.and_then(|()| open_to_children(&task));
    let mut movable: HashSet<Option<UnitId>> = below.iter().map(|row| row.lead).collect();
    movable.retain(|lead| {
        let led = Row::Task(rights::TaskRow {
            lead: *lead,
            ..rights::TaskRow::default()
        });
        may.is_ok() && app.policy.allows(&who.actor, Right::Decompose, &led)
    });
    Ok(Family {
        task,
        above,
        below,
        organisation,
        rules,
        may,
        movable,
    })
}

/// Opens tasks below a task, each for a unit, with the task's clause; they are approved and issued
/// like any other.
#[tracing::instrument(skip_all, fields(task.id = %id))]
pub async fn open(app: &App, who: &Who, id: TaskId, drafts: &[ChildDraft]) -> AppResult<Vec<Task>> {
    if drafts.is_empty() || drafts.len() > CHILDREN_LIMIT {
        let sentence = format!("请至少写一件，一次不超过 {CHILDREN_LIMIT} 件。");
        return Err(Refusal::input("children", "LEDGER-08", sentence).into());
    }
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let parent = load_seen(app, &mut *uow, who, id).await?;
    app.policy
        .permit(&who.actor, Right::Decompose, &parent.row())?;
    open_to_children(&parent)?;
    let above = ancestors(&mut *uow, &parent).await?;
    let above: Vec<TaskId> = above.iter().map(|known| known.id).collect();
    let ctx = rules.context(app, &who.actor, &organisation);
    let signed = ctx.signed();
    let mut opened = Vec::new();
    for (row, draft) in (1..).zip(drafts) {
        let at = |refusal: Refusal| Refusal {
            sentence: format!("第 {row} 行：{}", refusal.sentence),
            ..refusal
        };
        let details = details(&parent, draft, &organisation).map_err(at)?;
        let origin = Origin {
            // What was decided about the proposal became the task above, not this one.
            proposal: None,
            ..parent.origin.clone()
        };
        let first = Task::open(origin, details, &ctx).map_err(at)?;
        let mut events = vec![first];
        if parent.mark != Mark::None {
            events.push(TaskEvent::Marked {
                mark: parent.mark,
                reason: "随上级事项标注".to_owned(),
            });
        }
        let id = TaskId(app.ids.id(ctx.now));
        let replayed = Task::replay(id, events.iter().map(|event| (event, &signed)));
        let Some(mut task) = replayed else { continue };
        let link = task.link(&parent, &above).map_err(at)?;
        task.apply(&link, &signed);
        events.push(link);
        secrecy::check(who, &events, &())?;
        uow.task_save(&task, &events, &signed).await?;
        opened.push(task);
    }
    if !opened.is_empty() {
        roll_up(&mut *uow, parent.id, &signed).await?;
        // Opening takes the principal leader's approval, whoever drafted it (FLOW-01).
        let office = organisation.supervision_office().map(|unit| unit.id);
        if let Some(office) = office.filter(|_| !who.actor.supervises) {
            let (name, title) = (&signed.name, &parent.details.title);
            let told = Told {
                topic: Topic::Progress,
                to: Recipient::Unit(office),
                task: parent.id,
                text: format!(
                    "{name}把“{title}”分解为 {} 件下级事项，待批准下达",
                    opened.len()
                ),
                at: signed.at,
            };
            notifications::tell(app, &mut *uow, told).await?;
        }
    }
    uow.commit().await?;
    Ok(opened)
}

/// Hangs a task under another, or with `None` under none.
#[tracing::instrument(skip_all, fields(task.id = %id))]
pub async fn link(app: &App, who: &Who, id: TaskId, parent: Option<TaskId>) -> AppResult<Task> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let mut task = load_seen(app, &mut *uow, who, id).await?;
    let signed = rules.context(app, &who.actor, &organisation).signed();
    let before = task.parent;
    // Whoever hangs something somewhere else must hold the right where it hangs now, too.
    let mut places = Vec::new();
    for place in before.into_iter().chain(parent) {
        let place = load_seen(app, &mut *uow, who, place).await?;
        app.policy
            .permit(&who.actor, Right::Decompose, &place.row())?;
        places.push(place);
    }
    // To whom it belongs says where it hangs; who leads the task above only sees it.
    app.policy
        .permit(&who.actor, Right::Decompose, &task.row())?;
    let event = match parent {
        Some(wanted) => {
            let place = places.iter().find(|place| place.id == wanted);
            let place = place.ok_or(AppError::NotFound { what: "task" })?;
            let above = ancestors(&mut *uow, place).await?;
            let above: Vec<TaskId> = above.iter().map(|known| known.id).collect();
            task.link(place, &above)?
        }
        None => task.unlink().ok_or_else(|| {
            Refusal::state("not_linked", "LEDGER-08", "这件事项没有挂在别的事项下面。")
        })?,
    };
    task.apply(&event, &signed);
    uow.task_save(&task, &[event], &signed).await?;
    if let Some(before) = before {
        roll_up(&mut *uow, before, &signed).await?;
    }
    let task = follow(&mut *uow, task, &signed).await?;
    uow.commit().await?;
    Ok(task)
}

/// The task that the reader may see with this number, as printed.
pub async fn numbered(app: &App, who: &Who, number: &str) -> AppResult<TaskId> {
    let number = number.trim();
    let mut uow = app.store.read(who.bureau).await?;
    let filter = TaskFilter {
        text: Some(number.to_owned()),
        ..policy::tasks(app, &who.actor)
    };
    let rows = rows(&mut *uow, &filter).await?;
    let mut found = rows
        .iter()
        .filter(|row| row.number.as_deref() == Some(number) || row.title == number);
    let found = found.next().filter(|_| !number.is_empty());
    let row = found.ok_or_else(|| {
        let sentence = format!("没有编号或名称是“{number}”的事项。");
        Refusal::input("number", "LEDGER-01", sentence)
    })?;
    Ok(row.id)
}

/// Brings the progress of the tasks above, and of the task itself where others stand below it, to
/// what it should be; the task as it is then.
pub(crate) async fn follow(uow: &mut dyn UnitOfWork, task: Task, by: &Signed) -> AppResult<Task> {
    if task.rolled_up.is_some() {
        roll_up(uow, task.id, by).await?;
        return Ok(uow.task_get(task.id).await?.unwrap_or(task));
    }
    if let Some(parent) = task.parent {
        roll_up(uow, parent, by).await?;
    }
    Ok(task)
}

pub(crate) async fn roll_up(uow: &mut dyn UnitOfWork, from: TaskId, by: &Signed) -> AppResult<()> {
    let mut next = Some(from);
    for _level in 0..=LEVELS_LIMIT {
        let Some(id) = next else { break };
        let Some(mut task) = uow.task_get(id).await? else {
            break;
        };
        let filter = TaskFilter {
            parent: Some(id),
            ..TaskFilter::new(Visibility::All)
        };
        let children: Vec<ChildStanding> = rows(uow, &filter)
            .await?
            .iter()
            .map(|row| ChildStanding {
                state: row.state,
                progress: row.progress,
            })
            .collect();
        next = task.parent;
        if let Some(event) = task.roll_up(&children) {
            task.apply(&event, by);
            uow.task_save(&task, &[event], by).await?;
        }
    }
    Ok(())
}

/// The tasks above, the nearest first.
pub(crate) async fn ancestors(uow: &mut dyn UnitOfWork, task: &Task) -> AppResult<Vec<Task>> {
    let mut above = Vec::new();
    let mut next = task.parent;
    while let Some(id) = next.filter(|_| above.len() <= LEVELS_LIMIT) {
        let Some(known) = uow.task_get(id).await? else {
            break;
        };
        next = known.parent;
        above.push(known);
    }
    Ok(above)
}

/// The tasks right below that are not over.
pub(crate) async fn children(uow: &mut dyn UnitOfWork, id: TaskId) -> AppResult<Vec<Task>> {
    let filter = TaskFilter {
        parent: Some(id),
        ..TaskFilter::new(Visibility::All)
    };
    let mut children = Vec::new();
    for row in rows(uow, &filter).await? {
        children.extend(uow.task_get(row.id).await?);
    }
    children.retain(|child| !child.is_over());
    Ok(children)
}

async fn rows(uow: &mut dyn UnitOfWork, filter: &TaskFilter) -> AppResult<Vec<TaskRow>> {
    let page = PageRequest {
        size: CHILDREN_SHOWN,
        after: None,
    };
    Ok(uow.tasks_list(filter, TaskSort::Limit, &page).await?.rows)
}

fn open_to_children(task: &Task) -> Result<(), Refusal> {
    if task.is_over() {
        let sentence = "事项已办结或撤销，不能再分解。";
        return Err(Refusal::state("over", "LEDGER-08", sentence));
    }
    Ok(())
}

/// A line of the unit's own ledger that carries out a part of the task above.
fn details(
    parent: &Task,
    draft: &ChildDraft,
    organisation: &Organisation,
) -> Result<TaskDetails, Refusal> {
    let input = |code, sentence: String| Err(Refusal::input(code, "LEDGER-08", sentence));
    let title = draft.title.trim();
    if title.is_empty() {
        return input("title", "请写明任务内容。".into());
    }
    if let (Some(own), Some(limit)) = (draft.limit, parent.details.limit)
        && own > limit
    {
        return input("limit", format!("时限 {own} 晚于上级事项的 {limit}。"));
    }
    let target = draft.target.trim();
    Ok(TaskDetails {
        title: title.to_owned(),
        target: match target.is_empty() {
            true => parent.details.target.clone(),
            false => target.to_owned(),
        },
        level: Level::Ordinary,
        tier: Tier::Unit,
        lead: Some(draft.unit),
        co_units: Vec::new(),
        task_force: None,
        // What is reported upwards is the task above.
        cadence: Some(Cadence::Never),
        deputy: organisation.deputy_of(draft.unit),
        limit: draft.limit.or(parent.details.limit),
        ..parent.details.clone()
    })
}
