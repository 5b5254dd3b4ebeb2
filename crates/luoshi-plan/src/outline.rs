//! Lines to clauses: numbers, headings and what stands below them.
//!
//! Every line belongs to one node; nodes are in reading order and each goes on until the next begins.

use std::ops::Range;

use crate::clean::{Clean, cut, from};
use crate::markers::{self, Marker, Rank};
use crate::reading::HeadingKind;
use crate::tables::{self, Columns, Row};
use crate::units::names;

/// A clause while it is being read; ranges are bytes of the cleaned text.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Segments joined by `/`.
    pub(crate) path: String,
    /// Number of segments.
    pub(crate) level: usize,
    /// Title without number and final punctuation; empty for an item.
    pub(crate) title: Range<usize>,
    /// What sort of entry it is.
    pub(crate) kind: HeadingKind,
    /// Where it begins, with its number.
    pub(crate) start: usize,
    /// The node above; `None` at the top.
    pub(crate) parent: Option<usize>,
    /// Whether it takes up a clause again after the items of a list; no entry of the outline.
    pub(crate) continues: bool,
}

/// A stretch of running text below a node.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// The node it belongs to.
    pub(crate) node: usize,
    /// Bytes of the cleaned text.
    pub(crate) range: Range<usize>,
    /// The other cells, where the text is a table cell.
    pub(crate) row: Option<Row>,
    /// Whether the text is the node's own numbered line rather than a paragraph below it.
    pub(crate) own_line: bool,
}

/// The outline of a text.
#[derive(Debug)]
pub(crate) struct Outline {
    /// The first node is the text before the first heading.
    pub(crate) nodes: Vec<Node>,
    /// In reading order.
    pub(crate) blocks: Vec<Block>,
}

/// Path of the text before the first heading.
pub(crate) const FOREWORD: &str = "前言";

/// Longest run-in heading, in characters.
const RUN_IN: usize = 30;
/// Longest heading on a line of its own, in characters.
const OWN_LINE: usize = 45;

/// Reads the outline of a cleaned text.
pub(crate) fn read(clean: &Clean<'_>) -> Outline {
    let mut reader = Reader {
        clean,
        text: &clean.text,
        outline: Outline {
            nodes: vec![Node {
                path: FOREWORD.to_owned(),
                level: 1,
                title: 0..0,
                kind: HeadingKind::Heading,
                start: 0,
                parent: None,
                continues: false,
            }],
            blocks: Vec::new(),
        },
        stack: Vec::new(),
        columns: Columns::default(),
        annex_list: false,
        body_seen: false,
        current: 0,
        last: [0; 2],
    };
    for (i, line) in clean.lines.iter().enumerate() {
        let next = clean
            .lines
            .get(i + 1)
            .map_or("", |r| cut(&clean.text, r.clone()));
        let before = i.checked_sub(1).and_then(|b| clean.lines.get(b));
        let before = before.map_or("", |r| cut(&clean.text, r.clone()));
        reader.line(line, before, next);
    }
    reader.adopt_bodiless();
    reader.outline
}

struct Reader<'a> {
    clean: &'a Clean<'a>,
    text: &'a str,
    outline: Outline,
    stack: Vec<(Rank, usize, u32)>,
    columns: Columns,
    annex_list: bool,
    body_seen: bool,
    current: usize,
    /// The last number of 一、 and of (一); some documents count (一) on across 一、二、
    last: [u32; 2],
}

impl Reader<'_> {
    fn line(&mut self, range: &Range<usize>, before: &str, next: &str) {
        let line = cut(self.text, range.clone());
        if line.starts_with('|') {
            self.table_line(range);
            return;
        }
        if self.annex_list && is_annex_name(line) {
            self.block(range.clone(), None, false);
            return;
        }
        self.annex_list = line.starts_with("附件:");
        let mut rest = range.clone();
        while let Some(at) = self.glued(&rest) {
            self.single(&(rest.start..at), before, "");
            rest.start = at;
        }
        self.single(&rest, before, next);
    }

    /// A line, or the part of a line between two headings.
    fn single(&mut self, range: &Range<usize>, before: &str, next: &str) {
        let line = cut(self.text, range.clone());
        if let Some(marker) = markers::at_start(line) {
            self.numbered(range, &marker, next);
        } else if self.body_seen && is_plain_heading(line, before, next) {
            self.push(
                Rank::Section,
                0,
                self.clean.raw(range).to_owned(),
                range.start,
                range.clone(),
            );
        } else {
            self.body_seen |= line.ends_with(['。', ':', ';']);
            if line.ends_with(['。', ';', ':']) && !line.starts_with('(') {
                self.leave_list(range.start);
            }
            self.block(range.clone(), None, false);
        }
    }

    /// A paragraph after the items of a list that a colon opened belongs to the clause above.
    fn leave_list(&mut self, start: usize) {
        let Some(node) = self.outline.nodes.get(self.current) else {
            return;
        };
        let Some(parent) = node.parent.filter(|_| node.kind == HeadingKind::Item) else {
            return;
        };
        let mut opener = self
            .outline
            .blocks
            .iter()
            .rev()
            .take(40)
            .skip_while(|b| b.node != parent);
        let listed = opener
            .next()
            .is_some_and(|b| cut(self.text, b.range.clone()).ends_with(':'));
        let ended = self.outline.blocks.last().is_some_and(|b| {
            b.node == self.current && cut(self.text, b.range.clone()).ends_with([';', '。'])
        });
        if !listed || !ended {
            return;
        }
        let Some(above) = self.outline.nodes.get(parent) else {
            return;
        };
        let again = Node {
            title: above.title.start..above.title.start,
            start,
            continues: true,
            ..above.clone()
        };
        self.stack.pop();
        self.current = self.outline.nodes.len();
        if let Some(top) = self.stack.last_mut() {
            top.1 = self.current;
        }
        self.outline.nodes.push(again);
    }

    /// Where a heading is glued to the text before it, as in `…。(二)加强领导。`
    fn glued(&self, range: &Range<usize>) -> Option<usize> {
        let line = cut(self.text, range.clone());
        let head = markers::at_start(line);
        let opens = |at: usize, ranks: &[Rank]| {
            let rest = from(line, at);
            if !rest.starts_with([
                '(', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十',
            ]) {
                return false;
            }
            markers::at_start(rest)
                .is_some_and(|m| ranks.contains(&m.rank) && self.is_next(&m, head.as_ref()))
        };
        // A heading without a full stop, with the first item right behind it.
        if head.as_ref().is_some_and(|m| m.rank == Rank::Han) {
            let head = line.find('。').unwrap_or(line.len());
            for (at, _) in cut(line, 0..head).match_indices('(').take(3) {
                if at > 12 && at < OWN_LINE * 3 && opens(at, &[Rank::HanBracket]) {
                    return Some(range.start + at);
                }
            }
        }
        for (at, mark) in line.match_indices('。') {
            let after = at + mark.len();
            if opens(after, &[Rank::Han, Rank::HanBracket]) {
                return Some(range.start + after);
            }
        }
        None
    }

    /// Whether a number goes on from the last of its form; `head` is one that is about to be opened.
    fn is_next(&self, marker: &Marker, head: Option<&Marker>) -> bool {
        let rank = marker.rank;
        let last = self
            .last
            .get(usize::from(rank == Rank::HanBracket))
            .copied()
            .unwrap_or(0);
        let last = head.filter(|h| h.rank == rank).map_or(last, |h| h.number);
        let open =
            self.stack.iter().any(|(r, ..)| *r == rank) && head.is_none_or(|h| h.rank >= rank);
        marker.number == last + 1 || (marker.number == 1 && !open)
    }

    fn table_line(&mut self, range: &Range<usize>) {
        match tables::read(self.text, range, &self.columns) {
            tables::Line::Header(columns) => {
                self.columns = columns;
                self.block(range.end..range.end, None, false);
            }
            tables::Line::Nothing => {}
            tables::Line::Section(cell) => {
                let line = cut(self.text, cell.clone());
                if let Some(marker) = markers::at_start(line) {
                    self.numbered(&cell, &marker, "|");
                }
            }
            tables::Line::Row(row) => self.row(range, row),
        }
    }

    fn row(&mut self, range: &Range<usize>, row: Row) {
        let number = cut(self.text, row.number.clone()).to_owned();
        if !number.is_empty() {
            let same = self.outline.nodes.get(self.current).is_some_and(|n| {
                n.kind == HeadingKind::Row && n.path.rsplit('/').next() == Some(number.as_str())
            });
            if !same {
                self.push(Rank::Circled, 0, number, range.start, row.title.clone());
                self.mark_current(HeadingKind::Row);
            }
        }
        let measure = row.measure.clone();
        self.block(measure, Some(row), false);
    }

    fn numbered(&mut self, range: &Range<usize>, marker: &Marker, next: &str) {
        let body = range.start + marker.len..range.end;
        let line = cut(self.text, body.clone());
        let start = range.start;
        let head = if marker.rank == Rank::Article {
            0
        } else {
            heading_len(line, next)
        };
        let title = trimmed(self.text, body.start..body.start + head);
        let segment = marker.segment.clone();
        self.push(marker.rank, marker.number, segment, start, title);
        if head == 0 {
            self.mark_current(HeadingKind::Item);
        }
        let rest = body.start + head..body.end;
        if !rest.is_empty() {
            self.body_seen = true;
            self.block(rest, None, true);
        }
    }

    fn block(&mut self, range: Range<usize>, row: Option<Row>, own_line: bool) {
        self.outline.blocks.push(Block {
            node: self.current,
            range,
            row,
            own_line,
        });
    }

    fn mark_current(&mut self, kind: HeadingKind) {
        if let Some(node) = self.outline.nodes.get_mut(self.current) {
            node.kind = kind;
        }
    }

    /// Opens a node: at the place of its like where one is open, else below all outer forms.
    fn push(
        &mut self,
        rank: Rank,
        number: u32,
        segment: String,
        start: usize,
        title: Range<usize>,
    ) {
        let keep = match self.stack.iter().position(|(r, ..)| *r == rank) {
            Some(at) => at,
            None => self
                .stack
                .iter()
                .position(|(r, ..)| *r > rank)
                .unwrap_or(self.stack.len()),
        };
        self.stack.truncate(keep);
        match rank {
            Rank::Han => self.last[0] = number,
            Rank::HanBracket => self.last[1] = number,
            _ => {}
        }
        let parent = self.stack.last().map(|(_, node, _)| *node);
        let above = parent.and_then(|p| self.outline.nodes.get(p));
        let path = match above {
            Some(node) => format!("{}/{segment}", node.path),
            None => segment,
        };
        let level = self.stack.len() + 1;
        self.current = self.outline.nodes.len();
        let kind = HeadingKind::Heading;
        self.outline.nodes.push(Node {
            path,
            level,
            title,
            kind,
            start,
            parent,
            continues: false,
        });
        self.stack.push((rank, self.current, number));
    }

    /// A heading with nothing below it is itself the text of its clause.
    fn adopt_bodiless(&mut self) {
        let mut has_body = vec![false; self.outline.nodes.len()];
        for block in &self.outline.blocks {
            if let Some(slot) = has_body.get_mut(block.node) {
                *slot = true;
            }
        }
        for node in &self.outline.nodes {
            if let Some(slot) = node.parent.and_then(|p| has_body.get_mut(p)) {
                *slot = true;
            }
        }
        let mut added = Vec::new();
        for (i, node) in self.outline.nodes.iter_mut().enumerate().skip(1) {
            if has_body.get(i) == Some(&false) && !node.title.is_empty() {
                node.kind = HeadingKind::Item;
                added.push(Block {
                    node: i,
                    range: node.title.clone(),
                    row: None,
                    own_line: true,
                });
                node.title = node.title.start..node.title.start;
            }
        }
        if !added.is_empty() {
            self.outline.blocks.extend(added);
            self.outline.blocks.sort_by_key(|b| b.range.start);
        }
    }
}

/// Bytes of the heading that a numbered line begins with, 0 where the line is an item.
fn heading_len(line: &str, next: &str) -> usize {
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

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = cut(text, range.clone());
    let kept = part.trim_end_matches(['。', ':', ' ', ';']).len();
    range.start..range.start + kept
}

fn is_annex_name(line: &str) -> bool {
    markers::at_start(line).is_some_and(|m| m.rank == Rank::Arabic) && !line.ends_with('。')
}

/// A short line without a number that stands between body text and what it heads.
fn is_plain_heading(line: &str, before: &str, next: &str) -> bool {
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
