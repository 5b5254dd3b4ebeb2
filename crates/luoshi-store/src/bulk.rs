//! Many rows in one statement: handing a statement over costs more than most rows do.

use luoshi_domain::ports::StoreResult;
use sqlx::AssertSqlSafe;

use crate::conn::{Conn, Dialect};
use crate::sql::Value;

/// Values of one statement; both databases take several times as many.
const VALUES: usize = 4000;

/// Rows that are gathered into statements of the form `head (…), (…), … tail`.
pub(crate) struct Bulk {
    head: &'static str,
    tail: &'static str,
    /// Values that the head or the tail names, `$1` to `$9`, the same for each statement.
    shared: Vec<Value>,
    rows: Vec<Vec<Value>>,
}

impl Bulk {
    /// Inserts; `head` ends in VALUES.
    pub(crate) fn insert(head: &'static str) -> Self {
        Self::new(head, "", Vec::new())
    }

    pub(crate) fn new(head: &'static str, tail: &'static str, shared: Vec<Value>) -> Self {
        Self {
            head,
            tail,
            shared,
            rows: Vec::new(),
        }
    }

    /// Adds a row, and runs the statement when it is full. All rows are equally long.
    pub(crate) async fn push(&mut self, conn: &mut Conn, row: Vec<Value>) -> StoreResult<()> {
        let width = row.len().max(1);
        self.rows.push(row);
        if (self.rows.len() + 1) * width > VALUES {
            // Full ones are alike, and so are kept prepared.
            let (sql, values) = self.take(named(conn));
            conn.execute(AssertSqlSafe(sql), values).await?;
        }
        Ok(())
    }

    /// Runs the statement with the rows that are left.
    pub(crate) async fn finish(mut self, conn: &mut Conn) -> StoreResult<()> {
        if !self.rows.is_empty() {
            let (sql, values) = self.take(named(conn));
            conn.execute_once(AssertSqlSafe(sql), values).await?;
        }
        Ok(())
    }

    /// The statement, and the values of its rows with the shared ones behind them.
    fn take(&mut self, named: bool) -> (String, Vec<Value>) {
        let mut values = Vec::with_capacity(VALUES);
        let mut rows = String::new();
        for (nth, row) in self.rows.drain(..).enumerate() {
            rows.push_str(if nth == 0 { "(" } else { ", (" });
            for (column, value) in row.into_iter().enumerate() {
                values.push(value);
                rows.push_str(if column == 0 { "" } else { ", " });
                match named {
                    true => rows.push_str(&format!("${}", values.len())),
                    false => rows.push('?'),
                }
            }
            rows.push(')');
        }
        let count = values.len();
        values.extend(self.shared.iter().cloned());
        let around = |text: &str| behind(text, count);
        let sql = format!("{}{rows}{}", around(self.head), around(self.tail));
        (sql, values)
    }
}

/// A text whose `$1` to `$9` stand behind `count` other values.
fn behind(text: &str, count: usize) -> String {
    let mut parts = text.split('$');
    let mut moved = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let nth = part.chars().next().and_then(|letter| letter.to_digit(10));
        let nth = nth.and_then(|nth| usize::try_from(nth).ok());
        let rest = part.get(1..).unwrap_or_default();
        moved.push_str(&format!("${}{rest}", count + nth.unwrap_or_default()));
    }
    moved
}

/// Whether values are named one by one. SQLite looks a name up by going through all of them, which
/// for thousands takes longer than the statement.
fn named(conn: &Conn) -> bool {
    conn.dialect() == Dialect::Postgres
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::values;

    fn many() -> Bulk {
        let mut bulk = Bulk::new(
            "UPDATE x SET y = $2 FROM ",
            " RETURNING $1",
            values![7i64, 8i64],
        );
        bulk.rows = (0..4i64).map(|n| values![n, "a"]).collect();
        bulk
    }

    #[test]
    fn a_statement_names_every_value_of_every_row() {
        let mut bulk = many();
        let (sql, values) = bulk.take(true);
        let said = "UPDATE x SET y = $10 FROM ($1, $2), ($3, $4), ($5, $6), ($7, $8) \
                    RETURNING $9";
        assert_eq!(sql, said);
        assert_eq!(values.len(), 10);
        assert!(bulk.rows.is_empty());
    }

    #[test]
    fn sqlite_counts_the_values_of_the_rows_for_itself() {
        let (sql, values) = many().take(false);
        let said = "UPDATE x SET y = $10 FROM (?, ?), (?, ?), (?, ?), (?, ?) RETURNING $9";
        assert_eq!(sql, said);
        assert_eq!(values.len(), 10);
    }
}
