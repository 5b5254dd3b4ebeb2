//! How often something falls due again, and on which days (LEDGER-11).
//!
//! Dues are counted from a day, day 0. Whole days on which the clock stood still never count: each
//! due moves by those that begin on it or before it, so that it never comes earlier for a pause.
//! What is owed by a due, and who owes it, is not known here.

use std::iter;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::lights::Threshold;
use crate::periods::{Period, PeriodKind};

/// Most days between two dues.
pub const DAYS_LIMIT: u16 = 366;

/// How often (上报间隔).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cadence {
    /// Said to be none, whatever else would hold.
    Never,
    /// Calendar days, from 1 to [`DAYS_LIMIT`].
    Days(u16),
    /// By the last day of each week, a Sunday.
    Weekly,
    /// By the last day of each month.
    Monthly,
    /// By the last day of each quarter.
    Quarterly,
}

/// That work of an origin is reported upwards however well it goes, and how often unless somebody
/// says otherwise (LEDGER-11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginCadence {
    /// Key of the origin.
    pub origin: String,
    /// `None` where it is set for each item alone.
    pub days: Option<Threshold>,
}

/// Whole days on which the clock stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Still {
    /// The first of them.
    pub since: NaiveDate,
    pub days: u64,
}

impl Cadence {
    /// Every so many days; nothing when that is out of range.
    pub fn every(days: u16) -> Option<Self> {
        (1..=DAYS_LIMIT).contains(&days).then_some(Self::Days(days))
    }

    /// As stored in a column, in addresses and in the API.
    pub fn key(self) -> String {
        match self {
            Self::Never => "never".into(),
            Self::Days(days) => days.to_string(),
            Self::Weekly => "weekly".into(),
            Self::Monthly => "monthly".into(),
            Self::Quarterly => "quarterly".into(),
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "never" => Some(Self::Never),
            "weekly" => Some(Self::Weekly),
            "monthly" => Some(Self::Monthly),
            "quarterly" => Some(Self::Quarterly),
            days => days.parse().ok().and_then(Self::every),
        }
    }

    /// As people write it: `14`, `每14天`, `每月`, `不要求`.
    pub fn read(text: &str) -> Option<Self> {
        let bare: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .collect();
        let bare = bare.strip_prefix('每').unwrap_or(&bare);
        match bare {
            "周" | "一周" | "星期" => Some(Self::Weekly),
            "月" | "一月" | "个月" => Some(Self::Monthly),
            "季" | "季度" | "一季" => Some(Self::Quarterly),
            "不要求" | "不要求上报" | "不上报" | "不报" | "无" => Some(Self::Never),
            days => {
                let days = days.strip_suffix(['天', '日']).unwrap_or(days);
                Self::from_key(days)
            }
        }
    }

    /// As people say it.
    pub fn label(self) -> String {
        match self {
            Self::Never => "不要求上报".into(),
            Self::Days(days) => format!("每 {days} 天"),
            Self::Weekly => "每周".into(),
            Self::Monthly => "每月".into(),
            Self::Quarterly => "每季".into(),
        }
    }

    /// As a field takes it back, see [`Cadence::read`].
    pub fn typed(self) -> String {
        match self {
            Self::Days(days) => days.to_string(),
            known => known.label(),
        }
    }

    /// The days on which it falls due after `from`, each later than the one before.
    pub fn dues(self, from: NaiveDate, stills: &[Still]) -> impl Iterator<Item = NaiveDate> {
        let kind = match self {
            Self::Never | Self::Days(_) => None,
            Self::Weekly => Some(PeriodKind::Week),
            Self::Monthly => Some(PeriodKind::Month),
            Self::Quarterly => Some(PeriodKind::Quarter),
        };
        let days = match self {
            Self::Days(days) => Some(Days::new(u64::from(days.max(1)))),
            _ => None,
        };
        let first = kind.map(|kind| Period::of(kind, from));
        // What ends on day 0 is over before anything can be owed for it.
        let first = first.and_then(|period| match period.end() > from {
            true => Some(period),
            false => period.next(),
        });
        let periods = iter::successors(first, Period::next).map(|period| period.end());
        let counted = days.into_iter().flat_map(move |days| {
            let next = move |day: &NaiveDate| day.checked_add_days(days);
            iter::successors(next(&from), next)
        });
        periods
            .chain(counted)
            .map_while(move |day| moved(day, stills))
    }
}

/// A due behind the days that do not count.
fn moved(due: NaiveDate, stills: &[Still]) -> Option<NaiveDate> {
    let mut day = due;
    for still in stills {
        if still.since <= day {
            day = day.checked_add_days(Days::new(still.days))?;
        }
    }
    Some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn first(cadence: Cadence, from: &str, stills: &[Still]) -> Vec<String> {
        let dues = cadence.dues(day(from), stills).take(3);
        dues.map(|due| due.to_string()).collect()
    }

    #[test]
    fn ledger_11_dues_count_from_the_day_of_issue() {
        let cases = [
            (
                Cadence::Days(14),
                ["2023-03-15", "2023-03-29", "2023-04-12"],
            ),
            (Cadence::Days(1), ["2023-03-02", "2023-03-03", "2023-03-04"]),
            (Cadence::Weekly, ["2023-03-05", "2023-03-12", "2023-03-19"]),
            (Cadence::Monthly, ["2023-03-31", "2023-04-30", "2023-05-31"]),
            (
                Cadence::Quarterly,
                ["2023-03-31", "2023-06-30", "2023-09-30"],
            ),
        ];
        for (cadence, dues) in cases {
            assert_eq!(first(cadence, "2023-03-01", &[]), dues, "{cadence:?}");
        }
        assert!(first(Cadence::Never, "2023-03-01", &[]).is_empty());
        // The day of issue is not a due, though a month ends on it.
        let dues = ["2023-04-30", "2023-05-31", "2023-06-30"];
        assert_eq!(first(Cadence::Monthly, "2023-03-31", &[]), dues);
    }

    #[test]
    fn ledger_11_paused_days_move_the_dues_behind_them() {
        let stills = [Still {
            since: day("2023-03-20"),
            days: 5,
        }];
        let dues = ["2023-03-15", "2023-04-03", "2023-04-17"];
        assert_eq!(first(Cadence::Days(14), "2023-03-01", &stills), dues);
    }

    #[test]
    fn a_cadence_is_read_as_people_write_it() {
        for (text, cadence) in [
            ("14", Some(Cadence::Days(14))),
            (" 每 14 天 ", Some(Cadence::Days(14))),
            ("7日", Some(Cadence::Days(7))),
            ("每周", Some(Cadence::Weekly)),
            ("每月", Some(Cadence::Monthly)),
            ("每季度", Some(Cadence::Quarterly)),
            ("不要求上报", Some(Cadence::Never)),
            ("0", None),
            ("367", None),
            ("366", Some(Cadence::Days(366))),
            ("经常", None),
            ("", None),
        ] {
            assert_eq!(Cadence::read(text), cadence, "{text}");
        }
        let all = [
            Cadence::Never,
            Cadence::Days(30),
            Cadence::Weekly,
            Cadence::Monthly,
            Cadence::Quarterly,
        ];
        for cadence in all {
            assert_eq!(Cadence::from_key(&cadence.key()), Some(cadence));
            assert_eq!(Cadence::read(&cadence.typed()), Some(cadence));
            assert_eq!(Cadence::read(&cadence.label()), Some(cadence));
        }
    }

    /// Any cadence, day 0 and pauses in their order.
    fn drawn(n: u16, start: u64, gaps: &[(u64, u64)]) -> (Cadence, NaiveDate, Vec<Still>) {
        let cadence = match n {
            0 => Cadence::Weekly,
            367 => Cadence::Monthly,
            368 => Cadence::Quarterly,
            days => Cadence::Days(days),
        };
        let from = day("2000-01-01") + Days::new(start);
        let mut at = from;
        let stills = gaps.iter().map(|(gap, days)| {
            let since = at + Days::new(*gap);
            at = since + Days::new(*days);
            Still { since, days: *days }
        });
        (cadence, from, stills.collect())
    }

    proptest::proptest! {
        #[test]
        fn ledger_11_dues_strictly_increase_and_no_pause_makes_one_earlier(
            n in 0u16..369,
            start in 0u64..10_000,
            gaps in proptest::collection::vec((0u64..60, 0u64..60), 0..5),
        ) {
            let (cadence, from, stills) = drawn(n, start, &gaps);
            let dues: Vec<_> = cadence.dues(from, &stills).take(20).collect();
            proptest::prop_assert!(dues.first().is_some_and(|first| *first > from));
            proptest::prop_assert!(dues.windows(2).all(|two| two[0] < two[1]));
            for fewer in 0..stills.len() {
                let before: Vec<_> = cadence.dues(from, &stills[..fewer]).take(20).collect();
                let later = before.iter().zip(&dues).all(|(before, after)| before <= after);
                proptest::prop_assert!(later);
            }
        }
    }
}
