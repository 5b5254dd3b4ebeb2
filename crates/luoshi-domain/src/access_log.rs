//! Who saw or did what, beside the journal (SYS-02): signing in, secrets, reading what is marked,
//! taking data out.
//!
//! The journal holds what changed a record; this log holds the rest of what an auditor asks for.
//! Entries form one chain of SM3 hashes for each bureau, so that an altered or missing one shows.

use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::audit::Anchor;
use crate::ids::{AccessId, BureauId, PersonId};
use crate::journal::{self, Break, Fault};

/// No entry younger than this is ever dropped.
pub const MONTHS_KEPT: u32 = 12;

/// Longest text of an entry that comes from outside, in characters.
pub const TEXT_LIMIT: usize = 300;

/// What was tried or done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessAction {
    SignIn,
    SignOut,
    /// A login or an address was locked after failures.
    LockOut,
    /// An account for a person without one, by a security administrator.
    AccountOpen,
    PasswordChange,
    /// Somebody else's password, by a security administrator.
    PasswordReset,
    SecondFactorEnrol,
    SecondFactorRemove,
    /// A recovery code stood in for the second factor.
    RecoveryCodeUse,
    SessionRevoke,
    TokenCreate,
    TokenRevoke,
    /// A row or file was read that is marked as needing it.
    Read,
    Export,
    /// Entries past their time were cut off, by the program.
    Sweep,
}

impl AccessAction {
    /// Every action, in the order in which lists offer them.
    pub const ALL: [Self; 15] = [
        Self::SignIn,
        Self::SignOut,
        Self::LockOut,
        Self::AccountOpen,
        Self::PasswordChange,
        Self::PasswordReset,
        Self::SecondFactorEnrol,
        Self::SecondFactorRemove,
        Self::RecoveryCodeUse,
        Self::SessionRevoke,
        Self::TokenCreate,
        Self::TokenRevoke,
        Self::Read,
        Self::Export,
        Self::Sweep,
    ];
}

/// What it was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccessObject {
    /// E.g. `task`, `person`, `token`.
    pub kind: String,
    /// `None` where the whole kind is meant, e.g. a list that was exported.
    pub id: Option<Uuid>,
}

impl AccessObject {
    /// One thing of a kind.
    pub fn one(kind: &str, id: Uuid) -> Self {
        Self {
            kind: kind.to_owned(),
            id: Some(id),
        }
    }
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccessEntry {
    pub id: AccessId,
    pub at: DateTime<Utc>,
    /// `None` where nobody was recognised.
    pub person: Option<PersonId>,
    /// As typed at a sign-in, else the person's own.
    pub login: String,
    /// Where the request came from; empty for work of the program itself.
    pub address: String,
    pub action: AccessAction,
    pub object: Option<AccessObject>,
    pub success: bool,
    /// A sentence for the auditor; never a secret.
    pub detail: String,
}

impl AccessEntry {
    /// The entry with every text cut to what the log keeps.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        for text in [&mut self.login, &mut self.address, &mut self.detail] {
            let kept = text.chars().filter(|sign| *sign != '\0').take(TEXT_LIMIT);
            *text = kept.collect();
        }
        self
    }
}

/// An entry as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAccess {
    /// Position in the bureau's log, from 1, without a gap.
    pub seq: i64,
    pub entry: AccessEntry,
    /// The hash of the entry before; empty for the first.
    pub previous: String,
    pub hash: String,
}

/// Which entries; every field that is set narrows the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessFilter {
    pub person: Option<PersonId>,
    pub action: Option<AccessAction>,
    /// Only what was done to this thing.
    pub object: Option<Uuid>,
    pub success: Option<bool>,
    /// Where the request came from.
    pub address: Option<String>,
    /// First local day.
    pub from: Option<NaiveDate>,
    /// Last local day.
    pub until: Option<NaiveDate>,
}

/// What is hashed of an entry, in this order.
#[derive(Serialize)]
struct Hashed<'a> {
    bureau: BureauId,
    seq: i64,
    entry: &'a AccessEntry,
}

/// The hash of an entry that follows `previous`.
pub fn chained(bureau: BureauId, seq: i64, entry: &AccessEntry, previous: &str) -> String {
    let hashed = Hashed { bureau, seq, entry };
    // A struct of texts, numbers and ids can always be written.
    let bytes = serde_json::to_string(&hashed).unwrap_or_default();
    journal::chain(Some(previous), &bytes)
}

/// Before when entries may be dropped: `months` ago, but never less than [`MONTHS_KEPT`].
pub fn dropped_before(now: DateTime<Utc>, months: u32) -> DateTime<Utc> {
    let months = Months::new(months.max(MONTHS_KEPT));
    now.checked_sub_months(months)
        .unwrap_or(DateTime::UNIX_EPOCH)
}

/// Walks the log in order and finds the first entry that is not as it was written.
#[derive(Debug)]
pub struct AccessVerifier {
    bureau: BureauId,
    last: Anchor,
}

impl AccessVerifier {
    /// A verifier behind `last`: the last entry that was cut off, or where an earlier walk ended.
    pub fn behind(bureau: BureauId, last: Anchor) -> Self {
        Self { bureau, last }
    }

    /// Takes the next entry; the break, when this is not the entry that was written here.
    pub fn take(&mut self, stored: &StoredAccess) -> Result<(), Break> {
        let next = self.last.seq + 1;
        if stored.seq != next {
            return Err(Break {
                seq: next,
                fault: Fault::Missing,
            });
        }
        let fault = |fault| Break {
            seq: stored.seq,
            fault,
        };
        if stored.previous != self.last.hash {
            return Err(fault(Fault::Reordered));
        }
        let hash = chained(self.bureau, stored.seq, &stored.entry, &stored.previous);
        if hash != stored.hash {
            return Err(fault(Fault::Altered));
        }
        self.last = Anchor {
            seq: stored.seq,
            hash,
        };
        Ok(())
    }

    /// The last entry that was whole.
    pub fn last(&self) -> &Anchor {
        &self.last
    }

    /// After the last entry: whether it is the one that was written last.
    pub fn end(self, head: &Anchor) -> Result<Anchor, Break> {
        if self.last == *head {
            return Ok(self.last);
        }
        Err(Break {
            seq: self.last.seq + 1,
            fault: Fault::Missing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUREAU: BureauId = BureauId(Uuid::from_u128(1));

    fn log() -> (Vec<StoredAccess>, Anchor) {
        let mut previous = String::new();
        let mut stored = Vec::new();
        for seq in 1..=3i64 {
            let entry = AccessEntry {
                id: AccessId(Uuid::from_u128(9)),
                at: DateTime::UNIX_EPOCH,
                person: None,
                login: format!("login {seq}"),
                address: "10.0.0.1".into(),
                action: AccessAction::SignIn,
                object: None,
                success: false,
                detail: String::new(),
            };
            let hash = chained(BUREAU, seq, &entry, &previous);
            stored.push(StoredAccess {
                seq,
                entry,
                previous: previous.clone(),
                hash: hash.clone(),
            });
            previous = hash;
        }
        let head = Anchor {
            seq: 3,
            hash: previous,
        };
        (stored, head)
    }

    fn verify(stored: &[StoredAccess], from: Anchor, head: &Anchor) -> Result<i64, (i64, Fault)> {
        let mut verifier = AccessVerifier::behind(BUREAU, from);
        let taken = stored.iter().try_for_each(|entry| verifier.take(entry));
        let ended = taken.and_then(|()| verifier.end(head));
        let ended = ended.map_err(|broken| (broken.seq, broken.fault));
        ended.map(|last| last.seq)
    }

    #[test]
    fn sys_02_an_altered_or_missing_entry_is_named() {
        let (stored, head) = log();
        let whole = |stored: &[StoredAccess]| verify(stored, Anchor::start(), &head);
        assert_eq!(whole(&stored), Ok(3));
        let mut altered = stored.clone();
        altered[1].entry.success = true;
        assert_eq!(whole(&altered), Err((2, Fault::Altered)));
        let gap = [stored[0].clone(), stored[2].clone()];
        assert_eq!(whole(&gap), Err((2, Fault::Missing)));
        let lost = Err((3, Fault::Missing));
        assert_eq!(whole(&stored[..2]), lost, "the last is missing");
        assert_eq!(whole(&[]), Err((1, Fault::Missing)));
    }

    #[test]
    fn sys_02_what_is_kept_hangs_on_the_anchor_of_what_was_cut() {
        let (stored, head) = log();
        let anchor = Anchor {
            seq: 1,
            hash: stored[0].hash.clone(),
        };
        assert_eq!(verify(&stored[1..], anchor.clone(), &head), Ok(3));
        let without = verify(&stored[1..], Anchor::start(), &head);
        assert_eq!(without, Err((1, Fault::Missing)), "cut by somebody else");
        let other = Anchor {
            hash: "another".into(),
            ..anchor
        };
        let forged = verify(&stored[1..], other, &head);
        assert_eq!(forged, Err((2, Fault::Reordered)));
        assert_eq!(verify(&[], head.clone(), &head), Ok(3), "all was cut");
    }

    #[test]
    fn sys_02_nothing_younger_than_twelve_months_is_dropped() {
        let now: DateTime<Utc> = "2026-11-25T02:00:00Z".parse().unwrap();
        let year: DateTime<Utc> = "2025-11-25T02:00:00Z".parse().unwrap();
        assert_eq!(dropped_before(now, 1), year);
        assert_eq!(dropped_before(now, 12), year);
        assert!(dropped_before(now, 36) < year);
    }

    #[test]
    fn an_entry_keeps_no_endless_text() {
        let (stored, _head) = log();
        let long = AccessEntry {
            detail: "长\0".repeat(1000),
            ..stored[0].entry.clone()
        };
        let kept = long.bounded().detail;
        assert_eq!(kept.chars().count(), TEXT_LIMIT);
        assert!(!kept.contains('\0'));
    }
}
