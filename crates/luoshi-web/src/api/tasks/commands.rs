//! What can be asked of tasks.

use chrono::NaiveDate;
use luoshi_domain::cadence::Cadence;
use luoshi_domain::ids::{BodyId, PersonId, UnitId};
use luoshi_domain::tasks::blockers::NewBlocker;
use luoshi_domain::tasks::commands::{Feedback, TaskCommand};
use luoshi_domain::tasks::revisions::Change;
use luoshi_domain::tasks::{CoDuty, TaskDetails};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::tasks::evidence::EvidenceBody;
use crate::api::words::{BlockerAnswer, Channel, Course, Grade, Level, Mark, TaskKind, Tier};

/// One command on many tasks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct BatchBody {
    /// At most 500.
    #[schema(max_items = 500)]
    pub(super) ids: Vec<Uuid>,
    pub(super) command: TaskCommandBody,
}

/// What can be asked of a task; `command` names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::api) enum TaskCommandBody {
    /// Replaces the details of a draft or of a task sent back.
    Amend { details: Box<DetailsBody> },
    /// Approves the opening.
    Approve {
        #[serde(default)]
        text: String,
    },
    /// Sends the opening notice out.
    Issue {
        /// The notice's number; the next one when empty.
        #[serde(default)]
        number: String,
        channel: Channel,
    },
    /// Receives the notice for the actor's unit.
    SignFor {
        /// Who does the work, a person of the lead unit.
        assignee: Option<Uuid>,
    },
    /// Files the lead unit's plan of work.
    Deploy {
        text: String,
        /// The last time node, where the limit cannot be kept.
        until: Option<NaiveDate>,
    },
    /// Reports the lead unit's progress.
    Feedback {
        course: Course,
        /// Percent done, 0 to 100.
        #[schema(maximum = 100)]
        progress: u8,
        text: String,
        /// What is not done, and why; mandatory when the course is not smooth.
        #[serde(default)]
        difficulties: String,
        /// What is needed of others; mandatory when the course is not smooth.
        #[serde(default)]
        suggestions: String,
        /// Figures worth telling.
        #[serde(default)]
        figures: String,
        /// What proves it, by reference.
        #[serde(default)]
        evidence: Vec<EvidenceBody>,
        /// Whether what is needed is raised as a blocker in the same act.
        #[serde(default)]
        raise_blocker: bool,
        /// The places of the milestones that are reached by it, from 0.
        #[serde(default)]
        milestones: Vec<usize>,
    },
    /// Reports on the duty of the actor's co-unit.
    CoUnitFeedback { text: String, done: bool },
    /// Files the report that is due from the last one; for work on course that is reported upwards.
    RepeatReport,
    /// Says how often the lead unit reports; the reason is mandatory once the task is issued.
    SetCadence {
        /// A number of days from 1 to 366, `weekly`, `monthly`, `quarterly` or `never`.
        cadence: CadenceText,
        #[serde(default)]
        reason: String,
    },
    /// Says that a co-unit does not cooperate.
    Remark { unit: Uuid, text: String },
    /// Records which leader assigned the task; the supervising unit follows from it.
    Instruct {
        leader: Uuid,
        instruction: String,
        dated: Option<NaiveDate>,
    },
    /// Asks for another target or limit of an issued task; what is left out stays.
    RequestChange {
        target: Option<String>,
        /// The last day, inclusive.
        limit: Option<NaiveDate>,
        reason: String,
    },
    /// A leader approves a change, or not.
    DecideChange {
        consent: bool,
        #[serde(default)]
        text: String,
    },
    /// Asks the supervision office to take the supervision over.
    RequestEscalation { reason: String },
    /// The principal leader consents to an escalation, or not.
    DecideEscalation {
        consent: bool,
        #[serde(default)]
        text: String,
    },
    /// Issues a numbered supervision notice to the lead unit.
    IssueNotice {
        facts: String,
        requirement: String,
        /// The last day of the rectification, inclusive.
        rectify_by: NaiveDate,
    },
    /// The lead unit acknowledges a supervision notice.
    AcknowledgeNotice { number: String },
    /// Asks a leader to clear what stands in the way; the unit's clock stops until it is settled.
    RaiseBlocker {
        what: String,
        need: String,
        /// The unit whose help is needed.
        unit: Option<Uuid>,
        /// The leader in charge unless another is named.
        leader: Option<Uuid>,
        /// The day by which it is wished cleared.
        wished: Option<NaiveDate>,
    },
    /// A leader's answer; `text` is what was decided, or why it is not recognised.
    AnswerBlocker {
        number: u32,
        answer: BlockerAnswer,
        #[serde(default)]
        text: String,
    },
    /// The lead unit takes a blocker back.
    WithdrawBlocker { number: u32, reason: String },
    /// Asks for a later limit.
    RequestExtension { reason: String, proposed: NaiveDate },
    /// Grants a later limit, or refuses with `null`.
    DecideExtension {
        // Left out by mistake, it must not count as a refusal.
        #[serde(deserialize_with = "given")]
        #[schema(required)]
        granted: Option<NaiveDate>,
        #[serde(default)]
        text: String,
    },
    /// Urges the lead unit.
    Urge { text: String, respond_by: NaiveDate },
    /// Applies to close.
    ApplyToClose { summary: String, evidence: String },
    /// The supervising unit's first review of a closing.
    Review {
        grade: Option<Grade>,
        #[serde(default)]
        opinion: String,
    },
    /// A leader agrees to a closing.
    Endorse {
        #[serde(default)]
        opinion: String,
    },
    /// Sends back what waits for the actor: opening, assignment, report or closing.
    Return { reason: String },
    /// Says how far the task may be known.
    Mark { mark: Mark, reason: String },
    /// Cancels the task.
    Cancel { reason: String },
}

/// What may be edited until a task is issued. The leader in charge follows from the lead unit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DetailsBody {
    title: String,
    target: String,
    #[serde(default)]
    requirement: String,
    /// Key of an origin category.
    category: String,
    kind: TaskKind,
    level: Level,
    tier: Tier,
    lead: Option<Uuid>,
    #[serde(default)]
    co_units: Vec<CoDutyBody>,
    /// The unit that follows the task and reviews its closing.
    supervisor: Option<Uuid>,
    /// The last day, inclusive.
    limit: Option<NaiveDate>,
    frequency: Option<String>,
    /// Keys of limit policies; without them those that the origin brings.
    policies: Option<Vec<String>>,
    /// The body in which several units lead: a task force or a coordination group.
    task_force: Option<Uuid>,
    /// How often the lead unit reports; without it what the origin brings.
    cadence: Option<CadenceText>,
}

/// How often: a number of days from 1 to 366, `weekly`, `monthly`, `quarterly` or `never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String)]
pub(in crate::api) struct CadenceText(pub(in crate::api) Cadence);

impl TryFrom<String> for CadenceText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match Cadence::from_key(&text) {
            Some(cadence) => Ok(Self(cadence)),
            None => Err(format!("`{text}` is no cadence")),
        }
    }
}

/// A co-unit's own duty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct CoDutyBody {
    unit: Uuid,
    duty: String,
    /// Whether it leads beside the accountable unit; then there has to be a task force.
    #[serde(default)]
    joint: bool,
}

impl From<TaskCommandBody> for TaskCommand {
    fn from(body: TaskCommandBody) -> Self {
        match body {
            TaskCommandBody::Amend { details } => Self::Amend(Box::new((*details).into())),
            TaskCommandBody::Approve { text } => Self::Approve { text },
            TaskCommandBody::Issue { number, channel } => Self::Issue {
                number,
                channel: channel.into(),
            },
            TaskCommandBody::SignFor { assignee } => Self::SignFor {
                assignee: assignee.map(PersonId),
            },
            TaskCommandBody::Deploy { text, until } => Self::Deploy { text, until },
            TaskCommandBody::Feedback {
                course,
                progress,
                text,
                difficulties,
                suggestions,
                figures,
                evidence,
                raise_blocker,
                milestones,
            } => Self::Feedback(Feedback::Lead {
                course: course.into(),
                progress,
                text,
                difficulties,
                suggestions,
                figures,
                evidence: evidence.into_iter().map(Into::into).collect(),
                raise: raise_blocker,
                milestones,
            }),
            TaskCommandBody::CoUnitFeedback { text, done } => {
                Self::Feedback(Feedback::CoUnit { text, done })
            }
            TaskCommandBody::RepeatReport => Self::RepeatReport,
            TaskCommandBody::SetCadence { cadence, reason } => Self::SetCadence {
                cadence: cadence.0,
                reason,
            },
            TaskCommandBody::Remark { unit, text } => Self::Remark {
                unit: UnitId(unit),
                text,
            },
            TaskCommandBody::Instruct {
                leader,
                instruction,
                dated,
            } => Self::Instruct {
                leader: PersonId(leader),
                instruction,
                dated,
            },
            TaskCommandBody::RequestChange {
                target,
                limit,
                reason,
            } => Self::RequestChange {
                change: Change { target, limit },
                reason,
            },
            TaskCommandBody::DecideChange { consent, text } => Self::DecideChange { consent, text },
            TaskCommandBody::RequestEscalation { reason } => Self::RequestEscalation { reason },
            TaskCommandBody::DecideEscalation { consent, text } => {
                Self::DecideEscalation { consent, text }
            }
            TaskCommandBody::IssueNotice {
                facts,
                requirement,
                rectify_by,
            } => Self::IssueNotice {
                facts,
                requirement,
                rectify_by,
            },
            TaskCommandBody::AcknowledgeNotice { number } => Self::AcknowledgeNotice { number },
            TaskCommandBody::RaiseBlocker {
                what,
                need,
                unit,
                leader,
                wished,
            } => Self::RaiseBlocker(NewBlocker {
                what,
                need,
                unit: unit.map(UnitId),
                leader: leader.map(PersonId),
                wished,
            }),
            TaskCommandBody::AnswerBlocker {
                number,
                answer,
                text,
            } => Self::AnswerBlocker {
                number,
                answer: answer.into(),
                text,
            },
            TaskCommandBody::WithdrawBlocker { number, reason } => {
                Self::WithdrawBlocker { number, reason }
            }
            TaskCommandBody::RequestExtension { reason, proposed } => {
                Self::RequestExtension { reason, proposed }
            }
            TaskCommandBody::DecideExtension { granted, text } => {
                Self::DecideExtension { granted, text }
            }
            TaskCommandBody::Urge { text, respond_by } => Self::Urge { text, respond_by },
            TaskCommandBody::ApplyToClose { summary, evidence } => {
                Self::ApplyToClose { summary, evidence }
            }
            TaskCommandBody::Review { grade, opinion } => Self::Review {
                grade: grade.map(Into::into),
                opinion,
            },
            TaskCommandBody::Endorse { opinion } => Self::Endorse { opinion },
            TaskCommandBody::Return { reason } => Self::Return { reason },
            TaskCommandBody::Mark { mark, reason } => Self::Mark {
                mark: mark.into(),
                reason,
            },
            TaskCommandBody::Cancel { reason } => Self::Cancel { reason },
        }
    }
}

impl From<DetailsBody> for TaskDetails {
    fn from(body: DetailsBody) -> Self {
        let co_units = body.co_units.into_iter().map(|co| CoDuty {
            unit: UnitId(co.unit),
            duty: co.duty,
            joint: co.joint,
        });
        Self {
            title: body.title,
            target: body.target,
            requirement: body.requirement,
            category: body.category,
            kind: body.kind.into(),
            level: body.level.into(),
            tier: body.tier.into(),
            lead: body.lead.map(UnitId),
            co_units: co_units.collect(),
            supervisor: body.supervisor.map(UnitId),
            deputy: None,
            limit: body.limit,
            frequency: body.frequency,
            policies: body.policies,
            task_force: body.task_force.map(BodyId),
            cadence: body.cadence.map(|cadence| cadence.0),
        }
    }
}

/// An optional value whose field must be there.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    Option::deserialize(from)
}

#[cfg(test)]
mod tests;
