//! Who supervises and why, escalation and supervision notices, in words.

use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::TaskEvent;
use luoshi_domain::tasks::notices::Lagging;
use luoshi_domain::tasks::supervision::Supervises;

use crate::tasks::sentences::Sentence;

/// Why a unit supervises.
pub fn why(why: Supervises) -> &'static str {
    match why {
        Supervises::Principal => "主要领导直接交办，由督查办督办",
        Supervises::Deputy => "分管领导交办，由其分管科室督办",
        Supervises::NoSection => "交办领导没有其他分管科室，由督查办督办",
        Supervises::Escalated => "经主要领导同意，由督查办立项督办",
    }
}

/// Why a warning is proposed.
pub fn lagging(lagging: Lagging) -> String {
    match lagging {
        Lagging::Overdue { days } => format!("已逾期 {days} 天"),
        Lagging::Behind { points, expected } => {
            format!("按时间应到 {expected}%，落后 {points} 个百分点")
        }
    }
}

pub(super) fn event(event: &TaskEvent, organisation: &Organisation) -> Sentence {
    match event {
        TaskEvent::Instructed {
            leader,
            instruction,
            dated,
            supervisor,
            why: because,
            approves,
        } => {
            let leader = organisation.person_name(*leader);
            let approved = if *approves {
                "，视同批准立项"
            } else {
                ""
            };
            let dated = dated.map(|day| day.to_string()).unwrap_or_default();
            let unit = organisation.unit_name(*supervisor);
            Sentence::new(&format!("登记{leader}交办{approved}"))
                .with("批示", instruction)
                .with("批示日期", &dated)
                .with("督办单位", &format!("{unit}（{}）", why(*because)))
        }
        TaskEvent::ChangeRequested { change, reason } => {
            let limit = change.limit.map(|day| day.to_string()).unwrap_or_default();
            Sentence::new("申请变更目标要求或完成时限")
                .with("理由", reason)
                .with("目标要求改为", change.target.as_deref().unwrap_or_default())
                .with("完成时限改为", &limit)
        }
        TaskEvent::ChangeDecided {
            consent: true,
            text,
        } => Sentence::new("同意变更，形成新的版本").with("意见", text),
        TaskEvent::ChangeDecided {
            consent: false,
            text,
        } => Sentence::new("不同意变更，按原要求办理").with("理由", text),
        TaskEvent::EscalationRequested { reason } => {
            Sentence::new("申请由督查办立项督办").with("理由", reason)
        }
        TaskEvent::EscalationDecided {
            case: Some(number),
            office,
            text,
        } => {
            let unit = organisation.unit_name(*office);
            Sentence::new(&format!("同意立项督办 {number}，改由{unit}督办")).with("意见", text)
        }
        TaskEvent::EscalationDecided {
            case: None, text, ..
        } => Sentence::new("不同意提级，由原督办单位继续督办").with("理由", text),
        TaskEvent::NoticeIssued {
            number,
            facts,
            requirement,
            rectify_by,
            acknowledge_by,
        } => Sentence::new(&format!(
            "预警并下达督办通知书 {number}，限 {rectify_by} 前整改"
        ))
        .with("问题事实", facts)
        .with("整改要求", requirement)
        .with("签收期限", &acknowledge_by.to_string()),
        TaskEvent::NoticeAcknowledged { number } => {
            Sentence::new(&format!("签收督办通知书 {number}"))
        }
        _ => Sentence::new(""),
    }
}
