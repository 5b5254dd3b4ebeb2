//! Work that waits is claimed once, tried again later and given up visibly.

use luoshi_domain::ids::JobId;
use luoshi_domain::jobs::{Job, JobEnd, NewJob};
use luoshi_domain::ports::{Store, StoreError};
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{BUREAU, at};

contract! {
    a_job_is_claimed_by_one_worker_and_done_once,
    a_job_that_fails_is_tried_again_later_with_what_is_left,
    a_job_whose_worker_died_is_claimed_again,
    a_job_that_is_given_up_is_listed_with_its_reason,
    a_job_that_was_given_up_is_tried_again_on_request,
    the_next_part_of_a_job_has_its_tries_before_it,
    a_job_of_a_unit_of_work_that_is_not_committed_is_not_there,
}

async fn push(database: &Database, n: u128) {
    let mut work = database.write(BUREAU).await.unwrap();
    work.job_push(&job(n)).await.unwrap();
    work.commit().await.unwrap();
}

fn job(n: u128) -> NewJob {
    NewJob {
        id: JobId(Uuid::from_u128(n)),
        name: "refine",
        payload: format!("{{\"n\":{n}}}"),
        max_attempts: 3,
        at: at(i64::try_from(n).unwrap()),
    }
}

async fn end(database: &Database, job: &Job, worker: &str, end: JobEnd) -> Result<(), StoreError> {
    let mut work = database.write(job.bureau).await?;
    work.job_end(job, worker, &end, at(50)).await?;
    work.commit().await
}

async fn claim(database: &Database, worker: &str, second: i64) -> Option<Job> {
    let claimed = database.job_claim(worker, at(second), at(second + 60));
    claimed.await.unwrap()
}

async fn a_job_is_claimed_by_one_worker_and_done_once(database: &Database) {
    push(database, 1).await;
    push(database, 2).await;
    assert_eq!(claim(database, "a", 0).await, None, "not due yet");
    let first = claim(database, "a", 10).await.unwrap();
    assert_eq!((first.bureau, first.attempts), (BUREAU, 1));
    assert_eq!(first.payload, "{\"n\":1}");
    let second = claim(database, "b", 10).await.unwrap();
    assert_eq!(second.payload, "{\"n\":2}");
    assert_eq!(claim(database, "c", 10).await, None);
    end(database, &first, "a", JobEnd::Done).await.unwrap();
    assert_eq!(claim(database, "c", 20).await, None);
}

async fn a_job_that_fails_is_tried_again_later_with_what_is_left(database: &Database) {
    push(database, 1).await;
    let first = claim(database, "a", 10).await.unwrap();
    let retry = JobEnd::Retry {
        run_at: at(100),
        payload: "{\"rest\":1}".into(),
        error: "服务忙".into(),
    };
    end(database, &first, "a", retry).await.unwrap();
    assert_eq!(claim(database, "a", 99).await, None);
    let again = claim(database, "a", 100).await.unwrap();
    assert_eq!(
        (again.attempts, again.payload.as_str()),
        (2, "{\"rest\":1}")
    );
}

async fn a_job_whose_worker_died_is_claimed_again(database: &Database) {
    push(database, 1).await;
    let first = claim(database, "a", 10).await.unwrap();
    assert_eq!(claim(database, "b", 60).await, None);
    let taken_over = claim(database, "b", 70).await.unwrap();
    assert_eq!((taken_over.id, taken_over.attempts), (first.id, 2));
    let late = end(database, &first, "a", JobEnd::Done).await;
    assert!(matches!(late, Err(StoreError::Stale)), "{late:?}");
    end(database, &taken_over, "b", JobEnd::Done).await.unwrap();
}

async fn a_job_that_is_given_up_is_listed_with_its_reason(database: &Database) {
    push(database, 1).await;
    let first = claim(database, "a", 10).await.unwrap();
    let error = "口令不对".to_owned();
    end(database, &first, "a", JobEnd::Failed { error })
        .await
        .unwrap();
    assert_eq!(claim(database, "a", 9_000).await, None);
    let mut work = database.read(BUREAU).await.unwrap();
    let failed = work.jobs_failed("refine", 5).await.unwrap();
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (failed[0].error.as_str(), failed[0].attempts),
        ("口令不对", 1)
    );
    assert!(work.jobs_failed("other", 5).await.unwrap().is_empty());
}

async fn a_job_of_a_unit_of_work_that_is_not_committed_is_not_there(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    work.job_push(&job(1)).await.unwrap();
    drop(work);
    assert_eq!(claim(database, "a", 10).await, None);
}

async fn a_job_that_was_given_up_is_tried_again_on_request(database: &Database) {
    push(database, 1).await;
    push(database, 2).await;
    let first = claim(database, "a", 10).await.unwrap();
    let error = "口令不对".to_owned();
    end(database, &first, "a", JobEnd::Failed { error })
        .await
        .unwrap();
    let mut work = database.write(BUREAU).await.unwrap();
    let other = JobId(Uuid::from_u128(2));
    assert!(!work.job_retry("refine", other, at(60)).await.unwrap());
    assert!(!work.job_retry("other", first.id, at(60)).await.unwrap());
    assert!(work.job_retry("refine", first.id, at(60)).await.unwrap());
    assert!(work.jobs_failed("refine", 5).await.unwrap().is_empty());
    work.commit().await.unwrap();
    assert_eq!(claim(database, "a", 59).await.unwrap().id, other);
    let again = claim(database, "a", 60).await.unwrap();
    assert_eq!((again.id, again.attempts), (first.id, 1));
}

async fn the_next_part_of_a_job_has_its_tries_before_it(database: &Database) {
    push(database, 1).await;
    let first = claim(database, "a", 10).await.unwrap();
    let payload = "{\"part\":2}".to_owned();
    end(database, &first, "a", JobEnd::Next { payload })
        .await
        .unwrap();
    let next = claim(database, "a", 50).await.unwrap();
    assert_eq!(
        (next.id, next.attempts, next.payload.as_str()),
        (first.id, 1, "{\"part\":2}")
    );
}
