//! A task: one thing to be done by a lead unit, from opening to its grade (FLOW-01 to FLOW-15).
//!
//! [`Task::decide`] says what a command would do or why it may not; [`Task::apply`] folds an event.
//! The task's own state and an approval in progress are separate fields, so that a refusal returns
//! to the right state.

pub mod actions;
pub mod appeals;
mod apply;
pub mod attachments;
pub mod blockers;
pub mod commands;
pub mod evidence;
pub mod handing;
pub mod hierarchy;
pub mod joint;
pub mod lists;
pub mod merging;
pub mod notices;
pub mod reporting;
pub mod revisions;
mod rights;
pub mod supervision;
pub mod tags;
pub mod timing;
pub mod urgings;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::appeals::{Against, AppealResult};
use crate::attachments::AttachmentKind;
use crate::cadence::Cadence;
use crate::calendar::local_day;
use crate::ids::{AppealId, AttachmentId, BodyId, PersonId, PlanId, ProposalId, TaskId, UnitId};
use crate::journal::Signed;
use crate::lights::Turn;
use crate::limits::LimitPolicy;
use crate::marks::Mark;
use crate::refusals::Refusal;
use crate::tasks::appeals::{AppealKnown, Contested};
use crate::tasks::attachments::{AttachedTo, Attachment};
use crate::tasks::blockers::{Blocker, BlockerOutcome, Pause, Shift};
use crate::tasks::evidence::Evidence;
use crate::tasks::hierarchy::RollUp;
use crate::tasks::notices::SupervisionNotice;
use crate::tasks::reporting::Reporting;
use crate::tasks::revisions::{Change, Revision};
use crate::tasks::supervision::{Assigned, Supervises, SupervisionCase};
use crate::tasks::timing::{LimitCause, MovedLimit, TaskLimit, Timing};
use crate::tasks::urgings::Urging;
use crate::trajectories::Trajectory;
use crate::trajectories::forecast::Reading;

/// One tracked piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub id: TaskId,
    /// Events folded so far.
    pub version: i64,
    pub origin: Origin,
    /// Where else the same is asked for (IMPORT-13).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Origin>,
    pub details: TaskDetails,
    pub state: TaskState,
    /// At most one approval is in progress; it does not change the state until it is decided.
    pub approval: Option<Approval>,
    /// Who typed the request that is in progress, where somebody did for the applicant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_hand: Option<PersonId>,
    /// `〔2026〕12号`, given when the task is first issued.
    pub number: Option<String>,
    /// Who approved the opening.
    pub approved_by: Option<PersonId>,
    /// When the opening notice was first issued; schedule progress runs from this day.
    pub issued_at: Option<DateTime<Utc>>,
    /// One for the lead unit and each co-unit, once issued.
    pub deliveries: Vec<Delivery>,
    /// Who does the work, when the lead unit named somebody.
    pub assignee: Option<PersonId>,
    /// The limit as first issued.
    pub original_limit: Option<NaiveDate>,
    /// Extensions granted.
    pub extensions: u32,
    /// Percent done as the lead unit last reported, 0 to 100.
    pub progress: u8,
    pub feedbacks: u32,
    pub last_feedback: Option<LastFeedback>,
    /// Co-units that reported their own duty done.
    pub co_units_done: Vec<UnitId>,
    pub urgings: u32,
    /// Each urging, with whether it was answered (FLOW-15).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urged: Vec<Urging>,
    pub closing_refusals: u32,
    /// Why it was last sent back; gone once acted upon.
    pub returned_because: Option<String>,
    /// Set when closed.
    pub grade: Option<Grade>,
    /// The limits that policies set; nothing for a task that is under none (TIME-01).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<Box<Timing>>,
    /// How far it may be known (SYS-05).
    #[serde(default, skip_serializing_if = "Mark::is_none")]
    pub mark: Mark,
    /// Who assigned it, in which words (SRC-01).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned: Option<Assigned>,
    /// Why the supervising unit is that one; nothing where somebody named it (FLOW-06).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervised: Option<Supervises>,
    /// The case that the supervision office opened (FLOW-07).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<SupervisionCase>,
    /// What changed of target and limit since it was issued (LEDGER-04).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revisions: Vec<Revision>,
    /// The supervision notices, in the order they were issued (FLOW-08).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<SupervisionNotice>,
    /// What stood and stands in the way, in the order it was raised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blockers: Vec<Blocker>,
    /// When the unit's clock stood still; the last one may last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// The task that it carries out a part of (LEDGER-01).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<TaskId>,
    /// The unit that leads the task right above; no fact of this task's own journal, but told by
    /// the store with what it reads.
    #[serde(skip)]
    pub above: Option<UnitId>,
    /// What stands below it; its progress is theirs then (LEDGER-08).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolled_up: Option<RollUp>,
    /// The task that it became part of; it is cancelled then (IMPORT-13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<TaskId>,
    /// Those that became part of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absorbed: Vec<TaskId>,
    /// The course it is planned to take (LEDGER-09).
    #[serde(default, skip_serializing_if = "Trajectory::is_linear")]
    pub trajectory: Trajectory,
    /// What was reported by the end of which day, in the order of the days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<Reading>,
    /// The latest days on which it caught up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
    /// The files, in the order they came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The appeals of the lead unit, in the order they were filed (F36).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub appeals: Vec<AppealKnown>,
    /// Lights that were appealed against with success; the light itself stays computed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contested: Vec<Contested>,
    /// Whether an extension may be asked for although the limit is past: its refusal was taken
    /// back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extension_reopened: bool,
    /// Words of the bureau's own, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How often it is reported, and what was; nothing where no report ever falls due by itself
    /// (LEDGER-11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporting: Option<Box<Reporting>>,
    pub opened_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Where a task comes from (SRC-01).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub plan: Option<PlanId>,
    pub proposal: Option<ProposalId>,
    /// Title of the document or meeting.
    pub document: String,
    /// The document's number.
    pub number: Option<String>,
    /// Path of the clause in the document, e.g. `四/(二)/1`.
    pub clause_path: String,
    /// The sentence as it stands in the document.
    pub quote: String,
}

/// What may be edited until the task is issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDetails {
    /// 任务内容
    pub title: String,
    /// 目标要求
    pub target: String,
    /// 办理要求
    pub requirement: String,
    /// 来源类别, an entry of the origin dictionary.
    pub category: String,
    pub kind: TaskKind,
    pub level: Level,
    pub tier: Tier,
    /// 牵头单位
    pub lead: Option<UnitId>,
    /// 协办单位, each with its own duty; further leads among them (ORG-05).
    pub co_units: Vec<CoDuty>,
    /// 督办单位: follows the task and does the first review of its closing.
    pub supervisor: Option<UnitId>,
    /// 分管领导
    pub deputy: Option<PersonId>,
    /// 完成时限: the last day, inclusive.
    pub limit: Option<NaiveDate>,
    /// How often, as the document says it.
    pub frequency: Option<String>,
    /// Keys of the limit policies; `None` for those that its origin brings (TIME-02).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policies: Option<Vec<String>>,
    /// The task force in which several leads work together (ORG-05).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_force: Option<BodyId>,
    /// How often the lead unit reports; `None` for what its origin brings (LEDGER-11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cadence: Option<Cadence>,
}

/// What sort of obligation the task carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// 任务
    Task,
    /// 常态
    Recurring,
    /// 指标
    Target,
}

/// How much a task matters; major ones close only by the principal leader (FLOW-12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Ordinary,
    Major,
}

/// Whose ledger the line stands in (LEDGER-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    Bureau,
    Unit,
}

/// A co-unit's own duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoDuty {
    pub unit: UnitId,
    pub duty: String,
    /// Whether it leads beside the accountable unit, in a task force.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub joint: bool,
}

/// Where the task itself stands (FLOW-14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    Draft,
    Approved,
    Issued,
    Accepted,
    InProgress,
    /// Its closing was refused; the supervising unit keeps following it.
    Supervising,
    /// Sent back to the supervision office before any work began.
    Returned,
    Closed,
    Cancelled,
}

/// An approval in progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    Extension {
        by: PersonId,
        at: DateTime<Utc>,
        reason: String,
        proposed: NaiveDate,
    },
    Closing(Closing),
    /// Target or limit of an issued task are to change (LEDGER-04).
    Change {
        by: PersonId,
        at: DateTime<Utc>,
        reason: String,
        change: Change,
    },
    /// The supervising section asks the supervision office to take it over (FLOW-07).
    Escalation {
        by: PersonId,
        at: DateTime<Utc>,
        reason: String,
    },
}

/// A closing in progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    pub by: PersonId,
    pub at: DateTime<Utc>,
    pub summary: String,
    pub evidence: String,
    pub step: ClosingStep,
    /// Set by the first review.
    pub grade: Option<Grade>,
}

/// Whose turn it is in a closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosingStep {
    /// The supervising unit's first review.
    Review,
    /// The leader in charge.
    Deputy,
    /// The principal leader; major tasks only.
    Principal,
}

/// The five grades (APPR-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// 落实好
    Good,
    /// 落实较好
    FairlyGood,
    /// 基本落实
    Basic,
    /// 落实不力
    Weak,
    /// 落实较差
    Poor,
}

/// The opening notice's delivery to one unit (FLOW-02).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub unit: UnitId,
    pub issued_at: DateTime<Utc>,
    pub received: Option<Receipt>,
}

/// Who received a notice for a unit, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub by: PersonId,
    pub at: DateTime<Utc>,
}

/// The lead unit's latest report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastFeedback {
    pub at: DateTime<Utc>,
    pub course: Course,
    pub text: String,
    /// The supervising unit sent it back; a new one is due.
    pub sent_back: bool,
    /// What proves it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// Whether the work runs smoothly (FLOW-05).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    Smooth,
    Unsmooth,
}

/// How the opening notice goes out (FLOW-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    System,
    Paper,
}

/// What was sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnStage {
    /// The principal leader does not approve the opening as drafted.
    Opening,
    /// The lead unit hands the assignment back.
    Assignment,
    /// The supervising unit asks for a better report.
    Feedback,
    /// The closing is refused.
    Closing,
}

/// What happened to a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskEvent {
    Opened {
        origin: Origin,
        details: Box<TaskDetails>,
    },
    /// Another clause asks for the same (IMPORT-13).
    SourceAdded {
        origin: Origin,
    },
    Amended {
        details: Box<TaskDetails>,
    },
    Approved {
        text: String,
    },
    Issued {
        number: String,
        channel: Channel,
    },
    SignedFor {
        assignee: Option<PersonId>,
    },
    /// A co-unit took note of the notice.
    Received {
        unit: UnitId,
    },
    FedBack {
        unit: UnitId,
        course: Course,
        progress: u8,
        text: String,
        /// 未办, and why; where the course is unsmooth the difficulties (FLOW-05).
        difficulties: String,
        /// 需协调; where the course is unsmooth the suggestions (FLOW-05).
        suggestions: String,
        /// 关键数据
        #[serde(default, skip_serializing_if = "String::is_empty")]
        figures: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        evidence: Vec<Evidence>,
    },
    CoUnitReported {
        unit: UnitId,
        text: String,
        done: bool,
    },
    /// The lead unit says that a co-unit does not cooperate.
    Remarked {
        unit: UnitId,
        text: String,
    },
    ExtensionRequested {
        reason: String,
        proposed: NaiveDate,
    },
    ExtensionDecided {
        granted: Option<NaiveDate>,
        text: String,
    },
    Urged {
        text: String,
        respond_by: NaiveDate,
    },
    ClosingApplied {
        summary: String,
        evidence: String,
    },
    Reviewed {
        grade: Grade,
        opinion: String,
    },
    /// The leader in charge agrees; a major task goes on to the principal leader.
    Endorsed {
        opinion: String,
    },
    Closed {
        grade: Grade,
        opinion: String,
    },
    SentBack {
        stage: ReturnStage,
        reason: String,
    },
    /// Words of the bureau's own were put on it and taken off.
    Tagged {
        on: Vec<String>,
        off: Vec<String>,
    },
    /// How far it may be known was changed (SYS-05).
    Marked {
        mark: Mark,
        reason: String,
    },
    Cancelled {
        reason: String,
    },
    /// A unit's matters went to another (ORG-01).
    UnitSucceeded {
        unit: UnitId,
        into: UnitId,
    },
    /// Somebody's part went to a successor (离岗交接).
    HandedOver {
        from: PersonId,
        to: PersonId,
    },
    /// Another leader is in charge of the lead unit by now (ORG-14).
    Rerouted {
        deputy: PersonId,
    },
    /// The policies that the task is under, written down as they are (TIME-01).
    PoliciesApplied {
        policies: Vec<LimitPolicy>,
    },
    /// The lead unit's plan of work; with time nodes where the limit cannot be kept (TIME-06).
    Deployed {
        text: String,
        until: Option<NaiveDate>,
    },
    /// The lead unit cannot go on without a leader: its clock stops, the leader's starts.
    BlockerRaised {
        number: u32,
        what: String,
        need: String,
        unit: Option<UnitId>,
        leader: PersonId,
        wished: Option<NaiveDate>,
        answer_by: NaiveDate,
    },
    /// A leader passes a blocker on to the principal leader.
    BlockerPassedOn {
        number: u32,
        leader: PersonId,
        text: String,
        answer_by: NaiveDate,
    },
    BlockerSettled {
        number: u32,
        outcome: BlockerOutcome,
        text: String,
    },
    /// Nothing stands in the way any more: the unit's clock goes on.
    Resumed {
        since: NaiveDate,
        until: NaiveDate,
        /// The task's own limit, where it moves.
        limit: Option<Shift>,
    },
    /// A leader's instruction that it rests on, with who supervises by it.
    Instructed {
        leader: PersonId,
        instruction: String,
        dated: Option<NaiveDate>,
        supervisor: UnitId,
        why: Supervises,
        /// Whether it counts as the approval of the opening (FLOW-01).
        approves: bool,
    },
    ChangeRequested {
        change: Change,
        reason: String,
    },
    ChangeDecided {
        consent: bool,
        text: String,
    },
    EscalationRequested {
        reason: String,
    },
    EscalationDecided {
        /// The case's number; none where the principal leader does not consent.
        case: Option<String>,
        office: UnitId,
        text: String,
    },
    NoticeIssued {
        number: String,
        facts: String,
        requirement: String,
        rectify_by: NaiveDate,
        acknowledge_by: NaiveDate,
    },
    NoticeAcknowledged {
        number: String,
    },
    /// How often the lead unit reports from now on (LEDGER-11).
    CadenceSet {
        cadence: Cadence,
        /// Whether it is due however well the work goes: the bureau reports it upwards.
        always: bool,
        /// Whether it is a pack's number, and nobody chose it.
        default: bool,
        reason: String,
    },
    /// Dues that passed while the work was on course and proven, so that no report was asked for.
    ReportsLifted {
        dues: Vec<NaiveDate>,
    },
    /// The lead unit filed what was due from its last report.
    ReportRepeated {
        unit: UnitId,
        due: NaiveDate,
        /// The version of that report; none where it is older than the cadence.
        of: Option<i64>,
        reported_on: NaiveDate,
        progress: u8,
        text: String,
    },
    /// The planned course was set (LEDGER-09).
    TrajectorySet {
        trajectory: Box<Trajectory>,
        reason: String,
    },
    /// The stage of a milestone was begun, or the milestone reached.
    MilestoneMarked {
        /// Its place, from 0.
        number: u32,
        name: String,
        done: bool,
    },
    /// All limits of the task, counted anew.
    LimitsCounted {
        cause: LimitCause,
        limits: Vec<TaskLimit>,
        /// What that set or moved; limits that are gone are not told.
        moved: Vec<MovedLimit>,
    },
    /// The lead unit appealed (F36).
    Appealed {
        appeal: AppealId,
        against: Against,
        said: String,
    },
    /// An appeal was decided, or taken back.
    AppealEnded {
        appeal: AppealId,
        against: Against,
        /// Whether what was judged still stands, so that it can be taken back.
        stands: bool,
        said: String,
        result: AppealResult,
        grade: Option<Grade>,
        text: String,
    },
    /// Another task became part of it: its sources and the duties of its units came along.
    Absorbed {
        task: TaskId,
        number: String,
        title: String,
        sources: Vec<Origin>,
        co_units: Vec<CoDuty>,
        reason: String,
    },
    /// It became part of another task, and ends.
    MergedInto {
        task: TaskId,
        number: String,
        title: String,
        reason: String,
    },
    /// It hangs under another task from now on, or under none (LEDGER-01).
    Linked {
        parent: Option<TaskId>,
    },
    /// Those below it went on: its progress and their numbers (LEDGER-08).
    RolledUp {
        progress: u8,
        roll_up: RollUp,
    },
    FileAdded {
        file: AttachmentId,
        name: String,
        /// SM3 of the bytes, in lower-case hex.
        hash: String,
        bytes: u64,
        kind: AttachmentKind,
        #[serde(default, skip_serializing_if = "Mark::is_none")]
        mark: Mark,
        to: AttachedTo,
    },
    /// Its row is gone; the step that added it stays.
    FileRemoved {
        file: AttachmentId,
    },
}

impl TaskDetails {
    /// The units that it concerns: lead, supervisor and co-units.
    pub fn units(&self) -> impl Iterator<Item = UnitId> {
        let co_units = self.co_units.iter().map(|co| co.unit);
        self.lead.into_iter().chain(self.supervisor).chain(co_units)
    }
}

impl Task {
    /// The stream's kind in the journal.
    pub const STREAM: &'static str = "task";

    /// A task as its first event makes it.
    pub fn opened(id: TaskId, origin: &Origin, details: &TaskDetails, at: DateTime<Utc>) -> Self {
        Self {
            id,
            version: 1,
            origin: origin.clone(),
            sources: Vec::new(),
            details: details.clone(),
            state: TaskState::Draft,
            approval: None,
            request_hand: None,
            number: None,
            approved_by: None,
            issued_at: None,
            deliveries: Vec::new(),
            assignee: None,
            original_limit: None,
            extensions: 0,
            progress: 0,
            feedbacks: 0,
            last_feedback: None,
            co_units_done: Vec::new(),
            urgings: 0,
            urged: Vec::new(),
            closing_refusals: 0,
            returned_because: None,
            grade: None,
            timing: None,
            mark: Mark::None,
            assigned: None,
            supervised: None,
            case: None,
            revisions: Vec::new(),
            notices: Vec::new(),
            blockers: Vec::new(),
            pauses: Vec::new(),
            parent: None,
            above: None,
            rolled_up: None,
            merged_into: None,
            absorbed: Vec::new(),
            trajectory: Trajectory::default(),
            readings: Vec::new(),
            tags: Vec::new(),
            turns: Vec::new(),
            attachments: Vec::new(),
            appeals: Vec::new(),
            contested: Vec::new(),
            extension_reopened: false,
            reporting: None,
            opened_at: at,
            updated_at: at,
        }
    }

    /// Folds a stream; `None` when it is empty or does not begin with an opening.
    pub fn replay<'a>(
        id: TaskId,
        events: impl IntoIterator<Item = (&'a TaskEvent, &'a Signed)>,
    ) -> Option<Self> {
        let mut events = events.into_iter();
        let (TaskEvent::Opened { origin, details }, by) = events.next()? else {
            return None;
        };
        let mut task = Self::opened(id, origin, details, by.at);
        for (event, by) in events {
            task.apply(event, by);
        }
        Some(task)
    }

    /// What happens when another clause asks for the same; nothing when that is known already.
    pub fn add_source(&self, origin: Origin) -> Result<Vec<TaskEvent>, Refusal> {
        if self.state == TaskState::Cancelled {
            return Err(Refusal::state(
                "cancelled",
                "IMPORT-13",
                format!("事项“{}”已撤销，不能再并入。", self.details.title),
            ));
        }
        let mut known = std::iter::once(&self.origin).chain(&self.sources);
        let same = |other: &Origin| {
            other.plan == origin.plan && other.proposal == origin.proposal && origin.plan.is_some()
        };
        if known.any(same) {
            return Ok(Vec::new());
        }
        Ok(vec![TaskEvent::SourceAdded { origin }])
    }

    /// Whether nothing more is to come.
    pub fn is_over(&self) -> bool {
        matches!(self.state, TaskState::Closed | TaskState::Cancelled)
    }

    /// Whether the lead unit has it in hand.
    pub fn is_under_way(&self) -> bool {
        matches!(
            self.state,
            TaskState::Accepted | TaskState::InProgress | TaskState::Supervising
        )
    }

    /// Whether the lead unit owes a report: none yet, or the last one was sent back. While a
    /// closing is in progress none is taken.
    pub fn is_feedback_due(&self) -> bool {
        let answered = matches!(&self.last_feedback, Some(feedback) if !feedback.sent_back);
        self.is_under_way() && self.closing().is_none() && !answered
    }

    /// The closing in progress.
    pub fn closing(&self) -> Option<&Closing> {
        match &self.approval {
            Some(Approval::Closing(closing)) => Some(closing),
            _ => None,
        }
    }

    /// The local day it was issued on.
    pub fn issued_on(&self) -> Option<NaiveDate> {
        self.issued_at.map(local_day)
    }

    /// Co-units that have not yet reported their own duty done.
    pub fn co_units_open(&self) -> impl Iterator<Item = &CoDuty> {
        self.details
            .co_units
            .iter()
            .filter(|co| !self.co_units_done.contains(&co.unit))
    }
}

#[cfg(test)]
mod tests;
