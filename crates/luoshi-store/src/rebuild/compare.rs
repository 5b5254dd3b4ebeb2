//! Two versions of a table, side by side.

use std::cmp::Ordering;
use std::collections::VecDeque;

use luoshi_domain::ids::BureauId;
use luoshi_domain::ports::StoreResult;
use sqlx::AssertSqlSafe;

use crate::conn::Conn;
use crate::rebuild::tables::{Kind, Table};
use crate::sql::{Row, Value};

/// Rows read at once.
const ROWS_AT_ONCE: i64 = 200;

/// How many differences a report lists.
const LISTED: usize = 100;

/// What comparing the live rows with those that the journal gives has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RebuildReport {
    /// Events replayed.
    pub events: i64,
    /// Rows compared; one that only one side has counts too.
    pub rows: i64,
    /// Columns and whole rows that differ.
    pub differing: i64,
    /// The first hundred of them.
    pub differences: Vec<Difference>,
}

impl RebuildReport {
    /// Whether the live rows are what the journal gives.
    pub fn is_clean(&self) -> bool {
        self.differing == 0
    }
}

/// One column of one row that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub table: &'static str,
    /// The row's key within the bureau, its columns joined by `/`.
    pub key: String,
    /// `None` when one side does not have the row.
    pub column: Option<&'static str>,
    /// As text; `None` for NULL or for no row.
    pub live: Option<String>,
    pub rebuilt: Option<String>,
}

/// Adds what differs between `live` and `rebuilt` to the report.
pub(super) async fn compare(
    table: &'static Table,
    bureau: BureauId,
    live: &mut Conn,
    rebuilt: &mut Conn,
    report: &mut RebuildReport,
) -> StoreResult<()> {
    let mut live = Rows::new(live, bureau, table);
    let mut rebuilt = Rows::new(rebuilt, bureau, table);
    let (mut left, mut right) = (live.next().await?, rebuilt.next().await?);
    loop {
        let order = match (&left, &right) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => table.key(left).cmp(table.key(right)),
        };
        report.rows += 1;
        match (&left, &right) {
            (Some(left), Some(right)) if order == Ordering::Equal => {
                compare_row(table, left, right, report);
            }
            _ => {
                let (here, there) = match order {
                    Ordering::Greater => (None, right.as_deref()),
                    _ => (left.as_deref(), None),
                };
                let key = table.key_text(here.or(there).unwrap_or_default());
                report.add(Difference {
                    table: table.name,
                    key,
                    column: None,
                    live: here.map(|_row| "present".to_owned()),
                    rebuilt: there.map(|_row| "present".to_owned()),
                });
            }
        }
        if order != Ordering::Greater {
            left = live.next().await?;
        }
        if order != Ordering::Less {
            right = rebuilt.next().await?;
        }
    }
}

fn compare_row(
    table: &'static Table,
    live: &[Value],
    rebuilt: &[Value],
    report: &mut RebuildReport,
) {
    let cells = table.columns.iter().zip(live.iter().zip(rebuilt));
    for ((column, _kind), (left, right)) in cells {
        if left != right {
            report.add(Difference {
                table: table.name,
                key: table.key_text(live),
                column: Some(column),
                live: text(left),
                rebuilt: text(right),
            });
        }
    }
}

impl RebuildReport {
    fn add(&mut self, difference: Difference) {
        self.differing += 1;
        if self.differences.len() < LISTED {
            self.differences.push(difference);
        }
    }
}

impl Table {
    fn key<'a>(&self, row: &'a [Value]) -> &'a [Value] {
        row.get(..self.keys).unwrap_or(row)
    }

    fn key_text(&self, row: &[Value]) -> String {
        let parts: Vec<String> = self.key(row).iter().filter_map(text).collect();
        parts.join("/")
    }

    fn columns_text(&self, count: usize) -> String {
        let names: Vec<&str> = self
            .columns
            .iter()
            .take(count)
            .map(|(name, _kind)| *name)
            .collect();
        names.join(", ")
    }

    fn read(&self, row: &Row) -> StoreResult<Vec<Value>> {
        let mut cells = row.cells();
        let mut values = Vec::with_capacity(self.columns.len());
        for (_name, kind) in self.columns {
            values.push(match kind {
                Kind::Id => Value::Uuid(cells.take()?),
                Kind::Text => Value::Text(cells.take()?),
                Kind::Number => Value::Int(cells.take()?),
                Kind::Flag => Value::Bool(cells.take()?),
                Kind::Time => Value::Time(cells.take()?),
            });
        }
        Ok(values)
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Uuid(value) => value.map(|value| value.to_string()),
        Value::Text(value) => value.clone(),
        Value::Int(value) => value.map(|value| value.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Time(value) => value.map(|value| value.to_rfc3339()),
    }
}

/// A table's rows in the order of its key.
struct Rows<'a> {
    conn: &'a mut Conn,
    bureau: BureauId,
    table: &'static Table,
    page: VecDeque<Vec<Value>>,
    last: Option<Vec<Value>>,
}

impl<'a> Rows<'a> {
    fn new(conn: &'a mut Conn, bureau: BureauId, table: &'static Table) -> Self {
        Self {
            conn,
            bureau,
            table,
            page: VecDeque::new(),
            last: None,
        }
    }

    async fn next(&mut self) -> StoreResult<Option<Vec<Value>>> {
        if self.page.is_empty() {
            self.read_page().await?;
        }
        Ok(self.page.pop_front())
    }

    async fn read_page(&mut self) -> StoreResult<()> {
        let table = self.table;
        let columns = table.columns_text(table.columns.len());
        let keys = table.columns_text(table.keys);
        let mut values = vec![Value::from(self.bureau), Value::from(ROWS_AT_ONCE)];
        let after = match self.last.take() {
            Some(last) => {
                let places: Vec<String> = (0..last.len()).map(|n| format!("${}", n + 3)).collect();
                values.extend(last);
                format!(" AND ({keys}) > ({})", places.join(", "))
            }
            None => String::new(),
        };
        let sql = format!(
            "SELECT {columns} FROM {} WHERE bureau_id = $1{after} ORDER BY {keys} LIMIT $2",
            table.name,
        );
        for row in self.conn.fetch_all(AssertSqlSafe(sql), values).await? {
            self.page.push_back(table.read(&row)?);
        }
        self.last = self.page.back().map(|row| table.key(row).to_vec());
        Ok(())
    }
}
