//! Which rows name which bytes, on both databases.

use luoshi_domain::attachments::AttachmentKind;
use luoshi_domain::ids::AttachmentId;
use luoshi_domain::marks::Mark;
use luoshi_domain::ports::Store;
use luoshi_domain::search::{FILES_STEP, Words};
use luoshi_domain::tasks::TaskEvent;
use luoshi_domain::tasks::attachments::AttachedTo;
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{BUREAU, OTHER_BUREAU, at, open_task, step, task_id};

contract! {
    flow_05_bytes_that_no_row_names_are_found_once_they_were_left_alone,
    flow_05_the_rows_of_files_follow_from_the_journal,
    sys_04_the_names_of_files_are_found_while_they_are_there,
}

fn hash(n: u128) -> String {
    format!("{n:064x}")
}

fn added(n: u128, name: &str, mark: Mark) -> TaskEvent {
    TaskEvent::FileAdded {
        file: AttachmentId(Uuid::from_u128(n)),
        name: name.into(),
        hash: hash(n),
        bytes: 12,
        kind: AttachmentKind::Pdf,
        mark,
        to: AttachedTo::Task,
    }
}

fn removed(n: u128) -> TaskEvent {
    TaskEvent::FileRemoved {
        file: AttachmentId(Uuid::from_u128(n)),
    }
}

async fn touch(database: &Database, n: u128, second: i64) {
    let mut work = database.write(BUREAU).await.unwrap();
    work.content_touch(&hash(n), at(second)).await.unwrap();
    work.commit().await.unwrap();
}

async fn unused(database: &Database, second: i64) -> Vec<String> {
    let mut work = database.read(BUREAU).await.unwrap();
    work.contents_unused(at(second), 10).await.unwrap()
}

async fn flow_05_bytes_that_no_row_names_are_found_once_they_were_left_alone(database: &Database) {
    let mut task = open_task(database, BUREAU, 1).await;
    for n in 1..=3 {
        touch(database, n, 10 + i64::try_from(n).unwrap()).await;
    }
    step(
        database,
        BUREAU,
        &mut task,
        added(2, "一.pdf", Mark::None),
        20,
    )
    .await
    .unwrap();
    assert_eq!(unused(database, 11).await, Vec::<String>::new());
    assert_eq!(
        unused(database, 100).await,
        [hash(1), hash(3)],
        "oldest first"
    );
    touch(database, 1, 50).await;
    // An earlier time changes nothing.
    touch(database, 1, 5).await;
    assert_eq!(unused(database, 50).await, [hash(3)]);
    let mut work = database.write(BUREAU).await.unwrap();
    assert_eq!(work.contents_unused(at(100), 1).await.unwrap(), [hash(3)]);
    work.content_forget(&hash(3)).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(unused(database, 100).await, [hash(1)]);
    step(database, BUREAU, &mut task, removed(2), 60)
        .await
        .unwrap();
    assert_eq!(unused(database, 100).await, [hash(2), hash(1)]);
    // Another bureau has none of them.
    let mut work = database.read(OTHER_BUREAU).await.unwrap();
    assert!(work.contents_unused(at(100), 10).await.unwrap().is_empty());
}

async fn flow_05_the_rows_of_files_follow_from_the_journal(database: &Database) {
    let mut one = open_task(database, BUREAU, 1).await;
    let mut two = open_task(database, BUREAU, 2).await;
    let files = [
        (1, added(11, "一.pdf", Mark::None)),
        (1, added(12, "二.pdf", Mark::WorkSecret)),
        (2, added(13, "三.pdf", Mark::None)),
        (1, removed(11)),
    ];
    for (second, (task, event)) in (10..).zip(files) {
        let task = if task == 1 { &mut one } else { &mut two };
        step(database, BUREAU, task, event, second).await.unwrap();
    }
    let mut work = database.read(BUREAU).await.unwrap();
    let first = work.attachments_after(None, 1).await.unwrap();
    assert_eq!((first[0].task, &first[0].hash), (task_id(1), &hash(12)));
    let rest = work
        .attachments_after(Some((first[0].task, first[0].id)), 10)
        .await
        .unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!((rest[0].task, rest[0].bytes), (task_id(2), 12));
    drop(work);
    let report = database.rebuild_check(BUREAU).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.differences);
    step(database, BUREAU, &mut two, removed(13), 30)
        .await
        .unwrap();
    let report = database.rebuild_check(BUREAU).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.differences);
}

async fn hits(database: &Database, word: &str) -> Vec<(i64, String)> {
    let mut work = database.read(BUREAU).await.unwrap();
    let hits = work.tasks_hits(&[task_id(1)], &Words::of(word)).await;
    let hits = hits.unwrap().into_iter();
    hits.map(|(_, said)| (said.step, said.text)).collect()
}

async fn sys_04_the_names_of_files_are_found_while_they_are_there(database: &Database) {
    let mut task = open_task(database, BUREAU, 1).await;
    let files = [
        added(1, "枢纽竣工验收单.pdf", Mark::None),
        added(2, "内部竣工测算.xlsx", Mark::Internal),
        added(3, "现场照片.jpg", Mark::None),
    ];
    for (second, event) in (10..).zip(files) {
        step(database, BUREAU, &mut task, event, second)
            .await
            .unwrap();
    }
    let found = hits(database, "竣工").await;
    assert_eq!(
        found,
        [(FILES_STEP, "枢纽竣工验收单.pdf\n现场照片.jpg".to_owned())]
    );
    step(database, BUREAU, &mut task, removed(1), 20)
        .await
        .unwrap();
    assert_eq!(hits(database, "竣工").await, []);
    assert_eq!(hits(database, "现场照片").await.len(), 1);
    step(database, BUREAU, &mut task, removed(3), 21)
        .await
        .unwrap();
    assert_eq!(hits(database, "现场照片").await, []);
}
