//! Changes with a day.

use super::*;

#[test]
fn org_01_the_tree_of_any_day_past_or_ahead_can_be_shown() {
    let centre = unit(1, "公路中心");
    let station = unit(2, "养护站");
    let mut world = World::of([
        Command::EstablishUnit(centre.clone()),
        Command::EstablishUnit(station.clone()),
    ]);
    world.run(Command::MoveUnit {
        unit: station.id,
        parent: Some(centre.id),
        position: 4,
        from: day("2026-06-01"),
    });
    world.run(Command::CloseUnit {
        unit: station.id,
        last: day("2026-12-31"),
        open_items: 0,
    });
    let parent = |text| world.on(text).unit(station.id).map(|unit| unit.parent);
    assert_eq!(parent("2025-12-31"), None);
    assert_eq!(parent("2026-05-31"), Some(None));
    assert_eq!(parent("2026-06-01"), Some(Some(centre.id)));
    assert_eq!(parent("2026-12-31"), Some(Some(centre.id)));
    assert_eq!(parent("2027-01-01"), None);
    assert_eq!(world.on("2027-01-01").unit_name(station.id), "养护站");
    let days: Vec<String> = world
        .0
        .change_days()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(days, ["2026-01-01", "2026-06-01", "2027-01-01"]);

    let back = Command::MoveUnit {
        unit: centre.id,
        parent: Some(station.id),
        position: 0,
        from: day("2026-03-01"),
    };
    assert_eq!(world.refused(back.clone()).code, "unit_ends");
}

#[test]
fn org_01_a_unit_is_never_below_itself_on_a_day_ahead_either() {
    let one = unit(1, "甲科");
    let two = unit(2, "乙科");
    let mut world = World::of([
        Command::EstablishUnit(one.clone()),
        Command::EstablishUnit(two.clone()),
    ]);
    let under = |unit: &Unit, parent: &Unit, text| Command::MoveUnit {
        unit: unit.id,
        parent: Some(parent.id),
        position: 0,
        from: day(text),
    };
    world.run(under(&two, &one, "2026-06-01"));
    assert_eq!(world.refused(under(&one, &two, "2026-07-01")).code, "cycle");
    assert_eq!(world.refused(under(&one, &two, "2026-03-01")).code, "cycle");
    assert_eq!(world.refused(under(&one, &one, "2026-03-01")).code, "cycle");
}

#[test]
fn org_01_an_old_name_stays_findable_and_shows_as_of_its_time() {
    let office = unit(1, "办公室");
    let mut world = World::of([Command::EstablishUnit(office.clone())]);
    world.run(Command::RenameUnit {
        unit: office.id,
        name: "综合科".into(),
        from: day("2026-04-01"),
    });
    let name = |text: &str| world.on(text).unit_name(office.id).to_owned();
    assert_eq!(
        (name("2026-03-31"), name("2026-04-01")),
        ("办公室".into(), "综合科".into())
    );
    let named = |text: &str, name: &str| world.on(text).unit_named(name).map(|unit| unit.id);
    assert_eq!(named("2026-05-01", "办公室"), Some(office.id));
    assert_eq!(named("2026-03-01", "综合科"), None);
    // The name is free for another unit, which then has it.
    let next = Unit {
        valid_from: day("2026-06-01"),
        ..unit(2, "办公室")
    };
    let early = Unit {
        valid_from: day("2026-03-15"),
        ..next.clone()
    };
    assert_eq!(
        world.refused(Command::EstablishUnit(early)).code,
        "unit_name_taken"
    );
    world.run(Command::EstablishUnit(next.clone()));
    assert_eq!(world.on("2026-06-01").unit_named("办公室"), Some(&next));
}

#[test]
fn org_01_a_merged_unit_s_names_mean_the_unit_it_went_to() {
    let centre = unit(1, "公路中心");
    let station = Unit {
        aliases: vec!["养护站".into()],
        ..unit(2, "公路养护站")
    };
    let team = below(&station, unit(3, "养护一队"));
    let ann = person(4, "ann");
    let mut world = World::of([
        Command::EstablishUnit(centre.clone()),
        Command::EstablishUnit(station.clone()),
        Command::EstablishUnit(team.clone()),
        Command::RegisterPerson(ann.clone()),
        Command::CreatePost(post(5, station.id, Role::Head, Some(ann.id))),
    ]);
    let merge = |unit: UnitId, into: UnitId, open_items| Command::MergeUnit {
        unit,
        into,
        from: day("2026-07-01"),
        open_items,
    };
    let refusal = world.refused(merge(station.id, centre.id, 3));
    assert_eq!(refusal.code, "open_items");
    assert!(refusal.sentence.contains("3 件"), "{}", refusal.sentence);
    assert_eq!(world.refused(merge(station.id, team.id, 0)).code, "cycle");
    world.run(merge(station.id, centre.id, 0));

    let after = world.on("2026-07-01");
    assert_eq!(after.unit(station.id), None);
    assert_eq!(after.unit_name(station.id), "公路养护站");
    for name in ["公路养护站", "养护站"] {
        assert_eq!(after.unit_named(name).map(|unit| unit.id), Some(centre.id));
    }
    assert_eq!(after.unit(team.id).unwrap().parent, Some(centre.id));
    assert_eq!(after.posts_of(ann.id).count(), 0);
    let before = world.on("2026-06-30");
    assert_eq!(before.subtree(station.id), [station.id, team.id]);
    assert_eq!(before.posts_of(ann.id).count(), 1);
}

#[test]
fn org_01_who_leaves_gives_up_every_post_and_field() {
    let section = unit(1, "安全科");
    let ann = person(2, "ann");
    let mut world = World::of([
        Command::EstablishUnit(section.clone()),
        Command::RegisterPerson(ann.clone()),
        Command::CreatePost(post(3, section.id, Role::Head, Some(ann.id))),
        Command::AssignPortfolio(Portfolio {
            unit: section.id,
            deputy: ann.id,
            valid_from: section.valid_from,
        }),
    ]);
    let leave = |open_items| Command::Leave {
        person: ann.id,
        from: day("2026-09-01"),
        open_items,
    };
    assert_eq!(world.refused(leave(2)).code, "open_items");
    world.run(leave(0));
    assert_eq!(
        world.on("2026-08-31").first_responsible(section.id),
        Some(ann.id)
    );
    let after = world.on("2026-09-01");
    assert_eq!(after.first_responsible(section.id), None);
    assert_eq!(after.deputy_of(section.id), None);
    assert_eq!(after.person_name(ann.id), "ann");
    let again = Command::Appoint {
        post: PostId(Uuid::from_u128(3)),
        holder: Some(ann.id),
        from: day("2026-10-01"),
    };
    assert_eq!(world.refused(again).code, "person_left");
}

#[test]
fn org_01_a_unit_with_units_below_is_not_closed() {
    let centre = unit(1, "公路中心");
    let station = below(&centre, unit(2, "养护站"));
    let mut world = World::of([
        Command::EstablishUnit(centre.clone()),
        Command::EstablishUnit(station.clone()),
    ]);
    let close = |unit, open_items| Command::CloseUnit {
        unit,
        last: day("2026-08-31"),
        open_items,
    };
    assert_eq!(world.refused(close(centre.id, 0)).code, "units_below");
    assert_eq!(world.refused(close(station.id, 1)).code, "open_items");
    world.run(close(station.id, 0));
    world.run(close(centre.id, 0));
    assert!(world.on("2026-09-01").units.is_empty());
}

#[test]
fn org_14_a_field_moves_to_another_leader_on_a_day_and_history_stays() {
    let (ann, ben) = (person(1, "ann"), person(2, "ben"));
    let finance = Domain {
        id: DomainId(Uuid::from_u128(3)),
        name: "财务".into(),
        deputy: Some(ann.id),
        valid_from: day("2026-01-01"),
    };
    let section = unit(4, "财务科");
    let mut world = World::of([
        Command::RegisterPerson(ann.clone()),
        Command::RegisterPerson(ben.clone()),
        Command::EstablishDomain(finance.clone()),
        Command::EstablishUnit(section.clone()),
        Command::AssignPortfolio(Portfolio {
            unit: section.id,
            deputy: ann.id,
            valid_from: section.valid_from,
        }),
    ]);
    world.run(Command::AssignDomain {
        domain: finance.id,
        deputy: Some(ben.id),
        from: day("2026-05-10"),
    });
    world.run(Command::AssignPortfolio(Portfolio {
        unit: section.id,
        deputy: ben.id,
        valid_from: day("2026-05-10"),
    }));
    for (text, expected) in [("2026-05-09", ann.id), ("2026-05-10", ben.id)] {
        let organisation = world.on(text);
        let domain = organisation.domain_named("财务").unwrap();
        assert_eq!(domain.deputy, Some(expected), "{text}");
        assert_eq!(organisation.deputy_of(section.id), Some(expected), "{text}");
    }
    let portfolio = &world.on("2026-05-10").portfolios[0];
    assert_eq!(portfolio.valid_from, day("2026-05-10"));
    world.run(Command::EndPortfolio {
        unit: section.id,
        from: day("2026-08-01"),
    });
    assert_eq!(world.on("2026-08-01").deputy_of(section.id), None);
}
