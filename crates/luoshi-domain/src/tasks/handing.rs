//! What happens to a task when a unit or a person gives up their part in it.

use crate::ids::{PersonId, UnitId};
use crate::tasks::{Task, TaskEvent};

/// What a person has to do with a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// 承办人
    Assignee,
    /// 分管领导
    Deputy,
    /// 协调卡点的领导
    Coordinator,
}

impl Task {
    /// The unit's part goes to another; nothing when it has none or nothing more is to come.
    pub fn succeed(&self, unit: UnitId, into: UnitId) -> Option<TaskEvent> {
        (!self.is_over() && self.details.units().any(|known| known == unit))
            .then_some(TaskEvent::UnitSucceeded { unit, into })
    }

    /// A person's parts go to another; nothing when they have none or nothing more is to come.
    pub fn hand_over(&self, from: PersonId, to: PersonId) -> Option<TaskEvent> {
        (!self.parts_of(from).is_empty()).then_some(TaskEvent::HandedOver { from, to })
    }

    /// The leader in charge of the lead unit is another by now: what is asked for from here on
    /// goes there. What is being decided stays where it is (ORG-14).
    pub fn reroute(&self, deputy: Option<PersonId>) -> Option<TaskEvent> {
        let deputy = deputy.filter(|deputy| self.details.deputy != Some(*deputy))?;
        (!self.is_over() && self.approval.is_none()).then_some(TaskEvent::Rerouted { deputy })
    }

    /// What a person has to do with it; nothing once it is over.
    pub fn parts_of(&self, person: PersonId) -> Vec<Part> {
        let mut coordinators = self.blockers_open().map(|known| known.leader);
        let coordinator = coordinators.find(|leader| *leader == person);
        let parts = [
            (self.assignee, Part::Assignee),
            (self.details.deputy, Part::Deputy),
            (coordinator, Part::Coordinator),
        ];
        let parts = parts
            .into_iter()
            .filter(|(holder, _)| *holder == Some(person));
        match self.is_over() {
            true => Vec::new(),
            false => parts.map(|(_, part)| part).collect(),
        }
    }

    pub(super) fn apply_succeeded(&mut self, unit: UnitId, into: UnitId) {
        let details = &mut self.details;
        for known in [&mut details.lead, &mut details.supervisor] {
            if *known == Some(unit) {
                *known = Some(into);
            }
        }
        let units = details.co_units.iter_mut().map(|co| &mut co.unit);
        let units = units.chain(
            self.deliveries
                .iter_mut()
                .map(|delivery| &mut delivery.unit),
        );
        for known in units.chain(&mut self.co_units_done) {
            if *known == unit {
                *known = into;
            }
        }
        let open = self.blockers.iter_mut();
        for blocker in open.filter(|known| known.settled.is_none() && known.unit == Some(unit)) {
            blocker.unit = Some(into);
        }
        // Nobody cooperates with itself, or twice.
        let mut seen: Vec<UnitId> = details.lead.into_iter().collect();
        details.co_units.retain(|co| {
            let first = !seen.contains(&co.unit);
            seen.push(co.unit);
            first
        });
        let mut delivered: Vec<UnitId> = Vec::new();
        self.deliveries.retain(|delivery| {
            let first = !delivered.contains(&delivery.unit);
            delivered.push(delivery.unit);
            first
        });
        self.co_units_done.dedup();
    }
}
