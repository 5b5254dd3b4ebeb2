//! What people prove beside the password.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::accounts::second_factors::SecondFactor;
use luoshi_domain::ids::PersonId;
use luoshi_domain::ports::{SecondFactors, StoreResult};

use crate::sql::values;
use crate::work::Work;

#[async_trait]
impl SecondFactors for Work {
    async fn second_factor_get(&mut self, person: PersonId) -> StoreResult<Option<SecondFactor>> {
        let sql = "SELECT person_id, secret, created_at, confirmed_at, last_step \
                   FROM second_factors WHERE bureau_id = $1 AND person_id = $2";
        let row = self.conn.fetch_optional(sql, values![self.bureau, person]);
        let Some(row) = row.await? else {
            return Ok(None);
        };
        let mut cells = row.cells();
        Ok(Some(SecondFactor {
            person: cells.id()?,
            secret: cells.take()?,
            created_at: cells.take()?,
            confirmed_at: cells.take()?,
            last_step: cells.take()?,
        }))
    }

    async fn second_factor_save(&mut self, factor: &SecondFactor) -> StoreResult<()> {
        let sql = "INSERT INTO second_factors (bureau_id, person_id, secret, created_at, \
                   confirmed_at, last_step) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (bureau_id, person_id) DO UPDATE \
                   SET secret = excluded.secret, created_at = excluded.created_at, \
                   confirmed_at = excluded.confirmed_at, last_step = excluded.last_step";
        let values = values![
            self.bureau,
            factor.person,
            &factor.secret,
            factor.created_at,
            factor.confirmed_at,
            factor.last_step,
        ];
        self.write_row(sql, values).await
    }

    async fn second_factor_remove(&mut self, person: PersonId) -> StoreResult<bool> {
        self.recovery_codes_save(person, &[]).await?;
        let sql = "DELETE FROM second_factors WHERE bureau_id = $1 AND person_id = $2";
        let removed = self.write_rows(sql, values![self.bureau, person]).await?;
        Ok(removed > 0)
    }

    async fn second_factors_list(&mut self) -> StoreResult<Vec<PersonId>> {
        let sql = "SELECT person_id FROM second_factors \
                   WHERE bureau_id = $1 AND confirmed_at IS NOT NULL";
        let rows = self.conn.fetch_all(sql, values![self.bureau]).await?;
        rows.iter().map(|row| row.cells().id()).collect()
    }

    async fn recovery_codes_save(
        &mut self,
        person: PersonId,
        hashes: &[String],
    ) -> StoreResult<()> {
        let sql = "DELETE FROM recovery_codes WHERE bureau_id = $1 AND person_id = $2";
        self.write_row(sql, values![self.bureau, person]).await?;
        for hash in hashes {
            let sql = "INSERT INTO recovery_codes (bureau_id, person_id, code_hash) \
                       VALUES ($1, $2, $3)";
            self.write_row(sql, values![self.bureau, person, hash])
                .await?;
        }
        Ok(())
    }

    async fn recovery_code_use(
        &mut self,
        person: PersonId,
        hash: &str,
        at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let sql = "UPDATE recovery_codes SET used_at = $4 \
                   WHERE bureau_id = $1 AND person_id = $2 AND code_hash = $3 \
                   AND used_at IS NULL";
        let used = self.write_rows(sql, values![self.bureau, person, hash, at]);
        Ok(used.await? > 0)
    }

    async fn recovery_codes_left(&mut self, person: PersonId) -> StoreResult<u32> {
        let sql = "SELECT count(*) FROM recovery_codes \
                   WHERE bureau_id = $1 AND person_id = $2 AND used_at IS NULL";
        let row = self.conn.fetch_one(sql, values![self.bureau, person]);
        row.await?.cells().number()
    }
}
