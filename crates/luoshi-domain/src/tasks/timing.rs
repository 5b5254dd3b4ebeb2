//! The limits that policies set for a task, and how they move (TIME-01 to TIME-07).
//!
//! The policies are written down with the task when its opening is approved, so that changing a
//! rule never changes what was decided under it. Each limit is written down when the step it runs
//! from is taken; what a new notice of the calendar moves is written down again, with why.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, local_day};
use crate::context::Context;
use crate::limits::{Allowance, Basis, Counted, LimitEntry, LimitPolicy, Step};
use crate::packs;
use crate::tasks::commands::TaskCommand;
use crate::tasks::{Task, TaskDetails, TaskEvent, TaskState};

/// What policies make of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// As they were when the opening was approved.
    pub policies: Vec<LimitPolicy>,
    pub decided_at: Option<DateTime<Utc>>,
    pub deployment: Option<Deployment>,
    pub first_feedback_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    /// The limits so far, in the order of the policies.
    pub limits: Vec<TaskLimit>,
    /// Whether the task has no limit of its own, and its completion limit is a policy's.
    pub gave_limit: bool,
}

/// The lead unit's plan of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    pub at: DateTime<Utc>,
    pub text: String,
    /// The last of its time nodes, where the work cannot be done within the limit.
    pub until: Option<NaiveDate>,
}

/// A limit of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskLimit {
    /// Keys of the policy and of its entry.
    pub policy: String,
    pub entry: String,
    pub from: Step,
    pub to: Step,
    /// Day 0.
    pub start: NaiveDate,
    /// The last day, inclusive.
    pub day: NaiveDate,
    pub warn_days: u32,
    /// Whether the day is that of a plan with time nodes.
    #[serde(default)]
    pub by_plan: bool,
}

/// Why limits were counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitCause {
    /// A step was taken that limits run from.
    Step,
    /// The notice of a year came or changed.
    Calendar { year: i32 },
    /// A pause ended.
    Pause { since: NaiveDate, until: NaiveDate },
}

/// A limit that counting set or moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedLimit {
    /// The entry's label.
    pub label: String,
    pub to: Step,
    /// `None` where there was none.
    pub before: Option<NaiveDate>,
    pub after: NaiveDate,
    /// How it was counted, in plain Chinese.
    pub why: String,
}

/// How a limit stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitStanding {
    /// Not taken yet; days left, 0 on the last day.
    Open {
        left: i64,
    },
    /// Not taken, and the limit is past.
    Overdue {
        days: i64,
    },
    Met {
        on: NaiveDate,
    },
    Late {
        on: NaiveDate,
        days: i64,
    },
}

impl TaskLimit {
    /// Whether it is the same limit, wherever it ends.
    fn is(&self, other: &Self) -> bool {
        (&self.policy, &self.entry, self.from, self.to)
            == (&other.policy, &other.entry, other.from, other.to)
    }
}

impl Timing {
    /// The policy and entry that a limit comes from.
    pub fn source(&self, limit: &TaskLimit) -> Option<(&LimitPolicy, &LimitEntry)> {
        let policy = self
            .policies
            .iter()
            .find(|known| known.key == limit.policy)?;
        let mut entries = policy.entries.iter();
        let entry = entries.find(|known| known.key == limit.entry)?;
        Some((policy, entry))
    }

    /// The earliest completion limit.
    pub fn completion(&self) -> Option<NaiveDate> {
        let closing = self.limits.iter().filter(|limit| limit.to == Step::Closed);
        closing.map(|limit| limit.day).min()
    }
}

/// The policies that a task with these details is under.
pub fn policies_of(details: &TaskDetails, all: &[LimitPolicy]) -> Vec<LimitPolicy> {
    let under = all.iter().filter(|policy| match &details.policies {
        Some(keys) => keys.contains(&policy.key),
        None => policy.by_origin && policy.origins.contains(&details.category),
    });
    under.cloned().collect()
}

impl Task {
    /// When a step was taken.
    pub fn step_at(&self, step: Step) -> Option<DateTime<Utc>> {
        let timing = self.timing.as_deref();
        match step {
            Step::Decided => timing?.decided_at,
            Step::Issued => self.deliveries.first().map(|delivery| delivery.issued_at),
            Step::Received => {
                let lead = self.details.lead?;
                let mut deliveries = self.deliveries.iter();
                let delivery = deliveries.find(|delivery| delivery.unit == lead)?;
                delivery.received.as_ref().map(|receipt| receipt.at)
            }
            Step::Deployed => timing?.deployment.as_ref().map(|plan| plan.at),
            Step::FirstFeedback => timing?.first_feedback_at,
            Step::Closed => timing?.closed_at,
        }
    }

    /// How a limit stands on the local day `today`.
    pub fn standing(&self, limit: &TaskLimit, today: NaiveDate) -> LimitStanding {
        let today = self.counting_day(today);
        match self.step_at(limit.to).map(local_day) {
            Some(on) if on <= limit.day => LimitStanding::Met { on },
            Some(on) => LimitStanding::Late {
                on,
                days: (on - limit.day).num_days(),
            },
            None if today <= limit.day => LimitStanding::Open {
                left: (limit.day - today).num_days(),
            },
            None => LimitStanding::Overdue {
                days: (today - limit.day).num_days(),
            },
        }
    }

    /// Limits of steps that are still to be taken, besides the completion.
    pub fn steps_due(&self) -> impl Iterator<Item = &TaskLimit> {
        let limits = self.timing.iter().flat_map(|timing| &timing.limits);
        limits.filter(|limit| {
            !self.is_over() && limit.to != Step::Closed && self.step_at(limit.to).is_none()
        })
    }

    /// How a limit is counted by a calendar; nothing when its policy is not known any more.
    pub fn counted(&self, limit: &TaskLimit, calendar: &Calendar) -> Option<Counted> {
        let (_policy, entry) = self.timing.as_deref()?.source(limit)?;
        entry.allowance.count(limit.start, calendar)
    }

    /// What counting the limits anew changes; nothing when they stay, or when the task is over.
    pub fn recounted(&self, calendar: &Calendar, cause: LimitCause) -> Option<TaskEvent> {
        let timing = self.timing.as_deref()?;
        if self.is_over() {
            return None;
        }
        let limits = self.count(timing, calendar);
        if limits == timing.limits {
            return None;
        }
        let moved = limits.iter().filter_map(|limit| {
            let before = timing.limits.iter().find(|known| known.is(limit));
            let before = before.map(|known| known.day);
            (before != Some(limit.day)).then(|| self.moved(timing, limit, before, calendar))
        });
        let moved = moved.collect();
        Some(TaskEvent::LimitsCounted {
            cause,
            limits,
            moved,
        })
    }

    /// Events of a decision with those that policies add to them.
    pub(super) fn with_limits(
        &self,
        mut events: Vec<TaskEvent>,
        approves: bool,
        ctx: &Context<'_>,
    ) -> Vec<TaskEvent> {
        if approves {
            let policies = policies_of(&self.details, ctx.policies);
            if !policies.is_empty() || self.timing.is_some() {
                events.push(TaskEvent::PoliciesApplied { policies });
            }
        }
        if self.timing.is_none() && events.len() < 2 {
            return events;
        }
        let mut after = self.clone();
        let signed = ctx.signed();
        for event in &events {
            after.apply(event, &signed);
        }
        let resumed = events.iter().find_map(|event| match event {
            TaskEvent::Resumed { since, until, .. } => Some(LimitCause::Pause {
                since: *since,
                until: *until,
            }),
            _ => None,
        });
        let cause = resumed.unwrap_or(LimitCause::Step);
        events.extend(after.recounted(ctx.calendar, cause));
        events
    }

    /// Whether a policy gives the task its completion limit, now or once it is signed for.
    pub(super) fn is_given_a_limit(&self, ctx: &Context<'_>) -> bool {
        let policies = match &self.timing {
            Some(timing) if self.approved_by.is_some() => timing.policies.clone(),
            _ => policies_of(&self.details, ctx.policies),
        };
        let level = self.details.level;
        let mut entries = policies.iter().flat_map(|policy| &policy.entries);
        entries.any(|entry| {
            let mut stretches = entry.stretches.iter();
            entry.matter.is_none_or(|known| known == level)
                && stretches.any(|stretch| stretch.to == Step::Closed)
        })
    }

    fn moved(
        &self,
        timing: &Timing,
        limit: &TaskLimit,
        before: Option<NaiveDate>,
        calendar: &Calendar,
    ) -> MovedLimit {
        let source = timing.source(limit);
        let label = source.map(|(_policy, entry)| entry.label.clone());
        let allowance = source.map(|(_policy, entry)| packs::allowance(entry.allowance));
        let skipped = self.counted(limit, calendar);
        let skipped = skipped.map_or(0, |counted| counted.skipped.len());
        let mut why = format!("自 {} 起{}", limit.start, allowance.unwrap_or_default());
        if limit.by_plan {
            why.push_str("，以到期前报的节点方案为准");
        } else if skipped > 0 {
            why.push_str(&format!("，其间休息 {skipped} 天不计"));
        }
        let paused = self.paused_within(limit);
        if paused > 0 {
            why.push_str(&format!("，卡点暂停 {paused} 天不计"));
        }
        MovedLimit {
            label: label.unwrap_or_else(|| limit.entry.clone()),
            to: limit.to,
            before,
            after: limit.day,
            why,
        }
    }

    /// Whole days of pauses that a limit does not count.
    pub fn paused_within(&self, limit: &TaskLimit) -> u64 {
        self.paused_between(limit.start, self.step_at(limit.to).map(local_day))
    }

    /// A limit's last day with the days of pauses behind it, on a workday where it has to be one.
    fn moved_by_pauses(
        &self,
        day: NaiveDate,
        (start, to): (NaiveDate, Step),
        (allowance, calendar): (Allowance, &Calendar),
    ) -> NaiveDate {
        let paused = self.paused_between(start, self.step_at(to).map(local_day));
        let Some(moved) = day
            .checked_add_days(Days::new(paused))
            .filter(|_| paused > 0)
        else {
            return day;
        };
        match allowance {
            Allowance::Within {
                basis: Basis::Natural,
                may_end_off: true,
                ..
            } => moved,
            _ => calendar.add_workdays(moved, 0),
        }
    }

    fn count(&self, timing: &Timing, calendar: &Calendar) -> Vec<TaskLimit> {
        let mut limits = Vec::new();
        if self.state == TaskState::Draft || self.state == TaskState::Returned {
            return limits;
        }
        for policy in &timing.policies {
            let level = self.details.level;
            let entries = policy.entries.iter();
            for entry in entries.filter(|entry| entry.matter.is_none_or(|known| known == level)) {
                for stretch in &entry.stretches {
                    let start = self.step_at(stretch.from).map(local_day);
                    let counted = start.and_then(|start| entry.allowance.count(start, calendar));
                    let Some(counted) = counted else { continue };
                    let moved = |day, from| {
                        self.moved_by_pauses(day, (from, stretch.to), (entry.allowance, calendar))
                    };
                    let end = moved(counted.end, counted.start);
                    let planned = timing.deployment.as_ref().filter(|_| entry.by_plan);
                    let planned = planned.filter(|plan| local_day(plan.at) <= end);
                    let planned = planned.and_then(|plan| Some((plan.until?, local_day(plan.at))));
                    let planned = planned.map(|(until, filed)| moved(until, filed));
                    let planned = planned.filter(|until| *until > end);
                    limits.push(TaskLimit {
                        policy: policy.key.clone(),
                        entry: entry.key.clone(),
                        from: stretch.from,
                        to: stretch.to,
                        start: counted.start,
                        day: planned.unwrap_or(end),
                        warn_days: entry.warn_days,
                        by_plan: planned.is_some(),
                    });
                }
            }
        }
        limits
    }
}

/// Whether the policies are to be written down with this command.
pub(super) fn approves(command: &TaskCommand) -> bool {
    matches!(command, TaskCommand::Approve { .. })
}
