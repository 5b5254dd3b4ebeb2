//! Leading groups, working groups, task forces and teams (ORG-06).
//!
//! A body has a head, deputies and members, an office in a unit, and ends one day. A seat is a
//! person by name, or a post: then it is whoever holds the post.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::context::Context;
use crate::ids::{BodyId, PersonId, PlanId, PostId, TaskId, UnitId};
use crate::journal::Signed;
use crate::organisation::{Organisation, UnitKind};
use crate::refusals::Refusal;
use crate::registers::Registered;

/// Longest name, in characters.
pub const NAME_LIMIT: usize = 60;

/// Longest purpose, duty or reason, in characters.
pub const TEXT_LIMIT: usize = 500;

/// Most members of a body.
const SEATS_LIMIT: usize = 300;

/// A body as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    pub id: BodyId,
    pub version: i64,
    pub details: BodyDetails,
    /// When and why it was dissolved.
    pub ended: Option<End>,
}

/// What is known of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyDetails {
    pub kind: BodyKind,
    pub name: String,
    pub purpose: String,
    /// A body without a head is refused.
    pub head: Option<Seat>,
    pub deputies: Vec<Seat>,
    pub members: Vec<Seat>,
    /// Where its office is, and what the office does.
    pub office: Option<Office>,
    pub parent: Option<Parent>,
    /// The unit that set it up as its own; `None` for one of the whole bureau.
    pub unit: Option<UnitId>,
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
    /// What it rests on: document and clause; may be empty.
    pub basis: String,
}

/// What sort of body it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// 领导小组
    LeadingGroup,
    /// 工作小组
    WorkingGroup,
    /// 工作专班
    TaskForce,
    /// 督导组
    SupervisionTeam,
    /// 协调小组
    CoordinationGroup,
}

/// A place in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seat {
    Person(PersonId),
    /// Whoever holds it.
    Post(PostId),
}

/// The unit that does a body's daily work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    pub unit: UnitId,
    pub duties: String,
}

/// What a body belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parent {
    Body(BodyId),
    Plan(PlanId),
    Task(TaskId),
}

/// The end of something that had a beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    pub day: NaiveDate,
    pub reason: String,
}

/// What can be asked of a body that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyCommand {
    /// Replaces what is known of it.
    Amend(Box<BodyDetails>),
    /// Dissolves it.
    End(End),
}

/// What happened to a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyEvent {
    SetUp(Box<BodyDetails>),
    Amended(Box<BodyDetails>),
    Ended(End),
}

impl BodyKind {
    pub const ALL: [Self; 5] = [
        Self::LeadingGroup,
        Self::WorkingGroup,
        Self::TaskForce,
        Self::SupervisionTeam,
        Self::CoordinationGroup,
    ];
}

impl Seat {
    /// Who sits there now; `None` where the post is vacant.
    pub fn holder(self, organisation: &Organisation) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Post(post) => organisation.post(post).and_then(|post| post.holder),
        }
    }
}

impl BodyDetails {
    /// All seats, the head first.
    pub fn seats(&self) -> impl Iterator<Item = Seat> {
        let head = self.head.into_iter();
        let others = self.deputies.iter().chain(&self.members).copied();
        head.chain(others)
    }
}

impl Body {
    /// The event that sets a body up, or why it may not. `others` are the bodies in force.
    pub fn set_up(
        details: BodyDetails,
        others: &[Self],
        ctx: &Context<'_>,
    ) -> Result<BodyEvent, Refusal> {
        let details = checked(details, None, others, ctx)?;
        Ok(BodyEvent::SetUp(Box::new(details)))
    }

    /// What would happen, or why it may not. `others` are the bodies in force.
    pub fn decide(
        &self,
        command: BodyCommand,
        others: &[Self],
        ctx: &Context<'_>,
    ) -> Result<BodyEvent, Refusal> {
        if self.ended.is_some() {
            let sentence = format!("“{}”已经撤销，不能再改。", self.details.name);
            return Err(Refusal::state("body_ended", "ORG-06", sentence));
        }
        match command {
            BodyCommand::Amend(details) => {
                let details = checked(*details, Some(self.id), others, ctx)?;
                Ok(BodyEvent::Amended(Box::new(details)))
            }
            BodyCommand::End(end) => {
                if end.reason.trim().is_empty() {
                    return Err(Refusal::input("reason", "ORG-06", "请写明撤销的理由。"));
                }
                if end.day < self.details.from {
                    let sentence = "撤销的日期不能早于成立的日期。";
                    return Err(Refusal::input("day", "ORG-06", sentence));
                }
                Ok(BodyEvent::Ended(within(end)?))
            }
        }
    }

    /// Whether it is in force on a day.
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        let ended = self.ended.as_ref().map(|end| end.day);
        let last = ended.into_iter().chain(self.details.until).min();
        self.details.from <= day && last.is_none_or(|last| day <= last)
    }
}

impl Registered for Body {
    type Event = BodyEvent;

    const STREAM: &'static str = "body";

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn day(&self) -> NaiveDate {
        self.details.from
    }

    fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    fn begun(id: Uuid, event: &BodyEvent, _by: &Signed) -> Option<Self> {
        match event {
            BodyEvent::SetUp(details) => Some(Self {
                id: BodyId(id),
                version: 1,
                details: (**details).clone(),
                ended: None,
            }),
            BodyEvent::Amended(_) | BodyEvent::Ended(_) => None,
        }
    }

    fn apply(&mut self, event: &BodyEvent, _by: &Signed) {
        self.version += 1;
        match event {
            BodyEvent::SetUp(details) | BodyEvent::Amended(details) => {
                self.details = (**details).clone();
            }
            BodyEvent::Ended(end) => self.ended = Some(end.clone()),
        }
    }
}

/// The details as they are kept, or what is wrong with them.
fn checked(
    mut details: BodyDetails,
    of: Option<BodyId>,
    others: &[Body],
    ctx: &Context<'_>,
) -> Result<BodyDetails, Refusal> {
    let input = |code, sentence: &str| Err(Refusal::input(code, "ORG-06", sentence));
    details.name = details.name.trim().to_owned();
    if details.name.is_empty() {
        return input("name", "请填写机构名称。");
    }
    if details.name.chars().count() > NAME_LIMIT {
        return input("name", &format!("机构名称不超过 {NAME_LIMIT} 字。"));
    }
    let office = details.office.as_ref().map(|office| office.duties.as_str());
    let texts = [details.purpose.as_str(), &details.basis].into_iter();
    if texts
        .chain(office)
        .any(|text| text.chars().count() > TEXT_LIMIT)
    {
        return input("purpose", &format!("每项说明不超过 {TEXT_LIMIT} 字。"));
    }
    if details.head.is_none() {
        return input(
            "body_without_head",
            "还没有定组长，不能成立。请先选定组长。",
        );
    }
    if details.until.is_some_and(|until| until < details.from) {
        return input("until", "结束日期不能早于成立日期。");
    }
    let mut seats = HashSet::new();
    for seat in details.seats() {
        if !seats.insert(seat) {
            let who = seat_name(seat, ctx.organisation);
            return input("seat_twice", &format!("{who}在同一机构里出现了两次。"));
        }
        let known = match seat {
            Seat::Person(person) => ctx.organisation.person(person).is_some(),
            Seat::Post(post) => ctx.organisation.post(post).is_some(),
        };
        if !known {
            return input("unknown_seat", "组成人员里有不在机构表中的人员或岗位。");
        }
    }
    if seats.len() > SEATS_LIMIT {
        return input("members", &format!("一个机构不超过 {SEATS_LIMIT} 人。"));
    }
    let units = details.office.iter().map(|office| office.unit);
    let mut units = units.chain(details.unit);
    if units.any(|unit| ctx.organisation.unit(unit).is_none()) {
        return input("unknown_unit", "没有这个单位。");
    }
    if details.parent == of.map(Parent::Body) && of.is_some() {
        return input("parent", "机构不能隶属于它自己。");
    }
    let mut same = others.iter().filter(|other| Some(other.id) != of);
    if same.any(|other| other.details.name == details.name && other.details.unit == details.unit) {
        let sentence = format!("已有名为“{}”的机构。", details.name);
        return Err(Refusal::input("body_name_taken", "ORG-06", sentence));
    }
    Ok(details)
}

fn within(end: End) -> Result<End, Refusal> {
    if end.reason.chars().count() > TEXT_LIMIT {
        let sentence = format!("理由不超过 {TEXT_LIMIT} 字。");
        return Err(Refusal::input("reason", "ORG-06", sentence));
    }
    Ok(end)
}

/// Who sits there, as printed: `高文远（副局长）`.
pub fn seat_name(seat: Seat, organisation: &Organisation) -> String {
    let post = match seat {
        Seat::Person(person) => organisation.posts_of(person).next(),
        Seat::Post(post) => organisation.post(post),
    };
    let title = post.map(|post| match organisation.unit(post.unit) {
        Some(unit) if unit.kind == UnitKind::Leadership => post.title.clone(),
        Some(unit) => format!("{}{}", unit.name, post.title),
        None => post.title.clone(),
    });
    match (seat.holder(organisation), title) {
        (Some(person), Some(title)) => format!("{}（{title}）", organisation.person_name(person)),
        (Some(person), None) => organisation.person_name(person).to_owned(),
        (None, Some(title)) => format!("{title}（空缺）"),
        (None, None) => "（未知岗位）".into(),
    }
}

#[cfg(test)]
mod tests;
