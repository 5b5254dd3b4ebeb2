//! Tokens with which a program acts for a person, never with more than the person's rights.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::{day_start, local_day};
use crate::ids::{BureauId, PersonId, TokenId};
use crate::refusals::Refusal;

/// Longest life of a token, in days.
pub const LIFE_DAYS: u64 = 366;

/// Tokens of one person that are in use at once.
pub const TOKENS_LIMIT: usize = 20;

/// Longest name, in characters.
pub const NAME_LIMIT: usize = 60;

/// What a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Reading through the API.
    Read,
    /// Everything that changes something through the API.
    Write,
    /// The person's calendar feed.
    Calendar,
}

impl Scope {
    /// Every scope, in the order in which a form offers them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Calendar];
}

/// A token as stored; the token itself is shown once and not kept.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken {
    pub id: TokenId,
    pub bureau: BureauId,
    pub person: PersonId,
    /// What it is for, in the person's words.
    pub name: String,
    /// Hex SM3 of the token.
    pub token_hash: String,
    /// Sorted, without repetition.
    pub scopes: Vec<Scope>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// To the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiToken")
            .field("id", &self.id)
            .field("person", &self.person)
            .field("name", &self.name)
            .field("scopes", &self.scopes)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl ApiToken {
    /// Whether it can be used at `now`.
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// What a person asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenWish {
    pub name: String,
    pub scopes: Vec<Scope>,
    /// The last local day on which it can be used.
    pub until: Option<NaiveDate>,
}

impl TokenWish {
    /// The wish in order, with the instant at which the token ends; or what is wrong with it.
    pub fn checked(mut self, now: DateTime<Utc>) -> Result<(Self, DateTime<Utc>), Refusal> {
        let refuse = |field, sentence: String| Err(Refusal::input(field, "SYS-03", sentence));
        self.name = self.name.trim().to_owned();
        if self.name.is_empty() || self.name.chars().count() > NAME_LIMIT {
            return refuse("name", format!("请写明用途，不超过 {NAME_LIMIT} 个字。"));
        }
        self.scopes.sort_unstable();
        self.scopes.dedup();
        if self.scopes.is_empty() {
            return refuse("scopes", "请至少选一项用途范围。".into());
        }
        let today = local_day(now);
        let last = today.checked_add_days(Days::new(LIFE_DAYS - 1));
        let end = self.until.filter(|day| *day >= today && Some(*day) <= last);
        let Some(end) = end.and_then(|day| day.succ_opt()) else {
            return refuse("until", "有效期请选今天起一年之内的一天。".into());
        };
        Ok((self, day_start(end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_a_purpose_a_scope_and_an_end_within_a_year() {
        let now: DateTime<Utc> = "2026-11-25T02:00:00Z".parse().unwrap();
        let wish = |name: &str, scopes: &[Scope], until: &str| {
            let wish = TokenWish {
                name: name.into(),
                scopes: scopes.to_vec(),
                until: until.parse().ok(),
            };
            wish.checked(now).map_err(|refusal| refusal.code)
        };
        let scopes = [Scope::Write, Scope::Read, Scope::Write];
        let (checked, end) = wish(" 数据对接 ", &scopes, "2026-11-25").unwrap();
        assert_eq!(checked.name, "数据对接");
        assert_eq!(checked.scopes, [Scope::Read, Scope::Write]);
        assert_eq!(end.to_rfc3339(), "2026-11-25T16:00:00+00:00");
        assert_eq!(wish(" ", &scopes, "2026-12-01").unwrap_err(), "name");
        assert_eq!(wish("x", &[], "2026-12-01").unwrap_err(), "scopes");
        for until in ["2026-11-24", "2027-11-26", "", "9999-12-31"] {
            assert_eq!(wish("x", &scopes, until).unwrap_err(), "until", "{until}");
        }
        assert!(wish("x", &scopes, "2027-11-25").is_ok());
    }
}
