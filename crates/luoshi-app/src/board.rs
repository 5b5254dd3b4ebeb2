//! The leaders' board: what needs a decision now, how the lights stand and have stood, what
//! changed this week, and which units it gathers in.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate};
use luoshi_domain::calendar::local_day;
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{TaskId, UnitId};
use luoshi_domain::journal::{Envelope, JournalFilter};
use luoshi_domain::lights::changes::{LightChange, LightCount};
use luoshi_domain::lights::{Colour, Light};
use luoshi_domain::organisation::{Organisation, Role};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::lists::{LightFilter, PageRequest, Queue, TaskFilter, TaskRow, TaskSort};
use luoshi_domain::tasks::{Approval, ClosingStep, Level, Task};

use crate::errors::{AppError, AppResult};
use crate::rules::Rules;
use crate::{App, Who, policy};

/// Things that the board asks a leader to decide.
pub const DECISIONS: usize = 5;

/// Candidates of each kind that are weighed.
const CANDIDATES: u32 = 30;

/// Rows of one kind that a list of the week holds.
pub const WEEK_LIMIT: usize = 500;

/// Days of the course that the chart shows.
const COURSE_DAYS: u64 = 90;

/// What a leader is asked to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Matter {
    /// A unit cannot go on without a leader.
    Blocker,
    /// An extension was asked for.
    Extension,
    /// A closing waits.
    Closing,
    /// A major task is red.
    RedMajor,
}

/// Something that needs a leader, with why it is here.
#[derive(Clone, Debug)]
pub struct Decision {
    pub matter: Matter,
    pub task: Task,
    /// What ranks it, in words.
    pub why: String,
    /// How it ranks; more is sooner.
    weight: i64,
}

/// How many tasks had which light on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    pub red: i64,
    pub yellow: i64,
    pub green: i64,
    pub grey: i64,
    pub done: i64,
}

/// A unit's tasks under way by light.
#[derive(Clone, Debug)]
pub struct UnitHeat {
    /// `None` for tasks without a lead unit.
    pub unit: Option<UnitId>,
    pub counts: Distribution,
}

/// A kind of change that the week is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    TurnedRed,
    TurnedYellow,
    TurnedGreen,
    Closed,
    Opened,
    Extended,
}

/// Something that changed this week.
#[derive(Clone, Debug)]
pub struct Changed {
    pub day: NaiveDate,
    pub task: TaskRow,
    /// What is known of it: the reason of a light, or nothing.
    pub said: String,
}

/// The board.
#[derive(Clone, Debug)]
pub struct Board {
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
    /// At most [`DECISIONS`], the most urgent first.
    pub decisions: Vec<Decision>,
    /// How many there are besides.
    pub more: usize,
    pub lights: Distribution,
    pub units: Vec<UnitHeat>,
    /// The Monday of this week.
    pub week: NaiveDate,
    pub changes: Vec<(Change, usize)>,
    /// The end of each day that something was noted on, the last one today.
    pub course: Vec<(NaiveDate, Distribution)>,
}

impl Change {
    pub const ALL: [Self; 6] = [
        Self::TurnedRed,
        Self::TurnedYellow,
        Self::TurnedGreen,
        Self::Closed,
        Self::Opened,
        Self::Extended,
    ];

    /// As in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::TurnedRed => "red",
            Self::TurnedYellow => "yellow",
            Self::TurnedGreen => "green",
            Self::Closed => "closed",
            Self::Opened => "opened",
            Self::Extended => "extended",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::TurnedRed => "转红",
            Self::TurnedYellow => "转黄",
            Self::TurnedGreen => "转绿",
            Self::Closed => "办结",
            Self::Opened => "新立项",
            Self::Extended => "批准延期",
        }
    }
}

impl Distribution {
    fn add(&mut self, colour: Colour, count: i64) {
        match colour {
            Colour::Red => self.red += count,
            Colour::Yellow => self.yellow += count,
            Colour::Green => self.green += count,
            Colour::Grey => self.grey += count,
            Colour::Done => self.done += count,
        }
    }

    /// Of a colour.
    pub fn of(&self, colour: Colour) -> i64 {
        match colour {
            Colour::Red => self.red,
            Colour::Yellow => self.yellow,
            Colour::Green => self.green,
            Colour::Grey => self.grey,
            Colour::Done => self.done,
        }
    }

    /// Red, yellow and green.
    pub fn running(&self) -> i64 {
        self.red + self.yellow + self.green
    }
}

/// The board as it is now.
pub async fn show(app: &App, who: &Who) -> AppResult<Board> {
    policy::require_to_see(app, &who.actor, Right::ListBureau, "board")?;
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let filter = policy::tasks(app, &who.actor);
    let today = rules.today;
    let (mut lights, mut units) = (Distribution::default(), BTreeMap::new());
    for count in uow.lights_by_lead(&filter, today).await? {
        let LightCount {
            lead,
            colour,
            count,
        } = count;
        lights.add(colour, count);
        let heat: &mut Distribution = units.entry(lead).or_default();
        heat.add(colour, count);
    }
    let mut units: Vec<UnitHeat> = units
        .into_iter()
        .map(|(unit, counts)| UnitHeat { unit, counts })
        .filter(|heat| heat.counts.running() > 0)
        .collect();
    units.sort_by_key(|heat| (-heat.counts.red, -heat.counts.yellow, -heat.counts.green));
    let mut decisions = decisions(&who.actor, &filter, &rules, &mut *uow).await?;
    let more = decisions.len().saturating_sub(DECISIONS);
    decisions.truncate(DECISIONS);
    let week = monday(today);
    let mut changes = Vec::new();
    for change in Change::ALL {
        let found = changed(&filter, change, week, &mut *uow).await?;
        changes.push((change, found.len()));
    }
    let course = course(today, lights, &mut *uow).await?;
    Ok(Board {
        organisation,
        rules,
        decisions,
        more,
        lights,
        units,
        week,
        changes,
        course,
    })
}

/// What changed this week in one way; exactly what the board counts.
pub async fn changes(
    app: &App,
    who: &Who,
    change: Change,
) -> AppResult<(Vec<Changed>, Arc<Organisation>, Arc<Rules>)> {
    policy::require_to_see(app, &who.actor, Right::ListBureau, "board")?;
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let filter = policy::tasks(app, &who.actor);
    let found = changed(&filter, change, monday(rules.today), &mut *uow).await?;
    Ok((found, organisation, rules))
}

/// The first day of the week of `day`.
pub fn monday(day: NaiveDate) -> NaiveDate {
    let back = Days::new(u64::from(day.weekday().num_days_from_monday()));
    day.checked_sub_days(back).unwrap_or(day)
}

async fn changed(
    filter: &TaskFilter,
    change: Change,
    since: NaiveDate,
    uow: &mut dyn UnitOfWork,
) -> AppResult<Vec<Changed>> {
    let to = match change {
        Change::TurnedRed => Colour::Red,
        Change::TurnedYellow => Colour::Yellow,
        Change::TurnedGreen => Colour::Green,
        Change::Closed => return acted(filter, "closed", since, uow).await,
        Change::Opened => return acted(filter, "opened", since, uow).await,
        Change::Extended => return acted(filter, "extension_decided", since, uow).await,
    };
    let mut found = Vec::new();
    for LightChange {
        task, day, reason, ..
    } in uow.light_changes_to(to, since).await?
    {
        if found.len() < WEEK_LIMIT
            && let Some(row) = uow.task_row(filter, task).await?
        {
            found.push(Changed {
                day,
                task: row,
                said: reason,
            });
        }
    }
    Ok(found)
}

/// The tasks that something was done to since a day, the latest first, each once.
async fn acted(
    filter: &TaskFilter,
    act: &str,
    since: NaiveDate,
    uow: &mut dyn UnitOfWork,
) -> AppResult<Vec<Changed>> {
    let wanted = JournalFilter {
        stream: Some(Task::STREAM.to_owned()),
        act: Some(act.to_owned()),
        from: Some(since),
        ..JournalFilter::default()
    };
    let page = PageRequest {
        size: u32::try_from(WEEK_LIMIT).unwrap_or(u32::MAX),
        after: None,
    };
    let mut found: Vec<Changed> = Vec::new();
    for stored in uow.journal_list(&wanted, &page).await?.rows {
        let id = TaskId(stored.id);
        if found.iter().any(|known| known.task.id == id) {
            continue;
        }
        let envelope: Envelope = serde_json::from_str(&stored.bytes)
            .map_err(|error| AppError::internal("a journal event cannot be read", error))?;
        // A refused extension changed nothing.
        let decided = envelope.event.get("extension_decided");
        if decided.is_some_and(|decided| decided.get("granted").is_none_or(|day| day.is_null())) {
            continue;
        }
        if let Some(row) = uow.task_row(filter, id).await? {
            found.push(Changed {
                day: local_day(envelope.by.at),
                task: row,
                said: String::new(),
            });
        }
    }
    Ok(found)
}

/// The days on which something was noted, summed up from the beginning, and today as it is.
async fn course(
    today: NaiveDate,
    now: Distribution,
    uow: &mut dyn UnitOfWork,
) -> AppResult<Vec<(NaiveDate, Distribution)>> {
    let since = today.checked_sub_days(Days::new(COURSE_DAYS));
    let (mut sum, mut course) = (
        Distribution::default(),
        Vec::<(NaiveDate, Distribution)>::new(),
    );
    for (day, before, after, count) in uow.light_course().await? {
        if let Some(before) = before {
            sum.add(before, -count);
        }
        sum.add(after, count);
        match course.last_mut() {
            Some((last, known)) if *last == day => *known = sum,
            _ => course.push((day, sum)),
        }
    }
    course.retain(|(day, _sum)| since.is_none_or(|since| *day >= since) && *day < today);
    course.push((today, now));
    Ok(course)
}

async fn decisions(
    actor: &Actor,
    filter: &TaskFilter,
    rules: &Rules,
    uow: &mut dyn UnitOfWork,
) -> AppResult<Vec<Decision>> {
    let principal = actor.has_role(Role::Principal);
    let deputy = actor.has_role(Role::Deputy) && !principal;
    let extension = match deputy {
        true => Queue::ToDecideExtension(actor.person),
        false => Queue::ToDecideAnyExtension,
    };
    let closing = match deputy {
        true => Queue::ToEndorse(actor.person),
        false => Queue::ToEndorseAsPrincipal,
    };
    let blocked = match deputy {
        true => Queue::ToCoordinate(actor.person),
        false => Queue::Blocked,
    };
    let queued = |queue| TaskFilter {
        queue: Some(queue),
        ..filter.clone()
    };
    let red = TaskFilter {
        level: Some(Level::Major),
        light: Some(LightFilter {
            colour: Colour::Red,
            today: rules.today,
        }),
        deputy: deputy.then_some(actor.person),
        ..filter.clone()
    };
    let page = PageRequest {
        size: CANDIDATES,
        after: None,
    };
    let mut found: Vec<Decision> = Vec::new();
    for (matter, filter) in [
        (Matter::Blocker, queued(blocked)),
        (Matter::Extension, queued(extension)),
        (Matter::Closing, queued(closing)),
        (Matter::RedMajor, red),
    ] {
        for row in uow.tasks_list(&filter, TaskSort::Limit, &page).await?.rows {
            // What waits for a decision already is here once.
            if found.iter().any(|known| known.task.id == row.id) {
                continue;
            }
            if let Some(task) = uow.task_get(row.id).await? {
                found.push(weigh(matter, task, rules));
            }
        }
    }
    found.sort_by_key(|decision| {
        (
            -decision.weight,
            decision.task.details.limit,
            decision.task.id,
        )
    });
    Ok(found)
}

/// Longer waiting, nearer limits and major tasks come first.
fn weigh(matter: Matter, task: Task, rules: &Rules) -> Decision {
    let today = rules.today;
    let left = task.details.limit.map(|limit| (limit - today).num_days());
    let waited = match &task.approval {
        Some(Approval::Extension { at, .. }) => Some(local_day(*at)),
        Some(Approval::Closing(closing)) => Some(local_day(closing.at)),
        Some(Approval::Change { .. } | Approval::Escalation { .. }) | None => None,
    };
    let waited = waited.map_or(0, |since| (today - since).num_days());
    let major = task.details.level == Level::Major;
    let near = left.map_or(0, |left| (30 - left).clamp(0, 60));
    let mut weight = near + if major { 20 } else { 0 };
    let limit = match left {
        Some(left) if left < 0 => format!("，已过时限 {} 天", -left),
        Some(0) => "，今天到期".to_owned(),
        Some(left) => format!("，离时限还有 {left} 天"),
        None => String::new(),
    };
    let why = match matter {
        Matter::Blocker => {
            let answer_by = task.answer_by().unwrap_or(today);
            let days = (answer_by - today).num_days();
            weight += 60 - 2 * days.clamp(-15, 15);
            let what = task.blockers_open().next();
            let what = what.map_or("", |blocker| blocker.what.as_str());
            let by = match days {
                ..0 => format!("答复已超 {} 天", -days),
                0 => "今天要答复".to_owned(),
                _ => format!("{days} 天内要答复"),
            };
            format!("卡点：{what}；{by}，单位的时限停着")
        }
        Matter::Extension => {
            weight += 40 + 2 * waited;
            format!("延期申请等了 {waited} 天{limit}")
        }
        Matter::Closing => {
            weight += 30 + 2 * waited;
            let step = match task.closing().map(|closing| closing.step) {
                Some(ClosingStep::Principal) => "待主要领导审定",
                _ => "待分管领导审定",
            };
            format!("办结{step}，等了 {waited} 天{limit}")
        }
        Matter::RedMajor => {
            weight += 30;
            let light = Light::of(&task.facts(), today, &rules.calendar, &rules.leads);
            format!("重点事项亮红灯：{}", light.reason)
        }
    };
    Decision {
        matter,
        task,
        why,
        weight,
    }
}
