//! A second proof beside the password: codes that change with time, and codes for when the device
//! that makes them is lost.

use chrono::{DateTime, Utc};

use crate::ids::PersonId;

/// Recovery codes handed out at once.
pub const RECOVERY_CODES: usize = 10;

/// What a person's codes are made from.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    pub person: PersonId,
    /// Base32 without padding, as authenticators take it.
    pub secret: String,
    pub created_at: DateTime<Utc>,
    /// When the person showed the first right code; before, it is not asked for.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The step of the last code taken; that one and those before are used up.
    pub last_step: i64,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondFactor")
            .field("person", &self.person)
            .field("secret", &"***")
            .field("confirmed_at", &self.confirmed_at)
            .finish_non_exhaustive()
    }
}

impl SecondFactor {
    /// Whether a code of `step` may still be taken.
    pub fn is_fresh(&self, step: i64) -> bool {
        step > self.last_step
    }
}

/// A recovery code as people read it: five letters or digits, a hyphen, five more.
pub fn recovery_code(secret: &str) -> String {
    // Hex digits only: nothing that looks like something else.
    let mut signs = secret.chars();
    let first: String = signs.by_ref().take(5).collect();
    let second: String = signs.take(5).collect();
    format!("{first}-{second}")
}

/// A code as typed, in the form in which it is compared: without spaces and hyphens, small.
pub fn typed_code(code: &str) -> String {
    let kept = code.chars().filter(|sign| sign.is_ascii_alphanumeric());
    kept.take(32).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_is_read_back_however_it_is_typed() {
        let code = recovery_code("0123456789abcdef");
        assert_eq!(code, "01234-56789");
        assert_eq!(typed_code(" 01234 56789"), typed_code(&code));
        assert_eq!(typed_code("ABCDE-f0123"), "abcdef0123");
    }
}
