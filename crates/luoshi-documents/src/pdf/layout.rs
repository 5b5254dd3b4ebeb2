//! Signs with their places to lines, and lines to paragraphs.
//!
//! A paragraph goes on where a line reaches the right margin and the next begins at the left one.
//! What stands at the head or foot of most pages, and page numbers, are left out, so that a
//! paragraph also goes on over the end of a page.

use std::collections::HashMap;

use crate::error::ReadError;
use crate::limits::Budget;
use crate::tables::starts_with_number;

/// Lines at each end of a page that may be its head or foot.
const EDGE: usize = 2;

/// A sign, or signs that the writer kept together, and where they stand.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) left: f32,
    pub(super) right: f32,
    /// Place of the baseline, growing down the page.
    pub(super) down: f32,
    pub(super) size: f32,
    pub(super) text: String,
}

/// The signs of a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    runs: Vec<Run>,
}

/// A line of a page.
#[derive(Debug)]
struct Line {
    left: f32,
    right: f32,
    down: f32,
    size: f32,
    text: String,
}

impl Page {
    pub(super) fn push(&mut self, run: Run) {
        self.runs.push(run);
    }

    /// How many signs it has, blanks left out.
    pub(super) fn signs(&self) -> usize {
        let texts = self.runs.iter().map(|run| run.text.trim());
        texts.map(|text| text.chars().count()).sum()
    }

    fn lines(mut self) -> Vec<Line> {
        self.runs.sort_by(|a, b| a.down.total_cmp(&b.down));
        let mut rows: Vec<Vec<Run>> = Vec::new();
        for run in self.runs {
            if run.text.trim().is_empty() {
                continue;
            }
            match rows.last_mut() {
                Some(row)
                    if row.last().is_some_and(|last| {
                        run.down - last.down < 0.4 * run.size.max(last.size)
                    }) =>
                {
                    row.push(run);
                }
                _ => rows.push(vec![run]),
            }
        }
        rows.into_iter().filter_map(line).collect()
    }
}

/// The signs of one line in reading order, with blanks where there are gaps.
fn line(mut row: Vec<Run>) -> Option<Line> {
    row.sort_by(|a, b| a.left.total_cmp(&b.left));
    let first = row.first()?;
    let mut line = Line {
        left: first.left,
        right: first.right,
        down: first.down,
        size: 0.0,
        text: String::new(),
    };
    let mut before: Option<&Run> = None;
    for run in &row {
        if let Some(before) = before {
            // Some writers draw a sign twice to make it bold.
            let same = run.text == before.text && run.left - before.left < 0.3 * run.size;
            if same {
                continue;
            }
            let gap = run.left - before.right;
            let latin = |text: &str| text.contains(|c: char| c.is_ascii_alphanumeric());
            let words = latin(&before.text) && latin(&run.text);
            if gap > run.size * if words { 0.15 } else { 0.9 } {
                line.text.push(' ');
            }
        }
        line.text.push_str(&run.text);
        line.right = line.right.max(run.right);
        line.size = line.size.max(run.size);
        before = Some(run);
    }
    Some(line)
}

/// The text of all pages, one paragraph a line.
pub(super) fn text(pages: Vec<Page>, budget: &Budget<'_>) -> Result<String, ReadError> {
    let mut lines: Vec<Vec<Line>> = Vec::new();
    for page in pages {
        budget.check_time()?;
        lines.push(page.lines());
    }
    drop_edges(&mut lines);
    let (left, right) = margins(&lines);
    let mut text = String::new();
    let mut before: Option<Line> = None;
    for (page, lines) in lines.into_iter().enumerate() {
        for (at, line) in lines.into_iter().enumerate() {
            budget.write(line.text.len() + 1)?;
            let breaks_page = at == 0 && page > 0;
            if let Some(before) = &before {
                if goes_on(before, &line, left, right, breaks_page) {
                    let ends = text.ends_with(|c: char| c.is_ascii_alphanumeric());
                    if ends && line.text.starts_with(|c: char| c.is_ascii_alphabetic()) {
                        text.push(' ');
                    }
                } else {
                    text.push('\n');
                }
            }
            text.push_str(&line.text);
            before = Some(line);
        }
    }
    text.push('\n');
    Ok(text)
}

/// Whether a line goes on with the paragraph of the one before.
fn goes_on(before: &Line, line: &Line, left: f32, right: f32, breaks_page: bool) -> bool {
    let size = before.size.max(line.size);
    // A mark at the end of a line may be pushed out of it, or be drawn half as wide.
    let full = before.right >= right - 2.1 * size;
    let flush = line.left <= left + 0.8 * size;
    let alike = (before.size - line.size).abs() <= 0.15 * size;
    let near = breaks_page || line.down - before.down <= 2.6 * size;
    let closed = before
        .text
        .ends_with(['。', '；', '：', '）', ';', ':', ')']);
    let begins = closed && starts_with_number(&line.text);
    full && flush && alike && near && !begins
}

/// Where most of the text begins and ends.
fn margins(pages: &[Vec<Line>]) -> (f32, f32) {
    let lines = || pages.iter().flatten();
    let mut rights: Vec<f32> = lines().map(|line| line.right).collect();
    rights.sort_by(f32::total_cmp);
    let right = rights.get(rights.len() * 19 / 20).or(rights.last());
    let mut lefts: Vec<f32> = lines().map(|line| line.left).collect();
    lefts.sort_by(f32::total_cmp);
    // The leftmost place where several lines begin; one alone may stick out.
    let need = (lefts.len() / 25).clamp(1, 3);
    let left = lefts.iter().enumerate().find(|(at, left)| {
        let last = lefts.get(at + need - 1);
        last.is_some_and(|last| last - *left < 4.0)
    });
    let left = left.map(|(_, left)| *left).or(lefts.first().copied());
    (left.unwrap_or(0.0), right.copied().unwrap_or(0.0))
}

/// Leaves out page numbers and what is the same at the head or foot of most pages.
fn drop_edges(pages: &mut [Vec<Line>]) {
    let is_edge = |at: usize, count: usize| at < EDGE || at + EDGE >= count;
    let mut seen: HashMap<String, usize> = HashMap::new();
    for lines in pages.iter() {
        let edges = lines.iter().enumerate();
        let edges = edges.filter(|(at, _)| is_edge(*at, lines.len()));
        let mut own: Vec<String> = edges.map(|(_, line)| pattern(&line.text)).collect();
        own.sort_unstable();
        own.dedup();
        for pattern in own {
            *seen.entry(pattern).or_default() += 1;
        }
    }
    let often = (pages.len() * 3 / 5).max(2);
    for lines in pages.iter_mut() {
        let count = lines.len();
        let mut at = 0;
        lines.retain(|line| {
            at += 1;
            let first_or_last = at == 1 || at == count;
            let repeated = seen.get(&pattern(&line.text)).is_some_and(|n| *n >= often);
            let dropped = (is_edge(at - 1, count) && repeated && count > EDGE * 2)
                || (first_or_last && is_page_number(&line.text));
            !dropped
        });
    }
}

/// A line without blanks and with all numbers alike.
fn pattern(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        if c.is_ascii_digit() {
            if !pattern.ends_with('#') {
                pattern.push('#');
            }
        } else {
            pattern.push(c);
        }
    }
    pattern
}

/// `3`, `— 3 —`, `第3页`, `第3页共9页`, `3/9`.
fn is_page_number(text: &str) -> bool {
    let pattern = pattern(text);
    let bare = pattern.trim_matches(|c| "-—–－·.".contains(c));
    matches!(
        bare,
        "#" | "第#页" | "第#页共#页" | "第#页/共#页" | "#/#" | "共#页第#页" | "第#页，共#页"
    )
}
