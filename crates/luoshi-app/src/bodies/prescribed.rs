//! The bodies that the packs ask for, and what can be filled in for them (ORG-07).

use chrono::NaiveDate;
use luoshi_domain::bodies::{Body, BodyDetails, BodyKind, Office, Seat};
use luoshi_domain::ids::{BodyId, UnitId};
use luoshi_domain::organisation::{Organisation, Role, UnitKind};
use luoshi_domain::packs::{Body as Wanted, Pack, PackKey};

/// A body that a plan asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prescribed {
    pub pack: PackKey,
    pub wanted: Wanted,
    /// Those in force that bear its name.
    pub set_up: Vec<BodyId>,
}

/// The bodies that the packs ask for, with what was set up of them.
pub fn of(packs: &[Pack], bodies: &[Body]) -> Vec<Prescribed> {
    let mut prescribed = Vec::new();
    for pack in packs {
        for wanted in &pack.bodies {
            let named = bodies.iter().filter(|body| {
                body.ended.is_none() && body.details.name.starts_with(&wanted.label)
            });
            prescribed.push(Prescribed {
                pack: pack.key,
                set_up: named.map(|body| body.id).collect(),
                wanted: wanted.clone(),
            });
        }
    }
    prescribed
}

impl Prescribed {
    /// What the plan's words give for the organisation as it is; a person looks it over.
    pub fn draft(&self, organisation: &Organisation, today: NaiveDate) -> BodyDetails {
        let wanted = &self.wanted;
        let head = seats(&wanted.head, organisation).into_iter().next();
        let without = |taken: &[Seat], seats: Vec<Seat>| -> Vec<Seat> {
            let free = seats.into_iter().filter(|seat| !taken.contains(seat));
            free.collect()
        };
        let mut taken: Vec<Seat> = head.into_iter().collect();
        let deputies = without(&taken, seats(&wanted.deputies, organisation));
        taken.extend(&deputies);
        let members = without(&taken, seats(&wanted.members, organisation));
        BodyDetails {
            kind: kind(&wanted.label),
            name: wanted.label.clone(),
            purpose: wanted.duty.clone(),
            head,
            deputies,
            members,
            office: office(&wanted.office, organisation).map(|unit| Office {
                unit,
                duties: wanted.duty.clone(),
            }),
            parent: None,
            unit: None,
            from: today,
            until: None,
            basis: format!("方案 {}", wanted.cited.clause),
        }
    }
}

fn kind(name: &str) -> BodyKind {
    let named = [
        ("督导", BodyKind::SupervisionTeam),
        ("监督小组", BodyKind::SupervisionTeam),
        ("协调小组", BodyKind::CoordinationGroup),
        ("专班", BodyKind::TaskForce),
        ("行动组", BodyKind::TaskForce),
        ("领导", BodyKind::LeadingGroup),
    ];
    let found = named.iter().find(|(word, _)| name.contains(word));
    found.map_or(BodyKind::WorkingGroup, |(_, kind)| *kind)
}

/// The posts that words such as 各科室主要负责人 mean.
fn seats(words: &str, organisation: &Organisation) -> Vec<Seat> {
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    let mut seats = Vec::new();
    let mut add = |role: Role, kind: Option<UnitKind>| {
        for post in organisation.posts.iter().filter(|post| post.role == role) {
            let unit = organisation.unit(post.unit);
            let wanted = kind.is_none_or(|kind| unit.is_some_and(|unit| unit.kind == kind));
            let seat = Seat::Post(post.id);
            if wanted && !seats.contains(&seat) {
                seats.push(seat);
            }
        }
    };
    if says(&["局长", "党组书记", "局主要领导", "局党政正职"]) {
        add(Role::Principal, None);
    }
    if says(&["班子成员", "分管领导", "副职", "副局长"]) {
        add(Role::Deputy, None);
    }
    if says(&["科室", "股室"]) {
        add(Role::Head, Some(UnitKind::Section));
    }
    if says(&["下属单位", "局属", "二级机构"]) {
        add(Role::Head, Some(UnitKind::Subordinate));
    }
    if says(&["纪委", "纪检"]) {
        add(Role::Discipline, None);
    }
    seats
}

/// The unit that words such as 局办公室 mean.
fn office(words: &str, organisation: &Organisation) -> Option<UnitId> {
    let bare = words.trim_start_matches('局');
    if bare.is_empty() {
        return None;
    }
    let named = organisation.unit_named(words);
    let named = named.or_else(|| organisation.unit_named(bare));
    let mut carriers = organisation.carriers();
    named
        .or_else(|| carriers.find(|unit| unit.name.contains(bare)))
        .map(|unit| unit.id)
}
