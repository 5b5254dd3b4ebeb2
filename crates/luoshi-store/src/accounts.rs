//! Credentials, and failures counted against them; not part of the journal.

mod second_factors;
mod sessions;
mod sign_in_requests;
mod tokens;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::accounts::Credential;
use luoshi_domain::accounts::failures::{FailureKind, Failures};
use luoshi_domain::ids::PersonId;
use luoshi_domain::ports::{Accounts, StoreResult};
use sqlx::AssertSqlSafe;

use crate::names::Named;
use crate::sql::{Row, Value, values};
use crate::work::Work;

pub(crate) use sessions::{session_find, session_touch};
pub(crate) use tokens::{token_find, token_touch};

const CREDENTIAL: &str = "SELECT person_id, login, password_hash, changed_at, must_change, \
                          last_used_at FROM credentials WHERE bureau_id = $1";

#[async_trait]
impl Accounts for Work {
    async fn credential_find(&mut self, login: &str) -> StoreResult<Option<Credential>> {
        let sql = AssertSqlSafe(format!("{CREDENTIAL} AND login = $2"));
        let row = self.conn.fetch_optional(sql, values![self.bureau, login]);
        row.await?.as_ref().map(credential).transpose()
    }

    async fn credential_of(&mut self, person: PersonId) -> StoreResult<Option<Credential>> {
        let sql = AssertSqlSafe(format!("{CREDENTIAL} AND person_id = $2"));
        let row = self.conn.fetch_optional(sql, values![self.bureau, person]);
        row.await?.as_ref().map(credential).transpose()
    }

    async fn credentials_list(&mut self) -> StoreResult<Vec<Credential>> {
        let sql = AssertSqlSafe(format!("{CREDENTIAL} ORDER BY login"));
        let rows = self.conn.fetch_all(sql, values![self.bureau]).await?;
        rows.iter().map(credential).collect()
    }

    async fn credential_save(&mut self, credential: &Credential) -> StoreResult<()> {
        let sql = "INSERT INTO credentials (bureau_id, person_id, login, password_hash, \
                   changed_at, must_change, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                   ON CONFLICT (bureau_id, person_id) DO UPDATE \
                   SET login = excluded.login, password_hash = excluded.password_hash, \
                   changed_at = excluded.changed_at, must_change = excluded.must_change, \
                   last_used_at = excluded.last_used_at";
        let values = values![
            self.bureau,
            credential.person,
            &credential.login,
            &credential.password_hash,
            credential.changed_at,
            credential.must_change,
            credential.last_used_at,
        ];
        self.write_row(sql, values).await
    }

    async fn former_passwords(&mut self, person: PersonId, limit: u32) -> StoreResult<Vec<String>> {
        let sql = "SELECT password_hash FROM former_passwords \
                   WHERE bureau_id = $1 AND person_id = $2 ORDER BY replaced_at DESC LIMIT $3";
        let rows = self
            .conn
            .fetch_all(sql, values![self.bureau, person, limit]);
        rows.await?.iter().map(|row| row.cells().take()).collect()
    }

    async fn former_password_push(
        &mut self,
        person: PersonId,
        password_hash: &str,
        at: DateTime<Utc>,
        kept: u32,
    ) -> StoreResult<()> {
        let sql = "INSERT INTO former_passwords (bureau_id, person_id, replaced_at, \
                   password_hash) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (bureau_id, person_id, replaced_at) DO UPDATE \
                   SET password_hash = excluded.password_hash";
        self.write_row(sql, values![self.bureau, person, at, password_hash])
            .await?;
        let sql = "DELETE FROM former_passwords WHERE bureau_id = $1 AND person_id = $2 \
                   AND replaced_at NOT IN (SELECT replaced_at FROM former_passwords \
                   WHERE bureau_id = $1 AND person_id = $2 ORDER BY replaced_at DESC LIMIT $3)";
        self.write_row(sql, values![self.bureau, person, kept])
            .await
    }

    async fn failures_find(
        &mut self,
        kind: FailureKind,
        subject: &str,
    ) -> StoreResult<Option<Failures>> {
        let sql = "SELECT failures, first_at, last_at, locked_until FROM sign_in_failures \
                   WHERE bureau_id = $1 AND kind = $2 AND subject = $3";
        let values = values![self.bureau, kind.name(), subject];
        let Some(row) = self.conn.fetch_optional(sql, values).await? else {
            return Ok(None);
        };
        let mut cells = row.cells();
        Ok(Some(Failures {
            kind,
            subject: subject.to_owned(),
            failures: cells.number()?,
            first_at: cells.take()?,
            last_at: cells.take()?,
            locked_until: cells.take()?,
        }))
    }

    async fn failures_save(&mut self, failures: &Failures) -> StoreResult<()> {
        let sql = "INSERT INTO sign_in_failures (bureau_id, kind, subject, failures, first_at, \
                   last_at, locked_until) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                   ON CONFLICT (bureau_id, kind, subject) DO UPDATE \
                   SET failures = excluded.failures, first_at = excluded.first_at, \
                   last_at = excluded.last_at, locked_until = excluded.locked_until";
        let values = values![
            self.bureau,
            failures.kind.name(),
            &failures.subject,
            failures.failures,
            failures.first_at,
            failures.last_at,
            failures.locked_until,
        ];
        self.write_row(sql, values).await
    }

    async fn failures_clear(&mut self, kind: FailureKind, subject: &str) -> StoreResult<()> {
        let sql = "DELETE FROM sign_in_failures \
                   WHERE bureau_id = $1 AND kind = $2 AND subject = $3";
        self.write_row(sql, values![self.bureau, kind.name(), subject])
            .await
    }

    async fn failures_sweep(&mut self, before: DateTime<Utc>) -> StoreResult<()> {
        let sql = "DELETE FROM sign_in_failures WHERE bureau_id = $1 AND last_at < $2";
        self.write_row(sql, values![self.bureau, before]).await
    }
}

impl Work {
    /// Runs a statement whose number of rows says nothing.
    async fn write_row(&mut self, sql: &'static str, values: Vec<Value>) -> StoreResult<()> {
        self.write_rows(sql, values).await.map(|_rows| ())
    }

    /// Runs a statement; how many rows it changed.
    async fn write_rows(&mut self, sql: &'static str, values: Vec<Value>) -> StoreResult<u64> {
        let written = self.conn.execute(sql, values).await;
        self.noting(written)
    }
}

fn credential(row: &Row) -> StoreResult<Credential> {
    let mut cells = row.cells();
    Ok(Credential {
        person: cells.id()?,
        login: cells.take()?,
        password_hash: cells.take()?,
        changed_at: cells.take()?,
        must_change: cells.take()?,
        last_used_at: cells.take()?,
    })
}
