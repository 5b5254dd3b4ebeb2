use proptest::prelude::*;

use super::*;
use crate::samples::{Desk, person, unit};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn need(key: &str, what: NeedKind, min: u32, max: Option<u32>) -> Need {
    Need {
        key: key.into(),
        label: key.into(),
        what,
        min,
        max,
    }
}

fn details(units: &[u128], needs: Vec<Need>) -> RosterDetails {
    RosterDetails {
        title: "党建工作联络员".into(),
        basis: "P 四/(二)".into(),
        needs,
        units: units.iter().map(|n| unit(*n)).collect(),
        due: day("2022-03-08"),
        mirrors: None,
    }
}

fn someone(need: &str, name: &str) -> Entry {
    Entry {
        need: need.into(),
        named: Named::Person {
            name: name.into(),
            person: None,
            contact: "0358-1".into(),
        },
    }
}

fn begun(details: RosterDetails, desk: &Desk) -> Roster {
    let ctx = desk.office("2022-03-01T01:00:00Z");
    let event = Roster::ask(details, &ctx).unwrap();
    Roster::begun(Uuid::from_u128(5), &event, &ctx.signed()).unwrap()
}

fn file(
    roster: &mut Roster,
    desk: &Desk,
    at: &str,
    of: u128,
    entries: Vec<Entry>,
) -> Result<(), &'static str> {
    let ctx = desk.office(at);
    let command = RosterCommand::File {
        unit: unit(of),
        entries,
    };
    let event = roster.decide(command, &ctx).map_err(|known| known.code)?;
    roster.apply(&event, &ctx.signed());
    Ok(())
}

#[test]
fn org_08_of_seven_units_the_one_that_did_not_file_is_overdue_on_the_next_day() {
    let desk = Desk::with_units(7);
    let needs = vec![
        need("leader", NeedKind::Person, 1, Some(1)),
        need("handler", NeedKind::Person, 1, Some(1)),
    ];
    let mut roster = begun(details(&[1, 2, 3, 4, 5, 6, 7], needs), &desk);
    for n in 1..=6 {
        let entries = vec![someone("leader", "张三"), someone("handler", "李四")];
        // 23:59 of the eighth in Shanghai.
        file(&mut roster, &desk, "2022-03-08T15:59:00Z", n, entries).unwrap();
    }
    let overdue = |today: &str| {
        let standings = roster.standings(day(today)).into_iter();
        standings
            .filter(|known| known.overdue > 0)
            .map(|known| (known.unit, known.overdue))
            .collect::<Vec<_>>()
    };
    assert_eq!(overdue("2022-03-08"), vec![]);
    assert_eq!(overdue("2022-03-09"), vec![(unit(7), 1)]);
    assert_eq!(roster.completeness(day("2022-03-09")), 85);
    assert!(
        roster
            .standings(day("2022-03-09"))
            .iter()
            .all(|known| known.late == 0)
    );
}

#[test]
fn org_08_a_unit_with_one_of_two_officers_is_one_short() {
    let desk = Desk::with_units(2);
    let needs = vec![
        need("officer", NeedKind::Person, 2, None),
        need("net", NeedKind::Person, 1, Some(1)),
    ];
    let mut roster = begun(details(&[1, 2], needs), &desk);
    let one = vec![someone("officer", "张三"), someone("net", "李四")];
    file(&mut roster, &desk, "2022-03-05T01:00:00Z", 1, one).unwrap();
    let standing = roster.standing(unit(1), day("2022-03-06"));
    assert_eq!(standing.short, vec![("officer".to_owned(), 1)]);

    let file =
        |roster: &mut Roster, entries| file(roster, &desk, "2022-03-10T01:00:00Z", 1, entries);
    let two_net = vec![someone("net", "甲"), someone("net", "乙")];
    assert_eq!(file(&mut roster, two_net), Err("too_many"));
    let twice = vec![someone("officer", "甲"), someone("officer", "甲")];
    assert_eq!(file(&mut roster, twice), Err("twice"));
    let full = vec![
        someone("officer", "甲"),
        someone("officer", "乙"),
        someone("net", "丙"),
    ];
    file(&mut roster, full).unwrap();
    let standing = roster.standing(unit(1), day("2022-03-20"));
    assert!(standing.is_complete());
    assert_eq!((standing.overdue, standing.late), (0, 2));
}

#[test]
fn org_06_five_of_six_own_bodies_are_83_percent() {
    let desk = Desk::with_units(6);
    let needs = vec![need("body", NeedKind::Body, 1, Some(1))];
    let mut roster = begun(details(&[1, 2, 3, 4, 5, 6], needs), &desk);
    for n in 1..=5 {
        let body = Entry {
            need: "body".into(),
            named: Named::Body {
                name: "作风建设年活动领导小组".into(),
                body: Some(BodyId(Uuid::from_u128(n))),
            },
        };
        file(&mut roster, &desk, "2022-03-05T01:00:00Z", n, vec![body]).unwrap();
    }
    assert_eq!(roster.completeness(day("2022-03-06")), 83);
}

#[test]
fn org_11_missing_declarations_are_listed_and_a_duty_without_staff_is_flagged() {
    let desk = Desk::with_units(10);
    let needs = vec![need("staffing", NeedKind::Staffing, 1, Some(1))];
    let mut roster = begun(details(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], needs), &desk);
    for n in 1..=8 {
        let staffing = Entry {
            need: "staffing".into(),
            named: Named::Staffing {
                body: "督查室".into(),
                line: "办公室".into(),
                staff: u32::from(n != 3) * 2,
                guide: "办公室主任".into(),
            },
        };
        file(
            &mut roster,
            &desk,
            "2022-03-05T01:00:00Z",
            n,
            vec![staffing],
        )
        .unwrap();
    }
    let standings = roster.standings(day("2022-03-06"));
    let missing: Vec<UnitId> = standings
        .iter()
        .filter(|known| !known.is_complete())
        .map(|known| known.unit)
        .collect();
    assert_eq!(missing, vec![unit(9), unit(10)]);
    let flagged: Vec<UnitId> = standings
        .iter()
        .filter(|known| !known.flags.is_empty())
        .map(|known| known.unit)
        .collect();
    assert_eq!(flagged, vec![unit(3)]);
}

#[test]
fn org_08_only_who_is_asked_files_and_only_what_is_asked() {
    let desk = Desk::with_units(3);
    let needs = vec![need("handler", NeedKind::Person, 1, Some(1))];
    let roster = begun(details(&[1, 2], needs), &desk);
    let command = |of| RosterCommand::File {
        unit: unit(of),
        entries: vec![someone("handler", "李四")],
    };
    let as_member = |person, of| {
        let actor = desk.actor(person);
        let ctx = desk.context(&actor, "2022-03-05T01:00:00Z");
        roster.decide(command(of), &ctx).map_err(|known| known.code)
    };
    assert!(as_member(person(2), 2).is_ok());
    assert_eq!(as_member(person(3), 3), Err("not_asked"));
    let nameless = RosterCommand::File {
        unit: unit(2),
        entries: vec![someone("handler", " ")],
    };
    let ctx = desk.office("2022-03-05T01:00:00Z");
    assert_eq!(roster.decide(nameless, &ctx).unwrap_err().code, "name");
}

proptest! {
    /// Whatever is filed, a need is short by what is missing to its least number and never negative,
    /// and a stream folded again gives the same roster.
    #[test]
    fn org_08_what_is_short_and_what_is_there_make_the_least_number(
        filings in prop::collection::vec((1u128..=4, 0usize..5, 0usize..3), 0..20),
    ) {
        let desk = Desk::with_units(4);
        let needs = vec![
            need("a", NeedKind::Person, 2, None),
            need("b", NeedKind::Person, 1, Some(2)),
        ];
        let asked = details(&[1, 2, 3, 4], needs);
        let ctx = desk.office("2022-03-01T01:00:00Z");
        let mut events = vec![Roster::ask(asked, &ctx).unwrap()];
        let signed = ctx.signed();
        let mut roster = Roster::begun(Uuid::from_u128(5), &events[0], &signed).unwrap();
        for (of, a, b) in filings {
            let entries = (0..a).map(|n| someone("a", &format!("甲{n}")));
            let entries = entries.chain((0..b).map(|n| someone("b", &format!("乙{n}"))));
            let command = RosterCommand::File { unit: unit(of), entries: entries.collect() };
            let event = roster.decide(command, &ctx).unwrap();
            roster.apply(&event, &signed);
            events.push(event);
            let short = roster.standing(unit(of), day("2022-03-09")).short;
            let of_key = |key: &str| {
                let found = short.iter().find(|(label, _)| label == key);
                found.map_or(0, |(_, count)| usize::try_from(*count).unwrap())
            };
            prop_assert_eq!(of_key("a"), 2usize.saturating_sub(a));
            prop_assert_eq!(of_key("b"), 1usize.saturating_sub(b));
        }
        let signed = events.iter().map(|event| (event, &signed));
        prop_assert_eq!(Roster::replay(Uuid::from_u128(5), signed), Some(roster));
    }
}
