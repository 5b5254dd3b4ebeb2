//! Sign-ins that wait for the answer of another server.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::accounts::SignInRequest;
use luoshi_domain::ports::{SignInRequests, StoreResult};

use crate::sql::values;
use crate::work::Work;

#[async_trait]
impl SignInRequests for Work {
    async fn sign_in_request_push(&mut self, request: &SignInRequest) -> StoreResult<()> {
        let sql = "INSERT INTO sign_in_requests (bureau_id, state_hash, nonce, verifier, next, \
                   expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
        let values = values![
            self.bureau,
            &request.state_hash,
            &request.nonce,
            &request.verifier,
            &request.next,
            request.expires_at,
        ];
        self.write_row(sql, values).await
    }

    async fn sign_in_request_take(
        &mut self,
        state_hash: &str,
    ) -> StoreResult<Option<SignInRequest>> {
        let sql = "SELECT state_hash, nonce, verifier, next, expires_at FROM sign_in_requests \
                   WHERE bureau_id = $1 AND state_hash = $2";
        let row = self
            .conn
            .fetch_optional(sql, values![self.bureau, state_hash]);
        let Some(row) = row.await? else {
            return Ok(None);
        };
        let mut cells = row.cells();
        let request = SignInRequest {
            state_hash: cells.take()?,
            nonce: cells.take()?,
            verifier: cells.take()?,
            next: cells.take()?,
            expires_at: cells.take()?,
        };
        let sql = "DELETE FROM sign_in_requests WHERE bureau_id = $1 AND state_hash = $2";
        self.write_row(sql, values![self.bureau, state_hash])
            .await?;
        Ok(Some(request))
    }

    async fn sign_in_requests_sweep(&mut self, now: DateTime<Utc>) -> StoreResult<()> {
        let sql = "DELETE FROM sign_in_requests WHERE bureau_id = $1 AND expires_at < $2";
        self.write_row(sql, values![self.bureau, now]).await
    }
}
