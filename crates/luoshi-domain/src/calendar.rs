//! The workday calendar (TIME-08) and the local day.
//!
//! Instants are UTC; a limit is a local day in Asia/Shanghai and ends at 24:00 of it (TIME-09).

mod announced;
mod notices;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};

pub use announced::{Announced, CalendarEvent, EnteredNotice};
pub use notices::{Notice, NoticeDay, NoticeFault};

/// Seconds that Asia/Shanghai is ahead of UTC; without daylight saving since 1991.
const SHANGHAI_OFFSET_SECONDS: i32 = 8 * 3600;

/// The longest stretch of days off in a row that any notice makes, with room.
const LONGEST_REST: i64 = 60;

/// Days off and make-up workdays as the State Council's yearly notices set them.
///
/// A year without a notice counts Monday to Friday as workdays and is provisional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    days: BTreeMap<NaiveDate, NoticeDay>,
    years: BTreeSet<i32>,
    /// Days that differ from Monday to Friday, in order, each with how many workdays more there
    /// are up to and including it than the weekdays give.
    shifts: Vec<(i64, i64)>,
}

/// What a notice says of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A day off, also when it falls on a weekday.
    Off,
    /// A make-up workday, also when it falls on a weekend.
    Work,
}

/// Why a day is worked or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DayNature {
    Workday,
    /// Worked although it is a weekend day, for the holiday that is named.
    MakeUp {
        holiday: String,
    },
    Weekend,
    /// Off by a notice; the holiday's name.
    Holiday {
        name: String,
    },
}

impl DayNature {
    /// Whether people work on such a day.
    pub fn is_worked(&self) -> bool {
        matches!(self, Self::Workday | Self::MakeUp { .. })
    }
}

impl Calendar {
    /// A calendar of the days that notices name; their years count as announced.
    pub fn new(days: impl IntoIterator<Item = (NaiveDate, DayKind)>) -> Self {
        let mut notices: BTreeMap<i32, Notice> = BTreeMap::new();
        for (day, kind) in days {
            let year = day.year();
            let notice = notices.entry(year).or_insert_with(|| Notice::of_year(year));
            let holiday = String::new();
            notice.days.insert(day, NoticeDay { kind, holiday });
        }
        Self::of(notices.values())
    }

    /// The calendar that notices make; a later one for a year takes the place of an earlier.
    pub fn of<'a>(notices: impl IntoIterator<Item = &'a Notice>) -> Self {
        let mut latest: BTreeMap<i32, &Notice> = BTreeMap::new();
        for notice in notices {
            latest.insert(notice.year, notice);
        }
        let mut calendar = Self {
            years: latest.keys().copied().collect(),
            ..Self::default()
        };
        for notice in latest.into_values() {
            calendar.days.extend(notice.days.clone());
        }
        let mut more = 0;
        for (day, known) in &calendar.days {
            let shift = match (known.kind, is_weekend(*day)) {
                (DayKind::Off, false) => -1,
                (DayKind::Work, true) => 1,
                _ => continue,
            };
            more += shift;
            calendar.shifts.push((number(*day), more));
        }
        calendar
    }

    /// Whether people work on `day`.
    pub fn is_workday(&self, day: NaiveDate) -> bool {
        match self.days.get(&day).map(|known| known.kind) {
            Some(DayKind::Off) => false,
            Some(DayKind::Work) => true,
            None => !is_weekend(day),
        }
    }

    /// Why `day` is worked or not.
    pub fn nature(&self, day: NaiveDate) -> DayNature {
        let weekend = is_weekend(day);
        match self.days.get(&day) {
            Some(NoticeDay {
                kind: DayKind::Off,
                holiday,
            }) if !(weekend && holiday.is_empty()) => DayNature::Holiday {
                name: holiday.clone(),
            },
            Some(NoticeDay {
                kind: DayKind::Work,
                holiday,
            }) if weekend => DayNature::MakeUp {
                holiday: holiday.clone(),
            },
            Some(NoticeDay {
                kind: DayKind::Work,
                ..
            }) => DayNature::Workday,
            _ if weekend => DayNature::Weekend,
            _ => DayNature::Workday,
        }
    }

    /// Whether no notice for the year of `day` is known yet.
    pub fn is_provisional(&self, day: NaiveDate) -> bool {
        !self.years.contains(&day.year())
    }

    /// Whether the year of `notice` is known to have exactly its days.
    pub fn has(&self, notice: &Notice) -> bool {
        let of_year = |day: &NaiveDate| day.year() == notice.year;
        let known = self.days.iter().filter(|(day, _known)| of_year(day));
        self.years.contains(&notice.year)
            && notice
                .days
                .iter()
                .all(|(day, kind)| self.days.get(day) == Some(kind))
            && known.count() == notice.days.keys().filter(|day| of_year(day)).count()
    }

    /// The years whose notice is known.
    pub fn years(&self) -> &BTreeSet<i32> {
        &self.years
    }

    /// The `count`-th workday after `day`; `day` itself when `count` is 0 and it is a workday.
    ///
    /// Asks the table of shifts some twenty times, however far the day is.
    pub fn add_workdays(&self, day: NaiveDate, count: u32) -> NaiveDate {
        if count == 0 && self.is_workday(day) {
            return day;
        }
        let start = number(day);
        let wanted = self.worked(start) + i64::from(count.max(1));
        // Of any seven days without a notice five are worked, and no rest is longer than that.
        let (mut low, mut high) = (start, start + i64::from(count) * 7 / 5 + LONGEST_REST);
        while self.worked(high) < wanted {
            high += LONGEST_REST;
        }
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if self.worked(middle) >= wanted {
                high = middle;
            } else {
                low = middle;
            }
        }
        day_of(high).unwrap_or(day)
    }

    /// Workdays after `from` up to and including `to`; 0 when `to` is not later.
    pub fn workdays_between(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        let count = self.worked(number(to)) - self.worked(number(from));
        u32::try_from(count).unwrap_or_default()
    }

    /// Workdays up to and including the day with this number, counted from the epoch.
    fn worked(&self, day: i64) -> i64 {
        // The epoch was a Thursday, three days after a Monday.
        let (weeks, rest) = ((day + 3).div_euclid(7), (day + 3).rem_euclid(7));
        let known = self
            .shifts
            .partition_point(|(shifted, _more)| *shifted <= day);
        let more = known.checked_sub(1).and_then(|last| self.shifts.get(last));
        weeks * 5 + (rest + 1).min(5) + more.map_or(0, |(_day, more)| *more)
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Days since 1970-01-01.
fn number(day: NaiveDate) -> i64 {
    (day - NaiveDate::default()).num_days()
}

fn day_of(number: i64) -> Option<NaiveDate> {
    NaiveDate::default().checked_add_signed(TimeDelta::try_days(number)?)
}

/// The local day in Asia/Shanghai at the instant `at`.
pub fn local_day(at: DateTime<Utc>) -> NaiveDate {
    local_time(at).date_naive()
}

/// The instant at which the local day begins in Asia/Shanghai.
pub fn day_start(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::seconds(i64::from(SHANGHAI_OFFSET_SECONDS))
}

/// The instant `at` as local time in Asia/Shanghai.
pub fn local_time(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&shanghai())
}

/// The instant at which `day` ends in Asia/Shanghai: 24:00 of it.
pub fn end_of(day: NaiveDate) -> DateTime<Utc> {
    day_start(day.succ_opt().unwrap_or(day))
}

fn shanghai() -> FixedOffset {
    FixedOffset::east_opt(SHANGHAI_OFFSET_SECONDS).expect("eight hours is in range")
}

#[cfg(test)]
mod tests;
