//! Values that hold from a day on, until the next one does.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A value for each day from the first entry on; days are local days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline<T> {
    /// By day, ascending; each day once.
    entries: Vec<(NaiveDate, T)>,
}

/// The days from `from` to `to`, both inclusive; open when `to` is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
        }
    }
}

impl<T> Timeline<T> {
    /// One value from `day` on.
    pub fn from(day: NaiveDate, value: T) -> Self {
        Self {
            entries: vec![(day, value)],
        }
    }

    /// The value on `day`; `None` before the first entry.
    pub fn at(&self, day: NaiveDate) -> Option<&T> {
        let after = self.entries.partition_point(|(from, _)| *from <= day);
        let (_, value) = self.entries.get(after.checked_sub(1)?)?;
        Some(value)
    }

    /// The value holds from `day` until the next entry, which stays.
    pub fn set(&mut self, day: NaiveDate, value: T) {
        let at = self.entries.partition_point(|(from, _)| *from < day);
        match self.entries.get_mut(at) {
            Some((from, known)) if *from == day => *known = value,
            _ => self.entries.insert(at, (day, value)),
        }
    }

    /// The first day after `day` on which another entry begins.
    pub fn next_after(&self, day: NaiveDate) -> Option<NaiveDate> {
        let after = self.entries.partition_point(|(from, _)| *from <= day);
        self.entries.get(after).map(|(from, _)| *from)
    }

    /// Each value with the days that it holds, in order; the last is open.
    pub fn spans(&self) -> impl Iterator<Item = (Span, &T)> {
        let nexts = self.entries.iter().skip(1).map(|(next, _)| Some(*next));
        let ends = nexts.chain(std::iter::once(None));
        self.entries.iter().zip(ends).map(|((from, value), next)| {
            let to = next.and_then(|next| next.pred_opt());
            (Span { from: *from, to }, value)
        })
    }

    /// Each day on which a value begins to hold, with the value.
    pub fn entries(&self) -> &[(NaiveDate, T)] {
        &self.entries
    }
}

impl<T: Clone + PartialEq> Timeline<T> {
    /// From `day` on `new` stands wherever `old` would.
    pub fn replace_from(&mut self, day: NaiveDate, old: &T, new: &T) {
        if self.at(day) == Some(old) {
            self.set(day, new.clone());
        }
        for (from, value) in &mut self.entries {
            if *from > day && value == old {
                *value = new.clone();
            }
        }
    }

    /// Whether the value holds on some day of `span`.
    pub fn holds_in(&self, span: Span, mut wanted: impl FnMut(&T) -> bool) -> bool {
        self.spans()
            .any(|(days, value)| days.meets(span) && wanted(value))
    }
}

impl Span {
    /// From `from` on.
    pub fn since(from: NaiveDate) -> Self {
        Self { from, to: None }
    }

    /// Whether `day` is one of the days.
    pub fn has(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// Whether both have a day.
    pub fn meets(&self, other: Self) -> bool {
        self.shared(other).is_some()
    }

    /// The days of both.
    pub fn shared(&self, other: Self) -> Option<Self> {
        let from = self.from.max(other.from);
        let to = match (self.to, other.to) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        to.is_none_or(|to| from <= to).then_some(Self { from, to })
    }

    /// The first day, and the first day after.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> {
        let after = self.to.and_then(|to| to.succ_opt());
        std::iter::once(self.from).chain(after)
    }

    /// Ends with `last` unless it ends before.
    pub fn end(&mut self, last: NaiveDate) {
        self.to = Some(self.to.map_or(last, |to| to.min(last)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(n: i64) -> NaiveDate {
        NaiveDate::default() + chrono::TimeDelta::days(n)
    }

    proptest! {
        #[test]
        fn org_14_a_value_holds_until_the_next_one(
            entries in proptest::collection::vec((0i64..30, 0u8..4), 0..12),
        ) {
            let mut timeline = Timeline::default();
            for (from, value) in &entries {
                timeline.set(day(*from), *value);
            }
            for n in -1..32 {
                // The latest day not after it, and of that day what was entered last.
                let expected = entries
                    .iter()
                    .enumerate()
                    .filter(|(_, (from, _))| *from <= n)
                    .max_by_key(|(order, (from, _))| (*from, *order))
                    .map(|(_, (_, value))| value);
                prop_assert_eq!(timeline.at(day(n)), expected);
                let spans: Vec<_> = timeline.spans().filter(|(span, _)| span.has(day(n))).collect();
                prop_assert_eq!(spans.first().map(|(_, value)| *value), expected);
                prop_assert!(spans.len() <= 1);
            }
        }

        #[test]
        fn org_14_replacing_from_a_day_leaves_the_days_before(
            entries in proptest::collection::vec((0i64..30, 0u8..3), 1..12),
            from in 0i64..30,
        ) {
            let mut timeline = Timeline::default();
            for (from, value) in &entries {
                timeline.set(day(*from), *value);
            }
            let before = timeline.clone();
            timeline.replace_from(day(from), &1, &9);
            for n in -1..32 {
                let known = before.at(day(n)).copied();
                let expected = if n >= from && known == Some(1) { Some(9) } else { known };
                prop_assert_eq!(timeline.at(day(n)).copied(), expected);
            }
        }
    }
}
