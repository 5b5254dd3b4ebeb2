//! The breakdown of a task to posts and persons (ORG-03, 责任体系无缝化).
//!
//! Once the lead unit has signed for a task, its head splits it into sub-duties, each with a post,
//! a person, a text and a limit, so that somebody is responsible, somebody pushes and somebody
//! does. A register of its own, whose id is the task's: the task knows nothing of it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::calendar::local_day;
use crate::context::Context;
use crate::ids::{PersonId, PostId, TaskId, UnitId};
use crate::journal::Signed;
use crate::organisation::Organisation;
use crate::refusals::Refusal;
use crate::registers::Registered;
use crate::tasks::{Task, TaskState};

/// Longest duty or reason, in characters.
pub const TEXT_LIMIT: usize = 300;

/// Most sub-duties of one task.
pub const DUTIES_LIMIT: usize = 40;

/// The requirement that refusals name.
const RULE: &str = "ORG-03";

/// A task's breakdown as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdown {
    /// The task's id and its own.
    pub task: TaskId,
    pub version: i64,
    /// The lead unit when it was made.
    pub unit: Option<UnitId>,
    /// The day it was made on.
    pub day: NaiveDate,
    pub duties: Vec<SubDuty>,
    /// Whether the task is closed or cancelled.
    pub over: bool,
}

/// What one person does for a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubDuty {
    pub part: Part,
    pub post: PostId,
    pub person: PersonId,
    pub duty: String,
    pub limit: NaiveDate,
}

/// The three parts that have to be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// 有人负责
    Responsible,
    /// 有人推动
    Pushing,
    /// 有人落实
    Doing,
}

/// What is wrong with a sub-duty's person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DutyGap {
    /// The post is vacant, or there is no such post any more.
    Vacant,
    /// The person holds no post any more.
    Left,
    /// Somebody else holds the post by now.
    Replaced,
}

/// What happened to a breakdown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakdownEvent {
    Made {
        unit: Option<UnitId>,
        duties: Vec<SubDuty>,
    },
    Changed {
        duties: Vec<SubDuty>,
        reason: String,
    },
    /// A person's sub-duties went to a successor (离岗交接).
    HandedOver { from: PersonId, to: PersonId },
    /// The task is closed or cancelled.
    Ended,
}

impl Part {
    pub const ALL: [Self; 3] = [Self::Responsible, Self::Pushing, Self::Doing];

    /// As in addresses and forms.
    pub fn key(self) -> &'static str {
        match self {
            Self::Responsible => "responsible",
            Self::Pushing => "pushing",
            Self::Doing => "doing",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.key() == key)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Responsible => "负责",
            Self::Pushing => "推动",
            Self::Doing => "落实",
        }
    }
}

impl DutyGap {
    pub fn label(self) -> &'static str {
        match self {
            Self::Vacant => "岗位空缺",
            Self::Left => "人已离岗",
            Self::Replaced => "岗位已换人",
        }
    }
}

impl SubDuty {
    /// What is wrong with its person by now.
    pub fn gap(&self, organisation: &Organisation) -> Option<DutyGap> {
        let holder = organisation.post(self.post).and_then(|post| post.holder);
        if holder == Some(self.person) {
            return None;
        }
        if organisation.posts_of(self.person).next().is_none() {
            return Some(DutyGap::Left);
        }
        Some(match holder {
            None => DutyGap::Vacant,
            Some(_) => DutyGap::Replaced,
        })
    }
}

/// The parts that nobody has, in their order.
pub fn missing_parts(duties: &[SubDuty]) -> Vec<Part> {
    let filled = |part: &Part| duties.iter().any(|duty| duty.part == *part);
    Part::ALL.into_iter().filter(|part| !filled(part)).collect()
}

/// Whether the lead unit may split the task now.
pub fn possible(task: &Task) -> Result<(), Refusal> {
    if task.is_under_way() {
        return Ok(());
    }
    let (code, sentence) = match task.state {
        TaskState::Closed | TaskState::Cancelled => ("over", "事项已办结或撤销，分工不再变动。"),
        _ => ("not_accepted", "牵头单位签收以后才能分解到岗到人。"),
    };
    Err(Refusal::state(code, RULE, sentence))
}

impl Breakdown {
    /// The event that splits a task, or why it may not.
    pub fn make(
        task: &Task,
        duties: Vec<SubDuty>,
        ctx: &Context<'_>,
    ) -> Result<BreakdownEvent, Refusal> {
        Ok(BreakdownEvent::Made {
            unit: task.details.lead,
            duties: checked(task, duties, ctx)?,
        })
    }

    /// The event that splits it otherwise, or why it may not.
    pub fn change(
        &self,
        task: &Task,
        duties: Vec<SubDuty>,
        reason: &str,
        ctx: &Context<'_>,
    ) -> Result<BreakdownEvent, Refusal> {
        let duties = checked(task, duties, ctx)?;
        if duties == self.duties {
            return Err(Refusal::input("duties", RULE, "分工没有变动。"));
        }
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > TEXT_LIMIT {
            let sentence = format!("请写明调整分工的理由，不超过 {TEXT_LIMIT} 字。");
            return Err(Refusal::input("reason", RULE, sentence));
        }
        Ok(BreakdownEvent::Changed {
            duties,
            reason: reason.to_owned(),
        })
    }

    /// A person's sub-duties go to another; nothing when they have none or the task is over.
    pub fn hand_over(&self, from: PersonId, to: PersonId) -> Option<BreakdownEvent> {
        (self.duties_of(from).next().is_some()).then_some(BreakdownEvent::HandedOver { from, to })
    }

    /// What a person does for the task; nothing once it is over.
    pub fn duties_of(&self, person: PersonId) -> impl Iterator<Item = &SubDuty> {
        let duties = self.duties.iter();
        duties.filter(move |duty| !self.over && duty.person == person)
    }

    /// The parts that nobody has, in their order.
    pub fn missing(&self) -> Vec<Part> {
        missing_parts(&self.duties)
    }

    /// The sub-duties, by their place from 1, with what is wrong with their persons.
    pub fn gaps(&self, organisation: &Organisation) -> Vec<(usize, &SubDuty, DutyGap)> {
        let duties = (1..).zip(&self.duties);
        duties
            .filter_map(|(row, duty)| Some((row, duty, duty.gap(organisation)?)))
            .collect()
    }
}

impl Registered for Breakdown {
    type Event = BreakdownEvent;

    const STREAM: &'static str = "breakdown";

    fn id(&self) -> Uuid {
        self.task.0
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn day(&self) -> NaiveDate {
        self.day
    }

    fn is_open(&self) -> bool {
        !self.over
    }

    fn begun(id: Uuid, event: &BreakdownEvent, by: &Signed) -> Option<Self> {
        let BreakdownEvent::Made { unit, duties } = event else {
            return None;
        };
        Some(Self {
            task: TaskId(id),
            version: 1,
            unit: *unit,
            day: local_day(by.at),
            duties: duties.clone(),
            over: false,
        })
    }

    fn apply(&mut self, event: &BreakdownEvent, _by: &Signed) {
        self.version += 1;
        match event {
            BreakdownEvent::Made { duties, .. } | BreakdownEvent::Changed { duties, .. } => {
                self.duties.clone_from(duties);
            }
            BreakdownEvent::HandedOver { from, to } => {
                let duties = self.duties.iter_mut();
                for duty in duties.filter(|duty| duty.person == *from) {
                    duty.person = *to;
                }
            }
            BreakdownEvent::Ended => self.over = true,
        }
    }
}

/// The sub-duties as they are kept, or what is wrong with the first bad one.
fn checked(
    task: &Task,
    mut duties: Vec<SubDuty>,
    ctx: &Context<'_>,
) -> Result<Vec<SubDuty>, Refusal> {
    possible(task)?;
    let input = |sentence: String| Err(Refusal::input("duties", RULE, sentence));
    if duties.is_empty() || duties.len() > DUTIES_LIMIT {
        return input(format!("请至少写一项分工，不超过 {DUTIES_LIMIT} 项。"));
    }
    for (row, duty) in (1..).zip(&mut duties) {
        duty.duty = duty.duty.trim().to_owned();
        let length = duty.duty.chars().count();
        if length == 0 || length > TEXT_LIMIT {
            let sentence = format!("第 {row} 行：请写明做什么，不超过 {TEXT_LIMIT} 字。");
            return input(sentence);
        }
        if let Some(limit) = task.details.limit
            && duty.limit > limit
        {
            return input(format!(
                "第 {row} 行：时限 {} 晚于事项的完成时限 {limit}。",
                duty.limit
            ));
        }
        if let Some(gap) = duty.gap(ctx.organisation) {
            let name = ctx.organisation.person_name(duty.person);
            return input(format!(
                "第 {row} 行：{name}现在不在这个岗位（{}），请重新选定岗位和人。",
                gap.label()
            ));
        }
    }
    Ok(duties)
}

#[cfg(test)]
mod tests;
