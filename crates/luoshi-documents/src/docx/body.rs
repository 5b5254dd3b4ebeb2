//! The stream of a document's elements to lines of text.
//!
//! What is open (paragraphs, tables, cells, boxes, notes) stands on a stack of its own, so that deep
//! nesting costs memory that is counted and never the call stack.

use std::collections::HashMap;
use std::io::BufRead;

use crate::error::ReadError;
use crate::limits::Budget;
use crate::tables::{Cell, Table, on_one_line};
use crate::xml::{Element, Node, Xml, local};

use super::fields::{self, Fields};
use super::frames::{self, Frame, Paragraph};
use super::numbering::Numbering;
use super::styles::Styles;

/// The namespace of word processing, as it is usually and as the strict form has it.
const WORD: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];

/// Reads the parts of a document, notes before the text that points to them.
pub(super) struct Body<'b> {
    styles: &'b Styles,
    numbering: Numbering,
    budget: &'b Budget<'b>,
    text: String,
    stack: Vec<Frame>,
    fields: Fields,
    /// Notes by kind and number.
    notes: HashMap<(bool, String), String>,
    /// Names of open elements from the one that is passed over.
    skipped: usize,
    /// For each open choice of alternatives, whether one was taken.
    taken: Vec<bool>,
    /// Whether the content that comes next is a table of contents.
    contents: bool,
    /// A paragraph whose end was deleted, and how many frames are around it.
    carried: Option<(usize, String)>,
    in_text: bool,
    in_instruction: bool,
    in_properties: usize,
    hidden: bool,
}

impl<'b> Body<'b> {
    pub(super) fn new(styles: &'b Styles, numbering: Numbering, budget: &'b Budget<'b>) -> Self {
        Self {
            styles,
            numbering,
            budget,
            text: String::new(),
            stack: Vec::new(),
            fields: Fields::default(),
            notes: HashMap::new(),
            skipped: 0,
            taken: Vec::new(),
            contents: false,
            carried: None,
            in_text: false,
            in_instruction: false,
            in_properties: 0,
            hidden: false,
        }
    }

    /// All lines, each with its end.
    pub(super) fn text(self) -> String {
        self.text
    }

    /// Reads one part to its end.
    pub(super) fn read<R: BufRead>(&mut self, xml: &mut Xml<'_, R>) -> Result<(), ReadError> {
        let mut prefix = None;
        loop {
            match xml.next()? {
                Node::Open(element) => {
                    if prefix.is_none() {
                        let own = element.prefix_of(&WORD);
                        prefix = Some(own.unwrap_or_else(|| "w:".to_owned()));
                    }
                    if self.skipped > 0 {
                        self.skipped += 1;
                        continue;
                    }
                    let name = element.name();
                    match name.strip_prefix(prefix.as_deref().unwrap_or("w:")) {
                        Some(word) => self.open(word, &element)?,
                        None => self.open_foreign(name),
                    }
                }
                Node::Close(closed) => {
                    let name = closed.name();
                    if self.skipped > 0 {
                        self.skipped -= 1;
                        continue;
                    }
                    match name.strip_prefix(prefix.as_deref().unwrap_or("w:")) {
                        Some(word) => self.close(word)?,
                        None => self.close_foreign(name),
                    }
                }
                Node::Text(text) => {
                    if self.skipped > 0 {
                    } else if self.in_text {
                        self.say(&text);
                    } else if self.in_instruction {
                        self.fields.instruct(&text);
                    }
                }
                Node::End => break,
            }
        }
        self.settle()?;
        self.stack.clear();
        self.fields = Fields::default();
        self.skipped = 0;
        self.in_properties = 0;
        self.in_text = false;
        Ok(())
    }

    fn open(&mut self, name: &str, element: &Element<'_>) -> Result<(), ReadError> {
        match name {
            "p" => {
                let carried = self
                    .carried
                    .take_if(|(depth, _)| *depth == self.stack.len());
                let text = carried.map(|(_, text)| text).unwrap_or_default();
                self.stack.push(Frame::Paragraph(Paragraph {
                    text,
                    ..Paragraph::default()
                }));
            }
            "tbl" => {
                self.settle()?;
                self.stack.push(Frame::Table {
                    table: Table::default(),
                    after: Vec::new(),
                    plain: Vec::new(),
                });
            }
            "tr" => self.stack.push(Frame::Row {
                cells: Vec::new(),
                dropped: false,
            }),
            "tc" => self.stack.push(Frame::Cell {
                cell: Cell::blank(),
                paragraphs: Vec::new(),
                after: Vec::new(),
            }),
            "txbxContent" => self.stack.push(Frame::Box(Vec::new())),
            "footnote" | "endnote" => {
                if element.value("type").is_some_and(|kind| kind != "normal") {
                    self.skipped = 1;
                } else {
                    self.stack.push(Frame::Note {
                        is_end: name == "endnote",
                        id: element.value("id").unwrap_or_default(),
                        lines: Vec::new(),
                    });
                }
            }
            "pPr" | "rPr" | "trPr" | "tcPr" | "sdtPr" => self.in_properties += 1,
            "sectPr" | "tblPr" => self.skipped = 1,
            "r" => self.hidden = false,
            "t" => self.in_text = true,
            "instrText" => self.in_instruction = true,
            "fldChar" => {
                let kind = element.value("fldCharType").unwrap_or_default();
                self.fields.mark(&kind);
            }
            "fldSimple" if fields::is_dropped(&element.value("instr").unwrap_or_default()) => {
                self.skipped = 1;
            }
            "sdtContent" if std::mem::take(&mut self.contents) => self.skipped = 1,
            // The reading of a character above it, and what was deleted or moved away.
            "rt" | "moveFrom" | "delText" | "delInstrText" => self.skipped = 1,
            "footnoteReference" | "endnoteReference" => {
                let id = element.value("id").unwrap_or_default();
                let note = self.notes.get(&(name == "endnoteReference", id));
                let line = note.map(|note| format!("（注：{note}）"));
                if let (Some(line), Some(paragraph)) = (line, self.paragraph()) {
                    paragraph.after.push(line);
                }
            }
            _ if name.ends_with("PrChange") => self.skipped = 1,
            "del" if self.in_properties == 0 => self.skipped = 1,
            _ if self.in_properties > 0 && name == "docPartGallery" => {
                self.contents = element.value("val").as_deref() == Some("Table of Contents");
            }
            "vanish" | "webHidden" if self.in_properties == 1 => {
                self.hidden = !frames::is_off(element) && self.paragraph().is_some();
            }
            _ if self.in_properties > 0 => {
                let inside = self.in_properties > 1;
                if let Some(frame) = self.stack.last_mut() {
                    frame.property(name, element, inside);
                }
            }
            "tab" | "ptab" => self.say(" "),
            "br" | "cr" => self.say("\n"),
            "noBreakHyphen" => self.say("-"),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), ReadError> {
        match name {
            "p" => self.end_paragraph()?,
            "tbl" => self.end_table()?,
            "tr" => {
                let Some(Frame::Row { cells, dropped }) =
                    self.stack.pop_if(|f| matches!(f, Frame::Row { .. }))
                else {
                    return Ok(());
                };
                if let (Some(Frame::Table { table, .. }), false) = (self.stack.last_mut(), dropped)
                {
                    table.push(cells, self.budget)?;
                }
            }
            "tc" => {
                self.settle()?;
                self.end_cell();
            }
            "txbxContent" => {
                self.settle()?;
                if let Some(Frame::Box(lines)) = self.stack.pop_if(|f| matches!(f, Frame::Box(_))) {
                    match self.paragraph() {
                        Some(paragraph) => paragraph.after.extend(lines),
                        None => self.deliver(lines)?,
                    }
                }
            }
            "footnote" | "endnote" => {
                self.settle()?;
                if let Some(Frame::Note { is_end, id, lines }) =
                    self.stack.pop_if(|f| matches!(f, Frame::Note { .. }))
                {
                    let text = on_one_line(lines.iter().map(String::as_str));
                    if !text.is_empty() {
                        self.notes.insert((is_end, id), text);
                    }
                }
            }
            "pPr" | "rPr" | "trPr" | "tcPr" | "sdtPr" => {
                self.in_properties = self.in_properties.saturating_sub(1);
            }
            "r" => self.hidden = false,
            "t" => self.in_text = false,
            "instrText" => self.in_instruction = false,
            _ => {}
        }
        Ok(())
    }

    /// Alternatives and formulas; drawings hold text only in boxes of their own.
    fn open_foreign(&mut self, name: &str) {
        match local(name) {
            "AlternateContent" => self.taken.push(false),
            "Choice" | "Fallback" => {
                let taken = self.taken.last_mut();
                if taken.is_some_and(|taken| std::mem::replace(taken, true)) {
                    self.skipped = 1;
                }
            }
            "t" if name.starts_with("m:") => self.in_text = true,
            _ => {}
        }
    }

    fn close_foreign(&mut self, name: &str) {
        match local(name) {
            "AlternateContent" => {
                self.taken.pop();
            }
            "t" if name.starts_with("m:") => self.in_text = false,
            _ => {}
        }
    }

    fn paragraph(&mut self) -> Option<&mut Paragraph> {
        match self.stack.last_mut() {
            Some(Frame::Paragraph(paragraph)) => Some(paragraph),
            _ => None,
        }
    }

    fn say(&mut self, text: &str) {
        if self.hidden || !self.fields.shows() {
            return;
        }
        if let Some(paragraph) = self.paragraph() {
            // A soft hyphen is only a place where a line may break.
            paragraph
                .text
                .extend(text.chars().filter(|c| *c != '\u{ad}'));
        }
    }

    /// Hands over a paragraph whose end was deleted and that none goes on with.
    fn settle(&mut self) -> Result<(), ReadError> {
        match self.carried.take() {
            Some((_, text)) if !text.trim().is_empty() => self.deliver(vec![text]),
            _ => Ok(()),
        }
    }

    fn end_paragraph(&mut self) -> Result<(), ReadError> {
        let open = self.stack.pop_if(|f| matches!(f, Frame::Paragraph(_)));
        let Some(Frame::Paragraph(mut paragraph)) = open else {
            return Ok(());
        };
        if paragraph.joined && paragraph.after.is_empty() {
            self.carried = Some((self.stack.len(), paragraph.text));
            return Ok(());
        }
        let style = paragraph.style.as_deref();
        let mut lines = Vec::new();
        if !self.styles.is_contents(style) {
            let number = self.number(&paragraph);
            let text = std::mem::take(&mut paragraph.text);
            let text = text.trim_end();
            let in_cell = matches!(self.stack.last(), Some(Frame::Cell { .. }));
            if !text.trim().is_empty() {
                lines.push(number.unwrap_or_default() + text);
            } else if let (Some(number), true) = (number, in_cell) {
                // A column of running numbers holds nothing but them.
                lines.push(number.trim_end_matches([' ', '.', '．', '、']).to_owned());
            }
        }
        lines.append(&mut paragraph.after);
        self.deliver(lines)
    }

    /// The number that a paragraph shows by itself or by its style.
    fn number(&mut self, paragraph: &Paragraph) -> Option<String> {
        let style = paragraph.style.as_deref();
        let by_style = self.styles.list_of(style);
        let list = paragraph.list.or(by_style.map(|(list, _)| list))?;
        let level = paragraph.level.or_else(|| {
            let styled = self.numbering.level_of(list, self.styles.ids(style));
            styled.or(by_style.and_then(|(_, level)| level))
        });
        self.numbering.next(list, level.unwrap_or(0))
    }

    fn end_cell(&mut self) {
        let open = self.stack.pop_if(|f| matches!(f, Frame::Cell { .. }));
        let Some(Frame::Cell {
            mut cell,
            paragraphs,
            after: nested,
        }) = open
        else {
            return;
        };
        cell.text = on_one_line(paragraphs.iter().map(String::as_str));
        let mut frames = self.stack.iter_mut().rev();
        if let Some(Frame::Row { cells, .. }) = frames.next() {
            cells.push(cell);
        }
        if let Some(Frame::Table { after, plain, .. }) = frames.next() {
            plain.extend(paragraphs);
            plain.extend(nested.iter().cloned());
            after.extend(nested);
        }
    }

    fn end_table(&mut self) -> Result<(), ReadError> {
        let open = self.stack.pop_if(|f| matches!(f, Frame::Table { .. }));
        let Some(Frame::Table {
            table,
            mut after,
            plain,
        }) = open
        else {
            return Ok(());
        };
        if table.is_frame() {
            return self.deliver(plain);
        }
        let mut lines = table.lines();
        lines.append(&mut after);
        match self.stack.last_mut() {
            Some(Frame::Cell { after, .. }) => after.append(&mut lines),
            _ => self.deliver(lines)?,
        }
        Ok(())
    }

    /// Hands finished lines to what is around them.
    fn deliver(&mut self, lines: Vec<String>) -> Result<(), ReadError> {
        match self.stack.last_mut() {
            Some(Frame::Cell { paragraphs, .. }) => paragraphs.extend(lines),
            Some(Frame::Box(outer) | Frame::Note { lines: outer, .. }) => outer.extend(lines),
            Some(Frame::Paragraph(paragraph)) => paragraph.after.extend(lines),
            Some(Frame::Table { .. } | Frame::Row { .. }) => {}
            None => {
                for line in lines {
                    self.budget.write(line.len() + 1)?;
                    self.text.push_str(&line);
                    self.text.push('\n');
                }
            }
        }
        Ok(())
    }
}
