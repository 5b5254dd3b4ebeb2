//! What a plan's event says to a person.

use luoshi_domain::plans::acts::ActName;
use luoshi_domain::plans::questions::Answer;
use luoshi_domain::plans::{Decision, Imported, PlanEvent};

/// The event in words.
pub fn event(event: &PlanEvent) -> String {
    match event {
        PlanEvent::Imported(imported) => imported_as(imported),
        PlanEvent::DetailsAmended { .. } => "修改方案信息".into(),
        PlanEvent::ProposalEdited { draft, .. } => format!("修改拟立事项：{}", draft.title),
        PlanEvent::ProposalDecided { decision, .. } => decided(decision),
        PlanEvent::ProposalReread { draft, .. } => format!("按本局经验重读：{}", draft.title),
        PlanEvent::Suggested { suggestions, .. } => {
            format!("附上 {} 条建议，待人采用", suggestions.len())
        }
        PlanEvent::SuggestionTaken { draft, .. } => format!("采用建议：{}", draft.title),
        PlanEvent::SuggestionIgnored { .. } => "不采用建议".into(),
        PlanEvent::ClauseDismissed { reason, .. } => format!("本条无需落实：{reason}"),
        PlanEvent::ClauseReopened { .. } => "撤回“无需落实”".into(),
        PlanEvent::ActBegun { name, events } => format!("{}（一步，{events} 处）", act(*name)),
        PlanEvent::ActUndone { .. } => "撤销一步，恢复原状".into(),
        PlanEvent::Versioned(versioned) => format!(
            "确认为第 {} 版，沿用 {} 项未变事项的结论",
            versioned.nth,
            versioned.carries.len()
        ),
        PlanEvent::VersionDenied { .. } => "确认不是所提示方案的新版本".into(),
        PlanEvent::Unversioned => "撤回“是新版本”，沿用的结论一并撤回".into(),
        PlanEvent::Superseded { by: Some(_) } => "已有新版本，本版留存备查".into(),
        PlanEvent::Superseded { by: None } => "新版本已撤回，本版恢复".into(),
        PlanEvent::QuestionSettled { settlement, .. } => {
            let answer = answer(settlement.answer);
            if settlement.note.is_empty() {
                format!("待明确问题：{answer}")
            } else {
                format!("待明确问题：{answer}，{}", settlement.note)
            }
        }
        PlanEvent::QuestionReopened { .. } => "撤回对待明确问题的答复".into(),
        PlanEvent::Finalised { tasks } => format!("方案定稿，立 {} 件", tasks.len()),
    }
}

/// How a question was settled, in words.
pub fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Supplied => "已补交",
        Answer::ImportedApart => "另行导入",
        Answer::NotNeeded => "不需要",
        Answer::Clarified => "已明确",
    }
}

fn imported_as(imported: &Imported) -> String {
    let title = &imported.details.title;
    match imported.lineage.year_of {
        Some(copy) => format!("把 {} 年的方案用于 {} 年：《{title}》", copy.from, copy.to),
        None => format!("导入方案《{title}》"),
    }
}

fn decided(decision: &Decision) -> String {
    match decision {
        Decision::Open => "撤回决定".into(),
        Decision::Accepted => "采纳拟立事项".into(),
        Decision::Rejected { reason } => format!("不采纳：{reason}"),
        Decision::Merged { .. } => "并入另一事项".into(),
        Decision::Covered { tasks } => format!("并入台账已有的 {} 件事项", tasks.len()),
    }
}

/// An act's name in words.
pub fn act(name: ActName) -> &'static str {
    match name {
        ActName::Accept => "采纳",
        ActName::Edit => "修改",
        ActName::AcceptEdited => "修改后采纳",
        ActName::Merge => "合并",
        ActName::Reject => "不采纳",
        ActName::Reopen => "撤回决定",
        ActName::Dismiss => "记为无需落实",
        ActName::ReopenClause => "撤回“无需落实”",
        ActName::TakeSuggestion => "采用建议",
        ActName::IgnoreSuggestion => "不采用建议",
        ActName::SameName => "同名一并填写",
        ActName::Reread => "按最新经验重读",
        ActName::Details => "修改方案信息",
        ActName::File => "按表格修改",
        ActName::Several => "批量办理",
    }
}
