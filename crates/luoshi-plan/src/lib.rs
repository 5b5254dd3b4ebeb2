//! Reads a plan: text to outline to obligations.
//!
//! The crate is pure: a text goes in, a [`reading::Reading`] comes out, nothing is stored and nothing
//! is fetched.
//! All offsets are code points of the text that was given, so that every finding can be cited.
//! The reader proposes; what becomes a task is for a person to confirm.

pub mod phrases;
pub mod reading;

mod calendar;
mod classify;
mod clean;
mod dates;
mod extract;
mod frequencies;
mod lexicon;
mod lines;
mod markers;
mod metadata;
mod numerals;
mod outline;
mod parts;
mod present;
mod quantities;
mod questions;
mod references;
mod script;
mod sentences;
mod signs;
mod tables;
mod units;
mod words;

use std::ops::Range;

use clean::{Clean, cut};
use reading::{ReadOptions, Reading};

/// Reads a text in one pass over its length; never fails, a text without obligations has none.
pub fn read(text: &str, options: &ReadOptions) -> Reading {
    let clean = Clean::new(text);
    let mut outline = outline::read(&clean);
    let about = metadata::read(&clean);
    let years = years(&clean, &outline, about.year, options.year);
    let norms = norm_word(&clean, &about.title_at).or_else(|| founds_norms(&clean));
    let drafts = extract::read(&clean, &outline, &years, norms.as_ref());
    // Only the headings are still asked for; a large text holds megabytes of blocks.
    outline.blocks = Vec::new();
    present::reading(&clean, &outline, about, &years, drafts)
}

/// The word in a stretch of text that announces standing norms rather than the work of one period.
fn norm_word(clean: &Clean, range: &Range<usize>) -> Option<Range<usize>> {
    const WORDS: [&str; 7] = ["机制", "细则", "制度", "办法", "规定", "条例", "守则"];
    let word = classify::first_of(cut(&clean.text, range.clone()), &WORDS)?;
    Some(range.start + word.start..range.start + word.end)
}

/// The word by which the foreword says that it lays down norms: 制定本细则.
fn founds_norms(clean: &Clean) -> Option<Range<usize>> {
    let mut head = clean.lines.iter().take(12);
    head.find_map(|line| {
        let text = cut(&clean.text, line.clone());
        let at = text.rfind("制定")? + "制定".len();
        let rest = line.start + at..line.end;
        let here = cut(&clean.text, rest.clone()).starts_with('本');
        norm_word(clean, &rest).filter(|_| here)
    })
}

/// The year that completes dates, for each node: of the document, or of its part of the file.
fn years(
    clean: &Clean,
    outline: &outline::Outline,
    document: Option<i32>,
    given: Option<i32>,
) -> extract::Years {
    let parts: Vec<usize> = outline
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, n)| n.parent.is_none() && n.path.starts_with('第') && n.path.ends_with('篇'))
        .map(|(i, _)| i)
        .collect();
    let end_of_text = clean.text.len();
    let whole = document
        .or_else(|| metadata::common_year(&clean.text))
        .or(given);
    let mut years = vec![whole; outline.nodes.len()];
    for (k, first) in parts.iter().enumerate() {
        let next = parts.get(k + 1).copied();
        let start = outline.nodes.get(*first).map_or(0, |n| n.start);
        let end = next
            .and_then(|n| outline.nodes.get(n))
            .map_or(end_of_text, |n| n.start);
        let year = metadata::common_year(cut(&clean.text, start..end)).or(whole);
        let last = next.unwrap_or(outline.nodes.len());
        for slot in years.iter_mut().take(last).skip(*first) {
            *slot = year;
        }
    }
    years
}
