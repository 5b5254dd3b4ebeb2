//! What a person should check before accepting a proposal (IMPORT-11).

use luoshi_domain::plans::{Proposal, ProposalKind};

/// Percent below which the reader is not sure enough to be taken at its word.
pub const SURE_FROM: u8 = 60;

/// Words that ask for repetition without saying how often.
const VAGUE: [&str; 6] = ["不定期", "定期", "经常", "适时", "及时", "随时"];

/// Something that the document leaves open or that the reader is not sure of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Units are named, none of them is one of the bureau's.
    UnknownUnit,
    /// No unit is named.
    NoUnit,
    /// A deadline is written that gives no date.
    UnclearLimit,
    /// No deadline is written.
    NoLimit,
    /// Repetition is asked for, how often is not.
    UnclearFrequency,
    /// A suggestion has been neither taken nor ignored.
    Suggested,
    /// The reader is not sure.
    Unsure,
}

/// The doubts about a proposal as it stands, most important first.
pub fn of(proposal: &Proposal) -> Vec<Doubt> {
    let (draft, reading) = (&proposal.draft, &proposal.reading);
    let mut doubts = Vec::new();
    if draft.kind.tracked().is_some() {
        if draft.leads.is_empty() {
            doubts.push(if reading.responsible.is_empty() {
                Doubt::NoUnit
            } else {
                Doubt::UnknownUnit
            });
        }
        // What recurs has a frequency instead of a limit.
        if draft.kind == ProposalKind::Recurring {
            let frequency = draft.frequency.as_deref().unwrap_or_default();
            if frequency.is_empty() || VAGUE.contains(&frequency) {
                doubts.push(Doubt::UnclearFrequency);
            }
        } else if draft.limit.is_none() {
            doubts.push(if reading.deadline.is_some() {
                Doubt::UnclearLimit
            } else {
                Doubt::NoLimit
            });
        }
    }
    if proposal.suggestions().next().is_some() {
        doubts.push(Doubt::Suggested);
    }
    if reading.confidence < SURE_FROM {
        doubts.push(Doubt::Unsure);
    }
    doubts
}
