//! How a plan stands to other plans: the same text for another year, a new version of an earlier
//! one (IMPORT-12).

use serde::{Deserialize, Serialize};

use crate::ids::{PlanId, ProposalId};
use crate::plans::{Decision, Draft, Plan, PlanEvent, Versioned};
use crate::refusals::Refusal;

/// How a plan stands to other plans.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// The year that completed the dates when the text was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_year: Option<i32>,
    /// Set when the text was loaded to another year than it was written for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year_of: Option<YearCopy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Earlier>,
    /// The later version that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<PlanId>,
}

/// From which plan, and from which year to which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearCopy {
    pub plan: PlanId,
    pub from: i32,
    pub to: i32,
}

/// What is known of an earlier version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Earlier {
    /// It looks like one; a person is asked.
    Likely {
        plan: PlanId,
        /// Its title then.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        title: String,
    },
    /// A person said that it is none.
    Denied { plan: PlanId },
    /// A person said so.
    Version {
        plan: PlanId,
        /// Which version the later one is; the first import is 1.
        nth: u32,
        /// Clauses whose "nothing follows" was taken over.
        no_action: Vec<u32>,
        /// Its title then.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        title: String,
    },
}

/// What an unchanged proposal takes over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carry {
    pub proposal: ProposalId,
    /// The proposal of the earlier version.
    pub from: ProposalId,
    pub draft: Box<Draft>,
    pub decision: Decision,
}

/// What a proposal took over, with what it would have been without.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    pub from: ProposalId,
    pub read: Box<Draft>,
}

impl Lineage {
    /// Whether no other plan is known of and the year of reading neither.
    pub fn is_alone(&self) -> bool {
        *self == Self::default()
    }

    /// Which version it is; 1 for a first import.
    pub fn nth(&self) -> u32 {
        match &self.earlier {
            Some(Earlier::Version { nth, .. }) => *nth,
            _ => 1,
        }
    }

    /// The earlier version, once a person said which it is.
    pub fn previous(&self) -> Option<PlanId> {
        match &self.earlier {
            Some(Earlier::Version { plan, .. }) => Some(*plan),
            _ => None,
        }
    }

    /// The plan that a person should be asked about.
    pub fn likely(&self) -> Option<PlanId> {
        match &self.earlier {
            Some(Earlier::Likely { plan, .. }) => Some(*plan),
            _ => None,
        }
    }

    /// The title of the earlier version, confirmed or likely; empty when nobody noted it.
    pub fn earlier_title(&self) -> &str {
        match &self.earlier {
            Some(Earlier::Likely { title, .. } | Earlier::Version { title, .. }) => title,
            _ => "",
        }
    }

    /// Years between the one the text was written for and the one it stands for now.
    pub fn shift(&self) -> i32 {
        self.year_of.map_or(0, |copy| copy.to - copy.from)
    }
}

impl Plan {
    pub(super) fn decide_version(&self, versioned: Versioned) -> Result<Vec<PlanEvent>, Refusal> {
        if versioned.plan == self.id {
            return Err(Refusal::input(
                "same",
                "IMPORT-12",
                "方案不能是它自己的新版本。",
            ));
        }
        if self.lineage.previous().is_some() {
            return Err(Refusal::state(
                "already_version",
                "IMPORT-12",
                "已经确认为新版本；要改，请先撤回。",
            ));
        }
        for carry in &versioned.carries {
            self.require_proposal(carry.proposal)?;
        }
        Ok(vec![PlanEvent::Versioned(Box::new(versioned))])
    }

    pub(super) fn decide_no_version(&self) -> Result<Vec<PlanEvent>, Refusal> {
        match self.lineage.likely() {
            Some(plan) => Ok(vec![PlanEvent::VersionDenied { plan }]),
            None => Err(Refusal::state(
                "not_asked",
                "IMPORT-12",
                "没有待确认的旧版本。",
            )),
        }
    }

    pub(super) fn decide_version_back(&self) -> Result<Vec<PlanEvent>, Refusal> {
        if self.lineage.previous().is_none() {
            return Err(Refusal::state(
                "no_version",
                "IMPORT-12",
                "没有确认过是新版本，无需撤回。",
            ));
        }
        Ok(vec![PlanEvent::Unversioned])
    }

    pub(super) fn apply_versioned(&mut self, versioned: &Versioned) {
        for carry in &versioned.carries {
            if let Some(known) = self.proposal_mut(carry.proposal) {
                let read = Box::new(std::mem::replace(&mut known.draft, (*carry.draft).clone()));
                known.decision = carry.decision.clone();
                known.carried = Some(Carried {
                    from: carry.from,
                    read,
                });
            }
        }
        for (clause, reason) in &versioned.no_action {
            self.set_no_action(*clause, Some(reason.clone()));
        }
        self.lineage.earlier = Some(Earlier::Version {
            plan: versioned.plan,
            nth: versioned.nth,
            no_action: versioned
                .no_action
                .iter()
                .map(|(clause, _)| *clause)
                .collect(),
            title: versioned.title.clone(),
        });
    }

    pub(super) fn apply_unversioned(&mut self) {
        let Some(Earlier::Version {
            plan,
            no_action,
            title,
            ..
        }) = self.lineage.earlier.clone()
        else {
            return;
        };
        for known in &mut self.proposals {
            if let Some(carried) = known.carried.take() {
                known.draft = *carried.read;
                known.decision = Decision::Open;
            }
        }
        for clause in no_action {
            self.set_no_action(clause, None);
        }
        self.lineage.earlier = Some(Earlier::Likely { plan, title });
    }
}
