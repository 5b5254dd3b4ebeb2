//! Tables that a person takes along as a file.

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use luoshi_app::accounts::blocking;
use luoshi_documents::workbook::{self as books, Sheet};

use crate::flash::encode;
use crate::problem::{Problem, WebResult};

/// A table made by [`csv`](super::csv), called `name`, or `plain` where the browser takes letters only.
pub(super) fn csv(plain: &str, name: &str, text: String) -> Response {
    file("text/csv; charset=utf-8", plain, name, text)
}

/// The same, sent as it is made.
pub(super) fn csv_sent(plain: &str, name: &str, body: Body) -> Response {
    file("text/csv; charset=utf-8", plain, name, body)
}

/// A table for Excel and WPS, named as in [`csv`]; it is written on a thread that may block.
pub(super) async fn xlsx(plain: &str, name: &str, sheet: Sheet) -> WebResult<Response> {
    let bytes = blocking(move || books::write(&sheet)).await?;
    let bytes = bytes.map_err(|error| Problem::internal(&error))?;
    Ok(workbook(plain, name, bytes))
}

/// A file for Excel and WPS that is written already, named as in [`csv`].
pub(crate) fn workbook(plain: &str, name: &str, bytes: Vec<u8>) -> Response {
    file(WORKBOOK, plain, name, bytes)
}

/// A file for Excel and WPS, sent as it is made.
pub(super) fn xlsx_sent(plain: &str, name: &str, body: Body) -> Response {
    file(WORKBOOK, plain, name, body)
}

/// A text that programs read, which no browser shows in place.
pub(super) fn toml(name: &str, text: String) -> Response {
    file("text/plain; charset=utf-8", name, name, text)
}

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Whatever a file holds, a browser saves it and runs nothing of it.
const ALONE: &str = "default-src 'none'; sandbox";

fn file(kind: &str, plain: &str, name: &str, body: impl IntoResponse) -> Response {
    let name = encode(name);
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_SECURITY_POLICY, ALONE.to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{name}"),
        ),
    ];
    (headers, body).into_response()
}
