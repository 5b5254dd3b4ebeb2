//! How lists of tasks are told.

use chrono::{DateTime, NaiveDate, Utc};
use luoshi_app::rules::Rules;
use luoshi_app::tasks::{Ledger, row_facts};
use luoshi_domain::lights::Light;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::lists::TaskRow;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::organisation::Named;
use crate::api::words::{Colour, Grade, Level, Mark, TaskKind, TaskState, Tier, Waiting};

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct TaskPageBody {
    rows: Vec<TaskRowBody>,
    /// Goes into `after` for the next page; missing on the last one. Where a word is looked for
    /// that very many texts hold, a page may have fewer rows than `size`, or none, and a next one.
    next: Option<String>,
    /// How many tasks the whole list has.
    count: u32,
    /// Whether there may be more than `count` says.
    count_capped: bool,
}

impl TaskPageBody {
    pub(super) fn new(ledger: Ledger) -> Self {
        let rows = ledger.page.rows.into_iter();
        Self {
            rows: rows
                .map(|row| TaskRowBody::new(&ledger.rules, &ledger.organisation, row))
                .collect(),
            next: ledger.page.next,
            count: ledger.count,
            count_capped: ledger.at_least,
        }
    }
}

/// One line of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct TaskRowBody {
    id: Uuid,
    version: i64,
    /// Given when the task is first issued.
    number: Option<String>,
    title: String,
    kind: TaskKind,
    level: Level,
    /// How far it may be known.
    mark: Mark,
    tier: Tier,
    /// Key of an origin category.
    category: String,
    state: TaskState,
    waits_for: Waiting,
    lead: Option<Named>,
    /// The leader in charge.
    deputy: Option<Named>,
    /// The last day, inclusive.
    limit: Option<NaiveDate>,
    issued_on: Option<NaiveDate>,
    /// Percent done as last reported.
    progress: u8,
    feedbacks: u32,
    grade: Option<Grade>,
    light: LightBody,
    plan: Option<Uuid>,
    clause_path: String,
    updated_at: DateTime<Utc>,
    /// Since when the unit's clock stands still.
    paused_since: Option<NaiveDate>,
    /// By when a leader has to answer what stands in the way.
    answer_by: Option<NaiveDate>,
    /// By when the lead unit has to answer an urging.
    respond_by: Option<NaiveDate>,
    /// By when the lead unit has to report next, or should have.
    report_by: Option<NaiveDate>,
    /// The task right above it.
    parent: Option<Uuid>,
    /// The task that it became part of.
    merged_into: Option<Uuid>,
    /// Words of the bureau's own.
    tags: Vec<String>,
}

impl TaskRowBody {
    pub(in crate::api) fn new(rules: &Rules, organisation: &Organisation, row: TaskRow) -> Self {
        let light = Light::of(&row_facts(&row), rules.today, &rules.calendar, &rules.leads);
        Self {
            id: row.id.0,
            version: row.version,
            number: row.number,
            title: row.title,
            kind: row.kind.into(),
            level: row.level.into(),
            mark: row.mark.into(),
            tier: row.tier.into(),
            category: row.category,
            state: row.state.into(),
            waits_for: row.waits_for.into(),
            lead: row.lead.map(|id| Named::unit(organisation, id)),
            deputy: row.deputy.map(|id| Named::person(organisation, id)),
            limit: row.limit,
            issued_on: row.issued_on,
            progress: row.progress,
            feedbacks: row.feedbacks,
            grade: row.grade.map(Into::into),
            light: light.into(),
            plan: row.plan.map(|plan| plan.0),
            clause_path: row.clause_path,
            updated_at: row.updated_at,
            paused_since: row.paused_since,
            answer_by: row.answer_by,
            respond_by: row.respond_by,
            report_by: row.report_by,
            parent: row.parent.map(|parent| parent.0),
            merged_into: row.merged_into.map(|task| task.0),
            tags: row.tags,
        }
    }
}

/// How a task stands today, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct LightBody {
    colour: Colour,
    /// Short, e.g. `逾期 3 个工作日`.
    reason: String,
    /// The rule that matched, with the numbers.
    rule: String,
}

impl From<Light> for LightBody {
    fn from(light: Light) -> Self {
        Self {
            colour: light.colour.into(),
            reason: light.reason,
            rule: light.rule,
        }
    }
}
