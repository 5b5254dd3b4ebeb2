use luoshi_domain::ids::{PersonId, PlanId};
use luoshi_domain::journal::Signed;
use luoshi_domain::lessons::{LessonsEvent, NamePair};
use luoshi_domain::samples;
use uuid::Uuid;

use super::*;

fn organisation() -> Organisation {
    let units = [
        (1, UnitKind::Section, "规划建设科"),
        (2, UnitKind::Section, "安全应急科"),
        (3, UnitKind::Subordinate, "市公路事业发展中心"),
        (4, UnitKind::Subordinate, "市港航事务发展中心"),
    ];
    samples::organisation(units.map(|(n, kind, name)| (unit(n), kind, name)))
}

fn unit(n: u128) -> UnitId {
    UnitId(Uuid::from_u128(n))
}

fn now() -> DateTime<Utc> {
    "2026-03-02T01:00:00Z".parse().unwrap()
}

/// Lessons from one plan that used the name for the unit.
fn learnt(name: &str, n: u128) -> Lessons {
    let mut lessons = Lessons::default();
    let pair = NamePair {
        name: name.into(),
        units: vec![unit(n)],
        proposal: ProposalId(Uuid::from_u128(9)),
    };
    let event = LessonsEvent::Learnt {
        plan: PlanId(Uuid::from_u128(8)),
        names: vec![pair],
        kinds: Vec::new(),
    };
    let signed = Signed {
        at: now(),
        person: PersonId(Uuid::from_u128(1)),
        name: "周敏".into(),
        title: String::new(),
        hand: None,
    };
    lessons.apply(&event, &signed);
    lessons
}

fn assign(responsible: &[&str], co_responsible: &[&str], lessons: &Lessons) -> Assigned {
    let owned = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let names = Names {
        organisation: &organisation(),
        lessons,
        now: now(),
        filled: None,
    };
    names.assign(&owned(responsible), &owned(co_responsible))
}

#[test]
fn import_07_a_collective_name_gives_each_unit_its_own_task() {
    let assigned = assign(&["各科室", "各单位"], &[], &Lessons::default());
    assert_eq!(assigned.leads, [unit(1), unit(2), unit(3), unit(4)]);
    assert!(assigned.co_units.is_empty());
}

#[test]
fn import_07_of_named_units_the_first_leads() {
    let assigned = assign(
        &["安全应急科", "规划建设科负责人"],
        &[],
        &Lessons::default(),
    );
    assert_eq!(assigned.leads, [unit(2)]);
    assert_eq!(assigned.co_units, [unit(1)]);
}

#[test]
fn import_07_a_redacted_name_is_never_matched_whatever_was_learnt() {
    for name in [
        "xx区规划建设科",
        "×规划建设科",
        "某科",
        "***中心",
        "□□公路中心",
        "市ＸＸ中心",
    ] {
        assert_eq!(called(name, &organisation()), Called::Redacted, "{name}");
        let assigned = assign(&[name], &[name], &learnt(name, 3));
        assert_eq!(assigned, Assigned::default(), "{name}");
    }
}

#[test]
fn import_07_an_unknown_name_means_nobody() {
    assert_eq!(
        assign(&["水利局"], &[], &Lessons::default()),
        Assigned::default()
    );
}

#[test]
fn import_07_what_was_learnt_is_used_and_says_so() {
    let lessons = learnt("路网中心", 3);
    let assigned = assign(&["路网中心负责人"], &[], &lessons);
    assert_eq!(assigned.leads, [unit(3)]);
    let used = Experience::Name {
        name: "路网中心".into(),
        units: vec![unit(3)],
        count: 1,
        of: 1,
    };
    assert_eq!(assigned.experience, [used]);
    let assigned = assign(&["规划建设科"], &["路网中心"], &lessons);
    assert_eq!(
        (assigned.leads, assigned.co_units),
        (vec![unit(1)], vec![unit(3)])
    );
}

#[test]
fn import_07_the_organisation_s_own_names_outrank_what_was_learnt() {
    let assigned = assign(&["规划建设科"], &[], &learnt("规划建设科", 3));
    assert_eq!(assigned.leads, [unit(1)]);
    assert!(assigned.experience.is_empty());
}

#[test]
fn import_07_a_unit_that_is_gone_is_not_learnt_experience_any_more() {
    let assigned = assign(&["路网中心"], &[], &learnt("路网中心", 77));
    assert_eq!(assigned, Assigned::default());
}

#[test]
fn import_07_an_abbreviation_of_one_unit_is_suggested_and_not_taken() {
    let assigned = assign(&["市公路中心"], &["港航中心"], &Lessons::default());
    assert!(assigned.leads.is_empty() && assigned.co_units.is_empty());
    let changes: Vec<_> = assigned
        .suggestions
        .iter()
        .map(|known| &known.change)
        .collect();
    let wanted = [
        &Change::Unit {
            unit: unit(3),
            co: false,
        },
        &Change::Unit {
            unit: unit(4),
            co: true,
        },
    ];
    assert_eq!(changes, wanted);
    assert_eq!(assigned.suggestions[0].quote, "市公路中心");
}

#[test]
fn import_07_an_abbreviation_of_several_or_of_two_letters_is_not_suggested() {
    let organisation = organisation();
    assert_eq!(abbreviated("发展中心", &organisation), None, "two units");
    assert_eq!(abbreviated("公路", &organisation), None, "two letters");
    assert_eq!(
        abbreviated("中心公路", &organisation),
        None,
        "another order"
    );
    assert_eq!(abbreviated("x公路中心", &organisation), None);
    assert_eq!(abbreviated("公路×中心", &organisation), None, "redacted");
}
