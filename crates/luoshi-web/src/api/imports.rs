//! Tasks from a table: looking at it, taking it in, and undoing all of it (IMPORT-10).

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::tasks::imports::{self, CellFault, Preview, Taken};
use luoshi_domain::ids::ImportId;
use luoshi_domain::imports::Import;
use luoshi_domain::refusals::Refusal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::extract::{Json, Path, SignedIn, Upload};
use crate::pages::ledger::imports::{BODY_LIMIT, given, require};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/api/v1/ledger/imports";

pub(super) fn routes(table: Table) -> Table {
    let (office, limit) = (Access::Office, DefaultBodyLimit::max(BODY_LIMIT));
    table
        .get(PATH, office, get(list))
        .post(PATH, office, post(import).layer(limit))
        .post(
            "/api/v1/ledger/imports/preview",
            office,
            post(preview).layer(limit),
        )
        .post("/api/v1/ledger/imports/{id}/undo", office, post(undo))
}

/// A table to take in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described; `Upload` reads the form")]
pub(super) struct TableForm {
    /// An Excel file of at most 12 MB and 20,000 rows; the first sheet counts.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Key of the origin category of rows that name none.
    category: Option<String>,
}

/// What a table would bring, or all that is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PreviewBody {
    /// Rows of the table.
    count: usize,
    /// Nothing is taken in while there is one.
    faults: Vec<CellFaultBody>,
    /// Of mandatory fields that are empty, in how many rows.
    missing: Vec<MissingBody>,
}

/// A cell that cannot be used.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CellFaultBody {
    /// E.g. `C5`.
    cell: String,
    text: String,
    sentence: String,
}

/// A mandatory field that is empty in some rows.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MissingBody {
    field: &'static str,
    rows: usize,
}

/// An import of before.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TakenBody {
    id: Uuid,
    day: NaiveDate,
    file_name: String,
    by: Uuid,
    tasks: Vec<Uuid>,
    undone: bool,
}

impl From<Preview> for PreviewBody {
    fn from(preview: Preview) -> Self {
        let faults = preview.faults.into_iter();
        let missing = preview.missing.into_iter();
        Self {
            count: preview.count,
            faults: faults.map(Into::into).collect(),
            missing: missing
                .map(|(field, rows)| MissingBody { field, rows })
                .collect(),
        }
    }
}

impl From<CellFault> for CellFaultBody {
    fn from(fault: CellFault) -> Self {
        Self {
            cell: fault.cell,
            text: fault.text,
            sentence: fault.sentence,
        }
    }
}

impl From<Import> for TakenBody {
    fn from(import: Import) -> Self {
        Self {
            id: import.id.0,
            day: import.day,
            file_name: import.file_name,
            by: import.by.0,
            tasks: import.tasks.into_iter().map(|id| id.0).collect(),
            undone: import.undone,
        }
    }
}

/// List the latest imports, newest first.
#[utoipa::path(get, path = "/api/v1/ledger/imports", operation_id = "imports_list",
    tag = "ledger", responses((status = 200, body = Vec<TakenBody>)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<Vec<TakenBody>>> {
    require(&state, &signed_in)?;
    let known = imports::list(&state.app, signed_in.who()).await?;
    Ok(Json(known.into_iter().map(Into::into).collect()))
}

/// Look at what a table would bring; nothing is stored.
#[utoipa::path(post, path = "/api/v1/ledger/imports/preview", operation_id = "import_preview",
    tag = "ledger",
    request_body(content = TableForm, content_type = "multipart/form-data"),
    responses((status = 200, body = PreviewBody)))]
pub(super) async fn preview(
    State(state): State<WebState>,
    signed_in: SignedIn,
    upload: Upload,
) -> WebResult<Json<PreviewBody>> {
    require(&state, &signed_in)?;
    let table = read(upload)?;
    let preview = imports::preview(&state.app, signed_in.who(), &table).await?;
    Ok(Json(preview.into()))
}

/// Take a table in, all of it or nothing.
#[utoipa::path(post, path = "/api/v1/ledger/imports", operation_id = "import_carry_out",
    tag = "ledger",
    request_body(content = TableForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = TakenBody, description = "Taken in."),
        (status = 422, body = PreviewBody, description = "Cells are faulty: nothing was stored."),
    ))]
pub(super) async fn import(
    State(state): State<WebState>,
    signed_in: SignedIn,
    upload: Upload,
) -> WebResult<Response> {
    require(&state, &signed_in)?;
    let table = read(upload)?;
    Ok(
        match imports::carry_out(&state.app, signed_in.who(), &table).await? {
            Taken::Done(import) => {
                (StatusCode::CREATED, Json(TakenBody::from(import))).into_response()
            }
            Taken::Faulty(preview) => {
                let body = Json(PreviewBody::from(*preview));
                (StatusCode::UNPROCESSABLE_ENTITY, body).into_response()
            }
        },
    )
}

/// Cancel every task of an import, as long as none was issued.
#[utoipa::path(post, path = "/api/v1/ledger/imports/{id}/undo", operation_id = "import_undo",
    tag = "ledger", params(("id" = Uuid, Path)), responses((status = 200, body = TakenBody)))]
pub(super) async fn undo(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ImportId>,
) -> WebResult<Json<TakenBody>> {
    require(&state, &signed_in)?;
    let import = imports::undo(&state.app, signed_in.who(), id).await?;
    Ok(Json(import.into()))
}

fn read(upload: Upload) -> Result<imports::Upload, Refusal> {
    if upload.bytes.is_empty() {
        let sentence = "请选择填好的表格。";
        return Err(Refusal::input("file", "IMPORT-10", sentence));
    }
    let category = upload.field("category").to_owned();
    Ok(given(upload.bytes, upload.file_name, category, None))
}
