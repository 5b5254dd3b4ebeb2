//! What a plan's event says to a person.

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
