//! Replaying the journal gives the live rows, and finds those that somebody changed.

use luoshi_domain::ids::TaskId;
use luoshi_domain::organisation::history::History;
use luoshi_domain::plans::{Plan, PlanEvent};
use luoshi_domain::ports::Store;
use luoshi_domain::tasks::{CoDuty, TaskEvent};
use luoshi_store::Database;
use luoshi_store::rebuild::Difference;

use crate::samples::{
    BUREAU, OTHER_BUREAU, at, day, details, fed_back, issued, open_task, opened, signed, task_id,
    unit,
};
use crate::{databases, lessons, list_rows, organisation, plans, registers};

contract! {
    sys_02_replaying_the_journal_gives_the_live_rows,
    an_empty_journal_gives_no_rows,
}

/// A bureau with some of everything, written step by step.
async fn populate(database: &Database) {
    let mut organisation = History::default();
    for event in organisation::events() {
        organisation.apply(&event);
        let mut work = database.write(BUREAU).await.unwrap();
        work.organisation_save(&organisation, &[event], &signed(1))
            .await
            .unwrap();
        work.commit().await.unwrap();
    }
    lessons::learn(database).await;
    registers::fill(database).await;
    list_rows::fill(database).await;
    let mut plan: Plan = plans::import(database, 1, 250).await;
    for (second, events) in (2..).zip(plans::steps()) {
        for event in &events {
            plan.apply(event, &signed(second));
        }
        let mut work = database.write(BUREAU).await.unwrap();
        work.plan_save(&plan, &events, &signed(second))
            .await
            .unwrap();
        work.commit().await.unwrap();
    }
    let mut work = database.write(BUREAU).await.unwrap();
    for n in 0..250 {
        let (mut task, events) = opened(n, details(n), 1);
        work.task_save(&task, &events, &signed(1)).await.unwrap();
        let mut amended = details(n);
        amended.lead = Some(unit(3));
        amended.co_units = vec![CoDuty {
            unit: unit(1),
            duty: "配合".into(),
            joint: false,
        }];
        let steps = [
            TaskEvent::Amended {
                details: Box::new(amended),
            },
            TaskEvent::Approved {
                text: String::new(),
            },
            issued("〔2026〕1号"),
            TaskEvent::Received { unit: unit(1) },
            TaskEvent::SignedFor { assignee: None },
            fed_back(30),
            TaskEvent::ExtensionRequested {
                reason: "汛期".into(),
                proposed: day(50),
            },
            TaskEvent::Cancelled {
                reason: "并入".into(),
            },
        ];
        let count = usize::try_from(n % 9).unwrap();
        for (second, event) in (2..).zip(steps.into_iter().take(count)) {
            let by = signed(second);
            task.apply(&event, &by);
            work.task_save(&task, &[event], &by).await.unwrap();
        }
    }
    work.commit().await.unwrap();
    open_task(database, OTHER_BUREAU, 9999).await;
}

async fn sys_02_replaying_the_journal_gives_the_live_rows(database: &Database) {
    populate(database).await;
    let report = database.rebuild_check(BUREAU).await.unwrap();
    assert_eq!(report.differences, []);
    assert!(report.is_clean());
    let mut work = database.read(BUREAU).await.unwrap();
    assert_eq!(report.events, work.journal_count().await.unwrap());
    assert!(report.rows > 1_000, "{}", report.rows);
    drop(work);

    let task = task_before(database).await;
    let events = database.rebuild(BUREAU).await.unwrap();
    assert_eq!(events, report.events);
    assert_eq!(task_before(database).await, task);
    assert!(database.rebuild_check(BUREAU).await.unwrap().is_clean());
    let other = database.rebuild_check(OTHER_BUREAU).await.unwrap();
    assert!(other.is_clean());
    assert_eq!(other.events, 1);
}

async fn task_before(database: &Database) -> Option<luoshi_domain::tasks::Task> {
    let mut work = database.read(BUREAU).await.unwrap();
    work.task_get(task_id(8)).await.unwrap()
}

async fn an_empty_journal_gives_no_rows(database: &Database) {
    let report = database.rebuild_check(BUREAU).await.unwrap();
    assert_eq!((report.events, report.rows, report.differing), (0, 0, 0));
}

#[tokio::test]
async fn sys_02_sqlite_a_row_changed_behind_the_journal_is_found() {
    let (database, folder) = databases::sqlite().await;
    let url = databases::sqlite_url(&folder);
    a_row_changed_behind_the_journal_is_found(&database, &url).await;
}

#[tokio::test]
async fn sys_02_postgres_a_row_changed_behind_the_journal_is_found() {
    let Some(url) = luoshi_store::schemas::empty("rebuild::changed").await else {
        return;
    };
    let database = luoshi_store::open(&url).await.unwrap();
    crate::samples::create_bureaus(&database).await;
    a_row_changed_behind_the_journal_is_found(&database, &url).await;
    database.close().await;
}

async fn a_row_changed_behind_the_journal_is_found(database: &Database, url: &str) {
    for n in 0..3 {
        open_task(database, BUREAU, n).await;
    }
    let imported = plans::imported("d1", 2);
    let plan = Plan::imported(plans::plan_id(1), &imported, at(1));
    let mut work = database.write(BUREAU).await.unwrap();
    let events = [PlanEvent::Imported(Box::new(imported))];
    work.plan_save(&plan, &events, &signed(1)).await.unwrap();
    work.commit().await.unwrap();

    databases::tamper(url, "UPDATE tasks SET title = '改过' WHERE title LIKE '%1'").await;
    databases::tamper(
        url,
        "UPDATE proposals SET decision = 'accepted' WHERE ord = 1",
    )
    .await;
    databases::tamper(url, "DELETE FROM task_units WHERE role = 'co'").await;
    let report = database.rebuild_check(BUREAU).await.unwrap();
    let found = |difference: &Difference| {
        (
            difference.table,
            difference.column,
            difference.live.clone(),
            difference.rebuilt.clone(),
        )
    };
    let found: Vec<_> = report.differences.iter().map(found).collect();
    let some = |text: &str| Some(text.to_owned());
    let gone = ("task_units", None, None, some("present"));
    let wanted = [
        (
            "proposals",
            Some("decision"),
            some("accepted"),
            some("open"),
        ),
        ("tasks", Some("title"), some("改过"), some("整治隐患点位 1")),
        gone.clone(),
        gone.clone(),
        gone,
    ];
    assert_eq!(found, wanted);
    assert_eq!(report.differing, 5);
    let TaskId(changed) = task_id(1);
    assert_eq!(report.differences[1].key, changed.to_string());

    database.rebuild(BUREAU).await.unwrap();
    assert!(database.rebuild_check(BUREAU).await.unwrap().is_clean());
}

/// Fills in what older bureaus lack.
const ABOVE: &str = include_str!("../../migrations/sqlite/0036_above.sql");

#[tokio::test]
async fn ledger_08_sqlite_a_bureau_of_before_is_told_who_leads_the_tasks_above() {
    let (database, folder) = databases::sqlite().await;
    a_bureau_of_before_is_filled_in(&database, &databases::sqlite_url(&folder)).await;
}

#[tokio::test]
async fn ledger_08_postgres_a_bureau_of_before_is_told_who_leads_the_tasks_above() {
    assert_eq!(
        ABOVE,
        include_str!("../../migrations/postgres/0036_above.sql")
    );
    let Some(url) = luoshi_store::schemas::empty("rebuild::above").await else {
        return;
    };
    let database = luoshi_store::open(&url).await.unwrap();
    crate::samples::create_bureaus(&database).await;
    a_bureau_of_before_is_filled_in(&database, &url).await;
    database.close().await;
}

async fn a_bureau_of_before_is_filled_in(database: &Database, url: &str) {
    let top = open_task(database, BUREAU, 1).await;
    let mut task = open_task(database, BUREAU, 2).await;
    let link = TaskEvent::Linked {
        parent: Some(top.id),
    };
    task.apply(&link, &signed(2));
    let mut work = database.write(BUREAU).await.unwrap();
    work.task_save(&task, &[link], &signed(2)).await.unwrap();
    work.commit().await.unwrap();
    assert!(database.rebuild_check(BUREAU).await.unwrap().is_clean());
    databases::tamper(url, "DELETE FROM task_units WHERE role = 'above'").await;
    let report = database.rebuild_check(BUREAU).await.unwrap();
    assert_eq!(report.differing, 1);
    databases::tamper(url, ABOVE).await;
    assert!(database.rebuild_check(BUREAU).await.unwrap().is_clean());
}
