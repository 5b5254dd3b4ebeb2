//! What can be asked of the organisation; the decisions stand with the nouns they are about.

use chrono::{Datelike, NaiveDate};

use crate::ids::{DomainId, PersonId, PostId, UnitId};
use crate::organisation::events::OrganisationEvent;
use crate::organisation::history::History;
use crate::organisation::{Domain, Person, Portfolio, Post, Unit};
use crate::refusals::Refusal;

/// The longest name or title, in characters.
pub const NAME_LIMIT: usize = 60;

/// Most other names that a unit has.
pub const ALIAS_LIMIT: usize = 20;

/// What can be asked. `from` is the first day of what is new, `last` the last of what was; both may
/// lie in the past or ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrganisationCommand {
    EstablishUnit(Unit),
    RenameUnit {
        unit: UnitId,
        name: String,
        from: NaiveDate,
    },
    /// Puts the unit, with all below it, under another or to the top.
    MoveUnit {
        unit: UnitId,
        parent: Option<UnitId>,
        position: i64,
        from: NaiveDate,
    },
    SetAliases {
        unit: UnitId,
        aliases: Vec<String>,
    },
    /// The unit ends and what is below it goes along. `open_items` are those that stay behind; they
    /// must be 0.
    MergeUnit {
        unit: UnitId,
        into: UnitId,
        from: NaiveDate,
        open_items: i64,
    },
    /// `open_items` must be 0.
    CloseUnit {
        unit: UnitId,
        last: NaiveDate,
        open_items: i64,
    },
    RegisterPerson(Person),
    /// The person gives up every post and field; `open_items` must be 0.
    Leave {
        person: PersonId,
        from: NaiveDate,
        open_items: i64,
    },
    CreatePost(Post),
    ClosePost {
        post: PostId,
        last: NaiveDate,
    },
    /// Puts a person into a post, or leaves it vacant.
    Appoint {
        post: PostId,
        holder: Option<PersonId>,
        from: NaiveDate,
    },
    AssignPortfolio(Portfolio),
    /// The unit falls back to the leader in charge of what is above it.
    EndPortfolio {
        unit: UnitId,
        from: NaiveDate,
    },
    EstablishDomain(Domain),
    AssignDomain {
        domain: DomainId,
        deputy: Option<PersonId>,
        from: NaiveDate,
    },
    SetSupervisionOffice {
        unit: UnitId,
        from: NaiveDate,
    },
    /// Takes the flag from the supervision office; `open_tasks` must be 0.
    ReleaseSupervisionOffice {
        from: NaiveDate,
        open_tasks: i64,
    },
}

impl OrganisationCommand {
    /// The first day on which something is different; `None` when it holds for all days.
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::EstablishUnit(unit) => Some(unit.valid_from),
            Self::CreatePost(post) => Some(post.valid_from),
            Self::AssignPortfolio(portfolio) => Some(portfolio.valid_from),
            Self::EstablishDomain(domain) => Some(domain.valid_from),
            Self::RenameUnit { from, .. }
            | Self::MoveUnit { from, .. }
            | Self::MergeUnit { from, .. }
            | Self::Leave { from, .. }
            | Self::Appoint { from, .. }
            | Self::EndPortfolio { from, .. }
            | Self::AssignDomain { from, .. }
            | Self::SetSupervisionOffice { from, .. }
            | Self::ReleaseSupervisionOffice { from, .. } => Some(*from),
            Self::CloseUnit { last, .. } | Self::ClosePost { last, .. } => last.succ_opt(),
            Self::SetAliases { .. } | Self::RegisterPerson(_) => None,
        }
    }
}

impl History {
    /// What would happen, or why it may not.
    pub fn decide(&self, command: OrganisationCommand) -> Result<OrganisationEvent, Refusal> {
        if let Some(day) = command.day()
            && !(1949..2200).contains(&day.year())
        {
            return Err(Refusal::input(
                "day",
                "ORG-14",
                format!("日期 {day} 不在可用范围内，请核对。"),
            ));
        }
        match command {
            OrganisationCommand::EstablishUnit(unit) => self.decide_establish(unit),
            OrganisationCommand::RenameUnit { unit, name, from } => {
                self.decide_rename(unit, &name, from)
            }
            OrganisationCommand::MoveUnit {
                unit,
                parent,
                position,
                from,
            } => self.decide_move(unit, parent, position, from),
            OrganisationCommand::SetAliases { unit, aliases } => {
                self.decide_aliases(unit, &aliases)
            }
            OrganisationCommand::MergeUnit {
                unit,
                into,
                from,
                open_items,
            } => self.decide_merge(unit, into, from, open_items),
            OrganisationCommand::CloseUnit {
                unit,
                last,
                open_items,
            } => self.decide_close(unit, last, open_items),
            OrganisationCommand::RegisterPerson(person) => self.decide_register(person),
            OrganisationCommand::Leave {
                person,
                from,
                open_items,
            } => self.decide_leave(person, from, open_items),
            OrganisationCommand::CreatePost(post) => self.decide_create(post),
            OrganisationCommand::ClosePost { post, last } => self.decide_close_post(post, last),
            OrganisationCommand::Appoint { post, holder, from } => {
                self.decide_appoint(post, holder, from)
            }
            OrganisationCommand::AssignPortfolio(portfolio) => self.decide_assign(portfolio),
            OrganisationCommand::EndPortfolio { unit, from } => self.decide_end(unit, from),
            OrganisationCommand::EstablishDomain(domain) => self.decide_domain(domain),
            OrganisationCommand::AssignDomain {
                domain,
                deputy,
                from,
            } => self.decide_assign_domain(domain, deputy, from),
            OrganisationCommand::SetSupervisionOffice { unit, from } => {
                self.decide_office(unit, from)
            }
            OrganisationCommand::ReleaseSupervisionOffice { from, open_tasks } => {
                self.decide_release(from, open_tasks)
            }
        }
    }
}

/// The name without the space around it; refused when empty or too long.
pub(super) fn named(name: &str, code: &'static str, what: &'static str) -> Result<String, Refusal> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Refusal::input(code, "ORG-01", format!("{what}不能为空。")));
    }
    let length = name.chars().count();
    if length > NAME_LIMIT {
        return Err(Refusal::input(
            code,
            "SYS-04",
            format!("{what}有 {length} 字，超过 {NAME_LIMIT} 字的上限，请精简。"),
        ));
    }
    Ok(name.to_owned())
}
