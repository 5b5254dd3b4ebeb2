//! Tables of any length: rows are read page by page into a file without a name, and the answer is
//! sent from there, so that memory holds a few hundred of them and a slow line holds no database
//! open.

use std::future::Future;
use std::io::{BufWriter, Read, Seek};

use axum::body::Body;
use luoshi_app::errors::{AppError, AppResult};
use luoshi_documents::workbook::{Sheet, Stream, spool};
use tokio::sync::mpsc;

/// Pages of rows, and parts of an answer, that wait for whoever takes them.
const WAITING: usize = 2;

/// Bytes of an answer sent at once.
const PART: usize = 64 * 1024;

/// Rows on their way into the file.
pub(super) type Rows = mpsc::Receiver<Vec<Vec<String>>>;

/// Where rows are put.
pub(super) type Sender = mpsc::Sender<Vec<Vec<String>>>;

type Parts = mpsc::Sender<Result<Vec<u8>, AppError>>;

/// The answer that `write` makes of the rows that `produce` puts in, sent when all of it is
/// written.
pub(super) fn sent<F>(
    produce: impl FnOnce(Sender) -> F,
    write: impl FnOnce(Rows, std::fs::File) -> std::io::Result<std::fs::File> + Send + 'static,
) -> Body
where
    F: Future<Output = AppResult<()>> + Send + 'static,
{
    let (rows, taken) = mpsc::channel(WAITING);
    let (parts, mut answer) = mpsc::channel(WAITING);
    let failed = parts.clone();
    // Held until the error is on its way: a table that ends for a fault must not look whole.
    let held = rows.clone();
    let produced = produce(rows);
    tokio::spawn(async move {
        if let Err(error) = produced.await {
            // The answer is broken off, so that nobody takes a part for the whole.
            let _gone = failed.send(Err(error)).await;
        }
        drop(held);
    });
    tokio::task::spawn_blocking(move || {
        let whole = spool().and_then(|file| write(taken, file));
        let whole = whole.and_then(|file| send_file(file, &parts));
        if let Err(error) = whole {
            let error = AppError::internal("a table could not be written", error);
            let _gone = parts.blocking_send(Err(error));
        }
    });
    // Asked again after the end it says so again, as whoever packs answers does.
    Body::from_stream(futures_util::stream::poll_fn(move |context| {
        answer.poll_recv(context)
    }))
}

fn send_file(mut file: std::fs::File, parts: &Parts) -> std::io::Result<()> {
    file.rewind()?;
    loop {
        let mut part = Vec::with_capacity(PART);
        let room = u64::try_from(PART).unwrap_or(u64::MAX);
        if Read::by_ref(&mut file).take(room).read_to_end(&mut part)? == 0 {
            return Ok(());
        }
        if parts.blocking_send(Ok(part)).is_err() {
            // Whoever asked has gone.
            return Ok(());
        }
    }
}

/// Writes the rows as an Excel file.
pub(super) fn xlsx(
    sheet: Sheet,
    mut rows: Rows,
    file: std::fs::File,
) -> std::io::Result<std::fs::File> {
    let failed = std::io::Error::other;
    let mut stream = Stream::new(sheet).map_err(failed)?;
    while let Some(cells) = rows.blocking_recv() {
        for cells in cells {
            stream.row(&cells).map_err(failed)?;
        }
    }
    let mut out = BufWriter::new(file);
    stream.finish(&mut out).map_err(failed)?;
    out.into_inner()
        .map_err(std::io::IntoInnerError::into_error)
}
