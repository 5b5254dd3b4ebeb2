//! Work that waits, and workers that claim it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::ids::JobId;
use luoshi_domain::jobs::{FailedJob, Job, JobEnd, NewJob};
use luoshi_domain::ports::{Jobs, StoreError, StoreResult};

use crate::conn::Dialect;
use crate::database::Database;
use crate::sql::values;
use crate::work::Work;

/// The one queue that there is.
const QUEUE: &str = "default";

const DUE: &str = "SELECT bureau_id, id, name, payload, attempts, max_attempts FROM jobs \
                   WHERE queue = $1 AND finished_at IS NULL AND run_at <= $2 \
                   AND (claimed_until IS NULL OR claimed_until <= $2) \
                   ORDER BY run_at, priority, id LIMIT 1";

/// The same on PostgreSQL, where two workers may look at once.
const DUE_SKIPPING: &str = "SELECT bureau_id, id, name, payload, attempts, max_attempts FROM jobs \
                            WHERE queue = $1 AND finished_at IS NULL AND run_at <= $2 \
                            AND (claimed_until IS NULL OR claimed_until <= $2) \
                            ORDER BY run_at, priority, id LIMIT 1 FOR UPDATE SKIP LOCKED";

#[async_trait]
impl Jobs for Work {
    async fn job_push(&mut self, job: &NewJob) -> StoreResult<()> {
        let sql = "INSERT INTO jobs (bureau_id, id, queue, name, priority, payload, attempts, \
                   max_attempts, created_at, run_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values = values![
            self.bureau,
            job.id,
            QUEUE,
            job.name,
            0i64,
            &job.payload,
            0i64,
            job.max_attempts,
            job.at,
            job.at,
        ];
        let pushed = self.conn.execute(sql, values).await;
        self.noting(pushed).map(|_rows| ())
    }

    async fn job_end(
        &mut self,
        job: &Job,
        worker: &str,
        end: &JobEnd,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        let (sql, values) = match end {
            JobEnd::Done => (
                "UPDATE jobs SET finished_at = $4, claimed_by = NULL, claimed_until = NULL, \
                 last_error = NULL WHERE bureau_id = $1 AND id = $2 AND claimed_by = $3",
                values![self.bureau, job.id, worker, now],
            ),
            JobEnd::Failed { error } => (
                "UPDATE jobs SET finished_at = $4, claimed_by = NULL, claimed_until = NULL, \
                 last_error = $5 WHERE bureau_id = $1 AND id = $2 AND claimed_by = $3",
                values![self.bureau, job.id, worker, now, error],
            ),
            JobEnd::Next { payload } => (
                "UPDATE jobs SET run_at = $4, payload = $5, attempts = 0, claimed_by = NULL, \
                 claimed_until = NULL, last_error = NULL \
                 WHERE bureau_id = $1 AND id = $2 AND claimed_by = $3",
                values![self.bureau, job.id, worker, now, payload],
            ),
            JobEnd::Retry {
                run_at,
                payload,
                error,
            } => (
                "UPDATE jobs SET run_at = $4, payload = $5, claimed_by = NULL, \
                 claimed_until = NULL, last_error = $6 \
                 WHERE bureau_id = $1 AND id = $2 AND claimed_by = $3",
                values![self.bureau, job.id, worker, *run_at, payload, error],
            ),
        };
        let ended = match self.conn.execute(sql, values).await {
            // Another worker took it over when the claim ran out.
            Ok(0) => Err(StoreError::Stale),
            other => other.map(|_rows| ()),
        };
        self.noting(ended)
    }

    async fn jobs_failed(&mut self, name: &str, limit: u32) -> StoreResult<Vec<FailedJob>> {
        let sql = "SELECT id, name, payload, attempts, finished_at, last_error FROM jobs \
                   WHERE bureau_id = $1 AND name = $2 AND finished_at IS NOT NULL \
                   AND last_error IS NOT NULL ORDER BY finished_at DESC, id DESC LIMIT $3";
        let mut failed = Vec::new();
        let values = values![self.bureau, name, limit];
        for row in self.conn.fetch_all(sql, values).await? {
            let mut cells = row.cells();
            failed.push(FailedJob {
                id: cells.id()?,
                name: cells.take()?,
                payload: cells.take()?,
                attempts: cells.number()?,
                at: cells.take()?,
                error: cells.take()?,
            });
        }
        Ok(failed)
    }

    async fn job_retry(&mut self, name: &str, id: JobId, now: DateTime<Utc>) -> StoreResult<bool> {
        let sql = "UPDATE jobs SET run_at = $4, attempts = 0, finished_at = NULL, \
                   last_error = NULL WHERE bureau_id = $1 AND name = $2 AND id = $3 \
                   AND finished_at IS NOT NULL AND last_error IS NOT NULL";
        let again = self
            .conn
            .execute(sql, values![self.bureau, name, id, now])
            .await;
        self.noting(again).map(|rows| rows > 0)
    }
}

/// Claims the job that is due longest, in a transaction of its own.
pub(crate) async fn claim(
    database: &Database,
    worker: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> StoreResult<Option<Job>> {
    let mut conn = database.begin_write().await?;
    let due = match conn.dialect() {
        Dialect::Sqlite => DUE,
        Dialect::Postgres => DUE_SKIPPING,
    };
    let Some(row) = conn.fetch_optional(due, values![QUEUE, now]).await? else {
        return Ok(None);
    };
    let mut cells = row.cells();
    let mut job = Job {
        bureau: cells.id()?,
        id: cells.id()?,
        name: cells.take()?,
        payload: cells.take()?,
        attempts: cells.number()?,
        max_attempts: cells.number()?,
    };
    job.attempts += 1;
    let sql = "UPDATE jobs SET claimed_by = $3, claimed_until = $4, attempts = $5 \
               WHERE bureau_id = $1 AND id = $2";
    let values = values![job.bureau, job.id, worker, until, job.attempts];
    conn.execute(sql, values).await?;
    conn.commit().await?;
    Ok(Some(job))
}
