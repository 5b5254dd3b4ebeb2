//! What the outline says about the sentences of each node.

use crate::classify::{self, Theme};
use crate::clean::cut;
use crate::outline::Node;

/// Which nodes lay down standing norms: all of a document of norms, else those that a title says.
pub(super) fn norms_below(text: &str, nodes: &[Node], all: bool) -> Vec<bool> {
    let mut norms: Vec<bool> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let above = node
            .parent
            .and_then(|p| norms.get(p))
            .copied()
            .unwrap_or(all);
        norms.push(above || classify::sets_norms(cut(text, node.title.clone())));
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

/// The theme of each node: its own title's, else that of the node above.
pub(super) fn themes(text: &str, nodes: &[Node]) -> Vec<Theme> {
    let mut themes: Vec<Theme> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let above = node
            .parent
            .and_then(|p| themes.get(p))
            .copied()
            .unwrap_or(Theme::Measures);
        let own = classify::theme(cut(text, node.title.clone()));
        themes.push(match (own, above) {
            (Some(Theme::Measures) | None, above) => above,
            (Some(own), _) => own,
        });
    }
    themes
}
