//! Quarterly filing (备案): each unit hands in its ledger as it stands, and the supervision office
//! accepts it or sends it back (LEDGER-03).

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::bodies::TEXT_LIMIT;
use crate::calendar::{Calendar, local_day};
use crate::ids::{FilingId, PersonId, TaskId, UnitId};
use crate::journal::Signed;
use crate::periods::{Period, PeriodKind};
use crate::refusals::Refusal;
use crate::registers::Registered;
use crate::tasks::{Task, TaskState};

/// The requirement behind every refusal here.
const RULE: &str = "LEDGER-03";

/// A quarter of a year, from 1 to 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Quarter {
    pub year: i32,
    pub number: u8,
}

impl Quarter {
    /// The four of a year.
    pub fn of_year(year: i32) -> [Self; 4] {
        [1, 2, 3, 4].map(|number| Self { year, number })
    }

    /// The quarter that a day is in.
    pub fn of(day: NaiveDate) -> Self {
        let number = u8::try_from(day.month0() / 3 + 1).unwrap_or(1);
        Self {
            year: day.year(),
            number,
        }
    }

    /// Its days; nothing for a number that is none of a quarter.
    pub fn period(self) -> Option<Period> {
        let month = u32::from(self.number.checked_sub(1)?) * 3 + 1;
        let first = NaiveDate::from_ymd_opt(self.year, month, 1)?;
        Some(Period::of(PeriodKind::Quarter, first))
    }

    /// The day by which it is filed: its last workday, or so many workdays after its end.
    pub fn due(self, calendar: &Calendar, workdays_after: u32) -> Option<NaiveDate> {
        let period = self.period()?;
        if workdays_after > 0 {
            return Some(calendar.add_workdays(period.end(), workdays_after));
        }
        let mut days = period.end().iter_days().zip(0..31).map(|(_, back)| back);
        days.find_map(|back| {
            let day = period.end() - chrono::Days::new(back);
            calendar.is_workday(day).then_some(day)
        })
    }
}

/// A unit's ledger of one quarter as it was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    pub id: FilingId,
    pub version: i64,
    pub unit: UnitId,
    pub quarter: Quarter,
    /// Who handed it in last.
    pub by: PersonId,
    /// The day on which it was handed in last.
    pub filed_on: NaiveDate,
    /// The lines as they stood then; nothing that happens later changes them.
    pub lines: Vec<FiledLine>,
    pub state: FilingState,
    /// What the office wrote with its decision.
    pub opinion: String,
}

/// Where a filing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilingState {
    Filed,
    Accepted,
    Returned,
}

/// A line of the ledger as it stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiledLine {
    pub task: TaskId,
    pub number: Option<String>,
    pub title: String,
    pub target: String,
    pub limit: Option<NaiveDate>,
    pub state: TaskState,
    pub progress: u8,
    /// What was last reported.
    pub report: String,
}

impl FiledLine {
    pub fn of(task: &Task) -> Self {
        let feedback = task.last_feedback.as_ref();
        Self {
            task: task.id,
            number: task.number.clone(),
            title: task.details.title.clone(),
            target: task.details.target.clone(),
            limit: task.details.limit,
            state: task.state,
            progress: task.progress,
            report: feedback
                .map(|feedback| feedback.text.clone())
                .unwrap_or_default(),
        }
    }
}

/// What happened to a filing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilingEvent {
    /// Handed in, or again after it was sent back.
    Filed {
        unit: UnitId,
        quarter: Quarter,
        lines: Vec<FiledLine>,
    },
    Accepted {
        opinion: String,
    },
    Returned {
        reason: String,
    },
}

impl Filing {
    /// The event that hands a ledger in, or why it may not be; `known` is what the unit handed in
    /// for the quarter before.
    pub fn file(
        unit: UnitId,
        quarter: Quarter,
        lines: Vec<FiledLine>,
        known: Option<&Self>,
        today: NaiveDate,
    ) -> Result<FilingEvent, Refusal> {
        let Some(period) = quarter.period() else {
            return Err(Refusal::input("quarter", RULE, "请选择第一至第四季度。"));
        };
        if today < period.start() {
            return Err(Refusal::input("quarter", RULE, "这个季度还没有开始。"));
        }
        match known.map(|known| known.state) {
            Some(FilingState::Accepted) => {
                let sentence = "本季度台账已经备案，不能再报。";
                Err(Refusal::state("accepted", RULE, sentence))
            }
            Some(FilingState::Filed) => {
                let sentence = "本季度台账已经上报，待督查办受理；需要更正的请督查办退回后重报。";
                Err(Refusal::state("filed", RULE, sentence))
            }
            Some(FilingState::Returned) | None => Ok(FilingEvent::Filed {
                unit,
                quarter,
                lines,
            }),
        }
    }

    /// Accepts or, with a reason, sends back.
    pub fn judge(&self, accepted: bool, text: &str) -> Result<FilingEvent, Refusal> {
        if self.state != FilingState::Filed {
            let sentence = "这份台账不在待受理状态。";
            return Err(Refusal::state("not_filed", RULE, sentence));
        }
        let text = text.trim();
        if text.chars().count() > TEXT_LIMIT {
            let sentence = format!("意见不超过 {TEXT_LIMIT} 字。");
            return Err(Refusal::input("text", RULE, sentence));
        }
        match (accepted, text.is_empty()) {
            (true, _) => Ok(FilingEvent::Accepted {
                opinion: text.to_owned(),
            }),
            (false, true) => Err(Refusal::input("text", RULE, "退回请写明理由。")),
            (false, false) => Ok(FilingEvent::Returned {
                reason: text.to_owned(),
            }),
        }
    }

    /// Whether it counts as handed in.
    pub fn counts(&self) -> bool {
        self.state != FilingState::Returned
    }
}

impl Registered for Filing {
    type Event = FilingEvent;

    const STREAM: &'static str = "filing";

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn version(&self) -> i64 {
        self.version
    }

    /// The first day of its quarter.
    fn day(&self) -> NaiveDate {
        let period = self.quarter.period();
        period.map_or(self.filed_on, |period| period.start())
    }

    fn is_open(&self) -> bool {
        self.state != FilingState::Accepted
    }

    fn begun(id: Uuid, event: &FilingEvent, by: &Signed) -> Option<Self> {
        match event {
            FilingEvent::Filed {
                unit,
                quarter,
                lines,
            } => Some(Self {
                id: FilingId(id),
                version: 1,
                unit: *unit,
                quarter: *quarter,
                by: by.person,
                filed_on: local_day(by.at),
                lines: lines.clone(),
                state: FilingState::Filed,
                opinion: String::new(),
            }),
            _ => None,
        }
    }

    fn apply(&mut self, event: &FilingEvent, by: &Signed) {
        self.version += 1;
        match event {
            FilingEvent::Filed { lines, .. } => {
                self.lines.clone_from(lines);
                self.by = by.person;
                self.filed_on = local_day(by.at);
                self.state = FilingState::Filed;
            }
            FilingEvent::Accepted { opinion } => {
                self.state = FilingState::Accepted;
                self.opinion.clone_from(opinion);
            }
            FilingEvent::Returned { reason } => {
                self.state = FilingState::Returned;
                self.opinion.clone_from(reason);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{Desk, unit};

    #[test]
    fn ledger_03_a_quarter_is_filed_by_its_last_workday() {
        let calendar = Calendar::default();
        let due = |year, number| {
            Quarter { year, number }
                .due(&calendar, 0)
                .unwrap()
                .to_string()
        };
        assert_eq!(due(2023, 1), "2023-03-31");
        // The last day of the quarter is a Saturday.
        assert_eq!(due(2023, 3), "2023-09-29");
        let first = Quarter {
            year: 2023,
            number: 1,
        };
        let after = first.due(&calendar, 5).unwrap();
        assert_eq!(after.to_string(), "2023-04-07");
        assert_eq!(Quarter::of("2026-11-25".parse().unwrap()).number, 4);
        assert!(
            Quarter {
                year: 2023,
                number: 5
            }
            .period()
            .is_none()
        );
    }

    #[test]
    fn ledger_03_what_is_handed_in_is_accepted_or_sent_back() {
        let desk = Desk::with_units(3);
        let signed = desk.office("2023-03-30T02:00:00Z").signed();
        let today = "2023-03-30".parse().unwrap();
        let quarter = Quarter {
            year: 2023,
            number: 1,
        };
        let file = |known: Option<&Filing>| {
            Filing::file(unit(2), quarter, Vec::new(), known, today).map_err(|no| no.code)
        };
        let mut filing = Filing::begun(Uuid::nil(), &file(None).unwrap(), &signed).unwrap();
        assert_eq!(file(Some(&filing)), Err("filed"));
        assert_eq!(filing.judge(false, " ").unwrap_err().code, "text");
        filing.apply(&filing.judge(false, "缺目标").unwrap(), &signed);
        assert!(!filing.counts());
        filing.apply(&file(Some(&filing)).unwrap(), &signed);
        filing.apply(&filing.judge(true, "").unwrap(), &signed);
        assert_eq!(file(Some(&filing)), Err("accepted"));
        assert_eq!(filing.judge(false, "不行").unwrap_err().code, "not_filed");
        let later = Quarter {
            year: 2023,
            number: 2,
        };
        let early = Filing::file(unit(2), later, Vec::new(), None, today);
        assert_eq!(early.unwrap_err().code, "quarter");
    }
}
