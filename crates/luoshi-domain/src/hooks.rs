//! Hooks (外发): robots of group chats and other programs that are told what the inbox tells.
//!
//! Of an address only the host and a fingerprint are here and in the journal: the rest of it, and
//! the secret that signs, open the door and are kept apart ([`Credential`]).

mod deliveries;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::calendar::{Calendar, day_start, local_day};
use crate::context::Context;
use crate::ids::{HookId, UnitId};
use crate::journal::Signed;
use crate::notifications::Topic;
use crate::refusals::Refusal;
use crate::registers::Registered;

pub use deliveries::{Credential, Delivery, DeliveryItem, DeliveryState, Purpose};

/// Longest name, in characters.
pub const NAME_LIMIT: usize = 30;

/// Most hooks of a bureau that are not removed.
pub const HOOKS_LIMIT: usize = 50;

/// Days without one success after which a hook that fails is paused; no source sets it.
pub const FAILING_DAYS: i64 = 3;

/// Days that are looked ahead for one that is worked.
const LONGEST_REST: u32 = 60;

/// A hook as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    pub id: HookId,
    pub version: i64,
    pub kind: HookKind,
    pub details: HookDetails,
    pub place: Place,
    pub state: HookState,
    /// The local day on which it was registered.
    pub since: NaiveDate,
    /// When it was registered or last switched on.
    pub on_since: DateTime<Utc>,
}

/// What stands at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookKind {
    /// A program that takes our own JSON with our own signature.
    General,
    /// A group robot of WeCom (企业微信), or of what is built like it.
    Wecom,
    /// A group robot of DingTalk (钉钉), or of what is built like it.
    Dingtalk,
}

/// What is sent, to whom, when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookDetails {
    pub name: String,
    /// In the order of [`Topic::ALL`].
    pub topics: Vec<Topic>,
    /// One message a day about what the unit has in hand.
    pub digest: bool,
    /// Whose: what is sent to this unit and to those below it; the whole bureau's where there is
    /// none.
    pub unit: Option<UnitId>,
    pub hours: Hours,
    /// Text without marks, as older programs show it.
    pub plain: bool,
}

/// When something may be sent; what comes outside is kept until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The local hour from which on.
    pub from: u32,
    /// The local hour up to which; 24 for the end of the day.
    pub until: u32,
    /// Whether on workdays only.
    pub workdays: bool,
}

/// Where it leads, as far as that may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub host: String,
    /// Tells two addresses of one host apart, and nothing of what stands in them.
    pub fingerprint: String,
}

/// Whether anything is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookState {
    On,
    Off,
    /// By the program, since it failed for days.
    Paused,
    Removed,
}

/// What happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookEvent {
    Registered {
        kind: HookKind,
        details: HookDetails,
        place: Place,
    },
    Amended {
        details: HookDetails,
    },
    /// It leads elsewhere; for a robot the secret is another, too.
    Readdressed {
        place: Place,
    },
    /// It signs with another secret.
    Rekeyed,
    Switched {
        on: bool,
    },
    /// It failed since that day.
    Paused {
        failing_since: NaiveDate,
    },
    Removed {
        reason: String,
    },
}

impl HookKind {
    pub const ALL: [Self; 3] = [Self::Wecom, Self::Dingtalk, Self::General];

    /// Its name in rows and addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Wecom => "wecom",
            Self::Dingtalk => "dingtalk",
        }
    }

    /// The kind with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::General => "通用接口（JSON）",
            Self::Wecom => "企业微信群机器人",
            Self::Dingtalk => "钉钉群机器人",
        }
    }
}

impl HookState {
    pub fn label(self) -> &'static str {
        match self {
            Self::On => "启用",
            Self::Off => "停用",
            Self::Paused => "自动暂停",
            Self::Removed => "已删除",
        }
    }
}

impl Default for Hours {
    /// What is offered; no source sets it.
    fn default() -> Self {
        Self {
            from: 8,
            until: 18,
            workdays: true,
        }
    }
}

impl Hours {
    /// The first instant from `at` on at which something may be sent.
    pub fn opens(&self, at: DateTime<Utc>, calendar: &Calendar) -> DateTime<Utc> {
        let mut day = local_day(at);
        for _day in 0..LONGEST_REST {
            let hour = |hour: u32| day_start(day) + TimeDelta::hours(i64::from(hour));
            if (!self.workdays || calendar.is_workday(day)) && at < hour(self.until) {
                return at.max(hour(self.from));
            }
            day = day.succ_opt().unwrap_or(day);
        }
        at
    }

    fn are_sound(self) -> bool {
        self.from < self.until && self.until <= 24
    }
}

impl HookDetails {
    fn checked(
        mut self,
        others: &[Hook],
        own: Option<HookId>,
        ctx: &Context<'_>,
    ) -> Result<Self, Refusal> {
        self.name = self.name.trim().to_owned();
        if self.name.is_empty() || self.name.chars().count() > NAME_LIMIT {
            let sentence = format!("请写明给谁看，例如“规划科工作群”，不超过 {NAME_LIMIT} 字。");
            return Err(input("name", sentence));
        }
        let mut others = others.iter().filter(|other| Some(other.id) != own);
        if others.any(|other| other.details.name == self.name) {
            return Err(input("name", "已有同名的，请换一个名称，免得弄混。"));
        }
        if self.topics.is_empty() && !self.digest {
            return Err(input("topics", "请至少选择一类消息，或选择每天汇总。"));
        }
        self.topics = Topic::ALL
            .into_iter()
            .filter(|topic| self.topics.contains(topic))
            .collect();
        if self
            .unit
            .is_some_and(|unit| ctx.organisation.unit(unit).is_none())
        {
            return Err(input("unit", "没有这个单位，请重新选择。"));
        }
        if !self.hours.are_sound() {
            let sentence = "发送时段的结束时间应晚于开始时间，都在 0 点到 24 点之间。";
            return Err(input("from", sentence));
        }
        Ok(self)
    }
}

impl Hook {
    /// The event that registers one beside `others`, or why it cannot be.
    pub fn register(
        kind: HookKind,
        details: HookDetails,
        place: Place,
        others: &[Self],
        ctx: &Context<'_>,
    ) -> Result<HookEvent, Refusal> {
        let details = details.checked(others, None, ctx)?;
        if others.len() >= HOOKS_LIMIT {
            let sentence = format!("最多登记 {HOOKS_LIMIT} 个，请先删除不用的。");
            return Err(Refusal::state("too_many_hooks", RULE, sentence));
        }
        Ok(HookEvent::Registered {
            kind,
            details,
            place,
        })
    }

    /// The event that sends something else, to somebody else or at other hours.
    pub fn amend(
        &self,
        details: HookDetails,
        others: &[Self],
        ctx: &Context<'_>,
    ) -> Result<HookEvent, Refusal> {
        self.check_there()?;
        let details = details.checked(others, Some(self.id), ctx)?;
        Ok(HookEvent::Amended { details })
    }

    /// The event that leads it elsewhere.
    pub fn readdress(&self, place: Place) -> Result<HookEvent, Refusal> {
        self.check_there()?;
        Ok(HookEvent::Readdressed { place })
    }

    /// The event that makes it sign with a new secret of ours.
    pub fn rekey(&self) -> Result<HookEvent, Refusal> {
        self.check_there()?;
        if self.kind != HookKind::General {
            let sentence = "群机器人的密钥在群里设置，请在“更换地址”中填写新的。";
            return Err(Refusal::state("not_ours", RULE, sentence));
        }
        Ok(HookEvent::Rekeyed)
    }

    /// The event that switches it on or off.
    pub fn switch(&self, on: bool) -> Result<HookEvent, Refusal> {
        self.check_there()?;
        match (self.state, on) {
            (HookState::On, true) => Err(Refusal::state("is_on", RULE, "已经启用。")),
            (HookState::Off, false) => Err(Refusal::state("is_off", RULE, "已经停用。")),
            _ => Ok(HookEvent::Switched { on }),
        }
    }

    /// The event that stops it, where it failed for days on end; nothing else does by itself.
    pub fn pause(&self, failing_since: DateTime<Utc>, now: DateTime<Utc>) -> Option<HookEvent> {
        let for_days = now - failing_since >= TimeDelta::days(FAILING_DAYS);
        (self.state == HookState::On && for_days).then(|| HookEvent::Paused {
            failing_since: local_day(failing_since),
        })
    }

    /// The event that takes it away.
    pub fn remove(&self, reason: &str) -> Result<HookEvent, Refusal> {
        self.check_there()?;
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 200 {
            return Err(input("reason", "请写明删除的原因，不超过 200 字。"));
        }
        Ok(HookEvent::Removed {
            reason: reason.to_owned(),
        })
    }

    fn check_there(&self) -> Result<(), Refusal> {
        match self.state {
            HookState::Removed => Err(Refusal::state("hook_removed", RULE, "已经删除。")),
            HookState::On | HookState::Off | HookState::Paused => Ok(()),
        }
    }
}

/// The rule that refusals come from.
const RULE: &str = "TIME-10";

fn input(code: &'static str, sentence: impl Into<String>) -> Refusal {
    Refusal::input(code, RULE, sentence)
}

impl Registered for Hook {
    type Event = HookEvent;

    const STREAM: &'static str = "hook";

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn day(&self) -> NaiveDate {
        self.since
    }

    /// Whether it is not removed.
    fn is_open(&self) -> bool {
        self.state != HookState::Removed
    }

    fn begun(id: Uuid, event: &HookEvent, by: &Signed) -> Option<Self> {
        let HookEvent::Registered {
            kind,
            details,
            place,
        } = event
        else {
            return None;
        };
        Some(Self {
            id: HookId(id),
            version: 1,
            kind: *kind,
            details: details.clone(),
            place: place.clone(),
            state: HookState::On,
            since: local_day(by.at),
            on_since: by.at,
        })
    }

    fn apply(&mut self, event: &HookEvent, by: &Signed) {
        self.version += 1;
        match event {
            HookEvent::Registered { .. } | HookEvent::Rekeyed => {}
            HookEvent::Amended { details } => self.details = details.clone(),
            HookEvent::Readdressed { place } => self.place = place.clone(),
            HookEvent::Switched { on: true } => {
                self.state = HookState::On;
                self.on_since = by.at;
            }
            HookEvent::Switched { on: false } => self.state = HookState::Off,
            HookEvent::Paused { .. } => self.state = HookState::Paused,
            HookEvent::Removed { .. } => self.state = HookState::Removed,
        }
    }
}

#[cfg(test)]
mod tests;
