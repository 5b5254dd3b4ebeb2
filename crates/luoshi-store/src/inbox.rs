//! What a person has looked at of what came, and the mails that were put together of it.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use luoshi_domain::ids::PersonId;
use luoshi_domain::ports::{Inbox, StoreResult};

use crate::sql::values;
use crate::work::Work;

#[async_trait]
impl Inbox for Work {
    async fn inbox_looked(&mut self, person: PersonId) -> StoreResult<Option<DateTime<Utc>>> {
        let sql = "SELECT until FROM inbox_looks WHERE bureau_id = $1 AND person_id = $2";
        let values = values![self.bureau, person];
        let row = self.conn.fetch_optional(sql, values).await?;
        row.map(|row| row.cells().take()).transpose()
    }

    async fn inbox_look(&mut self, person: PersonId, until: DateTime<Utc>) -> StoreResult<()> {
        let sql = "INSERT INTO inbox_looks (bureau_id, person_id, until) VALUES ($1, $2, $3) \
                   ON CONFLICT (bureau_id, person_id) DO UPDATE SET until = excluded.until \
                   WHERE inbox_looks.until < excluded.until";
        let values = values![self.bureau, person, until];
        let looked = self.conn.execute(sql, values).await;
        self.noting(looked).map(|_rows| ())
    }

    async fn digest_round(&mut self, day: NaiveDate, hour: u32) -> StoreResult<bool> {
        let sql = "INSERT INTO digest_rounds (bureau_id, day, hour) VALUES ($1, $2, $3) \
                   ON CONFLICT (bureau_id, day, hour) DO NOTHING";
        let begun = self
            .conn
            .execute(sql, values![self.bureau, day, hour])
            .await;
        Ok(self.noting(begun)? == 1)
    }

    async fn digest_last(&mut self, person: PersonId) -> StoreResult<Option<DateTime<Utc>>> {
        let sql = "SELECT until FROM digests WHERE bureau_id = $1 AND person_id = $2 \
                   ORDER BY day DESC LIMIT 1";
        let values = values![self.bureau, person];
        let row = self.conn.fetch_optional(sql, values).await?;
        row.map(|row| row.cells().take()).transpose()
    }

    async fn digest_note(
        &mut self,
        person: PersonId,
        day: NaiveDate,
        until: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let sql = "INSERT INTO digests (bureau_id, person_id, day, until) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (bureau_id, person_id, day) DO NOTHING";
        let values = values![self.bureau, person, day, until];
        let noted = self.conn.execute(sql, values).await;
        Ok(self.noting(noted)? == 1)
    }
}
