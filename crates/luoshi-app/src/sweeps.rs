//! The daily look through the limits: what is due soon, due, overdue, behind or without a report,
//! told to those concerned once (TIME-10); then which lights turned is noted.
//!
//! The day's row and its job are written in one transaction, so that a day has one job; what was
//! told is noted in the transaction that tells it, so that running again tells nothing twice.

use chrono::{NaiveDate, Timelike};
use luoshi_domain::calendar::{local_day, local_time};
use luoshi_domain::ids::{BureauId, TaskId};
use luoshi_domain::jobs::{Job, JobEnd};
use luoshi_domain::notifications::Topic;
use luoshi_domain::packs::step;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::reminders::{Finding, FindingKind, findings, recipients};
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::lists::{PageRequest, Queue, TaskFilter, TaskSort, Visibility};
use luoshi_domain::trajectories::percent;
use serde::{Deserialize, Serialize};

use crate::errors::{AppError, AppResult};
use crate::notifications::Told;
use crate::rules::Rules;
use crate::{App, Who, audit, bureaus, jobs, lights, notifications, policy};

/// The job's name.
pub(crate) const JOB: &str = "sweep";

/// The local hour from which a day is looked through.
const FROM_HOUR: u32 = 7;

/// Tasks looked at in one part of the job.
const PART: u32 = 200;

/// Tries before a day is given up; the next day is another.
const TRIES: u32 = 5;

/// What a look through one day found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepReport {
    pub tasks: u32,
    pub due_soon: u32,
    pub due: u32,
    /// Calendar days past, one for each overdue task, in the order of the limits.
    pub overdue: Vec<i64>,
    pub behind: u32,
    pub no_report: u32,
    /// Limits of steps that come near or are past.
    pub steps: u32,
    /// Blockers that a leader has not answered in time.
    #[serde(default)]
    pub unanswered: u32,
    /// Reports that fall due soon, and those past their day (LEDGER-11).
    #[serde(default)]
    pub report_soon: u32,
    #[serde(default)]
    pub report_missing: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Part {
    day: NaiveDate,
    after: Option<String>,
    /// Whether all is told, and only what turned is left to note.
    #[serde(default)]
    told: bool,
    /// The last task whose light was looked at.
    #[serde(default)]
    noted: Option<TaskId>,
    report: SweepReport,
}

/// Makes the job of today for every bureau that has none yet; how many. Nothing before the hour
/// at which the day is looked through.
pub async fn schedule(app: &App) -> AppResult<u32> {
    let now = app.clock.now();
    if local_time(now).hour() < FROM_HOUR {
        return Ok(0);
    }
    let mut made = 0;
    for bureau in bureaus::list(app).await? {
        let mut uow = app.store.write(bureau.id).await?;
        if uow.sweep_begin(local_day(now)).await? {
            push(app, &mut *uow).await?;
            audit::checks::schedule(app, &mut *uow).await?;
            uow.commit().await?;
            made += 1;
        }
    }
    Ok(made)
}

/// Looks through today once more; the supervision office's.
pub async fn again(app: &App, who: &Who) -> AppResult<()> {
    policy::require_to_see(app, &who.actor, Right::SweepLimits, "sweep")?;
    let mut uow = app.store.write(who.bureau).await?;
    uow.sweep_begin(app.today()).await?;
    push(app, &mut *uow).await?;
    uow.commit().await?;
    Ok(())
}

/// What the look through `day` found, when it is finished.
pub async fn report(app: &App, bureau: BureauId, day: NaiveDate) -> AppResult<Option<SweepReport>> {
    let text = app.store.read(bureau).await?.sweep_report(day).await?;
    let read = |text: String| serde_json::from_str(&text);
    let read = text.map(read).transpose();
    read.map_err(|error| AppError::internal("a sweep's report cannot be read", error))
}

async fn push(app: &App, uow: &mut dyn UnitOfWork) -> AppResult<()> {
    let now = app.clock.now();
    let part = Part {
        day: local_day(now),
        after: None,
        told: false,
        noted: None,
        report: SweepReport::default(),
    };
    jobs::push(app, uow, JOB, &part, TRIES).await
}

/// Runs one part of a day.
pub(crate) async fn run(app: &App, job: &Job) -> AppResult<JobEnd> {
    let mut part: Part = jobs::payload(job)?;
    let mut uow = app.store.write(job.bureau).await?;
    let rules = app.rules(job.bureau, &mut *uow).await?;
    if !part.told {
        look(app, &mut part, &rules, &mut *uow).await?;
    } else if let Some(last) = lights::note_turned(part.day, part.noted, &rules, &mut *uow).await? {
        part.noted = Some(last);
    } else {
        let report = serde_json::to_string(&part.report);
        let report = report.map_err(|error| AppError::internal("a report", error))?;
        uow.sweep_finish(part.day, &report).await?;
        uow.commit().await?;
        return Ok(JobEnd::Done);
    }
    uow.commit().await?;
    Ok(JobEnd::Next {
        payload: jobs::written(&part)?,
    })
}

/// Looks through the next tasks and tells those concerned.
async fn look(
    app: &App,
    part: &mut Part,
    rules: &Rules,
    uow: &mut dyn UnitOfWork,
) -> AppResult<()> {
    let mut filter = TaskFilter::new(Visibility::All);
    filter.queue = Some(Queue::Open);
    let page = PageRequest {
        size: PART,
        after: part.after.take(),
    };
    let found = uow.tasks_list(&filter, TaskSort::Limit, &page).await?;
    for row in found.rows {
        let Some(task) = uow.task_get(row.id).await? else {
            continue;
        };
        part.report.tasks += 1;
        for finding in findings(&task, part.day, &rules.leads) {
            part.report.count(&finding);
            tell(app, &task, &finding, uow).await?;
        }
    }
    part.told = found.next.is_none();
    part.after = found.next;
    Ok(())
}

async fn tell(
    app: &App,
    task: &Task,
    finding: &Finding,
    uow: &mut dyn UnitOfWork,
) -> AppResult<()> {
    let (now, kind) = (app.clock.now(), finding.kind.key());
    if !uow
        .reminder_note(task.id, kind, &finding.stamp, now)
        .await?
    {
        return Ok(());
    }
    for to in recipients(task, finding.kind) {
        let told = Told {
            topic: Topic::of_finding(finding.kind),
            to,
            task: task.id,
            text: format!("{}（{}）", said(task, finding), task.details.title),
            at: now,
        };
        notifications::tell(app, uow, told).await?;
    }
    Ok(())
}

/// The finding in words.
fn said(task: &Task, finding: &Finding) -> String {
    let amount = finding.amount;
    let limit = task.details.limit.map(|limit| limit.to_string());
    let limit = limit.unwrap_or_default();
    match finding.kind {
        FindingKind::DueSoon => format!("提醒：还有 {amount} 天到期，时限 {limit}"),
        FindingKind::Due => format!("提醒：今天到期，时限 {limit} 24 时止"),
        FindingKind::Overdue => format!("提醒：逾期 {amount} 天，时限 {limit}"),
        FindingKind::Behind => format!("提醒：进度比序时进度落后 {} 个百分点", percent(amount)),
        FindingKind::NoReport => format!("提醒：签收 {amount} 天还没有反馈"),
        FindingKind::ReportSoon if amount == 0 => "提醒：今天应上报进展，24 时止".into(),
        FindingKind::ReportSoon => format!("提醒：还有 {amount} 天应上报进展"),
        FindingKind::ReportMissing => format!("提醒：应上报的进展已逾期 {amount} 天"),
        FindingKind::Unanswered => {
            let answer_by = task.answer_by().map(|day| day.to_string());
            let answer_by = answer_by.unwrap_or_default();
            format!("提醒：卡点应于 {answer_by} 前答复，已超 {amount} 天，请领导协调")
        }
        FindingKind::StepSoon if amount == 0 => {
            format!("提醒：“{}”今天到期", step(finding.step))
        }
        FindingKind::StepSoon => {
            format!("提醒：“{}”还有 {amount} 天到期", step(finding.step))
        }
        FindingKind::StepOverdue => {
            format!("提醒：“{}”逾期 {amount} 天", step(finding.step))
        }
    }
}

impl SweepReport {
    fn count(&mut self, finding: &Finding) {
        match finding.kind {
            FindingKind::DueSoon => self.due_soon += 1,
            FindingKind::Due => self.due += 1,
            FindingKind::Overdue => self.overdue.push(finding.amount),
            FindingKind::Behind => self.behind += 1,
            FindingKind::NoReport => self.no_report += 1,
            FindingKind::Unanswered => self.unanswered += 1,
            FindingKind::ReportSoon => self.report_soon += 1,
            FindingKind::ReportMissing => self.report_missing += 1,
            FindingKind::StepSoon | FindingKind::StepOverdue => self.steps += 1,
        }
    }
}
