//! Chinese labels of the domain's words, as every page shows them.

use chrono::NaiveDate;
use luoshi_app::desk::QueueName;
use luoshi_app::tasks::sentences::mark_said;
use luoshi_domain::ids::UnitId;
use luoshi_domain::lights::Colour;
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::{Decision, PlanState};
use luoshi_domain::tasks::lists::{TaskRow, Waiting};
use luoshi_domain::tasks::{Approval, ClosingStep, Level, Task, TaskKind, TaskState, Tier};

use crate::pages::parts::{Choice, Field, State};

/// The word of a proposal's kind.
pub(crate) use luoshi_app::lessons::sentences::kind as proposal_kind;

/// A colour's tone, which is its name in addresses too, and its word.
pub(crate) fn colour(known: Colour) -> (&'static str, &'static str, &'static str) {
    match known {
        Colour::Red => ("red", "red", "红"),
        Colour::Yellow => ("yellow", "yellow", "黄"),
        Colour::Green => ("green", "green", "绿"),
        Colour::Grey => ("grey", "grey", "灰"),
        Colour::Done => ("done", "done", "结"),
    }
}

/// A task's badge: what it waits for, or else where it stands.
pub(crate) fn state(state: TaskState, waiting: Waiting) -> State {
    let (tone, label) = match (waiting, state) {
        (Waiting::Change, _) => ("review", "待批变更"),
        (Waiting::Escalation, _) => ("review", "待批提级督办"),
        (Waiting::Extension, _) => ("review", "待批延期"),
        (Waiting::Review, _) => ("review", "待初审"),
        (Waiting::Deputy, _) => ("review", "待分管领导审定"),
        (Waiting::Principal, _) => ("review", "待主要领导审定"),
        (Waiting::Nothing, TaskState::Draft) => ("draft", "待批准立项"),
        (Waiting::Nothing, TaskState::Approved) => ("waiting", "待下达"),
        (Waiting::Nothing, TaskState::Issued) => ("waiting", "待签收"),
        (Waiting::Nothing, TaskState::Accepted) => ("running", "已签收"),
        (Waiting::Nothing, TaskState::InProgress) => ("running", "办理中"),
        (Waiting::Nothing, TaskState::Supervising) => ("running", "继续督办"),
        (Waiting::Nothing, TaskState::Returned) => ("back", "已退回"),
        (Waiting::Nothing, TaskState::Closed) => ("done", "已办结"),
        (Waiting::Nothing, TaskState::Cancelled) => ("void", "已撤销"),
    };
    State { tone, label }
}

/// The badge of a task that became part of another.
const MERGED: State = State {
    tone: "void",
    label: "已并入其他事项",
};

/// The badge of a task in a list.
pub(crate) fn row_badge(row: &TaskRow) -> State {
    match row.merged_into {
        Some(_) => MERGED,
        None => state(row.state, row.waits_for),
    }
}

/// The badge of a whole task.
pub(crate) fn task_badge(task: &Task) -> State {
    match task.merged_into {
        Some(_) => MERGED,
        None => state(task.state, waiting(task)),
    }
}

/// Where a task stands, for the filter.
pub(crate) fn task_state(known: TaskState) -> &'static str {
    state(known, Waiting::Nothing).label
}

pub(crate) fn task_kind(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Task => "任务",
        TaskKind::Recurring => "常规",
        TaskKind::Target => "指标",
    }
}

pub(crate) fn level(level: Level) -> &'static str {
    match level {
        Level::Ordinary => "一般",
        Level::Major => "重点",
    }
}

pub(crate) fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Bureau => "局级",
        Tier::Unit => "本单位",
    }
}

/// A queue's name, as on the desk and in the ledger.
pub(crate) fn queue(queue: QueueName) -> &'static str {
    match queue {
        QueueName::ToApprove => "待批准立项",
        QueueName::ToIssue => "待下达",
        QueueName::Returned => "退回待处理",
        QueueName::ToSignFor => "待签收",
        QueueName::ToFeedBack => "待反馈",
        QueueName::ToReport => "待上报",
        QueueName::ToAnswer => "催办待答复",
        QueueName::ToReview => "待初审",
        QueueName::ToEndorse => "待审定办结",
        QueueName::ToDecideExtension => "延期待批",
        QueueName::ToDecideChange => "变更待批",
        QueueName::ToDecideEscalation => "提级督办待批",
        QueueName::ToAcknowledge => "督办通知书待签收",
        QueueName::Unacknowledged => "督办通知书逾期未签收",
        QueueName::ToCoordinate => "待协调卡点",
        QueueName::Blocked => "有卡点",
        QueueName::Unanswered => "卡点逾期未答复",
        QueueName::NoResult => "逾期未办结",
        QueueName::NoEcho => "没有反馈",
        QueueName::DueSoon => "七天内到期",
        QueueName::Open => "在办",
    }
}

/// What stands under a queue's name.
pub(crate) fn queue_note(queue: QueueName) -> &'static str {
    match queue {
        QueueName::ToApprove => "批准后由督查办下达",
        QueueName::ToIssue => "已批准立项",
        QueueName::Returned => "修改后再报批或下达",
        QueueName::ToSignFor => "下达给本单位",
        QueueName::ToFeedBack => "已签收或反馈被退回",
        QueueName::ToReport => "到了应报日，反馈即为上报",
        QueueName::ToAnswer => "反馈即为答复",
        QueueName::ToReview => "牵头单位申请办结",
        QueueName::ToEndorse => "已经初审",
        QueueName::ToDecideExtension => "当日批复",
        QueueName::ToDecideChange => "改目标或时限",
        QueueName::ToDecideEscalation => "督办未果，请批复",
        QueueName::ToAcknowledge => "签收并整改",
        QueueName::Unacknowledged => "下达后未签收",
        QueueName::ToCoordinate => "请您答复",
        QueueName::Blocked => "暂停计时，待领导协调",
        QueueName::Unanswered => "请领导答复",
        QueueName::NoResult => "先处理红灯",
        QueueName::NoEcho => "从未反馈，或到期未报",
        QueueName::DueSoon => "还没有办结",
        QueueName::Open => "已下达、未办结",
    }
}

/// Both clocks of a task that something stands in the way of.
pub(crate) fn clocks(row: &TaskRow) -> Option<String> {
    let since = row.paused_since?;
    let answer_by = row.answer_by.map(|day| format!("，领导应于 {day} 前答复"));
    let answer_by = answer_by.unwrap_or_default();
    Some(format!("卡点：{since} 起暂停计时{answer_by}"))
}

/// The report that falls due by `soon` or should have been made by `today`.
pub(crate) fn report(row: &TaskRow, today: NaiveDate, soon: NaiveDate) -> Option<String> {
    let due = row.report_by.filter(|due| *due <= soon)?;
    Some(match (due - today).num_days() {
        left if left < 0 => format!("应于 {due} 上报，逾期 {} 天", -left),
        0 => "今天应上报".into(),
        left => format!("{due} 前应上报，还有 {left} 天"),
    })
}

/// The lead unit, with those that lead beside it (ORG-05).
pub(crate) fn leads(organisation: &Organisation, lead: UnitId, joint: &[UnitId]) -> String {
    let mut said = organisation.unit_name(lead).to_owned();
    for unit in joint {
        said.push('、');
        said.push_str(organisation.unit_name(*unit));
    }
    if !joint.is_empty() {
        said.push_str("（专班，前者总牵头）");
    }
    said
}

/// The lead unit and its first responsible person.
pub(crate) fn lead_and_head(organisation: &Organisation, lead: Option<UnitId>) -> String {
    let Some(lead) = lead else {
        return "牵头单位未定".into();
    };
    let unit = organisation.unit_name(lead);
    match organisation.first_responsible(lead) {
        Some(person) => format!("{unit} · {}", organisation.person_name(person)),
        None => format!("{unit} · 责任人空缺"),
    }
}

/// Which approval of a task is in progress.
pub(crate) fn waiting(task: &Task) -> Waiting {
    match &task.approval {
        None => Waiting::Nothing,
        Some(Approval::Extension { .. }) => Waiting::Extension,
        Some(Approval::Escalation { .. }) => Waiting::Escalation,
        Some(Approval::Change { .. }) => Waiting::Change,
        Some(Approval::Closing(closing)) => match closing.step {
            ClosingStep::Review => Waiting::Review,
            ClosingStep::Deputy => Waiting::Deputy,
            ClosingStep::Principal => Waiting::Principal,
        },
    }
}

/// A decision's key for styles, and its words.
pub(crate) fn decision(decision: &Decision) -> (&'static str, &'static str) {
    match decision {
        Decision::Open => ("open", "待定"),
        Decision::Accepted => ("accepted", "已采纳"),
        Decision::Merged { .. } => ("merged", "已合并"),
        Decision::Covered { .. } => ("merged", "已有事项"),
        Decision::Rejected { .. } => ("rejected", "不采纳"),
    }
}

pub(crate) fn plan_state(state: PlanState) -> State {
    let (tone, label) = match state {
        PlanState::Confirming => ("review", "核对中"),
        PlanState::Final => ("done", "已定稿"),
    };
    State { tone, label }
}

/// Where a document names the unit; `None` where it does not.
pub(crate) fn unit_source(source: &str) -> Option<&'static str> {
    match source {
        "sentence" => Some("本句"),
        "previous" => Some("上一句"),
        "clause" => Some("本条"),
        "heading" => Some("标题"),
        "trailer" => Some("责任单位栏"),
        "table" => Some("表格"),
        _ => None,
    }
}

/// The badge of a mark; empty without one.
pub(crate) fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::None => "",
        Mark::Internal | Mark::WorkSecret => mark_said(mark),
    }
}

/// The field that says how far something may be known (SYS-05).
pub(crate) fn mark_field(mark: Mark) -> Field {
    let choices = Mark::ALL.map(|known| Choice::new(known.key(), mark_said(known), mark.key()));
    Field::select("mark", "密级标注", choices.into()).required()
}
