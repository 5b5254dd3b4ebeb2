//! How a person signs in: credentials, sessions, second factors, tokens.
//!
//! Secrets stay out of the journal; only hashes are stored.

pub mod failures;
pub mod passwords;
pub mod second_factors;
pub mod tokens;

use chrono::{DateTime, Utc};

use crate::context::Actor;
use crate::ids::{BureauId, MandateId, PersonId, SessionId};
use crate::organisation::Role;

/// What a sign-in is checked against.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    pub person: PersonId,
    /// Unique in the bureau, lower case.
    pub login: String,
    /// An argon2id hash in PHC string form.
    pub password_hash: String,
    /// When the password was set; `None` where that was not recorded.
    pub changed_at: Option<DateTime<Utc>>,
    /// Whether somebody else chose the password.
    pub must_change: bool,
    /// The last sign-in.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("person", &self.person)
            .field("login", &self.login)
            .field("password_hash", &"***")
            .field("changed_at", &self.changed_at)
            .field("must_change", &self.must_change)
            .finish_non_exhaustive()
    }
}

/// What the person behind a session still has to do before anything else is open to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStage {
    /// Give the code of the second factor, or set one up; then the password is looked at.
    SecondFactor,
    /// The same, for somebody whose password does not matter.
    SecondFactorOnly,
    /// Choose a password of their own.
    NewPassword,
    /// Nothing.
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
    /// The mandate that it types under (代填).
    pub mandate: Option<MandateId>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("bureau", &self.bureau)
            .field("id", &self.id)
            .field("person", &self.person)
            .field("stage", &self.stage)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A sign-in that was sent to another server and waits for its answer.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInRequest {
    /// Hex SM3 of the state that the answer must carry.
    pub state_hash: String,
    /// What the identity token must carry.
    pub nonce: String,
    /// The secret of the code challenge.
    pub verifier: String,
    /// Where to go afterwards.
    pub next: String,
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for SignInRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInRequest")
            .field("next", &self.next)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Whether the actor administers the installation; their sessions end sooner when idle.
pub fn administers(actor: &Actor) -> bool {
    actor.posts.iter().any(|post| post.role.administers())
}

/// Whether a password alone is not enough for the actor: administrators and reviewers.
pub fn needs_second_factor(actor: &Actor) -> bool {
    administers(actor) || actor.has_role(Role::Reviewer)
}

/// Whether two secrets are the same, in time that does not depend on where they differ.
pub fn same_secret(expected: &str, given: &str) -> bool {
    let (expected, given) = (expected.as_bytes(), given.as_bytes());
    let pairs = expected.iter().zip(given);
    let differing = pairs.fold(0u8, |seen, (a, b)| std::hint::black_box(seen | (a ^ b)));
    differing == 0 && expected.len() == given.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_the_same_only_when_every_byte_is() {
        assert!(same_secret("0a1b", "0a1b"));
        for other in ["", "0a1", "0a1b2", "0a1c", "1a1b"] {
            assert!(!same_secret("0a1b", other), "{other}");
        }
    }

    #[test]
    fn an_account_shows_no_secret_when_printed() {
        let credential = Credential {
            person: PersonId(uuid::Uuid::from_u128(1)),
            login: "fang".into(),
            password_hash: "$argon2id$secret".into(),
            changed_at: None,
            must_change: false,
            last_used_at: None,
        };
        assert!(!format!("{credential:?}").contains("secret"));
    }
}
