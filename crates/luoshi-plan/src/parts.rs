//! One sentence, several duties: where a sentence is to be cut at its commas.
//!
//! A sentence stays whole unless its parts differ in who acts, how often, until when, or how much.

use std::ops::Range;

use crate::clean::cut;
use crate::lexicon::{Hit, tag};
use crate::{dates, frequencies, quantities, units};

/// Cuts a sentence into duties; `segments` are its parts between commas.
///
/// `timed` says that the sentence as a whole names a rate or a day; without one only a change of
/// actor can cut it.
pub(crate) fn split(
    text: &str,
    sentence: &Range<usize>,
    segments: &[Range<usize>],
    hits: &[Hit],
    timed: bool,
) -> Vec<Range<usize>> {
    let outlines: Vec<Outline> = segments
        .iter()
        .map(|segment| Outline::of(text, sentence.start, segment, hits))
        .collect();
    let acting = outlines.iter().filter(|part| part.acts).count();
    let counting = outlines.iter().filter(|part| part.counts).count();
    if acting < 2 && counting < 2 {
        return vec![sentence.clone()];
    }
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut open: Option<Part> = None;
    for (segment, outline) in segments.iter().zip(&outlines) {
        let mut here = Part::of(text, sentence.start, segment, hits, (outline, timed));
        match &mut open {
            Some(part) if !part.ends_before(&here) => part.join(here),
            _ => {
                if let Some(mut done) = open.take() {
                    here.range.start = done.settled.unwrap_or(here.range.start);
                    done.range.end = here.range.start;
                    parts.push(done.range);
                }
                open = Some(here);
            }
        }
    }
    if let Some(done) = open {
        parts.push(done.range);
    }
    for part in &mut parts {
        part.end = part.start + cut(text, part.clone()).trim_end_matches(',').len();
    }
    parts
}

/// What is seen of a segment at a glance; a sentence is cut only where two of them act or count.
struct Outline {
    acts: bool,
    /// Whether it only sets the scene for what comes next: 逾期未报的,…
    sets: bool,
    /// Whether it has figures and begins with a thing and not with an act.
    counts: bool,
}

impl Outline {
    fn of(text: &str, base: usize, segment: &Range<usize>, hits: &[Hit]) -> Self {
        const ACTS: u32 = tag::ACT | tag::CONCRETE | tag::EFFORT | tag::DUTY | tag::STATE;
        let part = cut(text, segment.clone());
        let first = hits.partition_point(|h| h.end + base <= segment.start);
        let from_here = hits.get(first..).unwrap_or_default();
        let acts = |h: &&Hit| h.tags & ACTS != 0;
        let opens_with_act = from_here
            .iter()
            .take_while(|h| h.start + base <= segment.start)
            .any(|h| h.start + base == segment.start && acts(&h));
        let sets = is_setting(part);
        Self {
            acts: !sets
                && from_here
                    .iter()
                    .take_while(|h| h.end + base <= segment.end)
                    .any(|h| h.start + base >= segment.start && acts(&h)),
            sets,
            counts: !opens_with_act && part.bytes().any(|b| b.is_ascii_digit()),
        }
    }
}

/// A run of segments with what sets it apart.
struct Part {
    range: Range<usize>,
    actor: Option<Range<usize>>,
    rate: Option<Option<String>>,
    dated: bool,
    acts: bool,
    /// The units of its figures, where it begins with a thing and not with an act.
    figures: Vec<String>,
    /// Whether it only goes into what was said: 其中…
    details: bool,
    /// Whether it only sets the scene.
    sets: bool,
    /// Where its last segments begin that only set the scene.
    settled: Option<usize>,
}

impl Part {
    /// A segment by its outline; `timed` as [`split`] has it.
    fn of(
        text: &str,
        base: usize,
        segment: &Range<usize>,
        hits: &[Hit],
        (outline, timed): (&Outline, bool),
    ) -> Self {
        let part = cut(text, segment.clone());
        let timed_part = if timed { part } else { "" };
        let actor = units::of_segment(text, base, segment, hits);
        // 机务科3月底前…: the date of a part stands at its start or after its actor.
        let named = actor.as_ref().map_or(0, |a| a.end - segment.start);
        Self {
            range: segment.clone(),
            actor,
            rate: frequencies::find(timed_part)
                .filter(|f| f.range.start <= named + 30)
                .map(|f| f.rrule),
            dated: dates::find(timed_part, None)
                .iter()
                .any(|d| d.date.is_some() && d.range.start <= named + 12),
            figures: if outline.counts {
                figures(part)
            } else {
                Vec::new()
            },
            acts: outline.acts,
            sets: outline.sets,
            settled: None,
            details: ["其中", "即", "如", "包括", "特别是"]
                .iter()
                .any(|w| part.starts_with(w)),
        }
    }

    /// Whether the next segment begins a duty of its own.
    fn ends_before(&self, next: &Self) -> bool {
        // 公路投资2亿元,其中农村公路5000万元: one figure of a kind for each of two things.
        if self.figures.len() == 1 && self.figures == next.figures {
            return true;
        }
        if !self.acts || !next.acts || next.details {
            return false;
        }
        let actor = next.actor.is_some() && self.actor.is_some();
        let rate = next.rate.is_some() && self.rate.is_some() && next.rate != self.rate;
        let date = next.dated && self.dated;
        // 每周巡查,6月底前完成整改: one recurs, the other does not.
        // 6月底前建立台账,每周更新 goes on about one thing and stays whole.
        let rated = self.rate.is_some() && !self.dated;
        let turns = rated && next.dated && next.rate.is_none();
        actor || rate || date || turns
    }

    fn join(&mut self, next: Self) {
        self.range.end = next.range.end;
        self.settled = next.sets.then(|| self.settled.unwrap_or(next.range.start));
        self.acts |= next.acts;
        self.dated |= next.dated;
        self.actor = self.actor.take().or(next.actor);
        self.rate = self.rate.take().or(next.rate);
        self.figures.extend(next.figures);
    }
}

/// The units of the figures that a part names.
fn figures(part: &str) -> Vec<String> {
    let found = quantities::find(part, false);
    found.into_iter().map(|q| q.unit).collect()
}

/// A segment that only sets the scene: 对…的, 按照…要求, 结合实际.
fn is_setting(segment: &str) -> bool {
    let segment = segment.trim_end_matches(',');
    let opens = [
        "对", "按照", "根据", "结合", "围绕", "通过", "以", "为", "在", "凡", "依托", "针对",
        "利用",
    ];
    segment.ends_with(['的', '后', '时', '下'])
        || (opens.iter().any(|w| segment.starts_with(w))
            && [
                "要求",
                "原则",
                "实际",
                "基础上",
                "等方式",
                "方式",
                "精神",
                "职责分工",
                "方面",
                "形式",
                "任务",
            ]
            .iter()
            .any(|w| segment.ends_with(w)))
}
