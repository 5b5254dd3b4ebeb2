//! Rosters: what each unit has to name by a day (ORG-06, 08, 11).
//!
//! "Each unit names at least two publicity officers", "each unit sets up a group of its own",
//! "each department says who carries the supervision duty". How a unit stands is computed from what
//! it filed; nobody sets it.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::bodies::{End, TEXT_LIMIT};
use crate::calendar::local_day;
use crate::context::Context;
use crate::ids::{BodyId, PersonId, RosterId, UnitId};
use crate::journal::Signed;
use crate::refusals::Refusal;
use crate::registers::Registered;

/// Longest title or name, in characters.
pub const NAME_LIMIT: usize = 80;

/// Most needs of a roster.
const NEEDS_LIMIT: usize = 20;

/// Most entries that a unit files.
const ENTRIES_LIMIT: usize = 200;

/// A roster as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    pub id: RosterId,
    pub version: i64,
    pub details: RosterDetails,
    /// What each unit filed last.
    pub filings: BTreeMap<UnitId, Filing>,
    pub closed: Option<End>,
}

/// What is asked of whom by when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterDetails {
    pub title: String,
    /// Document and clause; may be empty.
    pub basis: String,
    pub needs: Vec<Need>,
    pub units: Vec<UnitId>,
    /// The last day, inclusive.
    pub due: NaiveDate,
    /// The body that units are asked to mirror.
    pub mirrors: Option<BodyId>,
}

/// One thing that a unit has to name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Unique in the roster.
    pub key: String,
    pub label: String,
    pub what: NeedKind,
    /// At least so many.
    pub min: u32,
    /// At most so many; `None` without an upper end.
    pub max: Option<u32>,
}

/// What is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedKind {
    /// A person with a way to reach them.
    Person,
    /// A body of the unit's own.
    Body,
    /// Who carries the supervision duty, under whom and how strong (ORG-11).
    Staffing,
}

/// What a unit filed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    pub entries: Vec<Entry>,
    /// When it was first complete; `None` until it is.
    pub complete_at: Option<DateTime<Utc>>,
    pub at: DateTime<Utc>,
    /// Who filed it.
    pub by: String,
}

/// One thing named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The need's key.
    pub need: String,
    pub named: Named,
}

/// What was named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    Person {
        name: String,
        /// The person of the organisation, where it is one.
        person: Option<PersonId>,
        /// Telephone or the like.
        contact: String,
    },
    Body {
        name: String,
        body: Option<BodyId>,
    },
    Staffing {
        /// The body that carries the duty.
        body: String,
        /// Under whom it works.
        line: String,
        staff: u32,
        /// Who guides and coordinates: the office director.
        guide: String,
    },
}

/// How a unit stands with a roster on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub unit: UnitId,
    /// What is short, by the need's label, with how many.
    pub short: Vec<(String, u32)>,
    /// What is there and still wants a look: a duty without staff.
    pub flags: Vec<String>,
    pub filed: bool,
    /// Days after the due day, while it is short.
    pub overdue: i64,
    /// Days after the due day on which it became complete.
    pub late: i64,
}

/// What can be asked of a roster that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RosterCommand {
    /// Replaces what is asked; what was filed stays.
    Amend(Box<RosterDetails>),
    /// A unit names what it is asked for; replaces what it filed before.
    File { unit: UnitId, entries: Vec<Entry> },
    /// Nothing is asked any more.
    Close(End),
}

/// What happened to a roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterEvent {
    Asked(Box<RosterDetails>),
    Amended(Box<RosterDetails>),
    Filed { unit: UnitId, entries: Vec<Entry> },
    Closed(End),
}

impl Standing {
    pub fn is_complete(&self) -> bool {
        self.short.is_empty()
    }
}

impl Roster {
    /// The event that begins a roster, or why it may not.
    pub fn ask(details: RosterDetails, ctx: &Context<'_>) -> Result<RosterEvent, Refusal> {
        Ok(RosterEvent::Asked(Box::new(checked(details, ctx)?)))
    }

    /// What would happen, or why it may not.
    pub fn decide(
        &self,
        command: RosterCommand,
        ctx: &Context<'_>,
    ) -> Result<RosterEvent, Refusal> {
        if self.closed.is_some() {
            let sentence = format!("“{}”已经结束，不再收。", self.details.title);
            return Err(Refusal::state("roster_closed", "ORG-08", sentence));
        }
        match command {
            RosterCommand::Amend(details) => {
                Ok(RosterEvent::Amended(Box::new(checked(*details, ctx)?)))
            }
            RosterCommand::Close(end) => {
                if end.reason.trim().is_empty() {
                    return Err(Refusal::input("reason", "ORG-08", "请写明结束的理由。"));
                }
                Ok(RosterEvent::Closed(end))
            }
            RosterCommand::File { unit, entries } => {
                if !self.details.units.contains(&unit) {
                    let sentence = "这份名册没有要求这个单位报。";
                    return Err(Refusal::state("not_asked", "ORG-08", sentence));
                }
                let entries = self.entries(entries)?;
                Ok(RosterEvent::Filed { unit, entries })
            }
        }
    }

    /// How each unit stands at the end of `today`, in the roster's order.
    pub fn standings(&self, today: NaiveDate) -> Vec<Standing> {
        let units = self.details.units.iter();
        units.map(|unit| self.standing(*unit, today)).collect()
    }

    /// How one unit stands at the end of `today`.
    pub fn standing(&self, unit: UnitId, today: NaiveDate) -> Standing {
        let filing = self.filings.get(&unit);
        let entries = filing.map_or(&[][..], |filing| filing.entries.as_slice());
        let short = self.short(entries);
        let days_after = |day: NaiveDate| (day - self.details.due).num_days().max(0);
        let flags = entries.iter().filter_map(|entry| match &entry.named {
            Named::Staffing { body, staff: 0, .. } => Some(format!("“{body}”没有工作力量")),
            Named::Staffing { .. } | Named::Person { .. } | Named::Body { .. } => None,
        });
        let complete_at = filing.and_then(|filing| filing.complete_at);
        Standing {
            unit,
            flags: flags.collect(),
            filed: filing.is_some(),
            overdue: if short.is_empty() {
                0
            } else {
                days_after(today)
            },
            late: match complete_at {
                Some(at) if short.is_empty() => days_after(local_day(at)),
                _ => 0,
            },
            short,
        }
    }

    /// Percent of units that are complete, rounded down; 100 when nobody is asked.
    pub fn completeness(&self, today: NaiveDate) -> u32 {
        let standings = self.standings(today);
        let complete = standings.iter().filter(|known| known.is_complete()).count();
        match standings.len() {
            0 => 100,
            all => u32::try_from(100 * complete / all).unwrap_or(100),
        }
    }

    fn short(&self, entries: &[Entry]) -> Vec<(String, u32)> {
        let needs = self.details.needs.iter();
        let short = needs.filter_map(|need| {
            let there = entries.iter().filter(|entry| entry.need == need.key);
            let there = u32::try_from(there.count()).unwrap_or(u32::MAX);
            let short = need.min.saturating_sub(there);
            (short > 0).then(|| (need.label.clone(), short))
        });
        short.collect()
    }

    /// The entries as they are kept, or what is wrong with them.
    fn entries(&self, entries: Vec<Entry>) -> Result<Vec<Entry>, Refusal> {
        let input = |code, sentence: String| Err(Refusal::input(code, "ORG-08", sentence));
        if entries.len() > ENTRIES_LIMIT {
            return input("entries", format!("一次不超过 {ENTRIES_LIMIT} 条。"));
        }
        for need in &self.details.needs {
            let there = entries.iter().filter(|entry| entry.need == need.key);
            let there: Vec<&Entry> = there.collect();
            if need
                .max
                .is_some_and(|max| there.len() > usize::try_from(max).unwrap_or(usize::MAX))
            {
                let most = need.max.unwrap_or_default();
                return input("too_many", format!("“{}”最多 {most} 个。", need.label));
            }
            let mut names = HashSet::new();
            if let Some(twice) = there.iter().find(|entry| !names.insert(entry.named.name())) {
                let name = twice.named.name();
                return input("twice", format!("“{}”里“{name}”出现了两次。", need.label));
            }
        }
        for entry in &entries {
            let need = self
                .details
                .needs
                .iter()
                .find(|need| need.key == entry.need);
            let Some(need) = need.filter(|need| need.what == entry.named.kind()) else {
                return input("unknown_need", "名册里没有这一项。".into());
            };
            let name = entry.named.name().trim();
            if name.is_empty() {
                return input("name", format!("“{}”还没有填写名称。", need.label));
            }
            if entry
                .named
                .texts()
                .any(|text| text.chars().count() > NAME_LIMIT)
            {
                return input(
                    "name",
                    format!("“{}”的每一栏不超过 {NAME_LIMIT} 字。", need.label),
                );
            }
            if let Named::Person { contact, .. } = &entry.named
                && contact.trim().is_empty()
            {
                return input("contact", format!("请填写“{name}”的联系方式。"));
            }
        }
        Ok(entries)
    }
}

impl Named {
    pub fn kind(&self) -> NeedKind {
        match self {
            Self::Person { .. } => NeedKind::Person,
            Self::Body { .. } => NeedKind::Body,
            Self::Staffing { .. } => NeedKind::Staffing,
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Person { name, .. } | Self::Body { name, .. } => name,
            Self::Staffing { body, .. } => body,
        }
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        let (first, second, third) = match self {
            Self::Person { name, contact, .. } => (name.as_str(), contact.as_str(), ""),
            Self::Body { name, .. } => (name.as_str(), "", ""),
            Self::Staffing {
                body, line, guide, ..
            } => (body.as_str(), line.as_str(), guide.as_str()),
        };
        [first, second, third].into_iter()
    }
}

impl Registered for Roster {
    type Event = RosterEvent;

    const STREAM: &'static str = "roster";

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn day(&self) -> NaiveDate {
        self.details.due
    }

    fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    fn begun(id: Uuid, event: &RosterEvent, _by: &Signed) -> Option<Self> {
        match event {
            RosterEvent::Asked(details) => Some(Self {
                id: RosterId(id),
                version: 1,
                details: (**details).clone(),
                filings: BTreeMap::new(),
                closed: None,
            }),
            RosterEvent::Amended(_) | RosterEvent::Filed { .. } | RosterEvent::Closed(_) => None,
        }
    }

    fn apply(&mut self, event: &RosterEvent, by: &Signed) {
        self.version += 1;
        match event {
            RosterEvent::Asked(details) | RosterEvent::Amended(details) => {
                self.details = (**details).clone();
            }
            RosterEvent::Filed { unit, entries } => {
                let before = self.filings.get(unit).and_then(|known| known.complete_at);
                let complete = self.short(entries).is_empty();
                let filing = Filing {
                    entries: entries.clone(),
                    complete_at: complete.then(|| before.unwrap_or(by.at)),
                    at: by.at,
                    by: by.name.clone(),
                };
                self.filings.insert(*unit, filing);
            }
            RosterEvent::Closed(end) => self.closed = Some(end.clone()),
        }
    }
}

fn checked(mut details: RosterDetails, ctx: &Context<'_>) -> Result<RosterDetails, Refusal> {
    let input = |code, sentence: String| Err(Refusal::input(code, "ORG-08", sentence));
    details.title = details.title.trim().to_owned();
    if details.title.is_empty() {
        return input("title", "请填写名册的名称。".into());
    }
    if details.title.chars().count() > NAME_LIMIT || details.basis.chars().count() > TEXT_LIMIT {
        return input(
            "title",
            format!("名称不超过 {NAME_LIMIT} 字，依据不超过 {TEXT_LIMIT} 字。"),
        );
    }
    if details.needs.is_empty() || details.needs.len() > NEEDS_LIMIT {
        return input("needs", format!("请写明要报什么，1 至 {NEEDS_LIMIT} 项。"));
    }
    let mut keys = HashSet::new();
    for need in &details.needs {
        if !keys.insert(need.key.as_str()) || need.label.trim().is_empty() {
            return input("needs", "要报的各项应有各自的名称。".into());
        }
        if need.max.is_some_and(|max| max < need.min || max == 0) {
            return input("needs", format!("“{}”的上限小于下限。", need.label));
        }
    }
    let mut units = HashSet::new();
    details.units.retain(|unit| units.insert(*unit));
    if details.units.is_empty() {
        return input("units", "请选定要报的单位。".into());
    }
    if details
        .units
        .iter()
        .any(|unit| ctx.organisation.unit(*unit).is_none())
    {
        return input("unknown_unit", "要报的单位里有不在机构表中的。".into());
    }
    Ok(details)
}

#[cfg(test)]
mod tests;
