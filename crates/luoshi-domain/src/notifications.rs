//! A sentence sent to one recipient because something happened to a task.

use chrono::{DateTime, Utc};

use crate::ids::{NotificationId, PersonId, TaskId, UnitId};

/// Who is told: everyone holding a post in a unit, or one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Recipient {
    Unit(UnitId),
    Person(PersonId),
}

/// A sentence, to whom, about which task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    pub id: NotificationId,
    pub to: Recipient,
    pub task: TaskId,
    pub text: String,
    pub at: DateTime<Utc>,
}
