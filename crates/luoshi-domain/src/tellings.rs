//! How a person wants to be told of what happens (消息方式): in the inbox always, and by one mail a
//! day for whoever asks for it.
//!
//! A mail gathers what came since the last one, at an hour that the person sets; nothing is sent
//! between.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::calendar::{Calendar, local_day};
use crate::context::Context;
use crate::ids::PersonId;
use crate::journal::Signed;
use crate::refusals::Refusal;
use crate::registers::Registered;

/// The local hours at which a mail may be wished for; what is outside is quiet.
pub const HOURS: std::ops::RangeInclusive<u32> = 7..=20;

/// The hour that is offered.
const USUAL_HOUR: u32 = 8;

/// Longest address, in bytes (RFC 5321, 4.5.3.1.3 without the brackets).
const ADDRESS_LIMIT: usize = 254;

/// A person's wishes as they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    pub person: PersonId,
    pub version: i64,
    pub wishes: Wishes,
    /// The local day on which they were set.
    pub since: NaiveDate,
}

/// Whether, where and when one mail a day is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    pub digest: bool,
    /// Empty where none was given.
    pub address: String,
    /// Local hour.
    pub hour: u32,
    /// Whether on workdays only.
    pub workdays: bool,
}

/// What happened to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TellingEvent {
    Wished(Wishes),
}

impl Default for Wishes {
    /// No mail unless it is asked for.
    fn default() -> Self {
        Self {
            digest: false,
            address: String::new(),
            hour: USUAL_HOUR,
            workdays: true,
        }
    }
}

impl Wishes {
    /// The event that sets them for the actor, or why they cannot be.
    pub fn decide(mut self, ctx: &Context<'_>) -> Result<TellingEvent, Refusal> {
        let input = |code, sentence: &str| Err(Refusal::input(code, "TIME-10", sentence));
        if ctx.actor.hand.is_some() {
            let sentence = "正在代他人填报，请先结束代填。";
            return Err(Refusal::state("by_hand", "SYS-03", sentence));
        }
        self.address = self.address.trim().to_owned();
        if !HOURS.contains(&self.hour) {
            return input("hour", "发送时间请在 7 点到 20 点之间选择。");
        }
        if self.address.is_empty() {
            if self.digest {
                return input("address", "要收邮件，请填写邮箱地址。");
            }
        } else if !is_address(&self.address) {
            return input(
                "address",
                "邮箱地址写得不对，应像 zhang@example.gov.cn 这样。",
            );
        }
        Ok(TellingEvent::Wished(self))
    }

    /// Whether a mail is due at this local hour of `day`.
    pub fn wants(&self, day: NaiveDate, hour: u32, calendar: &Calendar) -> bool {
        self.digest && self.hour == hour && (!self.workdays || calendar.is_workday(day))
    }
}

/// Whether a text looks like an address; whether it is one, the mail server knows.
fn is_address(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let sound = |part: &str| {
        let odd = |letter: char| {
            letter.is_whitespace() || letter.is_control() || "<>()[],;:\\\"@".contains(letter)
        };
        !part.is_empty() && !part.contains(odd) && !part.starts_with('.') && !part.ends_with('.')
    };
    text.len() <= ADDRESS_LIMIT && sound(name) && sound(host)
}

impl Registered for Telling {
    type Event = TellingEvent;

    const STREAM: &'static str = "telling";

    fn id(&self) -> Uuid {
        self.person.0
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn day(&self) -> NaiveDate {
        self.since
    }

    /// Whether mail is wished for.
    fn is_open(&self) -> bool {
        self.wishes.digest
    }

    fn begun(id: Uuid, event: &TellingEvent, by: &Signed) -> Option<Self> {
        let TellingEvent::Wished(wishes) = event;
        Some(Self {
            person: PersonId(id),
            version: 1,
            wishes: wishes.clone(),
            since: local_day(by.at),
        })
    }

    fn apply(&mut self, event: &TellingEvent, by: &Signed) {
        let TellingEvent::Wished(wishes) = event;
        self.version += 1;
        self.wishes = wishes.clone();
        self.since = local_day(by.at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_name_at_one_host() {
        for good in ["a@b", "zhou.min@jt.example.gov.cn", "周敏@局.cn"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "zhou",
            "@b",
            "a@",
            "a@b@c",
            "a b@c",
            "a@b\r\nBcc: c@d",
            "<a@b>",
            ".a@b",
            "a@b.",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn mail_comes_at_its_hour_of_a_workday_only() {
        let wishes = Wishes {
            digest: true,
            address: "a@b".into(),
            hour: 9,
            workdays: true,
        };
        let calendar = Calendar::default();
        let (friday, saturday) = ("2026-03-06", "2026-03-07");
        let wants =
            |wishes: &Wishes, day: &str, hour| wishes.wants(day.parse().unwrap(), hour, &calendar);
        assert!(wants(&wishes, friday, 9));
        assert!(!wants(&wishes, friday, 10));
        assert!(!wants(&wishes, saturday, 9));
        let daily = Wishes {
            workdays: false,
            ..wishes.clone()
        };
        assert!(wants(&daily, saturday, 9));
        let none = Wishes {
            digest: false,
            ..wishes
        };
        assert!(!wants(&none, friday, 9));
    }
}
