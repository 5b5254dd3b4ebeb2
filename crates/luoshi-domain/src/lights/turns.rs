//! Days on which a task caught up: kept with it, because a light that was red turns yellow first.
//!
//! What was red under one edition of the leads need not be under another, so that a turn keeps the
//! measures before and after, which no rule changes, and not a colour.

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::lights::{Facts, LeadNumbers, Particulars};
use crate::tasks::Task;

/// Turns kept with a task; of more, the earliest go.
const KEPT: usize = 8;

/// What can make a task red, measured on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Past the limit.
    pub late: bool,
    /// A stage was not begun by its latest start.
    pub unstarted: bool,
    /// Tenths of a percent behind the trajectory.
    pub gap: i64,
}

/// A day on which something got better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    pub day: NaiveDate,
    pub before: Measure,
    pub after: Measure,
}

impl Measure {
    fn is_better_than(&self, before: &Self) -> bool {
        (before.late && !self.late)
            || (before.unstarted && !self.unstarted)
            || (before.gap > 0 && self.gap < before.gap)
    }
}

impl Facts {
    /// What can make it red on `day`; nothing while its time does not count.
    pub fn measure(&self, day: NaiveDate) -> Option<Measure> {
        let (_issued_on, limit) = self.timed()?;
        Some(Measure {
            late: day > limit,
            unstarted: self.unstarted(day).is_some(),
            gap: self.gap(day)?,
        })
    }
}

impl Particulars {
    /// The last day on which a light that was red is still yellow.
    pub(super) fn recovering(&self, numbers: &LeadNumbers) -> Option<NaiveDate> {
        let turns = self.turns.iter().filter(|turn| {
            numbers.red_of(&turn.before).is_some() && numbers.red_of(&turn.after).is_none()
        });
        let last = turns.map(|turn| turn.day).max()?;
        // The day itself is the first of them.
        last.checked_add_signed(TimeDelta::try_days(numbers.recovery_days - 1)?)
    }
}

impl Task {
    /// What its light is measured by before an event of `day`.
    pub(crate) fn measured(&self, day: NaiveDate) -> Option<Measure> {
        let facts = self.facts();
        facts.measure(facts.judged_on(day))
    }

    /// Notes what an event of `day` made better.
    pub(crate) fn turned(&mut self, day: NaiveDate, before: Option<Measure>) {
        let (Some(before), Some(after)) = (before, self.measured(day)) else {
            return;
        };
        if !after.is_better_than(&before) {
            return;
        }
        match self.turns.last_mut() {
            // Of one day the first measure and the last count.
            Some(turn) if turn.day == day => turn.after = after,
            _ => self.turns.push(Turn { day, before, after }),
        }
        if self.turns.len() > KEPT {
            self.turns.remove(0);
        }
    }
}
