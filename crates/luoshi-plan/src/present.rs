//! Findings in bytes of the cleaned text to a reading in code points of the text as given.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::clean::{Clean, cut};
use crate::extract::{Draft, Years};
use crate::metadata::Metadata;
use crate::outline::{Node, Outline};
use crate::reading::{
    Clause, Deadline, Frequency, Heading, Missing, Obligation, Quantity, Question, Reading,
};
use crate::references;

/// Builds the reading.
pub(crate) fn reading(
    clean: &Clean,
    outline: &Outline,
    about: Metadata,
    years: &Years,
    drafts: &[Draft],
) -> Reading {
    let (clauses, first) = clauses(clean, &outline.nodes);
    let obligations: Vec<Obligation> = drafts
        .iter()
        .map(|d| obligation(clean, &outline.nodes, d, first))
        .collect();
    let questions = questions(clean, drafts, &obligations);
    Reading {
        title: about.title,
        issuer: about.issuer,
        number: about.number,
        issued_on: about.issued_on,
        year: about
            .year
            .or_else(|| years.iter().copied().flatten().next()),
        text: None,
        outline: headings(clean, &outline.nodes),
        missing: missing(clean, outline),
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

fn obligation(clean: &Clean, nodes: &[Node], draft: &Draft, first: usize) -> Obligation {
    let (points, quote) = clean.cite(&draft.range);
    let names = |ranges: &[Range<usize>]| {
        let mut names: Vec<String> = Vec::new();
        for range in ranges {
            let name = clean.raw(range).trim().to_owned();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    };
    Obligation {
        clause_path: nodes
            .get(draft.node)
            .map(|n| n.path.clone())
            .unwrap_or_default(),
        start: points.start,
        end: points.end,
        quote: quote.to_owned(),
        kind: draft.kind,
        responsible: names(&draft.units.lead),
        responsible_from: draft.source,
        co_responsible: names(&draft.units.co),
        deadline: draft.deadline.as_ref().map(|d| Deadline {
            text: clean.raw(&d.range).to_owned(),
            date: d.date.clone(),
            inferred_year: d.inferred_year,
            vague: d.vague,
        }),
        frequency: draft.frequency.as_ref().map(|f| Frequency {
            text: clean.raw(&f.range).to_owned(),
            rrule: f.rrule.clone(),
            unspecified: f.rrule.is_none(),
        }),
        quantities: draft
            .quantities
            .iter()
            .map(|q| Quantity {
                text: clean.raw(&q.range).to_owned(),
                value: q.value,
                max: q.max,
                unit: q.unit.clone(),
                comparator: q.comparator,
            })
            .collect(),
        confidence: (draft.confidence * 100.0).round() / 100.0,
        clause: draft.node.saturating_sub(first),
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
        let points = clean.points(&range);
        let text = clean.raw(&range).to_owned();
        missing.push(Missing {
            text,
            start: points.start,
            end: points.end,
            what,
        });
    }
    missing
}

fn questions(clean: &Clean, drafts: &[Draft], obligations: &[Obligation]) -> Vec<Question> {
    let mut questions = Vec::new();
    let mut asked: BTreeSet<String> = BTreeSet::new();
    let mut ask = |range: &Range<usize>, asks: String| {
        let points = clean.points(range);
        questions.push(Question {
            start: points.start,
            end: points.end,
            asks,
        });
    };
    for (draft, obligation) in drafts.iter().zip(obligations) {
        if let Some(found) = draft.frequency.as_ref().filter(|f| f.rrule.is_none()) {
            ask(
                &found.range,
                format!("“{}”没有写明周期，多久一次？", clean.raw(&found.range)),
            );
        }
        if let Some(found) = &draft.deadline {
            let text = clean.raw(&found.range);
            if found.date.is_none() {
                ask(&found.range, format!("“{text}”没有写明日期，哪一天到期？"));
            } else if found.date.as_ref().is_some_and(|d| d.starts_with('X')) {
                ask(&found.range, format!("“{text}”没有写年份，是哪一年？"));
            }
        }
        let redacted = obligation.responsible.iter().find(|n| is_redacted(n));
        if let Some(name) = redacted.filter(|n| asked.insert((*n).clone())) {
            ask(&draft.range, format!("“{name}”被隐去了名称，是哪个单位？"));
        }
    }
    questions
}

/// A name in which letters stand for what was taken out, as in xx市.
pub(crate) fn is_redacted(name: &str) -> bool {
    ["xx", "XX", "××", "某"].iter().any(|w| name.contains(w))
}
