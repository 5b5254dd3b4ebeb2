//! The elements of a page as a tree, as far as reading needs them.
//!
//! Nodes lie in one list and point to each other by number. What is nested beyond the limit is put
//! beside its like at the limit, so that walking the tree never goes deeper.

use html5gum::{DefaultEmitter, Token, Tokenizer};

use crate::error::ReadError;
use crate::limits::Budget;

/// Number of a node.
pub(super) type Id = usize;

/// A page.
pub(super) struct Tree {
    nodes: Vec<Node>,
}

struct Node {
    content: Content,
    children: Vec<Id>,
}

/// What a node is.
pub(super) enum Content {
    Text(String),
    Element(Element),
}

/// An element with the attributes that are looked at.
#[derive(Default)]
pub(super) struct Element {
    pub(super) name: String,
    /// Class, id and role, in small letters.
    pub(super) labels: String,
    pub(super) hidden: bool,
    /// Other attributes: `start`, `colspan`, `rowspan`, `name`, `content`.
    attributes: Vec<(&'static str, String)>,
}

/// Elements that have no end.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Elements that begin and end a line.
const BLOCKS: [&str; 38] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "td",
    "tr",
    "ul",
];

const KEPT: [&str; 5] = ["start", "colspan", "rowspan", "name", "content"];

pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name) || matches!(name, "th" | "thead" | "tfoot")
}

impl Tree {
    pub(super) fn read(page: &str, budget: &Budget<'_>) -> Result<Self, ReadError> {
        let mut tree = Self {
            nodes: vec![Node {
                content: Content::Element(Element::default()),
                children: Vec::new(),
            }],
        };
        let mut open: Vec<Id> = vec![0];
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let tokens = Tokenizer::new_with_emitter(page, emitter);
        for token in tokens {
            budget.step()?;
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => {
                    let name = String::from_utf8_lossy(&tag.name).into_owned();
                    tree.end_implied(&mut open, &name);
                    let mut element = Element {
                        name,
                        ..Element::default()
                    };
                    for (key, value) in &tag.attributes {
                        element.keep(
                            &String::from_utf8_lossy(key),
                            &String::from_utf8_lossy(value),
                        );
                    }
                    let void = VOID.contains(&element.name.as_str());
                    let id = tree.add(&open, Content::Element(element), budget)?;
                    if !void && open.len() < budget.limits.depth {
                        open.push(id);
                    }
                }
                Token::EndTag(tag) => {
                    let name = String::from_utf8_lossy(&tag.name);
                    let mut found = None;
                    for (at, id) in open.iter().enumerate().skip(1).rev() {
                        let other = tree.name(*id);
                        if other == name {
                            found = Some(at);
                            break;
                        }
                        // What is open around a table is not closed inside it.
                        if other == "table" {
                            break;
                        }
                    }
                    if let Some(at) = found {
                        open.truncate(at);
                    }
                }
                Token::String(text) => {
                    let text = String::from_utf8_lossy(&text).into_owned();
                    tree.add(&open, Content::Text(text), budget)?;
                }
                _ => {}
            }
        }
        Ok(tree)
    }

    fn add(&mut self, open: &[Id], content: Content, budget: &Budget<'_>) -> Result<Id, ReadError> {
        let held = match &content {
            Content::Text(text) => text.len(),
            Content::Element(element) => element.labels.len(),
        };
        budget.write(held / 2 + size_of::<Node>() / 2)?;
        let id = self.nodes.len();
        self.nodes.push(Node {
            content,
            children: Vec::new(),
        });
        let parent = open.last().copied().unwrap_or(0);
        if let Some(parent) = self.nodes.get_mut(parent) {
            parent.children.push(id);
        }
        Ok(id)
    }

    /// Closes what an element ends by beginning: a row the row before, a block a paragraph.
    fn end_implied(&self, open: &mut Vec<Id>, name: &str) {
        let (ended, within): (&[&str], &[&str]) = match name {
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tr" => (&["tr"], &["table"]),
            "thead" | "tbody" | "tfoot" => (&["thead", "tbody", "tfoot"], &["table"]),
            "li" => (&["li"], &["ul", "ol"]),
            "dd" | "dt" => (&["dd", "dt"], &["dl"]),
            "option" => (&["option"], &["select"]),
            name if is_block(name) => (&["p"], &["td", "th", "div", "table", "li"]),
            _ => return,
        };
        for (at, id) in open.iter().enumerate().skip(1).rev() {
            let other = self.name(*id);
            if ended.contains(&other) {
                open.truncate(at);
                return;
            }
            if within.contains(&other) {
                return;
            }
        }
    }

    /// All nodes, those outside before those inside.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn content(&self, id: Id) -> &Content {
        const NOTHING: &Content = &Content::Text(String::new());
        self.nodes.get(id).map_or(NOTHING, |node| &node.content)
    }

    pub(super) fn element(&self, id: Id) -> Option<&Element> {
        match self.content(id) {
            Content::Element(element) => Some(element),
            Content::Text(_) => None,
        }
    }

    pub(super) fn children(&self, id: Id) -> &[Id] {
        self.nodes.get(id).map_or(&[], |node| &node.children)
    }

    /// The name of an element; empty for text.
    pub(super) fn name(&self, id: Id) -> &str {
        self.element(id).map_or("", |element| &element.name)
    }

    pub(super) fn attribute(&self, id: Id, name: &str) -> Option<&str> {
        let attributes = &self.element(id)?.attributes;
        let found = attributes.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn attribute_number(&self, id: Id, name: &str) -> Option<u32> {
        self.attribute(id, name)?.trim().parse().ok()
    }

    /// The rows of a table, not those of tables inside it.
    pub(super) fn rows(&self, table: Id) -> Vec<Id> {
        let mut rows = Vec::new();
        for child in self.children(table) {
            match self.name(*child) {
                "tr" => rows.push(*child),
                "thead" | "tbody" | "tfoot" => {
                    let inner = self.children(*child).iter();
                    rows.extend(inner.filter(|row| self.name(**row) == "tr"));
                }
                _ => {}
            }
        }
        rows
    }

    pub(super) fn cells(&self, row: Id) -> Vec<Id> {
        let cells = self.children(row).iter();
        cells
            .filter(|cell| matches!(self.name(**cell), "td" | "th"))
            .copied()
            .collect()
    }
}

impl Element {
    fn keep(&mut self, key: &str, value: &str) {
        match key {
            "class" | "id" | "role" => {
                self.labels.push(' ');
                self.labels.extend(value.chars().take(200));
                self.labels.make_ascii_lowercase();
            }
            "hidden" => self.hidden = true,
            "style" => {
                let mut style: String = value.chars().filter(|c| !c.is_whitespace()).collect();
                style.make_ascii_lowercase();
                self.hidden |= style.contains("display:none");
            }
            key => {
                if let Some(known) = KEPT.iter().find(|known| **known == key) {
                    self.attributes.push((known, value.to_owned()));
                }
            }
        }
    }
}
