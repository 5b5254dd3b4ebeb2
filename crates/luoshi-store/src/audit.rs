//! What an auditor reads: lists by time of both chains, and what was found on walking them.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use luoshi_domain::audit::{Anchor, Chain, Check};
use luoshi_domain::calendar::day_start;
use luoshi_domain::ids::BureauId;
use luoshi_domain::journal::{Break, Fault};
use luoshi_domain::ports::{Checks, StoreError, StoreResult};
use luoshi_domain::tasks::lists::{Page, PageRequest};

use crate::names::Named;
use crate::sql::{Row, Value, narrow, values};
use crate::work::Work;

/// The conditions of a list by time, newest first.
pub(crate) struct Narrowed {
    text: String,
    pub(crate) values: Vec<Value>,
}

impl Narrowed {
    pub(crate) fn of(bureau: BureauId) -> Self {
        Self {
            text: "bureau_id = $1".to_owned(),
            values: values![bureau],
        }
    }

    /// Adds `condition` before a value, when there is one.
    pub(crate) fn by(&mut self, condition: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.values.push(value.into());
            let place = self.values.len();
            self.text.push_str(&format!(" AND {condition} ${place}"));
        }
    }

    /// Adds a condition without a value.
    pub(crate) fn plain(&mut self, condition: &str) {
        self.text.push_str(&format!(" AND {condition}"));
    }

    pub(crate) fn days(&mut self, from: Option<NaiveDate>, until: Option<NaiveDate>) {
        self.by("at >=", from.map(day_start));
        let end = until.and_then(|day| day.succ_opt());
        self.by("at <", end.map(day_start));
    }

    /// The statement for one page of `columns` of `table`, and one row more.
    pub(crate) fn page(
        mut self,
        columns: &str,
        table: &str,
        page: &PageRequest,
    ) -> StoreResult<(String, Vec<Value>)> {
        if page.size == 0 {
            return Err(StoreError::Unusable("a page has at least one row"));
        }
        if let Some(mark) = &page.after {
            let (at, seq) = parse(mark)?;
            self.values.extend(values![at, seq]);
            let place = self.values.len();
            let behind = format!(" AND (at, seq) < (${}, ${place})", place - 1);
            self.text.push_str(&behind);
        }
        self.values.push(Value::from(i64::from(page.size) + 1));
        let (text, limit) = (self.text, self.values.len());
        let sql = format!(
            "SELECT {columns} FROM {table} WHERE {text} ORDER BY at DESC, seq DESC LIMIT ${limit}"
        );
        Ok((sql, self.values))
    }
}

/// The rows of a page with the mark of the next; `place` says where a row stands.
pub(crate) fn paged<T>(
    found: &[Row],
    page: &PageRequest,
    read: impl Fn(&Row) -> StoreResult<T>,
    place: impl Fn(&T) -> (DateTime<Utc>, i64),
) -> StoreResult<Page<T>> {
    let size = narrow(i64::from(page.size))?;
    let rows: Vec<T> = found
        .iter()
        .take(size)
        .map(read)
        .collect::<Result<_, _>>()?;
    let last = rows.last().filter(|_last| found.len() > size);
    let next = last.map(|last| {
        let (at, seq) = place(last);
        format!("{}-{seq}", at.timestamp_micros())
    });
    Ok(Page { next, rows })
}

fn parse(mark: &str) -> StoreResult<(DateTime<Utc>, i64)> {
    const FOREIGN: StoreError = StoreError::Unusable("the page mark is not of this list");
    let (at, seq) = mark.split_once('-').ok_or(FOREIGN)?;
    let at = at.parse().ok().and_then(DateTime::from_timestamp_micros);
    Ok((at.ok_or(FOREIGN)?, seq.parse().map_err(|_odd| FOREIGN)?))
}

#[async_trait]
impl Checks for Work {
    async fn check_push(&mut self, check: &Check) -> StoreResult<()> {
        let sql = "INSERT INTO audit_checks (bureau_id, id, chain, at, person_id, begins, last, \
                   hash, broken, fault) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let broken = check.broken.as_ref();
        let values = values![
            self.bureau,
            check.id,
            check.chain.name(),
            check.at,
            check.by,
            check.begins,
            check.last.seq,
            &check.last.hash,
            broken.map(|broken| broken.seq),
            broken.map(|broken| broken.fault.name()),
        ];
        let pushed = self.conn.execute(sql, values).await;
        self.noting(pushed)?;
        Ok(())
    }

    async fn checks_list(&mut self, chain: Chain, limit: u32) -> StoreResult<Vec<Check>> {
        let sql = "SELECT id, chain, at, person_id, begins, last, hash, broken, fault \
                   FROM audit_checks WHERE bureau_id = $1 AND chain = $2 \
                   ORDER BY at DESC, id DESC LIMIT $3";
        let values = values![self.bureau, chain.name(), limit];
        let rows = self.conn.fetch_all(sql, values).await?;
        rows.iter().map(read).collect()
    }

    async fn check_anchors(
        &mut self,
        chain: Chain,
        after: i64,
        limit: u32,
    ) -> StoreResult<Vec<Anchor>> {
        let sql = "SELECT DISTINCT last, hash FROM audit_checks \
                   WHERE bureau_id = $1 AND chain = $2 AND last > $3 \
                   ORDER BY last, hash LIMIT $4";
        let values = values![self.bureau, chain.name(), after, limit];
        let rows = self.conn.fetch_all(sql, values).await?;
        let anchors = rows.iter().map(|row| {
            let mut cells = row.cells();
            Ok(Anchor {
                seq: cells.take()?,
                hash: cells.take()?,
            })
        });
        anchors.collect()
    }
}

fn read(row: &Row) -> StoreResult<Check> {
    let mut cells = row.cells();
    let mut check = Check {
        id: cells.id()?,
        chain: cells.named()?,
        at: cells.take()?,
        by: cells.optional_id()?,
        begins: cells.take()?,
        last: Anchor {
            seq: cells.take()?,
            hash: cells.take()?,
        },
        broken: None,
    };
    let (broken, fault): (Option<i64>, Option<String>) = (cells.take()?, cells.take()?);
    if let (Some(seq), Some(fault)) = (broken, fault) {
        let fault = Fault::of(&fault)?;
        check.broken = Some(Break { seq, fault });
    }
    Ok(check)
}

#[cfg(test)]
mod tests;
