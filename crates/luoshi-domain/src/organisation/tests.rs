use uuid::Uuid;

use super::*;

fn unit(n: u128, name: &str) -> Unit {
    Unit {
        id: UnitId(Uuid::from_u128(n)),
        parent: None,
        kind: UnitKind::Section,
        name: name.into(),
        aliases: Vec::new(),
        supervision_office: false,
        position: 0,
        valid_from: NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
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
        valid_from: NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
    }
}

fn run(organisation: &mut Organisation, command: OrganisationCommand) -> Result<(), Refusal> {
    let event = organisation.decide(command)?;
    organisation.apply(&event);
    Ok(())
}

#[test]
fn org_01_there_is_one_supervision_office_and_it_stays_while_tasks_are_open() {
    let mut organisation = Organisation::default();
    let office = Unit {
        supervision_office: true,
        ..unit(1, "办公室（督查办）")
    };
    run(
        &mut organisation,
        OrganisationCommand::EstablishUnit(office),
    )
    .unwrap();
    let second = Unit {
        supervision_office: true,
        ..unit(2, "督查室")
    };
    let refusal = run(
        &mut organisation,
        OrganisationCommand::EstablishUnit(second),
    )
    .unwrap_err();
    assert_eq!(refusal.code, "second_supervision_office");

    let release = |open_tasks| OrganisationCommand::ReleaseSupervisionOffice { open_tasks };
    assert_eq!(
        run(&mut organisation, release(1)).unwrap_err().code,
        "open_tasks"
    );
    run(&mut organisation, release(0)).unwrap();
    assert!(organisation.supervision_office().is_none());
}

#[test]
fn org_01_a_name_or_alias_means_one_unit() {
    let mut organisation = Organisation::default();
    let planning = Unit {
        aliases: vec!["规划科".into()],
        ..unit(1, "规划建设科")
    };
    run(
        &mut organisation,
        OrganisationCommand::EstablishUnit(planning),
    )
    .unwrap();
    let taken = OrganisationCommand::EstablishUnit(unit(2, "规划科"));
    assert_eq!(
        run(&mut organisation, taken).unwrap_err().code,
        "unit_name_taken"
    );
    assert_eq!(
        organisation.unit_named("规划科").unwrap().name,
        "规划建设科"
    );
}

#[test]
fn org_02_a_unit_has_one_first_responsible_person() {
    let mut organisation = Organisation::default();
    let section = unit(1, "安全科");
    let ann = person(2, "ann");
    run(
        &mut organisation,
        OrganisationCommand::EstablishUnit(section.clone()),
    )
    .unwrap();
    run(
        &mut organisation,
        OrganisationCommand::RegisterPerson(ann.clone()),
    )
    .unwrap();
    let head = post(3, section.id, Role::Head, None);
    run(
        &mut organisation,
        OrganisationCommand::CreatePost(head.clone()),
    )
    .unwrap();
    assert_eq!(organisation.first_responsible(section.id), None);
    let second = OrganisationCommand::CreatePost(post(4, section.id, Role::Head, None));
    assert_eq!(
        run(&mut organisation, second).unwrap_err().code,
        "first_post_taken"
    );
    let appoint = OrganisationCommand::Appoint {
        post: head.id,
        holder: Some(ann.id),
    };
    run(&mut organisation, appoint).unwrap();
    assert_eq!(organisation.first_responsible(section.id), Some(ann.id));
}

#[test]
fn org_04_a_unit_inherits_the_leader_in_charge_of_its_parent() {
    let mut organisation = Organisation::default();
    let parent = unit(1, "公路中心");
    let child = Unit {
        parent: Some(parent.id),
        ..unit(2, "养护站")
    };
    let ann = person(3, "ann");
    for command in [
        OrganisationCommand::EstablishUnit(parent.clone()),
        OrganisationCommand::EstablishUnit(child.clone()),
        OrganisationCommand::RegisterPerson(ann.clone()),
    ] {
        run(&mut organisation, command).unwrap();
    }
    assert_eq!(organisation.deputy_of(child.id), None);
    let portfolio = Portfolio {
        unit: parent.id,
        deputy: ann.id,
        valid_from: parent.valid_from,
    };
    run(
        &mut organisation,
        OrganisationCommand::AssignPortfolio(portfolio),
    )
    .unwrap();
    assert_eq!(organisation.deputy_of(child.id), Some(ann.id));
}
