//! What a language model may be asked, where a bureau runs one: sentences that the reader is not
//! sure of, and suggestions in return. Implemented outside; without one nothing is asked.
//!
//! The text of a document is data. Whatever comes back is checked against the document before a
//! person sees it, and changes nothing by itself.

use async_trait::async_trait;
use chrono::TimeDelta;
use luoshi_domain::plans::ProposalKind;

/// Sentences that are asked about in one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub sentences: Vec<Sentence>,
}

/// A sentence in doubt, with what stands around it and what the reader proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Names it within the batch.
    pub n: u32,
    pub text: String,
    /// The clause that it stands in, cut off where it is long.
    pub clause: String,
    pub kind: ProposalKind,
    /// Units as written, lead first.
    pub units: Vec<String>,
    /// The deadline's words.
    pub deadline: Option<String>,
    /// The frequency's words.
    pub frequency: Option<String>,
}

/// What is suggested for one sentence; nothing of it is checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refined {
    pub n: u32,
    /// The words that it rests on.
    pub quote: String,
    pub kind: Option<String>,
    /// A unit's name as written.
    pub lead: Option<String>,
    /// Units' names as written.
    pub co_units: Vec<String>,
    pub limit: Option<RefinedLimit>,
    /// The frequency's words.
    pub frequency: Option<String>,
}

/// A date with the words that give it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefinedLimit {
    pub words: String,
    /// ISO, as it came.
    pub day: String,
}

/// Why there is no answer, in a plain Chinese sentence that holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefineError {
    /// It may work later; `after` is what the other side asked for.
    #[error("{why}")]
    Later {
        why: String,
        after: Option<TimeDelta>,
    },
    /// It will not work by itself: somebody has to change the configuration.
    #[error("{why}")]
    Never { why: String },
}

/// Asks a language model on the bureau's own network.
#[async_trait]
pub trait Refiner: Send + Sync {
    /// Suggestions for the sentences; none for those that it has nothing to say about.
    async fn refine(&self, batch: &Batch) -> Result<Vec<Refined>, RefineError>;
}
