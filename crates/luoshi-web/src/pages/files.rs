//! Files that a person takes along: tables, and what somebody attached.

use std::io::{Read, Seek, Write};

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use luoshi_app::accounts::blocking;
use luoshi_app::attachments::Opened;
use luoshi_documents::workbook::{self as books, Sheet, spool};
use tokio::sync::mpsc;

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

/// A file that somebody attached, proved to be what was attached. A browser saves it; a picture may
/// be shown in place, alone.
pub(crate) fn attached(opened: Opened, in_place: bool) -> Response {
    let Opened { file, bytes } = opened;
    let ending = file.kind.endings().first().copied().unwrap_or("bin");
    let manner = if in_place { "inline" } else { "attachment" };
    let name = encode(&file.name);
    let headers = [
        (CONTENT_TYPE, file.kind.media_type().to_owned()),
        (CONTENT_SECURITY_POLICY, ALONE.to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("{manner}; filename=\"file.{ending}\"; filename*=UTF-8''{name}"),
        ),
    ];
    (headers, sent(bytes)).into_response()
}

/// Bytes as an answer. Many are sent from a file without a name, so that a slow line holds little
/// memory.
fn sent(bytes: Vec<u8>) -> Body {
    if bytes.len() <= SPOOLED {
        return Body::from(bytes);
    }
    let (parts, mut answer) = mpsc::channel::<std::io::Result<Vec<u8>>>(2);
    tokio::task::spawn_blocking(move || {
        let written = spool().and_then(|mut file| {
            file.write_all(&bytes)?;
            file.rewind()?;
            Ok(file)
        });
        drop(bytes);
        let mut file = match written {
            Ok(file) => file,
            Err(error) => {
                tracing::error!(%error, "a file cannot be put down to be sent");
                let _gone = parts.blocking_send(Err(error));
                return;
            }
        };
        let room = u64::try_from(PART).unwrap_or(u64::MAX);
        loop {
            let mut part = Vec::with_capacity(PART);
            let read = Read::by_ref(&mut file).take(room).read_to_end(&mut part);
            let sent = match read {
                Ok(0) => return,
                Ok(_) => parts.blocking_send(Ok(part)),
                Err(error) => parts.blocking_send(Err(error)),
            };
            // Whoever asked has gone.
            if sent.is_err() {
                return;
            }
        }
    });
    Body::from_stream(futures_util::stream::poll_fn(move |context| {
        answer.poll_recv(context)
    }))
}

/// What is sent from memory, in bytes.
const SPOOLED: usize = 512 * 1024;

/// Bytes sent at once.
const PART: usize = 64 * 1024;

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
