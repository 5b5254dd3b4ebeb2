//! When the work will be done, if it goes on as the readings say.
//!
//! The slope is the median of the slopes between any two readings (Theil–Sen), so that one reading
//! that is far out does not move it; the range is that of the middle half of the slopes.

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::calendar::local_day;
use crate::journal::Signed;
use crate::tasks::Task;

/// Readings needed before anything is said.
pub const NEEDED: usize = 3;

/// Readings kept with a task; of more, the earliest go.
pub const KEPT: usize = 60;

/// Nothing is said further ahead than this.
const HORIZON_DAYS: i64 = 3660;

/// What the lead unit had reported by the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub day: NaiveDate,
    /// Whole percent.
    pub percent: u8,
}

/// What the readings say of the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forecast {
    /// Fewer than [`NEEDED`] readings; how many there are.
    TooFew(usize),
    /// The work stands still or goes back.
    Still,
    /// Done already.
    Reached,
    /// Expected on a day, in a range; `latest` is open where a slope of the range is not upwards.
    On {
        earliest: NaiveDate,
        day: NaiveDate,
        latest: Option<NaiveDate>,
    },
}

/// What `readings`, one for each day in the order of the days, say of the end.
pub fn forecast(readings: &[Reading]) -> Forecast {
    let Some(last) = readings.last() else {
        return Forecast::TooFew(0);
    };
    if last.percent >= 100 {
        return Forecast::Reached;
    }
    if readings.len() < NEEDED {
        return Forecast::TooFew(readings.len());
    }
    let mut slopes = Vec::new();
    for (at, one) in readings.iter().enumerate() {
        for other in readings.iter().skip(at + 1) {
            let days = (other.day - one.day).num_days();
            if days > 0 {
                slopes.push(Slope {
                    rise: i64::from(other.percent) - i64::from(one.percent),
                    days,
                });
            }
        }
    }
    slopes.sort_unstable_by_key(Slope::key);
    let quartile = |quarters: usize| slopes.get((slopes.len() - 1) * quarters / 4);
    let from = |slope: Option<&Slope>| slope.and_then(|slope| slope.reaches(last));
    let Some(day) = from(quartile(2)) else {
        return Forecast::Still;
    };
    Forecast::On {
        earliest: from(quartile(3)).unwrap_or(day),
        day,
        latest: from(quartile(1)),
    }
}

/// A slope between two readings.
struct Slope {
    rise: i64,
    days: i64,
}

impl Slope {
    /// Millionths of a percent a day.
    fn key(&self) -> i64 {
        1_000_000 * self.rise / self.days
    }

    /// The day on which all is done, from the last reading on.
    fn reaches(&self, last: &Reading) -> Option<NaiveDate> {
        if self.rise <= 0 {
            return None;
        }
        let left = 100 - i64::from(last.percent);
        // Rounded up: on the day before, something is still missing.
        let days = (left * self.days + self.rise - 1) / self.rise;
        if days > HORIZON_DAYS {
            return None;
        }
        last.day.checked_add_signed(TimeDelta::days(days))
    }
}

impl Task {
    /// Notes what the lead unit has reported by now: one reading for each day, the last one.
    pub(crate) fn read_off(&mut self, by: &Signed) {
        let reading = Reading {
            day: local_day(by.at),
            percent: self.progress,
        };
        match self.readings.last_mut() {
            Some(last) if last.day >= reading.day => last.percent = reading.percent,
            _ => self.readings.push(reading),
        }
        if self.readings.len() > KEPT {
            self.readings.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn readings(all: &[(&str, u8)]) -> Vec<Reading> {
        let all = all.iter();
        all.map(|(on, percent)| Reading {
            day: day(on),
            percent: *percent,
        })
        .collect()
    }

    #[test]
    fn two_readings_are_too_few() {
        assert_eq!(forecast(&[]), Forecast::TooFew(0));
        let two = readings(&[("2026-03-01", 10), ("2026-03-11", 20)]);
        assert_eq!(forecast(&two), Forecast::TooFew(2));
    }

    #[test]
    fn a_steady_course_ends_when_the_line_does() {
        let steady = readings(&[
            ("2026-03-01", 10),
            ("2026-03-11", 20),
            ("2026-03-21", 30),
            ("2026-03-31", 40),
        ]);
        let end = day("2026-05-30");
        assert_eq!(
            forecast(&steady),
            Forecast::On {
                earliest: end,
                day: end,
                latest: Some(end)
            }
        );
    }

    #[test]
    fn one_reading_that_is_far_out_does_not_move_it() {
        let course = readings(&[
            ("2026-03-01", 10),
            ("2026-03-11", 20),
            ("2026-03-16", 95),
            ("2026-03-21", 30),
            ("2026-03-31", 40),
            ("2026-04-10", 50),
        ]);
        let Forecast::On {
            earliest,
            day: on,
            latest,
        } = forecast(&course)
        else {
            panic!("there are six readings");
        };
        assert_eq!(on, day("2026-05-30"));
        assert!(earliest <= on && latest.is_none_or(|latest| latest >= on));
    }

    #[test]
    fn standing_still_has_no_end() {
        let still = readings(&[("2026-03-01", 40), ("2026-03-11", 40), ("2026-03-21", 40)]);
        assert_eq!(forecast(&still), Forecast::Still);
        let done = readings(&[("2026-03-01", 100)]);
        assert_eq!(forecast(&done), Forecast::Reached);
    }
}
