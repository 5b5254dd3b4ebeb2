use super::*;
use crate::samples::{Desk, person, unit};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn details(kind: ActivityKind, form: &str, persons: &[u128]) -> ActivityDetails {
    ActivityDetails {
        kind,
        form: form.into(),
        subjects: vec!["ability".into()],
        title: "督查业务培训".into(),
        day: day("2026-04-01"),
        place: "三楼会议室".into(),
        persons: persons.iter().map(|n| person(*n)).collect(),
        tasks: Vec::new(),
        note: String::new(),
    }
}

fn recorded(n: u128, details: ActivityDetails) -> Activity {
    let desk = Desk::with_units(20);
    let ctx = desk.office("2026-05-01T02:00:00Z");
    let event = Activity::record(details, &ctx).unwrap();
    Activity::begun(Uuid::from_u128(n), &event, &ctx.signed()).unwrap()
}

#[test]
fn org_12_fifteen_of_twenty_trained_are_75_percent() {
    let staff: Vec<_> = (1..=20).map(|n| (unit(1 + n % 2), person(n))).collect();
    let first: Vec<u128> = (1..=10).collect();
    let second: Vec<u128> = (5..=15).collect();
    let activities = [
        recorded(1, details(ActivityKind::Training, "class", &first)),
        recorded(2, details(ActivityKind::Training, "meeting", &second)),
    ];
    let covered = coverage(&staff, &trained(&activities, 2026));
    let all = covered
        .values()
        .fold(Coverage::default(), |sum, unit| Coverage {
            staff: sum.staff + unit.staff,
            trained: sum.trained + unit.trained,
        });
    assert_eq!(
        all,
        Coverage {
            staff: 20,
            trained: 15
        }
    );
    assert_eq!(all.percent(), 75);
    // Another year's training does not count, nor does one that is void.
    let none = coverage(&staff, &trained(&activities, 2025));
    assert!(none.values().all(|unit| unit.trained == 0));
}

#[test]
fn org_09_the_act_that_a_leader_has_no_record_of_is_missing() {
    let task = TaskId(Uuid::from_u128(9));
    let required = ["deployed", "checked", "coordinated", "supervised"];
    let act = |n, form: &str| {
        let mut details = details(ActivityKind::PersonalAct, form, &[2]);
        details.tasks = vec![task];
        recorded(n, details)
    };
    let mut activities = vec![act(1, "deployed"), act(2, "checked"), act(3, "supervised")];
    let missing = |activities: &[Activity]| missing_acts(required, person(2), task, activities);
    assert_eq!(missing(&activities), vec!["coordinated"]);
    activities.push(act(4, "coordinated"));
    assert!(missing(&activities).is_empty());
    // Somebody else's act is not this leader's.
    assert_eq!(
        missing_acts(required, person(3), task, &activities).len(),
        4
    );
    activities[0].void = Some("记错了".into());
    assert_eq!(missing(&activities), vec!["deployed"]);
}

#[test]
fn org_12_what_has_not_happened_cannot_be_recorded_and_only_its_recorder_changes_it() {
    let desk = Desk::with_units(3);
    let ctx = desk.office("2026-03-01T02:00:00Z");
    let training = details(ActivityKind::Training, "class", &[1]);
    let refusal = Activity::record(training.clone(), &ctx).unwrap_err();
    assert_eq!(refusal.code, "day");
    let nobody = ActivityDetails {
        persons: Vec::new(),
        ..training.clone()
    };
    let later = desk.office("2026-04-02T02:00:00Z");
    assert_eq!(
        Activity::record(nobody, &later).unwrap_err().code,
        "persons"
    );
    let act = details(ActivityKind::PersonalAct, "deployed", &[1]);
    assert_eq!(Activity::record(act, &later).unwrap_err().code, "tasks");

    let event = Activity::record(training, &later).unwrap();
    let activity = Activity::begun(Uuid::from_u128(1), &event, &later.signed()).unwrap();
    let void = || ActivityCommand::Void {
        reason: "记错了".into(),
    };
    assert!(activity.decide(void(), &later).is_ok());
}
