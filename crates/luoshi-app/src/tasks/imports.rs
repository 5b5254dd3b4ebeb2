//! Tasks from a table: what its columns mean, what is wrong with which cell, and taking them in.
//!
//! Nothing is stored while one cell is faulty, and all rows are stored in one transaction.

mod columns;
mod rows;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_documents::limits::Limits;
use luoshi_documents::workbook::{self, ReadRow};
use luoshi_domain::bodies::Body;
use luoshi_domain::ids::{ImportId, TaskId};
use luoshi_domain::imports::{Import, ImportEvent};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::registers::RegisterFilter;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::commands::TaskCommand;
use luoshi_domain::tasks::{Origin, Task, TaskDetails, TaskState};

use crate::accounts::blocking;
use crate::errors::{AppError, AppResult};
use crate::registers;
use crate::rules::Rules;
use crate::{App, Who, bodies, policy, secrecy};

pub use columns::{COLUMNS, Column, Layout};
pub use rows::CellFault;

const WHAT: &str = "import";

/// Most rows of one table.
pub const ROWS_LIMIT: usize = 20_000;

/// Imports that a page lists.
const IMPORTS_SHOWN: u32 = 20;

/// A table as it was uploaded.
#[derive(Clone)]
pub struct Upload {
    pub file_name: String,
    pub bytes: Arc<[u8]>,
    /// What each column is, where a person said so.
    pub columns: Option<Vec<Option<Column>>>,
    /// The source category of rows that name none; a key.
    pub category: String,
    /// Reads a day as the fields of the pages do.
    pub read_day: fn(&str, NaiveDate) -> Result<Option<NaiveDate>, String>,
}

/// What a table would bring, or all that is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// The headings as they stand, each with what it is taken for.
    pub headings: Vec<(String, Option<Column>)>,
    /// The first rows as they would be.
    pub lines: Vec<Line>,
    pub faults: Vec<CellFault>,
    /// Rows of the table.
    pub count: usize,
    /// Of mandatory fields that are empty, in how many rows; they must be filled in before issue.
    pub missing: Vec<(&'static str, usize)>,
}

/// A row as it would be.
#[derive(Clone, Debug)]
pub struct Line {
    pub row: u32,
    pub details: TaskDetails,
    pub document: String,
}

/// What taking a table in came to.
#[derive(Clone, Debug)]
pub enum Taken {
    Done(Import),
    /// Nothing was stored.
    Faulty(Box<Preview>),
}

/// An empty table with headings and an example, to be filled in.
pub async fn template(app: &App, who: &Who) -> AppResult<Vec<u8>> {
    policy::require(app, &who.actor, Right::OpenTask)?;
    let rules = crate::rules::of_bureau(app, who.bureau).await?;
    let example = rules.origins().next().map(|word| word.label.clone());
    let page = columns::template(&example.unwrap_or_default());
    let bytes = blocking(move || workbook::write_all(&[page])).await?;
    bytes.map_err(|error| AppError::internal("a workbook cannot be written", error))
}

/// What the table would bring; nothing is stored.
pub async fn preview(app: &App, who: &Who, upload: &Upload) -> AppResult<Preview> {
    policy::require(app, &who.actor, Right::OpenTask)?;
    let rows = read(upload).await?;
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let bodies = bodies::all(&mut *uow, Some(true)).await?;
    let known = (&*organisation, &*rules, bodies.as_slice());
    let (preview, _tasks) = worked(app, who, known, upload, &rows)?;
    Ok(preview)
}

/// Opens a task for each row, all in one transaction; none when a cell is faulty.
#[tracing::instrument(skip_all)]
pub async fn carry_out(app: &App, who: &Who, upload: &Upload) -> AppResult<Taken> {
    policy::require(app, &who.actor, Right::OpenTask)?;
    let rows = read(upload).await?;
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let bodies = bodies::all(&mut *uow, Some(true)).await?;
    let known = (&*organisation, &*rules, bodies.as_slice());
    let (preview, tasks) = worked(app, who, known, upload, &rows)?;
    if !preview.faults.is_empty() {
        return Ok(Taken::Faulty(Box::new(preview)));
    }
    if tasks.is_empty() {
        return Err(Refusal::input("no_rows", "IMPORT-10", "表格里没有事项。").into());
    }
    let ctx = rules.context(app, &who.actor, &organisation);
    let signed = ctx.signed();
    let mut ids = Vec::with_capacity(tasks.len());
    let mut opened = Vec::with_capacity(tasks.len());
    for (origin, details) in tasks {
        let event = Task::open(origin, details, &ctx)?;
        let events = [event];
        secrecy::check(who, &events, &())?;
        let id = TaskId(app.ids.id(ctx.now));
        let task = Task::replay(id, events.iter().map(|event| (event, &signed)));
        let task = task.ok_or(AppError::NotFound { what: "task" })?;
        opened.push((task, events.map(|event| (event, signed.clone())).into()));
        ids.push(id);
    }
    uow.tasks_save_new(&opened).await?;
    let event = ImportEvent::Done {
        file_name: upload.file_name.clone(),
        tasks: ids,
    };
    let import = registers::begin(&mut *uow, app.ids.id(ctx.now), &event, &signed).await?;
    uow.commit().await?;
    Ok(Taken::Done(import))
}

/// The latest imports, newest first.
pub async fn list(app: &App, who: &Who) -> AppResult<Vec<Import>> {
    policy::require(app, &who.actor, Right::OpenTask)?;
    let mut uow = app.store.read(who.bureau).await?;
    let mut imports: Vec<Import> =
        registers::list(&mut *uow, &RegisterFilter::all(IMPORTS_SHOWN)).await?;
    imports.sort_by_key(|import| std::cmp::Reverse(import.id));
    Ok(imports)
}

/// Cancels every task of an import, as long as none of them was issued.
pub async fn undo(app: &App, who: &Who, id: ImportId) -> AppResult<Import> {
    policy::require(app, &who.actor, Right::OpenTask)?;
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let import: Import = registers::get(&mut *uow, id.0, WHAT).await?;
    let tasks = uow.tasks_get(&import.tasks).await?;
    let event = import.undo(&tasks)?;
    let ctx = rules.context(app, &who.actor, &organisation);
    let signed = ctx.signed();
    for mut task in tasks {
        if task.is_over() {
            continue;
        }
        let reason = format!("撤销导入“{}”", import.file_name);
        let command = TaskCommand::Cancel { reason };
        // What nobody approved yet is the office's own; the rest is cancelled by whoever may.
        if task.state != TaskState::Draft {
            app.policy
                .permit(&who.actor, task.right_of(&command)?, &task.row())?;
        }
        let events = task.decide(command, &ctx)?;
        for event in &events {
            task.apply(event, &signed);
        }
        uow.task_save(&task, &events, &signed).await?;
    }
    let import = registers::follow(&mut *uow, import, &event, &signed).await?;
    uow.commit().await?;
    Ok(import)
}

async fn read(upload: &Upload) -> AppResult<Vec<ReadRow>> {
    let bytes = Arc::clone(&upload.bytes);
    let pages = blocking(move || workbook::read_all(&bytes, &Limits::default())).await??;
    let rows = pages.into_iter().next().map(|page| page.rows);
    Ok(rows.unwrap_or_default())
}

type Opening = (Origin, TaskDetails);

fn worked(
    app: &App,
    who: &Who,
    (organisation, rules, bodies): (&Organisation, &Rules, &[Body]),
    upload: &Upload,
    rows: &[ReadRow],
) -> AppResult<(Preview, Vec<Opening>)> {
    let layout = Layout::of(rows, upload.columns.as_deref());
    let Some(layout) = layout else {
        let sentence =
            "没有找到表头。第一张表里要有一行写着“任务内容”“牵头单位”“完成时限”等栏目名称。";
        return Err(Refusal::input("no_headings", "IMPORT-10", sentence).into());
    };
    let count = rows.len().saturating_sub(layout.head + 1);
    if count > ROWS_LIMIT {
        let sentence = format!("表格有 {count} 行，一次最多导入 {ROWS_LIMIT} 行，请分开导入。");
        return Err(Refusal::input("too_many", "IMPORT-10", sentence).into());
    }
    let mut reader = rows::Reader {
        organisation,
        rules,
        bodies,
        upload,
        layout: &layout,
        faults: Vec::new(),
        units: HashMap::new(),
    };
    let ctx = rules.context(app, &who.actor, organisation);
    let mut preview = Preview {
        headings: layout.headings(),
        ..Preview::default()
    };
    let mut tasks = Vec::new();
    let mut missing: HashMap<&'static str, usize> = HashMap::new();
    for row in rows.iter().skip(layout.head + 1) {
        if layout.is_example(row) {
            continue;
        }
        preview.count += 1;
        let Some((origin, details)) = reader.row(row) else {
            continue;
        };
        let task = Task::opened(TaskId(uuid::Uuid::nil()), &origin, &details, ctx.now);
        for field in task.missing_fields(&ctx) {
            *missing.entry(field).or_default() += 1;
        }
        if preview.lines.len() < rows::SHOWN {
            preview.lines.push(Line {
                row: row.number,
                details: details.clone(),
                document: origin.document.clone(),
            });
        }
        tasks.push((origin, details));
    }
    preview.faults = reader.faults;
    preview.missing = missing.into_iter().collect();
    preview
        .missing
        .sort_by_key(|(field, count)| (std::cmp::Reverse(*count), *field));
    Ok((preview, tasks))
}
