//! What stands in the way, and what came of it, in words.

use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::TaskEvent;
use luoshi_domain::tasks::blockers::BlockerOutcome;

use crate::tasks::sentences::Sentence;

pub(super) fn event(event: &TaskEvent, organisation: &Organisation) -> Sentence {
    match event {
        TaskEvent::BlockerRaised {
            number,
            what,
            need,
            unit,
            leader,
            wished,
            answer_by,
        } => {
            let leader = organisation.person_name(*leader);
            let unit = unit.map(|unit| organisation.unit_name(unit));
            let wished = wished.map(|day| day.to_string());
            Sentence::new(&format!(
                "提出卡点 {number}，请{leader}于 {answer_by} 前协调，本单位暂停计时"
            ))
            .with("卡在哪里", what)
            .with("需要什么", need)
            .with("需要配合的单位", unit.unwrap_or_default())
            .with("希望解决的日子", &wished.unwrap_or_default())
        }
        TaskEvent::BlockerPassedOn {
            number,
            leader,
            text,
            answer_by,
        } => {
            let leader = organisation.person_name(*leader);
            Sentence::new(&format!(
                "卡点 {number} 报主要领导，请{leader}于 {answer_by} 前协调"
            ))
            .with("意见", text)
        }
        TaskEvent::BlockerSettled {
            number,
            outcome,
            text,
        } => {
            let (what, label) = match outcome {
                BlockerOutcome::Cleared => ("已协调解决", "协调结果"),
                BlockerOutcome::NotRecognised => ("不予认定", "理由"),
                BlockerOutcome::Withdrawn => ("撤回", "理由"),
            };
            Sentence::new(&format!("卡点 {number} {what}")).with(label, text)
        }
        TaskEvent::Resumed {
            since,
            until,
            limit,
        } => {
            let days = (*until - *since).num_days();
            let moved = match limit {
                Some(limit) => format!("{} 改为 {}", limit.before, limit.after),
                None => String::new(),
            };
            Sentence::new(&format!("恢复计时，{since} 至 {until} 共暂停 {days} 天"))
                .with("完成时限顺延", &moved)
        }
        _ => Sentence::new(""),
    }
}
