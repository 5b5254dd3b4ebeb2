//! The text that the other modules read, and the way back to the text on disk.
//!
//! Widths and scripts are made uniform, bracketed pinyin is taken out, lines that a page break or a
//! blank line cut in two are joined again.
//! Every kept character carries the code point and the byte that it came from, so that each finding
//! can be cited as it was written.

use std::ops::Range;

use crate::{lines, script};

/// A cleaned text with its offset map.
#[derive(Debug)]
pub(crate) struct Clean<'a> {
    raw: &'a str,
    /// The lines one after the other, without line ends.
    pub(crate) text: String,
    /// Logical lines as byte ranges of `text`; none is empty.
    pub(crate) lines: Vec<Range<usize>>,
    /// The first kept character of each line and every [`STRIDE`]th after it.
    marks: Vec<Packed>,
    raw_chars: usize,
}

/// Where one character of the cleaned text came from.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// Byte in the cleaned text.
    at: usize,
    /// Code point in the raw text.
    point: usize,
    /// Byte in the raw text.
    byte: usize,
}

/// A [`Mark`] in half the room; a large text holds a hundred thousand of them.
#[derive(Debug, Clone, Copy)]
struct Packed {
    at: u32,
    point: u32,
    byte: u32,
}

impl Packed {
    fn of(mark: Mark) -> Self {
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            at: small(mark.at),
            point: small(mark.point),
            byte: small(mark.byte),
        }
    }

    fn at(self) -> usize {
        wide(self.at)
    }

    fn mark(self) -> Mark {
        Mark {
            at: self.at(),
            point: wide(self.point),
            byte: wide(self.byte),
        }
    }
}

fn wide(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// Longest text that is read, in bytes; what comes after is left out.
const LONGEST: usize = 4_000_000_000;

/// Kept characters from one mark to the next; those between are found by reading on from the mark.
const STRIDE: usize = 16;

/// Goes through a stretch of raw text, leaving out what the cleaned text does not have.
struct Walk<'a> {
    /// The stretch and what comes after it: a syllable may be cut by the end of a line.
    text: &'a str,
    chars: std::str::CharIndices<'a>,
    /// Characters gone past.
    passed: usize,
    /// Characters of a syllable that stand after the stretch.
    left: usize,
}

impl<'a> Walk<'a> {
    /// A walk through the first `length` bytes of a text, without its first `gone` characters.
    fn new(text: &'a str, length: usize, gone: usize) -> Self {
        let mut walk = Self {
            text,
            chars: upto(text, length).char_indices(),
            passed: 0,
            left: 0,
        };
        walk.leave_out(gone);
        walk
    }

    fn leave_out(&mut self, count: usize) {
        for at in 0..count {
            if self.chars.next().is_none() {
                self.left = count - at;
                return;
            }
            self.passed += 1;
        }
    }

    /// Goes past one character, as it reads.
    fn skip(&mut self) -> Option<char> {
        let (_, c) = self.chars.next()?;
        self.passed += 1;
        normal(c)
    }

    /// The next kept character: its byte and its number in the stretch, and how it reads.
    ///
    /// `begun` says whether its line has kept any before, `any` whether the text has.
    fn next(&mut self, begun: bool, any: bool) -> Option<(usize, usize, char)> {
        while let Some((at, c)) = self.chars.next() {
            let number = self.passed;
            self.passed += 1;
            if c == '(' && any {
                let group = pinyin(from(self.text, at));
                if group > 0 {
                    self.leave_out(group - 1);
                    continue;
                }
            }
            let Some(c) = normal(c) else { continue };
            if c == ' ' && !begun {
                continue;
            }
            return Some((at, number, c));
        }
        None
    }
}

/// The part of a text in a byte range; empty where the range does not fit.
pub(crate) fn cut(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// The text from a byte on; empty where that is no character boundary.
pub(crate) fn from(text: &str, start: usize) -> &str {
    text.get(start..).unwrap_or_default()
}

/// The text up to a byte; empty where that is no character boundary.
pub(crate) fn upto(text: &str, end: usize) -> &str {
    text.get(..end).unwrap_or_default()
}

impl<'a> Clean<'a> {
    /// Cleans a text in one pass.
    pub(crate) fn new(raw: &'a str) -> Self {
        let mut clean = Self {
            raw,
            text: String::with_capacity(raw.len()),
            lines: Vec::new(),
            marks: Vec::with_capacity(raw.len() / 60),
            raw_chars: 0,
        };
        let (mut byte, mut left) = (0, 0);
        for line in raw.split_inclusive('\n') {
            if byte + line.len() > LONGEST {
                break;
            }
            left = clean.push_line(line.len(), byte, left);
            byte += line.len();
        }
        clean
    }

    /// Adds the line of a length at a byte without its first `gone` characters; how many of the
    /// next line are gone with it.
    fn push_line(&mut self, length: usize, byte: usize, gone: usize) -> usize {
        let start = self.text.len();
        let first_mark = self.marks.len();
        let mut walk = Walk::new(from(self.raw, byte), length, gone);
        let mut count = 0_usize;
        while let Some((at, number, c)) = walk.next(count > 0, !self.text.is_empty()) {
            if count.is_multiple_of(STRIDE) {
                self.marks.push(Packed::of(Mark {
                    at: self.text.len(),
                    point: self.raw_chars + number,
                    byte: byte + at,
                }));
            }
            count += 1;
            self.text.push(c);
        }
        self.raw_chars += walk.passed;
        let kept = self.text.trim_end_matches(' ').len().max(start);
        self.text.truncate(kept);
        while self.marks.len() > first_mark && self.marks.last().is_some_and(|m| m.at() >= kept) {
            self.marks.pop();
        }
        if self.text.len() == start {
            return walk.left;
        }
        if let Some(last) = self.lines.last_mut()
            && lines::continues(cut(&self.text, last.clone()), from(&self.text, start))
        {
            last.end = self.text.len();
            return walk.left;
        }
        self.lines.push(start..self.text.len());
        walk.left
    }

    /// Number of code points of the raw text.
    pub(crate) fn raw_len(&self) -> usize {
        self.raw_chars
    }

    /// Code points of the raw text that a byte range of the cleaned text came from.
    pub(crate) fn points(&self, range: &Range<usize>) -> Range<usize> {
        self.cite(range).0
    }

    /// Code point of the raw text where a byte of the cleaned text came from.
    pub(crate) fn point(&self, at: usize) -> usize {
        self.mark(at).map_or(self.raw_chars, |m| m.point)
    }

    /// The raw text of a byte range of the cleaned text.
    pub(crate) fn raw(&self, range: &Range<usize>) -> &'a str {
        self.cite(range).1
    }

    /// Where a byte range of the cleaned text came from: its code points and the raw text there.
    pub(crate) fn cite(&self, range: &Range<usize>) -> (Range<usize>, &'a str) {
        let Some((first, last)) = self.ends(range) else {
            return (0..0, "");
        };
        let width = from(self.raw, last.byte)
            .chars()
            .next()
            .map_or(0, char::len_utf8);
        // The pinyin in brackets that was taken out belongs to the character before it.
        let after = last.byte + width;
        let rest = from(self.raw, after);
        let gone = if rest.starts_with('(') {
            pinyin(rest)
        } else {
            0
        };
        let bytes: usize = rest.chars().take(gone).map(char::len_utf8).sum();
        let raw = cut(self.raw, first.byte..after + bytes);
        (first.point..last.point + 1 + gone, raw)
    }

    fn ends(&self, range: &Range<usize>) -> Option<(Mark, Mark)> {
        let last = cut(&self.text, range.clone()).chars().next_back()?;
        let end = range.end - last.len_utf8();
        let first = self.mark(range.start)?;
        let before = self.before(end)?;
        // A short range goes on from its own start.
        let near = if before.at > first.at { before } else { first };
        Some((first, self.walk(near, end)?))
    }

    /// Where the character at a byte of the cleaned text came from.
    fn mark(&self, at: usize) -> Option<Mark> {
        self.walk(self.before(at)?, at)
    }

    /// The last mark that is not after a byte of the cleaned text.
    fn before(&self, at: usize) -> Option<Mark> {
        if at >= self.text.len() {
            return None;
        }
        let after = self.marks.partition_point(|m| m.at() <= at);
        Some(self.marks.get(after.checked_sub(1)?)?.mark())
    }

    /// Goes on from a kept character to the one at a byte of the cleaned text.
    fn walk(&self, near: Mark, at: usize) -> Option<Mark> {
        let rest = from(self.raw, near.byte);
        let mut walk = Walk::new(rest, rest.len(), 0);
        // The character to start from is kept, whatever it is.
        let mut here = near;
        let mut reached = near.at + walk.skip()?.len_utf8();
        while here.at < at {
            let (byte, number, c) = walk.next(true, true)?;
            here = Mark {
                at: reached,
                point: near.point + number,
                byte: near.byte + byte,
            };
            reached += c.len_utf8();
        }
        Some(here)
    }
}

/// The character to read in place of another; `None` where it is left out.
fn normal(c: char) -> Option<char> {
    Some(match c {
        script::FIRST..=script::LAST => script::simplified(c),
        '\u{feff}' | '\u{200b}' | '\r' | '\n' => return None,
        '\u{3000}' | '\u{a0}' | '\t' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xff01 + 0x21).unwrap_or(c),
        '–' => '-',
        '〈' => '《',
        '〉' => '》',
        c if c.is_ascii() => c,
        c if c.is_control() => ' ',
        c => c,
    })
}

/// Number of characters of a bracketed pinyin syllable at the start of the text, 0 for none.
///
/// A tone mark is demanded, so that real brackets such as `(app)` stay.
fn pinyin(text: &str) -> usize {
    let mut tone = false;
    for (i, c) in text.chars().enumerate().skip(1).take(8) {
        match c {
            ')' if tone => return i + 1,
            'a'..='z' | '\r' | '\n' => {}
            'à'
            | 'á'
            | 'è'
            | 'é'
            | 'ê'
            | 'ì'
            | 'í'
            | 'ò'
            | 'ó'
            | 'ù'
            | 'ú'
            | 'ü'
            | 'ā'
            | 'ē'
            | 'ě'
            | 'ī'
            | 'ń'
            | 'ň'
            | 'ō'
            | 'ū'
            | 'ǎ'..='ǜ'
            | 'ǹ' => tone = true,
            _ => return 0,
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_03_pinyin_goes_and_real_brackets_stay_in_the_seeds() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seeds");
        let Ok(mut files) = std::fs::read_dir(&folder) else {
            eprintln!("no seeds at {}, nothing checked", folder.display());
            return;
        };
        let Some(file) = files.find_map(|f| {
            let file = f.ok()?;
            file.file_name()
                .to_string_lossy()
                .starts_with("004")
                .then_some(file)
        }) else {
            return;
        };
        let raw = std::fs::read_to_string(file.path()).unwrap();
        let clean = Clean::new(&raw);
        let brackets = |text: &str| text.matches(['(', '（']).count();
        assert_eq!(brackets(&raw) - brackets(&clean.text), 228);
        assert!(clean.text.contains("(销号)"));
        let han = |text: &str| text.chars().filter(|c| ('一'..='鿿').contains(c)).count();
        assert_eq!(han(&raw), han(&clean.text));
    }

    proptest::proptest! {
        #[test]
        fn import_02_and_03_cleaning_what_is_clean_changes_nothing(
            pieces in proptest::collection::vec(
                proptest::sample::select(vec![
                    "領(lǐng)導", "(附表)", "（區）", "\n", "\n\n", "　", " ", "。", "；", ":", "１．", "一、", "(二)",
                    "第三条", "签约项", "2024年", "①", "一是", "|", "A", "“", "”", "(", ")", "ǐ", "承擔",
                ]),
                0..24,
            ),
        ) {
            let once = Clean::new(&pieces.concat()).text;
            let again = Clean::new(&once).text;
            proptest::prop_assert_eq!(again, once);
        }
    }

    #[test]
    fn import_03_bracketed_pinyin_is_dropped_and_real_brackets_stay() {
        let clean = Clean::new("加強領(lǐng)導(銷號)工作(app)。");
        assert_eq!(clean.text, "加强领导(销号)工作(app)。");
        let at = clean.text.find('导').unwrap();
        assert_eq!(clean.raw(&(at - 3..at + 3)), "領(lǐng)導");
        assert_eq!(clean.points(&(at..at + 3)), 9..10);
    }

    #[test]
    fn import_03_pinyin_that_a_line_end_cuts_is_dropped_and_cited_as_written() {
        let clean = Clean::new("加強領(lǐ\nng)導，\n承擔\n(dān)責任。");
        assert_eq!(clean.text, "加强领导,承担责任。");
        let at = clean.text.find('责').unwrap();
        assert_eq!(clean.raw(&(at..at + 6)), "責任");
        let at = clean.text.find('导').unwrap();
        assert_eq!(clean.raw(&(at..at + 3)), "導");
        assert_eq!(clean.points(&(at..at + 3)), 10..11);
    }

    #[test]
    fn import_02_a_line_cut_mid_sentence_is_joined() {
        let clean = Clean::new("油耗由车队每月报送，上年度结转项\n\n目一并报送。\n二、要求\n");
        let lines: Vec<&str> = clean
            .lines
            .iter()
            .map(|r| cut(&clean.text, r.clone()))
            .collect();
        assert_eq!(
            lines,
            ["油耗由车队每月报送,上年度结转项目一并报送。", "二、要求"]
        );
    }

    #[test]
    fn full_and_half_width_read_alike() {
        let clean = Clean::new("　１．落实（一）：");
        assert_eq!(clean.text, "1.落实(一):");
        assert_eq!(clean.points(&(0..1)), 1..2);
    }
}
