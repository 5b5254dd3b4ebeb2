//! What the databases would do for a statement, by their own explanation.

use sqlx::AssertSqlSafe;

use crate::conn::Conn;
use crate::database::{Database, open};
use crate::schemas;
use crate::sql::Value;

/// SQLite's plan of a statement.
pub(crate) async fn explain(conn: &mut Conn, (sql, values): (String, Vec<Value>)) -> String {
    let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let mut plan = String::new();
    for row in conn.fetch_all(sql, values).await.unwrap() {
        let mut cells = row.cells();
        for _column in 0..3 {
            cells.take::<i64>().unwrap();
        }
        plan.push_str(&cells.take::<String>().unwrap());
        plan.push('\n');
    }
    plan
}

/// PostgreSQL's plan of a statement.
pub(crate) async fn explain_postgres(
    conn: &mut Conn,
    (sql, values): (String, Vec<Value>),
) -> String {
    let sql = AssertSqlSafe(format!("EXPLAIN {sql}"));
    let rows = conn.fetch_all(sql, values).await.unwrap();
    let lines = rows.iter().map(|row| row.cells().take::<String>().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// An empty schema for this test on the server that `TEST_DATABASE_URL` names, if any.
pub(crate) async fn postgres(test: &str) -> Option<Database> {
    Some(open(&schemas::empty(test).await?).await.unwrap())
}
