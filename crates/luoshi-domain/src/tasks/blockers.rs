//! What stands in the way of a task (卡点): raised by the lead unit, answered by a leader.
//!
//! From the day one is raised until the last one is settled the unit's clock stands still and the
//! leader's runs. Several open ones pause once. When the pause ends, the completion limit moves by
//! its whole local days, so that paused time never counts against the unit.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::local_day;
use crate::context::Context;
use crate::ids::{PersonId, UnitId};
use crate::journal::Signed;
use crate::organisation::Role;
use crate::refusals::Refusal;
use crate::tasks::commands::{optional_text, required_text};
use crate::tasks::{Task, TaskEvent};

/// The requirement that the office is measured too: a blocker puts a leader under a clock.
const RULE: &str = "FLOW-05";

/// Something that the lead unit cannot clear by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocker {
    /// Counts the task's blockers from 1.
    pub number: u32,
    /// What is stuck.
    pub what: String,
    /// What it needs.
    pub need: String,
    /// The unit whose help is needed, through the leader.
    pub unit: Option<UnitId>,
    /// The day by which the unit wishes it cleared.
    pub wished: Option<NaiveDate>,
    pub raised_by: PersonId,
    pub raised_at: DateTime<Utc>,
    /// Who is to answer.
    pub leader: PersonId,
    /// The last day for the answer, inclusive.
    pub answer_by: NaiveDate,
    /// Whether the first leader passed it on to the principal.
    pub passed_on: bool,
    pub settled: Option<Settled>,
}

/// How a blocker ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    pub outcome: BlockerOutcome,
    /// What was decided, or why.
    pub text: String,
    pub by: PersonId,
    pub at: DateTime<Utc>,
}

/// In which way a blocker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockerOutcome {
    /// 已协调解决
    Cleared,
    /// 不予认定
    NotRecognised,
    /// The unit took it back.
    Withdrawn,
}

/// A stretch of days on which the unit's clock stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The local day on which it began.
    pub since: NaiveDate,
    /// The local day on which it ended; none while it lasts.
    pub until: Option<NaiveDate>,
    /// The day from which the task's own limit is to be moved: later than the beginning where a
    /// new limit was set while it lasted.
    pub moves_from: NaiveDate,
}

/// The completion limit before and after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    pub before: NaiveDate,
    pub after: NaiveDate,
}

/// What the lead unit asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBlocker {
    pub what: String,
    pub need: String,
    pub unit: Option<UnitId>,
    /// The leader in charge unless another is named.
    pub leader: Option<PersonId>,
    pub wished: Option<NaiveDate>,
}

/// What a leader answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockerAnswer {
    Cleared,
    /// To the principal leader.
    PassedOn,
    NotRecognised,
}

impl Pause {
    /// Whole local days from `from` on, or from its beginning when that is later.
    fn days_until(&self, from: NaiveDate, until: NaiveDate) -> u64 {
        let until = self.until.map_or(until, |end| end.min(until));
        let days = (until - self.since.max(from)).num_days();
        u64::try_from(days).unwrap_or_default()
    }
}

impl Task {
    /// The local day since which the unit's clock stands still; nothing while it runs.
    pub fn paused_since(&self) -> Option<NaiveDate> {
        let pause = self.pauses.last().filter(|_| !self.is_over())?;
        pause.until.is_none().then_some(pause.since)
    }

    /// The day by which lights and limits go on `today`: while the clock stands still, the day on
    /// which it was stopped.
    pub fn counting_day(&self, today: NaiveDate) -> NaiveDate {
        self.paused_since().unwrap_or(today).min(today)
    }

    /// The blockers that wait for an answer; none once the task is over.
    pub fn blockers_open(&self) -> impl Iterator<Item = &Blocker> {
        let open = |blocker: &&Blocker| blocker.settled.is_none() && !self.is_over();
        self.blockers.iter().filter(open)
    }

    /// The earliest day by which a leader has to answer.
    pub fn answer_by(&self) -> Option<NaiveDate> {
        self.blockers_open().map(|blocker| blocker.answer_by).min()
    }

    /// Whole days on which the clock stood still, up to `today`.
    pub fn paused_days(&self, today: NaiveDate) -> u64 {
        let pauses = self.pauses.iter();
        pauses
            .map(|pause| pause.days_until(pause.since, today))
            .sum()
    }

    /// Whole days of pauses between day 0 of a limit and the day its step was taken on. A pause
    /// that lasts counts only up to that step.
    pub(super) fn paused_between(&self, start: NaiveDate, taken: Option<NaiveDate>) -> u64 {
        let pauses = self.pauses.iter();
        let days = pauses.filter_map(|pause| {
            let until = match (pause.until, taken) {
                (Some(until), Some(taken)) => until.min(taken),
                (Some(until), None) => until,
                (None, Some(taken)) => taken,
                (None, None) => return None,
            };
            Some(pause.days_until(start, until))
        });
        days.sum()
    }

    pub(super) fn decide_raise(
        &self,
        new: NewBlocker,
        ctx: &Context<'_>,
    ) -> Result<TaskEvent, Refusal> {
        let what = required_text("what", RULE, "请写明卡在哪里。", new.what)?;
        let need = required_text("need", RULE, "请写明需要解决什么。", new.need)?;
        let Some(leader) = new.leader.or(self.details.deputy) else {
            return Err(Refusal::input("leader", RULE, "请选择由哪位领导协调。"));
        };
        let mut posts = ctx.organisation.posts_of(leader);
        if !posts.any(|post| matches!(post.role, Role::Principal | Role::Deputy)) {
            let sentence = "卡点由分管领导或主要领导协调，请从名单中选择。";
            return Err(Refusal::input("leader", RULE, sentence));
        }
        if let Some(unit) = new.unit
            && (ctx.organisation.unit(unit).is_none() || self.details.lead == Some(unit))
        {
            let sentence = "需要配合的应是别的单位，请从名单中选择。";
            return Err(Refusal::input("unit", RULE, sentence));
        }
        if new.wished.is_some_and(|wished| wished < ctx.today()) {
            let sentence = "希望解决的日子不能早于今天。";
            return Err(Refusal::input("wished", RULE, sentence));
        }
        let number = u32::try_from(self.blockers.len()).unwrap_or(u32::MAX);
        Ok(TaskEvent::BlockerRaised {
            number: number.saturating_add(1),
            what,
            need,
            unit: new.unit,
            leader,
            wished: new.wished,
            answer_by: answer_by(ctx),
        })
    }

    pub(super) fn decide_answer(
        &self,
        number: u32,
        answer: BlockerAnswer,
        text: String,
        ctx: &Context<'_>,
    ) -> Result<TaskEvent, Refusal> {
        let blocker = self.open_blocker(number)?;
        if blocker.leader != ctx.actor.person && !ctx.actor.has_role(Role::Principal) {
            let sentence = "这个卡点不是请您协调的。";
            return Err(Refusal::authority("not_asked", RULE, sentence));
        }
        let outcome = match answer {
            BlockerAnswer::PassedOn => return self.decide_pass_on(blocker, text, ctx),
            BlockerAnswer::Cleared => BlockerOutcome::Cleared,
            BlockerAnswer::NotRecognised => BlockerOutcome::NotRecognised,
        };
        let sentence = match answer {
            BlockerAnswer::NotRecognised => "不予认定请写明理由。",
            _ => "请写明协调结果：定了什么、谁来办。",
        };
        Ok(TaskEvent::BlockerSettled {
            number,
            outcome,
            text: required_text("text", RULE, sentence, text)?,
        })
    }

    fn decide_pass_on(
        &self,
        blocker: &Blocker,
        text: String,
        ctx: &Context<'_>,
    ) -> Result<TaskEvent, Refusal> {
        let Some(principal) = ctx.organisation.principal() else {
            let sentence = "没有配备主要领导，无法报送。";
            return Err(Refusal::state("no_principal", RULE, sentence));
        };
        if blocker.leader == principal {
            let sentence = "该卡点已在主要领导处。";
            return Err(Refusal::state("already_principal", RULE, sentence));
        }
        Ok(TaskEvent::BlockerPassedOn {
            number: blocker.number,
            leader: principal,
            text: optional_text("text", text)?,
            answer_by: answer_by(ctx),
        })
    }

    pub(super) fn decide_withdraw(
        &self,
        number: u32,
        reason: String,
    ) -> Result<TaskEvent, Refusal> {
        self.open_blocker(number)?;
        Ok(TaskEvent::BlockerSettled {
            number,
            outcome: BlockerOutcome::Withdrawn,
            text: required_text("reason", RULE, "请写明撤回的理由。", reason)?,
        })
    }

    /// The end of the pause that the last of these events brings, with what moves by it.
    pub(super) fn resumed(&self, settled: &TaskEvent, ctx: &Context<'_>) -> Option<TaskEvent> {
        let TaskEvent::BlockerSettled { number, .. } = settled else {
            return None;
        };
        let mut others = self.blockers_open();
        if others.any(|blocker| blocker.number != *number) {
            return None;
        }
        let pause = self.pauses.last().filter(|pause| pause.until.is_none())?;
        let until = ctx.today();
        let own = !self
            .timing
            .as_deref()
            .is_some_and(|timing| timing.gave_limit);
        let days = pause.days_until(pause.moves_from, until);
        let limit = self.details.limit.filter(|_| own && days > 0);
        Some(TaskEvent::Resumed {
            since: pause.since,
            until,
            limit: limit.map(|before| Shift {
                before,
                after: before.checked_add_days(Days::new(days)).unwrap_or(before),
            }),
        })
    }

    pub(super) fn require_blocker_open(&self) -> Result<(), Refusal> {
        match self.blockers_open().next() {
            Some(_) => Ok(()),
            None => Err(Refusal::state("no_blocker", RULE, "没有待协调的卡点。")),
        }
    }

    pub(super) fn require_no_blocker(&self, rule: &'static str) -> Result<(), Refusal> {
        match self.blockers_open().next() {
            None => Ok(()),
            Some(_) => Err(Refusal::state(
                "paused",
                rule,
                "有卡点待领导协调，暂停计时期间不办这一步；卡点解决或撤回后再办。",
            )),
        }
    }

    pub(super) fn apply_raised(&mut self, blocker: Blocker) {
        let day = local_day(blocker.raised_at);
        if self.paused_since().is_none() {
            self.pauses.push(Pause {
                since: day,
                until: None,
                moves_from: day,
            });
        }
        self.blockers.push(blocker);
    }

    pub(super) fn apply_passed_on(&mut self, number: u32, leader: PersonId, answer_by: NaiveDate) {
        if let Some(blocker) = self.blocker_mut(number) {
            blocker.leader = leader;
            blocker.answer_by = answer_by;
            blocker.passed_on = true;
        }
    }

    pub(super) fn apply_settled(
        &mut self,
        number: u32,
        outcome: BlockerOutcome,
        text: &str,
        by: &Signed,
    ) {
        if let Some(blocker) = self.blocker_mut(number) {
            blocker.settled = Some(Settled {
                outcome,
                text: text.to_owned(),
                by: by.person,
                at: by.at,
            });
        }
    }

    pub(super) fn apply_resumed(&mut self, until: NaiveDate, limit: Option<Shift>) {
        if let Some(pause) = self.pauses.last_mut() {
            pause.until = Some(until);
        }
        if let Some(limit) = limit {
            self.details.limit = Some(limit.after);
        }
    }

    /// A new limit of the task's own was set: what was paused before does not move it.
    pub(super) fn move_limit_from(&mut self, day: NaiveDate) {
        if let Some(pause) = self.pauses.last_mut()
            && pause.until.is_none()
        {
            pause.moves_from = pause.moves_from.max(day);
        }
    }

    fn open_blocker(&self, number: u32) -> Result<&Blocker, Refusal> {
        let mut open = self.blockers_open();
        open.find(|blocker| blocker.number == number)
            .ok_or_else(|| Refusal::state("no_blocker", RULE, "这个卡点已经办结或不存在。"))
    }

    fn blocker_mut(&mut self, number: u32) -> Option<&mut Blocker> {
        let mut blockers = self.blockers.iter_mut();
        blockers.find(|blocker| blocker.number == number)
    }
}

/// The last day for a leader's answer when asked today.
fn answer_by(ctx: &Context<'_>) -> NaiveDate {
    let workdays = u32::try_from(ctx.leads.answer_workdays.value).unwrap_or_default();
    ctx.calendar.add_workdays(ctx.today(), workdays)
}
