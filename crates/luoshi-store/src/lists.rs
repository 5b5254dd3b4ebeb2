//! The rows of lists: one for each, with all of it, and what they are found by beside (LEDGER-12).

use async_trait::async_trait;
use chrono::NaiveDate;
use luoshi_domain::ids::{BureauId, ListRowId, UnitId};
use luoshi_domain::journal::Signed;
use luoshi_domain::lists::{LimitWish, ListRow, RowEvent, RowFilter, RowSight, RowSort, RowTally};
use luoshi_domain::marks::Mark;
use luoshi_domain::ports::{ListRows, StoreError, StoreResult};
use luoshi_domain::tasks::lists::{Page, PageRequest};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::conn::Conn;
use crate::names::Named;
use crate::sql::{Value, fault, to_json, values};
use crate::work::Work;

#[async_trait]
impl ListRows for Work {
    async fn list_row_get(&mut self, id: ListRowId) -> StoreResult<Option<ListRow>> {
        let sql = "SELECT record FROM list_rows WHERE bureau_id = $1 AND id = $2";
        let row = self
            .conn
            .fetch_optional(sql, values![self.bureau, id.0])
            .await?;
        row.map(|row| row.cells().json()).transpose()
    }

    async fn list_rows(
        &mut self,
        filter: &RowFilter,
        page: &PageRequest,
    ) -> StoreResult<Page<ListRow>> {
        let mut wanted = Wanted::of(self.bureau, filter);
        let key = key(filter.sort);
        if let Some(after) = &page.after {
            let unusable = StoreError::Unusable("a page mark that is not of this list");
            let (day, id) = place(after).ok_or(unusable)?;
            match key {
                Some(key) => {
                    let (day, id) = (wanted.placeholder(day), wanted.placeholder(id));
                    wanted.and(&format!("({key}, id) > ({day}, {id})"));
                }
                None => {
                    let id = wanted.placeholder(id);
                    wanted.and(&format!("id < {id}"));
                }
            }
        }
        let (shown, order) = match key {
            Some(key) => (key, format!("{key}, id")),
            None => ("version", "id DESC".to_owned()),
        };
        let more = wanted.placeholder(i64::from(page.size) + 1);
        let sql = format!(
            "SELECT {shown}, record FROM list_rows WHERE {} ORDER BY {order} LIMIT {more}",
            wanted.text
        );
        let found = self
            .conn
            .fetch_all(AssertSqlSafe(sql), wanted.values)
            .await?;
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        let mut rows: Vec<ListRow> = Vec::new();
        let mut last: i64 = 0;
        for row in found.iter().take(size) {
            let mut cells = row.cells();
            last = cells.take()?;
            rows.push(cells.json()?);
        }
        let next = (found.len() > size).then(|| rows.last().map(|row| (last, row.id)));
        Ok(Page {
            next: next.flatten().map(|(day, id)| format!("{day}~{id}")),
            rows,
        })
    }

    async fn list_rows_count(&mut self, filter: &RowFilter, cap: u32) -> StoreResult<u32> {
        let mut wanted = Wanted::of(self.bureau, filter);
        let cap = wanted.placeholder(cap);
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM list_rows WHERE {} LIMIT {cap}) AS found",
            wanted.text
        );
        let row = self.conn.fetch_one(AssertSqlSafe(sql), wanted.values);
        row.await?.cells().number()
    }

    async fn list_rows_tally(
        &mut self,
        sight: &RowSight,
        register: Option<&str>,
        today: NaiveDate,
    ) -> StoreResult<Vec<RowTally>> {
        let mut wanted = Wanted {
            text: "bureau_id = $1 AND NOT is_withdrawn".to_owned(),
            values: values![self.bureau],
        };
        if let Some(register) = register {
            let register = wanted.placeholder(register);
            wanted.and(&format!("register = {register}"));
        }
        wanted.sight(sight);
        let today = wanted.placeholder(today);
        let sum = |when: &str| format!("CAST(sum(CASE WHEN {when} THEN 1 ELSE 0 END) AS BIGINT)");
        let sql = format!(
            "SELECT register, count(*), {}, {}, {}, {} FROM list_rows WHERE {} \
             GROUP BY register ORDER BY register",
            sum("limit_day IS NOT NULL"),
            sum("is_open"),
            sum("is_open AND limit_day IS NULL"),
            sum(&format!("is_open AND limit_day < {today}")),
            wanted.text
        );
        let mut tallies = Vec::new();
        for row in self
            .conn
            .fetch_all(AssertSqlSafe(sql), wanted.values)
            .await?
        {
            let mut cells = row.cells();
            tallies.push(RowTally {
                register: cells.take()?,
                rows: cells.number()?,
                limited: cells.number()?,
                open: cells.number()?,
                unlimited: cells.number()?,
                overdue: cells.number()?,
            });
        }
        Ok(tallies)
    }

    async fn list_row_save(
        &mut self,
        row: &ListRow,
        events: &[RowEvent],
        by: &Signed,
    ) -> StoreResult<()> {
        let saved = self.save_list_row(row, events, by).await;
        self.noting(saved)
    }
}

impl Work {
    async fn save_list_row(
        &mut self,
        row: &ListRow,
        events: &[RowEvent],
        by: &Signed,
    ) -> StoreResult<()> {
        if events.is_empty() {
            return Ok(());
        }
        self.append(ListRow::STREAM, row.id.0, row.version, events, by)
            .await?;
        let count = i64::try_from(events.len()).map_err(|_over| fault("too many events"))?;
        project(&mut self.conn, self.bureau, row, count).await
    }
}

/// Writes the row to which the last `count` events led.
pub(crate) async fn project(
    conn: &mut Conn,
    bureau: BureauId,
    row: &ListRow,
    count: i64,
) -> StoreResult<()> {
    let sql = "INSERT INTO list_rows (bureau_id, id, version, register, unit_id, person_id, \
               state, is_open, is_withdrawn, mark, period_day, day, limit_day, record) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
               ON CONFLICT (bureau_id, id) DO UPDATE SET version = excluded.version, \
               register = excluded.register, unit_id = excluded.unit_id, \
               person_id = excluded.person_id, state = excluded.state, \
               is_open = excluded.is_open, is_withdrawn = excluded.is_withdrawn, \
               mark = excluded.mark, period_day = excluded.period_day, day = excluded.day, \
               limit_day = excluded.limit_day, record = excluded.record \
               WHERE list_rows.version = $15";
    let content = &row.content;
    let values = values![
        bureau,
        row.id.0,
        row.version,
        &row.register,
        content.unit,
        content.person,
        &row.state,
        row.is_open,
        row.withdrawn.is_some(),
        content.mark.name(),
        content.period,
        row.day(),
        content.limit,
        to_json(row)?,
        row.version - count,
    ];
    if conn.execute(sql, values).await? == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale)
    }
}

/// What rows are put in order by before their ids, which are handed out in time: the latest come
/// first where there is nothing else.
fn key(sort: RowSort) -> Option<&'static str> {
    match sort {
        RowSort::Latest => None,
        RowSort::Limit => Some("COALESCE(limit_day, 9223372036854775807)"),
        RowSort::Day => Some("day"),
    }
}

/// A page mark: the key of the last row and its id.
fn place(after: &str) -> Option<(i64, Uuid)> {
    let (day, id) = after.split_once('~')?;
    let day: i64 = day.parse().ok()?;
    Some((day, Uuid::parse_str(id).ok()?))
}

/// Conditions on `list_rows`, all of which must hold.
struct Wanted {
    text: String,
    values: Vec<Value>,
}

impl Wanted {
    fn of(bureau: BureauId, filter: &RowFilter) -> Self {
        let mut wanted = Self {
            text: "bureau_id = $1 AND register = $2".to_owned(),
            values: values![bureau, &filter.register],
        };
        wanted.sight(&filter.sight);
        wanted.and(match filter.withdrawn {
            true => "is_withdrawn",
            false => "NOT is_withdrawn",
        });
        if let Some(unit) = filter.unit {
            wanted.equals("unit_id", unit);
        }
        if let Some(person) = filter.person {
            wanted.equals("person_id", person);
        }
        if let Some(state) = &filter.state {
            wanted.equals("state", state);
        }
        match filter.open {
            Some(true) => wanted.and("is_open"),
            Some(false) => wanted.and("NOT is_open"),
            None => {}
        }
        if let Some(period) = filter.period {
            wanted.equals("period_day", period);
        }
        match filter.limit {
            None => {}
            Some(LimitWish::Set) => wanted.and("limit_day IS NOT NULL"),
            Some(LimitWish::Missing) => wanted.and("limit_day IS NULL AND is_open"),
            Some(LimitWish::Overdue(today)) => {
                let today = wanted.placeholder(today);
                wanted.and(&format!("is_open AND limit_day < {today}"));
            }
        }
        if filter.unmarked {
            wanted.equals("mark", Mark::None.name());
        }
        wanted
    }

    fn and(&mut self, condition: &str) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
    }

    fn placeholder(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn equals(&mut self, column: &'static str, value: impl Into<Value>) {
        let value = self.placeholder(value);
        self.and(&format!("{column} = {value}"));
    }

    /// Whose rows are seen, and of work secrets those that are one's own.
    fn sight(&mut self, sight: &RowSight) {
        let mut own = Vec::new();
        if !sight.units.is_empty() {
            own.push(format!("unit_id IN ({})", self.list(&sight.units)));
        }
        if let Some(person) = sight.person {
            let person = self.placeholder(person);
            own.push(format!("person_id = {person}"));
        }
        let mut seen = own.clone();
        if sight.all {
            seen.push("unit_id IS NOT NULL OR person_id IS NOT NULL".to_owned());
        }
        if sight.bureau {
            seen.push("(unit_id IS NULL AND person_id IS NULL)".to_owned());
        }
        let seen = match seen.is_empty() {
            true => "FALSE".to_owned(),
            false => seen.join(" OR "),
        };
        self.and(&format!("({seen})"));
        if !sight.secrets {
            let secret = self.placeholder(Mark::WorkSecret.name());
            let own: String = own.iter().map(|own| format!(" OR {own}")).collect();
            self.and(&format!("(mark <> {secret}{own})"));
        }
    }

    fn list(&mut self, units: &[UnitId]) -> String {
        let places: Vec<String> = units.iter().map(|unit| self.placeholder(*unit)).collect();
        places.join(", ")
    }
}
