//! What a plan's event says to a person.

use luoshi_domain::plans::acts::ActName;
use luoshi_domain::plans::{Decision, PlanEvent};

/// The event in words.
pub fn event(event: &PlanEvent) -> String {
    match event {
        PlanEvent::Imported(imported) => format!("导入方案《{}》", imported.details.title),
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
        PlanEvent::Finalised { tasks } => format!("方案定稿，立 {} 件", tasks.len()),
    }
}

fn decided(decision: &Decision) -> String {
    match decision {
        Decision::Open => "撤回决定".into(),
        Decision::Accepted => "采纳拟立事项".into(),
        Decision::Rejected { reason } => format!("不采纳：{reason}"),
        Decision::Merged { .. } => "并入另一事项".into(),
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
