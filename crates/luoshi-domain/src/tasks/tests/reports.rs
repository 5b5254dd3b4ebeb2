//! Reports in three short fields, evidence, and urging for a report.

use super::*;
use crate::tasks::evidence::Evidence;
use crate::tasks::urgings::Response;

pub(super) fn report(progress: u8, needed: &str, evidence: &[&str], raise: bool) -> TaskCommand {
    TaskCommand::Feedback(Feedback::Lead {
        course: match needed {
            "" => Course::Smooth,
            _ => Course::Unsmooth,
        },
        progress,
        text: "初稿已形成".into(),
        difficulties: "用地未批".into(),
        suggestions: needed.into(),
        figures: "完成 3 章".into(),
        evidence: evidence
            .iter()
            .filter_map(|line| Evidence::read(line))
            .collect(),
        raise,
        milestones: Vec::new(),
    })
}

fn urge(respond_by: &str) -> TaskCommand {
    TaskCommand::Urge {
        text: "请抓紧".into(),
        respond_by: day(respond_by),
    }
}

#[test]
fn flow_05_what_is_needed_is_raised_as_a_blocker_in_the_same_act() {
    let world = World::new();
    let mut task = world.task_in(TaskState::Accepted);
    let command = report(20, "请协调用地", &[], true);
    let events = world
        .with(HEAD, |ctx| task.decide(command.clone(), ctx))
        .unwrap();
    assert!(matches!(events[0], TaskEvent::FedBack { .. }));
    assert_eq!(
        task.recipients(&events[0]),
        [Recipient::Unit(OFFICE), Recipient::Person(DEPUTY)],
        "told to exactly section and leader"
    );
    world.run(&mut task, HEAD, command).unwrap();
    let blocker = &task.blockers[0];
    assert_eq!(
        (blocker.what.as_str(), blocker.need.as_str(), blocker.leader),
        ("用地未批", "请协调用地", DEPUTY)
    );
    let without = report(20, "", &[], true);
    assert_eq!(world.refused(&task, HEAD, without), "suggestions");
}

#[test]
fn flow_05_old_reports_replay_without_figures_and_evidence() {
    let old = r#"{"fed_back":{"unit":"00000000-0000-0000-0000-000000000002","course":"smooth",
        "progress":50,"text":"推进中","difficulties":"","suggestions":""}}"#;
    let event: TaskEvent = serde_json::from_str(old).unwrap();
    let TaskEvent::FedBack {
        figures, evidence, ..
    } = &event
    else {
        panic!("{event:?}");
    };
    assert!(figures.is_empty() && evidence.is_empty());
    let again = serde_json::to_value(&event).unwrap();
    assert_eq!(again["fed_back"].as_object().unwrap().len(), 6);
}

#[test]
fn no_report_is_asked_for_while_on_course_with_evidence() {
    let mut world = World::new();
    let mut task = world.task_in(TaskState::Accepted);
    let number = "局规〔2022〕3号 规划初稿";
    // Issued 1 May, limit 31 May.
    world.now = at("2022-05-10T01:00:00Z");
    let today = day("2022-05-10");
    world
        .run(&mut task, HEAD, report(30, "", &[], false))
        .unwrap();
    assert_eq!(
        task.on_course(today, &Leads::default()),
        None,
        "no evidence"
    );
    world
        .run(&mut task, HEAD, report(30, "", &[number], false))
        .unwrap();
    let known = task.on_course(today, &Leads::default()).unwrap();
    assert_eq!(
        (known.progress, known.expected, known.evidence),
        (30, 32, 1)
    );
    assert_eq!(
        world.refused(&task, OFFICER, urge("2022-05-12")),
        "on_course"
    );
    let later = day("2022-05-20");
    assert_eq!(
        task.on_course(later, &Leads::default()),
        None,
        "behind by then"
    );
    world.run(&mut task, OFFICER, send_back()).unwrap();
    assert_eq!(task.on_course(today, &Leads::default()), None, "sent back");
}

#[test]
fn flow_15_an_urging_is_kept_merged_to_one_a_day_and_answered_by_the_next_report() {
    let mut world = World::new();
    let mut task = world.task_in(TaskState::Accepted);
    world.run(&mut task, OFFICER, urge("2022-05-03")).unwrap();
    assert_eq!(
        world.refused(&task, OFFICER, urge("2022-05-03")),
        "urged_today"
    );
    world.now = at("2022-05-02T01:00:00Z");
    world.run(&mut task, OFFICER, urge("2022-05-04")).unwrap();
    let urging = &task.urged[0];
    assert_eq!((urging.by, urging.text.as_str()), (OFFICER, "请抓紧"));
    assert_eq!(task.respond_by(), Some(day("2022-05-03")));
    let overdue = Response::Overdue { days: 2 };
    assert_eq!(urging.response(day("2022-05-05")), overdue);
    world.now = at("2022-05-04T01:00:00Z");
    world.run(&mut task, HEAD, smooth()).unwrap();
    let on = day("2022-05-04");
    let responses: Vec<Response> = task.urged.iter().map(|known| known.response(on)).collect();
    assert_eq!(responses, [Response::Late { on }, Response::InTime { on }]);
    assert_eq!((task.respond_by(), task.urgings), (None, 2));
}

#[test]
fn flow_15_grade_four_rests_on_an_urging_that_was_not_answered() {
    let mut world = World::new();
    let mut task = world.task_in(TaskState::Accepted);
    let late = day("2022-06-02");
    assert!(!task.is_urged_in_vain(late), "nobody urged");
    world.now = at("2022-06-01T01:00:00Z");
    world.run(&mut task, OFFICER, urge("2022-06-02")).unwrap();
    assert!(task.is_urged_in_vain(late));
    world.run(&mut task, HEAD, smooth()).unwrap();
    assert!(!task.is_urged_in_vain(late));
}
