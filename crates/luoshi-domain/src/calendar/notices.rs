//! The notice of one year: which days are off, and which are worked in their place.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::DayKind;

/// The years that a notice can be for.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2199;

/// The longest name of a notice or holiday, in characters.
const NAME_LIMIT: usize = 100;

/// The State Council's notice on the holidays of one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub year: i32,
    /// The notice's title; empty when nobody gave it.
    pub title: String,
    /// The notice's number; empty when nobody gave it.
    pub number: String,
    /// Some may be in the last days of the year before, for New Year's Day.
    pub days: BTreeMap<NaiveDate, NoticeDay>,
}

/// A day that a notice names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeDay {
    pub kind: DayKind,
    /// The holiday it belongs to; empty when nobody gave it.
    pub holiday: String,
}

/// Why a notice cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeFault {
    /// The year is out of range.
    Year(i32),
    /// No day off at all.
    Empty(i32),
    /// A day that is not of the year.
    Elsewhere(NaiveDate),
    /// A make-up workday on a weekday changes nothing.
    IdleWork(NaiveDate),
    /// A name is too long.
    Long,
}

impl fmt::Display for NoticeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year} 不像是放假通知的年份。"),
            Self::Empty(year) => write!(f, "没有 {year} 年的放假日期。"),
            Self::Elsewhere(day) => write!(f, "{day} 不在这一年。"),
            Self::IdleWork(day) => {
                write!(f, "{day} 本来就是周一至周五，不是调休上班日，请核对。")
            }
            Self::Long => write!(f, "通知名称、文号和节日名称各不超过 {NAME_LIMIT} 字。"),
        }
    }
}

impl Notice {
    /// A notice that names no day yet.
    pub fn of_year(year: i32) -> Self {
        Self {
            year,
            title: String::new(),
            number: String::new(),
            days: BTreeMap::new(),
        }
    }

    /// The days of one kind, in order.
    pub fn days_of(&self, kind: DayKind) -> impl Iterator<Item = NaiveDate> + '_ {
        let days = self
            .days
            .iter()
            .filter(move |(_, known)| known.kind == kind);
        days.map(|(day, _known)| *day)
    }

    /// What cannot be right, or nothing.
    pub fn check(&self) -> Result<(), NoticeFault> {
        if !YEARS.contains(&self.year) {
            return Err(NoticeFault::Year(self.year));
        }
        if self.days_of(DayKind::Off).next().is_none() {
            return Err(NoticeFault::Empty(self.year));
        }
        let names = self.days.values().map(|known| &known.holiday);
        let mut names = names.chain([&self.title, &self.number]);
        if names.any(|name| name.chars().count() > NAME_LIMIT) {
            return Err(NoticeFault::Long);
        }
        for (day, known) in &self.days {
            // New Year's Day may begin in December before.
            let before = day.year() == self.year - 1 && day.month() == 12;
            if day.year() != self.year && !before {
                return Err(NoticeFault::Elsewhere(*day));
            }
            if known.kind == DayKind::Work && !super::is_weekend(*day) {
                return Err(NoticeFault::IdleWork(*day));
            }
        }
        Ok(())
    }
}
