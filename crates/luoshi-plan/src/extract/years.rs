//! The year of a date that names none: the nearest one stated before it in its section, else that
//! of the document (TIME-09).

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::clean::{cut, from, upto};
use crate::dates;
use crate::outline::Node;

/// The year of the document, or of its part of the file, by node.
pub(crate) type Years = Vec<Option<i32>>;

static YEAR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"((?:19|20)[0-9]{2})年").expect("the pattern is a constant"));

/// Goes through a text in order and remembers the year that was stated last.
pub(super) struct Stated<'a> {
    text: &'a str,
    nodes: &'a [Node],
    years: &'a Years,
    /// The section, as its topmost node, and the year.
    last: Option<(usize, i32)>,
    /// The first node whose title was not looked at; the root has none.
    untitled: usize,
}

impl<'a> Stated<'a> {
    pub(super) fn new(text: &'a str, nodes: &'a [Node], years: &'a Years) -> Self {
        Self {
            text,
            nodes,
            years,
            last: None,
            untitled: 1,
        }
    }

    /// The year that completes the dates of a sentence below `node`.
    pub(super) fn before(&self, node: usize, sentence: &Range<usize>) -> dates::Year {
        let document = self.years.get(node).copied().flatten();
        let sentence = cut(self.text, sentence.clone());
        let counted = dates::FROM_THE_DOCUMENT
            .iter()
            .any(|word| sentence.contains(word));
        match self.last {
            Some((section, year)) if !counted && section == self.section(node) => {
                dates::Year::Stated(year)
            }
            _ => dates::Year::Document(document),
        }
    }

    /// Takes the years of the titles down to `node`'s own.
    pub(super) fn enter(&mut self, node: usize) {
        while self.untitled <= node {
            let at = self.untitled;
            self.untitled += 1;
            let title = self.nodes.get(at).map(|node| node.title.clone());
            let title = cut(self.text, title.unwrap_or_default());
            if let Some(year) = titled(title) {
                self.last = Some((self.section(at), year));
            }
        }
    }

    /// Takes the year of a sentence below `node` that was read.
    pub(super) fn pass(&mut self, node: usize, sentence: &Range<usize>) {
        let text = cut(self.text, sentence.clone());
        // Looking for days costs more than looking for a year.
        if !text.contains("20") && !text.contains("19") {
            return;
        }
        let days = dates::find(text, None);
        if let Some(year) = days.iter().rev().find_map(|day| day.stated) {
            self.last = Some((self.section(node), year));
        }
    }

    /// The topmost node above, or of a file of several documents the topmost in its document.
    fn section(&self, node: usize) -> usize {
        let above = |at: &usize| self.nodes.get(*at).and_then(|node| node.parent);
        let is_document = |at: usize| {
            let node = self.nodes.get(at);
            at == 0 || node.is_some_and(|node| node.parent.is_none() && node.path.ends_with('篇'))
        };
        let chain =
            std::iter::successors(Some(node), |at| above(at).filter(|at| !is_document(*at)));
        chain.last().unwrap_or(node)
    }
}

/// The year whose work a title announces, and none that it looks back on or cites.
fn titled(title: &str) -> Option<i32> {
    let caps = YEAR.captures(title)?;
    let (whole, year) = (caps.get(0)?, caps.get(1)?);
    let after = from(title, whole.end());
    let back = ["以来", "起", "以前", "前"];
    if upto(title, whole.start()).contains('《') || back.iter().any(|word| after.starts_with(word))
    {
        return None;
    }
    year.as_str().parse().ok()
}
