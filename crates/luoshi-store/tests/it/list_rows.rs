//! The rows of lists.

use std::collections::BTreeMap;

use luoshi_domain::ids::ListRowId;
use luoshi_domain::lists::{
    Cell, LimitWish, ListRow, RowContent, RowEvent, RowFilter, RowSight, RowSort, Step,
};
use luoshi_domain::marks::Mark;
use luoshi_domain::ports::{Store, StoreError};
use luoshi_domain::tasks::lists::PageRequest;
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{ANN, BEN, BUREAU, OTHER_BUREAU, day, signed, today, unit, verify};

contract! {
    ledger_12_a_row_reads_back_as_it_was_saved,
    ledger_12_lists_hold_what_is_seen_and_asked_for,
    ledger_12_each_order_goes_page_by_page,
    ledger_12_rows_are_counted_by_register,
    a_stale_row_is_refused,
}

fn id(n: u128) -> ListRowId {
    ListRowId(Uuid::from_u128(0x1_e000 + n))
}

fn content(n: u128) -> RowContent {
    let text = format!("问题 {n}");
    RowContent {
        unit: Some(unit(n % 3)),
        cells: BTreeMap::from([("problem".to_owned(), Cell::Text(text))]),
        ..RowContent::default()
    }
}

fn added(content: RowContent) -> RowEvent {
    RowEvent::Added {
        register: "e.problems".into(),
        content: Box::new(content),
        state: "open".into(),
        is_open: true,
    }
}

fn cleared() -> RowEvent {
    RowEvent::Stepped(Step {
        from: "open".into(),
        to: "cleared".into(),
        said: "核销".into(),
        note: "已核".into(),
        is_open: false,
    })
}

async fn save(database: &Database, id: ListRowId, events: &[RowEvent]) -> ListRow {
    let mut row: Option<ListRow> = None;
    for (second, event) in (1..).zip(events) {
        let by = signed(second);
        let state = match row {
            None => ListRow::begun(id, event, &by).unwrap(),
            Some(mut known) => {
                known.apply(event, &by);
                known
            }
        };
        let mut work = database.write(BUREAU).await.unwrap();
        let events = std::slice::from_ref(event);
        work.list_row_save(&state, events, &by).await.unwrap();
        work.commit().await.unwrap();
        row = Some(state);
    }
    row.unwrap()
}

/// Rows of every sort.
pub(crate) async fn fill(database: &Database) {
    for n in 0..9 {
        let limit = (n % 2 == 0).then(|| day(i64::try_from(n).unwrap() - 3));
        let content = RowContent {
            limit,
            day: (n > 5).then(|| day(1)),
            period: (n > 5).then(today),
            mark: if n == 4 { Mark::WorkSecret } else { Mark::None },
            ..content(n)
        };
        let mut events = vec![added(content.clone())];
        match n {
            1 => events.push(cleared()),
            2 => events.push(RowEvent::Withdrawn {
                reason: "重复".into(),
            }),
            3 => events.push(RowEvent::Amended {
                content: Box::new(RowContent {
                    limit: Some(day(9)),
                    ..content
                }),
            }),
            _ => {}
        }
        save(database, id(n), &events).await;
    }
    let own = RowContent {
        unit: None,
        person: Some(BEN),
        ..content(20)
    };
    save(database, id(20), &[added(own)]).await;
    let bureau = RowContent {
        unit: None,
        ..content(21)
    };
    save(database, id(21), &[added(bureau)]).await;
}

fn all() -> RowSight {
    RowSight {
        all: true,
        bureau: true,
        secrets: true,
        ..RowSight::default()
    }
}

async fn ids(database: &Database, filter: &RowFilter) -> Vec<u128> {
    let mut work = database.read(BUREAU).await.unwrap();
    let page = PageRequest {
        size: 100,
        after: None,
    };
    let found = work.list_rows(filter, &page).await.unwrap();
    let count = work.list_rows_count(filter, 1000).await.unwrap();
    assert_eq!(usize::try_from(count).unwrap(), found.rows.len());
    let rows = found.rows.iter();
    rows.map(|row| row.id.0.as_u128() - 0x1_e000).collect()
}

async fn ledger_12_a_row_reads_back_as_it_was_saved(database: &Database) {
    let saved = save(database, id(1), &[added(content(1)), cleared()]).await;
    let mut work = database.read(BUREAU).await.unwrap();
    assert_eq!(work.list_row_get(id(1)).await.unwrap(), Some(saved));
    assert_eq!(work.list_row_get(id(2)).await.unwrap(), None);
    let mut other = database.read(OTHER_BUREAU).await.unwrap();
    assert_eq!(other.list_row_get(id(1)).await.unwrap(), None);
    assert_eq!(verify(database, BUREAU).await, Ok(2));
}

async fn ledger_12_lists_hold_what_is_seen_and_asked_for(database: &Database) {
    fill(database).await;
    let of = |sight| RowFilter::of("e.problems", sight);
    let every = of(all());
    assert_eq!(
        ids(database, &every).await,
        [21, 20, 8, 7, 6, 5, 4, 3, 1, 0]
    );
    let sights = [
        (RowSight::default(), vec![]),
        (
            RowSight {
                all: true,
                ..RowSight::default()
            },
            vec![20, 8, 7, 6, 5, 3, 1, 0],
        ),
        (
            RowSight {
                bureau: true,
                ..RowSight::default()
            },
            vec![21],
        ),
        (
            RowSight {
                units: vec![unit(1)],
                ..RowSight::default()
            },
            // Of one's own unit a work secret is seen.
            vec![7, 4, 1],
        ),
        (
            RowSight {
                units: vec![unit(0), unit(2)],
                person: Some(BEN),
                ..RowSight::default()
            },
            vec![20, 8, 6, 5, 3, 0],
        ),
        (
            RowSight {
                person: Some(ANN),
                ..RowSight::default()
            },
            vec![],
        ),
    ];
    for (sight, expected) in sights {
        assert_eq!(
            ids(database, &of(sight.clone())).await,
            expected,
            "{sight:?}"
        );
    }
    let filters = [
        (
            RowFilter {
                unit: Some(unit(1)),
                ..every.clone()
            },
            vec![7, 4, 1],
        ),
        (
            RowFilter {
                person: Some(BEN),
                ..every.clone()
            },
            vec![20],
        ),
        (
            RowFilter {
                state: Some("cleared".into()),
                ..every.clone()
            },
            vec![1],
        ),
        (
            RowFilter {
                open: Some(false),
                ..every.clone()
            },
            vec![1],
        ),
        (
            RowFilter {
                period: Some(today()),
                ..every.clone()
            },
            vec![8, 7, 6],
        ),
        (
            RowFilter {
                withdrawn: true,
                ..every.clone()
            },
            vec![2],
        ),
        (
            RowFilter {
                unmarked: true,
                ..every.clone()
            },
            vec![21, 20, 8, 7, 6, 5, 3, 1, 0],
        ),
        (
            RowFilter {
                limit: Some(LimitWish::Overdue(today())),
                ..every.clone()
            },
            vec![0],
        ),
        (
            RowFilter {
                limit: Some(LimitWish::Set),
                ..every.clone()
            },
            vec![8, 6, 4, 3, 0],
        ),
        (
            RowFilter {
                limit: Some(LimitWish::Missing),
                ..every.clone()
            },
            vec![21, 20, 7, 5],
        ),
    ];
    for (filter, expected) in filters {
        assert_eq!(ids(database, &filter).await, expected, "{filter:?}");
    }
    let other = RowFilter::of("w.on_site", all());
    assert_eq!(ids(database, &other).await, Vec::<u128>::new());
}

async fn ledger_12_each_order_goes_page_by_page(database: &Database) {
    fill(database).await;
    for sort in [RowSort::Latest, RowSort::Limit, RowSort::Day] {
        let filter = RowFilter {
            sort,
            ..RowFilter::of("e.problems", all())
        };
        let whole = ids(database, &filter).await;
        let mut paged = Vec::new();
        let mut after = None;
        loop {
            let page = PageRequest { size: 3, after };
            let mut work = database.read(BUREAU).await.unwrap();
            let found = work.list_rows(&filter, &page).await.unwrap();
            let rows = found.rows.iter();
            paged.extend(rows.map(|row| row.id.0.as_u128() - 0x1_e000));
            after = found.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(paged, whole, "{sort:?}");
    }
    let filter = RowFilter {
        sort: RowSort::Limit,
        ..RowFilter::of("e.problems", all())
    };
    assert_eq!(
        ids(database, &filter).await,
        [0, 4, 6, 8, 3, 1, 5, 7, 20, 21]
    );
    for mark in ["", "x", "1~y", "-~"] {
        let page = PageRequest {
            size: 3,
            after: Some(mark.into()),
        };
        let mut work = database.read(BUREAU).await.unwrap();
        let refused = work.list_rows(&filter, &page).await;
        assert!(matches!(refused, Err(StoreError::Unusable(_))), "{mark}");
    }
}

async fn ledger_12_rows_are_counted_by_register(database: &Database) {
    fill(database).await;
    let mut work = database.read(BUREAU).await.unwrap();
    let tallies = work.list_rows_tally(&all(), None, today()).await.unwrap();
    let [tally] = tallies.as_slice() else {
        panic!("{tallies:?}");
    };
    assert_eq!((tally.rows, tally.limited, tally.open), (10, 5, 9));
    assert_eq!((tally.overdue, tally.unlimited), (1, 4));
    let named = Some(tally.register.as_str());
    let same = work.list_rows_tally(&all(), named, today()).await;
    assert_eq!(same.unwrap(), tallies);
    let other = work.list_rows_tally(&all(), Some("x.none"), today()).await;
    assert_eq!(other.unwrap(), []);
    let none = work
        .list_rows_tally(&RowSight::default(), None, today())
        .await;
    assert_eq!(none.unwrap(), []);
}

async fn a_stale_row_is_refused(database: &Database) {
    let saved = save(database, id(1), &[added(content(1)), cleared()]).await;
    let stale = ListRow {
        version: 2,
        ..saved
    };
    let mut work = database.write(BUREAU).await.unwrap();
    let refused = work.list_row_save(&stale, &[cleared()], &signed(9)).await;
    assert!(
        matches!(refused, Err(StoreError::Stale | StoreError::Taken)),
        "{refused:?}"
    );
    assert!(work.commit().await.is_err());
}
