//! The whole organisation as one workbook: out, and back after a preview (ORG-01, 02, 04, 14).
//!
//! A row speaks only of what it says: what no row speaks of stays as it is. The uploaded file
//! itself goes with the confirmation and is read again there, so that nothing is kept in between.

mod charges;
mod export;
mod names;
mod parts;
mod plan;
mod posts;
mod spells;
mod steps;
mod table;
mod unit_changes;
mod units;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_documents::error::ReadError;
use luoshi_documents::limits::Limits;
use luoshi_documents::workbook::{self as files, Page, ReadPage};
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::events::OrganisationEvent;
use luoshi_domain::organisation::history::History;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;

use crate::accounts::blocking;
use crate::errors::{AppError, AppResult};
use crate::organisation::changes::{self, Change};
use crate::{App, Who, policy};
use steps::Step;

pub use table::ReadDay;

/// A file that somebody uploaded, and how it is meant.
#[derive(Clone)]
pub struct Upload {
    pub bytes: Arc<[u8]>,
    /// From which day changes hold whose rows name none.
    pub from: NaiveDate,
    pub read_day: ReadDay,
}

/// A row that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The sheet's name; empty for the whole file.
    pub sheet: String,
    /// As the spreadsheet program numbers it, from 1; none for the whole sheet.
    pub row: Option<u32>,
    pub sentence: String,
}

/// Something that the workbook would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub sheet: &'static str,
    pub row: u32,
    /// What sort of change it is, e.g. `新设单位`.
    pub what: &'static str,
    pub sentence: String,
    /// The first day on which it holds; none when it holds for all days.
    pub from: Option<NaiveDate>,
}

/// What a workbook would do.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// The organisation's version that it was worked out for.
    pub version: i64,
    /// In the order of the sheets and rows; empty when it changes nothing.
    pub lines: Vec<Line>,
    /// How many of each sort.
    pub counts: Vec<(&'static str, usize)>,
    /// Persons who are new and cannot sign in before somebody opens their accounts.
    pub registered: usize,
    /// Why it cannot be taken; all of it, by sheet and row.
    pub faults: Vec<RowFault>,
}

/// The bytes of the workbook of today.
pub async fn export(app: &App, who: &Who) -> AppResult<Vec<u8>> {
    policy::keep_organisation(app, &who.actor)?;
    let mut uow = app.store.read(who.bureau).await?;
    let history = app.history(who.bureau, &mut *uow).await?;
    let today = app.today();
    written(move || export::pages(&history, today)).await
}

/// The bytes of the workbook without content.
pub async fn template(app: &App, who: &Who) -> AppResult<Vec<u8>> {
    policy::keep_organisation(app, &who.actor)?;
    written(export::empty).await
}

async fn written(pages: impl FnOnce() -> Vec<Page> + Send + 'static) -> AppResult<Vec<u8>> {
    let bytes = blocking(move || files::write_all(&pages())).await?;
    bytes.map_err(|error| AppError::internal("a workbook cannot be written", error))
}

/// What the workbook would change, or all that is wrong with it; nothing is stored.
pub async fn preview(app: &App, who: &Who, upload: &Upload) -> AppResult<Preview> {
    policy::keep_organisation(app, &who.actor)?;
    let pages = read(upload).await?;
    let mut uow = app.store.read(who.bureau).await?;
    let worked = Worked::of(app, who, &mut *uow, upload, pages).await?;
    Ok(worked.preview)
}

/// Changes the organisation as the workbook says, all in one transaction; nothing when a row is
/// faulty, which the preview then says. `seen` is the version that the preview was of.
#[tracing::instrument(skip_all)]
pub async fn carry_out(
    app: &App,
    who: &Who,
    upload: &Upload,
    seen: Option<i64>,
) -> AppResult<Preview> {
    policy::keep_organisation(app, &who.actor)?;
    let pages = read(upload).await?;
    let mut uow = app.store.write(who.bureau).await?;
    let version = uow.organisation_version().await?;
    if seen.is_some_and(|seen| seen != version) {
        let sentence = "机构在您预览之后有变动，表格还没有导入，什么都没有改。请重新上传再看一遍。";
        let changes = vec![sentence.to_owned()];
        return Err(AppError::Conflict { changes });
    }
    let Worked {
        preview,
        history,
        events,
    } = Worked::of(app, who, &mut *uow, upload, pages).await?;
    if !preview.faults.is_empty() || events.is_empty() {
        return Ok(preview);
    }
    let signed = crate::organisation::signed(app, who);
    uow.organisation_save(&history, &events, &signed).await?;
    let units = events.iter().filter_map(|event| match event {
        OrganisationEvent::PortfolioAssigned(portfolio) => Some(portfolio.unit),
        OrganisationEvent::PortfolioEnded { unit, .. } => Some(*unit),
        _ => None,
    });
    let units: BTreeSet<_> = units.collect();
    if !units.is_empty() {
        let today = history.as_of(app.today());
        changes::reroute(&mut *uow, &today, units, &signed).await?;
    }
    uow.commit().await?;
    Ok(preview)
}

/// What stands in the file; a file that is no workbook is refused.
async fn read(upload: &Upload) -> AppResult<Vec<ReadPage>> {
    let bytes = Arc::clone(&upload.bytes);
    let pages = blocking(move || files::read_all(&bytes, &Limits::default())).await?;
    match pages {
        Ok(pages) => Ok(pages),
        Err(ReadError::Unsupported { .. }) => {
            let sentence = "请上传从“机构”页面下载、填好后仍存为 .xlsx 的表格。";
            Err(Refusal::input("file", "ORG-01", sentence).into())
        }
        Err(unreadable) => Err(unreadable.into()),
    }
}

/// A workbook worked out against the organisation of a unit of work.
struct Worked {
    preview: Preview,
    /// With all events applied.
    history: History,
    events: Vec<OrganisationEvent>,
}

impl Worked {
    async fn of(
        app: &App,
        who: &Who,
        uow: &mut dyn UnitOfWork,
        upload: &Upload,
        pages: Vec<ReadPage>,
    ) -> AppResult<Self> {
        let history = app.history(who.bureau, uow).await?;
        let planned = planned(app, upload, &history, pages).await?;
        let (mut steps, faults) = match planned {
            Ok(planned) => planned,
            Err(faults) => {
                let preview = Preview {
                    version: history.version,
                    faults,
                    ..Preview::default()
                };
                let history = (*history).clone();
                let events = Vec::new();
                return Ok(Self {
                    preview,
                    history,
                    events,
                });
            }
        };
        for step in &mut steps {
            if leaves_items(&step.command) {
                let change = Change {
                    command: step.command.clone(),
                    take_along: false,
                };
                step.command = changes::counted(app, &history, uow, change).await?.command;
            }
        }
        let (app, actor) = (app.clone(), who.actor.clone());
        let work = move || {
            let allowed = |history: &History, command: &OrganisationCommand| {
                policy::appoint(&app, &actor, history, command)
            };
            Self::decided(&history, &steps, faults, &allowed)
        };
        blocking(work).await
    }

    fn decided(
        history: &History,
        steps: &[Step],
        faults: Vec<RowFault>,
        allowed: &steps::Allowed<'_>,
    ) -> Self {
        let done = steps::run(history, steps, allowed);
        let mut all = faults;
        all.extend(done.faults);
        let place = |sheet: &str| {
            let mut parts = parts::Part::ALL.iter();
            parts.position(|part| part.name() == sheet)
        };
        all.sort_by_key(|fault| (place(&fault.sheet), fault.row));
        all.dedup();
        let mut lines: Vec<Line> = steps.iter().map(line).collect();
        lines.sort_by_key(|line| (place(line.sheet), line.row));
        let mut counts: BTreeMap<steps::Phase, usize> = BTreeMap::new();
        for step in steps {
            *counts.entry(step.phase).or_default() += 1;
        }
        let counts = counts
            .into_iter()
            .map(|(phase, count)| (phase.name(), count));
        let registered = |event: &&OrganisationEvent| {
            matches!(event, OrganisationEvent::PersonRegistered(_person))
        };
        Self {
            preview: Preview {
                version: history.version,
                lines,
                counts: counts.collect(),
                registered: done.events.iter().filter(registered).count(),
                faults: all,
            },
            history: done.history,
            events: done.events,
        }
    }
}

/// The rows as commands, with the faults of single rows; or why no row can be read.
async fn planned(
    app: &App,
    upload: &Upload,
    history: &Arc<History>,
    pages: Vec<ReadPage>,
) -> AppResult<plan::Planned> {
    let (app, history) = (app.clone(), Arc::clone(history));
    let upload = upload.clone();
    let work = move || {
        let (now, today) = (app.clock.now(), app.today());
        let new_id = || app.ids.id(now);
        plan::of(history, &pages, &upload, today, &new_id)
    };
    blocking(work).await
}

/// Whether the command is refused while something is under way.
fn leaves_items(command: &OrganisationCommand) -> bool {
    matches!(
        command,
        OrganisationCommand::MergeUnit { .. }
            | OrganisationCommand::CloseUnit { .. }
            | OrganisationCommand::Leave { .. }
            | OrganisationCommand::ReleaseSupervisionOffice { .. }
    )
}

fn line(step: &Step) -> Line {
    Line {
        sheet: step.sheet,
        row: step.row,
        what: step.phase.name(),
        sentence: step.said.clone(),
        from: step.command.day(),
    }
}

#[cfg(test)]
mod tests;
