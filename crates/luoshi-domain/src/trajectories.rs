//! Trajectories: the course that a task is planned to take, and how far it is from it (LEDGER-09).
//!
//! Percentages are in tenths, 0 to 1000. A schedule counts whole days, the first and the last
//! included, and says what is expected at the end of a day; it never falls from one day to the
//! next, which is what lets a light be a step function of the day.

pub mod backward;
pub mod decide;
pub mod forecast;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// All of it, in tenths of a percent.
pub const WHOLE: i64 = 1000;

/// Milestones a trajectory holds at most.
pub const MILESTONES_LIMIT: usize = 20;

/// The planned course of a task from its issue to its limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trajectory {
    pub shape: Shape,
    /// In the order of their days; where there are any, they override the shape.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<Milestone>,
}

/// How progress is spread over the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Evenly.
    #[default]
    Linear,
    /// In four equal steps, each expected at the end of its quarter of the time.
    Stepped,
    /// Slowly at first and at the end, fast between.
    SCurve,
}

/// A point that the work has to reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    pub name: String,
    /// The last day, inclusive.
    pub day: NaiveDate,
    /// Whole percent of the task that is done with it, 1 to 100.
    pub percent: u8,
    /// The latest day to begin its stage, from a backward schedule (PROJ-09).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_by: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_on: Option<NaiveDate>,
}

/// How the actual progress compares with the expected (LEDGER-09).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pace {
    Ahead,
    OnSchedule,
    Behind,
}

impl Shape {
    pub const ALL: [Self; 3] = [Self::Linear, Self::Stepped, Self::SCurve];

    /// As in forms and answers.
    pub fn key(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Stepped => "stepped",
            Self::SCurve => "s_curve",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Linear => "按时间均匀推进",
            Self::Stepped => "分四段推进，每段末达到",
            Self::SCurve => "先慢、中间快、收尾慢",
        }
    }

    /// Tenths of a percent after `gone` of `whole` days.
    fn at(self, gone: i64, whole: i64) -> i64 {
        match self {
            Self::Linear => rounded(WHOLE * gone, whole),
            Self::Stepped => WHOLE / 4 * (4 * gone / whole),
            Self::SCurve => {
                let (n, d) = (i128::from(gone), i128::from(whole));
                let above = i128::from(WHOLE) * n * n * (3 * d - 2 * n);
                let below = d * d * d;
                i64::try_from((2 * above + below) / (2 * below)).unwrap_or(WHOLE)
            }
        }
    }
}

impl Milestone {
    /// Whether its stage is begun or over.
    pub fn is_started(&self) -> bool {
        self.started_on.is_some() || self.done_on.is_some()
    }

    /// Whether it should have been reached by the end of the day before `day`.
    pub fn is_missed(&self, day: NaiveDate) -> bool {
        self.done_on.is_none() && day > self.day
    }

    /// Whether its stage should have been begun before `day` (PROJ-09).
    pub fn is_unstarted(&self, day: NaiveDate) -> bool {
        !self.is_started() && self.start_by.is_some_and(|start_by| day > start_by)
    }
}

impl Trajectory {
    pub fn is_linear(&self) -> bool {
        self.shape == Shape::Linear && self.milestones.is_empty()
    }

    /// Tenths of a percent expected at the end of `day`, for a task issued on `start`.
    pub fn expected(&self, start: NaiveDate, limit: NaiveDate, day: NaiveDate) -> i64 {
        if day >= limit {
            return WHOLE;
        }
        if day < start {
            return 0;
        }
        let gone = (day - start).num_days() + 1;
        if self.milestones.is_empty() {
            return self.shape.at(gone, (limit - start).num_days() + 1);
        }
        // From nothing on the day before the start, straight from one point to the next.
        let (mut since, mut reached) = (-gone, 0);
        let milestones = self.milestones.iter();
        let points = milestones.map(|known| (known.day, 10 * i64::from(known.percent)));
        for (point, percent) in points.chain([(limit, WHOLE)]) {
            let ahead = (point - day).num_days();
            if ahead >= 0 {
                let (rise, run) = ((percent - reached).max(0), ahead - since);
                return reached + rounded(rise * -since, run.max(1));
            }
            (since, reached) = (since.max(ahead), percent.max(reached));
        }
        reached
    }

    /// The next milestone to reach.
    pub fn next(&self) -> Option<&Milestone> {
        self.milestones.iter().find(|known| known.done_on.is_none())
    }
}

impl Pace {
    /// From expected less actual, in tenths: nobody is ahead or behind by less than one.
    pub fn of(gap: i64) -> Self {
        match gap {
            1.. => Self::Behind,
            0 => Self::OnSchedule,
            _ => Self::Ahead,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Ahead => "超序时进度",
            Self::OnSchedule => "符合序时进度",
            Self::Behind => "落后序时进度",
        }
    }
}

/// `tenths` of a percent to the nearest whole, from 0 to 100.
pub fn whole(tenths: i64) -> u8 {
    u8::try_from(rounded(tenths.clamp(0, WHOLE), 10)).unwrap_or(100)
}

/// `tenths` as a percentage: `49.6`, and `50` rather than `50.0`.
pub fn percent(tenths: i64) -> String {
    let (whole, part) = (tenths.abs() / 10, tenths.abs() % 10);
    let sign = if tenths < 0 { "-" } else { "" };
    if part == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part}")
    }
}

/// `above` by `below`, both at least 0, to the nearest whole.
fn rounded(above: i64, below: i64) -> i64 {
    (2 * above + below) / (2 * below)
}

#[cfg(test)]
mod tests;
