//! The spans of the tasks' lights, the editions of the numbers behind them, and what turned.

use async_trait::async_trait;
use chrono::NaiveDate;
use luoshi_domain::ids::{BureauId, TaskId};
use luoshi_domain::lights::changes::{LightChange, LightCount, LightEdition, Turned};
use luoshi_domain::lights::{Colour, Facts, LeadNumbers, Particulars, Spans};
use luoshi_domain::ports::{Lights, StoreResult};
use luoshi_domain::tasks::lists::{TaskFilter, TaskRow};
use luoshi_domain::tasks::{Task, TaskEvent, TaskState};
use uuid::Uuid;

use crate::bulk::Bulk;
use crate::conn::Conn;
use crate::names::Named;
use crate::sql::{Cells, Value, day_number, fault, from_json, to_json, values};
use crate::tasks::{self, Where, colour_sql};
use crate::work::Work;

/// The edition of a row whose spans were never computed.
const NEVER: i64 = -1;

/// `yellow_from` and `red_from` of a light that does not turn.
const NO_DAY: i64 = 1_000_000_000;

const EDITION: &str = "SELECT number, since_day, due_soon_days, behind_points, red_points, \
                       recovery_days FROM light_editions WHERE bureau_id = $1";

/// The tasks whose spans are of an earlier edition than `$2`. One that counts no time has none,
/// whatever the numbers are, and is left as it is once it was judged.
macro_rules! outdated {
    () => {
        "FROM tasks WHERE bureau_id = $1 AND light_edition < $2 \
         AND (timing = 'timed' OR light_edition < 0)"
    };
}

/// Writes the spans of many tasks, a row of the values each. Without a limit SQLite takes the values
/// for a million, and reads all tasks into a filter before it looks up the few: three times as long
/// for 100,000 tasks. A statement never has that many rows.
const SPANS: &str = "UPDATE tasks SET light_edition = $2, recovering_until = v.column2, \
                     yellow_from = v.column3, red_from = v.column4 FROM (SELECT * FROM (VALUES ";
const OF_SPANS: &str =
    ") AS r LIMIT 10000) AS v WHERE tasks.bureau_id = $1 AND tasks.id = v.column1";

#[async_trait]
impl Lights for Work {
    async fn light_edition(&mut self) -> StoreResult<LightEdition> {
        latest(&mut self.conn, self.bureau).await
    }

    async fn light_edition_add(&mut self, edition: &LightEdition) -> StoreResult<()> {
        let sql = "INSERT INTO light_editions (bureau_id, number, since_day, due_soon_days, \
                   behind_points, red_points, recovery_days) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let numbers = &edition.numbers;
        let values = values![
            self.bureau,
            edition.number,
            edition.since,
            numbers.due_soon_days,
            numbers.behind_points,
            numbers.red_points,
            numbers.recovery_days,
        ];
        let added = self.conn.execute(sql, values).await;
        self.noting(added).map(|_rows| ())
    }

    async fn lights_are_current(&mut self) -> StoreResult<bool> {
        let edition = latest(&mut self.conn, self.bureau).await?;
        let sql = concat!("SELECT id ", outdated!(), " LIMIT 1");
        let values = values![self.bureau, edition.number];
        Ok(self.conn.fetch_optional(sql, values).await?.is_none())
    }

    async fn lights_refresh(&mut self, limit: u32) -> StoreResult<u32> {
        let refreshed = self.refresh(limit).await;
        self.noting(refreshed)
    }

    async fn lights_turned(
        &mut self,
        today: NaiveDate,
        after: Option<TaskId>,
        limit: u32,
    ) -> StoreResult<Vec<Turned>> {
        let colour = colour_sql("$2");
        let sql = format!(
            "SELECT {}, s.colour FROM tasks AS t LEFT JOIN light_standings AS s \
             ON s.bureau_id = t.bureau_id AND s.task_id = t.id \
             WHERE t.bureau_id = $1 AND t.id > $4 AND (s.colour IS NULL OR s.colour <> {colour}) \
             ORDER BY t.id LIMIT $3",
            tasks::LISTED,
        );
        let values = values![
            self.bureau,
            today,
            limit,
            after.unwrap_or(TaskId(Uuid::nil()))
        ];
        let mut turned = Vec::new();
        let found = self
            .conn
            .fetch_all(sqlx::AssertSqlSafe(sql), values)
            .await?;
        for row in &found {
            let (task, mut cells) = tasks::listed_with(row)?;
            let before = cells.take::<Option<String>>()?;
            turned.push(Turned {
                task,
                before: before.map(|name| Named::of(&name)).transpose()?,
            });
        }
        Ok(turned)
    }

    async fn light_change_note(&mut self, change: &LightChange) -> StoreResult<()> {
        let noted = self.note(change).await;
        self.noting(noted)
    }

    async fn light_changes_to(
        &mut self,
        colour: Colour,
        since: NaiveDate,
    ) -> StoreResult<Vec<LightChange>> {
        let sql = "SELECT task_id, day, before, after, rule, reason, numbers, edition \
                   FROM light_changes WHERE bureau_id = $1 AND day >= $2 AND after = $3 \
                   AND before <> $3 ORDER BY day DESC, task_id";
        let values = values![self.bureau, since, colour.name()];
        let found = self.conn.fetch_all(sql, values).await?;
        found.iter().map(|row| change(row.cells())).collect()
    }

    async fn light_course(&mut self) -> StoreResult<Vec<(NaiveDate, Option<Colour>, Colour, i64)>> {
        let sql = "SELECT day, before, after, count(*) FROM light_changes WHERE bureau_id = $1 \
                   GROUP BY day, before, after ORDER BY day";
        let found = self.conn.fetch_all(sql, values![self.bureau]).await?;
        let days = found.iter().map(|row| {
            let mut cells = row.cells();
            let (day, before) = (cells.day()?, cells.take::<Option<String>>()?);
            let before = before.map(|name| Named::of(&name)).transpose()?;
            Ok((day, before, cells.named()?, cells.take()?))
        });
        days.collect()
    }

    async fn lights_by_lead(
        &mut self,
        filter: &TaskFilter,
        today: NaiveDate,
    ) -> StoreResult<Vec<LightCount>> {
        let mut conditions = Where::of(self.bureau, filter);
        let colour = colour_sql(&conditions.placeholder(today));
        let sql = format!(
            "SELECT t.lead_id, {colour} AS colour, count(*) FROM tasks AS t WHERE {} GROUP BY 1, 2",
            conditions.text()
        );
        let values = conditions.into_values();
        let found = self
            .conn
            .fetch_all(sqlx::AssertSqlSafe(sql), values)
            .await?;
        let counts = found.iter().map(|row| {
            let mut cells = row.cells();
            Ok(LightCount {
                lead: cells.optional_id()?,
                colour: cells.named()?,
                count: cells.take()?,
            })
        });
        counts.collect()
    }

    async fn task_row(&mut self, filter: &TaskFilter, id: TaskId) -> StoreResult<Option<TaskRow>> {
        let mut conditions = Where::of(self.bureau, filter);
        let id = conditions.placeholder(id);
        conditions.and(&format!("t.id = {id}"));
        let sql = format!(
            "SELECT {} FROM tasks AS t WHERE {}",
            tasks::LISTED,
            conditions.text()
        );
        let values = conditions.into_values();
        let found = self
            .conn
            .fetch_optional(sqlx::AssertSqlSafe(sql), values)
            .await?;
        let found = found.map(|row| tasks::listed_with(&row).map(|(task, _rest)| task));
        found.transpose()
    }

    async fn light_changes_of(&mut self, task: TaskId) -> StoreResult<Vec<LightChange>> {
        let sql = "SELECT task_id, day, before, after, rule, reason, numbers, edition \
                   FROM light_changes WHERE bureau_id = $1 AND task_id = $2 ORDER BY day";
        let found = self.conn.fetch_all(sql, values![self.bureau, task]).await?;
        found.iter().map(|row| change(row.cells())).collect()
    }
}

impl Work {
    async fn refresh(&mut self, limit: u32) -> StoreResult<u32> {
        let (conn, bureau) = (&mut self.conn, self.bureau);
        let edition = latest(conn, bureau).await?;
        let sql = concat!(
            "SELECT id, light_edition, state, issued_day, limit_day, progress, light_record, \
             cadence ",
            outdated!(),
            " LIMIT $3"
        );
        let values = values![bureau, edition.number, limit];
        let mut spans = Bulk::new(SPANS, OF_SPANS, values![bureau, edition.number]);
        let mut count = 0;
        for row in conn.fetch_all(sql, values).await? {
            let mut cells = row.cells();
            let (id, known): (TaskId, i64) = (cells.id()?, cells.take()?);
            count += 1;
            if known == NEVER {
                // Its record is older than the facts that its light needs.
                let task = replayed(conn, bureau, id).await?;
                tasks::project_under(conn, bureau, &task, &[], edition.number).await?;
                continue;
            }
            let facts = Facts {
                state: cells.named()?,
                issued_on: cells.optional_day()?,
                limit: tasks::limit(&mut cells)?,
                progress: cells.number()?,
                particulars: particulars(&mut cells)?,
            };
            if cells.take::<Option<String>>()?.is_some() {
                // Until when no report is asked for follows from the numbers too.
                let task = tasks::recorded(conn, bureau, id).await?;
                tasks::project_under(conn, bureau, &task, &[], edition.number).await?;
                continue;
            }
            let [until, yellow, red] = columns(&Spans::of(&facts, &edition.numbers));
            spans.push(conn, values![id, until, yellow, red]).await?;
        }
        spans.finish(conn).await?;
        Ok(count)
    }

    async fn note(&mut self, change: &LightChange) -> StoreResult<()> {
        // Of one day the first light and the last count.
        let sql = "INSERT INTO light_changes (bureau_id, task_id, day, before, after, rule, \
                   reason, numbers, edition) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                   ON CONFLICT (bureau_id, task_id, day) DO UPDATE SET after = excluded.after, \
                   rule = excluded.rule, reason = excluded.reason, numbers = excluded.numbers, \
                   edition = excluded.edition";
        let values = values![
            self.bureau,
            change.task,
            change.day,
            change.before.map(Named::name),
            change.after.name(),
            &change.rule,
            &change.reason,
            &change.numbers,
            change.edition,
        ];
        self.conn.execute(sql, values).await?;
        let sql = "INSERT INTO light_standings (bureau_id, task_id, colour, since_day) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (bureau_id, task_id) \
                   DO UPDATE SET colour = excluded.colour, since_day = excluded.since_day";
        let values = values![self.bureau, change.task, change.after.name(), change.day];
        self.conn.execute(sql, values).await?;
        Ok(())
    }
}

/// The columns `recovering_until`, `yellow_from` and `red_from`.
pub(crate) fn columns(spans: &Spans) -> [i64; 3] {
    [
        spans.recovering_until.map_or(-NO_DAY, day_number),
        spans.yellow_from.map_or(NO_DAY, day_number),
        spans.red_from.map_or(NO_DAY, day_number),
    ]
}

/// The column `light_record`.
pub(crate) fn record(particulars: &Particulars) -> StoreResult<Option<String>> {
    let record = (!particulars.is_plain()).then(|| to_json(particulars));
    record.transpose()
}

/// The column `light_record`, read back.
pub(crate) fn particulars(cells: &mut Cells<'_>) -> StoreResult<Particulars> {
    let record = cells.take::<Option<String>>()?;
    record.map_or_else(|| Ok(Particulars::default()), |record| from_json(&record))
}

/// The edition in use.
pub(crate) async fn latest(conn: &mut Conn, bureau: BureauId) -> StoreResult<LightEdition> {
    let sql = "SELECT number, since_day, due_soon_days, behind_points, red_points, \
               recovery_days FROM light_editions WHERE bureau_id = $1 \
               ORDER BY number DESC LIMIT 1";
    let found = conn.fetch_optional(sql, values![bureau]).await?;
    found.map_or_else(|| Ok(LightEdition::default()), |row| edition(row.cells()))
}

/// The numbers of an edition; of one that is not known, those that ship.
pub(crate) async fn numbers(
    conn: &mut Conn,
    bureau: BureauId,
    number: i64,
) -> StoreResult<LeadNumbers> {
    if number <= 0 {
        return Ok(LeadNumbers::default());
    }
    let sql = "SELECT number, since_day, due_soon_days, behind_points, red_points, \
               recovery_days FROM light_editions WHERE bureau_id = $1 AND number = $2";
    let found = conn.fetch_optional(sql, values![bureau, number]).await?;
    let found = found.map_or_else(|| Ok(LightEdition::default()), |row| edition(row.cells()));
    found.map(|edition| edition.numbers)
}

/// The edition that the live row of a task was judged by; nothing where there is none.
pub(crate) async fn edition_of(
    conn: &mut Conn,
    bureau: BureauId,
    task: TaskId,
) -> StoreResult<Option<i64>> {
    let sql = "SELECT light_edition FROM tasks WHERE bureau_id = $1 AND id = $2";
    let found = conn.fetch_optional(sql, values![bureau, task]).await?;
    let found = found.map(|row| row.cells().take()).transpose()?;
    Ok(found.filter(|number| *number != NEVER))
}

/// Copies the editions, so that rows can be made again as they were judged.
pub(crate) async fn copy_editions(
    from: &mut Conn,
    to: &mut Conn,
    bureau: BureauId,
) -> StoreResult<()> {
    for row in from.fetch_all(EDITION, values![bureau]).await? {
        let mut cells = row.cells();
        let mut values = vec![Value::from(bureau)];
        for _column in 0..6 {
            values.push(Value::Int(Some(cells.take()?)));
        }
        let sql = "INSERT INTO light_editions (bureau_id, number, since_day, due_soon_days, \
                   behind_points, red_points, recovery_days) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        to.execute(sql, values).await?;
    }
    Ok(())
}

fn edition(mut cells: Cells<'_>) -> StoreResult<LightEdition> {
    Ok(LightEdition {
        number: cells.take()?,
        since: cells.day()?,
        numbers: LeadNumbers {
            due_soon_days: cells.take()?,
            behind_points: cells.take()?,
            red_points: cells.take()?,
            recovery_days: cells.take()?,
        },
    })
}

fn change(mut cells: Cells<'_>) -> StoreResult<LightChange> {
    Ok(LightChange {
        task: cells.id()?,
        day: cells.day()?,
        before: cells
            .take::<Option<String>>()?
            .map(|name| Named::of(&name))
            .transpose()?,
        after: cells.named()?,
        rule: cells.take()?,
        reason: cells.take()?,
        numbers: cells.take()?,
        edition: cells.take()?,
    })
}

/// A task as its journal gives it.
async fn replayed(conn: &mut Conn, bureau: BureauId, id: TaskId) -> StoreResult<Task> {
    let sql = "SELECT body FROM events WHERE bureau_id = $1 AND stream = $2 AND stream_id = $3 \
               ORDER BY stream_version";
    let mut events: Vec<TaskEvent> = Vec::new();
    let mut by = Vec::new();
    for row in conn
        .fetch_all(sql, values![bureau, Task::STREAM, id])
        .await?
    {
        let envelope: luoshi_domain::journal::Envelope = from_json(&row.cells().take::<String>()?)?;
        let event = serde_json::from_value(envelope.event);
        events.push(event.map_err(|_unreadable| fault("a task's event cannot be read"))?);
        by.push(envelope.by);
    }
    Task::replay(id, events.iter().zip(&by)).ok_or_else(|| fault("a task without a beginning"))
}

/// Whether a task of this state is done with, counts no time, or is timed: see the column `timing`.
pub(crate) fn timing(facts: &Facts) -> &'static str {
    match facts.state {
        TaskState::Closed | TaskState::Cancelled => tasks::OVER,
        _ if facts.timed().is_some() => tasks::TIMED,
        _ => tasks::UNTIMED,
    }
}
