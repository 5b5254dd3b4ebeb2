//! Secrecy marks (SYS-05).

use serde::{Deserialize, Serialize};

/// How far a row may be known. State secrets have no mark here: they must not be entered at all.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    #[default]
    None,
    /// 内部: for those whose business it is; never exported or published.
    Internal,
    /// 工作秘密: for the leaders concerned, the supervision office and the units concerned alone.
    WorkSecret,
}

impl Mark {
    pub const ALL: [Self; 3] = [Self::None, Self::Internal, Self::WorkSecret];

    /// The mark with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.key() == key)
    }

    /// Whether nothing is marked.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// Its name in rows and policies.
    pub fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Internal => "internal",
            Self::WorkSecret => "work_secret",
        }
    }
}
