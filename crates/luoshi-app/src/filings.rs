//! Quarterly filing of the units' ledgers (LEDGER-03): who owes it, handing it in, deciding on it.

use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::calendar::local_day;
use luoshi_domain::filings::{FiledLine, Filing, Quarter};
use luoshi_domain::ids::{FilingId, UnitId};
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::registers::RegisterFilter;
use luoshi_domain::rights::{RecordRow, Right, Row};
use luoshi_domain::tasks::lists::{Marks, PageRequest, TaskFilter, TaskSort, Visibility};
use luoshi_domain::tasks::{Task, TaskState};

use crate::errors::{AppError, AppResult};
use crate::registers::{self, ENTRIES_SHOWN};
use crate::rules::Rules;
use crate::{App, Who, secrecy};

const WHAT: &str = "filing";

/// Lines of one unit's ledger at most.
const LINES: u32 = 2000;

/// What one unit owes for a quarter.
#[derive(Clone, Debug)]
pub struct Owed {
    pub unit: UnitId,
    /// Handed in and not sent back, or sent back.
    pub filing: Option<Filing>,
    /// Whether the reader may hand it in.
    pub may_file: bool,
}

/// A quarter's filings.
#[derive(Clone, Debug)]
pub struct Filings {
    pub quarter: Quarter,
    /// By which day it is filed, as the packs have it.
    pub due: Option<NaiveDate>,
    /// Every unit that owes one and that the reader may know of.
    pub owed: Vec<Owed>,
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
}

impl Filings {
    /// Units that have not handed in, or were sent back.
    pub fn missing(&self) -> impl Iterator<Item = &Owed> {
        self.owed
            .iter()
            .filter(|owed| !owed.filing.as_ref().is_some_and(Filing::counts))
    }
}

/// A filing as a page shows it.
#[derive(Clone, Debug)]
pub struct FilingView {
    pub filing: Filing,
    pub due: Option<NaiveDate>,
    pub may_judge: bool,
    pub organisation: Arc<Organisation>,
}

/// Every unit that owes its ledger for a quarter, with what it handed in.
pub async fn of_quarter(app: &App, who: &Who, quarter: Quarter) -> AppResult<Filings> {
    let Some(period) = quarter.period() else {
        return Err(AppError::NotFound { what: WHAT });
    };
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let filter = RegisterFilter {
        from: Some(period.start()),
        until: Some(period.start()),
        ..RegisterFilter::all(ENTRIES_SHOWN)
    };
    let mut known: Vec<Filing> = registers::list(&mut *uow, &filter).await?;
    let mut owed = Vec::new();
    for unit in organisation.carriers() {
        if !allows(app, who, Right::SeeFiling, unit.id) {
            continue;
        }
        let place = known.iter().position(|filing| filing.unit == unit.id);
        owed.push(Owed {
            unit: unit.id,
            filing: place.map(|place| known.swap_remove(place)),
            may_file: allows(app, who, Right::FileLedger, unit.id),
        });
    }
    Ok(Filings {
        quarter,
        due: quarter.due(&rules.calendar, rules.leads.filing_workdays.count()),
        owed,
        organisation,
        rules,
    })
}

/// One filing.
pub async fn show(app: &App, who: &Who, id: FilingId) -> AppResult<FilingView> {
    let mut uow = app.store.read(who.bureau).await?;
    let filing = load(app, who, &mut *uow, id).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    Ok(FilingView {
        due: filing
            .quarter
            .due(&rules.calendar, rules.leads.filing_workdays.count()),
        may_judge: allows(app, who, Right::JudgeFiling, filing.unit),
        filing,
        organisation: app.organisation(who.bureau, &mut *uow).await?,
    })
}

/// Hands in a unit's ledger as it stands.
pub async fn file(app: &App, who: &Who, unit: UnitId, quarter: Quarter) -> AppResult<Filing> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    if organisation.unit(unit).is_none() || !allows(app, who, Right::SeeFiling, unit) {
        return Err(AppError::NotFound { what: "unit" });
    }
    app.policy
        .permit(&who.actor, Right::FileLedger, &row(unit))?;
    let Some(period) = quarter.period() else {
        return Err(AppError::NotFound { what: WHAT });
    };
    let filter = RegisterFilter {
        from: Some(period.start()),
        until: Some(period.start()),
        ..RegisterFilter::all(ENTRIES_SHOWN)
    };
    let known: Vec<Filing> = registers::list(&mut *uow, &filter).await?;
    let known = known.into_iter().find(|filing| filing.unit == unit);
    let lines = lines(&mut *uow, unit, period.start()).await?;
    let ctx = app.context(&who.actor, &organisation);
    let event = Filing::file(unit, quarter, lines, known.as_ref(), ctx.today())?;
    let signed = ctx.signed();
    let filing = match known {
        Some(known) => registers::follow(&mut *uow, known, &event, &signed).await?,
        None => registers::begin(&mut *uow, app.ids.id(ctx.now), &event, &signed).await?,
    };
    uow.commit().await?;
    Ok(filing)
}

/// Accepts a filing, or sends it back with a reason.
pub async fn judge(
    app: &App,
    who: &Who,
    id: FilingId,
    accepted: bool,
    text: &str,
) -> AppResult<Filing> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let filing = load(app, who, &mut *uow, id).await?;
    app.policy
        .permit(&who.actor, Right::JudgeFiling, &row(filing.unit))?;
    let event = filing.judge(accepted, text)?;
    secrecy::check(who, std::slice::from_ref(&event), &filing)?;
    let signed = app.context(&who.actor, &organisation).signed();
    let filing = registers::follow(&mut *uow, filing, &event, &signed).await?;
    uow.commit().await?;
    Ok(filing)
}

/// The lines of a unit's ledger: what it leads and is not over, or ended in the quarter.
async fn lines(
    uow: &mut dyn UnitOfWork,
    unit: UnitId,
    start: NaiveDate,
) -> AppResult<Vec<FiledLine>> {
    let filter = TaskFilter {
        lead: Some(unit),
        marks: Marks::Unmarked,
        ..TaskFilter::new(Visibility::All)
    };
    let page = PageRequest {
        size: LINES,
        after: None,
    };
    let tasks = uow.tasks_full(&filter, TaskSort::Opened, &page).await?;
    if tasks.next.is_some() {
        let sentence = format!("本单位台账超过 {LINES} 项，请先办结或撤销不再办理的事项。");
        return Err(Refusal::state("too_many", "LEDGER-03", sentence).into());
    }
    let stands = |task: &&Task| match task.state {
        TaskState::Cancelled => false,
        TaskState::Closed => local_day(task.updated_at) >= start,
        _ => task.mark == Mark::None,
    };
    Ok(tasks
        .rows
        .iter()
        .filter(stands)
        .map(FiledLine::of)
        .collect())
}

async fn load(app: &App, who: &Who, uow: &mut dyn UnitOfWork, id: FilingId) -> AppResult<Filing> {
    let filing: Filing = registers::get(uow, id.0, WHAT).await?;
    match allows(app, who, Right::SeeFiling, filing.unit) {
        true => Ok(filing),
        false => Err(AppError::NotFound { what: WHAT }),
    }
}

fn allows(app: &App, who: &Who, right: Right, unit: UnitId) -> bool {
    app.policy.allows(&who.actor, right, &row(unit))
}

fn row(unit: UnitId) -> Row {
    Row::Record(RecordRow {
        units: vec![unit],
        ..RecordRow::default()
    })
}
