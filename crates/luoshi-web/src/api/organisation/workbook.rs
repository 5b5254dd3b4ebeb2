//! The organisation as one workbook, out and in.

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::organisation::workbook::{self, Line, Preview, RowFault};
use luoshi_domain::refusals::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::WebState;
use crate::extract::{Json, SignedIn, Upload};
use crate::pages::files;
use crate::pages::organisation::workbook::{BODY_LIMIT, given};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let limit = || DefaultBodyLimit::max(BODY_LIMIT);
    let path = "/api/v1/organisation/workbook";
    table
        .get(path, Access::Keepers, get(export))
        .post(path, Access::Keepers, post(import).layer(limit()))
        .post(
            "/api/v1/organisation/workbook/preview",
            Access::Keepers,
            post(preview).layer(limit()),
        )
}

/// A workbook to read.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described; `Upload` reads the form")]
pub(in crate::api) struct WorkbookForm {
    /// An Excel file (.xlsx) of at most 8 MB, laid out as the export.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// From which day changes hold whose rows name none; today when left out.
    from: Option<NaiveDate>,
    /// The version that a preview was of; when the organisation changed since, nothing is done.
    seen: Option<i64>,
}

/// What a workbook changes, or what is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct WorkbookBody {
    /// The organisation's version that it was worked out for.
    version: i64,
    /// In the order of the sheets and rows.
    changes: Vec<WorkbookChange>,
    /// When there is one, nothing is or would be stored.
    faults: Vec<WorkbookFault>,
}

/// One thing that the workbook changes.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct WorkbookChange {
    sheet: String,
    /// As the spreadsheet program numbers it, from 1.
    row: u32,
    /// What sort of change it is, in Chinese.
    what: String,
    sentence: String,
    /// The first day on which it holds; missing when it holds for all days.
    from: Option<NaiveDate>,
}

/// A row that cannot be taken.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct WorkbookFault {
    /// Empty for the whole file.
    sheet: String,
    /// Missing for the whole sheet.
    row: Option<u32>,
    sentence: String,
}

impl From<Preview> for WorkbookBody {
    fn from(preview: Preview) -> Self {
        Self {
            version: preview.version,
            changes: preview.lines.into_iter().map(Into::into).collect(),
            faults: preview.faults.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Line> for WorkbookChange {
    fn from(line: Line) -> Self {
        Self {
            sheet: line.sheet.to_owned(),
            row: line.row,
            what: line.what.to_owned(),
            sentence: line.sentence,
            from: line.from,
        }
    }
}

impl From<RowFault> for WorkbookFault {
    fn from(fault: RowFault) -> Self {
        Self {
            sheet: fault.sheet,
            row: fault.row,
            sentence: fault.sentence,
        }
    }
}

/// Take the organisation along as an Excel file.
#[utoipa::path(get, path = "/api/v1/organisation/workbook",
    operation_id = "organisation_workbook_export", tag = "organisation",
    responses((status = 200, description = "An Excel file (.xlsx).")))]
pub(in crate::api) async fn export(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Response> {
    let bytes = workbook::export(&state.app, signed_in.who()).await?;
    Ok(files::workbook("organisation.xlsx", "机构总表.xlsx", bytes))
}

/// Say what a workbook would change, or all that is wrong with it; nothing is stored.
#[utoipa::path(post, path = "/api/v1/organisation/workbook/preview",
    operation_id = "organisation_workbook_preview", tag = "organisation",
    request_body(content = WorkbookForm, content_type = "multipart/form-data"),
    responses((status = 200, body = WorkbookBody)))]
pub(in crate::api) async fn preview(
    State(state): State<WebState>,
    signed_in: SignedIn,
    upload: Upload,
) -> WebResult<Json<WorkbookBody>> {
    let (given, _seen) = read(&state, upload)?;
    let preview = workbook::preview(&state.app, signed_in.who(), &given).await?;
    Ok(Json(preview.into()))
}

/// Change the organisation as a workbook says: all of it, or nothing when a row is faulty.
#[utoipa::path(post, path = "/api/v1/organisation/workbook",
    operation_id = "organisation_workbook_import", tag = "organisation",
    request_body(content = WorkbookForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = WorkbookBody, description = "Done."),
        (status = 422, body = WorkbookBody, description = "Nothing was stored."),
    ))]
pub(in crate::api) async fn import(
    State(state): State<WebState>,
    signed_in: SignedIn,
    upload: Upload,
) -> WebResult<Response> {
    let (given, seen) = read(&state, upload)?;
    let done = workbook::carry_out(&state.app, signed_in.who(), &given, seen).await?;
    let status = match done.faults.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, Json(WorkbookBody::from(done))).into_response())
}

fn read(state: &WebState, upload: Upload) -> Result<(workbook::Upload, Option<i64>), Refusal> {
    let from = match upload.field("from") {
        "" => state.app.today(),
        text => text.parse().map_err(|_unreadable| {
            Refusal::input("from", "ORG-14", "生效日应为 2026-12-01 这样的日期。")
        })?,
    };
    let seen = match upload.field("seen") {
        "" => None,
        text => Some(text.parse().map_err(|_unreadable| {
            Refusal::input("seen", "ORG-01", "seen 应为预览给出的版本号。")
        })?),
    };
    Ok((given(upload.bytes, from), seen))
}
