//! Work that is done later, outside of any request, and survives a restart.

use chrono::{DateTime, TimeDelta, Utc};

use crate::ids::{BureauId, JobId};

/// The first wait before a job is tried again; it doubles each time.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);

/// The longest wait before a job is tried again.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// Work to be done, as it is written in the transaction that makes it necessary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    pub id: JobId,
    /// What is to be done; its handler knows the payload.
    pub name: &'static str,
    /// JSON.
    pub payload: String,
    /// Tries before it is given up.
    pub max_attempts: u32,
    /// When it was made, and may run first.
    pub at: DateTime<Utc>,
}

/// Work that a worker claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub id: JobId,
    pub bureau: BureauId,
    pub name: String,
    /// JSON.
    pub payload: String,
    /// Tries so far, this one included.
    pub attempts: u32,
    pub max_attempts: u32,
}

/// A job that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedJob {
    pub id: JobId,
    pub name: String,
    /// JSON.
    pub payload: String,
    pub attempts: u32,
    pub at: DateTime<Utc>,
    /// Why the last try failed, in plain Chinese.
    pub error: String,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobEnd {
    Done,
    /// This part is done and another is due at once, with its tries all before it.
    Next {
        payload: String,
    },
    /// To be tried again with this payload, not before `run_at`.
    Retry {
        run_at: DateTime<Utc>,
        payload: String,
        error: String,
    },
    /// Given up.
    Failed {
        error: String,
    },
}

impl Job {
    /// Whether another try is left.
    pub fn may_retry(&self) -> bool {
        self.attempts < self.max_attempts
    }

    /// When the next try may run: later each time, and not before what the other side asked for.
    pub fn next_try(&self, now: DateTime<Utc>, asked: Option<TimeDelta>) -> DateTime<Utc> {
        let doublings = self.attempts.saturating_sub(1).min(10);
        let wait = FIRST_WAIT * 2i32.pow(doublings);
        let wait = wait.max(asked.unwrap_or_default()).min(LONGEST_WAIT);
        now + wait
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_wait_is_longer_and_none_is_endless() {
        let now = DateTime::UNIX_EPOCH;
        let waits = (1..12).map(|attempts| {
            let job = Job {
                id: JobId(Uuid::nil()),
                bureau: BureauId(Uuid::nil()),
                name: String::new(),
                payload: String::new(),
                attempts,
                max_attempts: 3,
            };
            (job.next_try(now, None) - now).num_seconds()
        });
        let waits: Vec<i64> = waits.collect();
        assert_eq!(waits[..4], [30, 60, 120, 240]);
        assert_eq!(waits[10], 3600);
    }

    #[test]
    fn what_the_other_side_asks_for_is_kept_up_to_an_hour() {
        let now = DateTime::UNIX_EPOCH;
        let job = Job {
            id: JobId(Uuid::nil()),
            bureau: BureauId(Uuid::nil()),
            name: String::new(),
            payload: String::new(),
            attempts: 1,
            max_attempts: 3,
        };
        let wait = |asked| (job.next_try(now, Some(asked)) - now).num_seconds();
        assert_eq!(wait(TimeDelta::seconds(90)), 90);
        assert_eq!(wait(TimeDelta::seconds(1)), 30);
        assert_eq!(wait(TimeDelta::days(9)), 3600);
    }
}
