//! Writing a task's rows, and reading a line of the ledger.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use luoshi_domain::ids::{BureauId, UnitId};
use luoshi_domain::lights::{LeadNumbers, Spans};
use luoshi_domain::limits::Step;
use luoshi_domain::ports::{StoreError, StoreResult};
use luoshi_domain::tasks::lists::{PlanTask, StepsDue, TaskRow, TaskSaid, Waiting};
use luoshi_domain::tasks::{Approval, ClosingStep, Task, TaskEvent, TaskState};
use uuid::Uuid;

use crate::attachments;
use crate::conn::Conn;
use crate::lights;
use crate::names::{Named, unknown};
use crate::sql::{Cells, Row, Value, day_number, day_of, fault, to_json, values};
use crate::tasks::{above, search};

/// The limit's day number of a task without a limit: it sorts last and is past no day.
pub(super) const NO_LIMIT: i64 = 1_000_000_000;

/// Values of the column `timing`.
pub(crate) const OVER: &str = "over";
pub(crate) const TIMED: &str = "timed";
pub(crate) const UNTIMED: &str = "untimed";

/// The columns of a line of the ledger, as [`listed`] reads them.
pub(crate) const LISTED: &str = "t.id, t.version, t.number, t.title, t.kind, t.level, t.tier, \
                                 t.category, t.state, t.waiting, t.lead_id, t.deputy_id, \
                                 t.limit_day, t.issued_day, t.progress, t.feedbacks, t.grade, \
                                 t.plan_id, t.clause_path, t.updated_at, t.mark, \
                                 t.paused_day, t.answer_day, t.respond_day, t.light_record, \
                                 t.parent_id, t.merged_into, t.tags, t.report_day, t.opened_at";

/// The columns of [`values_of`], in this order.
macro_rules! columns {
    () => {
        "bureau_id, id, version, plan_id, proposal_id, clause_path, number, title, kind, tier, \
         level, category, state, is_open, timing, waiting, lead_id, supervisor_id, deputy_id, \
         limit_day, issued_day, progress, feedbacks, feedback_due, grade, opened_at, updated_at, \
         mark, paused_day, answer_day, respond_day, notice_day, parent_id, light_edition, \
         recovering_until, yellow_from, red_from, light_record, tags, cadence, report_day, \
         silent_from, merged_into"
    };
}

/// Inserts tasks that are new.
pub(super) const INSERT: &str = concat!("INSERT INTO tasks (", columns!(), ") VALUES ");
pub(super) const INSERT_RECORDS: &str =
    "INSERT INTO task_records (bureau_id, task_id, record) VALUES ";
pub(super) const INSERT_LIMITS: &str =
    "INSERT INTO task_limits (bureau_id, task_id, step, day) VALUES ";
pub(super) const INSERT_BLOCKERS: &str =
    "INSERT INTO task_blockers (bureau_id, task_id, number, leader_id, answer_day) VALUES ";
pub(super) const INSERT_TAGS: &str = "INSERT INTO task_tags (bureau_id, task_id, tag) VALUES ";
pub(super) const INSERT_UNITS: &str =
    "INSERT INTO task_units (bureau_id, task_id, unit_id, role, to_receive) VALUES ";

const SAVE: &str = concat!(
    "INSERT INTO tasks (",
    columns!(),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
                    $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
                    $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43) \
                    ON CONFLICT (bureau_id, id) DO UPDATE SET version = \
                    excluded.version, plan_id = excluded.plan_id, proposal_id = \
                    excluded.proposal_id, clause_path = excluded.clause_path, number = \
                    excluded.number, title = excluded.title, kind = excluded.kind, tier = \
                    excluded.tier, level = excluded.level, category = excluded.category, \
                    state = excluded.state, is_open = excluded.is_open, timing = \
                    excluded.timing, waiting = excluded.waiting, lead_id = excluded.lead_id, \
                    supervisor_id = excluded.supervisor_id, deputy_id = excluded.deputy_id, \
                    limit_day = excluded.limit_day, issued_day = excluded.issued_day, \
                    progress = excluded.progress, feedbacks = excluded.feedbacks, \
                    feedback_due = excluded.feedback_due, grade = excluded.grade, opened_at \
                    = excluded.opened_at, updated_at = excluded.updated_at, mark = \
                    excluded.mark, paused_day = \
                    excluded.paused_day, answer_day = excluded.answer_day, \
                    respond_day = excluded.respond_day, notice_day = excluded.notice_day, \
                    parent_id = excluded.parent_id, light_edition = excluded.light_edition, \
                    recovering_until = excluded.recovering_until, yellow_from = \
                    excluded.yellow_from, red_from = excluded.red_from, light_record = \
                    excluded.light_record, tags = excluded.tags, cadence = \
                    excluded.cadence, report_day = excluded.report_day, silent_from = \
                    excluded.silent_from, merged_into = excluded.merged_into \
                    WHERE tasks.version = $44"
);

const SAVE_RECORD: &str = "INSERT INTO task_records (bureau_id, task_id, record) \
                           VALUES ($1, $2, $3) ON CONFLICT (bureau_id, task_id) \
                           DO UPDATE SET record = excluded.record";

/// Writes the rows of a task that `events` events have just been applied to.
pub(crate) async fn project(
    conn: &mut Conn,
    bureau: BureauId,
    task: &Task,
    events: &[TaskEvent],
) -> StoreResult<()> {
    let edition = lights::latest(conn, bureau).await?.number;
    project_under(conn, bureau, task, events, edition).await
}

/// The same, its light judged by an edition of the numbers.
pub(crate) async fn project_under(
    conn: &mut Conn,
    bureau: BureauId,
    task: &Task,
    events: &[TaskEvent],
    edition: i64,
) -> StoreResult<()> {
    let count = i64::try_from(events.len()).map_err(|_over| fault("too many events"))?;
    let before = task.version - count;
    let numbers = lights::numbers(conn, bureau, edition).await?;
    let mut values = values_of(bureau, task, edition, &numbers)?;
    values.push(Value::from(before));
    if conn.execute(SAVE, values).await? != 1 {
        return Err(StoreError::Stale);
    }
    let record = values![bureau, task.id, to_json(task)?];
    conn.execute(SAVE_RECORD, record).await?;
    search::project(conn, bureau, task, before, events).await?;
    attachments::project(conn, bureau, task, events).await?;
    project_limits(conn, bureau, task, before == 0).await?;
    project_blockers(conn, bureau, task).await?;
    project_tags(conn, bureau, task, events).await?;
    let first = before == 0;
    let moved = project_units(conn, bureau, task, first).await?;
    above::project(conn, bureau, task, (first, moved), events).await
}

/// A task's row, its light judged by an edition of the numbers.
pub(super) fn values_of(
    bureau: BureauId,
    task: &Task,
    edition: i64,
    numbers: &LeadNumbers,
) -> StoreResult<Vec<Value>> {
    let details = &task.details;
    let facts = task.facts();
    let [until, yellow, red] = lights::columns(&Spans::of(&facts, numbers));
    let report_day = task.report_due(numbers.behind_points);
    Ok(values![
        bureau,
        task.id,
        task.version,
        task.origin.plan,
        task.origin.proposal,
        &task.origin.clause_path,
        &task.number,
        &details.title,
        details.kind.name(),
        details.tier.name(),
        details.level.name(),
        &details.category,
        task.state.name(),
        is_open(task.state),
        lights::timing(&facts),
        waiting(task),
        details.lead,
        details.supervisor,
        details.deputy,
        details.limit.map_or(NO_LIMIT, day_number),
        task.issued_on(),
        task.progress,
        task.feedbacks,
        task.is_feedback_due(),
        task.grade.map(Named::name),
        task.opened_at,
        task.updated_at,
        task.mark.name(),
        task.paused_since(),
        task.answer_by(),
        task.respond_by(),
        task.acknowledge_by(),
        task.parent,
        edition,
        until,
        yellow,
        red,
        Value::Text(lights::record(&facts.particulars)?),
        tags_line(&task.tags),
        Value::Text(cadence(task)),
        report_day,
        silent_from(task, report_day),
        task.merged_into,
    ])
}

/// The columns id, proposal, number, title, state, lead and limit, in this order.
pub(super) fn of_plan(cells: &mut Cells<'_>) -> StoreResult<PlanTask> {
    Ok(PlanTask {
        id: cells.id()?,
        proposal: cells.optional_id()?,
        number: cells.take()?,
        title: cells.take()?,
        state: cells.named()?,
        lead: cells.optional_id()?,
        limit: limit(cells)?,
    })
}

/// The columns day, step and count.
pub(super) fn steps_due(row: &Row) -> StoreResult<StepsDue> {
    let mut cells = row.cells();
    let day = day_of(cells.take()?)?;
    let step: String = cells.take()?;
    Ok(StepsDue {
        day,
        step: Step::from_key(&step).ok_or_else(|| unknown("step", &step))?,
        count: cells.number()?,
    })
}

/// The column `limit_day`.
pub(crate) fn limit(cells: &mut Cells<'_>) -> StoreResult<Option<NaiveDate>> {
    match cells.take::<i64>()? {
        NO_LIMIT => Ok(None),
        day => day_of(day).map(Some),
    }
}

/// As [`of_plan`], then plan, clause and record.
pub(super) fn said(row: &Row) -> StoreResult<TaskSaid> {
    /// Of a record only the words are wanted; the rest is skipped without being built.
    #[derive(serde::Deserialize)]
    struct Record {
        origin: Words,
    }
    #[derive(serde::Deserialize)]
    struct Words {
        document: String,
        quote: String,
    }
    let mut cells = row.cells();
    let task = of_plan(&mut cells)?;
    let (plan, clause_path) = (cells.optional_id()?, cells.take()?);
    let Record { origin } = cells.json()?;
    Ok(TaskSaid {
        task,
        plan,
        clause_path,
        document: origin.document,
        quote: origin.quote,
    })
}

/// A line of the ledger, and when the task was opened.
pub(super) fn listed(row: &Row) -> StoreResult<(TaskRow, DateTime<Utc>)> {
    let (task, opened_at, _rest) = read(row)?;
    Ok((task, opened_at))
}

/// A line of the ledger with what stands behind [`LISTED`].
pub(crate) fn listed_with(row: &Row) -> StoreResult<(TaskRow, Cells<'_>)> {
    let (task, _opened_at, rest) = read(row)?;
    Ok((task, rest))
}

fn read(row: &Row) -> StoreResult<(TaskRow, DateTime<Utc>, Cells<'_>)> {
    let mut cells = row.cells();
    let task = TaskRow {
        id: cells.id()?,
        version: cells.take()?,
        number: cells.take()?,
        title: cells.take()?,
        kind: cells.named()?,
        level: cells.named()?,
        tier: cells.named()?,
        category: cells.take()?,
        state: cells.named()?,
        waits_for: waits_for(cells.take::<Option<String>>()?.as_deref())?,
        lead: cells.optional_id()?,
        deputy: cells.optional_id()?,
        limit: limit(&mut cells)?,
        issued_on: cells.optional_day()?,
        progress: cells.number()?,
        feedbacks: cells.number()?,
        grade: cells
            .take::<Option<String>>()?
            .map(|name| Named::of(&name))
            .transpose()?,
        plan: cells.optional_id()?,
        clause_path: cells.take()?,
        updated_at: cells.take()?,
        mark: cells.named()?,
        paused_since: cells.optional_day()?,
        answer_by: cells.optional_day()?,
        respond_by: cells.optional_day()?,
        particulars: lights::particulars(&mut cells)?,
        parent: cells.optional_id()?,
        merged_into: cells.optional_id()?,
        tags: tags(cells.take()?),
        report_by: cells.optional_day()?,
    };
    let opened_at = cells.take()?;
    Ok((task, opened_at, cells))
}

/// Brings the rows of the limits that are still to be kept to what they should be.
async fn project_limits(
    conn: &mut Conn,
    bureau: BureauId,
    task: &Task,
    first: bool,
) -> StoreResult<()> {
    if task.timing.is_none() {
        return Ok(());
    }
    if !first {
        let sql = "DELETE FROM task_limits WHERE bureau_id = $1 AND task_id = $2";
        conn.execute(sql, values![bureau, task.id]).await?;
    }
    for (step, day) in limit_days(task) {
        let sql = "INSERT INTO task_limits (bureau_id, task_id, step, day) \
                   VALUES ($1, $2, $3, $4)";
        conn.execute(sql, values![bureau, task.id, step, day])
            .await?;
    }
    Ok(())
}

/// Of several limits of one step the earliest counts.
pub(super) fn limit_days(task: &Task) -> BTreeMap<&'static str, NaiveDate> {
    let mut days: BTreeMap<&'static str, NaiveDate> = BTreeMap::new();
    if task.timing.is_some() {
        for limit in task.steps_due() {
            let day = days.entry(limit.to.key()).or_insert(limit.day);
            *day = limit.day.min(*day);
        }
    }
    days
}

/// Brings the rows of the blockers that wait for an answer to what they should be.
async fn project_blockers(conn: &mut Conn, bureau: BureauId, task: &Task) -> StoreResult<()> {
    if task.blockers.is_empty() {
        return Ok(());
    }
    let sql = "DELETE FROM task_blockers WHERE bureau_id = $1 AND task_id = $2";
    conn.execute(sql, values![bureau, task.id]).await?;
    for blocker in task.blockers_open() {
        let sql = "INSERT INTO task_blockers (bureau_id, task_id, number, leader_id, answer_day) \
                   VALUES ($1, $2, $3, $4, $5)";
        let values = values![
            bureau,
            task.id,
            blocker.number,
            blocker.leader,
            blocker.answer_by
        ];
        conn.execute(sql, values).await?;
    }
    Ok(())
}

/// Brings the rows of the tags to what they should be, where one was put on or taken off.
async fn project_tags(
    conn: &mut Conn,
    bureau: BureauId,
    task: &Task,
    events: &[TaskEvent],
) -> StoreResult<()> {
    let tagged = |event: &TaskEvent| matches!(event, TaskEvent::Tagged { .. });
    if !events.iter().any(tagged) {
        return Ok(());
    }
    let sql = "DELETE FROM task_tags WHERE bureau_id = $1 AND task_id = $2";
    conn.execute(sql, values![bureau, task.id]).await?;
    for tag in &task.tags {
        let sql = "INSERT INTO task_tags (bureau_id, task_id, tag) VALUES ($1, $2, $3)";
        conn.execute(sql, values![bureau, task.id, tag]).await?;
    }
    Ok(())
}

/// How often it is reported, also where that is never: nobody has to think of it again.
fn cadence(task: &Task) -> Option<String> {
    let reporting = task.reporting.as_deref()?;
    Some(reporting.cadence.key())
}

/// From which day on a task is without echo: from the beginning while nothing was reported, and
/// then from the day after the report that is due.
fn silent_from(task: &Task, report_day: Option<NaiveDate>) -> Option<i64> {
    let due = report_day.map(|day| day_number(day) + 1);
    let silent = if task.feedbacks == 0 { Some(0) } else { due };
    silent.filter(|_| is_open(task.state))
}

/// The column `tags`: a line each.
fn tags_line(tags: &[String]) -> Value {
    Value::Text((!tags.is_empty()).then(|| tags.join("\n")))
}

/// The column `tags`, read back.
fn tags(line: Option<String>) -> Vec<String> {
    let line = line.unwrap_or_default();
    line.lines().map(str::to_owned).collect()
}

/// The role of the lead unit in `task_units`.
const LEAD: &str = "lead";

pub(super) type UnitRows = BTreeMap<(Uuid, &'static str), bool>;

/// Brings the rows of the units that the task concerns to what they should be; whether another unit
/// leads it now.
async fn project_units(
    conn: &mut Conn,
    bureau: BureauId,
    task: &Task,
    first: bool,
) -> StoreResult<bool> {
    let wanted = unit_rows(task);
    let mut known = BTreeMap::new();
    if !first {
        let sql = "SELECT unit_id, role, to_receive FROM task_units \
                   WHERE bureau_id = $1 AND task_id = $2 AND role <> 'above'";
        for row in conn.fetch_all(sql, values![bureau, task.id]).await? {
            let mut cells = row.cells();
            let key: (Uuid, String) = (cells.take()?, cells.take()?);
            known.insert(key, cells.take::<bool>()?);
        }
    }
    let lead = task.details.lead.map(|lead| (lead.0, LEAD.to_owned()));
    let mut led = known.keys().filter(|(_, role)| role == LEAD);
    let moved = led.next() != lead.as_ref();
    for (&(unit, role), &to_receive) in &wanted {
        if known.remove(&(unit, role.to_owned())) == Some(to_receive) {
            continue;
        }
        let sql = "INSERT INTO task_units (bureau_id, task_id, unit_id, role, to_receive) \
                   VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (bureau_id, task_id, unit_id, role) \
                   DO UPDATE SET to_receive = excluded.to_receive";
        let values = values![bureau, task.id, unit, role, to_receive];
        conn.execute(sql, values).await?;
    }
    for (unit, role) in known.into_keys() {
        let sql = "DELETE FROM task_units WHERE bureau_id = $1 AND task_id = $2 \
                   AND unit_id = $3 AND role = $4";
        conn.execute(sql, values![bureau, task.id, unit, role])
            .await?;
    }
    Ok(moved)
}

pub(super) fn unit_rows(task: &Task) -> UnitRows {
    let mut rows = UnitRows::new();
    let to_receive = |unit: UnitId| {
        is_open(task.state)
            && task
                .deliveries
                .iter()
                .any(|delivery| delivery.unit == unit && delivery.received.is_none())
    };
    if let Some(lead) = task.details.lead {
        rows.insert((lead.0, LEAD), to_receive(lead));
    }
    for co in &task.details.co_units {
        rows.insert((co.unit.0, "co"), to_receive(co.unit));
    }
    if let Some(supervisor) = task.details.supervisor {
        rows.insert((supervisor.0, "supervisor"), false);
    }
    rows
}

/// Issued and neither sent back nor over.
fn is_open(state: TaskState) -> bool {
    match state {
        TaskState::Issued
        | TaskState::Accepted
        | TaskState::InProgress
        | TaskState::Supervising => true,
        TaskState::Draft
        | TaskState::Approved
        | TaskState::Returned
        | TaskState::Closed
        | TaskState::Cancelled => false,
    }
}

fn waiting(task: &Task) -> Option<&'static str> {
    match &task.approval {
        None => None,
        Some(Approval::Extension { .. }) => Some("extension"),
        Some(Approval::Escalation { .. }) => Some("escalation"),
        Some(Approval::Change { .. }) => Some("change"),
        Some(Approval::Closing(closing)) => Some(match closing.step {
            ClosingStep::Review => "review",
            ClosingStep::Deputy => "deputy",
            ClosingStep::Principal => "principal",
        }),
    }
}

fn waits_for(waiting: Option<&str>) -> StoreResult<Waiting> {
    match waiting {
        None => Ok(Waiting::Nothing),
        Some("extension") => Ok(Waiting::Extension),
        Some("review") => Ok(Waiting::Review),
        Some("deputy") => Ok(Waiting::Deputy),
        Some("principal") => Ok(Waiting::Principal),
        Some("change") => Ok(Waiting::Change),
        Some("escalation") => Ok(Waiting::Escalation),
        Some(other) => Err(unknown("waiting", other)),
    }
}
