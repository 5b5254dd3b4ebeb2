//! The packs of a bureau: which editions it took up, and from which day each is in force.
//!
//! An edition is never altered: a change of a rule is a new edition with a day of its own, so that
//! what was decided under the old one stays as it was.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::journal::Signed;
use crate::packs::PackKey;
use crate::refusals::Refusal;

/// The longest text of a pack, in bytes.
pub const PACK_LIMIT: usize = 256 * 1024;

/// The most editions that a bureau keeps.
const EDITIONS_LIMIT: usize = 500;

/// Longest reason, in characters.
const REASON_LIMIT: usize = 500;

/// The editions of a bureau.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackSet {
    /// Events folded so far.
    pub version: i64,
    /// In the order they were taken up.
    pub editions: Vec<Edition>,
}

/// One text of one pack, from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Counts the bureau's editions from 1.
    pub number: u32,
    pub key: PackKey,
    pub effective: NaiveDate,
    /// The pack's TOML; `None` where the bureau put the pack down.
    pub text: Option<String>,
    /// Whether the text is the one that ships with the program.
    pub shipped: bool,
    pub reason: String,
    pub by: Signed,
}

/// What can be asked of the packs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackCommand {
    /// Takes up a pack or another text of it. The caller has checked the text.
    Adopt {
        key: PackKey,
        effective: NaiveDate,
        text: String,
        shipped: bool,
        reason: String,
    },
    /// Puts a pack down.
    Drop {
        key: PackKey,
        effective: NaiveDate,
        reason: String,
    },
}

/// What happened to the packs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackEvent {
    Adopted {
        key: PackKey,
        effective: NaiveDate,
        text: String,
        shipped: bool,
        reason: String,
    },
    Dropped {
        key: PackKey,
        effective: NaiveDate,
        reason: String,
    },
}

impl PackSet {
    /// The stream's kind in the journal; its id is the bureau's.
    pub const STREAM: &'static str = "packs";

    /// What would happen, or why it may not.
    pub fn decide(&self, command: PackCommand, ctx: &Context<'_>) -> Result<PackEvent, Refusal> {
        if self.editions.len() >= EDITIONS_LIMIT {
            let sentence = format!("机制包已有 {EDITIONS_LIMIT} 个版本，不能再增加。");
            return Err(Refusal::state("too_many", "SYS-06", sentence));
        }
        match command {
            PackCommand::Adopt {
                key,
                effective,
                text,
                shipped,
                reason,
            } => {
                let reason = reasoned(&reason)?;
                self.check_day(key, effective, ctx)?;
                if text.len() > PACK_LIMIT {
                    let kib = PACK_LIMIT / 1024;
                    let sentence = format!("机制包文件不能超过 {kib} KB。");
                    return Err(Refusal::input("text", "SYS-06", sentence));
                }
                let now = self.on(key, effective);
                if now.and_then(|edition| edition.text.as_deref()) == Some(text.as_str()) {
                    let sentence = "与那一天已经生效的内容相同，没有变动。";
                    return Err(Refusal::input("text", "SYS-06", sentence));
                }
                Ok(PackEvent::Adopted {
                    key,
                    effective,
                    text,
                    shipped,
                    reason,
                })
            }
            PackCommand::Drop {
                key,
                effective,
                reason,
            } => {
                let reason = reasoned(&reason)?;
                self.check_day(key, effective, ctx)?;
                let loaded = self.on(key, effective);
                if loaded.is_none_or(|edition| edition.text.is_none()) {
                    let sentence = "那一天没有装载这个机制包。";
                    return Err(Refusal::state("not_loaded", "SYS-06", sentence));
                }
                Ok(PackEvent::Dropped {
                    key,
                    effective,
                    reason,
                })
            }
        }
    }

    /// Folds one event into the state. Never fails, never looks at the clock.
    pub fn apply(&mut self, event: &PackEvent, by: &Signed) {
        self.version += 1;
        let (key, effective, text, shipped, reason) = match event {
            PackEvent::Adopted {
                key,
                effective,
                text,
                shipped,
                reason,
            } => (key, effective, Some(text.clone()), *shipped, reason),
            PackEvent::Dropped {
                key,
                effective,
                reason,
            } => (key, effective, None, false, reason),
        };
        self.editions.push(Edition {
            number: u32::try_from(self.version).unwrap_or(u32::MAX),
            key: *key,
            effective: *effective,
            text,
            shipped,
            reason: reason.clone(),
            by: by.clone(),
        });
    }

    /// The edition of a pack that is in force on `day`: of those that have begun the one with the
    /// latest day, and of one day the last taken up.
    pub fn on(&self, key: PackKey, day: NaiveDate) -> Option<&Edition> {
        let begun = self.editions.iter();
        let begun = begun.filter(|edition| edition.key == key && edition.effective <= day);
        begun.max_by_key(|edition| (edition.effective, edition.number))
    }

    /// The loaded packs on `day`, in the order of their keys.
    pub fn in_force(&self, day: NaiveDate) -> BTreeMap<PackKey, &Edition> {
        let loaded = PackKey::ALL.into_iter().filter_map(|key| {
            let edition = self.on(key, day)?;
            edition.text.is_some().then_some((key, edition))
        });
        loaded.collect()
    }

    /// Changing a rule never changes history: the first edition may begin at any time, a later one
    /// today or later.
    fn check_day(
        &self,
        key: PackKey,
        effective: NaiveDate,
        ctx: &Context<'_>,
    ) -> Result<(), Refusal> {
        let known = self.editions.iter().any(|edition| edition.key == key);
        if known && effective < ctx.today() {
            let sentence = "生效日不能早于今天：已经按原规则办的，不因改规则而变。";
            return Err(Refusal::input("effective", "SYS-06", sentence));
        }
        Ok(())
    }
}

fn reasoned(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Refusal::input("reason", "SYS-06", "请写明理由。"));
    }
    if reason.chars().count() > REASON_LIMIT {
        let sentence = format!("理由不超过 {REASON_LIMIT} 字。");
        return Err(Refusal::input("reason", "SYS-06", sentence));
    }
    Ok(reason)
}
