use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::trajectories::Shape;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn facts(progress: u8) -> Facts {
    Facts {
        state: TaskState::InProgress,
        issued_on: Some(day("2026-01-01")),
        limit: Some(day("2026-04-11")),
        progress,
        particulars: Particulars::default(),
    }
}

fn light(facts: &Facts, today: &str) -> Light {
    Light::of(facts, day(today), &Calendar::default(), &Leads::default())
}

fn seen(facts: &Facts, today: &str) -> (Colour, LightRule) {
    let light = light(facts, today);
    (light.colour, light.by)
}

#[test]
fn a_light_names_its_rule_and_numbers() {
    let cases = [
        (0, "2026-01-05", Colour::Green, "正常"),
        (
            20,
            "2026-02-10",
            Colour::Yellow,
            "序时进度落后 20.6 个百分点",
        ),
        (
            10,
            "2026-02-10",
            Colour::Red,
            "序时进度严重落后 30.6 个百分点",
        ),
        (99, "2026-04-08", Colour::Yellow, "3 天后到期"),
        (99, "2026-04-11", Colour::Yellow, "今日到期"),
        // 11 April 2026 is a Saturday: Monday to Wednesday are workdays.
        (99, "2026-04-15", Colour::Red, "逾期 3 个工作日"),
    ];
    for (progress, today, colour, reason) in cases {
        let light = light(&facts(progress), today);
        assert_eq!(
            (light.colour, light.reason.as_str()),
            (colour, reason),
            "on {today}"
        );
    }
    let leads = Leads {
        edition: 3,
        behind_points: Threshold {
            value: 5,
            clause: "W 四/(三)/1".into(),
            default: true,
        },
        ..Leads::default()
    };
    let light = Light::of(&facts(20), day("2026-02-10"), &Calendar::default(), &leads);
    assert_eq!(
        light.rule,
        "命中：应达 40.6%，实际 20%，落后 20.6 个百分点，阈值 5（默认），依据 W 四/(三)/1；\
         按第 3 版阈值"
    );
}

#[test]
fn proj_09_a_stage_that_is_not_begun_in_time_is_red() {
    let mut facts = facts(0);
    facts.limit = Some(day("2026-06-30"));
    facts.issued_on = Some(day("2026-05-01"));
    facts.particulars.trajectory.milestones = vec![Milestone {
        name: "征拆".into(),
        day: day("2026-05-31"),
        percent: 50,
        start_by: Some(day("2026-05-02")),
        started_on: None,
        done_on: None,
    }];
    assert_eq!(seen(&facts, "2026-05-02").0, Colour::Green);
    let late = light(&facts, "2026-05-05");
    assert_eq!(
        (late.colour, late.by),
        (Colour::Red, LightRule::StartMissed)
    );
    assert_eq!(late.reason, "“征拆”应启动未启动");
    facts.particulars.trajectory.milestones[0].started_on = Some(day("2026-05-05"));
    assert_eq!(seen(&facts, "2026-05-05").0, Colour::Green);
}

#[test]
fn a_red_light_that_is_caught_up_is_yellow_first() {
    let mut facts = facts(90);
    facts.limit = Some(day("2026-08-01"));
    facts.particulars.turns = vec![Turn {
        day: day("2026-04-15"),
        before: Measure {
            late: true,
            unstarted: false,
            gap: 100,
        },
        after: Measure {
            late: false,
            unstarted: false,
            gap: -400,
        },
    }];
    let recovering = (Colour::Yellow, LightRule::Recovering);
    assert_eq!(seen(&facts, "2026-04-15"), recovering);
    assert_eq!(seen(&facts, "2026-04-21"), recovering);
    assert_eq!(seen(&facts, "2026-04-22"), (Colour::Green, LightRule::Fine));
}

#[test]
fn a_paused_task_keeps_the_light_of_the_day_of_its_pause() {
    let mut paused = facts(99);
    paused.particulars.paused_on = Some(day("2026-04-08"));
    let light = light(&paused, "2026-05-20");
    assert_eq!(light.colour, Colour::Yellow);
    assert_eq!(light.reason, "已暂停，3 天后到期");
    assert!(light.rule.contains("2026-04-08"), "{}", light.rule);
}

fn any_measure() -> impl Strategy<Value = Measure> {
    (any::<bool>(), any::<bool>(), -500..900i64).prop_map(|(late, unstarted, gap)| Measure {
        late,
        unstarted,
        gap,
    })
}

fn at(days: i64) -> NaiveDate {
    day("2026-01-01") + TimeDelta::days(days)
}

fn any_milestone() -> impl Strategy<Value = Milestone> {
    let part = proptest::option::of(0..300i64);
    (0..300i64, 1..=100u8, part.clone(), part.clone(), part).prop_map(
        |(on, percent, start_by, started, done)| Milestone {
            name: String::new(),
            day: at(on),
            percent,
            start_by: start_by.map(at),
            started_on: started.map(at),
            done_on: done.filter(|done| done % 2 == 0).map(at),
        },
    )
}

fn any_particulars() -> impl Strategy<Value = Particulars> {
    let turn = (0..200i64, any_measure(), any_measure());
    (
        proptest::option::of(0..250i64),
        0..3usize,
        proptest::collection::vec(any_milestone(), 0..4),
        proptest::collection::vec(turn, 0..4),
    )
        .prop_map(|(paused, shape, mut milestones, turns)| {
            milestones.sort_by_key(|known| known.day);
            Particulars {
                paused_on: paused.filter(|on| on % 2 == 0).map(at),
                trajectory: Trajectory {
                    shape: Shape::ALL[shape],
                    milestones,
                },
                turns: turns
                    .into_iter()
                    .map(|(on, before, after)| Turn {
                        day: at(on),
                        before,
                        after,
                    })
                    .collect(),
                joint: Vec::new(),
            }
        })
}

proptest! {
    /// What lets the ledger filter by comparing a day with columns.
    #[test]
    fn the_colour_by_spans_is_the_colour_by_rule(
        issued in 0..200i64,
        limit in 0..300i64,
        progress in 0..=100u8,
        particulars in any_particulars(),
        numbers in (0..60i64, 1..60i64, 1..100i64, 0..30i64),
    ) {
        let facts = Facts {
            state: TaskState::InProgress,
            issued_on: Some(at(issued)),
            limit: Some(at(limit)),
            progress,
            particulars,
        };
        let mut leads = Leads::default();
        leads.due_soon_days.value = numbers.0;
        leads.behind_points.value = numbers.1;
        leads.red_points.value = numbers.2;
        leads.recovery_days.value = numbers.3;
        let spans = Spans::of(&facts, &leads.numbers());
        let calendar = Calendar::default();
        for today in -70..380 {
            let by_rule = Light::of(&facts, at(today), &calendar, &leads).colour;
            prop_assert_eq!(spans.colour(at(today)), by_rule, "on day {}", today);
        }
    }
}
