//! Opening a task by hand: what a leader assigned, a meeting decided or a document asks for, where
//! no plan and no table brought it (SRC-01, FLOW-01).

use chrono::NaiveDate;
use luoshi_domain::ids::{PersonId, TaskId};
use luoshi_domain::likeness::{Index, Shingles};
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::commands::TaskCommand;
use luoshi_domain::tasks::{Origin, Task, TaskDetails, TaskState};
use luoshi_domain::trajectories::Trajectory;
use luoshi_domain::trajectories::decide::CourseCommand;

use crate::errors::{AppError, AppResult};
use crate::plans::duplicates::{FLOOR, TASKS_COMPARED};
use crate::{App, Who, bodies, policy, secrecy, trajectories};

/// What a refusal because of tasks that say the same has as its code.
pub const SIMILAR: &str = "similar";

/// Similar tasks that are shown, the most alike.
const SIMILAR_SHOWN: usize = 5;

/// A task as somebody writes it down.
#[derive(Clone, Debug)]
pub struct Opening {
    pub origin: Origin,
    /// Who supervises is the supervision office where it is left open; the deputy follows from the
    /// lead unit.
    pub details: TaskDetails,
    pub assigned: Option<Assigned>,
    /// Its planned course; evenly over its time without one (LEDGER-09).
    pub course: Option<Trajectory>,
    /// That tasks of the ledger say nearly the same, and it is another one all the same.
    pub despite_similar: bool,
}

/// The leader who assigned it; the principal leader's word is the approval (FLOW-01).
#[derive(Clone, Debug)]
pub struct Assigned {
    pub leader: PersonId,
    pub instruction: String,
    pub dated: Option<NaiveDate>,
}

/// A task that was opened, with the mandatory fields that are still empty.
#[derive(Clone, Debug)]
pub struct Opened {
    pub task: Task,
    pub missing: Vec<&'static str>,
}

/// A task of the ledger that says nearly the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Similar {
    pub id: TaskId,
    pub number: Option<String>,
    pub title: String,
    /// 0 to 100.
    pub percent: u32,
}

/// Lets through who opens tasks; for anybody else there is no such place.
pub fn may_open(app: &App, who: &Who) -> AppResult<()> {
    policy::require_to_see(app, &who.actor, Right::OpenTask, "task")
}

/// Opens a task as a draft, with the leader's word and the course where there are any.
///
/// Refused as [`SIMILAR`] while tasks that are not over say nearly the same and nobody has said
/// that this is another one: the same thing filled in twice is what the ledger is to prevent.
#[tracing::instrument(skip_all)]
pub async fn open(app: &App, who: &Who, opening: Opening) -> AppResult<Opened> {
    may_open(app, who)?;
    if !opening.despite_similar {
        let found = similar(app, who, &opening.details.title).await?;
        if let Some(first) = found.first() {
            let sentence = format!(
                "台账里已有 {} 件说的像是同一件事，最像的是“{}”。不是同一件的，请勾选后再提交。",
                found.len(),
                first.title
            );
            return Err(Refusal::input(SIMILAR, "IMPORT-13", sentence).into());
        }
    }
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let ctx = rules.context(app, &who.actor, &organisation);
    let signed = ctx.signed();
    let mut details = opening.details;
    let office = organisation.supervision_office().map(|unit| unit.id);
    details.supervisor = details.supervisor.or(office);
    bodies::settle_lead(&mut *uow, &mut details, &organisation, ctx.today()).await?;
    details.deputy = details.lead.and_then(|lead| organisation.deputy_of(lead));
    let mut events = vec![Task::open(opening.origin.typed()?, details, &ctx)?];
    let id = TaskId(app.ids.id(ctx.now));
    let opened = Task::replay(id, events.iter().map(|event| (event, &signed)));
    let mut task = opened.ok_or(AppError::NotFound { what: "task" })?;
    if let Some(assigned) = opening.assigned {
        let command = TaskCommand::Instruct {
            leader: assigned.leader,
            instruction: assigned.instruction,
            dated: assigned.dated,
        };
        app.policy
            .permit(&who.actor, task.right_of(&command)?, &task.row())?;
        for event in task.decide(command, &ctx)? {
            task.apply(&event, &signed);
            events.push(event);
        }
    }
    if let Some(trajectory) = opening.course.filter(|course| !course.is_linear()) {
        trajectories::may_set(app, who, &task)?;
        let command = CourseCommand::Set {
            trajectory,
            reason: String::new(),
        };
        for event in task.decide_course(command)? {
            task.apply(&event, &signed);
            events.push(event);
        }
    }
    secrecy::check(who, &events, &())?;
    uow.task_save(&task, &events, &signed).await?;
    uow.commit().await?;
    let missing = task.missing_fields(&ctx);
    Ok(Opened { task, missing })
}

/// The tasks that are not over and say nearly the same as a title, the most alike first.
pub async fn similar(app: &App, who: &Who, title: &str) -> AppResult<Vec<Similar>> {
    may_open(app, who)?;
    let mut uow = app.store.read(who.bureau).await?;
    let known = uow.tasks_said(TASKS_COMPARED).await?;
    let over = |state| matches!(state, TaskState::Closed | TaskState::Cancelled);
    let live = known.into_iter().filter(|said| !over(said.task.state));
    let live: Vec<_> = live.map(|said| said.task).collect();
    let texts = live.iter().map(|task| Shingles::of_sentence(&task.title));
    let texts: Vec<Shingles> = texts.collect();
    let found = Index::of(&texts).near(&Shingles::of_sentence(title), FLOOR);
    let mut shown = Vec::new();
    for (place, percent) in found {
        let Some(near) = live.get(place) else {
            continue;
        };
        let task = uow.task_get(near.id).await?;
        if task.is_some_and(|task| policy::see_task(app, &who.actor, &task).is_ok()) {
            shown.push(Similar {
                id: near.id,
                number: near.number.clone(),
                title: near.title.clone(),
                percent,
            });
        }
        if shown.len() == SIMILAR_SHOWN {
            break;
        }
    }
    Ok(shown)
}
