//! The data scope: own node and below. A list holds exactly the rows that may be seen one by one.

use chrono::NaiveDate;
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{PersonId, PostId, UnitId};
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::events::OrganisationEvent;
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::{Organisation, Person, Post, Role, Unit, UnitKind};
use luoshi_domain::rights::{Policy, Right, Row, TaskRow};
use proptest::prelude::*;
use uuid::Uuid;

use crate::cast::{ABOVE, LEAD, SIBLING, actor, code, policies, task};

fn led_by(unit: UnitId) -> Row {
    Row::Task(TaskRow {
        lead: Some(unit),
        co_units: Vec::new(),
        ..task()
    })
}

#[test]
fn sys_03_a_unit_sees_its_own_and_what_is_below_and_none_of_a_siblings() {
    let policies = policies();
    let seen =
        |name: &str, unit| code(policies, &actor(name), Right::SeeTask, &led_by(unit)).is_empty();
    assert!(seen("lead", LEAD));
    assert!(!seen("lead", SIBLING));
    assert!(!seen("lead", ABOVE));
    assert!(seen("above", LEAD) && seen("above", SIBLING) && seen("above", ABOVE));
    assert_eq!(actor("lead").scope, [LEAD]);
    let above = actor("above").scope;
    assert_eq!(above.len(), 3);
    assert!(above.is_sorted());
}

#[test]
fn sys_03_who_is_above_sees_but_does_not_act_in_the_units_place() {
    let policies = policies();
    let row = led_by(LEAD);
    assert_eq!(code(policies, &actor("above"), Right::SeeTask, &row), "");
    assert_eq!(
        code(policies, &actor("above"), Right::FeedBackAsLead, &row),
        "not_lead"
    );
    assert_eq!(
        code(policies, &actor("above"), Right::ApplyToClose, &row),
        "not_lead"
    );
}

#[test]
fn ledger_08_the_lead_of_the_task_above_sees_what_is_below_and_may_do_nothing_to_it() {
    let policies = policies();
    let sibling = actor("sibling");
    let row = |mark| {
        Row::Task(TaskRow {
            above: Some(SIBLING),
            mark,
            ..task()
        })
    };
    let seen = [Right::KnowTask, Right::SeeTask, Right::ExportTask];
    let acts = Right::ALL
        .iter()
        .skip_while(|right| **right != Right::KnowTask);
    let acts = acts.take_while(|right| **right != Right::Appoint);
    for right in acts {
        let may = policies.allows(&sibling, *right, &row(Mark::None));
        assert_eq!(may, seen.contains(right), "{right:?}");
    }
    // A work secret stays with those whom it concerns.
    let secret = row(Mark::WorkSecret);
    assert_eq!(
        code(policies, &sibling, Right::SeeTask, &secret),
        "no_clearance"
    );
}

fn unit(n: usize) -> UnitId {
    UnitId(Uuid::from_u128(u128::try_from(n).unwrap() + 1))
}

const SOMEBODY: PersonId = PersonId(Uuid::from_u128(900));

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()
}

/// A tree in which each unit's parent has a smaller number.
fn tree(parents: &[usize]) -> History {
    let mut history = History::default();
    for (n, parent) in parents.iter().enumerate() {
        history.apply(&OrganisationEvent::UnitEstablished(Unit {
            id: unit(n),
            parent: (n > 0).then(|| unit(parent % n)),
            kind: UnitKind::Section,
            name: format!("单位{n}"),
            aliases: Vec::new(),
            supervision_office: false,
            position: 0,
            valid_from: first_day(),
        }));
    }
    history
}

/// Whether `below` is `above` or under it, by walking up.
fn is_within(organisation: &Organisation, below: UnitId, above: UnitId) -> bool {
    let mut current = Some(below);
    while let Some(id) = current {
        if id == above {
            return true;
        }
        current = organisation.unit(id).and_then(|unit| unit.parent);
    }
    false
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn sys_03_rows_and_lists_have_the_same_scope(
        parents in prop::collection::vec(0_usize..100, 1..30),
        at in 0_usize..30,
        lead in 0_usize..30,
        co_unit in 0_usize..30,
        above in prop::option::of(0_usize..30),
        role in prop::sample::select(Role::ALL.to_vec()),
    ) {
        let above = above.map(|above| unit(above % parents.len()));
        let (at, lead, co_unit) = (unit(at % parents.len()), unit(lead % parents.len()), unit(co_unit % parents.len()));
        let mut history = tree(&parents);
        history.apply(&OrganisationEvent::PersonRegistered(Person {
            id: SOMEBODY,
            name: "甲".into(),
            login: "jia".into(),
        }));
        history.apply(&OrganisationEvent::PostCreated(Post {
            id: PostId(SOMEBODY.0),
            unit: at,
            title: "岗位".into(),
            role,
            holder: Some(SOMEBODY),
            position: 0,
            valid_from: first_day(),
        }));
        let organisation = history.as_of(first_day());
        let actor = Actor::of(&organisation, SOMEBODY).unwrap();
        let row = Row::Task(TaskRow {
            id: Uuid::from_u128(9),
            lead: Some(lead),
            co_units: vec![co_unit],
            supervisor: None,
            above,
            deputy: None,
            coordinators: Vec::new(),
            submitters: Vec::new(),
            mark: Mark::None,
        });
        let policies = policies();
        let concerned: Vec<UnitId> = [lead, co_unit].into_iter().chain(above).collect();
        let below = concerned.iter().copied().any(|unit| is_within(&organisation, unit, at));
        prop_assert_eq!(
            concerned.iter().any(|unit| actor.scope.contains(unit)),
            below && !role.administers()
        );
        let listed = policies.allows(&actor, Right::ListBureau, &Row::Bureau)
            || (policies.allows(&actor, Right::ListSubtree, &Row::Bureau)
                && concerned.iter().any(|unit| actor.scope.contains(unit)));
        prop_assert_eq!(policies.allows(&actor, Right::SeeTask, &row), listed);
    }
}

#[test]
fn sys_03_without_a_unit_there_is_nothing_to_list() {
    let policies = policies();
    let nobody = Actor {
        person: PersonId(Uuid::from_u128(77)),
        name: "无岗".into(),
        title: String::new(),
        posts: Vec::new(),
        supervises: false,
        scope: Vec::new(),
        hand: None,
    };
    assert_eq!(
        code(policies, &nobody, Right::ListSubtree, &Row::Bureau),
        "no_unit"
    );
    assert_eq!(
        code(policies, &actor("lead"), Right::ListSubtree, &Row::Bureau),
        ""
    );
}
