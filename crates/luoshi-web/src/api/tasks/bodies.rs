//! How a task is told, with its history and what the reader may do.

use chrono::{DateTime, NaiveDate, Utc};
use luoshi_app::limits::LimitView;
use luoshi_app::tasks::sentences::{self, Sentence};
use luoshi_app::tasks::{Step, TaskView};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::tasks::{Approval, Delivery, LastFeedback, Origin, Receipt, Task, actions};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::journal::SignedBody;
use crate::api::organisation::Named;
use crate::api::reporting::ReportingBody;
use crate::api::tasks::attachments::FileBody;
use crate::api::tasks::blockers::BlockerBody;
use crate::api::tasks::evidence::{EvidenceBody, OnCourseBody, UrgingBody};
use crate::api::tasks::outcomes::RefusalBody;
use crate::api::tasks::rows::LightBody;
use crate::api::tasks::supervision::{RevisionBody, SupervisionBody};
use crate::api::words::{
    ClosingStep, Course, Grade, Level, Mark, TaskAction, TaskEventKind, TaskKind, TaskState, Tier,
};

/// A task with its history and what the reader may do.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct TaskBody {
    id: Uuid,
    /// Goes into `seen` of a command.
    version: i64,
    number: Option<String>,
    title: String,
    target: String,
    requirement: String,
    /// Key of an origin category.
    category: String,
    /// The category's Chinese label.
    category_label: String,
    kind: TaskKind,
    level: Level,
    /// How far it may be known.
    mark: Mark,
    /// Words of the bureau's own.
    tags: Vec<String>,
    tier: Tier,
    state: TaskState,
    lead: Option<Named>,
    co_units: Vec<CoUnitBody>,
    /// The body in which several units lead it.
    task_force: Option<Uuid>,
    /// The unit that follows the task and reviews its closing.
    supervisor: Option<Named>,
    /// The leader in charge.
    deputy: Option<Named>,
    assignee: Option<Named>,
    approved_by: Option<Named>,
    /// The last day, inclusive.
    limit: Option<NaiveDate>,
    /// The limit as first issued.
    original_limit: Option<NaiveDate>,
    /// Extensions granted.
    extensions: u32,
    frequency: Option<String>,
    /// Percent done as last reported.
    progress: u8,
    /// Percent that the schedule expects today, to a tenth; missing before it is issued.
    expected_progress: Option<f64>,
    light: LightBody,
    feedbacks: u32,
    last_feedback: Option<LastFeedbackBody>,
    urgings: u32,
    /// Each urging, with whether it was answered.
    urged: Vec<UrgingBody>,
    /// Set when no report is asked for.
    on_course: Option<OnCourseBody>,
    closing_refusals: u32,
    /// How often the lead unit reports, and what was filed; missing where no report falls due.
    reporting: Option<ReportingBody>,
    /// The approval in progress.
    approval: Option<ApprovalBody>,
    /// Why it was last sent back; gone once acted upon.
    returned_because: Option<String>,
    grade: Option<Grade>,
    deliveries: Vec<DeliveryBody>,
    supervision: SupervisionBody,
    /// What changed of target and limit since it was issued, oldest first.
    revisions: Vec<RevisionBody>,
    /// What stood and stands in the way.
    blockers: Vec<BlockerBody>,
    /// The local day since which the unit's clock stands still.
    paused_since: Option<NaiveDate>,
    origin: OriginBody,
    /// Where else the same is asked for.
    sources: Vec<OriginBody>,
    issued_at: Option<DateTime<Utc>>,
    opened_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// Chinese names of mandatory fields that are still empty.
    missing: Vec<&'static str>,
    /// Every action, in the order of a task's life.
    actions: Vec<ActionBody>,
    /// The limits that policies set.
    limits: Vec<LimitBody>,
    /// The files that the reader may know of.
    files: Vec<FileBody>,
    /// Where the reader may attach files; goes into `to` of one.
    attach_to: Vec<String>,
    /// What happened, oldest first.
    steps: Vec<StepBody>,
}

/// A limit that a policy set, with how it came about.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct LimitBody {
    policy: String,
    label: String,
    /// Until which step: `issued`, `deployed`, `first_feedback` or `closed`.
    step: &'static str,
    /// The last day, inclusive.
    day: NaiveDate,
    /// For a person.
    standing: String,
    clause: String,
    /// Whether the source gives no number, and this is a default.
    default: bool,
    /// Whether the task's own limit stands instead.
    overridden: bool,
    /// Years whose notice is not known; the day may still move.
    provisional_years: Vec<i32>,
    /// Start, policy, skipped days and why, end; for a person.
    explanation: Vec<String>,
}

impl From<LimitView> for LimitBody {
    fn from(limit: LimitView) -> Self {
        Self {
            policy: limit.policy,
            label: limit.label,
            step: limit.step.key(),
            day: limit.day,
            standing: limit.standing_said,
            clause: limit.cited.clause,
            default: limit.cited.default,
            overridden: limit.overridden,
            provisional_years: limit.provisional,
            explanation: limit.steps,
        }
    }
}

impl TaskBody {
    pub(super) fn new(view: TaskView) -> Self {
        let (files, attach_to) = (FileBody::all(&view), FileBody::places(&view));
        let organisation = &view.organisation;
        let unit = |id| Named::unit(organisation, id);
        let person = |id| Named::person(organisation, id);
        let task = view.task;
        let supervision = SupervisionBody::new(&task, organisation, view.instructions);
        let paused_since = task.paused_since();
        let urged = task.urged.iter().cloned();
        let urged = urged.map(|known| UrgingBody::new(known, organisation));
        let urged = urged.collect();
        let revisions = task.revisions.iter().cloned();
        let revisions = revisions.map(|known| RevisionBody::new(known, organisation));
        let revisions = revisions.collect();
        let blockers = task.blockers.iter().cloned();
        let blockers = blockers.map(|known| BlockerBody::new(known, organisation));
        let blockers = blockers.collect();
        let reporting = ReportingBody::of(&view.filings, &task);
        let co_units = CoUnitBody::all(&task, organisation);
        let category_label = view.rules.origin_label(&task.details.category).to_owned();
        let deliveries = task.deliveries.into_iter();
        let steps = view.steps.into_iter();
        let limits = view.limits.into_iter();
        let details = task.details;
        Self {
            id: task.id.0,
            version: task.version,
            number: task.number,
            title: details.title,
            target: details.target,
            requirement: details.requirement,
            category: details.category,
            category_label,
            kind: details.kind.into(),
            level: details.level.into(),
            mark: task.mark.into(),
            tags: task.tags,
            tier: details.tier.into(),
            state: task.state.into(),
            lead: details.lead.map(unit),
            co_units,
            task_force: details.task_force.map(|id| id.0),
            supervisor: details.supervisor.map(unit),
            deputy: details.deputy.map(person),
            assignee: task.assignee.map(person),
            approved_by: task.approved_by.map(person),
            limit: details.limit,
            original_limit: task.original_limit,
            extensions: task.extensions,
            frequency: details.frequency,
            progress: task.progress,
            expected_progress: view.expected.and_then(percentage),
            light: view.light.into(),
            feedbacks: task.feedbacks,
            last_feedback: task.last_feedback.map(Into::into),
            urgings: task.urgings,
            urged,
            on_course: view.on_course.map(Into::into),
            reporting,
            closing_refusals: task.closing_refusals,
            approval: task
                .approval
                .map(|known| ApprovalBody::new(known, organisation)),
            returned_because: task.returned_because,
            grade: task.grade.map(Into::into),
            deliveries: deliveries
                .map(|known| DeliveryBody::new(known, organisation))
                .collect(),
            supervision,
            revisions,
            blockers,
            paused_since,
            origin: task.origin.into(),
            sources: task.sources.into_iter().map(Into::into).collect(),
            issued_at: task.issued_at,
            opened_at: task.opened_at,
            updated_at: task.updated_at,
            missing: view.missing,
            actions: view.actions.into_iter().map(Into::into).collect(),
            limits: limits.map(Into::into).collect(),
            files,
            attach_to,
            steps: steps
                .map(|step| StepBody::new(step, organisation))
                .collect(),
        }
    }
}

/// A co-unit's own duty.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct CoUnitBody {
    unit: Named,
    duty: String,
    /// Whether it reported the duty done.
    done: bool,
    /// Whether it leads beside the accountable unit.
    joint: bool,
}

impl CoUnitBody {
    fn all(task: &Task, organisation: &Organisation) -> Vec<Self> {
        let co_units = task.details.co_units.iter().map(|co| Self {
            unit: Named::unit(organisation, co.unit),
            duty: co.duty.clone(),
            done: task.co_units_done.contains(&co.unit),
            joint: co.joint,
        });
        co_units.collect()
    }
}

/// The lead unit's latest report.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct LastFeedbackBody {
    at: DateTime<Utc>,
    course: Course,
    text: String,
    /// The supervising unit sent it back; a new one is due.
    sent_back: bool,
    /// What proves it.
    evidence: Vec<EvidenceBody>,
}

impl From<LastFeedback> for LastFeedbackBody {
    fn from(feedback: LastFeedback) -> Self {
        Self {
            at: feedback.at,
            course: feedback.course.into(),
            text: feedback.text,
            sent_back: feedback.sent_back,
            evidence: feedback.evidence.into_iter().map(Into::into).collect(),
        }
    }
}

/// An approval in progress.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(in crate::api) enum ApprovalBody {
    Extension {
        by: Named,
        at: DateTime<Utc>,
        reason: String,
        proposed: NaiveDate,
    },
    Change {
        by: Named,
        at: DateTime<Utc>,
        reason: String,
        target: Option<String>,
        limit: Option<NaiveDate>,
    },
    Escalation {
        by: Named,
        at: DateTime<Utc>,
        reason: String,
    },
    Closing {
        by: Named,
        at: DateTime<Utc>,
        summary: String,
        evidence: String,
        step: ClosingStep,
        /// Set by the first review.
        grade: Option<Grade>,
    },
}

impl ApprovalBody {
    fn new(approval: Approval, organisation: &Organisation) -> Self {
        match approval {
            Approval::Extension {
                by,
                at,
                reason,
                proposed,
            } => Self::Extension {
                by: Named::person(organisation, by),
                at,
                reason,
                proposed,
            },
            Approval::Change {
                by,
                at,
                reason,
                change,
            } => Self::Change {
                by: Named::person(organisation, by),
                at,
                reason,
                target: change.target,
                limit: change.limit,
            },
            Approval::Escalation { by, at, reason } => Self::Escalation {
                by: Named::person(organisation, by),
                at,
                reason,
            },
            Approval::Closing(closing) => Self::Closing {
                by: Named::person(organisation, closing.by),
                at: closing.at,
                summary: closing.summary,
                evidence: closing.evidence,
                step: closing.step.into(),
                grade: closing.grade.map(Into::into),
            },
        }
    }
}

/// The opening notice's delivery to one unit.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DeliveryBody {
    unit: Named,
    issued_at: DateTime<Utc>,
    received: Option<ReceiptBody>,
}

impl DeliveryBody {
    fn new(delivery: Delivery, organisation: &Organisation) -> Self {
        let receipt = |Receipt { by, at }| ReceiptBody {
            by: Named::person(organisation, by),
            at,
        };
        Self {
            unit: Named::unit(organisation, delivery.unit),
            issued_at: delivery.issued_at,
            received: delivery.received.map(receipt),
        }
    }
}

/// Who received a notice for a unit, and when.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ReceiptBody {
    by: Named,
    at: DateTime<Utc>,
}

/// Where a task comes from.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct OriginBody {
    plan: Option<Uuid>,
    proposal: Option<Uuid>,
    /// Title of the document or meeting.
    document: String,
    /// The document's number.
    number: Option<String>,
    /// E.g. `四/(二)/1`.
    clause_path: String,
    /// The sentence as it stands in the document.
    quote: String,
}

impl From<Origin> for OriginBody {
    fn from(origin: Origin) -> Self {
        Self {
            plan: origin.plan.map(|plan| plan.0),
            proposal: origin.proposal.map(|proposal| proposal.0),
            document: origin.document,
            number: origin.number,
            clause_path: origin.clause_path,
            quote: origin.quote,
        }
    }
}

/// An action, and whether the reader may do it now.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ActionBody {
    action: TaskAction,
    allowed: bool,
    /// Why it is not allowed.
    refusal: Option<RefusalBody>,
}

impl From<(actions::TaskAction, Result<(), Refusal>)> for ActionBody {
    fn from((action, permit): (actions::TaskAction, Result<(), Refusal>)) -> Self {
        Self {
            action: action.into(),
            allowed: permit.is_ok(),
            refusal: permit.err().map(Into::into),
        }
    }
}

/// One step of a task's life.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct StepBody {
    /// Position in the bureau's journal.
    seq: i64,
    version: i64,
    by: SignedBody,
    event: TaskEventKind,
    /// For a person.
    headline: String,
    /// What was entered.
    particulars: Vec<ParticularBody>,
    /// Hex SM3, the link in the chain.
    hash: String,
}

/// Something entered, under its Chinese label.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ParticularBody {
    label: &'static str,
    text: String,
}

impl StepBody {
    fn new(step: Step, organisation: &Organisation) -> Self {
        let Sentence {
            headline,
            particulars,
        } = sentences::event(&step.event, organisation);
        let particulars = particulars.into_iter();
        Self {
            seq: step.seq,
            version: step.version,
            by: step.by.into(),
            event: (&step.event).into(),
            headline,
            particulars: particulars
                .map(|(label, text)| ParticularBody { label, text })
                .collect(),
            hash: step.hash,
        }
    }
}

/// Tenths of a percent as a percentage.
fn percentage(tenths: i64) -> Option<f64> {
    i32::try_from(tenths)
        .ok()
        .map(|tenths| f64::from(tenths) / 10.0)
}
