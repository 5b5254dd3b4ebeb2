//! Fixed word lists that are asked for at the start or the end of a text, or within it.

use std::sync::OnceLock;

use daachorse::CharwiseDoubleArrayAhoCorasick as Automaton;

/// A list of words, grouped by their first and last characters.
pub(crate) struct Words {
    by_first: Groups,
    by_last: Groups,
    list: &'static str,
    /// Made when first asked for: it takes much more room than the list.
    anywhere: OnceLock<Automaton<u32>>,
}

/// Words by one of their characters, in the order of the characters.
type Groups = Vec<(char, Vec<&'static str>)>;

impl Words {
    /// Takes the words apart at blanks.
    pub(crate) fn new(list: &'static str) -> Self {
        let all = || list.split_whitespace();
        Self {
            by_first: grouped(all(), |word| word.chars().next()),
            by_last: grouped(all(), |word| word.chars().next_back()),
            list,
            anywhere: OnceLock::new(),
        }
    }

    /// Whether a text begins with one of the words.
    pub(crate) fn start(&self, text: &str) -> bool {
        let words = group(&self.by_first, text.chars().next());
        words.iter().any(|w| text.starts_with(w))
    }

    /// Whether a text ends with one of the words.
    pub(crate) fn end(&self, text: &str) -> bool {
        let words = group(&self.by_last, text.chars().next_back());
        words.iter().any(|w| text.ends_with(w))
    }

    /// Whether a text has one of the words in it.
    ///
    /// # Panics
    /// When a word stands in the list twice, or there is none.
    pub(crate) fn within(&self, text: &str) -> bool {
        let anywhere = self.anywhere.get_or_init(|| {
            let words = self.list.split_whitespace();
            Automaton::new(words).expect("the list is a constant without repetitions")
        });
        anywhere.find_iter(text).next().is_some()
    }
}

fn grouped(words: impl Iterator<Item = &'static str>, by: fn(&str) -> Option<char>) -> Groups {
    let mut groups = Groups::new();
    for word in words {
        let Some(c) = by(word) else { continue };
        match groups.binary_search_by_key(&c, |(known, _)| *known) {
            Ok(at) => groups[at].1.push(word),
            Err(at) => groups.insert(at, (c, vec![word])),
        }
    }
    groups
}

fn group(groups: &Groups, c: Option<char>) -> &[&'static str] {
    let at = c.and_then(|c| groups.binary_search_by_key(&c, |(known, _)| *known).ok());
    at.and_then(|at| groups.get(at))
        .map_or(&[], |(_, words)| words)
}
