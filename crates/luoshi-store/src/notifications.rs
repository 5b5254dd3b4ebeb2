//! Sentences sent to units and persons.

use std::cmp::Reverse;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::ids::{NotificationId, PersonId, UnitId};
use luoshi_domain::notifications::{About, Notification, Recipient};
use luoshi_domain::ports::{Notifications, StoreResult};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::names::unknown;
use crate::sql::{Cells, values};
use crate::work::Work;

const UNIT: &str = "unit";
const PERSON: &str = "person";

#[async_trait]
impl Notifications for Work {
    async fn notification_push(&mut self, notification: &Notification) -> StoreResult<()> {
        let (kind, recipient) = columns(notification.to);
        let (about, hook) = match notification.about {
            About::Task(task) => (task.0, None),
            About::Hook(hook) => (hook.0, Some(hook.0)),
        };
        let sql = "INSERT INTO notifications (bureau_id, id, recipient_kind, recipient_id, \
                   task_id, hook_id, text, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                   ON CONFLICT (bureau_id, id) DO UPDATE SET task_id = excluded.task_id, \
                   hook_id = excluded.hook_id, text = excluded.text, at = excluded.at";
        let values = values![
            self.bureau,
            notification.id,
            kind,
            recipient,
            about,
            hook,
            &notification.text,
            notification.at,
        ];
        let pushed = self.conn.execute(sql, values).await;
        self.noting(pushed).map(|_rows| ())
    }

    async fn notifications_list(
        &mut self,
        recipients: &[Recipient],
        before: Option<(DateTime<Utc>, NotificationId)>,
        limit: u32,
    ) -> StoreResult<Vec<Notification>> {
        // The latest of each come straight from the index; the latest of all are among them.
        let sql = match before {
            None => {
                "SELECT id, recipient_kind, recipient_id, task_id, hook_id, text, at \
                 FROM notifications \
                 WHERE bureau_id = $1 AND recipient_kind = $2 AND recipient_id = $3 \
                 ORDER BY at DESC, id DESC LIMIT $4"
            }
            Some(_) => {
                "SELECT id, recipient_kind, recipient_id, task_id, hook_id, text, at \
                 FROM notifications \
                 WHERE bureau_id = $1 AND recipient_kind = $2 AND recipient_id = $3 \
                 AND (at, id) < ($5, $6) ORDER BY at DESC, id DESC LIMIT $4"
            }
        };
        let mut latest = Vec::new();
        for recipient in each(recipients) {
            let (kind, recipient) = columns(recipient);
            let mut values = values![self.bureau, kind, recipient, limit];
            if let Some((at, id)) = before {
                values.extend(values![at, id]);
            }
            for row in self.conn.fetch_all(sql, values).await? {
                latest.push(notification(&mut row.cells())?);
            }
        }
        latest.sort_by_key(|notification| Reverse((notification.at, notification.id)));
        latest.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(latest)
    }

    async fn notifications_new(
        &mut self,
        person: PersonId,
        recipients: &[Recipient],
        cap: u32,
    ) -> StoreResult<u32> {
        // Every page asks it, so it is one question however many recipients a person is.
        let mut values = values![self.bureau, person, cap, DateTime::UNIX_EPOCH];
        let mut counts = Vec::new();
        for recipient in each(recipients) {
            let (kind, recipient) = columns(recipient);
            values.extend(values![kind, recipient]);
            let (kind, recipient) = (values.len() - 1, values.len());
            counts.push(format!(
                "(SELECT count(*) FROM (SELECT 1 FROM notifications WHERE bureau_id = $1 \
                 AND recipient_kind = ${kind} AND recipient_id = ${recipient} AND at > coalesce(\
                 (SELECT until FROM inbox_looks WHERE bureau_id = $1 AND person_id = $2), $4) \
                 LIMIT $3) AS n)"
            ));
        }
        if counts.is_empty() {
            return Ok(0);
        }
        let sql = format!("SELECT {}", counts.join(" + "));
        let row = self.conn.fetch_one(AssertSqlSafe(sql), values).await?;
        row.cells().number()
    }
}

/// From its id, recipient, task, hook, text and time.
pub(crate) fn notification(cells: &mut Cells<'_>) -> StoreResult<Notification> {
    let id = cells.id()?;
    let to = recipient_of(&cells.take::<String>()?, cells.take()?)?;
    let (task, hook) = (cells.id()?, cells.optional_id()?);
    Ok(Notification {
        id,
        to,
        about: hook.map_or(About::Task(task), About::Hook),
        text: cells.take()?,
        at: cells.take()?,
    })
}

/// Each recipient once.
fn each(recipients: &[Recipient]) -> Vec<Recipient> {
    let mut recipients = recipients.to_vec();
    recipients.sort_unstable();
    recipients.dedup();
    recipients
}

fn columns(recipient: Recipient) -> (&'static str, Uuid) {
    match recipient {
        Recipient::Unit(unit) => (UNIT, unit.0),
        Recipient::Person(person) => (PERSON, person.0),
    }
}

fn recipient_of(kind: &str, id: Uuid) -> StoreResult<Recipient> {
    match kind {
        UNIT => Ok(Recipient::Unit(UnitId(id))),
        PERSON => Ok(Recipient::Person(PersonId(id))),
        _ => Err(unknown("recipient", kind)),
    }
}
