//! Files attached to a task: to the task as such, to a report, to the answer to a notice.
//!
//! The row and the SM3 of the bytes stand in the task's stream; the bytes are kept elsewhere, see
//! [`crate::attachments`]. Evidence is named by reference first, by file second.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::attachments::{self, AttachmentKind};
use crate::context::Context;
use crate::ids::{AttachmentId, PersonId};
use crate::journal::Signed;
use crate::marks::Mark;
use crate::refusals::Refusal;
use crate::rights::{Right, Row};
use crate::tasks::evidence::Evidence;
use crate::tasks::{Closing, Task, TaskEvent};

/// Most files of one task.
pub const FILES_LIMIT: usize = 60;

/// Stands for the name of a file that is marked, wherever others than its readers may look.
pub const MARKED_NAME: &str = "（有密级标注的附件）";

/// A file of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub id: AttachmentId,
    pub name: String,
    /// SM3 of the bytes, in lower-case hex.
    pub hash: String,
    pub bytes: u64,
    pub kind: AttachmentKind,
    #[serde(default, skip_serializing_if = "Mark::is_none")]
    pub mark: Mark,
    pub to: AttachedTo,
    pub by: PersonId,
    pub at: DateTime<Utc>,
}

/// What of the task a file belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachedTo {
    Task,
    /// The lead unit's report with this number, from 1.
    Report(u32),
    /// The answer to the supervision notice with this number.
    Notice(String),
}

/// A file that somebody wants to attach; its bytes were looked at already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAttachment {
    pub id: AttachmentId,
    pub name: String,
    pub hash: String,
    pub bytes: u64,
    pub kind: AttachmentKind,
    pub mark: Mark,
    pub to: AttachedTo,
}

impl Attachment {
    /// Its name, or what stands for it where it is marked.
    pub fn name_said(&self) -> &str {
        match self.mark {
            Mark::None => &self.name,
            Mark::Internal | Mark::WorkSecret => MARKED_NAME,
        }
    }
}

impl Task {
    pub fn attachment(&self, id: AttachmentId) -> Option<&Attachment> {
        self.attachments.iter().find(|known| known.id == id)
    }

    /// A file of the task as policies see it: marked as the task or higher.
    pub fn row_of(&self, file: &Attachment) -> Row {
        match self.row() {
            Row::Task(mut row) => {
                row.mark = row.mark.max(file.mark);
                Row::Task(row)
            }
            other => other,
        }
    }

    /// The right that attaching a file there needs.
    pub fn right_to_attach(to: &AttachedTo) -> Right {
        match to {
            AttachedTo::Task => Right::AttachFile,
            AttachedTo::Report(_) => Right::FeedBackAsLead,
            AttachedTo::Notice(_) => Right::AcknowledgeNotice,
        }
    }

    /// Whether a file can be attached there now, otherwise why not.
    pub fn can_attach(&self, to: &AttachedTo) -> Result<(), Refusal> {
        self.require_not_over()?;
        if self.attachments.len() >= FILES_LIMIT {
            let sentence = format!(
                "一个事项最多放 {FILES_LIMIT} 个附件，请先删去不要的，或把材料合成一个文件。"
            );
            return Err(Refusal::state("too_many_files", "FLOW-05", sentence));
        }
        match to {
            AttachedTo::Task => Ok(()),
            AttachedTo::Report(number) => self.can_attach_to_report(*number),
            AttachedTo::Notice(number) => {
                let mut notices = self.notices.iter();
                match notices.any(|notice| notice.number == *number) {
                    true => Ok(()),
                    false => Err(Refusal::input("to", "FLOW-08", "没有这份督办通知书。")),
                }
            }
        }
    }

    fn can_attach_to_report(&self, number: u32) -> Result<(), Refusal> {
        if self.closing().is_some() {
            let sentence = "已申请办结，正在审定，反馈的附件不再增减。";
            return Err(Refusal::state("closing_pending", "FLOW-05", sentence));
        }
        match &self.last_feedback {
            Some(report) if number == self.feedbacks && !report.sent_back => Ok(()),
            _ => Err(Refusal::state(
                "not_last_report",
                "FLOW-05",
                "附件只能加到最近一次反馈；反馈被退回的，请在新的反馈里选附件。",
            )),
        }
    }

    /// The event that attaches a file, or why it may not be.
    pub fn attach(&self, new: NewAttachment) -> Result<TaskEvent, Refusal> {
        self.can_attach(&new.to)?;
        if new.bytes == 0 || new.bytes > attachments::BYTES_LIMIT {
            return Err(Refusal::input(
                "file",
                "FLOW-05",
                "文件是空的，或者超过 20 MB 的上限。没有保存。",
            ));
        }
        let mut known = self.attachments.iter();
        if let Some(known) = known.find(|known| known.hash == new.hash && known.to == new.to) {
            let sentence = format!(
                "这个文件已经传过，就是“{}”，没有再存一份。",
                known.name_said()
            );
            return Err(Refusal::state("file_known", "FLOW-05", sentence));
        }
        Ok(TaskEvent::FileAdded {
            file: new.id,
            name: new.name,
            hash: new.hash,
            bytes: new.bytes,
            kind: new.kind,
            mark: new.mark,
            to: new.to,
        })
    }

    /// Why the person may not take the file away again, if so: who attached it may, until the
    /// report it belongs to is built upon.
    pub fn can_detach(&self, file: &Attachment, ctx: &Context<'_>) -> Result<(), Refusal> {
        self.require_not_over()?;
        if file.by != ctx.actor.person {
            return Err(Refusal::authority(
                "not_own_file",
                "FLOW-05",
                "附件只能由上传的人删除。",
            ));
        }
        let built_upon = match file.to {
            AttachedTo::Report(number) => number != self.feedbacks,
            AttachedTo::Task | AttachedTo::Notice(_) => false,
        };
        let judged = |closing: &Closing| file.at <= closing.at;
        if built_upon || self.closing().is_some_and(judged) {
            return Err(Refusal::state(
                "file_in_use",
                "FLOW-05",
                "附件所在的反馈已经采用，或者已申请办结，不能再删。",
            ));
        }
        Ok(())
    }

    /// The event that takes a file away, or why it may not be.
    pub fn detach(&self, id: AttachmentId, ctx: &Context<'_>) -> Result<TaskEvent, Refusal> {
        let Some(file) = self.attachment(id) else {
            return Err(Refusal::state("no_file", "FLOW-05", "这个附件已经删除。"));
        };
        self.can_detach(file, ctx)?;
        Ok(TaskEvent::FileRemoved { file: id })
    }

    /// Gives the files that a report names their names; refused where one is not of the task.
    pub(super) fn name_files(&self, evidence: &mut [Evidence]) -> Result<(), Refusal> {
        for piece in evidence {
            if let Evidence::File { file, name } = piece {
                let Some(known) = self.attachment(*file) else {
                    let sentence = "有一个附件已经删除，请重新选择。";
                    return Err(Refusal::input("evidence", "FLOW-05", sentence));
                };
                known.name_said().clone_into(name);
            }
        }
        Ok(())
    }

    pub(super) fn apply_attached(&mut self, file: Attachment) {
        if file.to == AttachedTo::Report(self.feedbacks)
            && let Some(report) = &mut self.last_feedback
        {
            report.evidence.push(Evidence::File {
                file: file.id,
                name: file.name_said().to_owned(),
            });
        }
        self.attachments.push(file);
    }

    pub(super) fn apply_detached(&mut self, id: AttachmentId) {
        self.attachments.retain(|known| known.id != id);
        if let Some(report) = &mut self.last_feedback {
            let other =
                |piece: &Evidence| !matches!(piece, Evidence::File { file, .. } if *file == id);
            report.evidence.retain(other);
        }
    }

    /// The files that the latest report names belong to it from now on.
    pub(super) fn apply_named(&mut self, evidence: &[Evidence]) {
        for piece in evidence {
            if let Evidence::File { file, .. } = piece
                && let Some(known) = self.attachments.iter_mut().find(|known| known.id == *file)
            {
                known.to = AttachedTo::Report(self.feedbacks);
            }
        }
    }
}

/// The row of an event.
pub(super) fn attached(
    (id, name, hash): (AttachmentId, &str, &str),
    (bytes, kind, mark): (u64, AttachmentKind, Mark),
    to: &AttachedTo,
    by: &Signed,
) -> Attachment {
    Attachment {
        id,
        name: name.to_owned(),
        hash: hash.to_owned(),
        bytes,
        kind,
        mark,
        to: to.clone(),
        by: by.person,
        at: by.at,
    }
}
