//! Words that point to classified matters, and marks at the head of a document (SYS-05).
//!
//! State secrets must not be entered at all. Who types one of the words is asked to look again and
//! to say that it is none.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use luoshi_domain::marks::Mark;
use luoshi_domain::refusals::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Who;

/// What a refusal because of a word has as its code.
pub const CODE: &str = "secrecy_words";

/// Where the mark of a document stands, in lines from the beginning.
const HEAD_LINES: usize = 12;

const WORDS: &str = include_str!("../../../packs/secrecy.toml");

#[derive(Deserialize)]
struct WordList {
    words: Vec<Word>,
}

#[derive(Deserialize)]
struct Word {
    word: String,
    /// Longer words in which it means nothing.
    #[serde(default)]
    but: Vec<String>,
}

/// What the head of a document says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    Open,
    /// For the inside of the bureau.
    Internal,
    /// A state secret: 绝密, 机密 or 秘密.
    Secret,
}

/// Reads the line of the mark where GB/T 9704 puts it; letters may be set apart, and a term may
/// follow after a star. A title that speaks of secrecy is none.
pub fn head(text: &str) -> Head {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    for line in lines.take(HEAD_LINES) {
        let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        let (mark, term) = line.split_once('★').unwrap_or((&line, ""));
        match mark {
            "绝密" | "机密" | "秘密" => return Head::Secret,
            "内部" | "内部资料" | "内部文件" | "内部使用" | "内部资料注意保存"
                if term.is_empty() =>
            {
                return Head::Internal;
            }
            _ => {}
        }
    }
    Head::Open
}

/// The words in `text`, each once.
fn words_in(text: &str) -> impl Iterator<Item = &'static str> {
    static LIST: LazyLock<WordList> =
        LazyLock::new(|| toml::from_str(WORDS).unwrap_or(WordList { words: Vec::new() }));
    LIST.words.iter().filter_map(move |known| {
        let all = text.matches(known.word.as_str()).count();
        let harmless: usize = known
            .but
            .iter()
            .map(|longer| text.matches(longer.as_str()).count())
            .sum();
        (all > harmless).then_some(known.word.as_str())
    })
}

/// Refuses what was typed with one of the words in it, unless the person says that it is not
/// classified. What stood there `before` was asked about then.
pub(crate) fn check<E: Serialize, B: Serialize>(
    who: &Who,
    events: &[E],
    before: &B,
) -> Result<(), Refusal> {
    if who.unclassified {
        return Ok(());
    }
    let mut found = BTreeSet::new();
    let typed = serde_json::to_value(events).unwrap_or_default();
    each_text(&typed, &mut |text| found.extend(words_in(text)));
    if found.is_empty() {
        return Ok(());
    }
    let known = serde_json::to_value(before).unwrap_or_default();
    each_text(&known, &mut |text| {
        for word in words_in(text) {
            found.remove(word);
        }
    });
    if found.is_empty() {
        return Ok(());
    }
    let words: Vec<String> = found.iter().map(|word| format!("“{word}”")).collect();
    let sentence = format!(
        "所填内容中有{}。涉密内容不得录入本系统，请删去；核对后确认不涉密的，点“不涉密，仍要提交”。尚未保存。",
        words.join("、")
    );
    Err(Refusal::input(CODE, "SYS-05", sentence))
}

fn each_text(value: &Value, look: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => look(text),
        Value::Array(values) => values.iter().for_each(|value| each_text(value, look)),
        Value::Object(fields) => fields.values().for_each(|value| each_text(value, look)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What a document is marked with when it comes in, or why it may not.
pub(crate) fn take_in(text: &str) -> Result<Mark, Refusal> {
    match head(text) {
        Head::Open => Ok(Mark::None),
        Head::Internal => Ok(Mark::Internal),
        Head::Secret => {
            let sentence =
                "文件首页标有密级。国家秘密不得录入本系统，请按保密规定处理。什么都没有保存。";
            Err(Refusal::input("state_secret", "SYS-05", sentence))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sys_05_the_word_list_can_be_read() {
        let list: WordList = toml::from_str(WORDS).unwrap();
        assert!(list.words.len() > 10);
        for known in &list.words {
            for longer in &known.but {
                assert!(longer.contains(&known.word), "{longer}");
            }
        }
    }

    #[test]
    fn sys_05_words_are_found_but_not_inside_harmless_ones() {
        let found = |text| words_in(text).collect::<Vec<_>>();
        assert_eq!(found("该件为机密，勿外传"), ["机密"]);
        assert_eq!(found("注意保护商业秘密和工作秘密"), Vec::<&str>::new());
        assert_eq!(found("商业秘密之外还有秘密"), ["秘密"]);
        assert_eq!(found("道路养护按期完成"), Vec::<&str>::new());
    }

    #[test]
    fn sys_05_a_mark_is_read_from_its_own_line_only() {
        assert_eq!(head("机 密★5年\n\n关于印发方案的通知"), Head::Secret);
        assert_eq!(head("000012\n秘密\n特急\n某局文件"), Head::Secret);
        assert_eq!(head("内部资料\n工作方案"), Head::Internal);
        assert_eq!(head("加强内部管理工作方案\n一、做好保密工作"), Head::Open);
        assert_eq!(head("关于做好秘密文件管理的通知"), Head::Open);
        let late = format!("{}机密", "正文\n".repeat(20));
        assert_eq!(head(&late), Head::Open);
    }
}
