//! What every decision on a plan checks of its input.

use crate::context::Context;
use crate::plans::{Draft, PlanDetails};
use crate::refusals::Refusal;

/// The longest title, target, reason or note, in characters.
const TEXT_LIMIT: usize = 2000;

pub(super) fn require_reason(reason: String) -> Result<String, Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::input("reason", "IMPORT-10", "请写明理由。"));
    }
    check_length("reason", &reason)?;
    Ok(reason)
}

pub(super) fn check_details(details: &PlanDetails) -> Result<(), Refusal> {
    if details.title.trim().is_empty() {
        return Err(Refusal::input("title", "IMPORT-12", "请填写方案标题。"));
    }
    if details.category.trim().is_empty() {
        return Err(Refusal::input("category", "SRC-01", "请选择来源类别。"));
    }
    check_length("title", &details.title)
}

pub(super) fn check_draft(draft: &Draft, ctx: &Context<'_>) -> Result<(), Refusal> {
    if draft.title.trim().is_empty() {
        return Err(Refusal::input("title", "LEDGER-02", "请填写任务内容。"));
    }
    check_length("title", &draft.title)?;
    check_length("target", &draft.target)?;
    for unit in draft.leads.iter().chain(&draft.co_units) {
        if ctx.organisation.unit(*unit).is_none() {
            return Err(Refusal::input("unknown_unit", "ORG-01", "没有这个单位。"));
        }
    }
    if draft.leads.iter().any(|lead| draft.co_units.contains(lead)) {
        return Err(Refusal::input(
            "lead_is_co_unit",
            "ORG-05",
            "牵头单位不能同时是协办单位。",
        ));
    }
    Ok(())
}

pub(super) fn check_length(field: &'static str, text: &str) -> Result<(), Refusal> {
    let length = text.chars().count();
    if length > TEXT_LIMIT {
        return Err(Refusal::input(
            field,
            "SYS-04",
            format!("文字 {length} 字，超过 {TEXT_LIMIT} 字的上限，请精简。"),
        ));
    }
    Ok(())
}
