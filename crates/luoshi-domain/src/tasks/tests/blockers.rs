//! What stands in the way: the unit's clock stands, the leader's runs.

use super::*;
use crate::reminders::{FindingKind, findings};

/// Under way, with the limit 2022-05-31, and a day to start on.
fn task_on(world: &mut World, now: &str) -> Task {
    let task = world.task_in(TaskState::InProgress);
    world.now = at(now);
    task
}

#[test]
fn a_blocker_stops_the_unit_s_clock_and_starts_the_leader_s() {
    let mut world = World::new();
    // Tuesday 10 May 2022, nine o'clock in Shanghai.
    let mut task = task_on(&mut world, "2022-05-10T01:00:00Z");
    let events = world
        .with(HEAD, |ctx| task.decide(raise(None), ctx))
        .unwrap();
    assert_eq!(
        task.recipients(&events[0]),
        [Recipient::Person(DEPUTY), Recipient::Unit(OFFICE)]
    );
    world.run(&mut task, HEAD, raise(None)).unwrap();
    assert_eq!(task.paused_since(), Some(day("2022-05-10")));
    // Three workdays.
    assert_eq!(task.answer_by(), Some(day("2022-05-13")));
    assert_eq!(task.blockers[0].leader, DEPUTY);
    let refused = |command| world.refused(&task, HEAD, command);
    assert_eq!(refused(apply_to_close()), "paused");
    assert_eq!(refused(raise(Some(CO_HEAD))), "leader");
    assert_eq!(refused(withdraw(2)), "no_blocker");

    world.now = at("2022-05-20T01:00:00Z");
    let cleared = answer(1, BlockerAnswer::Cleared);
    assert_eq!(world.refused(&task, HEAD, cleared.clone()), "not_asked");
    world.run(&mut task, DEPUTY, cleared).unwrap();
    assert_eq!(task.paused_since(), None);
    assert_eq!(
        task.details.limit,
        Some(day("2022-06-10")),
        "ten days later"
    );
    assert_eq!(
        task.original_limit,
        Some(day("2022-05-31")),
        "kept for ever"
    );
    assert_eq!(task.paused_days(day("2022-07-01")), 10);
    assert_eq!(task.extensions, 0, "no extension was granted");
}

#[test]
fn several_open_blockers_pause_once_and_one_that_ends_the_same_day_moves_nothing() {
    let mut world = World::new();
    let mut task = task_on(&mut world, "2022-05-10T01:00:00Z");
    world.run(&mut task, HEAD, raise(None)).unwrap();
    world.now = at("2022-05-12T01:00:00Z");
    world.run(&mut task, HEAD, raise(Some(PRINCIPAL))).unwrap();
    world.now = at("2022-05-14T01:00:00Z");
    let not_recognised = answer(1, BlockerAnswer::NotRecognised);
    world.run(&mut task, DEPUTY, not_recognised).unwrap();
    assert_eq!(task.paused_since(), Some(day("2022-05-10")));
    assert_eq!(task.details.limit, Some(day("2022-05-31")));
    world.now = at("2022-05-15T01:00:00Z");
    world.run(&mut task, HEAD, withdraw(2)).unwrap();
    assert_eq!(
        task.details.limit,
        Some(day("2022-06-05")),
        "five days, once"
    );
    world.run(&mut task, HEAD, raise(None)).unwrap();
    world.run(&mut task, HEAD, withdraw(3)).unwrap();
    assert_eq!(task.details.limit, Some(day("2022-06-05")));
    assert_eq!(task.pauses.len(), 2);
}

#[test]
fn a_blocker_is_passed_on_to_the_principal_with_a_limit_of_his_own() {
    let mut world = World::new();
    let mut task = task_on(&mut world, "2022-05-10T01:00:00Z");
    world.run(&mut task, HEAD, raise(None)).unwrap();
    world.now = at("2022-05-12T01:00:00Z");
    let passed = answer(1, BlockerAnswer::PassedOn);
    world.run(&mut task, DEPUTY, passed.clone()).unwrap();
    let blocker = &task.blockers[0];
    assert_eq!((blocker.leader, blocker.passed_on), (PRINCIPAL, true));
    assert_eq!(blocker.answer_by, day("2022-05-17"));
    assert_eq!(task.paused_since(), Some(day("2022-05-10")));
    assert_eq!(world.refused(&task, DEPUTY, passed.clone()), "not_asked");
    assert_eq!(world.refused(&task, PRINCIPAL, passed), "already_principal");
}

#[test]
fn paused_time_counts_neither_for_the_extension_nor_for_reminders() {
    let mut world = World::new();
    let mut task = task_on(&mut world, "2022-05-30T01:00:00Z");
    world.run(&mut task, HEAD, raise(None)).unwrap();
    world.now = at("2022-06-10T01:00:00Z");
    let today = day("2022-06-10");
    assert_eq!(task.counting_day(today), day("2022-05-30"));
    let found = findings(&task, today, &Leads::default());
    let kinds: Vec<FindingKind> = found.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::Unanswered], "only the leader is late");
    // By the wall clock the limit of 31 May is past; by the unit's it is not.
    let mut extended = task.clone();
    world
        .run(&mut extended, HEAD, request_extension("2022-06-30"))
        .unwrap();
    let grant = TaskCommand::DecideExtension {
        granted: Some(day("2022-06-30")),
        text: String::new(),
    };
    world.run(&mut extended, DEPUTY, grant).unwrap();
    world.now = at("2022-06-12T01:00:00Z");
    let cleared = answer(1, BlockerAnswer::Cleared);
    world.run(&mut extended, DEPUTY, cleared.clone()).unwrap();
    assert_eq!(
        extended.details.limit,
        Some(day("2022-07-02")),
        "what was granted meanwhile moves only by what came after"
    );
    world.run(&mut task, DEPUTY, cleared).unwrap();
    assert_eq!(task.details.limit, Some(day("2022-06-13")));
}

#[test]
fn a_pause_survives_a_returned_report_and_a_handover_of_the_leader() {
    let mut world = World::new();
    let mut task = task_on(&mut world, "2022-05-10T01:00:00Z");
    world.run(&mut task, HEAD, raise(None)).unwrap();
    world.run(&mut task, OFFICER, send_back()).unwrap();
    assert_eq!(task.paused_since(), Some(day("2022-05-10")));
    let event = task.hand_over(DEPUTY, PRINCIPAL).unwrap();
    let signed = world.with(OFFICER, |ctx| ctx.signed());
    task.apply(&event, &signed);
    assert_eq!(task.blockers[0].leader, PRINCIPAL);
    let cancel = TaskCommand::Cancel {
        reason: "任务调整".into(),
    };
    world.run(&mut task, PRINCIPAL, cancel).unwrap();
    assert_eq!((task.paused_since(), task.answer_by()), (None, None));
}
