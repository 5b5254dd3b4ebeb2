//! Days of months, without a calendar library.

/// The last day of a month; 31 for a number that is no month.
pub(crate) fn last_day(year: Option<i32>, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_some_and(is_leap) => 29,
        2 => 28,
        _ => 31,
    }
}

fn is_leap(year: i32) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

/// ISO date; `XXXX` stands for an unknown year.
pub(crate) fn iso(year: Option<i32>, month: u32, day: u32) -> String {
    match year {
        Some(year) => format!("{year:04}-{month:02}-{day:02}"),
        None => format!("XXXX-{month:02}-{day:02}"),
    }
}
