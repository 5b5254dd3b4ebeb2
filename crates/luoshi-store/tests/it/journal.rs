//! The journal under concurrent writers, and what tampering leaves.

use std::task::Poll;

use luoshi_domain::journal::{Break, Fault};
use luoshi_domain::ports::{Store, StoreError};
use luoshi_domain::tasks::{Task, TaskEvent};
use luoshi_store::Database;

use crate::samples::{
    BUREAU, OTHER_BUREAU, details, fed_back, open_task, opened, save, signed, step, task_id, verify,
};

contract! {
    sys_02_the_journal_reads_in_order_and_verifies,
    sys_04_concurrent_writers_wait_their_turn_and_leave_no_gap,
    concurrent_changes_of_one_task_let_one_win_each_round,
    a_unit_of_work_abandoned_half_way_leaves_the_next_writer_free,
}

async fn sys_02_the_journal_reads_in_order_and_verifies(database: &Database) {
    let mut task = open_task(database, BUREAU, 1).await;
    open_task(database, BUREAU, 2).await;
    let approved = TaskEvent::Approved {
        text: "同意".into(),
    };
    task.apply(&approved, &signed(2));
    task.apply(&fed_back(5), &signed(2));
    save(database, BUREAU, &task, &[approved, fed_back(5)], 2)
        .await
        .unwrap();

    let mut work = database.read(BUREAU).await.unwrap();
    let of_task = work.journal_of(Task::STREAM, task.id.0, 2).await.unwrap();
    let places: Vec<_> = of_task
        .iter()
        .map(|event| (event.seq, event.version))
        .collect();
    assert_eq!(places, [(3, 2), (4, 3)], "the latest two, in order");
    let latest = work.journal_latest(3).await.unwrap();
    let seqs: Vec<_> = latest.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, [4, 3, 2]);
    let after = work.journal_after(1, 2).await.unwrap();
    let seqs: Vec<_> = after.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, [2, 3]);
    assert_eq!(work.journal_count().await.unwrap(), 4);
    drop(work);
    assert_eq!(verify(database, BUREAU).await, Ok(4));
    assert_eq!(verify(database, OTHER_BUREAU).await, Ok(0));
}

async fn sys_04_concurrent_writers_wait_their_turn_and_leave_no_gap(database: &Database) {
    let mut writers = Vec::new();
    for n in 0..32u128 {
        let database = database.clone();
        writers.push(tokio::spawn(async move {
            let bureau = if n % 4 == 0 { OTHER_BUREAU } else { BUREAU };
            let mut task = open_task(&database, bureau, n).await;
            for progress in 1..=3 {
                step(&database, bureau, &mut task, fed_back(progress), 2)
                    .await
                    .unwrap();
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(verify(database, BUREAU).await, Ok(24 * 4));
    assert_eq!(verify(database, OTHER_BUREAU).await, Ok(8 * 4));
}

async fn concurrent_changes_of_one_task_let_one_win_each_round(database: &Database) {
    open_task(database, BUREAU, 1).await;
    let mut writers = Vec::new();
    for progress in 1..=8u8 {
        let database = database.clone();
        writers.push(tokio::spawn(async move {
            loop {
                let mut work = database.read(BUREAU).await.unwrap();
                let mut task = work.task_get(task_id(1)).await.unwrap().unwrap();
                drop(work);
                let saved = step(&database, BUREAU, &mut task, fed_back(progress), 2).await;
                match saved {
                    Ok(()) => break,
                    Err(StoreError::Stale) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let mut work = database.read(BUREAU).await.unwrap();
    let task = work.task_get(task_id(1)).await.unwrap().unwrap();
    assert_eq!((task.version, task.feedbacks), (9, 8));
    drop(work);
    assert_eq!(verify(database, BUREAU).await, Ok(9));
}

async fn a_unit_of_work_abandoned_half_way_leaves_the_next_writer_free(database: &Database) {
    open_task(database, BUREAU, 0).await;
    for polls in 0..40 {
        let mut task = open_task(database, BUREAU, 1_000 + polls).await;
        let whole = step(database, BUREAU, &mut task, fed_back(1), 2);
        poll_at_most(whole, polls).await;
    }
    let last = open_task(database, BUREAU, 2_000).await;
    let mut work = database.read(BUREAU).await.unwrap();
    assert_eq!(work.task_get(last.id).await.unwrap(), Some(last));
    let count = work.journal_count().await.unwrap();
    drop(work);
    assert_eq!(verify(database, BUREAU).await, Ok(count));
    assert!(database.rebuild_check(BUREAU).await.unwrap().is_clean());
}

/// Drops `future` after so many polls, as a server does when the browser is gone.
async fn poll_at_most<T>(future: impl Future<Output = T>, polls: u128) {
    let mut future = Box::pin(future);
    for _poll in 0..polls {
        let poll = std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx)));
        if poll.await.is_ready() {
            return;
        }
        // Let the database get on.
        std::thread::yield_now();
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn sys_04_a_confirmed_write_is_in_the_files_while_the_process_lives() {
    let (database, folder) = crate::databases::sqlite().await;
    let task = open_task(&database, BUREAU, 1).await;
    let mut open = database.write(BUREAU).await.unwrap();
    let (unconfirmed, events) = opened(2, details(2), 2);
    open.task_save(&unconfirmed, &events, &signed(2))
        .await
        .unwrap();

    // What a kill would leave: the files as they are now.
    let copy = tempfile::tempdir().unwrap();
    for name in ["test.db", "test.db-wal"] {
        std::fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let restarted = luoshi_store::open(&crate::databases::sqlite_url(&copy))
        .await
        .unwrap();
    let mut work = restarted.read(BUREAU).await.unwrap();
    assert_eq!(work.task_get(task.id).await.unwrap(), Some(task));
    assert_eq!(work.task_get(unconfirmed.id).await.unwrap(), None);
    drop(work);
    assert_eq!(verify(&restarted, BUREAU).await, Ok(1));
    drop(open);
}

/// Needs statements that the store does not have, so it goes to the file itself.
#[tokio::test]
async fn sys_02_altering_or_removing_a_stored_event_is_found_at_that_row() {
    let cases = [
        (
            "UPDATE events SET body = replace(body, '周敏', '周明') WHERE seq = 2",
            Fault::Altered,
        ),
        (
            "UPDATE events SET stream_version = 9 WHERE seq = 2",
            Fault::Reordered,
        ),
        ("DELETE FROM events WHERE seq = 2", Fault::Missing),
    ];
    for (tampering, fault) in cases {
        let (database, folder) = crate::databases::sqlite().await;
        let mut task = open_task(&database, BUREAU, 1).await;
        for progress in 1..=2 {
            step(&database, BUREAU, &mut task, fed_back(progress), 2)
                .await
                .unwrap();
        }
        assert_eq!(verify(&database, BUREAU).await, Ok(3));
        crate::databases::tamper(&crate::databases::sqlite_url(&folder), tampering).await;
        let found = verify(&database, BUREAU).await;
        assert_eq!(found, Err(Break { seq: 2, fault }), "{tampering}");
    }
}
