//! What headings, labels, trailers and dates say for the sentences around them.

use std::ops::Range;

use crate::clean::cut;
use crate::dates;
use crate::outline::Block;
use crate::reading::UnitSource;
use crate::tables::{self, Row};
use crate::units::{Units, names};

use super::years::Stated;
use super::{Reader, last, moved};

/// What a node hands down to the sentences below it.
#[derive(Debug, Clone, Default)]
pub(super) struct Handed {
    pub(super) units: Vec<Range<usize>>,
    pub(super) source: Option<UnitSource>,
    pub(super) deadline: Option<dates::Found>,
}

/// What follows the unit in a label.
const LABEL_ENDS: [&str; 6] = [
    "总体工作职责",
    "工作职责",
    "主要职责",
    "职责分工",
    "职责",
    "总体",
];

/// Labels of a line that says until when.
const TIME_LABELS: [&str; 7] = [
    "实施时间",
    "完成时限",
    "完成时间",
    "时间要求",
    "办理时限",
    "时限要求",
    "时间节点",
];

/// How the words end that announce what somebody shall reach.
const ANNOUNCES: [&str; 6] = ["目标为", "目标是", "任务为", "任务是", "要求为", "要求是"];

/// Longest announcement, in characters.
const LONGEST_HEAD: usize = 40;

impl Reader<'_> {
    /// What the headings themselves hand down: a unit as a title, a date in a title.
    pub(super) fn headings(&mut self) {
        let mut stated = Stated::new(self.text, self.nodes, self.years);
        for (i, node) in self.nodes.iter().enumerate().skip(1) {
            let title = cut(self.text, node.title.clone());
            stated.enter(i);
            let year = stated.before(i, &node.title);
            let deadline = self.deadline(&node.title, year);
            let units = if title.chars().count() <= 30 && names::is_list(title) {
                names::split_list(self.text, &node.title)
            } else {
                Vec::new()
            };
            if let Some(slot) = self.handed.get_mut(i) {
                slot.deadline = deadline.filter(|d| d.date.is_some());
                if !units.is_empty() {
                    slot.units = units;
                    slot.source = Some(UnitSource::Heading);
                }
            }
        }
    }

    /// Takes a unit as the label of a paragraph (`站务科工作职责:…`) for the subject of what follows.
    pub(super) fn label(&mut self, node: usize, first: &mut Range<usize>) {
        let text = cut(self.text, first.clone());
        let Some((label, rest)) = text.split_once(':') else {
            return;
        };
        let name = LABEL_ENDS
            .iter()
            .find_map(|end| label.strip_suffix(end))
            .unwrap_or(label);
        let name = LABEL_ENDS
            .iter()
            .find_map(|end| name.strip_suffix(end))
            .unwrap_or(name);
        if rest.is_empty() || !names::is_list(name) {
            return;
        }
        let list = first.start..first.start + name.len();
        self.previous = Some((node, names::split_list(self.text, &list)));
        first.start += label.len() + 1;
    }

    /// Takes 到6月底,我局目标为: for unit and day of what a paragraph goes on to list.
    pub(super) fn announce(&mut self, node: usize, sentence: &mut Range<usize>, year: dates::Year) {
        let text = cut(self.text, sentence.clone());
        let Some((head, rest)) = text.split_once(':') else {
            return;
        };
        let lists = ANNOUNCES.iter().any(|end| head.ends_with(end));
        if !lists || rest.is_empty() || head.chars().nth(LONGEST_HEAD).is_some() {
            return;
        }
        let head = sentence.start..sentence.start + head.len();
        let last = cut(self.text, head.clone()).rfind(',');
        let start = last.map_or(head.start, |at| head.start + at + 1);
        let name = cut(self.text, start..head.end);
        let unit = name.char_indices().map(|(at, _)| start..start + at);
        let mut unit = unit.filter(|unit| names::is_list(cut(self.text, unit.clone())));
        if let Some(unit) = unit.next_back() {
            self.previous = Some((node, names::split_list(self.text, &unit)));
        }
        self.announced = self.deadline(&head, year).filter(|d| d.date.is_some());
        sentence.start = head.end + 1;
    }

    /// 实施主体:… and 完成时限:… speak for all of the clause above.
    pub(super) fn hands_down(&mut self, block: &Block, year: dates::Year) -> bool {
        let Some(node) = self.nodes.get(block.node) else {
            return false;
        };
        let Some(parent) = node.parent else {
            return false;
        };
        let title = cut(self.text, node.title.clone());
        let is = |words: &[&str]| words.contains(&title);
        if is(&[
            "实施主体",
            "责任单位",
            "牵头单位",
            "责任部门",
            "承办单位",
            "责任主体",
            "实施单位",
        ]) {
            let units = names::split_list(self.text, &block.range);
            if let Some(slot) = self.handed.get_mut(parent) {
                slot.units = units;
                slot.source = Some(UnitSource::Clause);
            }
            return true;
        }
        if is(&TIME_LABELS) {
            let deadline = self.deadline(&block.range, year);
            if let Some(slot) = self.handed.get_mut(parent) {
                slot.deadline = deadline;
            }
            return true;
        }
        false
    }

    /// A sentence that only says when the thing before it is due belongs to that thing.
    pub(super) fn closes_the_last(
        &mut self,
        node: usize,
        range: &Range<usize>,
        text: &str,
        year: dates::Year,
    ) -> bool {
        let closes = ["截止日期", "截止时间", "上报截止", "截止上报"]
            .iter()
            .any(|w| text.contains(w))
            || (text.starts_with("建成即可") && text.contains("截止"));
        if !closes {
            return false;
        }
        let deadline = self.deadline(range, year);
        let Some(last) = self.drafts.last_mut().filter(|d| d.node == node) else {
            return false;
        };
        last.range.end = range.end;
        last.deadline = deadline.or(last.deadline.take());
        true
    }

    /// 完成时限:… in running text holds for all of its clause.
    pub(super) fn sets_the_date(
        &mut self,
        node: usize,
        range: &Range<usize>,
        text: &str,
        year: dates::Year,
    ) -> bool {
        if !text
            .split_once(':')
            .is_some_and(|(label, _)| TIME_LABELS.contains(&label))
        {
            return false;
        }
        let Some(deadline) = self.deadline(range, year) else {
            return false;
        };
        for draft in self.drafts.iter_mut().skip(self.undated) {
            if draft.node == node && draft.deadline.is_none() {
                draft.deadline = Some(deadline.clone());
            }
        }
        self.undated = self.drafts.len();
        if let Some(slot) = self.handed.get_mut(node) {
            slot.deadline = Some(deadline);
        }
        true
    }

    /// Who acts where the sentence does not say; `goes_on` as in its place.
    pub(super) fn inherited_units(
        &self,
        block: &Block,
        goes_on: bool,
    ) -> (Vec<Range<usize>>, UnitSource) {
        if !goes_on
            && let Some(row) = &block.row
            && !tables::is_blank(cut(self.text, row.lead.clone()))
        {
            return (names::split_names(self.text, &row.lead), UnitSource::Table);
        }
        if let Some((node, units)) = &self.previous
            && *node == block.node
        {
            return (units.clone(), UnitSource::Previous);
        }
        let mut at = Some(block.node);
        while let Some(handed) = at.and_then(|i| self.handed.get(i)) {
            if !handed.units.is_empty() {
                return (
                    handed.units.clone(),
                    handed.source.unwrap_or(UnitSource::Clause),
                );
            }
            at = at.and_then(|i| self.nodes.get(i)).and_then(|n| n.parent);
        }
        (Vec::new(), UnitSource::None)
    }

    pub(super) fn inherited_deadline(
        &self,
        block: &Block,
        year: dates::Year,
    ) -> Option<dates::Found> {
        if let Some(row) = &block.row
            && !row.deadline.is_empty()
        {
            return row_deadline(self.text, row, year);
        }
        let mut at = Some(block.node);
        while let Some(handed) = at.and_then(|i| self.handed.get(i)) {
            if handed.deadline.is_some() {
                return handed.deadline.clone();
            }
            at = at.and_then(|i| self.nodes.get(i)).and_then(|n| n.parent);
        }
        None
    }

    /// Gives a trailer's units to the sentences before it that have no subject of their own.
    ///
    /// A trailer in the line of its item speaks for that clause; one on a line of its own speaks for
    /// all items since the last trailer that lie below the same clause.
    pub(super) fn trail(&mut self, node: usize, trailer: &Units, alone: bool) {
        let scope = if alone {
            self.nodes.get(node).and_then(|n| n.parent)
        } else {
            None
        };
        for draft in self.drafts.iter_mut().skip(self.untrailed) {
            let inside = draft.node == node
                || scope.is_some_and(|s| {
                    draft.node == s || self.nodes.get(draft.node).and_then(|n| n.parent) == Some(s)
                });
            if !inside {
                continue;
            }
            let own = draft.source == UnitSource::Sentence
                || (draft.source == UnitSource::Previous && draft.tied);
            if !own && !trailer.lead.is_empty() {
                draft.units.lead = trailer.lead.clone();
                draft.source = UnitSource::Trailer;
                draft.units.co.extend(trailer.co.iter().cloned());
            } else if same_names(self.text, &draft.units.lead, &trailer.lead) {
                draft.units.co.extend(trailer.co.iter().cloned());
            }
            let lead = draft.units.lead.clone();
            draft.units.co.retain(|co| !lead.contains(co));
        }
        self.untrailed = self.drafts.len();
    }
}

fn same_names(text: &str, a: &[Range<usize>], b: &[Range<usize>]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(x, y)| cut(text, x.clone()) == cut(text, y.clone()))
}

fn row_deadline(text: &str, row: &Row, year: dates::Year) -> Option<dates::Found> {
    let cell = cut(text, row.deadline.clone());
    let found = last(dates::find(cell, year))?;
    Some(dates::Found {
        range: moved(&found.range, row.deadline.start),
        ..found
    })
}
