use super::*;
use crate::calendar::{DayKind, Notice, NoticeDay};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn within(span: &str, basis: Basis, may_end_off: bool) -> Allowance {
    Allowance::Within {
        span: span.parse().unwrap(),
        basis,
        may_end_off,
    }
}

/// 2022 with the Qingming holiday of that year alone.
fn qingming() -> Calendar {
    let mut notice = Notice::of_year(2022);
    for (on, kind) in [
        ("2022-04-02", DayKind::Work),
        ("2022-04-03", DayKind::Off),
        ("2022-04-04", DayKind::Off),
        ("2022-04-05", DayKind::Off),
    ] {
        let holiday = "清明节".to_owned();
        notice.days.insert(day(on), NoticeDay { kind, holiday });
    }
    Calendar::of([&notice])
}

#[test]
fn time_04_to_06_natural_days_and_months_end_where_the_wall_calendar_says() {
    for (span, start, end) in [
        ("P0D", "2022-03-01", "2022-03-01"),
        ("P3D", "2022-03-01", "2022-03-04"),
        ("P7D", "2022-03-01", "2022-03-08"),
        ("P1M", "2022-03-01", "2022-04-01"),
        ("P1M", "2022-01-31", "2022-02-28"),
        ("P1M", "2024-01-31", "2024-02-29"),
        ("P2M", "2022-12-31", "2023-02-28"),
    ] {
        let allowance = within(span, Basis::Natural, true);
        let counted = allowance.count(day(start), &qingming()).unwrap();
        assert_eq!(counted.end, day(end), "{span} from {start}");
        assert!(counted.skipped.is_empty() && counted.moved_from.is_none());
        assert!(counted.provisional.is_empty(), "{span} from {start}");
    }
}

#[test]
fn time_08_working_days_name_each_day_that_was_skipped_and_why() {
    let allowance = within("P5D", Basis::Working, false);
    let counted = allowance.count(day("2022-03-31"), &qingming()).unwrap();
    // Friday 1, make-up Saturday 2, then Qingming to the 5th, 6, 7, 8.
    assert_eq!(counted.end, day("2022-04-08"));
    let skipped: Vec<_> = counted.skipped.iter().map(|(day, _)| *day).collect();
    let off = ["2022-04-03", "2022-04-04", "2022-04-05"].map(day);
    assert_eq!(skipped, off);
    let holiday = DayNature::Holiday {
        name: "清明节".into(),
    };
    assert!(counted.skipped.iter().all(|(_, why)| *why == holiday));
    let [(worked, DayNature::MakeUp { .. })] = counted.made_up.as_slice() else {
        panic!("{:?}", counted.made_up);
    };
    assert_eq!(*worked, day("2022-04-02"));
}

#[test]
fn time_08_a_limit_off_work_moves_to_the_next_workday_and_says_from_where() {
    let allowance = within("P3D", Basis::Natural, false);
    let counted = allowance.count(day("2022-03-31"), &qingming()).unwrap();
    assert_eq!(counted.end, day("2022-04-06"));
    assert_eq!(counted.moved_from, Some(day("2022-04-03")));
    assert_eq!(counted.skipped.len(), 3);
}

#[test]
fn time_08_a_limit_into_a_year_without_a_notice_is_provisional() {
    let allowance = within("P3D", Basis::Working, false);
    let counted = allowance.count(day("2022-12-30"), &qingming()).unwrap();
    assert_eq!(counted.provisional, [2023]);
}

#[test]
fn spans_are_read_as_they_are_written() {
    for text in ["P0D", "P3D", "P1M", "P12M"] {
        assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
    }
    for text in [
        "", "P", "3D", "P3", "P-1D", "P+1D", "P0M", "P9999D", "PD", "P1Y", "三日",
    ] {
        assert!(text.parse::<Span>().is_err(), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn time_08_no_limit_ends_off_work_unless_its_policy_says_so(
        start in 0u64..800,
        n in 0u32..200,
        working in proptest::bool::ANY,
        months in proptest::bool::ANY,
    ) {
        let calendar = qingming();
        let start = day("2021-12-01") + Days::new(start);
        let span = if months { Span::Months(n % 24 + 1) } else { Span::Days(n) };
        let basis = if working { Basis::Working } else { Basis::Natural };
        let allowance = Allowance::Within { span, basis, may_end_off: false };
        let counted = allowance.count(start, &calendar).unwrap();
        proptest::prop_assert!(calendar.is_workday(counted.end));
        proptest::prop_assert!(counted.end >= start);
        // Every day of rest on the way is named, and none that was worked.
        proptest::prop_assert!(counted.skipped.iter().all(|(day, _)| !calendar.is_workday(*day)));
        if working && !months {
            let worked = (counted.end - start).num_days() - i64::try_from(counted.skipped.len()).unwrap();
            let expected = if n == 0 && !calendar.is_workday(start) { 1 } else { i64::from(n) };
            proptest::prop_assert_eq!(worked, expected);
        }
    }
}
