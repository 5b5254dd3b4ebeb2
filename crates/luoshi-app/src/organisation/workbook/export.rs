//! The organisation of a day as the rows of the workbook.

use chrono::NaiveDate;
use luoshi_documents::workbook::Page;
use luoshi_domain::ids::{PersonId, UnitId};
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::records::{PersonRecord, PostRecord, UnitRecord};

use crate::organisation::sentences;
use crate::organisation::workbook::names::Names;
use crate::organisation::workbook::parts::{self, Part, YES};
use crate::organisation::workbook::spells::spells;

/// All sheets, of what is in force on `day` and of what is to come.
pub(super) fn pages(history: &History, day: NaiveDate) -> Vec<Page> {
    let export = Export {
        history,
        names: Names::of(history, day),
        day,
    };
    let mut pages = vec![parts::notes(&day.to_string())];
    pages.extend(Part::ALL.map(|part| part.page(export.rows(part))));
    pages
}

/// The sheets without content.
pub(super) fn empty() -> Vec<Page> {
    let mut pages = vec![parts::notes("")];
    pages.extend(Part::ALL.map(|part| part.page(Vec::new())));
    pages
}

/// Whether the unit is in force on `day` or later.
pub(super) fn lasts(unit: &UnitRecord, day: NaiveDate) -> bool {
    unit.life.to.is_none_or(|to| to >= day)
}

/// Whether the post is in force on `day` or later.
pub(super) fn post_lasts(history: &History, post: &PostRecord, day: NaiveDate) -> bool {
    let unit = history.unit(post.unit);
    unit.is_some_and(|unit| lasts(unit, day)) && post.life.to.is_none_or(|to| to >= day)
}

/// The day for which a unit's row stands: `day`, or the first one of a unit to come.
pub(super) fn base_of(unit: &UnitRecord, day: NaiveDate) -> NaiveDate {
    day.max(unit.life.from)
}

/// How a person is written, so that nobody else can be meant.
pub(super) fn person_text(record: &PersonRecord) -> String {
    let person = &record.person;
    format!("{}（{}）", person.name, person.login)
}

struct Export<'h> {
    history: &'h History,
    names: Names,
    day: NaiveDate,
}

impl Export<'_> {
    fn rows(&self, part: Part) -> Vec<Vec<String>> {
        match part {
            Part::Units => self.units(),
            Part::Persons => self.persons(),
            Part::Posts => self.posts().map(|post| self.post(post)).collect(),
            Part::Holders => self.posts().flat_map(|post| self.holders(post)).collect(),
            Part::Portfolios => self.portfolios(),
            Part::Domains => self.domains(),
        }
    }

    fn units(&self) -> Vec<Vec<String>> {
        let units = self.history.units().iter();
        let units = units.filter(|unit| lasts(unit, self.day));
        let row = |unit: &UnitRecord| {
            let base = base_of(unit, self.day);
            let parent = unit.parents.at(base).copied().flatten();
            let office = self.history.office().at(base).copied().flatten();
            vec![
                unit.name_near(base).to_owned(),
                self.unit_text(parent),
                sentences::unit_kind(unit.kind).to_owned(),
                unit.aliases.join("、"),
                (if office == Some(unit.id) { YES } else { "" }).to_owned(),
                unit.position.to_string(),
                unit.life.from.to_string(),
                String::new(),
                day_text(unit.life.to),
                self.unit_text(unit.merged_into),
                unit.id.to_string(),
            ]
        };
        units.map(row).collect()
    }

    fn persons(&self) -> Vec<Vec<String>> {
        let persons = self.history.persons().iter();
        let row = |record: &PersonRecord| {
            vec![
                record.person.name.clone(),
                record.person.login.clone(),
                day_text(record.left),
            ]
        };
        persons.map(row).collect()
    }

    fn posts(&self) -> impl Iterator<Item = &PostRecord> {
        let posts = self.history.posts().iter();
        posts.filter(|post| post_lasts(self.history, post, self.day))
    }

    fn post(&self, post: &PostRecord) -> Vec<String> {
        vec![
            self.unit_text(Some(post.unit)),
            post.title.clone(),
            sentences::role(post.role).to_owned(),
            post.position.to_string(),
            post.life.from.to_string(),
            day_text(post.life.to),
            post.id.to_string(),
        ]
    }

    fn holders(&self, post: &PostRecord) -> Vec<Vec<String>> {
        let row = |(person, from, to): (PersonId, NaiveDate, Option<NaiveDate>)| {
            vec![
                self.unit_text(Some(post.unit)),
                post.title.clone(),
                self.person_text(person),
                from.to_string(),
                day_text(to),
                post.id.to_string(),
            ]
        };
        spells(&post.holders).into_iter().map(row).collect()
    }

    fn portfolios(&self) -> Vec<Vec<String>> {
        let units = self.history.units().iter();
        let units = units.filter(|unit| lasts(unit, self.day));
        let mut rows = Vec::new();
        for unit in units {
            let Some(deputies) = self.history.portfolio(unit.id) else {
                continue;
            };
            for (person, from, to) in spells(deputies) {
                rows.push(vec![
                    self.unit_text(Some(unit.id)),
                    self.person_text(person),
                    from.to_string(),
                    day_text(to),
                ]);
            }
        }
        rows
    }

    fn domains(&self) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for domain in self.history.domains() {
            let row = |person: String, from: NaiveDate, to: Option<NaiveDate>| {
                vec![domain.name.clone(), person, from.to_string(), day_text(to)]
            };
            let spells = spells(&domain.deputies);
            // Since when there is the field, where nobody was in charge of it at first.
            if spells
                .first()
                .is_none_or(|(_, from, _)| *from > domain.valid_from)
            {
                rows.push(row(String::new(), domain.valid_from, None));
            }
            let spells = spells.into_iter();
            rows.extend(spells.map(|(person, from, to)| row(self.person_text(person), from, to)));
        }
        rows
    }

    fn unit_text(&self, unit: Option<UnitId>) -> String {
        unit.map_or_else(String::new, |unit| self.names.text(unit))
    }

    fn person_text(&self, person: PersonId) -> String {
        self.history
            .person(person)
            .map_or_else(String::new, person_text)
    }
}

fn day_text(day: Option<NaiveDate>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}
