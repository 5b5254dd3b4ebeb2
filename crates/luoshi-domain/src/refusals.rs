//! Why something may not happen.

use std::fmt;

/// A command that a rule does not allow, with the sentence the person reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code, e.g. `not_approved`; part of the API.
    pub code: &'static str,
    /// What the person reads, in plain Chinese: what is missing and, where possible, what to do.
    pub sentence: String,
    /// The rule it comes from: a requirement id such as `FLOW-11`.
    pub rule: &'static str,
    /// What sort of obstacle this is; decides the HTTP status.
    pub ground: Ground,
}

/// The sort of obstacle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The actor does not hold the right: 403.
    Authority,
    /// The matter is not in a state that allows it: 409.
    State,
    /// What was entered is incomplete or wrong: 422.
    Input,
}

impl Refusal {
    /// The actor does not hold the right.
    pub fn authority(code: &'static str, rule: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            code,
            sentence: sentence.into(),
            rule,
            ground: Ground::Authority,
        }
    }

    /// The matter is not in a state that allows it.
    pub fn state(code: &'static str, rule: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            code,
            sentence: sentence.into(),
            rule,
            ground: Ground::State,
        }
    }

    /// What was entered is incomplete or wrong.
    pub fn input(code: &'static str, rule: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            code,
            sentence: sentence.into(),
            rule,
            ground: Ground::Input,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.sentence, self.code, self.rule)
    }
}

impl std::error::Error for Refusal {}
