//! Files of a task: listing, taking in, giving out, taking away.

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use chrono::{DateTime, Utc};
use luoshi_app::attachments;
use luoshi_app::tasks::{self, TaskView};
use luoshi_domain::ids::{AttachmentId, TaskId};
use luoshi_domain::tasks::attachments::AttachedTo;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::organisation::Named;
use crate::api::words::Mark;
use crate::extract::{Json, Path, SignedIn, Vouched};
use crate::pages::files;
use crate::problem::WebResult;
use crate::routes::{Access, Table};
use crate::uploads;

pub(super) fn routes(table: Table) -> Table {
    let attach = post(attach).layer(DefaultBodyLimit::max(uploads::BODY_LIMIT));
    table
        .get("/api/v1/tasks/{id}/files", Access::Row, get(list))
        .post("/api/v1/tasks/{id}/files", Access::Row, attach)
        .get(
            "/api/v1/tasks/{id}/files/{file}",
            Access::Row,
            get(download),
        )
        .delete(
            "/api/v1/tasks/{id}/files/{file}",
            Access::Row,
            delete(detach),
        )
}

/// A file of a task.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct FileBody {
    id: Uuid,
    name: String,
    /// Hex SM3 of the bytes.
    hash: String,
    bytes: u64,
    media_type: &'static str,
    /// How far it may be known, where that is less far than the task.
    mark: Mark,
    /// `task`, `report:3` or `notice:NUMBER`.
    to: String,
    by: Named,
    at: DateTime<Utc>,
    /// Whether the reader may take it away again.
    removable: bool,
}

impl FileBody {
    pub(super) fn all(view: &TaskView) -> Vec<Self> {
        let files = view.task.attachments.iter();
        let bodies = files.map(|file| Self {
            id: file.id.0,
            name: file.name.clone(),
            hash: file.hash.clone(),
            bytes: file.bytes,
            media_type: file.kind.media_type(),
            mark: file.mark.into(),
            to: uploads::place_key(&file.to),
            by: Named::person(&view.organisation, file.by),
            at: file.at,
            removable: view.removable.contains(&file.id),
        });
        bodies.collect()
    }

    /// Where the reader may attach files.
    pub(super) fn places(view: &TaskView) -> Vec<String> {
        let places: &[AttachedTo] = &view.places;
        places.iter().map(uploads::place_key).collect()
    }
}

/// A file to attach; the fields stand before the file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described; the form is read as it comes")]
pub(in crate::api) struct FileForm {
    /// `task`, `report:3` or `notice:NUMBER`; the task when left out.
    to: Option<String>,
    mark: Option<Mark>,
    /// At most 20 MB, of a sort that is taken.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// What was attached.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AttachedBody {
    id: Uuid,
}

/// List the files of a task.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/files", operation_id = "task_files",
    tag = "tasks", params(("id" = Uuid, Path)), responses((status = 200, body = [FileBody])))]
pub(in crate::api) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Json<Vec<FileBody>>> {
    let view = tasks::show(&state.app, signed_in.who(), id).await?;
    Ok(Json(FileBody::all(&view)))
}

/// Attach a file.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/files", operation_id = "task_file_attach",
    tag = "tasks", params(("id" = Uuid, Path)),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = 201, body = AttachedBody)))]
pub(in crate::api) async fn attach(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    request: Request,
) -> WebResult<Response> {
    let (sent, incoming) = uploads::receive(&state, &signed_in, id, request).await?;
    let file = attachments::attach(&state.app, signed_in.who(), id, sent, incoming).await?;
    let body = AttachedBody { id: file.0 };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Give a file out; it is proved to be what was attached first.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/files/{file}", operation_id = "task_file",
    tag = "tasks", params(("id" = Uuid, Path), ("file" = Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(in crate::api) async fn download(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((id, file)): Path<(TaskId, AttachmentId)>,
) -> WebResult<Response> {
    let opened = attachments::open(&state.app, signed_in.who(), id, file).await?;
    Ok(files::attached(opened, false))
}

/// Take a file away again.
#[utoipa::path(delete, path = "/api/v1/tasks/{id}/files/{file}",
    operation_id = "task_file_detach", tag = "tasks",
    params(("id" = Uuid, Path), ("file" = Uuid, Path)), responses((status = 204)))]
pub(in crate::api) async fn detach(
    State(state): State<WebState>,
    Vouched(signed_in): Vouched,
    Path((id, file)): Path<(TaskId, AttachmentId)>,
) -> WebResult<StatusCode> {
    attachments::detach(&state.app, signed_in.who(), id, file).await?;
    Ok(StatusCode::NO_CONTENT)
}
