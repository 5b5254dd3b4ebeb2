//! Quarterly filing of the units' ledgers (LEDGER-03).

use axum::extract::State;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::filings;
use luoshi_domain::filings::{FiledLine, Filing, FilingState, Quarter};
use luoshi_domain::ids::{FilingId, UnitId};
use luoshi_domain::organisation::Organisation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::organisation::Named;
use crate::api::words::TaskState;
use crate::extract::{Json, Path, Query, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/api/v1/ledger/filings";

pub(super) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Member, get(list))
        .post(PATH, Access::Member, post(file))
        .get("/api/v1/ledger/filings/{id}", Access::Row, get(show))
        .post(
            "/api/v1/ledger/filings/{id}/judge",
            Access::Row,
            post(judge),
        )
}

/// A quarter; this one where left out.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct QuarterQuery {
    year: Option<i32>,
    /// From 1 to 4.
    quarter: Option<u8>,
}

/// A quarter with what every unit owes for it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FilingsBody {
    year: i32,
    quarter: u8,
    /// The last workday of the quarter, a default.
    due: Option<NaiveDate>,
    units: Vec<OwedBody>,
}

/// What one unit owes for a quarter.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OwedBody {
    unit: Named,
    /// Missing where nothing was handed in.
    filing: Option<FilingRowBody>,
    /// Whether the reader may hand it in.
    may_file: bool,
}

/// Where a filing stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FilingRowBody {
    id: Uuid,
    version: i64,
    filed_on: NaiveDate,
    by: Uuid,
    lines: usize,
    state: FilingWord,
    /// What the office wrote with its decision.
    opinion: String,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum FilingWord {
    Filed,
    Accepted,
    Returned,
}

/// A filing with its lines as they stood.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FilingBody {
    unit: Named,
    year: i32,
    quarter: u8,
    due: Option<NaiveDate>,
    filing: FilingRowBody,
    rows: Vec<FiledLineBody>,
    may_judge: bool,
}

/// A line as it stood.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FiledLineBody {
    task: Uuid,
    number: Option<String>,
    title: String,
    target: String,
    limit: Option<NaiveDate>,
    state: TaskState,
    progress: u8,
    /// What was last reported.
    report: String,
}

/// Whose ledger of which quarter is handed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FileBody {
    unit: Uuid,
    year: i32,
    quarter: u8,
}

/// The decision on a filing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JudgeBody {
    accepted: bool,
    /// Why it is sent back.
    #[serde(default)]
    text: String,
}

impl From<&Filing> for FilingRowBody {
    fn from(filing: &Filing) -> Self {
        Self {
            id: filing.id.0,
            version: filing.version,
            filed_on: filing.filed_on,
            by: filing.by.0,
            lines: filing.lines.len(),
            state: match filing.state {
                FilingState::Filed => FilingWord::Filed,
                FilingState::Accepted => FilingWord::Accepted,
                FilingState::Returned => FilingWord::Returned,
            },
            opinion: filing.opinion.clone(),
        }
    }
}

impl From<&FiledLine> for FiledLineBody {
    fn from(line: &FiledLine) -> Self {
        Self {
            task: line.task.0,
            number: line.number.clone(),
            title: line.title.clone(),
            target: line.target.clone(),
            limit: line.limit,
            state: line.state.into(),
            progress: line.progress,
            report: line.report.clone(),
        }
    }
}

/// List what every unit owes for a quarter.
#[utoipa::path(get, path = "/api/v1/ledger/filings", operation_id = "filings_list",
    tag = "ledger", params(QuarterQuery), responses((status = 200, body = FilingsBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(query): Query<QuarterQuery>,
) -> WebResult<Json<FilingsBody>> {
    let now = Quarter::of(state.app.today());
    let quarter = Quarter {
        year: query.year.unwrap_or(now.year),
        number: query.quarter.unwrap_or(now.number),
    };
    let found = filings::of_quarter(&state.app, signed_in.who(), quarter).await?;
    let units = found.owed.iter().map(|owed| OwedBody {
        unit: Named::unit(&found.organisation, owed.unit),
        filing: owed.filing.as_ref().map(Into::into),
        may_file: owed.may_file,
    });
    Ok(Json(FilingsBody {
        year: quarter.year,
        quarter: quarter.number,
        due: found.due,
        units: units.collect(),
    }))
}

/// Hand in a unit's ledger as it stands.
#[utoipa::path(post, path = "/api/v1/ledger/filings", operation_id = "filing_file",
    tag = "ledger", request_body = FileBody, responses((status = 200, body = FilingRowBody)))]
pub(super) async fn file(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<FileBody>,
) -> WebResult<Json<FilingRowBody>> {
    let quarter = Quarter {
        year: body.year,
        number: body.quarter,
    };
    let unit = UnitId(body.unit);
    let filing = filings::file(&state.app, signed_in.who(), unit, quarter).await?;
    Ok(Json((&filing).into()))
}

/// Show a filing with its lines.
#[utoipa::path(get, path = "/api/v1/ledger/filings/{id}", operation_id = "filing_show",
    tag = "ledger", params(("id" = Uuid, Path)), responses((status = 200, body = FilingBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<FilingId>,
) -> WebResult<Json<FilingBody>> {
    let view = filings::show(&state.app, signed_in.who(), id).await?;
    let organisation: &Organisation = &view.organisation;
    Ok(Json(FilingBody {
        unit: Named::unit(organisation, view.filing.unit),
        year: view.filing.quarter.year,
        quarter: view.filing.quarter.number,
        due: view.due,
        filing: (&view.filing).into(),
        rows: view.filing.lines.iter().map(Into::into).collect(),
        may_judge: view.may_judge,
    }))
}

/// Accept a filing, or send it back with a reason.
#[utoipa::path(post, path = "/api/v1/ledger/filings/{id}/judge", operation_id = "filing_judge",
    tag = "ledger", params(("id" = Uuid, Path)), request_body = JudgeBody,
    responses((status = 200, body = FilingRowBody)))]
pub(super) async fn judge(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<FilingId>,
    Json(body): Json<JudgeBody>,
) -> WebResult<Json<FilingRowBody>> {
    let (app, who) = (&state.app, signed_in.who());
    let filing = filings::judge(app, who, id, body.accepted, &body.text).await?;
    Ok(Json((&filing).into()))
}
