//! Words looked for in what tasks say, Chinese ones too, where no space parts the words.
//!
//! A text is cut into pairs of neighbouring letters, so that a word of two characters (督查) is
//! found anywhere in a sentence. The pairs only narrow the search; whether a text holds the word
//! itself is looked at afterwards, so that nothing is found by chance.

use std::collections::BTreeSet;

use crate::tasks::{Task, TaskEvent};

/// Most words of one search.
pub const WORDS_LIMIT: usize = 8;

/// Stands for the step of the names of a task's files.
pub const FILES_STEP: i64 = i64::MAX;

/// Letters shown on each side of a hit.
const AROUND: usize = 24;

/// Between the lines of a text, each of which says another thing.
const LINE: char = '\n';

/// A text as it is kept to be searched: on one line for each thing said, wide letters and digits
/// as narrow ones.
fn plain(text: &str) -> String {
    let letters = text.chars().map(|letter| match letter {
        '\u{ff01}'..='\u{ff5e}' if is_wide_alphanumeric(letter) => narrow(letter),
        _ if letter.is_control() => ' ',
        _ => letter,
    });
    // The databases fold the case of these letters only; all others are folded here.
    let folded = letters.flat_map(|letter| {
        let keeps = letter.is_ascii();
        let lower = (!keeps).then(|| letter.to_lowercase());
        keeps
            .then_some(letter)
            .into_iter()
            .chain(lower.into_iter().flatten())
    });
    folded.collect::<String>().trim().to_owned()
}

fn narrow(letter: char) -> char {
    u32::from(letter)
        .checked_sub(0xfee0)
        .and_then(char::from_u32)
        .unwrap_or(letter)
}

fn is_wide_alphanumeric(letter: char) -> bool {
    narrow(letter).is_ascii_alphanumeric()
}

/// The pairs of neighbouring letters, and the last letter of each run, in order and joined by
/// spaces: what an index holds of a text.
pub fn grams(text: &str) -> String {
    let mut grams = BTreeSet::new();
    for run in runs(text) {
        for (place, letter) in run.iter().enumerate() {
            let next = run.get(place + 1);
            grams.insert(std::iter::once(letter).chain(next).collect::<String>());
        }
    }
    grams.into_iter().collect::<Vec<_>>().join(" ")
}

/// The letters and digits that stand together, small letters for capital ones.
fn runs(text: &str) -> Vec<Vec<char>> {
    let mut runs = vec![Vec::new()];
    for letter in text.chars() {
        match (letter.is_alphanumeric(), runs.last_mut()) {
            (true, Some(run)) => run.push(letter.to_ascii_lowercase()),
            (false, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
            _ => {}
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// What is looked for: words of which a text must hold each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// The words of a query, parted by spaces.
    pub fn of(query: &str) -> Self {
        let query = plain(query);
        let words = query.split_whitespace().map(str::to_ascii_lowercase);
        Self(words.take(WORDS_LIMIT).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each word in small letters.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// What an index must hold of a word: whole pairs, and single letters that a pair or the end
    /// of a run begins with.
    pub fn pairs(word: &str) -> (Vec<String>, Vec<String>) {
        let (mut whole, mut begun) = (Vec::new(), Vec::new());
        for run in runs(word) {
            match run.as_slice() {
                [letter] => begun.push(letter.to_string()),
                run => whole.extend(run.windows(2).map(|pair| pair.iter().collect::<String>())),
            }
        }
        (whole, begun)
    }

    /// The first hit in a text with what stands around it on its line.
    pub fn hit(&self, text: &str) -> Option<Hit> {
        let mut lines = (0u32..).zip(text.split(LINE));
        lines.find_map(|(line, said)| {
            let letters: Vec<char> = said.chars().collect();
            let low: Vec<char> = letters.iter().map(char::to_ascii_lowercase).collect();
            let (at, length) = self.iter().find_map(|word| {
                let word: Vec<char> = word.chars().collect();
                let at = low.windows(word.len()).position(|part| part == word)?;
                Some((at, word.len()))
            })?;
            let (begin, end) = (at.saturating_sub(AROUND), at + length);
            let until = (end + AROUND).min(letters.len());
            let part = |from: usize, to: usize| -> String {
                letters.get(from..to).unwrap_or_default().iter().collect()
            };
            Some(Hit {
                line,
                before: format!("{}{}", if begin > 0 { "…" } else { "" }, part(begin, at)),
                word: part(at, end),
                after: format!(
                    "{}{}",
                    part(end, until),
                    if until < letters.len() { "…" } else { "" }
                ),
            })
        })
    }
}

/// Where a word stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The line of the text, from 0.
    pub line: u32,
    pub before: String,
    pub word: String,
    pub after: String,
}

/// A text of a task in which something may be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The version of the step that said it; 0 for what the task itself says.
    pub step: i64,
    pub text: String,
}

/// What a line of a task's own text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Title,
    Target,
    Requirement,
    Number,
    /// A document with its number, and a clause of it.
    Source,
    /// The name of a file.
    File,
}

impl Line {
    /// What stands on the line with this number.
    pub fn of(line: u32) -> Self {
        match line {
            0 => Self::Title,
            1 => Self::Target,
            2 => Self::Requirement,
            3 => Self::Number,
            _ => Self::Source,
        }
    }
}

/// What the task itself says, a [`Line`] each.
pub fn own_text(task: &Task) -> Said {
    let details = &task.details;
    let mut lines = vec![
        plain(&details.title),
        plain(&details.target),
        plain(&details.requirement),
        plain(task.number.as_deref().unwrap_or_default()),
    ];
    for origin in std::iter::once(&task.origin).chain(&task.sources) {
        let number = origin.number.as_deref().unwrap_or_default();
        lines.push(plain(&format!("{} {number}", origin.document)));
        lines.push(plain(&origin.quote));
    }
    Said {
        step: 0,
        text: lines.join("\n"),
    }
}

/// The names of a task's files, one on a line; nothing of those that are marked (SYS-05).
pub fn files_text(task: &Task) -> Option<Said> {
    let unmarked = task.attachments.iter().filter(|file| file.mark.is_none());
    let names: Vec<String> = unmarked.map(|file| plain(&file.name)).collect();
    (!names.is_empty()).then(|| Said {
        step: FILES_STEP,
        text: names.join("\n"),
    })
}

/// What a step of a task reports; nothing of most, and nothing of what leaders wrote (SYS-03).
pub fn step_text(step: i64, event: &TaskEvent) -> Option<Said> {
    let parts: [&str; 3] = match event {
        TaskEvent::FedBack {
            text,
            difficulties,
            suggestions,
            ..
        } => [text, difficulties, suggestions],
        TaskEvent::CoUnitReported { text, .. } | TaskEvent::Deployed { text, .. } => [text, "", ""],
        TaskEvent::ClosingApplied { summary, evidence } => [summary, evidence, ""],
        _ => return None,
    };
    let lines = parts.map(plain);
    Some(Said {
        step,
        text: lines.join("\n").trim_end().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_into_pairs() {
        assert_eq!(grams("督查通报"), "报 查通 督查 通报");
        assert_eq!(grams("G307，督查"), "07 30 7 g3 查 督查");
        assert_eq!(grams("　，。"), "");
    }

    #[test]
    fn every_part_of_a_text_is_held_by_its_pairs() {
        let text = "完成G307线66.7公里改造，按月通报。";
        let held: Vec<String> = grams(text).split(' ').map(str::to_owned).collect();
        let letters: Vec<char> = text.chars().collect();
        for from in 0..letters.len() {
            for to in from + 1..=letters.len() {
                let part: String = letters[from..to].iter().collect();
                let (whole, begun) = Words::pairs(&part);
                assert!(whole.iter().all(|gram| held.contains(gram)), "{part}");
                let begins = |one: &String| held.iter().any(|gram| gram.starts_with(one));
                assert!(begun.iter().all(begins), "{part}");
            }
        }
    }

    #[test]
    fn a_query_is_parted_by_spaces_and_narrowed() {
        let words = Words::of(" 督查　ＰＰＰ ！ ");
        assert_eq!(words.iter().collect::<Vec<_>>(), ["督查", "ppp", "！"]);
        assert!(Words::of(" \n").is_empty());
    }

    #[test]
    fn a_hit_is_shown_with_what_stands_around_it() {
        let text = format!(
            "题目\n{}开展PPP督查，随后通报{}",
            "前".repeat(30),
            "后".repeat(30)
        );
        let hit = Words::of("ppp督查").hit(&text).unwrap();
        assert_eq!(hit.line, 1);
        assert_eq!(hit.word, "PPP督查");
        assert!(hit.before.starts_with('…') && hit.before.ends_with("开展"));
        assert!(hit.after.starts_with("，随后通报") && hit.after.ends_with('…'));
        assert_eq!(Words::of("督办").hit(&text), None);
    }
}
