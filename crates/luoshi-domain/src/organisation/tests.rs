use uuid::Uuid;

use super::commands::OrganisationCommand as Command;
use super::events::OrganisationEvent;
use super::history::History;
use super::*;
use crate::refusals::Refusal;

mod dates;
mod sequences;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn unit_id(n: u128) -> UnitId {
    UnitId(Uuid::from_u128(n))
}

fn unit(n: u128, name: &str) -> Unit {
    Unit {
        id: unit_id(n),
        parent: None,
        kind: UnitKind::Section,
        name: name.into(),
        aliases: Vec::new(),
        supervision_office: false,
        position: 0,
        valid_from: day("2026-01-01"),
    }
}

fn below(parent: &Unit, child: Unit) -> Unit {
    Unit {
        parent: Some(parent.id),
        ..child
    }
}

fn person(n: u128, login: &str) -> Person {
    Person {
        id: PersonId(Uuid::from_u128(n)),
        name: login.into(),
        login: login.into(),
    }
}

fn post(n: u128, unit: UnitId, role: Role, holder: Option<PersonId>) -> Post {
    Post {
        id: PostId(Uuid::from_u128(n)),
        unit,
        title: "科长".into(),
        role,
        holder,
        position: 0,
        valid_from: day("2026-01-01"),
    }
}

/// A history under way.
#[derive(Default)]
struct World(History);

impl World {
    fn of(commands: impl IntoIterator<Item = Command>) -> Self {
        Self(crate::samples::history(commands))
    }

    fn run(&mut self, command: Command) {
        let event = self.0.decide(command).unwrap();
        self.0.apply(&event);
    }

    fn refused(&self, command: Command) -> Refusal {
        self.0.decide(command).unwrap_err()
    }

    fn on(&self, text: &str) -> Organisation {
        self.0.as_of(day(text))
    }
}

#[test]
fn org_01_there_is_one_supervision_office_and_it_stays_while_tasks_are_open() {
    let office = Unit {
        supervision_office: true,
        ..unit(1, "办公室（督查办）")
    };
    let mut world = World::of([Command::EstablishUnit(office)]);
    let second = Unit {
        supervision_office: true,
        ..unit(2, "督查室")
    };
    let refusal = world.refused(Command::EstablishUnit(second));
    assert_eq!(refusal.code, "second_supervision_office");
    world.run(Command::EstablishUnit(unit(2, "督查室")));
    let from = day("2026-03-01");
    let set = Command::SetSupervisionOffice {
        unit: unit_id(2),
        from,
    };
    assert_eq!(world.refused(set.clone()).code, "second_supervision_office");

    let release = |open_tasks| Command::ReleaseSupervisionOffice { from, open_tasks };
    assert_eq!(world.refused(release(1)).code, "open_tasks");
    world.run(release(0));
    world.run(set);
    let office = |text| world.on(text).supervision_office().map(|unit| unit.id);
    assert_eq!(office("2026-02-28"), Some(unit_id(1)));
    assert_eq!(office("2026-03-01"), Some(unit_id(2)));
}

#[test]
fn org_01_a_name_or_alias_means_one_unit() {
    let planning = Unit {
        aliases: vec!["规划科".into()],
        ..unit(1, "规划建设科")
    };
    let world = World::of([Command::EstablishUnit(planning)]);
    let taken = Command::EstablishUnit(unit(2, "规划科"));
    assert_eq!(world.refused(taken).code, "unit_name_taken");
    let organisation = world.on("2026-01-01");
    let named = organisation.unit_named("规划科").unwrap();
    assert_eq!(named.name, "规划建设科");
}

#[test]
fn org_02_a_unit_has_one_first_responsible_person() {
    let section = unit(1, "安全科");
    let ann = person(2, "ann");
    let head = post(3, section.id, Role::Head, None);
    let mut world = World::of([
        Command::EstablishUnit(section.clone()),
        Command::RegisterPerson(ann.clone()),
        Command::CreatePost(head.clone()),
    ]);
    assert_eq!(world.on("2026-01-01").first_responsible(section.id), None);
    let second = Command::CreatePost(post(4, section.id, Role::Head, None));
    assert_eq!(world.refused(second.clone()).code, "first_post_taken");
    world.run(Command::Appoint {
        post: head.id,
        holder: Some(ann.id),
        from: day("2026-02-01"),
    });
    let first = |text| world.on(text).first_responsible(section.id);
    assert_eq!(first("2026-01-31"), None);
    assert_eq!(first("2026-02-01"), Some(ann.id));

    world.run(Command::ClosePost {
        post: head.id,
        last: day("2026-03-31"),
    });
    assert_eq!(world.refused(second).code, "first_post_taken");
    world.run(Command::CreatePost(Post {
        valid_from: day("2026-04-01"),
        ..post(4, section.id, Role::Head, None)
    }));
}

#[test]
fn org_04_a_unit_inherits_the_leader_in_charge_of_its_parent() {
    let parent = unit(1, "公路中心");
    let child = below(&parent, unit(2, "养护站"));
    let ann = person(3, "ann");
    let mut world = World::of([
        Command::EstablishUnit(parent.clone()),
        Command::EstablishUnit(child.clone()),
        Command::RegisterPerson(ann.clone()),
    ]);
    assert_eq!(world.on("2026-01-01").deputy_of(child.id), None);
    world.run(Command::AssignPortfolio(Portfolio {
        unit: parent.id,
        deputy: ann.id,
        valid_from: parent.valid_from,
    }));
    let organisation = world.on("2026-01-01");
    assert_eq!(organisation.deputy_of(child.id), Some(ann.id));
    assert_eq!(organisation.portfolio_of(ann.id), [parent.id, child.id]);
}

#[test]
fn org_10_a_bureau_below_has_its_own_tree_with_names_of_its_own() {
    let office = unit(1, "办公室");
    let county = Unit {
        kind: UnitKind::Bureau,
        ..unit(2, "临江县交通局")
    };
    let leaders = Unit {
        kind: UnitKind::Leadership,
        ..below(&county, unit(3, "局领导"))
    };
    let county_office = below(&county, unit(4, "办公室"));
    let roads = below(&county, unit(5, "公路股"));
    let ann = person(6, "ann");
    let world = World::of([
        Command::EstablishUnit(office.clone()),
        Command::EstablishUnit(county.clone()),
        Command::EstablishUnit(leaders.clone()),
        Command::EstablishUnit(county_office.clone()),
        Command::EstablishUnit(roads.clone()),
        Command::RegisterPerson(ann.clone()),
        Command::CreatePost(post(7, leaders.id, Role::Principal, Some(ann.id))),
    ]);
    let twin = below(&county, unit(8, "公路股"));
    let refusal = world.refused(Command::EstablishUnit(twin));
    assert_eq!(refusal.code, "unit_name_taken");
    let today = world.on("2026-01-01");
    let named = |name| today.unit_named(name).map(|unit| unit.id);
    assert_eq!(named("办公室"), Some(office.id));
    assert_eq!(named("临江县交通局办公室"), Some(county_office.id));
    assert_eq!(named("公路股"), Some(roads.id));
    assert_eq!(today.principal(), None);
    assert_eq!(today.principal_of(Some(county.id)), Some(ann.id));
    assert_eq!(today.first_responsible(county.id), Some(ann.id));
    let subtree = [county.id, leaders.id, county_office.id, roads.id];
    assert_eq!(today.subtree(county.id), subtree);
    assert_eq!(today.bureau_of(roads.id), Some(county.id));
    assert!(today.is_below(roads.id, county.id) && !today.is_below(county.id, roads.id));
}

#[test]
fn org_14_events_of_before_days_were_kept_stay_readable() {
    let text = r#"[
        {"unit_established": {"id": "00000000-0000-0000-0000-000000000001", "parent": null,
            "kind": "section", "name": "办公室", "aliases": [], "supervision_office": true,
            "position": 0, "valid_from": "2026-01-05"}},
        {"post_created": {"id": "00000000-0000-0000-0000-000000000003",
            "unit": "00000000-0000-0000-0000-000000000001", "title": "主任", "role": "head",
            "holder": null, "position": 0, "valid_from": "2026-01-06"}},
        {"appointed": {"post": "00000000-0000-0000-0000-000000000003",
            "holder": "00000000-0000-0000-0000-000000000002"}},
        {"supervision_office_released": {"unit": "00000000-0000-0000-0000-000000000001"}}
    ]"#;
    let events: Vec<OrganisationEvent> = serde_json::from_str(text).unwrap();
    let mut history = History::default();
    for event in &events {
        history.apply(event);
    }
    let organisation = history.as_of(day("2026-01-06"));
    let ann = PersonId(Uuid::from_u128(2));
    assert_eq!(organisation.first_responsible(unit_id(1)), Some(ann));
    assert!(organisation.supervision_office().is_none());
    assert_eq!(organisation.version, 4);
}
