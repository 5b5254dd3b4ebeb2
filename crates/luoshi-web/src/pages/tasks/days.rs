//! Dates the way people type them, for browsers whose script did not complete them.

use chrono::{Datelike, NaiveDate};

/// Reads `2026-07-31`, `2026.7.31`, `2026年7月31日`, `20260731`, `7.31`, `0731` and the like.
///
/// A day without a year is the next time it comes round, as in the script of the pages.
pub(super) fn read(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(half_width)
        .collect();
    let plain = plain.trim_end_matches(['前', '止', '日', '号']);
    if plain.chars().all(|letter| letter.is_ascii_digit()) {
        return read_digits(plain, today);
    }
    let parts: Option<Vec<u32>> = plain
        .split(['-', '.', '/', '年', '月'])
        .map(|part| part.parse().ok())
        .collect();
    match parts?.as_slice() {
        [year, month, day] if *year >= 1900 => {
            NaiveDate::from_ymd_opt(i32::try_from(*year).ok()?, *month, *day)
        }
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
            let found = read(text, today).map(|day| day.to_string());
            assert_eq!(found.as_deref(), Some("2026-07-31"), "for {text:?}");
        }
        assert_eq!(read("3.1", today), "2027-03-01".parse().ok());
        assert_eq!(read("6.1", today), Some(today));
    }

    #[test]
    fn what_is_no_date_is_none() {
        let today: NaiveDate = "2026-06-01".parse().unwrap();
        for text in [
            "",
            "明年",
            "2.30",
            "2026-13-1",
            "1",
            "99999999999",
            "7.31.2026",
            "-",
        ] {
            assert_eq!(read(text, today), None, "for {text:?}");
        }
    }
}
