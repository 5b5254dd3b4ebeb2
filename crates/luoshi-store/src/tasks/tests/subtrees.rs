//! What the databases would do for a subtree, by their own explanation.

use chrono::NaiveDate;
use luoshi_domain::ids::UnitId;
use luoshi_domain::journal::Signed;
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::{Unit, UnitKind};
use luoshi_domain::ports::{Bureau, Store};
use luoshi_domain::tasks::lists::{Subtrees, TaskFilter, Visibility};
use uuid::Uuid;

use super::{BUREAU, Where, count_sql};
use crate::database::{Database, open};
use crate::explaining::{explain, explain_postgres, postgres};
use crate::sql::Value;

/// Units of the tree; every one but the first stands below another.
const UNITS: u128 = 2_000;

fn id(n: u128) -> UnitId {
    UnitId(Uuid::from_u128(n))
}

async fn fill(database: &Database) {
    let valid_from: NaiveDate = "2026-01-01".parse().unwrap();
    let bureau = Bureau {
        id: BUREAU,
        name: "市交通局".into(),
        created_at: chrono::DateTime::UNIX_EPOCH,
    };
    database.bureau_create(&bureau).await.unwrap();
    let mut history = History::default();
    let mut events = Vec::new();
    for n in 1..=UNITS {
        let unit = Unit {
            id: id(n),
            parent: (n > 1).then(|| id(n / 7 + 1).min(id(n - 1))),
            kind: UnitKind::Subordinate,
            name: format!("第{n}站"),
            aliases: Vec::new(),
            supervision_office: n == 1,
            position: 0,
            valid_from,
        };
        let event = history
            .decide(OrganisationCommand::EstablishUnit(unit))
            .unwrap();
        history.apply(&event);
        events.push(event);
    }
    let by = Signed {
        at: chrono::DateTime::UNIX_EPOCH,
        person: luoshi_domain::ids::PersonId(Uuid::nil()),
        name: "系统".into(),
        title: String::new(),
        hand: None,
    };
    let mut work = database.write(BUREAU).await.unwrap();
    work.organisation_save(&history, &events, &by)
        .await
        .unwrap();
    work.commit().await.unwrap();
}

/// Counts of what a subtree leads and of what concerns it.
fn counts() -> Vec<(String, Vec<Value>)> {
    let subtrees = Subtrees {
        tops: vec![id(40)],
        day: "2026-03-01".parse().unwrap(),
    };
    let leads = TaskFilter {
        below: Some(subtrees.clone()),
        ..TaskFilter::new(Visibility::All)
    };
    let concerns = TaskFilter::new(Visibility::Below(subtrees));
    [leads, concerns]
        .map(|filter| count_sql(Where::of(BUREAU, &filter), 1000))
        .into()
}

#[tokio::test]
async fn sys_03_sqlite_reads_a_subtree_from_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let database = open(&url).await.unwrap();
    fill(&database).await;
    let mut conn = database.begin_read().await.unwrap();
    for count in counts() {
        let plan = explain(&mut conn, count).await;
        assert!(
            plan.contains("SEARCH a USING") && plan.contains("bureau_id=? AND ancestor_id=?"),
            "{plan}"
        );
        assert!(
            !plan.contains("SCAN t") && !plan.contains("SCAN a"),
            "{plan}"
        );
    }
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn sys_03_postgres_reads_a_subtree_from_its_key() {
    let Some(database) = postgres("test_subtrees").await else {
        return;
    };
    fill(&database).await;
    let mut conn = database.begin_write().await.unwrap();
    conn.execute("ANALYZE unit_ancestors", Vec::new())
        .await
        .unwrap();
    for count in counts() {
        let plan = explain_postgres(&mut conn, count).await;
        assert!(plan.contains("unit_ancestors_pkey"), "{plan}");
        assert!(!plan.contains("Seq Scan on unit_ancestors"), "{plan}");
    }
    drop(conn);
    database.close().await;
}
