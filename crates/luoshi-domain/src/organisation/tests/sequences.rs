//! Whatever is asked in whatever order, the tree keeps its shape on every day.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

const UNITS: u128 = 6;
const PERSONS: u128 = 3;

fn start() -> World {
    let units = (1..=UNITS).map(|n| {
        Command::EstablishUnit(Unit {
            supervision_office: n == 1,
            ..unit(n, &format!("第{n}科"))
        })
    });
    let persons = (1..=PERSONS).map(|n| Command::RegisterPerson(person(n, &format!("p{n}"))));
    World::of(units.chain(persons))
}

fn on(n: i64) -> NaiveDate {
    day("2026-01-01") + chrono::TimeDelta::days(n)
}

fn command() -> impl Strategy<Value = Command> {
    let unit = || (1..=UNITS).prop_map(unit_id);
    let person = || (1..=PERSONS).prop_map(|n| PersonId(Uuid::from_u128(n)));
    let from = || (0i64..40).prop_map(on);
    prop_oneof![
        (unit(), proptest::option::of(unit()), from()).prop_map(|(unit, parent, from)| {
            Command::MoveUnit {
                unit,
                parent,
                position: 0,
                from,
            }
        }),
        (unit(), 1u8..6, from()).prop_map(|(unit, n, from)| Command::RenameUnit {
            unit,
            name: format!("新{n}科"),
            from,
        }),
        (unit(), unit(), from()).prop_map(|(unit, into, from)| Command::MergeUnit {
            unit,
            into,
            from,
            open_items: 0,
        }),
        (unit(), from()).prop_map(|(unit, last)| Command::CloseUnit {
            unit,
            last,
            open_items: 0,
        }),
        (unit(), from()).prop_map(|(unit, from)| Command::SetSupervisionOffice { unit, from }),
        from().prop_map(|from| Command::ReleaseSupervisionOffice {
            from,
            open_tasks: 0
        }),
        (10u128..20, unit(), proptest::option::of(person()), from()).prop_map(
            |(n, unit, holder, valid_from)| Command::CreatePost(Post {
                valid_from,
                ..post(n, unit, Role::Head, holder)
            })
        ),
        (10u128..20, proptest::option::of(person()), from()).prop_map(|(n, holder, from)| {
            Command::Appoint {
                post: PostId(Uuid::from_u128(n)),
                holder,
                from,
            }
        }),
        (10u128..20, from()).prop_map(|(n, last)| Command::ClosePost {
            post: PostId(Uuid::from_u128(n)),
            last,
        }),
        (unit(), person(), from()).prop_map(|(unit, deputy, valid_from)| {
            Command::AssignPortfolio(Portfolio {
                unit,
                deputy,
                valid_from,
            })
        }),
        (person(), from()).prop_map(|(person, from)| Command::Leave {
            person,
            from,
            open_items: 0,
        }),
    ]
}

/// What must hold on any day.
fn check(organisation: &Organisation) -> Result<(), TestCaseError> {
    let offices = organisation
        .units
        .iter()
        .filter(|unit| unit.supervision_office);
    prop_assert!(offices.count() <= 1);
    let mut names = HashSet::new();
    for unit in &organisation.units {
        prop_assert!(names.insert(&unit.name), "{} twice", unit.name);
        let mut heads = organisation
            .posts_in(unit.id)
            .filter(|post| post.role == Role::Head);
        prop_assert!(heads.nth(1).is_none(), "two heads of {}", unit.name);
        // Going up ends at the top, and every unit on the way is in force.
        let top = organisation.upwards(unit.id).last();
        let top = top
            .and_then(|id| organisation.unit(id))
            .map(|unit| unit.parent);
        prop_assert_eq!(top, Some(None), "above {}", unit.name);
    }
    let mut all: Vec<UnitId> = organisation.children(None).map(|unit| unit.id).collect();
    all = all
        .into_iter()
        .flat_map(|id| organisation.subtree(id))
        .collect();
    prop_assert_eq!(all.len(), organisation.units.len());
    for post in &organisation.posts {
        prop_assert!(organisation.unit(post.unit).is_some());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn org_01_every_day_has_one_office_one_head_a_unit_and_a_tree(
        commands in proptest::collection::vec(command(), 1..30),
    ) {
        let mut world = start();
        let mut events = Vec::new();
        for command in commands {
            if let Ok(event) = world.0.decide(command) {
                world.0.apply(&event);
                events.push(event);
            }
        }
        for n in -1..42 {
            check(&world.0.as_of(on(n)))?;
        }
        // The events alone, through their text, give the same.
        let mut replayed = start();
        for event in &events {
            let text = serde_json::to_string(event).unwrap();
            replayed.0.apply(&serde_json::from_str(&text).unwrap());
        }
        prop_assert_eq!(&replayed.0, &world.0);
        // The posts of a person are those of the day's organisation.
        for n in 0..42 {
            let organisation = world.0.as_of(on(n));
            for person in 1..=PERSONS {
                let person = PersonId(Uuid::from_u128(person));
                let held: Vec<PostId> = world.0.posts_of(person, on(n)).map(|post| post.id).collect();
                let shown: Vec<PostId> = organisation.posts_of(person).map(|post| post.id).collect();
                prop_assert_eq!(held, shown);
            }
        }
        // Each unit's lineage is what going up on the day gives.
        for record in world.0.units() {
            for n in 0..42 {
                let lineages = world.0.lineages(record.id);
                let mut found = lineages.iter().filter(|(span, _)| span.has(on(n)));
                let organisation = world.0.as_of(on(n));
                let above: Vec<UnitId> = organisation.upwards(record.id).collect();
                let lineage = found.next().map(|(_, chain)| chain.clone()).unwrap_or_default();
                prop_assert_eq!(lineage, above);
                prop_assert!(found.next().is_none());
            }
        }
    }
}
