//! The organisation: units, posts, persons and who is in charge of what (ORG-01, 02, 04, 14).
//!
//! One aggregate per bureau. [`history::History`] is all of it, each fact with the days on which it
//! holds; [`Organisation`] is what held on one day, and what decisions look at. A change names the
//! nodes that it adds; nothing here is ever deleted.

pub mod commands;
pub mod events;
pub mod history;
mod index;
mod portfolios;
mod posts;
pub mod records;
pub mod timeline;
mod units;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{DomainId, PersonId, PostId, UnitId};
use index::Index;

/// The responsibility tree as of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organisation {
    /// Events folded so far.
    pub version: i64,
    /// The local day that is shown.
    pub day: NaiveDate,
    /// Those in force on the day, in the order in which they were set up.
    pub units: Vec<Unit>,
    /// All that were ever registered.
    pub persons: Vec<Person>,
    /// Those in force on the day.
    pub posts: Vec<Post>,
    pub portfolios: Vec<Portfolio>,
    pub domains: Vec<Domain>,
    index: Index,
}

/// A node of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    pub id: UnitId,
    pub parent: Option<UnitId>,
    pub kind: UnitKind,
    /// Full name, unique among the units of one bureau in the tree.
    pub name: String,
    /// Other names a document may use.
    pub aliases: Vec<String>,
    /// Whether it leads the loop; one unit does.
    pub supervision_office: bool,
    /// Order among its siblings, from 0.
    pub position: i64,
    pub valid_from: NaiveDate,
}

/// What sort of unit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// 党组（党组织）
    PartyGroup,
    /// 局领导班子
    Leadership,
    /// 机关科室
    Section,
    /// 局属单位
    Subordinate,
    /// 下级局: a bureau below this one, with a tree of its own (ORG-10).
    Bureau,
}

/// A natural person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    /// What they sign in with, lower case, unique in the bureau.
    pub login: String,
}

/// A post in a unit; vacant without a holder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    pub id: PostId,
    pub unit: UnitId,
    /// As printed, e.g. `科长`.
    pub title: String,
    pub role: Role,
    pub holder: Option<PersonId>,
    pub position: i64,
    pub valid_from: NaiveDate,
}

/// What a post entitles to (SYS-03). The supervision office is a unit, not a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 主要领导
    Principal,
    /// 分管领导
    Deputy,
    /// 主要负责人（第一责任人）
    Head,
    /// 承办人
    Contact,
    /// 对口科室经办人: handles the matters of its field for a leader.
    Handler,
    /// 核验员: reviews what others hand in; never their own.
    Reviewer,
    /// 纪检监察
    Discipline,
    /// 组织人事
    Personnel,
    /// 财务
    Finance,
    /// 招商
    Investment,
    /// 宣传信息
    Publicity,
    /// 系统管理员: organisation and packs; one of the three administrators.
    SystemAdministrator,
    /// 安全管理员: accounts and rights; one of the three administrators.
    SecurityAdministrator,
    /// 审计员: reads the audit log; one of the three administrators.
    Auditor,
}

impl Role {
    pub const ALL: [Self; 14] = [
        Self::Principal,
        Self::Deputy,
        Self::Head,
        Self::Contact,
        Self::Handler,
        Self::Reviewer,
        Self::Discipline,
        Self::Personnel,
        Self::Finance,
        Self::Investment,
        Self::Publicity,
        Self::SystemAdministrator,
        Self::SecurityAdministrator,
        Self::Auditor,
    ];

    /// Whether it is one of the three administrators, whose posts give no business rights.
    pub fn administers(self) -> bool {
        matches!(
            self,
            Self::SystemAdministrator | Self::SecurityAdministrator | Self::Auditor
        )
    }
}

/// A leader is in charge of a unit and of what is below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portfolio {
    pub unit: UnitId,
    pub deputy: PersonId,
    pub valid_from: NaiveDate,
}

/// 业务领域: a field of business that a leader is in charge of, whichever unit does the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    pub id: DomainId,
    /// E.g. `财务`, unique in the bureau.
    pub name: String,
    pub deputy: Option<PersonId>,
    /// Since when it is a field of its own.
    pub valid_from: NaiveDate,
}

impl Organisation {
    /// The stream's kind in the journal; its id is the bureau's.
    pub const STREAM: &'static str = "organisation";

    /// The unit, when it is in force.
    pub fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(self.index.unit(id)?)
    }

    /// The unit's name, the last one of a unit that is no longer, or a placeholder.
    pub fn unit_name(&self, id: UnitId) -> &str {
        match self.unit(id) {
            Some(unit) => &unit.name,
            None => self.index.other_name(id).unwrap_or("（未知单位）"),
        }
    }

    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.persons.get(self.index.person(id)?)
    }

    /// The person's name, or a placeholder for an unknown one.
    pub fn person_name(&self, id: PersonId) -> &str {
        self.person(id)
            .map_or("（未知人员）", |person| person.name.as_str())
    }

    /// The post, when it is in force.
    pub fn post(&self, id: PostId) -> Option<&Post> {
        self.posts.get(self.index.post(id)?)
    }

    /// The posts that a person holds.
    pub fn posts_of(&self, person: PersonId) -> impl Iterator<Item = &Post> {
        let places = self.index.posts_of(person).iter();
        places.filter_map(|at| self.posts.get(*at))
    }

    /// The posts of a unit, vacant ones too.
    pub fn posts_in(&self, unit: UnitId) -> impl Iterator<Item = &Post> {
        let places = self.index.posts_in(unit).iter();
        places.filter_map(|at| self.posts.get(*at))
    }

    /// The one unit that leads the loop.
    pub fn supervision_office(&self) -> Option<&Unit> {
        self.units.get(self.index.office()?)
    }

    /// The principal leader of the bureau at the top.
    pub fn principal(&self) -> Option<PersonId> {
        self.principal_of(None)
    }

    /// The principal leader of a bureau below, or with `None` of the one at the top.
    pub fn principal_of(&self, bureau: Option<UnitId>) -> Option<PersonId> {
        let principals = self.index.principals().iter();
        principals
            .filter_map(|at| self.posts.get(*at))
            .find(|post| self.bureau_of(post.unit) == bureau)
            .and_then(|post| post.holder)
    }

    /// The first responsible person of a unit: the holder of its head's post; of a leadership and
    /// of a bureau below the principal leader (ORG-02).
    pub fn first_responsible(&self, unit: UnitId) -> Option<PersonId> {
        let first = |role| self.posts_in(unit).find(move |post| post.role == role);
        match first(Role::Head).or_else(|| first(Role::Principal)) {
            Some(head) => head.holder,
            None if self.unit(unit)?.kind == UnitKind::Bureau => self.principal_of(Some(unit)),
            None => None,
        }
    }

    /// The leader in charge of a unit, its own or the nearest ancestor's (ORG-04).
    pub fn deputy_of(&self, unit: UnitId) -> Option<PersonId> {
        self.upwards(unit)
            .find_map(|id| self.portfolios.get(self.index.portfolio(id)?))
            .map(|portfolio| portfolio.deputy)
    }

    /// The units that a leader is in charge of, those below included, in the order of the tree.
    pub fn portfolio_of(&self, deputy: PersonId) -> Vec<UnitId> {
        let units = self.units.iter().map(|unit| unit.id);
        units
            .filter(|unit| self.deputy_of(*unit) == Some(deputy))
            .collect()
    }

    /// The unit that a document calls `name`, exactly: by the name of today, an alias, or the name
    /// of before, also of a unit that was merged into it. Units of a bureau below are meant by
    /// `<bureau><unit>`, or by their own name where no other unit has it.
    pub fn unit_named(&self, name: &str) -> Option<&Unit> {
        self.units.get(self.index.named(name)?)
    }

    /// Units that can carry a task: all but leaderships and party organisations, in the order of
    /// the tree.
    pub fn carriers(&self) -> impl Iterator<Item = &Unit> {
        self.units
            .iter()
            .filter(|unit| !matches!(unit.kind, UnitKind::Leadership | UnitKind::PartyGroup))
    }

    /// The units right below; those at the top of the tree for `None`. In their order.
    pub fn children(&self, unit: Option<UnitId>) -> impl Iterator<Item = &Unit> {
        let places = self.index.children(unit).iter();
        places.filter_map(|at| self.units.get(*at))
    }

    /// The unit and all below it, each before what is below it; nothing of an unknown unit.
    pub fn subtree(&self, unit: UnitId) -> Vec<UnitId> {
        let mut found = Vec::new();
        let mut waiting: Vec<UnitId> = self.unit(unit).map(|unit| unit.id).into_iter().collect();
        while let Some(next) = waiting.pop() {
            found.push(next);
            let mut below: Vec<UnitId> = self.children(Some(next)).map(|unit| unit.id).collect();
            below.reverse();
            waiting.append(&mut below);
        }
        found
    }

    /// Whether `unit` is `ancestor` or below it.
    pub fn is_below(&self, unit: UnitId, ancestor: UnitId) -> bool {
        self.upwards(unit).any(|id| id == ancestor)
    }

    /// The bureau below the top one that the unit is or belongs to.
    pub fn bureau_of(&self, unit: UnitId) -> Option<UnitId> {
        self.upwards(unit).find(|id| {
            self.unit(*id)
                .is_some_and(|unit| unit.kind == UnitKind::Bureau)
        })
    }

    /// The field of business that is called `name`.
    pub fn domain_named(&self, name: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.name == name)
    }

    /// The unit and those above it, the nearest first.
    pub fn upwards(&self, unit: UnitId) -> impl Iterator<Item = UnitId> {
        let first = self.unit(unit).map(|unit| unit.id);
        // A walk longer than the number of units would go round.
        std::iter::successors(first, |id| self.unit(*id)?.parent).take(self.units.len())
    }
}

#[cfg(test)]
mod tests;
