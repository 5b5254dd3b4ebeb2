//! Making one task of two: sources and duties go to the one that is kept, the other ends with its
//! reason and a link, and its history stays where it is (IMPORT-13, TIME-07).

use crate::ids::{TaskId, UnitId};
use crate::marks::Mark;
use crate::refusals::Refusal;
use crate::tasks::commands::required_text;
use crate::tasks::{Approval, CoDuty, Delivery, Origin, Task, TaskEvent, TaskState};

/// The requirement that refusals name.
const RULE: &str = "IMPORT-13";

/// What merging would do, or does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merging {
    /// Sources that the kept task gains.
    pub sources: Vec<Origin>,
    /// Units that the kept task gains as co-units, each with its duty.
    pub co_units: Vec<CoDuty>,
    /// Of the kept task.
    pub absorbed: TaskEvent,
    /// Of the task that ends.
    pub merged: TaskEvent,
}

impl Task {
    /// Whether nobody has approved it yet, so that it may be merged without a leader.
    pub fn is_unapproved(&self) -> bool {
        self.approved_by.is_none() && matches!(self.state, TaskState::Draft | TaskState::Returned)
    }

    /// What happens when this task becomes part of `kept`, or why it may not. `above` are the
    /// tasks above `kept`, and `above_self` those above this one.
    pub fn merge_into(
        &self,
        kept: &Self,
        (above, above_self): (&[TaskId], &[TaskId]),
        reason: &str,
    ) -> Result<Merging, Refusal> {
        let refused = |code, sentence: String| Err(Refusal::state(code, RULE, sentence));
        if self.id == kept.id {
            return refused("same", "不能把事项并入它自己。".into());
        }
        if let Some(over) = [self, kept].into_iter().find(|task| task.is_over()) {
            let sentence = format!("“{}”已办结或撤销，不能合并。", over.details.title);
            return refused("over", sentence);
        }
        if above.contains(&self.id) || above_self.contains(&kept.id) {
            let sentence = "两件事项是上下级，不能合并；先移出上级事项再合并。";
            return refused("family", sentence.into());
        }
        if self.mark != Mark::None && self.mark != kept.mark {
            let sentence = "并入的事项有密级标注，保留的事项没有同样的标注。请先给保留的事项标注。";
            return refused("mark", sentence.into());
        }
        self.require_nothing_waits(kept)?;
        let reason = required_text("reason", RULE, "请写明合并的理由。", reason.to_owned())?;
        let sources = self.sources_for(kept);
        let co_units = self.duties_for(kept);
        let absorbed = TaskEvent::Absorbed {
            task: self.id,
            number: self.number.clone().unwrap_or_default(),
            title: self.details.title.clone(),
            sources: sources.clone(),
            co_units: co_units.clone(),
            reason: reason.clone(),
        };
        let merged = TaskEvent::MergedInto {
            task: kept.id,
            number: kept.number.clone().unwrap_or_default(),
            title: kept.details.title.clone(),
            reason,
        };
        Ok(Merging {
            sources,
            co_units,
            absorbed,
            merged,
        })
    }

    /// What is asked for in either is decided first.
    fn require_nothing_waits(&self, kept: &Self) -> Result<(), Refusal> {
        let refused = |sentence: String| Err(Refusal::state("waiting", RULE, sentence));
        if let Some(approval) = &self.approval {
            let (what, title) = (waiting(approval), &self.details.title);
            return refused(format!("“{title}”有{what}，请先批复再合并。"));
        }
        if let Some(Approval::Closing(_)) = &kept.approval {
            let title = &kept.details.title;
            return refused(format!("“{title}”正在审定办结，请等审定后再合并。"));
        }
        if self.blockers_open().next().is_some() {
            let title = &self.details.title;
            return refused(format!("“{title}”有卡点待领导协调，请先答复或撤回卡点。"));
        }
        if self.notices_open().next().is_some() {
            let title = &self.details.title;
            return refused(format!("“{title}”有督办通知书没有签收，请先签收。"));
        }
        if self.appeals.iter().any(|appeal| appeal.result.is_none()) {
            let title = &self.details.title;
            return refused(format!("“{title}”有申诉正在复核，请等结论。"));
        }
        Ok(())
    }

    /// Sources that the other one does not have yet.
    fn sources_for(&self, kept: &Self) -> Vec<Origin> {
        let own = std::iter::once(&self.origin).chain(&self.sources);
        let known = |origin: &&Origin| {
            let mut known = std::iter::once(&kept.origin).chain(&kept.sources);
            known.any(|known| known == *origin)
        };
        own.filter(|origin| !known(origin)).cloned().collect()
    }

    /// The lead and the co-units as co-units of the other one, where they have no part in it yet.
    fn duties_for(&self, kept: &Self) -> Vec<CoDuty> {
        let has_part = |unit: UnitId| {
            let mut co_units = kept.details.co_units.iter();
            kept.details.lead == Some(unit) || co_units.any(|co| co.unit == unit)
        };
        let lead = self.details.lead.map(|unit| CoDuty {
            unit,
            duty: self.details.title.clone(),
            joint: false,
        });
        // Who led together led the task that ends; in the other one they help.
        let others = self.details.co_units.iter().map(|co| CoDuty {
            joint: false,
            ..co.clone()
        });
        let own = lead.into_iter().chain(others);
        let mut duties: Vec<CoDuty> = Vec::new();
        for duty in own.filter(|duty| !has_part(duty.unit)) {
            if !duties.iter().any(|known| known.unit == duty.unit) {
                duties.push(duty);
            }
        }
        duties
    }

    pub(super) fn apply_absorbed(
        &mut self,
        task: TaskId,
        (sources, co_units): (&[Origin], &[CoDuty]),
        at: chrono::DateTime<chrono::Utc>,
    ) {
        self.absorbed.push(task);
        self.sources.extend_from_slice(sources);
        for duty in co_units {
            self.details.co_units.push(duty.clone());
            // What was issued goes out to them, too.
            if !self.deliveries.is_empty() {
                self.deliveries.push(Delivery {
                    unit: duty.unit,
                    issued_at: at,
                    received: None,
                });
            }
        }
    }
}

/// What waits, in words.
fn waiting(approval: &Approval) -> &'static str {
    match approval {
        Approval::Extension { .. } => "待批的延期申请",
        Approval::Closing(_) => "正在审定的办结申请",
        Approval::Change { .. } => "待批的变更申请",
        Approval::Escalation { .. } => "待批的提级督办申请",
    }
}
