//! What a proposal is near to, as a line with what can be done about it (IMPORT-13).

use luoshi_app::plans::duplicates::{Near, Other};
use luoshi_domain::plans::{Plan, Proposal};

/// One near obligation.
pub(crate) struct NearLine {
    /// `与 三/(六)/① 相近 82%`, and what else is the same.
    pub(crate) said: String,
    pub(crate) words: String,
    pub(crate) href: String,
    /// Where the one-click merge posts to; empty where there is none.
    pub(crate) action: String,
    pub(crate) label: &'static str,
    /// Name and value of its field.
    pub(crate) field: &'static str,
    pub(crate) value: String,
}

/// The line of a near one; `editable` when the proposal can be decided.
pub(crate) fn line(plan: &Plan, proposal: &Proposal, near: &Near, editable: bool) -> NearLine {
    let mut said = format!("与 {} 相近 {}%", near.place, near.percent);
    if near.same_unit {
        said.push_str("，同一牵头单位");
    }
    if near.same_limit {
        said.push_str("，同一时限");
    }
    let base = format!("/plans/{}/proposals/{}", plan.id, proposal.id);
    let (href, action, label, field, value) = match near.what {
        Other::Proposal(other) => (
            format!("/plans/{}#proposal-{other}", plan.id),
            format!("{base}/merge"),
            "并入它",
            "into",
            other.to_string(),
        ),
        Other::Elsewhere(other, id) => (
            format!("/plans/{other}#proposal-{id}"),
            String::new(),
            "",
            "",
            String::new(),
        ),
        Other::Task(task) => (
            format!("/tasks/{task}"),
            format!("{base}/cover"),
            "并入已有事项",
            "task",
            task.to_string(),
        ),
    };
    let tracked = proposal.draft.kind.tracked().is_some();
    let may = editable && (tracked || !matches!(near.what, Other::Task(_)));
    NearLine {
        said,
        words: near.words.trim().to_owned(),
        href,
        action: if may { action } else { String::new() },
        label,
        field,
        value,
    }
}
