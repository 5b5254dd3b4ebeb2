//! The access log: one chain for each bureau.
//!
//! The bureau's writers take turns, so that positions have no gap.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::access_log::{
    AccessEntry, AccessFilter, AccessObject, StoredAccess, chained, dropped_before,
};
use luoshi_domain::audit::Anchor;
use luoshi_domain::ids::BureauId;
use luoshi_domain::ports::{AccessLog, StoreResult};
use luoshi_domain::tasks::lists::{Page, PageRequest};
use sqlx::AssertSqlSafe;

use crate::audit::{Narrowed, paged};
use crate::conn::Conn;
use crate::names::Named;
use crate::sql::{Row, Value, values};
use crate::work::Work;

const COLUMNS: &str = "seq, id, at, person_id, login, address, action, object_kind, object_id, \
                       success, detail, previous, hash";

#[async_trait]
impl AccessLog for Work {
    async fn access_push(&mut self, entries: &[AccessEntry]) -> StoreResult<()> {
        let pushed = push(&mut self.conn, self.bureau, entries).await;
        self.noting(pushed)
    }

    async fn access_list(
        &mut self,
        filter: &AccessFilter,
        page: &PageRequest,
    ) -> StoreResult<Page<StoredAccess>> {
        let (sql, values) = list_sql(self.bureau, filter, page)?;
        let found = self.conn.fetch_all(AssertSqlSafe(sql), values).await?;
        paged(&found, page, read, |stored| (stored.entry.at, stored.seq))
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

    async fn access_head(&mut self) -> StoreResult<Anchor> {
        let sql = "SELECT seq, hash FROM access_log_heads WHERE bureau_id = $1";
        place(&mut self.conn, sql, self.bureau).await
    }

    async fn access_anchor(&mut self) -> StoreResult<Anchor> {
        let sql = "SELECT seq, hash FROM access_log_anchors WHERE bureau_id = $1";
        place(&mut self.conn, sql, self.bureau).await
    }

    async fn access_sweep(
        &mut self,
        now: DateTime<Utc>,
        months: u32,
        limit: u32,
    ) -> StoreResult<u64> {
        let swept = self.cut(now, dropped_before(now, months), limit).await;
        self.noting(swept)
    }
}

impl Work {
    async fn cut(
        &mut self,
        now: DateTime<Utc>,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreResult<u64> {
        let begins = self.access_anchor().await?.seq;
        let sql = "SELECT seq, hash, at FROM access_log WHERE bureau_id = $1 AND seq > $2 \
                   ORDER BY seq LIMIT $3";
        let values = values![self.bureau, begins, limit];
        let mut last = None;
        for row in self.conn.fetch_all(sql, values).await? {
            let mut cells = row.cells();
            let (seq, hash): (i64, String) = (cells.take()?, cells.take()?);
            // Only from the oldest on, so that what stays is one chain.
            if cells.take::<DateTime<Utc>>()? >= before {
                break;
            }
            last = Some((seq, hash));
        }
        let Some((seq, hash)) = last else {
            return Ok(0);
        };
        let sql = "INSERT INTO access_log_anchors (bureau_id, seq, hash, cut_at) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (bureau_id) DO UPDATE \
                   SET seq = excluded.seq, hash = excluded.hash, cut_at = excluded.cut_at";
        let values = values![self.bureau, seq, hash, now];
        self.conn.execute(sql, values).await?;
        let sql = "DELETE FROM access_log WHERE bureau_id = $1 AND seq <= $2";
        self.conn.execute(sql, values![self.bureau, seq]).await
    }
}

async fn push(conn: &mut Conn, bureau: BureauId, entries: &[AccessEntry]) -> StoreResult<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let sql = "SELECT seq, hash FROM access_log_heads WHERE bureau_id = $1";
    let mut last = place(conn, sql, bureau).await?;
    for entry in entries {
        last = insert(conn, bureau, entry.clone().bounded(), last).await?;
    }
    let sql = "INSERT INTO access_log_heads (bureau_id, seq, hash) VALUES ($1, $2, $3) \
               ON CONFLICT (bureau_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";
    conn.execute(sql, values![bureau, last.seq, last.hash])
        .await?;
    Ok(())
}

/// Adds an entry behind `last`; where it stands.
async fn insert(
    conn: &mut Conn,
    bureau: BureauId,
    entry: AccessEntry,
    last: Anchor,
) -> StoreResult<Anchor> {
    let seq = last.seq + 1;
    let hash = chained(bureau, seq, &entry, &last.hash);
    let (object_kind, object_id) = match entry.object {
        Some(object) => (object.kind, object.id),
        None => (String::new(), None),
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
        entry.login,
        entry.address,
        entry.action.name(),
        object_kind,
        object_id,
        entry.success,
        entry.detail,
        last.hash,
        &hash,
    ];
    conn.execute(sql, values).await?;
    Ok(Anchor { seq, hash })
}

/// The place that a statement finds; the start of the log when it finds none.
async fn place(conn: &mut Conn, sql: &'static str, bureau: BureauId) -> StoreResult<Anchor> {
    let Some(row) = conn.fetch_optional(sql, values![bureau]).await? else {
        return Ok(Anchor::start());
    };
    let mut cells = row.cells();
    Ok(Anchor {
        seq: cells.take()?,
        hash: cells.take()?,
    })
}

/// One page of the filter's entries, newest first.
pub(crate) fn list_sql(
    bureau: BureauId,
    filter: &AccessFilter,
    page: &PageRequest,
) -> StoreResult<(String, Vec<Value>)> {
    let mut narrowed = Narrowed::of(bureau);
    narrowed.by("person_id =", filter.person);
    narrowed.by("action =", filter.action.map(Named::name));
    narrowed.by("object_id =", filter.object);
    narrowed.by("address =", filter.address.as_deref());
    match filter.success {
        Some(true) => narrowed.plain("success"),
        // As the index of the failed says it.
        Some(false) => narrowed.plain("NOT success"),
        None => {}
    }
    narrowed.days(filter.from, filter.until);
    narrowed.page(COLUMNS, "access_log", page)
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
