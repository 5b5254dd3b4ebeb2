//! Parts of a plan's text by code points.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

/// The parts of a text between code points, which must be in reading order.
pub fn slices(text: &str, ranges: impl Iterator<Item = Range<u32>>) -> Vec<&str> {
    let mut walk = Walk::new(text);
    let mut found = Vec::new();
    for range in ranges {
        let start = walk.byte_of(range.start);
        let end = walk.byte_of(range.end);
        found.push(text.get(start..end).unwrap_or_default());
    }
    found
}

/// Code points to bytes, forwards only.
struct Walk<'a> {
    letters: Peekable<CharIndices<'a>>,
    at: u32,
    length: usize,
}

impl<'a> Walk<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            letters: text.char_indices().peekable(),
            at: 0,
            length: text.len(),
        }
    }

    fn byte_of(&mut self, target: u32) -> usize {
        while self.at < target && self.letters.next().is_some() {
            self.at += 1;
        }
        self.letters.peek().map_or(self.length, |(byte, _)| *byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_count_code_points_and_never_leave_the_text() {
        let text = "一、𠮷事\n二、乙";
        let ranges = [0..4, 5..8, 8..90];
        assert_eq!(slices(text, ranges.into_iter()), ["一、𠮷事", "二、乙", ""]);
    }
}
