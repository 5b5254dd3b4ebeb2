//! A thin layer over the two drivers: one text with `$1` placeholders, one kind of value and row.
//!
//! Only constants and placeholders ever enter a text; what comes from outside is a [`Value`].

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use luoshi_domain::ids::{
    AccessId, AttachmentId, BureauId, DeliveryId, DomainId, HookId, JobId, MandateId,
    NotificationId, PersonId, PlanId, PostId, ProposalId, SessionId, TaskId, TokenId, UnitId,
};
use luoshi_domain::ports::{StoreError, StoreResult};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};
use uuid::Uuid;

use crate::names::Named;

/// What is bound to a placeholder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Uuid(Option<Uuid>),
    Text(Option<String>),
    Int(Option<i64>),
    Bool(bool),
    Time(Option<DateTime<Utc>>),
}

/// A row as read.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// Reads a row's cells from left to right.
pub(crate) struct Cells<'a> {
    row: &'a Row,
    at: usize,
}

/// What can be read from a cell of either database.
pub(crate) trait Cell:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl<T> Cell for T where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl Row {
    pub(crate) fn cells(&self) -> Cells<'_> {
        Cells { row: self, at: 0 }
    }
}

impl Cells<'_> {
    /// The next cell.
    pub(crate) fn take<T: Cell>(&mut self) -> StoreResult<T> {
        let at = self.at;
        self.at += 1;
        match self.row {
            Row::Sqlite(row) => row.try_get(at),
            Row::Postgres(row) => row.try_get(at),
        }
        .map_err(failed)
    }

    pub(crate) fn id<T: From<Uuid>>(&mut self) -> StoreResult<T> {
        Ok(T::from(self.take::<Uuid>()?))
    }

    pub(crate) fn optional_id<T: From<Uuid>>(&mut self) -> StoreResult<Option<T>> {
        Ok(self.take::<Option<Uuid>>()?.map(T::from))
    }

    pub(crate) fn named<T: Named>(&mut self) -> StoreResult<T> {
        T::of(&self.take::<String>()?)
    }

    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> StoreResult<T> {
        from_json(&self.take::<String>()?)
    }

    /// A number in a narrower type.
    pub(crate) fn number<T: TryFrom<i64>>(&mut self) -> StoreResult<T> {
        narrow(self.take()?)
    }

    pub(crate) fn day(&mut self) -> StoreResult<NaiveDate> {
        day_of(self.take()?)
    }

    pub(crate) fn optional_day(&mut self) -> StoreResult<Option<NaiveDate>> {
        self.take::<Option<i64>>()?.map(day_of).transpose()
    }
}

/// Days since 1970-01-01.
pub(crate) fn day_number(day: NaiveDate) -> i64 {
    (day - NaiveDate::default()).num_days()
}

/// The day with this number.
pub(crate) fn day_of(number: i64) -> StoreResult<NaiveDate> {
    TimeDelta::try_days(number)
        .and_then(|days| NaiveDate::default().checked_add_signed(days))
        .ok_or_else(|| fault("a day number is out of range"))
}

pub(crate) fn narrow<T: TryFrom<i64>>(number: i64) -> StoreResult<T> {
    T::try_from(number).map_err(|_out_of_range| StoreError::Fault {
        what: format!("the number {number} does not fit its column"),
        source: None,
    })
}

pub(crate) fn to_json<T: Serialize>(value: &T) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|source| StoreError::Fault {
        what: "a record cannot be written".to_owned(),
        source: Some(Box::new(source)),
    })
}

pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(|source| StoreError::Fault {
        what: "a record cannot be read back".to_owned(),
        source: Some(Box::new(source)),
    })
}

pub(crate) fn fault(what: &str) -> StoreError {
    StoreError::Fault {
        what: what.to_owned(),
        source: None,
    }
}

/// What a driver's error means to the caller.
pub(crate) fn failed(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(cause) if cause.is_unique_violation() => StoreError::Taken,
        sqlx::Error::Database(cause) if is_passing(cause.code().as_deref()) => {
            StoreError::Unavailable(Box::new(error))
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreError::Unavailable(Box::new(error)),
        _ => StoreError::Fault {
            what: "a statement failed".to_owned(),
            source: Some(Box::new(error)),
        },
    }
}

pub(crate) fn migration_failed(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) => failed(error),
        other => StoreError::Fault {
            what: "the schema cannot be brought up to date".to_owned(),
            source: Some(Box::new(other)),
        },
    }
}

/// Busy, full or going down: codes of SQLite (numbers) and PostgreSQL (five characters).
fn is_passing(code: Option<&str>) -> bool {
    const SQLITE_BUSY: i32 = 5;
    const SQLITE_LOCKED: i32 = 6;
    const SQLITE_FULL: i32 = 13;
    let Some(code) = code else { return false };
    if code.len() == 5 {
        let class = code.get(..2).unwrap_or_default();
        return matches!(class, "08" | "53" | "57") || matches!(code, "40001" | "40P01" | "55P03");
    }
    // An extended code carries the primary one in its low byte.
    let primary = code.parse::<i32>().map(|code| code & 0xff);
    matches!(primary, Ok(SQLITE_BUSY | SQLITE_LOCKED | SQLITE_FULL))
}

/// PostgreSQL cannot keep a NUL character, so neither database is given one.
pub(crate) fn storable(text: Option<String>) -> StoreResult<Option<String>> {
    match text {
        Some(text) if text.contains('\0') => {
            Err(StoreError::Unusable("a text holds a NUL character"))
        }
        other => Ok(other),
    }
}

macro_rules! value_from {
    ($($type:ty => |$value:ident| $made:expr;)+) => {
        $(impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $made
            }
        })+
    };
}

value_from! {
    Uuid => |value| Self::Uuid(Some(value));
    Option<Uuid> => |value| Self::Uuid(value);
    &str => |value| Self::Text(Some(value.to_owned()));
    &String => |value| Self::Text(Some(value.clone()));
    String => |value| Self::Text(Some(value));
    Option<&str> => |value| Self::Text(value.map(str::to_owned));
    &Option<String> => |value| Self::Text(value.clone());
    i64 => |value| Self::Int(Some(value));
    u32 => |value| Self::Int(Some(i64::from(value)));
    u8 => |value| Self::Int(Some(i64::from(value)));
    Option<i64> => |value| Self::Int(value);
    bool => |value| Self::Bool(value);
    DateTime<Utc> => |value| Self::Time(Some(value));
    Option<DateTime<Utc>> => |value| Self::Time(value);
    NaiveDate => |value| Self::Int(Some(day_number(value)));
    Option<NaiveDate> => |value| Self::Int(value.map(day_number));
}

macro_rules! value_from_id {
    ($($type:ident)+) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::Uuid(Some(value.0))
            }
        }

        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::Uuid(value.map(|id| id.0))
            }
        })+
    };
}

value_from_id! {
    AccessId AttachmentId BureauId DeliveryId DomainId HookId JobId MandateId NotificationId PersonId PlanId PostId ProposalId SessionId TaskId
    TokenId UnitId
}

/// Values for placeholders, each by [`Into`].
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::sql::Value::from($value)),*]
    };
}
pub(crate) use values;
