//! What the outside implements: the store, the clock and the source of ids.
//!
//! One unit of work is one transaction of one bureau; no row of another bureau can be reached
//! through it. Lookups return `None` for what does not exist; a missing row is not an error here.

use std::pin::Pin;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::access_log::{AccessEntry, AccessFilter, StoredAccess};
use crate::accounts::failures::{FailureKind, Failures};
use crate::accounts::second_factors::SecondFactor;
use crate::accounts::tokens::ApiToken;
use crate::accounts::{Credential, Session, SignInRequest};
use crate::audit::{Anchor, Chain, Check};
use crate::calendar::{Announced, CalendarEvent};
use crate::hooks::{Credential as HookCredential, Delivery, DeliveryItem};
use crate::ids::{
    AttachmentId, BureauId, DeliveryId, HookId, JobId, ListRowId, MandateId, NotificationId,
    PersonId, PlanId, SessionId, TaskId, TokenId,
};
use crate::jobs::{FailedJob, Job, JobEnd, NewJob};
use crate::journal::{JournalFilter, Signed, StoredEvent};
use crate::lessons::{self, LessonsEvent};
use crate::lights::Colour;
use crate::lights::changes::{LightChange, LightCount, LightEdition, Turned};
use crate::lists::{ListRow, RowEvent, RowFilter, RowSight, RowTally};
use crate::notifications::{Notification, Recipient, Topic};
use crate::organisation::events::OrganisationEvent;
use crate::organisation::history::History;
use crate::packs::{PackEvent, PackSet};
use crate::plans::{Plan, PlanEvent, PlanRow};
use crate::registers::{RegisterEntry, RegisterFilter};
use crate::search::{Said, Words};
use crate::tasks::lists::{
    LightTally, Page, PageRequest, PlanTask, StepsDue, TaskFilter, TaskGroup, TaskRow, TaskSaid,
    TaskSort,
};
use crate::tasks::{Task, TaskEvent};

/// What the store reports back.
pub type StoreResult<T> = Result<T, StoreError>;

/// Why the store did not do it, by what the caller can do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote first; read again.
    #[error("the row changed since it was read")]
    Stale,
    /// Something with this key exists already.
    #[error("the key is taken")]
    Taken,
    /// What the caller passed cannot be used, e.g. a page mark of another list.
    #[error("unusable argument: {0}")]
    Unusable(&'static str),
    /// The database cannot be reached or is busy; try again later.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row that cannot be read back, or a fault in the store itself.
    #[error("the store failed: {what}")]
    Fault {
        what: String,
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

/// Where everything is kept.
#[async_trait]
pub trait Store: Send + Sync {
    /// A unit of work that only reads, on one consistent state.
    async fn read(&self, bureau: BureauId) -> StoreResult<Box<dyn UnitOfWork>>;

    /// A unit of work that may write. Dropped without [`UnitOfWork::commit`], nothing happened.
    async fn write(&self, bureau: BureauId) -> StoreResult<Box<dyn UnitOfWork>>;

    /// Runs a request that only reads: all that it reads it reads of one state, until it writes.
    async fn reading<'a>(&self, request: Pin<Box<dyn Future<Output = ()> + Send + 'a>>);

    /// All bureaux, oldest first.
    async fn bureaus_list(&self) -> StoreResult<Vec<Bureau>>;

    /// [`StoreError::Taken`] when the id or name exists.
    async fn bureau_create(&self, bureau: &Bureau) -> StoreResult<()>;

    /// The session with this token hash, expired or not; looked up before a bureau is known.
    async fn session_find(&self, token_hash: &str) -> StoreResult<Option<Session>>;

    /// Notes that a session was used; of several nodes that note it at once any may win.
    async fn session_touch(&self, session: &Session, now: DateTime<Utc>) -> StoreResult<()>;

    /// The API token with this hash, valid or not; looked up before a bureau is known.
    async fn token_find(&self, token_hash: &str) -> StoreResult<Option<ApiToken>>;

    /// Notes that an API token was used.
    async fn token_touch(&self, token: &ApiToken, now: DateTime<Utc>) -> StoreResult<()>;

    /// Whose calendar feed has a secret with this hash; looked up before a bureau is known.
    async fn feed_find(&self, secret_hash: &str) -> StoreResult<Option<(BureauId, PersonId)>>;

    /// Claims the job that is due longest for `worker` until a time, after which another may take it
    /// over; `None` when none is due at `now`.
    async fn job_claim(
        &self,
        worker: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> StoreResult<Option<Job>>;

    /// Brings what was written to its place in the file, so that no one who writes has to wait
    /// for it; nothing to do where the database does so itself.
    async fn settle(&self) -> StoreResult<()>;

    /// Whether the database answers and is migrated.
    async fn ready(&self) -> StoreResult<()>;
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bureau {
    pub id: BureauId,
    pub name: String,
    pub created_at: DateTime<Utc>,
}

/// One transaction of one bureau.
#[async_trait]
pub trait UnitOfWork:
    AccessLog
    + Accounts
    + Attachments
    + Checks
    + Feeds
    + Hooks
    + Inbox
    + Jobs
    + Journals
    + Lessons
    + Lights
    + ListRows
    + Notifications
    + Organisations
    + Plans
    + Registers
    + Reminders
    + Rules
    + SecondFactors
    + Sessions
    + SignInRequests
    + Tasks
    + Tokens
    + Send
{
    /// Whose it is.
    fn bureau(&self) -> BureauId;

    /// Makes all of it durable; nothing happened before.
    async fn commit(self: Box<Self>) -> StoreResult<()>;
}

/// The organisation.
#[async_trait]
pub trait Organisations: Send {
    /// The organisation through time; an empty one with version 0 before the first event.
    async fn organisation_load(&mut self) -> StoreResult<History>;

    /// The version that [`Organisations::organisation_load`] would give, without loading it.
    async fn organisation_version(&mut self) -> StoreResult<i64>;

    /// Appends the events to the journal and writes the rows they change.
    /// `history` has the events applied; [`StoreError::Stale`] unless it was current before.
    async fn organisation_save(
        &mut self,
        history: &History,
        events: &[OrganisationEvent],
        by: &Signed,
    ) -> StoreResult<()>;
}

/// What the daily look through the limits did. Not part of the journal.
#[async_trait]
pub trait Reminders: Send {
    /// Notes that `day` is looked through; whether it was not before.
    async fn sweep_begin(&mut self, day: NaiveDate) -> StoreResult<bool>;

    /// Notes what came of it, as JSON.
    async fn sweep_finish(&mut self, day: NaiveDate, report: &str) -> StoreResult<()>;

    /// What came of the look through `day`, when it is finished.
    async fn sweep_report(&mut self, day: NaiveDate) -> StoreResult<Option<String>>;

    /// Notes that somebody is reminded; whether they were not before.
    async fn reminder_note(
        &mut self,
        task: TaskId,
        kind: &'static str,
        stamp: &str,
        at: DateTime<Utc>,
    ) -> StoreResult<bool>;
}

/// The spans of the tasks' lights, and what turned. Not part of the journal.
#[async_trait]
pub trait Lights: Send {
    /// The numbers in use; those that ship before the first edition.
    async fn light_edition(&mut self) -> StoreResult<LightEdition>;

    /// Begins an edition; its number is the next.
    async fn light_edition_add(&mut self, edition: &LightEdition) -> StoreResult<()>;

    /// Whether every task's spans are of the latest edition.
    async fn lights_are_current(&mut self) -> StoreResult<bool>;

    /// Computes the spans of up to `limit` tasks that are not of the latest edition; how many.
    async fn lights_refresh(&mut self, limit: u32) -> StoreResult<u32>;

    /// Up to `limit` tasks behind `after`, in the order of their ids, whose light on `today` is
    /// another than the one noted last.
    async fn lights_turned(
        &mut self,
        today: NaiveDate,
        after: Option<TaskId>,
        limit: u32,
    ) -> StoreResult<Vec<Turned>>;

    /// Notes that a light turned.
    async fn light_change_note(&mut self, change: &LightChange) -> StoreResult<()>;

    /// What was noted since a day of tasks that turned to a colour from another, the latest first.
    async fn light_changes_to(
        &mut self,
        colour: Colour,
        since: NaiveDate,
    ) -> StoreResult<Vec<LightChange>>;

    /// For each day, in order: how many tasks went from which light to which.
    async fn light_course(&mut self) -> StoreResult<Vec<(NaiveDate, Option<Colour>, Colour, i64)>>;

    /// How many tasks of the filter each lead unit has in each light on `today`.
    async fn lights_by_lead(
        &mut self,
        filter: &TaskFilter,
        today: NaiveDate,
    ) -> StoreResult<Vec<LightCount>>;

    /// A line of the ledger, where the filter lets it through.
    async fn task_row(&mut self, filter: &TaskFilter, id: TaskId) -> StoreResult<Option<TaskRow>>;

    /// What was noted of a task, in the order of the days.
    async fn light_changes_of(&mut self, task: TaskId) -> StoreResult<Vec<LightChange>>;
}

/// Secret addresses of calendar feeds. Not part of the journal.
#[async_trait]
pub trait Feeds: Send {
    /// Creates or replaces a person's address, by the hash of its secret.
    async fn feed_save(
        &mut self,
        person: PersonId,
        secret_hash: &str,
        at: DateTime<Utc>,
    ) -> StoreResult<()>;

    /// Takes a person's address back; nothing happens when there is none.
    async fn feed_drop(&mut self, person: PersonId) -> StoreResult<()>;

    /// Since when a person has an address.
    async fn feed_since(&mut self, person: PersonId) -> StoreResult<Option<DateTime<Utc>>>;
}

/// How far a bureau's rules have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RulesVersions {
    pub packs: i64,
    pub calendar: i64,
    /// The edition of the numbers behind the spans of the lights.
    pub lights: i64,
}

/// The packs and the calendar of a bureau.
#[async_trait]
pub trait Rules: Send {
    /// The versions that the loads would give.
    async fn rules_versions(&mut self) -> StoreResult<RulesVersions>;

    /// All editions; none with version 0 before the first event.
    async fn packs_load(&mut self) -> StoreResult<PackSet>;

    /// Appends the event to the journal and writes the edition.
    /// `set` has it applied; [`StoreError::Stale`] unless it was current before.
    async fn packs_save(
        &mut self,
        set: &PackSet,
        event: &PackEvent,
        by: &Signed,
    ) -> StoreResult<()>;

    /// All notices that were entered; none with version 0 before the first event.
    async fn calendar_load(&mut self) -> StoreResult<Announced>;

    /// Appends the event to the journal and writes the notice.
    /// `announced` has it applied; [`StoreError::Stale`] unless it was current before.
    async fn calendar_save(
        &mut self,
        announced: &Announced,
        event: &CalendarEvent,
        by: &Signed,
    ) -> StoreResult<()>;
}

/// What the bureau's confirmations taught.
#[async_trait]
pub trait Lessons: Send {
    /// All that was learnt; nothing with version 0 before the first event.
    async fn lessons_load(&mut self) -> StoreResult<lessons::Lessons>;

    /// Appends the events to the journal and writes the rows they change.
    /// `lessons` has the events applied; [`StoreError::Stale`] unless it was current before.
    async fn lessons_save(
        &mut self,
        lessons: &lessons::Lessons,
        events: &[LessonsEvent],
        by: &Signed,
    ) -> StoreResult<()>;
}

/// Imported plans.
#[async_trait]
pub trait Plans: Send {
    async fn plan_get(&mut self, id: PlanId) -> StoreResult<Option<Plan>>;

    /// The plans of a text with this digest, one for each year, oldest first.
    async fn plans_with_digest(&mut self, digest: &str) -> StoreResult<Vec<PlanRow>>;

    /// The text alone.
    async fn plan_text(&mut self, id: PlanId) -> StoreResult<Option<String>>;

    /// The latest `limit` plans, newest first.
    async fn plans_list(&mut self, limit: u32) -> StoreResult<Vec<PlanRow>>;

    /// Appends the events to the journal and writes the rows they change.
    /// `plan` has the events applied; [`StoreError::Stale`] unless it was current before.
    async fn plan_save(
        &mut self,
        plan: &Plan,
        events: &[PlanEvent],
        by: &Signed,
    ) -> StoreResult<()>;
}

/// A task and the steps that made it, each with who signed it.
pub type TaskSteps = (Task, Vec<(TaskEvent, Signed)>);

/// Tasks.
#[async_trait]
pub trait Tasks: Send {
    async fn task_get(&mut self, id: TaskId) -> StoreResult<Option<Task>>;

    /// Those of the tasks that exist, in the order in which they are asked for.
    async fn tasks_get(&mut self, ids: &[TaskId]) -> StoreResult<Vec<Task>>;

    /// One keyset page. [`StoreError::Unusable`] when `page.after` is not of this list.
    ///
    /// Where a word is looked for that very many texts hold, a page may have fewer rows than were
    /// asked for, or none, and still another after it: so many rows were looked at for it.
    async fn tasks_list(
        &mut self,
        filter: &TaskFilter,
        sort: TaskSort,
        page: &PageRequest,
    ) -> StoreResult<Page<TaskRow>>;

    /// The same with the whole of each task, for what is taken along.
    async fn tasks_full(
        &mut self,
        filter: &TaskFilter,
        sort: TaskSort,
        page: &PageRequest,
    ) -> StoreResult<Page<Task>>;

    /// The texts of these tasks that hold one of the words, of each task its own text first and
    /// then the latest.
    async fn tasks_hits(
        &mut self,
        tasks: &[TaskId],
        words: &Words,
    ) -> StoreResult<Vec<(TaskId, Said)>>;

    /// How many rows the filter has of each key, the most first; at most `limit` keys.
    async fn tasks_grouped(
        &mut self,
        filter: &TaskFilter,
        by: TaskGroup,
        limit: u32,
    ) -> StoreResult<Vec<(Option<String>, u32)>>;

    /// How many rows the filter has, counted up to `cap`.
    async fn tasks_count(&mut self, filter: &TaskFilter, cap: u32) -> StoreResult<u32>;

    /// For each day and step of `filter.steps` how many tasks of the filter have that limit, by
    /// day. Each count is [`Self::tasks_count`] of the filter narrowed to that day and step.
    async fn tasks_steps_due(&mut self, filter: &TaskFilter) -> StoreResult<Vec<StepsDue>>;

    /// The same of each of several filters, asked at once.
    async fn tasks_counts(&mut self, filters: &[TaskFilter], cap: u32) -> StoreResult<Vec<u32>>;

    /// How many tasks of the filter have each light on `today`, each up to `cap`, and up to the
    /// rows that are looked at for a word that very many texts hold.
    async fn tasks_by_light(
        &mut self,
        filter: &TaskFilter,
        today: NaiveDate,
        cap: u32,
    ) -> StoreResult<LightTally>;

    /// The tags that tasks have, the most used first; at most `limit`.
    async fn tags_known(&mut self, limit: u32) -> StoreResult<Vec<String>>;

    /// The earliest day on which a task of the filter was issued.
    async fn tasks_oldest(&mut self, filter: &TaskFilter) -> StoreResult<Option<NaiveDate>>;

    /// The tasks opened from a plan's proposals, in the order of opening.
    async fn tasks_of_plan(&mut self, plan: PlanId) -> StoreResult<Vec<PlanTask>>;

    /// What the latest `limit` tasks are about that were not cancelled, newest first.
    async fn tasks_said(&mut self, limit: u32) -> StoreResult<Vec<TaskSaid>>;

    /// The task that was opened last.
    async fn task_latest(&mut self) -> StoreResult<Option<TaskId>>;

    /// Appends the events to the journal and writes the row.
    /// `task` has the events applied; [`StoreError::Stale`] unless it was current before.
    async fn task_save(
        &mut self,
        task: &Task,
        events: &[TaskEvent],
        by: &Signed,
    ) -> StoreResult<()>;

    /// As [`Tasks::task_save`] for several steps that were signed apart; `task` has all applied.
    async fn task_save_steps(
        &mut self,
        task: &Task,
        steps: &[(TaskEvent, Signed)],
    ) -> StoreResult<()>;

    /// As [`Tasks::task_save_steps`] of many tasks, none of which was saved before, in few
    /// statements.
    async fn tasks_save_new(&mut self, tasks: &[TaskSteps]) -> StoreResult<()>;

    /// Takes the next `count` numbers of the opening notices of `year`; the first of them.
    async fn task_numbers_take(&mut self, year: i32, count: u32) -> StoreResult<i64>;

    /// The next number of the opening notices of `year`, from 1, without a gap.
    async fn task_number_next(&mut self, year: i32) -> StoreResult<i64>;

    /// The next number of another series of the year, from 1: cases, supervision notices.
    async fn series_next(&mut self, series: &'static str, year: i32) -> StoreResult<i64>;
}

/// A file of a task, by what names its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentRow {
    pub task: TaskId,
    pub id: AttachmentId,
    /// SM3 in lower-case hex.
    pub hash: String,
    pub bytes: u64,
}

/// Which rows name which bytes; the rows are written by the saves of tasks.
#[async_trait]
pub trait Attachments: Send {
    /// Notes that bytes are about to be written, or that a row does not name them any more: from
    /// `at` on they are left alone for a while. Not part of the journal.
    async fn content_touch(&mut self, hash: &str, at: DateTime<Utc>) -> StoreResult<()>;

    /// At most `limit` hashes that no row names and that were touched last before `before`, the
    /// oldest first.
    async fn contents_unused(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreResult<Vec<String>>;

    /// Notes that bytes are gone.
    async fn content_forget(&mut self, hash: &str) -> StoreResult<()>;

    /// At most `limit` files behind one, in the order of task and id.
    async fn attachments_after(
        &mut self,
        after: Option<(TaskId, AttachmentId)>,
        limit: u32,
    ) -> StoreResult<Vec<AttachmentRow>>;
}

/// Registers; [`Registered`](crate::registers::Registered) says what one holds.
#[async_trait]
pub trait Registers: Send {
    /// One entry's record, in JSON.
    async fn register_get(
        &mut self,
        register: &'static str,
        id: Uuid,
    ) -> StoreResult<Option<String>>;

    /// The records that the filter asks for, latest day first.
    async fn registers_list(
        &mut self,
        register: &'static str,
        filter: &RegisterFilter,
    ) -> StoreResult<Vec<String>>;

    /// Appends the events, each in JSON, to the journal and writes the row.
    /// `entry` has the events applied; [`StoreError::Stale`] unless it was current before.
    async fn register_save(
        &mut self,
        entry: &RegisterEntry,
        events: &[serde_json::Value],
        by: &Signed,
    ) -> StoreResult<()>;
}

/// Rows of lists (LEDGER-12).
#[async_trait]
pub trait ListRows: Send {
    async fn list_row_get(&mut self, id: ListRowId) -> StoreResult<Option<ListRow>>;

    /// One keyset page in the filter's order. [`StoreError::Unusable`] when `page.after` is not of
    /// it.
    async fn list_rows(
        &mut self,
        filter: &RowFilter,
        page: &PageRequest,
    ) -> StoreResult<Page<ListRow>>;

    /// How many rows the filter lets through, counted up to `cap`.
    async fn list_rows_count(&mut self, filter: &RowFilter, cap: u32) -> StoreResult<u32>;

    /// How many rows each register has for somebody, or the one that is named, those withdrawn
    /// aside; a register without rows is not among them.
    async fn list_rows_tally(
        &mut self,
        sight: &RowSight,
        register: Option<&str>,
        today: NaiveDate,
    ) -> StoreResult<Vec<RowTally>>;

    /// Appends the events to the journal and writes the row, which has them applied;
    /// [`StoreError::Stale`] unless it was current before.
    async fn list_row_save(
        &mut self,
        row: &ListRow,
        events: &[RowEvent],
        by: &Signed,
    ) -> StoreResult<()>;
}

/// Work that is done later. Not part of the journal.
#[async_trait]
pub trait Jobs: Send {
    async fn job_push(&mut self, job: &NewJob) -> StoreResult<()>;

    /// Notes how a try ended; [`StoreError::Stale`] when another worker has taken the job over.
    async fn job_end(
        &mut self,
        job: &Job,
        worker: &str,
        end: &JobEnd,
        now: DateTime<Utc>,
    ) -> StoreResult<()>;

    /// The latest `limit` jobs of this name that were given up, newest first.
    async fn jobs_failed(&mut self, name: &str, limit: u32) -> StoreResult<Vec<FailedJob>>;

    /// Makes a job of this name that was given up due again from `now`, with its tries all before
    /// it; whether there was one.
    async fn job_retry(&mut self, name: &str, id: JobId, now: DateTime<Utc>) -> StoreResult<bool>;
}

/// The journal, for reading; it is written by the saves.
#[async_trait]
pub trait Journals: Send {
    /// The events of one stream in order, at most `limit` of the latest.
    async fn journal_of(
        &mut self,
        stream: &'static str,
        id: Uuid,
        limit: u32,
    ) -> StoreResult<Vec<StoredEvent>>;

    /// Those of the streams that are tasks or plans marked as work secrets (SYS-05).
    async fn journal_secrets(&mut self, streams: &[Uuid]) -> StoreResult<Vec<Uuid>>;

    /// At most `limit` events after sequence number `after`, in order.
    async fn journal_after(&mut self, after: i64, limit: u32) -> StoreResult<Vec<StoredEvent>>;

    /// The latest `limit` events, newest first.
    async fn journal_latest(&mut self, limit: u32) -> StoreResult<Vec<StoredEvent>>;

    /// One keyset page, newest first. [`StoreError::Unusable`] when `page.after` is not of it.
    async fn journal_list(
        &mut self,
        filter: &JournalFilter,
        page: &PageRequest,
    ) -> StoreResult<Page<StoredEvent>>;

    /// The hash that an event is stored with.
    async fn journal_hash(
        &mut self,
        stream: &str,
        id: Uuid,
        version: i64,
    ) -> StoreResult<Option<String>>;

    /// How many events the bureau's journal counts: the last sequence number given out.
    async fn journal_count(&mut self) -> StoreResult<i64>;
}

/// How people sign in. Not part of the journal.
#[async_trait]
pub trait Accounts: Send {
    /// The credential with this login, lower case.
    async fn credential_find(&mut self, login: &str) -> StoreResult<Option<Credential>>;

    /// The person's credential.
    async fn credential_of(&mut self, person: PersonId) -> StoreResult<Option<Credential>>;

    /// Every credential of the bureau, by login.
    async fn credentials_list(&mut self) -> StoreResult<Vec<Credential>>;

    /// Creates or replaces a person's credential.
    async fn credential_save(&mut self, credential: &Credential) -> StoreResult<()>;

    /// The latest `limit` hashes that the person's password had before, newest first.
    async fn former_passwords(&mut self, person: PersonId, limit: u32) -> StoreResult<Vec<String>>;

    /// Keeps a hash that was replaced, and drops all but the latest `kept` of the person.
    async fn former_password_push(
        &mut self,
        person: PersonId,
        password_hash: &str,
        at: DateTime<Utc>,
        kept: u32,
    ) -> StoreResult<()>;

    /// What failed for a subject, a [`Failures::subject`].
    async fn failures_find(
        &mut self,
        kind: FailureKind,
        subject: &str,
    ) -> StoreResult<Option<Failures>>;

    async fn failures_save(&mut self, failures: &Failures) -> StoreResult<()>;

    /// Forgets what failed for a subject.
    async fn failures_clear(&mut self, kind: FailureKind, subject: &str) -> StoreResult<()>;

    /// Drops what last failed before `before`.
    async fn failures_sweep(&mut self, before: DateTime<Utc>) -> StoreResult<()>;
}

/// Signed-in browsers. Not part of the journal.
#[async_trait]
pub trait Sessions: Send {
    async fn session_create(&mut self, session: &Session) -> StoreResult<()>;

    /// The person's sessions, the one used last first.
    async fn sessions_of(&mut self, person: PersonId) -> StoreResult<Vec<Session>>;

    /// Ends a session by its token; nothing happens when there is none.
    async fn session_end(&mut self, token_hash: &str) -> StoreResult<()>;

    /// Ends one of the person's sessions; whether there was such a one.
    async fn session_revoke(&mut self, person: PersonId, id: SessionId) -> StoreResult<bool>;

    /// Ends all sessions of the person but one; how many.
    async fn sessions_revoke(
        &mut self,
        person: PersonId,
        except: Option<SessionId>,
    ) -> StoreResult<u64>;

    /// Sets the mandate that a session types under, or none.
    async fn session_mandate(
        &mut self,
        id: SessionId,
        mandate: Option<MandateId>,
    ) -> StoreResult<()>;

    /// Drops the sessions that expired before `now`.
    async fn sessions_sweep(&mut self, now: DateTime<Utc>) -> StoreResult<()>;
}

/// What people prove beside the password. Not part of the journal.
#[async_trait]
pub trait SecondFactors: Send {
    async fn second_factor_get(&mut self, person: PersonId) -> StoreResult<Option<SecondFactor>>;

    /// Creates or replaces the person's second factor.
    async fn second_factor_save(&mut self, factor: &SecondFactor) -> StoreResult<()>;

    /// Removes the second factor with its recovery codes; whether there was one.
    async fn second_factor_remove(&mut self, person: PersonId) -> StoreResult<bool>;

    /// The persons whose second factor is confirmed.
    async fn second_factors_list(&mut self) -> StoreResult<Vec<PersonId>>;

    /// Replaces the person's recovery codes by those with these hashes.
    async fn recovery_codes_save(&mut self, person: PersonId, hashes: &[String])
    -> StoreResult<()>;

    /// Uses a code up; `false` when there is none such or it was used before.
    async fn recovery_code_use(
        &mut self,
        person: PersonId,
        hash: &str,
        at: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// How many recovery codes are left.
    async fn recovery_codes_left(&mut self, person: PersonId) -> StoreResult<u32>;
}

/// Tokens of programs. Not part of the journal.
#[async_trait]
pub trait Tokens: Send {
    async fn token_create(&mut self, token: &ApiToken) -> StoreResult<()>;

    /// The person's tokens, newest first, revoked and expired ones too.
    async fn tokens_of(&mut self, person: PersonId) -> StoreResult<Vec<ApiToken>>;

    /// Revokes one of the person's tokens; `false` when there is none such or it was revoked.
    async fn token_revoke(
        &mut self,
        person: PersonId,
        id: TokenId,
        at: DateTime<Utc>,
    ) -> StoreResult<bool>;
}

/// Sign-ins that wait for the answer of another server. Not part of the journal.
#[async_trait]
pub trait SignInRequests: Send {
    async fn sign_in_request_push(&mut self, request: &SignInRequest) -> StoreResult<()>;

    /// Takes a request out; each can be answered once.
    async fn sign_in_request_take(
        &mut self,
        state_hash: &str,
    ) -> StoreResult<Option<SignInRequest>>;

    /// Drops the requests that expired before `now`.
    async fn sign_in_requests_sweep(&mut self, now: DateTime<Utc>) -> StoreResult<()>;
}

/// Who saw or did what. Not part of the journal, but a chain of its own.
#[async_trait]
pub trait AccessLog: Send {
    /// Adds entries to the end of the bureau's log; their texts are cut to what the log keeps.
    async fn access_push(&mut self, entries: &[AccessEntry]) -> StoreResult<()>;

    /// One keyset page, newest first. [`StoreError::Unusable`] when `page.after` is not of it.
    async fn access_list(
        &mut self,
        filter: &AccessFilter,
        page: &PageRequest,
    ) -> StoreResult<Page<StoredAccess>>;

    /// At most `limit` entries after position `after`, in order, with their hashes.
    async fn access_after(&mut self, after: i64, limit: u32) -> StoreResult<Vec<StoredAccess>>;

    /// The last entry written.
    async fn access_head(&mut self) -> StoreResult<Anchor>;

    /// The last entry that was cut off for its age: what is kept begins behind it.
    async fn access_anchor(&mut self) -> StoreResult<Anchor>;

    /// Cuts off, from the oldest on, at most `limit` entries from before `months` ago, but nothing
    /// younger than [`MONTHS_KEPT`](crate::access_log::MONTHS_KEPT); how many went. An entry of
    /// now, which says so, must have been pushed before.
    async fn access_sweep(
        &mut self,
        now: DateTime<Utc>,
        months: u32,
        limit: u32,
    ) -> StoreResult<u64>;
}

/// What the walks through the two chains found. Never changed and never dropped.
#[async_trait]
pub trait Checks: Send {
    async fn check_push(&mut self, check: &Check) -> StoreResult<()>;

    /// The latest `limit` walks through a chain, newest first.
    async fn checks_list(&mut self, chain: Chain, limit: u32) -> StoreResult<Vec<Check>>;

    /// At most `limit` places after `after` at which walks ended well, in the order of the chain.
    async fn check_anchors(
        &mut self,
        chain: Chain,
        after: i64,
        limit: u32,
    ) -> StoreResult<Vec<Anchor>>;
}

/// Sentences sent to units and persons.
#[async_trait]
pub trait Notifications: Send {
    /// Puts a sentence where its recipient finds it, in the place of one with the same id.
    async fn notification_push(&mut self, notification: &Notification) -> StoreResult<()>;

    /// At most `limit` sentences to any of `recipients`, newest first; only those before a place
    /// in that order, where one is given.
    async fn notifications_list(
        &mut self,
        recipients: &[Recipient],
        before: Option<(DateTime<Utc>, NotificationId)>,
        limit: u32,
    ) -> StoreResult<Vec<Notification>>;

    /// How many sentences came to any of `recipients` since `person` last looked, of each up to
    /// `cap`.
    async fn notifications_new(
        &mut self,
        person: PersonId,
        recipients: &[Recipient],
        cap: u32,
    ) -> StoreResult<u32>;
}

/// What a person has looked at of what came, and the mails that were put together of it.
#[async_trait]
pub trait Inbox: Send {
    /// Until when the person has looked; `None` before the first look.
    async fn inbox_looked(&mut self, person: PersonId) -> StoreResult<Option<DateTime<Utc>>>;

    /// Notes that the person has looked at all until then; an earlier time changes nothing.
    async fn inbox_look(&mut self, person: PersonId, until: DateTime<Utc>) -> StoreResult<()>;

    /// Notes that the local hour of a day is looked through; false when it was already.
    async fn digest_round(&mut self, day: NaiveDate, hour: u32) -> StoreResult<bool>;

    /// Until when the person's last mail told.
    async fn digest_last(&mut self, person: PersonId) -> StoreResult<Option<DateTime<Utc>>>;

    /// Notes that the person's mail of a day is put together; false when it was already.
    async fn digest_note(
        &mut self,
        person: PersonId,
        day: NaiveDate,
        until: DateTime<Utc>,
    ) -> StoreResult<bool>;
}

/// What opens the hooks, and what went through them. Not part of the journal.
#[async_trait]
pub trait Hooks: Send {
    async fn hook_credential(&mut self, hook: HookId) -> StoreResult<Option<HookCredential>>;

    /// Creates or replaces what opens a hook.
    async fn hook_credential_save(
        &mut self,
        hook: HookId,
        credential: &HookCredential,
    ) -> StoreResult<()>;

    /// Forgets what opens a hook; nothing happens when there is nothing.
    async fn hook_credential_drop(&mut self, hook: HookId) -> StoreResult<()>;

    /// The hook's delivery that still gathers what comes.
    async fn delivery_gathering(&mut self, hook: HookId) -> StoreResult<Option<DeliveryId>>;

    /// Creates or replaces a delivery.
    async fn delivery_save(&mut self, delivery: &Delivery) -> StoreResult<()>;

    async fn delivery_get(&mut self, id: DeliveryId) -> StoreResult<Option<Delivery>>;

    /// Lets a sentence go along with a delivery, with every task that it names, each once.
    async fn delivery_add(
        &mut self,
        id: DeliveryId,
        notification: NotificationId,
        topic: Topic,
        tasks: &[TaskId],
    ) -> StoreResult<()>;

    /// At most `limit` of the sentences that go along, the latest first.
    async fn delivery_items(
        &mut self,
        id: DeliveryId,
        limit: u32,
    ) -> StoreResult<Vec<DeliveryItem>>;

    /// The latest `limit` deliveries of a hook, newest first.
    async fn deliveries_list(&mut self, hook: HookId, limit: u32) -> StoreResult<Vec<Delivery>>;

    /// Whether the hook has a digest that was made at `since` or later.
    async fn digest_made(&mut self, hook: HookId, since: DateTime<Utc>) -> StoreResult<bool>;

    /// When, of the deliveries tried after `after`, the first was given up that was not followed
    /// by one that got there.
    async fn hook_failing_since(
        &mut self,
        hook: HookId,
        after: DateTime<Utc>,
    ) -> StoreResult<Option<DateTime<Utc>>>;

    /// Drops deliveries that were made before `before` and are over; how many.
    async fn deliveries_sweep(&mut self, before: DateTime<Utc>) -> StoreResult<u64>;
}

/// Tells the time, UTC, truncated to microseconds.
pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
}

/// Hands out ids and secrets.
pub trait Ids: Send + Sync {
    /// A UUIDv7 at `now`; later ids sort after earlier ones.
    fn id(&self, now: DateTime<Utc>) -> Uuid;

    /// 32 unguessable bytes in lower-case hex.
    fn secret(&self) -> String;
}
