use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::*;
use crate::ids::{TaskId, UnitId};
use crate::tasks::{Level, Origin, TaskDetails, TaskKind, Tier};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A task with a limit, issued on a day, reported on once, so far done.
fn task(limit: &str, issued: &str, progress: u8) -> Task {
    let at: DateTime<Utc> = format!("{issued}T02:00:00Z").parse().unwrap();
    let origin = Origin {
        plan: None,
        proposal: None,
        document: "重点工作方案".into(),
        number: None,
        clause_path: "二".into(),
        quote: String::new(),
    };
    let details = TaskDetails {
        title: "编制规划".into(),
        target: String::new(),
        requirement: String::new(),
        category: "bureau".into(),
        kind: TaskKind::Task,
        level: Level::Ordinary,
        tier: Tier::Bureau,
        lead: Some(UnitId(Uuid::from_u128(1))),
        co_units: Vec::new(),
        supervisor: Some(UnitId(Uuid::from_u128(2))),
        deputy: None,
        limit: Some(day(limit)),
        frequency: None,
        policies: None,
        task_force: None,
        cadence: None,
    };
    let id = TaskId(Uuid::from_u128(9));
    Task {
        state: TaskState::InProgress,
        issued_at: Some(at),
        feedbacks: 1,
        progress,
        ..Task::opened(id, &origin, &details, at)
    }
}

#[test]
fn time_10_ten_items_on_a_day_give_two_due_soon_three_overdue_and_one_behind() {
    let today = day("2022-06-01");
    let mut closed = task("2022-05-10", "2022-04-01", 100);
    closed.state = TaskState::Closed;
    let mut draft = task("2022-05-10", "2022-04-01", 0);
    draft.state = TaskState::Draft;
    let items = [
        task("2022-06-03", "2022-05-01", 95),
        task("2022-06-08", "2022-05-01", 95),
        task("2022-05-31", "2022-05-01", 90),
        task("2022-05-27", "2022-05-01", 90),
        task("2022-05-02", "2022-04-01", 90),
        // 30 of 59 days are gone: 50.8 %.
        task("2022-06-30", "2022-05-03", 30),
        task("2022-06-30", "2022-05-03", 50),
        task("2022-12-31", "2022-05-03", 20),
        closed,
        draft,
    ];
    let found: Vec<Finding> = items
        .iter()
        .flat_map(|item| findings(item, today, &Leads::default()))
        .collect();
    let amounts = |kind| {
        let found = found.iter().filter(move |found| found.kind == kind);
        found.map(|found| found.amount).collect::<Vec<_>>()
    };
    assert_eq!(amounts(FindingKind::DueSoon), [2, 7]);
    assert_eq!(amounts(FindingKind::Overdue), [1, 5, 30]);
    assert_eq!(amounts(FindingKind::Behind), [208]);
    assert_eq!(found.len(), 6);
}

#[test]
fn time_10_what_is_overdue_is_told_again_after_a_week_and_not_before() {
    let item = task("2022-05-31", "2022-05-01", 90);
    let stamp = |today| {
        findings(&item, day(today), &Leads::default())[0]
            .stamp
            .clone()
    };
    assert_eq!(stamp("2022-06-01"), stamp("2022-06-07"));
    assert_ne!(stamp("2022-06-01"), stamp("2022-06-08"));
}

#[test]
fn time_10_the_leads_decide_from_when_on() {
    let item = task("2022-06-11", "2022-05-01", 95);
    let mut leads = Leads::default();
    leads.due_soon_days.value = 10;
    assert!(findings(&item, day("2022-06-01"), &Leads::default()).is_empty());
    assert_eq!(findings(&item, day("2022-06-01"), &leads).len(), 1);
}
