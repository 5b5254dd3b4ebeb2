//! What the address of a list asks for, and addresses that ask for something else.

use chrono::NaiveDate;
use luoshi_app::lists::Asked;
use luoshi_domain::lists::{ColumnPart, ListTemplate, RowSort};
use serde::Deserialize;

use super::PATH;
use crate::pages::ledger::query::{address, read, unknown};
use crate::problem::WebResult;

/// The address's parameters as they came; empty when not asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    pub(crate) unit: String,
    pub(crate) person: String,
    pub(crate) state: String,
    /// `yes` for what is to be done still, `no` for what is not.
    pub(crate) open: String,
    /// A day of the period, or `all`; this period when empty.
    pub(crate) period: String,
    /// `overdue` or `none`.
    pub(crate) limit: String,
    /// `limit` or `day`.
    pub(crate) sort: String,
    /// `yes` for the reader's own alone.
    pub(crate) mine: String,
    /// `yes` for what was withdrawn.
    pub(crate) withdrawn: String,
    pub(crate) after: String,
}

impl Wish {
    /// Every parameter that is set; the page mark is not among them.
    fn pairs(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("unit", self.unit.as_str()),
            ("person", &self.person),
            ("state", &self.state),
            ("open", &self.open),
            ("period", &self.period),
            ("limit", &self.limit),
            ("sort", &self.sort),
            ("mine", &self.mine),
            ("withdrawn", &self.withdrawn),
        ];
        let set = all.into_iter().filter(|(_, value)| !value.is_empty());
        set.collect()
    }

    /// Whether something narrows the list.
    pub(super) fn narrows(&self) -> bool {
        let pairs = self.pairs();
        let narrowing = pairs
            .iter()
            .filter(|(name, value)| !(*name == "sort" || *name == "period" && *value == "all"));
        narrowing.count() > 0
    }

    /// The list's address with these wishes, from the first page; `part` stands behind its name.
    pub(super) fn at(&self, code: &str, part: &str) -> String {
        address(&format!("{PATH}/{code}{part}"), &self.pairs())
    }

    /// The same with one parameter changed; an empty value takes it away.
    pub(super) fn with(&self, code: &str, name: &'static str, value: &str) -> String {
        let mut pairs = self.pairs();
        pairs.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
        address(&format!("{PATH}/{code}"), &pairs)
    }

    /// What is asked for, or what of the address cannot be understood.
    pub(crate) fn asked(&self, list: &ListTemplate, today: NaiveDate) -> WebResult<Asked> {
        let by_day = list
            .rows()
            .is_some_and(|rows| rows.part(ColumnPart::Day).is_some());
        Ok(Asked {
            unit: read(&self.unit, "单位", |text| text.parse().ok())?,
            person: read(&self.person, "人员", |text| text.parse().ok())?,
            state: (!self.state.is_empty()).then(|| self.state.clone()),
            open: read(&self.open, "办理情况", yes)?,
            period: self.period(list, today)?,
            overdue: self.limit == "overdue",
            unlimited: self.limit == "none",
            withdrawn: self.withdrawn == "yes",
            mine: self.mine == "yes",
            sort: match self.sort.as_str() {
                "" if by_day => RowSort::Day,
                "" | "latest" => RowSort::Latest,
                "limit" => RowSort::Limit,
                "day" => RowSort::Day,
                other => return Err(unknown("排序", other)),
            },
        })
    }

    /// A day of the period that is asked for; `None` for all of them.
    pub(super) fn period(
        &self,
        list: &ListTemplate,
        today: NaiveDate,
    ) -> WebResult<Option<NaiveDate>> {
        // What is late, or one's own, is so in whichever period.
        let wide = self.limit == "overdue" || self.mine == "yes";
        match self.period.as_str() {
            _ if list.cycle.is_none() => Ok(None),
            "all" => Ok(None),
            "" if wide => Ok(None),
            "" => Ok(Some(today)),
            text => read(text, "期", |text| text.parse().ok()),
        }
    }
}

fn yes(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}
