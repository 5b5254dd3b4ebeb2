//! The form that changes what would become of a proposal.

use std::collections::HashSet;

use chrono::NaiveDate;
use luoshi_domain::ids::UnitId;
use luoshi_domain::plans::{Draft, Proposal, ProposalKind};
use luoshi_domain::tasks::Level;
use serde::Deserialize;

use crate::pages::days;
use crate::pages::labels;
use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::pickers::initials;
use crate::pages::workbench::bench::Bench;
use crate::pages::workbench::forms::{FoldForm, UnitRow, fault, fold, year};

/// Most characters of a title.
const TITLE_LIMIT: usize = 200;

pub(super) const KINDS: [(&str, ProposalKind); 5] = [
    ("task", ProposalKind::Task),
    ("recurring", ProposalKind::Recurring),
    ("target", ProposalKind::Target),
    ("rule", ProposalKind::Rule),
    ("principle", ProposalKind::Principle),
];

const LEVELS: [(&str, Level); 2] = [("ordinary", Level::Ordinary), ("major", Level::Major)];

/// 按修改后的采纳, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Edit {
    kind: String,
    title: String,
    target: String,
    level: String,
    leads: Vec<String>,
    co_units: Vec<String>,
    limit: String,
    frequency: String,
}

impl Edit {
    pub(super) fn of(draft: &Draft) -> Self {
        let texts = |units: &[UnitId]| units.iter().map(ToString::to_string).collect();
        Self {
            kind: key_of(&KINDS, draft.kind).to_owned(),
            title: draft.title.clone(),
            target: draft.target.clone(),
            level: key_of(&LEVELS, draft.level).to_owned(),
            leads: texts(&draft.leads),
            co_units: texts(&draft.co_units),
            limit: draft
                .limit
                .map(|limit| limit.to_string())
                .unwrap_or_default(),
            frequency: draft.frequency.clone().unwrap_or_default(),
        }
    }

    pub(super) fn draft(&self, today: NaiveDate) -> Result<Draft, Vec<Fault>> {
        let mut faults = Vec::new();
        let (leads, co_units) = (units(&self.leads), units(&self.co_units));
        if self.title.trim().is_empty() {
            faults.push(fault("title", "请填写事项名称。"));
        }
        if leads.iter().any(|lead| co_units.contains(lead)) {
            faults.push(fault("units", "同一单位不能既牵头又协办。"));
        }
        let limit = days::read(&self.limit, today).unwrap_or_else(|unreadable| {
            faults.push(fault("limit", unreadable.sentence()));
            None
        });
        let kind = named(&KINDS, &self.kind);
        if kind.is_none() {
            faults.push(fault("kind", "请选择类型。"));
        }
        let (Some(kind), true) = (kind, faults.is_empty()) else {
            return Err(faults);
        };
        let frequency = self.frequency.trim();
        Ok(Draft {
            kind,
            title: self.title.trim().to_owned(),
            target: self.target.trim().to_owned(),
            level: named(&LEVELS, &self.level).unwrap_or(Level::Ordinary),
            leads,
            co_units,
            limit,
            frequency: (!frequency.is_empty()).then(|| frequency.to_owned()),
        })
    }

    /// What was typed, label and words.
    pub(super) fn words(&self, bench: &Bench<'_>) -> Vec<(&'static str, String)> {
        vec![
            ("事项名称", self.title.clone()),
            ("目标要求", self.target.clone()),
            ("牵头", bench.unit_names(&units(&self.leads))),
            ("协办", bench.unit_names(&units(&self.co_units))),
            ("时限", self.limit.clone()),
            ("频次", self.frequency.clone()),
        ]
    }

    pub(super) fn form(&self, bench: &Bench<'_>, proposal: &Proposal) -> FoldForm {
        let kinds = KINDS.iter().map(|(key, kind)| {
            let label = match kind.tracked() {
                Some(_) => labels::proposal_kind(*kind).to_owned(),
                None => format!("{}（只记录，不立事项）", labels::proposal_kind(*kind)),
            };
            Choice::new(*key, label, &self.kind)
        });
        let levels = LEVELS
            .iter()
            .map(|(key, level)| Choice::new(*key, labels::level(*level), &self.level));
        let mut limit = Field::date("limit", "完成时限", &self.limit).hint(limit_hint(bench));
        limit.year = year(bench);
        let mut frequency = Field::text("frequency", "频次", &self.frequency);
        frequency.list = ["每日", "每周", "每月", "每季度", "每半年", "每年"]
            .map(str::to_owned)
            .to_vec();
        let mut title = Field::text("title", "事项名称", &self.title).required();
        title.max = TITLE_LIMIT;
        let fields = vec![
            title,
            Field::area("target", "目标要求", &self.target),
            Field::select("kind", "类型", kinds.collect()),
            Field::select("level", "级别", levels.collect()),
            limit,
            frequency,
        ];
        let written = &proposal.reading.responsible;
        FoldForm {
            units: unit_rows(bench, &self.leads, &self.co_units),
            units_hint: if written.is_empty() {
                String::new()
            } else {
                format!("原文写的是：{}", written.join("、"))
            },
            ..fold(bench, proposal, "edit", fields, "按修改后的采纳")
        }
    }
}

fn unit_rows(bench: &Bench<'_>, leads: &[String], co_units: &[String]) -> Vec<UnitRow> {
    let leads: HashSet<&str> = leads.iter().map(String::as_str).collect();
    let co_units: HashSet<&str> = co_units.iter().map(String::as_str).collect();
    let carriers = bench.organisation.carriers();
    let mut rows: Vec<UnitRow> = carriers
        .map(|unit| {
            let id = unit.id.to_string();
            UnitRow {
                lead: leads.contains(id.as_str()),
                co_unit: co_units.contains(id.as_str()),
                name: unit.name.clone(),
                initials: initials(&unit.name),
                id,
            }
        })
        .collect();
    // What is chosen is seen without looking for it.
    rows.sort_by_key(|row| !(row.lead || row.co_unit));
    rows
}

fn limit_hint(bench: &Bench<'_>) -> String {
    match bench.plan.details.default_limit {
        Some(default) => format!("不填用 {default}"),
        None => "不填没有时限".into(),
    }
}

/// Units as typed; what is no id is left out.
fn units(texts: &[String]) -> Vec<UnitId> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

fn named<T: Copy>(known: &[(&str, T)], key: &str) -> Option<T> {
    known
        .iter()
        .find(|(name, _)| *name == key)
        .map(|(_, value)| *value)
}

fn key_of<T: Copy + PartialEq>(known: &[(&'static str, T)], value: T) -> &'static str {
    known
        .iter()
        .find(|(_, one)| *one == value)
        .map_or("", |(name, _)| name)
}
