//! Telling somebody: the sentence in the inbox, and what goes out with it.

use chrono::{DateTime, Utc};
use luoshi_domain::ids::{NotificationId, TaskId};
use luoshi_domain::notifications::{About, Notification, Recipient, Topic};
use luoshi_domain::ports::UnitOfWork;

use crate::App;
use crate::errors::AppResult;
use crate::hooks::deliveries;

/// A sentence about a task that is to be told.
pub(crate) struct Told {
    pub(crate) topic: Topic,
    pub(crate) to: Recipient,
    pub(crate) task: TaskId,
    pub(crate) text: String,
    pub(crate) at: DateTime<Utc>,
}

/// Tells it, in the transaction of what it tells of.
pub(crate) async fn tell(app: &App, uow: &mut dyn UnitOfWork, told: Told) -> AppResult<()> {
    tell_of(app, uow, told, &[]).await
}

/// As [`tell`], of a sentence that names `others`, too: it goes out while none of them is marked.
pub(crate) async fn tell_of(
    app: &App,
    uow: &mut dyn UnitOfWork,
    told: Told,
    others: &[TaskId],
) -> AppResult<()> {
    let id = NotificationId(app.ids.id(told.at));
    tell_anew(app, uow, id, told, others).await
}

/// As [`tell_of`], in the place of what was told under this id before, if anything was.
pub(crate) async fn tell_anew(
    app: &App,
    uow: &mut dyn UnitOfWork,
    id: NotificationId,
    told: Told,
    others: &[TaskId],
) -> AppResult<()> {
    let notification = Notification {
        id,
        to: told.to,
        about: About::Task(told.task),
        text: told.text,
        at: told.at,
    };
    uow.notification_push(&notification).await?;
    deliveries::note(app, uow, told.topic, &notification, others).await
}
