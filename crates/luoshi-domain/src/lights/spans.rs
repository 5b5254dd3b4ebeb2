//! A light as spans of days, so that a list can be filtered by comparing a day with columns.

use chrono::{Days, NaiveDate};

use crate::lights::{Colour, Facts, LeadNumbers};

/// The days on which a task's light turns, for fixed facts and numbers.
///
/// They hold for a task whose time counts; for any other the state says the colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    /// Yellow up to this day, unless it is red.
    pub recovering_until: Option<NaiveDate>,
    /// Yellow from this day on, unless it is red.
    pub yellow_from: Option<NaiveDate>,
    /// Red from this day on.
    pub red_from: Option<NaiveDate>,
}

impl Spans {
    pub fn of(facts: &Facts, numbers: &LeadNumbers) -> Self {
        let Some((issued_on, limit)) = facts.timed() else {
            return Self::default();
        };
        // On the day before all that can make it yellow nothing holds; past the limit all does.
        let soon = before(limit, numbers.due_soon_days);
        let milestones = facts.particulars.trajectory.milestones.iter();
        let earliest = milestones
            .map(|known| known.start_by.map_or(known.day, |by| by.min(known.day)))
            .fold(issued_on.min(soon), NaiveDate::min);
        let from = before(earliest, 1);
        let until = limit.succ_opt().unwrap_or(limit);
        let mut spans = Self {
            recovering_until: facts.particulars.recovering(numbers),
            yellow_from: Some(first(from, until, |day| {
                numbers.lasting_yellow(facts, day).is_some()
            })),
            red_from: Some(first(from, until, |day| numbers.red(facts, day).is_some())),
        };
        if let Some(paused) = facts.particulars.paused_on {
            spans.hold(paused);
        }
        spans
    }

    /// The colour on `today` of a task whose time counts.
    pub fn colour(&self, today: NaiveDate) -> Colour {
        let since = |from: Option<NaiveDate>| from.is_some_and(|from| today >= from);
        if since(self.red_from) {
            Colour::Red
        } else if since(self.yellow_from)
            || self.recovering_until.is_some_and(|until| today <= until)
        {
            Colour::Yellow
        } else {
            Colour::Green
        }
    }

    /// What would turn after `paused` does not, and what would end does not either.
    fn hold(&mut self, paused: NaiveDate) {
        self.red_from = self.red_from.filter(|from| *from <= paused);
        self.yellow_from = self.yellow_from.filter(|from| *from <= paused);
        if self.recovering_until.is_some_and(|until| until >= paused) {
            self.recovering_until = Some(NaiveDate::MAX);
        }
    }
}

/// The first day on which `holds`; it does not on `from`, does on `until`, and once it does goes on.
fn first(from: NaiveDate, until: NaiveDate, holds: impl Fn(NaiveDate) -> bool) -> NaiveDate {
    let (mut before, mut after) = (0, days(from, until));
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        match from.checked_add_days(Days::new(middle)) {
            Some(day) if !holds(day) => before = middle,
            _ => after = middle,
        }
    }
    from.checked_add_days(Days::new(after)).unwrap_or(until)
}

fn days(from: NaiveDate, until: NaiveDate) -> u64 {
    u64::try_from((until - from).num_days()).unwrap_or_default()
}

fn before(day: NaiveDate, days: i64) -> NaiveDate {
    let days = Days::new(u64::try_from(days).unwrap_or_default());
    day.checked_sub_days(days).unwrap_or(day)
}
