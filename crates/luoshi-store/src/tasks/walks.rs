//! Lists of which every row must be looked into, in bounded steps, and counts by light.
//!
//! A word that very many texts hold is in the next rows of nearly any list. Where it is not, a
//! page ends after so many rows were looked at, with the mark from which the next goes on; a count
//! says how many there are among the first rows, and that there may be more.

use chrono::NaiveDate;
use luoshi_domain::lights::Colour;
use luoshi_domain::ports::StoreResult;
use luoshi_domain::tasks::lists::{LightFilter, LightTally, Page, TaskFilter, TaskRow, TaskSort};
use sqlx::AssertSqlSafe;

use crate::sql::Value;
use crate::tasks::pages::{self, Mark};
use crate::tasks::{Where, colour_sql, list_sql, search};
use crate::work::Work;

/// Rows looked at for a page: few, which is mostly enough, then many.
const STEPS: [u32; 2] = [300, 3000];

/// Rows looked at for a count: each has some five texts.
const COUNTED: u32 = 400;

/// Every colour, in the order of a tally.
const COLOURS: [Colour; 5] = [
    Colour::Red,
    Colour::Yellow,
    Colour::Green,
    Colour::Grey,
    Colour::Done,
];

impl Work {
    /// A page of a list of which every row must be looked into.
    pub(super) async fn walk(
        &mut self,
        conditions: &Where,
        sort: TaskSort,
        size: u32,
    ) -> StoreResult<Page<TaskRow>> {
        let mut walked = Page {
            rows: Vec::new(),
            next: None,
        };
        for rows in STEPS {
            let bound = self.bound(conditions, sort, rows.max(size)).await?;
            let mut near = conditions.clone();
            if let Some(bound) = &bound {
                bound.narrow_until(&mut near);
            }
            let statement = list_sql(near, sort, i64::from(size) + 1);
            walked = self.page(statement, sort, size).await?;
            let Some(bound) = bound.filter(|_bound| walked.next.is_none()) else {
                return Ok(walked);
            };
            walked.next = Some(bound.to_string());
        }
        Ok(walked)
    }

    /// How many tasks of the filter have each light, each up to `cap`.
    pub(super) async fn by_light(
        &mut self,
        filter: &TaskFilter,
        today: NaiveDate,
        cap: u32,
    ) -> StoreResult<LightTally> {
        let mut conditions = self.narrowed(filter).await?;
        if filter.text.is_none() {
            return self.capped(filter, today, cap).await;
        }
        // Few were found, or few are looked at: each once, for all colours.
        let mut at_least = false;
        if conditions.walks() && cap < u32::MAX {
            let sort = TaskSort::Limit;
            if let Some(bound) = self.bound(&conditions, sort, COUNTED).await? {
                bound.narrow_until(&mut conditions);
                at_least = true;
            }
        }
        let (sql, values) = by_light_sql(conditions, today);
        let found = self.conn.fetch_all(AssertSqlSafe(sql), values).await?;
        let mut counts = COLOURS.map(|colour| (colour, 0));
        for row in &found {
            let mut cells = row.cells();
            let (colour, count): (Colour, u32) = (cells.named()?, cells.number()?);
            for known in counts.iter_mut().filter(|(known, _)| *known == colour) {
                known.1 = count;
            }
        }
        Ok(LightTally { counts, at_least })
    }

    /// One count for each colour, none further than `cap`.
    async fn capped(
        &mut self,
        filter: &TaskFilter,
        today: NaiveDate,
        cap: u32,
    ) -> StoreResult<LightTally> {
        let filters = COLOURS.map(|colour| TaskFilter {
            light: Some(LightFilter { colour, today }),
            ..filter.clone()
        });
        let found = self.counts(&filters, cap).await?;
        let mut counts = COLOURS.map(|colour| (colour, 0));
        for (known, count) in counts.iter_mut().zip(found) {
            known.1 = count;
        }
        Ok(LightTally {
            counts,
            at_least: counts.iter().any(|(_, count)| *count >= cap),
        })
    }

    /// The place of the last of so many rows of the list; none where it has fewer.
    async fn bound(
        &mut self,
        conditions: &Where,
        sort: TaskSort,
        rows: u32,
    ) -> StoreResult<Option<Mark>> {
        let (sql, values) = bound_sql(conditions.clone(), sort, rows);
        let found = self.conn.fetch_optional(AssertSqlSafe(sql), values).await?;
        found.map(|row| Mark::read(&row, sort)).transpose()
    }
}

/// The statement that finds the place of the last of so many rows, with its values.
pub(super) fn bound_sql(mut conditions: Where, sort: TaskSort, rows: u32) -> (String, Vec<Value>) {
    let skipped = conditions.placeholder(rows.saturating_sub(1));
    let sql = format!(
        "SELECT {}, t.id FROM tasks AS t WHERE {} ORDER BY {} LIMIT 1 OFFSET {skipped}",
        pages::key_column(sort),
        conditions.bare(),
        pages::order(sort),
    );
    (sql, conditions.into_values())
}

/// The statement that counts each colour, with its values.
fn by_light_sql(mut conditions: Where, today: NaiveDate) -> (String, Vec<Value>) {
    let colour = colour_sql(&conditions.placeholder(today));
    let sql = format!(
        "{}SELECT {colour} AS colour, count(*) FROM tasks AS t WHERE {} GROUP BY 1",
        search::before(&conditions.found),
        conditions.text(),
    );
    (sql, conditions.into_values())
}
