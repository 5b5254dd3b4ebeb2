//! The pools, and units of work from them.

use std::path::Path;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::accounts::Session;
use luoshi_domain::accounts::tokens::ApiToken;
use luoshi_domain::ids::{BureauId, PersonId};
use luoshi_domain::jobs::Job;
use luoshi_domain::ports::{Bureau, Store, StoreError, StoreResult, UnitOfWork};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, PgPool, SqlitePool};

use crate::conn::{Conn, Dialect, Tx};
use crate::reading::{self, Kept};
use crate::sql::{failed, values};
use crate::tasks::search::{self, Frequent};
use crate::versions::Seen;
use crate::work::Work;
use crate::{accounts, feeds, jobs, migrations};

/// How long a unit of work waits for its turn.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long SQLite waits for another process, e.g. a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

const SQLITE_READERS: u32 = 4;

/// Pages that a connection keeps, in KiB, as SQLite writes it. A write that touches more of them
/// than its cache holds writes each many times, and many at once touch all indexes everywhere.
const READER_CACHE: &str = "-4096";
const WRITER_CACHE: &str = "-32768";
const FILLING_CACHE: &str = "-1048576";

/// Pages of the log after which the writer brings it into the file itself. Before that
/// [`Store::settle`] does so beside it, and no one who writes waits for it.
const WRITER_SETTLES: &str = "16384";
const POSTGRES_CONNECTIONS: u32 = 16;

/// Where everything is kept: a SQLite file or a PostgreSQL database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    pools: Pools,
    own: Arc<Own>,
}

/// What a process keeps of one database; it tells it from the others, too.
#[derive(Debug, Default)]
pub(crate) struct Own {
    pub(crate) frequent: Frequent,
}

#[derive(Clone, Debug)]
enum Pools {
    /// The one writer's pool is the queue of those who want to write: first come, first served.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// What a SQLite file is opened for.
#[derive(Clone, Copy)]
enum Purpose {
    Serving,
    /// Very many rows: a cache that holds all pages that one transaction touches.
    Filling,
    /// One short use; a crash may leave it unusable.
    Scratch,
}

impl Purpose {
    fn synchronous(self) -> SqliteSynchronous {
        match self {
            Self::Serving | Self::Filling => SqliteSynchronous::Full,
            Self::Scratch => SqliteSynchronous::Off,
        }
    }

    fn writer_cache(self) -> &'static str {
        match self {
            Self::Serving | Self::Scratch => WRITER_CACHE,
            Self::Filling => FILLING_CACHE,
        }
    }
}

/// Opens `sqlite:PATH` or `postgres://…` and brings the schema up to date.
///
/// A SQLite file is created when it does not exist, readable by its owner only; its folder must
/// exist.
pub async fn open(url: &str) -> StoreResult<Database> {
    open_for(url, Purpose::Serving).await
}

/// The same for a program that alone writes very many rows, and may use a gigabyte of memory.
pub async fn open_to_fill(url: &str) -> StoreResult<Database> {
    open_for(url, Purpose::Filling).await
}

async fn open_for(url: &str, purpose: Purpose) -> StoreResult<Database> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.starts_with(':') || path.contains('?') {
            return Err(StoreError::Unusable(
                "a SQLite URL is `sqlite:` and the path of a file",
            ));
        }
        return Database::open_sqlite(Path::new(path), purpose).await;
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Database::open_postgres(url).await;
    }
    Err(StoreError::Unusable(
        "a database URL begins with `sqlite:` or `postgres://`",
    ))
}

impl Database {
    fn new(pools: Pools) -> Self {
        Self {
            pools,
            own: Arc::default(),
        }
    }

    pub(crate) async fn open_scratch(path: &Path) -> StoreResult<Self> {
        Self::open_sqlite(path, Purpose::Scratch).await
    }

    async fn open_sqlite(path: &Path, purpose: Purpose) -> StoreResult<Self> {
        create_private(path).map_err(|error| failed(sqlx::Error::Io(error)))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(purpose.synchronous())
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            // `Conn` says what runs.
            .disable_statement_logging()
            // KiB, for each connection.
            .pragma("cache_size", READER_CACHE)
            // Bytes of the log that stay after a large write.
            .pragma("journal_size_limit", "67108864");
        let pool = || {
            SqlitePoolOptions::new()
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
        };
        let writing = options.clone();
        let writing = writing.pragma("cache_size", purpose.writer_cache());
        let writer = pool()
            .max_connections(1)
            .connect_with(writing.pragma("wal_autocheckpoint", WRITER_SETTLES))
            .await
            .map_err(failed)?;
        migrations::migrate_sqlite(&writer).await?;
        let readers = pool()
            .max_connections(SQLITE_READERS)
            .connect_lazy_with(options.pragma("query_only", "on"));
        let database = Self::new(Pools::Sqlite { writer, readers });
        search::fill(&database).await?;
        Ok(database)
    }

    async fn open_postgres(url: &str) -> StoreResult<Self> {
        let options = PgConnectOptions::from_str(url).map_err(failed)?;
        let options = options.disable_statement_logging();
        let pool = PgPoolOptions::new()
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .max_connections(POSTGRES_CONNECTIONS)
            .connect_with(options)
            .await
            .map_err(failed)?;
        migrations::migrate_postgres(&pool).await?;
        let database = Self::new(Pools::Postgres(pool));
        search::fill(&database).await?;
        Ok(database)
    }

    /// Waits for the connections to end; a SQLite file is then complete without its `-wal`.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// A transaction that sees one state: of what a request reads, the one that is kept.
    pub(crate) async fn begin_read(&self) -> StoreResult<Conn> {
        if let Some(kept) = reading::take(&self.own) {
            return Ok(Conn::reading(kept));
        }
        let tx = match &self.pools {
            Pools::Sqlite { readers, .. } => readers.begin().await.map(Tx::Sqlite),
            Pools::Postgres(pool) => pool
                .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                .await
                .map(Tx::Postgres),
        };
        Ok(Conn::reading(Kept {
            database: Arc::clone(&self.own),
            tx: tx.map_err(failed)?,
            seen: Seen::default(),
        }))
    }

    /// A transaction that may write; on SQLite the only one.
    pub(crate) async fn begin_write(&self) -> StoreResult<Conn> {
        reading::end();
        let tx = match &self.pools {
            Pools::Sqlite { writer, .. } => {
                writer.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite)
            }
            Pools::Postgres(pool) => pool.begin().await.map(Tx::Postgres),
        };
        let tx = tx.map_err(failed)?;
        Ok(Conn::writing(tx, Arc::clone(&self.own)))
    }

    pub(crate) async fn work(&self, bureau: BureauId, writes: bool) -> StoreResult<Work> {
        if !writes {
            return Ok(Work::new(self.begin_read().await?, bureau));
        }
        let mut conn = self.begin_write().await?;
        if conn.dialect() == Dialect::Postgres {
            // SQLite has one writer anyway; here the bureau's row makes its writers wait in line.
            let lock = "SELECT last_seq FROM journal_heads WHERE bureau_id = $1 FOR UPDATE";
            conn.fetch_optional(lock, values![bureau]).await?;
        }
        Ok(Work::new(conn, bureau))
    }
}

#[async_trait]
impl Store for Database {
    async fn read(&self, bureau: BureauId) -> StoreResult<Box<dyn UnitOfWork>> {
        Ok(Box::new(self.work(bureau, false).await?))
    }

    async fn write(&self, bureau: BureauId) -> StoreResult<Box<dyn UnitOfWork>> {
        Ok(Box::new(self.work(bureau, true).await?))
    }

    async fn reading<'a>(&self, request: Pin<Box<dyn Future<Output = ()> + Send + 'a>>) {
        reading::shared(request).await;
    }

    async fn bureaus_list(&self) -> StoreResult<Vec<Bureau>> {
        let sql = "SELECT bureau_id, name, created_at FROM bureaus ORDER BY created_at, bureau_id";
        let rows = self.begin_read().await?.fetch_all(sql, values![]).await?;
        let mut bureaus = Vec::with_capacity(rows.len());
        for row in rows {
            let mut cells = row.cells();
            bureaus.push(Bureau {
                id: cells.id()?,
                name: cells.take()?,
                created_at: cells.take()?,
            });
        }
        Ok(bureaus)
    }

    async fn bureau_create(&self, bureau: &Bureau) -> StoreResult<()> {
        let mut conn = self.begin_write().await?;
        conn.execute(
            "INSERT INTO bureaus (bureau_id, name, created_at) VALUES ($1, $2, $3)",
            values![bureau.id, &bureau.name, bureau.created_at],
        )
        .await?;
        conn.execute(
            "INSERT INTO journal_heads (bureau_id, last_seq) VALUES ($1, $2)",
            values![bureau.id, 0i64],
        )
        .await?;
        conn.commit().await
    }

    async fn session_find(&self, token_hash: &str) -> StoreResult<Option<Session>> {
        accounts::session_find(&mut self.begin_read().await?, token_hash).await
    }

    async fn session_touch(&self, session: &Session, now: DateTime<Utc>) -> StoreResult<()> {
        let mut conn = self.begin_write().await?;
        accounts::session_touch(&mut conn, session, now).await?;
        conn.commit().await
    }

    async fn token_find(&self, token_hash: &str) -> StoreResult<Option<ApiToken>> {
        accounts::token_find(&mut self.begin_read().await?, token_hash).await
    }

    async fn token_touch(&self, token: &ApiToken, now: DateTime<Utc>) -> StoreResult<()> {
        let mut conn = self.begin_write().await?;
        accounts::token_touch(&mut conn, token, now).await?;
        conn.commit().await
    }

    async fn feed_find(&self, secret_hash: &str) -> StoreResult<Option<(BureauId, PersonId)>> {
        feeds::feed_find(&mut self.begin_read().await?, secret_hash).await
    }

    async fn job_claim(
        &self,
        worker: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> StoreResult<Option<Job>> {
        jobs::claim(self, worker, now, until).await
    }

    async fn settle(&self) -> StoreResult<()> {
        let Pools::Sqlite { readers, .. } = &self.pools else {
            return Ok(());
        };
        // Outside a transaction; a connection that may change nothing may do this.
        let settled = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
            .execute(readers)
            .await;
        settled.map(|_done| ()).map_err(failed)
    }

    async fn ready(&self) -> StoreResult<()> {
        let sql = "SELECT count(*) FROM journal_heads";
        self.begin_read().await?.fetch_one(sql, values![]).await?;
        Ok(())
    }
}

/// Creates an empty file for its owner only, so that nobody else reads what comes into it;
/// SQLite gives its other files the same permissions.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_file) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
