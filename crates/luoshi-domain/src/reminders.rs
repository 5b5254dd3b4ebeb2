//! What somebody is to be reminded of on a day (TIME-10).
//!
//! Facts in, findings out: the same task on the same day gives the same findings. Each carries a
//! stamp, under which it is told once.

use chrono::{Datelike, NaiveDate};

use crate::calendar::local_day;
use crate::lights::Leads;
use crate::limits::Step;
use crate::notifications::Recipient;
use crate::tasks::timing::LimitStanding;
use crate::tasks::{Task, TaskState};

/// Days after which an overdue task is told of again.
const AGAIN_DAYS: i64 = 7;

/// What is found of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// The limit comes near.
    DueSoon,
    /// Today is the last day.
    Due,
    /// The limit is past.
    Overdue,
    /// Less done than the schedule expects.
    Behind,
    /// Signed for, and nothing reported.
    NoReport,
    /// The limit of a step before the completion comes near or is today.
    StepSoon,
    /// The limit of a step is past.
    StepOverdue,
    /// A leader has not answered a blocker in time.
    Unanswered,
    /// A report falls due soon or today (LEDGER-11).
    ReportSoon,
    /// A report is past its day.
    ReportMissing,
}

impl FindingKind {
    /// As stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::DueSoon => "due_soon",
            Self::Due => "due",
            Self::Overdue => "overdue",
            Self::Behind => "behind",
            Self::NoReport => "no_report",
            Self::StepSoon => "step_soon",
            Self::StepOverdue => "step_overdue",
            Self::Unanswered => "unanswered",
            Self::ReportSoon => "report_soon",
            Self::ReportMissing => "report_missing",
        }
    }
}

/// Something found of a task on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub kind: FindingKind,
    /// Days left or past, or tenths of a percentage point behind.
    pub amount: i64,
    /// The step whose limit it is; [`Step::Closed`] for the completion.
    pub step: Step,
    /// Told once for each task, kind and stamp.
    pub stamp: String,
}

/// What is found of a task on the local day `today`; nothing unless it is issued and not over.
pub fn findings(task: &Task, today: NaiveDate, leads: &Leads) -> Vec<Finding> {
    let running = matches!(
        task.state,
        TaskState::Issued | TaskState::Accepted | TaskState::InProgress | TaskState::Supervising
    );
    if !running {
        return Vec::new();
    }
    // While a leader is to clear what stands in the way, the unit is reminded of nothing.
    if task.paused_since().is_some() {
        return unanswered(task, today);
    }
    let mut found: Vec<Finding> = completion(task, today, leads).into_iter().collect();
    let mut reports_limited = false;
    for limit in task.steps_due() {
        reports_limited |= limit.to == Step::FirstFeedback;
        let stamp = format!("{}/{}", limit.to.key(), limit.day);
        match task.standing(limit, today) {
            LimitStanding::Open { left } if left <= i64::from(limit.warn_days) => {
                found.push(Finding {
                    kind: FindingKind::StepSoon,
                    amount: left,
                    step: limit.to,
                    stamp,
                });
            }
            LimitStanding::Overdue { days } => found.push(Finding {
                kind: FindingKind::StepOverdue,
                amount: days,
                step: limit.to,
                stamp: format!("{stamp}/{}", again(days)),
            }),
            _ => {}
        }
    }
    found.extend(report(task, today, leads));
    // Where reports have days of their own, these are told.
    reports_limited |= task.cadence().is_some();
    let received = task.step_at(Step::Received).map(local_day);
    if let Some(received) = received.filter(|_| task.feedbacks == 0 && !reports_limited) {
        let days = (today - received).num_days();
        if days > leads.no_report_days.value {
            found.push(Finding {
                kind: FindingKind::NoReport,
                amount: days,
                step: Step::FirstFeedback,
                stamp: week(today),
            });
        }
    }
    found
}

/// Whom a finding concerns: the lead unit, and when something is past the supervising unit too.
pub fn recipients(task: &Task, kind: FindingKind) -> Vec<Recipient> {
    let lead = task.details.lead.map(Recipient::Unit);
    let supervisor = task.details.supervisor.map(Recipient::Unit);
    if kind == FindingKind::Unanswered {
        let leaders = task.blockers_open();
        let leaders = leaders.map(|blocker| Recipient::Person(blocker.leader));
        return leaders.chain(supervisor).collect();
    }
    let past = matches!(
        kind,
        FindingKind::Overdue
            | FindingKind::NoReport
            | FindingKind::ReportMissing
            | FindingKind::StepOverdue
    );
    let mut to: Vec<Recipient> = lead.into_iter().collect();
    if past && supervisor != lead {
        to.extend(supervisor);
    }
    to
}

/// The report that falls due, or is past its day.
fn report(task: &Task, today: NaiveDate, leads: &Leads) -> Option<Finding> {
    let due = task.report_due(leads.behind_points.value)?;
    let left = (due - today).num_days();
    let (kind, amount, stamp) = if left < 0 {
        let stamp = format!("{due}/{}", again(-left));
        (FindingKind::ReportMissing, -left, stamp)
    } else if left <= leads.report_soon_days.value {
        (FindingKind::ReportSoon, left, due.to_string())
    } else {
        return None;
    };
    Some(Finding {
        kind,
        amount,
        step: Step::FirstFeedback,
        stamp,
    })
}

/// Answers of leaders that are past their day.
fn unanswered(task: &Task, today: NaiveDate) -> Vec<Finding> {
    let answer_by = task.answer_by().filter(|day| *day < today);
    let found = answer_by.map(|day| {
        let days = (today - day).num_days();
        Finding {
            kind: FindingKind::Unanswered,
            amount: days,
            step: Step::Closed,
            stamp: format!("{day}/{}", again(days)),
        }
    });
    found.into_iter().collect()
}

/// The one thing to say of the completion, as the lights judge it.
fn completion(task: &Task, today: NaiveDate, leads: &Leads) -> Option<Finding> {
    let facts = task.facts();
    let (_issued_on, limit) = facts.timed()?;
    let finding = |kind, amount, stamp| {
        Some(Finding {
            kind,
            amount,
            step: Step::Closed,
            stamp,
        })
    };
    let left = (limit - today).num_days();
    if left < 0 {
        let stamp = format!("{limit}/{}", again(-left));
        return finding(FindingKind::Overdue, -left, stamp);
    }
    if left == 0 {
        return finding(FindingKind::Due, 0, limit.to_string());
    }
    if left <= leads.due_soon_days.value {
        return finding(FindingKind::DueSoon, left, limit.to_string());
    }
    let behind = facts.gap(today)?;
    if behind > 10 * leads.behind_points.value {
        return finding(FindingKind::Behind, behind, week(today));
    }
    None
}

/// Which time it is told, when it is told every [`AGAIN_DAYS`] days from the first.
fn again(days: i64) -> i64 {
    (days - 1).div_euclid(AGAIN_DAYS)
}

fn week(day: NaiveDate) -> String {
    let week = day.iso_week();
    format!("{}-W{:02}", week.year(), week.week())
}

#[cfg(test)]
mod tests;
