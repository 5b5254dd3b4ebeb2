//! What came for somebody: sentences sent to them and to their units, of what they may see today.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{NotificationId, TaskId};
use luoshi_domain::marks::Mark;
use luoshi_domain::notifications::{About, Notification, Recipient};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::rights::Right;

use crate::errors::{AppError, AppResult};
use crate::{App, Who, policy};

/// New ones are counted up to here and then shown as `99+`.
pub const NEW_CAP: u32 = 100;

/// Sentences on one page.
const SHOWN: u32 = 50;

/// Pages read for one page, where much of what came may not be seen any more.
const READS: usize = 10;

/// A place in the inbox: after this sentence, newest first; at the top where there is none.
pub type Place = Option<(DateTime<Utc>, NotificationId)>;

/// A page of the inbox.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub rows: Vec<Notification>,
    /// Which of the tasks have a mark: nothing about them leaves the program (SYS-05).
    pub marked: Vec<TaskId>,
    /// Where the next page begins.
    pub next: Place,
}

/// A page with until when the person had looked before.
#[derive(Clone, Debug)]
pub struct Inbox {
    pub page: Page,
    /// How many came since the person last looked, up to [`NEW_CAP`].
    pub new: u32,
    pub looked: Option<DateTime<Utc>>,
}

/// One page of what came.
pub async fn show(app: &App, who: &Who, place: Place) -> AppResult<Inbox> {
    let mut uow = app.store.read(who.bureau).await?;
    let looked = uow.inbox_looked(who.actor.person).await?;
    let new = new(who, &mut *uow).await?;
    let page = seen(app, &who.actor, &mut *uow, place, SHOWN).await?;
    Ok(Inbox { page, new, looked })
}

/// How many came since the person last looked, up to [`NEW_CAP`].
pub(crate) async fn new(who: &Who, uow: &mut dyn UnitOfWork) -> AppResult<u32> {
    let to = recipients(&who.actor);
    let count = uow
        .notifications_new(who.actor.person, &to, NEW_CAP)
        .await?;
    Ok(count.min(NEW_CAP))
}

/// Notes that the person has looked at all that came until then; what comes meanwhile stays new.
pub async fn look(app: &App, who: &Who, until: DateTime<Utc>) -> AppResult<()> {
    let until = until.min(app.clock.now());
    let mut uow = app.store.write(who.bureau).await?;
    uow.inbox_look(who.actor.person, until).await?;
    uow.commit().await?;
    Ok(())
}

/// At most `limit` sentences after a place whose tasks the actor may see.
pub(crate) async fn seen(
    app: &App,
    actor: &Actor,
    uow: &mut dyn UnitOfWork,
    mut place: Place,
    limit: u32,
) -> AppResult<Page> {
    let recipients = recipients(actor);
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut page = Page::default();
    let mut sights: HashMap<TaskId, bool> = HashMap::new();
    for _read in 0..READS {
        let found = uow.notifications_list(&recipients, place, limit).await?;
        let is_last = found.len() < wanted;
        for notification in found {
            place = Some((notification.at, notification.id));
            let may = match notification.about {
                About::Hook(_) => policy::holds(app, actor, Right::ManageHooks),
                About::Task(task) => match sights.get(&task) {
                    Some(known) => *known,
                    None => {
                        let may = sees(app, actor, uow, &mut page.marked, task).await?;
                        sights.insert(task, may);
                        may
                    }
                },
            };
            if may {
                page.rows.push(notification);
            }
            if page.rows.len() == wanted {
                page.next = place;
                return Ok(page);
            }
        }
        if is_last {
            return Ok(page);
        }
    }
    page.next = place;
    Ok(page)
}

/// Whether the actor may see the task; a mark is noted.
async fn sees(
    app: &App,
    actor: &Actor,
    uow: &mut dyn UnitOfWork,
    marked: &mut Vec<TaskId>,
    id: TaskId,
) -> AppResult<bool> {
    let Some(task) = uow.task_get(id).await? else {
        return Ok(false);
    };
    if task.mark != Mark::None {
        marked.push(id);
    }
    match policy::see_task(app, actor, &task) {
        Ok(()) => Ok(true),
        Err(AppError::NotFound { .. } | AppError::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The person, and the units in which they hold a post today.
fn recipients(actor: &Actor) -> Vec<Recipient> {
    let units = actor.units().into_iter().map(Recipient::Unit);
    std::iter::once(Recipient::Person(actor.person))
        .chain(units)
        .collect()
}
