//! Credentials and sessions; not part of the journal.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::accounts::{Credential, Session};
use luoshi_domain::ports::{Accounts, StoreError, StoreResult};

use crate::names::Named;
use crate::sql::{Conn, values};
use crate::work::Work;

/// The session with this token hash, in whichever bureau.
pub(crate) async fn session_find(
    conn: &mut Conn,
    token_hash: &str,
) -> StoreResult<Option<Session>> {
    let sql = "SELECT id, token_hash, bureau_id, person_id, csrf, stage, address, device, \
               created_at, last_used_at, expires_at FROM sessions WHERE token_hash = $1";
    let Some(row) = conn.fetch_optional(sql, values![token_hash]).await? else {
        return Ok(None);
    };
    let mut cells = row.cells();
    Ok(Some(Session {
        id: cells.id()?,
        token_hash: cells.take()?,
        bureau: cells.id()?,
        person: cells.id()?,
        csrf: cells.take()?,
        stage: cells.named()?,
        address: cells.take()?,
        device: cells.take()?,
        created_at: cells.take()?,
        last_used_at: cells.take()?,
        expires_at: cells.take()?,
    }))
}

#[async_trait]
impl Accounts for Work {
    async fn credential_find(&mut self, login: &str) -> StoreResult<Option<Credential>> {
        let sql = "SELECT person_id, login, password_hash FROM credentials \
                   WHERE bureau_id = $1 AND login = $2";
        let row = self
            .conn
            .fetch_optional(sql, values![self.bureau, login])
            .await?;
        let Some(row) = row else { return Ok(None) };
        let mut cells = row.cells();
        Ok(Some(Credential {
            person: cells.id()?,
            login: cells.take()?,
            password_hash: cells.take()?,
        }))
    }

    async fn credential_save(&mut self, credential: &Credential) -> StoreResult<()> {
        let sql = "INSERT INTO credentials (bureau_id, person_id, login, password_hash) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (bureau_id, person_id) DO UPDATE \
                   SET login = excluded.login, password_hash = excluded.password_hash";
        let values = values![
            self.bureau,
            credential.person,
            &credential.login,
            &credential.password_hash,
        ];
        let saved = self.conn.execute(sql, values).await;
        self.noting(saved).map(|_rows| ())
    }

    async fn session_create(&mut self, session: &Session) -> StoreResult<()> {
        if session.bureau != self.bureau {
            return Err(StoreError::Unusable("the session is of another bureau"));
        }
        let sql = "INSERT INTO sessions (bureau_id, id, token_hash, person_id, csrf, stage, \
                   address, device, created_at, last_used_at, expires_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let values = values![
            self.bureau,
            session.id,
            &session.token_hash,
            session.person,
            &session.csrf,
            session.stage.name(),
            &session.address,
            &session.device,
            session.created_at,
            session.last_used_at,
            session.expires_at,
        ];
        let created = self.conn.execute(sql, values).await;
        self.noting(created).map(|_rows| ())
    }

    async fn session_end(&mut self, token_hash: &str) -> StoreResult<()> {
        let sql = "DELETE FROM sessions WHERE bureau_id = $1 AND token_hash = $2";
        let ended = self
            .conn
            .execute(sql, values![self.bureau, token_hash])
            .await;
        self.noting(ended).map(|_rows| ())
    }

    async fn sessions_sweep(&mut self, now: DateTime<Utc>) -> StoreResult<()> {
        let sql = "DELETE FROM sessions WHERE bureau_id = $1 AND expires_at < $2";
        let swept = self.conn.execute(sql, values![self.bureau, now]).await;
        self.noting(swept).map(|_rows| ())
    }
}
