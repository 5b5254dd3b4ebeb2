//! An open transaction and the statements that run in it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use luoshi_domain::ports::{StoreError, StoreResult};
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Postgres, SqlSafeStr, SqlStr, Sqlite, Transaction};

use crate::database::Own;
use crate::reading::{self, Kept};
use crate::sql::{Row, Value, failed, fault, storable};
use crate::tasks::search::Frequent;
use crate::versions::Seen;

/// A statement that takes longer stands in the log.
const SLOW: Duration = Duration::from_secs(1);

/// Letters of a statement that stand in the log; of many rows in one it is 20 KB long.
const LOGGED: usize = 200;

/// An open transaction; dropped, it is rolled back, or kept for the next who reads.
pub(crate) struct Conn {
    /// None only while it ends.
    tx: Option<Tx>,
    /// Of the database.
    own: Arc<Own>,
    only_reads: bool,
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

/// A statement that runs.
struct Running {
    begins: String,
    began: Instant,
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

/// Runs a statement on the driver that a [`Conn`]'s transaction is of: what is done with the query
/// and the connection, and how the driver's row becomes a [`Row`].
macro_rules! on_driver {
    ($conn:expr, $sql:expr, $values:expr, |$query:ident, $tx:ident, $row:ident| $done:block) => {{
        let sql = $sql.into_sql_str();
        let running = Running::begin(&sql);
        let done = match $conn.begun()? {
            Tx::Sqlite(tx) => {
                let $query = sqlx::query_with(sql, arguments!(SqliteArguments, $values));
                let ($tx, $row) = (&mut **tx, Row::Sqlite);
                $done
            }
            Tx::Postgres(tx) => {
                let $query = sqlx::query_with(sql, arguments!(PgArguments, $values));
                let ($tx, $row) = (&mut **tx, Row::Postgres);
                $done
            }
        };
        running.end();
        $conn.ended(done)
    }};
}

impl Conn {
    /// A transaction that may write.
    pub(crate) fn writing(tx: Tx, own: Arc<Own>) -> Self {
        Self {
            tx: Some(tx),
            own,
            only_reads: false,
            whole: true,
            seen: Seen::default(),
        }
    }

    /// A transaction that only reads, new or kept.
    pub(crate) fn reading(Kept { database, tx, seen }: Kept) -> Self {
        Self {
            tx: Some(tx),
            own: database,
            only_reads: true,
            whole: true,
            seen,
        }
    }

    /// Whether it only reads, so that what it saw stays so.
    pub(crate) fn only_reads(&self) -> bool {
        self.only_reads
    }

    /// Words that very many texts hold.
    pub(crate) fn frequent(&self) -> &Frequent {
        &self.own.frequent
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
        on_driver!(self, sql, values, |query, tx, _row| {
            let query = query.persistent(kept);
            query.execute(tx).await.map(|done| done.rows_affected())
        })
    }

    /// Runs a statement and reads all its rows.
    pub(crate) async fn fetch_all(
        &mut self,
        sql: impl SqlSafeStr + Send,
        values: Vec<Value>,
    ) -> StoreResult<Vec<Row>> {
        on_driver!(self, sql, values, |query, tx, row| {
            let rows = query.fetch_all(tx).await;
            rows.map(|rows| rows.into_iter().map(row).collect())
        })
    }

    /// Runs a statement and reads its first row.
    pub(crate) async fn fetch_optional(
        &mut self,
        sql: impl SqlSafeStr + Send,
        values: Vec<Value>,
    ) -> StoreResult<Option<Row>> {
        on_driver!(self, sql, values, |query, tx, row| {
            query.fetch_optional(tx).await.map(|found| found.map(row))
        })
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
        if self.only_reads
            && self.whole
            && let Some(tx) = self.tx.take()
        {
            reading::keep(Kept {
                database: Arc::clone(&self.own),
                tx,
                seen: self.seen,
            });
        }
    }
}

fn ended() -> StoreError {
    fault("a transaction that ended was asked")
}

impl Running {
    fn begin(sql: &SqlStr) -> Self {
        Self {
            begins: sql.as_str().chars().take(LOGGED).collect(),
            began: Instant::now(),
        }
    }

    fn end(self) {
        let (took, sql) = (self.began.elapsed(), self.begins);
        if took > SLOW {
            tracing::warn!(?took, sql, "a statement took long");
        } else {
            tracing::debug!(?took, sql, "statement");
        }
    }
}
