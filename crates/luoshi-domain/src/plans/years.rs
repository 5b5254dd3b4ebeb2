//! The year that a plan's dates stand in (TIME-09, IMPORT-12).

use chrono::{Datelike, NaiveDate};

use crate::plans::{Decision, Draft, Plan, PlanDetails, PlanEvent, Proposal, Reading};

/// Stands for the year of a date that nobody knows the year of.
const UNKNOWN_YEAR: &str = "XXXX";

/// Signs between which a year names something else: titles, document numbers, quotations.
const QUOTING: [(char, char); 3] = [('《', '》'), ('〔', '〕'), ('“', '”')];

/// From the year that completed the dates when the text was read to the year they stand in now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearContext {
    pub read: Option<i32>,
    pub now: Option<i32>,
    /// Added to years that the words name themselves.
    pub shift: i32,
}

impl PlanDetails {
    /// The year that completes dates: as given, else that of issue.
    pub fn dated_year(&self) -> Option<i32> {
        self.year.or(self.issued_on.map(|day| day.year()))
    }
}

impl Reading {
    /// The last day that the deadline's words mean in a year's context.
    pub fn limit(&self, context: YearContext) -> Option<NaiveDate> {
        let due = self.due.as_deref()?;
        let (year, day) = due.split_once('-')?;
        let (month, day) = day.split_once('-')?;
        let (month, day): (u32, u32) = (month.parse().ok()?, day.parse().ok()?);
        let year = if year == UNKNOWN_YEAR {
            context.now? - i32::from(self.is_before_january())
        } else {
            let written: i32 = year.parse().ok()?;
            if self.due_completed {
                written + context.now? - context.read.or(context.now)?
            } else {
                written + context.shift
            }
        };
        let last = last_day(year, month)?;
        // 2月底 is the 29th in a leap year; 2月29日 in another year is the month's last day.
        let ends_month = month == 2 && (28..=29).contains(&day) && !self.names_day(day);
        NaiveDate::from_ymd_opt(year, month, if ends_month { last } else { day.min(last) })
    }

    /// Whether the deadline has a day and a month and no known year.
    pub fn lacks_year(&self) -> bool {
        self.due
            .as_deref()
            .is_some_and(|due| due.starts_with(UNKNOWN_YEAR))
    }

    /// "Before January" ends with the year before.
    fn is_before_january(&self) -> bool {
        let words = self.deadline.as_deref().unwrap_or_default();
        let ends_year = self
            .due
            .as_deref()
            .is_some_and(|due| due.ends_with("-12-31"));
        ends_year
            && ["1月前", "1月之前", "1月以前"].iter().any(|end| {
                words
                    .strip_suffix(end)
                    .is_some_and(|before| !before.ends_with(|last: char| last.is_ascii_digit()))
            })
    }

    fn names_day(&self, day: u32) -> bool {
        let words = self.deadline.as_deref().unwrap_or_default();
        words.contains(&format!("{day}日")) || words.contains(&format!("{day}号"))
    }
}

impl Plan {
    /// The year context under these details.
    pub fn year_context(&self, details: &PlanDetails) -> YearContext {
        YearContext {
            read: self.lineage.read_year,
            now: details.dated_year(),
            shift: self.lineage.shift(),
        }
    }

    /// The edits that other details make necessary: limits that still stand as read.
    pub(super) fn redated(&self, details: &PlanDetails) -> Vec<PlanEvent> {
        let before = self.year_context(&self.details);
        let after = self.year_context(details);
        if before == after {
            return Vec::new();
        }
        let changed = self.proposals.iter().filter_map(|proposal| {
            let limit = proposal.reading.limit(after);
            let as_read = proposal.draft.limit == proposal.reading.limit(before);
            // What was accepted without a limit for want of a year gets it; nothing else changes.
            let wanted = match proposal.decision {
                Decision::Open => true,
                Decision::Accepted => proposal.draft.limit.is_none(),
                _ => false,
            };
            let draft = Draft {
                limit,
                ..proposal.draft.clone()
            };
            (wanted && as_read && draft != proposal.draft).then(|| PlanEvent::ProposalEdited {
                proposal: proposal.id,
                draft: Box::new(draft),
            })
        });
        changed.collect()
    }

    /// Accepted proposals whose deadline waits for the year.
    pub fn lacking_year(&self) -> impl Iterator<Item = &Proposal> {
        let unknown = self.details.dated_year().is_none();
        self.proposals.iter().filter(move |known| {
            unknown
                && known.decision == Decision::Accepted
                && known.draft.kind.tracked().is_some()
                && known.draft.limit.is_none()
                && known.reading.lacks_year()
        })
    }
}

/// The text with each year that it names itself moved; titles and numbers of documents stay.
pub fn shift_years(text: &str, shift: i32) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0u32;
    let mut digits = String::new();
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        let year = (letter == '年' && depth == 0).then(|| plausible(&digits));
        match year.flatten() {
            Some(year) => out.push_str(&(year + shift).to_string()),
            None => out.push_str(&digits),
        }
        digits.clear();
        if QUOTING.iter().any(|(open, _)| *open == letter) {
            depth += 1;
        } else if QUOTING.iter().any(|(_, close)| *close == letter) {
            depth = depth.saturating_sub(1);
        }
        out.push(letter);
    }
    out.push_str(&digits);
    out
}

/// The day in another year; the last of the month where there is no such day.
pub fn shift_day(day: NaiveDate, shift: i32) -> Option<NaiveDate> {
    let year = day.year() + shift;
    let last = last_day(year, day.month())?;
    NaiveDate::from_ymd_opt(year, day.month(), day.day().min(last))
}

fn plausible(digits: &str) -> Option<i32> {
    let year = digits.parse().ok()?;
    (digits.len() == 4 && (1900..2200).contains(&year)).then_some(year)
}

fn last_day(year: i32, month: u32) -> Option<u32> {
    let (year, month) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    NaiveDate::from_ymd_opt(year, month, 1)?
        .pred_opt()
        .map(|day| day.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(words: &str, due: &str, completed: bool) -> Reading {
        Reading {
            deadline: Some(words.into()),
            due: Some(due.into()),
            due_completed: completed,
            ..Reading::default()
        }
    }

    fn limit(reading: &Reading, read: Option<i32>, now: Option<i32>, shift: i32) -> String {
        let limit = reading.limit(YearContext { read, now, shift });
        limit.map_or_else(|| "none".into(), |day| day.to_string())
    }

    #[test]
    fn import_12_a_date_is_completed_by_the_year_and_moves_with_it() {
        for (words, due, completed, read, now, shift, want) in [
            ("7月31日前", "XXXX-07-31", false, None, None, 0, "none"),
            (
                "7月31日前",
                "XXXX-07-31",
                false,
                None,
                Some(2014),
                0,
                "2014-07-31",
            ),
            (
                "7月31日前",
                "2014-07-31",
                true,
                Some(2014),
                Some(2015),
                0,
                "2015-07-31",
            ),
            ("7月31日前", "2014-07-31", true, Some(2014), None, 0, "none"),
            (
                "2014年7月31日前",
                "2014-07-31",
                false,
                None,
                Some(2015),
                0,
                "2014-07-31",
            ),
            (
                "2014年7月31日前",
                "2014-07-31",
                false,
                None,
                Some(2015),
                1,
                "2015-07-31",
            ),
            (
                "2月底前",
                "2014-02-28",
                true,
                Some(2014),
                Some(2016),
                0,
                "2016-02-29",
            ),
            (
                "2月底前",
                "2016-02-29",
                true,
                Some(2016),
                Some(2017),
                0,
                "2017-02-28",
            ),
            (
                "2月28日前",
                "2014-02-28",
                true,
                Some(2014),
                Some(2016),
                0,
                "2016-02-28",
            ),
            (
                "2月29日前",
                "2016-02-29",
                true,
                Some(2016),
                Some(2017),
                0,
                "2017-02-28",
            ),
            (
                "1月前",
                "2013-12-31",
                true,
                Some(2014),
                Some(2016),
                0,
                "2015-12-31",
            ),
            (
                "1月前",
                "XXXX-12-31",
                false,
                None,
                Some(2016),
                0,
                "2015-12-31",
            ),
            (
                "11月前",
                "XXXX-10-31",
                false,
                None,
                Some(2016),
                0,
                "2016-10-31",
            ),
        ] {
            let reading = reading(words, due, completed);
            assert_eq!(
                limit(&reading, read, now, shift),
                want,
                "{words} {due} {now:?}"
            );
        }
    }

    #[test]
    fn import_12_years_in_the_words_move_and_titles_stay() {
        let text = "2014年7月底前，按《2013年清单》（交发〔2014〕8号）完成2014年任务，20145年不动";
        let moved = "2015年7月底前，按《2013年清单》（交发〔2014〕8号）完成2015年任务，20145年不动";
        assert_eq!(shift_years(text, 1), moved);
    }

    #[test]
    fn import_12_the_leap_day_moves_to_the_last_of_february() {
        let leap = "2024-02-29".parse().unwrap();
        assert_eq!(shift_day(leap, 1), "2025-02-28".parse().ok());
        assert_eq!(shift_day(leap, 4), "2028-02-29".parse().ok());
    }
}
