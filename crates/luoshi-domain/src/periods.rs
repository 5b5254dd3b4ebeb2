//! Stretches of time that repeat: weeks, half-months, months, quarters, half-years, years, and the
//! phases of a campaign.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// One stretch of time, both ends inclusive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    start: NaiveDate,
    end: NaiveDate,
    kind: PeriodKind,
    /// A phase's name; empty for the others.
    name: String,
}

/// What sort of stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeriodKind {
    /// Monday to Sunday.
    Week,
    /// To the 15th, or from the 16th.
    HalfMonth,
    Month,
    Quarter,
    HalfYear,
    Year,
    /// A campaign's own.
    Phase,
}

impl Period {
    /// The period of this kind that `day` is in; a phase is the day alone.
    pub fn of(kind: PeriodKind, day: NaiveDate) -> Self {
        let month = |day: NaiveDate| day.with_day(1).unwrap_or(day);
        let year_month = |month0| day.with_day(1).and_then(|first| first.with_month0(month0));
        let (start, months) = match kind {
            PeriodKind::Week => {
                let week = day.week(Weekday::Mon);
                return Self::new(kind, week.first_day(), week.last_day());
            }
            PeriodKind::HalfMonth if day.day() <= 15 => {
                let last = day.with_day(15).unwrap_or(day);
                return Self::new(kind, month(day), last);
            }
            PeriodKind::HalfMonth => {
                let first = day.with_day(16).unwrap_or(day);
                return Self::new(kind, first, after(month(day), 1));
            }
            PeriodKind::Phase => return Self::new(kind, day, day),
            PeriodKind::Month => (Some(month(day)), 1),
            PeriodKind::Quarter => (year_month(day.month0() / 3 * 3), 3),
            PeriodKind::HalfYear => (year_month(day.month0() / 6 * 6), 6),
            PeriodKind::Year => (year_month(0), 12),
        };
        let start = start.unwrap_or(day);
        Self::new(kind, start, after(start, months))
    }

    /// A campaign's phase; nothing when it ends before it starts.
    pub fn phase(name: &str, start: NaiveDate, end: NaiveDate) -> Option<Self> {
        (start <= end).then(|| Self {
            name: name.to_owned(),
            ..Self::new(PeriodKind::Phase, start, end)
        })
    }

    pub fn kind(&self) -> PeriodKind {
        self.kind
    }

    /// The first day.
    pub fn start(&self) -> NaiveDate {
        self.start
    }

    /// The last day, inclusive.
    pub fn end(&self) -> NaiveDate {
        self.end
    }

    pub fn contains(&self, day: NaiveDate) -> bool {
        (self.start..=self.end).contains(&day)
    }

    /// The one after; nothing after a phase, whose next one is not a matter of counting.
    pub fn next(&self) -> Option<Self> {
        if self.kind == PeriodKind::Phase {
            return None;
        }
        Some(Self::of(self.kind, self.end.succ_opt()?))
    }

    /// The one before; nothing before a phase.
    pub fn previous(&self) -> Option<Self> {
        if self.kind == PeriodKind::Phase {
            return None;
        }
        Some(Self::of(self.kind, self.start.pred_opt()?))
    }

    /// As people say it: `2026年3月上半月`.
    pub fn label(&self) -> String {
        let (year, month) = (self.start.year(), self.start.month());
        match self.kind {
            PeriodKind::Week => {
                let week = self.start.iso_week();
                format!("{}年第{}周", week.year(), week.week())
            }
            PeriodKind::HalfMonth if self.start.day() == 1 => format!("{year}年{month}月上半月"),
            PeriodKind::HalfMonth => format!("{year}年{month}月下半月"),
            PeriodKind::Month => format!("{year}年{month}月"),
            PeriodKind::Quarter => {
                let names = ["一", "二", "三", "四"];
                let quarter = usize::try_from(self.start.month0() / 3).unwrap_or_default();
                let name = names.get(quarter).copied().unwrap_or_default();
                format!("{year}年{name}季度")
            }
            PeriodKind::HalfYear if month == 1 => format!("{year}年上半年"),
            PeriodKind::HalfYear => format!("{year}年下半年"),
            PeriodKind::Year => format!("{year}年"),
            PeriodKind::Phase => self.name.clone(),
        }
    }

    fn new(kind: PeriodKind, start: NaiveDate, end: NaiveDate) -> Self {
        Self {
            start,
            end,
            kind,
            name: String::new(),
        }
    }
}

/// The last day of the stretch of `months` months that begins on `start`.
fn after(start: NaiveDate, months: u32) -> NaiveDate {
    let next = start.checked_add_months(Months::new(months));
    let last = next.and_then(|next| next.checked_sub_days(Days::new(1)));
    last.unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [PeriodKind; 6] = [
        PeriodKind::Week,
        PeriodKind::HalfMonth,
        PeriodKind::Month,
        PeriodKind::Quarter,
        PeriodKind::HalfYear,
        PeriodKind::Year,
    ];

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn each_kind_has_its_ends_and_its_name() {
        for (kind, start, end, label) in [
            (PeriodKind::Week, "2024-02-26", "2024-03-03", "2024年第9周"),
            (
                PeriodKind::HalfMonth,
                "2024-02-16",
                "2024-02-29",
                "2024年2月下半月",
            ),
            (PeriodKind::Month, "2024-02-01", "2024-02-29", "2024年2月"),
            (
                PeriodKind::Quarter,
                "2024-01-01",
                "2024-03-31",
                "2024年一季度",
            ),
            (
                PeriodKind::HalfYear,
                "2024-01-01",
                "2024-06-30",
                "2024年上半年",
            ),
            (PeriodKind::Year, "2024-01-01", "2024-12-31", "2024年"),
        ] {
            let period = Period::of(kind, day("2024-02-29"));
            assert_eq!((period.start(), period.end()), (day(start), day(end)));
            assert_eq!(period.label(), label);
        }
        let phase = Period::phase("动员部署", day("2013-05-01"), day("2013-06-30")).unwrap();
        assert_eq!((phase.label().as_str(), phase.next()), ("动员部署", None));
        assert_eq!(
            Period::phase("", day("2013-06-30"), day("2013-05-01")),
            None
        );
    }

    proptest::proptest! {
        #[test]
        fn periods_follow_each_other_without_a_gap(n in 0u64..20_000, kind in 0usize..6) {
            let on = day("2000-01-01") + Days::new(n);
            let period = Period::of(KINDS[kind], on);
            proptest::prop_assert!(period.contains(on));
            let next = period.next().unwrap();
            proptest::prop_assert_eq!(period.end().succ_opt().unwrap(), next.start());
            proptest::prop_assert_eq!(next.previous().unwrap(), period);
        }
    }
}
