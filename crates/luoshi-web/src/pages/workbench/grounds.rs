//! The words that a proposal rests on: where they stand, and how a row names them.

use luoshi_domain::plans::{Evidence, Plan, Proposal, Shows};

use crate::pages::workbench::bench::Bench;
use crate::pages::workbench::views::Ground;

/// Most characters of cited words.
const CITED: usize = 40;

/// Words that some proposal rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rest {
    /// Code points into the text.
    pub(super) start: u32,
    pub(super) end: u32,
    /// `12:date`: the proposal's number and what it shows.
    pub(super) token: String,
}

/// All words that proposals rest on, by where they start; and the byte of each code point.
#[derive(Default)]
pub(super) struct Grounds {
    rests: Vec<Rest>,
    bytes: Vec<usize>,
}

impl Grounds {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut rests = Vec::new();
        for (number, proposal) in plan.proposals.iter().enumerate() {
            rests.extend(proposal.reading.evidence.iter().map(|known| Rest {
                start: known.start,
                end: known.end,
                token: format!("{number}:{}", key(known.shows)),
            }));
        }
        rests.sort_by_key(|rest| rest.start);
        let bytes = match rests.is_empty() {
            true => Vec::new(),
            false => plan.text.char_indices().map(|(byte, _)| byte).collect(),
        };
        Self { rests, bytes }
    }

    /// Those that start between two code points.
    pub(super) fn within(&self, start: u32, end: u32) -> &[Rest] {
        let from = self.rests.partition_point(|rest| rest.start < start);
        let to = self.rests.partition_point(|rest| rest.start < end);
        self.rests.get(from..to).unwrap_or_default()
    }

    /// The words between two code points.
    fn words<'a>(&self, text: &'a str, start: u32, end: u32) -> &'a str {
        let byte = |at: u32| {
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            self.bytes.get(at).copied().unwrap_or(text.len())
        };
        text.get(byte(start)..byte(end)).unwrap_or_default()
    }
}

impl Bench<'_> {
    /// What a proposal rests on, word by word.
    pub(super) fn grounds_of(&self, proposal: &Proposal) -> Vec<Ground> {
        let mut named: Vec<Ground> = Vec::new();
        for known in &proposal.reading.evidence {
            let words = self
                .grounds
                .words(&self.plan.text, known.start, known.end)
                .split_whitespace()
                .collect::<String>();
            let ground = Ground {
                key: key(known.shows),
                label: label(known.shows),
                place: self.place_of_words(proposal, known),
                words: words.chars().take(CITED).collect(),
            };
            if !named.contains(&ground) {
                named.push(ground);
            }
        }
        named
    }

    /// Where the words stand, unless in the proposal's own sentence.
    fn place_of_words(&self, proposal: &Proposal, known: &Evidence) -> String {
        if (proposal.start..proposal.end).contains(&known.start) {
            return String::new();
        }
        let clauses = &self.plan.clauses;
        let after = clauses.partition_point(|clause| clause.start <= known.start);
        let Some(clause) = after.checked_sub(1).and_then(|place| clauses.get(place)) else {
            return String::new();
        };
        let own = self.plan.clause(proposal.clause);
        let heading = clause.start
            + u32::try_from(clause.title.chars().count()).unwrap_or_default()
            + HEADING_NUMBER;
        match (own == Some(clause), known.start < heading) {
            (true, true) => "标题".into(),
            (true, false) => "本条".into(),
            (false, true) => format!("{} 标题", clause.path),
            (false, false) => clause.path.clone(),
        }
    }
}

/// Most characters of a heading's number with the blank lines before it.
const HEADING_NUMBER: u32 = 8;

fn key(shows: Shows) -> &'static str {
    match shows {
        Shows::Responsible => "unit",
        Shows::CoResponsible => "co",
        Shows::Deadline => "date",
        Shows::Frequency => "rate",
        Shows::Quantity => "quantity",
        Shows::Kind => "kind",
    }
}

fn label(shows: Shows) -> &'static str {
    match shows {
        Shows::Responsible => "责任单位",
        Shows::CoResponsible => "配合单位",
        Shows::Deadline => "时限",
        Shows::Frequency => "频次",
        Shows::Quantity => "数量",
        Shows::Kind => "类型",
    }
}
