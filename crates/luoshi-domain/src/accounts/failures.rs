//! Counting failures, and locking what fails too often.
//!
//! What is counted is what was tried, whether it exists or not, so that a lock tells nothing about
//! who has an account.

use chrono::{DateTime, TimeDelta, Utc};

use crate::journal::digest;

/// What failures are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The login as typed.
    Login,
    /// The network address that the tries come from.
    Address,
    /// The person whose second factor is asked for.
    Code,
}

/// How many failures are borne, and for how long one too many locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureLimits {
    pub failures: u32,
    /// Failures with a longer pause between them are not counted together.
    pub window: TimeDelta,
    pub locked: TimeDelta,
}

impl FailureKind {
    /// Five for one account; more for an address, behind which a whole bureau may sit.
    pub fn limits(self) -> FailureLimits {
        let quarter = TimeDelta::minutes(15);
        FailureLimits {
            failures: match self {
                Self::Login | Self::Code => 5,
                Self::Address => 30,
            },
            window: quarter,
            locked: quarter,
        }
    }
}

/// The failures of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failures {
    pub kind: FailureKind,
    /// SM3 of the login, address or person; what somebody typed is of any length.
    pub subject: String,
    pub failures: u32,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    pub locked_until: Option<DateTime<Utc>>,
}

impl Failures {
    /// Nothing failed yet.
    pub fn none(kind: FailureKind, subject: &str, now: DateTime<Utc>) -> Self {
        Self {
            kind,
            subject: subject_of(subject),
            failures: 0,
            first_at: now,
            last_at: now,
            locked_until: None,
        }
    }

    /// The minutes for which nothing is taken, rounded up; `None` when it is not locked.
    pub fn locked_minutes(&self, now: DateTime<Utc>) -> Option<i64> {
        let left = self.locked_until? - now;
        let seconds = left.num_seconds();
        (left > TimeDelta::zero()).then_some(seconds / 60 + i64::from(seconds % 60 > 0))
    }

    /// One more failure; whether it locks.
    #[must_use]
    pub fn failed(mut self, now: DateTime<Utc>) -> (Self, bool) {
        let limits = self.kind.limits();
        let over = self.locked_until.is_some_and(|until| until <= now);
        if over || now - self.last_at > limits.window {
            self.failures = 0;
            self.first_at = now;
            self.locked_until = None;
        }
        self.failures = self.failures.saturating_add(1);
        self.last_at = now;
        let locks = self.locked_until.is_none() && self.failures >= limits.failures;
        if locks {
            self.locked_until = Some(now + limits.locked);
        }
        (self, locks)
    }
}

/// What a login, an address or a person is counted under.
pub fn subject_of(subject: &str) -> String {
    digest(subject.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> DateTime<Utc> {
        "2026-11-25T02:00:00Z".parse().unwrap()
    }

    fn failed(times: u32, every: TimeDelta) -> (Failures, bool) {
        let mut failures = Failures::none(FailureKind::Login, "fang", start());
        let mut locks = false;
        let mut now = start();
        for _ in 0..times {
            (failures, locks) = failures.failed(now);
            now += every;
        }
        (failures, locks)
    }

    #[test]
    fn five_failures_lock_for_a_quarter_of_an_hour() {
        let (four, locks) = failed(4, TimeDelta::seconds(1));
        assert!(!locks && four.locked_minutes(start()).is_none());
        let (five, locks) = failed(5, TimeDelta::zero());
        assert!(locks);
        assert_eq!(five.locked_minutes(start()), Some(15));
        assert_eq!(
            five.locked_minutes(start() + TimeDelta::seconds(61)),
            Some(14)
        );
        assert_eq!(
            five.locked_minutes(start() + TimeDelta::seconds(899)),
            Some(1)
        );
        assert_eq!(five.locked_minutes(start() + TimeDelta::minutes(15)), None);
    }

    #[test]
    fn a_lock_that_is_over_begins_to_count_anew() {
        let (five, _) = failed(5, TimeDelta::zero());
        let (again, locks) = five.failed(start() + TimeDelta::minutes(15));
        assert_eq!((again.failures, locks), (1, false));
    }

    #[test]
    fn failures_far_apart_are_not_counted_together() {
        let (far, locks) = failed(20, TimeDelta::minutes(16));
        assert_eq!((far.failures, locks), (1, false));
    }

    #[test]
    fn a_further_failure_does_not_lengthen_the_lock() {
        let (five, _) = failed(5, TimeDelta::zero());
        let until = five.locked_until;
        let (six, locks) = five.failed(start() + TimeDelta::minutes(5));
        assert_eq!((six.locked_until, locks), (until, false));
    }
}
