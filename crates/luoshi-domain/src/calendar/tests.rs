use chrono::Days;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Spring Festival 2026 as TIME-08 states it.
fn spring_2026() -> Calendar {
    let off = (15..=23).map(|d| (NaiveDate::from_ymd_opt(2026, 2, d).unwrap(), DayKind::Off));
    Calendar::new(off.chain([
        (day("2026-02-14"), DayKind::Work),
        (day("2026-02-28"), DayKind::Work),
    ]))
}

/// Day by day, as anybody would count.
fn walked(calendar: &Calendar, from: NaiveDate, count: u32) -> NaiveDate {
    let (mut left, mut current) = (count, from);
    while left > 0 || !calendar.is_workday(current) {
        current = current.succ_opt().unwrap();
        if calendar.is_workday(current) {
            left = left.saturating_sub(1);
        }
    }
    current
}

#[test]
fn time_08_spring_festival_2026_and_its_makeup_saturdays() {
    let calendar = spring_2026();
    assert!(
        (15..=23).all(|d| { !calendar.is_workday(NaiveDate::from_ymd_opt(2026, 2, d).unwrap()) })
    );
    assert!(calendar.is_workday(day("2026-02-14")));
    assert!(calendar.is_workday(day("2026-02-28")));
    assert_eq!(
        calendar.add_workdays(day("2026-02-14"), 1),
        day("2026-02-24")
    );
}

#[test]
fn time_08_a_year_without_a_notice_is_provisional() {
    let calendar = spring_2026();
    assert!(!calendar.is_provisional(day("2026-07-01")));
    assert!(calendar.is_provisional(day("2027-07-01")));
}

#[test]
fn time_08_a_new_notice_takes_the_place_of_the_one_before() {
    let mut first = Notice::of_year(2027);
    let off = |holiday: &str| NoticeDay {
        kind: DayKind::Off,
        holiday: holiday.into(),
    };
    first.days.insert(day("2027-01-01"), off("元旦"));
    first.days.insert(day("2027-05-03"), off("劳动节"));
    let mut second = Notice::of_year(2027);
    second.days.insert(day("2027-01-01"), off("元旦"));
    let calendar = Calendar::of([&first, &second]);
    assert!(calendar.is_workday(day("2027-05-03")));
    assert_eq!(
        calendar.nature(day("2027-01-01")),
        DayNature::Holiday {
            name: "元旦".into()
        }
    );
}

#[test]
fn time_08_a_notice_with_a_slip_of_the_hand_is_refused() {
    let mut notice = Notice::of_year(2027);
    assert_eq!(notice.check(), Err(NoticeFault::Empty(2027)));
    let named = |kind| NoticeDay {
        kind,
        holiday: "元旦".into(),
    };
    notice.days.insert(day("2026-12-31"), named(DayKind::Off));
    assert_eq!(notice.check(), Ok(()));
    notice.days.insert(day("2027-01-05"), named(DayKind::Work));
    assert_eq!(
        notice.check(),
        Err(NoticeFault::IdleWork(day("2027-01-05")))
    );
    notice.days.insert(day("2026-03-01"), named(DayKind::Off));
    assert_eq!(
        notice.check(),
        Err(NoticeFault::Elsewhere(day("2026-03-01")))
    );
}

#[test]
fn time_09_a_day_ends_at_midnight_in_shanghai() {
    let last: DateTime<Utc> = "2022-05-31T15:59:59Z".parse().unwrap();
    let next: DateTime<Utc> = "2022-05-31T16:00:00Z".parse().unwrap();
    assert_eq!(local_day(last), day("2022-05-31"));
    assert_eq!(local_day(next), day("2022-06-01"));
    assert_eq!(end_of(day("2022-05-31")), next);
}

proptest::proptest! {
    #[test]
    fn time_08_adding_workdays_then_counting_gives_them_back(start in 0u64..700, n in 0u32..900) {
        let calendar = spring_2026();
        let from = day("2025-06-01") + Days::new(start);
        let to = calendar.add_workdays(from, n);
        proptest::prop_assert!(calendar.is_workday(to));
        proptest::prop_assert_eq!(to, walked(&calendar, from, n));
        if n > 0 {
            proptest::prop_assert_eq!(calendar.workdays_between(from, to), n);
        }
    }

    #[test]
    fn time_08_any_notices_count_as_a_walk_does(
        days in proptest::collection::vec((0u64..800, proptest::bool::ANY), 0..60),
        start in 0u64..800,
        n in 0u32..200,
    ) {
        let day = |n| day("2025-01-01") + Days::new(n);
        let calendar = Calendar::new(days.into_iter().map(|(n, off)| {
            (day(n), if off { DayKind::Off } else { DayKind::Work })
        }));
        let to = calendar.add_workdays(day(start), n);
        proptest::prop_assert_eq!(to, walked(&calendar, day(start), n));
    }
}
