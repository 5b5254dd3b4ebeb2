//! How supervision is told: who assigned, why this unit supervises, notices.

use chrono::{DateTime, NaiveDate, Utc};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::revisions::Revision;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::organisation::Named;
use crate::api::words::Supervises;

/// Who supervises by what, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SupervisionBody {
    /// The leader who assigned the task.
    assigned_by: Option<Named>,
    instruction: Option<String>,
    instruction_dated: Option<NaiveDate>,
    /// Why the supervising unit is that one; missing where somebody named it.
    because: Option<Supervises>,
    /// Number of the case that the supervision office opened.
    case: Option<String>,
    notices: Vec<NoticeBody>,
}

/// A numbered supervision notice.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct NoticeBody {
    number: String,
    facts: String,
    requirement: String,
    rectify_by: NaiveDate,
    issued_by: Named,
    issued_at: DateTime<Utc>,
    acknowledge_by: NaiveDate,
    /// Missing while it waits.
    acknowledged_by: Option<Named>,
    acknowledged_at: Option<DateTime<Utc>>,
}

impl SupervisionBody {
    /// `instructions`: whether the reader may see what leaders wrote.
    pub(super) fn new(task: &Task, organisation: &Organisation, instructions: bool) -> Self {
        let person = |id| Named::person(organisation, id);
        let assigned = task.assigned.as_ref();
        let words = assigned.filter(|_| instructions);
        let notices = task.notices.iter().map(|notice| NoticeBody {
            number: notice.number.clone(),
            facts: notice.facts.clone(),
            requirement: notice.requirement.clone(),
            rectify_by: notice.rectify_by,
            issued_by: person(notice.issued_by),
            issued_at: notice.issued_at,
            acknowledge_by: notice.acknowledge_by,
            acknowledged_by: notice.acknowledged.as_ref().map(|known| person(known.by)),
            acknowledged_at: notice.acknowledged.as_ref().map(|known| known.at),
        });
        Self {
            assigned_by: assigned.map(|known| person(known.leader)),
            instruction: words.map(|known| known.instruction.clone()),
            instruction_dated: words.and_then(|known| known.dated),
            because: task.supervised.map(Into::into),
            case: task.case.as_ref().map(|case| case.number.clone()),
            notices: notices.collect(),
        }
    }
}

/// A change of target or limit of the issued task.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct RevisionBody {
    /// The version that it made; what was issued is version 1.
    version: u32,
    target_before: String,
    target: String,
    limit_before: Option<NaiveDate>,
    limit: Option<NaiveDate>,
    reason: String,
    asked_by: Named,
    approved_by: Named,
    approved_at: DateTime<Utc>,
}

impl RevisionBody {
    pub(super) fn new(revision: Revision, organisation: &Organisation) -> Self {
        Self {
            version: revision.number,
            target_before: revision.before.target,
            target: revision.after.target,
            limit_before: revision.before.limit,
            limit: revision.after.limit,
            reason: revision.reason,
            asked_by: Named::person(organisation, revision.asked_by),
            approved_by: Named::person(organisation, revision.approved_by),
            approved_at: revision.approved_at,
        }
    }
}
