//! One row of a list: shown, added, changed, taken on, withdrawn.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::context::Context;
use luoshi_domain::ids::{ListRowId, PersonId, TaskId, UnitId};
use luoshi_domain::journal::Envelope;
use luoshi_domain::lists::{
    Cell, CellFault, ColumnKind, ListRow, ListTemplate, Owner, RowCommand, RowContent, RowEvent,
    RowStep, RowsSource, TaskPart,
};
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::Row;
use luoshi_domain::tasks::Task;

use crate::errors::{AppError, AppResult};
use crate::rules::Rules;
use crate::tasks::load_seen;
use crate::tasks::sentences::moment;
use crate::{App, HISTORY_LIMIT, Who, secrecy};

use super::{WHAT, kept_in, record, said, titles, wanted};

/// What somebody filled in.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub unit: Option<UnitId>,
    pub person: Option<PersonId>,
    /// A day of the period.
    pub period: Option<NaiveDate>,
    pub mark: Mark,
    /// By the columns' keys; people, units and tasks by their ids, days as `2026-07-31`.
    pub cells: BTreeMap<String, String>,
}

/// What can be asked of a row.
#[derive(Clone, Debug)]
pub enum Command {
    Amend(Box<Typed>),
    Step { to: String, note: String },
    Withdraw { reason: String },
}

/// The row as it is then, or every cell that cannot be used.
pub type Outcome = Result<ListRow, Vec<CellFault>>;

/// A row with everything about it.
#[derive(Clone, Debug)]
pub struct RowView {
    pub row: ListRow,
    pub template: ListTemplate,
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
    pub titles: BTreeMap<TaskId, String>,
    /// Whether the reader may change it, or why not.
    pub may_keep: Result<(), Refusal>,
    /// Where it can go from here, and whether the reader may take it there.
    pub steps: Vec<(RowStep, Result<(), Refusal>)>,
    /// Latest first.
    pub changes: Vec<Change>,
}

/// One thing that happened to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When, and by whom.
    pub by: String,
    pub said: String,
    pub note: String,
}

/// One row.
pub async fn show(app: &App, who: &Who, id: ListRowId) -> AppResult<RowView> {
    let mut uow = app.store.read(who.bureau).await?;
    let row = load(app, &mut *uow, who, id).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let template = kept_in(&rules, &row.register)?;
    let ctx = rules.context(app, &who.actor, &organisation);
    let source = source(&template)?;
    let steps = match row.withdrawn {
        Some(_) => Vec::new(),
        None => source
            .lifecycle
            .steps_from(&row.state)
            .map(|step| (step.clone(), may_step(app, &row, step, &ctx)))
            .collect(),
    };
    let titles = titles(app, who, &mut *uow, std::slice::from_ref(&row)).await?;
    let changes = changes(&mut *uow, &row, source, &organisation, &titles).await?;
    Ok(RowView {
        may_keep: may_keep(app, &row, &template, &ctx),
        steps,
        changes,
        titles,
        template,
        organisation,
        rules,
        row,
    })
}

/// Adds a row to a list.
#[tracing::instrument(skip_all, fields(list = code))]
pub async fn add(app: &App, who: &Who, code: &str, typed: Typed) -> AppResult<Outcome> {
    let mut uow = app.store.write(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let template = kept_in(&rules, &register(&rules, code)?)?;
    let ctx = rules.context(app, &who.actor, &organisation);
    let content = match content(app, &mut *uow, who, &template, typed).await? {
        Ok(content) => content,
        Err(faults) => return Ok(Err(faults)),
    };
    let content = owned(&template, content);
    permit_keeping(app, who, &template, &content)?;
    let event = ListRow::add(&template, content, &ctx)?;
    secrecy::check(who, std::slice::from_ref(&event), &())?;
    let row = begin(app, &mut *uow, &event, &ctx).await?;
    uow.commit().await?;
    Ok(Ok(row))
}

/// Changes a row, takes it on or withdraws it; `seen` is the version that the person looked at.
#[tracing::instrument(skip_all, fields(row.id = %id))]
pub async fn handle(
    app: &App,
    who: &Who,
    id: ListRowId,
    command: Command,
    seen: Option<i64>,
) -> AppResult<Outcome> {
    let mut uow = app.store.write(who.bureau).await?;
    let row = load(app, &mut *uow, who, id).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let template = kept_in(&rules, &row.register)?;
    let ctx = rules.context(app, &who.actor, &organisation);
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(AppError::Conflict {
            changes: Vec::new(),
        });
    }
    let (policy_row, [_, keep, _]) = record(&row.content);
    let command = match command {
        Command::Amend(typed) => {
            app.policy.permit(&who.actor, keep, &policy_row)?;
            match content(app, &mut *uow, who, &template, *typed).await? {
                Ok(content) => RowCommand::Amend(Box::new(content)),
                Err(faults) => return Ok(Err(faults)),
            }
        }
        Command::Withdraw { reason } => {
            app.policy.permit(&who.actor, keep, &policy_row)?;
            RowCommand::Withdraw { reason }
        }
        Command::Step { to, note } => {
            if let Some(step) = source(&template)?.lifecycle.step(&row.state, &to) {
                may_step(app, &row, step, &ctx)?;
            }
            RowCommand::Step { to, note }
        }
    };
    let event = row.decide(&template, command, &ctx)?;
    secrecy::check(who, std::slice::from_ref(&event), &row)?;
    let mut row = row;
    let signed = ctx.signed();
    row.apply(&event, &signed);
    uow.list_row_save(&row, &[event], &signed).await?;
    uow.commit().await?;
    Ok(Ok(row))
}

/// The first event of a row, written down.
pub(super) async fn begin(
    app: &App,
    uow: &mut dyn UnitOfWork,
    event: &RowEvent,
    ctx: &Context<'_>,
) -> AppResult<ListRow> {
    let signed = ctx.signed();
    let id = ListRowId(app.ids.id(ctx.now));
    let row = ListRow::begun(id, event, &signed).ok_or_else(|| AppError::Internal {
        what: "an event that begins no row".to_owned(),
        source: None,
    })?;
    uow.list_row_save(&row, std::slice::from_ref(event), &signed)
        .await?;
    Ok(row)
}

/// Lets through who may fill in the list that such a row is of.
pub(super) fn permit_keeping(
    app: &App,
    who: &Who,
    template: &ListTemplate,
    content: &RowContent,
) -> Result<(), Refusal> {
    let nobody = content.unit.is_none() && content.person.is_none();
    // Of whom it is is asked for by the row itself.
    if nobody && template.owner != Owner::Bureau {
        return Ok(());
    }
    let (row, [_, keep, _]) = record(content);
    app.policy.permit(&who.actor, keep, &row)
}

/// What a task fills in where nothing was typed, for the form before it is sent.
pub async fn filled(
    app: &App,
    who: &Who,
    template: &ListTemplate,
    task: TaskId,
) -> AppResult<BTreeMap<String, String>> {
    let mut uow = app.store.read(who.bureau).await?;
    let task = load_seen(app, &mut *uow, who, task).await?;
    let source = source(template)?;
    let filled = source.columns.iter().filter_map(|column| {
        let cell = match (column.kind, column.from_task) {
            (ColumnKind::Task, _) => Cell::Task(task.id),
            (_, Some(part)) => part_of(&task, part)?,
            (_, None) => return None,
        };
        Some((column.key.clone(), cell.typed()))
    });
    Ok(filled.collect())
}

fn register(rules: &Rules, code: &str) -> AppResult<String> {
    Ok(source(wanted(rules, code)?)?.register.clone())
}

fn source(template: &ListTemplate) -> AppResult<&RowsSource> {
    template.rows().ok_or(AppError::NotFound { what: WHAT })
}

/// Whose row it is, by the kind of list: what does not belong there is left out.
fn owned(template: &ListTemplate, mut content: RowContent) -> RowContent {
    match template.owner {
        Owner::Bureau => (content.unit, content.person) = (None, None),
        Owner::Unit => content.person = None,
        Owner::Person => content.unit = None,
    }
    content
}

async fn load(app: &App, uow: &mut dyn UnitOfWork, who: &Who, id: ListRowId) -> AppResult<ListRow> {
    let row = uow.list_row_get(id).await?;
    let row = row.ok_or(AppError::NotFound { what: WHAT })?;
    let (policy_row, [see, ..]) = record(&row.content);
    match app.policy.allows(&who.actor, see, &policy_row) {
        true => Ok(row),
        false => Err(AppError::NotFound { what: WHAT }),
    }
}

/// What was typed as a row's content, with what its task says already; or every faulty cell.
async fn content(
    app: &App,
    uow: &mut dyn UnitOfWork,
    who: &Who,
    template: &ListTemplate,
    typed: Typed,
) -> AppResult<Result<RowContent, Vec<CellFault>>> {
    let source = source(template)?;
    let mut cells = match source.read(&typed.cells) {
        Ok(cells) => cells,
        Err(faults) => return Ok(Err(faults)),
    };
    let mut mark = typed.mark;
    let named = source
        .columns
        .iter()
        .find_map(|column| match cells.get(&column.key) {
            Some(Cell::Task(task)) => Some((column, *task)),
            _ => None,
        });
    if let Some((column, task)) = named {
        let task = match load_seen(app, uow, who, task).await {
            Ok(task) => task,
            Err(AppError::NotFound { .. } | AppError::Refused(_)) => {
                let sentence = format!("“{}”所选的事项不存在或者不能查看。", column.label);
                return Ok(Err(vec![CellFault::new(column, sentence)]));
            }
            Err(error) => return Err(error),
        };
        for column in &source.columns {
            if let Some(part) = column.from_task
                && !cells.contains_key(&column.key)
                && let Some(cell) = part_of(&task, part)
            {
                cells.insert(column.key.clone(), cell);
            }
        }
        // What names a marked task is no less marked (SYS-05).
        mark = mark.max(task.mark);
    }
    let missing = source.missing(&cells);
    if !missing.is_empty() {
        return Ok(Err(missing));
    }
    Ok(Ok(RowContent {
        unit: typed.unit,
        person: typed.person,
        period: typed.period,
        cells,
        mark,
        ..RowContent::default()
    }))
}

fn part_of(task: &Task, part: TaskPart) -> Option<Cell> {
    let details = &task.details;
    let text = |text: &String| (!text.is_empty()).then(|| Cell::Text(text.clone()));
    match part {
        TaskPart::Title => text(&details.title),
        TaskPart::Target => text(&details.target),
        TaskPart::Lead => details.lead.map(Cell::Unit),
        TaskPart::Limit => details.limit.map(Cell::Date),
    }
}

/// Whether the row may be changed by the actor now.
fn may_keep(
    app: &App,
    row: &ListRow,
    template: &ListTemplate,
    ctx: &Context<'_>,
) -> Result<(), Refusal> {
    let (policy_row, [_, keep, _]) = record(&row.content);
    app.policy.permit(ctx.actor, keep, &policy_row)?;
    let same = RowCommand::Amend(Box::new(row.content.clone()));
    match row.decide(template, same, ctx) {
        // What the pack asks for since then is asked for in the form.
        Err(refusal) if refusal.code == "cell" => Ok(()),
        decided => decided.map(|_event| ()),
    }
}

/// Whether the actor may take the step.
fn may_step(app: &App, row: &ListRow, step: &RowStep, ctx: &Context<'_>) -> Result<(), Refusal> {
    let (policy_row, [_, _, right]) = record(&row.content);
    let policy_row = match policy_row {
        Row::Record(mut record) => {
            record.step_roles.clone_from(&step.by);
            Row::Record(record)
        }
        other => other,
    };
    app.policy
        .permit(ctx.actor, right, &policy_row)
        .map_err(|refusal| {
            let sentence = format!("“{}”由{}办理。", step.label, step.by_said());
            Refusal::authority(refusal.code, refusal.rule, sentence)
        })?;
    row.check_other(step, ctx)
}

async fn changes(
    uow: &mut dyn UnitOfWork,
    row: &ListRow,
    source: &RowsSource,
    organisation: &Organisation,
    titles: &BTreeMap<TaskId, String>,
) -> AppResult<Vec<Change>> {
    let stored = uow.journal_of(ListRow::STREAM, row.id.0, HISTORY_LIMIT);
    let mut changes = Vec::new();
    let mut before: BTreeMap<String, Cell> = BTreeMap::new();
    for stored in stored.await? {
        let broken = |error| AppError::internal("a journal event cannot be read", error);
        let envelope: Envelope = serde_json::from_str(&stored.bytes).map_err(broken)?;
        let event: RowEvent = serde_json::from_value(envelope.event).map_err(broken)?;
        let (said, note) = match &event {
            RowEvent::Added { .. } => ("登记".to_owned(), String::new()),
            RowEvent::Amended { content } => {
                let lines = source.columns.iter().filter_map(|column| {
                    let shown = |cells: &BTreeMap<String, Cell>| {
                        let cell = cells.get(&column.key);
                        cell.map_or("（空）".to_owned(), |cell| {
                            said(cell, organisation, titles)
                        })
                    };
                    let (old, new) = (shown(&before), shown(&content.cells));
                    (old != new).then(|| format!("{}：{old} → {new}", column.label))
                });
                let lines: Vec<String> = lines.collect();
                let note = match lines.is_empty() {
                    true => "内容没有变".to_owned(),
                    false => lines.join("；"),
                };
                ("修改".to_owned(), note)
            }
            RowEvent::Stepped(step) => (step.said.clone(), step.note.clone()),
            RowEvent::Withdrawn { reason } => ("撤下".to_owned(), reason.clone()),
        };
        changes.push(Change {
            by: format!("{} {}", moment(envelope.by.at), envelope.by.who()),
            said,
            note,
        });
        if let RowEvent::Added { content, .. } | RowEvent::Amended { content } = event {
            before = content.cells;
        }
    }
    changes.reverse();
    Ok(changes)
}
