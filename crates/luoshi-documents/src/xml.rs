//! XML parts as a stream of events, without declarations and within limits.
//!
//! A document type declaration is refused: it is the door for entities that grow without end or
//! fetch other files, and no office program writes one.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesEnd, BytesStart, Event};

use crate::error::{Excess, ReadError};
use crate::limits::Budget;

/// A stream of events of one XML part.
pub(crate) struct Xml<'b, R> {
    reader: Reader<R>,
    buffer: Vec<u8>,
    depth: usize,
    budget: &'b Budget<'b>,
    broken: ReadError,
}

/// What stands next in the part; an empty element opens and closes.
pub(crate) enum Node<'x> {
    Open(Element<'x>),
    Close(Closed<'x>),
    Text(Cow<'x, str>),
    End,
}

/// An element that opens.
pub(crate) struct Element<'x>(BytesStart<'x>);

/// An element that closes.
pub(crate) struct Closed<'x>(BytesEnd<'x>);

impl<'b, R: BufRead> Xml<'b, R> {
    /// `broken` is the error for a part that is no XML.
    pub(crate) fn new(part: R, budget: &'b Budget<'b>, broken: ReadError) -> Self {
        let mut reader = Reader::from_reader(part);
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().allow_dangling_amp = true;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
            budget,
            broken,
        }
    }

    pub(crate) fn next(&mut self) -> Result<Node<'_>, ReadError> {
        self.budget.step()?;
        self.buffer.clear();
        let (budget, broken) = (self.budget, &self.broken);
        let event = self
            .reader
            .read_event_into(&mut self.buffer)
            .map_err(|_malformed| budget.broken_or(broken.clone()))?;
        Ok(match event {
            Event::Start(start) => {
                self.depth += 1;
                if self.depth > budget.limits.depth {
                    return Err(budget.excess(Excess::Depth));
                }
                Node::Open(Element(start))
            }
            Event::Empty(start) => Node::Open(Element(start)),
            Event::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                Node::Close(Closed(end))
            }
            Event::Text(text) => Node::Text(text.xml10_content()),
            Event::CData(text) => Node::Text(text.xml10_content()),
            Event::GeneralRef(name) => {
                let known = match name.resolve_char_ref() {
                    Ok(Some(c)) => Some(Cow::Owned(c.to_string())),
                    Ok(None) => resolve_predefined_entity(&name).map(Cow::Borrowed),
                    Err(_no_character) => None,
                };
                Node::Text(known.unwrap_or_default())
            }
            Event::DocType(_) => return Err(budget.excess(Excess::Declarations)),
            Event::Eof => Node::End,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Node::Text(Cow::Borrowed("")),
        })
    }
}

impl Element<'_> {
    /// The name as written, with its prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.name().0
    }

    /// The value of the attribute of this name, whatever its prefix.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let mut attributes = attributes.with_checks(false).flatten();
        let found = attributes.find(|a| local(a.key.0) == name)?;
        let value = found.normalized_value(quick_xml::XmlVersion::Implicit1_0);
        value.ok().map(Cow::into_owned)
    }

    /// The value of an attribute as a number.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.value(name)?.trim().parse().ok()
    }

    /// The prefix that the element gives to a namespace.
    pub(crate) fn prefix_of(&self, namespaces: &[&str]) -> Option<String> {
        let mut attributes = self.0.attributes();
        let mut attributes = attributes.with_checks(false).flatten();
        let found = attributes
            .find(|a| a.key.0.starts_with("xmlns") && namespaces.contains(&a.value.as_ref()))?;
        Some(match found.key.0.split_once(':') {
            Some((_, prefix)) => format!("{prefix}:"),
            None => String::new(),
        })
    }
}

impl Closed<'_> {
    /// The name as written, with its prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.name().0
    }
}

/// A name without its prefix.
pub(crate) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}
