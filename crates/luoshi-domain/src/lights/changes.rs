//! What the daily look found turned, and the editions of the numbers that lights are judged by.

use chrono::NaiveDate;

use crate::ids::{TaskId, UnitId};
use crate::lights::{Colour, LeadNumbers};
use crate::tasks::lists::TaskRow;

/// The numbers in use from a day on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LightEdition {
    /// 0 for those that ship with the program.
    pub number: i64,
    /// The local day.
    pub since: NaiveDate,
    pub numbers: LeadNumbers,
}

/// A task whose light is another than when it was last looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turned {
    pub task: TaskRow,
    /// Nothing when it was never looked at.
    pub before: Option<Colour>,
}

/// How many tasks of a lead unit have a light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LightCount {
    pub lead: Option<UnitId>,
    pub colour: Colour,
    pub count: i64,
}

/// A light that turned: what was seen on a day, with the reason as it was then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LightChange {
    pub task: TaskId,
    /// The local day on which it was seen.
    pub day: NaiveDate,
    /// Nothing when the task was first seen.
    pub before: Option<Colour>,
    pub after: Colour,
    /// The rule's key.
    pub rule: String,
    pub reason: String,
    /// The rule in words, with its numbers and clause.
    pub numbers: String,
    /// The edition of the numbers that judged it.
    pub edition: i64,
}
