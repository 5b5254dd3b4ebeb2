//! Saved views of the ledger: an address under a name, one's own or shared with the bureau.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::calendar::local_day;
use crate::context::Context;
use crate::ids::{PersonId, ViewId};
use crate::journal::Signed;
use crate::refusals::Refusal;
use crate::registers::Registered;

/// Longest name, in characters.
pub const NAME_LIMIT: usize = 30;

/// Longest address, in characters.
const QUERY_LIMIT: usize = 1500;

/// Most views of one person.
pub const VIEWS_LIMIT: usize = 50;

/// A saved view as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    pub id: ViewId,
    pub version: i64,
    /// Who saved it.
    pub owner: PersonId,
    pub details: ViewDetails,
    /// Whether the whole bureau sees it.
    pub shared: bool,
    /// For whom the ledger begins with it.
    pub first_for: Vec<PersonId>,
    pub saved_on: NaiveDate,
    pub dropped: bool,
}

/// What a view shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewDetails {
    pub name: String,
    /// The ledger's parameters as they stand in its address: filter, sort, group, columns.
    pub query: String,
}

/// What happened to a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewEvent {
    Saved {
        details: ViewDetails,
        shared: bool,
    },
    /// Saved again under the same name.
    Replaced {
        details: ViewDetails,
    },
    Shared {
        shared: bool,
    },
    /// Whoever signs begins with it from now on, or no more.
    Chosen {
        first: bool,
    },
    Dropped,
}

impl View {
    /// The event that saves the actor's view, or why it may not be saved. `own` are those that the
    /// actor has; one with the same name is to be replaced instead.
    pub fn save(
        mut details: ViewDetails,
        shared: bool,
        own: &[Self],
    ) -> Result<ViewEvent, Refusal> {
        let input = |code, sentence: String| Err(Refusal::input(code, "SYS-04", sentence));
        details.name = details.name.trim().to_owned();
        if details.name.is_empty() || details.name.chars().count() > NAME_LIMIT {
            return input(
                "name",
                format!("请给视图起个名称，不超过 {NAME_LIMIT} 字。"),
            );
        }
        if details.query.chars().count() > QUERY_LIMIT {
            return input("query", "筛选条件太多，减少几个再保存。".into());
        }
        if own.len() >= VIEWS_LIMIT {
            let sentence = format!("已保存 {VIEWS_LIMIT} 个视图，先删掉不用的。");
            return input("too_many", sentence);
        }
        Ok(ViewEvent::Saved { details, shared })
    }

    /// What the owner does to it, or why the actor may not.
    pub fn change(&self, event: ViewEvent, ctx: &Context<'_>) -> Result<ViewEvent, Refusal> {
        let person = ctx.actor.person;
        if self.dropped {
            let sentence = "这个视图已经删除。";
            return Err(Refusal::state("view_dropped", "SYS-04", sentence));
        }
        if person == self.owner || matches!(event, ViewEvent::Chosen { .. }) && self.shared {
            return Ok(event);
        }
        let sentence = "视图由保存的人修改和删除。";
        Err(Refusal::authority("not_owner", "SYS-04", sentence))
    }

    /// Whether the person sees it among the views.
    pub fn is_known_to(&self, person: PersonId) -> bool {
        !self.dropped && (self.shared || self.owner == person)
    }

    /// Whether the ledger begins with it for the person.
    pub fn is_first_for(&self, person: PersonId) -> bool {
        self.is_known_to(person) && self.first_for.contains(&person)
    }
}

impl Registered for View {
    type Event = ViewEvent;

    const STREAM: &'static str = "view";

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn day(&self) -> NaiveDate {
        self.saved_on
    }

    fn is_open(&self) -> bool {
        !self.dropped
    }

    fn begun(id: Uuid, event: &ViewEvent, by: &Signed) -> Option<Self> {
        match event {
            ViewEvent::Saved { details, shared } => Some(Self {
                id: ViewId(id),
                version: 1,
                owner: by.person,
                details: details.clone(),
                shared: *shared,
                first_for: Vec::new(),
                saved_on: local_day(by.at),
                dropped: false,
            }),
            _ => None,
        }
    }

    fn apply(&mut self, event: &ViewEvent, by: &Signed) {
        self.version += 1;
        match event {
            ViewEvent::Saved { details, shared } => {
                self.details = details.clone();
                self.shared = *shared;
            }
            ViewEvent::Replaced { details } => self.details = details.clone(),
            ViewEvent::Shared { shared } => self.shared = *shared,
            ViewEvent::Chosen { first } => {
                self.first_for.retain(|known| *known != by.person);
                if *first {
                    self.first_for.push(by.person);
                }
            }
            ViewEvent::Dropped => self.dropped = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::Desk;

    fn details(name: &str) -> ViewDetails {
        ViewDetails {
            name: name.into(),
            query: "light=red".into(),
        }
    }

    #[test]
    fn sys_04_a_view_has_a_name() {
        let code = |name: &str| View::save(details(name), false, &[]).map_err(|no| no.code);
        assert!(code(" 逾期 ").is_ok());
        assert_eq!(code("  "), Err("name"));
        assert_eq!(code(&"长".repeat(31)), Err("name"));
    }

    #[test]
    fn a_shared_view_is_first_for_whoever_chooses_it_and_changed_by_its_owner() {
        let desk = Desk::with_units(3);
        let owner = desk.office("2026-03-02T02:00:00Z");
        let actor = desk.actor(crate::samples::person(2));
        let other = desk.context(&actor, "2026-03-02T02:00:00Z");
        let event = View::save(details("逾期"), true, &[]).unwrap();
        let mut view = View::begun(Uuid::nil(), &event, &owner.signed()).unwrap();
        let chosen = view
            .change(ViewEvent::Chosen { first: true }, &other)
            .unwrap();
        view.apply(&chosen, &other.signed());
        assert!(view.is_first_for(other.actor.person));
        assert!(!view.is_first_for(owner.actor.person));
        let refused = view.change(ViewEvent::Dropped, &other).unwrap_err();
        assert_eq!(refused.code, "not_owner");
        view.apply(&ViewEvent::Shared { shared: false }, &owner.signed());
        assert!(
            !view.is_first_for(other.actor.person),
            "it is gone for others"
        );
        let dropped = view.change(ViewEvent::Dropped, &owner).unwrap();
        view.apply(&dropped, &owner.signed());
        assert!(view.change(ViewEvent::Dropped, &owner).is_err());
        assert_eq!(view.version, 4);
    }
}
