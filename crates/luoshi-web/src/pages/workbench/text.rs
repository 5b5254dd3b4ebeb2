//! A plan's text as the left pane shows it: cut into clauses, headings, paragraphs and marks.
//!
//! Offsets are code points; each function walks its text once.

use std::iter::Peekable;

use crate::pages::workbench::grounds::Rest;

/// A run of words; `proposal` is empty for plain words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) text: String,
    pub(super) proposal: String,
    /// `open`, `task`, `merged` or `none`.
    pub(super) tone: &'static str,
    /// Which proposals rest on these words, and for what: `3:unit 12:date`.
    pub(super) shows: String,
}

/// Words of a clause that a proposal was read out of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// Code points into the text.
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) proposal: String,
    pub(super) tone: &'static str,
}

/// A clause's heading and what stands below it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// With its number; empty when the clause has none of its own.
    pub(super) heading: Vec<Span>,
    pub(super) paragraphs: Vec<Vec<Span>>,
}

/// What may stand behind a heading and still belongs to it.
const AFTER_HEADING: [char; 6] = ['。', '．', '：', ':', '；', '.'];

/// Lays a clause out. `start` is the code point at which `text` begins in the plan's text;
/// `marks` and `rests` are in reading order.
pub(super) fn layout(
    text: &str,
    title: &str,
    start: u32,
    marks: &[Mark],
    rests: &[Rest],
) -> Layout {
    let mut layout = Layout::default();
    let head = heading_end(text, title);
    let first = marks.first().map_or(u32::MAX, |mark| mark.start);
    let mut line = Line::default();
    let mut marks = marks.iter().peekable();
    let mut shown = Shown::new(rests);
    let mut in_heading = head > 0 && start.saturating_add(count(text, head)) <= first;
    for (at, (byte, letter)) in (start..).zip(text.char_indices()) {
        if in_heading && byte >= head {
            layout.heading = line.take();
            in_heading = false;
        }
        if letter == '\n' {
            line.end(&mut layout.paragraphs);
            continue;
        }
        while marks.next_if(|mark| mark.end <= at).is_some() {}
        let mark = marks.peek().filter(|mark| mark.start <= at);
        line.push(letter, mark.copied(), shown.at(at));
    }
    if in_heading {
        layout.heading = line.take();
    }
    line.end(&mut layout.paragraphs);
    layout
}

/// The byte after the heading on the first line that has words; 0 when there is none.
fn heading_end(text: &str, title: &str) -> usize {
    let title = title.trim();
    let lead = text.len() - text.trim_start().len();
    let first = text.get(lead..).and_then(|rest| rest.lines().next());
    let (Some(line), false) = (first, title.is_empty()) else {
        return 0;
    };
    let Some(at) = line.find(title) else {
        return 0;
    };
    let after = line.get(at + title.len()..).unwrap_or_default();
    let rest = after.trim_start_matches(AFTER_HEADING);
    lead + line.len() - rest.len()
}

fn count(text: &str, bytes: usize) -> u32 {
    let letters = text.get(..bytes).map_or(0, |head| head.chars().count());
    u32::try_from(letters).unwrap_or(u32::MAX)
}

/// A line under construction.
#[derive(Default)]
struct Line {
    spans: Vec<Span>,
}

impl Line {
    fn push(&mut self, letter: char, mark: Option<&Mark>, shows: &str) {
        let (proposal, tone) = mark.map_or(("", ""), |mark| (mark.proposal.as_str(), mark.tone));
        match self.spans.last_mut() {
            Some(last) if last.proposal == proposal && last.shows == shows => {
                last.text.push(letter);
            }
            _ => self.spans.push(Span {
                text: letter.to_string(),
                proposal: proposal.to_owned(),
                tone,
                shows: shows.to_owned(),
            }),
        }
    }

    /// Ends the line; a line without words is none.
    fn end(&mut self, paragraphs: &mut Vec<Vec<Span>>) {
        let spans = std::mem::take(&mut self.spans);
        if spans.iter().any(|span| !is_blank(&span.text)) {
            paragraphs.push(spans);
        }
    }

    /// The line so far, without blanks at its ends.
    fn take(&mut self) -> Vec<Span> {
        let mut spans = std::mem::take(&mut self.spans);
        while spans.first().is_some_and(|span| is_blank(&span.text)) {
            spans.remove(0);
        }
        while spans.last().is_some_and(|span| is_blank(&span.text)) {
            spans.pop();
        }
        if let Some(first) = spans.first_mut() {
            first.text = first.text.trim_start().to_owned();
        }
        if let Some(last) = spans.last_mut() {
            last.text = last.text.trim_end().to_owned();
        }
        spans
    }
}

/// What the words at a place show, while one walks forwards.
struct Shown<'a> {
    coming: Peekable<std::slice::Iter<'a, Rest>>,
    here: Vec<&'a Rest>,
    tokens: String,
}

impl<'a> Shown<'a> {
    fn new(rests: &'a [Rest]) -> Self {
        Self {
            coming: rests.iter().peekable(),
            here: Vec::new(),
            tokens: String::new(),
        }
    }

    fn at(&mut self, at: u32) -> &str {
        let known = self.here.len();
        self.here.retain(|rest| rest.end > at);
        let mut changed = self.here.len() != known;
        while let Some(rest) = self.coming.next_if(|rest| rest.start <= at) {
            if rest.end > at {
                self.here.push(rest);
                changed = true;
            }
        }
        if changed {
            let tokens: Vec<&str> = self.here.iter().map(|rest| rest.token.as_str()).collect();
            self.tokens = tokens.join(" ");
        }
        &self.tokens
    }
}

fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|letter| letter.is_whitespace() || letter == '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(start: u32, end: u32, proposal: &str) -> Mark {
        Mark {
            start,
            end,
            proposal: proposal.into(),
            tone: "open",
        }
    }

    fn plain(paragraphs: &[Vec<Span>]) -> Vec<String> {
        let one = |spans: &Vec<Span>| {
            let parts = spans.iter().map(|span| match span.proposal.as_str() {
                "" => span.text.clone(),
                proposal => format!("[{proposal}:{}]", span.text),
            });
            parts.collect()
        };
        paragraphs.iter().map(one).collect()
    }

    fn words(spans: &[Span]) -> String {
        spans.iter().map(|span| span.text.as_str()).collect()
    }

    #[test]
    fn import_10_words_that_proposals_rest_on_are_cut_out_also_in_the_heading() {
        let rest = |start, end, token: &str| Rest {
            start,
            end,
            token: token.into(),
        };
        let rests = [
            rest(3, 6, "0:unit"),
            rest(9, 12, "0:date"),
            rest(10, 13, "1:date"),
        ];
        let text = "（一）安全科。\n九月底前办完。";
        let laid = layout(text, "安全科", 0, &[mark(8, 15, "a")], &rests);
        let shows = |spans: &[Span]| -> Vec<(String, String)> {
            let cut = spans.iter().filter(|span| !span.shows.is_empty());
            cut.map(|span| (span.text.clone(), span.shows.clone()))
                .collect()
        };
        let pair = |text: &str, shows: &str| (text.to_owned(), shows.to_owned());
        assert_eq!(shows(&laid.heading), [pair("安全科", "0:unit")]);
        assert_eq!(
            shows(&laid.paragraphs[0]),
            [
                pair("月", "0:date"),
                pair("底前", "0:date 1:date"),
                pair("办", "1:date")
            ]
        );
        assert_eq!(words(&laid.paragraphs[0]), "九月底前办完。");
    }

    #[test]
    fn a_run_in_heading_is_split_from_its_sentence() {
        let text = "（一）备足物资。公路中心储备融雪剂600吨。\n另起一段。\n";
        let layout = layout(text, "备足物资", 100, &[mark(108, 121, "a")], &[]);
        assert_eq!(words(&layout.heading), "（一）备足物资。");
        assert_eq!(
            plain(&layout.paragraphs),
            ["[a:公路中心储备融雪剂600吨]。", "另起一段。"]
        );
    }

    #[test]
    fn a_heading_that_is_itself_a_proposal_stays_a_sentence() {
        let layout = layout(
            "1．完善应急预案。",
            "完善应急预案",
            0,
            &[mark(2, 9, "a")],
            &[],
        );
        assert!(layout.heading.is_empty());
        assert_eq!(plain(&layout.paragraphs), ["1．[a:完善应急预案。]"]);
    }

    #[test]
    fn a_mark_goes_on_over_a_line_break_and_overlapping_marks_take_turns() {
        let marks = [mark(0, 5, "a"), mark(3, 7, "b")];
        let layout = layout("甲乙\n丙丁戊己庚", "", 0, &marks, &[]);
        assert_eq!(
            plain(&layout.paragraphs),
            ["[a:甲乙]", "[a:丙丁][b:戊己]庚"]
        );
    }

    #[test]
    fn a_clause_of_a_heading_alone_has_no_paragraph() {
        let layout = layout("\n二、主要任务\n\n", "主要任务", 7, &[], &[]);
        assert_eq!(words(&layout.heading), "二、主要任务");
        assert!(layout.paragraphs.is_empty());
    }
}
