//! A deadline phrase that stands alone, as in a field (TIME-09).
//!
//! The same reader as for a plan's sentences, so that a phrase means the same wherever it is met.

use crate::dates;

/// What a phrase says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phrase {
    /// The last day, inclusive.
    Day {
        /// `None` where neither the phrase nor anything around it names the year.
        year: Option<i32>,
        month: u32,
        day: u32,
        /// Whether the year is not in the phrase.
        inferred_year: bool,
    },
    /// Names no day, as 主汛期前: kept as a note.
    Note,
}

/// Reads a phrase that is all of `text`; `year` completes one without a year.
pub fn read(text: &str, year: Option<i32>) -> Option<Phrase> {
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(half_width)
        .collect();
    // A phrase that stands alone is due as if something had to be done by it.
    let sentence = format!("{plain}完成");
    let found = dates::find(&sentence, year);
    let [found] = found.as_slice() else {
        return None;
    };
    if found.range != (0..plain.len()) || found.vague {
        return None;
    }
    let Some(date) = &found.date else {
        return Some(Phrase::Note);
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Phrase::Day {
        year: year.parse().ok(),
        month: month.parse().ok()?,
        day: day.parse().ok()?,
        inferred_year: found.inferred_year,
    })
}

fn half_width(letter: char) -> char {
    match letter {
        '！'..='～' => u32::from(letter)
            .checked_sub(0xfee0)
            .and_then(char::from_u32)
            .unwrap_or(letter),
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str, year: i32) -> String {
        match read(text, Some(year)) {
            Some(Phrase::Day {
                year: Some(year),
                month,
                day,
                ..
            }) => format!("{year}-{month:02}-{day:02}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn time_09_every_kind_of_phrase_has_its_day() {
        for (text, year, want) in [
            ("6月底", 2013, "2013-06-30"),
            ("4月份", 2013, "2013-04-30"),
            ("二季度结束前", 2023, "2023-06-30"),
            ("一季度结束前", 2023, "2023-03-31"),
            ("2022年年底前", 2026, "2022-12-31"),
            ("2022年9月底前", 2026, "2022-09-30"),
            ("年底前", 2026, "2026-12-31"),
            ("年内", 2026, "2026-12-31"),
            ("年终", 2026, "2026-12-31"),
            ("上半年", 2026, "2026-06-30"),
            ("到9月底", 2026, "2026-09-30"),
            ("11月20日前", 2026, "2026-11-20"),
            ("7月31日之前", 2014, "2014-07-31"),
            ("６月底", 2024, "2024-06-30"),
            ("2月底", 2024, "2024-02-29"),
            ("6月底（主汛期前）", 2013, "2013-06-30"),
        ] {
            assert_eq!(day(text, year), want, "{text}");
        }
    }

    #[test]
    fn time_09_a_phrase_without_a_day_is_a_note_and_without_a_year_is_open() {
        assert_eq!(read("主汛期前", Some(2013)), Some(Phrase::Note));
        let open = Phrase::Day {
            year: None,
            month: 6,
            day: 30,
            inferred_year: false,
        };
        assert_eq!(read("6月底", None), Some(open));
    }

    #[test]
    fn time_09_what_is_no_phrase_is_none() {
        for text in [
            "",
            "尽快",
            "每年6月底",
            "6月底和7月底",
            "13月底",
            "会议室",
            "6月底开会",
        ] {
            assert_eq!(read(text, Some(2026)), None, "{text}");
        }
    }
}
