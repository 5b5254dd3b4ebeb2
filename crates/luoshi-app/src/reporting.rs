//! How work that is reported upwards stands: who is missing, late or has filed as of a day, and the
//! report to the superior over a range of days (LEDGER-11).
//!
//! Whatever day is asked for, it is computed from what was set and reported by then.

use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::calendar::local_day;
use luoshi_domain::ids::{PlanId, UnitId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::tasks::evidence::Evidence;
use luoshi_domain::tasks::lists::{Marks, PageRequest, ReportFilter, TaskFilter, TaskSort};
use luoshi_domain::tasks::reporting::{Filing, TaskFiling};
use luoshi_domain::tasks::{Task, TaskEvent};

use crate::errors::AppResult;
use crate::rules::Rules;
use crate::tasks::{Step, steps_of};
use crate::{App, COUNT_CAP, Who, policy};

/// Tasks read at a time.
const PART: u32 = 500;

/// Most tasks that are looked at; of more it is said so.
pub const LOOKED_AT: usize = 5000;

/// Most days of one report.
const DAYS: i64 = 1100;

/// Whose work; what is left out does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    pub lead: Option<UnitId>,
    pub plan: Option<PlanId>,
    /// Key of an origin category.
    pub category: Option<String>,
}

/// How the filings stand on a day.
#[derive(Clone, Debug)]
pub struct Standings {
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
    pub day: NaiveDate,
    /// The most pressing first.
    pub rows: Vec<Standing>,
    /// Work of these origins that is under way without a cadence, as it is now; up to
    /// [`COUNT_CAP`].
    pub unset: u32,
    /// Whether there are more tasks than were looked at.
    pub cut: bool,
}

/// How the filings of one task stand.
#[derive(Clone, Debug)]
pub struct Standing {
    pub task: Task,
    pub whole: TaskFiling,
    /// Oldest first, with the one that comes next.
    pub filings: Vec<Filing>,
}

/// The report to the superior.
#[derive(Clone, Debug)]
pub struct UpwardReport {
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
    /// Both inclusive.
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub rows: Vec<ReportedTask>,
    pub cut: bool,
}

/// One task of it.
#[derive(Clone, Debug)]
pub struct ReportedTask {
    pub task: Task,
    /// Those that were due in the range.
    pub filings: Vec<Filing>,
    /// What had been reported by its end.
    pub said: Option<Said>,
}

/// What was reported, and on which day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub day: NaiveDate,
    pub by: String,
    pub progress: u8,
    pub text: String,
    pub difficulties: String,
    pub suggestions: String,
    pub figures: String,
    pub evidence: Vec<Evidence>,
    /// The day on which the same was filed again.
    pub repeated_on: Option<NaiveDate>,
}

impl Standings {
    pub fn count(&self, whole: TaskFiling) -> usize {
        self.rows.iter().filter(|row| row.whole == whole).count()
    }
}

/// How the filings stand as of `day`; today where none is named.
pub async fn standings(
    app: &App,
    who: &Who,
    day: Option<NaiveDate>,
    scope: &Scope,
) -> AppResult<Standings> {
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let day = day.unwrap_or(rules.today);
    let filter = filter(policy::tasks(app, &who.actor), &rules, scope);
    let (tasks, cut) = read(&mut *uow, &filter).await?;
    let unset = TaskFilter {
        report: Some(ReportFilter::Unset),
        ..filter
    };
    let unset = uow.tasks_count(&unset, COUNT_CAP).await?;
    let behind = rules.leads.behind_points.value;
    let concerned = tasks.into_iter().filter(|task| is_concerned(task, day));
    let mut rows: Vec<Standing> = concerned
        .map(|task| {
            let filings = task.filings(day, behind);
            Standing {
                whole: TaskFiling::of(&filings),
                filings,
                task,
            }
        })
        .collect();
    rows.sort_by_key(|row| (row.whole, row.filings.last().map(|filing| filing.due)));
    Ok(Standings {
        organisation,
        rules,
        day,
        rows,
        unset,
        cut,
    })
}

/// The report to the superior over the days from `from` to `until`. What is marked leaves by no
/// report (SYS-05).
pub async fn upwards(
    app: &App,
    who: &Who,
    (from, until): (NaiveDate, NaiveDate),
    scope: &Scope,
) -> AppResult<UpwardReport> {
    if until < from || (until - from).num_days() > DAYS {
        let sentence = format!("起止日期不对：起不能晚于止，一次最多 {DAYS} 天。");
        return Err(Refusal::input("until", "LEDGER-11", sentence).into());
    }
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let filter = TaskFilter {
        marks: Marks::Unmarked,
        ..filter(policy::tasks(app, &who.actor), &rules, scope)
    };
    let (tasks, cut) = read(&mut *uow, &filter).await?;
    let behind = rules.leads.behind_points.value;
    let as_of = until.min(rules.today);
    let mut rows = Vec::new();
    for task in tasks {
        let known = task.reporting.as_deref().filter(|known| known.always);
        let Some(known) = known else { continue };
        let mut filings = task.filings(as_of, behind);
        filings.retain(|filing| filing.due >= from && filing.due <= until);
        let mut days = known.reports.iter().map(|report| report.day());
        let reported = days.any(|day| day >= from && day <= until);
        if filings.is_empty() && !reported {
            continue;
        }
        let steps = steps_of(&mut *uow, task.id).await?;
        rows.push(ReportedTask {
            said: said(&steps, until),
            filings,
            task,
        });
    }
    Ok(UpwardReport {
        organisation,
        rules,
        from,
        until,
        rows,
        cut,
    })
}

/// Work of the origins that are reported upwards, with a cadence.
fn filter(reach: TaskFilter, rules: &Rules, scope: &Scope) -> TaskFilter {
    TaskFilter {
        report: Some(ReportFilter::Set),
        categories: Some(upward_origins(rules)),
        category: scope.category.clone(),
        lead: scope.lead,
        plan: scope.plan,
        ..reach
    }
}

/// Keys of the origins whose work is reported upwards.
pub fn upward_origins(rules: &Rules) -> Vec<String> {
    let origins = rules.leads.cadences.iter();
    origins.map(|known| known.origin.clone()).collect()
}

/// The tasks of a filter, as many as are looked at, and whether there are more.
async fn read(uow: &mut dyn UnitOfWork, filter: &TaskFilter) -> AppResult<(Vec<Task>, bool)> {
    let mut tasks = Vec::new();
    let mut after = None;
    loop {
        let page = PageRequest { size: PART, after };
        let found = uow.tasks_full(filter, TaskSort::Limit, &page).await?;
        tasks.extend(found.rows);
        after = found.next;
        if after.is_none() || tasks.len() >= LOOKED_AT {
            return Ok((tasks, after.is_some()));
        }
    }
}

/// Whether reports of it were due on that day, or it still is under way.
fn is_concerned(task: &Task, day: NaiveDate) -> bool {
    let Some(known) = task.reporting.as_deref().filter(|known| known.always) else {
        return false;
    };
    let begun = known.stretches.iter().any(|stretch| stretch.from <= day);
    let last = known.stretches.last().and_then(|stretch| stretch.until);
    begun && (!task.is_over() || last.is_none_or(|until| until > day))
}

/// What had last been reported by the end of `day`.
fn said(steps: &[Step], day: NaiveDate) -> Option<Said> {
    let mut repeated_on = None;
    for step in steps.iter().rev() {
        let on = local_day(step.by.at);
        if on > day {
            continue;
        }
        match &step.event {
            TaskEvent::ReportRepeated { .. } => {
                repeated_on.get_or_insert(on);
            }
            TaskEvent::FedBack {
                progress,
                text,
                difficulties,
                suggestions,
                figures,
                evidence,
                ..
            } => {
                return Some(Said {
                    day: on,
                    by: step.by.who(),
                    progress: *progress,
                    text: text.clone(),
                    difficulties: difficulties.clone(),
                    suggestions: suggestions.clone(),
                    figures: figures.clone(),
                    evidence: evidence.clone(),
                    repeated_on,
                });
            }
            _ => {}
        }
    }
    None
}
