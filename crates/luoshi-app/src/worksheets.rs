//! The four-in-one list, the work matrix and the five facets of a task (LEDGER-06, 07, 08).

use std::sync::Arc;

use luoshi_domain::ids::TaskId;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::packs::{SheetKind, SheetWanted};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::{RecordRow, Right, Row};
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::commands::TaskCommand;
use luoshi_domain::worksheets::{Facets, Worksheet, WorksheetCommand};

use crate::errors::{AppError, AppResult};
use crate::rules::Rules;
use crate::tasks::{load_seen, sentences};
use crate::{App, Who, registers, secrecy};

const WHAT: &str = "worksheet";

/// A task with its tables.
#[derive(Clone, Debug)]
pub struct WorksheetView {
    pub task: Task,
    /// Empty at version 0 while nobody has filled anything in.
    pub sheet: Worksheet,
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
    /// Whether the reader may fill it in, or why not.
    pub may: Result<(), Refusal>,
}

/// A task's tables.
pub async fn show(app: &App, who: &Who, id: TaskId) -> AppResult<WorksheetView> {
    let mut uow = app.store.read(who.bureau).await?;
    let task = load_seen(app, &mut *uow, who, id).await?;
    let sheet = of_task(app, &mut *uow, id).await?;
    let row = row(&task);
    Ok(WorksheetView {
        sheet,
        organisation: app.organisation(who.bureau, &mut *uow).await?,
        rules: app.rules(who.bureau, &mut *uow).await?,
        may: app.policy.permit(&who.actor, Right::KeepWorksheet, &row),
        task,
    })
}

/// As [`show`], for taking it along as a file; what is marked is not (SYS-05).
pub async fn export(app: &App, who: &Who, id: TaskId) -> AppResult<WorksheetView> {
    let view = show(app, who, id).await?;
    let row = view.task.row();
    app.policy.permit(&who.actor, Right::ExportTask, &row)?;
    Ok(view)
}

/// Fills something in; `seen` is the version that the person looked at, 0 where there was none.
#[tracing::instrument(skip_all, fields(task.id = %id))]
pub async fn handle(
    app: &App,
    who: &Who,
    id: TaskId,
    command: WorksheetCommand,
    seen: Option<i64>,
) -> AppResult<Worksheet> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let task = load_seen(app, &mut *uow, who, id).await?;
    app.policy
        .permit(&who.actor, Right::KeepWorksheet, &row(&task))?;
    let sheet = of_task(app, &mut *uow, id).await?;
    if seen.is_some_and(|seen| seen != sheet.version) {
        return Err(AppError::Conflict {
            changes: Vec::new(),
        });
    }
    let event = sheet.decide(&task, command)?;
    secrecy::check(who, std::slice::from_ref(&event), &sheet)?;
    let signed = rules.context(app, &who.actor, &organisation).signed();
    let saved = match sheet.version {
        0 => registers::begin::<Worksheet>(&mut *uow, id.0, &event, &signed).await?,
        _ => registers::follow(&mut *uow, sheet, &event, &signed).await?,
    };
    uow.commit().await?;
    Ok(saved)
}

/// Whether the person may fill in the task's tables.
pub fn may_keep(app: &App, who: &Who, task: &Task) -> bool {
    app.policy
        .allows(&who.actor, Right::KeepWorksheet, &row(task))
}

/// What the packs in force ask for of a task's tables, by its origin.
pub fn wanted<'a>(rules: &'a Rules, task: &Task, kind: SheetKind) -> Option<&'a SheetWanted> {
    let category = &task.details.category;
    let packs = rules.packs.iter().filter(|pack| {
        let mut origins = pack.origins.iter();
        origins.any(|origin| origin.key == *category)
    });
    packs
        .flat_map(|pack| &pack.sheets)
        .find(|sheet| sheet.kind == kind)
}

/// Lets a closing go on, or says what of the list is missing: the task does not know of it.
pub(crate) async fn check_closing(
    app: &App,
    uow: &mut dyn UnitOfWork,
    rules: &Rules,
    task: &Task,
    command: &TaskCommand,
) -> AppResult<()> {
    let closes = matches!(
        command,
        TaskCommand::ApplyToClose { .. } | TaskCommand::Endorse { .. }
    );
    if !closes {
        return Ok(());
    }
    let wanted = wanted(rules, task, SheetKind::FourInOne).is_some();
    let sheet = of_task(app, uow, task.id).await?;
    Ok(sheet.check_closing(wanted)?)
}

/// What the task itself says of its facets, to begin with.
pub fn drafted(view: &WorksheetView) -> Facets {
    let (task, details) = (&view.task, &view.task.details);
    let lead = details.lead.map(|lead| view.organisation.unit_name(lead));
    let co_units = details.co_units.iter();
    let co_units = co_units.map(|co| view.organisation.unit_name(co.unit));
    let units: Vec<&str> = lead.into_iter().chain(co_units).collect();
    let mut facets = view.sheet.facets.clone();
    let fill = |field: &mut String, text: String| {
        if field.is_empty() {
            *field = text;
        }
    };
    fill(&mut facets.bearers, units.join("、"));
    fill(&mut facets.content, details.target.clone());
    let feedback = task.last_feedback.as_ref();
    let progress = feedback.map(|known| format!("进度 {}%：{}", task.progress, known.text));
    fill(&mut facets.progress, progress.unwrap_or_default());
    let grade = task
        .grade
        .map(|grade| format!("评价：{}", sentences::grade(grade)));
    fill(&mut facets.evaluation, grade.unwrap_or_default());
    facets
}

/// A task's tables; blank ones where none are kept.
pub(crate) async fn of_task(
    app: &App,
    uow: &mut dyn UnitOfWork,
    id: TaskId,
) -> AppResult<Worksheet> {
    match registers::get(uow, id.0, WHAT).await {
        Ok(known) => Ok(known),
        Err(AppError::NotFound { .. }) => Ok(Worksheet::blank(id, app.today())),
        Err(error) => Err(error),
    }
}

fn row(task: &Task) -> Row {
    Row::Record(RecordRow {
        units: task.details.lead.into_iter().collect(),
        ..RecordRow::default()
    })
}
