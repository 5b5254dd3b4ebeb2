//! The workday calendar (TIME-08) and the local day.
//!
//! Instants are UTC; a limit is a local day in Asia/Shanghai and ends at 24:00 of it (TIME-09).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{
    DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday,
};

/// Seconds that Asia/Shanghai is ahead of UTC; without daylight saving since 1991.
const SHANGHAI_OFFSET_SECONDS: i32 = 8 * 3600;

/// The furthest that a search for a workday goes, in days.
const HORIZON_DAYS: u64 = 3660;

/// Days off and make-up workdays as the State Council's yearly notices set them.
///
/// A year without a notice counts Monday to Friday as workdays and is provisional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    exceptions: BTreeMap<NaiveDate, DayKind>,
    years: BTreeSet<i32>,
}

/// What a notice says of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// A day off, also when it falls on a weekday.
    Off,
    /// A make-up workday, also when it falls on a weekend.
    Work,
}

impl Calendar {
    /// A calendar of the days that notices name; their years count as announced.
    pub fn new(days: impl IntoIterator<Item = (NaiveDate, DayKind)>) -> Self {
        let exceptions: BTreeMap<_, _> = days.into_iter().collect();
        let years = exceptions.keys().map(Datelike::year).collect();
        Self { exceptions, years }
    }

    /// Whether people work on `day`.
    pub fn is_workday(&self, day: NaiveDate) -> bool {
        match self.exceptions.get(&day) {
            Some(DayKind::Off) => false,
            Some(DayKind::Work) => true,
            None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// Whether no notice for the year of `day` is known yet.
    pub fn is_provisional(&self, day: NaiveDate) -> bool {
        !self.years.contains(&day.year())
    }

    /// The `count`-th workday after `day`; `day` itself when `count` is 0 and it is a workday.
    pub fn add_workdays(&self, day: NaiveDate, count: u32) -> NaiveDate {
        let mut left = count;
        let mut current = day;
        for _ in 0..HORIZON_DAYS {
            if left == 0 && self.is_workday(current) {
                break;
            }
            let Some(next) = current.checked_add_days(Days::new(1)) else {
                break;
            };
            current = next;
            if self.is_workday(current) {
                left = left.saturating_sub(1);
            }
        }
        current
    }

    /// Workdays after `from` up to and including `to`; 0 when `to` is not later.
    pub fn workdays_between(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        let mut count = 0;
        let mut current = from;
        while current < to {
            let Some(next) = current.checked_add_days(Days::new(1)) else {
                break;
            };
            current = next;
            count += u32::from(self.is_workday(current));
        }
        count
    }
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
    let offset = FixedOffset::east_opt(SHANGHAI_OFFSET_SECONDS).expect("eight hours is in range");
    at.with_timezone(&offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Spring Festival 2026 as TIME-08 states it.
    fn spring_2026() -> Calendar {
        let off = (15..=23).map(|d| (NaiveDate::from_ymd_opt(2026, 2, d).unwrap(), DayKind::Off));
        Calendar::new(off.chain([
            (day("2026-02-14"), DayKind::Work),
            (day("2026-02-28"), DayKind::Work),
        ]))
    }

    #[test]
    fn time_08_spring_festival_2026_and_its_makeup_saturdays() {
        let calendar = spring_2026();
        assert!(
            (15..=23)
                .all(|d| { !calendar.is_workday(NaiveDate::from_ymd_opt(2026, 2, d).unwrap()) })
        );
        assert!(calendar.is_workday(day("2026-02-14")));
        assert!(calendar.is_workday(day("2026-02-28")));
        assert_eq!(
            calendar.add_workdays(day("2026-02-14"), 1),
            day("2026-02-24")
        );
    }

    #[test]
    fn time_08_a_year_without_a_notice_is_provisional() {
        let calendar = spring_2026();
        assert!(!calendar.is_provisional(day("2026-07-01")));
        assert!(calendar.is_provisional(day("2027-07-01")));
    }

    #[test]
    fn time_09_a_day_ends_at_midnight_in_shanghai() {
        let last: DateTime<Utc> = "2022-05-31T15:59:59Z".parse().unwrap();
        let next: DateTime<Utc> = "2022-05-31T16:00:00Z".parse().unwrap();
        assert_eq!(local_day(last), day("2022-05-31"));
        assert_eq!(local_day(next), day("2022-06-01"));
    }

    proptest::proptest! {
        #[test]
        fn time_08_adding_workdays_then_counting_gives_them_back(start in 0u64..700, n in 0u32..120) {
            let calendar = spring_2026();
            let from = day("2025-06-01") + Days::new(start);
            let to = calendar.add_workdays(from, n);
            proptest::prop_assert!(calendar.is_workday(to));
            if n > 0 {
                proptest::prop_assert_eq!(calendar.workdays_between(from, to), n);
            }
        }
    }
}
