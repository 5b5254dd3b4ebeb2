//! Which rows name which bytes, and which bytes nobody names any more.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::ids::{AttachmentId, BureauId, TaskId};
use luoshi_domain::ports::{AttachmentRow, Attachments, StoreResult};
use luoshi_domain::tasks::{Task, TaskEvent};
use uuid::Uuid;

use crate::conn::Conn;
use crate::sql::values;
use crate::work::Work;

#[async_trait]
impl Attachments for Work {
    async fn content_touch(&mut self, hash: &str, at: DateTime<Utc>) -> StoreResult<()> {
        let sql = "INSERT INTO contents (bureau_id, hash, touched_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (bureau_id, hash) DO UPDATE SET touched_at = excluded.touched_at \
                   WHERE contents.touched_at < excluded.touched_at";
        let touched = self.conn.execute(sql, values![self.bureau, hash, at]).await;
        self.noting(touched).map(|_rows| ())
    }

    async fn contents_unused(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreResult<Vec<String>> {
        let sql = "SELECT c.hash FROM contents AS c WHERE c.bureau_id = $1 AND c.touched_at < $2 \
                   AND NOT EXISTS (SELECT 1 FROM task_attachments AS f \
                   WHERE f.bureau_id = c.bureau_id AND f.hash = c.hash) \
                   ORDER BY c.touched_at, c.hash LIMIT $3";
        let values = values![self.bureau, before, limit];
        let found = self.conn.fetch_all(sql, values).await?;
        found.iter().map(|row| row.cells().take()).collect()
    }

    async fn content_forget(&mut self, hash: &str) -> StoreResult<()> {
        let sql = "DELETE FROM contents WHERE bureau_id = $1 AND hash = $2";
        let gone = self.conn.execute(sql, values![self.bureau, hash]).await;
        self.noting(gone).map(|_rows| ())
    }

    async fn attachments_after(
        &mut self,
        after: Option<(TaskId, AttachmentId)>,
        limit: u32,
    ) -> StoreResult<Vec<AttachmentRow>> {
        let (task, id) = after.map_or((Uuid::nil(), Uuid::nil()), |(task, id)| (task.0, id.0));
        let sql = "SELECT task_id, id, hash, bytes FROM task_attachments \
                   WHERE bureau_id = $1 AND (task_id, id) > ($2, $3) \
                   ORDER BY task_id, id LIMIT $4";
        let values = values![self.bureau, task, id, limit];
        let mut rows = Vec::new();
        for row in self.conn.fetch_all(sql, values).await? {
            let mut cells = row.cells();
            rows.push(AttachmentRow {
                task: cells.id()?,
                id: cells.id()?,
                hash: cells.take()?,
                bytes: cells.number()?,
            });
        }
        Ok(rows)
    }
}

/// Brings the rows of a task's files to what they should be, where `events` touched them.
pub(crate) async fn project(
    conn: &mut Conn,
    bureau: BureauId,
    task: &Task,
    events: &[TaskEvent],
) -> StoreResult<()> {
    let touches = |event: &TaskEvent| {
        matches!(
            event,
            TaskEvent::FileAdded { .. } | TaskEvent::FileRemoved { .. }
        )
    };
    if !events.iter().any(touches) {
        return Ok(());
    }
    let sql = "DELETE FROM task_attachments WHERE bureau_id = $1 AND task_id = $2";
    conn.execute(sql, values![bureau, task.id]).await?;
    for file in &task.attachments {
        let sql = "INSERT INTO task_attachments (bureau_id, task_id, id, hash, bytes) \
                   VALUES ($1, $2, $3, $4, $5)";
        let bytes = i64::try_from(file.bytes).unwrap_or(i64::MAX);
        let values = values![bureau, task.id, file.id, &file.hash, bytes];
        conn.execute(sql, values).await?;
    }
    Ok(())
}
