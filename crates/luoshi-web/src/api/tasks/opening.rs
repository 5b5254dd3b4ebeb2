//! A task as it is opened by hand.

use chrono::NaiveDate;
use luoshi_app::tasks::opening::{Assigned, Opening};
use luoshi_domain::ids::PersonId;
use luoshi_domain::tasks::Origin;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::tasks::commands::DetailsBody;
use crate::api::trajectories::TrajectoryBody;

/// A task to be opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct OpeningBody {
    /// Title of the document or meeting that it comes from.
    document: String,
    /// The document's number.
    document_number: Option<String>,
    /// Where in the document it stands.
    #[serde(default)]
    clause: String,
    /// The sentence as it stands there.
    #[serde(default)]
    quote: String,
    /// Without a supervisor the supervision office follows it.
    details: Box<DetailsBody>,
    /// The leader who assigned it.
    assigned: Option<AssignedBody>,
    /// Its planned course; evenly over its time without one.
    course: Option<TrajectoryBody>,
    /// That the ledger's tasks that say nearly the same are other ones.
    #[serde(default)]
    despite_similar: bool,
}

/// Whose word it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AssignedBody {
    leader: Uuid,
    instruction: String,
    dated: Option<NaiveDate>,
}

impl From<OpeningBody> for Opening {
    fn from(body: OpeningBody) -> Self {
        Self {
            origin: Origin {
                plan: None,
                proposal: None,
                document: body.document,
                number: body.document_number,
                clause_path: body.clause,
                quote: body.quote,
            },
            details: (*body.details).into(),
            assigned: body.assigned.map(|assigned| Assigned {
                leader: PersonId(assigned.leader),
                instruction: assigned.instruction,
                dated: assigned.dated,
            }),
            course: body.course.map(Into::into),
            despite_similar: body.despite_similar,
        }
    }
}
