//! The policy set: who may do what on which row (SYS-03), as text under `policies/`.
//!
//! The texts are built in, checked against their schema when they are loaded, and decided with
//! Cedar. For each right only the policies that can bear on it are kept together, and a request
//! carries of the actor and the row what those policies look at, so that a decision costs the same in a
//! bureau of ten units and of two thousand. Nothing here does I/O.

mod errors;
mod slice;
mod texts;

use std::collections::HashMap;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, PolicyId, PolicySet, Request, Response,
};
use luoshi_domain::context::Actor;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::{Explanation, Policy, Right, Row, Rule};

pub use errors::PolicyError;
use slice::{Slice, Slices, Wanted};
use texts::Loaded;
pub use texts::{BUILT_IN, Text};

/// The policies, ready to decide.
#[derive(Debug)]
pub struct Policies {
    authorizer: Authorizer,
    slices: Slices,
    rights: HashMap<Right, OfRight>,
    rules: HashMap<PolicyId, Rule>,
}

/// What bears on one right.
#[derive(Debug)]
struct OfRight {
    action: EntityUid,
    set: PolicySet,
    wanted: Wanted,
    /// The policies that grant it, in the order of the texts.
    grants: Vec<PolicyId>,
}

impl Policies {
    /// The policies that are built into the program.
    pub fn built_in() -> Result<Self, PolicyError> {
        Self::load(&BUILT_IN)
    }

    /// Reads and checks policies: the schema first, then the texts.
    ///
    /// Refused are texts that do not parse or do not fit the schema, policies without one of their
    /// annotations, two of the same name, and rights that no policy grants.
    pub fn load(texts: &[Text]) -> Result<Self, PolicyError> {
        let loaded = Loaded::read(texts)?;
        let actions = loaded.actions()?;
        let mut rights = HashMap::new();
        for right in Right::ALL {
            rights.insert(*right, loaded.of_right(*right, &actions)?);
        }
        Ok(Self {
            authorizer: Authorizer::new(),
            slices: Slices::new(actions),
            rights,
            rules: loaded.rules,
        })
    }

    /// All policies in the order of their names.
    pub fn rules(&self) -> Vec<&Rule> {
        let mut rules: Vec<&Rule> = self.rules.values().collect();
        rules.sort_by_key(|rule| rule.id);
        rules
    }

    /// What bears on a right: those that forbid it, then those that grant it.
    pub fn rules_of(&self, right: Right) -> Vec<&Rule> {
        let Some(of) = self.rights.get(&right) else {
            return Vec::new();
        };
        let ids = of.set.policies().map(cedar_policy::Policy::id);
        let mut rules: Vec<&Rule> = ids.filter_map(|id| self.rules.get(id)).collect();
        rules.sort_by_key(|rule| (!rule.forbids, rule.id));
        rules
    }

    fn response(&self, of: &OfRight, slice: Slice) -> Option<Response> {
        let entities = Entities::from_entities(slice.entities, None).ok()?;
        let request = Request::new(
            slice.actor,
            of.action.clone(),
            slice.row,
            Context::empty(),
            None,
        )
        .ok()?;
        let response = self.authorizer.is_authorized(&request, &of.set, &entities);
        // A policy that fails is left out by the engine; one that forbids must not be lost.
        let sound = response.diagnostics().errors().next().is_none();
        sound.then_some(response)
    }

    fn decide(&self, actor: &Actor, right: Right, on: &Row) -> Option<(&OfRight, Response)> {
        let of = self.rights.get(&right)?;
        let slice = self.slices.of(actor, (&of.action, &of.wanted), on)?;
        Some((of, self.response(of, slice)?))
    }

    /// The rule that a refusal gives: the one that forbids, else the first that could have granted.
    fn decisive<'a>(&'a self, of: &OfRight, response: &Response) -> Option<&'a Rule> {
        let mut forbidding: Vec<&Rule> = self.deciding(response);
        forbidding.sort_by_key(|rule| rule.id);
        forbidding
            .first()
            .copied()
            .or_else(|| of.grants.first().and_then(|id| self.rules.get(id)))
    }

    fn deciding(&self, response: &Response) -> Vec<&Rule> {
        let ids = response.diagnostics().reason();
        ids.filter_map(|id| self.rules.get(id)).collect()
    }
}

impl Policy for Policies {
    fn permit(&self, actor: &Actor, right: Right, on: &Row) -> Result<(), Refusal> {
        let Some((of, response)) = self.decide(actor, right, on) else {
            return Err(undecided());
        };
        if response.decision() == Decision::Allow {
            return Ok(());
        }
        Err(self.decisive(of, &response).map_or_else(undecided, |rule| {
            Refusal::authority(rule.code, rule.clause, rule.says)
        }))
    }

    fn explain(&self, actor: &Actor, right: Right, on: &Row) -> Explanation {
        let Some((of, response)) = self.decide(actor, right, on) else {
            return Explanation {
                allowed: false,
                decided_by: Vec::new(),
                missed: Vec::new(),
            };
        };
        let mut decided_by: Vec<Rule> = self.deciding(&response).into_iter().cloned().collect();
        decided_by.sort_by_key(|rule| rule.id);
        let allowed = response.decision() == Decision::Allow;
        let missed = if decided_by.is_empty() {
            let grants = of.grants.iter().filter_map(|id| self.rules.get(id));
            grants.cloned().collect()
        } else {
            Vec::new()
        };
        Explanation {
            allowed,
            decided_by,
            missed,
        }
    }
}

/// Where nothing could be decided nothing is allowed.
fn undecided() -> Refusal {
    Refusal::authority(
        "undecided",
        "SYS-03",
        "权限规则没有作出判断，未予办理。请告知系统管理员。",
    )
}
