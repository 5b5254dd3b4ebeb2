//! Which part of a line is a heading.

use std::ops::Range;

use crate::clean::cut;
use crate::markers::{self, Rank};
use crate::units::names;

/// Longest run-in heading, in characters.
const RUN_IN: usize = 30;
/// Longest heading on a line of its own, in characters.
pub(super) const OWN_LINE: usize = 45;

/// Bytes of the heading that a numbered line begins with, 0 where the line is an item.
pub(super) fn heading_len(line: &str, next: &str) -> usize {
    let mut chars = 0;
    let mut previous = ' ';
    for (at, c) in line.char_indices() {
        let end = at + c.len_utf8();
        match c {
            '。' => {
                if end < line.len() {
                    return if chars <= RUN_IN && !is_duty(cut(line, 0..at)) {
                        end
                    } else {
                        0
                    };
                }
                let below = !next.is_empty() && markers::at_start(next).is_none();
                return if chars <= 15 && below { end } else { 0 };
            }
            ';' => return 0,
            ':' if chars <= 24 && !previous.is_ascii_digit() => return end,
            ',' if chars > RUN_IN => return 0,
            _ => {}
        }
        chars += 1;
        previous = c;
    }
    if chars <= OWN_LINE { line.len() } else { 0 }
}

/// A first sentence that already gives somebody a duty is no heading.
fn is_duty(head: &str) -> bool {
    let bound = ["应当", "不得", "必须", "不低于", "不少于", "严禁"]
        .iter()
        .any(|w| head.contains(w));
    let banned = head
        .split_once('不')
        .is_some_and(|(who, _)| names::is_list(who));
    bound
        || banned
        || head
            .split_once("负责")
            .is_some_and(|(who, _)| names::is_list(who))
}

/// A range without final punctuation.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = cut(text, range.clone());
    let kept = part.trim_end_matches(['。', ':', ' ', ';']).len();
    range.start..range.start + kept
}

/// Whether a line is the name of an annex in a list of annexes.
pub(super) fn is_annex_name(line: &str) -> bool {
    markers::at_start(line).is_some_and(|m| m.rank == Rank::Arabic) && !line.ends_with('。')
}

/// A short line without a number that stands between body text and what it heads.
pub(super) fn is_plain_heading(line: &str, before: &str, next: &str) -> bool {
    let count = line.chars().take(17).count();
    if !(4..=16).contains(&count) || !before.ends_with(['。', ':', ';']) {
        return false;
    }
    if line
        .chars()
        .any(|c| c.is_ascii_digit() || "。;:|()《》".contains(c))
    {
        return false;
    }
    let first = markers::at_start(next).is_some_and(|m| m.number == 1);
    let long = next.chars().nth(24).is_some() && (next.ends_with('。') || next.contains('。'));
    first || long
}
