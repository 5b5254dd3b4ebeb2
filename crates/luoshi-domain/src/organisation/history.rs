//! All of the organisation through time: each fact with the days on which it holds.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use crate::ids::{DomainId, PersonId, PostId, UnitId};
use crate::organisation::index::{Beyond, Index};
use crate::organisation::records::{
    DomainRecord, PersonRecord, Portfolios, PostRecord, Records, UnitRecord,
};
use crate::organisation::timeline::{Span, Timeline};
use crate::organisation::{Organisation, Portfolio, UnitKind};

/// The aggregate: what was, is and is planned to be.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Events folded so far.
    pub version: i64,
    pub(super) units: Vec<UnitRecord>,
    pub(super) persons: Vec<PersonRecord>,
    pub(super) posts: Vec<PostRecord>,
    /// Which unit leads the loop; one timeline, so that two never do.
    pub(super) office: Timeline<Option<UnitId>>,
    /// Who is in charge of each unit that was ever assigned.
    pub(super) portfolios: Portfolios,
    pub(super) domains: Vec<DomainRecord>,
    pub(super) places: Places,
}

/// Where in a history something stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    units: HashMap<UnitId, usize>,
    persons: HashMap<PersonId, usize>,
    posts: HashMap<PostId, usize>,
    pub(super) posts_in: HashMap<UnitId, Vec<usize>>,
    /// The posts that a person ever held.
    held: HashMap<PersonId, BTreeSet<usize>>,
    domains: HashMap<DomainId, usize>,
    pub(super) logins: HashSet<String>,
    /// The units that ever had a name, or have it as an alias.
    pub(super) named: HashMap<String, Vec<usize>>,
    /// The units that ever stood right below a unit.
    pub(super) below: HashMap<UnitId, BTreeSet<UnitId>>,
    /// The days on which a unit moves in the tree.
    pub(super) moves: BTreeSet<NaiveDate>,
}

impl History {
    /// A history read back from rows.
    pub fn restore(version: i64, records: Records) -> Self {
        let mut history = Self {
            version,
            office: records.office,
            portfolios: records.portfolios,
            ..Self::default()
        };
        records
            .units
            .into_iter()
            .for_each(|unit| history.add_unit(unit));
        records
            .persons
            .into_iter()
            .for_each(|person| history.add_person(person));
        records
            .posts
            .into_iter()
            .for_each(|post| history.add_post(post));
        records
            .domains
            .into_iter()
            .for_each(|domain| history.add_domain(domain));
        history
    }

    /// What held on `day`, or is to hold.
    pub fn as_of(&self, day: NaiveDate) -> Organisation {
        let office = self.office.at(day).copied().flatten();
        let mut beyond = Beyond::default();
        let mut units = Vec::new();
        for record in &self.units {
            match record.as_of(day, office) {
                Some(unit) => units.push(unit),
                None => {
                    let name = record.name_near(day).to_owned();
                    beyond.others.insert(record.id, name);
                }
            }
        }
        beyond.former_names = self.former_names(day);
        let posts = self
            .posts
            .iter()
            .filter(|post| self.unit_is(post.unit, day));
        let portfolios = units
            .iter()
            .filter_map(|unit| self.portfolio_on(unit.id, day))
            .collect();
        let mut organisation = Organisation {
            version: self.version,
            day,
            units,
            persons: self
                .persons
                .iter()
                .map(|record| record.person.clone())
                .collect(),
            posts: posts.filter_map(|post| post.as_of(day)).collect(),
            portfolios,
            domains: self
                .domains
                .iter()
                .filter_map(|domain| domain.as_of(day))
                .collect(),
            index: Index::default(),
        };
        let former = std::mem::take(&mut beyond.former_names);
        organisation.index = Index::of(&organisation, beyond);
        Index::name(&mut organisation, former);
        organisation
    }

    /// The days on which something changes, ascending.
    pub fn change_days(&self) -> BTreeSet<NaiveDate> {
        fn starts<T>(timeline: &Timeline<T>) -> impl Iterator<Item = NaiveDate> {
            timeline.entries().iter().map(|(day, _)| *day)
        }
        let mut days = BTreeSet::new();
        for unit in &self.units {
            days.extend(unit.life.days());
            days.extend(starts(&unit.names).chain(starts(&unit.parents)));
        }
        for post in &self.posts {
            days.extend(post.life.days().chain(starts(&post.holders)));
        }
        days.extend(starts(&self.office));
        days.extend(self.portfolios.values().flat_map(starts));
        days.extend(
            self.domains
                .iter()
                .flat_map(|domain| starts(&domain.deputies)),
        );
        days
    }

    pub fn units(&self) -> &[UnitRecord] {
        &self.units
    }

    pub fn persons(&self) -> &[PersonRecord] {
        &self.persons
    }

    pub fn posts(&self) -> &[PostRecord] {
        &self.posts
    }

    /// Who is in charge of a unit by its own assignment; `None` when there never was one.
    pub fn portfolio(&self, unit: UnitId) -> Option<&Timeline<Option<PersonId>>> {
        self.portfolios.get(&unit)
    }

    pub fn portfolios(&self) -> &Portfolios {
        &self.portfolios
    }

    pub fn domains(&self) -> &[DomainRecord] {
        &self.domains
    }

    /// Which unit leads the loop.
    pub fn office(&self) -> &Timeline<Option<UnitId>> {
        &self.office
    }

    pub fn unit(&self, id: UnitId) -> Option<&UnitRecord> {
        self.units.get(*self.places.units.get(&id)?)
    }

    pub fn person(&self, id: PersonId) -> Option<&PersonRecord> {
        self.persons.get(*self.places.persons.get(&id)?)
    }

    pub fn post(&self, id: PostId) -> Option<&PostRecord> {
        self.posts.get(*self.places.posts.get(&id)?)
    }

    pub fn domain(&self, id: DomainId) -> Option<&DomainRecord> {
        self.domains.get(*self.places.domains.get(&id)?)
    }

    /// The posts that a unit ever had, in the order in which they were set up.
    pub fn posts_in(&self, unit: UnitId) -> impl Iterator<Item = &PostRecord> {
        let places = self.places.posts_in.get(&unit).into_iter().flatten();
        places.filter_map(|at| self.posts.get(*at))
    }

    /// The posts in force that a person holds on `day`, in the order in which they were set up.
    pub fn posts_of(&self, person: PersonId, day: NaiveDate) -> impl Iterator<Item = &PostRecord> {
        let places = self.places.held.get(&person).into_iter().flatten();
        let posts = places.filter_map(|at| self.posts.get(*at));
        posts.filter(move |post| {
            post.holders.at(day) == Some(&Some(person)) && self.in_force(post, day)
        })
    }

    /// Whether there is the post on `day`, and its unit.
    pub fn in_force(&self, post: &PostRecord, day: NaiveDate) -> bool {
        post.life.has(day) && self.unit_is(post.unit, day)
    }

    /// The unit and all that ever stood below it.
    pub fn ever_below(&self, unit: UnitId) -> Vec<UnitId> {
        let mut found = vec![unit];
        let mut seen = HashSet::from([unit]);
        let mut at = 0;
        while let Some(next) = found.get(at).copied() {
            at += 1;
            let below = self.places.below.get(&next).into_iter().flatten();
            found.extend(below.filter(|child| seen.insert(**child)));
        }
        found
    }

    /// The unit and those above it on `day`, the nearest first.
    pub fn upwards(&self, unit: UnitId, day: NaiveDate) -> Vec<UnitId> {
        let above = std::iter::successors(Some(unit), |id| {
            self.unit(*id)?.parents.at(day).copied().flatten()
        });
        above.take(self.units.len()).collect()
    }

    /// For each stretch of the unit's life the unit and those above it, the nearest first.
    pub fn lineages(&self, unit: UnitId) -> Vec<(Span, Vec<UnitId>)> {
        let mut lineages = Vec::new();
        let Some(record) = self.unit(unit) else {
            return lineages;
        };
        let life = record.life;
        let mut from = life.from;
        loop {
            let chain = self.upwards(unit, from);
            let known = chain.iter().filter_map(|id| self.unit(*id));
            let next = known.filter_map(|unit| unit.parents.next_after(from)).min();
            let mut span = Span { from, to: life.to };
            if let Some(last) = next.and_then(|next| next.pred_opt()) {
                span.end(last);
            }
            if span.to.is_none_or(|to| from <= to) {
                lineages.push((span, chain));
            }
            match next {
                Some(next) if life.has(next) => from = next,
                _ => return lineages,
            }
        }
    }

    /// The bureau below the top one that the unit is or belongs to on `day`.
    pub(super) fn bureau_of(&self, unit: UnitId, day: NaiveDate) -> Option<UnitId> {
        let mut above = self.upwards(unit, day).into_iter();
        above.find(|id| {
            self.unit(*id)
                .is_some_and(|unit| unit.kind == UnitKind::Bureau)
        })
    }

    /// The bureau within which the unit's name is unique: of a bureau, the one above.
    pub(super) fn region(&self, unit: UnitId, day: NaiveDate) -> Option<UnitId> {
        let parent = self.unit(unit)?.parents.at(day).copied().flatten();
        self.bureau_of(parent?, day)
    }

    pub(super) fn unit_mut(&mut self, id: UnitId) -> Option<&mut UnitRecord> {
        self.units.get_mut(*self.places.units.get(&id)?)
    }

    pub(super) fn person_mut(&mut self, id: PersonId) -> Option<&mut PersonRecord> {
        self.persons.get_mut(*self.places.persons.get(&id)?)
    }

    pub(super) fn post_mut(&mut self, id: PostId) -> Option<&mut PostRecord> {
        self.posts.get_mut(*self.places.posts.get(&id)?)
    }

    pub(super) fn domain_mut(&mut self, id: DomainId) -> Option<&mut DomainRecord> {
        self.domains.get_mut(*self.places.domains.get(&id)?)
    }

    pub(super) fn add_unit(&mut self, unit: UnitRecord) {
        let at = self.units.len();
        self.places.units.insert(unit.id, at);
        for (_, name) in unit.names.entries() {
            self.places.name(name, at);
        }
        for alias in &unit.aliases {
            self.places.name(alias, at);
        }
        for (day, parent) in unit.parents.entries() {
            self.places.place(unit.id, *parent, *day);
        }
        self.units.push(unit);
    }

    pub(super) fn add_person(&mut self, record: PersonRecord) {
        self.places
            .persons
            .insert(record.person.id, self.persons.len());
        self.places.logins.insert(record.person.login.clone());
        self.persons.push(record);
    }

    pub(super) fn add_post(&mut self, post: PostRecord) {
        let at = self.posts.len();
        self.places.posts.insert(post.id, at);
        self.places.posts_in.entry(post.unit).or_default().push(at);
        for (_, holder) in post.holders.entries() {
            if let Some(holder) = holder {
                self.places.held.entry(*holder).or_default().insert(at);
            }
        }
        self.posts.push(post);
    }

    pub(super) fn add_domain(&mut self, domain: DomainRecord) {
        self.places.domains.insert(domain.id, self.domains.len());
        self.domains.push(domain);
    }

    /// Notes that a person holds a post at some time.
    pub(super) fn note_holder(&mut self, post: PostId, holder: Option<PersonId>) {
        if let (Some(at), Some(holder)) = (self.places.posts.get(&post), holder) {
            self.places.held.entry(holder).or_default().insert(*at);
        }
    }

    /// Notes where a unit's name is looked up.
    pub(super) fn note_name(&mut self, unit: UnitId, name: &str) {
        if let Some(at) = self.places.units.get(&unit).copied() {
            self.places.name(name, at);
        }
    }

    /// Notes that a unit stands below another from a day on.
    pub(super) fn note_parent(&mut self, unit: UnitId, parent: Option<UnitId>, day: NaiveDate) {
        self.places.place(unit, parent, day);
    }

    fn portfolio_on(&self, unit: UnitId, day: NaiveDate) -> Option<Portfolio> {
        let mut spans = self.portfolio(unit)?.spans();
        let (span, deputy) = spans.find(|(span, _)| span.has(day))?;
        Some(Portfolio {
            unit,
            deputy: (*deputy)?,
            valid_from: span.from,
        })
    }

    fn unit_is(&self, unit: UnitId, day: NaiveDate) -> bool {
        self.unit(unit).is_some_and(|unit| unit.life.has(day))
    }

    /// Names of before `day`, with the unit that has their matters on it; the latest first.
    fn former_names(&self, day: NaiveDate) -> Vec<(String, UnitId)> {
        let mut names = Vec::new();
        for unit in &self.units {
            let heir = self.heir(unit, day);
            let past = unit.names.entries().iter().filter(|(from, _)| *from <= day);
            names.extend(past.map(|(from, name)| (*from, name.clone(), heir)));
            if heir != unit.id {
                let aliases = unit.aliases.iter().cloned();
                names.extend(aliases.map(|alias| (unit.life.from, alias, heir)));
            }
        }
        names.sort_by_key(|(from, _, _)| std::cmp::Reverse(*from));
        names
            .into_iter()
            .map(|(_, name, unit)| (name, unit))
            .collect()
    }

    /// The unit itself, or what it was merged into by `day`.
    fn heir(&self, unit: &UnitRecord, day: NaiveDate) -> UnitId {
        let mut heir = unit;
        for _ in 0..self.units.len() {
            let over = heir.life.to.is_some_and(|to| to < day);
            match heir
                .merged_into
                .filter(|_| over)
                .and_then(|into| self.unit(into))
            {
                Some(next) => heir = next,
                None => break,
            }
        }
        heir.id
    }
}

/// The same facts; where they are looked up may still know what was taken back.
impl PartialEq for History {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
            && self.units == other.units
            && self.persons == other.persons
            && self.posts == other.posts
            && self.office == other.office
            && self.portfolios == other.portfolios
            && self.domains == other.domains
    }
}

impl Eq for History {}

impl Places {
    fn name(&mut self, name: &str, at: usize) {
        let known = self.named.entry(name.to_owned()).or_default();
        if !known.contains(&at) {
            known.push(at);
        }
    }

    fn place(&mut self, unit: UnitId, parent: Option<UnitId>, day: NaiveDate) {
        self.moves.insert(day);
        if let Some(parent) = parent {
            self.below.entry(parent).or_default().insert(unit);
        }
    }
}
