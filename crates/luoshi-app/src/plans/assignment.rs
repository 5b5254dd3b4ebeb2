//! Which units the names in a sentence mean (IMPORT-07).
//!
//! The organisation's own names come first, then what a person filled in for the same name in this
//! plan, then what the bureau's confirmations taught. Whoever is left is nobody; where the name
//! abbreviates that of exactly one unit, that unit is suggested and not taken.

use chrono::{DateTime, Utc};
use luoshi_domain::ids::{ProposalId, UnitId};
use luoshi_domain::lessons::{Lessons, is_redacted};
use luoshi_domain::organisation::{Organisation, UnitKind};
use luoshi_domain::plans::hints::{Change, Experience, Suggestion, SuggestionSource};

/// Shortest name, in characters, that is taken for an abbreviation.
const SHORTEST_ABBREVIATION: usize = 3;

/// Words for the persons of a unit; the unit answers for them.
const PERSON_SUFFIXES: [&str; 6] = [
    "主要负责同志",
    "主要负责人",
    "分管负责人",
    "负责同志",
    "负责人",
    "有关人员",
];

/// Words by which documents address all sections.
const ALL_SECTIONS: [&str; 6] = [
    "各科室",
    "机关各科室",
    "局机关各科室",
    "各股室",
    "机关各股室",
    "局机关各股室",
];

/// Words by which documents address all subordinate units.
const ALL_SUBORDINATES: [&str; 7] = [
    "各单位",
    "局属各单位",
    "各下属单位",
    "下属各单位",
    "所属各单位",
    "局属各二级机构",
    "各二级机构",
];

/// What is known of names.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) organisation: &'a Organisation,
    pub(crate) lessons: &'a Lessons,
    pub(crate) now: DateTime<Utc>,
    pub(crate) filled: Option<Filled<'a>>,
}

/// A name that a person filled in one proposal of the plan.
#[derive(Clone, Copy)]
pub(crate) struct Filled<'a> {
    pub(crate) name: &'a str,
    pub(crate) units: &'a [UnitId],
    pub(crate) from: ProposalId,
}

/// The units of a proposal, how experience found them, and what is only suggested.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Assigned {
    pub(crate) leads: Vec<UnitId>,
    pub(crate) co_units: Vec<UnitId>,
    pub(crate) experience: Vec<Experience>,
    pub(crate) suggestions: Vec<Suggestion>,
}

/// Whom the organisation means by a name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Called {
    /// The organisation does not know the name.
    Unknown,
    /// The document blanks the name out; it is never matched.
    Redacted,
    /// Known, but it carries no tasks.
    Nobody,
    One(UnitId),
    /// All that a collective name stands for, be it one.
    All(Vec<UnitId>),
}

impl Names<'_> {
    /// The units that the names as written mean.
    ///
    /// All that a collective name stands for lead, each with a task of its own; of units named one
    /// by one the first leads and the others co-operate.
    pub(crate) fn assign(&self, responsible: &[String], co_responsible: &[String]) -> Assigned {
        let mut assigned = Assigned::default();
        for name in responsible {
            match self.called(name, false, &mut assigned) {
                Called::All(units) => assigned.leads.extend(units),
                Called::One(unit) if assigned.leads.is_empty() => assigned.leads.push(unit),
                Called::One(unit) => assigned.co_units.push(unit),
                Called::Unknown | Called::Redacted | Called::Nobody => {}
            }
        }
        for name in co_responsible {
            match self.called(name, true, &mut assigned) {
                Called::All(units) => assigned.co_units.extend(units),
                Called::One(unit) => assigned.co_units.push(unit),
                Called::Unknown | Called::Redacted | Called::Nobody => {}
            }
        }
        assigned.leads.dedup();
        let mut seen = assigned.leads.clone();
        assigned.co_units.retain(|unit| {
            let new = !seen.contains(unit);
            seen.push(*unit);
            new
        });
        assigned
    }

    /// Whom a name means, unknown ones by experience; notes how, or what to suggest.
    fn called(&self, name: &str, co: bool, assigned: &mut Assigned) -> Called {
        let called = called(name, self.organisation);
        if called != Called::Unknown {
            return called;
        }
        let name = bare(name);
        if let Some(known) = self.experience(name) {
            let units = match &known {
                Experience::Name { units, .. } | Experience::SameName { units, .. } => {
                    units.clone()
                }
                Experience::Kind { .. } => Vec::new(),
            };
            if !assigned.experience.contains(&known) {
                assigned.experience.push(known);
            }
            return match units.as_slice() {
                [only] => Called::One(*only),
                _ => Called::All(units),
            };
        }
        if let Some(unit) = abbreviated(name, self.organisation) {
            assigned.suggestions.push(Suggestion {
                number: u32::try_from(assigned.suggestions.len()).unwrap_or(u32::MAX),
                source: SuggestionSource::SimilarName,
                change: Change::Unit { unit, co },
                quote: name.to_owned(),
            });
        }
        Called::Unknown
    }

    fn experience(&self, name: &str) -> Option<Experience> {
        if let Some(filled) = self.filled
            && filled.name == name
        {
            return Some(Experience::SameName {
                name: name.to_owned(),
                units: filled.units.to_vec(),
                from: filled.from,
            });
        }
        let evidence = self.lessons.units_called(name, self.now)?;
        // A unit may have gone since; then nobody knows.
        let carries = |unit: &UnitId| {
            let known = self.organisation.unit(*unit);
            known.is_some_and(|unit| unit.kind != UnitKind::Leadership)
        };
        evidence
            .units
            .iter()
            .all(carries)
            .then(|| Experience::Name {
                name: name.to_owned(),
                units: evidence.units.to_vec(),
                count: evidence.count,
                of: evidence.of,
            })
    }
}

/// A name without what does not belong to the unit.
pub(crate) fn bare(name: &str) -> &str {
    let name = name.trim().trim_end_matches('等');
    let person = PERSON_SUFFIXES.iter();
    person
        .filter_map(|suffix| name.strip_suffix(suffix))
        .find(|bare| !bare.is_empty())
        .unwrap_or(name)
}

/// Whom the organisation means by `name`.
pub(crate) fn called(name: &str, organisation: &Organisation) -> Called {
    if is_redacted(name) {
        return Called::Redacted;
    }
    let bare = bare(name);
    let kind = if ALL_SECTIONS.contains(&bare) {
        Some(UnitKind::Section)
    } else if ALL_SUBORDINATES.contains(&bare) {
        Some(UnitKind::Subordinate)
    } else {
        None
    };
    if let Some(kind) = kind {
        let units = organisation.units.iter().filter(|unit| unit.kind == kind);
        return Called::All(units.map(|unit| unit.id).collect());
    }
    match organisation.unit_named(bare) {
        None => Called::Unknown,
        Some(unit) if unit.kind == UnitKind::Leadership => Called::Nobody,
        Some(unit) => Called::One(unit.id),
    }
}

/// The one unit of whose name or alias `name` is a part with letters left out.
pub(crate) fn abbreviated(name: &str, organisation: &Organisation) -> Option<UnitId> {
    if name.chars().count() < SHORTEST_ABBREVIATION || is_redacted(name) {
        return None;
    }
    let mut found = organisation.carriers().filter(|unit| {
        let mut names = std::iter::once(&unit.name).chain(&unit.aliases);
        names.any(|whole| is_part_of(name, whole))
    });
    let only = found.next()?;
    found.next().is_none().then_some(only.id)
}

/// Whether the letters of `part` stand in `whole` in the same order.
fn is_part_of(part: &str, whole: &str) -> bool {
    let mut rest = whole.chars();
    part.chars().all(|letter| rest.any(|other| other == letter))
}

#[cfg(test)]
mod tests;
