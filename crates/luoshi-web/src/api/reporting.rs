//! Regular reports: how work that is reported upwards stands, and the report to the superior
//! (LEDGER-11).

use axum::extract::State;
use axum::routing::get;
use chrono::NaiveDate;
use luoshi_app::desk::ahead;
use luoshi_app::reporting::{self, ReportedTask, Said, Scope, Standing};
use luoshi_app::rules::Rules;
use luoshi_domain::ids::{PlanId, UnitId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::lists::ReportFilter;
use luoshi_domain::tasks::reporting::{Filing, FilingStanding, Report};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::organisation::Named;
use crate::api::tasks::evidence::EvidenceBody;
use crate::extract::{Json, Query, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/api/v1/ledger/status", Access::Member, get(standings))
        .get("/api/v1/ledger/status/report", Access::Member, get(upwards))
}

/// How reports stand: past their day, due soon, due regularly, or without a cadence.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum ReportWord {
    Missing,
    Soon,
    Set,
    Unset,
}

impl ReportWord {
    pub(in crate::api) fn filter(self, rules: &Rules) -> ReportFilter {
        let today = rules.today;
        match self {
            Self::Missing => ReportFilter::Due {
                from: None,
                until: today.pred_opt().unwrap_or(today),
            },
            Self::Soon => ReportFilter::Due {
                from: Some(today),
                until: ahead(today, &rules.leads.report_soon_days),
            },
            Self::Set => ReportFilter::Set,
            Self::Unset => ReportFilter::Unset,
        }
    }
}

/// How often a lead unit reports, and what was filed.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ReportingBody {
    /// A number of days, `weekly`, `monthly`, `quarterly` or `never`.
    cadence: String,
    /// Whether it is due however well the work goes: it is reported upwards.
    always: bool,
    /// Whether it is a pack's number, and nobody chose it.
    default: bool,
    /// Oldest first, with the one that comes next.
    filings: Vec<FilingBody>,
}

/// What is due on one day, and how that stands.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct FilingBody {
    /// The last day, inclusive.
    due: NaiveDate,
    /// `open`, `paused`, `in_time`, `late`, `missing`, or `lifted` where none is asked for.
    standing: &'static str,
    /// Days late or past.
    days: Option<i64>,
    filed_on: Option<NaiveDate>,
    by: Option<Uuid>,
    /// Percent as reported.
    progress: Option<u8>,
    /// Whether it repeats the words of the report before it.
    repeats: bool,
}

impl From<&Filing> for FilingBody {
    fn from(filing: &Filing) -> Self {
        let of = |standing, days, report: Option<Report>| Self {
            due: filing.due,
            standing,
            days,
            filed_on: report.map(|report| report.day()),
            by: report.map(|report| report.by.0),
            progress: report.map(|report| report.progress),
            repeats: report.is_some_and(|report| report.repeats.is_some()),
        };
        match filing.standing {
            FilingStanding::Open { .. } => of("open", None, None),
            FilingStanding::Still => of("paused", None, None),
            FilingStanding::InTime(report) => of("in_time", None, Some(report)),
            FilingStanding::Late { report, days } => of("late", Some(days), Some(report)),
            FilingStanding::Missing { days } => of("missing", Some(days), None),
            FilingStanding::Lifted => of("lifted", None, None),
        }
    }
}

impl ReportingBody {
    pub(in crate::api) fn of(filings: &[Filing], task: &Task) -> Option<Self> {
        let reporting = task.reporting.as_deref()?;
        Some(Self {
            cadence: reporting.cadence.key(),
            always: reporting.always,
            default: reporting.default,
            filings: filings.iter().map(Into::into).collect(),
        })
    }
}

/// As of which day, and whose work.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StatusQuery {
    /// Today where left out.
    day: Option<NaiveDate>,
    lead: Option<Uuid>,
    plan: Option<Uuid>,
    /// Key of an origin category.
    category: Option<String>,
}

/// Over which days, both inclusive, and whose work.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    from: NaiveDate,
    until: NaiveDate,
    lead: Option<Uuid>,
    plan: Option<Uuid>,
    /// Key of an origin category.
    category: Option<String>,
}

/// How the filings stand on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatusBody {
    day: NaiveDate,
    /// Work of these origins that is under way without a cadence, as it is now.
    unset: u32,
    /// Whether there are more tasks than were looked at.
    cut: bool,
    /// The most pressing first.
    rows: Vec<StandingBody>,
}

/// How the filings of one task stand.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StandingBody {
    task: Uuid,
    number: Option<String>,
    title: String,
    category: String,
    lead: Option<Named>,
    /// `missing`, `late`, `filed` or `not_yet`.
    standing: &'static str,
    reporting: Option<ReportingBody>,
}

/// The report to the superior.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UpwardReportBody {
    from: NaiveDate,
    until: NaiveDate,
    cut: bool,
    rows: Vec<ReportedTaskBody>,
}

/// One task of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReportedTaskBody {
    task: Uuid,
    number: Option<String>,
    title: String,
    category: String,
    document: String,
    clause_path: String,
    lead: Option<Named>,
    limit: Option<NaiveDate>,
    /// Those that were due in the range.
    filings: Vec<FilingBody>,
    /// What had been reported by its end; missing where nothing was.
    said: Option<SaidBody>,
}

/// What was reported.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SaidBody {
    day: NaiveDate,
    by: String,
    progress: u8,
    text: String,
    difficulties: String,
    suggestions: String,
    figures: String,
    evidence: Vec<EvidenceBody>,
    /// The day on which the same was filed again.
    repeated_on: Option<NaiveDate>,
}

impl StandingBody {
    fn new(row: &Standing, organisation: &Organisation) -> Self {
        let details = &row.task.details;
        Self {
            task: row.task.id.0,
            number: row.task.number.clone(),
            title: details.title.clone(),
            category: details.category.clone(),
            lead: details.lead.map(|lead| Named::unit(organisation, lead)),
            standing: row.whole.key(),
            reporting: ReportingBody::of(&row.filings, &row.task),
        }
    }
}

impl ReportedTaskBody {
    fn new(row: ReportedTask, organisation: &Organisation) -> Self {
        let details = row.task.details;
        Self {
            task: row.task.id.0,
            number: row.task.number,
            title: details.title,
            category: details.category,
            document: row.task.origin.document,
            clause_path: row.task.origin.clause_path,
            lead: details.lead.map(|lead| Named::unit(organisation, lead)),
            limit: details.limit,
            filings: row.filings.iter().map(Into::into).collect(),
            said: row.said.map(Into::into),
        }
    }
}

impl From<Said> for SaidBody {
    fn from(said: Said) -> Self {
        Self {
            day: said.day,
            by: said.by,
            progress: said.progress,
            text: said.text,
            difficulties: said.difficulties,
            suggestions: said.suggestions,
            figures: said.figures,
            evidence: said.evidence.into_iter().map(Into::into).collect(),
            repeated_on: said.repeated_on,
        }
    }
}

/// Show who is missing, late or has filed of the work that is reported upwards, as of a day.
#[utoipa::path(get, path = "/api/v1/ledger/status", operation_id = "reporting_standings",
    tag = "ledger", params(StatusQuery), responses((status = 200, body = StatusBody)))]
pub(super) async fn standings(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(query): Query<StatusQuery>,
) -> WebResult<Json<StatusBody>> {
    let scope = Scope {
        lead: query.lead.map(UnitId),
        plan: query.plan.map(PlanId),
        category: query.category,
    };
    let found = reporting::standings(&state.app, signed_in.who(), query.day, &scope).await?;
    let rows = found.rows.iter();
    Ok(Json(StatusBody {
        day: found.day,
        unset: found.unset,
        cut: found.cut,
        rows: rows
            .map(|row| StandingBody::new(row, &found.organisation))
            .collect(),
    }))
}

/// Give the report to the superior over a range of days.
#[utoipa::path(get, path = "/api/v1/ledger/status/report", operation_id = "reporting_upwards",
    tag = "ledger", params(ReportQuery), responses((status = 200, body = UpwardReportBody)))]
pub(super) async fn upwards(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(query): Query<ReportQuery>,
) -> WebResult<Json<UpwardReportBody>> {
    let scope = Scope {
        lead: query.lead.map(UnitId),
        plan: query.plan.map(PlanId),
        category: query.category,
    };
    let days = (query.from, query.until);
    let found = reporting::upwards(&state.app, signed_in.who(), days, &scope).await?;
    let organisation = found.organisation;
    let rows = found.rows.into_iter();
    Ok(Json(UpwardReportBody {
        from: found.from,
        until: found.until,
        cut: found.cut,
        rows: rows
            .map(|row| ReportedTaskBody::new(row, &organisation))
            .collect(),
    }))
}
