//! The rows of a bureau's packs and calendar: one for each edition and each notice.

use async_trait::async_trait;
use luoshi_domain::calendar::{Announced, CalendarEvent, EnteredNotice};
use luoshi_domain::ids::BureauId;
use luoshi_domain::journal::Signed;
use luoshi_domain::packs::{Edition, PackEvent, PackSet};
use luoshi_domain::ports::{Rules, RulesVersions, StoreError, StoreResult};

use crate::conn::Conn;
use crate::names::Named;
use crate::sql::{fault, to_json, values};
use crate::versions;
use crate::work::Work;

#[async_trait]
impl Rules for Work {
    async fn rules_versions(&mut self) -> StoreResult<RulesVersions> {
        Ok(versions::current(&mut self.conn, self.bureau).await?.rules)
    }

    async fn packs_load(&mut self) -> StoreResult<PackSet> {
        let version = versions::current(&mut self.conn, self.bureau)
            .await?
            .rules
            .packs;
        let sql = "SELECT number, key, effective_day, text, shipped, reason, by_record \
                   FROM pack_editions WHERE bureau_id = $1 ORDER BY number";
        let mut editions = Vec::new();
        for row in self.conn.fetch_all(sql, values![self.bureau]).await? {
            let mut cells = row.cells();
            editions.push(Edition {
                number: cells.number()?,
                key: cells.named()?,
                effective: cells.day()?,
                text: cells.take()?,
                shipped: cells.take()?,
                reason: cells.take()?,
                by: cells.json()?,
            });
        }
        Ok(PackSet { version, editions })
    }

    async fn packs_save(
        &mut self,
        set: &PackSet,
        event: &PackEvent,
        by: &Signed,
    ) -> StoreResult<()> {
        let saved = self.save_packs(set, event, by).await;
        self.noting(saved)
    }

    async fn calendar_load(&mut self) -> StoreResult<Announced> {
        let version = versions::current(&mut self.conn, self.bureau)
            .await?
            .rules
            .calendar;
        let sql = "SELECT notice_record, by_record FROM calendar_notices \
                   WHERE bureau_id = $1 ORDER BY number";
        let mut notices = Vec::new();
        for row in self.conn.fetch_all(sql, values![self.bureau]).await? {
            let mut cells = row.cells();
            notices.push(EnteredNotice {
                notice: cells.json()?,
                by: cells.json()?,
            });
        }
        Ok(Announced { version, notices })
    }

    async fn calendar_save(
        &mut self,
        announced: &Announced,
        event: &CalendarEvent,
        by: &Signed,
    ) -> StoreResult<()> {
        let saved = self.save_calendar(announced, event, by).await;
        self.noting(saved)
    }
}

impl Work {
    async fn save_packs(
        &mut self,
        set: &PackSet,
        event: &PackEvent,
        by: &Signed,
    ) -> StoreResult<()> {
        let (stream, id, event) = (PackSet::STREAM, self.bureau.0, std::slice::from_ref(event));
        self.append(stream, id, set.version, event, by).await?;
        project_packs(&mut self.conn, self.bureau, set, 1).await
    }

    async fn save_calendar(
        &mut self,
        announced: &Announced,
        event: &CalendarEvent,
        by: &Signed,
    ) -> StoreResult<()> {
        let (stream, id, event) = (
            Announced::STREAM,
            self.bureau.0,
            std::slice::from_ref(event),
        );
        self.append(stream, id, announced.version, event, by)
            .await?;
        project_calendar(&mut self.conn, self.bureau, announced, 1).await
    }
}

/// Writes the last `events` editions.
pub(crate) async fn project_packs(
    conn: &mut Conn,
    bureau: BureauId,
    set: &PackSet,
    events: usize,
) -> StoreResult<()> {
    let sql = "INSERT INTO rule_versions (bureau_id, packs_version, calendar_version) \
               VALUES ($1, $2, 0) ON CONFLICT (bureau_id) DO UPDATE \
               SET packs_version = excluded.packs_version \
               WHERE rule_versions.packs_version = $3";
    advance(conn, sql, bureau, set.version, events).await?;
    let sql = "INSERT INTO pack_editions (bureau_id, number, key, effective_day, text, shipped, \
               reason, by_record) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    for edition in last(&set.editions, events) {
        let values = values![
            bureau,
            edition.number,
            edition.key.name(),
            edition.effective,
            &edition.text,
            edition.shipped,
            &edition.reason,
            to_json(&edition.by)?,
        ];
        conn.execute(sql, values).await?;
    }
    Ok(())
}

/// Writes the last `events` notices.
pub(crate) async fn project_calendar(
    conn: &mut Conn,
    bureau: BureauId,
    announced: &Announced,
    events: usize,
) -> StoreResult<()> {
    let sql = "INSERT INTO rule_versions (bureau_id, packs_version, calendar_version) \
               VALUES ($1, 0, $2) ON CONFLICT (bureau_id) DO UPDATE \
               SET calendar_version = excluded.calendar_version \
               WHERE rule_versions.calendar_version = $3";
    advance(conn, sql, bureau, announced.version, events).await?;
    let sql = "INSERT INTO calendar_notices (bureau_id, number, year, notice_record, by_record) \
               VALUES ($1, $2, $3, $4, $5)";
    let count = announced.notices.len();
    let first = count.saturating_sub(events);
    for (at, entered) in announced.notices.iter().enumerate().skip(first) {
        let number = i64::try_from(at + 1).map_err(|_over| fault("too many notices"))?;
        let values = values![
            bureau,
            number,
            i64::from(entered.notice.year),
            to_json(&entered.notice)?,
            to_json(&entered.by)?,
        ];
        conn.execute(sql, values).await?;
    }
    Ok(())
}

/// Moves one of the versions on, from what it was before the events.
async fn advance(
    conn: &mut Conn,
    sql: &'static str,
    bureau: BureauId,
    version: i64,
    events: usize,
) -> StoreResult<()> {
    let events = i64::try_from(events).map_err(|_over| fault("too many events"))?;
    let moved = conn
        .execute(sql, values![bureau, version, version - events])
        .await?;
    if moved == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale)
    }
}

fn last<T>(all: &[T], count: usize) -> &[T] {
    all.get(all.len().saturating_sub(count)..).unwrap_or(all)
}
