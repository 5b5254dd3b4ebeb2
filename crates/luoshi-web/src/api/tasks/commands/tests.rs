use serde_json::{Value, json};

use super::*;
use crate::api::commands::Decided;

const UNIT: Uuid = Uuid::from_u128(1);

fn read(body: Value) -> serde_json::Result<(TaskCommand, Option<i64>)> {
    let body: Decided<TaskCommandBody> = serde_json::from_value(body)?;
    Ok((body.command.into(), body.seen))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn every_command_has_a_body() {
    let cases = [
        (
            json!({"command": "approve"}),
            TaskCommand::Approve { text: "".into() },
        ),
        (
            json!({"command": "issue", "channel": "paper", "number": "〔2026〕3号"}),
            TaskCommand::Issue {
                number: "〔2026〕3号".into(),
                channel: luoshi_domain::tasks::Channel::Paper,
            },
        ),
        (
            json!({"command": "sign_for", "assignee": UNIT}),
            TaskCommand::SignFor {
                assignee: Some(PersonId(UNIT)),
            },
        ),
        (
            json!({"command": "feedback", "course": "smooth", "progress": 40, "text": "已开工"}),
            TaskCommand::Feedback(Feedback::Lead {
                course: luoshi_domain::tasks::Course::Smooth,
                progress: 40,
                text: "已开工".into(),
                difficulties: "".into(),
                suggestions: "".into(),
                figures: "".into(),
                evidence: Vec::new(),
                raise: false,
                milestones: Vec::new(),
            }),
        ),
        (
            json!({"command": "co_unit_feedback", "text": "已配合", "done": true}),
            TaskCommand::Feedback(Feedback::CoUnit {
                text: "已配合".into(),
                done: true,
            }),
        ),
        (
            json!({"command": "remark", "unit": UNIT, "text": "未派员"}),
            TaskCommand::Remark {
                unit: UnitId(UNIT),
                text: "未派员".into(),
            },
        ),
        (
            json!({"command": "request_extension", "reason": "汛期", "proposed": "2026-09-30"}),
            TaskCommand::RequestExtension {
                reason: "汛期".into(),
                proposed: day("2026-09-30"),
            },
        ),
        (
            json!({"command": "decide_extension", "granted": "2026-09-30"}),
            TaskCommand::DecideExtension {
                granted: Some(day("2026-09-30")),
                text: "".into(),
            },
        ),
        (
            json!({"command": "decide_extension", "granted": null, "text": "按期办结"}),
            TaskCommand::DecideExtension {
                granted: None,
                text: "按期办结".into(),
            },
        ),
        (
            json!({"command": "urge", "text": "请抓紧", "respond_by": "2026-09-01"}),
            TaskCommand::Urge {
                text: "请抓紧".into(),
                respond_by: day("2026-09-01"),
            },
        ),
        (
            json!({"command": "apply_to_close", "summary": "已完成", "evidence": "验收单"}),
            TaskCommand::ApplyToClose {
                summary: "已完成".into(),
                evidence: "验收单".into(),
            },
        ),
        (
            json!({"command": "review", "grade": "fairly_good", "opinion": "属实"}),
            TaskCommand::Review {
                grade: Some(luoshi_domain::tasks::Grade::FairlyGood),
                opinion: "属实".into(),
            },
        ),
        (
            json!({"command": "endorse", "opinion": "同意"}),
            TaskCommand::Endorse {
                opinion: "同意".into(),
            },
        ),
        (
            json!({"command": "return", "reason": "材料不全"}),
            TaskCommand::Return {
                reason: "材料不全".into(),
            },
        ),
        (
            json!({"command": "cancel", "reason": "任务取消"}),
            TaskCommand::Cancel {
                reason: "任务取消".into(),
            },
        ),
    ];
    for (body, command) in cases {
        assert_eq!(read(body.clone()).unwrap(), (command, None), "for {body}");
    }
}

#[test]
fn amending_replaces_all_details() {
    let body = json!({"command": "amend", "seen": 2, "details": {
        "title": "编制规划", "target": "年底前完成", "category": "bureau", "kind": "task",
        "level": "major", "tier": "bureau", "lead": UNIT, "limit": "2026-12-31",
        "co_units": [{"unit": Uuid::from_u128(2), "duty": "提供数据"}],
    }});
    let (command, seen) = read(body).unwrap();
    let TaskCommand::Amend(details) = command else {
        panic!("not an amendment: {command:?}");
    };
    assert_eq!(seen, Some(2));
    assert_eq!(details.lead, Some(UnitId(UNIT)));
    assert_eq!(details.co_units[0].duty, "提供数据");
    assert_eq!(details.limit, Some(day("2026-12-31")));
    assert_eq!((details.supervisor, details.deputy), (None, None));
}

#[test]
fn the_version_seen_stands_beside_the_command() {
    let (_, seen) = read(json!({"command": "approve", "seen": 7})).unwrap();
    assert_eq!(seen, Some(7));
    assert!(read(json!({"command": "approve", "seen": "7"})).is_err());
}

#[test]
fn misspelt_bodies_are_refused() {
    let broken = [
        json!({}),
        json!({"command": "aprove"}),
        json!({"command": "approve", "txet": "同意"}),
        json!({"command": "return"}),
        json!({"command": "review", "grade": "落实好"}),
        json!({"command": "feedback", "course": "smooth", "progress": 300, "text": "x"}),
        // A new limit that was forgotten is no refusal of the extension.
        json!({"command": "decide_extension", "text": "同意"}),
        json!({"command": "urge", "text": "x", "respond_by": "2026-02-30"}),
    ];
    for body in broken {
        assert!(read(body.clone()).is_err(), "for {body}");
    }
}

#[test]
fn a_batch_carries_one_command_for_all() {
    let body = json!({"ids": [UNIT], "command": {"command": "approve", "text": "同意"}});
    let batch: BatchBody = serde_json::from_value(body).unwrap();
    assert_eq!(batch.ids, [UNIT]);
    assert_eq!(
        TaskCommand::from(batch.command),
        TaskCommand::Approve {
            text: "同意".into()
        }
    );
    let seen = json!({"ids": [], "command": {"command": "approve"}, "seen": 1});
    assert!(serde_json::from_value::<BatchBody>(seen).is_err());
}
