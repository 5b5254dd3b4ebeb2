//! The rows of registers.

use chrono::NaiveDate;
use luoshi_domain::activities::{Activity, ActivityDetails, ActivityEvent, ActivityKind};
use luoshi_domain::bodies::{Body, BodyDetails, BodyEvent, BodyKind, End};
use luoshi_domain::ports::{Store, StoreError};
use luoshi_domain::registers::{RegisterEntry, RegisterFilter, Registered};
use luoshi_domain::rosters::{Need, NeedKind, Roster, RosterDetails, RosterEvent};
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{ANN, BUREAU, OTHER_BUREAU, day, signed, unit, verify};

contract! {
    org_06_entries_read_back_as_they_were_saved,
    lists_go_back_by_day_page_by_page,
    a_bureau_has_registers_of_its_own,
    a_stale_entry_is_refused,
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0xe000 + n)
}

fn set_up(from: NaiveDate) -> BodyEvent {
    BodyEvent::SetUp(Box::new(BodyDetails {
        kind: BodyKind::LeadingGroup,
        name: "领导小组".into(),
        purpose: String::new(),
        head: None,
        deputies: Vec::new(),
        members: Vec::new(),
        office: None,
        parent: None,
        unit: Some(unit(1)),
        from,
        until: None,
        basis: String::new(),
    }))
}

fn ended() -> BodyEvent {
    BodyEvent::Ended(End {
        day: day(9),
        reason: "任务完成".into(),
    })
}

/// Saves a stream event by event; the entry in the end.
async fn save<R: Registered>(database: &Database, id: Uuid, events: &[R::Event]) -> R {
    let mut state: Option<R> = None;
    for (second, event) in (1..).zip(events) {
        let by = signed(second);
        state = match state {
            None => R::begun(id, event, &by),
            Some(mut known) => {
                known.apply(event, &by);
                Some(known)
            }
        };
        let entry = RegisterEntry::of(state.as_ref().unwrap()).unwrap();
        let event = serde_json::to_value(event).unwrap();
        let mut work = database.write(BUREAU).await.unwrap();
        work.register_save(&entry, &[event], &by).await.unwrap();
        work.commit().await.unwrap();
    }
    state.unwrap()
}

/// One entry of each register.
pub(crate) async fn fill(database: &Database) {
    save::<Body>(database, id(1), &[set_up(day(0)), ended()]).await;
    let asked = RosterEvent::Asked(Box::new(RosterDetails {
        title: "联络员".into(),
        basis: String::new(),
        needs: vec![Need {
            key: "handler".into(),
            label: "经办人".into(),
            what: NeedKind::Person,
            min: 1,
            max: None,
        }],
        units: vec![unit(1)],
        due: day(3),
        mirrors: None,
    }));
    save::<Roster>(database, id(2), &[asked]).await;
    let recorded = ActivityEvent::Recorded(Box::new(ActivityDetails {
        kind: ActivityKind::Training,
        form: "class".into(),
        subjects: Vec::new(),
        title: "业务培训".into(),
        day: day(-1),
        place: String::new(),
        persons: vec![ANN],
        tasks: Vec::new(),
        note: String::new(),
    }));
    save::<Activity>(database, id(3), &[recorded]).await;
}

async fn org_06_entries_read_back_as_they_were_saved(database: &Database) {
    let saved: Body = save(database, id(1), &[set_up(day(0)), ended()]).await;
    let mut work = database.read(BUREAU).await.unwrap();
    let record = work.register_get(Body::STREAM, id(1)).await.unwrap();
    let read: Body = serde_json::from_str(&record.unwrap()).unwrap();
    assert_eq!(read, saved);
    assert_eq!(work.register_get(Body::STREAM, id(2)).await.unwrap(), None);
    assert_eq!(
        work.register_get(Roster::STREAM, id(1)).await.unwrap(),
        None
    );
    assert_eq!(verify(database, BUREAU).await, Ok(2));
}

async fn lists_go_back_by_day_page_by_page(database: &Database) {
    for n in 1..=5 {
        let from = day(i64::try_from(n / 2).unwrap());
        let events = if n == 3 {
            vec![set_up(from), ended()]
        } else {
            vec![set_up(from)]
        };
        save::<Body>(database, id(n), &events).await;
    }
    let list = async |filter: RegisterFilter| {
        let mut work = database.read(BUREAU).await.unwrap();
        let records = work.registers_list(Body::STREAM, &filter).await.unwrap();
        let bodies = records
            .iter()
            .map(|record| serde_json::from_str::<Body>(record).unwrap());
        bodies.map(|body| body.id.0).collect::<Vec<_>>()
    };
    let all = RegisterFilter::all(100);
    assert_eq!(list(all).await, [id(5), id(4), id(3), id(2), id(1)]);
    let first = RegisterFilter::all(2);
    assert_eq!(list(first).await, [id(5), id(4)]);
    let next = RegisterFilter {
        after: Some((day(2), id(4))),
        ..first
    };
    assert_eq!(list(next).await, [id(3), id(2)]);
    let open = RegisterFilter {
        open: Some(true),
        ..all
    };
    assert_eq!(list(open).await, [id(5), id(4), id(2), id(1)]);
    let over = RegisterFilter {
        open: Some(false),
        ..all
    };
    assert_eq!(list(over).await, [id(3)]);
    let days = RegisterFilter {
        from: Some(day(1)),
        until: Some(day(1)),
        ..all
    };
    assert_eq!(list(days).await, [id(3), id(2)]);
}

async fn a_bureau_has_registers_of_its_own(database: &Database) {
    fill(database).await;
    let mut work = database.read(OTHER_BUREAU).await.unwrap();
    assert_eq!(work.register_get(Body::STREAM, id(1)).await.unwrap(), None);
    let all = RegisterFilter::all(100);
    let rows = work.registers_list(Roster::STREAM, &all).await.unwrap();
    assert!(rows.is_empty());
}

async fn a_stale_entry_is_refused(database: &Database) {
    let saved: Body = save(database, id(1), &[set_up(day(0))]).await;
    save::<Body>(database, id(2), &[set_up(day(0))]).await;
    let mut stale = saved.clone();
    stale.version = 1;
    let entry = RegisterEntry::of(&stale).unwrap();
    let event = serde_json::to_value(set_up(day(1))).unwrap();
    let mut work = database.write(BUREAU).await.unwrap();
    let refused = work.register_save(&entry, &[event], &signed(9)).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
    assert!(work.commit().await.is_err());
}
