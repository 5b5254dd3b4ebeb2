//! What the outline says about the sentences of each node.

use std::ops::Range;

use crate::classify::{self, Theme};
use crate::clean::cut;
use crate::outline::Node;

use super::moved;

/// What makes each node lay down standing norms: the document's title, or a heading; `None` where nothing does.
pub(super) fn norms_below(
    text: &str,
    nodes: &[Node],
    all: Option<&Range<usize>>,
) -> Vec<Option<Range<usize>>> {
    let mut norms: Vec<Option<Range<usize>>> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let above = match node.parent {
            Some(parent) => norms.get(parent).cloned().flatten(),
            None => all.cloned(),
        };
        let own = || classify::sets_norms(cut(text, node.title.clone()));
        norms.push(above.or_else(|| own().map(|word| moved(&word, node.title.start))));
    }
    norms
}

/// Which nodes have headings or items below them.
pub(super) fn has_items(nodes: &[Node]) -> Vec<bool> {
    let mut has = vec![false; nodes.len()];
    for node in nodes {
        if let Some(slot) = node.parent.and_then(|p| has.get_mut(p)) {
            *slot = true;
        }
    }
    has
}

/// What a heading says about the sentences below it, and the words that say it.
#[derive(Debug, Clone)]
pub(super) struct Themed {
    pub(super) theme: Theme,
    pub(super) word: Range<usize>,
}

impl Default for Themed {
    fn default() -> Self {
        Self {
            theme: Theme::Measures,
            word: 0..0,
        }
    }
}

/// The theme of each node: its own title's, else that of the node above.
pub(super) fn themes(text: &str, nodes: &[Node]) -> Vec<Themed> {
    let mut themes: Vec<Themed> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let own = classify::theme(cut(text, node.title.clone()));
        themes.push(match own {
            Some((theme, word)) if theme != Theme::Measures => Themed {
                theme,
                word: moved(&word, node.title.start),
            },
            _ => {
                let above = node.parent.and_then(|p| themes.get(p));
                above.cloned().unwrap_or_default()
            }
        });
    }
    themes
}
