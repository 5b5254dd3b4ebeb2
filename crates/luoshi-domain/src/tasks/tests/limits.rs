//! Limits that policies set, on the dates that the requirements give.

use super::*;
use crate::calendar::{DayKind, Notice, NoticeDay};
use crate::limits::{Allowance, Basis, LimitEntry, Step, Stretch};
use crate::packs::Cited;
use crate::tasks::timing::{LimitCause, LimitStanding};

fn entry(key: &str, stretches: &[(Step, Step)], matter: Option<Level>, span: &str) -> LimitEntry {
    let stretches = stretches.iter().map(|(from, to)| Stretch {
        from: *from,
        to: *to,
    });
    LimitEntry {
        key: key.into(),
        label: key.into(),
        stretches: stretches.collect(),
        matter,
        allowance: Allowance::Within {
            span: span.parse().unwrap(),
            basis: Basis::Natural,
            may_end_off: true,
        },
        by_plan: matter == Some(Level::Major),
        warn_days: 0,
        cited: Cited::default(),
    }
}

/// 13710 as pack C ships it.
fn policy() -> LimitPolicy {
    use Step::{Closed, Decided, Deployed, FirstFeedback, Issued, Received};
    let same_day = [(Decided, Issued), (Received, Deployed)];
    LimitPolicy {
        key: "13710".into(),
        label: "13710".into(),
        reference: String::new(),
        by_origin: true,
        origins: vec!["c_other".into()],
        cited: Cited::default(),
        entries: vec![
            entry("same_day", &same_day, None, "P0D"),
            entry("three_days", &[(Received, FirstFeedback)], None, "P3D"),
            entry(
                "seven_days",
                &[(Received, Closed)],
                Some(Level::Ordinary),
                "P7D",
            ),
            entry(
                "one_month",
                &[(Received, Closed)],
                Some(Level::Major),
                "P1M",
            ),
        ],
    }
}

fn world(received: &str) -> World {
    World {
        policies: vec![policy()],
        now: at(received),
        ..World::new()
    }
}

fn matter(level: Level, limit: Option<&str>) -> TaskDetails {
    TaskDetails {
        category: "c_other".into(),
        level,
        limit: limit.map(day),
        ..details()
    }
}

/// Approved, issued and signed for at one moment.
fn received(world: &World, details: TaskDetails) -> Task {
    let mut task = world.open(details);
    for (person, command) in usual_way().into_iter().take(3) {
        world.run(&mut task, person, command).unwrap();
    }
    task
}

fn limit_to(task: &Task, step: Step) -> &TaskLimit {
    let timing = task.timing.as_deref().unwrap();
    timing.limits.iter().find(|limit| limit.to == step).unwrap()
}

fn deploy(until: Option<&str>) -> TaskCommand {
    TaskCommand::Deploy {
        text: "分三步办理".into(),
        until: until.map(day),
    }
}

#[test]
fn time_01_an_explicit_limit_overrides_the_policy_s_and_both_are_kept() {
    let world = world("2022-03-01T01:00:00Z");
    let task = received(&world, matter(Level::Ordinary, Some("2022-03-21")));
    assert_eq!(task.details.limit, Some(day("2022-03-21")));
    let timing = task.timing.as_deref().unwrap();
    assert_eq!(timing.completion(), Some(day("2022-03-08")));
    assert!(!timing.gave_limit);
}

#[test]
fn time_02_an_item_of_another_origin_is_under_no_policy_unless_it_is_chosen() {
    let world = world("2022-03-01T01:00:00Z");
    let task = received(&world, details());
    assert_eq!(task.timing, None);
    let chosen = TaskDetails {
        policies: Some(vec!["13710".into()]),
        ..details()
    };
    assert!(received(&world, chosen).timing.is_some());
    let none = TaskDetails {
        policies: Some(Vec::new()),
        ..matter(Level::Ordinary, Some("2022-03-21"))
    };
    assert_eq!(received(&world, none).timing, None);
}

#[test]
fn time_03_deployment_on_the_day_of_receipt_is_in_time_and_later_is_not() {
    let mut world = world("2022-03-01T01:00:00Z");
    let task = received(&world, matter(Level::Ordinary, None));
    let limit = limit_to(&task, Step::Deployed).clone();
    assert_eq!(limit.day, day("2022-03-01"));
    assert_eq!(
        task.standing(&limit, day("2022-03-02")),
        LimitStanding::Overdue { days: 1 }
    );
    let mut met = task.clone();
    // 23:30 in Shanghai.
    world.now = at("2022-03-01T15:30:00Z");
    world.run(&mut met, HEAD, deploy(None)).unwrap();
    let on = day("2022-03-01");
    assert_eq!(met.standing(&limit, on), LimitStanding::Met { on });
    let mut late = task;
    world.now = at("2022-03-01T16:00:00Z");
    world.run(&mut late, HEAD, deploy(None)).unwrap();
    let on = day("2022-03-02");
    assert_eq!(
        late.standing(&limit, on),
        LimitStanding::Late { on, days: 1 }
    );
}

#[test]
fn time_04_first_feedback_is_due_three_days_after_receipt() {
    let mut world = world("2022-03-01T01:00:00Z");
    let mut task = received(&world, matter(Level::Ordinary, None));
    let limit = limit_to(&task, Step::FirstFeedback).clone();
    assert_eq!(limit.day, day("2022-03-04"));
    world.now = at("2022-03-05T01:00:00Z");
    world.run(&mut task, HEAD, smooth()).unwrap();
    let on = day("2022-03-05");
    assert_eq!(
        task.standing(&limit, on),
        LimitStanding::Late { on, days: 1 }
    );
    // A later report does not make the first one later.
    world.now = at("2022-03-07T01:00:00Z");
    world.run(&mut task, HEAD, smooth()).unwrap();
    assert_eq!(
        task.standing(&limit, on),
        LimitStanding::Late { on, days: 1 }
    );
}

#[test]
fn time_05_an_ordinary_matter_is_due_in_seven_days_without_a_limit_of_its_own() {
    let world = world("2022-03-01T01:00:00Z");
    let task = received(&world, matter(Level::Ordinary, None));
    assert_eq!(task.details.limit, Some(day("2022-03-08")));
    assert_eq!(task.original_limit, Some(day("2022-03-08")));
    let limit = limit_to(&task, Step::Closed);
    let standing = |today| task.standing(limit, day(today));
    assert_eq!(standing("2022-03-08"), LimitStanding::Open { left: 0 });
    assert_eq!(standing("2022-03-09"), LimitStanding::Overdue { days: 1 });
}

#[test]
fn time_06_a_major_matter_is_due_the_same_day_next_month() {
    for (now, due) in [
        ("2022-01-31T01:00:00Z", "2022-02-28"),
        ("2022-03-01T01:00:00Z", "2022-04-01"),
    ] {
        let task = received(&world(now), matter(Level::Major, None));
        assert_eq!(task.details.limit, Some(day(due)), "from {now}");
    }
}

#[test]
fn time_06_a_plan_with_time_nodes_moves_the_limit_only_when_it_is_filed_in_time() {
    let mut world = world("2022-03-01T01:00:00Z");
    let mut task = received(&world, matter(Level::Major, None));
    world.now = at("2022-03-30T01:00:00Z");
    let mut planned = task.clone();
    let command = deploy(Some("2022-06-30"));
    world.run(&mut planned, HEAD, command.clone()).unwrap();
    assert_eq!(planned.details.limit, Some(day("2022-06-30")));
    assert!(limit_to(&planned, Step::Closed).by_plan);
    world.now = at("2022-04-02T01:00:00Z");
    world.run(&mut task, HEAD, command).unwrap();
    assert_eq!(task.details.limit, Some(day("2022-04-01")));
    assert_eq!(
        task.standing(limit_to(&task, Step::Closed), day("2022-04-02")),
        LimitStanding::Overdue { days: 1 }
    );
}

#[test]
fn time_01_the_policies_stay_as_they_were_when_the_opening_was_approved() {
    let mut world = world("2022-03-01T01:00:00Z");
    let mut task = world.open(matter(Level::Ordinary, None));
    world.run(&mut task, PRINCIPAL, approve()).unwrap();
    world.policies = Vec::new();
    world.run(&mut task, OFFICER, issue()).unwrap();
    world.run(&mut task, HEAD, sign_for()).unwrap();
    assert_eq!(task.details.limit, Some(day("2022-03-08")));
}

#[test]
fn time_08_a_new_notice_moves_what_falls_into_it_and_says_from_where() {
    let mut world = world("2022-09-28T01:00:00Z");
    for entry in &mut world.policies[0].entries {
        if let Allowance::Within { basis, .. } = &mut entry.allowance
            && entry.key == "three_days"
        {
            *basis = Basis::Working;
        }
    }
    let mut task = received(&world, matter(Level::Ordinary, None));
    assert_eq!(limit_to(&task, Step::FirstFeedback).day, day("2022-10-03"));
    let mut notice = Notice::of_year(2022);
    for on in day("2022-10-01").iter_days().take(7) {
        let holiday = "国庆节".to_owned();
        notice.days.insert(
            on,
            NoticeDay {
                kind: DayKind::Off,
                holiday,
            },
        );
    }
    let calendar = Calendar::of([&notice]);
    let event = task
        .recounted(&calendar, LimitCause::Calendar { year: 2022 })
        .unwrap();
    let TaskEvent::LimitsCounted { moved, .. } = &event else {
        panic!("{event:?}");
    };
    let [moved] = moved.as_slice() else {
        panic!("{moved:?}");
    };
    assert_eq!(moved.before, Some(day("2022-10-03")));
    assert_eq!(moved.after, day("2022-10-10"));
    assert!(moved.why.contains("其间休息 9 天不计"), "{}", moved.why);
    world.with(OFFICER, |ctx| task.apply(&event, &ctx.signed()));
    assert_eq!(task.recounted(&calendar, LimitCause::Step), None);
}

#[test]
fn time_05_an_extension_ends_the_policy_s_hold_on_the_limit() {
    let mut world = world("2022-03-01T01:00:00Z");
    let mut task = received(&world, matter(Level::Ordinary, None));
    world
        .run(&mut task, HEAD, request_extension("2022-03-20"))
        .unwrap();
    world.now = at("2022-03-02T01:00:00Z");
    let granted = TaskCommand::DecideExtension {
        granted: Some(day("2022-03-20")),
        text: String::new(),
    };
    world.run(&mut task, DEPUTY, granted).unwrap();
    assert_eq!(task.details.limit, Some(day("2022-03-20")));
    assert_eq!(task.original_limit, Some(day("2022-03-08")));
    world.run(&mut task, HEAD, deploy(None)).unwrap();
    assert_eq!(task.details.limit, Some(day("2022-03-20")));
}

#[test]
fn time_01_a_pause_moves_the_limits_of_policies_that_were_still_open() {
    let mut world = world("2022-05-09T01:00:00Z");
    let mut task = received(&world, matter(Level::Ordinary, None));
    let limit = |task: &Task, step| limit_to(task, step).day;
    assert_eq!(limit(&task, Step::FirstFeedback), day("2022-05-12"));
    assert_eq!(task.details.limit, Some(day("2022-05-16")));
    world.now = at("2022-05-10T01:00:00Z");
    world.run(&mut task, HEAD, raise(None)).unwrap();
    world.now = at("2022-05-14T01:00:00Z");
    world.run(&mut task, HEAD, smooth()).unwrap();
    let report = limit_to(&task, Step::FirstFeedback);
    let standing = task.standing(report, day("2022-05-14"));
    assert!(
        matches!(standing, LimitStanding::Met { .. }),
        "{standing:?}"
    );
    world.now = at("2022-05-15T01:00:00Z");
    world
        .run(&mut task, DEPUTY, answer(1, BlockerAnswer::Cleared))
        .unwrap();
    assert_eq!(limit(&task, Step::FirstFeedback), day("2022-05-16"));
    assert_eq!(
        task.details.limit,
        Some(day("2022-05-21")),
        "five days later"
    );
    assert_eq!(task.original_limit, Some(day("2022-05-16")));
    let again = task.recounted(&world.calendar, LimitCause::Step);
    assert_eq!(again, None, "counting again changes nothing");
}
