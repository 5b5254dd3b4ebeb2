//! The rows of what a bureau has learnt: one for each choice made.

use async_trait::async_trait;
use luoshi_domain::ids::BureauId;
use luoshi_domain::journal::Signed;
use luoshi_domain::lessons::{KindSetting, LearntKind, LearntName, Lessons, LessonsEvent, Support};
use luoshi_domain::ports::{self, StoreError, StoreResult};

use crate::conn::Conn;
use crate::names::Named;
use crate::sql::{fault, to_json, values};
use crate::work::Work;

#[async_trait]
impl ports::Lessons for Work {
    async fn lessons_load(&mut self) -> StoreResult<Lessons> {
        load(&mut self.conn, self.bureau).await
    }

    async fn lessons_save(
        &mut self,
        lessons: &Lessons,
        events: &[LessonsEvent],
        by: &Signed,
    ) -> StoreResult<()> {
        let saved = self.save_lessons(lessons, events, by).await;
        self.noting(saved)
    }
}

impl Work {
    async fn save_lessons(
        &mut self,
        lessons: &Lessons,
        events: &[LessonsEvent],
        by: &Signed,
    ) -> StoreResult<()> {
        if events.is_empty() {
            return Ok(());
        }
        self.append(Lessons::STREAM, self.bureau.0, lessons.version, events, by)
            .await?;
        project(&mut self.conn, self.bureau, lessons, events).await
    }
}

/// Writes what `events`, already applied to `lessons`, change.
pub(crate) async fn project(
    conn: &mut Conn,
    bureau: BureauId,
    lessons: &Lessons,
    events: &[LessonsEvent],
) -> StoreResult<()> {
    let count = i64::try_from(events.len()).map_err(|_over| fault("too many events"))?;
    let sql = "INSERT INTO lessons (bureau_id, version, next) VALUES ($1, $2, $3) \
               ON CONFLICT (bureau_id) DO UPDATE SET version = excluded.version, \
               next = excluded.next WHERE lessons.version = $4";
    let values = values![
        bureau,
        lessons.version,
        lessons.next,
        lessons.version - count
    ];
    if conn.execute(sql, values).await? != 1 {
        return Err(StoreError::Stale);
    }
    for event in events {
        match event {
            LessonsEvent::Learnt { names, kinds, .. } => {
                // A lesson that a later event forgot is not there any more.
                for learnt in names.iter().filter_map(|pair| lessons.name(pair)) {
                    put_name(conn, bureau, learnt).await?;
                }
                let mut learnt: Vec<_> =
                    kinds.iter().filter_map(|pair| lessons.kind(pair)).collect();
                learnt.sort_unstable_by_key(|learnt| learnt.number);
                learnt.dedup_by_key(|learnt| learnt.number);
                for learnt in learnt {
                    put_kind(conn, bureau, learnt).await?;
                }
            }
            LessonsEvent::Forgotten { number } => {
                let sql = "DELETE FROM lesson_names WHERE bureau_id = $1 AND number = $2";
                conn.execute(sql, values![bureau, *number]).await?;
                let sql = "DELETE FROM lesson_kinds WHERE bureau_id = $1 AND number = $2";
                conn.execute(sql, values![bureau, *number]).await?;
            }
            LessonsEvent::Reset { .. } => {
                let sql = "DELETE FROM lesson_names WHERE bureau_id = $1";
                conn.execute(sql, values![bureau]).await?;
                let sql = "DELETE FROM lesson_kinds WHERE bureau_id = $1";
                conn.execute(sql, values![bureau]).await?;
            }
        }
    }
    Ok(())
}

async fn put_name(conn: &mut Conn, bureau: BureauId, learnt: &LearntName) -> StoreResult<()> {
    let sql = "INSERT INTO lesson_names (bureau_id, number, name, units, confirmations, recent) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (bureau_id, number) DO UPDATE \
               SET confirmations = excluded.confirmations, recent = excluded.recent";
    let values = values![
        bureau,
        learnt.number,
        &learnt.name,
        to_json(&learnt.units)?,
        learnt.support.count,
        to_json(&learnt.support.recent)?,
    ];
    conn.execute(sql, values).await.map(|_rows| ())
}

async fn put_kind(conn: &mut Conn, bureau: BureauId, learnt: &LearntKind) -> StoreResult<()> {
    let sql = "INSERT INTO lesson_kinds (bureau_id, number, proposed, cue, theme, confirmed, \
               confirmations, recent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
               ON CONFLICT (bureau_id, number) DO UPDATE \
               SET confirmations = excluded.confirmations, recent = excluded.recent";
    let values = values![
        bureau,
        learnt.number,
        learnt.setting.proposed.name(),
        &learnt.setting.cue,
        &learnt.setting.theme,
        learnt.confirmed.name(),
        learnt.support.count,
        to_json(&learnt.support.recent)?,
    ];
    conn.execute(sql, values).await.map(|_rows| ())
}

async fn load(conn: &mut Conn, bureau: BureauId) -> StoreResult<Lessons> {
    let sql = "SELECT version, next FROM lessons WHERE bureau_id = $1";
    let Some(row) = conn.fetch_optional(sql, values![bureau]).await? else {
        return Ok(Lessons::default());
    };
    let mut cells = row.cells();
    Ok(Lessons {
        version: cells.take()?,
        next: cells.number()?,
        names: load_names(conn, bureau).await?,
        kinds: load_kinds(conn, bureau).await?,
    })
}

async fn load_names(conn: &mut Conn, bureau: BureauId) -> StoreResult<Vec<LearntName>> {
    let sql = "SELECT number, name, units, confirmations, recent FROM lesson_names \
               WHERE bureau_id = $1 ORDER BY number";
    let mut names = Vec::new();
    for row in conn.fetch_all(sql, values![bureau]).await? {
        let mut cells = row.cells();
        names.push(LearntName {
            number: cells.number()?,
            name: cells.take()?,
            units: cells.json()?,
            support: Support {
                count: cells.number()?,
                recent: cells.json()?,
            },
        });
    }
    Ok(names)
}

async fn load_kinds(conn: &mut Conn, bureau: BureauId) -> StoreResult<Vec<LearntKind>> {
    let sql = "SELECT number, proposed, cue, theme, confirmed, confirmations, recent \
               FROM lesson_kinds WHERE bureau_id = $1 ORDER BY number";
    let mut kinds = Vec::new();
    for row in conn.fetch_all(sql, values![bureau]).await? {
        let mut cells = row.cells();
        kinds.push(LearntKind {
            number: cells.number()?,
            setting: KindSetting {
                proposed: cells.named()?,
                cue: cells.take()?,
                theme: cells.take()?,
            },
            confirmed: cells.named()?,
            support: Support {
                count: cells.number()?,
                recent: cells.json()?,
            },
        });
    }
    Ok(kinds)
}
