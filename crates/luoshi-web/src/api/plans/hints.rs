//! What stands beside a proposal: how experience was used, and what is suggested.

use chrono::NaiveDate;
use luoshi_domain::plans::hints::{Change, Experience, Suggestion, SuggestionSource};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::words::ProposalKind;

/// One use of what the bureau has learnt; the draft follows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "of", rename_all = "snake_case")]
pub(in crate::api) enum ExperienceBody {
    /// A name stands for units that people chose in `count` of `of_all` plans.
    Name {
        name: String,
        units: Vec<Uuid>,
        count: u32,
        of_all: u32,
    },
    /// People made another kind of what the reader proposes at this word.
    Kind {
        cue: String,
        from: ProposalKind,
        to: ProposalKind,
        count: u32,
        of_all: u32,
    },
    /// Filled in from another proposal of the plan with the same name.
    SameName {
        name: String,
        units: Vec<Uuid>,
        from: Uuid,
    },
}

/// A change that nobody made yet.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SuggestionBody {
    /// Names it in the proposal.
    number: u32,
    source: SuggestionSourceBody,
    change: ChangeBody,
    /// The document's words that it rests on.
    quote: String,
}

/// Who suggests.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum SuggestionSourceBody {
    SimilarName,
    Model,
}

/// What would change in the draft.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "of", rename_all = "snake_case")]
pub(in crate::api) enum ChangeBody {
    /// The unit joins, as lead where there is none yet and `co` is not set.
    Unit {
        unit: Uuid,
        co: bool,
    },
    Kind {
        kind: ProposalKind,
    },
    Limit {
        day: NaiveDate,
    },
    Frequency {
        text: String,
    },
}

impl From<Experience> for ExperienceBody {
    fn from(experience: Experience) -> Self {
        let ids = |units: Vec<luoshi_domain::ids::UnitId>| units.into_iter().map(|unit| unit.0);
        match experience {
            Experience::Name {
                name,
                units,
                count,
                of,
            } => Self::Name {
                name,
                units: ids(units).collect(),
                count,
                of_all: of,
            },
            Experience::Kind {
                cue,
                from,
                to,
                count,
                of,
            } => Self::Kind {
                cue,
                from: from.into(),
                to: to.into(),
                count,
                of_all: of,
            },
            Experience::SameName { name, units, from } => Self::SameName {
                name,
                units: ids(units).collect(),
                from: from.0,
            },
        }
    }
}

impl From<Suggestion> for SuggestionBody {
    fn from(suggestion: Suggestion) -> Self {
        Self {
            number: suggestion.number,
            source: match suggestion.source {
                SuggestionSource::SimilarName => SuggestionSourceBody::SimilarName,
                SuggestionSource::Model => SuggestionSourceBody::Model,
            },
            change: match suggestion.change {
                Change::Unit { unit, co } => ChangeBody::Unit { unit: unit.0, co },
                Change::Kind { kind } => ChangeBody::Kind { kind: kind.into() },
                Change::Limit { day } => ChangeBody::Limit { day },
                Change::Frequency { text } => ChangeBody::Frequency { text },
            },
            quote: suggestion.quote,
        }
    }
}
