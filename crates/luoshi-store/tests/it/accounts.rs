//! Credentials and sessions.

use luoshi_domain::accounts::failures::{FailureKind, Failures};
use luoshi_domain::accounts::second_factors::SecondFactor;
use luoshi_domain::accounts::tokens::{ApiToken, Scope};
use luoshi_domain::accounts::{Credential, Session, SessionStage, SignInRequest};
use luoshi_domain::ids::{SessionId, TokenId};
use luoshi_domain::ports::{Bureau, Store, StoreError};
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{ANN, BEN, BUREAU, OTHER_BUREAU, at};

contract! {
    bureaus_are_listed_oldest_first_and_a_taken_name_is_refused,
    a_credential_is_found_by_login_and_replaced_by_person,
    a_login_belongs_to_one_person,
    former_passwords_are_kept_newest_first_up_to_a_number,
    failures_are_kept_by_kind_and_subject_until_cleared_or_swept,
    sessions_are_found_by_token_alone_ended_and_swept,
    sessions_are_listed_touched_and_revoked_by_their_person,
    a_second_factor_is_kept_replaced_and_removed_with_its_codes,
    a_recovery_code_is_used_once,
    tokens_are_found_by_hash_alone_listed_touched_and_revoked_once,
    a_sign_in_request_is_taken_once,
    the_database_is_ready,
}

fn credential(person: luoshi_domain::ids::PersonId, login: &str, hash: &str) -> Credential {
    Credential {
        person,
        login: login.into(),
        password_hash: hash.into(),
        changed_at: Some(at(1)),
        must_change: true,
        last_used_at: None,
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
        mandate: None,
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

async fn former_passwords_are_kept_newest_first_up_to_a_number(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    for n in 1..=4 {
        let hash = format!("h{n}");
        work.former_password_push(ANN, &hash, at(n), 3)
            .await
            .unwrap();
    }
    work.former_password_push(BEN, "other", at(9), 3)
        .await
        .unwrap();
    assert_eq!(
        work.former_passwords(ANN, 9).await.unwrap(),
        ["h4", "h3", "h2"]
    );
    assert_eq!(work.former_passwords(ANN, 1).await.unwrap(), ["h4"]);
    assert_eq!(work.credential_of(ANN).await.unwrap(), None);
    let (ann, ben) = (credential(ANN, "ann", "h"), credential(BEN, "ben", "h"));
    work.credential_save(&ben).await.unwrap();
    work.credential_save(&ann).await.unwrap();
    assert_eq!(work.credential_of(BEN).await.unwrap(), Some(ben.clone()));
    assert_eq!(work.credentials_list().await.unwrap(), [ann, ben]);
}

async fn failures_are_kept_by_kind_and_subject_until_cleared_or_swept(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    let (first, _) = Failures::none(FailureKind::Login, "ann", at(0)).failed(at(0));
    work.failures_save(&first).await.unwrap();
    let (second, _) = first.clone().failed(at(5));
    work.failures_save(&second).await.unwrap();
    let of = first.subject.as_str();
    let found = work.failures_find(FailureKind::Login, of).await.unwrap();
    assert_eq!(found, Some(second));
    assert_eq!(
        work.failures_find(FailureKind::Address, of).await.unwrap(),
        None
    );
    work.failures_clear(FailureKind::Address, of).await.unwrap();
    work.failures_sweep(at(5)).await.unwrap();
    assert!(
        work.failures_find(FailureKind::Login, of)
            .await
            .unwrap()
            .is_some()
    );
    work.failures_sweep(at(6)).await.unwrap();
    assert_eq!(
        work.failures_find(FailureKind::Login, of).await.unwrap(),
        None
    );
}

async fn sessions_are_listed_touched_and_revoked_by_their_person(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    for token in ["s1", "s2", "s3"] {
        work.session_create(&session(token, 90)).await.unwrap();
    }
    work.commit().await.unwrap();
    database
        .session_touch(&session("s2", 90), at(60))
        .await
        .unwrap();
    database
        .session_touch(&session("s2", 90), at(30))
        .await
        .unwrap();
    let mut work = database.write(BUREAU).await.unwrap();
    let listed = work.sessions_of(ANN).await.unwrap();
    let tokens: Vec<&str> = listed
        .iter()
        .map(|known| known.token_hash.as_str())
        .collect();
    assert_eq!(tokens, ["s2", "s1", "s3"], "the one used last first");
    assert_eq!(
        listed[0].last_used_at,
        at(60),
        "an earlier use does not undo a later"
    );
    assert_eq!(work.sessions_of(BEN).await.unwrap(), []);
    assert!(!work.session_revoke(BEN, listed[0].id).await.unwrap());
    assert!(work.session_revoke(ANN, listed[0].id).await.unwrap());
    assert_eq!(
        work.sessions_revoke(ANN, Some(listed[1].id)).await.unwrap(),
        1
    );
    assert_eq!(work.sessions_revoke(ANN, None).await.unwrap(), 1);
    work.commit().await.unwrap();
}

async fn a_second_factor_is_kept_replaced_and_removed_with_its_codes(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    let begun = SecondFactor {
        person: ANN,
        secret: "ABC".into(),
        created_at: at(0),
        confirmed_at: None,
        last_step: 0,
    };
    work.second_factor_save(&begun).await.unwrap();
    assert_eq!(work.second_factors_list().await.unwrap(), []);
    let done = SecondFactor {
        confirmed_at: Some(at(1)),
        last_step: 7,
        ..begun
    };
    work.second_factor_save(&done).await.unwrap();
    assert_eq!(work.second_factor_get(ANN).await.unwrap(), Some(done));
    assert_eq!(work.second_factors_list().await.unwrap(), [ANN]);
    work.recovery_codes_save(ANN, &["a".into()]).await.unwrap();
    assert!(work.second_factor_remove(ANN).await.unwrap());
    assert!(!work.second_factor_remove(ANN).await.unwrap());
    assert_eq!(work.recovery_codes_left(ANN).await.unwrap(), 0);
    assert_eq!(work.second_factor_get(ANN).await.unwrap(), None);
}

async fn a_recovery_code_is_used_once(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    let codes = ["a".to_owned(), "b".to_owned()];
    work.recovery_codes_save(ANN, &codes).await.unwrap();
    assert!(!work.recovery_code_use(BEN, "a", at(1)).await.unwrap());
    assert!(work.recovery_code_use(ANN, "a", at(1)).await.unwrap());
    assert!(!work.recovery_code_use(ANN, "a", at(2)).await.unwrap());
    assert_eq!(work.recovery_codes_left(ANN).await.unwrap(), 1);
    work.recovery_codes_save(ANN, &codes).await.unwrap();
    assert_eq!(work.recovery_codes_left(ANN).await.unwrap(), 2);
}

async fn tokens_are_found_by_hash_alone_listed_touched_and_revoked_once(database: &Database) {
    let token = |n: u128, hash: &str| ApiToken {
        id: TokenId(Uuid::from_u128(n)),
        bureau: BUREAU,
        person: ANN,
        name: "对接".into(),
        token_hash: hash.into(),
        scopes: vec![Scope::Read, Scope::Write],
        created_at: at(i64::try_from(n).unwrap()),
        expires_at: at(99),
        last_used_at: None,
        revoked_at: None,
    };
    let mut work = database.write(BUREAU).await.unwrap();
    work.token_create(&token(1, "h1")).await.unwrap();
    work.token_create(&token(2, "h2")).await.unwrap();
    let foreign = ApiToken {
        bureau: OTHER_BUREAU,
        ..token(3, "h3")
    };
    let refused = work.token_create(&foreign).await;
    assert!(matches!(refused, Err(StoreError::Unusable(_))));
    work.commit().await.unwrap();
    database.token_touch(&token(1, "h1"), at(5)).await.unwrap();
    let mut used = token(1, "h1");
    used.last_used_at = Some(at(5));
    assert_eq!(database.token_find("h1").await.unwrap(), Some(used.clone()));
    assert_eq!(database.token_find("h9").await.unwrap(), None);
    let mut work = database.write(BUREAU).await.unwrap();
    assert_eq!(work.tokens_of(ANN).await.unwrap(), [token(2, "h2"), used]);
    let id = TokenId(Uuid::from_u128(1));
    assert!(!work.token_revoke(BEN, id, at(6)).await.unwrap());
    assert!(work.token_revoke(ANN, id, at(6)).await.unwrap());
    assert!(!work.token_revoke(ANN, id, at(7)).await.unwrap());
    work.commit().await.unwrap();
    let revoked = database.token_find("h1").await.unwrap().unwrap();
    assert_eq!(revoked.revoked_at, Some(at(6)));
}

async fn a_sign_in_request_is_taken_once(database: &Database) {
    let request = SignInRequest {
        state_hash: "s".into(),
        nonce: "n".into(),
        verifier: "v".into(),
        next: "/desk".into(),
        expires_at: at(10),
    };
    let mut work = database.write(BUREAU).await.unwrap();
    work.sign_in_request_push(&request).await.unwrap();
    work.sign_in_requests_sweep(at(10)).await.unwrap();
    let taken = work.sign_in_request_take("s").await.unwrap();
    assert_eq!(taken, Some(request.clone()));
    assert_eq!(work.sign_in_request_take("s").await.unwrap(), None);
    work.sign_in_request_push(&request).await.unwrap();
    work.sign_in_requests_sweep(at(11)).await.unwrap();
    assert_eq!(work.sign_in_request_take("s").await.unwrap(), None);
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
