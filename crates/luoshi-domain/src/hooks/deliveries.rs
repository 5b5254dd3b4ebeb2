//! What is sent through a hook: one message with all that came meanwhile.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{DeliveryId, HookId, JobId, TaskId};
use crate::notifications::{Notification, Topic};

/// What opens the door at the other end. It is in no event, and shows itself in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The whole address; a robot's carries its token.
    pub address: String,
    /// What signs; empty for a robot without one.
    pub secret: String,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// One message through a hook, and how it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub hook: HookId,
    /// The work that sends it.
    pub job: JobId,
    pub purpose: Purpose,
    pub state: DeliveryState,
    pub made_at: DateTime<Utc>,
    /// When it is to go; what comes until then goes along.
    pub due_at: DateTime<Utc>,
    pub tries: u32,
    /// When it was last tried.
    pub tried_at: Option<DateTime<Utc>>,
    /// The status that was answered last.
    pub status: Option<u16>,
    pub took_ms: Option<i64>,
    /// Sentences that it told.
    pub told: u32,
    /// Sentences that were not for this hook any more when it went.
    pub left_out: u32,
    /// Why it did not go, in plain Chinese, without the address and without what it told.
    pub error: Option<String>,
}

/// A sentence that goes along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryItem {
    pub topic: Topic,
    pub notification: Notification,
    /// Every task that it names.
    pub tasks: Vec<TaskId>,
}

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// What came.
    News,
    /// What a unit has in hand, once a day.
    Digest,
    /// Whether it gets there.
    Test,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It waits for its time, and gathers what comes.
    Gathering,
    /// It is being sent, or is to be tried again; nothing is added any more.
    Trying,
    Sent,
    /// Given up; it can be sent again by hand.
    Failed,
    /// Not sent, as it was nobody's business any more.
    Dropped,
}

impl Purpose {
    pub const ALL: [Self; 3] = [Self::News, Self::Digest, Self::Test];

    /// Its name in rows and messages.
    pub fn key(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Digest => "digest",
            Self::Test => "test",
        }
    }

    /// The purpose with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.key() == key)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::News => "消息",
            Self::Digest => "每天汇总",
            Self::Test => "测试",
        }
    }
}

impl DeliveryState {
    pub const ALL: [Self; 5] = [
        Self::Gathering,
        Self::Trying,
        Self::Sent,
        Self::Failed,
        Self::Dropped,
    ];

    /// Its name in rows.
    pub fn key(self) -> &'static str {
        match self {
            Self::Gathering => "gathering",
            Self::Trying => "trying",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }

    /// The state with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Gathering => "待发",
            Self::Trying => "重试中",
            Self::Sent => "已送达",
            Self::Failed => "未送达",
            Self::Dropped => "没有发",
        }
    }

    /// Whether nothing more happens by itself.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Sent | Self::Failed | Self::Dropped)
    }
}
