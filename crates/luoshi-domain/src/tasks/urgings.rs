//! Urging (催办, FLOW-15): a recorded act with a day for the response.
//!
//! The lead unit answers by its next report; whether it did is computed, nobody sets it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::local_day;
use crate::context::Context;
use crate::ids::PersonId;
use crate::journal::Signed;
use crate::refusals::Refusal;
use crate::tasks::commands::required_text;
use crate::tasks::{Task, TaskEvent};

/// One urging of the lead unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urging {
    pub by: PersonId,
    pub at: DateTime<Utc>,
    pub text: String,
    /// The last day for the answer, inclusive.
    pub respond_by: NaiveDate,
    /// When the lead unit's next report came.
    pub answered_at: Option<DateTime<Utc>>,
}

/// Whether an urging was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    Waiting,
    /// Days past the day for the answer.
    Overdue {
        days: i64,
    },
    InTime {
        on: NaiveDate,
    },
    Late {
        on: NaiveDate,
    },
}

impl Urging {
    /// How it stands on the local day `today`.
    pub fn response(&self, today: NaiveDate) -> Response {
        match self.answered_at.map(local_day) {
            Some(on) if on <= self.respond_by => Response::InTime { on },
            Some(on) => Response::Late { on },
            None if today <= self.respond_by => Response::Waiting,
            None => Response::Overdue {
                days: (today - self.respond_by).num_days(),
            },
        }
    }
}

impl Task {
    /// The day by which the lead unit has to answer an urging; nothing when none waits.
    pub fn respond_by(&self) -> Option<NaiveDate> {
        let waiting = self.urged.iter().filter(|_| !self.is_over());
        let waiting = waiting.filter(|urging| urging.answered_at.is_none());
        waiting.map(|urging| urging.respond_by).min()
    }

    /// Whether it is past its limit and an urging is unanswered: what grade 落实不力 rests on,
    /// "经催办后仍未办理".
    pub fn is_urged_in_vain(&self, today: NaiveDate) -> bool {
        let today = self.counting_day(today);
        let late = self.details.limit.is_some_and(|limit| limit < today);
        late && self.respond_by().is_some()
    }

    pub(super) fn decide_urge(
        &self,
        text: String,
        respond_by: NaiveDate,
        ctx: &Context<'_>,
    ) -> Result<TaskEvent, Refusal> {
        if respond_by < ctx.today() {
            let sentence = "答复期限不能早于今天。";
            return Err(Refusal::input("respond_by", "FLOW-15", sentence));
        }
        let text = required_text("text", "FLOW-15", "请写明催办内容。", text)?;
        Ok(TaskEvent::Urged { text, respond_by })
    }

    /// Once a day, and not while all is well and proven.
    pub(super) fn require_not_urged(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        let today = ctx.today();
        if self
            .urged
            .iter()
            .any(|urging| local_day(urging.at) == today)
        {
            let sentence = "今天已经催办过，同一事项一天只催一次。";
            return Err(Refusal::state("urged_today", "FLOW-15", sentence));
        }
        let known = self.on_course(today, &ctx.leads);
        if let Some(known) = known.filter(|_| !self.is_report_missing(today, &ctx.leads)) {
            let sentence = format!(
                "进度正常且有佐证，暂不需要填报：进度 {}%，按时间应到 {}%，佐证 {} 条。",
                known.progress, known.expected, known.evidence
            );
            return Err(Refusal::state("on_course", "FLOW-15", sentence));
        }
        Ok(())
    }

    pub(super) fn apply_urged(&mut self, text: &str, respond_by: NaiveDate, by: &Signed) {
        self.urgings += 1;
        self.urged.push(Urging {
            by: by.person,
            at: by.at,
            text: text.to_owned(),
            respond_by,
            answered_at: None,
        });
    }

    /// The lead unit reported.
    pub(super) fn apply_answered(&mut self, at: DateTime<Utc>) {
        for urging in &mut self.urged {
            urging.answered_at.get_or_insert(at);
        }
    }
}
