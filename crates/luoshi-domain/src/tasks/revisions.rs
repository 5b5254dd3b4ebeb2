//! Changing the target or the limit of an issued task (LEDGER-04): asked for with a reason,
//! approved by a leader, with what it was before kept for ever.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::local_day;
use crate::context::Context;
use crate::ids::PersonId;
use crate::journal::Signed;
use crate::refusals::Refusal;
use crate::tasks::commands::{optional_text, required_text};
use crate::tasks::{Approval, Task, TaskEvent};

/// What a change replaced, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The version that it made; what was issued is version 1.
    pub number: u32,
    pub before: Ledgered,
    pub after: Ledgered,
    pub reason: String,
    pub asked_by: PersonId,
    pub approved_by: PersonId,
    pub approved_at: DateTime<Utc>,
    /// What the leader wrote.
    pub opinion: String,
}

/// Target and limit of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledgered {
    pub target: String,
    pub limit: Option<NaiveDate>,
}

/// What is asked for; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<NaiveDate>,
}

impl Task {
    /// Target and limit as they are.
    pub fn ledgered(&self) -> Ledgered {
        Ledgered {
            target: self.details.target.clone(),
            limit: self.details.limit,
        }
    }

    /// Every version of target and limit, the first as issued.
    pub fn versions(&self) -> Vec<Ledgered> {
        let earlier = self
            .revisions
            .iter()
            .map(|revision| revision.before.clone());
        earlier.chain(std::iter::once(self.ledgered())).collect()
    }

    pub(super) fn decide_request_change(
        &self,
        change: Change,
        reason: String,
        ctx: &Context<'_>,
    ) -> Result<TaskEvent, Refusal> {
        let reason = required_text("reason", "LEDGER-04", "变更请写明理由和依据。", reason)?;
        let now = self.ledgered();
        let target = change.target.map(|text| optional_text("target", text));
        let target = target.transpose()?.filter(|text| *text != now.target);
        if target.as_deref() == Some("") {
            let sentence = "目标要求不能改成空的。";
            return Err(Refusal::input("target", "LEDGER-04", sentence));
        }
        let limit = change.limit.filter(|limit| Some(*limit) != now.limit);
        if limit.is_some_and(|limit| limit < ctx.today()) {
            let sentence = "新的时限不能早于今天。";
            return Err(Refusal::input("limit", "LEDGER-04", sentence));
        }
        if target.is_none() && limit.is_none() {
            let sentence = "目标要求和完成时限都没有变动。";
            return Err(Refusal::input("target", "LEDGER-04", sentence));
        }
        let change = Change { target, limit };
        Ok(TaskEvent::ChangeRequested { change, reason })
    }

    pub(super) fn possible_decide_change(&self) -> Result<(), Refusal> {
        match &self.approval {
            Some(Approval::Change { .. }) => Ok(()),
            _ => Err(Refusal::state(
                "no_request",
                "LEDGER-04",
                "没有待批的变更申请。",
            )),
        }
    }

    pub(super) fn decide_change(&self, consent: bool, text: String) -> Result<TaskEvent, Refusal> {
        let text = match consent {
            true => optional_text("text", text)?,
            false => required_text("text", "LEDGER-04", "不同意变更请写明理由。", text)?,
        };
        Ok(TaskEvent::ChangeDecided { consent, text })
    }

    pub(super) fn apply_change(&mut self, consent: bool, opinion: &str, by: &Signed) {
        let Some(Approval::Change {
            by: asked_by,
            reason,
            change,
            ..
        }) = self.approval.take()
        else {
            return;
        };
        if !consent {
            return;
        }
        let before = self.ledgered();
        if let Some(target) = change.target {
            self.details.target = target;
        }
        if let Some(limit) = change.limit {
            self.details.limit = Some(limit);
            self.move_limit_from(local_day(by.at));
            if let Some(timing) = &mut self.timing {
                timing.gave_limit = false;
            }
        }
        let number = u32::try_from(self.revisions.len()).unwrap_or(u32::MAX);
        self.revisions.push(Revision {
            number: number.saturating_add(2),
            before,
            after: self.ledgered(),
            reason,
            asked_by,
            approved_by: by.person,
            approved_at: by.at,
            opinion: opinion.to_owned(),
        });
    }
}
