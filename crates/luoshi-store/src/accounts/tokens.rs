//! Tokens of programs.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::accounts::tokens::ApiToken;
use luoshi_domain::ids::{PersonId, TokenId};
use luoshi_domain::ports::{StoreError, StoreResult, Tokens};
use sqlx::AssertSqlSafe;

use crate::conn::Conn;
use crate::sql::{Row, to_json, values};
use crate::work::Work;

const COLUMNS: &str = "id, bureau_id, person_id, name, token_hash, scopes, created_at, \
                       expires_at, last_used_at, revoked_at";

/// The token with this hash, in whichever bureau.
pub(crate) async fn token_find(conn: &mut Conn, token_hash: &str) -> StoreResult<Option<ApiToken>> {
    let sql = format!("SELECT {COLUMNS} FROM api_tokens WHERE token_hash = $1");
    let row = conn.fetch_optional(AssertSqlSafe(sql), values![token_hash]);
    row.await?.as_ref().map(token).transpose()
}

/// Notes the use of a token.
pub(crate) async fn token_touch(
    conn: &mut Conn,
    token: &ApiToken,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    let sql = "UPDATE api_tokens SET last_used_at = $3 WHERE bureau_id = $1 AND id = $2";
    conn.execute(sql, values![token.bureau, token.id, now])
        .await?;
    Ok(())
}

#[async_trait]
impl Tokens for Work {
    async fn token_create(&mut self, token: &ApiToken) -> StoreResult<()> {
        if token.bureau != self.bureau {
            return Err(StoreError::Unusable("the token is of another bureau"));
        }
        let sql = "INSERT INTO api_tokens (bureau_id, id, person_id, name, token_hash, scopes, \
                   created_at, expires_at, last_used_at, revoked_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values = values![
            self.bureau,
            token.id,
            token.person,
            &token.name,
            &token.token_hash,
            to_json(&token.scopes)?,
            token.created_at,
            token.expires_at,
            token.last_used_at,
            token.revoked_at,
        ];
        self.write_row(sql, values).await
    }

    async fn tokens_of(&mut self, person: PersonId) -> StoreResult<Vec<ApiToken>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM api_tokens WHERE bureau_id = $1 AND person_id = $2 \
             ORDER BY created_at DESC, id DESC"
        );
        let rows = self
            .conn
            .fetch_all(AssertSqlSafe(sql), values![self.bureau, person]);
        rows.await?.iter().map(token).collect()
    }

    async fn token_revoke(
        &mut self,
        person: PersonId,
        id: TokenId,
        at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let sql = "UPDATE api_tokens SET revoked_at = $4 WHERE bureau_id = $1 \
                   AND person_id = $2 AND id = $3 AND revoked_at IS NULL";
        let revoked = self.write_rows(sql, values![self.bureau, person, id, at]);
        Ok(revoked.await? > 0)
    }
}

fn token(row: &Row) -> StoreResult<ApiToken> {
    let mut cells = row.cells();
    Ok(ApiToken {
        id: cells.id()?,
        bureau: cells.id()?,
        person: cells.id()?,
        name: cells.take()?,
        token_hash: cells.take()?,
        scopes: cells.json()?,
        created_at: cells.take()?,
        expires_at: cells.take()?,
        last_used_at: cells.take()?,
        revoked_at: cells.take()?,
    })
}
