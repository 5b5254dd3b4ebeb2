//! What tests of this and of other crates build on.

use chrono::NaiveDate;

use uuid::Uuid;

use crate::calendar::Calendar;
use crate::context::{Actor, Context};
use crate::ids::{PersonId, PostId, UnitId};
use crate::organisation::commands::OrganisationCommand;
use crate::organisation::history::History;
use crate::organisation::{Organisation, Person, Post, Role, Unit, UnitKind};

/// A bureau with these units side by side, in place since the first day of 2026.
///
/// # Panics
/// When the organisation refuses a unit, as it does one that it has.
pub fn organisation<'a>(
    units: impl IntoIterator<Item = (UnitId, UnitKind, &'a str)>,
) -> Organisation {
    history(side_by_side(units)).as_of(first_day())
}

/// What the commands make, one after the other.
///
/// # Panics
/// When one of them is refused.
pub fn history(commands: impl IntoIterator<Item = OrganisationCommand>) -> History {
    let mut history = History::default();
    for command in commands {
        let event = history.decide(command).expect("a command that is taken");
        history.apply(&event);
    }
    history
}

/// The unit that [`Desk`] has at a place, from 1.
pub fn unit(n: u128) -> UnitId {
    UnitId(Uuid::from_u128(n))
}

/// The person who holds the post of the unit at a place, from 1.
pub fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(0x1000 + n))
}

/// What a decision may look at, for tests: sections side by side, each with a head.
pub struct Desk {
    pub organisation: Organisation,
    calendar: Calendar,
    office: Actor,
}

impl Desk {
    /// Three sections, of which the third has no head.
    pub fn new() -> Self {
        Self::of(&["办公室", "规划科", "养护中心"], 2)
    }

    /// So many sections, each with a head.
    pub fn with_units(count: u128) -> Self {
        let names: Vec<String> = (1..=count).map(|n| format!("第{n}科")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Self::of(&names, names.len())
    }

    /// The first `heads` of these sections have a head. Persons go on to the thirtieth.
    fn of(names: &[&str], heads: usize) -> Self {
        let units = (1u128..).zip(names);
        let units = units.map(|(n, name)| (unit(n), UnitKind::Section, *name));
        let persons = (1..=30).map(|n| {
            OrganisationCommand::RegisterPerson(Person {
                id: person(n),
                name: format!("甲{}", numeral(n)),
                login: format!("p{n}"),
            })
        });
        let posts = (1u128..).zip(names).map(|(n, _)| {
            let holder = usize::try_from(n).is_ok_and(|n| n <= heads);
            OrganisationCommand::CreatePost(Post {
                id: post(n),
                unit: unit(n),
                title: "科长".into(),
                role: Role::Head,
                holder: holder.then(|| person(n)),
                position: 0,
                valid_from: first_day(),
            })
        });
        let commands = side_by_side(units).chain(persons).chain(posts);
        let organisation = history(commands).as_of(first_day());
        Self {
            organisation,
            calendar: Calendar::default(),
            office: Actor {
                person: person(30),
                name: "周敏".into(),
                title: "督查办 主任".into(),
                posts: Vec::new(),
                supervises: true,
                scope: Vec::new(),
                hand: None,
            },
        }
    }

    /// The head's post of a unit.
    ///
    /// # Panics
    /// When the unit has none.
    pub fn post_of(&self, unit: UnitId) -> PostId {
        let mut posts = self.organisation.posts.iter();
        let found = posts.find(|post| post.unit == unit);
        found.expect("each unit has a head's post").id
    }

    /// The supervision office acts at an instant.
    ///
    /// # Panics
    /// When `at` is not in RFC 3339.
    pub fn office(&self, at: &str) -> Context<'_> {
        self.context(&self.office, at)
    }

    /// Somebody acts at an instant.
    ///
    /// # Panics
    /// When `at` is not in RFC 3339.
    pub fn context<'a>(&'a self, actor: &'a Actor, at: &str) -> Context<'a> {
        Context {
            now: at.parse().expect("an instant"),
            actor,
            organisation: &self.organisation,
            calendar: &self.calendar,
            policies: &[],
            leads: crate::lights::Leads::default(),
        }
    }

    /// A person of the organisation as actor.
    ///
    /// # Panics
    /// When there is no such person.
    pub fn actor(&self, person: PersonId) -> Actor {
        Actor::of(&self.organisation, person).expect("a person of the organisation")
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

/// Since when everything here is in place.
fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day of the calendar")
}

fn side_by_side<'a>(
    units: impl IntoIterator<Item = (UnitId, UnitKind, &'a str)>,
) -> impl Iterator<Item = OrganisationCommand> {
    units.into_iter().map(|(id, kind, name)| {
        OrganisationCommand::EstablishUnit(Unit {
            id,
            parent: None,
            kind,
            name: name.into(),
            aliases: Vec::new(),
            supervision_office: false,
            position: 0,
            valid_from: first_day(),
        })
    })
}

fn post(n: u128) -> PostId {
    PostId(Uuid::from_u128(0x2000 + n))
}

fn numeral(n: u128) -> String {
    const NUMERALS: [&str; 10] = ["十", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: u128| usize::try_from(n % 10).map_or("", |n| NUMERALS[n]);
    if n < 10 {
        digit(n).into()
    } else {
        format!("{}{}", digit(n / 10), digit(n))
    }
}
