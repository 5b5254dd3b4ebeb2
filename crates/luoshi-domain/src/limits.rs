//! Limits that a policy sets, and how each is counted (TIME-01 to TIME-07).
//!
//! A policy is data of a pack. Counting gives the last day, inclusive, with everything that was
//! skipped on the way, so that a limit can explain itself.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, DayNature};
use crate::packs::Cited;
use crate::tasks::Level;

/// The most days or months that a limit takes.
const SPAN_LIMIT: u32 = 400;

/// A named list of limits, e.g. 13710.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitPolicy {
    /// Stable name, as stored with tasks.
    pub key: String,
    pub label: String,
    /// What the numbers rest on, where that is not the pack's own text.
    pub reference: String,
    /// Whether tasks whose origin is in the pack's dictionary are under it unless said otherwise.
    pub by_origin: bool,
    /// The keys of those origins.
    pub origins: Vec<String>,
    pub cited: Cited,
    pub entries: Vec<LimitEntry>,
}

/// One limit of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitEntry {
    pub key: String,
    pub label: String,
    /// From what to what; the day of the first counts as day 0.
    pub stretches: Vec<Stretch>,
    /// `None` for every matter.
    pub matter: Option<Level>,
    pub allowance: Allowance,
    /// Whether the limit may be moved by a plan with time nodes that is filed in time.
    #[serde(default)]
    pub by_plan: bool,
    /// Calendar days before the last day from which somebody is told.
    pub warn_days: u32,
    pub cited: Cited,
}

/// From one step of a task to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    pub from: Step,
    pub to: Step,
}

/// A step of a task that a limit runs from or to, in the order they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The opening was approved.
    Decided,
    /// The notice went out.
    Issued,
    /// The lead unit signed for it.
    Received,
    /// The lead unit filed its plan of work.
    Deployed,
    /// The lead unit's first report.
    FirstFeedback,
    /// The task was closed.
    Closed,
}

/// How much time there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allowance {
    Within {
        span: Span,
        basis: Basis,
        /// Whether the last day may be one on which nobody works. Otherwise a limit that would end
        /// so ends on the next workday.
        may_end_off: bool,
    },
    /// No number of days: tracked until none is open.
    ZeroOpen,
}

/// A length of time, written as in ISO 8601: `P3D`, `P1M`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Span {
    Days(u32),
    /// To the same day of the month, at most to its end.
    Months(u32),
}

/// Which days count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    Natural,
    Working,
}

/// A limit with how it was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Day 0.
    pub start: NaiveDate,
    /// The last day, inclusive: the limit ends at 24:00 of it.
    pub end: NaiveDate,
    /// Days after the start that did not count, in order.
    pub skipped: Vec<(NaiveDate, DayNature)>,
    /// Weekend days that counted because they are make-up workdays.
    pub made_up: Vec<(NaiveDate, DayNature)>,
    /// The last day before it was moved off a day of rest.
    pub moved_from: Option<NaiveDate>,
    /// Years between start and end whose notice is not known; the end may still move.
    pub provisional: Vec<i32>,
}

impl Allowance {
    /// Counts from `start`; nothing for an allowance without days.
    pub fn count(self, start: NaiveDate, calendar: &Calendar) -> Option<Counted> {
        let Self::Within {
            span,
            basis,
            may_end_off,
        } = self
        else {
            return None;
        };
        let naive = match (span, basis) {
            (Span::Days(days), Basis::Working) => calendar.add_workdays(start, days),
            _ => span.after(start),
        };
        let rolls = basis == Basis::Working || !may_end_off;
        let end = match rolls {
            true => calendar.add_workdays(naive, 0),
            false => naive,
        };
        let mut counted = Counted {
            start,
            end,
            skipped: Vec::new(),
            made_up: Vec::new(),
            moved_from: (end != naive).then_some(naive),
            provisional: (start.year()..=end.year())
                .filter(|year| !calendar.years().contains(year))
                .collect(),
        };
        let all = basis == Basis::Working;
        for day in start.iter_days().skip(1).take_while(|day| *day <= end) {
            let nature = calendar.nature(day);
            if !nature.is_worked() && (all || day >= naive) && day != end {
                counted.skipped.push((day, nature));
            } else if all && matches!(nature, DayNature::MakeUp { .. }) {
                counted.made_up.push((day, nature));
            }
        }
        // Natural days that may end on any day do not depend on any notice.
        if !rolls {
            counted.provisional.clear();
        }
        Some(counted)
    }
}

impl Span {
    /// The day this long after `start`, by the calendar on the wall.
    pub fn after(self, start: NaiveDate) -> NaiveDate {
        match self {
            Self::Days(days) => start.checked_add_days(Days::new(u64::from(days))),
            Self::Months(months) => start.checked_add_months(Months::new(months)),
        }
        .unwrap_or(start)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(f, "P{days}D"),
            Self::Months(months) => write!(f, "P{months}M"),
        }
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unreadable = || format!("“{text}”不是时长，应写作 P3D（3 日）或 P1M（1 个月）");
        let body = text.strip_prefix('P').ok_or_else(unreadable)?;
        let days = body.strip_suffix('D').map(|digits| (digits, true));
        let months = body.strip_suffix('M').map(|digits| (digits, false));
        let (digits, is_days) = days.or(months).ok_or_else(unreadable)?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        let count: u32 = digits.parse().map_err(|_none| unreadable())?;
        if !plain || count > SPAN_LIMIT {
            return Err(format!("“{text}”超出范围，最多 {SPAN_LIMIT}"));
        }
        match is_days {
            true => Ok(Self::Days(count)),
            false if count == 0 => Err(unreadable()),
            false => Ok(Self::Months(count)),
        }
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Step {
    pub const ALL: [Self; 6] = [
        Self::Decided,
        Self::Issued,
        Self::Received,
        Self::Deployed,
        Self::FirstFeedback,
        Self::Closed,
    ];

    /// As in packs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Issued => "issued",
            Self::Received => "received",
            Self::Deployed => "deployed",
            Self::FirstFeedback => "first_feedback",
            Self::Closed => "closed",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.key() == key)
    }
}

#[cfg(test)]
mod tests;
