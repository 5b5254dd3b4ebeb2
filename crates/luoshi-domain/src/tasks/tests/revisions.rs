//! Changing an issued task: with reason and approval, every version kept.

use super::*;

fn request(target: &str, reason: &str) -> TaskCommand {
    TaskCommand::RequestChange {
        change: Change {
            target: Some(target.into()),
            limit: None,
        },
        reason: reason.into(),
    }
}

fn decide(consent: bool, text: &str) -> TaskCommand {
    TaskCommand::DecideChange {
        consent,
        text: text.into(),
    }
}

#[test]
fn ledger_04_a_target_changes_only_with_reason_and_approval_and_version_1_stays_readable() {
    let world = World::new();
    let mut task = world.open(TaskDetails {
        target: "66.7 公里".into(),
        ..details()
    });
    for (person, command) in usual_way().into_iter().take(3) {
        world.run(&mut task, person, command).unwrap();
    }
    let amend = TaskCommand::Amend(Box::new(details()));
    assert_eq!(world.refused(&task, OFFICER, amend), "already_approved");
    assert_eq!(
        world.refused(&task, HEAD, request("60 公里", " ")),
        "reason"
    );
    assert_eq!(
        world.refused(&task, HEAD, request("66.7 公里", "上级调整")),
        "target"
    );
    assert_eq!(world.refused(&task, DEPUTY, decide(true, "")), "no_request");
    world
        .run(&mut task, HEAD, request("60 公里", "上级调整计划"))
        .unwrap();
    assert_eq!(task.details.target, "66.7 公里", "until it is approved");
    let mut refused = task.clone();
    assert_eq!(world.refused(&refused, DEPUTY, decide(false, "")), "text");
    world
        .run(&mut refused, DEPUTY, decide(false, "按原计划"))
        .unwrap();
    assert_eq!(refused.revisions.len(), 0);
    world.run(&mut task, DEPUTY, decide(true, "")).unwrap();
    let versions: Vec<String> = task
        .versions()
        .into_iter()
        .map(|known| known.target)
        .collect();
    assert_eq!(versions, ["66.7 公里", "60 公里"]);
    let revision = &task.revisions[0];
    assert_eq!(
        (revision.number, revision.reason.as_str()),
        (2, "上级调整计划")
    );
    assert_eq!((revision.asked_by, revision.approved_by), (HEAD, DEPUTY));
    assert_eq!(task.approval, None);
}

#[test]
fn ledger_04_another_limit_keeps_the_original_and_a_pause_moves_it_by_what_came_after() {
    let mut world = World::new();
    let mut task = world.task_in(TaskState::Accepted);
    world.run(&mut task, HEAD, raise(None)).unwrap();
    world.now = at("2022-05-05T01:00:00Z");
    let change = TaskCommand::RequestChange {
        change: Change {
            target: None,
            limit: Some(day("2022-06-30")),
        },
        reason: "上级调整计划".into(),
    };
    world.run(&mut task, OFFICER, change).unwrap();
    world.run(&mut task, PRINCIPAL, decide(true, "")).unwrap();
    assert_eq!(task.details.limit, Some(day("2022-06-30")));
    assert_eq!(task.original_limit, Some(day("2022-05-31")));
    assert_eq!(task.extensions, 0, "no extension was asked for");
    world.now = at("2022-05-08T01:00:00Z");
    world.run(&mut task, HEAD, withdraw(1)).unwrap();
    assert_eq!(task.details.limit, Some(day("2022-07-03")));
}
