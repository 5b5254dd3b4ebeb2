//! Warning and supervision notice (预警、督办通知书, FLOW-08).
//!
//! A warning is proposed from the facts of the task; a person confirms it by issuing the notice.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::ids::PersonId;
use crate::journal::Signed;
use crate::lights::Leads;
use crate::refusals::Refusal;
use crate::tasks::commands::required_text;
use crate::tasks::{Receipt, Task, TaskEvent};
use crate::trajectories::whole;

/// A numbered supervision notice to the lead unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionNotice {
    /// E.g. `督通〔2026〕1号`.
    pub number: String,
    pub facts: String,
    pub requirement: String,
    /// The last day of the rectification, inclusive.
    pub rectify_by: NaiveDate,
    pub issued_by: PersonId,
    pub issued_at: DateTime<Utc>,
    /// The last day for the acknowledgement, inclusive.
    pub acknowledge_by: NaiveDate,
    pub acknowledged: Option<Receipt>,
}

/// Why a warning is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lagging {
    /// Calendar days past the limit.
    Overdue { days: i64 },
    /// Percentage points behind the schedule.
    Behind { points: i64, expected: i64 },
}

impl Task {
    /// Whether a warning is proposed on `today`, and by which facts.
    pub fn lagging(&self, today: NaiveDate, leads: &Leads) -> Option<Lagging> {
        let today = self.counting_day(today);
        let (_issued_on, limit) = (self.issued_on()?, self.details.limit?);
        self.require_issued("FLOW-08").ok()?;
        if today > limit {
            return Some(Lagging::Overdue {
                days: (today - limit).num_days(),
            });
        }
        let expected = self.facts().expected(today).map(whole).map_or(0, i64::from);
        let points = expected - i64::from(self.progress);
        (points >= leads.behind_points.value).then_some(Lagging::Behind { points, expected })
    }

    /// Notices that the lead unit has not acknowledged; none once the task is over.
    pub fn notices_open(&self) -> impl Iterator<Item = &SupervisionNotice> {
        let open = |notice: &&SupervisionNotice| notice.acknowledged.is_none() && !self.is_over();
        self.notices.iter().filter(open)
    }

    /// The earliest day by which a notice has to be acknowledged.
    pub fn acknowledge_by(&self) -> Option<NaiveDate> {
        self.notices_open()
            .map(|notice| notice.acknowledge_by)
            .min()
    }

    pub(super) fn require_notice_open(&self) -> Result<(), Refusal> {
        match self.notices_open().next() {
            Some(_) => Ok(()),
            None => Err(Refusal::state(
                "no_notice",
                "FLOW-08",
                "没有待签收的督办通知书。",
            )),
        }
    }

    pub(super) fn decide_notice(
        &self,
        (facts, requirement, rectify_by): (String, String, NaiveDate),
        ctx: &Context<'_>,
    ) -> Result<TaskEvent, Refusal> {
        let facts = required_text("facts", "FLOW-08", "请写明问题事实。", facts)?;
        let sentence = "请写明整改要求。";
        let requirement = required_text("requirement", "FLOW-08", sentence, requirement)?;
        if rectify_by <= ctx.today() {
            let sentence = "整改期限应晚于今天。";
            return Err(Refusal::input("rectify_by", "FLOW-08", sentence));
        }
        let workdays = ctx.leads.acknowledge_workdays.count();
        let acknowledge_by = ctx.calendar.add_workdays(ctx.today(), workdays);
        Ok(TaskEvent::NoticeIssued {
            number: String::new(),
            facts,
            requirement,
            rectify_by,
            acknowledge_by,
        })
    }

    pub(super) fn decide_acknowledge(&self, number: String) -> Result<TaskEvent, Refusal> {
        let mut open = self.notices_open();
        match open.find(|notice| notice.number == number) {
            Some(_) => Ok(TaskEvent::NoticeAcknowledged { number }),
            None => Err(Refusal::state(
                "no_notice",
                "FLOW-08",
                "这份督办通知书已签收或不存在。",
            )),
        }
    }

    pub(super) fn apply_acknowledged(&mut self, number: &str, by: &Signed) {
        let mut notices = self.notices.iter_mut();
        if let Some(notice) = notices.find(|notice| notice.number == number) {
            notice.acknowledged = Some(Receipt {
                by: by.person,
                at: by.at,
            });
        }
    }
}
