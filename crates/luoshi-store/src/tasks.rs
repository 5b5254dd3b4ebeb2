//! A task's row, the units it concerns, and the lists over them.

mod filter;
mod pages;
mod rows;

use async_trait::async_trait;
use chrono::NaiveDate;
use luoshi_domain::ids::{BureauId, PlanId, TaskId};
use luoshi_domain::journal::Signed;
use luoshi_domain::ports::{StoreError, StoreResult, Tasks};
use luoshi_domain::tasks::lists::{
    Page, PageRequest, PlanTask, StepLimits, StepsDue, TaskFilter, TaskRow, TaskSaid, TaskSort,
};
use luoshi_domain::tasks::{Task, TaskEvent};
use sqlx::AssertSqlSafe;

use crate::sql::{narrow, values};
use crate::tasks::pages::Mark;
use crate::work::Work;

pub(crate) use filter::{Where, colour_sql};
pub(crate) use rows::{LISTED, OVER, TIMED, UNTIMED, limit, listed_with, project, project_under};

/// The number series of the opening notices.
const NOTICE_SERIES: &str = "task";

#[async_trait]
impl Tasks for Work {
    async fn task_get(&mut self, id: TaskId) -> StoreResult<Option<Task>> {
        let sql = "SELECT record FROM task_records WHERE bureau_id = $1 AND task_id = $2";
        match self
            .conn
            .fetch_optional(sql, values![self.bureau, id])
            .await?
        {
            Some(row) => Ok(Some(row.cells().json()?)),
            None => Ok(None),
        }
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
        let mut conditions = Where::of(self.bureau, filter);
        if let Some(after) = &page.after {
            Mark::parse(after, sort)?.narrow(&mut conditions, sort);
        }
        let (sql, values) = list_sql(conditions, sort, i64::from(page.size) + 1);
        let found = self.conn.fetch_all(AssertSqlSafe(sql), values).await?;
        let size = narrow(i64::from(page.size))?;
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

    async fn tasks_count(&mut self, filter: &TaskFilter, cap: u32) -> StoreResult<u32> {
        let (sql, values) = count_sql(Where::of(self.bureau, filter), cap);
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

    async fn tasks_oldest(&mut self, filter: &TaskFilter) -> StoreResult<Option<NaiveDate>> {
        let conditions = Where::of(self.bureau, filter);
        let sql = format!(
            "SELECT min(t.issued_day) FROM tasks AS t WHERE {}",
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

    async fn task_number_next(&mut self, year: i32) -> StoreResult<i64> {
        self.series_next(NOTICE_SERIES, year).await
    }

    async fn series_next(&mut self, series: &'static str, year: i32) -> StoreResult<i64> {
        let sql = "INSERT INTO number_series (bureau_id, series, year, last) \
                   VALUES ($1, $2, $3, 1) ON CONFLICT (bureau_id, series, year) \
                   DO UPDATE SET last = number_series.last + 1 RETURNING last";
        let values = values![self.bureau, series, i64::from(year)];
        let given = self.conn.fetch_one(sql, values).await;
        self.noting(given)?.cells().take()
    }
}

impl Work {
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
        project(&mut self.conn, self.bureau, task, events.len()).await
    }
}

/// The statement of one page with its values.
fn list_sql(mut conditions: Where, sort: TaskSort, limit: i64) -> (String, Vec<crate::sql::Value>) {
    let limit = conditions.placeholder(limit);
    let sql = format!(
        "SELECT {} FROM tasks AS t WHERE {} ORDER BY {} LIMIT {limit}",
        LISTED,
        conditions.text(),
        pages::order(sort),
    );
    (sql, conditions.into_values())
}

/// The statement that counts up to `cap`, with its values.
fn count_sql(mut conditions: Where, cap: u32) -> (String, Vec<crate::sql::Value>) {
    let cap = conditions.placeholder(cap);
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM tasks AS t WHERE {} LIMIT {cap}) AS counted",
        conditions.text(),
    );
    (sql, conditions.into_values())
}

/// The statement that counts each step's limits day by day, with its values.
fn steps_due_sql(
    bureau: BureauId,
    filter: &TaskFilter,
    steps: &StepLimits,
) -> (String, Vec<crate::sql::Value>) {
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
