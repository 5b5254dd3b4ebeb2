//! Who saw or did what: pushing, listing, verifying, sweeping.

use chrono::{DateTime, Months, Utc};
use luoshi_domain::access_log::{
    AccessAction, AccessEntry, AccessFilter, AccessObject, AccessVerifier,
};
use luoshi_domain::audit::Anchor;
use luoshi_domain::ids::{AccessId, BureauId, PersonId};
use luoshi_domain::journal::{Break, Fault};
use luoshi_domain::ports::{Store, StoreError};
use luoshi_domain::tasks::lists::PageRequest;
use luoshi_store::Database;
use uuid::Uuid;

use crate::databases;
use crate::samples::{ANN, BEN, BUREAU, OTHER_BUREAU, at, today};

contract! {
    sys_02_entries_come_back_as_pushed_newest_first,
    sys_02_entries_are_filtered_by_person_action_object_success_and_day,
    sys_02_the_log_is_one_chain_for_each_bureau,
    sys_02_the_sweep_drops_the_oldest_but_nothing_younger_than_a_year,
}

fn entry(
    n: u128,
    at: DateTime<Utc>,
    person: Option<PersonId>,
    action: AccessAction,
) -> AccessEntry {
    AccessEntry {
        id: AccessId(Uuid::from_u128(0xacce_0000 + n)),
        at,
        person,
        login: "ann".into(),
        address: "10.1.2.3".into(),
        action,
        object: None,
        success: person.is_some(),
        detail: "从办公室登录".into(),
    }
}

async fn push(database: &Database, bureau: BureauId, entries: &[AccessEntry]) {
    let mut work = database.write(bureau).await.unwrap();
    work.access_push(entries).await.unwrap();
    work.commit().await.unwrap();
}

fn page(size: u32, after: Option<String>) -> PageRequest {
    PageRequest { size, after }
}

/// The positions that the filter leaves, newest first.
async fn listed(database: &Database, filter: &AccessFilter) -> Vec<u128> {
    let mut work = database.read(BUREAU).await.unwrap();
    let found = work.access_list(filter, &page(50, None)).await.unwrap();
    let rows = found.rows.iter();
    rows.map(|stored| stored.entry.id.0.as_u128() - 0xacce_0000)
        .collect()
}

async fn sys_02_entries_come_back_as_pushed_newest_first(database: &Database) {
    let mut entries: Vec<AccessEntry> = (0..5u128)
        .map(|n| {
            entry(
                n,
                at(i64::try_from(n).unwrap()),
                Some(ANN),
                AccessAction::SignIn,
            )
        })
        .collect();
    entries[1].object = Some(AccessObject::one("task", Uuid::from_u128(7)));
    entries[2].object = Some(AccessObject {
        kind: "ledger".into(),
        id: None,
    });
    entries[3].person = None;
    push(database, BUREAU, &entries).await;
    let mut work = database.read(BUREAU).await.unwrap();
    let all = AccessFilter::default();
    let first = work.access_list(&all, &page(3, None)).await.unwrap();
    let rest = work
        .access_list(&all, &page(3, first.next.clone()))
        .await
        .unwrap();
    assert_eq!(rest.next, None);
    let read = first.rows.into_iter().chain(rest.rows);
    let read: Vec<AccessEntry> = read.map(|stored| stored.entry).collect();
    entries.reverse();
    assert_eq!(read, entries);
    for mark in ["u-1-x", "7", "-1", "1-", ""] {
        let foreign = work.access_list(&all, &page(3, Some(mark.into()))).await;
        assert!(matches!(foreign, Err(StoreError::Unusable(_))), "{mark}");
    }
    let mut other = database.read(OTHER_BUREAU).await.unwrap();
    assert_eq!(
        other.access_list(&all, &page(3, None)).await.unwrap().rows,
        []
    );
}

async fn sys_02_entries_are_filtered_by_person_action_object_success_and_day(database: &Database) {
    let row = Uuid::from_u128(7);
    let mut read = entry(3, at(60), Some(BEN), AccessAction::Read);
    read.object = Some(AccessObject::one("task", row));
    read.address = "10.9.9.9".into();
    // The samples begin at nine o'clock; 16 hours later it is the next day in Shanghai.
    let entries = [
        entry(1, at(0), Some(ANN), AccessAction::SignIn),
        entry(2, at(30), None, AccessAction::SignIn),
        read,
        entry(4, at(16 * 3600), Some(ANN), AccessAction::SignOut),
    ];
    push(database, BUREAU, &entries).await;
    let filter = AccessFilter::default;
    let tomorrow = today().succ_opt();
    for (filter, left) in [
        (filter(), vec![4, 3, 2, 1]),
        (
            AccessFilter {
                person: Some(ANN),
                ..filter()
            },
            vec![4, 1],
        ),
        (
            AccessFilter {
                action: Some(AccessAction::SignIn),
                ..filter()
            },
            vec![2, 1],
        ),
        (
            AccessFilter {
                object: Some(row),
                ..filter()
            },
            vec![3],
        ),
        (
            AccessFilter {
                success: Some(false),
                ..filter()
            },
            vec![2],
        ),
        (
            AccessFilter {
                success: Some(true),
                ..filter()
            },
            vec![4, 3, 1],
        ),
        (
            AccessFilter {
                address: Some("10.9.9.9".into()),
                ..filter()
            },
            vec![3],
        ),
        (
            AccessFilter {
                until: Some(today()),
                ..filter()
            },
            vec![3, 2, 1],
        ),
        (
            AccessFilter {
                from: tomorrow,
                ..filter()
            },
            vec![4],
        ),
        (
            AccessFilter {
                from: tomorrow,
                person: Some(BEN),
                ..filter()
            },
            vec![],
        ),
    ] {
        assert_eq!(listed(database, &filter).await, left, "{filter:?}");
    }
}

async fn verify(database: &Database, bureau: BureauId) -> Result<Anchor, Break> {
    let mut work = database.read(bureau).await.unwrap();
    let mut after = work.access_anchor().await.unwrap();
    let mut verifier = AccessVerifier::behind(bureau, after.clone());
    loop {
        let stored = work.access_after(after.seq, 2).await.unwrap();
        for entry in &stored {
            verifier.take(entry)?;
        }
        if stored.is_empty() {
            return verifier.end(&work.access_head().await.unwrap());
        }
        after = verifier.last().clone();
    }
}

/// Up to which number all is whole.
async fn whole(database: &Database, bureau: BureauId) -> i64 {
    verify(database, bureau).await.unwrap().seq
}

async fn sys_02_the_log_is_one_chain_for_each_bureau(database: &Database) {
    assert_eq!(whole(database, BUREAU).await, 0);
    for n in 0..3 {
        push(
            database,
            BUREAU,
            &[entry(n, at(1), Some(ANN), AccessAction::SignIn)],
        )
        .await;
        push(
            database,
            OTHER_BUREAU,
            &[entry(n, at(1), None, AccessAction::SignIn)],
        )
        .await;
    }
    assert_eq!(whole(database, BUREAU).await, 3);
    assert_eq!(whole(database, OTHER_BUREAU).await, 3);
    // A unit of work that is dropped leaves nothing.
    let mut work = database.write(BUREAU).await.unwrap();
    work.access_push(&[entry(9, at(2), None, AccessAction::SignIn)])
        .await
        .unwrap();
    drop(work);
    assert_eq!(whole(database, BUREAU).await, 3);
}

async fn sys_02_the_sweep_drops_the_oldest_but_nothing_younger_than_a_year(database: &Database) {
    let months_ago = |months| at(0).checked_sub_months(Months::new(months)).unwrap();
    let entries: Vec<AccessEntry> = [(1, 40), (2, 13), (3, 11), (4, 0)]
        .map(|(n, months)| entry(n, months_ago(months), Some(ANN), AccessAction::SignIn))
        .to_vec();
    push(database, BUREAU, &entries).await;
    let sweep = async |now, months| {
        let mut work = database.write(BUREAU).await.unwrap();
        let gone = work.access_sweep(now, months, 2).await.unwrap();
        work.commit().await.unwrap();
        gone
    };
    assert_eq!(sweep(at(0), 36).await, 1);
    assert_eq!(sweep(at(0), 1).await, 1, "a year at least");
    assert_eq!(sweep(at(0), 12).await, 0);
    assert_eq!(listed(database, &AccessFilter::default()).await, [4, 3]);
    assert_eq!(whole(database, BUREAU).await, 4);
    let later = at(0).checked_add_months(Months::new(60)).unwrap();
    push(
        database,
        BUREAU,
        &[entry(5, later, None, AccessAction::Sweep)],
    )
    .await;
    assert_eq!(sweep(later, 12).await, 2);
    assert_eq!(listed(database, &AccessFilter::default()).await, [5]);
    assert_eq!(whole(database, BUREAU).await, 5);
}

#[tokio::test]
async fn sys_02_an_entry_altered_behind_the_store_s_back_is_named() {
    let (database, folder) = databases::sqlite().await;
    for n in 0..3 {
        push(
            &database,
            BUREAU,
            &[entry(n, at(1), None, AccessAction::SignIn)],
        )
        .await;
    }
    let url = databases::sqlite_url(&folder);
    databases::tamper(&url, "UPDATE access_log SET success = 1 WHERE seq = 2").await;
    let altered = Break {
        seq: 2,
        fault: Fault::Altered,
    };
    assert_eq!(verify(&database, BUREAU).await, Err(altered));
}
