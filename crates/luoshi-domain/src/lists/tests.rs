use super::*;
use crate::ids::{ListRowId, PersonId};
use crate::journal::Signed;
use crate::samples::{Desk, unit};
use uuid::Uuid;

fn column(key: &str, kind: ColumnKind) -> ListColumn {
    ListColumn {
        key: key.into(),
        label: key.into(),
        kind,
        options: match kind {
            ColumnKind::Choice => vec!["自查".into(), "督查".into()],
            _ => Vec::new(),
        },
        ..ListColumn::default()
    }
}

fn state(key: &str, is_final: bool) -> RowState {
    RowState {
        key: key.into(),
        label: key.into(),
        is_final,
    }
}

fn step(from: &str, to: &str, other: bool) -> RowStep {
    RowStep {
        from: from.into(),
        to: to.into(),
        label: format!("{from}{to}"),
        by: vec![KEEPER.into()],
        reason: other,
        other,
    }
}

/// A list of problems: open, fixing, claimed, cleared, and back.
fn template() -> ListTemplate {
    ListTemplate {
        pack: PackKey::E,
        key: "problems".into(),
        label: "问题清单".into(),
        about: "问题".into(),
        owner: Owner::Unit,
        cycle: None,
        title: "{unit}{list}".into(),
        source: ListSource::Rows(Box::new(RowsSource {
            register: "e.problems".into(),
            columns: vec![
                ListColumn {
                    required: true,
                    ..column("problem", ColumnKind::LongText)
                },
                column("source", ColumnKind::Choice),
                ListColumn {
                    part: ColumnPart::Limit,
                    ..column("limit", ColumnKind::Date)
                },
            ],
            shown: vec!["problem".into()],
            with_limit: false,
            lifecycle: Lifecycle {
                states: vec![
                    state("open", false),
                    state("fixing", false),
                    state("claimed", false),
                    state("cleared", true),
                ],
                steps: vec![
                    step("open", "fixing", false),
                    step("fixing", "claimed", false),
                    step("claimed", "cleared", true),
                    step("claimed", "fixing", false),
                    step("cleared", "open", false),
                ],
            },
        })),
        cited: Cited::default(),
    }
}

fn content(limit: Option<&str>) -> RowContent {
    let mut cells = BTreeMap::from([("problem".to_owned(), Cell::Text("排查不细".into()))]);
    if let Some(limit) = limit {
        cells.insert("limit".into(), Cell::Date(limit.parse().unwrap()));
    }
    RowContent {
        unit: Some(unit(2)),
        cells,
        ..RowContent::default()
    }
}

fn by(person: u128) -> Signed {
    let desk = Desk::with_units(3);
    let mut signed = desk.office("2026-03-02T02:00:00Z").signed();
    signed.person = PersonId(Uuid::from_u128(person));
    signed
}

fn added(limit: Option<&str>) -> ListRow {
    let desk = Desk::with_units(3);
    let ctx = desk.office("2026-03-02T02:00:00Z");
    let event = ListRow::add(&template(), content(limit), &ctx).unwrap();
    ListRow::begun(ListRowId(Uuid::nil()), &event, &by(7)).unwrap()
}

#[test]
fn ledger_12_cells_are_read_by_the_kind_of_their_column() {
    for (kind, text, typed) in [
        (ColumnKind::Number, " １,200．50 ", "1200.50"),
        (ColumnKind::Amount, "007", "7"),
        (ColumnKind::Number, "-3.5", "-3.5"),
        (ColumnKind::Date, "2026-07-31", "2026-07-31"),
        (ColumnKind::Choice, "督查", "督查"),
        (ColumnKind::Text, " 两\n行 ", "两 行"),
    ] {
        let cell = Cell::read(&column("x", kind), text).unwrap().unwrap();
        assert_eq!(cell.typed(), typed);
        let again = Cell::read(&column("x", kind), &cell.typed()).unwrap();
        assert_eq!(again, Some(cell));
    }
    for (kind, text) in [
        (ColumnKind::Number, "三个"),
        (ColumnKind::Number, "1."),
        (ColumnKind::Number, "1234567890123"),
        (ColumnKind::Amount, "1.23456"),
        (ColumnKind::Date, "7.31"),
        (ColumnKind::Choice, "群众"),
        (ColumnKind::Person, "周敏"),
    ] {
        let fault = Cell::read(&column("x", kind), text).unwrap_err();
        assert!(fault.contains("“x”"), "{fault}");
    }
    assert_eq!(Cell::read(&column("x", ColumnKind::Date), "  "), Ok(None));
    let long = "长".repeat(201);
    assert!(Cell::read(&column("x", ColumnKind::Text), &long).is_err());
    assert!(Cell::read(&column("x", ColumnKind::LongText), &long).is_ok());
}

#[test]
fn ledger_12_every_faulty_cell_is_named() {
    let source = template();
    let source = source.rows().unwrap();
    let typed = BTreeMap::from([
        ("source".to_owned(), "别处".to_owned()),
        ("limit".to_owned(), "明天".to_owned()),
        ("colour".to_owned(), "红".to_owned()),
    ]);
    let faults = source.read(&typed).unwrap_err();
    let columns: Vec<&str> = faults.iter().map(|fault| fault.column.as_str()).collect();
    assert_eq!(columns, ["source", "limit", "colour"]);
    let missing = source.missing(&BTreeMap::new());
    assert_eq!(missing[0].column, "problem");
}

#[test]
fn ledger_12_a_row_keeps_its_owner_and_its_limit_comes_from_its_column() {
    let desk = Desk::with_units(3);
    let ctx = desk.office("2026-03-02T02:00:00Z");
    let mut row = added(Some("2026-03-01"));
    assert_eq!(row.content.limit, "2026-03-01".parse().ok());
    assert!(row.is_overdue("2026-03-02".parse().unwrap()));
    assert!(!row.is_overdue("2026-03-01".parse().unwrap()));
    let moved = RowContent {
        unit: Some(unit(3)),
        ..content(None)
    };
    let event = row
        .decide(&template(), RowCommand::Amend(Box::new(moved)), &ctx)
        .unwrap();
    row.apply(&event, &by(7));
    assert_eq!(row.content.unit, Some(unit(2)));
    assert_eq!(row.content.limit, None);
    let nobody = RowContent {
        unit: None,
        ..content(None)
    };
    let refused = ListRow::add(&template(), nobody, &ctx).unwrap_err();
    assert_eq!(refused.code, "unit");
    let strange = RowContent {
        unit: Some(unit(99)),
        ..content(None)
    };
    assert!(ListRow::add(&template(), strange, &ctx).is_err());
    let withdrawn = RowCommand::Withdraw {
        reason: "  ".into(),
    };
    assert!(row.decide(&template(), withdrawn, &ctx).is_err());
}

#[test]
fn rect_07_whoever_asked_for_it_does_not_clear_it() {
    let desk = Desk::with_units(3);
    let ctx = desk.office("2026-03-02T02:00:00Z");
    let mut row = added(None);
    let take = |row: &ListRow, to: &str, note: &str| {
        let command = RowCommand::Step {
            to: to.into(),
            note: note.into(),
        };
        row.decide(&template(), command, &ctx)
    };
    assert_eq!(take(&row, "cleared", "").unwrap_err().code, "no_step");
    for to in ["fixing", "claimed"] {
        let event = take(&row, to, "").unwrap();
        row.apply(&event, &ctx.signed());
    }
    assert_eq!(take(&row, "cleared", "好了").unwrap_err().code, "own_step");
    row.stepped_by = vec![PersonId(Uuid::from_u128(7))];
    assert_eq!(take(&row, "cleared", " ").unwrap_err().code, "note");
    let event = take(&row, "cleared", "已核").unwrap();
    row.apply(&event, &ctx.signed());
    assert!(!row.is_open);
    let again = RowCommand::Amend(Box::new(content(None)));
    let refused = row.decide(&template(), again, &ctx).unwrap_err();
    assert_eq!(refused.code, "row_over");
}

#[test]
fn ledger_12_a_heading_names_unit_and_period() {
    let list = ListTemplate {
        cycle: Some(PeriodKind::Month),
        title: "{unit}{period}接访值班表".into(),
        ..template()
    };
    let period = list.period_of("2026-12-03".parse().unwrap());
    let heading = list.heading("规划建设科", period.as_ref());
    assert_eq!(heading, "规划建设科2026年12月接访值班表");
    assert_eq!(template().heading("", None), "问题清单");
}

proptest::proptest! {
    #[test]
    fn ledger_12_whatever_is_asked_a_row_stays_within_its_lifecycle(
        asked in proptest::collection::vec((0usize..6, 0u128..3), 0..24),
    ) {
        let desk = Desk::with_units(3);
        let ctx = desk.office("2026-03-02T02:00:00Z");
        let template = template();
        let lifecycle = &template.rows().unwrap().lifecycle;
        let first = ListRow::add(&template, content(None), &ctx).unwrap();
        let mut row = ListRow::begun(ListRowId(Uuid::nil()), &first, &by(7)).unwrap();
        let mut events = vec![(first, by(7))];
        for (what, person) in asked {
            let command = match lifecycle.states.get(what) {
                Some(state) => RowCommand::Step { to: state.key.clone(), note: "情况".into() },
                None if what == 4 => RowCommand::Amend(Box::new(content(Some("2026-04-01")))),
                None => RowCommand::Withdraw { reason: "重复".into() },
            };
            let before = row.clone();
            let Ok(event) = row.decide(&template, command, &ctx) else { continue };
            let signed = by(person);
            row.apply(&event, &signed);
            proptest::prop_assert_eq!(row.version, before.version + 1);
            proptest::prop_assert!(before.withdrawn.is_none());
            if row.state != before.state {
                proptest::prop_assert!(lifecycle.step(&before.state, &row.state).is_some());
            }
            events.push((event, signed));
        }
        let known = lifecycle.state(&row.state);
        proptest::prop_assert!(known.is_some_and(|state| state.is_final != row.is_open));
        let steps = events.iter().map(|(event, by)| (event, by));
        let again = ListRow::replay(row.id, steps);
        proptest::prop_assert_eq!(again.as_ref(), Some(&row));
        let record = serde_json::to_string(&row).unwrap();
        proptest::prop_assert_eq!(serde_json::from_str::<ListRow>(&record).unwrap(), row);
    }
}
