//! Lights: how a task stands, computed from facts and explained (design: facts in, judgements out).
//!
//! Nobody sets a light by hand. The rules, first match wins: over → done or cancelled; not issued
//! or without a limit → grey; past the limit, a stage not begun by its latest start, or more than
//! [`Leads::red_points`] behind the trajectory → red; limit within [`Leads::due_soon_days`], a
//! milestone missed, more than [`Leads::behind_points`] behind, or caught up from red less than
//! [`Leads::recovery_days`] ago → yellow; else green. While a task is paused it keeps the light
//! of the day of its pause.
//!
//! For fixed facts and leads each condition, once it holds, holds on every later day, so that a
//! light is a step function of the day: [`Spans`] are the days on which it turns, found by asking
//! the very conditions that [`Light::of`] asks.

pub mod changes;
mod spans;
mod turns;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use spans::Spans;
pub use turns::{Measure, Turn};

use crate::cadence::OriginCadence;
use crate::calendar::Calendar;
use crate::ids::UnitId;
use crate::tasks::{Task, TaskState};
use crate::trajectories::{Milestone, Trajectory, percent};

/// From when on a task is due soon, behind, far behind or without a report (TIME-10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leads {
    /// The edition of the numbers that the ledger's lights were judged by, 0 for those that ship.
    pub edition: i64,
    /// Calendar days before the limit.
    pub due_soon_days: Threshold,
    /// Percentage points behind the trajectory.
    pub behind_points: Threshold,
    /// Percentage points behind the trajectory that are far.
    pub red_points: Threshold,
    /// Calendar days that a light which was red stays yellow once the task has caught up.
    pub recovery_days: Threshold,
    /// Calendar days after the receipt.
    pub no_report_days: Threshold,
    /// Workdays that a leader has to answer a blocker.
    pub answer_workdays: Threshold,
    /// Workdays that a unit has to acknowledge a supervision notice.
    pub acknowledge_workdays: Threshold,
    /// Workdays that a rectification takes unless the notice says otherwise.
    pub rectify_workdays: Threshold,
    /// Calendar days in which a unit may appeal.
    pub appeal_days: Threshold,
    /// Workdays in which an appeal is decided.
    pub review_workdays: Threshold,
    /// Workdays after the end of a quarter by which ledgers are filed; 0 for its last workday.
    pub filing_workdays: Threshold,
    /// Calendar days before a report is due.
    pub report_soon_days: Threshold,
    /// The origins whose work is reported upwards.
    pub cadences: Vec<OriginCadence>,
}

/// A number with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    pub value: i64,
    /// The pack's sign and the path in its document; empty for what ships with the program.
    pub clause: String,
    /// Whether the source gives no number, and this is a default of ours.
    pub default: bool,
}

/// The numbers of one edition, as the spans in the ledger were computed with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadNumbers {
    pub due_soon_days: i64,
    pub behind_points: i64,
    pub red_points: i64,
    pub recovery_days: i64,
}

/// How a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colour {
    Grey,
    Green,
    Yellow,
    Red,
    Done,
}

/// Which rule a light follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LightRule {
    Over,
    Untimed,
    Overdue,
    /// A stage was not begun by its latest start (PROJ-09).
    StartMissed,
    FarBehind,
    DueSoon,
    MilestoneMissed,
    Behind,
    /// Red until it was caught up, a few days ago.
    Recovering,
    Fine,
}

/// A colour with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Light {
    pub colour: Colour,
    pub by: LightRule,
    /// Short, e.g. `逾期 3 个工作日`.
    pub reason: String,
    /// The rule that matched, with the numbers, the clause and the edition.
    pub rule: String,
}

/// The facts a light is computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub state: TaskState,
    pub issued_on: Option<NaiveDate>,
    pub limit: Option<NaiveDate>,
    /// Percent, 0 to 100.
    pub progress: u8,
    pub particulars: Particulars,
}

/// Facts that most tasks do not have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars {
    /// The local day on which its time was stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Trajectory::is_linear")]
    pub trajectory: Trajectory,
    /// The latest days on which it caught up, the last one last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
    /// Units that lead beside the accountable one; no light is computed from them, but they stand
    /// in the ledger's line with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joint: Vec<UnitId>,
}

impl Threshold {
    /// A number of ours.
    fn shipped(value: i64) -> Self {
        Self {
            value,
            clause: String::new(),
            default: true,
        }
    }

    /// The value as a count.
    pub fn count(&self) -> u32 {
        u32::try_from(self.value).unwrap_or_default()
    }

    /// The value with its unit, and a word behind it where it is a default of ours.
    pub fn said_of(&self, unit: &str) -> String {
        let default = if self.default { "（默认）" } else { "" };
        format!("{} {unit}{default}", self.value)
    }

    /// The value, with a word where it is a default of ours.
    fn said(&self) -> String {
        let mut said = self.value.to_string();
        if self.default {
            said.push_str("（默认）");
        }
        said
    }
}

impl Default for Leads {
    /// No source gives a number; these are ours.
    fn default() -> Self {
        Self {
            edition: 0,
            due_soon_days: Threshold::shipped(7),
            behind_points: Threshold::shipped(10),
            red_points: Threshold::shipped(30),
            recovery_days: Threshold::shipped(7),
            no_report_days: Threshold::shipped(7),
            answer_workdays: Threshold::shipped(3),
            acknowledge_workdays: Threshold::shipped(2),
            rectify_workdays: Threshold::shipped(5),
            appeal_days: Threshold::shipped(15),
            review_workdays: Threshold::shipped(10),
            filing_workdays: Threshold::shipped(0),
            report_soon_days: Threshold::shipped(3),
            cadences: Vec::new(),
        }
    }
}

impl Leads {
    pub fn numbers(&self) -> LeadNumbers {
        LeadNumbers {
            due_soon_days: self.due_soon_days.value,
            behind_points: self.behind_points.value,
            red_points: self.red_points.value,
            recovery_days: self.recovery_days.value,
        }
    }
}

impl Default for LeadNumbers {
    fn default() -> Self {
        Leads::default().numbers()
    }
}

impl Particulars {
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

impl Facts {
    /// Issue and limit of a task whose time counts.
    pub fn timed(&self) -> Option<(NaiveDate, NaiveDate)> {
        match self.state {
            TaskState::Issued
            | TaskState::Accepted
            | TaskState::InProgress
            | TaskState::Supervising => Some((self.issued_on?, self.limit?)),
            TaskState::Draft
            | TaskState::Approved
            | TaskState::Returned
            | TaskState::Closed
            | TaskState::Cancelled => None,
        }
    }

    /// The day that is judged on `today`: while paused, that of the pause.
    pub fn judged_on(&self, today: NaiveDate) -> NaiveDate {
        self.particulars
            .paused_on
            .map_or(today, |paused| today.min(paused))
    }

    /// Tenths of a percent expected by the end of `day`.
    pub fn expected(&self, day: NaiveDate) -> Option<i64> {
        let (issued_on, limit) = (self.issued_on?, self.limit?);
        let trajectory = &self.particulars.trajectory;
        Some(trajectory.expected(issued_on, limit, day))
    }

    /// Tenths of a percent that are missing at the end of `day`; below 0 when it is ahead.
    pub fn gap(&self, day: NaiveDate) -> Option<i64> {
        Some(self.expected(day)? - 10 * i64::from(self.progress))
    }

    fn missed(&self, day: NaiveDate) -> Option<&Milestone> {
        let mut milestones = self.particulars.trajectory.milestones.iter();
        milestones.find(|known| known.is_missed(day))
    }

    fn unstarted(&self, day: NaiveDate) -> Option<&Milestone> {
        let mut milestones = self.particulars.trajectory.milestones.iter();
        milestones.find(|known| known.is_unstarted(day))
    }
}

impl Task {
    /// What its light is computed from.
    pub fn facts(&self) -> Facts {
        Facts {
            state: self.state,
            issued_on: self.issued_on(),
            limit: self.details.limit,
            progress: self.progress,
            particulars: Particulars {
                paused_on: self.paused_since(),
                trajectory: self.trajectory.clone(),
                turns: self.turns.clone(),
                joint: self.details.joint_leads().map(|co| co.unit).collect(),
            },
        }
    }
}

impl Light {
    /// The light on the local day `today`.
    pub fn of(facts: &Facts, today: NaiveDate, calendar: &Calendar, leads: &Leads) -> Self {
        let Some((_issued_on, limit)) = facts.timed() else {
            return Self::untimed(facts);
        };
        let day = facts.judged_on(today);
        let mut light = Self::timed(facts, limit, day, calendar, leads);
        light.rule.push_str(&match leads.edition {
            0 => "；按随程序的阈值".to_owned(),
            edition => format!("；按第 {edition} 版阈值"),
        });
        if let Some(paused) = facts
            .particulars
            .paused_on
            .filter(|paused| *paused <= today)
        {
            light.reason = format!("已暂停，{}", light.reason);
            light.rule = format!("自 {paused} 起暂停计时，保持当日的灯；{}", light.rule);
        }
        light
    }

    fn untimed(facts: &Facts) -> Self {
        let (colour, by, reason, rule) = match facts.state {
            TaskState::Closed => (Colour::Done, LightRule::Over, "已办结", "状态为已办结"),
            TaskState::Cancelled => (Colour::Done, LightRule::Over, "已撤销", "状态为已撤销"),
            TaskState::Draft | TaskState::Approved | TaskState::Returned => (
                Colour::Grey,
                LightRule::Untimed,
                "未下达",
                "立项通知尚未下达，不计时",
            ),
            _ if facts.issued_on.is_none() => (
                Colour::Grey,
                LightRule::Untimed,
                "未下达",
                "立项通知尚未下达，不计时",
            ),
            _ => (
                Colour::Grey,
                LightRule::Untimed,
                "无时限",
                "没有完成时限，不计时",
            ),
        };
        Self::new(colour, by, reason.into(), rule.into())
    }

    fn timed(
        facts: &Facts,
        limit: NaiveDate,
        day: NaiveDate,
        calendar: &Calendar,
        leads: &Leads,
    ) -> Self {
        let left = (limit - day).num_days();
        let expected = facts.expected(day).unwrap_or_default();
        let gap = facts.gap(day).unwrap_or_default();
        let course = || format!("应达 {}%，实际 {}%", percent(expected), facts.progress);
        let numbers = leads.numbers();
        let Some(red) = numbers.red(facts, day) else {
            let Some(yellow) = numbers.yellow(facts, day) else {
                let rule = format!("距时限 {limit} 还有 {left} 天；{}", course());
                return Self::new(Colour::Green, LightRule::Fine, "正常".into(), rule);
            };
            let (reason, rule) = match yellow {
                LightRule::DueSoon => (
                    if left == 0 {
                        "今日到期".to_owned()
                    } else {
                        format!("{left} 天后到期")
                    },
                    format!(
                        "命中：距时限 {limit} 还有 {left} 天，阈值 {} 天{}",
                        leads.due_soon_days.said(),
                        cited(&leads.due_soon_days)
                    ),
                ),
                LightRule::MilestoneMissed => {
                    let missed = facts.missed(day);
                    let name = missed.map_or("", |known| known.name.as_str());
                    let on = missed.map_or(day, |known| known.day);
                    let days = (day - on).num_days();
                    (
                        format!("节点“{name}”逾期 {days} 天"),
                        format!("命中：节点“{name}”应于 {on} 完成，尚未标记完成"),
                    )
                }
                LightRule::Recovering => {
                    let until = facts.particulars.recovering(&numbers).unwrap_or(day);
                    (
                        "由红转好，观察期内".to_owned(),
                        format!(
                            "命中：曾亮红灯，现已赶上，黄灯保持 {} 天到 {until}{}；{}",
                            leads.recovery_days.said(),
                            cited(&leads.recovery_days),
                            course()
                        ),
                    )
                }
                _ => (
                    format!("序时进度落后 {} 个百分点", percent(gap)),
                    format!(
                        "命中：{}，落后 {} 个百分点，阈值 {}{}",
                        course(),
                        percent(gap),
                        leads.behind_points.said(),
                        cited(&leads.behind_points)
                    ),
                ),
            };
            return Self::new(Colour::Yellow, yellow, reason, rule);
        };
        let (reason, rule) = match red {
            LightRule::Overdue => {
                let workdays = calendar.workdays_between(limit, day);
                (
                    format!("逾期 {workdays} 个工作日"),
                    format!(
                        "命中：时限 {limit} 已过 {} 天，其中工作日 {workdays} 天",
                        -left
                    ),
                )
            }
            LightRule::StartMissed => {
                let late = facts.unstarted(day);
                let name = late.map_or("", |known| known.name.as_str());
                let by = late.and_then(|known| known.start_by).unwrap_or(day);
                (
                    format!("“{name}”应启动未启动"),
                    format!(
                        "命中：“{name}”最迟 {by} 启动，已过 {} 天，尚未标记启动",
                        (day - by).num_days()
                    ),
                )
            }
            _ => (
                format!("序时进度严重落后 {} 个百分点", percent(gap)),
                format!(
                    "命中：{}，落后 {} 个百分点，红灯阈值 {}{}",
                    course(),
                    percent(gap),
                    leads.red_points.said(),
                    cited(&leads.red_points)
                ),
            ),
        };
        Self::new(Colour::Red, red, reason, rule)
    }

    fn new(colour: Colour, by: LightRule, reason: String, rule: String) -> Self {
        Self {
            colour,
            by,
            reason,
            rule,
        }
    }
}

impl LightRule {
    /// As stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::Untimed => "untimed",
            Self::Overdue => "overdue",
            Self::StartMissed => "start_missed",
            Self::FarBehind => "far_behind",
            Self::DueSoon => "due_soon",
            Self::MilestoneMissed => "milestone_missed",
            Self::Behind => "behind",
            Self::Recovering => "recovering",
            Self::Fine => "fine",
        }
    }
}

impl LeadNumbers {
    /// Why a task whose time counts is red on `day`. Each condition holds on every later day too.
    fn red(&self, facts: &Facts, day: NaiveDate) -> Option<LightRule> {
        let measure = facts.measure(day)?;
        self.red_of(&measure)
    }

    fn red_of(&self, measure: &Measure) -> Option<LightRule> {
        if measure.late {
            return Some(LightRule::Overdue);
        }
        if measure.unstarted {
            return Some(LightRule::StartMissed);
        }
        (measure.gap > 10 * self.red_points).then_some(LightRule::FarBehind)
    }

    /// Why a task that is not red is yellow on `day`. All but the last condition hold on every
    /// later day too; the last one ends.
    fn yellow(&self, facts: &Facts, day: NaiveDate) -> Option<LightRule> {
        let lasting = self.lasting_yellow(facts, day);
        let recovering = || {
            let until = facts.particulars.recovering(self)?;
            (day <= until).then_some(LightRule::Recovering)
        };
        lasting.or_else(recovering)
    }

    fn lasting_yellow(&self, facts: &Facts, day: NaiveDate) -> Option<LightRule> {
        if (facts.limit? - day).num_days() <= self.due_soon_days {
            return Some(LightRule::DueSoon);
        }
        if facts.missed(day).is_some() {
            return Some(LightRule::MilestoneMissed);
        }
        (facts.gap(day)? > 10 * self.behind_points).then_some(LightRule::Behind)
    }
}

/// The clause of a number, where it has one.
fn cited(threshold: &Threshold) -> String {
    if threshold.clause.is_empty() {
        return String::new();
    }
    format!("，依据 {}", threshold.clause)
}

#[cfg(test)]
mod tests;
