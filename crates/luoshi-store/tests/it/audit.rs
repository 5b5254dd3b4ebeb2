//! The journal's lists for auditors, what verifications left, and that nobody alters either log.

use chrono::{Duration, Months};
use luoshi_domain::access_log::{AccessAction, AccessEntry};
use luoshi_domain::audit::{Anchor, Chain, Check};
use luoshi_domain::ids::{AccessId, PersonId};
use luoshi_domain::journal::{Break, Fault, JournalFilter};
use luoshi_domain::ports::{Store, StoreError};
use luoshi_domain::tasks::lists::PageRequest;
use luoshi_domain::tasks::{Task, TaskEvent};
use luoshi_store::Database;
use uuid::Uuid;

use crate::databases::{self, refused};
use crate::samples::{ANN, BUREAU, OTHER_BUREAU, at, open_task, signed, step, task_id, today};

contract! {
    sys_02_the_journal_is_listed_by_person_act_object_and_day,
    sys_02_the_journal_s_pages_follow_each_other_without_gap,
    sys_02_a_verification_stays_as_it_was_found,
}

fn page(size: u32, after: Option<String>) -> PageRequest {
    PageRequest { size, after }
}

async fn listed(database: &Database, filter: &JournalFilter) -> Vec<i64> {
    let mut work = database.read(BUREAU).await.unwrap();
    let found = work.journal_list(filter, &page(50, None)).await.unwrap();
    found.rows.iter().map(|event| event.seq).collect()
}

async fn sys_02_the_journal_is_listed_by_person_act_object_and_day(database: &Database) {
    let mut task = open_task(database, BUREAU, 1).await;
    open_task(database, BUREAU, 2).await;
    open_task(database, OTHER_BUREAU, 3).await;
    let trap = TaskEvent::Approved {
        text: "\"event\":{\"issued\" \"person\":\"x\"".into(),
    };
    step(database, BUREAU, &mut task, trap, 20 * 3600)
        .await
        .unwrap();
    let person = signed(1).person;
    let filter = JournalFilter::default;
    let act = |act: &str| JournalFilter {
        act: Some(act.to_owned()),
        stream: Some(Task::STREAM.to_owned()),
        ..filter()
    };
    for (filter, left) in [
        (filter(), vec![3, 2, 1]),
        (
            JournalFilter {
                person: Some(person),
                ..filter()
            },
            vec![3, 2, 1],
        ),
        (
            JournalFilter {
                person: Some(PersonId(Uuid::from_u128(9_999))),
                ..filter()
            },
            vec![],
        ),
        (act("opened"), vec![2, 1]),
        (act("approved"), vec![3]),
        (act("issued"), vec![]),
        (
            JournalFilter {
                object: Some(task_id(1).0),
                ..filter()
            },
            vec![3, 1],
        ),
        (
            JournalFilter {
                until: Some(today()),
                ..filter()
            },
            vec![2, 1],
        ),
        (
            JournalFilter {
                from: today().succ_opt(),
                ..act("approved")
            },
            vec![3],
        ),
    ] {
        assert_eq!(listed(database, &filter).await, left, "{filter:?}");
    }
}

async fn sys_02_the_journal_s_pages_follow_each_other_without_gap(database: &Database) {
    for n in 0..7 {
        open_task(database, BUREAU, n).await;
    }
    let mut work = database.read(BUREAU).await.unwrap();
    let all = JournalFilter::default();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let found = work.journal_list(&all, &page(3, after)).await.unwrap();
        seen.extend(found.rows.iter().map(|event| event.seq));
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
    let foreign = work.journal_list(&all, &page(3, Some("u".into()))).await;
    assert!(matches!(foreign, Err(StoreError::Unusable(_))));
    let hash = work.journal_hash(Task::STREAM, task_id(3).0, 1).await;
    let events = work.journal_after(3, 1).await.unwrap();
    assert_eq!(hash.unwrap().as_ref(), Some(&events[0].hash));
    let none = work.journal_hash(Task::STREAM, task_id(3).0, 2).await;
    assert_eq!(none.unwrap(), None);
}

async fn sys_02_a_verification_stays_as_it_was_found(database: &Database) {
    let check = |n: i64, chain, broken| Check {
        id: Uuid::from_u128(0xc4ec_0000 + u128::try_from(n).unwrap()),
        chain,
        at: at(n),
        by: (n == 2).then_some(ANN),
        begins: 1,
        last: Anchor {
            seq: n,
            hash: format!("hash {n}"),
        },
        broken,
    };
    let broken = Break {
        seq: 4,
        fault: Fault::Missing,
    };
    let checks = [
        check(1, Chain::Journal, None),
        check(2, Chain::Access, None),
        check(3, Chain::Journal, Some(broken)),
    ];
    let mut work = database.write(BUREAU).await.unwrap();
    for check in &checks {
        work.check_push(check).await.unwrap();
    }
    work.commit().await.unwrap();
    let mut work = database.read(BUREAU).await.unwrap();
    let [one, two, three] = checks;
    let journal = work.checks_list(Chain::Journal, 9).await.unwrap();
    assert_eq!(journal, [three.clone(), one.clone()]);
    assert_eq!(work.checks_list(Chain::Access, 9).await.unwrap(), [two]);
    let anchors = work.check_anchors(Chain::Journal, 0, 9).await.unwrap();
    assert_eq!(anchors, [one.last, three.last.clone()]);
    let later = work.check_anchors(Chain::Journal, 1, 9).await.unwrap();
    assert_eq!(later, [three.last]);
    let mut other = database.read(OTHER_BUREAU).await.unwrap();
    assert_eq!(other.checks_list(Chain::Journal, 9).await.unwrap(), []);
}

async fn fill(database: &Database) {
    open_task(database, BUREAU, 1).await;
    let newest = at(0).checked_add_months(Months::new(13)).unwrap();
    let entries: Vec<AccessEntry> = [(1, at(0)), (2, newest - Duration::days(364)), (3, newest)]
        .map(|(n, at)| AccessEntry {
            id: AccessId(Uuid::from_u128(n)),
            at,
            person: Some(ANN),
            login: "ann".into(),
            address: "10.1.2.3".into(),
            action: AccessAction::SignIn,
            object: None,
            success: true,
            detail: String::new(),
        })
        .to_vec();
    let mut work = database.write(BUREAU).await.unwrap();
    work.access_push(&entries).await.unwrap();
    let check = Check {
        id: Uuid::from_u128(1),
        chain: Chain::Journal,
        at: at(0),
        by: None,
        begins: 1,
        last: Anchor::start(),
        broken: None,
    };
    work.check_push(&check).await.unwrap();
    work.commit().await.unwrap();
}

async fn guarded(url: &str, database: &Database) {
    fill(database).await;
    for statement in [
        "UPDATE events SET hash = '0'",
        "DELETE FROM events",
        "UPDATE journal_heads SET last_seq = 0 WHERE last_seq > 0",
        "UPDATE access_log SET success = NOT success",
        "UPDATE access_log SET detail = 'x' WHERE seq = 1",
        "DELETE FROM access_log WHERE seq = 3",
        "DELETE FROM access_log WHERE seq = 1",
        "UPDATE access_log_heads SET seq = 1",
        "DELETE FROM access_log_heads",
        "UPDATE audit_checks SET broken = NULL",
        "DELETE FROM audit_checks",
    ] {
        let why = refused(url, statement).await;
        assert!(why.contains("never") || why.contains("anchor"), "{why}");
    }
    for place in [
        "INSERT INTO access_log_anchors (bureau_id, seq, hash, cut_at) \
         SELECT bureau_id, seq, hash, at FROM access_log WHERE seq = 2",
        "INSERT INTO access_log_anchors (bureau_id, seq, hash, cut_at) \
         SELECT bureau_id, seq, 'another', at FROM access_log WHERE seq = 1",
    ] {
        let why = refused(url, place).await;
        assert!(why.contains("kept for a year"), "{why}");
    }
    let mut work = database.write(BUREAU).await.unwrap();
    let now = at(0).checked_add_months(Months::new(13)).unwrap();
    assert_eq!(work.access_sweep(now, 12, 9).await.unwrap(), 1);
    work.commit().await.unwrap();
    for statement in [
        "DELETE FROM access_log_anchors",
        "UPDATE access_log_anchors SET hash = '0'",
        "UPDATE access_log_anchors SET seq = 0",
        "DELETE FROM access_log",
    ] {
        refused(url, statement).await;
    }
}

#[tokio::test]
async fn sys_02_nobody_alters_or_cuts_either_log_in_sqlite() {
    let (database, folder) = databases::sqlite().await;
    guarded(&databases::sqlite_url(&folder), &database).await;
}

#[tokio::test]
async fn sys_02_nobody_alters_or_cuts_either_log_in_postgres() {
    let Some(url) = luoshi_store::schemas::empty("sys_02_guards").await else {
        return;
    };
    let database = luoshi_store::open(&url).await.unwrap();
    crate::samples::create_bureaus(&database).await;
    guarded(&url, &database).await;
    for table in ["events", "access_log", "audit_checks"] {
        let statement = match table {
            "events" => "TRUNCATE events",
            "access_log" => "TRUNCATE access_log",
            _ => "TRUNCATE audit_checks",
        };
        assert!(refused(&url, statement).await.contains("never"));
    }
    database.close().await;
}
