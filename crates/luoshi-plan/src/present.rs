//! Findings in bytes of the cleaned text to a reading in code points of the text as given.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::clean::{Clean, cut};
use crate::extract::{Draft, Years};
use crate::metadata::Metadata;
use crate::outline::{Node, Outline};
use crate::reading::{
    Clause, Deadline, Evidence, Frequency, Heading, Missing, Obligation, Quantity, Reading, Shows,
};
use crate::{questions, references};

/// Drafts that are given up at once.
const DRAFTS_KEPT: usize = 4096;

/// Builds the reading.
pub(crate) fn reading(
    clean: &Clean,
    outline: &Outline,
    about: Metadata,
    years: &Years,
    drafts: Vec<Draft>,
) -> Reading {
    let (clauses, first) = clauses(clean, &outline.nodes);
    let obligations = obligations(clean, &outline.nodes, drafts, first);
    let year = about
        .year
        .or_else(|| years.iter().copied().flatten().next());
    let missing = missing(clean, outline);
    let questions = questions::all(clean, &about, year, &obligations, &missing);
    Reading {
        title: about.title,
        issuer: about.issuer,
        number: about.number,
        issued_on: about.issued_on,
        year,
        text: None,
        outline: headings(clean, &outline.nodes),
        missing,
        obligations,
        questions,
        clauses,
    }
}

/// The clauses, and the number of nodes left out before the first.
fn clauses(clean: &Clean, nodes: &[Node]) -> (Vec<Clause>, usize) {
    let mut clauses: Vec<Clause> = Vec::with_capacity(nodes.len());
    let starts: Vec<usize> = nodes
        .iter()
        .enumerate()
        .map(|(i, n)| if i == 0 { 0 } else { clean.point(n.start) })
        .collect();
    // A text that begins with its first heading has no foreword.
    let first = usize::from(nodes.len() > 1 && starts.get(1) == Some(&0));
    for (i, node) in nodes.iter().enumerate().skip(first) {
        clauses.push(Clause {
            path: node.path.clone(),
            level: node.level,
            title: clean.raw(&node.title).to_owned(),
            start: starts.get(i).copied().unwrap_or_default(),
            end: starts
                .get(i + 1)
                .copied()
                .unwrap_or_else(|| clean.raw_len()),
        });
    }
    (clauses, first)
}

fn headings(clean: &Clean, nodes: &[Node]) -> Vec<Heading> {
    let entries = nodes.iter().skip(1).filter(|n| !n.continues).map(|node| {
        let points = if node.title.is_empty() {
            let at = clean.point(node.title.start.max(node.start));
            at..at
        } else {
            clean.points(&node.title)
        };
        Heading {
            path: node.path.clone(),
            level: node.level,
            title: clean.raw(&node.title).to_owned(),
            start: points.start,
            end: points.end,
            kind: node.kind,
        }
    });
    entries.collect()
}

/// The obligations of the drafts, which are given up on the way: a large text holds megabytes of both.
fn obligations(
    clean: &Clean,
    nodes: &[Node],
    mut drafts: Vec<Draft>,
    first: usize,
) -> Vec<Obligation> {
    let mut obligations = Vec::with_capacity(drafts.len());
    while let Some(draft) = drafts.pop() {
        obligations.push(obligation(clean, nodes, &draft, first));
        if drafts.len().is_multiple_of(DRAFTS_KEPT) {
            drafts.shrink_to_fit();
        }
    }
    obligations.reverse();
    obligations
}

fn obligation(clean: &Clean, nodes: &[Node], draft: &Draft, first: usize) -> Obligation {
    let (points, quote) = clean.cite(&draft.range);
    let mut words = Words {
        clean,
        evidence: Vec::new(),
    };
    let responsible = words.names(Shows::Responsible, &draft.units.lead);
    let co_responsible = words.names(Shows::CoResponsible, &draft.units.co);
    let deadline = draft.deadline.as_ref().map(|d| Deadline {
        text: words.show(Shows::Deadline, &d.range).to_owned(),
        date: d.date.clone(),
        inferred_year: d.inferred_year,
        vague: d.vague,
    });
    let frequency = draft.frequency.as_ref().map(|f| {
        let text = words.show(Shows::Frequency, &f.range).to_owned();
        for further in &f.more {
            words.show(Shows::Frequency, further);
        }
        Frequency {
            text,
            rrule: f.rrule.clone(),
            unspecified: f.rrule.is_none(),
        }
    });
    let quantities = draft.quantities.iter().map(|q| Quantity {
        text: words.show(Shows::Quantity, &q.range).to_owned(),
        value: q.value,
        max: q.max,
        unit: q.unit.clone(),
        comparator: q.comparator,
    });
    let quantities = quantities.collect();
    let cue = draft.cue.as_ref();
    let cue = cue.map(|cue| words.show(Shows::Kind, cue).to_owned());
    let node = nodes.get(draft.node);
    Obligation {
        clause_path: node.map(|n| n.path.clone()).unwrap_or_default(),
        start: points.start,
        end: points.end,
        quote: quote.to_owned(),
        kind: draft.kind,
        cue,
        responsible,
        responsible_from: draft.source,
        co_responsible,
        deadline,
        frequency,
        quantities,
        evidence: words.in_order(),
        confidence: (draft.confidence * 100.0).round() / 100.0,
        clause: draft.node.saturating_sub(first),
    }
}

/// The words of one obligation's findings, cited and kept as evidence.
struct Words<'a> {
    clean: &'a Clean<'a>,
    evidence: Vec<Evidence>,
}

impl<'a> Words<'a> {
    /// The words as written; they become evidence of a finding.
    fn show(&mut self, shows: Shows, range: &Range<usize>) -> &'a str {
        let (Range { start, end }, raw) = self.clean.cite(range);
        self.evidence.push(Evidence { shows, start, end });
        raw
    }

    /// Names of units as written, each once.
    fn names(&mut self, shows: Shows, ranges: &[Range<usize>]) -> Vec<String> {
        let mut names: Vec<String> = Vec::with_capacity(ranges.len());
        for range in ranges {
            let name = self.show(shows, range).trim();
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    fn in_order(mut self) -> Vec<Evidence> {
        self.evidence.sort_by_key(|e| (e.start, e.end, e.shows));
        self.evidence.dedup();
        self.evidence.shrink_to_fit();
        self.evidence
    }
}

fn missing(clean: &Clean, outline: &Outline) -> Vec<Missing> {
    let annexes: BTreeSet<&str> = outline
        .nodes
        .iter()
        .filter(|n| n.parent.is_none() && n.path.starts_with("附件"))
        .map(|n| n.path.as_str())
        .collect();
    let mut missing = Vec::new();
    for (range, what) in references::find(&clean.text) {
        if annexes.contains(cut(&clean.text, range.clone())) {
            continue;
        }
        let (points, text) = clean.cite(&range);
        missing.push(Missing {
            text: text.to_owned(),
            start: points.start,
            end: points.end,
            what,
        });
    }
    missing
}
