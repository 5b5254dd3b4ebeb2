//! Reading a large table whole: the database packs all rows into one value.
//!
//! A row handed over one by one costs some 7 µs, most of it for the handing over; packed as JSON by
//! the database itself it costs less than one.

use luoshi_domain::ports::StoreResult;
use serde::de::DeserializeOwned;
use sqlx::AssertSqlSafe;

use crate::conn::{Conn, Dialect};
use crate::sql::{Value, from_json};

/// A column of a packed row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    /// An id, read as the text of its UUID.
    Id(&'static str),
    /// A text or a number.
    Plain(&'static str),
}

impl Conn {
    /// All rows of `from` (what follows FROM, constants and placeholders only) in the order of
    /// `order`, each read from the array of its columns.
    pub(crate) async fn fetch_packed<T: DeserializeOwned>(
        &mut self,
        columns: &[Column],
        from: &'static str,
        order: &'static str,
        values: Vec<Value>,
    ) -> StoreResult<Vec<T>> {
        let sql = match self.dialect() {
            Dialect::Sqlite => {
                let array = list(columns, |id| format!("nullif(hex({id}), '')"));
                format!("SELECT json_group_array(json_array({array}) ORDER BY {order}) FROM {from}")
            }
            Dialect::Postgres => {
                let array = list(columns, str::to_owned);
                format!(
                    "SELECT coalesce(json_agg(json_build_array({array}) ORDER BY {order})::text, \
                     '[]') FROM {from}"
                )
            }
        };
        let row = self.fetch_one(AssertSqlSafe(sql), values).await?;
        from_json(&row.cells().take::<String>()?)
    }
}

fn list(columns: &[Column], id: impl Fn(&'static str) -> String) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|column| match column {
            Column::Id(name) => id(name),
            Column::Plain(name) => (*name).to_owned(),
        })
        .collect();
    columns.join(", ")
}
