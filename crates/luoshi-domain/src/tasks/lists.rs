//! How tasks are listed: filters, queues, sort orders and keyset pages.
//!
//! A number on the desk is [`crate::ports::Tasks::tasks_count`] of the very filter that its list
//! uses, so that the two cannot differ.

use chrono::{DateTime, NaiveDate, Utc};

use crate::ids::{PersonId, PlanId, ProposalId, TaskId, UnitId};
use crate::lights::{Colour, Particulars};
use crate::limits::Step;
use crate::marks::Mark;
use crate::tasks::{Grade, Level, TaskKind, TaskState, Tier};

/// Which tasks; every field that is set narrows the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskFilter {
    /// What the reader may see at all.
    pub visible: Visibility,
    pub marks: Marks,
    pub queue: Option<Queue>,
    /// Words that the task's own texts or what was reported on it hold, each of them.
    pub text: Option<String>,
    /// The limit is this day or later.
    pub due_from: Option<NaiveDate>,
    /// The limit is this day or earlier.
    pub due_until: Option<NaiveDate>,
    /// The lead unit.
    pub lead: Option<UnitId>,
    /// The lead unit is one of these or below one of them.
    pub below: Option<Subtrees>,
    /// The leader in charge.
    pub deputy: Option<PersonId>,
    pub state: Option<TaskState>,
    pub kind: Option<TaskKind>,
    pub level: Option<Level>,
    pub tier: Option<Tier>,
    pub category: Option<String>,
    pub plan: Option<PlanId>,
    /// These alone.
    pub ids: Option<Vec<TaskId>>,
    /// Those that have none of these.
    pub without: Option<TaskGroup>,
    pub light: Option<LightFilter>,
    /// Right below this task.
    pub parent: Option<TaskId>,
    /// A step is still to be taken, and its limit is within these days.
    pub steps: Option<StepLimits>,
    /// It has this tag.
    pub tag: Option<String>,
    /// How its reports stand (LEDGER-11).
    pub report: Option<ReportFilter>,
    /// Its source category is one of these.
    pub categories: Option<Vec<String>>,
}

impl TaskFilter {
    /// All that `visible` lets through.
    pub fn new(visible: Visibility) -> Self {
        Self {
            visible,
            marks: Marks::All,
            queue: None,
            text: None,
            due_from: None,
            due_until: None,
            lead: None,
            below: None,
            deputy: None,
            state: None,
            kind: None,
            level: None,
            tier: None,
            category: None,
            plan: None,
            ids: None,
            without: None,
            light: None,
            parent: None,
            steps: None,
            tag: None,
            report: None,
            categories: None,
        }
    }
}

/// Which marks the list lets through (SYS-05).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Marks {
    All,
    /// Work secrets only where one of the units or the person has a part.
    Concerning {
        units: Vec<UnitId>,
        person: PersonId,
    },
    /// Nothing that is marked, for what leaves the bureau.
    Unmarked,
}

/// What a reader may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// The whole bureau.
    All,
    /// Tasks in which one of the units leads, cooperates or supervises.
    Units(Vec<UnitId>),
    /// The same of these units and all below them, and what is right below a task that one of them
    /// leads (SYS-03, LEDGER-08).
    Below(Subtrees),
}

/// Units with all that stands below them on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subtrees {
    pub tops: Vec<UnitId>,
    /// The local day.
    pub day: NaiveDate,
}

/// A list that waits for somebody; the desk shows those that wait for the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Drafts that wait for the principal leader's approval.
    ToApprove,
    /// Approved, not yet issued.
    ToIssue,
    /// Sent back to the supervision office.
    Returned,
    /// Issued and not yet received by one of the units.
    ToSignFor(Vec<UnitId>),
    /// One of the lead units owes a report, see [`crate::tasks::Task::is_feedback_due`].
    ToFeedBack(Vec<UnitId>),
    /// One of the lead units has to answer an urging.
    ToAnswer(Vec<UnitId>),
    /// A closing waits for a first review by one of the units.
    ToReview(Vec<UnitId>),
    /// A closing waits for this leader in charge.
    ToEndorse(PersonId),
    /// A major closing waits for the principal leader.
    ToEndorseAsPrincipal,
    /// An extension request waits for this leader in charge.
    ToDecideExtension(PersonId),
    /// An extension request waits for any leader.
    ToDecideAnyExtension,
    /// A change of target or limit waits for this leader in charge.
    ToDecideChange(PersonId),
    /// A change of target or limit waits for any leader.
    ToDecideAnyChange,
    /// An escalation waits for the principal leader.
    ToDecideEscalation,
    /// One of the lead units has to acknowledge a supervision notice.
    ToAcknowledge(Vec<UnitId>),
    /// A supervision notice is not acknowledged in time; `today` is the local day.
    Unacknowledged { today: NaiveDate },
    /// A blocker waits for this leader.
    ToCoordinate(PersonId),
    /// Something stands in the way, and the clock stands still.
    Blocked,
    /// A leader's answer is past its day; `today` is the local day.
    Unanswered { today: NaiveDate },
    /// Issued, not closed, and without any report, or without the one that was due (LEDGER-10,
    /// "no echo"); `today` is the local day.
    NoEcho { today: NaiveDate },
    /// One of the lead units has to report by `until`, or should have.
    ToReport {
        units: Vec<UnitId>,
        until: NaiveDate,
    },
    /// Issued, not closed, past the limit (LEDGER-10, "no result"); `today` is the local day.
    NoResult { today: NaiveDate },
    /// Issued, not closed, the limit not past and at most `until`.
    DueSoon { today: NaiveDate, until: NaiveDate },
    /// Issued and neither closed nor cancelled.
    Open,
}

/// How reports that fall due by themselves stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFilter {
    /// One is due on a day from `from` on, or on any, up to `until`.
    Due {
        from: Option<NaiveDate>,
        until: NaiveDate,
    },
    /// They do fall due.
    Set,
    /// Issued, not closed, and nobody has said how often, or that they need not.
    Unset,
}

/// Tasks whose light has this colour on `today`, by their [`crate::lights::Spans`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LightFilter {
    pub colour: Colour,
    pub today: NaiveDate,
}

/// How many tasks of a filter have each light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LightTally {
    /// Every colour, the most urgent first.
    pub counts: [(Colour, u32); 5],
    /// Whether there may be more than the counts say.
    pub at_least: bool,
}

impl LightTally {
    /// How many have this light, or any.
    pub fn of(&self, colour: Option<Colour>) -> u32 {
        let counts = self.counts.iter();
        let wanted = counts.filter(|(known, _)| colour.is_none_or(|colour| colour == *known));
        wanted.map(|(_, count)| count).sum()
    }
}

/// Limits of steps that are still to be taken, besides the completion (TIME-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepLimits {
    /// `None` for any step.
    pub step: Option<Step>,
    /// The first and the last day.
    pub from: NaiveDate,
    pub until: NaiveDate,
}

/// How many tasks have one step's limit on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepsDue {
    pub day: NaiveDate,
    pub step: Step,
    pub count: u32,
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRow {
    pub id: TaskId,
    pub version: i64,
    pub number: Option<String>,
    pub title: String,
    pub kind: TaskKind,
    pub level: Level,
    pub tier: Tier,
    pub category: String,
    pub state: TaskState,
    pub waits_for: Waiting,
    pub lead: Option<UnitId>,
    pub deputy: Option<PersonId>,
    pub limit: Option<NaiveDate>,
    pub issued_on: Option<NaiveDate>,
    pub progress: u8,
    pub feedbacks: u32,
    pub grade: Option<Grade>,
    pub plan: Option<PlanId>,
    pub clause_path: String,
    pub updated_at: DateTime<Utc>,
    pub mark: Mark,
    /// Since when the clock stands still.
    pub paused_since: Option<NaiveDate>,
    /// By when a leader has to answer what stands in the way.
    pub answer_by: Option<NaiveDate>,
    /// By when the lead unit has to answer an urging.
    pub respond_by: Option<NaiveDate>,
    /// By when the lead unit has to report next, or should have.
    pub report_by: Option<NaiveDate>,
    /// What else its light is computed from.
    pub particulars: Particulars,
    /// The task right above it (LEDGER-01).
    pub parent: Option<TaskId>,
    /// The task that it became part of.
    pub merged_into: Option<TaskId>,
    /// Words of the bureau's own, in order.
    pub tags: Vec<String>,
}

/// A task as its plan knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanTask {
    pub id: TaskId,
    pub proposal: Option<ProposalId>,
    pub number: Option<String>,
    pub title: String,
    pub state: TaskState,
    pub lead: Option<UnitId>,
    pub limit: Option<NaiveDate>,
}

/// What a task is about, in its source's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskSaid {
    pub task: PlanTask,
    pub plan: Option<PlanId>,
    pub document: String,
    pub clause_path: String,
    pub quote: String,
}

/// Which approval is in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Waiting {
    Nothing,
    Extension,
    Review,
    Deputy,
    Principal,
    Escalation,
    Change,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TaskSort {
    /// The earliest limit first, without a limit last.
    #[default]
    Limit,
    /// The latest change first.
    Updated,
    /// As opened: the order of the plan.
    Opened,
}

/// What the ledger is put together by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskGroup {
    /// The lead unit.
    Lead,
    /// The source category.
    Category,
    /// The leader in charge.
    Deputy,
    Plan,
}

/// A keyset page: at most `size` rows after the row that `after` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    pub size: u32,
    /// A [`Page::next`] of the same filter and sort; anything else is refused as input.
    pub after: Option<String>,
}

/// Rows and where the next page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// `None` on the last page.
    pub next: Option<String>,
}
