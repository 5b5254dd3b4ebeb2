//! The organisation: units, posts, persons and who is in charge of what (ORG-01, 02, 04).
//!
//! One aggregate per bureau. A change names the nodes it adds; nothing here is ever deleted.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, PostId, UnitId};
use crate::refusals::Refusal;

/// The responsibility tree as of now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organisation {
    /// Events folded so far.
    pub version: i64,
    pub units: Vec<Unit>,
    pub persons: Vec<Person>,
    pub posts: Vec<Post>,
    pub portfolios: Vec<Portfolio>,
    unit_index: HashMap<UnitId, usize>,
    person_index: HashMap<PersonId, usize>,
}

/// A node of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    pub id: UnitId,
    pub parent: Option<UnitId>,
    pub kind: UnitKind,
    /// Full name, unique in the bureau.
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
    /// 局领导班子
    Leadership,
    /// 机关科室
    Section,
    /// 局属单位
    Subordinate,
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

/// A leader is in charge of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portfolio {
    pub unit: UnitId,
    pub deputy: PersonId,
    pub valid_from: NaiveDate,
}

/// What can be asked of the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrganisationCommand {
    EstablishUnit(Unit),
    RegisterPerson(Person),
    CreatePost(Post),
    /// Puts a person into a post, or leaves it vacant.
    Appoint {
        post: PostId,
        holder: Option<PersonId>,
    },
    AssignPortfolio(Portfolio),
    /// Takes the flag from the supervision office; `open_tasks` must be 0.
    ReleaseSupervisionOffice {
        open_tasks: i64,
    },
}

/// What happened to the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationEvent {
    UnitEstablished(Unit),
    PersonRegistered(Person),
    PostCreated(Post),
    Appointed {
        post: PostId,
        holder: Option<PersonId>,
    },
    PortfolioAssigned(Portfolio),
    SupervisionOfficeReleased {
        unit: UnitId,
    },
}

impl Organisation {
    /// The stream's kind in the journal; its id is the bureau's.
    pub const STREAM: &'static str = "organisation";

    /// An organisation read back from rows.
    pub fn restore(
        version: i64,
        units: Vec<Unit>,
        persons: Vec<Person>,
        posts: Vec<Post>,
        portfolios: Vec<Portfolio>,
    ) -> Self {
        let mut restored = Self {
            version,
            units,
            persons,
            posts,
            portfolios,
            ..Self::default()
        };
        restored.unit_index = restored
            .units
            .iter()
            .enumerate()
            .map(|(at, unit)| (unit.id, at))
            .collect();
        restored.person_index = restored
            .persons
            .iter()
            .enumerate()
            .map(|(at, person)| (person.id, at))
            .collect();
        restored
    }

    /// What would happen, or why it may not.
    pub fn decide(&self, command: OrganisationCommand) -> Result<OrganisationEvent, Refusal> {
        match command {
            OrganisationCommand::EstablishUnit(unit) => self.establish(unit),
            OrganisationCommand::RegisterPerson(person) => self.register(person),
            OrganisationCommand::CreatePost(post) => {
                self.require_unit(post.unit)?;
                if let Some(holder) = post.holder {
                    self.require_person(holder)?;
                }
                self.require_free_first_post(&post)?;
                Ok(OrganisationEvent::PostCreated(post))
            }
            OrganisationCommand::Appoint { post, holder } => {
                if !self.posts.iter().any(|known| known.id == post) {
                    return Err(Refusal::input("unknown_post", "ORG-01", "没有这个岗位。"));
                }
                if let Some(holder) = holder {
                    self.require_person(holder)?;
                }
                Ok(OrganisationEvent::Appointed { post, holder })
            }
            OrganisationCommand::AssignPortfolio(portfolio) => {
                self.require_unit(portfolio.unit)?;
                self.require_person(portfolio.deputy)?;
                Ok(OrganisationEvent::PortfolioAssigned(portfolio))
            }
            OrganisationCommand::ReleaseSupervisionOffice { open_tasks } => {
                self.release_supervision_office(open_tasks)
            }
        }
    }

    /// Folds one event into the state.
    pub fn apply(&mut self, event: &OrganisationEvent) {
        self.version += 1;
        match event {
            OrganisationEvent::UnitEstablished(unit) => {
                self.unit_index.insert(unit.id, self.units.len());
                self.units.push(unit.clone());
            }
            OrganisationEvent::PersonRegistered(person) => {
                self.person_index.insert(person.id, self.persons.len());
                self.persons.push(person.clone());
            }
            OrganisationEvent::PostCreated(post) => self.posts.push(post.clone()),
            OrganisationEvent::Appointed { post, holder } => {
                for known in self.posts.iter_mut().filter(|known| known.id == *post) {
                    known.holder = *holder;
                }
            }
            OrganisationEvent::PortfolioAssigned(portfolio) => {
                self.portfolios.retain(|known| known.unit != portfolio.unit);
                self.portfolios.push(portfolio.clone());
            }
            OrganisationEvent::SupervisionOfficeReleased { unit } => {
                for known in self.units.iter_mut().filter(|known| known.id == *unit) {
                    known.supervision_office = false;
                }
            }
        }
    }

    pub fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.unit_index.get(&id).and_then(|at| self.units.get(*at))
    }

    /// The unit's name, or a placeholder for an unknown one.
    pub fn unit_name(&self, id: UnitId) -> &str {
        self.unit(id)
            .map_or("（未知单位）", |unit| unit.name.as_str())
    }

    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.person_index
            .get(&id)
            .and_then(|at| self.persons.get(*at))
    }

    /// The person's name, or a placeholder for an unknown one.
    pub fn person_name(&self, id: PersonId) -> &str {
        self.person(id)
            .map_or("（未知人员）", |person| person.name.as_str())
    }

    pub fn posts_of(&self, person: PersonId) -> impl Iterator<Item = &Post> {
        self.posts
            .iter()
            .filter(move |post| post.holder == Some(person))
    }

    /// The one unit that leads the loop.
    pub fn supervision_office(&self) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.supervision_office)
    }

    /// The bureau's principal leader.
    pub fn principal(&self) -> Option<PersonId> {
        self.posts
            .iter()
            .find(|post| post.role == Role::Principal)
            .and_then(|post| post.holder)
    }

    /// The first responsible person of a unit: the holder of its head's post (ORG-02).
    pub fn first_responsible(&self, unit: UnitId) -> Option<PersonId> {
        self.posts
            .iter()
            .find(|post| post.unit == unit && post.role == Role::Head)
            .and_then(|post| post.holder)
    }

    /// The leader in charge of a unit, its own or the nearest ancestor's (ORG-04).
    pub fn deputy_of(&self, unit: UnitId) -> Option<PersonId> {
        let mut current = Some(unit);
        // A tree deeper than its number of nodes has a cycle; stop there.
        for _ in 0..=self.units.len() {
            let id = current?;
            if let Some(portfolio) = self.portfolios.iter().find(|known| known.unit == id) {
                return Some(portfolio.deputy);
            }
            current = self.unit(id).and_then(|unit| unit.parent);
        }
        None
    }

    /// The unit that a document calls `name`, by full name or alias, exactly.
    pub fn unit_named(&self, name: &str) -> Option<&Unit> {
        self.units
            .iter()
            .find(|unit| unit.name == name || unit.aliases.iter().any(|alias| alias == name))
    }

    /// Units that can carry a task: sections and subordinate units, in the order of the tree.
    pub fn carriers(&self) -> impl Iterator<Item = &Unit> {
        self.units
            .iter()
            .filter(|unit| unit.kind != UnitKind::Leadership)
    }

    fn establish(&self, unit: Unit) -> Result<OrganisationEvent, Refusal> {
        if unit.name.trim().is_empty() {
            return Err(Refusal::input(
                "unit_unnamed",
                "ORG-01",
                "单位名称不能为空。",
            ));
        }
        if let Some(parent) = unit.parent {
            self.require_unit(parent)?;
        }
        let names = std::iter::once(&unit.name).chain(&unit.aliases);
        for name in names {
            if let Some(known) = self.unit_named(name) {
                return Err(Refusal::input(
                    "unit_name_taken",
                    "ORG-01",
                    format!("名称“{name}”已被“{}”使用。", known.name),
                ));
            }
        }
        if unit.supervision_office
            && let Some(office) = self.supervision_office()
        {
            return Err(Refusal::input(
                "second_supervision_office",
                "ORG-01",
                format!("督查办只能有一个，现为“{}”。", office.name),
            ));
        }
        Ok(OrganisationEvent::UnitEstablished(unit))
    }

    fn register(&self, person: Person) -> Result<OrganisationEvent, Refusal> {
        if self.persons.iter().any(|known| known.login == person.login) {
            return Err(Refusal::input(
                "login_taken",
                "ORG-01",
                format!("登录名“{}”已有人使用。", person.login),
            ));
        }
        Ok(OrganisationEvent::PersonRegistered(person))
    }

    fn release_supervision_office(&self, open_tasks: i64) -> Result<OrganisationEvent, Refusal> {
        let Some(office) = self.supervision_office() else {
            return Err(Refusal::state(
                "no_supervision_office",
                "ORG-01",
                "还没有设督查办。",
            ));
        };
        if open_tasks > 0 {
            return Err(Refusal::state(
                "open_tasks",
                "ORG-01",
                format!("还有 {open_tasks} 件未办结的任务，不能撤销督查办标记。"),
            ));
        }
        Ok(OrganisationEvent::SupervisionOfficeReleased { unit: office.id })
    }

    fn require_unit(&self, id: UnitId) -> Result<(), Refusal> {
        match self.unit(id) {
            Some(_) => Ok(()),
            None => Err(Refusal::input("unknown_unit", "ORG-01", "没有这个单位。")),
        }
    }

    fn require_person(&self, id: PersonId) -> Result<(), Refusal> {
        match self.person(id) {
            Some(_) => Ok(()),
            None => Err(Refusal::input("unknown_person", "ORG-01", "没有这个人员。")),
        }
    }

    /// One unit has one head, one bureau one principal leader (ORG-02).
    fn require_free_first_post(&self, post: &Post) -> Result<(), Refusal> {
        let taken = match post.role {
            Role::Principal => self.posts.iter().any(|known| known.role == Role::Principal),
            Role::Head => self
                .posts
                .iter()
                .any(|known| known.role == Role::Head && known.unit == post.unit),
            _ => false,
        };
        if taken {
            return Err(Refusal::input(
                "first_post_taken",
                "ORG-02",
                format!("“{}”已有主要负责人岗位。", self.unit_name(post.unit)),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
