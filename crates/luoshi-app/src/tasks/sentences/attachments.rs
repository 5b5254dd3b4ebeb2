//! What files of a task say to a person.

use luoshi_domain::marks::Mark;
use luoshi_domain::tasks::TaskEvent;
use luoshi_domain::tasks::attachments::AttachedTo;

use super::{Sentence, mark_said};

pub(super) fn event(event: &TaskEvent) -> Sentence {
    match event {
        TaskEvent::FileAdded {
            name,
            hash,
            bytes,
            kind,
            mark,
            to,
            ..
        } => {
            let headline = match mark {
                Mark::None => format!("添加附件：{name}"),
                mark => format!("添加附件（{}）", mark_said(*mark)),
            };
            Sentence::new(&headline)
                .with("归入", &place(to))
                .with("类型", &format!("{}，{}", kind.label(), size(*bytes)))
                .with("SM3", hash)
        }
        _ => Sentence::new("删除附件"),
    }
}

/// What a file belongs to.
pub fn place(to: &AttachedTo) -> String {
    match to {
        AttachedTo::Task => "事项".into(),
        AttachedTo::Report(number) => format!("第 {number} 次反馈"),
        AttachedTo::Notice(number) => format!("{number} 督办通知书的整改"),
    }
}

/// A size as people say it.
pub fn size(bytes: u64) -> String {
    const KB: u64 = 1000;
    const MB: u64 = 1_000_000;
    match bytes {
        ..KB => format!("{bytes} 字节"),
        KB..MB => format!("{} KB", bytes / KB),
        _ => format!("{}.{} MB", bytes / MB, bytes % MB / 100_000),
    }
}
