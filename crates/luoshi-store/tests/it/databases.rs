//! A fresh database for each test.

use luoshi_store::{Database, schemas};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::samples;

/// A file in a folder that goes when it is dropped, with the two sample bureaux.
pub(crate) async fn sqlite() -> (Database, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let database = luoshi_store::open(&sqlite_url(&folder)).await.unwrap();
    samples::create_bureaus(&database).await;
    (database, folder)
}

/// A schema of its own for `test`, or `None` without a server.
pub(crate) async fn postgres(test: &str) -> Option<Database> {
    let database = luoshi_store::open(&schemas::empty(test).await?)
        .await
        .unwrap();
    samples::create_bureaus(&database).await;
    Some(database)
}

/// The URL of the database in `folder`.
pub(crate) fn sqlite_url(folder: &TempDir) -> String {
    format!("sqlite:{}", folder.path().join("test.db").display())
}

/// Runs a statement behind the store's back, without what guards the logs, as who has the
/// database can; it must change something.
pub(crate) async fn tamper(url: &str, statement: &'static str) {
    let rows = if url.starts_with("sqlite:") {
        let mut conn = SqliteConnection::connect(url).await.unwrap();
        let guards = "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'";
        let guards: Vec<String> = sqlx::query_scalar(guards)
            .fetch_all(&mut conn)
            .await
            .unwrap();
        for guard in guards {
            let dropped = sqlx::query(AssertSqlSafe(guard)).execute(&mut conn).await;
            dropped.unwrap();
        }
        let done = sqlx::query(statement).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        done.rows_affected()
    } else {
        let mut conn = PgConnection::connect(url).await.unwrap();
        let guards = sqlx::query("SET session_replication_role = replica");
        guards.execute(&mut conn).await.unwrap();
        let done = sqlx::query(statement).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        done.rows_affected()
    };
    assert!(rows > 0, "{statement}");
}

/// Runs a statement beside the store, as anybody could who may write to the database; why it was
/// refused.
pub(crate) async fn refused(url: &str, statement: &'static str) -> String {
    let refused = if url.starts_with("sqlite:") {
        let mut conn = SqliteConnection::connect(url).await.unwrap();
        let done = sqlx::query(statement)
            .execute(&mut conn)
            .await
            .map(|_done| ());
        conn.close().await.unwrap();
        done
    } else {
        let mut conn = PgConnection::connect(url).await.unwrap();
        let done = sqlx::query(statement)
            .execute(&mut conn)
            .await
            .map(|_done| ());
        conn.close().await.unwrap();
        done
    };
    match refused {
        Ok(()) => panic!("not refused: {statement}"),
        Err(error) => error.to_string(),
    }
}
