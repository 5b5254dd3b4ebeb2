//! Paragraph styles: which number they give and whether they are a table of contents.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use crate::error::ReadError;
use crate::xml::{Node, Xml, local};

/// Styles by their id.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: HashMap<String, Style>,
    default: Option<String>,
}

/// What a style says about numbers.
#[derive(Debug, Default)]
struct Style {
    name: String,
    based_on: Option<String>,
    list: Option<u32>,
    level: Option<usize>,
}

impl Styles {
    pub(super) fn read<R: BufRead>(mut xml: Xml<'_, R>) -> Result<Self, ReadError> {
        let mut styles = Self::default();
        let mut open: Option<(String, Style)> = None;
        loop {
            match xml.next()? {
                Node::Open(element) => {
                    let name = local(element.name());
                    if name == "style" {
                        let id = element.value("styleId").unwrap_or_default();
                        let is_default =
                            matches!(element.value("default").as_deref(), Some("1" | "true"));
                        if is_default && element.value("type").as_deref() == Some("paragraph") {
                            styles.default = Some(id.clone());
                        }
                        open = Some((id, Style::default()));
                    }
                    let Some((_, style)) = &mut open else {
                        continue;
                    };
                    match name {
                        "name" => style.name = element.value("val").unwrap_or_default(),
                        "basedOn" => style.based_on = element.value("val"),
                        "numId" => style.list = element.number("val"),
                        "ilvl" => style.level = element.number("val"),
                        _ => {}
                    }
                }
                Node::Close(name) if local(name.name()) == "style" => {
                    if let Some((id, style)) = open.take() {
                        styles.by_id.insert(id, style);
                    }
                }
                Node::End => return Ok(styles),
                _ => {}
            }
        }
    }

    /// The list and level that a style gives, from itself or the styles below it.
    pub(super) fn list_of(&self, id: Option<&str>) -> Option<(u32, Option<usize>)> {
        self.chain(id)
            .find_map(|(_, style)| style.list.map(|list| (list, style.level)))
    }

    /// The ids of a style and those that it is based on, itself first.
    pub(super) fn ids<'s>(&'s self, id: Option<&str>) -> impl Iterator<Item = &'s str> {
        self.chain(id).map(|(id, _)| id)
    }

    /// Whether paragraphs of the style are entries of a table of contents.
    pub(super) fn is_contents(&self, id: Option<&str>) -> bool {
        let named = id.and_then(|id| self.by_id.get(id));
        named.is_some_and(|style| {
            let mut name = style.name.clone();
            name.make_ascii_lowercase();
            name.starts_with("toc ") && name != "toc heading"
        })
    }

    fn chain<'s>(&'s self, id: Option<&str>) -> impl Iterator<Item = (&'s str, &'s Style)> {
        let first = id.or(self.default.as_deref());
        let mut next = first.and_then(|id| self.by_id.get_key_value(id));
        let mut seen = HashSet::new();
        std::iter::from_fn(move || {
            let (id, style) = next?;
            if !seen.insert(id.as_str()) {
                return None;
            }
            let below = style.based_on.as_ref();
            next = below.and_then(|below| self.by_id.get_key_value(below));
            Some((id.as_str(), style))
        })
    }
}
