//! Whether words give a day. A model may read what the reader cannot, but not another number.

use chrono::{Datelike, Days, NaiveDate};
use luoshi_plan::reading::ReadOptions;

/// Whether the words give this day: the reader reads it from them, or they name its month, and no
/// number in them is another than those of the day.
///
/// A day in the middle of a month that the words do not name is nobody's reading: where no day is
/// written, only a month's last day and the ends of its first and second ten days can be meant.
pub(super) fn are_of(words: &str, day: NaiveDate, year: Option<i32>) -> bool {
    is_read(words, day, year) || is_named(words, day, year)
}

fn is_read(words: &str, day: NaiveDate, year: Option<i32>) -> bool {
    let sentence = format!("一、办公室于{words}完成此项工作。");
    let reading = luoshi_plan::read(&sentence, &ReadOptions { year });
    let deadlines = reading.obligations.iter();
    let mut dates = deadlines.filter_map(|known| known.deadline.as_ref()?.date.as_deref());
    dates.any(|date| date.parse() == Ok(day))
}

fn is_named(words: &str, day: NaiveDate, year: Option<i32>) -> bool {
    let numbers = numbers(words);
    let given = |sign: &[char]| {
        let mut ends = numbers.iter();
        ends.find(|(_, next)| next.is_some_and(|next| sign.contains(&next)))
            .map(|(number, _)| *number)
    };
    let in_year = given(&['年']).or_else(|| u32::try_from(year?).ok());
    let is_year = in_year.is_some_and(|year| i64::from(year) == i64::from(day.year()));
    let last = day.checked_add_days(Days::new(1));
    let ends =
        last.is_some_and(|next| next.month() != day.month()) || [10, 20].contains(&day.day());
    let is_day = given(&['日', '号']).map_or(ends, |written| written == day.day());
    let parts = [day.day(), day.month(), in_year.unwrap_or_default()];
    let others = numbers.iter().any(|(number, _)| !parts.contains(number));
    is_year && is_day && !others && given(&['月']) == Some(day.month())
}

/// The numbers in the words, each with the character behind it.
fn numbers(words: &str) -> Vec<(u32, Option<char>)> {
    let mut found = Vec::new();
    let mut letters = words
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .peekable();
    while let Some(letter) = letters.next() {
        let mut run = String::new();
        let mut next = Some(letter);
        while let Some(digit) = next.filter(|letter| digit(*letter).is_some()) {
            run.push(digit);
            next = letters.next_if(|letter| self::digit(*letter).is_some());
        }
        if !run.is_empty() {
            found.push((value(&run), letters.peek().copied()));
        }
    }
    found
}

/// The value of a run of digits; 十 stands for ten, alone or between a tens digit and a ones digit.
fn value(run: &str) -> u32 {
    let (tens, ones) = match run.split_once('十') {
        None => ("0", run),
        Some((tens, ones)) => (if tens.is_empty() { "1" } else { tens }, ones),
    };
    let read = |run: &str| {
        run.chars().filter_map(digit).fold(0u32, |sum, digit| {
            sum.saturating_mul(10).saturating_add(digit)
        })
    };
    read(tens).saturating_mul(10).saturating_add(read(ones))
}

fn digit(letter: char) -> Option<u32> {
    let chinese = "〇一二三四五六七八九十"
        .chars()
        .position(|known| known == letter);
    let wide = "０１２３４５６７８９"
        .chars()
        .position(|known| known == letter);
    let other = chinese.or(wide).and_then(|place| u32::try_from(place).ok());
    letter.to_digit(10).or(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are(words: &str, day: &str) -> bool {
        are_of(words, day.parse().unwrap(), Some(2026))
    }

    #[test]
    fn import_07_a_day_that_the_words_give_is_taken() {
        for (words, day) in [
            ("2026年7月31日前", "2026-07-31"),
            ("7月底前", "2026-07-31"),
            ("七月三十一号", "2026-07-31"),
            ("二〇二七年十月中旬", "2027-10-20"),
            ("十二月上旬", "2026-12-10"),
            ("９月３０日", "2026-09-30"),
            ("年底前", "2026-12-31"),
        ] {
            assert!(are(words, day), "{words} {day}");
        }
    }

    #[test]
    fn import_07_another_day_than_the_words_give_is_not() {
        for (words, day) in [
            ("2026年7月31日前", "2026-07-30"),
            ("2026年7月31日前", "2027-07-31"),
            ("7月底前", "2026-08-31"),
            ("7月", "2026-07-15"),
            ("尽快", "2026-12-31"),
            ("10个工作日内", "2026-10-31"),
            ("抓紧推进", "2026-07-31"),
        ] {
            assert!(!are(words, day), "{words} {day}");
        }
    }
}
