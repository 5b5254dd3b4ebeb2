//! What was learnt, and how it was used, in words for a person.

use luoshi_domain::ids::UnitId;
use luoshi_domain::lessons::LessonsEvent;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::ProposalKind;
use luoshi_domain::plans::hints::Experience;

/// How experience was used, in one sentence.
pub fn experience(used: &Experience, organisation: &Organisation) -> String {
    match used {
        Experience::Name {
            name,
            units,
            count,
            of,
        } => {
            let units = units_named(units, organisation);
            format!(
                "按本局经验：“{name}”此前 {count} 次确认为“{units}”{}",
                others(*count, *of)
            )
        }
        Experience::Kind {
            cue,
            from,
            to,
            count,
            of,
        } => {
            let cue = if cue.is_empty() {
                "这类句子".to_owned()
            } else {
                format!("含“{cue}”的句子")
            };
            let (from, to) = (kind(*from), kind(*to));
            let others = others(*count, *of);
            format!("按本局经验：{cue}读作“{from}”，此前 {count} 次改定为“{to}”{others}")
        }
        Experience::SameName { name, units, .. } => {
            let units = units_named(units, organisation);
            format!("与本方案另一项同名：“{name}”一并填为“{units}”")
        }
    }
}

/// What an event on the lessons says to a person.
pub fn event(event: &LessonsEvent) -> String {
    match event {
        LessonsEvent::Learnt { names, kinds, .. } => format!(
            "从定稿的方案学到 {} 个名称、{} 次类别确认",
            names.len(),
            kinds.len()
        ),
        LessonsEvent::Forgotten { .. } => "忘掉一条识读经验".into(),
        LessonsEvent::Reset { reason } => format!("清空识读经验：{reason}"),
    }
}

/// The units by name; what is said where there is none.
pub fn units_named(units: &[UnitId], organisation: &Organisation) -> String {
    if units.is_empty() {
        return "不是本局单位".into();
    }
    let names = units.iter().map(|unit| organisation.unit_name(*unit));
    names.collect::<Vec<_>>().join("、")
}

/// A kind's word, as pages show it.
pub fn kind(kind: ProposalKind) -> &'static str {
    match kind {
        ProposalKind::Task => "任务",
        ProposalKind::Recurring => "常规",
        ProposalKind::Target => "指标",
        ProposalKind::Rule => "规则",
        ProposalKind::Principle => "原则",
    }
}

fn others(count: u32, of: u32) -> String {
    match of.saturating_sub(count) {
        0 => String::new(),
        others => format!("，另有 {others} 次不同"),
    }
}
