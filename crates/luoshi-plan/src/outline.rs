//! Lines to clauses: numbers, headings and what stands below them.
//!
//! Every line belongs to one node; nodes are in reading order and each goes on until the next begins.

mod headings;

use std::ops::Range;

use crate::clean::{Clean, cut, from};
use crate::markers::{self, Marker, Rank};
use crate::reading::HeadingKind;
use crate::tables::{self, Columns, Row};

use headings::{OWN_LINE, heading_len, is_annex_name, is_plain_heading, trimmed};

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
    pub(crate) row: Option<Box<Row>>,
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
        self.block(measure, Some(Box::new(row)), false);
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

    fn block(&mut self, range: Range<usize>, row: Option<Box<Row>>, own_line: bool) {
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
