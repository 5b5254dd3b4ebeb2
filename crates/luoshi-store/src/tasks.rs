//! A task's row, the units it concerns, and the lists over them.

mod above;
mod filter;
mod many;
mod pages;
mod rows;
pub(crate) mod search;
mod walks;

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use luoshi_domain::ids::{BureauId, PlanId, TaskId};
use luoshi_domain::journal::Signed;
use luoshi_domain::ports::{StoreError, StoreResult, TaskSteps, Tasks};
use luoshi_domain::search::{Said, Words};
use luoshi_domain::tasks::lists::{
    LightTally, Page, PageRequest, PlanTask, StepLimits, StepsDue, TaskFilter, TaskGroup, TaskRow,
    TaskSaid, TaskSort,
};
use luoshi_domain::tasks::{Task, TaskEvent};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::conn::Conn;
use crate::sql::{Value, fault, narrow, values};
use crate::tasks::pages::Mark;
use crate::work::Work;

pub(crate) use filter::{Where, colour_sql};
pub(crate) use rows::{LISTED, OVER, TIMED, UNTIMED, limit, listed_with, project, project_under};

/// The number series of the opening notices.
const NOTICE_SERIES: &str = "task";

/// Tasks read in one statement.
const TASKS_READ: usize = 500;

const RECORD: &str = "SELECT record FROM task_records WHERE bureau_id = $1 AND task_id = $2";

/// A task that has a row.
pub(crate) async fn recorded(conn: &mut Conn, bureau: BureauId, id: TaskId) -> StoreResult<Task> {
    conn.fetch_one(RECORD, values![bureau, id])
        .await?
        .cells()
        .json()
}

#[async_trait]
impl Tasks for Work {
    async fn task_get(&mut self, id: TaskId) -> StoreResult<Option<Task>> {
        let found = self.conn.fetch_optional(RECORD, values![self.bureau, id]);
        let Some(row) = found.await? else {
            return Ok(None);
        };
        let mut task: Task = row.cells().json()?;
        above::tell(&mut self.conn, self.bureau, std::slice::from_mut(&mut task)).await?;
        Ok(Some(task))
    }

    async fn tasks_get(&mut self, ids: &[TaskId]) -> StoreResult<Vec<Task>> {
        let mut known: HashMap<TaskId, Task> = HashMap::with_capacity(ids.len());
        for part in ids.chunks(TASKS_READ) {
            let mut values = values![self.bureau];
            let places: Vec<String> = part
                .iter()
                .map(|id| {
                    values.push(Value::from(*id));
                    format!("${}", values.len())
                })
                .collect();
            let sql = format!(
                "SELECT record FROM task_records WHERE bureau_id = $1 AND task_id IN ({})",
                places.join(", ")
            );
            for row in self.conn.fetch_all(AssertSqlSafe(sql), values).await? {
                let task: Task = row.cells().json()?;
                known.insert(task.id, task);
            }
        }
        let mut tasks: Vec<Task> = ids.iter().filter_map(|id| known.remove(id)).collect();
        above::tell(&mut self.conn, self.bureau, &mut tasks).await?;
        Ok(tasks)
    }

    async fn tasks_list(
        &mut self,
        filter: &TaskFilter,
        sort: TaskSort,
        page: &PageRequest,
    ) -> StoreResult<Page<TaskRow>> {
        if page.size == 0 {
            return Err(StoreError::Unusable("a page has at least one row"));
        }
        let mut conditions = self.narrowed(filter).await?;
        if let Some(after) = &page.after {
            Mark::parse(after, sort)?.narrow(&mut conditions);
        }
        if conditions.walks() {
            return self.walk(&conditions, sort, page.size).await;
        }
        let statement = list_sql(conditions, sort, i64::from(page.size) + 1);
        self.page(statement, sort, page.size).await
    }

    async fn tasks_full(
        &mut self,
        filter: &TaskFilter,
        sort: TaskSort,
        page: &PageRequest,
    ) -> StoreResult<Page<Task>> {
        let mut conditions = self.narrowed(filter).await?;
        if let Some(after) = &page.after {
            Mark::parse(after, sort)?.narrow(&mut conditions);
        }
        let (sql, values) = full_sql(conditions, sort, i64::from(page.size) + 1);
        let found = self.conn.fetch_all(AssertSqlSafe(sql), values).await?;
        let size = narrow(i64::from(page.size))?;
        let more = found.len() > size;
        let mut rows: Vec<Task> = Vec::with_capacity(found.len());
        for row in found.iter().take(size) {
            rows.push(row.cells().json()?);
        }
        above::tell(&mut self.conn, self.bureau, &mut rows).await?;
        let last = rows.last().filter(|_last| more);
        let next = last.map(|task| Mark::of_task(task, sort).to_string());
        Ok(Page { rows, next })
    }

    async fn tasks_hits(
        &mut self,
        tasks: &[TaskId],
        words: &Words,
    ) -> StoreResult<Vec<(TaskId, Said)>> {
        search::hits(&mut self.conn, self.bureau, tasks, words).await
    }

    async fn tasks_grouped(
        &mut self,
        filter: &TaskFilter,
        by: TaskGroup,
        limit: u32,
    ) -> StoreResult<Vec<(Option<String>, u32)>> {
        let (sql, values) = grouped_sql(self.narrowed(filter).await?, by, limit);
        let found = self.conn.fetch_all(AssertSqlSafe(sql), values).await?;
        let mut groups = Vec::with_capacity(found.len());
        for row in &found {
            let mut cells = row.cells();
            let key = match by {
                TaskGroup::Category => cells.take()?,
                TaskGroup::Lead | TaskGroup::Deputy | TaskGroup::Plan => {
                    cells.take::<Option<Uuid>>()?.map(|id| id.to_string())
                }
            };
            groups.push((key, cells.number()?));
        }
        Ok(groups)
    }

    async fn tasks_count(&mut self, filter: &TaskFilter, cap: u32) -> StoreResult<u32> {
        let (sql, values) = count_sql(self.narrowed(filter).await?, cap);
        let row = self.conn.fetch_one(AssertSqlSafe(sql), values).await?;
        row.cells().number()
    }

    async fn tasks_steps_due(&mut self, filter: &TaskFilter) -> StoreResult<Vec<StepsDue>> {
        let Some(steps) = filter.steps else {
            return Ok(Vec::new());
        };
        let (sql, values) = steps_due_sql(self.bureau, filter, &steps);
        let found = self.conn.fetch_all(AssertSqlSafe(sql), values).await?;
        found.iter().map(rows::steps_due).collect()
    }

    async fn tasks_counts(&mut self, filters: &[TaskFilter], cap: u32) -> StoreResult<Vec<u32>> {
        self.counts(filters, cap).await
    }

    async fn tasks_by_light(
        &mut self,
        filter: &TaskFilter,
        today: NaiveDate,
        cap: u32,
    ) -> StoreResult<LightTally> {
        self.by_light(filter, today, cap).await
    }

    async fn tags_known(&mut self, limit: u32) -> StoreResult<Vec<String>> {
        let sql = "SELECT tag FROM task_tags WHERE bureau_id = $1 GROUP BY tag \
                   ORDER BY count(*) DESC, tag LIMIT $2";
        let found = self.conn.fetch_all(sql, values![self.bureau, limit]);
        found.await?.iter().map(|row| row.cells().take()).collect()
    }

    async fn tasks_oldest(&mut self, filter: &TaskFilter) -> StoreResult<Option<NaiveDate>> {
        let conditions = self.narrowed(filter).await?;
        let sql = format!(
            "{}SELECT min(t.issued_day) FROM tasks AS t WHERE {}",
            search::before(&conditions.found),
            conditions.text()
        );
        let values = conditions.into_values();
        let row = self.conn.fetch_one(AssertSqlSafe(sql), values).await?;
        row.cells().optional_day()
    }

    async fn tasks_of_plan(&mut self, plan: PlanId) -> StoreResult<Vec<PlanTask>> {
        let sql = "SELECT id, proposal_id, number, title, state, lead_id, limit_day FROM tasks \
                   WHERE bureau_id = $1 AND plan_id = $2 ORDER BY opened_at, id";
        let found = self.conn.fetch_all(sql, values![self.bureau, plan]).await?;
        let rows = found.iter().map(|row| rows::of_plan(&mut row.cells()));
        rows.collect()
    }

    async fn tasks_said(&mut self, limit: u32) -> StoreResult<Vec<TaskSaid>> {
        let sql = "SELECT t.id, t.proposal_id, t.number, t.title, t.state, t.lead_id, \
                   t.limit_day, t.plan_id, t.clause_path, r.record FROM tasks AS t \
                   JOIN task_records AS r ON r.bureau_id = t.bureau_id AND r.task_id = t.id \
                   WHERE t.bureau_id = $1 AND t.state <> 'cancelled' \
                   ORDER BY t.opened_at DESC, t.id DESC LIMIT $2";
        let found = self.conn.fetch_all(sql, values![self.bureau, limit]);
        found.await?.iter().map(rows::said).collect()
    }

    async fn task_latest(&mut self) -> StoreResult<Option<TaskId>> {
        let sql = "SELECT id FROM tasks WHERE bureau_id = $1 \
                   ORDER BY opened_at DESC, id DESC LIMIT 1";
        let found = self.conn.fetch_optional(sql, values![self.bureau]).await?;
        found.map(|row| row.cells().id()).transpose()
    }

    async fn task_save(
        &mut self,
        task: &Task,
        events: &[TaskEvent],
        by: &Signed,
    ) -> StoreResult<()> {
        let saved = self.save_task(task, events, by).await;
        self.noting(saved)
    }

    async fn task_save_steps(
        &mut self,
        task: &Task,
        steps: &[(TaskEvent, Signed)],
    ) -> StoreResult<()> {
        let saved = self.save_steps(task, steps).await;
        self.noting(saved)
    }

    async fn tasks_save_new(&mut self, tasks: &[TaskSteps]) -> StoreResult<()> {
        let saved = self.save_new(tasks).await;
        self.noting(saved)
    }

    async fn task_numbers_take(&mut self, year: i32, count: u32) -> StoreResult<i64> {
        let last = self.series_take(NOTICE_SERIES, year, count).await;
        Ok(self.noting(last)? - i64::from(count) + 1)
    }

    async fn task_number_next(&mut self, year: i32) -> StoreResult<i64> {
        self.series_next(NOTICE_SERIES, year).await
    }

    async fn series_next(&mut self, series: &'static str, year: i32) -> StoreResult<i64> {
        let last = self.series_take(series, year, 1).await;
        self.noting(last)
    }
}

impl Work {
    /// The rows that a statement of [`list_sql`] gives, of which one more than `size` was asked for.
    async fn page(
        &mut self,
        (sql, values): (String, Vec<Value>),
        sort: TaskSort,
        size: u32,
    ) -> StoreResult<Page<TaskRow>> {
        let found = self.conn.fetch_all(AssertSqlSafe(sql), values).await?;
        let size = narrow(i64::from(size))?;
        let more = found.len() > size;
        let mut rows = Vec::with_capacity(found.len());
        let mut last = None;
        for row in found.iter().take(size) {
            let (task, opened_at) = rows::listed(row)?;
            last = Some(Mark::of(&task, opened_at, sort));
            rows.push(task);
        }
        let next = last.filter(|_mark| more).map(|mark| mark.to_string());
        Ok(Page { rows, next })
    }

    /// How many tasks each filter has, each up to `cap`, in one statement.
    async fn counts(&mut self, filters: &[TaskFilter], cap: u32) -> StoreResult<Vec<u32>> {
        if filters.is_empty() {
            return Ok(Vec::new());
        }
        let (sql, values) = self.counts_sql(filters, cap).await?;
        let found = self.conn.fetch_all(AssertSqlSafe(sql), values).await?;
        let mut counts = vec![0; filters.len()];
        for row in &found {
            let mut cells = row.cells();
            let place: usize = cells.number()?;
            let count = cells.number()?;
            if let Some(known) = counts.get_mut(place) {
                *known = count;
            }
        }
        Ok(counts)
    }

    async fn save_task(
        &mut self,
        task: &Task,
        events: &[TaskEvent],
        by: &Signed,
    ) -> StoreResult<()> {
        if events.is_empty() {
            return Ok(());
        }
        self.append(Task::STREAM, task.id.0, task.version, events, by)
            .await?;
        project(&mut self.conn, self.bureau, task, events).await
    }

    async fn save_steps(&mut self, task: &Task, steps: &[(TaskEvent, Signed)]) -> StoreResult<()> {
        let count = i64::try_from(steps.len()).map_err(|_over| fault("too many events"))?;
        let mut version = task.version - count;
        for part in steps.chunk_by(|(_, one), (_, other)| one == other) {
            let Some((_, by)) = part.first() else {
                continue;
            };
            let events: Vec<&TaskEvent> = part.iter().map(|(event, _)| event).collect();
            version += i64::try_from(events.len()).map_err(|_over| fault("too many events"))?;
            self.append(Task::STREAM, task.id.0, version, &events, by)
                .await?;
        }
        let events: Vec<TaskEvent> = steps.iter().map(|(event, _)| event.clone()).collect();
        project(&mut self.conn, self.bureau, task, &events).await
    }

    /// Takes the next numbers of a series; the last of them.
    async fn series_take(
        &mut self,
        series: &'static str,
        year: i32,
        count: u32,
    ) -> StoreResult<i64> {
        let sql = "INSERT INTO number_series (bureau_id, series, year, last) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (bureau_id, series, year) \
                   DO UPDATE SET last = number_series.last + excluded.last RETURNING last";
        let values = values![self.bureau, series, i64::from(year), count];
        self.conn.fetch_one(sql, values).await?.cells().take()
    }

    /// One statement that counts for each filter up to `cap`, with its values.
    async fn counts_sql(
        &mut self,
        filters: &[TaskFilter],
        cap: u32,
    ) -> StoreResult<(String, Vec<Value>)> {
        let mut values = values![self.bureau, cap];
        // What is searched for is looked up once for all filters that ask for the same.
        let mut searched: Vec<(&str, Vec<String>)> = Vec::new();
        let mut found = Vec::new();
        let mut words = 0;
        let mut parts = Vec::with_capacity(filters.len());
        for (place, filter) in filters.iter().enumerate() {
            let mut conditions = Where::after(values, filter);
            if let Some(text) = filter.text.as_deref() {
                if searched.iter().all(|(known, _)| *known != text) {
                    let mut holding = Vec::new();
                    for word in &search::words(&mut self.conn, text).await? {
                        let one = conditions.holding(&self.conn, word, words);
                        words += 1;
                        holding.push(one.condition);
                        found.extend(one.found);
                    }
                    searched.push((text, holding));
                }
                let known = searched.iter().find(|(known, _)| *known == text);
                for condition in known.into_iter().flat_map(|(_, holding)| holding) {
                    conditions.and(condition);
                }
            }
            parts.push(format!(
                "SELECT CAST({place} AS BIGINT), count(*) FROM \
                 (SELECT 1 FROM tasks AS t WHERE {} LIMIT $2) AS c{place}",
                conditions.text(),
            ));
            values = conditions.into_values();
        }
        let sql = format!("{}{}", search::before(&found), parts.join(" UNION ALL "));
        Ok((sql, values))
    }

    /// What the filter lets through, the words looked for in the way that suits them.
    async fn narrowed(&mut self, filter: &TaskFilter) -> StoreResult<Where> {
        let mut conditions = Where::after(values![self.bureau], filter);
        if let Some(text) = &filter.text {
            let words = search::words(&mut self.conn, text).await?;
            conditions.says(&self.conn, &words);
        }
        Ok(conditions)
    }
}

/// As [`list_sql`], with the whole of each task.
fn full_sql(mut conditions: Where, sort: TaskSort, limit: i64) -> (String, Vec<Value>) {
    let limit = conditions.placeholder(limit);
    let sql = format!(
        "{}SELECT r.record FROM tasks AS t CROSS JOIN task_records AS r WHERE {} \
         AND r.bureau_id = t.bureau_id AND r.task_id = t.id ORDER BY {} LIMIT {limit}",
        search::before(&conditions.found),
        conditions.text(),
        pages::order(sort),
    );
    (sql, conditions.into_values())
}

/// The statement that counts by group, with its values.
fn grouped_sql(mut conditions: Where, by: TaskGroup, limit: u32) -> (String, Vec<Value>) {
    let key = filter::group_column(by);
    let limit = conditions.placeholder(limit);
    let sql = format!(
        "{}SELECT {key}, count(*) FROM tasks AS t WHERE {} GROUP BY {key} \
         ORDER BY count(*) DESC, {key} LIMIT {limit}",
        search::before(&conditions.found),
        conditions.text(),
    );
    (sql, conditions.into_values())
}

/// The statement of one page with its values.
fn list_sql(mut conditions: Where, sort: TaskSort, limit: i64) -> (String, Vec<Value>) {
    let limit = conditions.placeholder(limit);
    let (before, order) = (search::before(&conditions.found), pages::order(sort));
    let rows = format!("{} ORDER BY {order} LIMIT {limit}", conditions.text());
    let sql = match sort {
        // What has to be sorted is sorted as ids; only those of the page are read whole.
        TaskSort::Updated | TaskSort::Opened if conditions.by_light => format!(
            "{before}SELECT {LISTED} FROM tasks AS t WHERE t.bureau_id = $1 AND t.id IN \
             (SELECT t.id FROM tasks AS t WHERE {rows}) ORDER BY {order}"
        ),
        TaskSort::Updated | TaskSort::Opened | TaskSort::Limit => {
            format!("{before}SELECT {LISTED} FROM tasks AS t WHERE {rows}")
        }
    };
    (sql, conditions.into_values())
}

/// The statement that counts up to `cap`, with its values.
fn count_sql(mut conditions: Where, cap: u32) -> (String, Vec<Value>) {
    let cap = conditions.placeholder(cap);
    let sql = format!(
        "{}SELECT count(*) FROM (SELECT 1 FROM tasks AS t WHERE {} LIMIT {cap}) AS counted",
        search::before(&conditions.found),
        conditions.text(),
    );
    (sql, conditions.into_values())
}

/// The statement that counts each step's limits day by day, with its values.
fn steps_due_sql(
    bureau: BureauId,
    filter: &TaskFilter,
    steps: &StepLimits,
) -> (String, Vec<Value>) {
    let filter = TaskFilter {
        steps: None,
        ..filter.clone()
    };
    let mut conditions = Where::of(bureau, &filter);
    let limits = conditions.limits(steps);
    let sql = format!(
        "SELECT d.day, d.step, count(*) FROM task_limits AS d \
         JOIN tasks AS t ON t.bureau_id = d.bureau_id AND t.id = d.task_id \
         WHERE {limits} AND {} GROUP BY d.day, d.step ORDER BY d.day, d.step",
        conditions.text(),
    );
    (sql, conditions.into_values())
}

#[cfg(test)]
mod tests;
