//! How what stands in the way of a task is told.

use chrono::{DateTime, NaiveDate, Utc};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::blockers::Blocker;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::organisation::Named;
use crate::api::words::BlockerOutcome;

/// Something that the lead unit cannot clear by itself.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct BlockerBody {
    /// Counts the task's blockers from 1; goes into commands.
    number: u32,
    what: String,
    need: String,
    /// The unit whose help is needed.
    unit: Option<Named>,
    wished: Option<NaiveDate>,
    raised_by: Named,
    raised_at: DateTime<Utc>,
    /// Who is to answer.
    leader: Named,
    /// The last day for the answer, inclusive.
    answer_by: NaiveDate,
    /// Whether it was passed on to the principal leader.
    passed_on: bool,
    /// Missing while it waits.
    outcome: Option<BlockerOutcome>,
    /// What was decided, or why.
    outcome_text: Option<String>,
    settled_by: Option<Named>,
    settled_at: Option<DateTime<Utc>>,
}

impl BlockerBody {
    pub(super) fn new(blocker: Blocker, organisation: &Organisation) -> Self {
        let person = |id| Named::person(organisation, id);
        let settled = blocker.settled;
        Self {
            number: blocker.number,
            what: blocker.what,
            need: blocker.need,
            unit: blocker.unit.map(|unit| Named::unit(organisation, unit)),
            wished: blocker.wished,
            raised_by: person(blocker.raised_by),
            raised_at: blocker.raised_at,
            leader: person(blocker.leader),
            answer_by: blocker.answer_by,
            passed_on: blocker.passed_on,
            outcome: settled.as_ref().map(|known| known.outcome.into()),
            outcome_text: settled.as_ref().map(|known| known.text.clone()),
            settled_by: settled.as_ref().map(|known| person(known.by)),
            settled_at: settled.as_ref().map(|known| known.at),
        }
    }
}
