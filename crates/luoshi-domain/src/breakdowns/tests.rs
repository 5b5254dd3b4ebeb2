use super::*;
use crate::samples::{Desk, person, unit};
use crate::tasks::{Level, Origin, TaskDetails, TaskKind, Tier};

const NOW: &str = "2026-03-02T02:00:00Z";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A task of the first unit, signed for.
fn task(desk: &Desk) -> Task {
    let origin = Origin {
        plan: None,
        proposal: None,
        document: "方案".into(),
        number: None,
        clause_path: "一".into(),
        quote: String::new(),
    };
    let details = TaskDetails {
        title: "修通一条路".into(),
        target: "通车".into(),
        requirement: String::new(),
        kind: TaskKind::Task,
        frequency: None,
        level: Level::Ordinary,
        category: "bureau".into(),
        tier: Tier::Bureau,
        lead: Some(unit(1)),
        co_units: Vec::new(),
        supervisor: None,
        deputy: None,
        limit: Some(day("2026-06-30")),
        policies: None,
        task_force: None,
        cadence: None,
    };
    let at = desk.office(NOW).now;
    let mut task = Task::opened(TaskId(Uuid::from_u128(7)), &origin, &details, at);
    task.state = TaskState::Accepted;
    task
}

fn duty(desk: &Desk, part: Part) -> SubDuty {
    SubDuty {
        part,
        post: desk.post_of(unit(1)),
        person: person(1),
        duty: "抓总".into(),
        limit: day("2026-06-01"),
    }
}

fn begun(task: &Task, event: &BreakdownEvent, ctx: &Context<'_>) -> Breakdown {
    Breakdown::begun(task.id.0, event, &ctx.signed()).unwrap()
}

#[test]
fn org_03_only_the_responsible_part_leaves_two_missing_and_all_three_none() {
    let desk = Desk::new();
    let (task, ctx) = (task(&desk), desk.office(NOW));
    let one = vec![duty(&desk, Part::Responsible)];
    let event = Breakdown::make(&task, one, &ctx).unwrap();
    let mut breakdown = begun(&task, &event, &ctx);
    assert_eq!(breakdown.missing(), [Part::Pushing, Part::Doing]);
    let all = Part::ALL.map(|part| duty(&desk, part)).to_vec();
    let refused = breakdown.change(&task, all.clone(), " ", &ctx).unwrap_err();
    assert_eq!(refused.code, "reason");
    let event = breakdown.change(&task, all.clone(), "补齐", &ctx).unwrap();
    breakdown.apply(&event, &ctx.signed());
    assert!(breakdown.missing().is_empty());
    assert_eq!(breakdown.version, 2);
    let same = breakdown.change(&task, all, "再来", &ctx).unwrap_err();
    assert_eq!(same.sentence, "分工没有变动。");
}

#[test]
fn org_03_a_task_is_split_after_it_was_signed_for_and_until_it_is_over() {
    let desk = Desk::new();
    let ctx = desk.office(NOW);
    let duties = || vec![duty(&desk, Part::Doing)];
    let mut task = task(&desk);
    task.state = TaskState::Issued;
    let refused = Breakdown::make(&task, duties(), &ctx).unwrap_err();
    assert_eq!(refused.code, "not_accepted");
    task.state = TaskState::Closed;
    let refused = Breakdown::make(&task, duties(), &ctx).unwrap_err();
    assert_eq!(refused.code, "over");
}

#[test]
fn org_03_each_row_has_a_duty_a_limit_within_the_task_s_and_a_person_at_the_post() {
    let desk = Desk::new();
    let (task, ctx) = (task(&desk), desk.office(NOW));
    let good = duty(&desk, Part::Doing);
    for (bad, part) in [
        (
            SubDuty {
                duty: " ".into(),
                ..good.clone()
            },
            "写明做什么",
        ),
        (
            SubDuty {
                limit: day("2026-07-01"),
                ..good.clone()
            },
            "晚于",
        ),
        (
            SubDuty {
                person: person(2),
                ..good.clone()
            },
            "岗位已换人",
        ),
        (
            SubDuty {
                person: person(9),
                ..good.clone()
            },
            "人已离岗",
        ),
        (
            SubDuty {
                post: desk.post_of(unit(3)),
                ..good.clone()
            },
            "岗位空缺",
        ),
    ] {
        let refused = Breakdown::make(&task, vec![good.clone(), bad], &ctx).unwrap_err();
        assert!(refused.sentence.starts_with("第 2 行"), "{refused}");
        assert!(refused.sentence.contains(part), "{refused}");
    }
    assert!(Breakdown::make(&task, Vec::new(), &ctx).is_err());
}

#[test]
fn org_03_sub_duties_go_along_when_a_person_hands_over() {
    let desk = Desk::new();
    let (task, ctx) = (task(&desk), desk.office(NOW));
    let duties = vec![duty(&desk, Part::Responsible)];
    let event = Breakdown::make(&task, duties, &ctx).unwrap();
    let mut breakdown = begun(&task, &event, &ctx);
    assert_eq!(breakdown.hand_over(person(2), person(1)), None);
    let event = breakdown.hand_over(person(1), person(2)).unwrap();
    breakdown.apply(&event, &ctx.signed());
    assert_eq!(breakdown.duties_of(person(2)).count(), 1);
    // The post is still the first's: that is a gap until it is handed over too.
    let gaps = breakdown.gaps(&desk.organisation);
    assert_eq!((gaps.len(), gaps[0].2), (1, DutyGap::Replaced));
    breakdown.apply(&BreakdownEvent::Ended, &ctx.signed());
    assert_eq!(breakdown.duties_of(person(2)).count(), 0);
    assert!(!breakdown.is_open());
}
