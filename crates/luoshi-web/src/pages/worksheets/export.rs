//! The list and the matrix as files to take along.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use luoshi_app::worksheets::{self, WorksheetView};
use luoshi_documents::workbook::{Column, Sheet};
use luoshi_domain::ids::TaskId;

use crate::WebState;
use crate::extract::{Path, SignedIn};
use crate::pages::files;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/tasks/{id}/worksheet/list.xlsx", Access::Row, get(list))
        .get(
            "/tasks/{id}/worksheet/matrix.xlsx",
            Access::Row,
            get(matrix),
        )
}

async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Response> {
    let view = worksheets::export(&state.app, signed_in.who(), id).await?;
    let rows = (1..).zip(&view.sheet.list);
    let rows = rows.map(|(number, row): (usize, _)| {
        vec![
            number.to_string(),
            row.task.clone(),
            row.responsibilities.join("\n"),
            row.measures.join("\n"),
            row.result.clone(),
        ]
    });
    let sheet = Sheet {
        title: format!("“四合一”清单：{}", view.task.details.title),
        note: note(&view),
        columns: columns(&[
            ("序号", 6),
            ("任务", 34),
            ("责任", 30),
            ("措施", 34),
            ("结果", 30),
        ]),
        rows: rows.collect(),
    };
    files::xlsx("list.xlsx", "四合一清单.xlsx", sheet).await
}

async fn matrix(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Response> {
    let view = worksheets::export(&state.app, signed_in.who(), id).await?;
    let sheet = Sheet {
        title: format!("工作矩阵图：{}", view.task.details.title),
        note: note(&view),
        columns: columns(&[("目标与要求", 42), ("任务与举措", 52), ("政策与制度", 46)]),
        rows: side_by_side(&view.sheet.matrix)
            .into_iter()
            .map(Vec::from)
            .collect(),
    };
    files::xlsx("matrix.xlsx", "工作矩阵图.xlsx", sheet).await
}

/// The three systems as three columns.
pub(super) fn side_by_side(matrix: &luoshi_domain::worksheets::Matrix) -> Vec<[String; 3]> {
    let rows = matrix.targets.len();
    let rows = rows.max(matrix.measures.len()).max(matrix.policies.len());
    (0..rows)
        .map(|row| {
            let target = matrix.targets.get(row).map(|known| {
                format!(
                    "{}. {}（{}{}）",
                    row + 1,
                    known.text,
                    known.number,
                    known.unit
                )
            });
            let measure = matrix.measures.get(row).map(|known| {
                format!(
                    "{}. {}：{}（对应目标 {}）",
                    row + 1,
                    known.text,
                    known.measure,
                    known.target
                )
            });
            let policy = matrix.policies.get(row).map(|known| {
                let planned = if known.planned { "拟定" } else { "已有" };
                format!("{}. {}（{planned}：{}）", row + 1, known.text, known.rule)
            });
            [target, measure, policy].map(Option::unwrap_or_default)
        })
        .collect()
}

fn note(view: &WorksheetView) -> String {
    format!(
        "{} 导出；{} 牵头单位 {}",
        view.rules.today,
        view.task.number.as_deref().unwrap_or("未编号"),
        view.task
            .details
            .lead
            .map_or("未定", |lead| view.organisation.unit_name(lead))
    )
}

fn columns(columns: &[(&'static str, u16)]) -> Vec<Column> {
    let columns = columns.iter().map(|(heading, width)| Column {
        heading: (*heading).into(),
        width: *width,
        ..Column::default()
    });
    columns.collect()
}
