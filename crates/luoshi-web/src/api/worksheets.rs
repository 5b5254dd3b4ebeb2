//! The four-in-one list, the work matrix and the five facets of a task.

use axum::extract::State;
use axum::routing::{get, post};
use luoshi_app::worksheets;
use luoshi_domain::ids::TaskId;
use luoshi_domain::worksheets::{
    Backing, Facets, ListRow, Matrix, Measure, Target, Worksheet, WorksheetCommand,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::commands::Decided;
use crate::extract::{Json, Path, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/api/v1/tasks/{id}/worksheet", Access::Row, get(show))
        .post(
            "/api/v1/tasks/{id}/worksheet/commands",
            Access::Row,
            post(carry_out),
        )
}

/// A task's tables as they stand.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WorksheetBody {
    task: Uuid,
    /// 0 while nobody has filled anything in.
    version: i64,
    list: Vec<ListRowBody>,
    matrix: MatrixBody,
    /// What is missing in the matrix, in Chinese.
    matrix_missing: Vec<String>,
    facets: FacetsBody,
    /// The names of the facets that are empty.
    facets_missing: Vec<&'static str>,
    /// The rows of the list, from 1, that have no result yet.
    without_result: Vec<usize>,
}

/// A row of the four-in-one list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListRowBody {
    task: String,
    responsibilities: Vec<String>,
    measures: Vec<String>,
    #[serde(default)]
    result: String,
}

/// The matrix of three systems.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MatrixBody {
    targets: Vec<TargetBody>,
    measures: Vec<MeasureBody>,
    policies: Vec<BackingBody>,
    /// Whether it is handed in; refused while something is missing in it.
    #[serde(default)]
    settled: bool,
}

/// A target with its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetBody {
    text: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    unit: String,
}

/// A task with its measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MeasureBody {
    text: String,
    #[serde(default)]
    measure: String,
    /// Which of the targets it is for, from 1; 0 for none.
    #[serde(default)]
    target: usize,
}

/// A policy with the rule that it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BackingBody {
    text: String,
    #[serde(default)]
    rule: String,
    /// Whether the rule is still to be made.
    #[serde(default)]
    planned: bool,
}

/// The five facets of a key work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(super) struct FacetsBody {
    /// 实施主体和对象
    bearers: String,
    /// 重点内容
    content: String,
    /// 落实情况
    progress: String,
    /// 成效评估
    evaluation: String,
    /// 结果运用
    consequence: String,
}

/// What can be asked of a worksheet; `command` names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum WorksheetCommandBody {
    List { rows: Vec<ListRowBody> },
    Matrix { matrix: MatrixBody },
    Facets { facets: FacetsBody },
}

impl From<ListRow> for ListRowBody {
    fn from(row: ListRow) -> Self {
        Self {
            task: row.task,
            responsibilities: row.responsibilities,
            measures: row.measures,
            result: row.result,
        }
    }
}

impl From<ListRowBody> for ListRow {
    fn from(body: ListRowBody) -> Self {
        Self {
            task: body.task,
            responsibilities: body.responsibilities,
            measures: body.measures,
            result: body.result,
        }
    }
}

impl From<Matrix> for MatrixBody {
    fn from(matrix: Matrix) -> Self {
        let targets = matrix.targets.into_iter().map(|row| TargetBody {
            text: row.text,
            number: row.number,
            unit: row.unit,
        });
        let measures = matrix.measures.into_iter().map(|row| MeasureBody {
            text: row.text,
            measure: row.measure,
            target: row.target,
        });
        let policies = matrix.policies.into_iter().map(|row| BackingBody {
            text: row.text,
            rule: row.rule,
            planned: row.planned,
        });
        Self {
            targets: targets.collect(),
            measures: measures.collect(),
            policies: policies.collect(),
            settled: matrix.settled,
        }
    }
}

impl From<MatrixBody> for Matrix {
    fn from(body: MatrixBody) -> Self {
        let targets = body.targets.into_iter().map(|row| Target {
            text: row.text,
            number: row.number,
            unit: row.unit,
        });
        let measures = body.measures.into_iter().map(|row| Measure {
            text: row.text,
            measure: row.measure,
            target: row.target,
        });
        let policies = body.policies.into_iter().map(|row| Backing {
            text: row.text,
            rule: row.rule,
            planned: row.planned,
        });
        Self {
            targets: targets.collect(),
            measures: measures.collect(),
            policies: policies.collect(),
            settled: body.settled,
        }
    }
}

impl From<Facets> for FacetsBody {
    fn from(facets: Facets) -> Self {
        Self {
            bearers: facets.bearers,
            content: facets.content,
            progress: facets.progress,
            evaluation: facets.evaluation,
            consequence: facets.consequence,
        }
    }
}

impl From<FacetsBody> for Facets {
    fn from(body: FacetsBody) -> Self {
        Self {
            bearers: body.bearers,
            content: body.content,
            progress: body.progress,
            evaluation: body.evaluation,
            consequence: body.consequence,
        }
    }
}

impl From<WorksheetCommandBody> for WorksheetCommand {
    fn from(command: WorksheetCommandBody) -> Self {
        match command {
            WorksheetCommandBody::List { rows } => {
                Self::List(rows.into_iter().map(Into::into).collect())
            }
            WorksheetCommandBody::Matrix { matrix } => Self::Matrix(matrix.into()),
            WorksheetCommandBody::Facets { facets } => Self::Facets(Box::new(facets.into())),
        }
    }
}

impl From<Worksheet> for WorksheetBody {
    fn from(sheet: Worksheet) -> Self {
        Self {
            task: sheet.task.0,
            version: sheet.version,
            without_result: sheet.without_result(),
            matrix_missing: sheet.matrix.missing(),
            facets_missing: sheet.facets.empty(),
            list: sheet.list.into_iter().map(Into::into).collect(),
            matrix: sheet.matrix.into(),
            facets: sheet.facets.into(),
        }
    }
}

/// Show a task's tables.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/worksheet", operation_id = "worksheet_show",
    tag = "worksheets", params(("id" = Uuid, Path)),
    responses((status = 200, body = WorksheetBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Json<WorksheetBody>> {
    let view = worksheets::show(&state.app, signed_in.who(), id).await?;
    Ok(Json(view.sheet.into()))
}

/// Fill in one of a task's tables; it replaces what stood there.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/worksheet/commands",
    operation_id = "worksheet_command", tag = "worksheets", params(("id" = Uuid, Path)),
    request_body = Decided<WorksheetCommandBody>,
    responses((status = 200, body = WorksheetBody)))]
pub(super) async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Json(body): Json<Decided<WorksheetCommandBody>>,
) -> WebResult<Json<WorksheetBody>> {
    let command = body.command.into();
    let who = signed_in.who();
    let saved = worksheets::handle(&state.app, who, id, command, body.seen).await?;
    Ok(Json(saved.into()))
}
