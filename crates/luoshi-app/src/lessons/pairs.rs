//! What a final plan confirms: names with the units chosen for them, kinds with the kinds made of
//! them. Only what is beyond doubt: where it is open which unit stands for which name, nothing.

use luoshi_domain::ids::UnitId;
use luoshi_domain::lessons::{KindPair, KindSetting, NamePair};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::hints::Experience;
use luoshi_domain::plans::{Decision, Plan, Proposal};

use crate::lessons::themes;
use crate::plans::assignment::{Called, abbreviated, bare, called};

/// The pairs of all proposals that stand: names of the accepted and the merged, kinds of the
/// accepted.
pub(crate) fn of_plan(plan: &Plan, organisation: &Organisation) -> (Vec<NamePair>, Vec<KindPair>) {
    let themes = themes::of(&plan.clauses);
    let (mut names, mut kinds) = (Vec::new(), Vec::new());
    for proposal in &plan.proposals {
        let accepted = proposal.decision == Decision::Accepted;
        if accepted || matches!(proposal.decision, Decision::Merged { .. }) {
            names.extend(name_pairs(proposal, organisation));
        }
        if let (true, Some(proposed)) = (accepted, proposal.reading.kind) {
            let clause = usize::try_from(proposal.clause).unwrap_or(usize::MAX);
            let setting = KindSetting {
                proposed,
                cue: proposal.reading.cue.clone().unwrap_or_default(),
                theme: themes.get(clause).copied().unwrap_or_default().to_owned(),
            };
            kinds.push(KindPair {
                setting,
                confirmed: proposal.draft.kind,
                proposal: proposal.id,
            });
        }
    }
    (names, kinds)
}

/// Names of a proposal that the organisation does not know, each with the units that the draft has
/// for it and for nobody else.
pub(crate) fn name_pairs(proposal: &Proposal, organisation: &Organisation) -> Vec<NamePair> {
    let Some(Strangers {
        mut unknown,
        mut rest,
    }) = Strangers::of(proposal, organisation)
    else {
        return Vec::new();
    };
    let mut pairs = Vec::new();
    if unknown.len() > 1 {
        // Several are told apart where experience or the letters say which unit is whose.
        unknown.retain(|stranger| {
            let units = stranger.expected(proposal, organisation);
            let kept = units.is_empty() || !units.iter().all(|unit| rest.holds(*unit));
            if !kept {
                rest.drop(&units);
                pairs.push(pair(proposal, stranger.name, units));
            }
            kept
        });
    }
    if let [last] = unknown.as_slice() {
        let units = rest.of(last.co);
        if !units.is_empty() {
            pairs.push(pair(proposal, last.name, units));
        } else if rest.is_empty() && last.used(proposal) {
            // Experience had put a unit here and a person took it away.
            pairs.push(pair(proposal, last.name, Vec::new()));
        }
    }
    pairs
}

fn pair(proposal: &Proposal, name: &str, units: Vec<UnitId>) -> NamePair {
    NamePair {
        name: name.to_owned(),
        units,
        proposal: proposal.id,
    }
}

/// The names that the organisation does not know, and the units that no known name explains.
struct Strangers<'a> {
    unknown: Vec<Stranger<'a>>,
    rest: Rest,
}

struct Stranger<'a> {
    name: &'a str,
    co: bool,
}

#[derive(Default)]
struct Rest {
    leads: Vec<UnitId>,
    co_units: Vec<UnitId>,
}

impl<'a> Strangers<'a> {
    /// `None` when a name is blanked out: a unit may be there on its account.
    fn of(proposal: &'a Proposal, organisation: &Organisation) -> Option<Self> {
        let reading = &proposal.reading;
        let responsible = reading.responsible.iter().map(|name| (name, false));
        let co_responsible = reading.co_responsible.iter().map(|name| (name, true));
        let mut unknown: Vec<Stranger<'a>> = Vec::new();
        let mut explained = Vec::new();
        for (name, co) in responsible.chain(co_responsible) {
            match called(name, organisation) {
                Called::Redacted => return None,
                Called::Nobody => {}
                Called::One(unit) => explained.push(unit),
                Called::All(units) => explained.extend(units),
                Called::Unknown => {
                    let name = bare(name);
                    if !unknown.iter().any(|known| known.name == name) {
                        unknown.push(Stranger { name, co });
                    }
                }
            }
        }
        let unexplained = |units: &[UnitId]| {
            let units = units.iter().filter(|unit| !explained.contains(unit));
            units.copied().collect()
        };
        Some(Self {
            unknown,
            rest: Rest {
                leads: unexplained(&proposal.draft.leads),
                co_units: unexplained(&proposal.draft.co_units),
            },
        })
    }
}

impl Stranger<'_> {
    /// Whether experience put units into the draft for this name.
    fn used(&self, proposal: &Proposal) -> bool {
        self.experienced(proposal).is_some()
    }

    fn experienced<'a>(&self, proposal: &'a Proposal) -> Option<&'a [UnitId]> {
        let mut used = proposal.reading.experience.iter();
        used.find_map(|known| match known {
            Experience::Name { name, units, .. } | Experience::SameName { name, units, .. }
                if name == self.name =>
            {
                Some(units.as_slice())
            }
            _ => None,
        })
    }

    /// The units that stand for the name by experience or by its letters.
    fn expected(&self, proposal: &Proposal, organisation: &Organisation) -> Vec<UnitId> {
        match self.experienced(proposal) {
            Some(units) => units.to_vec(),
            None => abbreviated(self.name, organisation).into_iter().collect(),
        }
    }
}

impl Rest {
    fn is_empty(&self) -> bool {
        self.leads.is_empty() && self.co_units.is_empty()
    }

    fn holds(&self, unit: UnitId) -> bool {
        self.leads.contains(&unit) || self.co_units.contains(&unit)
    }

    fn drop(&mut self, units: &[UnitId]) {
        self.leads.retain(|unit| !units.contains(unit));
        self.co_units.retain(|unit| !units.contains(unit));
    }

    /// What one name stands for: the units in the lead for one that is to lead, else the only
    /// co-unit. With several co-units one may have been added for other reasons.
    fn of(&self, co: bool) -> Vec<UnitId> {
        if !co && !self.leads.is_empty() {
            return self.leads.clone();
        }
        match self.co_units.as_slice() {
            [only] => vec![*only],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
