//! What a decision may look at besides the aggregate and the command.

use chrono::{DateTime, NaiveDate, Utc};

use crate::calendar::{self, Calendar};
use crate::ids::{PersonId, UnitId};
use crate::journal::{Hand, Signed};
use crate::lights::Leads;
use crate::limits::LimitPolicy;
use crate::organisation::{Organisation, Post, Role};

/// Now, who acts, the organisation as of now, the workday calendar and the limit policies.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    pub now: DateTime<Utc>,
    pub actor: &'a Actor,
    pub organisation: &'a Organisation,
    pub calendar: &'a Calendar,
    /// The limit policies in force (TIME-01).
    pub policies: &'a [LimitPolicy],
    /// How long what may take, in force.
    pub leads: Leads,
}

impl Context<'_> {
    /// The local day in Asia/Shanghai.
    pub fn today(&self) -> NaiveDate {
        calendar::local_day(self.now)
    }

    /// What the journal records of who did it and when.
    pub fn signed(&self) -> Signed {
        Signed {
            at: self.now,
            person: self.actor.person,
            name: self.actor.name.clone(),
            title: self.actor.title.clone(),
            hand: self.actor.hand.clone(),
        }
    }
}

/// A signed-in person with the posts they hold now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub person: PersonId,
    pub name: String,
    /// Unit and post as printed beside the name, e.g. `规划建设科 科长`.
    pub title: String,
    pub posts: Vec<Post>,
    /// Whether one of the posts is in the supervision office and no administrator's.
    pub supervises: bool,
    /// The units worked in and all below them, sorted: how far the data goes (SYS-03).
    pub scope: Vec<UnitId>,
    /// Who types for the person under a mandate (代填); nothing that is theirs may be decided.
    pub hand: Option<Hand>,
}

impl Actor {
    /// The person as actor, or `None` when no such person is known.
    pub fn of(organisation: &Organisation, person: PersonId) -> Option<Self> {
        let known = organisation.person(person)?;
        let posts: Vec<Post> = organisation.posts_of(person).cloned().collect();
        let title = posts
            .first()
            .map(|post| format!("{} {}", organisation.unit_name(post.unit), post.title))
            .unwrap_or_default();
        let office = organisation.supervision_office().map(|unit| unit.id);
        let mut actor = Self {
            person,
            name: known.name.clone(),
            title,
            posts,
            supervises: false,
            scope: Vec::new(),
            hand: None,
        };
        actor.supervises = office.is_some_and(|office| actor.works_in(office));
        actor.scope = actor.units_and_below(organisation);
        Some(actor)
    }

    /// The same person by the hand of somebody who has their mandate.
    #[must_use]
    pub fn by_hand_of(self, hand: Hand) -> Self {
        Self {
            hand: Some(hand),
            ..self
        }
    }

    /// Whoever sits at the screen: the hand, else the person.
    pub fn operator(&self) -> PersonId {
        self.hand.as_ref().map_or(self.person, |hand| hand.person)
    }

    /// Whether the person holds a post in `unit` that does its business.
    pub fn works_in(&self, unit: UnitId) -> bool {
        self.business_posts().any(|post| post.unit == unit)
    }

    /// Whether the person holds a post with `role`.
    pub fn has_role(&self, role: Role) -> bool {
        self.posts.iter().any(|post| post.role == role)
    }

    /// The units the person holds a post in that does their business, without repetition.
    pub fn units(&self) -> Vec<UnitId> {
        let mut units: Vec<UnitId> = self.business_posts().map(|post| post.unit).collect();
        units.sort_unstable();
        units.dedup();
        units
    }

    /// The units of [`Actor::units`] and all below them, sorted.
    fn units_and_below(&self, organisation: &Organisation) -> Vec<UnitId> {
        let units = self.units().into_iter();
        let mut found: Vec<UnitId> = units.flat_map(|unit| organisation.subtree(unit)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// An administrator's post stands in a unit but does none of its business.
    fn business_posts(&self) -> impl Iterator<Item = &Post> {
        self.posts.iter().filter(|post| !post.role.administers())
    }
}
