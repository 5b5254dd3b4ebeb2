//! Puts the findings of the other modules together: blocks to obligations.

mod context;
mod inherit;
mod years;

use std::ops::Range;

use crate::classify::{self, Cue, Sentence};
use crate::clean::{Clean, cut};
use crate::dates;
use crate::frequencies;
use crate::lexicon::{self, Hit, tag};
use crate::outline::{Block, Node, Outline};
use crate::parts;
use crate::quantities;
use crate::reading::{Kind, UnitSource};
use crate::sentences;
use crate::signs::Signs;
use crate::tables;
use crate::units::{self, Units, names, trailers};

use context::Themed;
use inherit::Handed;
use years::Stated;
pub(crate) use years::Years;

/// An obligation in bytes of the cleaned text.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// The node it stands in.
    pub(crate) node: usize,
    /// The sentence.
    pub(crate) range: Range<usize>,
    /// Its kind.
    pub(crate) kind: Kind,
    /// The word that decided the kind, wherever it stands.
    pub(crate) cue: Option<Range<usize>>,
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

/// Where a sentence stands.
#[derive(Clone, Copy)]
struct Place<'b> {
    block: &'b Block,
    year: dates::Year,
    /// Whether its paragraph begins with 一是.
    ordinal: bool,
    /// Whether it goes on from the sentence before: after a semicolon, or with 要.
    tied: bool,
    /// Whether it follows a semicolon, or a comma at which its sentence was cut.
    after_break: bool,
    /// Whether an earlier part of its sentence named who acts; that outranks trailers and cells.
    goes_on: bool,
    /// Whether the sentence as a whole names a rate, so that 一次 counts in all of its parts.
    counted: bool,
}

/// When and how often, in bytes of the sentence.
struct Timing {
    /// Of the sentence.
    signs: Signs,
    frequency: Option<frequencies::Found>,
    deadline: Option<dates::Found>,
}

impl Timing {
    fn of(text: &str, year: dates::Year) -> Self {
        let signs = Signs::of(text);
        Self {
            signs,
            frequency: frequencies::find_by(text, signs),
            deadline: last(dates::find_by(text, year, signs)),
        }
    }

    fn names_any(&self) -> bool {
        self.frequency.is_some() || self.deadline.is_some()
    }
}

/// The last of the days that a text names.
fn last(days: Vec<dates::Found>) -> Option<dates::Found> {
    days.into_iter().max_by(|a, b| a.date.cmp(&b.date))
}

/// How far from its start, in bytes, a sentence may name the date that holds for all of it.
const OPENING: usize = 12;

/// Reads the obligations out of an outlined text; `norms` is the word that makes it one of norms.
pub(crate) fn read(
    clean: &Clean,
    outline: &Outline,
    years: &Years,
    norms: Option<&Range<usize>>,
) -> Vec<Draft> {
    let mut reader = Reader {
        text: &clean.text,
        nodes: &outline.nodes,
        stated: Stated::new(&clean.text, &outline.nodes, years),
        years,
        norms: context::norms_below(&clean.text, &outline.nodes, norms),
        themes: context::themes(&clean.text, &outline.nodes),
        has_items: context::has_items(&outline.nodes),
        handed: vec![Handed::default(); outline.nodes.len()],
        drafts: Vec::new(),
        previous: None,
        untrailed: 0,
        undated: 0,
        running: None,
        announced: None,
        hits: Vec::new(),
    };
    reader.headings();
    for block in &outline.blocks {
        reader.block(block);
    }
    reader.drafts
}

struct Reader<'a> {
    text: &'a str,
    nodes: &'a [Node],
    years: &'a Years,
    stated: Stated<'a>,
    /// The word that makes a node one of standing norms.
    norms: Vec<Option<Range<usize>>>,
    themes: Vec<Themed>,
    /// Whether a node has headings or items below it.
    has_items: Vec<bool>,
    handed: Vec<Handed>,
    drafts: Vec<Draft>,
    /// Node and units of the last sentence that named any.
    previous: Option<(usize, Vec<Range<usize>>)>,
    /// First draft after the last trailer.
    untrailed: usize,
    /// First draft after the last 完成时限.
    undated: usize,
    /// A date at the start of a sentence, which holds for what follows its semicolons.
    running: Option<dates::Found>,
    /// A date that a paragraph announces for all of its sentences: 到6月底,我局目标为:….
    announced: Option<dates::Found>,
    hits: Vec<Hit>,
}

impl Reader<'_> {
    fn deadline(&self, range: &Range<usize>, year: dates::Year) -> Option<dates::Found> {
        let last = last(dates::find(cut(self.text, range.clone()), year))?;
        Some(dates::Found {
            range: moved(&last.range, range.start),
            ..last
        })
    }

    fn block(&mut self, block: &Block) {
        let node = block.node;
        self.stated.enter(node);
        let year = self.stated.before(node, &block.range);
        if block.own_line && self.hands_down(block, year) {
            self.stated.pass(node, &block.range);
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
        self.announced = None;
        let several = sentences.len() > 1;
        for (i, sentence) in sentences.iter_mut().enumerate() {
            let whole = sentence.clone();
            let year = self.stated.before(node, &whole);
            self.announce(node, sentence, year);
            let text = cut(self.text, sentence.clone());
            let running = !block.own_line && block.row.is_none();
            let head = i == 0 && several && running && is_run_in(text);
            let passed = head || (!several && !block.own_line && is_name_line(block, text));
            self.stated.pass(node, &whole);
            if passed {
                continue;
            }
            let place = Place {
                block,
                year,
                ordinal,
                tied: tied || text.starts_with('要'),
                after_break: tied,
                goes_on: false,
                counted: false,
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
        let timing = Timing::of(text, year);
        let parts = parts::split(self.text, range, &segments, &hits, timing.names_any());
        if let [whole] = parts.as_slice() {
            self.part(place, whole, &segments, &hits, timing);
        } else {
            let mut named = false;
            for (i, part) in parts.iter().enumerate() {
                let place = &Place {
                    tied: place.tied || i > 0,
                    goes_on: i > 0 && named,
                    after_break: place.after_break || i > 0,
                    counted: timing.frequency.is_some(),
                    ..*place
                };
                let text = cut(self.text, part.clone());
                lexicon::scan(text, &mut hits);
                let segments = sentences::segments(self.text, part);
                named |= self.part(place, part, &segments, &hits, Timing::of(text, year));
            }
        }
        self.hits = hits;
    }

    /// Reads one part of a sentence; says whether it names who acts.
    fn part(
        &mut self,
        place: &Place,
        range: &Range<usize>,
        segments: &[Range<usize>],
        hits: &[Hit],
        timing: Timing,
    ) -> bool {
        let (block, year) = (place.block, place.year);
        let node = block.node;
        let text = cut(self.text, range.clone());
        let mut units = units::in_sentence(self.text, range, segments, hits);
        if units.lead.is_empty()
            && hits.iter().any(|h| h.tags & tag::BAN != 0)
            && let Some(name) = units::whose_conduct(self.text, range)
        {
            units.lead = vec![name];
            units.loose = false;
        }
        let Timing {
            signs,
            frequency,
            deadline,
        } = timing;
        let counted = place.counted || frequency.is_some();
        let mut quantities = quantities::find_by(text, counted, signs);
        // 两周一次 says how often, not how much.
        if let Some(rate) = &frequency {
            quantities
                .retain(|q| q.range.end <= rate.range.start || q.range.start >= rate.range.end);
        }
        // 24小时内 says until when, not how much.
        if let Some(span) = deadline.as_ref().filter(|d| d.date.is_none()) {
            quantities
                .retain(|q| q.range.end <= span.range.start || q.range.start >= span.range.end);
        }
        let overlaps = |d: &dates::Found| {
            frequency
                .as_ref()
                .is_some_and(|f| d.range.start < f.range.end && f.range.start < d.range.end)
        };
        let deadline = deadline.filter(|d| !overlaps(d)).map(|d| dates::Found {
            range: moved(&d.range, range.start),
            ..d
        });
        let dated = deadline.as_ref().is_some_and(|d| d.date.is_some());
        let bound = hits.iter().any(|h| h.tags & tag::MODAL != 0);
        if node == 0 && !place.ordinal && !(bound && (deadline.is_some() || frequency.is_some())) {
            return false;
        }
        let themed = self.themes.get(node).cloned().unwrap_or_default();
        let norms = self.norms.get(node).cloned().flatten();
        let sentence = Sentence {
            text,
            hits,
            theme: themed.theme,
            norms: norms.is_some(),
            subject: !units.lead.is_empty(),
            thing: units::thing(self.text, range, segments, hits),
            intro: !block.own_line && self.has_items.get(node) == Some(&true),
            dated,
            frequency: frequency.as_ref(),
            quantities: &quantities,
        };
        let verdict = classify::kind(&sentence);
        let named = !units.lead.is_empty() && !units.loose;
        if named {
            self.previous = Some((node, units.lead.clone()));
        }
        let Some(verdict) = verdict else {
            return named;
        };
        let cue = match verdict.cue {
            Some(Cue::Word(word)) => Some(moved(&word, range.start)),
            Some(Cue::Theme) => Some(themed.word),
            Some(Cue::Norms) => norms,
            None => None,
        };
        let mut source = UnitSource::Sentence;
        // A sanction and a thing say what happens, and not that the unit before does it.
        let passive = text.starts_with('被')
            || text.contains("结果作为")
            || classify::is_sanction(&sentence, verdict.kind);
        if units.lead.is_empty() && passive {
            source = UnitSource::None;
        } else if units.lead.is_empty() {
            (units.lead, source) = self.inherited_units(block, place.goes_on);
            if source == UnitSource::Previous && sentence.thing.is_some() {
                (units.lead, source) = (Vec::new(), UnitSource::None);
            }
        }
        if let Some(row) = &block.row
            && !tables::is_blank(cut(self.text, row.co.clone()))
        {
            units.co.extend(names::split_names(self.text, &row.co));
        }
        if !place.after_break {
            self.running = None;
        }
        if let Some(own) = deadline.as_ref().filter(|d| d.date.is_some()) {
            let opens = own.range.start <= range.start + OPENING;
            self.running = opens.then(|| own.clone());
        }
        let (own, open) = match deadline {
            Some(own) if own.yields(cut(self.text, own.range.clone())) => (None, Some(own)),
            own => (own, None),
        };
        let deadline = own
            .or_else(|| self.running.clone())
            .or_else(|| self.announced.clone())
            .or_else(|| self.inherited_deadline(block, year))
            .or(open);
        self.drafts.push(Draft {
            tied: place.tied,
            node,
            range: range.clone(),
            kind: verdict.kind,
            cue: cue.filter(|word| !word.is_empty()),
            confidence: verdict.sure,
            units,
            source,
            deadline,
            frequency: frequency.map(|f| frequencies::Found {
                range: moved(&f.range, range.start),
                more: f.more.iter().map(|m| moved(m, range.start)).collect(),
                rrule: f.rrule,
            }),
            quantities: quantities
                .into_iter()
                .map(|q| quantities::Found {
                    range: moved(&q.range, range.start),
                    ..q
                })
                .collect(),
        });
        named
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

fn moved(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}
