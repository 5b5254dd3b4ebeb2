//! Dates as typed. The script completes short forms; what arrives has a year.

use chrono::NaiveDate;

/// A text that is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl Unreadable {
    pub(crate) fn sentence(self) -> &'static str {
        "没有读懂这个日期，请写成 2026-07-31 的样子。"
    }
}

/// The day that a field holds; `None` for an empty one.
///
/// Takes `2026-07-31`, `2026.7.31`, `2026/7/31`, `20260731` and `2026年7月31日`.
pub(crate) fn read(text: &str) -> Result<Option<NaiveDate>, Unreadable> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let parts: Vec<&str> = text
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    let day = match parts.as_slice() {
        [digits] => NaiveDate::parse_from_str(digits, "%Y%m%d").ok(),
        [year, month, day] => {
            let read = |part: &str| part.parse::<u32>().ok();
            let known = (year.parse().ok(), read(month), read(day));
            match known {
                (Some(year), Some(month), Some(day)) => NaiveDate::from_ymd_opt(year, month, day),
                _ => None,
            }
        }
        _ => None,
    };
    day.filter(|day| (1900..2200).contains(&chrono::Datelike::year(day)))
        .map(Some)
        .ok_or(Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_the_forms_that_people_type() {
        let day = NaiveDate::from_ymd_opt(2026, 7, 31);
        for text in [
            "2026-07-31",
            "2026.7.31",
            "2026/7/31",
            "20260731",
            " 2026年7月31日 ",
        ] {
            assert_eq!(read(text), Ok(day), "for {text:?}");
        }
        assert_eq!(read("  "), Ok(None));
        for text in ["7.31", "2026-02-30", "下周五", "99999-1-1", "26-7-31"] {
            assert_eq!(read(text), Err(Unreadable), "for {text:?}");
        }
    }
}
