//! Registers: small things of one kind, each kept as one row with all of it (requirements, K15).
//!
//! What a register holds is folded from its own stream of the journal like every aggregate; only
//! its row is the same for all kinds, so that a new kind needs no table of its own.

use chrono::NaiveDate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::journal::Signed;

/// Something that a register holds.
pub trait Registered: Clone + Send + Sync + Serialize + DeserializeOwned + 'static {
    type Event: Serialize + DeserializeOwned + Send + Sync;

    /// The stream's kind in the journal, and the register's name.
    const STREAM: &'static str;

    fn id(&self) -> Uuid;

    /// Events folded so far.
    fn version(&self) -> i64;

    /// The day that lists are ordered by.
    fn day(&self) -> NaiveDate;

    /// Whether it is still in force.
    fn is_open(&self) -> bool;

    /// What the first event makes; `None` when the event is none to begin with.
    fn begun(id: Uuid, event: &Self::Event, by: &Signed) -> Option<Self>;

    /// Folds a later event into the state. Never fails, never looks at the clock.
    fn apply(&mut self, event: &Self::Event, by: &Signed);

    /// The state that a whole stream gives.
    fn replay<'a>(
        id: Uuid,
        events: impl IntoIterator<Item = (&'a Self::Event, &'a Signed)>,
    ) -> Option<Self>
    where
        Self::Event: 'a,
    {
        let mut events = events.into_iter();
        let (first, by) = events.next()?;
        let mut state = Self::begun(id, first, by)?;
        for (event, by) in events {
            state.apply(event, by);
        }
        Some(state)
    }
}

/// One row of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterEntry {
    /// The register's name.
    pub register: &'static str,
    pub id: Uuid,
    pub version: i64,
    pub day: NaiveDate,
    pub is_open: bool,
    /// All of it, in JSON.
    pub record: String,
}

impl RegisterEntry {
    /// The row of a state.
    pub fn of<R: Registered>(state: &R) -> serde_json::Result<Self> {
        Ok(Self {
            register: R::STREAM,
            id: state.id(),
            version: state.version(),
            day: state.day(),
            is_open: state.is_open(),
            record: serde_json::to_string(state)?,
        })
    }
}

/// Which rows of a register are asked for, latest day first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterFilter {
    /// Only those in force, or only those that are not.
    pub open: Option<bool>,
    /// From this day on.
    pub from: Option<NaiveDate>,
    /// Up to and including this day.
    pub until: Option<NaiveDate>,
    /// Only rows after this one in the list's order.
    pub after: Option<(NaiveDate, Uuid)>,
    pub limit: u32,
}

impl RegisterFilter {
    /// All rows, `limit` at most.
    pub fn all(limit: u32) -> Self {
        Self {
            open: None,
            from: None,
            until: None,
            after: None,
            limit,
        }
    }
}
