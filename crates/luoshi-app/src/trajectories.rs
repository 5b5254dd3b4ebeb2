//! A task's planned course against its actual one, and changing it (LEDGER-09, PROJ-09).

use chrono::NaiveDate;
use luoshi_domain::ids::TaskId;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::Task;
use luoshi_domain::trajectories::Milestone;
use luoshi_domain::trajectories::Pace;
use luoshi_domain::trajectories::backward::{Days, Stage, milestones};
use luoshi_domain::trajectories::decide::CourseCommand;
use luoshi_domain::trajectories::forecast::{Forecast, forecast};

use crate::errors::AppResult;
use crate::tasks::{self, TaskView};
use crate::{App, Who, rules};

/// Points of the planned course that a chart draws at most, besides the milestones.
const POINTS: i64 = 60;

/// How a task stands against its course.
#[derive(Clone, Debug)]
pub struct Course {
    /// Tenths of a percent expected on the day judged; nothing before it is issued.
    pub expected: Option<i64>,
    /// Expected less actual, in tenths.
    pub gap: Option<i64>,
    pub pace: Option<Pace>,
    pub forecast: Forecast,
    /// Day, and tenths of a percent expected at its end.
    pub planned: Vec<(NaiveDate, i64)>,
}

/// A backward schedule that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backward {
    pub finish: NaiveDate,
    pub stages: Vec<Stage>,
    pub days: Days,
}

/// How the task stands against its course on the local day `today`.
pub fn course(task: &Task, today: NaiveDate) -> Course {
    let facts = task.facts();
    let day = facts.judged_on(today);
    let gap = facts.gap(day);
    let mut planned = Vec::new();
    if let (Some(from), Some(until)) = (facts.issued_on, facts.limit) {
        let days = (until - from).num_days();
        let step = (days / POINTS).max(1);
        let mut at = from;
        while at < until {
            planned.push(at);
            match at.checked_add_signed(chrono::TimeDelta::days(step)) {
                Some(next) => at = next,
                None => break,
            }
        }
        planned.extend(task.trajectory.milestones.iter().map(|known| known.day));
        planned.push(until);
        planned.sort_unstable();
        planned.dedup();
    }
    let planned = planned.into_iter();
    Course {
        expected: facts.expected(day),
        gap,
        pace: gap.map(Pace::of),
        forecast: forecast(&task.readings),
        planned: planned
            .filter_map(|at| Some((at, facts.expected(at)?)))
            .collect(),
    }
}

/// Whether the actor may set the trajectory, or why not.
///
/// The supervision office may at any time; the lead unit arranges its own course once, so that
/// nobody moves away what they are late with.
pub fn may_set(app: &App, who: &Who, task: &Task) -> Result<(), Refusal> {
    let row = task.row();
    if app.policy.allows(&who.actor, Right::AmendTask, &row) {
        return Ok(());
    }
    if !task.trajectory.is_linear() {
        return Err(Refusal::authority(
            "course_kept",
            "LEDGER-09",
            "序时进度已经编排，调整由督查办办理。",
        ));
    }
    app.policy.permit(&who.actor, Right::Deploy, &row)
}

/// Whether the actor may mark milestones: the lead unit.
pub fn may_mark(app: &App, who: &Who, task: &Task) -> Result<(), Refusal> {
    app.policy
        .permit(&who.actor, Right::FeedBackAsLead, &task.row())
}

/// Carries out a command on a task's course, as [`tasks::handle`] does.
pub async fn handle(
    app: &App,
    who: &Who,
    id: TaskId,
    command: CourseCommand,
    seen: Option<i64>,
) -> AppResult<Task> {
    tasks::decide(app, who, id, seen, |task| {
        match &command {
            CourseCommand::Set { .. } => may_set(app, who, task)?,
            CourseCommand::Mark { .. } => may_mark(app, who, task)?,
        }
        task.decide_course(command.clone())
    })
    .await
}

/// The milestones that a backward schedule gives (PROJ-09); nothing is stored.
pub async fn backward(app: &App, who: &Who, wanted: &Backward) -> AppResult<Vec<Milestone>> {
    let rules = rules::of_bureau(app, who.bureau).await?;
    let found = milestones(wanted.finish, &wanted.stages, wanted.days, &rules.calendar);
    found.ok_or_else(|| {
        let sentence = "阶段天数太长，算不出最迟启动日。";
        Refusal::input("stages_too_long", "PROJ-09", sentence).into()
    })
}

/// The task with what the reader may do to its course.
pub async fn show(app: &App, who: &Who, id: TaskId) -> AppResult<(TaskView, Course)> {
    let view = tasks::show(app, who, id).await?;
    let course = course(&view.task, view.rules.today);
    Ok((view, course))
}
