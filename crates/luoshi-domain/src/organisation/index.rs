//! Where in an organisation something stands, so that no question walks all of it.

use std::collections::HashMap;

use crate::ids::{PersonId, PostId, UnitId};
use crate::organisation::{Organisation, Role, UnitKind};

/// Places in the lists of one [`Organisation`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    units: HashMap<UnitId, usize>,
    persons: HashMap<PersonId, usize>,
    named: HashMap<String, usize>,
    /// The names of units that are not in force.
    others: HashMap<UnitId, String>,
    children: HashMap<Option<UnitId>, Vec<usize>>,
    posts: HashMap<PostId, usize>,
    posts_in: HashMap<UnitId, Vec<usize>>,
    posts_of: HashMap<PersonId, Vec<usize>>,
    portfolios: HashMap<UnitId, usize>,
    principals: Vec<usize>,
    office: Option<usize>,
}

/// What the lists of one day do not say.
#[derive(Default)]
pub(super) struct Beyond {
    /// Names of before and the unit that has their matters today, the latest first.
    pub(super) former_names: Vec<(String, UnitId)>,
    /// The names of units that are not in force.
    pub(super) others: HashMap<UnitId, String>,
}

impl Index {
    /// The places of `organisation`.
    pub(super) fn of(organisation: &Organisation, beyond: Beyond) -> Self {
        let mut index = Self {
            others: beyond.others,
            ..Self::default()
        };
        for (at, unit) in organisation.units.iter().enumerate() {
            index.units.insert(unit.id, at);
            index.children.entry(unit.parent).or_default().push(at);
            if unit.supervision_office {
                index.office = Some(at);
            }
        }
        for places in index.children.values_mut() {
            places.sort_by_key(|at| organisation.units.get(*at).map(|unit| unit.position));
        }
        for (at, person) in organisation.persons.iter().enumerate() {
            index.persons.insert(person.id, at);
        }
        for (at, post) in organisation.posts.iter().enumerate() {
            index.posts.insert(post.id, at);
            index.posts_in.entry(post.unit).or_default().push(at);
            if let Some(holder) = post.holder {
                index.posts_of.entry(holder).or_default().push(at);
            }
            if post.role == Role::Principal {
                index.principals.push(at);
            }
        }
        for (at, portfolio) in organisation.portfolios.iter().enumerate() {
            index.portfolios.insert(portfolio.unit, at);
        }
        index
    }

    /// Notes what each name means; needs the other places, since names depend on the tree.
    pub(super) fn name(organisation: &mut Organisation, former: Vec<(String, UnitId)>) {
        let mut named: HashMap<String, usize> = HashMap::new();
        let mut bare: HashMap<String, Option<usize>> = HashMap::new();
        let mut aliases: Vec<(String, usize)> = Vec::new();
        for (at, unit) in organisation.units.iter().enumerate() {
            let bureau = match unit.kind {
                // Its own name is not qualified by itself.
                UnitKind::Bureau => unit.parent.and_then(|id| organisation.bureau_of(id)),
                _ => organisation.bureau_of(unit.id),
            };
            let Some(bureau) = bureau else {
                named.insert(unit.name.clone(), at);
                aliases.extend(unit.aliases.iter().map(|alias| (alias.clone(), at)));
                continue;
            };
            let whole = format!("{}{}", organisation.unit_name(bureau), unit.name);
            aliases.push((whole, at));
            for name in std::iter::once(&unit.name).chain(&unit.aliases) {
                let known = bare.entry(name.clone());
                // Two bureaux below have the name: it says neither.
                known.and_modify(|known| *known = None).or_insert(Some(at));
            }
        }
        for (name, at) in aliases {
            named.entry(name).or_insert(at);
        }
        for (name, unit) in former {
            if let Some(at) = organisation.index.unit(unit) {
                named.entry(name).or_insert(at);
            }
        }
        for (name, at) in bare {
            if let Some(at) = at {
                named.entry(name).or_insert(at);
            }
        }
        organisation.index.named = named;
    }

    pub(super) fn unit(&self, id: UnitId) -> Option<usize> {
        self.units.get(&id).copied()
    }

    pub(super) fn person(&self, id: PersonId) -> Option<usize> {
        self.persons.get(&id).copied()
    }

    pub(super) fn post(&self, id: PostId) -> Option<usize> {
        self.posts.get(&id).copied()
    }

    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.named.get(name).copied()
    }

    pub(super) fn other_name(&self, id: UnitId) -> Option<&str> {
        self.others.get(&id).map(String::as_str)
    }

    pub(super) fn children(&self, unit: Option<UnitId>) -> &[usize] {
        self.children.get(&unit).map_or(&[], Vec::as_slice)
    }

    pub(super) fn posts_in(&self, unit: UnitId) -> &[usize] {
        self.posts_in.get(&unit).map_or(&[], Vec::as_slice)
    }

    pub(super) fn posts_of(&self, person: PersonId) -> &[usize] {
        self.posts_of.get(&person).map_or(&[], Vec::as_slice)
    }

    pub(super) fn portfolio(&self, unit: UnitId) -> Option<usize> {
        self.portfolios.get(&unit).copied()
    }

    pub(super) fn principals(&self) -> &[usize] {
        &self.principals
    }

    pub(super) fn office(&self) -> Option<usize> {
        self.office
    }
}
