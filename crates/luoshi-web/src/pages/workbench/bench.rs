//! What the workbench shows of a plan, built from maps so that its size counts once.

use std::cell::OnceCell;
use std::collections::HashMap;

use luoshi_app::lessons::same_names::SameNames;
use luoshi_app::plans::duplicates::{Duplicates, Other};
use luoshi_domain::ids::{PersonId, ProposalId, UnitId};
use luoshi_domain::journal::Signed;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::{Clause, Decision, Outcome, Plan, Proposal};

use crate::pages::parts::Fault;
use crate::pages::plans::near::{self, NearLine};
use crate::pages::workbench::filter::Filter;
use crate::pages::workbench::forms::FoldForm;
use crate::pages::workbench::grounds::Grounds;
use crate::pages::workbench::text::{self, Mark, Span};
use crate::pages::workbench::views::ClauseView;

/// Near ones shown with a proposal; the report has more.
const NEAR_SHOWN: usize = 2;

/// What the page is asked to show besides the plan as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Proposal(ProposalId),
    Clause(u32),
}

/// An open form, or a sentence beside a row.
pub(super) struct Focus {
    pub(super) place: Place,
    pub(super) form: Option<FoldForm>,
    pub(super) notice: String,
    pub(super) typed: Vec<(&'static str, String)>,
}

/// A plan with the maps that its views need.
pub(super) struct Bench<'a> {
    pub(super) plan: &'a Plan,
    pub(super) organisation: &'a Organisation,
    pub(super) editable: bool,
    /// Who looks, to offer taking their own acts back.
    pub(super) reader: Option<PersonId>,
    /// Who decided a proposal as it stands.
    pub(super) deciders: HashMap<ProposalId, &'a Signed>,
    pub(super) outcomes: Vec<Outcome>,
    /// Proposals of each clause, as places in the plan's list.
    members: Vec<Vec<usize>>,
    places: HashMap<ProposalId, usize>,
    /// How many others stand with a proposal.
    merged: HashMap<ProposalId, u32>,
    /// The words that proposals rest on.
    pub(super) grounds: Grounds,
    focus: Option<Focus>,
    /// Found when a row first asks.
    pub(super) same_names: OnceCell<SameNames<'a>>,
    /// What proposals are near to, where that was asked for.
    near: Option<&'a Duplicates>,
    /// The part that the list shows.
    pub(super) filter: Filter,
    /// Whether a part of the page is swapped: what was just decided stays in sight.
    pub(super) swapping: bool,
}

impl<'a> Bench<'a> {
    pub(super) fn new(plan: &'a Plan, organisation: &'a Organisation, editable: bool) -> Self {
        let mut members = vec![Vec::new(); plan.clauses.len()];
        let mut places = HashMap::with_capacity(plan.proposals.len());
        let mut merged = HashMap::new();
        for (place, proposal) in plan.proposals.iter().enumerate() {
            places.insert(proposal.id, place);
            let clause = usize::try_from(proposal.clause).ok();
            if let Some(known) = clause.and_then(|clause| members.get_mut(clause)) {
                known.push(place);
            }
            if let Decision::Merged { into } = proposal.decision {
                *merged.entry(into).or_insert(0) += 1;
            }
        }
        Self {
            plan,
            organisation,
            editable,
            reader: None,
            deciders: plan.deciders(),
            outcomes: plan.outcomes(),
            members,
            places,
            merged,
            grounds: Grounds::of(plan),
            focus: None,
            same_names: OnceCell::new(),
            near: None,
            filter: Filter::default(),
            swapping: false,
        }
    }

    pub(super) fn read_by(mut self, reader: PersonId) -> Self {
        self.reader = Some(reader);
        self
    }

    /// Lists only this part.
    pub(super) fn showing(mut self, filter: Filter) -> Self {
        self.filter = filter.known();
        self
    }

    /// Whether the list shows clauses of this one's tone.
    pub(super) fn admits_tone(&self, n: usize) -> bool {
        let tone = self.tone(n);
        tone != "plain" && (self.filter.show.is_empty() || self.filter.show == tone)
    }

    /// Shows what proposals are near to.
    pub(super) fn near(mut self, found: &'a Duplicates) -> Self {
        self.near = Some(found);
        self
    }

    /// What an open proposal is near to.
    pub(super) fn near_of(&self, proposal: &Proposal) -> Vec<NearLine> {
        if proposal.decision != Decision::Open {
            return Vec::new();
        }
        let found = self.near.map_or(&[][..], |found| found.of(proposal.id));
        let standing = found.iter().filter(|near| match near.what {
            Other::Proposal(id) => self.found(id).is_some_and(|other| {
                !matches!(
                    other.decision,
                    Decision::Rejected { .. } | Decision::Merged { .. }
                )
            }),
            Other::Elsewhere(..) | Other::Task(_) => true,
        });
        standing
            .take(NEAR_SHOWN)
            .map(|near| near::line(self.plan, proposal, near, self.editable))
            .collect()
    }

    pub(super) fn with(mut self, focus: Option<Focus>) -> Self {
        self.focus = focus;
        self
    }

    /// What is wrong with the opened form, for the list on top of the page.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let form = self.focus.as_ref().and_then(|focus| focus.form.as_ref());
        form.map_or_else(Vec::new, FoldForm::faults)
    }

    pub(super) fn href(&self) -> String {
        format!("/plans/{}", self.plan.id)
    }

    pub(super) fn unit_names(&self, units: &[UnitId]) -> String {
        let names = units.iter().map(|unit| self.organisation.unit_name(*unit));
        names.collect::<Vec<_>>().join("、")
    }

    /// Where a proposal stands in the plan's list.
    pub(super) fn place_of(&self, id: ProposalId) -> Option<usize> {
        self.places.get(&id).copied()
    }

    pub(super) fn merged_into(&self, id: ProposalId) -> u32 {
        self.merged.get(&id).copied().unwrap_or_default()
    }

    pub(super) fn found(&self, id: ProposalId) -> Option<&'a Proposal> {
        self.place_of(id)
            .and_then(|place| self.plan.proposals.get(place))
    }

    pub(super) fn proposals_of(&self, clause: usize) -> impl Iterator<Item = &'a Proposal> {
        let members = self.members.get(clause).map_or(&[][..], Vec::as_slice);
        let plan = self.plan;
        members
            .iter()
            .filter_map(move |place| plan.proposals.get(*place))
    }

    pub(super) fn clauses(&self) -> Vec<ClauseView> {
        let texts = self.plan.clause_texts();
        let views = self.plan.clauses.iter().zip(texts).enumerate();
        views
            .map(|(n, (clause, text))| self.view(n, clause, text))
            .collect()
    }

    /// One clause; `None` when there is no such.
    pub(super) fn clause(&self, n: u32) -> Option<ClauseView> {
        let clause = self.plan.clause(n)?;
        let text = self.plan.clause_text(n);
        Some(self.view(usize::try_from(n).ok()?, clause, text))
    }

    fn view(&self, n: usize, clause: &Clause, text: &str) -> ClauseView {
        let marks: Vec<Mark> = self
            .proposals_of(n)
            .map(|proposal| Mark {
                start: proposal.start,
                end: proposal.end,
                proposal: proposal.id.to_string(),
                tone: mark_tone(&proposal.decision),
            })
            .collect();
        let rests = self.grounds.within(clause.start, clause.end);
        let mut laid = text::layout(text, &clause.title, clause.start, &marks, rests);
        if n == 0 {
            // The document's title stands above, larger.
            let repeated = title_lines(&laid.paragraphs, &self.plan.details.title);
            laid.paragraphs.drain(..repeated);
        }
        ClauseView {
            id: format!("clause-{n}"),
            tone: self.tone(n),
            tag: self.tag(n, clause),
            heading: laid.heading,
            paragraphs: laid.paragraphs,
        }
    }

    pub(super) fn outcome(&self, n: usize) -> Outcome {
        self.outcomes.get(n).copied().unwrap_or(Outcome::Empty)
    }

    pub(super) fn tone(&self, n: usize) -> &'static str {
        match self.outcome(n) {
            Outcome::Open => "open",
            Outcome::Accepted if self.tally(n).accepted == 0 => "merged",
            Outcome::Accepted => "task",
            Outcome::Rejected | Outcome::NoAction => "none",
            Outcome::Empty => "plain",
        }
    }

    fn tag(&self, n: usize, clause: &Clause) -> String {
        let tally = self.tally(n);
        match self.outcome(n) {
            Outcome::Empty => String::new(),
            Outcome::Open if tally.open == 0 => "待定".into(),
            Outcome::Open => format!("待定 {}", tally.open),
            Outcome::Accepted => {
                let counts = [
                    ("采纳", tally.accepted),
                    ("并入", tally.merged),
                    ("不采纳", tally.rejected),
                ];
                let parts = counts.iter().filter(|(_, count)| *count > 0);
                let parts = parts.map(|(word, count)| format!("{word} {count}"));
                parts.collect::<Vec<_>>().join(" ")
            }
            Outcome::Rejected if clause.no_action.is_none() => "不采纳".into(),
            Outcome::Rejected | Outcome::NoAction => "无需落实".into(),
        }
    }

    pub(super) fn tally(&self, n: usize) -> Tally {
        let mut tally = Tally::default();
        for proposal in self.proposals_of(n) {
            match proposal.decision {
                Decision::Open => tally.open += 1,
                Decision::Accepted => tally.accepted += 1,
                Decision::Merged { .. } | Decision::Covered { .. } => tally.merged += 1,
                Decision::Rejected { .. } => tally.rejected += 1,
            }
        }
        tally
    }

    pub(super) fn focus_on(&self, place: &Place) -> Option<&Focus> {
        self.focus.as_ref().filter(|focus| focus.place == *place)
    }
}

/// How many proposals of a clause stand where.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) open: u32,
    pub(super) accepted: u32,
    pub(super) merged: u32,
    pub(super) rejected: u32,
}

/// How many of the first paragraphs are the title and nothing else.
fn title_lines(paragraphs: &[Vec<Span>], title: &str) -> usize {
    let letters = |text: &str| -> String {
        let blank = |letter: &char| letter.is_whitespace() || *letter == '\u{feff}';
        text.chars().filter(|letter| !blank(letter)).collect()
    };
    let title = letters(title);
    let mut read = String::new();
    for (n, spans) in paragraphs.iter().enumerate() {
        read.extend(spans.iter().map(|span| letters(&span.text)));
        if read == title {
            return n + 1;
        }
        if !title.starts_with(&read) {
            return 0;
        }
    }
    0
}

fn mark_tone(decision: &Decision) -> &'static str {
    match decision {
        Decision::Open => "open",
        Decision::Accepted => "task",
        Decision::Merged { .. } | Decision::Covered { .. } => "merged",
        Decision::Rejected { .. } => "none",
    }
}

/// An address where it leads somewhere.
pub(super) fn action(exists: bool, address: impl FnOnce() -> String) -> String {
    if exists { address() } else { String::new() }
}

#[cfg(test)]
mod tests;
