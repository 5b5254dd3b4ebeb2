//! The journal: appending in the saves, and reading.
//!
//! Sequence numbers have no gap because the bureau's writers take turns, and a unit of work that
//! is not committed leaves neither its events nor its new head.

use async_trait::async_trait;
use luoshi_domain::ids::BureauId;
use luoshi_domain::journal::{Envelope, JournalFilter, Signed, StoredEvent, chain};
use luoshi_domain::marks::Mark;
use luoshi_domain::ports::{Journals, StoreError, StoreResult};
use luoshi_domain::tasks::lists::{Page, PageRequest};
use serde::Serialize;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::audit::{Narrowed, paged};
use crate::conn::Conn;
use crate::names::Named;
use crate::sql::{Cells, Row, Value, fault, to_json, values};
use crate::work::Work;

/// Inserts events of the columns that [`Work::begun`] gives.
pub(crate) const INSERT_EVENTS: &str = "INSERT INTO events (bureau_id, seq, stream, stream_id, \
                                        stream_version, at, body, hash) VALUES ";

/// Where the bureau's journal ends in this unit of work.
pub(crate) struct Head {
    written: i64,
    last_seq: i64,
}

impl Work {
    /// Appends `events`, which brought the aggregate to `version`.
    pub(crate) async fn append<E: Serialize + Sync>(
        &mut self,
        stream: &'static str,
        id: Uuid,
        version: i64,
        events: &[E],
        by: &Signed,
    ) -> StoreResult<()> {
        let last = self
            .conn
            .fetch_optional(
                "SELECT stream_version, hash FROM events \
                 WHERE bureau_id = $1 AND stream = $2 AND stream_id = $3 \
                 ORDER BY stream_version DESC LIMIT 1",
                values![self.bureau, stream, id],
            )
            .await?;
        let (mut last_version, mut hash): (i64, Option<String>) = match last {
            Some(row) => {
                let mut cells = row.cells();
                (cells.take()?, Some(cells.take()?))
            }
            None => (0, None),
        };
        let count = i64::try_from(events.len()).map_err(|_over| fault("too many events"))?;
        if version - count != last_version {
            return Err(StoreError::Stale);
        }
        for event in events {
            last_version += 1;
            let last = (last_version, hash.as_deref());
            let (row, next) = self.link(stream, id, last, event, by).await?;
            self.conn
                .execute(
                    "INSERT INTO events (bureau_id, seq, stream, stream_id, stream_version, \
                     at, body, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    row,
                )
                .await?;
            hash = Some(next);
        }
        Ok(())
    }

    /// The rows of the events of an aggregate that begins with them.
    pub(crate) async fn begun<E: Serialize + Sync>(
        &mut self,
        stream: &'static str,
        id: Uuid,
        events: &[(E, Signed)],
    ) -> StoreResult<Vec<Vec<Value>>> {
        let mut rows = Vec::with_capacity(events.len());
        let mut hash: Option<String> = None;
        for (version, (event, by)) in (1..).zip(events) {
            let last = (version, hash.as_deref());
            let (row, next) = self.link(stream, id, last, event, by).await?;
            rows.push(row);
            hash = Some(next);
        }
        Ok(rows)
    }

    /// An event's row at its version, linked to the hash before it, and its own hash.
    async fn link<E: Serialize + Sync>(
        &mut self,
        stream: &'static str,
        id: Uuid,
        (version, hash): (i64, Option<&str>),
        event: &E,
        by: &Signed,
    ) -> StoreResult<(Vec<Value>, String)> {
        let seq = self.next_seq().await?;
        let body = to_json(&Envelope {
            bureau: self.bureau,
            seq,
            stream: stream.to_owned(),
            id,
            version,
            by: by.clone(),
            event: serde_json::to_value(event).map_err(|source| StoreError::Fault {
                what: "an event cannot be written".to_owned(),
                source: Some(Box::new(source)),
            })?,
        })?;
        let next = chain(hash, &body);
        let row = values![self.bureau, seq, stream, id, version, by.at, body, &next];
        Ok((row, next))
    }

    /// Makes the new end of the journal part of the transaction.
    pub(crate) async fn write_head(&mut self) -> StoreResult<()> {
        let Some(head) = &self.head else {
            return Ok(());
        };
        if head.last_seq == head.written {
            return Ok(());
        }
        let sql = "UPDATE journal_heads SET last_seq = $2 WHERE bureau_id = $1";
        let changed = self.conn.execute(sql, values![self.bureau, head.last_seq]);
        if changed.await? == 1 {
            Ok(())
        } else {
            Err(fault("the bureau has no journal"))
        }
    }

    async fn next_seq(&mut self) -> StoreResult<i64> {
        if self.head.is_none() {
            let last_seq = last_seq(&mut self.conn, self.bureau).await?;
            self.head = Some(Head {
                written: last_seq,
                last_seq,
            });
        }
        match &mut self.head {
            Some(head) => {
                head.last_seq += 1;
                Ok(head.last_seq)
            }
            None => Err(fault("the journal's head was not read")),
        }
    }
}

#[async_trait]
impl Journals for Work {
    async fn journal_of(
        &mut self,
        stream: &'static str,
        id: Uuid,
        limit: u32,
    ) -> StoreResult<Vec<StoredEvent>> {
        let sql = "SELECT seq, stream, stream_id, stream_version, body, hash FROM events \
                   WHERE bureau_id = $1 AND stream = $2 AND stream_id = $3 \
                   ORDER BY stream_version DESC LIMIT $4";
        let rows = self
            .conn
            .fetch_all(sql, values![self.bureau, stream, id, limit])
            .await?;
        let mut events = stored(&rows)?;
        events.reverse();
        Ok(events)
    }

    async fn journal_secrets(&mut self, streams: &[Uuid]) -> StoreResult<Vec<Uuid>> {
        if streams.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = values![self.bureau, Mark::WorkSecret.name()];
        let mut places = Vec::with_capacity(streams.len());
        for stream in streams {
            values.push(Value::from(*stream));
            places.push(format!("${}", values.len()));
        }
        let places = places.join(", ");
        let sql = format!(
            "SELECT id FROM tasks WHERE bureau_id = $1 AND mark = $2 AND id IN ({places}) \
             UNION ALL \
             SELECT id FROM plans WHERE bureau_id = $1 AND mark = $2 AND id IN ({places}) \
             UNION ALL \
             SELECT id FROM list_rows WHERE bureau_id = $1 AND mark = $2 AND id IN ({places})"
        );
        let found = self.conn.fetch_all(AssertSqlSafe(sql), values).await?;
        found.iter().map(|row| row.cells().take()).collect()
    }

    async fn journal_after(&mut self, after: i64, limit: u32) -> StoreResult<Vec<StoredEvent>> {
        let sql = "SELECT seq, stream, stream_id, stream_version, body, hash FROM events \
                   WHERE bureau_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let rows = self
            .conn
            .fetch_all(sql, values![self.bureau, after, limit])
            .await?;
        stored(&rows)
    }

    async fn journal_latest(&mut self, limit: u32) -> StoreResult<Vec<StoredEvent>> {
        let sql = "SELECT seq, stream, stream_id, stream_version, body, hash FROM events \
                   WHERE bureau_id = $1 ORDER BY seq DESC LIMIT $2";
        let rows = self
            .conn
            .fetch_all(sql, values![self.bureau, limit])
            .await?;
        stored(&rows)
    }

    async fn journal_list(
        &mut self,
        filter: &JournalFilter,
        page: &PageRequest,
    ) -> StoreResult<Page<StoredEvent>> {
        let (sql, values) = list_sql(self.bureau, filter, page)?;
        let found = self.conn.fetch_all(AssertSqlSafe(sql), values).await?;
        let read = |row: &Row| {
            let mut cells = row.cells();
            Ok((cells.take()?, event(&mut cells)?))
        };
        let page = paged(&found, page, read, |(at, event)| (*at, event.seq))?;
        let rows = page.rows.into_iter().map(|(_at, event)| event);
        Ok(Page {
            next: page.next,
            rows: rows.collect(),
        })
    }

    async fn journal_hash(
        &mut self,
        stream: &str,
        id: Uuid,
        version: i64,
    ) -> StoreResult<Option<String>> {
        let sql = "SELECT hash FROM events WHERE bureau_id = $1 AND stream = $2 \
                   AND stream_id = $3 AND stream_version = $4";
        let values = values![self.bureau, stream, id, version];
        let row = self.conn.fetch_optional(sql, values).await?;
        row.map(|row| row.cells().take()).transpose()
    }

    async fn journal_count(&mut self) -> StoreResult<i64> {
        match &self.head {
            Some(head) => Ok(head.last_seq),
            None => last_seq(&mut self.conn, self.bureau).await,
        }
    }
}

/// One page of the filter's events, newest first.
pub(crate) fn list_sql(
    bureau: BureauId,
    filter: &JournalFilter,
    page: &PageRequest,
) -> StoreResult<(String, Vec<Value>)> {
    let mut narrowed = Narrowed::of(bureau);
    narrowed.by(
        "by_person =",
        filter.person.map(|person| person.to_string()),
    );
    narrowed.by("stream =", filter.stream.as_deref());
    narrowed.by("act =", filter.act.as_deref());
    narrowed.by("stream_id =", filter.object);
    narrowed.days(filter.from, filter.until);
    narrowed.page(
        "at, seq, stream, stream_id, stream_version, body, hash",
        "events",
        page,
    )
}

/// The columns seq, stream, `stream_id`, `stream_version`, body and hash as events.
pub(crate) fn stored(rows: &[Row]) -> StoreResult<Vec<StoredEvent>> {
    rows.iter().map(|row| event(&mut row.cells())).collect()
}

fn event(cells: &mut Cells<'_>) -> StoreResult<StoredEvent> {
    Ok(StoredEvent {
        seq: cells.take()?,
        stream: cells.take()?,
        id: cells.take()?,
        version: cells.take()?,
        bytes: cells.take()?,
        hash: cells.take()?,
    })
}

async fn last_seq(conn: &mut Conn, bureau: BureauId) -> StoreResult<i64> {
    let sql = "SELECT last_seq FROM journal_heads WHERE bureau_id = $1";
    match conn.fetch_optional(sql, values![bureau]).await? {
        Some(row) => row.cells().take(),
        None => Ok(0),
    }
}
