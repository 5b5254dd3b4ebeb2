//! One act on many tasks, looked at before it is done: which allow it, and why the others do not.

use std::sync::Arc;

use luoshi_domain::cadence::Cadence;
use luoshi_domain::context::Context;
use luoshi_domain::ids::{TaskId, UnitId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::commands::TaskCommand;
use luoshi_domain::tasks::tags::{BUREAU_LIMIT, Tagging};
use luoshi_domain::tasks::{Channel, Task, TaskEvent};

use super::{BATCH_LIMIT, BatchOutcome, as_it_is, carry_out, load_all_seen, notify};
use crate::errors::{AppError, AppResult};
use crate::rules::Rules;
use crate::{App, Who, secrecy};

/// What is done to each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Approves its opening.
    Approve,
    /// Issues it to its units.
    Issue,
    /// Gives it another lead unit, before it is issued.
    Lead(UnitId),
    /// Puts tags on it and takes tags off.
    Tag(Tagging),
    /// Says how often its lead unit reports (LEDGER-11).
    Cadence { cadence: Cadence, reason: String },
}

/// An act as it is done to one task.
enum Doing {
    Command(TaskCommand),
    Tag(Tagging),
}

impl Act {
    /// What it is for a task; the leader in charge follows from the lead unit.
    fn on(&self, task: &Task) -> Doing {
        match self {
            Self::Approve => Doing::Command(TaskCommand::Approve {
                text: String::new(),
            }),
            Self::Issue => Doing::Command(TaskCommand::Issue {
                number: String::new(),
                channel: Channel::System,
            }),
            Self::Lead(unit) => {
                let mut details = task.details.clone();
                details.lead = Some(*unit);
                details.co_units.retain(|co| co.unit != *unit);
                Doing::Command(TaskCommand::Amend(Box::new(details)))
            }
            Self::Tag(tagging) => Doing::Tag(tagging.clone()),
            Self::Cadence { cadence, reason } => Doing::Command(TaskCommand::SetCadence {
                cadence: *cadence,
                reason: reason.clone(),
            }),
        }
    }
}

impl Doing {
    /// The right that it needs.
    fn right(&self, task: &Task) -> Result<Right, Refusal> {
        match self {
            Self::Command(command) => task.right_of(command),
            Self::Tag(_) => Ok(Right::AmendTask),
        }
    }

    fn decide(self, task: &Task, ctx: &Context<'_>) -> Result<Vec<TaskEvent>, Refusal> {
        match self {
            Self::Command(command) => task.decide(command, ctx),
            Self::Tag(tagging) => task.tag(&tagging),
        }
    }
}

/// A task of a batch, and why the act would not be done to it.
#[derive(Clone, Debug)]
pub struct Looked {
    pub task: Task,
    pub refusal: Option<Refusal>,
}

/// What the act would come to.
#[derive(Clone, Debug)]
pub struct Looking {
    pub rows: Vec<Looked>,
    pub organisation: Arc<Organisation>,
}

/// Looks what the act would come to; nothing is done.
pub async fn look(app: &App, who: &Who, ids: &[TaskId], act: &Act) -> AppResult<Looking> {
    few(ids)?;
    let mut uow = app.store.read(who.bureau).await?;
    check(&mut *uow, act).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let mut rows = Vec::with_capacity(ids.len());
    for task in load_all_seen(app, &mut *uow, who, ids).await? {
        let refusal = refusal(app, who, &organisation, &rules, &task, act);
        rows.push(Looked { task, refusal });
    }
    Ok(Looking { rows, organisation })
}

/// The tasks as they stand, where it is not said yet what is to be done.
pub async fn shown(app: &App, who: &Who, ids: &[TaskId]) -> AppResult<Looking> {
    few(ids)?;
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let tasks = load_all_seen(app, &mut *uow, who, ids).await?;
    let rows = tasks.into_iter().map(|task| {
        let refusal = app
            .policy
            .permit(&who.actor, Right::AmendTask, &task.row())
            .err();
        Looked { task, refusal }
    });
    Ok(Looking {
        rows: rows.collect(),
        organisation,
    })
}

/// The tags in use, the most used first.
pub async fn tags(app: &App, who: &Who) -> AppResult<Vec<String>> {
    let limit = u32::try_from(BUREAU_LIMIT).unwrap_or(u32::MAX);
    Ok(app.store.read(who.bureau).await?.tags_known(limit).await?)
}

/// Does the act to those that allow it, in one transaction.
pub async fn carry_out_act(
    app: &App,
    who: &Who,
    ids: &[TaskId],
    act: &Act,
) -> AppResult<BatchOutcome> {
    few(ids)?;
    let mut uow = app.store.write(who.bureau).await?;
    check(&mut *uow, act).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let signed = rules.context(app, &who.actor, &organisation).signed();
    let mut outcome = BatchOutcome::default();
    for task in load_all_seen(app, &mut *uow, who, ids).await? {
        let uow: &mut dyn UnitOfWork = &mut *uow;
        let task = as_it_is(uow, task).await?;
        let (id, title) = (task.id, task.details.title.clone());
        let known = (&*organisation, &*rules);
        let done = match act.on(&task) {
            Doing::Command(command) => carry_out(app, who, known, uow, task, command).await,
            Doing::Tag(tagging) => tag(app, who, known, uow, task, tagging).await,
        };
        match done {
            Ok((task, events)) => {
                notify(app, &task, &events, &signed, &organisation, uow).await?;
                outcome.done.push(task.id);
            }
            Err(AppError::Refused(refusal)) => outcome.refused.push((id, title, refusal)),
            Err(error) => return Err(error),
        }
    }
    uow.commit().await?;
    Ok(outcome)
}

async fn tag(
    app: &App,
    who: &Who,
    (organisation, rules): (&Organisation, &Rules),
    uow: &mut dyn UnitOfWork,
    mut task: Task,
    tagging: Tagging,
) -> AppResult<(Task, Vec<TaskEvent>)> {
    let doing = Doing::Tag(tagging);
    let right = doing.right(&task)?;
    app.policy.permit(&who.actor, right, &task.row())?;
    let ctx = rules.context(app, &who.actor, organisation);
    let events = doing.decide(&task, &ctx)?;
    secrecy::check(who, &events, &task)?;
    let signed = ctx.signed();
    for event in &events {
        task.apply(event, &signed);
    }
    uow.task_save(&task, &events, &signed).await?;
    Ok((task, events))
}

/// What is wrong with an act, whatever tasks it is for: a bureau's tags stay few enough to be
/// chosen from.
async fn check(uow: &mut dyn UnitOfWork, act: &Act) -> AppResult<()> {
    let Act::Tag(tagging) = act else {
        return Ok(());
    };
    tagging.check()?;
    let limit = u32::try_from(BUREAU_LIMIT).unwrap_or(u32::MAX);
    let known = uow.tags_known(limit).await?;
    let new = tagging.on.iter().filter(|tag| !known.contains(tag)).count();
    if new > 0 && known.len() + new > BUREAU_LIMIT {
        let sentence = format!(
            "全局已经用了 {} 个标签，最多 {BUREAU_LIMIT} 个，请从已有的里选。",
            known.len()
        );
        return Err(Refusal::input("tags", "SYS-04", sentence).into());
    }
    Ok(())
}

fn refusal(
    app: &App,
    who: &Who,
    organisation: &Organisation,
    rules: &Rules,
    task: &Task,
    act: &Act,
) -> Option<Refusal> {
    let ctx = rules.context(app, &who.actor, organisation);
    let doing = act.on(task);
    let decided = doing
        .right(task)
        .and_then(|right| app.policy.permit(&who.actor, right, &task.row()))
        .and_then(|()| doing.decide(task, &ctx));
    decided.err()
}

fn few(ids: &[TaskId]) -> Result<(), Refusal> {
    if ids.len() <= BATCH_LIMIT {
        return Ok(());
    }
    let sentence = format!("一次最多处理 {BATCH_LIMIT} 件，请分批选择。");
    Err(Refusal::input("too_many", "SYS-04", sentence))
}
