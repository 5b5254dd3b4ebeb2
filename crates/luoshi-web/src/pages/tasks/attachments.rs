//! What proves the task's progress: by reference first, by file second; and taking files in, giving
//! them out and taking them away.

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::attachments;
use luoshi_app::secrecy;
use luoshi_app::tasks::TaskView;
use luoshi_app::tasks::sentences::{attachments as said, moment};
use luoshi_domain::attachments::AttachmentKind;
use luoshi_domain::ids::{AttachmentId, TaskId};
use luoshi_domain::marks::Mark;
use luoshi_domain::tasks::attachments::Attachment;
use luoshi_domain::tasks::evidence::Evidence;

use crate::WebState;
use crate::extract::{Form, Nothing, Path, SignedIn};
use crate::flash;
use crate::pages::parts::{Choice, Link};
use crate::pages::tasks::{Shown, again};
use crate::pages::{files, labels};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};
use crate::uploads;

pub(super) fn routes(table: Table) -> Table {
    let upload = post(upload).layer(DefaultBodyLimit::max(uploads::BODY_LIMIT));
    table
        .post("/tasks/{id}/files", Access::Row, upload)
        .get("/tasks/{id}/files/{file}", Access::Row, get(download))
        .get("/tasks/{id}/files/{file}/view", Access::Row, get(view))
        .post("/tasks/{id}/files/{file}/remove", Access::Row, post(remove))
}

/// The card of the task's page.
#[derive(Default)]
pub(super) struct FilesCard {
    /// What the last report refers to.
    pub(super) references: Vec<Link>,
    pub(super) rows: Vec<FileRow>,
    /// Shown to who may attach something.
    pub(super) form: Option<UploadForm>,
    /// Why a file was not taken.
    pub(super) fault: String,
    /// Whether its name may be sent all the same (SYS-05).
    pub(super) doubtful: bool,
}

/// A file.
pub(super) struct FileRow {
    pub(super) name: String,
    pub(super) href: String,
    /// Where it is shown in place; empty unless it is a picture.
    pub(super) view: String,
    pub(super) kind: &'static str,
    pub(super) size: String,
    pub(super) place: String,
    pub(super) by: String,
    pub(super) at: String,
    pub(super) mark: &'static str,
    pub(super) hash: String,
    /// Where it is taken away; empty for who may not.
    pub(super) remove: String,
}

/// The form for a further file.
pub(super) struct UploadForm {
    pub(super) action: String,
    /// Where the script sends it.
    pub(super) api: String,
    pub(super) places: Vec<Choice>,
    pub(super) marks: Vec<Choice>,
    /// Endings with their dots, for the browser.
    pub(super) accept: String,
    pub(super) endings: String,
}

impl FilesCard {
    pub(super) fn of(view: &TaskView, fault: Option<&Fault>) -> Self {
        let task = &view.task;
        let report = task.last_feedback.as_ref();
        let references = report.map_or(&[][..], |report| &report.evidence);
        Self {
            references: references.iter().filter_map(reference).collect(),
            rows: task
                .attachments
                .iter()
                .rev()
                .map(|file| row(view, file))
                .collect(),
            form: UploadForm::of(view),
            fault: fault
                .map(|fault| fault.sentence.clone())
                .unwrap_or_default(),
            doubtful: fault.is_some_and(|fault| fault.doubtful),
        }
    }

    /// Whether there is anything to show or to do.
    pub(super) fn is_shown(&self) -> bool {
        !self.references.is_empty() || !self.rows.is_empty() || self.form.is_some()
    }
}

/// Why a file was not taken.
pub(super) struct Fault {
    sentence: String,
    doubtful: bool,
}

impl UploadForm {
    fn of(view: &TaskView) -> Option<Self> {
        let id = view.task.id;
        let first = view.places.first()?;
        let current = uploads::place_key(first);
        let places = view.places.iter();
        let places =
            places.map(|to| Choice::new(uploads::place_key(to), said::place(to), &current));
        let marks = Mark::ALL.map(|mark| {
            let label = match mark {
                Mark::None => "不标注",
                mark => labels::mark(mark),
            };
            Choice::new(mark.key(), label, Mark::None.key())
        });
        let endings = AttachmentKind::all_endings();
        let dotted: Vec<String> = endings.iter().map(|ending| format!(".{ending}")).collect();
        Some(Self {
            action: format!("/tasks/{id}/files"),
            api: format!("/api/v1/tasks/{id}/files"),
            places: places.collect(),
            marks: marks.into(),
            accept: dotted.join(","),
            endings: endings.join("、"),
        })
    }
}

fn reference(evidence: &Evidence) -> Option<Link> {
    match evidence {
        Evidence::Document { .. } => Some(Link {
            href: String::new(),
            label: evidence.line(),
        }),
        Evidence::Link { address, title } => Some(Link {
            href: address.clone(),
            label: if title.is_empty() { address } else { title }.clone(),
        }),
        Evidence::File { .. } => None,
    }
}

fn row(view: &TaskView, file: &Attachment) -> FileRow {
    let href = format!("/tasks/{}/files/{}", view.task.id, file.id);
    let removable = view.removable.contains(&file.id);
    FileRow {
        name: file.name.clone(),
        view: if file.kind.is_picture() {
            format!("{href}/view")
        } else {
            String::new()
        },
        kind: file.kind.label(),
        size: said::size(file.bytes),
        place: said::place(&file.to),
        by: view.organisation.person_name(file.by).to_owned(),
        at: moment(file.at),
        mark: labels::mark(file.mark),
        hash: file.hash.clone(),
        remove: if removable {
            format!("{href}/remove")
        } else {
            String::new()
        },
        href,
    }
}

async fn upload(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    request: Request,
) -> WebResult<Response> {
    let taken = match uploads::receive(&state, &signed_in, id, request).await {
        Ok((sent, incoming)) => {
            let attached = attachments::attach(&state.app, signed_in.who(), id, sent, incoming);
            attached.await.map_err(Problem::from)
        }
        Err(problem) => Err(problem),
    };
    match taken {
        Ok(_file) => Ok(flash::done(&format!("/tasks/{id}#files"), "附件已保存")),
        Err(problem) if problem.is_answerable() => {
            let fault = Fault {
                doubtful: problem.code == secrecy::CODE,
                sentence: problem.detail,
            };
            let shown = Shown {
                status: problem.status,
                file_fault: Some(fault),
                ..Shown::default()
            };
            again(&state, &signed_in, id, shown).await
        }
        Err(problem) => Err(problem),
    }
}

async fn download(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((id, file)): Path<(TaskId, AttachmentId)>,
) -> WebResult<Response> {
    let opened = attachments::open(&state.app, signed_in.who(), id, file).await?;
    Ok(files::attached(opened, false))
}

/// A picture in place; everything else is saved.
async fn view(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((id, file)): Path<(TaskId, AttachmentId)>,
) -> WebResult<Response> {
    let opened = attachments::open(&state.app, signed_in.who(), id, file).await?;
    let in_place = opened.file.kind.is_picture();
    Ok(files::attached(opened, in_place))
}

async fn remove(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((id, file)): Path<(TaskId, AttachmentId)>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    attachments::detach(&state.app, signed_in.who(), id, file).await?;
    Ok(flash::done(&format!("/tasks/{id}#files"), "附件已删除"))
}
