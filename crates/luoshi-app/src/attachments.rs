//! Files of tasks: taking them in, giving them out, and keeping their bytes in order.
//!
//! What comes in is written to a nameless temporary file, looked at, scanned where a bureau runs a
//! scanner, and kept under its hash; then the row is written. Between the two a crash leaves bytes
//! that no row names, which are taken away a day later; never a row without bytes.

pub mod keeping;
mod looking;
pub mod scanner;
pub mod store;

use std::io::{Read, Seek, Write};

use luoshi_domain::attachments::{BYTES_LIMIT, ContentKey};
use luoshi_domain::ids::{AttachmentId, TaskId};
use luoshi_domain::journal::StoredEvent;
use luoshi_domain::marks::Mark;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::{Right, Row};
use luoshi_domain::tasks::attachments::{AttachedTo, Attachment, NewAttachment};
use luoshi_domain::tasks::{Task, TaskEvent};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::accounts::blocking;
use crate::attachments::looking::Looked;
use crate::attachments::scanner::Scanned;
use crate::attachments::store::ContentStore;
use crate::errors::{AppError, AppResult};
use crate::{App, Who, secrecy, tasks};

/// Files that are in memory at once in each direction; others wait.
const AT_ONCE: usize = 3;

/// Bytes that are gathered before they are written.
const PART: usize = 512 * 1024;

/// Holds back what would need too much memory; who opens a file does not wait for a slow scanner.
#[derive(Debug)]
pub(crate) struct Turns {
    coming: Semaphore,
    going: Semaphore,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            coming: Semaphore::new(AT_ONCE),
            going: Semaphore::new(AT_ONCE),
        }
    }
}

async fn turn(of: &Semaphore) -> AppResult<SemaphorePermit<'_>> {
    let turn = of.acquire().await;
    turn.map_err(|closed| AppError::internal("no more files are taken", closed))
}

/// What comes with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// As the browser calls it.
    pub name: String,
    pub to: AttachedTo,
    pub mark: Mark,
}

/// A file that is still coming in. Nothing of it is left when it is dropped.
#[derive(Debug)]
pub struct Incoming {
    /// Has no name in any folder.
    file: std::fs::File,
    waiting: Vec<u8>,
    bytes: u64,
}

impl Incoming {
    pub async fn begin() -> AppResult<Self> {
        let file = blocking(tempfile::tempfile).await?.map_err(unwritable)?;
        Ok(Self {
            file,
            waiting: Vec::new(),
            bytes: 0,
        })
    }

    /// Takes the next part; refused once there is more than a file may have.
    pub async fn write(&mut self, part: &[u8]) -> AppResult<()> {
        self.bytes += u64::try_from(part.len()).unwrap_or(u64::MAX);
        if self.bytes > BYTES_LIMIT {
            return Err(too_large().into());
        }
        self.waiting.extend_from_slice(part);
        if self.waiting.len() >= PART {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> AppResult<()> {
        let waiting = std::mem::take(&mut self.waiting);
        let mut file = self.file.try_clone().map_err(unwritable)?;
        let written = blocking(move || file.write_all(&waiting)).await?;
        written.map_err(unwritable)
    }

    /// All of it.
    async fn whole(mut self) -> AppResult<Vec<u8>> {
        self.flush().await?;
        let read = move || -> std::io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            self.file.rewind()?;
            self.file.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        blocking(read).await?.map_err(unwritable)
    }
}

/// Says that a file is larger than is taken.
pub fn too_large() -> Refusal {
    let sentence = "文件超过 20 MB 的上限，没有保存。请压缩、拆分后再传，或改为写明文号、网址。";
    Refusal::input("file", "FLOW-05", sentence)
}

fn unwritable(error: std::io::Error) -> AppError {
    AppError::internal("a file that comes in cannot be put down", error)
}

/// Whether the person may attach a file there now: asked before anything of it is taken in.
pub async fn may_attach(app: &App, who: &Who, id: TaskId, to: &AttachedTo) -> AppResult<()> {
    store(app)?;
    let mut uow = app.store.read(who.bureau).await?;
    let task = tasks::load_seen(app, &mut *uow, who, id).await?;
    permit(app, who, &task, to)?;
    Ok(())
}

/// Whether and where the reader of a task may attach files: to the task, to the last report, to
/// each notice.
pub fn places(app: &App, who: &Who, task: &Task) -> Vec<AttachedTo> {
    if app.contents.is_none() {
        return Vec::new();
    }
    let notices = task.notices.iter().rev();
    let notices = notices.map(|notice| AttachedTo::Notice(notice.number.clone()));
    let places = [AttachedTo::Task, AttachedTo::Report(task.feedbacks)];
    let places = places.into_iter().chain(notices);
    places
        .filter(|to| permit(app, who, task, to).is_ok())
        .collect()
}

fn permit(app: &App, who: &Who, task: &Task, to: &AttachedTo) -> Result<(), Refusal> {
    let right = Task::right_to_attach(to);
    app.policy.permit(&who.actor, right, &task.row())?;
    task.can_attach(to)
}

/// Attaches a file to a task; its id.
#[tracing::instrument(skip_all, fields(task.id = %id))]
pub async fn attach(
    app: &App,
    who: &Who,
    id: TaskId,
    sent: Sent,
    incoming: Incoming,
) -> AppResult<AttachmentId> {
    may_attach(app, who, id, &sent.to).await?;
    let _turn = turn(&app.turns.coming).await?;
    let bytes = incoming.whole().await?;
    let bureau = who.bureau;
    let name = sent.name.clone();
    let looked = blocking(move || looking::look(bureau, &name, bytes)).await?;
    let Looked {
        name,
        kind,
        mark,
        key,
        bytes,
    } = looked?;
    // Asked before anything is kept, so that nothing is when the answer is no.
    secrecy::check(who, &[name.as_str()], &())?;
    scan(app, &bytes).await?;
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let new = NewAttachment {
        id: AttachmentId(app.ids.id(app.clock.now())),
        name,
        hash: key.hash().to_owned(),
        bytes: size,
        kind,
        mark: mark.max(sent.mark),
        to: sent.to,
    };
    keep(app, &key, bytes).await?;
    record(app, who, id, new).await
}

/// Refuses what the scanner finds something in; where it cannot be asked nothing is taken.
async fn scan(app: &App, bytes: &[u8]) -> AppResult<()> {
    let Some(scanner) = &app.scanner else {
        return Ok(());
    };
    match scanner.scan(bytes).await {
        Ok(Scanned::Clean) => Ok(()),
        Ok(Scanned::Infected(found)) => {
            tracing::warn!(found, "a file was refused by the virus scanner");
            let sentence = format!(
                "杀毒程序在文件里查出“{found}”，没有保存。请先在本机查杀，再传干净的文件。"
            );
            Err(Refusal::input("infected", "FLOW-05", sentence).into())
        }
        Err(error) => {
            tracing::error!(%error, "the virus scanner cannot be asked");
            Err(AppError::Later {
                sentence: "杀毒程序暂时没有应答，附件没有保存。请稍后再传；急的可以先写文号或网址。",
            })
        }
    }
}

/// Keeps bytes so that no sweep takes them before their row is written.
async fn keep(app: &App, key: &ContentKey, bytes: Vec<u8>) -> AppResult<()> {
    let contents = store(app)?;
    let mut uow = app.store.write(key.bureau).await?;
    uow.content_touch(key.hash(), app.clock.now()).await?;
    uow.commit().await?;
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    // The same bytes are kept once.
    if contents.size(key).await? == Some(size) {
        return Ok(());
    }
    contents.put(key, bytes).await?;
    Ok(())
}

async fn record(app: &App, who: &Who, id: TaskId, new: NewAttachment) -> AppResult<AttachmentId> {
    let (file, hash) = (new.id, new.hash.clone());
    let mut uow = app.store.write(who.bureau).await?;
    let mut task = tasks::load_seen(app, &mut *uow, who, id).await?;
    permit(app, who, &task, &new.to)?;
    let event = task.attach(new)?;
    uow.content_touch(&hash, app.clock.now()).await?;
    save(app, who, &mut *uow, &mut task, event).await?;
    uow.commit().await?;
    Ok(file)
}

/// Takes a file away again: its row; the bytes go when no other row names them.
#[tracing::instrument(skip_all, fields(task.id = %id, file.id = %file))]
pub async fn detach(app: &App, who: &Who, id: TaskId, file: AttachmentId) -> AppResult<()> {
    let mut uow = app.store.write(who.bureau).await?;
    let mut task = tasks::load_seen(app, &mut *uow, who, id).await?;
    let known = seen(app, who, &task, file)?.clone();
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let event = task.detach(file, &rules.context(app, &who.actor, &organisation))?;
    uow.content_touch(&known.hash, app.clock.now()).await?;
    save(app, who, &mut *uow, &mut task, event).await?;
    Ok(uow.commit().await?)
}

async fn save(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    task: &mut Task,
    event: TaskEvent,
) -> AppResult<()> {
    let organisation = app.organisation(who.bureau, uow).await?;
    let rules = app.rules(who.bureau, uow).await?;
    let signed = rules.context(app, &who.actor, &organisation).signed();
    task.apply(&event, &signed);
    uow.task_save(task, &[event], &signed).await?;
    Ok(())
}

/// A file that somebody opens.
#[derive(Debug)]
pub struct Opened {
    pub file: Attachment,
    pub bytes: Vec<u8>,
}

/// The bytes of a file, proved to be those that were attached.
#[tracing::instrument(skip_all, fields(task.id = %id, file.id = %file))]
pub async fn open(app: &App, who: &Who, id: TaskId, file: AttachmentId) -> AppResult<Opened> {
    let mut uow = app.store.read(who.bureau).await?;
    let task = tasks::load_seen(app, &mut *uow, who, id).await?;
    let file = seen(app, who, &task, file)?.clone();
    drop(uow);
    let contents = store(app)?;
    let _turn = turn(&app.turns.going).await?;
    let key = ContentKey::known(who.bureau, &file.hash);
    let key = key.ok_or(AppError::Damaged { missing: false })?;
    let Some(bytes) = contents.get(&key, file.bytes).await? else {
        tracing::error!(hash = key.hash(), "the bytes of a file are missing");
        return Err(AppError::Damaged { missing: true });
    };
    let (bytes, fits) = blocking(move || {
        let fits = key.fits(&bytes);
        (bytes, fits)
    })
    .await?;
    if !fits {
        tracing::error!(
            hash = file.hash,
            "the bytes of a file are not those attached"
        );
        return Err(AppError::Damaged { missing: false });
    }
    Ok(Opened { file, bytes })
}

/// The file, for who may know of it.
fn seen<'t>(app: &App, who: &Who, task: &'t Task, id: AttachmentId) -> AppResult<&'t Attachment> {
    let file = task
        .attachment(id)
        .filter(|file| may_see(app, who, task, file));
    file.ok_or(AppError::NotFound { what: "file" })
}

/// Whether the reader of a task may know of one of its files (SYS-05).
pub fn may_see(app: &App, who: &Who, task: &Task, file: &Attachment) -> bool {
    file.mark <= task.mark
        || app
            .policy
            .allows(&who.actor, Right::SeeTask, &task.row_of(file))
}

/// Takes out of a task what of its files is not the reader's to know.
pub(crate) fn withhold(app: &App, who: &Who, task: &mut Task) {
    let all = std::mem::take(&mut task.attachments);
    let (shown, _hidden): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|file| may_see(app, who, task, file));
    task.attachments = shown;
}

/// Whether an event adds a file that is a work secret, and is not the reader's to know.
pub(crate) async fn is_withheld(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    event: &StoredEvent,
) -> AppResult<bool> {
    // Most events are told by a look at their bytes.
    if event.stream != Task::STREAM
        || !event.bytes.contains("\"file_added\"")
        || !event.bytes.contains(Mark::WorkSecret.key())
    {
        return Ok(false);
    }
    let Some(task) = uow.task_get(TaskId(event.id)).await? else {
        return Ok(false);
    };
    let row = match task.row() {
        Row::Task(mut row) => {
            row.mark = Mark::WorkSecret;
            Row::Task(row)
        }
        other => other,
    };
    Ok(!app.policy.allows(&who.actor, Right::SeeTask, &row))
}

fn store(app: &App) -> AppResult<&dyn ContentStore> {
    let sentence = "本系统没有配置存放附件的地方，请写明文号或网址；要传文件请找系统管理员。";
    let missing = || Refusal::state("no_file_store", "FLOW-05", sentence);
    Ok(app.contents.as_deref().ok_or_else(missing)?)
}
