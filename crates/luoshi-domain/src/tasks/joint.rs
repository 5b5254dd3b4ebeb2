//! Several units that lead one task together: in a task force, one of them accountable (ORG-05).

use chrono::NaiveDate;

use crate::bodies::{Body, BodyKind};
use crate::ids::UnitId;
use crate::organisation::Organisation;
use crate::refusals::Refusal;
use crate::tasks::{CoDuty, TaskDetails};

/// The requirement that refusals name.
const RULE: &str = "ORG-05";

impl BodyKind {
    /// Whether several leads may work together in it: 工作专班, or a group that consults together.
    pub fn is_for_joint_leads(self) -> bool {
        matches!(self, Self::TaskForce | Self::CoordinationGroup)
    }
}

impl TaskDetails {
    /// The units that lead beside the accountable one.
    pub fn joint_leads(&self) -> impl Iterator<Item = &CoDuty> {
        self.co_units.iter().filter(|co| co.joint)
    }

    /// Refuses several leads without a task force, and those without a duty in writing.
    pub(super) fn check_joint(&self) -> Result<(), Refusal> {
        if self.joint_leads().next().is_none() {
            return Ok(());
        }
        if self.task_force.is_none() {
            let sentence = "几个单位共同牵头的，须先成立工作专班或联合会商组（协调小组），再选定它；\
                            没有专班的，请定一个牵头单位，其余改为协办。";
            return Err(Refusal::input("task_force", RULE, sentence));
        }
        if self.lead.is_none() {
            let sentence = "共同牵头的，请先定一个总牵头单位。";
            return Err(Refusal::input("lead", RULE, sentence));
        }
        if self.joint_leads().any(|co| co.duty.trim().is_empty()) {
            let sentence = "共同牵头的单位，请逐个写明各自的职责。";
            return Err(Refusal::input("co_duty", RULE, sentence));
        }
        Ok(())
    }

    /// Refuses a task force that is none, or not in force on `today`; `body` is the one named.
    pub fn check_task_force(&self, body: Option<&Body>, today: NaiveDate) -> Result<(), Refusal> {
        if self.task_force.is_none() {
            return Ok(());
        }
        let refused = |sentence: String| Err(Refusal::input("task_force", RULE, sentence));
        let Some(body) = body else {
            return refused("没有这个专班，请从名单中选择。".into());
        };
        let name = &body.details.name;
        if !body.details.kind.is_for_joint_leads() {
            return refused(format!("“{name}”不是工作专班或联合会商组（协调小组）。"));
        }
        if !body.is_in_force(today) {
            return refused(format!("“{name}”现在没有在运行，请另选一个。"));
        }
        Ok(())
    }

    /// Makes the unit of the task force's head the accountable one, where it is among the leads;
    /// otherwise the one named first stays.
    pub fn settle_lead(&mut self, body: &Body, organisation: &Organisation) {
        let head = body.details.head.and_then(|seat| seat.holder(organisation));
        let Some(head) = head else { return };
        let units: Vec<UnitId> = organisation.posts_of(head).map(|post| post.unit).collect();
        let Some(lead) = self.lead.filter(|lead| !units.contains(lead)) else {
            return;
        };
        let mut joint = self.co_units.iter_mut().filter(|co| co.joint);
        if let Some(of_head) = joint.find(|co| units.contains(&co.unit)) {
            self.lead = Some(of_head.unit);
            of_head.unit = lead;
        }
    }
}
