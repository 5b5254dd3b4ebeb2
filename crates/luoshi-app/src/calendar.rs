//! The workday calendar of a bureau: a month at a glance, and new notices (TIME-08).

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::calendar::{Calendar, DayNature, EnteredNotice, Notice};
use luoshi_domain::campaigns::Campaign;
use luoshi_domain::ids::{BureauId, TaskId};
use luoshi_domain::journal::Signed;
use luoshi_domain::limits::Step;
use luoshi_domain::periods::{Period, PeriodKind};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::lists::{
    PageRequest, Queue, StepLimits, StepsDue, TaskFilter, TaskRow, TaskSort, Visibility,
};
use luoshi_domain::tasks::timing::{LimitCause, MovedLimit};
use luoshi_domain::tasks::{Task, TaskEvent};

use crate::errors::{AppError, AppResult};
use crate::packs::notices;
use crate::rules::Rules;
use crate::{App, Who, policy};

/// Most tasks that a month shows.
const MONTH_LIMIT: usize = 5_000;

/// Tasks read at a time.
const PAGE: u32 = 500;

/// A month with what falls due in it.
#[derive(Clone, Debug)]
pub struct Month {
    pub rules: Arc<Rules>,
    pub period: Period,
    /// From the Monday on or before the first to the Sunday on or after the last day.
    pub days: Vec<MonthDay>,
    /// Campaigns of the packs in force that are on in the month, all their days being known.
    pub campaigns: Vec<Campaign>,
    /// False when there were more than are shown.
    pub complete: bool,
}

/// One day of a month's table.
#[derive(Clone, Debug)]
pub struct MonthDay {
    pub day: NaiveDate,
    pub within: bool,
    pub nature: DayNature,
    pub provisional: bool,
    /// Open tasks whose completion limit it is.
    pub due: Vec<TaskRow>,
    /// How many tasks still have to take which step by this day.
    pub steps: Vec<(Step, u32)>,
}

/// What entering notices would do.
#[derive(Clone, Debug)]
pub struct NoticePreview {
    pub notices: Vec<Notice>,
    pub moved: Vec<MovedTask>,
}

/// A task whose limits move.
#[derive(Clone, Debug)]
pub struct MovedTask {
    pub id: TaskId,
    pub number: Option<String>,
    pub title: String,
    pub limits: Vec<MovedLimit>,
}

/// The notices in force, and those that the bureau entered.
#[derive(Clone, Debug)]
pub struct NoticesView {
    pub rules: Arc<Rules>,
    pub entered: Vec<EnteredNotice>,
}

/// The month that `day` is in, with what the reader may see of what falls due.
pub async fn month(app: &App, who: &Who, day: NaiveDate) -> AppResult<Month> {
    let mut uow = app.store.read(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let period = Period::of(PeriodKind::Month, day);
    let first = Period::of(PeriodKind::Week, period.start()).start();
    let last = Period::of(PeriodKind::Week, period.end()).end();
    let mut filter = policy::tasks(app, &who.actor);
    filter.queue = Some(Queue::DueSoon {
        today: first,
        until: last,
    });
    let mut due: BTreeMap<NaiveDate, Vec<TaskRow>> = BTreeMap::new();
    let mut page = PageRequest {
        size: PAGE,
        after: None,
    };
    let (mut shown, mut complete) = (0, true);
    loop {
        let found = uow.tasks_list(&filter, TaskSort::Limit, &page).await?;
        shown += found.rows.len();
        for row in found.rows {
            if let Some(limit) = row.limit {
                due.entry(limit).or_default().push(row);
            }
        }
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
        if shown >= MONTH_LIMIT {
            complete = false;
            break;
        }
    }
    let mut steps: BTreeMap<NaiveDate, Vec<(Step, u32)>> = BTreeMap::new();
    for due in steps_due(app, who, (first, last), &mut *uow).await? {
        steps
            .entry(due.day)
            .or_default()
            .push((due.step, due.count));
    }
    steps.values_mut().for_each(|steps| steps.sort_unstable());
    let days = first.iter_days().take_while(|day| *day <= last);
    let days = days.map(|day| MonthDay {
        day,
        within: period.contains(day),
        nature: rules.calendar.nature(day),
        provisional: rules.calendar.is_provisional(day),
        due: due.remove(&day).unwrap_or_default(),
        steps: steps.remove(&day).unwrap_or_default(),
    });
    let campaigns = rules.packs.iter().flat_map(|pack| &pack.campaigns);
    let campaigns = campaigns.filter(|campaign| {
        campaign.undated().is_empty()
            && campaign
                .days
                .is_some_and(|days| days.start <= period.end() && days.end >= period.start())
    });
    Ok(Month {
        days: days.collect(),
        campaigns: campaigns.cloned().collect(),
        rules,
        period,
        complete,
    })
}

/// How many limits of steps fall on each day from the first to the last that the reader may see.
async fn steps_due(
    app: &App,
    who: &Who,
    (from, until): (NaiveDate, NaiveDate),
    uow: &mut dyn UnitOfWork,
) -> AppResult<Vec<StepsDue>> {
    let filter = TaskFilter {
        steps: Some(StepLimits {
            step: None,
            from,
            until,
        }),
        ..policy::tasks(app, &who.actor)
    };
    Ok(uow.tasks_steps_due(&filter).await?)
}

/// All notices.
pub async fn notices(app: &App, who: &Who) -> AppResult<NoticesView> {
    policy::see_packs(app, who)?;
    let mut uow = app.store.read(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let entered = uow.calendar_load().await?.notices;
    Ok(NoticesView { rules, entered })
}

/// What entering the notices of a file would move; nothing is stored.
pub async fn preview(app: &App, who: &Who, file: &str, text: &str) -> AppResult<NoticePreview> {
    policy::manage_packs(app, who)?;
    let notices = read(file, text)?;
    let mut uow = app.store.read(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let calendar = with(&rules, &notices);
    let cause = cause(&notices)?;
    let mut moved = Vec::new();
    for task in open_tasks(&mut *uow).await? {
        if let Some(TaskEvent::LimitsCounted { moved: limits, .. }) =
            task.recounted(&calendar, cause.clone())
        {
            moved.push(MovedTask {
                id: task.id,
                number: task.number.clone(),
                title: task.details.title.clone(),
                limits,
            });
        }
    }
    Ok(NoticePreview { notices, moved })
}

/// Enters the notices of a file and counts the limits anew; how many tasks moved.
pub async fn announce(app: &App, who: &Who, file: &str, text: &str) -> AppResult<u32> {
    policy::require_to_see(app, &who.actor, Right::AnnounceDaysOff, "notice")?;
    let notices = read(file, text)?;
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let ctx = rules.context(app, &who.actor, &organisation);
    let signed = ctx.signed();
    let mut announced = uow.calendar_load().await?;
    for notice in notices.clone() {
        let event = announced.announce(notice, &rules.calendar)?;
        announced.apply(&event, &signed);
        uow.calendar_save(&announced, &event, &signed).await?;
    }
    let moved = recount(&rules, &notices, &signed, &mut *uow).await?;
    uow.commit().await?;
    Ok(moved)
}

/// As [`announce`], by whoever operates the installation; skips notices that are known.
pub async fn announce_as_operator(
    app: &App,
    bureau: BureauId,
    file: &str,
    text: &str,
) -> AppResult<u32> {
    let notices = read(file, text)?;
    let mut uow = app.store.write(bureau).await?;
    let rules = app.rules(bureau, &mut *uow).await?;
    let signed = Signed::system(bureau, app.clock.now(), "命令行");
    let mut announced = uow.calendar_load().await?;
    for notice in &notices {
        if rules.calendar.has(notice) {
            continue;
        }
        let event = luoshi_domain::calendar::CalendarEvent::Announced {
            notice: notice.clone(),
        };
        announced.apply(&event, &signed);
        uow.calendar_save(&announced, &event, &signed).await?;
    }
    let moved = recount(&rules, &notices, &signed, &mut *uow).await?;
    uow.commit().await?;
    Ok(moved)
}

async fn recount(
    rules: &Rules,
    notices: &[Notice],
    signed: &Signed,
    uow: &mut dyn UnitOfWork,
) -> AppResult<u32> {
    let calendar = with(rules, notices);
    let cause = cause(notices)?;
    let mut moved = 0;
    for mut task in open_tasks(uow).await? {
        if let Some(event) = task.recounted(&calendar, cause.clone()) {
            task.apply(&event, signed);
            uow.task_save(&task, &[event], signed).await?;
            moved += 1;
        }
    }
    Ok(moved)
}

/// The tasks under policies that are approved and not over.
async fn open_tasks(uow: &mut dyn UnitOfWork) -> AppResult<Vec<Task>> {
    let mut tasks = Vec::new();
    for queue in [Queue::ToIssue, Queue::Open] {
        let mut filter = TaskFilter::new(Visibility::All);
        filter.queue = Some(queue);
        let mut page = PageRequest {
            size: PAGE,
            after: None,
        };
        loop {
            let found = uow.tasks_list(&filter, TaskSort::Limit, &page).await?;
            for row in found.rows {
                let task = uow.task_get(row.id).await?;
                tasks.extend(task.filter(|task| task.timing.is_some()));
            }
            page.after = found.next;
            if page.after.is_none() {
                break;
            }
        }
    }
    Ok(tasks)
}

fn with(rules: &Rules, notices: &[Notice]) -> Calendar {
    Calendar::of(rules.notices.values().chain(notices))
}

fn cause(notices: &[Notice]) -> AppResult<LimitCause> {
    let year = notices.first().map(|notice| notice.year);
    let year = year.ok_or_else(|| {
        AppError::Refused(Refusal::input("text", "TIME-08", "没有读到放假通知。"))
    })?;
    Ok(LimitCause::Calendar { year })
}

fn read(file: &str, text: &str) -> AppResult<Vec<Notice>> {
    notices::notices(file, text).map_err(|fault| {
        let sentence = format!("{fault}没有保存。");
        AppError::Refused(Refusal::input("text", "TIME-08", sentence))
    })
}
