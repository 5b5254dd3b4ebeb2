//! Hooks in words.

use luoshi_app::hooks::HookRow;
use luoshi_app::tasks::sentences::{moment, moment_exact};
use luoshi_domain::hooks::{Delivery, DeliveryState, Hook, HookDetails, HookKind, HookState};
use luoshi_domain::ids::HookId;
use luoshi_domain::organisation::Organisation;

use crate::pages::hooks::PATH;
use crate::pages::parts::{Fact, State as Badge};

/// One line of the list.
pub(super) struct Row {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) place: String,
    pub(super) whose: String,
    pub(super) topics: String,
    pub(super) hours: String,
    pub(super) state: Badge,
    pub(super) last: String,
}

/// One delivery as the log shows it.
pub(super) struct Sent {
    pub(super) at: String,
    pub(super) purpose: &'static str,
    pub(super) state: Badge,
    /// How many sentences, and how many not.
    pub(super) told: String,
    /// Tries, status, how long.
    pub(super) tried: String,
    pub(super) note: String,
    /// Where to send it again; empty where it cannot be.
    pub(super) again: String,
}

pub(super) fn row(known: &HookRow, organisation: &Organisation) -> Row {
    let HookRow { hook, last } = known;
    let details = &hook.details;
    Row {
        href: format!("{PATH}/{}", hook.id),
        name: details.name.clone(),
        kind: hook.kind.label(),
        place: place(hook),
        whose: whose(details, organisation),
        topics: topics(details),
        hours: hours(details),
        state: badge(hook.state),
        last: match last {
            Some(last) => format!(
                "{} {}",
                moment(last.tried_at.unwrap_or(last.made_at)),
                last.state.label()
            ),
            None => "还没有发过".to_owned(),
        },
    }
}

pub(super) fn facts(hook: &Hook, organisation: &Organisation) -> Vec<Fact> {
    let details = &hook.details;
    let mut facts = vec![
        Fact::new("类型", hook.kind.label()),
        Fact::new("主机和地址指纹", place(hook)),
        Fact::new("范围", whose(details, organisation)),
        Fact::new("消息", topics(details)),
        Fact::new("发送时段", hours(details)),
        Fact::new("登记日期", hook.since.to_string()),
    ];
    if hook.kind != HookKind::General {
        let style = if details.plain {
            "纯文本"
        } else {
            "带格式"
        };
        facts.push(Fact::new("样式", style));
    }
    facts
}

fn place(hook: &Hook) -> String {
    format!("{} · {}", hook.place.host, hook.place.fingerprint)
}

/// Whose news a hook tells.
pub(in crate::pages) fn whose(details: &HookDetails, organisation: &Organisation) -> String {
    match details.unit {
        Some(unit) => format!("{}及下级单位", organisation.unit_name(unit)),
        None => "全局".to_owned(),
    }
}

/// What it tells.
pub(in crate::pages) fn topics(details: &HookDetails) -> String {
    let topics = details.topics.iter().map(|topic| topic.label());
    let digest = details.digest.then_some("每天汇总");
    topics.chain(digest).collect::<Vec<_>>().join("、")
}

/// When it tells.
pub(in crate::pages) fn hours(details: &HookDetails) -> String {
    let hours = &details.hours;
    let days = if hours.workdays {
        "工作日"
    } else {
        "每天"
    };
    match (hours.from, hours.until) {
        (0, 24) => format!("{days}全天"),
        (from, until) => format!("{days} {from} 点到 {until} 点"),
    }
}

pub(super) fn badge(state: HookState) -> Badge {
    let tone = match state {
        HookState::On => "running",
        HookState::Off | HookState::Removed => "void",
        HookState::Paused => "back",
    };
    Badge {
        tone,
        label: state.label(),
    }
}

pub(super) fn sent(hook: HookId, delivery: &Delivery) -> Sent {
    let (tone, again) = match delivery.state {
        DeliveryState::Gathering => ("waiting", String::new()),
        DeliveryState::Trying => ("waiting", String::new()),
        DeliveryState::Sent => ("done", String::new()),
        DeliveryState::Failed => (
            "back",
            format!("{PATH}/{hook}/deliveries/{}/again", delivery.id),
        ),
        DeliveryState::Dropped => ("void", String::new()),
    };
    let mut tried = Vec::new();
    if delivery.tries > 0 {
        tried.push(format!("{} 次", delivery.tries));
    }
    tried.extend(delivery.status.map(|status| format!("答复 {status}")));
    tried.extend(delivery.took_ms.map(|took| format!("{took} 毫秒")));
    let mut told = match delivery.told {
        0 => String::new(),
        told => format!("{told} 条"),
    };
    if delivery.left_out > 0 {
        told.push_str(&format!("（{} 条不宜外发，未发）", delivery.left_out));
    }
    let mut note = delivery.error.clone().unwrap_or_default();
    if !delivery.state.is_over() {
        note = format!("{note}定于 {} 发出", moment_exact(delivery.due_at));
    }
    Sent {
        at: moment_exact(delivery.tried_at.unwrap_or(delivery.made_at)),
        purpose: delivery.purpose.label(),
        state: Badge {
            tone,
            label: delivery.state.label(),
        },
        told,
        tried: tried.join("，"),
        note,
        again,
    }
}
