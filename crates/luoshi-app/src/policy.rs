//! Who may see what. The rules of who may *do* what stand with each aggregate's decisions.

use luoshi_domain::context::Actor;
use luoshi_domain::organisation::Role;
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::lists::Visibility;

use crate::errors::{AppError, AppResult};

/// The tasks the actor may see: the supervision office and the leaders see the bureau, everybody
/// else what their units lead, co-operate in or supervise (SYS-03).
pub fn visibility(actor: &Actor) -> Visibility {
    if sees_bureau(actor) {
        Visibility::All
    } else {
        Visibility::Units(actor.units())
    }
}

/// Lets through who may see the task; for anybody else it does not exist.
pub fn see_task(actor: &Actor, task: &Task) -> AppResult<()> {
    if sees_bureau(actor) || task.details.units().any(|unit| actor.works_in(unit)) {
        return Ok(());
    }
    Err(AppError::NotFound { what: "task" })
}

/// Lets through who may see plans in confirmation: the supervision office and the leaders.
pub fn see_plans(actor: &Actor) -> AppResult<()> {
    if sees_bureau(actor) {
        Ok(())
    } else {
        Err(AppError::NotFound { what: "plan" })
    }
}

/// Lets through who looks after the suggestions that a model is asked for: the supervision office.
pub fn tend_suggestions(actor: &Actor) -> AppResult<()> {
    if actor.supervises {
        Ok(())
    } else {
        Err(AppError::NotFound { what: "job" })
    }
}

/// Lets through who may see what the bureau has learnt: the supervision office alone.
pub fn see_lessons(actor: &Actor) -> AppResult<()> {
    if actor.supervises {
        Ok(())
    } else {
        Err(AppError::NotFound { what: "lessons" })
    }
}

/// Lets through who may see the bureau's journal.
pub fn see_journal(actor: &Actor) -> AppResult<()> {
    if sees_bureau(actor) {
        Ok(())
    } else {
        Err(AppError::NotFound { what: "journal" })
    }
}

/// Whether the actor sees all of the bureau.
pub fn sees_bureau(actor: &Actor) -> bool {
    actor.supervises || actor.has_role(Role::Principal) || actor.has_role(Role::Deputy)
}

/// Whether the actor keeps the organisation: the supervision office and the system administrator.
pub fn keeps_organisation(actor: &Actor) -> bool {
    actor.supervises || actor.has_role(Role::SystemAdministrator)
}

/// Lets through who keeps the organisation; for anybody else its forms do not exist.
pub fn keep_organisation(actor: &Actor) -> AppResult<()> {
    if keeps_organisation(actor) {
        Ok(())
    } else {
        Err(AppError::NotFound {
            what: "organisation",
        })
    }
}
