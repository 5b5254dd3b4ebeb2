//! The forms behind the buttons of a proposal and of a clause, and what they read back.

use std::collections::HashSet;

use chrono::NaiveDate;
use luoshi_domain::ids::{ProposalId, UnitId};
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Decision, Draft, Proposal, ProposalKind};
use luoshi_domain::refusals::Refusal;
use luoshi_domain::tasks::Level;
use serde::Deserialize;

use crate::pages::days;
use crate::pages::labels;
use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::workbench::bench::Bench;

/// Proposals that a merge offers, nearest first.
const MERGE_SHOWN: usize = 200;

/// Most characters of a title.
const TITLE_LIMIT: usize = 200;

/// Most characters of a reason.
const REASON_LIMIT: usize = 200;

const KINDS: [(&str, ProposalKind); 5] = [
    ("task", ProposalKind::Task),
    ("recurring", ProposalKind::Recurring),
    ("target", ProposalKind::Target),
    ("rule", ProposalKind::Rule),
    ("principle", ProposalKind::Principle),
];

const LEVELS: [(&str, Level); 2] = [("ordinary", Level::Ordinary), ("major", Level::Major)];

/// Why nothing follows from a clause, as most offices put it.
const DISMISSALS: [&str; 4] = ["原则性表述", "背景说明", "已在其他条款", "另行部署"];

/// The choice that asks for words.
const OTHER: &str = "其他";

const REJECTIONS: [&str; 4] = [
    "原则性表述，无具体事项",
    "日常工作，无需单独督办",
    "已由其他事项覆盖",
    "不属于本单位职责",
];

/// A form as `fold_form.html` draws it.
#[derive(Clone, Debug, Default)]
pub(super) struct FoldForm {
    pub(super) key: &'static str,
    pub(super) id: String,
    pub(super) action: String,
    pub(super) fields: Vec<Field>,
    /// Who leads and who co-operates; empty where the form does not ask.
    pub(super) units: Vec<UnitRow>,
    pub(super) units_hint: String,
    pub(super) units_fault: String,
    pub(super) submit: &'static str,
    pub(super) note: String,
}

/// A unit that can be ticked as lead or as co-unit.
#[derive(Clone, Debug, Default)]
pub(super) struct UnitRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) lead: bool,
    pub(super) co_unit: bool,
}

impl FoldForm {
    /// Puts a sentence beside the field it is about, else beside the first one.
    pub(super) fn with_faults(mut self, faults: &[Fault]) -> Self {
        for fault in faults {
            if fault.field == "units" {
                self.units_fault.clone_from(&fault.text);
                continue;
            }
            let known = self
                .fields
                .iter()
                .position(|field| field.name == fault.field);
            if let Some(field) = self.fields.get_mut(known.unwrap_or(0)) {
                field.fault.clone_from(&fault.text);
            }
        }
        self
    }

    /// The faults by the id of their input, for the list on top of a page.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let fields = self.fields.iter().filter(|field| !field.fault.is_empty());
        let mut faults: Vec<Fault> = fields.map(|field| fault(&field.id, &field.fault)).collect();
        if !self.units_fault.is_empty() {
            faults.push(fault(&format!("{}-units", self.id), &self.units_fault));
        }
        faults
    }
}

/// What a decision on a proposal carries besides its name.
pub(super) enum Filled {
    Accept,
    Edit(Edit),
    Merge(Merge),
    Reject(Reject),
    Undo,
}

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

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Merge {
    into: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reject {
    reason: String,
}

/// 本条无需落实, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Dismiss {
    reason: String,
    other: String,
}

impl Filled {
    /// The commands of the act, or what is wrong with the form.
    pub(super) fn commands(
        &self,
        proposal: ProposalId,
        today: NaiveDate,
    ) -> Result<Vec<PlanCommand>, Vec<Fault>> {
        Ok(match self {
            Self::Accept => vec![PlanCommand::AcceptProposal { proposal }],
            Self::Undo => vec![PlanCommand::ReopenProposal { proposal }],
            Self::Edit(edit) => {
                let draft = Box::new(edit.draft(today)?);
                let edit = PlanCommand::EditProposal { proposal, draft };
                vec![edit, PlanCommand::AcceptProposal { proposal }]
            }
            Self::Merge(merge) => {
                let into = merge.into.parse();
                let into = into.map_err(|_unknown| vec![fault("into", "请选择要并入的事项。")])?;
                vec![PlanCommand::MergeProposal { proposal, into }]
            }
            Self::Reject(Reject { reason }) if reason.trim().is_empty() => {
                return Err(vec![fault("reason", "请写明不采纳的理由。")]);
            }
            Self::Reject(Reject { reason }) => {
                let reason = reason.trim().to_owned();
                vec![PlanCommand::RejectProposal { proposal, reason }]
            }
        })
    }

    /// The form with what was typed; `None` for an act without one.
    pub(super) fn form(&self, bench: &Bench<'_>, proposal: &Proposal) -> Option<FoldForm> {
        match self {
            Self::Accept | Self::Undo => None,
            Self::Edit(edit) => Some(edit.form(bench, proposal)),
            Self::Merge(merge) => Some(merge.form(bench, proposal)),
            Self::Reject(reject) => Some(reject.form(bench, proposal)),
        }
    }

    /// What was asked for, in words.
    pub(super) fn asked(&self) -> &'static str {
        match self {
            Self::Accept => "采纳",
            Self::Edit(_) => "修改后采纳",
            Self::Merge(_) => "合并",
            Self::Reject(_) => "不采纳",
            Self::Undo => "撤回",
        }
    }

    /// What was typed, for a row that no longer has the form.
    pub(super) fn typed(&self, bench: &Bench<'_>) -> Vec<(&'static str, String)> {
        let all = match self {
            Self::Accept | Self::Merge(_) | Self::Undo => Vec::new(),
            Self::Reject(reject) => vec![("理由", reject.reason.clone())],
            Self::Edit(edit) => vec![
                ("事项名称", edit.title.clone()),
                ("目标要求", edit.target.clone()),
                ("牵头", bench.unit_names(&units(&edit.leads))),
                ("协办", bench.unit_names(&units(&edit.co_units))),
                ("时限", edit.limit.clone()),
                ("频次", edit.frequency.clone()),
            ],
        };
        all.into_iter()
            .filter(|(_, text)| !text.is_empty())
            .collect()
    }
}

/// The empty form of that name for a proposal; `None` when there is no such form.
pub(super) fn blank(key: &str, proposal: &Proposal) -> Option<Filled> {
    match key {
        "edit" => Some(Filled::Edit(Edit::of(&proposal.draft))),
        "merge" => Some(Filled::Merge(Merge::default())),
        "reject" => Some(Filled::Reject(Reject::default())),
        _ => None,
    }
}

/// The field that a refusal of the domain is about.
pub(super) fn fault_of(refusal: &Refusal) -> Fault {
    let field = match refusal.code {
        "lead_is_co_unit" | "unknown_unit" => "units",
        "same" | "target_gone" | "unknown_proposal" => "into",
        code => code,
    };
    fault(field, &refusal.sentence)
}

impl Edit {
    fn of(draft: &Draft) -> Self {
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

    fn draft(&self, today: NaiveDate) -> Result<Draft, Vec<Fault>> {
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

    fn form(&self, bench: &Bench<'_>, proposal: &Proposal) -> FoldForm {
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

impl Merge {
    fn form(&self, bench: &Bench<'_>, proposal: &Proposal) -> FoldForm {
        let at = bench.place_of(proposal.id).unwrap_or_default();
        let plan = bench.plan;
        let mut others: Vec<(usize, &Proposal)> = plan
            .proposals
            .iter()
            .enumerate()
            .filter(|(_, other)| matches!(other.decision, Decision::Open | Decision::Accepted))
            .filter(|(_, other)| other.id != proposal.id)
            .collect();
        others.sort_by_key(|(place, _)| place.abs_diff(at));
        let choices = others.iter().take(MERGE_SHOWN).map(|(_, other)| {
            let path = plan
                .clause(other.clause)
                .map_or("", |clause| clause.path.as_str());
            let label = format!("{path}　{}", other.draft.title);
            Choice::new(other.id.to_string(), label, &self.into)
        });
        let mut all = vec![Choice::new("", "选一项（离得近的在前）", &self.into)];
        all.extend(choices);
        let fields = vec![Field::select("into", "并入哪一项", all).required()];
        FoldForm {
            note: "合并后只立一件：本项的牵头、协办单位转为对方的协办单位，原文一并附在来源里。"
                .into(),
            ..fold(bench, proposal, "merge", fields, "合并")
        }
    }
}

impl Reject {
    fn form(&self, bench: &Bench<'_>, proposal: &Proposal) -> FoldForm {
        let mut reason = Field::text("reason", "为什么不采纳", &self.reason)
            .required()
            .hint("理由写入流水，定稿后可查");
        reason.max = REASON_LIMIT;
        reason.list = REJECTIONS.map(str::to_owned).to_vec();
        fold(bench, proposal, "reject", vec![reason], "不采纳这一项")
    }
}

impl Dismiss {
    /// The reason, or what is missing.
    pub(super) fn reason(&self) -> Result<String, Vec<Fault>> {
        if DISMISSALS.contains(&self.reason.as_str()) {
            let words = self.other.trim();
            return Ok(match words {
                "" => self.reason.clone(),
                words => format!("{}：{words}", self.reason),
            });
        }
        let (field, missing) = if self.reason == OTHER {
            ("other", "选了“其他”，请写明理由。")
        } else {
            ("reason", "请选择理由。")
        };
        let words = self.other.trim();
        if self.reason == OTHER && !words.is_empty() {
            return Ok(words.to_owned());
        }
        Err(vec![fault(field, missing)])
    }

    pub(super) fn form(&self, bench: &Bench<'_>, clause: u32) -> FoldForm {
        let id = format!("dismiss-{clause}");
        let current = if self.reason.is_empty() {
            DISMISSALS[0]
        } else {
            &self.reason
        };
        let reasons = DISMISSALS.iter().chain(std::iter::once(&OTHER));
        let choices = reasons.map(|reason| Choice::new(*reason, *reason, current));
        let mut other = Field::text("other", "说明", &self.other).hint("选“其他”时必填");
        other.max = REASON_LIMIT;
        let fields = vec![
            Field::radio("reason", "理由", choices.collect()).required(),
            other,
        ];
        let mut proposals = bench.plan.proposals.iter();
        let is_bare = !proposals.any(|known| known.clause == clause);
        FoldForm {
            key: "dismiss",
            action: format!("{}/clauses/{clause}/dismiss", bench.href()),
            fields: fields.into_iter().map(|field| field.of_form(&id)).collect(),
            id,
            submit: "记为无需落实",
            note: if is_bare {
                String::new()
            } else {
                "本条里待定的事项一并记为不采纳；可以撤回。".into()
            },
            ..FoldForm::default()
        }
    }
}

fn fold(
    bench: &Bench<'_>,
    proposal: &Proposal,
    key: &'static str,
    fields: Vec<Field>,
    submit: &'static str,
) -> FoldForm {
    let id = format!("{key}-{}", proposal.id);
    FoldForm {
        key,
        action: format!("{}/proposals/{}/{key}", bench.href(), proposal.id),
        fields: fields.into_iter().map(|field| field.of_form(&id)).collect(),
        id,
        submit,
        ..FoldForm::default()
    }
}

fn unit_rows(bench: &Bench<'_>, leads: &[String], co_units: &[String]) -> Vec<UnitRow> {
    let leads: HashSet<&str> = leads.iter().map(String::as_str).collect();
    let co_units: HashSet<&str> = co_units.iter().map(String::as_str).collect();
    let carriers = bench.organisation.carriers();
    carriers
        .map(|unit| {
            let id = unit.id.to_string();
            UnitRow {
                lead: leads.contains(id.as_str()),
                co_unit: co_units.contains(id.as_str()),
                name: unit.name.clone(),
                id,
            }
        })
        .collect()
}

fn limit_hint(bench: &Bench<'_>) -> String {
    match bench.plan.details.default_limit {
        Some(default) => format!("不填用 {default}"),
        None => "不填没有时限".into(),
    }
}

/// The year that completes a typed date.
pub(super) fn year(bench: &Bench<'_>) -> String {
    let year = bench.plan.details.year;
    year.map(|year| year.to_string()).unwrap_or_default()
}

/// Units as typed; what is no id is left out.
fn units(texts: &[String]) -> Vec<UnitId> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

pub(super) fn fault(field: &str, text: &str) -> Fault {
    Fault {
        field: field.to_owned(),
        text: text.to_owned(),
    }
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
