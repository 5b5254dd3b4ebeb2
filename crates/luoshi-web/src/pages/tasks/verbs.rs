//! The acts on a task's page: their addresses, names and what is said once they are done.

use luoshi_app::tasks::sentences;
use luoshi_domain::tasks::actions::TaskAction;
use luoshi_domain::tasks::{ReturnStage, Task, TaskState};

/// One form of the page. There are more than actions: a co-unit reports on a form of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Amend,
    Approve,
    Issue,
    SignFor,
    Deploy,
    Feedback,
    RepeatReport,
    CoFeedback,
    SetCadence,
    Remark,
    Instruct,
    RequestChange,
    DecideChange,
    RequestEscalation,
    DecideEscalation,
    IssueNotice,
    AcknowledgeNotice,
    RaiseBlocker,
    AnswerBlocker,
    WithdrawBlocker,
    RequestExtension,
    DecideExtension,
    Urge,
    ApplyToClose,
    Review,
    Endorse,
    Return,
    Mark,
    Cancel,
}

impl Verb {
    /// In the order of the page: what a request waits for first, what ends a task last.
    pub(super) const ALL: [Self; 29] = [
        Self::AnswerBlocker,
        Self::DecideChange,
        Self::DecideEscalation,
        Self::AcknowledgeNotice,
        Self::DecideExtension,
        Self::Review,
        Self::Endorse,
        Self::Approve,
        Self::Issue,
        Self::SignFor,
        Self::Deploy,
        Self::Feedback,
        Self::RepeatReport,
        Self::CoFeedback,
        Self::WithdrawBlocker,
        Self::RaiseBlocker,
        Self::ApplyToClose,
        Self::Urge,
        Self::IssueNotice,
        Self::RequestEscalation,
        Self::RequestExtension,
        Self::RequestChange,
        Self::SetCadence,
        Self::Remark,
        Self::Return,
        Self::Instruct,
        Self::Amend,
        Self::Mark,
        Self::Cancel,
    ];

    /// As in addresses.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Amend => "amend",
            Self::Approve => "approve",
            Self::Issue => "issue",
            Self::SignFor => "sign-for",
            Self::Deploy => "deploy",
            Self::Feedback => "feedback",
            Self::RepeatReport => "repeat-report",
            Self::SetCadence => "set-cadence",
            Self::CoFeedback => "co-feedback",
            Self::Remark => "remark",
            Self::Instruct => "instruct",
            Self::RequestChange => "request-change",
            Self::DecideChange => "decide-change",
            Self::RequestEscalation => "request-escalation",
            Self::DecideEscalation => "decide-escalation",
            Self::IssueNotice => "issue-notice",
            Self::AcknowledgeNotice => "acknowledge-notice",
            Self::RaiseBlocker => "raise-blocker",
            Self::AnswerBlocker => "answer-blocker",
            Self::WithdrawBlocker => "withdraw-blocker",
            Self::RequestExtension => "request-extension",
            Self::DecideExtension => "decide-extension",
            Self::Urge => "urge",
            Self::ApplyToClose => "apply-to-close",
            Self::Review => "review",
            Self::Endorse => "endorse",
            Self::Return => "return",
            Self::Mark => "mark",
            Self::Cancel => "cancel",
        }
    }

    pub(super) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.key() == key)
    }

    /// The route's path.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Amend => "/tasks/{id}/amend",
            Self::Approve => "/tasks/{id}/approve",
            Self::Issue => "/tasks/{id}/issue",
            Self::SignFor => "/tasks/{id}/sign-for",
            Self::Deploy => "/tasks/{id}/deploy",
            Self::Feedback => "/tasks/{id}/feedback",
            Self::RepeatReport => "/tasks/{id}/repeat-report",
            Self::SetCadence => "/tasks/{id}/set-cadence",
            Self::CoFeedback => "/tasks/{id}/co-feedback",
            Self::Remark => "/tasks/{id}/remark",
            Self::Instruct => "/tasks/{id}/instruct",
            Self::RequestChange => "/tasks/{id}/request-change",
            Self::DecideChange => "/tasks/{id}/decide-change",
            Self::RequestEscalation => "/tasks/{id}/request-escalation",
            Self::DecideEscalation => "/tasks/{id}/decide-escalation",
            Self::IssueNotice => "/tasks/{id}/issue-notice",
            Self::AcknowledgeNotice => "/tasks/{id}/acknowledge-notice",
            Self::RaiseBlocker => "/tasks/{id}/raise-blocker",
            Self::AnswerBlocker => "/tasks/{id}/answer-blocker",
            Self::WithdrawBlocker => "/tasks/{id}/withdraw-blocker",
            Self::RequestExtension => "/tasks/{id}/request-extension",
            Self::DecideExtension => "/tasks/{id}/decide-extension",
            Self::Urge => "/tasks/{id}/urge",
            Self::ApplyToClose => "/tasks/{id}/apply-to-close",
            Self::Review => "/tasks/{id}/review",
            Self::Endorse => "/tasks/{id}/endorse",
            Self::Return => "/tasks/{id}/return",
            Self::Mark => "/tasks/{id}/mark",
            Self::Cancel => "/tasks/{id}/cancel",
        }
    }

    /// The action whose permission it needs.
    pub(super) fn action(self) -> TaskAction {
        match self {
            Self::Amend => TaskAction::Amend,
            Self::Approve => TaskAction::Approve,
            Self::Issue => TaskAction::Issue,
            Self::SignFor => TaskAction::SignFor,
            Self::Deploy => TaskAction::Deploy,
            Self::Feedback | Self::CoFeedback => TaskAction::Feedback,
            Self::RepeatReport => TaskAction::RepeatReport,
            Self::SetCadence => TaskAction::SetCadence,
            Self::Remark => TaskAction::Remark,
            Self::Instruct => TaskAction::Instruct,
            Self::RequestChange => TaskAction::RequestChange,
            Self::DecideChange => TaskAction::DecideChange,
            Self::RequestEscalation => TaskAction::RequestEscalation,
            Self::DecideEscalation => TaskAction::DecideEscalation,
            Self::IssueNotice => TaskAction::IssueNotice,
            Self::AcknowledgeNotice => TaskAction::AcknowledgeNotice,
            Self::RaiseBlocker => TaskAction::RaiseBlocker,
            Self::AnswerBlocker => TaskAction::AnswerBlocker,
            Self::WithdrawBlocker => TaskAction::WithdrawBlocker,
            Self::RequestExtension => TaskAction::RequestExtension,
            Self::DecideExtension => TaskAction::DecideExtension,
            Self::Urge => TaskAction::Urge,
            Self::ApplyToClose => TaskAction::ApplyToClose,
            Self::Review => TaskAction::Review,
            Self::Endorse => TaskAction::Endorse,
            Self::Return => TaskAction::Return,
            Self::Mark => TaskAction::Mark,
            Self::Cancel => TaskAction::Cancel,
        }
    }

    /// What the form is called on this task's page.
    pub(super) fn title(self, task: &Task) -> &'static str {
        match self {
            Self::Amend => "修改立项内容",
            Self::Approve => "批准立项",
            Self::Issue if task.number.is_some() => "重新下达",
            Self::Issue => "下达立项通知",
            Self::SignFor => "签收",
            Self::Deploy => "报部署方案",
            Self::Feedback => "反馈进展",
            Self::RepeatReport => "照上次情况上报",
            Self::SetCadence => "定上报间隔",
            Self::CoFeedback => "反馈协办情况",
            Self::Remark => "反映协办单位配合不力",
            Self::Instruct => "登记领导交办",
            Self::RequestChange => "申请变更目标或时限",
            Self::DecideChange => "批复变更",
            Self::RequestEscalation => "申请提级督办",
            Self::DecideEscalation => "批复提级督办",
            Self::IssueNotice => "下达督办通知书",
            Self::AcknowledgeNotice => "签收督办通知书",
            Self::RaiseBlocker => "提出卡点",
            Self::AnswerBlocker => "协调卡点",
            Self::WithdrawBlocker => "撤回卡点",
            Self::RequestExtension => "申请延期",
            Self::DecideExtension => "批复延期",
            Self::Urge => "催办",
            Self::ApplyToClose => "申请办结",
            Self::Review => "初审",
            Self::Endorse => "审定办结",
            Self::Return => match stage(task) {
                ReturnStage::Opening => "退回立项",
                ReturnStage::Assignment => "退回交办",
                ReturnStage::Feedback => "退回反馈",
                ReturnStage::Closing => "不予办结，继续督办",
            },
            Self::Mark => "标注密级",
            Self::Cancel => "撤销事项",
        }
    }

    /// What is said once it is done, of the task as it is then.
    pub(super) fn done(self, task: &Task) -> String {
        let number = task.number.as_deref().unwrap_or("该事项");
        match self {
            Self::Amend if task.state == TaskState::Draft => {
                "已保存修改，等待主要领导批准立项。".into()
            }
            Self::Amend => "已保存修改，可以重新下达。".into(),
            Self::Approve => "已批准立项，等待督查办下达。".into(),
            Self::Issue => format!("{number}已下达，等待签收。"),
            Self::SignFor => format!("{number}已签收。"),
            Self::Deploy => "部署方案已报。".into(),
            Self::Feedback => format!("已反馈，进度 {}%。", task.progress),
            Self::RepeatReport => {
                let due = task.report_due(0).map(|day| day.to_string());
                let due = due.map(|due| format!("，下一期应于 {due} 前上报"));
                format!("已照上次情况上报{}。", due.unwrap_or_default())
            }
            Self::SetCadence => match task.cadence() {
                Some(cadence) => format!("上报间隔已定：{}。", cadence.label()),
                None if task.issued_at.is_none() => "上报间隔已定，下达时起算。".into(),
                None => "不再要求按期上报。".into(),
            },
            Self::CoFeedback => "协办情况已反馈。".into(),
            Self::Remark => "已反映给督办单位。".into(),
            Self::Instruct if task.state == TaskState::Approved => {
                "已登记交办，视同批准立项，可以下达。".into()
            }
            Self::Instruct => "已登记交办，督办单位随之确定。".into(),
            Self::RequestChange => "变更申请已提交，等待批复；批复前按原要求办理。".into(),
            Self::DecideChange => match task.revisions.last() {
                Some(last) => format!("已批复，当前为第 {} 版。", last.number),
                None => "已批复，按原要求办理。".into(),
            },
            Self::RequestEscalation => "已申请，等待主要领导批复。".into(),
            Self::DecideEscalation => match &task.case {
                Some(case) => format!("已同意立项督办，{}。", case.number),
                None => "已批复，由原督办单位继续督办。".into(),
            },
            Self::IssueNotice => match task.notices.last() {
                Some(notice) => format!("{}已下达，等待签收。", notice.number),
                None => "已下达。".into(),
            },
            Self::AcknowledgeNotice => "已签收督办通知书，请按期整改并反馈。".into(),
            Self::RaiseBlocker => match task.answer_by() {
                Some(day) => format!("卡点已提出，本单位暂停计时，请领导于 {day} 前答复。"),
                None => "卡点已提出。".into(),
            },
            Self::AnswerBlocker | Self::WithdrawBlocker => match task.paused_since() {
                Some(_) => "已记录；还有卡点待协调，继续暂停计时。".into(),
                None => match task.details.limit {
                    Some(limit) => format!("已记录，恢复计时，完成时限为 {limit}。"),
                    None => "已记录，恢复计时。".into(),
                },
            },
            Self::RequestExtension => "延期申请已提交，等待批复。".into(),
            Self::DecideExtension => match task.details.limit {
                Some(limit) => format!("已批复，完成时限为 {limit}。"),
                None => "已批复。".into(),
            },
            Self::Urge => format!("已催办，这是第 {} 次。", task.urgings),
            Self::ApplyToClose => "已申请办结，等待督办单位初审。".into(),
            Self::Review => "初审意见已提交，等待分管领导审定。".into(),
            Self::Endorse if task.is_over() => format!("{number}已审定办结。"),
            Self::Endorse => "已审定同意，报主要领导审定。".into(),
            Self::Return if task.state == TaskState::Returned => {
                "已退回督查办，修改后再报批或重新下达。".into()
            }
            Self::Return if task.state == TaskState::Supervising => {
                "不予办结，已通知牵头单位继续办理。".into()
            }
            Self::Return => "已退回，请牵头单位重新反馈。".into(),
            Self::Mark => format!("密级标注：{}。", sentences::mark_said(task.mark)),
            Self::Cancel => format!("{number}已撤销。"),
        }
    }
}

/// What a return would send back from where the task stands.
fn stage(task: &Task) -> ReturnStage {
    match task.state {
        _ if task.closing().is_some() => ReturnStage::Closing,
        TaskState::Draft => ReturnStage::Opening,
        TaskState::Issued => ReturnStage::Assignment,
        _ => ReturnStage::Feedback,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_ends_in_its_key() {
        for verb in Verb::ALL {
            assert_eq!(verb.path(), format!("/tasks/{{id}}/{}", verb.key()));
            assert_eq!(Verb::from_key(verb.key()), Some(verb));
        }
    }
}
