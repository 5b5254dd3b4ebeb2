//! What the databases would do for an auditor's filters.

use luoshi_domain::access_log::{AccessAction, AccessFilter};
use luoshi_domain::ids::{BureauId, PersonId};
use luoshi_domain::journal::JournalFilter;
use luoshi_domain::tasks::lists::PageRequest;
use uuid::Uuid;

use crate::database::open;
use crate::explaining::{explain, explain_postgres, postgres};
use crate::sql::Value;
use crate::{access_log, journal};

const BUREAU: BureauId = BureauId(Uuid::from_u128(1));

/// Every filter by itself and with a day range, on its first page and behind a mark, with the
/// index that serves it.
fn lists() -> Vec<((String, Vec<Value>), &'static str)> {
    let mut lists = Vec::new();
    for after in [None, Some("1764036000000000-7".to_owned())] {
        let page = PageRequest { size: 50, after };
        for (filter, index) in journal_filters() {
            let listed = journal::list_sql(BUREAU, &filter, &page).unwrap();
            lists.push((listed, index));
        }
        for (filter, index) in access_filters() {
            let listed = access_log::list_sql(BUREAU, &filter, &page).unwrap();
            lists.push((listed, index));
        }
    }
    lists
}

fn journal_filters() -> Vec<(JournalFilter, &'static str)> {
    let all = JournalFilter::default;
    let stream = Some("task".to_owned());
    let mut filters = vec![
        (all(), "events_at"),
        (
            JournalFilter {
                person: Some(PersonId(Uuid::from_u128(2))),
                ..all()
            },
            "events_person",
        ),
        (
            JournalFilter {
                stream: stream.clone(),
                ..all()
            },
            "events_stream",
        ),
        (
            JournalFilter {
                stream,
                act: Some("issued".into()),
                ..all()
            },
            "events_act",
        ),
    ];
    for (filter, index) in filters.clone() {
        let from = "2026-03-02".parse().ok();
        let until = from;
        filters.push((
            JournalFilter {
                from,
                until,
                ..filter
            },
            index,
        ));
    }
    filters
}

fn access_filters() -> Vec<(AccessFilter, &'static str)> {
    let all = AccessFilter::default;
    let mut filters = vec![
        (all(), "access_log_at"),
        (
            AccessFilter {
                person: Some(PersonId(Uuid::from_u128(2))),
                ..all()
            },
            "access_log_person",
        ),
        (
            AccessFilter {
                action: Some(AccessAction::Export),
                ..all()
            },
            "access_log_action",
        ),
        (
            AccessFilter {
                object: Some(Uuid::from_u128(3)),
                ..all()
            },
            "access_log_object",
        ),
        (
            AccessFilter {
                address: Some("10.1.2.3".into()),
                ..all()
            },
            "access_log_address",
        ),
        (
            AccessFilter {
                success: Some(false),
                ..all()
            },
            "access_log_failed",
        ),
    ];
    for (filter, index) in filters.clone() {
        let from = "2026-03-02".parse().ok();
        let until = from;
        filters.push((
            AccessFilter {
                from,
                until,
                ..filter
            },
            index,
        ));
    }
    filters
}

/// One thing's events are few: they are read by the key of its stream and then sorted.
fn of_object() -> (String, Vec<Value>) {
    let filter = JournalFilter {
        stream: Some("task".into()),
        object: Some(Uuid::from_u128(3)),
        ..JournalFilter::default()
    };
    let page = PageRequest {
        size: 50,
        after: None,
    };
    journal::list_sql(BUREAU, &filter, &page).unwrap()
}

#[tokio::test]
async fn sys_02_sqlite_reads_each_filter_from_its_index_and_sorts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let database = open(&url).await.unwrap();
    let mut conn = database.begin_read().await.unwrap();
    for (listed, index) in lists() {
        let sql = listed.0.clone();
        let plan = explain(&mut conn, listed).await;
        assert!(plan.contains(&format!("INDEX {index} ")), "{sql}\n{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
        assert!(!plan.contains("SCAN"), "{sql}\n{plan}");
    }
    let plan = explain(&mut conn, of_object()).await;
    let key = "(bureau_id=? AND stream=? AND stream_id=?)";
    assert!(plan.contains(key), "{plan}");
}

#[tokio::test]
async fn sys_02_postgres_reads_each_filter_from_its_index_and_sorts_nothing() {
    let Some(database) = postgres("test_audit_filters").await else {
        return;
    };
    let mut conn = database.begin_write().await.unwrap();
    // Without rows anything is as good as anything; what is asked is what an index could do.
    for settled in [
        "SET LOCAL enable_seqscan = off",
        "SET LOCAL enable_bitmapscan = off",
    ] {
        conn.execute(settled, Vec::new()).await.unwrap();
    }
    for (listed, index) in lists() {
        let sql = listed.0.clone();
        let plan = explain_postgres(&mut conn, listed).await;
        assert!(plan.contains(&format!("using {index} ")), "{sql}\n{plan}");
        assert!(!plan.contains("Sort"), "{sql}\n{plan}");
    }
    drop(conn);
    database.close().await;
}
