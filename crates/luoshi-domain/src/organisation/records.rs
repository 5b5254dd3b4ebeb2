//! One thing of the organisation through time.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::ids::{DomainId, PersonId, PostId, UnitId};
use crate::organisation::timeline::{Span, Timeline};
use crate::organisation::{Domain, Person, Post, Role, Unit, UnitKind};

/// A unit through time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRecord {
    pub id: UnitId,
    pub kind: UnitKind,
    pub aliases: Vec<String>,
    pub position: i64,
    /// The days on which it is in force.
    pub life: Span,
    pub names: Timeline<String>,
    pub parents: Timeline<Option<UnitId>>,
    /// The unit that its matters went to when it ended.
    pub merged_into: Option<UnitId>,
}

/// A person, and whether they left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRecord {
    pub person: Person,
    /// The first day on which they are gone.
    pub left: Option<NaiveDate>,
}

impl PersonRecord {
    /// Whether they are gone on `day`.
    pub fn has_left(&self, day: NaiveDate) -> bool {
        self.left.is_some_and(|left| left <= day)
    }
}

/// A post through time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostRecord {
    pub id: PostId,
    pub unit: UnitId,
    pub title: String,
    pub role: Role,
    pub position: i64,
    /// The days on which it is in force.
    pub life: Span,
    pub holders: Timeline<Option<PersonId>>,
}

/// Who is in charge of each unit through time.
pub type Portfolios = BTreeMap<UnitId, Timeline<Option<PersonId>>>;

/// A field of business through time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainRecord {
    pub id: DomainId,
    pub name: String,
    pub valid_from: NaiveDate,
    pub deputies: Timeline<Option<PersonId>>,
}

/// All rows of a history, in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub struct Records {
    pub units: Vec<UnitRecord>,
    pub persons: Vec<PersonRecord>,
    pub posts: Vec<PostRecord>,
    pub office: Timeline<Option<UnitId>>,
    pub portfolios: Portfolios,
    pub domains: Vec<DomainRecord>,
}

impl UnitRecord {
    /// The unit on `day`, when it is in force.
    pub(super) fn as_of(&self, day: NaiveDate, office: Option<UnitId>) -> Option<Unit> {
        self.life.has(day).then(|| Unit {
            id: self.id,
            parent: self.parents.at(day).copied().flatten(),
            kind: self.kind,
            name: self.name_near(day).to_owned(),
            aliases: self.aliases.clone(),
            supervision_office: office == Some(self.id),
            position: self.position,
            valid_from: self.life.from,
        })
    }

    /// The name on `day`, or the first one before the unit began.
    pub fn name_near(&self, day: NaiveDate) -> &str {
        let first = self.names.entries().first().map(|(_, name)| name);
        self.names.at(day).or(first).map_or("", String::as_str)
    }
}

impl PostRecord {
    pub(super) fn as_of(&self, day: NaiveDate) -> Option<Post> {
        self.life.has(day).then(|| Post {
            id: self.id,
            unit: self.unit,
            title: self.title.clone(),
            role: self.role,
            holder: self.holders.at(day).copied().flatten(),
            position: self.position,
            valid_from: self.life.from,
        })
    }
}

impl DomainRecord {
    pub(super) fn as_of(&self, day: NaiveDate) -> Option<Domain> {
        (self.valid_from <= day).then(|| Domain {
            id: self.id,
            name: self.name.clone(),
            deputy: self.deputies.at(day).copied().flatten(),
            valid_from: self.valid_from,
        })
    }
}
