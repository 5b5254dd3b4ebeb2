//! Hand-over sheets (离岗交接): who gave up what to whom, kept as it was on the day.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::breakdowns;
use crate::ids::{HandoverId, PersonId, TaskId};
use crate::journal::Signed;
use crate::refusals::Refusal;
use crate::registers::Registered;
use crate::tasks::handing::Part;

/// The longest reason, in characters.
pub const REASON_LIMIT: usize = 200;

/// A sheet; what it says never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    pub id: HandoverId,
    pub version: i64,
    pub sheet: Sheet,
    /// Who did it, as printed then.
    pub by: String,
    pub at: DateTime<Utc>,
}

/// What a sheet lists, in the words of its day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    pub from: PersonId,
    pub from_name: String,
    pub to: PersonId,
    pub to_name: String,
    /// The first day of the successor.
    pub day: NaiveDate,
    pub reason: String,
    /// Whether the person is gone altogether.
    pub leaves: bool,
    /// Unit and title of each post given up, and who holds it now.
    pub posts: Vec<HandedPlace>,
    /// Units and fields that the person was in charge of, and who is now.
    pub portfolios: Vec<HandedPlace>,
    pub tasks: Vec<HandedTask>,
    /// What the person had been given to do for tasks (ORG-03).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duties: Vec<HandedDuty>,
}

/// A place in the organisation before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedPlace {
    pub name: String,
    pub before: String,
    /// Empty when it is vacant now.
    pub after: String,
}

/// A task whose part went over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedTask {
    pub id: TaskId,
    pub number: Option<String>,
    pub title: String,
    pub limit: Option<NaiveDate>,
    pub parts: Vec<Part>,
}

/// A sub-duty that went over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedDuty {
    pub task: TaskId,
    pub title: String,
    pub part: breakdowns::Part,
    pub duty: String,
    pub limit: NaiveDate,
}

/// What happened to a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoverEvent {
    HandedOver(Box<Sheet>),
}

impl Sheet {
    /// Whether the sheet can be kept, or why not.
    pub fn check(&self, today: NaiveDate) -> Result<(), Refusal> {
        if self.from == self.to {
            let sentence = "接手人不能是交接人自己。";
            return Err(Refusal::input("to", "ORG-01", sentence));
        }
        if self.day > today {
            let sentence = "交接在当日办理，交接日不能晚于今天；以后的任免可以先在岗位上登记。";
            return Err(Refusal::input("day", "ORG-01", sentence));
        }
        let length = self.reason.chars().count();
        if length > REASON_LIMIT {
            let sentence = format!("交接原因 {length} 字，超过 {REASON_LIMIT} 字的上限，请精简。");
            return Err(Refusal::input("reason", "SYS-04", sentence));
        }
        if self.posts.is_empty()
            && self.portfolios.is_empty()
            && self.tasks.is_empty()
            && self.duties.is_empty()
            && !self.leaves
        {
            let sentence = format!("{}没有岗位、分管和在办事项，不需要交接。", self.from_name);
            return Err(Refusal::state("nothing", "ORG-01", sentence));
        }
        Ok(())
    }
}

impl Registered for Handover {
    type Event = HandoverEvent;

    const STREAM: &'static str = "handover";

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn day(&self) -> NaiveDate {
        self.sheet.day
    }

    fn is_open(&self) -> bool {
        false
    }

    fn begun(id: Uuid, event: &HandoverEvent, by: &Signed) -> Option<Self> {
        let HandoverEvent::HandedOver(sheet) = event;
        Some(Self {
            id: HandoverId(id),
            version: 1,
            sheet: (**sheet).clone(),
            by: format!("{} {}", by.name, by.title).trim().to_owned(),
            at: by.at,
        })
    }

    fn apply(&mut self, _event: &HandoverEvent, _by: &Signed) {
        self.version += 1;
    }
}
