//! Setting a trajectory, and reaching its milestones (LEDGER-09, PROJ-09).

use crate::calendar::local_day;
use crate::journal::Signed;
use crate::refusals::Refusal;
use crate::tasks::{Task, TaskEvent, TaskState};
use crate::trajectories::{MILESTONES_LIMIT, Trajectory};

/// Characters of a milestone's name.
pub const NAME_LIMIT: usize = 40;

/// Characters of the reason for a change.
pub const REASON_LIMIT: usize = 500;

/// What can be asked of a task's course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CourseCommand {
    /// A reason is needed once the task is issued.
    Set {
        trajectory: Trajectory,
        reason: String,
    },
    /// Of the milestone with this place, from 0: its stage is begun, or it is reached.
    Mark { milestone: usize, done: bool },
}

impl Task {
    /// What happens, or why it cannot. Whether the actor may, the caller has asked the policies.
    pub fn decide_course(&self, command: CourseCommand) -> Result<Vec<TaskEvent>, Refusal> {
        if self.is_over() {
            return Err(Refusal::state(
                "over",
                "LEDGER-09",
                "该事项已办结或已撤销，序时进度不再变动。",
            ));
        }
        match command {
            CourseCommand::Set { trajectory, reason } => self.set_trajectory(trajectory, &reason),
            CourseCommand::Mark { milestone, done } => self.mark_milestone(milestone, done),
        }
    }

    fn set_trajectory(
        &self,
        mut trajectory: Trajectory,
        reason: &str,
    ) -> Result<Vec<TaskEvent>, Refusal> {
        let reason = reason.trim();
        if reason.chars().count() > REASON_LIMIT {
            let sentence = format!("理由最多 {REASON_LIMIT} 字。");
            return Err(Refusal::input("reason_too_long", "LEDGER-09", sentence));
        }
        self.check_trajectory(&trajectory)?;
        for milestone in &mut trajectory.milestones {
            // What was begun or reached under the same name stays so.
            let mut known = self.trajectory.milestones.iter();
            let known = known.find(|known| known.name == milestone.name);
            milestone.started_on = known.and_then(|known| known.started_on);
            milestone.done_on = known.and_then(|known| known.done_on);
        }
        if trajectory == self.trajectory {
            return Err(Refusal::input(
                "unchanged",
                "LEDGER-09",
                "序时进度与现在的一样，没有改动。",
            ));
        }
        let drafted = matches!(self.state, TaskState::Draft | TaskState::Approved);
        if reason.is_empty() && !drafted {
            return Err(Refusal::input(
                "reason_missing",
                "LEDGER-09",
                "立项通知已下达，调整序时进度要写明理由。",
            ));
        }
        Ok(vec![TaskEvent::TrajectorySet {
            trajectory: Box::new(trajectory),
            reason: reason.to_owned(),
        }])
    }

    fn check_trajectory(&self, trajectory: &Trajectory) -> Result<(), Refusal> {
        let wrong = |code, sentence: String| Err(Refusal::input(code, "LEDGER-09", sentence));
        if trajectory.milestones.len() > MILESTONES_LIMIT {
            return wrong(
                "too_many_milestones",
                format!("节点最多 {MILESTONES_LIMIT} 个。"),
            );
        }
        let mut names = Vec::new();
        for (at, milestone) in trajectory.milestones.iter().enumerate() {
            let name = milestone.name.trim();
            if name.is_empty() {
                return wrong("milestone_name", format!("第 {} 个节点没有名称。", at + 1));
            }
            if name.chars().count() > NAME_LIMIT {
                let sentence = format!("节点“{name}”的名称超过 {NAME_LIMIT} 字。");
                return wrong("milestone_name", sentence);
            }
            if names.contains(&name) {
                return wrong("milestone_name", format!("节点“{name}”重复了。"));
            }
            names.push(name);
            if !(1..=100).contains(&milestone.percent) {
                let sentence = format!("节点“{name}”应达的进度要在 1 到 100 之间。");
                return wrong("milestone_percent", sentence);
            }
            if let Some(limit) = self.details.limit.filter(|limit| milestone.day > *limit) {
                let sentence = format!("节点“{name}”晚于完成时限 {limit}。");
                return wrong("milestone_day", sentence);
            }
            if milestone
                .start_by
                .is_some_and(|start| start > milestone.day)
            {
                let sentence = format!("节点“{name}”的最迟启动日晚于它的完成日。");
                return wrong("milestone_start", sentence);
            }
        }
        for (one, next) in trajectory
            .milestones
            .iter()
            .zip(trajectory.milestones.iter().skip(1))
        {
            if next.day < one.day || next.percent <= one.percent {
                let sentence = format!(
                    "节点要按先后排列，进度逐个增加：“{}”在“{}”之后。",
                    next.name, one.name
                );
                return wrong("milestone_order", sentence);
            }
        }
        Ok(())
    }

    fn mark_milestone(&self, number: usize, done: bool) -> Result<Vec<TaskEvent>, Refusal> {
        let Some(milestone) = self.trajectory.milestones.get(number) else {
            return Err(Refusal::input(
                "no_milestone",
                "LEDGER-09",
                "没有这个节点，序时进度可能刚刚调整过。",
            ));
        };
        if !self.is_under_way() {
            return Err(Refusal::state(
                "not_under_way",
                "LEDGER-09",
                "签收以后才能标记节点。",
            ));
        }
        if milestone.done_on.is_some() || (!done && milestone.is_started()) {
            return Err(Refusal::state(
                "already_marked",
                "LEDGER-09",
                format!("节点“{}”已经标记过。", milestone.name),
            ));
        }
        let before = self.trajectory.milestones.iter().take(number);
        if done && let Some(open) = before.into_iter().find(|known| known.done_on.is_none()) {
            return Err(Refusal::state(
                "milestone_before",
                "LEDGER-09",
                format!("前面的节点“{}”还没有标记完成。", open.name),
            ));
        }
        Ok(vec![TaskEvent::MilestoneMarked {
            number: u32::try_from(number).unwrap_or(u32::MAX),
            name: milestone.name.clone(),
            done,
        }])
    }

    /// Reached milestones carry the progress with them: it is never below what they stand for.
    pub(crate) fn reach(&mut self, number: u32, done: bool, by: &Signed) {
        let day = local_day(by.at);
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let Some(milestone) = self.trajectory.milestones.get_mut(place) else {
            return;
        };
        milestone.started_on.get_or_insert(day);
        if !done {
            return;
        }
        milestone.done_on = Some(day);
        if milestone.percent > self.progress {
            self.progress = milestone.percent;
            self.read_off(by);
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, Utc};
    use uuid::Uuid;

    use super::*;
    use crate::ids::{PersonId, TaskId};
    use crate::lights::{Colour, LeadNumbers, Spans};
    use crate::tasks::{Course, Level, Origin, TaskDetails, TaskKind, Tier};
    use crate::trajectories::{Milestone, Shape};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn signed(on: &str) -> Signed {
        let at: DateTime<Utc> = format!("{on}T02:00:00Z").parse().unwrap();
        Signed {
            at,
            person: PersonId(Uuid::from_u128(1)),
            name: "周敏".into(),
            title: "督查办 主任".into(),
            hand: None,
        }
    }

    /// Issued and signed for on 1 May, its limit 30 June.
    fn task() -> Task {
        let origin = Origin {
            plan: None,
            proposal: None,
            document: "重点工作方案".into(),
            number: None,
            clause_path: "二".into(),
            quote: String::new(),
        };
        let details = TaskDetails {
            title: "新建客运站".into(),
            target: String::new(),
            requirement: String::new(),
            category: "bureau".into(),
            kind: TaskKind::Task,
            level: Level::Ordinary,
            tier: Tier::Bureau,
            lead: None,
            co_units: Vec::new(),
            supervisor: None,
            deputy: None,
            limit: Some(day("2026-06-30")),
            frequency: None,
            policies: None,
            task_force: None,
            cadence: None,
        };
        let at = signed("2026-05-01").at;
        Task {
            state: TaskState::Accepted,
            issued_at: Some(at),
            ..Task::opened(TaskId(Uuid::from_u128(9)), &origin, &details, at)
        }
    }

    fn planned() -> Trajectory {
        let stage = |name: &str, on: &str, percent, start_by: &str| Milestone {
            name: name.into(),
            day: day(on),
            percent,
            start_by: Some(day(start_by)),
            started_on: None,
            done_on: None,
        };
        Trajectory {
            shape: Shape::Linear,
            milestones: vec![
                stage("征拆", "2026-05-31", 50, "2026-05-02"),
                stage("施工", "2026-06-20", 83, "2026-06-01"),
                stage("验收", "2026-06-30", 100, "2026-06-21"),
            ],
        }
    }

    fn run(task: &mut Task, command: CourseCommand, on: &str) -> Result<(), Refusal> {
        for event in task.decide_course(command)? {
            task.apply(&event, &signed(on));
        }
        Ok(())
    }

    fn set(trajectory: Trajectory, reason: &str) -> CourseCommand {
        CourseCommand::Set {
            trajectory,
            reason: reason.into(),
        }
    }

    #[test]
    fn ledger_09_after_the_issue_a_change_needs_a_reason() {
        let mut task = task();
        let refused = run(&mut task, set(planned(), " "), "2026-05-01");
        assert_eq!(refused.unwrap_err().code, "reason_missing");
        run(&mut task, set(planned(), "按倒排工期"), "2026-05-01").unwrap();
        let again = run(&mut task, set(planned(), "再来"), "2026-05-01");
        assert_eq!(again.unwrap_err().code, "unchanged");
        let mut wrong = planned();
        wrong.milestones[1].percent = 40;
        let refused = run(&mut task, set(wrong, "改"), "2026-05-01");
        assert_eq!(refused.unwrap_err().code, "milestone_order");
        let mut late = planned();
        late.milestones[2].day = day("2026-07-01");
        let refused = run(&mut task, set(late, "改"), "2026-05-01");
        assert_eq!(refused.unwrap_err().code, "milestone_day");
    }

    #[test]
    fn proj_09_a_stage_begun_too_late_was_red_and_is_yellow_first() {
        let mut task = task();
        run(&mut task, set(planned(), "按倒排工期"), "2026-05-01").unwrap();
        let colour = |task: &Task, on: &str| {
            Spans::of(&task.facts(), &LeadNumbers::default()).colour(day(on))
        };
        assert_eq!(colour(&task, "2026-05-02"), Colour::Green);
        assert_eq!(colour(&task, "2026-05-05"), Colour::Red);
        let begin = CourseCommand::Mark {
            milestone: 0,
            done: false,
        };
        run(&mut task, begin, "2026-05-05").unwrap();
        assert_eq!(colour(&task, "2026-05-05"), Colour::Yellow);
        assert_eq!(colour(&task, "2026-05-11"), Colour::Yellow);
        assert_eq!(
            colour(&task, "2026-05-12"),
            Colour::Yellow,
            "10 points behind by now"
        );
    }

    #[test]
    fn a_reached_milestone_carries_the_progress_with_it() {
        let mut task = task();
        run(&mut task, set(planned(), "按倒排工期"), "2026-05-01").unwrap();
        let done = |milestone| CourseCommand::Mark {
            milestone,
            done: true,
        };
        let refused = run(&mut task, done(1), "2026-05-20");
        assert_eq!(refused.unwrap_err().code, "milestone_before");
        run(&mut task, done(0), "2026-05-20").unwrap();
        assert_eq!(task.progress, 50);
        assert_eq!(task.readings.len(), 1);
        let again = run(&mut task, done(0), "2026-05-21");
        assert_eq!(again.unwrap_err().code, "already_marked");
    }

    #[test]
    fn a_red_light_that_gets_a_later_limit_is_yellow_first() {
        let mut task = task();
        let granted = TaskEvent::ExtensionDecided {
            granted: Some(day("2026-12-31")),
            text: String::new(),
        };
        task.apply(&granted, &signed("2026-07-10"));
        let back = TaskEvent::FedBack {
            unit: crate::ids::UnitId(Uuid::from_u128(1)),
            course: Course::Smooth,
            progress: 60,
            text: "推进".into(),
            difficulties: String::new(),
            suggestions: String::new(),
            evidence: Vec::new(),
            figures: String::new(),
        };
        task.apply(&back, &signed("2026-07-10"));
        let spans = Spans::of(&task.facts(), &LeadNumbers::default());
        assert_eq!(spans.colour(day("2026-07-10")), Colour::Yellow);
        assert_eq!(spans.colour(day("2026-07-16")), Colour::Yellow);
        assert_eq!(spans.colour(day("2026-07-17")), Colour::Green);
    }
}
