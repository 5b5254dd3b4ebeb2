//! What came of commands on tasks.

use chrono::{DateTime, NaiveDate, Utc};
use luoshi_app::tasks::BatchOutcome;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::tasks::Task;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::words::{Grade, TaskState};

/// Where a task stands after a command.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct TaskStandingBody {
    id: Uuid,
    /// Goes into `seen` of the next command.
    version: i64,
    state: TaskState,
    number: Option<String>,
    limit: Option<NaiveDate>,
    progress: u8,
    grade: Option<Grade>,
    updated_at: DateTime<Utc>,
}

impl From<Task> for TaskStandingBody {
    fn from(task: Task) -> Self {
        Self {
            id: task.id.0,
            version: task.version,
            state: task.state.into(),
            number: task.number,
            limit: task.details.limit,
            progress: task.progress,
            grade: task.grade.map(Into::into),
            updated_at: task.updated_at,
        }
    }
}

/// What became of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct BatchOutcomeBody {
    done: Vec<Uuid>,
    /// The tasks that were left as they are.
    refused: Vec<RefusedBody>,
}

/// A task that a batch left as it is.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct RefusedBody {
    id: Uuid,
    title: String,
    refusal: RefusalBody,
}

impl From<BatchOutcome> for BatchOutcomeBody {
    fn from(outcome: BatchOutcome) -> Self {
        let refused = outcome.refused.into_iter();
        Self {
            done: outcome.done.into_iter().map(|id| id.0).collect(),
            refused: refused
                .map(|(id, title, refusal)| RefusedBody {
                    id: id.0,
                    title,
                    refusal: refusal.into(),
                })
                .collect(),
        }
    }
}

/// Why something may not happen.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::api) struct RefusalBody {
    /// Stable, e.g. `not_approved`.
    code: &'static str,
    /// For a person.
    sentence: String,
    /// The rule it comes from, e.g. `FLOW-11`.
    rule: &'static str,
}

impl From<Refusal> for RefusalBody {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: refusal.code,
            sentence: refusal.sentence,
            rule: refusal.rule,
        }
    }
}
