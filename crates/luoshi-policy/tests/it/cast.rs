//! A bureau with a person for each part.

use std::sync::OnceLock;

use chrono::NaiveDate;
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{PersonId, PostId, UnitId};
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::events::OrganisationEvent;
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::{Organisation, Person, Post, Role, Unit, UnitKind};
use luoshi_domain::rights::{Policy, Right, Row, TaskRow};
use luoshi_policy::Policies;
use uuid::Uuid;

pub(crate) const LEADERS: UnitId = UnitId(Uuid::from_u128(1));
pub(crate) const OFFICE: UnitId = UnitId(Uuid::from_u128(2));
pub(crate) const LEAD: UnitId = UnitId(Uuid::from_u128(3));
/// A unit above the lead.
pub(crate) const ABOVE: UnitId = UnitId(Uuid::from_u128(4));
pub(crate) const CO_UNIT: UnitId = UnitId(Uuid::from_u128(5));
pub(crate) const OTHER: UnitId = UnitId(Uuid::from_u128(6));
/// A sibling of the lead.
pub(crate) const SIBLING: UnitId = UnitId(Uuid::from_u128(7));

/// Everybody, by what they are to the task.
pub(crate) const CAST: [(&str, UnitId, Role); 20] = [
    ("principal", LEADERS, Role::Principal),
    ("deputy", LEADERS, Role::Deputy),
    ("other_deputy", LEADERS, Role::Deputy),
    ("office", OFFICE, Role::Head),
    ("lead", LEAD, Role::Head),
    ("lead_officer", LEAD, Role::Contact),
    ("above", ABOVE, Role::Head),
    ("co_unit", CO_UNIT, Role::Head),
    ("sibling", SIBLING, Role::Head),
    ("stranger", OTHER, Role::Head),
    ("handler", OTHER, Role::Handler),
    ("reviewer", OTHER, Role::Reviewer),
    ("discipline", OTHER, Role::Discipline),
    ("personnel", OTHER, Role::Personnel),
    ("finance", OTHER, Role::Finance),
    ("investment", OTHER, Role::Investment),
    ("publicity", OTHER, Role::Publicity),
    // Their posts stand in the office; they do none of its business.
    ("system", OFFICE, Role::SystemAdministrator),
    ("security", OFFICE, Role::SecurityAdministrator),
    ("auditor", OFFICE, Role::Auditor),
];

/// Loaded once: that takes longer than thousands of decisions.
pub(crate) fn policies() -> &'static Policies {
    static LOADED: OnceLock<Policies> = OnceLock::new();
    LOADED.get_or_init(|| Policies::built_in().unwrap())
}

pub(crate) fn person(name: &str) -> PersonId {
    let place = CAST.iter().position(|(known, ..)| *known == name).unwrap();
    PersonId(Uuid::from_u128(100 + u128::try_from(place).unwrap()))
}

pub(crate) fn organisation() -> Organisation {
    let mut history = History::default();
    let valid_from = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let units = [
        (LEADERS, None),
        (OFFICE, None),
        (ABOVE, None),
        (LEAD, Some(ABOVE)),
        (SIBLING, Some(ABOVE)),
        (CO_UNIT, None),
        (OTHER, None),
    ];
    for (id, parent) in units {
        history.apply(&OrganisationEvent::UnitEstablished(Unit {
            id,
            parent,
            kind: UnitKind::Section,
            name: id.to_string(),
            aliases: Vec::new(),
            supervision_office: id == OFFICE,
            position: 0,
            valid_from,
        }));
    }
    for (name, unit, role) in CAST {
        let id = person(name);
        history.apply(&OrganisationEvent::PersonRegistered(Person {
            id,
            name: name.into(),
            login: name.into(),
        }));
        history.apply(&OrganisationEvent::PostCreated(Post {
            id: PostId(id.0),
            unit,
            title: "岗位".into(),
            role,
            holder: Some(id),
            position: 0,
            valid_from,
        }));
    }
    history.as_of(valid_from)
}

pub(crate) fn actor(name: &str) -> Actor {
    Actor::of(&organisation(), person(name)).unwrap()
}

/// As [`actor`], with one more role.
pub(crate) fn actor_and(name: &str, role: Role) -> Actor {
    let mut actor = actor(name);
    let mut post = actor.posts[0].clone();
    post.role = role;
    actor.posts.push(post);
    actor
}

pub(crate) fn task() -> TaskRow {
    TaskRow {
        id: Uuid::from_u128(1000),
        lead: Some(LEAD),
        co_units: vec![CO_UNIT],
        supervisor: Some(OFFICE),
        above: None,
        deputy: Some(person("deputy")),
        coordinators: Vec::new(),
        submitters: Vec::new(),
        mark: Mark::None,
    }
}

/// The code of the refusal; empty when allowed.
pub(crate) fn code(policies: &Policies, actor: &Actor, right: Right, on: &Row) -> &'static str {
    match policies.permit(actor, right, on) {
        Ok(()) => "",
        Err(refusal) => refusal.code,
    }
}

/// Who of the cast holds the right, in the order of the cast.
pub(crate) fn holders(policies: &Policies, right: Right, on: &Row) -> Vec<&'static str> {
    let names = CAST.iter().map(|(name, ..)| *name);
    names
        .filter(|name| policies.allows(&actor(name), right, on))
        .collect()
}
