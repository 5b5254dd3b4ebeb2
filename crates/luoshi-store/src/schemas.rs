//! Empty schemas for tests on the PostgreSQL server that `TEST_DATABASE_URL` names.

use std::io::Write;
use std::sync::Once;

use luoshi_domain::journal::digest;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The URL of an empty schema for `test`, or `None` without a server.
///
/// # Panics
///
/// Where the server does not answer or refuses: a test that must run has failed.
pub async fn empty(test: &str) -> Option<String> {
    static SAY_ONCE: Once = Once::new();
    let Ok(url) = std::env::var("TEST_DATABASE_URL") else {
        // Not `eprintln`, which the test harness keeps to itself.
        SAY_ONCE.call_once(|| {
            let line = b"PostgreSQL is skipped: TEST_DATABASE_URL is not set\n";
            std::io::stderr()
                .write_all(line)
                .expect("a line can be said");
        });
        return None;
    };
    let name: String = digest(test.as_bytes()).chars().take(20).collect();
    let schema = format!("test_{name}");
    let mut conn = PgConnection::connect(&url)
        .await
        .expect("the server answers");
    for statement in [
        format!("DROP SCHEMA IF EXISTS {schema} CASCADE"),
        format!("CREATE SCHEMA {schema}"),
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut conn)
            .await
            .expect("a schema can be made");
    }
    conn.close().await.expect("the server answers");
    let joint = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{joint}options[search_path]={schema}"))
}
