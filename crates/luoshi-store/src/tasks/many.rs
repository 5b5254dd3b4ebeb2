//! Saving many tasks that are new, many rows in one statement.

use luoshi_domain::ports::{StoreResult, TaskSteps};
use luoshi_domain::tasks::{Task, TaskEvent};

use crate::attachments;
use crate::bulk::Bulk;
use crate::journal::INSERT_EVENTS;
use crate::lights;
use crate::sql::{to_json, values};
use crate::tasks::{above, rows, search};
use crate::work::Work;

impl Work {
    /// The same events and rows as of [`Work::save_steps`] for each of the tasks.
    pub(super) async fn save_new(&mut self, tasks: &[TaskSteps]) -> StoreResult<()> {
        let edition = lights::latest(&mut self.conn, self.bureau).await?.number;
        let numbers = lights::numbers(&mut self.conn, self.bureau, edition).await?;
        let bureau = self.bureau;
        let mut events = Bulk::insert(INSERT_EVENTS);
        let mut lines = Bulk::insert(rows::INSERT);
        let mut records = Bulk::insert(rows::INSERT_RECORDS);
        let mut texts = Bulk::insert(search::INSERT);
        let mut limits = Bulk::insert(rows::INSERT_LIMITS);
        let mut blockers = Bulk::insert(rows::INSERT_BLOCKERS);
        let mut tags = Bulk::insert(rows::INSERT_TAGS);
        let mut units = Bulk::insert(rows::INSERT_UNITS);
        for (task, steps) in tasks {
            for row in self.begun(Task::STREAM, task.id.0, steps).await? {
                events.push(&mut self.conn, row).await?;
            }
            let conn = &mut self.conn;
            let line = rows::values_of(bureau, task, edition, &numbers)?;
            lines.push(conn, line).await?;
            let record = values![bureau, task.id, to_json(task)?];
            records.push(conn, record).await?;
            let said: Vec<TaskEvent> = steps.iter().map(|(event, _)| event.clone()).collect();
            for row in search::rows(bureau, task, 0, &said) {
                texts.push(conn, row).await?;
            }
            for (step, day) in rows::limit_days(task) {
                limits
                    .push(conn, values![bureau, task.id, step, day])
                    .await?;
            }
            for blocker in task.blockers_open() {
                let row = values![
                    bureau,
                    task.id,
                    blocker.number,
                    blocker.leader,
                    blocker.answer_by
                ];
                blockers.push(conn, row).await?;
            }
            for tag in &task.tags {
                tags.push(conn, values![bureau, task.id, tag]).await?;
            }
            for ((unit, role), to_receive) in rows::unit_rows(task) {
                let row = values![bureau, task.id, unit, role, to_receive];
                units.push(conn, row).await?;
            }
        }
        for bulk in [events, lines, records, texts, limits, blockers, tags, units] {
            bulk.finish(&mut self.conn).await?;
        }
        // A new task has files, or others around it, in tests alone.
        for (task, steps) in tasks {
            let said: Vec<TaskEvent> = steps.iter().map(|(event, _)| event.clone()).collect();
            above::project(&mut self.conn, bureau, task, (true, true), &said).await?;
            attachments::project(&mut self.conn, bureau, task, &said).await?;
            search::project_files(&mut self.conn, bureau, task, &said).await?;
        }
        Ok(())
    }
}
