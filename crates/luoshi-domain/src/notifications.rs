//! A sentence sent to one recipient because something happened to a task, or to what sends
//! messages out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{HookId, NotificationId, PersonId, TaskId, UnitId};
use crate::reminders::FindingKind;
use crate::tasks::TaskEvent;

/// Who is told: everyone holding a post in a unit, or one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Recipient {
    Unit(UnitId),
    Person(PersonId),
}

/// A sentence, to whom, about what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    pub id: NotificationId,
    pub to: Recipient,
    pub about: About,
    pub text: String,
    pub at: DateTime<Utc>,
}

/// What a sentence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    Task(TaskId),
    Hook(HookId),
}

impl About {
    /// The task, where it is about one.
    pub fn task(self) -> Option<TaskId> {
        match self {
            Self::Task(task) => Some(task),
            Self::Hook(_) => None,
        }
    }
}

/// What sort of thing a sentence tells; hooks choose by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// A task came to the unit.
    Assigned,
    Urged,
    /// A supervision notice, or a task that the supervision office took over.
    Warned,
    DueSoon,
    Overdue,
    /// Behind its course, or without a report.
    Behind,
    SentBack,
    /// All that happens to a task besides.
    Progress,
}

impl Topic {
    pub const ALL: [Self; 8] = [
        Self::Assigned,
        Self::Urged,
        Self::Warned,
        Self::DueSoon,
        Self::Overdue,
        Self::Behind,
        Self::SentBack,
        Self::Progress,
    ];

    /// Its name in rows and messages.
    pub fn key(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Urged => "urged",
            Self::Warned => "warned",
            Self::DueSoon => "due_soon",
            Self::Overdue => "overdue",
            Self::Behind => "behind",
            Self::SentBack => "sent_back",
            Self::Progress => "progress",
        }
    }

    /// The topic with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.key() == key)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Assigned => "交办",
            Self::Urged => "催办",
            Self::Warned => "督办通知",
            Self::DueSoon => "临期提醒",
            Self::Overdue => "逾期提醒",
            Self::Behind => "滞后和未反馈提醒",
            Self::SentBack => "退回",
            Self::Progress => "办理进展",
        }
    }

    /// What a step of a task tells.
    pub fn of_event(event: &TaskEvent) -> Self {
        match event {
            TaskEvent::Issued { .. } => Self::Assigned,
            TaskEvent::Urged { .. } => Self::Urged,
            TaskEvent::NoticeIssued { .. } | TaskEvent::EscalationDecided { .. } => Self::Warned,
            TaskEvent::SentBack { .. } => Self::SentBack,
            _ => Self::Progress,
        }
    }

    /// What a finding of the daily look through the limits tells.
    pub fn of_finding(kind: FindingKind) -> Self {
        match kind {
            FindingKind::DueSoon
            | FindingKind::Due
            | FindingKind::StepSoon
            | FindingKind::ReportSoon => Self::DueSoon,
            FindingKind::Overdue | FindingKind::StepOverdue | FindingKind::Unanswered => {
                Self::Overdue
            }
            FindingKind::Behind | FindingKind::NoReport | FindingKind::ReportMissing => {
                Self::Behind
            }
        }
    }
}
