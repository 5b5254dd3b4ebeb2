//! The pages of one plan, as tabs under its title.

use luoshi_app::plans::questions;
use luoshi_domain::plans::Plan;

/// A page of the plan; a count of 0 is not shown.
pub(crate) struct Tab {
    pub(crate) href: String,
    pub(crate) label: &'static str,
    pub(crate) count: usize,
    pub(crate) current: bool,
}

/// The tabs of a plan; `current` is the key of the one that is shown.
pub(crate) fn tabs(plan: &Plan, current: &str) -> Vec<Tab> {
    let tab = |key: &str, label, count| Tab {
        href: if key.is_empty() {
            format!("/plans/{}", plan.id)
        } else {
            format!("/plans/{}/{key}", plan.id)
        },
        label,
        count,
        current: key == current,
    };
    let mut tabs = vec![
        tab("", "逐条核对", 0),
        tab("questions", "待明确问题", questions::open(plan)),
        tab("duplicates", "相近事项", 0),
    ];
    let lineage = &plan.lineage;
    if lineage.previous().or(lineage.likely()).is_some() {
        tabs.push(tab("changes", "与上一版对照", 0));
    }
    tabs.push(tab("years", "用于另一年度", 0));
    tabs
}
