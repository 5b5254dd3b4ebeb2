//! Days that were looked through, and what somebody was reminded of.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use luoshi_domain::ids::TaskId;
use luoshi_domain::ports::{Reminders, StoreResult};

use crate::sql::values;
use crate::work::Work;

#[async_trait]
impl Reminders for Work {
    async fn sweep_begin(&mut self, day: NaiveDate) -> StoreResult<bool> {
        let sql = "INSERT INTO sweeps (bureau_id, day, finished, report_record) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (bureau_id, day) DO NOTHING";
        let values = values![self.bureau, day, false, "{}"];
        let begun = self.conn.execute(sql, values).await;
        Ok(self.noting(begun)? == 1)
    }

    async fn sweep_finish(&mut self, day: NaiveDate, report: &str) -> StoreResult<()> {
        let sql = "INSERT INTO sweeps (bureau_id, day, finished, report_record) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (bureau_id, day) \
                   DO UPDATE SET finished = excluded.finished, \
                   report_record = excluded.report_record";
        let values = values![self.bureau, day, true, report];
        let finished = self.conn.execute(sql, values).await;
        self.noting(finished).map(|_rows| ())
    }

    async fn sweep_report(&mut self, day: NaiveDate) -> StoreResult<Option<String>> {
        let sql = "SELECT report_record FROM sweeps \
                   WHERE bureau_id = $1 AND day = $2 AND finished = TRUE";
        let row = self
            .conn
            .fetch_optional(sql, values![self.bureau, day])
            .await?;
        row.map(|row| row.cells().take()).transpose()
    }

    async fn reminder_note(
        &mut self,
        task: TaskId,
        kind: &'static str,
        stamp: &str,
        at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let sql = "INSERT INTO reminders (bureau_id, task_id, kind, stamp, at) \
                   VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (bureau_id, task_id, kind, stamp) DO NOTHING";
        let values = values![self.bureau, task, kind, stamp, at];
        let noted = self.conn.execute(sql, values).await;
        Ok(self.noting(noted)? == 1)
    }
}
