//! How plans are told.

use chrono::{DateTime, Utc};
use luoshi_app::plans::{ImportOutcome, PlanView, sentences};
use luoshi_domain::plans::acts::Act;
use luoshi_domain::plans::lineage::Lineage;
use luoshi_domain::plans::{Clause, Coverage, Decision, Plan, PlanRow, Proposal, Reading};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::plans::commands::{DraftBody, PlanDetailsBody};
use crate::api::plans::hints::{ExperienceBody, SuggestionBody};
use crate::api::words::{Outcome, PlanState};

/// The latest plans, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PlansBody {
    rows: Vec<PlanRowBody>,
}

/// One line of the list of plans.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PlanRowBody {
    id: Uuid,
    title: String,
    /// The document's number.
    number: Option<String>,
    file_name: String,
    state: PlanState,
    /// The year that its dates stand in.
    year: Option<i32>,
    lineage: LineageBody,
    coverage: CoverageBody,
    /// How many things were read out of it.
    proposals: u32,
    imported_at: DateTime<Utc>,
}

impl From<Vec<PlanRow>> for PlansBody {
    fn from(rows: Vec<PlanRow>) -> Self {
        Self {
            rows: rows.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<PlanRow> for PlanRowBody {
    fn from(row: PlanRow) -> Self {
        Self {
            id: row.id.0,
            title: row.title,
            number: row.number,
            file_name: row.file_name,
            state: row.state.into(),
            year: row.year,
            lineage: row.lineage.into(),
            coverage: row.coverage.into(),
            proposals: row.proposals,
            imported_at: row.imported_at,
        }
    }
}

/// How a plan stands to other plans.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct LineageBody {
    /// The plan whose text was loaded to another year.
    year_of: Option<Uuid>,
    /// Years between the one that the text was written for and its own.
    shift: i32,
    /// Which version it is; 1 for a first import.
    nth: u32,
    /// The earlier version.
    previous: Option<Uuid>,
    /// What looks like an earlier version; a person is asked.
    likely: Option<Uuid>,
    /// The later version that took its place.
    superseded_by: Option<Uuid>,
}

impl From<Lineage> for LineageBody {
    fn from(lineage: Lineage) -> Self {
        Self {
            year_of: lineage.year_of.map(|copy| copy.plan.0),
            shift: lineage.shift(),
            nth: lineage.nth(),
            previous: lineage.previous().map(|plan| plan.0),
            likely: lineage.likely().map(|plan| plan.0),
            superseded_by: lineage.superseded_by.map(|plan| plan.0),
        }
    }
}

/// Settled clauses of all that need an outcome.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct CoverageBody {
    settled: u32,
    total: u32,
    /// Rounded down, so that 100 means all.
    percent: u32,
}

impl From<Coverage> for CoverageBody {
    fn from(coverage: Coverage) -> Self {
        Self {
            settled: coverage.settled,
            total: coverage.total,
            percent: coverage.percent(),
        }
    }
}

/// A plan with its text and what was read out of it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PlanBody {
    id: Uuid,
    /// Goes into `seen` of a command.
    version: i64,
    state: PlanState,
    /// Whether the reader may confirm.
    editable: bool,
    details: PlanDetailsBody,
    lineage: LineageBody,
    coverage: CoverageBody,
    file_name: String,
    /// Hex SM3 of the text.
    digest: String,
    /// Offsets are Unicode code points into it.
    text: String,
    /// In reading order; together they tile the text.
    clauses: Vec<ClauseBody>,
    /// In reading order.
    proposals: Vec<ProposalBody>,
    /// What was done in single steps and stands, latest first; the latest of a person can be undone.
    acts: Vec<ActBody>,
    imported_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<PlanView> for PlanBody {
    fn from(view: PlanView) -> Self {
        let plan = view.plan;
        let coverage = plan.coverage().into();
        let outcomes = plan.outcomes();
        let acts = plan.standing_acts().map(Into::into).collect();
        let clauses = plan.clauses.into_iter().zip(outcomes);
        Self {
            id: plan.id.0,
            version: plan.version,
            state: plan.state.into(),
            editable: view.editable,
            details: plan.details.into(),
            lineage: plan.lineage.into(),
            coverage,
            file_name: plan.file_name,
            digest: plan.digest,
            text: plan.text,
            clauses: clauses.map(Into::into).collect(),
            proposals: plan.proposals.into_iter().map(Into::into).collect(),
            acts,
            imported_at: plan.imported_at,
            updated_at: plan.updated_at,
        }
    }
}

/// One step of one person.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ActBody {
    /// Goes into `undo_act`.
    act: i64,
    /// In words.
    name: &'static str,
    person: Uuid,
    person_name: String,
    at: DateTime<Utc>,
    proposals: Vec<Uuid>,
    /// Clauses that were marked or unmarked.
    clauses: Vec<u32>,
}

impl From<&Act> for ActBody {
    fn from(act: &Act) -> Self {
        Self {
            act: act.id,
            name: sentences::act(act.name),
            person: act.by.person.0,
            person_name: act.by.who(),
            at: act.by.at,
            proposals: act.proposals().map(|id| id.0).collect(),
            clauses: act.clauses().collect(),
        }
    }
}

/// One clause's own text; commands name it by its index in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ClauseBody {
    /// E.g. `四/(二)/1`; `前言` before the first heading.
    path: String,
    level: u32,
    title: String,
    start: u32,
    end: u32,
    /// Whether it has words beyond its number and heading.
    has_text: bool,
    /// Why nothing follows from it, once a person said so.
    no_action: Option<String>,
    outcome: Outcome,
}

impl From<(Clause, luoshi_domain::plans::Outcome)> for ClauseBody {
    fn from((clause, outcome): (Clause, luoshi_domain::plans::Outcome)) -> Self {
        Self {
            path: clause.path,
            level: clause.level,
            title: clause.title,
            start: clause.start,
            end: clause.end,
            has_text: clause.has_text,
            no_action: clause.no_action,
            outcome: outcome.into(),
        }
    }
}

/// One thing read out of a clause.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ProposalBody {
    id: Uuid,
    /// Index of its clause, from 0.
    clause: u32,
    start: u32,
    end: u32,
    quote: String,
    /// What the reader proposes, as later edited by a person.
    draft: DraftBody,
    reading: ReadingBody,
    decision: DecisionBody,
}

impl From<Proposal> for ProposalBody {
    fn from(proposal: Proposal) -> Self {
        Self {
            id: proposal.id.0,
            clause: proposal.clause,
            start: proposal.start,
            end: proposal.end,
            quote: proposal.quote,
            draft: proposal.draft.into(),
            reading: proposal.reading.into(),
            decision: proposal.decision.into(),
        }
    }
}

/// What the reader saw in the words.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ReadingBody {
    /// Units as written, lead first.
    responsible: Vec<String>,
    /// `sentence`, `previous`, `clause`, `heading`, `trailer`, `table` or `none`.
    responsible_from: String,
    co_responsible: Vec<String>,
    /// The deadline's words.
    deadline: Option<String>,
    /// The last day that these words mean; `XXXX-07-31` while nobody knows the year.
    due: Option<String>,
    frequency: Option<String>,
    /// The quantities' words.
    quantities: Vec<String>,
    /// Percent, 0 to 100.
    confidence: u8,
    /// How the bureau's experience was used.
    experience: Vec<ExperienceBody>,
    /// What can be taken or ignored.
    suggestions: Vec<SuggestionBody>,
}

impl From<Reading> for ReadingBody {
    fn from(reading: Reading) -> Self {
        Self {
            responsible: reading.responsible,
            responsible_from: reading.responsible_from,
            co_responsible: reading.co_responsible,
            deadline: reading.deadline,
            due: reading.due,
            frequency: reading.frequency,
            quantities: reading.quantities,
            confidence: reading.confidence,
            experience: reading.experience.into_iter().map(Into::into).collect(),
            suggestions: reading.suggestions.into_iter().map(Into::into).collect(),
        }
    }
}

/// What a person decided.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(in crate::api) enum DecisionBody {
    Open,
    Accepted,
    Rejected {
        reason: String,
    },
    /// Stands with another proposal as one.
    Merged {
        into: Uuid,
    },
    /// These tasks stand for it already.
    Covered {
        tasks: Vec<Uuid>,
    },
}

impl From<Decision> for DecisionBody {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Open => Self::Open,
            Decision::Accepted => Self::Accepted,
            Decision::Rejected { reason } => Self::Rejected { reason },
            Decision::Merged { into } => Self::Merged { into: into.0 },
            Decision::Covered { tasks } => Self::Covered {
                tasks: tasks.into_iter().map(|task| task.0).collect(),
            },
        }
    }
}

/// What came of an import.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ImportOutcomeBody {
    plan: Uuid,
    /// The same text had been imported before; nothing was added.
    known: bool,
}

impl From<ImportOutcome> for ImportOutcomeBody {
    fn from(outcome: ImportOutcome) -> Self {
        Self {
            plan: outcome.plan.0,
            known: outcome.known,
        }
    }
}

/// Where a plan stands after a command.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PlanStandingBody {
    id: Uuid,
    /// Goes into `seen` of the next command.
    version: i64,
    state: PlanState,
    coverage: CoverageBody,
    updated_at: DateTime<Utc>,
}

impl From<&Plan> for PlanStandingBody {
    fn from(plan: &Plan) -> Self {
        Self {
            id: plan.id.0,
            version: plan.version,
            state: plan.state.into(),
            coverage: plan.coverage().into(),
            updated_at: plan.updated_at,
        }
    }
}
