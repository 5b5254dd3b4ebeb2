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
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, Decode, Postgres, Row as _, SqlSafeStr, Sqlite, Transaction, Type};
use uuid::Uuid;

use crate::names::Named;
use crate::reading::{self, Kept};
use crate::versions::Seen;

/// An open transaction; dropped, it is rolled back, or kept for the next who reads.
pub(crate) struct Conn {
    /// None only while it ends.
    tx: Option<Tx>,
    /// The database it only reads from.
    reads: Option<u64>,
    /// Whether the last statement ran to its end.
    whole: bool,
    pub(crate) seen: Seen,
}

/// A transaction of a driver.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Whose SQL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

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

macro_rules! arguments {
    ($type:ty, $values:expr) => {{
        let mut arguments = <$type>::default();
        for value in $values {
            match value {
                Value::Uuid(value) => Arguments::add(&mut arguments, value),
                Value::Text(value) => Arguments::add(&mut arguments, storable(value)?),
                Value::Int(value) => Arguments::add(&mut arguments, value),
                Value::Bool(value) => Arguments::add(&mut arguments, value),
                Value::Time(value) => Arguments::add(&mut arguments, value),
            }
            .map_err(|source| StoreError::Fault {
                what: "a value cannot be bound".to_owned(),
                source: Some(source),
            })?;
        }
        arguments
    }};
}

impl Conn {
    /// A transaction that may write.
    pub(crate) fn writing(tx: Tx) -> Self {
        Self {
            tx: Some(tx),
            reads: None,
            whole: true,
            seen: Seen::default(),
        }
    }

    /// A transaction that only reads, new or kept.
    pub(crate) fn reading(Kept { database, tx, seen }: Kept) -> Self {
        Self {
            tx: Some(tx),
            reads: Some(database),
            whole: true,
            seen,
        }
    }

    /// Whether it only reads, so that what it saw stays so.
    pub(crate) fn only_reads(&self) -> bool {
        self.reads.is_some()
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.tx {
            Some(Tx::Postgres(_)) => Dialect::Postgres,
            Some(Tx::Sqlite(_)) | None => Dialect::Sqlite,
        }
    }

    /// Runs a statement; the number of rows it changed.
    pub(crate) async fn execute(
        &mut self,
        sql: impl SqlSafeStr + Send,
        values: Vec<Value>,
    ) -> StoreResult<u64> {
        self.run(sql, values, true).await
    }

    /// Runs a statement that is too seldom or too long to be kept prepared.
    pub(crate) async fn execute_once(
        &mut self,
        sql: impl SqlSafeStr + Send,
        values: Vec<Value>,
    ) -> StoreResult<u64> {
        self.run(sql, values, false).await
    }

    async fn run(
        &mut self,
        sql: impl SqlSafeStr + Send,
        values: Vec<Value>,
        kept: bool,
    ) -> StoreResult<u64> {
        let done = match self.begun()? {
            Tx::Sqlite(tx) => {
                let arguments = arguments!(SqliteArguments, values);
                let query = sqlx::query_with(sql, arguments).persistent(kept);
                query
                    .execute(&mut **tx)
                    .await
                    .map(|done| done.rows_affected())
            }
            Tx::Postgres(tx) => {
                let arguments = arguments!(PgArguments, values);
                let query = sqlx::query_with(sql, arguments).persistent(kept);
                query
                    .execute(&mut **tx)
                    .await
                    .map(|done| done.rows_affected())
            }
        };
        self.ended(done)
    }

    /// Runs a statement and reads all its rows.
    pub(crate) async fn fetch_all(
        &mut self,
        sql: impl SqlSafeStr + Send,
        values: Vec<Value>,
    ) -> StoreResult<Vec<Row>> {
        let rows = match self.begun()? {
            Tx::Sqlite(tx) => {
                let arguments = arguments!(SqliteArguments, values);
                let query = sqlx::query_with(sql, arguments).fetch_all(&mut **tx);
                query
                    .await
                    .map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Tx::Postgres(tx) => {
                let arguments = arguments!(PgArguments, values);
                let query = sqlx::query_with(sql, arguments).fetch_all(&mut **tx);
                query
                    .await
                    .map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        };
        self.ended(rows)
    }

    /// Runs a statement and reads its first row.
    pub(crate) async fn fetch_optional(
        &mut self,
        sql: impl SqlSafeStr + Send,
        values: Vec<Value>,
    ) -> StoreResult<Option<Row>> {
        let row = match self.begun()? {
            Tx::Sqlite(tx) => {
                let arguments = arguments!(SqliteArguments, values);
                let query = sqlx::query_with(sql, arguments).fetch_optional(&mut **tx);
                query.await.map(|row| row.map(Row::Sqlite))
            }
            Tx::Postgres(tx) => {
                let arguments = arguments!(PgArguments, values);
                let query = sqlx::query_with(sql, arguments).fetch_optional(&mut **tx);
                query.await.map(|row| row.map(Row::Postgres))
            }
        };
        self.ended(row)
    }

    /// Runs a statement that gives one row.
    pub(crate) async fn fetch_one(
        &mut self,
        sql: impl SqlSafeStr + Send,
        values: Vec<Value>,
    ) -> StoreResult<Row> {
        let row = self.fetch_optional(sql, values).await?;
        row.ok_or_else(|| fault("a row that must exist is missing"))
    }

    pub(crate) async fn commit(mut self) -> StoreResult<()> {
        match self.tx.take() {
            Some(Tx::Sqlite(tx)) => tx.commit().await.map_err(failed),
            Some(Tx::Postgres(tx)) => tx.commit().await.map_err(failed),
            None => Err(ended()),
        }
    }

    /// The transaction, for a statement that begins.
    fn begun(&mut self) -> StoreResult<&mut Tx> {
        self.whole = false;
        self.tx.as_mut().ok_or_else(ended)
    }

    /// Passes on how a statement ended.
    fn ended<T>(&mut self, outcome: Result<T, sqlx::Error>) -> StoreResult<T> {
        self.whole = outcome.is_ok();
        outcome.map_err(failed)
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        if self.whole
            && let (Some(database), Some(tx)) = (self.reads, self.tx.take())
        {
            let seen = self.seen;
            reading::keep(Kept { database, tx, seen });
        }
    }
}

fn ended() -> StoreError {
    fault("a transaction that ended was asked")
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
fn storable(text: Option<String>) -> StoreResult<Option<String>> {
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
