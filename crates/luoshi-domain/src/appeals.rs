//! Appeal (申诉复核, F36): the lead unit of a task asks that somebody else looks again at a light,
//! a grade or a refusal.
//!
//! What was judged is named with the event that it rests on, and frozen as it stood then. What an
//! appeal changes of the task is an event of the task.

mod judgements;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::calendar::local_day;
use crate::context::Context;
use crate::ids::{AppealId, PersonId, TaskId, UnitId};
use crate::journal::Signed;
use crate::refusals::Refusal;
use crate::registers::Registered;
use crate::tasks::commands::TEXT_LIMIT;
use crate::tasks::{Grade, TaskEvent};

pub use judgements::judgements;

/// The feature behind every refusal here.
const RULE: &str = "F-36";

/// An appeal as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    pub id: AppealId,
    pub version: i64,
    pub task: TaskId,
    /// The lead unit, which appeals.
    pub unit: UnitId,
    pub judgement: Judgement,
    /// What was judged, in words.
    pub said: String,
    pub reason: String,
    /// Whether it came after the days in which one may appeal.
    pub late: bool,
    pub frozen: Frozen,
    pub filed_by: PersonId,
    pub filed_on: NaiveDate,
    /// The last day for the decision, inclusive.
    pub decide_by: NaiveDate,
    pub ended: Option<Ending>,
}

/// What an appeal is against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// The present yellow or red light.
    Light,
    /// The grade given at closing.
    Grade,
    /// A report that was sent back.
    Report,
    /// An extension that was refused.
    Extension,
    /// A closing that was refused.
    Closing,
    /// A change of target or limit that was refused.
    Change,
}

/// Something that was judged, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    pub against: Against,
    /// Version of the event of the task that it rests on; of a light the latest one.
    pub version: i64,
    /// The local day on which it was judged; of a light the day on which it turned.
    pub on: NaiveDate,
    /// Who judged; nobody where it was computed.
    pub by: Vec<PersonId>,
    /// Whether a leader did, so that the office may not decide on it.
    pub by_leader: bool,
}

/// A place in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub seq: i64,
    pub version: i64,
    /// Hex SM3, the link in the chain.
    pub hash: String,
}

/// The evidence as it stood when the appeal was filed; nothing later changes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// The event that the judgement rests on.
    pub event: Place,
    /// When, who, what.
    pub event_said: String,
    /// What was entered with it; may be empty.
    pub event_text: String,
    /// The task's last event of that moment.
    pub head: Place,
    /// The light with its reason.
    pub light: String,
    /// The rule that gave the light, with its numbers.
    pub rule: String,
    /// What else was known: label and value.
    pub facts: Vec<(String, String)>,
    /// What was named as evidence until then.
    pub evidence: Vec<FrozenEvidence>,
}

/// A piece of evidence that a report named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenEvidence {
    pub reported_on: NaiveDate,
    pub line: String,
}

/// How an appeal ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub result: AppealResult,
    /// The grade instead, where a grade was changed.
    pub grade: Option<Grade>,
    pub text: String,
    pub by: PersonId,
    pub on: NaiveDate,
}

/// In which way an appeal ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppealResult {
    /// 维持
    Upheld,
    /// 改判
    Changed,
    /// 超期不予受理
    OutOfTime,
    /// 撤回
    Withdrawn,
}

/// What happened to an appeal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppealEvent {
    Filed {
        task: TaskId,
        unit: UnitId,
        judgement: Judgement,
        said: String,
        reason: String,
        late: bool,
        frozen: Box<Frozen>,
        decide_by: NaiveDate,
    },
    Ended {
        result: AppealResult,
        grade: Option<Grade>,
        text: String,
    },
}

/// An appeal that is to be filed.
#[derive(Clone, Debug)]
pub struct NewAppeal {
    pub task: TaskId,
    pub unit: UnitId,
    pub judgement: Judgement,
    pub said: String,
    pub reason: String,
    pub frozen: Frozen,
}

/// What a reviewer decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub result: AppealResult,
    /// Only where a grade is changed.
    pub grade: Option<Grade>,
    pub text: String,
}

impl Against {
    pub const ALL: [Self; 6] = [
        Self::Light,
        Self::Grade,
        Self::Report,
        Self::Extension,
        Self::Closing,
        Self::Change,
    ];

    /// As in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Grade => "grade",
            Self::Report => "report",
            Self::Extension => "extension",
            Self::Closing => "closing",
            Self::Change => "change",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Light => "亮灯",
            Self::Grade => "办结评价等级",
            Self::Report => "退回反馈",
            Self::Extension => "不同意延期",
            Self::Closing => "不予办结",
            Self::Change => "不同意变更",
        }
    }

    /// What follows when it is changed.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Light => "在事项上注明申诉成立和理由；灯仍按事实计算",
            Self::Grade => "按改定的等级记入事项",
            Self::Report => "撤销退回，原反馈有效",
            Self::Extension => "撤销不同意，单位可以重新申请延期",
            Self::Closing => "撤销不予办结，单位可以重新申请办结",
            Self::Change => "撤销不同意，单位可以重新申请变更",
        }
    }
}

impl AppealResult {
    pub fn label(self) -> &'static str {
        match self {
            Self::Upheld => "维持",
            Self::Changed => "改判",
            Self::OutOfTime => "超期不予受理",
            Self::Withdrawn => "已撤回",
        }
    }
}

impl Judgement {
    /// The last day on which it may be appealed, so many calendar days after it.
    pub fn appeal_by(&self, days: i64) -> NaiveDate {
        let days = Days::new(u64::try_from(days).unwrap_or_default());
        self.on.checked_add_days(days).unwrap_or(self.on)
    }

    /// Whether both are the same judgement.
    pub fn is_same(&self, other: &Self) -> bool {
        let same = match self.against {
            Against::Light => self.on == other.on,
            _ => self.version == other.version,
        };
        self.against == other.against && same
    }

    /// Why it may not be appealed again; `known` are the appeals of its task.
    pub fn may_appeal(&self, known: &[Appeal]) -> Result<(), Refusal> {
        let of_kind = known
            .iter()
            .filter(|appeal| appeal.judgement.against == self.against);
        for appeal in of_kind {
            let open = appeal.ended.is_none();
            if open && (self.against == Against::Light || self.is_same(&appeal.judgement)) {
                let sentence = format!(
                    "对“{}”的申诉正在复核，{} 前答复，不用重复提出。",
                    appeal.said, appeal.decide_by
                );
                return Err(Refusal::state("appeal_open", RULE, sentence));
            }
            let decided = appeal
                .ended
                .as_ref()
                .filter(|ended| ended.result != AppealResult::Withdrawn);
            if let Some(ended) = decided.filter(|_| self.is_same(&appeal.judgement)) {
                let sentence = format!(
                    "对“{}”已于 {} 复核，结论是{}；同一判定只复核一次。",
                    appeal.said,
                    ended.on,
                    ended.result.label()
                );
                return Err(Refusal::state("appeal_decided", RULE, sentence));
            }
        }
        Ok(())
    }
}

impl Appeal {
    /// The event that files an appeal, or why it may not be; `known` are the appeals of its task.
    pub fn file(new: NewAppeal, known: &[Self], ctx: &Context<'_>) -> Result<AppealEvent, Refusal> {
        new.judgement.may_appeal(known)?;
        let sentence = "请写明申诉的理由：哪里不符合事实，依据是什么。";
        let reason = text("reason", sentence, &new.reason)?;
        let today = ctx.today();
        let late = today > new.judgement.appeal_by(ctx.leads.appeal_days.value);
        Ok(AppealEvent::Filed {
            task: new.task,
            unit: new.unit,
            judgement: new.judgement,
            said: new.said,
            reason,
            late,
            frozen: Box::new(new.frozen),
            decide_by: ctx
                .calendar
                .add_workdays(today, ctx.leads.review_workdays.count()),
        })
    }

    /// Decides, or says why it cannot be decided so; `now` is the task's grade.
    pub fn decide(&self, decision: &Decision, now: Option<Grade>) -> Result<AppealEvent, Refusal> {
        self.require_open()?;
        let grade = match decision.result {
            AppealResult::Withdrawn => {
                let sentence = "申诉由提出的单位撤回，复核人请选择维持或改判。";
                return Err(Refusal::input("result", RULE, sentence));
            }
            AppealResult::OutOfTime if !self.late => {
                let sentence = "这件申诉是在期限内提出的，不能以超期为由不受理。";
                return Err(Refusal::input("result", RULE, sentence));
            }
            AppealResult::Changed if self.judgement.against == Against::Grade => {
                if decision.grade.is_none() || decision.grade == now {
                    let sentence = "改判请选择改定的评价等级，与原等级不同。";
                    return Err(Refusal::input("grade", RULE, sentence));
                }
                decision.grade
            }
            _ => None,
        };
        let sentence = "请写明复核结论的理由。";
        Ok(AppealEvent::Ended {
            result: decision.result,
            grade,
            text: text("text", sentence, &decision.text)?,
        })
    }

    /// Takes it back.
    pub fn withdraw(&self, reason: &str) -> Result<AppealEvent, Refusal> {
        self.require_open()?;
        Ok(AppealEvent::Ended {
            result: AppealResult::Withdrawn,
            grade: None,
            text: text("text", "请写明撤回的理由。", reason)?,
        })
    }

    /// Whether the decision is late on `today`.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.ended.is_none() && today > self.decide_by
    }

    /// What filing it means for its task.
    pub fn filed_event(&self) -> TaskEvent {
        TaskEvent::Appealed {
            appeal: self.id,
            against: self.judgement.against,
            said: self.said.clone(),
        }
    }

    /// What its end means for its task, where what was judged `stands` or not any more; nothing
    /// while it is open.
    pub fn ended_event(&self, stands: bool) -> Option<TaskEvent> {
        let ended = self.ended.as_ref()?;
        Some(TaskEvent::AppealEnded {
            appeal: self.id,
            against: self.judgement.against,
            stands,
            said: self.said.clone(),
            result: ended.result,
            grade: ended.grade,
            text: ended.text.clone(),
        })
    }

    fn require_open(&self) -> Result<(), Refusal> {
        match &self.ended {
            None => Ok(()),
            Some(ended) => {
                let (on, label) = (ended.on, ended.result.label());
                let sentence = format!("这件申诉已于 {on} 了结：{label}。");
                Err(Refusal::state("appeal_ended", RULE, sentence))
            }
        }
    }
}

impl Registered for Appeal {
    type Event = AppealEvent;

    const STREAM: &'static str = "appeal";

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn day(&self) -> NaiveDate {
        self.filed_on
    }

    fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    fn begun(id: Uuid, event: &AppealEvent, by: &Signed) -> Option<Self> {
        match event {
            AppealEvent::Filed {
                task,
                unit,
                judgement,
                said,
                reason,
                late,
                frozen,
                decide_by,
            } => Some(Self {
                id: AppealId(id),
                version: 1,
                task: *task,
                unit: *unit,
                judgement: judgement.clone(),
                said: said.clone(),
                reason: reason.clone(),
                late: *late,
                frozen: (**frozen).clone(),
                filed_by: by.person,
                filed_on: local_day(by.at),
                decide_by: *decide_by,
                ended: None,
            }),
            AppealEvent::Ended { .. } => None,
        }
    }

    fn apply(&mut self, event: &AppealEvent, by: &Signed) {
        self.version += 1;
        if let AppealEvent::Ended {
            result,
            grade,
            text,
        } = event
        {
            self.ended = Some(Ending {
                result: *result,
                grade: *grade,
                text: text.clone(),
                by: by.person,
                on: local_day(by.at),
            });
        }
    }
}

fn text(field: &'static str, sentence: &str, typed: &str) -> Result<String, Refusal> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Refusal::input(field, RULE, sentence));
    }
    let length = typed.chars().count();
    if length > TEXT_LIMIT {
        let sentence = format!("文字 {length} 字，超过 {TEXT_LIMIT} 字的上限，请精简。");
        return Err(Refusal::input(field, "SYS-04", sentence));
    }
    Ok(typed.to_owned())
}

#[cfg(test)]
mod tests;
