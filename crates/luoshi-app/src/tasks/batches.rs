//! One act on many tasks, looked at before it is done: which allow it, and why the others do not.

use std::sync::Arc;

use luoshi_domain::ids::{TaskId, UnitId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::commands::TaskCommand;

use super::{BATCH_LIMIT, BatchOutcome, as_it_is, carry_out, load_all_seen, notify};
use crate::errors::{AppError, AppResult};
use crate::rules::Rules;
use crate::{App, Who};

/// What is done to each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Gives it another lead unit, before it is issued.
    Lead(UnitId),
}

impl Act {
    /// The command that does it to a task; the leader in charge follows from the lead unit.
    fn command(&self, task: &Task) -> TaskCommand {
        match self {
            Self::Lead(unit) => {
                let mut details = task.details.clone();
                details.lead = Some(*unit);
                details.co_units.retain(|co| co.unit != *unit);
                TaskCommand::Amend(Box::new(details))
            }
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
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let mut rows = Vec::with_capacity(ids.len());
    for task in load_all_seen(app, &mut *uow, who, ids).await? {
        let refusal = refusal(app, who, &organisation, &rules, &task, act);
        rows.push(Looked { task, refusal });
    }
    Ok(Looking { rows, organisation })
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
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let mut outcome = BatchOutcome::default();
    for task in load_all_seen(app, &mut *uow, who, ids).await? {
        let uow: &mut dyn UnitOfWork = &mut *uow;
        let task = as_it_is(uow, task).await?;
        let (id, title, command) = (task.id, task.details.title.clone(), act.command(&task));
        let known = (&*organisation, &*rules);
        match carry_out(app, who, known, uow, task, command).await {
            Ok((task, events)) => {
                let signed = rules.context(app, &who.actor, &organisation).signed();
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

fn refusal(
    app: &App,
    who: &Who,
    organisation: &Organisation,
    rules: &Rules,
    task: &Task,
    act: &Act,
) -> Option<Refusal> {
    let ctx = rules.context(app, &who.actor, organisation);
    let command = act.command(task);
    let decided = task
        .right_of(&command)
        .and_then(|right| app.policy.permit(&who.actor, right, &task.row()))
        .and_then(|()| task.decide(command, &ctx));
    decided.err()
}

fn few(ids: &[TaskId]) -> Result<(), Refusal> {
    if ids.len() <= BATCH_LIMIT {
        return Ok(());
    }
    let sentence = format!("一次最多处理 {BATCH_LIMIT} 件，请分批选择。");
    Err(Refusal::input("too_many", "SYS-04", sentence))
}
