//! Dates the way people type them, also for browsers whose script did not complete them.

use chrono::{Datelike, NaiveDate};

/// A text that is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl Unreadable {
    pub(crate) fn sentence(self) -> &'static str {
        "没有读懂这个日期，请写成 2026-7-31 或 7.31。"
    }
}

/// The day that a field holds; `None` for an empty one.
///
/// Reads `2026-07-31`, `2026.7.31`, `2026年7月31日`, `20260731`, `7.31`, `0731` and the like. A day
/// without a year is the next time it comes round, as in the script of the pages.
pub(crate) fn read(text: &str, today: NaiveDate) -> Result<Option<NaiveDate>, Unreadable> {
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(half_width)
        .collect();
    if plain.is_empty() {
        return Ok(None);
    }
    let plain = plain.trim_end_matches(['前', '止', '日', '号']);
    let digits_only = plain.chars().all(|letter| letter.is_ascii_digit());
    let day = if digits_only {
        read_digits(plain, today)
    } else {
        read_parts(plain, today)
    };
    day.filter(|day| YEARS.contains(&day.year()))
        .map(Some)
        .ok_or(Unreadable)
}

/// Years that a plan can mean; anything else is a slip of the hand.
const YEARS: std::ops::Range<i32> = 1900..2200;

fn read_parts(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let parts = text
        .split(['-', '.', '/', '年', '月'])
        .map(|part| part.parse().ok());
    let parts: Option<Vec<u32>> = parts.collect();
    match parts?.as_slice() {
        [year, month, day] => NaiveDate::from_ymd_opt(i32::try_from(*year).ok()?, *month, *day),
        [month, day] => next(*month, *day, today),
        _ => None,
    }
}

fn read_digits(digits: &str, today: NaiveDate) -> Option<NaiveDate> {
    let number: u32 = digits.parse().ok()?;
    let (month, day) = (number / 100 % 100, number % 100);
    match digits.len() {
        8 => NaiveDate::from_ymd_opt(i32::try_from(number / 10_000).ok()?, month, day),
        4 => next(month, day, today),
        _ => None,
    }
}

/// This year's, or next year's when it has passed.
fn next(month: u32, day: u32, today: NaiveDate) -> Option<NaiveDate> {
    let years = [today.year(), today.year() + 1];
    let mut days = years
        .into_iter()
        .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
    days.find(|found| *found >= today)
}

fn half_width(letter: char) -> char {
    match letter {
        '０'..='９' | '．' | '／' | '－' => u32::from(letter)
            .checked_sub(0xfee0)
            .and_then(char::from_u32)
            .unwrap_or(letter),
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_type_them() {
        let today: NaiveDate = "2026-06-01".parse().unwrap();
        for text in [
            "2026-07-31",
            "2026-7-31",
            "2026.7.31",
            "2026/7/31",
            "2026年7月31日",
            "20260731",
            "7.31",
            "7-31",
            "7月31日前",
            "0731",
            " ７．３１ ",
        ] {
            assert_eq!(
                read(text, today),
                Ok("2026-07-31".parse().ok()),
                "for {text:?}"
            );
        }
        assert_eq!(read("3.1", today), Ok("2027-03-01".parse().ok()));
        assert_eq!(read("6.1", today), Ok(Some(today)));
        assert_eq!(read("  ", today), Ok(None));
    }

    #[test]
    fn what_is_no_date_is_none() {
        let today: NaiveDate = "2026-06-01".parse().unwrap();
        for text in [
            "明年",
            "下周五",
            "26-7-31",
            "99999-1-1",
            "2.30",
            "2026-13-1",
            "1",
            "99999999999",
            "7.31.2026",
            "-",
        ] {
            assert_eq!(read(text, today), Err(Unreadable), "for {text:?}");
        }
    }
}
