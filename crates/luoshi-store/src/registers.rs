//! The rows of registers: one for each entry, with all of it.

use async_trait::async_trait;
use luoshi_domain::ids::BureauId;
use luoshi_domain::journal::Signed;
use luoshi_domain::ports::{Registers, StoreError, StoreResult};
use luoshi_domain::registers::{RegisterEntry, RegisterFilter, Registered};
use serde_json::Value;
use uuid::Uuid;

use crate::conn::Conn;
use crate::sql::{day_number, fault, values};
use crate::work::Work;

/// Before and after every day that there is.
const DAYS: (i64, i64) = (i64::MIN, i64::MAX);

#[async_trait]
impl Registers for Work {
    async fn register_get(
        &mut self,
        register: &'static str,
        id: Uuid,
    ) -> StoreResult<Option<String>> {
        let sql = "SELECT record FROM registers \
                   WHERE bureau_id = $1 AND register = $2 AND id = $3";
        let values = values![self.bureau, register, id];
        match self.conn.fetch_optional(sql, values).await? {
            Some(row) => row.cells().take().map(Some),
            None => Ok(None),
        }
    }

    async fn registers_list(
        &mut self,
        register: &'static str,
        filter: &RegisterFilter,
    ) -> StoreResult<Vec<String>> {
        // Of a flag without a wish both values are asked for.
        let (one, other) = match filter.open {
            Some(open) => (open, open),
            None => (true, false),
        };
        let sql = "SELECT record FROM registers \
                   WHERE bureau_id = $1 AND register = $2 AND day BETWEEN $3 AND $4 \
                   AND (is_open = $5 OR is_open = $6) AND (day, id) < ($7, $8) \
                   ORDER BY day DESC, id DESC LIMIT $9";
        let (first, last) = DAYS;
        let (day, id) = match filter.after {
            Some((day, id)) => (day_number(day), id),
            None => (last, Uuid::max()),
        };
        let values = values![
            self.bureau,
            register,
            filter.from.map_or(first, day_number),
            filter.until.map_or(last, day_number),
            one,
            other,
            day,
            id,
            i64::from(filter.limit),
        ];
        let mut records = Vec::new();
        for row in self.conn.fetch_all(sql, values).await? {
            records.push(row.cells().take()?);
        }
        Ok(records)
    }

    async fn register_save(
        &mut self,
        entry: &RegisterEntry,
        events: &[Value],
        by: &Signed,
    ) -> StoreResult<()> {
        let saved = self.save_register(entry, events, by).await;
        self.noting(saved)
    }
}

impl Work {
    async fn save_register(
        &mut self,
        entry: &RegisterEntry,
        events: &[Value],
        by: &Signed,
    ) -> StoreResult<()> {
        if events.is_empty() {
            return Ok(());
        }
        self.append(entry.register, entry.id, entry.version, events, by)
            .await?;
        let count = i64::try_from(events.len()).map_err(|_over| fault("too many events"))?;
        project(&mut self.conn, self.bureau, entry, count).await
    }
}

/// The row of a state.
pub(crate) fn entry<R: Registered>(state: &R) -> StoreResult<RegisterEntry> {
    RegisterEntry::of(state).map_err(|source| StoreError::Fault {
        what: format!("the {} {} cannot be written", R::STREAM, state.id()),
        source: Some(Box::new(source)),
    })
}

/// Writes the row to which the last `count` events led.
pub(crate) async fn project(
    conn: &mut Conn,
    bureau: BureauId,
    entry: &RegisterEntry,
    count: i64,
) -> StoreResult<()> {
    let sql = "INSERT INTO registers (bureau_id, register, id, version, day, is_open, record) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (bureau_id, register, id) DO UPDATE SET version = excluded.version, \
               day = excluded.day, is_open = excluded.is_open, record = excluded.record \
               WHERE registers.version = $8";
    let values = values![
        bureau,
        entry.register,
        entry.id,
        entry.version,
        entry.day,
        entry.is_open,
        &entry.record,
        entry.version - count,
    ];
    if conn.execute(sql, values).await? == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale)
    }
}
