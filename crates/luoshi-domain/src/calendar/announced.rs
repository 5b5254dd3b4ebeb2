//! The notices that a bureau entered itself, on top of those that ship with the program.

use serde::{Deserialize, Serialize};

use super::{Calendar, Notice};
use crate::journal::Signed;
use crate::refusals::Refusal;

/// The most notices that a bureau keeps.
const NOTICES_LIMIT: usize = 500;

/// The notices of a bureau.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Announced {
    /// Events folded so far.
    pub version: i64,
    /// In the order they were entered; a later one for a year takes the place of an earlier.
    pub notices: Vec<EnteredNotice>,
}

/// A notice, and who entered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnteredNotice {
    pub notice: Notice,
    pub by: Signed,
}

/// What happened to the calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarEvent {
    Announced { notice: Notice },
}

impl Announced {
    /// The stream's kind in the journal; its id is the bureau's.
    pub const STREAM: &'static str = "calendar";

    /// What entering a notice would do, or why it may not be.
    pub fn announce(&self, notice: Notice, known: &Calendar) -> Result<CalendarEvent, Refusal> {
        if self.notices.len() >= NOTICES_LIMIT {
            let sentence = "放假通知录入次数已满，不能再录。";
            return Err(Refusal::state("too_many", "TIME-08", sentence));
        }
        notice
            .check()
            .map_err(|fault| Refusal::input("notice", "TIME-08", fault.to_string()))?;
        if known.has(&notice) {
            let sentence = format!("{} 年的日期与现有的相同，没有变动。", notice.year);
            return Err(Refusal::input("notice", "TIME-08", sentence));
        }
        Ok(CalendarEvent::Announced { notice })
    }

    /// Folds one event into the state. Never fails, never looks at the clock.
    pub fn apply(&mut self, event: &CalendarEvent, by: &Signed) {
        self.version += 1;
        let CalendarEvent::Announced { notice } = event;
        self.notices.push(EnteredNotice {
            notice: notice.clone(),
            by: by.clone(),
        });
    }
}
