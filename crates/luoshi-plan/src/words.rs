//! Fixed word lists that are asked for at the start or the end of a text.

use std::collections::HashMap;

/// A list of words, grouped by their first and last characters.
#[derive(Debug)]
pub(crate) struct Words {
    all: Vec<&'static str>,
    by_first: HashMap<char, Vec<&'static str>>,
    by_last: HashMap<char, Vec<&'static str>>,
}

impl Words {
    /// Takes the words apart at blanks.
    pub(crate) fn new(list: &'static str) -> Self {
        let all: Vec<&'static str> = list.split_whitespace().collect();
        let mut by_first: HashMap<char, Vec<&'static str>> = HashMap::new();
        let mut by_last: HashMap<char, Vec<&'static str>> = HashMap::new();
        for word in &all {
            if let Some(first) = word.chars().next() {
                by_first.entry(first).or_default().push(word);
            }
            if let Some(last) = word.chars().next_back() {
                by_last.entry(last).or_default().push(word);
            }
        }
        Self {
            all,
            by_first,
            by_last,
        }
    }

    /// Whether a text begins with one of the words.
    pub(crate) fn start(&self, text: &str) -> bool {
        let group = text.chars().next().and_then(|c| self.by_first.get(&c));
        group.is_some_and(|words| words.iter().any(|w| text.starts_with(w)))
    }

    /// Whether a text ends with one of the words.
    pub(crate) fn end(&self, text: &str) -> bool {
        let group = text.chars().next_back().and_then(|c| self.by_last.get(&c));
        group.is_some_and(|words| words.iter().any(|w| text.ends_with(w)))
    }

    /// Whether a text has one of the words in it.
    pub(crate) fn within(&self, text: &str) -> bool {
        self.all.iter().any(|w| text.contains(w))
    }
}
