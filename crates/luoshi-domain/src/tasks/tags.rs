//! Tags: words of the bureau's own that tasks are found by (SYS-04). They change nothing of a task.

use crate::refusals::Refusal;
use crate::tasks::{Task, TaskEvent};

/// Longest tag, in characters.
pub const TAG_LENGTH: usize = 12;

/// Most tags of one task.
pub const TAGS_LIMIT: usize = 8;

/// Most tags that one bureau uses.
pub const BUREAU_LIMIT: usize = 200;

/// What parts the tags of a line that somebody types.
const PARTS: [char; 7] = ['、', '，', ',', '；', ';', ' ', '\u{3000}'];

/// Tags put on and taken off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tagging {
    pub on: Vec<String>,
    pub off: Vec<String>,
}

impl Tagging {
    /// As typed: words parted by commas or spaces.
    pub fn of(on: &str, off: &str) -> Self {
        let words = |text: &str| {
            let words = text.split(PARTS).map(str::trim);
            let words = words.filter(|word| !word.is_empty());
            words.map(str::to_owned).collect()
        };
        Self {
            on: words(on),
            off: words(off),
        }
    }

    /// What is wrong with it, whatever task it is for.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.on.is_empty() && self.off.is_empty() {
            return Err(input(
                "tags",
                "请写上要加的标签，或者选出要取下的标签。".into(),
            ));
        }
        for tag in &self.on {
            let length = tag.chars().count();
            if length > TAG_LENGTH {
                let sentence = format!("标签“{tag}”有 {length} 字，最多 {TAG_LENGTH} 字。");
                return Err(input("tags", sentence));
            }
            let unusable = |letter: char| letter.is_control() || PARTS.contains(&letter);
            if tag.is_empty() || tag.trim() != tag || tag.contains(unusable) {
                return Err(input(
                    "tags",
                    format!("标签“{tag}”里不能有空格和标点分隔。"),
                ));
            }
            if self.off.contains(tag) {
                return Err(input("tags", format!("标签“{tag}”不能同时加上和取下。")));
            }
        }
        Ok(())
    }
}

impl Task {
    /// Puts tags on and takes tags off, in whatever state the task is.
    pub fn tag(&self, tagging: &Tagging) -> Result<Vec<TaskEvent>, Refusal> {
        tagging.check()?;
        let mut on = tagging.on.clone();
        on.sort_unstable();
        on.dedup();
        on.retain(|tag| !self.tags.contains(tag));
        let mut off = tagging.off.clone();
        off.sort_unstable();
        off.dedup();
        off.retain(|tag| self.tags.contains(tag));
        if on.is_empty() && off.is_empty() {
            let sentence = "标签没有变动。";
            return Err(Refusal::state("tags_unchanged", "SYS-04", sentence));
        }
        let count = self.tags.len() + on.len() - off.len();
        if count > TAGS_LIMIT {
            let sentence = format!("加上以后有 {count} 个标签，一件事项最多 {TAGS_LIMIT} 个。");
            return Err(Refusal::state("too_many_tags", "SYS-04", sentence));
        }
        Ok(vec![TaskEvent::Tagged { on, off }])
    }

    /// Folds a tagging into the task.
    pub(super) fn apply_tagged(&mut self, on: &[String], off: &[String]) {
        self.tags.retain(|tag| !off.contains(tag));
        self.tags.extend_from_slice(on);
        self.tags.sort_unstable();
        self.tags.dedup();
    }
}

fn input(code: &'static str, sentence: String) -> Refusal {
    Refusal::input(code, "SYS-04", sentence)
}
