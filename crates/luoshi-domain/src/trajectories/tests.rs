use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn milestone(name: &str, on: &str, percent: u8) -> Milestone {
    Milestone {
        name: name.into(),
        day: day(on),
        percent,
        start_by: None,
        started_on: None,
        done_on: None,
    }
}

#[test]
fn ledger_09_half_a_year_of_a_year_is_49_point_6_percent() {
    let linear = Trajectory::default();
    let expected = |today: &str| linear.expected(day("2023-01-01"), day("2023-12-31"), day(today));
    assert_eq!(expected("2022-12-31"), 0);
    assert_eq!(expected("2023-06-30"), 496);
    assert_eq!(expected("2023-12-31"), 1000);
    assert_eq!(percent(expected("2023-06-30")), "49.6");
    assert_eq!(Pace::of(496 - 450), Pace::Behind);
    assert_eq!(percent(496 - 450), "4.6");
    assert_eq!(Pace::of(496 - 550), Pace::Ahead);
    assert_eq!(Pace::of(0), Pace::OnSchedule);
}

#[test]
fn proj_11_equal_to_the_schedule_is_not_ahead() {
    let linear = Trajectory::default();
    let expected = linear.expected(day("2013-01-01"), day("2013-12-31"), day("2013-06-30"));
    assert_eq!(expected, 496);
    assert_eq!(Pace::of(expected - 520), Pace::Ahead);
    assert_eq!(percent(520 - expected), "2.4");
    assert_ne!(Pace::of(expected - 496), Pace::Ahead);
}

#[test]
fn ledger_09_milestones_override_the_shape() {
    let planned = Trajectory {
        shape: Shape::SCurve,
        milestones: vec![
            milestone("方案审定", "2026-03-10", 20),
            milestone("主体完工", "2026-03-20", 80),
        ],
    };
    let expected = |today: &str| planned.expected(day("2026-03-01"), day("2026-03-30"), day(today));
    assert_eq!(expected("2026-03-05"), 100);
    assert_eq!(expected("2026-03-10"), 200);
    assert_eq!(expected("2026-03-15"), 500);
    assert_eq!(expected("2026-03-20"), 800);
    assert_eq!(expected("2026-03-25"), 900);
    assert_eq!(expected("2026-03-30"), 1000);
}

#[test]
fn ledger_09_steps_and_curves_end_where_a_line_ends() {
    for (shape, middle, early) in [
        (Shape::Linear, 500, 250),
        (Shape::Stepped, 500, 250),
        (Shape::SCurve, 500, 156),
    ] {
        let planned = Trajectory {
            shape,
            milestones: Vec::new(),
        };
        let expected =
            |today: &str| planned.expected(day("2026-01-01"), day("2026-04-10"), day(today));
        assert_eq!(expected("2026-02-19"), middle, "{shape:?}");
        assert_eq!(expected("2026-01-25"), early, "{shape:?}");
        assert_eq!(expected("2026-04-10"), 1000, "{shape:?}");
    }
}

proptest! {
    /// What a light relies on.
    #[test]
    fn what_is_expected_never_falls(
        start in 0..400i64,
        length in -5..400i64,
        shape in 0..3usize,
        points in proptest::collection::vec((0..800i64, 1..=100u8), 0..5),
    ) {
        let at = |days: i64| day("2026-01-01") + chrono::TimeDelta::days(days);
        let mut points = points;
        points.sort_unstable();
        let mut planned = Trajectory { shape: Shape::ALL[shape], milestones: Vec::new() };
        let mut least = 1;
        for (on, percent) in points {
            least = percent.max(least);
            planned.milestones.push(Milestone { day: at(on), ..milestone("", "2026-01-01", least) });
        }
        let mut before = 0;
        for today in -20..900 {
            let now = planned.expected(at(start), at(start + length), at(today));
            prop_assert!((before..=WHOLE).contains(&now), "{now} after {before} on {today}");
            before = now;
        }
    }
}
