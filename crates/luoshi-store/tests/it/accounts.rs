//! Credentials and sessions.

use luoshi_domain::accounts::{Credential, Session, SessionStage};
use luoshi_domain::ids::SessionId;
use luoshi_domain::ports::{Bureau, Store, StoreError};
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{ANN, BEN, BUREAU, OTHER_BUREAU, at};

contract! {
    bureaus_are_listed_oldest_first_and_a_taken_name_is_refused,
    a_credential_is_found_by_login_and_replaced_by_person,
    a_login_belongs_to_one_person,
    sessions_are_found_by_token_alone_ended_and_swept,
    the_database_is_ready,
}

fn credential(person: luoshi_domain::ids::PersonId, login: &str, hash: &str) -> Credential {
    Credential {
        person,
        login: login.into(),
        password_hash: hash.into(),
    }
}

fn session(token_hash: &str, expires: i64) -> Session {
    Session {
        id: SessionId(Uuid::from_u128(
            u128::from_str_radix(token_hash, 36).unwrap(),
        )),
        token_hash: token_hash.into(),
        bureau: BUREAU,
        person: ANN,
        csrf: "c".into(),
        stage: SessionStage::Full,
        address: "10.1.2.3".into(),
        device: "Firefox".into(),
        last_used_at: at(0),
        created_at: at(0),
        expires_at: at(expires),
    }
}

async fn bureaus_are_listed_oldest_first_and_a_taken_name_is_refused(database: &Database) {
    let bureaus = database.bureaus_list().await.unwrap();
    let ids: Vec<_> = bureaus.iter().map(|bureau| bureau.id).collect();
    assert_eq!(ids, [BUREAU, OTHER_BUREAU]);
    assert_eq!(bureaus[0].created_at, at(0));
    let taken = Bureau {
        id: luoshi_domain::ids::BureauId(ANN.0),
        ..bureaus[0].clone()
    };
    let refused = database.bureau_create(&taken).await;
    assert!(matches!(refused, Err(StoreError::Taken)), "{refused:?}");
}

async fn a_credential_is_found_by_login_and_replaced_by_person(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    let first = credential(ANN, "ann", "h1");
    work.credential_save(&first).await.unwrap();
    assert_eq!(work.credential_find("ann").await.unwrap(), Some(first));
    let second = credential(ANN, "anna", "h2");
    work.credential_save(&second).await.unwrap();
    assert_eq!(work.credential_find("ann").await.unwrap(), None);
    assert_eq!(work.credential_find("anna").await.unwrap(), Some(second));
    work.commit().await.unwrap();
    let mut work = database.read(OTHER_BUREAU).await.unwrap();
    assert_eq!(work.credential_find("anna").await.unwrap(), None);
}

async fn a_login_belongs_to_one_person(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    let first = credential(ANN, "ann", "h1");
    work.credential_save(&first).await.unwrap();
    let refused = work.credential_save(&credential(BEN, "ann", "h2")).await;
    assert!(matches!(refused, Err(StoreError::Taken)), "{refused:?}");
}

async fn sessions_are_found_by_token_alone_ended_and_swept(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    for (token, expires) in [("t1", 10), ("t2", 20), ("t3", 30)] {
        work.session_create(&session(token, expires)).await.unwrap();
    }
    let foreign = Session {
        bureau: OTHER_BUREAU,
        ..session("t4", 10)
    };
    let refused = work.session_create(&foreign).await;
    assert!(matches!(refused, Err(StoreError::Unusable(_))));
    work.commit().await.unwrap();
    let found = database.session_find("t1").await.unwrap();
    assert_eq!(found, Some(session("t1", 10)), "expired or not");

    let mut work = database.write(OTHER_BUREAU).await.unwrap();
    work.session_end("t2").await.unwrap();
    work.sessions_sweep(at(99)).await.unwrap();
    work.commit().await.unwrap();
    assert!(database.session_find("t2").await.unwrap().is_some());

    let mut work = database.write(BUREAU).await.unwrap();
    work.session_end("t2").await.unwrap();
    work.session_end("unknown").await.unwrap();
    work.sessions_sweep(at(20)).await.unwrap();
    work.commit().await.unwrap();
    for (token, kept) in [("t1", false), ("t2", false), ("t3", true)] {
        let found = database.session_find(token).await.unwrap();
        assert_eq!(found.is_some(), kept, "{token}");
    }
}

async fn the_database_is_ready(database: &Database) {
    database.ready().await.unwrap();
}

#[tokio::test]
async fn a_database_url_that_names_no_database_is_unusable() {
    for url in [
        "",
        "x.db",
        "sqlite:",
        "sqlite::memory:",
        "sqlite:x.db?mode=rwc",
        "mysql://x",
    ] {
        let refused = luoshi_store::open(url).await;
        assert!(matches!(refused, Err(StoreError::Unusable(_))), "{url}");
    }
    let folder = tempfile::tempdir().unwrap();
    let missing = format!("sqlite:{}", folder.path().join("no/such.db").display());
    let refused = luoshi_store::open(&missing).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owner_s_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_database, folder) = crate::databases::sqlite().await;
    for name in ["test.db", "test.db-wal"] {
        let file = std::fs::metadata(folder.path().join(name)).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "{name}");
    }
}
