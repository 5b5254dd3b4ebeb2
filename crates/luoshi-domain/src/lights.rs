//! Lights: how a task stands, computed from facts and explained (design: facts in, judgements out).
//!
//! Nobody sets a light by hand. The rules, first match wins:
//! over → done or cancelled; not issued → grey; past the limit → red; limit within
//! [`Leads::due_soon_days`] → yellow; more than [`Leads::behind_points`] behind schedule → yellow; else green.

use chrono::NaiveDate;

use crate::calendar::Calendar;
use crate::tasks::TaskState;

/// From when on a task is due soon, behind or without a report (TIME-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leads {
    /// Calendar days before the limit.
    pub due_soon_days: i64,
    /// Whether that is a default of ours.
    pub due_soon_default: bool,
    /// Percentage points behind the linear schedule.
    pub behind_points: i64,
    /// Whether that is a default of ours.
    pub behind_default: bool,
    /// Calendar days after the receipt.
    pub no_report_days: i64,
    /// Workdays that a leader has to answer a blocker.
    pub answer_workdays: u32,
    /// Whether that is a default of ours.
    pub answer_default: bool,
}

impl Default for Leads {
    /// No source gives a number; these are ours.
    fn default() -> Self {
        Self {
            due_soon_days: 7,
            due_soon_default: true,
            behind_points: 10,
            behind_default: true,
            no_report_days: 7,
            answer_workdays: 3,
            answer_default: true,
        }
    }
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

/// A colour with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Light {
    pub colour: Colour,
    /// Short, e.g. `逾期 3 个工作日`.
    pub reason: String,
    /// The rule that matched, with the numbers.
    pub rule: String,
}

/// The facts a light is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub state: TaskState,
    pub issued_on: Option<NaiveDate>,
    pub limit: Option<NaiveDate>,
    /// Percent, 0 to 100.
    pub progress: u8,
}

impl Light {
    /// The light on the local day `today`.
    pub fn of(facts: Facts, today: NaiveDate, calendar: &Calendar, leads: Leads) -> Self {
        let (issued_on, limit) = match (facts.state, facts.issued_on, facts.limit) {
            (TaskState::Closed, ..) => return Self::new(Colour::Done, "已办结", "状态为已办结"),
            (TaskState::Cancelled, ..) => return Self::new(Colour::Done, "已撤销", "状态为已撤销"),
            (TaskState::Draft | TaskState::Approved | TaskState::Returned, ..) | (_, None, _) => {
                return Self::new(Colour::Grey, "未下达", "立项通知尚未下达，不计时");
            }
            (_, _, None) => return Self::new(Colour::Grey, "无时限", "没有完成时限，不计时"),
            (_, Some(issued_on), Some(limit)) => (issued_on, limit),
        };
        let left = (limit - today).num_days();
        if left < 0 {
            let workdays = calendar.workdays_between(limit, today);
            return Self::new(
                Colour::Red,
                &format!("逾期 {workdays} 个工作日"),
                &format!(
                    "命中：时限 {limit} 已过 {} 天，其中工作日 {workdays} 天",
                    -left
                ),
            );
        }
        if left <= leads.due_soon_days {
            let reason = if left == 0 {
                "今日到期".to_owned()
            } else {
                format!("{left} 天后到期")
            };
            let rule = format!(
                "命中：距时限 {limit} 还有 {left} 天，阈值 {} 天{}",
                leads.due_soon_days,
                default(leads.due_soon_default)
            );
            return Self::new(Colour::Yellow, &reason, &rule);
        }
        let expected = expected_progress(issued_on, limit, today);
        let behind = expected - i64::from(facts.progress);
        if behind > leads.behind_points {
            return Self::new(
                Colour::Yellow,
                &format!("序时进度落后 {behind} 个百分点"),
                &format!(
                    "命中：应达 {expected}%，实际 {}%，落后 {behind} 个百分点，阈值 {}{}",
                    facts.progress,
                    leads.behind_points,
                    default(leads.behind_default)
                ),
            );
        }
        Self::new(
            Colour::Green,
            "正常",
            &format!(
                "距时限 {limit} 还有 {left} 天；应达 {expected}%，实际 {}%",
                facts.progress
            ),
        )
    }

    fn new(colour: Colour, reason: &str, rule: &str) -> Self {
        Self {
            colour,
            reason: reason.to_owned(),
            rule: rule.to_owned(),
        }
    }
}

fn default(is_default: bool) -> &'static str {
    if is_default { "（默认）" } else { "" }
}

/// Percent that a linear schedule expects at the end of `today`, 0 to 100, rounded down.
pub fn expected_progress(issued_on: NaiveDate, limit: NaiveDate, today: NaiveDate) -> i64 {
    let whole = (limit - issued_on).num_days();
    let gone = (today - issued_on).num_days();
    if whole <= 0 || gone >= whole {
        return if today >= limit { 100 } else { 0 };
    }
    (100 * gone.max(0)) / whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn light(progress: u8, today: &str) -> Light {
        let facts = Facts {
            state: TaskState::InProgress,
            issued_on: Some(day("2026-01-01")),
            limit: Some(day("2026-04-11")),
            progress,
        };
        Light::of(facts, day(today), &Calendar::default(), Leads::default())
    }

    #[test]
    fn a_light_names_its_rule_and_numbers() {
        let cases = [
            (0, "2026-01-05", Colour::Green, "正常"),
            (10, "2026-02-10", Colour::Yellow, "序时进度落后 30 个百分点"),
            (99, "2026-04-08", Colour::Yellow, "3 天后到期"),
            (99, "2026-04-11", Colour::Yellow, "今日到期"),
            // 11 April 2026 is a Saturday: Monday to Wednesday are workdays.
            (99, "2026-04-15", Colour::Red, "逾期 3 个工作日"),
        ];
        for (progress, today, colour, reason) in cases {
            let light = light(progress, today);
            assert_eq!(
                (light.colour, light.reason.as_str()),
                (colour, reason),
                "on {today}"
            );
            assert!(!light.rule.is_empty());
        }
    }

    #[test]
    fn ledger_09_the_schedule_is_linear() {
        let expected = |today| expected_progress(day("2026-01-01"), day("2026-04-11"), day(today));
        assert_eq!(expected("2025-12-01"), 0);
        assert_eq!(expected("2026-02-20"), 50);
        assert_eq!(expected("2026-05-01"), 100);
    }
}
