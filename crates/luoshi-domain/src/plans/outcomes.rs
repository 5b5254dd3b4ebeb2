//! What came of each clause, and how many have an outcome.

use crate::plans::{Clause, Decision, Plan};

/// What came of a clause, for the colour in the workbench.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Something in it waits for a decision.
    Open,
    /// Something in it was accepted.
    Accepted,
    /// All in it was rejected.
    Rejected,
    /// A person said that nothing follows from it.
    NoAction,
    /// It has no text of its own beyond a heading.
    Empty,
}

impl Outcome {
    /// Stable name, for styles and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::NoAction => "no_action",
            Self::Empty => "empty",
        }
    }
}

/// Settled clauses of all that need an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    pub settled: u32,
    pub total: u32,
}

impl Coverage {
    /// Whole percent, rounded down, so that 100 means all.
    pub fn percent(self) -> u32 {
        (self.settled * 100).checked_div(self.total).unwrap_or(100)
    }

    pub fn is_full(self) -> bool {
        self.settled >= self.total
    }
}

impl Plan {
    /// What came of each clause, in reading order.
    pub fn outcomes(&self) -> Vec<Outcome> {
        let mut tallies = vec![Tally::default(); self.clauses.len()];
        for proposal in &self.proposals {
            let tally = usize::try_from(proposal.clause)
                .ok()
                .and_then(|index| tallies.get_mut(index));
            if let Some(tally) = tally {
                tally.add(&proposal.decision);
            }
        }
        self.clauses
            .iter()
            .zip(tallies)
            .map(|(clause, tally)| tally.outcome(clause))
            .collect()
    }

    /// How many clauses have an outcome, of all that need one.
    pub fn coverage(&self) -> Coverage {
        let mut coverage = Coverage {
            settled: 0,
            total: 0,
        };
        for outcome in self.outcomes() {
            if outcome == Outcome::Empty {
                continue;
            }
            coverage.total += 1;
            coverage.settled += u32::from(outcome != Outcome::Open);
        }
        coverage
    }
}

#[derive(Clone, Copy, Default)]
struct Tally {
    open: u32,
    kept: u32,
    rejected: u32,
}

impl Tally {
    fn add(&mut self, decision: &Decision) {
        match decision {
            Decision::Open => self.open += 1,
            Decision::Accepted | Decision::Merged { .. } | Decision::Covered { .. } => {
                self.kept += 1;
            }
            Decision::Rejected { .. } => self.rejected += 1,
        }
    }

    fn outcome(self, clause: &Clause) -> Outcome {
        if self.open > 0 {
            Outcome::Open
        } else if self.kept > 0 {
            Outcome::Accepted
        } else if self.rejected > 0 {
            Outcome::Rejected
        } else if clause.no_action.is_some() {
            Outcome::NoAction
        } else if clause.has_text {
            Outcome::Open
        } else {
            Outcome::Empty
        }
    }
}
