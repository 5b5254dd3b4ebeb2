//! One name all over a plan: what a person chose for it once can be filled in wherever it stands
//! open, and taken back (IMPORT-07).
//!
//! Nothing is kept for this: the plan's own proposals say what people chose, and each that was
//! filled carries where it was filled from.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use luoshi_domain::ids::{PlanId, ProposalId, UnitId};
use luoshi_domain::lessons::{Lessons, NamePair};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::acts::ActName;
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::hints::Experience;
use luoshi_domain::plans::{Decision, Draft, Plan, Proposal};

use crate::errors::AppResult;
use crate::lessons::{pairs, with_hints};
use crate::plans::assignment::{Assigned, Called, Filled, Names, bare, called};
use crate::plans::{self, PlanView};
use crate::{App, Who};

/// What can be filled in elsewhere by what a person chose in one proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub name: String,
    pub units: Vec<UnitId>,
    /// Other open proposals with the name and without the units.
    pub others: usize,
    /// Proposals that were filled from here and are still open.
    pub filled: usize,
}

/// The names that the organisation does not know, with the proposals that they stand in.
pub struct SameNames<'a> {
    plan: &'a Plan,
    organisation: &'a Organisation,
    places: HashMap<&'a str, Vec<usize>>,
    filled: HashMap<ProposalId, usize>,
}

impl<'a> SameNames<'a> {
    /// Walks the plan once.
    pub fn of(plan: &'a Plan, organisation: &'a Organisation) -> Self {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut filled: HashMap<ProposalId, usize> = HashMap::new();
        for (place, proposal) in plan.proposals.iter().enumerate() {
            if proposal.decision != Decision::Open {
                continue;
            }
            for name in names_of(proposal) {
                let known = places.entry(bare(name)).or_default();
                if known.last() != Some(&place) {
                    known.push(place);
                }
            }
            if let Some(from) = filled_from(proposal) {
                *filled.entry(from).or_default() += 1;
            }
        }
        // One question to the organisation for each name, not for each sentence.
        places.retain(|name, _| called(name, organisation) == Called::Unknown);
        Self {
            plan,
            organisation,
            places,
            filled,
        }
    }

    /// What a proposal offers for others; `None` when it names nobody unknown, or nobody else does.
    pub fn offer(&self, proposal: &Proposal) -> Option<Offer> {
        let filled = self.filled.get(&proposal.id).copied().unwrap_or_default();
        let (pair, others) = self.others(proposal)?;
        (!others.is_empty() || filled > 0).then_some(Offer {
            name: pair.name,
            units: pair.units,
            others: others.len(),
            filled,
        })
    }

    /// What a person chose in the proposal, and the proposals that could follow.
    fn others(&self, proposal: &Proposal) -> Option<(NamePair, Vec<&'a Proposal>)> {
        if filled_from(proposal).is_some() {
            return None;
        }
        let pairs = pairs::name_pairs(proposal, self.organisation).into_iter();
        let chosen = pairs.filter(|pair| !pair.units.is_empty() && !learnt(proposal, pair));
        let mut best: Option<(NamePair, Vec<&'a Proposal>)> = None;
        for pair in chosen {
            let places = self.places.get(pair.name.as_str());
            let others = places.map_or(&[][..], Vec::as_slice).iter();
            let others = others.filter_map(|place| self.plan.proposals.get(*place));
            let others: Vec<_> = others
                .filter(|other| other.id != proposal.id && lacks(other, &pair.units))
                .collect();
            if best
                .as_ref()
                .is_none_or(|(_, most)| others.len() > most.len())
            {
                best = Some((pair, others));
            }
        }
        best
    }
}

/// Fills in what a person chose in `from` wherever the same name stands open and untouched; how
/// many proposals changed.
pub async fn fill(
    app: &App,
    who: &Who,
    id: PlanId,
    from: ProposalId,
) -> AppResult<(PlanView, usize)> {
    change(app, who, id, |plan, organisation, lessons, now| {
        let same = SameNames::of(plan, organisation);
        let Some((pair, others)) = plan.proposal(from).and_then(|known| same.others(known)) else {
            return Vec::new();
        };
        let mut names = Names {
            organisation,
            lessons,
            now,
            filled: None,
        };
        let others = others.into_iter();
        let untouched = others.filter(|other| is_as_assigned(other, &names));
        let untouched: Vec<_> = untouched.collect();
        names.filled = Some(Filled {
            name: &pair.name,
            units: &pair.units,
            from,
        });
        let commands = untouched.into_iter();
        commands.map(|other| reassign(other, &names)).collect()
    })
    .await
}

/// Takes back what was filled in from `from`, wherever it is still open and as it was filled; how
/// many proposals changed.
pub async fn unfill(
    app: &App,
    who: &Who,
    id: PlanId,
    from: ProposalId,
) -> AppResult<(PlanView, usize)> {
    change(app, who, id, |plan, organisation, lessons, now| {
        let mut commands = Vec::new();
        for proposal in &plan.proposals {
            let Some(Experience::SameName { name, units, .. }) = mark(proposal, from) else {
                continue;
            };
            let mut names = Names {
                organisation,
                lessons,
                now,
                filled: Some(Filled { name, units, from }),
            };
            if proposal.decision != Decision::Open || !is_as_assigned(proposal, &names) {
                continue;
            }
            names.filled = None;
            commands.push(reassign(proposal, &names));
        }
        commands
    })
    .await
}

async fn change(
    app: &App,
    who: &Who,
    id: PlanId,
    commands: impl Fn(&Plan, &Organisation, &Lessons, DateTime<Utc>) -> Vec<PlanCommand>,
) -> AppResult<(PlanView, usize)> {
    let view = plans::show(app, who, id).await?;
    let lessons = app.store.read(who.bureau).await?.lessons_load().await?;
    let commands = commands(&view.plan, &view.organisation, &lessons, app.clock.now());
    let count = commands.len();
    if commands.is_empty() {
        return Ok((view, 0));
    }
    let (seen, act) = (Some(view.plan.version), (Some(ActName::SameName), commands));
    let view = plans::handle_named(app, who, id, act, seen).await?;
    Ok((view, count))
}

fn names_of(proposal: &Proposal) -> impl Iterator<Item = &String> {
    let reading = &proposal.reading;
    reading.responsible.iter().chain(&reading.co_responsible)
}

fn lacks(proposal: &Proposal, units: &[UnitId]) -> bool {
    let draft = &proposal.draft;
    let has = |unit: &UnitId| draft.leads.contains(unit) || draft.co_units.contains(unit);
    !units.iter().all(has)
}

/// Whether the pair is only what experience put there, which needs no filling.
fn learnt(proposal: &Proposal, pair: &NamePair) -> bool {
    proposal.reading.experience.iter().any(|known| {
        matches!(known, Experience::Name { name, units, .. }
            if *name == pair.name && *units == pair.units)
    })
}

fn filled_from(proposal: &Proposal) -> Option<ProposalId> {
    let mut used = proposal.reading.experience.iter();
    used.find_map(|known| match known {
        Experience::SameName { from, .. } => Some(*from),
        _ => None,
    })
}

fn mark(proposal: &Proposal, wanted: ProposalId) -> Option<&Experience> {
    let mut used = proposal.reading.experience.iter();
    used.find(|known| matches!(known, Experience::SameName { from, .. } if *from == wanted))
}

/// Whether the proposal's units are what its names give, so that nobody has chosen others.
fn is_as_assigned(proposal: &Proposal, names: &Names<'_>) -> bool {
    let Assigned {
        leads, co_units, ..
    } = assigned(proposal, names);
    proposal.draft.leads == leads && proposal.draft.co_units == co_units
}

fn assigned(proposal: &Proposal, names: &Names<'_>) -> Assigned {
    let reading = &proposal.reading;
    names.assign(&reading.responsible, &reading.co_responsible)
}

/// Gives the proposal the units that its names give now; its kind stays.
fn reassign(proposal: &Proposal, names: &Names<'_>) -> PlanCommand {
    let assigned = assigned(proposal, names);
    let kinds = proposal.reading.experience.iter();
    let kinds = kinds.filter(|known| matches!(known, Experience::Kind { .. }));
    let mut experience = assigned.experience;
    experience.extend(kinds.cloned());
    let reading = with_hints(&proposal.reading, experience, assigned.suggestions);
    PlanCommand::RereadProposal {
        proposal: proposal.id,
        draft: Box::new(Draft {
            leads: assigned.leads,
            co_units: assigned.co_units,
            ..proposal.draft.clone()
        }),
        reading: Box::new(reading),
    }
}
