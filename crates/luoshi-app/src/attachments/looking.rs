//! Looking at a file before it is taken: its name, its sort, and a mark at its head (SYS-05).

use std::time::Duration;

use luoshi_documents::attached::{self, Odd, Sort};
use luoshi_documents::limits::Limits;
use luoshi_domain::attachments::{AttachmentKind, ContentKey, clean_name, ending};
use luoshi_domain::ids::BureauId;
use luoshi_domain::marks::Mark;
use luoshi_domain::refusals::Refusal;

use crate::secrecy;

/// How long the text of a document may take to read; what takes longer is not looked through.
const READING: Duration = Duration::from_secs(5);

/// A file that may be taken.
pub(super) struct Looked {
    pub(super) name: String,
    pub(super) kind: AttachmentKind,
    /// What stands at the head of the document.
    pub(super) mark: Mark,
    pub(super) key: ContentKey,
    pub(super) bytes: Vec<u8>,
}

/// Looks at a file; blocks the thread for some seconds at most.
pub(super) fn look(bureau: BureauId, sent: &str, bytes: Vec<u8>) -> Result<Looked, Refusal> {
    let kind = kind(attached::sort(&bytes).map_err(odd)?);
    let name = clean_name(sent)
        .ok_or_else(|| refused("文件没有名称，没有保存。请先给文件起个名字，再传一次。"))?;
    let ending = ending(&name);
    if !kind.endings().contains(&ending.as_str()) {
        let usual = kind.endings().first().copied().unwrap_or_default();
        let sentence = format!(
            "“{name}”的内容是{}，与文件名的后缀不符，没有保存。请确认没有选错文件，把后缀改为 .{usual} 后再传。",
            kind.label()
        );
        return Err(refused(sentence));
    }
    let mark = head(kind, &name, &bytes)?;
    Ok(Looked {
        name,
        kind,
        mark,
        key: ContentKey::of(bureau, &bytes),
        bytes,
    })
}

/// The mark at the head of a document whose text can be read; a state secret is refused.
fn head(kind: AttachmentKind, name: &str, bytes: &[u8]) -> Result<Mark, Refusal> {
    let read = matches!(
        kind,
        AttachmentKind::Docx | AttachmentKind::Pdf | AttachmentKind::Text
    );
    if !read {
        return Ok(Mark::None);
    }
    let limits = Limits {
        time: READING,
        ..Limits::default()
    };
    match luoshi_documents::read(bytes, name, &limits) {
        Ok(document) => secrecy::take_in(&document.text),
        // Pictures of pages and the like: nothing can be said of them.
        Err(_unread) => Ok(Mark::None),
    }
}

fn kind(sort: Sort) -> AttachmentKind {
    match sort {
        Sort::Pdf => AttachmentKind::Pdf,
        Sort::Docx => AttachmentKind::Docx,
        Sort::Doc => AttachmentKind::Doc,
        Sort::Xlsx => AttachmentKind::Xlsx,
        Sort::Xls => AttachmentKind::Xls,
        Sort::Pptx => AttachmentKind::Pptx,
        Sort::Ppt => AttachmentKind::Ppt,
        Sort::Ofd => AttachmentKind::Ofd,
        Sort::Jpeg => AttachmentKind::Jpeg,
        Sort::Png => AttachmentKind::Png,
        Sort::Webp => AttachmentKind::Webp,
        Sort::Mp4 => AttachmentKind::Mp4,
        Sort::Text => AttachmentKind::Text,
        Sort::Zip => AttachmentKind::Zip,
    }
}

fn odd(odd: Odd) -> Refusal {
    refused(match odd {
        Odd::Empty => "没有选择文件，或者文件是空的。没有保存。".to_owned(),
        Odd::Markup => {
            "网页、脚本和矢量图不能作附件，没有保存。请另存为 PDF 或图片后再传。".to_owned()
        }
        Odd::Encrypted => "文件加了密码，没有保存。请去掉密码，另存一份后再传。".to_owned(),
        Odd::Unknown => format!(
            "这种文件不能作附件，没有保存。可以传的有：{}。",
            AttachmentKind::all_endings().join("、")
        ),
    })
}

fn refused(sentence: impl Into<String>) -> Refusal {
    Refusal::input("file", "FLOW-05", sentence)
}
