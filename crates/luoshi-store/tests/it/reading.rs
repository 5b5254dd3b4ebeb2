//! One transaction for all that a request reads.

use luoshi_domain::lights::changes::LightEdition;
use luoshi_domain::ports::Store;
use luoshi_store::Database;

use crate::samples::{ANN, BUREAU, OTHER_BUREAU, at};

contract! {
    a_request_reads_one_state,
    a_request_that_wrote_reads_what_was_written,
    a_bureau_reads_its_own_versions_within_one_request,
    what_broke_is_not_gone_on_with,
}

async fn looked(database: &Database) -> bool {
    let mut work = database.read(BUREAU).await.unwrap();
    work.inbox_looked(ANN).await.unwrap().is_some()
}

async fn look(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    work.inbox_look(ANN, at(1)).await.unwrap();
    work.commit().await.unwrap();
}

async fn a_request_reads_one_state(database: &Database) {
    let (begun, begins) = tokio::sync::oneshot::channel();
    let (written, writes) = tokio::sync::oneshot::channel();
    let writer = async {
        begins.await.unwrap();
        look(database).await;
        written.send(()).unwrap();
    };
    let request = Box::pin(async {
        assert!(!looked(database).await);
        begun.send(()).unwrap();
        writes.await.unwrap();
        // Somebody else wrote meanwhile; the page goes on with what it began with.
        assert!(!looked(database).await);
    });
    tokio::join!(database.reading(request), writer);
    assert!(looked(database).await);
}

async fn a_request_that_wrote_reads_what_was_written(database: &Database) {
    let request = Box::pin(async {
        let mut open = database.read(BUREAU).await.unwrap();
        assert!(open.inbox_looked(ANN).await.unwrap().is_none());
        look(database).await;
        // Begun before the write, it is nothing to go on with.
        drop(open);
        assert!(looked(database).await);
    });
    database.reading(request).await;
}

async fn a_bureau_reads_its_own_versions_within_one_request(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    let edition = LightEdition {
        number: 7,
        ..LightEdition::default()
    };
    work.light_edition_add(&edition).await.unwrap();
    work.commit().await.unwrap();
    let request = Box::pin(async {
        for (bureau, lights) in [(BUREAU, 7), (OTHER_BUREAU, 0), (BUREAU, 7)] {
            let mut work = database.read(bureau).await.unwrap();
            assert_eq!(work.rules_versions().await.unwrap().lights, lights);
        }
    });
    database.reading(request).await;
}

async fn what_broke_is_not_gone_on_with(database: &Database) {
    let request = Box::pin(async {
        let mut work = database.read(BUREAU).await.unwrap();
        // Only a unit of work that may write can.
        assert!(work.inbox_look(ANN, at(1)).await.is_err());
        drop(work);
        assert!(!looked(database).await);
    });
    database.reading(request).await;
}
