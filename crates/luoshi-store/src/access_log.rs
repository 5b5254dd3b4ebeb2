//! The access log: one chain for each bureau.
//!
//! The bureau's writers take turns, so that positions have no gap.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::access_log::{
    AccessEntry, AccessFilter, AccessHead, AccessObject, StoredAccess, chained, dropped_before,
};
use luoshi_domain::calendar::day_start;
use luoshi_domain::ids::BureauId;
use luoshi_domain::ports::{AccessLog, StoreError, StoreResult};
use luoshi_domain::tasks::lists::{Page, PageRequest};
use sqlx::AssertSqlSafe;

use crate::names::Named;
use crate::sql::{Conn, Row, Value, narrow, values};
use crate::work::Work;

const COLUMNS: &str = "seq, id, at, person_id, login, address, action, object_kind, object_id, \
                       success, detail, previous, hash";

#[async_trait]
impl AccessLog for Work {
    async fn access_push(&mut self, entry: &AccessEntry) -> StoreResult<()> {
        let pushed = push(&mut self.conn, self.bureau, entry).await;
        self.noting(pushed)
    }

    async fn access_list(
        &mut self,
        filter: &AccessFilter,
        page: &PageRequest,
    ) -> StoreResult<Page<AccessEntry>> {
        const FOREIGN: StoreError = StoreError::Unusable("the page mark is not of this list");
        if page.size == 0 {
            return Err(StoreError::Unusable("a page has at least one row"));
        }
        let after = page.after.as_deref().map(str::parse::<i64>).transpose();
        let after = after.map_err(|_not_a_number| FOREIGN)?;
        let (conditions, mut values) = conditions(self.bureau, filter, after);
        values.push(Value::from(i64::from(page.size) + 1));
        let limit = values.len();
        let sql = format!(
            "SELECT {COLUMNS} FROM access_log WHERE {conditions} ORDER BY seq DESC LIMIT ${limit}"
        );
        let found = self.conn.fetch_all(AssertSqlSafe(sql), values).await?;
        let size = narrow(i64::from(page.size))?;
        let stored: Vec<StoredAccess> = found
            .iter()
            .take(size)
            .map(read)
            .collect::<Result<_, _>>()?;
        let last = stored.last().filter(|_last| found.len() > size);
        Ok(Page {
            next: last.map(|last| last.seq.to_string()),
            rows: stored.into_iter().map(|stored| stored.entry).collect(),
        })
    }

    async fn access_after(&mut self, after: i64, limit: u32) -> StoreResult<Vec<StoredAccess>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM access_log WHERE bureau_id = $1 AND seq > $2 \
             ORDER BY seq LIMIT $3"
        );
        let values = values![self.bureau, after, limit];
        let found = self.conn.fetch_all(AssertSqlSafe(sql), values).await?;
        found.iter().map(read).collect()
    }

    async fn access_head(&mut self) -> StoreResult<Option<AccessHead>> {
        head(&mut self.conn, self.bureau).await
    }

    async fn access_sweep(&mut self, now: DateTime<Utc>, months: u32) -> StoreResult<u64> {
        // Only from the oldest on, so that what stays is one chain.
        let sql = "DELETE FROM access_log WHERE bureau_id = $1 AND seq < \
                   (SELECT coalesce(min(seq), (SELECT seq FROM access_log_heads \
                   WHERE bureau_id = $1)) FROM access_log WHERE bureau_id = $1 AND at >= $2)";
        let values = values![self.bureau, dropped_before(now, months)];
        let swept = self.conn.execute(sql, values).await;
        self.noting(swept)
    }
}

async fn push(conn: &mut Conn, bureau: BureauId, entry: &AccessEntry) -> StoreResult<()> {
    let entry = entry.clone().bounded();
    let last = head(conn, bureau).await?;
    let (seq, previous) = last.map_or((0, String::new()), |head| (head.seq, head.hash));
    let seq = seq + 1;
    let hash = chained(bureau, seq, &entry, &previous);
    let (object_kind, object_id) = match &entry.object {
        Some(object) => (object.kind.as_str(), object.id),
        None => ("", None),
    };
    let sql = "INSERT INTO access_log (bureau_id, seq, id, at, person_id, login, address, \
               action, object_kind, object_id, success, detail, previous, hash) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let values = values![
        bureau,
        seq,
        entry.id,
        entry.at,
        entry.person,
        &entry.login,
        &entry.address,
        entry.action.name(),
        object_kind,
        object_id,
        entry.success,
        &entry.detail,
        previous,
        &hash,
    ];
    conn.execute(sql, values).await?;
    let sql = "INSERT INTO access_log_heads (bureau_id, seq, hash) VALUES ($1, $2, $3) \
               ON CONFLICT (bureau_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";
    conn.execute(sql, values![bureau, seq, hash]).await?;
    Ok(())
}

async fn head(conn: &mut Conn, bureau: BureauId) -> StoreResult<Option<AccessHead>> {
    let sql = "SELECT seq, hash FROM access_log_heads WHERE bureau_id = $1";
    let Some(row) = conn.fetch_optional(sql, values![bureau]).await? else {
        return Ok(None);
    };
    let mut cells = row.cells();
    Ok(Some(AccessHead {
        seq: cells.take()?,
        hash: cells.take()?,
    }))
}

/// The filter as the text and the values of a WHERE clause.
fn conditions(bureau: BureauId, filter: &AccessFilter, after: Option<i64>) -> (String, Vec<Value>) {
    let from = filter.from.map(day_start);
    let until = filter.until.and_then(|day| day.succ_opt()).map(day_start);
    let wishes = [
        ("person_id =", filter.person.map(Value::from)),
        (
            "action =",
            filter.action.map(|action| Value::from(action.name())),
        ),
        ("object_id =", filter.object.map(Value::from)),
        ("success =", filter.success.map(Value::from)),
        ("at >=", from.map(Value::from)),
        ("at <", until.map(Value::from)),
        ("seq <", after.map(Value::from)),
    ];
    let mut text = "bureau_id = $1".to_owned();
    let mut values = values![bureau];
    for (condition, value) in wishes {
        let Some(value) = value else { continue };
        values.push(value);
        text.push_str(&format!(" AND {condition} ${}", values.len()));
    }
    (text, values)
}

fn read(row: &Row) -> StoreResult<StoredAccess> {
    let mut cells = row.cells();
    let seq = cells.take()?;
    let mut entry = AccessEntry {
        id: cells.id()?,
        at: cells.take()?,
        person: cells.optional_id()?,
        login: cells.take()?,
        address: cells.take()?,
        action: cells.named()?,
        object: None,
        success: false,
        detail: String::new(),
    };
    let (kind, id): (String, _) = (cells.take()?, cells.take()?);
    entry.object = (!kind.is_empty()).then_some(AccessObject { kind, id });
    entry.success = cells.take()?;
    entry.detail = cells.take()?;
    Ok(StoredAccess {
        seq,
        entry,
        previous: cells.take()?,
        hash: cells.take()?,
    })
}
