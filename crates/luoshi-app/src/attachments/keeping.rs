//! Taking away bytes that no row names, and proving that those that are named are there.

use chrono::TimeDelta;
use luoshi_domain::attachments::ContentKey;
use luoshi_domain::ids::{AttachmentId, BureauId, TaskId};
use luoshi_domain::ports::AttachmentRow;

use crate::accounts::blocking;
use crate::attachments::store::{ContentError, ContentStore};
use crate::errors::{AppError, AppResult};
use crate::{App, bureaus};

/// How long bytes stay that no row names: longer than any upload takes.
pub const LEFT_ALONE: TimeDelta = TimeDelta::days(1);

/// Bytes taken away in one go.
const AT_ONCE: u32 = 100;

/// Rows read at a time.
const PART: u32 = 200;

/// Takes away what has been without a row for a day, in every bureau; how many files went.
pub async fn sweep(app: &App) -> AppResult<u32> {
    let Some(contents) = app.contents.as_deref() else {
        return Ok(0);
    };
    let before = app.clock.now() - LEFT_ALONE;
    let mut gone = 0;
    for bureau in bureaus::list(app).await? {
        let mut uow = app.store.read(bureau.id).await?;
        let found = uow.contents_unused(before, AT_ONCE).await?.len();
        drop(uow);
        for _each in 0..found {
            if sweep_one(app, contents, bureau.id).await? {
                gone += 1;
            }
        }
    }
    contents.tidy(before).await?;
    Ok(gone)
}

/// Takes the oldest away while nobody else can write: whoever wants the same bytes notes it in a
/// transaction of its own first, so that they are either still wanted here or written anew after.
async fn sweep_one(app: &App, contents: &dyn ContentStore, bureau: BureauId) -> AppResult<bool> {
    let before = app.clock.now() - LEFT_ALONE;
    let mut uow = app.store.write(bureau).await?;
    let Some(hash) = uow.contents_unused(before, 1).await?.pop() else {
        return Ok(false);
    };
    if let Some(key) = ContentKey::known(bureau, &hash) {
        contents.delete(&key).await?;
    }
    uow.content_forget(&hash).await?;
    uow.commit().await?;
    Ok(true)
}

/// What a walk through a bureau's files found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    pub files: u64,
    pub missing: Vec<(TaskId, AttachmentId)>,
    /// There are bytes, but not those that were attached.
    pub altered: Vec<(TaskId, AttachmentId)>,
}

impl Walk {
    /// Whether every file is there as it was attached.
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty() && self.altered.is_empty()
    }
}

/// Reads every file of a bureau and compares it with its hash.
pub async fn verify(app: &App, bureau: BureauId) -> AppResult<Walk> {
    let mut walk = Walk::default();
    let mut after = None;
    loop {
        let mut uow = app.store.read(bureau).await?;
        let rows = uow.attachments_after(after, PART).await?;
        drop(uow);
        let Some(last) = rows.last() else {
            return Ok(walk);
        };
        after = Some((last.task, last.id));
        for row in rows {
            walk.files += 1;
            match state(app, bureau, &row).await? {
                State::Whole => {}
                State::Missing => walk.missing.push((row.task, row.id)),
                State::Altered => walk.altered.push((row.task, row.id)),
            }
        }
    }
}

enum State {
    Whole,
    Missing,
    Altered,
}

async fn state(app: &App, bureau: BureauId, row: &AttachmentRow) -> AppResult<State> {
    let (Some(contents), Some(key)) = (
        app.contents.as_deref(),
        ContentKey::known(bureau, &row.hash),
    ) else {
        return Ok(State::Missing);
    };
    let bytes = match contents.get(&key, row.bytes).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(State::Missing),
        Err(ContentError::Other) => return Ok(State::Altered),
        Err(error) => return Err(AppError::from(error)),
    };
    match blocking(move || key.fits(&bytes)).await? {
        true => Ok(State::Whole),
        false => Ok(State::Altered),
    }
}
