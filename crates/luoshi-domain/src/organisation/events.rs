//! What happened to the organisation, and what each event does to its history.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{DomainId, PersonId, PostId, UnitId};
use crate::organisation::history::History;
use crate::organisation::records::{DomainRecord, PersonRecord, PostRecord, UnitRecord};
use crate::organisation::timeline::{Span, Timeline};
use crate::organisation::{Domain, Person, Portfolio, Post, Unit};

/// What happened. `from` is the first day of what is new, `last` the last of what was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationEvent {
    UnitEstablished(Unit),
    UnitRenamed {
        unit: UnitId,
        name: String,
        from: NaiveDate,
    },
    UnitMoved {
        unit: UnitId,
        parent: Option<UnitId>,
        position: i64,
        from: NaiveDate,
    },
    UnitAliased {
        unit: UnitId,
        aliases: Vec<String>,
    },
    /// The unit ends the day before; what is below it goes along.
    UnitMerged {
        unit: UnitId,
        into: UnitId,
        from: NaiveDate,
    },
    UnitClosed {
        unit: UnitId,
        last: NaiveDate,
    },
    PersonRegistered(Person),
    /// The person gives up every post and field.
    PersonLeft {
        person: PersonId,
        from: NaiveDate,
    },
    PostCreated(Post),
    PostClosed {
        post: PostId,
        last: NaiveDate,
    },
    Appointed {
        post: PostId,
        holder: Option<PersonId>,
        /// Events of before days were kept have none; they hold from the post's first day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<NaiveDate>,
    },
    PortfolioAssigned(Portfolio),
    PortfolioEnded {
        unit: UnitId,
        from: NaiveDate,
    },
    DomainEstablished(Domain),
    DomainAssigned {
        domain: DomainId,
        deputy: Option<PersonId>,
        from: NaiveDate,
    },
    SupervisionOfficeSet {
        unit: UnitId,
        from: NaiveDate,
    },
    SupervisionOfficeReleased {
        unit: UnitId,
        /// Events of before days were kept have none; they hold from the unit's first day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<NaiveDate>,
    },
}

impl History {
    /// Folds one event into the history.
    pub fn apply(&mut self, event: &OrganisationEvent) {
        self.version += 1;
        match event {
            OrganisationEvent::UnitEstablished(unit) => self.establish(unit),
            OrganisationEvent::UnitRenamed { unit, name, from } => {
                self.note_name(*unit, name);
                if let Some(record) = self.unit_mut(*unit) {
                    record.names.set(*from, name.clone());
                }
            }
            OrganisationEvent::UnitMoved {
                unit,
                parent,
                position,
                from,
            } => {
                self.note_parent(*unit, *parent, *from);
                if let Some(record) = self.unit_mut(*unit) {
                    record.parents.set(*from, *parent);
                    record.position = *position;
                }
            }
            OrganisationEvent::UnitAliased { unit, aliases } => {
                for alias in aliases {
                    self.note_name(*unit, alias);
                }
                if let Some(record) = self.unit_mut(*unit) {
                    record.aliases.clone_from(aliases);
                }
            }
            OrganisationEvent::UnitMerged { unit, into, from } => self.merge(*unit, *into, *from),
            OrganisationEvent::UnitClosed { unit, last } => self.end_unit(*unit, *last),
            OrganisationEvent::PersonRegistered(person) => self.add_person(PersonRecord {
                person: person.clone(),
                left: None,
            }),
            OrganisationEvent::PersonLeft { person, from } => self.leave(*person, *from),
            OrganisationEvent::PostCreated(post) => self.add_post(PostRecord {
                id: post.id,
                unit: post.unit,
                title: post.title.clone(),
                role: post.role,
                position: post.position,
                life: Span::since(post.valid_from),
                holders: Timeline::from(post.valid_from, post.holder),
            }),
            OrganisationEvent::PostClosed { post, last } => {
                if let Some(record) = self.post_mut(*post) {
                    record.life.end(*last);
                }
            }
            OrganisationEvent::Appointed { post, holder, from } => {
                self.note_holder(*post, *holder);
                if let Some(record) = self.post_mut(*post) {
                    let from = from.unwrap_or(record.life.from);
                    record.holders.set(from, *holder);
                }
            }
            OrganisationEvent::PortfolioAssigned(portfolio) => {
                self.put_in_charge(portfolio.unit, Some(portfolio.deputy), portfolio.valid_from)
            }
            OrganisationEvent::PortfolioEnded { unit, from } => {
                self.put_in_charge(*unit, None, *from);
            }
            OrganisationEvent::DomainEstablished(domain) => self.add_domain(DomainRecord {
                id: domain.id,
                name: domain.name.clone(),
                valid_from: domain.valid_from,
                deputies: Timeline::from(domain.valid_from, domain.deputy),
            }),
            OrganisationEvent::DomainAssigned {
                domain,
                deputy,
                from,
            } => {
                if let Some(record) = self.domain_mut(*domain) {
                    record.deputies.set(*from, *deputy);
                }
            }
            OrganisationEvent::SupervisionOfficeSet { unit, from } => {
                self.office.set(*from, Some(*unit));
            }
            OrganisationEvent::SupervisionOfficeReleased { unit, from } => {
                if let Some(from) = from.or_else(|| self.unit(*unit).map(|unit| unit.life.from)) {
                    self.office.set(from, None);
                }
            }
        }
    }

    fn establish(&mut self, unit: &Unit) {
        if unit.supervision_office {
            self.office.set(unit.valid_from, Some(unit.id));
        }
        self.add_unit(UnitRecord {
            id: unit.id,
            kind: unit.kind,
            aliases: unit.aliases.clone(),
            position: unit.position,
            life: Span::since(unit.valid_from),
            names: Timeline::from(unit.valid_from, unit.name.clone()),
            parents: Timeline::from(unit.valid_from, unit.parent),
            merged_into: None,
        });
    }

    fn merge(&mut self, unit: UnitId, into: UnitId, from: NaiveDate) {
        for id in self.ever_below(unit) {
            let Some(child) = self.unit_mut(id) else {
                continue;
            };
            let before = child.parents.clone();
            child.parents.replace_from(from, &Some(unit), &Some(into));
            if child.parents != before {
                let days: Vec<_> = child.parents.entries().to_vec();
                for (day, parent) in days {
                    self.note_parent(id, parent, day);
                }
            }
        }
        if let Some(record) = self.unit_mut(unit) {
            record.merged_into = Some(into);
        }
        self.end_unit(unit, before(from));
    }

    fn end_unit(&mut self, unit: UnitId, last: NaiveDate) {
        if let Some(record) = self.unit_mut(unit) {
            record.life.end(last);
        }
        let places = self.places.posts_in.get(&unit).cloned().unwrap_or_default();
        for at in places {
            if let Some(post) = self.posts.get_mut(at) {
                post.life.end(last);
            }
        }
    }

    fn leave(&mut self, person: PersonId, from: NaiveDate) {
        if let Some(record) = self.person_mut(person) {
            record.left = Some(from);
        }
        for post in &mut self.posts {
            post.holders.replace_from(from, &Some(person), &None);
        }
        for deputies in self.portfolios.values_mut() {
            deputies.replace_from(from, &Some(person), &None);
        }
        for domain in &mut self.domains {
            domain.deputies.replace_from(from, &Some(person), &None);
        }
    }

    fn put_in_charge(&mut self, unit: UnitId, deputy: Option<PersonId>, from: NaiveDate) {
        self.portfolios.entry(unit).or_default().set(from, deputy);
    }
}

/// The day before; the first day of the calendar has none.
pub(super) fn before(day: NaiveDate) -> NaiveDate {
    day.pred_opt().unwrap_or(day)
}
