//! What a decision on one proposal carries: nothing, a form, or a reason.

use chrono::NaiveDate;
use luoshi_domain::ids::ProposalId;
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Decision, Proposal};
use serde::Deserialize;

use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::workbench::bench::Bench;
use crate::pages::workbench::editing::Edit;
use crate::pages::workbench::forms::{FoldForm, REASON_LIMIT, fault, fold};

/// Proposals that a merge offers, nearest first.
const MERGE_SHOWN: usize = 200;

pub(super) const REJECTIONS: [&str; 4] = [
    "原则性表述，无具体事项",
    "日常工作，无需单独督办",
    "已由其他事项覆盖",
    "不属于本单位职责",
];

/// What a decision on a proposal carries besides its name.
pub(super) enum Filled {
    Accept,
    Edit(Edit),
    Merge(Merge),
    Reject(Reject),
    /// Make a suggested change.
    Take(Numbered),
    /// Leave a suggested change.
    Ignore(Numbered),
    Undo,
}

/// Which of a proposal's suggestions.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Numbered {
    number: u32,
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
            Self::Take(Numbered { number }) => {
                let number = *number;
                vec![PlanCommand::TakeSuggestion { proposal, number }]
            }
            Self::Ignore(Numbered { number }) => {
                let number = *number;
                vec![PlanCommand::IgnoreSuggestion { proposal, number }]
            }
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
            Self::Accept | Self::Take(_) | Self::Ignore(_) | Self::Undo => None,
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
            Self::Take(_) => "采用建议",
            Self::Ignore(_) => "忽略建议",
            Self::Undo => "撤回",
        }
    }

    /// What was typed, for a row that no longer has the form.
    pub(super) fn typed(&self, bench: &Bench<'_>) -> Vec<(&'static str, String)> {
        let all = match self {
            Self::Accept | Self::Merge(_) | Self::Take(_) | Self::Ignore(_) | Self::Undo => {
                Vec::new()
            }
            Self::Reject(reject) => vec![("理由", reject.reason.clone())],
            Self::Edit(edit) => edit.words(bench),
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

impl Merge {
    pub(super) fn form(&self, bench: &Bench<'_>, proposal: &Proposal) -> FoldForm {
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
            let path = plan.clause_path(other.clause);
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
    pub(super) fn form(&self, bench: &Bench<'_>, proposal: &Proposal) -> FoldForm {
        let mut reason = Field::text("reason", "为什么不采纳", &self.reason)
            .required()
            .hint("理由写入流水，定稿后可查");
        reason.max = REASON_LIMIT;
        reason.list = REJECTIONS.map(str::to_owned).to_vec();
        fold(bench, proposal, "reject", vec![reason], "不采纳这一项")
    }
}
