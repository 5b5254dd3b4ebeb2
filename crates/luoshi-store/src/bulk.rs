//! Many rows in one statement: handing a statement over costs more than most rows do.

use luoshi_domain::ports::StoreResult;
use sqlx::AssertSqlSafe;

use crate::sql::{Conn, Value};

/// Values of one statement; both databases take several times as many.
const VALUES: usize = 4000;

/// Rows that are gathered into statements of the form `head (…), (…), … tail`.
pub(crate) struct Bulk {
    head: &'static str,
    tail: &'static str,
    /// Values that the head or the tail names, `$1` and on, the same for each statement.
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
            let (sql, values) = self.take();
            conn.execute(AssertSqlSafe(sql), values).await?;
        }
        Ok(())
    }

    /// Runs the statement with the rows that are left.
    pub(crate) async fn finish(mut self, conn: &mut Conn) -> StoreResult<()> {
        if !self.rows.is_empty() {
            let (sql, values) = self.take();
            conn.execute_once(AssertSqlSafe(sql), values).await?;
        }
        Ok(())
    }

    fn take(&mut self) -> (String, Vec<Value>) {
        let mut values = self.shared.clone();
        let mut sql = self.head.to_owned();
        for (nth, row) in self.rows.drain(..).enumerate() {
            sql.push_str(if nth == 0 { "(" } else { ", (" });
            for (column, value) in row.into_iter().enumerate() {
                values.push(value);
                let comma = if column == 0 { "" } else { ", " };
                sql.push_str(&format!("{comma}${}", values.len()));
            }
            sql.push(')');
        }
        sql.push_str(self.tail);
        (sql, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::values;

    #[test]
    fn a_statement_names_every_value_of_every_row() {
        let mut bulk = Bulk::new("INSERT INTO x VALUES ", " RETURNING $1", values![7i64]);
        bulk.rows = vec![values![1i64, "a"], values![2i64, "b"]];
        let (sql, values) = bulk.take();
        assert_eq!(sql, "INSERT INTO x VALUES ($2, $3), ($4, $5) RETURNING $1");
        assert_eq!(values.len(), 5);
        assert!(bulk.rows.is_empty());
    }
}
