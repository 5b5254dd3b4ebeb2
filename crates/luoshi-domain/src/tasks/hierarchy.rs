//! Tasks below tasks: a bureau's line and the unit lines that carry it out (LEDGER-01, 08).
//!
//! Progress rolls up: that of a task with others below it is their mean, a closed one counting in
//! full and a cancelled one not at all. It is written down as a step of the task, so that lists and
//! lights see what its page says.

use serde::{Deserialize, Serialize};

use crate::ids::TaskId;
use crate::refusals::Refusal;
use crate::tasks::{Task, TaskEvent, TaskState};

/// Work, project, responsibility, line, and two to spare.
pub const LEVELS_LIMIT: usize = 6;

/// The requirement that refusals name.
const RULE: &str = "LEDGER-08";

/// What stands below a task, as last counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollUp {
    /// Those that are not cancelled.
    pub children: u32,
    /// Of these the closed ones.
    pub closed: u32,
}

/// How a task below stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildStanding {
    pub state: TaskState,
    pub progress: u8,
}

/// The progress that those below give, rounded down, with their numbers; nothing when none counts.
pub fn rolled_up(children: &[ChildStanding]) -> Option<(u8, RollUp)> {
    let counted = children
        .iter()
        .filter(|child| child.state != TaskState::Cancelled);
    let (mut sum, mut roll_up) = (0, RollUp::default());
    for child in counted {
        let closed = child.state == TaskState::Closed;
        sum += if closed {
            100
        } else {
            u32::from(child.progress)
        };
        roll_up.children += 1;
        roll_up.closed += u32::from(closed);
    }
    let mean = sum.checked_div(roll_up.children)?;
    Some((u8::try_from(mean).unwrap_or(100), roll_up))
}

impl Task {
    /// The event that hangs the task under another, or why it may not. `above` are the tasks above
    /// that other one, the nearest first.
    pub fn link(&self, parent: &Self, above: &[TaskId]) -> Result<TaskEvent, Refusal> {
        let refused = |code, sentence: String| Err(Refusal::state(code, RULE, sentence));
        if self.id == parent.id || above.contains(&self.id) {
            return refused("circle", "不能把事项挂到它自己或它的下级事项下面。".into());
        }
        if self.parent == Some(parent.id) {
            return refused("linked", "已经挂在这件事项下面了。".into());
        }
        if let Some(over) = [self, parent].into_iter().find(|task| task.is_over()) {
            let sentence = format!("“{}”已办结或撤销，不能再挂接。", over.details.title);
            return refused("over", sentence);
        }
        if above.len() + 2 > LEVELS_LIMIT {
            return refused("too_deep", format!("上下级最多 {LEVELS_LIMIT} 层。"));
        }
        Ok(TaskEvent::Linked {
            parent: Some(parent.id),
        })
    }

    /// The event that takes the task out from under another; nothing where it is under none.
    pub fn unlink(&self) -> Option<TaskEvent> {
        self.parent.map(|_| TaskEvent::Linked { parent: None })
    }

    /// What those below change in the task; nothing when they change nothing, or when it is over.
    pub fn roll_up(&self, children: &[ChildStanding]) -> Option<TaskEvent> {
        if self.is_over() {
            return None;
        }
        let (progress, roll_up) = match rolled_up(children) {
            Some(found) => found,
            // The last one below it went: what was reached stays.
            None => (self.progress, RollUp::default()),
        };
        let known = self.rolled_up.unwrap_or_default();
        (known != roll_up || self.progress != progress)
            .then_some(TaskEvent::RolledUp { progress, roll_up })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(state: TaskState, progress: u8) -> ChildStanding {
        ChildStanding { state, progress }
    }

    #[test]
    fn ledger_08_eight_lines_at_half_give_half_and_closed_ones_count_in_full() {
        let half = [child(TaskState::InProgress, 50); 8];
        assert_eq!(rolled_up(&half).unwrap().0, 50);
        let closed = [child(TaskState::Closed, 60); 3];
        let (progress, counts) = rolled_up(&closed).unwrap();
        assert_eq!((progress, counts.children, counts.closed), (100, 3, 3));
        let mixed = [
            child(TaskState::Closed, 80),
            child(TaskState::Draft, 0),
            child(TaskState::Cancelled, 90),
            child(TaskState::InProgress, 50),
        ];
        let (progress, counts) = rolled_up(&mixed).unwrap();
        assert_eq!((progress, counts.children, counts.closed), (50, 3, 1));
        assert_eq!(rolled_up(&[child(TaskState::Cancelled, 90)]), None);
        assert_eq!(rolled_up(&[]), None);
    }
}
