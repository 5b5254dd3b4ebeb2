//! Proving that the journal and the access log are as they were written: the walks through them,
//! and what each walk found (SYS-02).
//!
//! A walk may begin where an earlier one ended; what it ended with is then its anchor. Anchors are
//! kept for good, so that a chain that somebody forged anew does not fit those from before.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::PersonId;
use crate::journal::Break;

/// Which of the bureau's two chains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chain {
    /// What changed.
    Journal,
    /// Who signed in, saw and took out what.
    Access,
}

impl Chain {
    /// Both, in the order in which they are verified.
    pub const ALL: [Self; 2] = [Self::Journal, Self::Access];
}

/// A place in a chain and what stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// 0 before the first entry.
    pub seq: i64,
    /// Empty before the first entry.
    pub hash: String,
}

impl Anchor {
    /// Before the first entry.
    pub fn start() -> Self {
        Self {
            seq: 0,
            hash: String::new(),
        }
    }
}

/// What one walk through a chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub id: Uuid,
    pub chain: Chain,
    /// When the walk ended.
    pub at: DateTime<Utc>,
    /// Who asked for it; `None` for the daily one.
    pub by: Option<PersonId>,
    /// The first number that was looked at.
    pub begins: i64,
    /// Up to where all was whole.
    pub last: Anchor,
    /// The first that is not as it was written.
    pub broken: Option<Break>,
}
