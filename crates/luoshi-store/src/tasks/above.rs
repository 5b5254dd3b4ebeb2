//! The unit that leads the task right above another: it sees what its own work comes from
//! (LEDGER-08). A row of `task_units` with a role of its own, so that lists find it as they find
//! what concerns a unit.
//!
//! It is kept from both sides, by whichever of the two tasks is written last: replaying them in any
//! order gives the same rows.

use std::collections::HashMap;

use luoshi_domain::ids::{BureauId, TaskId, UnitId};
use luoshi_domain::ports::StoreResult;
use luoshi_domain::tasks::{Task, TaskEvent};
use sqlx::AssertSqlSafe;

use crate::conn::Conn;
use crate::sql::{Value, values};
use crate::tasks::TASKS_READ;

/// Brings the rows of the task, and of those below it, to what they should be, where `events`
/// changed something about them: `first` when they are all that ever happened to it, `moved` when
/// another unit leads it now.
pub(super) async fn project(
    conn: &mut Conn,
    bureau: BureauId,
    task: &Task,
    (first, moved): (bool, bool),
    events: &[TaskEvent],
) -> StoreResult<()> {
    let linked = |event: &TaskEvent| matches!(event, TaskEvent::Linked { .. });
    if events.iter().any(linked) {
        if !first {
            let sql = "DELETE FROM task_units WHERE bureau_id = $1 AND task_id = $2 \
                       AND role = 'above'";
            conn.execute(sql, values![bureau, task.id]).await?;
        }
        if let Some(parent) = task.parent {
            let sql = "INSERT INTO task_units (bureau_id, task_id, unit_id, role, to_receive) \
                       SELECT p.bureau_id, $2, p.lead_id, 'above', FALSE FROM tasks AS p \
                       WHERE p.bureau_id = $1 AND p.id = $3 AND p.lead_id IS NOT NULL \
                       ON CONFLICT (bureau_id, task_id, unit_id, role) DO NOTHING";
            conn.execute(sql, values![bureau, task.id, parent]).await?;
        }
    }
    // Without others below it there is nothing to look for.
    if !moved || task.rolled_up.is_none() {
        return Ok(());
    }
    let sql = "DELETE FROM task_units WHERE bureau_id = $1 AND role = 'above' AND task_id IN \
               (SELECT c.id FROM tasks AS c WHERE c.bureau_id = $1 AND c.parent_id = $2)";
    conn.execute(sql, values![bureau, task.id]).await?;
    if let Some(lead) = task.details.lead {
        let sql = "INSERT INTO task_units (bureau_id, task_id, unit_id, role, to_receive) \
                   SELECT c.bureau_id, c.id, $3, 'above', FALSE FROM tasks AS c \
                   WHERE c.bureau_id = $1 AND c.parent_id = $2";
        conn.execute(sql, values![bureau, task.id, lead]).await?;
    }
    Ok(())
}

/// Tells those of the tasks that stand below another who leads that one.
pub(super) async fn tell(conn: &mut Conn, bureau: BureauId, tasks: &mut [Task]) -> StoreResult<()> {
    let below: Vec<TaskId> = tasks
        .iter()
        .filter(|task| task.parent.is_some())
        .map(|task| task.id)
        .collect();
    if below.is_empty() {
        return Ok(());
    }
    let mut known: HashMap<TaskId, UnitId> = HashMap::with_capacity(below.len());
    for part in below.chunks(TASKS_READ) {
        let mut values = values![bureau];
        let places = part.iter().map(|id| {
            values.push(Value::from(*id));
            format!("${}", values.len())
        });
        let places: Vec<String> = places.collect();
        let sql = format!(
            "SELECT task_id, unit_id FROM task_units WHERE bureau_id = $1 AND role = 'above' \
             AND task_id IN ({})",
            places.join(", ")
        );
        for row in conn.fetch_all(AssertSqlSafe(sql), values).await? {
            let mut cells = row.cells();
            known.insert(cells.id()?, cells.id()?);
        }
    }
    for task in tasks {
        task.above = known.get(&task.id).copied();
    }
    Ok(())
}
