//! How a person signs in: credentials and sessions.
//!
//! Secrets stay out of the journal; only hashes are stored.

use chrono::{DateTime, Utc};

use crate::ids::{BureauId, PersonId, SessionId};

/// What a sign-in is checked against.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    pub person: PersonId,
    /// Unique in the bureau, lower case.
    pub login: String,
    /// An argon2id hash in PHC string form.
    pub password_hash: String,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("person", &self.person)
            .field("login", &self.login)
            .field("password_hash", &"***")
            .finish()
    }
}

/// What the person behind a session has proven so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStage {
    /// The password; a second factor is still to come, and nothing else is open.
    Password,
    /// All that is asked of them.
    Full,
}

/// A signed-in browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    /// Hex SM3 of the token in the cookie; the token itself is not stored.
    pub token_hash: String,
    pub bureau: BureauId,
    pub person: PersonId,
    /// What each posted form must carry.
    pub csrf: String,
    pub stage: SessionStage,
    /// Where it was begun from.
    pub address: String,
    /// What the browser says of itself, cut.
    pub device: String,
    pub created_at: DateTime<Utc>,
    /// To the minute, not to the second.
    pub last_used_at: DateTime<Utc>,
    /// The end whatever happens; an idle one ends earlier.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .field("person", &self.person)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
