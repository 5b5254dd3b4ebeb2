//! Which unit, post or person a cell means.

use std::collections::HashMap;

use chrono::NaiveDate;
use luoshi_domain::ids::{PersonId, UnitId};
use luoshi_domain::organisation::UnitKind;
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::records::UnitRecord;
use uuid::Uuid;

use crate::organisation::workbook::export::{base_of, lasts};

/// How closely a text names a unit; the closest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The name of a unit of the bureau itself.
    Own,
    /// What it was called until the workbook renames it.
    Former,
    /// Another name, or the name behind that of what is above.
    Other,
    /// The name of a unit of a bureau below.
    Below,
}

/// Why a text names no unit or person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unnamed {
    Unknown,
    /// What would be clear instead.
    Ambiguous {
        say: Vec<String>,
    },
}

/// What texts mean as units.
#[derive(Default)]
pub(super) struct Names {
    named: HashMap<String, Vec<(Rank, UnitId)>>,
    /// Short codes that the workbook gives to its own new units.
    codes: HashMap<String, UnitId>,
    known: HashMap<UnitId, Known>,
}

#[derive(Clone, Default)]
struct Known {
    name: String,
    parent: Option<UnitId>,
    is_bureau: bool,
}

impl Names {
    /// The units that are in force on `day` or later, as they are called then.
    pub(super) fn of(history: &History, day: NaiveDate) -> Self {
        let mut names = Self::default();
        // Of those that are over only the code is taken, where something went to them.
        for unit in history.units() {
            let base = base_of(unit, day);
            let parent = unit.parents.at(base).copied().flatten();
            names.know(unit.id, unit.name_near(base), parent, unit.kind);
        }
        for unit in history.units().iter().filter(|unit| lasts(unit, day)) {
            names.note_standing(unit);
        }
        names
    }

    fn know(&mut self, id: UnitId, name: &str, parent: Option<UnitId>, kind: UnitKind) {
        let known = Known {
            name: name.to_owned(),
            parent,
            is_bureau: kind == UnitKind::Bureau,
        };
        self.known.insert(id, known);
    }

    fn note_standing(&mut self, unit: &UnitRecord) {
        self.note_names(unit.id);
        let rank = match self.region(self.parent(unit.id)) {
            None => Rank::Other,
            Some(_) => Rank::Below,
        };
        for alias in &unit.aliases {
            self.note(alias.clone(), rank, unit.id);
        }
    }

    /// A unit that the workbook adds.
    pub(super) fn add(
        &mut self,
        id: UnitId,
        name: &str,
        parent: Option<UnitId>,
        kind: Option<UnitKind>,
    ) {
        self.know(id, name, parent, kind.unwrap_or(UnitKind::Section));
        self.note_names(id);
    }

    /// A name that the workbook gives to a known unit.
    pub(super) fn rename(&mut self, id: UnitId, name: &str) {
        let Some(known) = self.known.get_mut(&id) else {
            return;
        };
        let former = std::mem::replace(&mut known.name, name.to_owned());
        for (rank, known) in self.named.get_mut(&former).into_iter().flatten() {
            if *known == id && *rank == Rank::Own {
                *rank = Rank::Former;
            }
        }
        self.note_names(id);
    }

    /// A place that the workbook gives to a known unit.
    pub(super) fn place(&mut self, id: UnitId, parent: Option<UnitId>) {
        if let Some(known) = self.known.get_mut(&id) {
            known.parent = parent;
        }
        self.note_names(id);
    }

    /// A short code of the workbook's own; false when it is taken.
    pub(super) fn code(&mut self, code: &str, id: UnitId) -> bool {
        self.codes.insert(code.to_owned(), id).is_none()
    }

    fn note_names(&mut self, id: UnitId) {
        let Some(known) = self.known.get(&id).cloned() else {
            return;
        };
        let region = self.region(known.parent);
        let rank = if region.is_none() {
            Rank::Own
        } else {
            Rank::Below
        };
        let above = [known.parent, region].into_iter().flatten();
        let whole: Vec<String> = above
            .filter_map(|above| self.known.get(&above))
            .map(|above| format!("{}{}", above.name, known.name))
            .collect();
        self.note(known.name, rank, id);
        for whole in whole {
            self.note(whole, Rank::Other, id);
        }
    }

    fn note(&mut self, text: String, rank: Rank, id: UnitId) {
        let known = self.named.entry(text).or_default();
        if !known.contains(&(rank, id)) {
            known.push((rank, id));
        }
    }

    pub(super) fn parent(&self, id: UnitId) -> Option<UnitId> {
        self.known.get(&id)?.parent
    }

    /// The bureau below the top one that a unit is or belongs to; none for the top.
    pub(super) fn region(&self, unit: Option<UnitId>) -> Option<UnitId> {
        let above = std::iter::successors(unit, |id| self.parent(*id));
        let mut above = above.take(self.known.len() + 1);
        above.find(|id| self.known.get(id).is_some_and(|known| known.is_bureau))
    }

    pub(super) fn name(&self, id: UnitId) -> &str {
        self.known
            .get(&id)
            .map_or("（未知单位）", |known| &known.name)
    }

    /// The unit that a text means.
    pub(super) fn unit(&self, text: &str) -> Result<UnitId, Unnamed> {
        if let Some(id) = self.codes.get(text) {
            return Ok(*id);
        }
        if let Ok(id) = Uuid::parse_str(text)
            && self.known.contains_key(&UnitId(id))
        {
            return Ok(UnitId(id));
        }
        let found = self.named.get(text).map_or(&[][..], Vec::as_slice);
        let Some(best) = found.iter().map(|(rank, _)| *rank).min() else {
            return Err(Unnamed::Unknown);
        };
        let mut ids = found.iter().filter(|(rank, _)| *rank == best);
        match (ids.next(), ids.next()) {
            (Some((_, id)), None) => Ok(*id),
            _ => {
                let meant = found.iter().filter(|(rank, _)| *rank == best);
                let say = meant.map(|(_, id)| self.clear(*id, text)).collect();
                Err(Unnamed::Ambiguous { say })
            }
        }
    }

    /// How a unit is written so that it is meant: its name where that is enough.
    pub(super) fn text(&self, id: UnitId) -> String {
        self.clear(id, "")
    }

    /// The shortest text but `not` that means the unit.
    fn clear(&self, id: UnitId, not: &str) -> String {
        let name = self.name(id).to_owned();
        let above = [self.parent(id), self.region(self.parent(id))];
        let whole = above.into_iter().flatten();
        let whole = whole.map(|above| format!("{}{name}", self.name(above)));
        let mut texts = std::iter::once(name.clone()).chain(whole);
        let clear = texts.find(|text| text != not && self.unit(text) == Ok(id));
        clear.unwrap_or_else(|| id.to_string())
    }
}

/// What texts mean as persons.
#[derive(Default)]
pub(super) struct People {
    logins: HashMap<String, (PersonId, String)>,
    named: HashMap<String, Vec<PersonId>>,
    texts: HashMap<PersonId, String>,
}

impl People {
    pub(super) fn of(history: &History) -> Self {
        let mut people = Self::default();
        for record in history.persons() {
            let person = &record.person;
            people.add(person.id, &person.name, &person.login);
        }
        people
    }

    pub(super) fn add(&mut self, id: PersonId, name: &str, login: &str) {
        self.logins.insert(login.to_owned(), (id, name.to_owned()));
        self.named.entry(name.to_owned()).or_default().push(id);
        self.texts.insert(id, format!("{name}（{login}）"));
    }

    /// The person with this login, and what they are called.
    pub(super) fn login(&self, login: &str) -> Option<&(PersonId, String)> {
        self.logins.get(&login.to_lowercase())
    }

    /// The person that a text means: `name（login）`, a login, or a name that one person has.
    pub(super) fn person(&self, text: &str) -> Result<PersonId, Unnamed> {
        if let Some((name, login)) = qualified(text)
            && let Some((id, known)) = self.login(login)
            && known == name
        {
            return Ok(*id);
        }
        let login = self.login(text).map(|(id, _)| *id);
        let named = self.named.get(text).map_or(&[][..], Vec::as_slice);
        let mut meant: Vec<PersonId> = named.to_vec();
        meant.extend(login.filter(|id| !named.contains(id)));
        match meant.as_slice() {
            [] => Err(Unnamed::Unknown),
            [one] => Ok(*one),
            several => {
                let say = several.iter().filter_map(|id| self.texts.get(id).cloned());
                Err(Unnamed::Ambiguous { say: say.collect() })
            }
        }
    }

    pub(super) fn text(&self, id: PersonId) -> &str {
        self.texts.get(&id).map_or("（未知人员）", String::as_str)
    }
}

/// The name and what stands in brackets behind it.
fn qualified(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_suffix(['）', ')'])?;
    let (name, login) = inner.rsplit_once(['（', '('])?;
    Some((name.trim(), login.trim()))
}
