//! Handing a message to the other end of a hook, where the installation lets any out. Implemented
//! outside; without one nothing is sent.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use luoshi_domain::hooks::{Credential, HookKind, Purpose};
use luoshi_domain::ids::{DeliveryId, TaskId};
use luoshi_domain::notifications::Topic;

/// One message, where it goes and what opens the door there.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Sent again after an error, a message carries the same id.
    pub id: DeliveryId,
    pub kind: HookKind,
    pub credential: Credential,
    /// Text without marks.
    pub plain: bool,
    /// When it is sent.
    pub at: DateTime<Utc>,
    pub message: Message,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub purpose: Purpose,
    pub bureau: String,
    pub title: String,
    /// The newest first.
    pub lines: Vec<Line>,
    /// How many sentences are not among the lines.
    pub more: u32,
    /// Where all of it is to be read; `None` where the installation has no address.
    pub link: Option<String>,
}

/// One sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub topic: Option<Topic>,
    pub at: Option<DateTime<Utc>>,
    pub task: Option<TaskId>,
    pub text: String,
    pub link: Option<String>,
}

/// Why a message did not get there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct SendError {
    /// The status that was answered, where one was.
    pub status: Option<u16>,
    /// In plain Chinese, without the address and without what was answered.
    pub why: String,
    pub again: Again,
}

/// Whether it may work later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It may, and not before the other side's wait is over.
    Later(Option<TimeDelta>),
    /// Not by itself: the address or the installation has to change.
    Never,
}

/// Hands messages over.
#[async_trait]
pub trait HookSender: Send + Sync {
    /// The host of an address of this kind, or why it cannot be used. Nobody is asked for it.
    fn inspect(&self, kind: HookKind, address: &str) -> Result<String, String>;

    /// Hands a message over; the status that was answered.
    async fn send(&self, outgoing: &Outgoing) -> Result<u16, SendError>;
}
