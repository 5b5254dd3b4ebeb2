//! Records of what people did: trainings and leaders' personal acts (ORG-09, 12; K5).
//!
//! A record says what, when, where and with whom; what is missing is computed from the records.

use std::collections::{BTreeMap, HashSet};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::bodies::TEXT_LIMIT;
use crate::context::Context;
use crate::ids::{ActivityId, PersonId, TaskId, UnitId};
use crate::journal::Signed;
use crate::refusals::Refusal;
use crate::registers::Registered;

/// Longest title or place, in characters.
pub const NAME_LIMIT: usize = 80;

/// Most people in one record.
const PERSONS_LIMIT: usize = 1000;

/// Most tasks that one record is about.
const TASKS_LIMIT: usize = 50;

/// A record as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    pub id: ActivityId,
    pub version: i64,
    pub details: ActivityDetails,
    /// Who recorded it.
    pub by: PersonId,
    /// Why it does not count any more.
    pub void: Option<String>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityDetails {
    pub kind: ActivityKind,
    /// A key of the packs' dictionaries: the form of a training, or the act.
    pub form: String,
    /// What a training was about, by keys of the packs' dictionaries.
    pub subjects: Vec<String>,
    pub title: String,
    pub day: NaiveDate,
    pub place: String,
    /// Who took part, or whose act it was.
    pub persons: Vec<PersonId>,
    /// The tasks that it was about.
    pub tasks: Vec<TaskId>,
    pub note: String,
}

/// What sort of record it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// 培训
    Training,
    /// 领导亲自抓落实
    PersonalAct,
}

/// What can be asked of a record that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActivityCommand {
    Amend(Box<ActivityDetails>),
    /// It does not count any more; it stays to be seen.
    Void {
        reason: String,
    },
}

/// What happened to a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityEvent {
    Recorded(Box<ActivityDetails>),
    Amended(Box<ActivityDetails>),
    Voided { reason: String },
}

/// How many of a unit's people were trained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    pub staff: u32,
    pub trained: u32,
}

impl Coverage {
    /// Rounded down; 100 without staff.
    pub fn percent(self) -> u32 {
        (100 * self.trained).checked_div(self.staff).unwrap_or(100)
    }
}

impl Activity {
    /// The event that records something, or why it may not.
    pub fn record(details: ActivityDetails, ctx: &Context<'_>) -> Result<ActivityEvent, Refusal> {
        let details = checked(details, ctx)?;
        Ok(ActivityEvent::Recorded(Box::new(details)))
    }

    /// What would happen, or why it may not.
    pub fn decide(
        &self,
        command: ActivityCommand,
        ctx: &Context<'_>,
    ) -> Result<ActivityEvent, Refusal> {
        if self.void.is_some() {
            let sentence = "这条记录已经作废。";
            return Err(Refusal::state("void", "ORG-12", sentence));
        }
        match command {
            ActivityCommand::Amend(details) => {
                let details = checked(*details, ctx)?;
                Ok(ActivityEvent::Amended(Box::new(details)))
            }
            ActivityCommand::Void { reason } => {
                let reason = reason.trim().to_owned();
                if reason.is_empty() || reason.chars().count() > TEXT_LIMIT {
                    let sentence = format!("请写明作废的理由，不超过 {TEXT_LIMIT} 字。");
                    return Err(Refusal::input("reason", "ORG-12", sentence));
                }
                Ok(ActivityEvent::Voided { reason })
            }
        }
    }

    /// Whether it is a training of `year` that counts.
    fn trains_in(&self, year: i32) -> bool {
        self.void.is_none()
            && self.details.kind == ActivityKind::Training
            && self.details.day.year() == year
    }
}

/// Who attended a training in `year` (ORG-12).
pub fn trained(activities: &[Activity], year: i32) -> HashSet<PersonId> {
    let counting = activities.iter().filter(|known| known.trains_in(year));
    counting
        .flat_map(|known| known.details.persons.iter().copied())
        .collect()
}

/// How many of each unit's staff are among the trained (ORG-12).
pub fn coverage(
    staff: &[(UnitId, PersonId)],
    trained: &HashSet<PersonId>,
) -> BTreeMap<UnitId, Coverage> {
    let mut units: BTreeMap<UnitId, Coverage> = BTreeMap::new();
    for (unit, person) in staff {
        let covered = units.entry(*unit).or_default();
        covered.staff += 1;
        covered.trained += u32::from(trained.contains(person));
    }
    units
}

/// Which of the required acts a leader has no record of for a task (ORG-09).
pub fn missing_acts<'a>(
    required: impl IntoIterator<Item = &'a str>,
    leader: PersonId,
    task: TaskId,
    activities: &[Activity],
) -> Vec<&'a str> {
    let done: HashSet<&str> = activities
        .iter()
        .filter(|known| {
            known.void.is_none()
                && known.details.kind == ActivityKind::PersonalAct
                && known.details.persons.contains(&leader)
                && known.details.tasks.contains(&task)
        })
        .map(|known| known.details.form.as_str())
        .collect();
    let required = required.into_iter();
    required.filter(|act| !done.contains(act)).collect()
}

impl Registered for Activity {
    type Event = ActivityEvent;

    const STREAM: &'static str = "activity";

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn day(&self) -> NaiveDate {
        self.details.day
    }

    fn is_open(&self) -> bool {
        self.void.is_none()
    }

    fn begun(id: Uuid, event: &ActivityEvent, by: &Signed) -> Option<Self> {
        match event {
            ActivityEvent::Recorded(details) => Some(Self {
                id: ActivityId(id),
                version: 1,
                details: (**details).clone(),
                by: by.person,
                void: None,
            }),
            ActivityEvent::Amended(_) | ActivityEvent::Voided { .. } => None,
        }
    }

    fn apply(&mut self, event: &ActivityEvent, _by: &Signed) {
        self.version += 1;
        match event {
            ActivityEvent::Recorded(details) | ActivityEvent::Amended(details) => {
                self.details = (**details).clone();
            }
            ActivityEvent::Voided { reason } => self.void = Some(reason.clone()),
        }
    }
}

/// The details as they are kept, or what is wrong with them.
fn checked(mut details: ActivityDetails, ctx: &Context<'_>) -> Result<ActivityDetails, Refusal> {
    let input = |code, sentence: String| Err(Refusal::input(code, "ORG-12", sentence));
    details.title = details.title.trim().to_owned();
    if details.title.is_empty() {
        return input("title", "请写明做了什么。".into());
    }
    let names = [&details.title, &details.place];
    if names.iter().any(|text| text.chars().count() > NAME_LIMIT)
        || details.note.chars().count() > TEXT_LIMIT
    {
        let sentence = format!("名称和地点不超过 {NAME_LIMIT} 字，说明不超过 {TEXT_LIMIT} 字。");
        return input("title", sentence);
    }
    if details.form.is_empty() {
        return input("form", "请选定形式。".into());
    }
    if details.day > ctx.today() {
        return input("day", "日期不能晚于今天：还没有做的事不能先记。".into());
    }
    let mut persons = HashSet::new();
    details.persons.retain(|person| persons.insert(*person));
    if details.persons.is_empty() || details.persons.len() > PERSONS_LIMIT {
        return input(
            "persons",
            format!("请选定参加的人，1 至 {PERSONS_LIMIT} 人。"),
        );
    }
    let mut known = details.persons.iter();
    if known.any(|person| ctx.organisation.person(*person).is_none()) {
        return input("persons", "参加的人里有不在机构表中的。".into());
    }
    if details.tasks.len() > TASKS_LIMIT {
        return input("tasks", format!("一条记录最多对应 {TASKS_LIMIT} 件事项。"));
    }
    if details.kind == ActivityKind::PersonalAct && details.tasks.is_empty() {
        return input("tasks", "请选定是哪一件事项。".into());
    }
    Ok(details)
}

#[cfg(test)]
mod tests;
