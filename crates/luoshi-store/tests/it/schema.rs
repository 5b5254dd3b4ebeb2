//! Both migrated schemas have the same tables, columns, nullability and unique keys.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use crate::databases;

/// Table, column, SQLite's type for it, whether it may be NULL.
type Columns = BTreeSet<(String, String, String, bool)>;

/// Table, and the columns that are unique together.
type Keys = BTreeSet<(String, Vec<String>)>;

#[tokio::test]
async fn both_databases_have_the_same_schema() {
    let Some(url) = luoshi_store::schemas::empty("schema").await else {
        return;
    };
    luoshi_store::open(&url).await.unwrap().close().await;
    let (database, folder) = databases::sqlite().await;
    let (columns, keys) = sqlite_schema(&databases::sqlite_url(&folder)).await;
    let (postgres_columns, postgres_keys) = postgres_schema(&url).await;
    assert_eq!(columns, postgres_columns);
    assert_eq!(keys, postgres_keys);
    assert!(columns.len() > 100 && keys.len() > 15);
    database.close().await;
}

#[tokio::test]
async fn every_table_leads_with_the_bureau() {
    let (_database, folder) = databases::sqlite().await;
    let mut conn = SqliteConnection::connect(&databases::sqlite_url(&folder))
        .await
        .unwrap();
    let firsts = sqlx::query(
        "SELECT m.name, (SELECT name FROM pragma_table_info(m.name) WHERE cid = 0), \
         (SELECT name FROM pragma_table_info(m.name) WHERE pk = 1) \
         FROM sqlite_master AS m WHERE m.type = 'table' \
         AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '_sqlx_%' \
         AND m.name NOT LIKE 'task_words%'", // an index of SQLite's own kind
    );
    for row in firsts.fetch_all(&mut conn).await.unwrap() {
        let table: String = row.get(0);
        assert_eq!(row.get::<String, _>(1), "bureau_id", "{table}");
        assert_eq!(row.get::<String, _>(2), "bureau_id", "{table}");
    }
}

async fn sqlite_schema(url: &str) -> (Columns, Keys) {
    let mut conn = SqliteConnection::connect(url).await.unwrap();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' \
                  AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx_%' \
                  AND name NOT LIKE 'task_words%'"; // an index of SQLite's own kind
    let mut columns = Columns::new();
    for row in sqlx::query(AssertSqlSafe(format!(
        "SELECT t.name, c.name, c.type, c.\"notnull\" = 0 AND c.pk = 0 \
         FROM ({tables}) AS t, pragma_table_xinfo(t.name) AS c"
    )))
    .fetch_all(&mut conn)
    .await
    .unwrap()
    {
        columns.insert((row.get(0), row.get(1), row.get(2), row.get(3)));
    }
    let mut keys = Keys::new();
    for row in sqlx::query(AssertSqlSafe(format!(
        "SELECT t.name, (SELECT group_concat(name) FROM \
         (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) \
         FROM ({tables}) AS t, pragma_index_list(t.name) AS i WHERE i.\"unique\""
    )))
    .fetch_all(&mut conn)
    .await
    .unwrap()
    {
        keys.insert((row.get(0), split(&row.get::<String, _>(1))));
    }
    (columns, keys)
}

async fn postgres_schema(url: &str) -> (Columns, Keys) {
    let mut conn = PgConnection::connect(url).await.unwrap();
    let mut columns = Columns::new();
    for row in sqlx::query(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES' \
         FROM information_schema.columns WHERE table_schema = current_schema() \
         AND table_name NOT LIKE '\\_sqlx\\_%'",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap()
    {
        let kind = match row.get::<String, _>(2).as_str() {
            "uuid" => "BLOB",
            "bigint" | "boolean" => "INTEGER",
            "text" | "timestamp with time zone" => "TEXT",
            other => panic!("{other} has no counterpart"),
        };
        columns.insert((row.get(0), row.get(1), kind.to_owned(), row.get(3)));
    }
    let mut keys = Keys::new();
    for row in sqlx::query(
        "SELECT t.relname::text, (SELECT string_agg(a.attname, ',' ORDER BY k.at) \
         FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, at) \
         JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.attnum) \
         FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid \
         WHERE i.indisunique AND t.relnamespace = current_schema()::regnamespace \
         AND t.relname NOT LIKE '\\_sqlx\\_%'",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap()
    {
        keys.insert((row.get(0), split(&row.get::<String, _>(1))));
    }
    (columns, keys)
}

fn split(names: &str) -> Vec<String> {
    names.split(',').map(str::to_owned).collect()
}
