//! Puts the findings of the other modules together: blocks to obligations.

use std::ops::Range;

use crate::classify::{self, Sentence, Theme};
use crate::clean::{Clean, cut};
use crate::dates;
use crate::frequencies;
use crate::lexicon::{self, Hit, tag};
use crate::outline::{Block, Node, Outline};
use crate::parts;
use crate::quantities;
use crate::reading::{Kind, UnitSource};
use crate::sentences;
use crate::tables::{self, Row};
use crate::units::{self, Units, names, trailers};

/// An obligation in bytes of the cleaned text.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// The node it stands in.
    pub(crate) node: usize,
    /// The sentence.
    pub(crate) range: Range<usize>,
    /// Its kind.
    pub(crate) kind: Kind,
    /// How sure the reader is.
    pub(crate) confidence: f64,
    /// Whether it goes on from the sentence before.
    tied: bool,
    /// Who.
    pub(crate) units: Units,
    /// Where `units.lead` was found.
    pub(crate) source: UnitSource,
    /// When; the phrase in bytes of the cleaned text.
    pub(crate) deadline: Option<dates::Found>,
    /// How often; the phrase in bytes of the cleaned text.
    pub(crate) frequency: Option<frequencies::Found>,
    /// How much; phrases in bytes of the cleaned text.
    pub(crate) quantities: Vec<quantities::Found>,
}

/// What a node hands down to the sentences below it.
#[derive(Debug, Clone, Default)]
struct Handed {
    units: Vec<Range<usize>>,
    source: Option<UnitSource>,
    deadline: Option<dates::Found>,
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

/// The year that completes dates, by node.
pub(crate) type Years = Vec<Option<i32>>;

/// Where a sentence stands.
struct Place<'b> {
    block: &'b Block,
    year: Option<i32>,
    /// Whether its paragraph begins with 一是.
    ordinal: bool,
    /// Whether it goes on from the sentence before: after a semicolon, or with 要.
    tied: bool,
    /// Whether it follows a semicolon.
    after_semicolon: bool,
}

/// How far from its start, in bytes, a sentence may name the date that holds for all of it.
const OPENING: usize = 12;

/// Reads the obligations out of an outlined text.
pub(crate) fn read(clean: &Clean, outline: &Outline, years: &Years, norms: bool) -> Vec<Draft> {
    let mut reader = Reader {
        text: &clean.text,
        nodes: &outline.nodes,
        years,
        norms: norms_below(&clean.text, &outline.nodes, norms),
        themes: themes(&clean.text, &outline.nodes),
        has_items: has_items(&outline.nodes),
        handed: vec![Handed::default(); outline.nodes.len()],
        drafts: Vec::new(),
        previous: None,
        untrailed: 0,
        running: None,
        hits: Vec::new(),
    };
    reader.headings();
    for block in &outline.blocks {
        reader.block(block);
    }
    reader.drafts
}

/// Which nodes lay down standing norms: all of a document of norms, else those that a title says.
fn norms_below(text: &str, nodes: &[Node], all: bool) -> Vec<bool> {
    let mut norms: Vec<bool> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let above = node
            .parent
            .and_then(|p| norms.get(p))
            .copied()
            .unwrap_or(all);
        norms.push(above || classify::sets_norms(cut(text, node.title.clone())));
    }
    norms
}

fn has_items(nodes: &[Node]) -> Vec<bool> {
    let mut has = vec![false; nodes.len()];
    for node in nodes {
        if let Some(slot) = node.parent.and_then(|p| has.get_mut(p)) {
            *slot = true;
        }
    }
    has
}

fn themes(text: &str, nodes: &[Node]) -> Vec<Theme> {
    let mut themes: Vec<Theme> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let above = node
            .parent
            .and_then(|p| themes.get(p))
            .copied()
            .unwrap_or(Theme::Measures);
        let own = classify::theme(cut(text, node.title.clone()));
        themes.push(match (own, above) {
            (Some(Theme::Measures) | None, above) => above,
            (Some(own), _) => own,
        });
    }
    themes
}

struct Reader<'a> {
    text: &'a str,
    nodes: &'a [Node],
    years: &'a Years,
    norms: Vec<bool>,
    themes: Vec<Theme>,
    /// Whether a node has headings or items below it.
    has_items: Vec<bool>,
    handed: Vec<Handed>,
    drafts: Vec<Draft>,
    /// Node and units of the last sentence that named any.
    previous: Option<(usize, Vec<Range<usize>>)>,
    /// First draft after the last trailer.
    untrailed: usize,
    /// A date at the start of a sentence, which holds for what follows its semicolons.
    running: Option<dates::Found>,
    hits: Vec<Hit>,
}

impl Reader<'_> {
    /// What the headings themselves hand down: a unit as a title, a date in a title.
    fn headings(&mut self) {
        for (i, node) in self.nodes.iter().enumerate().skip(1) {
            let title = cut(self.text, node.title.clone());
            let year = self.years.get(i).copied().flatten();
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

    fn deadline(&self, range: &Range<usize>, year: Option<i32>) -> Option<dates::Found> {
        let found = dates::find(cut(self.text, range.clone()), year);
        let last = found.into_iter().max_by(|a, b| a.date.cmp(&b.date))?;
        Some(dates::Found {
            range: moved(&last.range, range.start),
            ..last
        })
    }

    fn block(&mut self, block: &Block) {
        let node = block.node;
        let year = self.years.get(node).copied().flatten();
        if block.own_line && self.hands_down(block, year) {
            return;
        }
        let mut body = block.range.clone();
        let trailer = trailers::find(self.text, &body);
        if let Some(trailer) = &trailer {
            body.end = trailer.start;
        }
        let alone = body.is_empty();
        let ordinal = cut(self.text, body.clone()).chars().nth(1) == Some('是');
        let mut sentences = sentences::split(self.text, &body);
        if !block.own_line
            && let Some(first) = sentences.first_mut()
        {
            self.label(node, first);
        }
        let mut tied = false;
        for (i, sentence) in sentences.iter().enumerate() {
            let text = cut(self.text, sentence.clone());
            let running = !block.own_line && block.row.is_none();
            let head = i == 0 && sentences.len() > 1 && running && is_run_in(text);
            if head || (sentences.len() == 1 && !block.own_line && is_name_line(block, text)) {
                continue;
            }
            let place = Place {
                block,
                year,
                ordinal,
                tied: tied || text.starts_with('要'),
                after_semicolon: tied,
            };
            self.sentence(&place, sentence);
            tied = text.ends_with(';');
        }
        if let Some(trailer) = trailer {
            self.trail(node, &trailer.units, alone);
        }
        if cut(self.text, block.range.clone()).ends_with(':')
            && let Some((at, units)) = &self.previous
            && *at == node
            && let Some(slot) = self.handed.get_mut(node)
        {
            slot.units = units.clone();
            slot.source = Some(UnitSource::Clause);
        }
    }

    /// Takes a unit as the label of a paragraph (`站务科工作职责:…`) for the subject of what follows.
    fn label(&mut self, node: usize, first: &mut Range<usize>) {
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

    /// 实施主体:… and 完成时限:… speak for all of the clause above.
    fn hands_down(&mut self, block: &Block, year: Option<i32>) -> bool {
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

    fn sentence(&mut self, place: &Place, range: &Range<usize>) {
        let (node, year) = (place.block.node, place.year);
        let text = cut(self.text, range.clone());
        if self.closes_the_last(node, range, text, year)
            || self.sets_the_date(node, range, text, year)
        {
            return;
        }
        let mut hits = std::mem::take(&mut self.hits);
        lexicon::scan(text, &mut hits);
        let segments = sentences::segments(self.text, range);
        let timed = frequencies::find(text).is_some() || !dates::find(text, None).is_empty();
        let parts = parts::split(self.text, range, &segments, &hits, timed);
        if let [whole] = parts.as_slice() {
            self.part(place, whole, &segments, &hits);
        } else {
            for part in &parts {
                lexicon::scan(cut(self.text, part.clone()), &mut hits);
                let segments = sentences::segments(self.text, part);
                self.part(place, part, &segments, &hits);
            }
        }
        self.hits = hits;
    }

    fn part(
        &mut self,
        place: &Place,
        range: &Range<usize>,
        segments: &[Range<usize>],
        hits: &[Hit],
    ) {
        let (block, year) = (place.block, place.year);
        let node = block.node;
        let text = cut(self.text, range.clone());
        let mut units = units::in_sentence(self.text, range, segments, hits);
        let frequency = frequencies::find(text);
        let mut quantities = quantities::find(text, frequency.is_some());
        // 两周一次 says how often, not how much.
        if let Some(rate) = &frequency {
            quantities
                .retain(|q| q.range.end <= rate.range.start || q.range.start >= rate.range.end);
        }
        let overlaps = |d: &dates::Found| {
            frequency.as_ref().is_some_and(|f| {
                let rate = moved(&f.range, range.start);
                d.range.start < rate.end && rate.start < d.range.end
            })
        };
        let deadline = self.deadline(range, year).filter(|d| !overlaps(d));
        let dated = deadline.as_ref().is_some_and(|d| d.date.is_some());
        let bound = hits.iter().any(|h| h.tags & tag::MODAL != 0);
        if node == 0 && !place.ordinal && !(bound && (deadline.is_some() || frequency.is_some())) {
            return;
        }
        let sentence = Sentence {
            text,
            hits,
            theme: self.themes.get(node).copied().unwrap_or(Theme::Measures),
            norms: self.norms.get(node) == Some(&true),
            subject: !units.lead.is_empty(),
            intro: !block.own_line && self.has_items.get(node) == Some(&true),
            dated,
            frequency: frequency.as_ref(),
            quantities: &quantities,
        };
        let kind = classify::kind(&sentence);
        if !units.lead.is_empty() && !units.loose {
            self.previous = Some((node, units.lead.clone()));
        }
        let Some((kind, confidence)) = kind else {
            return;
        };
        let mut source = UnitSource::Sentence;
        if units.lead.is_empty() {
            (units.lead, source) = self.inherited_units(block);
        }
        if let Some(row) = &block.row
            && !tables::is_blank(cut(self.text, row.co.clone()))
        {
            units.co.extend(names::split_names(self.text, &row.co));
        }
        if !place.after_semicolon {
            self.running = None;
        }
        if let Some(own) = deadline.as_ref().filter(|d| d.date.is_some()) {
            let opens = own.range.start <= range.start + OPENING;
            self.running = opens.then(|| own.clone());
        }
        let deadline = deadline
            .or_else(|| self.running.clone())
            .or_else(|| self.inherited_deadline(block, year));
        self.drafts.push(Draft {
            tied: place.tied,
            node,
            range: range.clone(),
            kind,
            confidence,
            units,
            source,
            deadline,
            frequency: frequency.map(|f| frequencies::Found {
                range: moved(&f.range, range.start),
                ..f
            }),
            quantities: quantities
                .into_iter()
                .map(|q| quantities::Found {
                    range: moved(&q.range, range.start),
                    ..q
                })
                .collect(),
        });
    }

    /// A sentence that only says when the thing before it is due belongs to that thing.
    fn closes_the_last(
        &mut self,
        node: usize,
        range: &Range<usize>,
        text: &str,
        year: Option<i32>,
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
    fn sets_the_date(
        &mut self,
        node: usize,
        range: &Range<usize>,
        text: &str,
        year: Option<i32>,
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
        for draft in self.drafts.iter_mut().rev().take_while(|d| d.node == node) {
            if draft.deadline.is_none() {
                draft.deadline = Some(deadline.clone());
            }
        }
        if let Some(slot) = self.handed.get_mut(node) {
            slot.deadline = Some(deadline);
        }
        true
    }

    fn inherited_units(&self, block: &Block) -> (Vec<Range<usize>>, UnitSource) {
        if let Some(row) = &block.row
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

    fn inherited_deadline(&self, block: &Block, year: Option<i32>) -> Option<dates::Found> {
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
    fn trail(&mut self, node: usize, trailer: &Units, alone: bool) {
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

/// A short first sentence of a paragraph is its heading: `一是加强值守。…`
fn is_run_in(text: &str) -> bool {
    text.ends_with('。') && text.chars().nth(12).is_none() && !text.contains([',', '要', '须'])
}

/// A line that is a name, a post or a title and no sentence.
fn is_name_line(block: &Block, text: &str) -> bool {
    block.row.is_none()
        && !text.ends_with(['。', ';', ':', '!'])
        && text.chars().nth(28).is_none()
        && !["要求", "应当", "必须", "各单位", "不得"]
            .iter()
            .any(|w| text.contains(w))
}

fn same_names(text: &str, a: &[Range<usize>], b: &[Range<usize>]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(x, y)| cut(text, x.clone()) == cut(text, y.clone()))
}

fn row_deadline(text: &str, row: &Row, year: Option<i32>) -> Option<dates::Found> {
    let cell = cut(text, row.deadline.clone());
    let found = dates::find(cell, year)
        .into_iter()
        .max_by(|a, b| a.date.cmp(&b.date))?;
    Some(dates::Found {
        range: moved(&found.range, row.deadline.start),
        ..found
    })
}

fn moved(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}
