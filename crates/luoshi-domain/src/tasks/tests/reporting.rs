//! Reports that fall due again and again.

use super::reports::report;
use super::*;
use crate::cadence::OriginCadence;
use crate::lights::Threshold;
use crate::reminders::{FindingKind, findings};
use crate::tasks::reporting::{FilingStanding, TaskFiling};

const PROOF: &str = "局规〔2022〕3号 规划初稿";

const BEHIND: i64 = 10;

fn every(days: u16) -> TaskDetails {
    TaskDetails {
        cadence: Cadence::every(days),
        limit: Some(day("2022-07-30")),
        ..details()
    }
}

/// A bureau whose own work is reported upwards, every 30 days unless somebody says otherwise.
fn upward_world() -> World {
    let mut world = World::new();
    world.leads.cadences = vec![OriginCadence {
        origin: "bureau".into(),
        days: Some(Threshold {
            value: 30,
            clause: "W 四/(二)/1".into(),
            default: true,
        }),
    }];
    world
}

/// Issued and signed for on 1 May.
fn under_way(world: &World, details: TaskDetails) -> Task {
    let mut task = world.open(details);
    for (person, command) in usual_way().into_iter().take(3) {
        world.run(&mut task, person, command).unwrap();
    }
    task
}

fn on(world: &mut World, text: &str) {
    world.now = at(&format!("{text}T01:00:00Z"));
}

fn set(cadence: Cadence, reason: &str) -> TaskCommand {
    TaskCommand::SetCadence {
        cadence,
        reason: reason.into(),
    }
}

/// Each due up to the day and the next, with a word for how it stands.
fn said(task: &Task, today: &str) -> Vec<String> {
    let filings = task.filings(day(today), BEHIND).into_iter();
    let said = filings.map(|filing| {
        let standing = match filing.standing {
            FilingStanding::Open { left } => format!("in {left}"),
            FilingStanding::Still => "still".into(),
            FilingStanding::InTime(report) if report.repeats.is_some() => "repeated".into(),
            FilingStanding::InTime(_) => "filed".into(),
            FilingStanding::Late { days, .. } => format!("late {days}"),
            FilingStanding::Missing { days } => format!("missing {days}"),
            FilingStanding::Lifted => "lifted".into(),
        };
        format!("{} {standing}", filing.due.format("%m-%d"))
    });
    said.collect()
}

fn due(task: &Task) -> Option<String> {
    task.report_due(BEHIND).map(|day| day.to_string())
}

#[test]
fn ledger_11_a_report_is_filed_late_or_missing_for_what_was_due() {
    let mut world = World::new();
    let mut task = under_way(&world, every(14));
    assert_eq!(said(&task, "2022-05-10"), ["05-15 in 5"]);
    on(&mut world, "2022-05-14");
    world
        .run(&mut task, HEAD, report(10, "", &[], false))
        .unwrap();
    assert_eq!(due(&task).as_deref(), Some("2022-05-29"));
    assert_eq!(
        said(&task, "2022-05-30"),
        ["05-15 filed", "05-29 missing 1", "06-12 in 13"]
    );
    assert_eq!(
        TaskFiling::of(&task.filings(day("2022-05-30"), BEHIND)),
        TaskFiling::Missing
    );
    on(&mut world, "2022-06-01");
    world
        .run(&mut task, HEAD, report(20, "", &[], false))
        .unwrap();
    // What comes after the one and by the next is for the next too: nothing is typed twice.
    assert_eq!(
        said(&task, "2022-06-01"),
        ["05-15 filed", "05-29 late 3", "06-12 filed"]
    );
    assert_eq!(
        TaskFiling::of(&task.filings(day("2022-06-02"), BEHIND)),
        TaskFiling::Filed
    );
    assert_eq!(due(&task).as_deref(), Some("2022-06-26"));
    // A day that is past is told as it was.
    assert_eq!(
        said(&task, "2022-05-31"),
        ["05-15 filed", "05-29 missing 2", "06-12 in 12"]
    );
}

#[test]
fn ledger_11_paused_days_never_count() {
    let mut world = World::new();
    let mut task = under_way(&world, every(14));
    on(&mut world, "2022-05-10");
    world.run(&mut task, HEAD, raise(None)).unwrap();
    assert_eq!(due(&task), None, "nothing is asked for meanwhile");
    assert_eq!(said(&task, "2022-05-20"), ["05-25 still"]);
    on(&mut world, "2022-05-20");
    world.run(&mut task, HEAD, withdraw(1)).unwrap();
    assert_eq!(due(&task).as_deref(), Some("2022-05-25"));
    assert_eq!(
        said(&task, "2022-05-26"),
        ["05-25 missing 1", "06-08 in 13"]
    );
    // What was missed before a pause stays missed.
    on(&mut world, "2022-05-27");
    world.run(&mut task, HEAD, raise(None)).unwrap();
    assert_eq!(due(&task).as_deref(), Some("2022-05-25"));
}

#[test]
fn flow_05_while_on_course_with_evidence_the_duty_is_lifted_for_ordinary_work() {
    let mut world = World::new();
    let mut task = under_way(&world, every(7));
    on(&mut world, "2022-05-07");
    // 90 days for 100 percent: 20 percent are enough until some day in May.
    world
        .run(&mut task, HEAD, report(20, "", &[PROOF], false))
        .unwrap();
    let rests = task.rests_until(BEHIND).unwrap();
    assert_eq!(rests, day("2022-05-27"));
    assert_eq!(
        said(&task, "2022-05-16"),
        ["05-08 filed", "05-15 lifted", "05-22 lifted"]
    );
    assert_eq!(due(&task).as_deref(), Some("2022-05-29"));
    on(&mut world, "2022-05-25");
    world
        .run(&mut task, HEAD, report(20, "", &[], false))
        .unwrap();
    let now = ["05-08 filed", "05-15 lifted", "05-22 lifted", "05-29 filed"];
    assert_eq!(said(&task, "2022-05-25"), now, "what was lifted stays so");
    assert_eq!(
        due(&task).as_deref(),
        Some("2022-06-05"),
        "no evidence any more"
    );
    world.now = at("2022-06-01T01:00:00Z");
    let refused = world.refused(&task, HEAD, TaskCommand::RepeatReport);
    assert_eq!(refused, "not_filed_upwards");
}

#[test]
fn ledger_11_what_is_reported_upwards_stays_due_and_is_filed_in_one_act() {
    let mut world = upward_world();
    let mut task = under_way(&world, every(14));
    assert!(task.is_filed_upwards());
    assert_eq!(
        world.refused(&task, HEAD, TaskCommand::RepeatReport),
        "nothing_to_repeat"
    );
    on(&mut world, "2022-05-12");
    world
        .run(&mut task, HEAD, report(40, "", &[PROOF], false))
        .unwrap();
    assert_eq!(
        world.refused(&task, HEAD, TaskCommand::RepeatReport),
        "already_filed"
    );
    assert_eq!(
        due(&task).as_deref(),
        Some("2022-05-29"),
        "although it is on course"
    );
    on(&mut world, "2022-05-28");
    let feedbacks = task.feedbacks;
    world
        .run(&mut task, HEAD, TaskCommand::RepeatReport)
        .unwrap();
    assert_eq!(said(&task, "2022-05-28"), ["05-15 filed", "05-29 repeated"]);
    let reporting = task.reporting.as_deref().unwrap();
    let [first, second] = reporting.reports[..] else {
        panic!("{reporting:?}");
    };
    assert_eq!(
        (second.repeats, second.day()),
        (Some(first.version), day("2022-05-28"))
    );
    assert_eq!(task.feedbacks, feedbacks, "nothing new was said");
    assert_eq!(
        world.refused(&task, HEAD, TaskCommand::RepeatReport),
        "already_filed"
    );
    on(&mut world, "2022-07-20");
    assert_eq!(
        world.refused(&task, HEAD, TaskCommand::RepeatReport),
        "not_on_course"
    );
}

#[test]
fn ledger_11_the_interval_of_an_origin_is_written_down_with_the_issue() {
    let world = upward_world();
    let mut task = under_way(&world, details());
    let reporting = task.reporting.as_deref().unwrap();
    assert_eq!(
        (reporting.cadence, reporting.default),
        (Cadence::Days(30), true)
    );
    assert_eq!(due(&task).as_deref(), Some("2022-05-31"));
    assert_eq!(task.details.cadence, None);
    // Said of the task itself, none is none.
    let none = under_way(
        &world,
        TaskDetails {
            cadence: Some(Cadence::Never),
            ..details()
        },
    );
    assert_eq!((due(&none), none.cadence()), (None, None));
    let plain = under_way(&World::new(), details());
    assert_eq!(plain.reporting, None);
    assert_eq!(
        world.refused(&task, OFFICER, set(Cadence::Weekly, " ")),
        "reason"
    );
    world
        .run(&mut task, OFFICER, set(Cadence::Days(30), "逐项确认"))
        .unwrap();
    let again = set(Cadence::Days(30), "再来");
    assert_eq!(world.refused(&task, OFFICER, again), "cadence_unchanged");
    let wrong = set(Cadence::Days(0), "错");
    assert_eq!(world.refused(&task, OFFICER, wrong), "cadence");
}

#[test]
fn ledger_11_another_interval_counts_from_the_day_it_was_set() {
    let mut world = World::new();
    let mut task = under_way(&world, every(7));
    on(&mut world, "2022-05-10");
    world
        .run(&mut task, OFFICER, set(Cadence::Monthly, "改为每月"))
        .unwrap();
    assert_eq!(
        said(&task, "2022-05-20"),
        ["05-08 missing 12", "05-31 in 11"]
    );
    assert_eq!(due(&task).as_deref(), Some("2022-05-31"));
    world
        .run(&mut task, OFFICER, set(Cadence::Never, "不再要求"))
        .unwrap();
    assert_eq!(due(&task), None);
    // Nothing is due while a closing is decided; afterwards it begins anew.
    let mut task = under_way(&world, every(7));
    world.run(&mut task, HEAD, smooth()).unwrap();
    world.run(&mut task, HEAD, apply_to_close()).unwrap();
    assert_eq!(due(&task), None);
    on(&mut world, "2022-06-01");
    world.run(&mut task, OFFICER, send_back()).unwrap();
    assert_eq!(due(&task).as_deref(), Some("2022-06-08"));
}

#[test]
fn ledger_11_a_report_sent_back_in_time_fulfils_nothing() {
    let mut world = World::new();
    let mut task = under_way(&world, every(14));
    on(&mut world, "2022-05-10");
    world.run(&mut task, HEAD, smooth()).unwrap();
    on(&mut world, "2022-05-12");
    world.run(&mut task, OFFICER, send_back()).unwrap();
    assert_eq!(due(&task).as_deref(), Some("2022-05-15"));
    on(&mut world, "2022-05-13");
    world.run(&mut task, HEAD, smooth()).unwrap();
    on(&mut world, "2022-05-20");
    world.run(&mut task, OFFICER, send_back()).unwrap();
    assert_eq!(said(&task, "2022-05-20"), ["05-15 filed", "05-29 in 9"]);
}

#[test]
fn time_10_a_report_that_is_due_soon_or_missing_is_found_once() {
    let world = World::new();
    let task = under_way(&world, every(14));
    let found = |today: &str| {
        let found = findings(&task, day(today), &world.leads);
        let reports = found.into_iter().filter(|finding| {
            matches!(
                finding.kind,
                FindingKind::ReportSoon | FindingKind::ReportMissing | FindingKind::NoReport
            )
        });
        let found: Vec<_> = reports
            .map(|finding| (finding.kind.key(), finding.amount, finding.stamp))
            .collect();
        found
    };
    assert_eq!(found("2022-05-11"), []);
    let soon = |left| vec![("report_soon", left, "2022-05-15".to_owned())];
    assert_eq!(found("2022-05-12"), soon(3));
    assert_eq!(found("2022-05-15"), soon(0));
    let missing = |days, stamp: &str| vec![("report_missing", days, stamp.to_owned())];
    assert_eq!(found("2022-05-16"), missing(1, "2022-05-15/0"));
    assert_eq!(found("2022-05-22"), missing(7, "2022-05-15/0"));
    assert_eq!(found("2022-05-23"), missing(8, "2022-05-15/1"));
}
