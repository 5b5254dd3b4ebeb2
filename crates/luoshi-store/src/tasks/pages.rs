//! Where a page of tasks begins: marks, and the orders they belong to.

use std::fmt;

use chrono::{DateTime, Utc};
use luoshi_domain::ports::{StoreError, StoreResult};
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::lists::{TaskRow, TaskSort};
use uuid::Uuid;

use crate::sql::{Row, Value, day_number};
use crate::tasks::filter::Where;
use crate::tasks::rows::NO_LIMIT;

/// The place of a row in one order, written `letter key id`, joined by `-`.
pub(super) struct Mark {
    sort: TaskSort,
    /// A day's number, or microseconds since 1970.
    key: i64,
    id: Uuid,
}

impl Mark {
    pub(super) fn of(task: &TaskRow, opened_at: DateTime<Utc>, sort: TaskSort) -> Self {
        let key = match sort {
            TaskSort::Limit => task.limit.map_or(NO_LIMIT, day_number),
            TaskSort::Updated => task.updated_at.timestamp_micros(),
            TaskSort::Opened => opened_at.timestamp_micros(),
        };
        Self {
            sort,
            key,
            id: task.id.0,
        }
    }

    /// The place of a whole task.
    pub(super) fn of_task(task: &Task, sort: TaskSort) -> Self {
        let key = match sort {
            TaskSort::Limit => task.details.limit.map_or(NO_LIMIT, day_number),
            TaskSort::Updated => task.updated_at.timestamp_micros(),
            TaskSort::Opened => task.opened_at.timestamp_micros(),
        };
        Self {
            sort,
            key,
            id: task.id.0,
        }
    }

    /// Reads a mark of a list in the order `sort`.
    pub(super) fn parse(text: &str, sort: TaskSort) -> StoreResult<Self> {
        const FOREIGN: StoreError = StoreError::Unusable("the page mark is not of this list");
        let rest = text.strip_prefix(letter(sort)).ok_or(FOREIGN)?;
        // The id has no hyphen in this form, a key may begin with one.
        let (key, id) = rest.rsplit_once('-').ok_or(FOREIGN)?;
        let key = key.strip_prefix('-').ok_or(FOREIGN)?;
        let key = key.parse().map_err(|_not_a_number| FOREIGN)?;
        if sort != TaskSort::Limit && DateTime::from_timestamp_micros(key).is_none() {
            return Err(FOREIGN);
        }
        Ok(Self {
            sort,
            key,
            id: Uuid::try_parse(id).map_err(|_not_an_id| FOREIGN)?,
        })
    }

    /// Reads a row of [`key_column`] and the id.
    pub(super) fn read(row: &Row, sort: TaskSort) -> StoreResult<Self> {
        let mut cells = row.cells();
        let key = match sort {
            TaskSort::Limit => cells.take()?,
            TaskSort::Updated | TaskSort::Opened => {
                cells.take::<DateTime<Utc>>()?.timestamp_micros()
            }
        };
        Ok(Self {
            sort,
            key,
            id: cells.take()?,
        })
    }

    /// Adds the condition that a row comes after the marked one.
    pub(super) fn narrow(&self, conditions: &mut Where) {
        self.compare(conditions, ">", "<");
    }

    /// Adds the condition that a row is the marked one or comes before it.
    pub(super) fn narrow_until(&self, conditions: &mut Where) {
        self.compare(conditions, "<=", ">=");
    }

    /// Compares a row's place with this one, in an order that rises or falls.
    fn compare(&self, conditions: &mut Where, rising: &str, falling: &str) {
        let key = match self.sort {
            TaskSort::Limit => Value::from(self.key),
            TaskSort::Updated | TaskSort::Opened => {
                Value::Time(DateTime::from_timestamp_micros(self.key))
            }
        };
        let key_place = conditions.placeholder(key);
        let id = conditions.placeholder(self.id);
        let operator = match self.sort {
            TaskSort::Limit | TaskSort::Opened => rising,
            TaskSort::Updated => falling,
        };
        let column = key_column(self.sort);
        conditions.and(&format!("({column}, t.id) {operator} ({key_place}, {id})"));
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (letter, key, id) = (letter(self.sort), self.key, self.id.simple());
        write!(f, "{letter}-{key}-{id}")
    }
}

/// The column that an order begins with.
pub(super) fn key_column(sort: TaskSort) -> &'static str {
    match sort {
        TaskSort::Limit => "t.limit_day",
        TaskSort::Updated => "t.updated_at",
        TaskSort::Opened => "t.opened_at",
    }
}

/// The columns of an order; each has an index that ends in them.
pub(super) fn order(sort: TaskSort) -> &'static str {
    match sort {
        TaskSort::Limit => "t.limit_day, t.id",
        TaskSort::Updated => "t.updated_at DESC, t.id DESC",
        TaskSort::Opened => "t.opened_at, t.id",
    }
}

pub(super) fn letter(sort: TaskSort) -> &'static str {
    match sort {
        TaskSort::Limit => "l",
        TaskSort::Updated => "u",
        TaskSort::Opened => "o",
    }
}
