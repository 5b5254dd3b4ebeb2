//! A plan's text as the left pane shows it: cut into clauses, headings, paragraphs and marks.
//!
//! Offsets are code points; each function walks its text once.

/// A run of words; `proposal` is empty for plain words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) text: String,
    pub(super) proposal: String,
    /// `open`, `task`, `merged` or `none`.
    pub(super) tone: &'static str,
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
    pub(super) heading: String,
    pub(super) paragraphs: Vec<Vec<Span>>,
}

/// What may stand behind a heading and still belongs to it.
const AFTER_HEADING: [char; 6] = ['。', '．', '：', ':', '；', '.'];

/// Lays a clause out. `start` is the code point at which `text` begins in the plan's text;
/// `marks` are in reading order.
pub(super) fn layout(text: &str, title: &str, start: u32, marks: &[Mark]) -> Layout {
    let mut layout = Layout::default();
    let head = heading_end(text, title);
    let first = marks.first().map_or(u32::MAX, |mark| mark.start);
    let mut line = Line::default();
    let mut marks = marks.iter().peekable();
    let mut in_heading = head > 0 && start.saturating_add(count(text, head)) <= first;
    for (at, (byte, letter)) in (start..).zip(text.char_indices()) {
        if in_heading && byte >= head {
            layout.heading = line.take_text();
            in_heading = false;
        }
        if letter == '\n' {
            line.end(&mut layout.paragraphs);
            continue;
        }
        while marks.next_if(|mark| mark.end <= at).is_some() {}
        let mark = marks.peek().filter(|mark| mark.start <= at);
        line.push(letter, mark.copied());
    }
    if in_heading {
        layout.heading = line.take_text();
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
    fn push(&mut self, letter: char, mark: Option<&Mark>) {
        let (proposal, tone) = mark.map_or(("", ""), |mark| (mark.proposal.as_str(), mark.tone));
        match self.spans.last_mut() {
            Some(last) if last.proposal == proposal => last.text.push(letter),
            _ => self.spans.push(Span {
                text: letter.to_string(),
                proposal: proposal.to_owned(),
                tone,
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

    fn take_text(&mut self) -> String {
        let spans = std::mem::take(&mut self.spans);
        let text: String = spans.into_iter().map(|span| span.text).collect();
        text.trim().to_owned()
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

    #[test]
    fn a_run_in_heading_is_split_from_its_sentence() {
        let text = "（一）备足物资。公路中心储备融雪剂600吨。\n另起一段。\n";
        let layout = layout(text, "备足物资", 100, &[mark(108, 121, "a")]);
        assert_eq!(layout.heading, "（一）备足物资。");
        assert_eq!(
            plain(&layout.paragraphs),
            ["[a:公路中心储备融雪剂600吨]。", "另起一段。"]
        );
    }

    #[test]
    fn a_heading_that_is_itself_a_proposal_stays_a_sentence() {
        let layout = layout("1．完善应急预案。", "完善应急预案", 0, &[mark(2, 9, "a")]);
        assert_eq!(layout.heading, "");
        assert_eq!(plain(&layout.paragraphs), ["1．[a:完善应急预案。]"]);
    }

    #[test]
    fn a_mark_goes_on_over_a_line_break_and_overlapping_marks_take_turns() {
        let marks = [mark(0, 5, "a"), mark(3, 7, "b")];
        let layout = layout("甲乙\n丙丁戊己庚", "", 0, &marks);
        assert_eq!(
            plain(&layout.paragraphs),
            ["[a:甲乙]", "[a:丙丁][b:戊己]庚"]
        );
    }

    #[test]
    fn a_clause_of_a_heading_alone_has_no_paragraph() {
        let layout = layout("\n二、主要任务\n\n", "主要任务", 7, &[]);
        assert_eq!(layout.heading, "二、主要任务");
        assert!(layout.paragraphs.is_empty());
    }
}
