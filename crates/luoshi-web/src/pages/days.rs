//! Dates the way people type them, also for browsers whose script did not complete them.

use chrono::{Datelike, Days, Months, NaiveDate};
use luoshi_app::phrases::{self, Phrase};

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
/// Reads `2026-07-31`, `2026.7.31`, `2026年7月31日`, `20260731`, `7.31`, `0731` and the like, days
/// counted from today such as `下周五`, and every deadline phrase of a plan such as `二季度结束前`
/// (TIME-09). A day without a year is the next time it comes round, as in the script of the pages.
pub(crate) fn read(text: &str, today: NaiveDate) -> Result<Option<NaiveDate>, Unreadable> {
    let whole: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(half_width)
        .collect();
    if whole.is_empty() {
        return Ok(None);
    }
    let plain = whole.trim_end_matches(['前', '止', '日', '号']);
    let digits_only = plain.chars().all(|letter| letter.is_ascii_digit());
    let day = if digits_only && plain.len() <= 2 && plain.len() < whole.len() {
        next_of_month(plain, today)
    } else if digits_only {
        read_digits(plain, today)
    } else {
        read_parts(plain, today)
            .or_else(|| read_relative(&whole, today))
            .or_else(|| read_phrase(&whole, today))
    };
    day.filter(|day| YEARS.contains(&day.year()))
        .map(Some)
        .ok_or(Unreadable)
}

/// `5日`: of this month, or of the next when it has passed.
fn next_of_month(digits: &str, today: NaiveDate) -> Option<NaiveDate> {
    let day: u32 = digits.parse().ok()?;
    let months = [Some(today), today.checked_add_months(Months::new(1))];
    let mut days = months.into_iter().flatten();
    days.find_map(|month| month.with_day(day).filter(|found| *found >= today))
}

/// `下周五`, `10天后`, `后天`, `下月底`, `季度末`.
fn read_relative(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let text = text.trim_end_matches(['前', '止']);
    if let Some(weekday) = read_weekday(text, today) {
        return Some(weekday);
    }
    if let Some(count) = text.strip_suffix("天后").or(text.strip_suffix("日后")) {
        let count = count.parse().ok().filter(|count| *count < 1000)?;
        return today.checked_add_days(Days::new(count));
    }
    let end_of_month = |months| {
        let first = today
            .with_day(1)?
            .checked_add_months(Months::new(months + 1))?;
        first.pred_opt()
    };
    match text {
        "今天" => Some(today),
        "明天" => today.checked_add_days(Days::new(1)),
        "后天" => today.checked_add_days(Days::new(2)),
        "月底" | "本月底" => end_of_month(0),
        "下月底" => end_of_month(1),
        "季度末" | "本季度末" => end_of_month(2 - today.month0() % 3),
        "明年底" => NaiveDate::from_ymd_opt(today.year() + 1, 12, 31),
        _ => None,
    }
}

fn read_weekday(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let (weeks, rest) = [("下下", 2), ("下", 1), ("本", 0), ("这", 0), ("", 0)]
        .into_iter()
        .find_map(|(word, weeks)| Some((weeks, text.strip_prefix(word)?)))?;
    let rest = rest.strip_prefix('个').unwrap_or(rest);
    let named = ["周", "星期", "礼拜"]
        .into_iter()
        .find_map(|word| rest.strip_prefix(word))?;
    let day = match named {
        "一" => 0,
        "二" => 1,
        "三" => 2,
        "四" => 3,
        "五" => 4,
        "六" => 5,
        "日" | "天" => 6,
        _ => return None,
    };
    let monday = today.week(chrono::Weekday::Mon).first_day();
    monday.checked_add_days(Days::new(weeks * 7 + day))
}

/// A deadline phrase as plans write it; this year's, or next year's when it has passed.
fn read_phrase(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let of_year = |year: i32| match phrases::read(text, Some(year))? {
        Phrase::Day {
            year: Some(year),
            month,
            day,
            inferred_year,
        } => Some((NaiveDate::from_ymd_opt(year, month, day)?, inferred_year)),
        _ => None,
    };
    match of_year(today.year())? {
        (day, true) if day < today => of_year(today.year() + 1).map(|(day, _inferred)| day),
        (day, _) => Some(day),
    }
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
    fn time_09_days_counted_from_today_are_read_as_in_the_script() {
        // A Wednesday.
        let today: NaiveDate = "2026-11-25".parse().unwrap();
        for (text, day) in [
            ("30日", "2026-11-30"),
            ("5号", "2026-12-05"),
            ("下周五", "2026-12-04"),
            ("周五", "2026-11-27"),
            ("本周日", "2026-11-29"),
            ("下下周一", "2026-12-07"),
            ("星期天", "2026-11-29"),
            ("今天", "2026-11-25"),
            ("后天", "2026-11-27"),
            ("10天后", "2026-12-05"),
            ("月底", "2026-11-30"),
            ("下月底", "2026-12-31"),
            ("季度末", "2026-12-31"),
            ("年底", "2026-12-31"),
        ] {
            assert_eq!(read(text, today), Ok(day.parse().ok()), "for {text:?}");
        }
    }

    #[test]
    fn time_09_the_phrases_of_plans_are_read_in_fields_too() {
        let today: NaiveDate = "2026-06-01".parse().unwrap();
        for (text, day) in [
            ("6月底", "2026-06-30"),
            ("4月份", "2027-04-30"),
            ("二季度结束前", "2026-06-30"),
            ("2022年年底前", "2022-12-31"),
            ("年内", "2026-12-31"),
            ("上半年", "2026-06-30"),
            ("11月20日前", "2026-11-20"),
        ] {
            assert_eq!(read(text, today), Ok(day.parse().ok()), "for {text:?}");
        }
        assert_eq!(read("主汛期前", today), Err(Unreadable));
    }

    #[test]
    fn what_is_no_date_is_none() {
        let today: NaiveDate = "2026-06-01".parse().unwrap();
        for text in [
            "明年",
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
