//! Signed-in browsers.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::accounts::Session;
use luoshi_domain::ids::{MandateId, PersonId, SessionId};
use luoshi_domain::ports::{Sessions, StoreError, StoreResult};
use sqlx::AssertSqlSafe;

use crate::conn::Conn;
use crate::names::Named;
use crate::sql::{Row, values};
use crate::work::Work;

const COLUMNS: &str = "id, token_hash, bureau_id, person_id, csrf, stage, address, device, \
                       created_at, last_used_at, expires_at, mandate_id";

/// The session with this token hash, in whichever bureau.
pub(crate) async fn session_find(
    conn: &mut Conn,
    token_hash: &str,
) -> StoreResult<Option<Session>> {
    let sql = format!("SELECT {COLUMNS} FROM sessions WHERE token_hash = $1");
    let row = conn.fetch_optional(AssertSqlSafe(sql), values![token_hash]);
    row.await?.as_ref().map(session).transpose()
}

/// Notes the use of a session, unless a later one is noted.
pub(crate) async fn session_touch(
    conn: &mut Conn,
    session: &Session,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    let sql = "UPDATE sessions SET last_used_at = $3 \
               WHERE bureau_id = $1 AND id = $2 AND last_used_at < $3";
    conn.execute(sql, values![session.bureau, session.id, now])
        .await?;
    Ok(())
}

#[async_trait]
impl Sessions for Work {
    async fn session_create(&mut self, session: &Session) -> StoreResult<()> {
        if session.bureau != self.bureau {
            return Err(StoreError::Unusable("the session is of another bureau"));
        }
        let sql = "INSERT INTO sessions (bureau_id, id, token_hash, person_id, csrf, stage, \
                   address, device, created_at, last_used_at, expires_at, mandate_id) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
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
            session.mandate,
        ];
        self.write_row(sql, values).await
    }

    async fn sessions_of(&mut self, person: PersonId) -> StoreResult<Vec<Session>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM sessions WHERE bureau_id = $1 AND person_id = $2 \
             ORDER BY last_used_at DESC, id"
        );
        let rows = self
            .conn
            .fetch_all(AssertSqlSafe(sql), values![self.bureau, person]);
        rows.await?.iter().map(session).collect()
    }

    async fn session_end(&mut self, token_hash: &str) -> StoreResult<()> {
        let sql = "DELETE FROM sessions WHERE bureau_id = $1 AND token_hash = $2";
        self.write_row(sql, values![self.bureau, token_hash]).await
    }

    async fn session_revoke(&mut self, person: PersonId, id: SessionId) -> StoreResult<bool> {
        let sql = "DELETE FROM sessions WHERE bureau_id = $1 AND person_id = $2 AND id = $3";
        let ended = self
            .write_rows(sql, values![self.bureau, person, id])
            .await?;
        Ok(ended > 0)
    }

    async fn sessions_revoke(
        &mut self,
        person: PersonId,
        except: Option<SessionId>,
    ) -> StoreResult<u64> {
        match except {
            Some(kept) => {
                let sql = "DELETE FROM sessions \
                           WHERE bureau_id = $1 AND person_id = $2 AND id <> $3";
                self.write_rows(sql, values![self.bureau, person, kept])
                    .await
            }
            None => {
                let sql = "DELETE FROM sessions WHERE bureau_id = $1 AND person_id = $2";
                self.write_rows(sql, values![self.bureau, person]).await
            }
        }
    }

    async fn session_mandate(
        &mut self,
        id: SessionId,
        mandate: Option<MandateId>,
    ) -> StoreResult<()> {
        let sql = "UPDATE sessions SET mandate_id = $3 WHERE bureau_id = $1 AND id = $2";
        self.write_row(sql, values![self.bureau, id, mandate]).await
    }

    async fn sessions_sweep(&mut self, now: DateTime<Utc>) -> StoreResult<()> {
        let sql = "DELETE FROM sessions WHERE bureau_id = $1 AND expires_at < $2";
        self.write_row(sql, values![self.bureau, now]).await
    }
}

fn session(row: &Row) -> StoreResult<Session> {
    let mut cells = row.cells();
    Ok(Session {
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
        mandate: cells.optional_id()?,
    })
}
