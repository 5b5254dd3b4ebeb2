use super::*;
use luoshi_domain::ids::{PersonId, TaskId, UnitId};
use luoshi_domain::tasks::{Origin, TaskKind, Tier};
use uuid::Uuid;

fn task() -> Task {
    let origin = Origin {
        plan: None,
        proposal: None,
        document: "方案".into(),
        number: None,
        clause_path: "一".into(),
        quote: String::new(),
    };
    let details = TaskDetails {
        title: "养护".into(),
        target: "86 公里".into(),
        requirement: String::new(),
        category: "city".into(),
        kind: TaskKind::Target,
        level: Level::Ordinary,
        tier: Tier::Bureau,
        lead: None,
        co_units: Vec::new(),
        supervisor: None,
        deputy: None,
        limit: None,
        frequency: None,
        policies: None,
        task_force: None,
        cadence: None,
    };
    let at = "2026-06-01T00:00:00Z".parse().unwrap();
    Task::opened(TaskId(Uuid::nil()), &origin, &details, at)
}

/// A form with these fields; a list is a repeated name.
fn entry(fields: &serde_json::Value) -> Entry {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let fields = fields.as_object().unwrap().iter().map(|(name, value)| {
        let values = value
            .as_array()
            .map_or_else(|| vec![text(value)], |all| all.iter().map(text).collect());
        (name.clone(), values)
    });
    Entry(fields.collect())
}

fn read(verb: Verb, fields: &serde_json::Value) -> Result<TaskCommand, Vec<Fault>> {
    let entry = entry(fields);
    let reading = Reading {
        task: &task(),
        organisation: &Organisation::default(),
        today: "2026-06-01".parse().unwrap(),
    };
    entry.command(verb, &reading)
}

fn fault(verb: Verb, fields: &serde_json::Value) -> String {
    read(verb, fields).unwrap_err().remove(0).field
}

#[test]
fn a_field_that_cannot_be_read_is_named() {
    let json = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let cases = [
        (Verb::Issue, "{}", "channel"),
        (Verb::SignFor, r#"{"assignee":"x"}"#, "assignee"),
        (Verb::Feedback, r#"{"course":"x","progress":"50"}"#, "text"),
        (Verb::RaiseBlocker, r#"{"leader":"x"}"#, "leader"),
        (Verb::AnswerBlocker, "{}", "number"),
        (Verb::AnswerBlocker, r#"{"number":"1"}"#, "answer"),
        (Verb::IssueNotice, r#"{"facts":"滞后"}"#, "rectify_by"),
        (
            Verb::Feedback,
            r#"{"course":"smooth","progress":""}"#,
            "progress",
        ),
        (
            Verb::Feedback,
            r#"{"course":"smooth","progress":"101"}"#,
            "progress",
        ),
        (Verb::Remark, r#"{"unit":""}"#, "unit"),
        (Verb::RequestExtension, r#"{"proposed":""}"#, "proposed"),
        (Verb::RequestExtension, r#"{"proposed":"明年"}"#, "proposed"),
        (Verb::DecideExtension, "{}", "decision"),
        (
            Verb::DecideExtension,
            r#"{"decision":"grant","limit":""}"#,
            "limit",
        ),
        (Verb::Urge, r#"{"text":"请反馈"}"#, "respond_by"),
        (Verb::Amend, r#"{"limit":"2.30"}"#, "limit"),
        (
            Verb::Amend,
            r#"{"co_unit":["",""],"co_duty":["","拨款"]}"#,
            "co_unit",
        ),
    ];
    for (verb, fields, field) in cases {
        assert_eq!(fault(verb, &json(fields)), field, "for {verb:?} {fields}");
    }
}

#[test]
fn dates_and_numbers_are_read_generously() {
    let fields = &serde_json::json!({"proposed": "7.31", "reason": "a\r\nb"});
    let TaskCommand::RequestExtension { reason, proposed } =
        read(Verb::RequestExtension, fields).unwrap()
    else {
        panic!("another command");
    };
    assert_eq!(
        (reason.as_str(), proposed.to_string().as_str()),
        ("a\nb", "2026-07-31")
    );
    let needed = &serde_json::json!({"progress": "60", "text": "x", "suggestions": "请协调"});
    let Ok(TaskCommand::Feedback(Feedback::Lead { course, .. })) = read(Verb::Feedback, needed)
    else {
        panic!("another command");
    };
    assert_eq!(
        course,
        Course::Unsmooth,
        "what is needed is not asked for twice"
    );
    let fields = &serde_json::json!({"course": "smooth", "progress": " 60% ", "text": "x"});
    assert!(matches!(
        read(Verb::Feedback, fields),
        Ok(TaskCommand::Feedback(Feedback::Lead { progress: 60, .. }))
    ));
}

#[test]
fn nobody_is_assigned_when_nobody_was_chosen() {
    let command = read(Verb::SignFor, &serde_json::json!({"assignee": ""})).unwrap();
    assert_eq!(command, TaskCommand::SignFor { assignee: None });
    let id = Uuid::nil();
    let command = read(
        Verb::SignFor,
        &serde_json::json!({"assignee": id.to_string()}),
    )
    .unwrap();
    let assignee = Some(PersonId(id));
    assert_eq!(command, TaskCommand::SignFor { assignee });
}

#[test]
fn amending_keeps_what_the_form_does_not_show() {
    let unit = Uuid::from_u128(1);
    let fields = &serde_json::json!({
        "title": "养护 90 公里", "category": "city", "level": "major", "limit": "2026-12-31",
        "co_unit": [unit.to_string(), ""], "co_duty": [" 拨款 ", ""],
    });
    let Ok(TaskCommand::Amend(details)) = read(Verb::Amend, fields) else {
        panic!("another command");
    };
    assert_eq!(details.kind, TaskKind::Target);
    assert_eq!(details.level, Level::Major);
    assert_eq!(details.limit, "2026-12-31".parse().ok());
    let duty = "拨款".to_owned();
    assert_eq!(
        details.co_units,
        [CoDuty {
            unit: UnitId(unit),
            duty,
            joint: false,
        }]
    );
}

#[test]
fn an_unknown_grade_is_left_to_the_rule() {
    let command = read(Verb::Review, &serde_json::json!({"grade": "excellent"})).unwrap();
    assert!(matches!(command, TaskCommand::Review { grade: None, .. }));
    let command = read(Verb::Review, &serde_json::json!({"grade": "fairly_good"})).unwrap();
    let grade = Some(Grade::FairlyGood);
    assert!(matches!(command, TaskCommand::Review { grade: found, .. } if found == grade));
}
