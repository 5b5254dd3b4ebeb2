//! How a person signs in: credentials and sessions.
//!
//! Secrets stay out of the journal; only hashes are stored.

use chrono::{DateTime, Utc};

use crate::ids::{BureauId, PersonId};

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

/// A signed-in browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Hex SM3 of the token in the cookie; the token itself is not stored.
    pub token_hash: String,
    pub bureau: BureauId,
    pub person: PersonId,
    /// What each posted form must carry.
    pub csrf: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("bureau", &self.bureau)
            .field("person", &self.person)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
