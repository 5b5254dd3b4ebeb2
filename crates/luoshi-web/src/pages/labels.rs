//! Chinese labels of the domain's words, as every page shows them.

use luoshi_domain::plans::ProposalKind;
use luoshi_domain::tasks::lists::Waiting;
use luoshi_domain::tasks::{Level, TaskKind, TaskState};

use crate::pages::parts::State;

/// A task's badge: what it waits for, or else where it stands.
pub(crate) fn state(state: TaskState, waiting: Waiting) -> State {
    let (tone, label) = match (waiting, state) {
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

pub(crate) fn proposal_kind(kind: ProposalKind) -> &'static str {
    match kind {
        ProposalKind::Task => "任务",
        ProposalKind::Recurring => "常规",
        ProposalKind::Target => "指标",
        ProposalKind::Rule => "规则",
        ProposalKind::Principle => "原则",
    }
}

pub(crate) fn level(level: Level) -> &'static str {
    match level {
        Level::Ordinary => "一般",
        Level::Major => "重点",
    }
}
