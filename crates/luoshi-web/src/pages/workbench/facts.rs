//! What a proposal's row says: who, until when, how often, and what to check.

use luoshi_app::plans::doubts::{self, Doubt};
use luoshi_domain::plans::Proposal;
use luoshi_domain::tasks::Level;

use crate::pages::labels;
use crate::pages::workbench::bench::Bench;

/// Lead units named one by one up to here, then counted.
const NAMED: usize = 3;

/// Label and value, in the order of reading.
pub(super) fn of(bench: &Bench<'_>, proposal: &Proposal) -> Vec<(&'static str, String)> {
    let (draft, reading) = (&proposal.draft, &proposal.reading);
    let tracked = draft.kind.tracked().is_some();
    let mut facts = Vec::new();
    if tracked || !draft.leads.is_empty() || !reading.responsible.is_empty() {
        // What is only recorded has nobody in the lead; the words say whom it is about.
        facts.push(if tracked || !draft.leads.is_empty() {
            ("牵头", leads(bench, proposal))
        } else {
            ("对象", reading.responsible.join("、"))
        });
        if let Some(place) = labels::unit_source(&reading.responsible_from) {
            facts.push(("见于", place.to_owned()));
        }
    }
    if !draft.co_units.is_empty() {
        facts.push(("协办", bench.unit_names(&draft.co_units)));
    }
    if let Some(limit) = limit(bench, proposal) {
        facts.push(("时限", limit));
    }
    if let Some(frequency) = &draft.frequency {
        facts.push(("频次", frequency.clone()));
    }
    if !reading.quantities.is_empty() {
        facts.push(("数量", reading.quantities.join("、")));
    }
    if draft.level == Level::Major {
        facts.push(("级别", labels::level(draft.level).to_owned()));
    }
    if proposal.carried.is_some() {
        let earlier = bench.plan.lineage.nth().saturating_sub(1);
        facts.push(("沿用", format!("第 {earlier} 版的结论")));
    }
    let merged = bench.merged_into(proposal.id);
    if merged > 0 {
        facts.push(("并入", format!("另有 {merged} 项并入本项")));
    }
    facts
}

/// What to check before accepting, in one sentence.
pub(super) fn asks(proposal: &Proposal) -> String {
    let doubts = doubts::of(proposal).into_iter();
    let asks: Vec<String> = doubts.map(|doubt| ask(proposal, doubt)).collect();
    asks.join("；")
}

/// Why the reader is not sure; empty when it is.
pub(super) fn unsure(proposal: &Proposal) -> String {
    let reading = &proposal.reading;
    if !doubts::of(proposal).contains(&Doubt::Unsure) {
        return String::new();
    }
    let kind = labels::proposal_kind(proposal.draft.kind);
    let rests = match &reading.cue {
        Some(cue) => format!("归为“{kind}”只凭“{cue}”一词"),
        None => format!("没有明确的动作或要求用语，归为“{kind}”"),
    };
    format!("把握不大（{}%）：{rests}，请对照原文", reading.confidence)
}

fn leads(bench: &Bench<'_>, proposal: &Proposal) -> String {
    let (units, written) = (&proposal.draft.leads, &proposal.reading.responsible);
    match units.as_slice() {
        [] if written.is_empty() => "未写明".into(),
        [] => format!("未识别：{}", written.join("、")),
        [only] => bench.organisation.unit_name(*only).to_owned(),
        few if few.len() <= NAMED => {
            format!("{}（{} 家各立一件）", bench.unit_names(few), few.len())
        }
        many if written.is_empty() => format!("{} 家各立一件", many.len()),
        many => format!("{}（{} 家各立一件）", written.join("、"), many.len()),
    }
}

fn limit(bench: &Bench<'_>, proposal: &Proposal) -> Option<String> {
    let written = proposal.reading.deadline.as_deref();
    let default = bench.plan.details.default_limit;
    match (proposal.draft.limit, written) {
        (Some(limit), Some(written)) => {
            let moved = moved(bench, proposal);
            Some(format!("{limit}（原文“{written}”{moved}）"))
        }
        (Some(limit), None) => Some(limit.to_string()),
        (None, _) if proposal.draft.kind.tracked().is_none() => {
            written.map(|written| format!("原文“{written}”"))
        }
        (None, written) => {
            let written =
                written.map_or("未写明".to_owned(), |written| format!("原文“{written}”"));
            Some(match default {
                Some(default) => format!("{written}，定稿时用 {default}"),
                None => written,
            })
        }
    }
}

/// How far a date was moved from the year that the words name.
fn moved(bench: &Bench<'_>, proposal: &Proposal) -> String {
    let shift = bench.plan.lineage.shift();
    let named = proposal.reading.due.is_some()
        && !proposal.reading.due_completed
        && !proposal.reading.lacks_year();
    if shift == 0 || !named {
        return String::new();
    }
    let way = if shift > 0 { "顺延" } else { "提前" };
    format!("，{way} {} 年", shift.abs())
}

fn ask(proposal: &Proposal, doubt: Doubt) -> String {
    let reading = &proposal.reading;
    match doubt {
        Doubt::UnknownUnit => format!(
            "“{}”不在本单位机构中，请选定牵头单位",
            reading.responsible.join("、")
        ),
        Doubt::NoUnit => "没有写明由谁负责，请选定牵头单位".into(),
        Doubt::UnclearLimit if reading.lacks_year() => format!(
            "“{}”没有写年份，请在“改方案信息”里填写年份",
            reading.deadline.as_deref().unwrap_or_default()
        ),
        Doubt::UnclearLimit => format!(
            "“{}”没能换算成日期，请填写完成时限",
            reading.deadline.as_deref().unwrap_or_default()
        ),
        Doubt::NoLimit => "没有写明完成时限".into(),
        Doubt::UnclearFrequency => match reading.frequency.as_deref() {
            Some(written) => format!("“{written}”没有说多久一次，请填写频次"),
            None => "没有读出频次，请填写多久一次".into(),
        },
        Doubt::Suggested => "有建议待采用或忽略".into(),
        Doubt::Unsure => unsure(proposal),
    }
}
