//! Secret addresses of calendar feeds.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::ids::{BureauId, PersonId};
use luoshi_domain::ports::{Feeds, StoreResult};

use crate::conn::Conn;
use crate::sql::values;
use crate::work::Work;

#[async_trait]
impl Feeds for Work {
    async fn feed_save(
        &mut self,
        person: PersonId,
        secret_hash: &str,
        at: DateTime<Utc>,
    ) -> StoreResult<()> {
        let sql = "INSERT INTO calendar_feeds (bureau_id, person_id, secret_hash, created_at) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (bureau_id, person_id) \
                   DO UPDATE SET secret_hash = excluded.secret_hash, \
                   created_at = excluded.created_at";
        let values = values![self.bureau, person, secret_hash, at];
        let saved = self.conn.execute(sql, values).await;
        self.noting(saved).map(|_rows| ())
    }

    async fn feed_drop(&mut self, person: PersonId) -> StoreResult<()> {
        let sql = "DELETE FROM calendar_feeds WHERE bureau_id = $1 AND person_id = $2";
        let dropped = self.conn.execute(sql, values![self.bureau, person]).await;
        self.noting(dropped).map(|_rows| ())
    }

    async fn feed_since(&mut self, person: PersonId) -> StoreResult<Option<DateTime<Utc>>> {
        let sql = "SELECT created_at FROM calendar_feeds \
                   WHERE bureau_id = $1 AND person_id = $2";
        let row = self
            .conn
            .fetch_optional(sql, values![self.bureau, person])
            .await?;
        row.map(|row| row.cells().take()).transpose()
    }
}

/// Whose address has a secret with this hash; looked up before a bureau is known.
pub(crate) async fn feed_find(
    conn: &mut Conn,
    secret_hash: &str,
) -> StoreResult<Option<(BureauId, PersonId)>> {
    let sql = "SELECT bureau_id, person_id FROM calendar_feeds WHERE secret_hash = $1";
    let Some(row) = conn.fetch_optional(sql, values![secret_hash]).await? else {
        return Ok(None);
    };
    let mut cells = row.cells();
    Ok(Some((cells.id()?, cells.id()?)))
}
