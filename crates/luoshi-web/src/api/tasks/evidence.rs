//! How what proves a report is told, and how urgings stand.

use chrono::{DateTime, NaiveDate, Utc};
use luoshi_domain::ids::AttachmentId;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::evidence::{Evidence, OnCourse};
use luoshi_domain::tasks::urgings::Urging;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::organisation::Named;

/// One piece of evidence, by reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::api) enum EvidenceBody {
    /// A document that can be looked up by its number or title.
    Document {
        number: Option<String>,
        title: String,
    },
    /// An address, `http` or `https`.
    Link {
        address: String,
        #[serde(default)]
        title: String,
    },
    /// A file of the task.
    File {
        file: Uuid,
        /// Not read: the file has a name.
        #[serde(default)]
        name: String,
    },
}

impl From<EvidenceBody> for Evidence {
    fn from(body: EvidenceBody) -> Self {
        match body {
            EvidenceBody::Document { number, title } => Self::Document { number, title },
            EvidenceBody::Link { address, title } => Self::Link { address, title },
            EvidenceBody::File { file, name } => Self::File {
                file: AttachmentId(file),
                name,
            },
        }
    }
}

impl From<Evidence> for EvidenceBody {
    fn from(evidence: Evidence) -> Self {
        match evidence {
            Evidence::Document { number, title } => Self::Document { number, title },
            Evidence::Link { address, title } => Self::Link { address, title },
            Evidence::File { file, name } => Self::File { file: file.0, name },
        }
    }
}

/// That no report is asked for, and by which numbers.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct OnCourseBody {
    progress: u8,
    /// Percent that the schedule expects.
    expected: i64,
    /// Pieces of evidence of the last report.
    evidence: usize,
}

impl From<OnCourse> for OnCourseBody {
    fn from(known: OnCourse) -> Self {
        Self {
            progress: known.progress,
            expected: known.expected,
            evidence: known.evidence,
        }
    }
}

/// One urging of the lead unit.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct UrgingBody {
    by: Named,
    at: DateTime<Utc>,
    text: String,
    /// The last day for the answer, inclusive.
    respond_by: NaiveDate,
    /// When the lead unit's next report came; missing while it waits.
    answered_at: Option<DateTime<Utc>>,
}

impl UrgingBody {
    pub(super) fn new(urging: Urging, organisation: &Organisation) -> Self {
        Self {
            by: Named::person(organisation, urging.by),
            at: urging.at,
            text: urging.text,
            respond_by: urging.respond_by,
            answered_at: urging.answered_at,
        }
    }
}
