//! Web pages: the text of the article, without what stands around it.

mod main_text;
mod tree;

use encoding_rs::{Encoding, GB18030, GBK};

use crate::error::ReadError;
use crate::format::ends;
use crate::limits::Budget;
use crate::tables::{Cell, Table, on_one_line};
use crate::text;

use tree::{Content, Id, Tree};

/// Bytes at the start in which a page says its encoding.
const HEAD: usize = 4096;
/// Rows and columns that one cell may cover.
const SPAN: usize = 500;

/// Whether a file is a web page, by its first bytes or its name.
pub(crate) fn is_page(bytes: &[u8], file_name: &str) -> bool {
    let head = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = head.trim_ascii_start();
    let starts = |mark: &str| {
        let start = head.get(..mark.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(mark.as_bytes())
    };
    let holds = |mark: &[u8]| memchr::memmem::find(head, mark).is_some();
    let marks = ["<!doctype html", "<html", "<head", "<meta", "<body"];
    marks.iter().any(|mark| starts(mark))
        || ((starts("<?xml") || starts("<!--")) && holds(b"<html"))
        || ends(file_name, &["html", "htm", "shtml", "xhtml"])
}

/// Reads the text of a web page, with the name of its encoding.
pub(crate) fn read(bytes: &[u8], budget: &Budget<'_>) -> Result<(String, &'static str), ReadError> {
    let (page, encoding) = decode(bytes)?;
    let tree = Tree::read(&page, budget)?;
    let main = main_text::find(&tree);
    let mut lines = Lines {
        tree: &tree,
        budget,
        lines: Vec::new(),
        open: String::new(),
    };
    lines.children(main.node)?;
    lines.end_line()?;
    let mut text = String::new();
    let begins: String = lines.lines.iter().take(12).map(String::as_str).collect();
    if let Some(title) = main.title
        && !squeezed(&begins).contains(&squeezed(&title))
    {
        text = title + "\n";
    }
    for line in lines.lines {
        text.push_str(&line);
        text.push('\n');
    }
    Ok((text, encoding))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The page in the encoding that it names, else as any text.
fn decode(bytes: &[u8]) -> Result<(String, &'static str), ReadError> {
    let named = Encoding::for_bom(bytes)
        .map(|(encoding, _)| encoding)
        .or_else(|| named_encoding(bytes));
    let Some(encoding) = named else {
        let decoded = text::decode_text(bytes)?;
        return Ok((decoded.text, decoded.encoding));
    };
    // Pages say the older name and use the newer signs.
    let encoding = if encoding == GBK { GB18030 } else { encoding };
    let (page, encoding, _) = encoding.decode(bytes);
    let wrong = page.chars().filter(|c| *c == '\u{fffd}').count();
    if wrong * 100 > page.len() {
        // The name is wrong; the bytes decide.
        let decoded = text::decode_text(bytes)?;
        return Ok((decoded.text, decoded.encoding));
    }
    Ok((page.into_owned(), encoding.name()))
}

fn named_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut head = bytes.get(..HEAD).unwrap_or(bytes).to_vec();
    head.make_ascii_lowercase();
    let after = |mark: &[u8]| {
        let at = memchr::memmem::find(&head, mark)? + mark.len();
        head.get(at..)
    };
    let rest = after(b"charset=").or_else(|| after(b"encoding="))?;
    let rest = rest.trim_ascii_start();
    let label: Vec<u8> = rest
        .iter()
        .skip_while(|b| matches!(b, b'"' | b'\''))
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        .copied()
        .collect();
    Encoding::for_label(&label)
}

/// Lines of text while the tree is walked; the tree is never deeper than its limit.
struct Lines<'t, 'b> {
    tree: &'t Tree,
    budget: &'t Budget<'b>,
    lines: Vec<String>,
    open: String,
}

impl Lines<'_, '_> {
    fn children(&mut self, id: Id) -> Result<(), ReadError> {
        let mut number = self.tree.attribute_number(id, "start").unwrap_or(1);
        let numbered = self.tree.name(id) == "ol";
        for child in self.tree.children(id) {
            self.budget.step()?;
            match self.tree.content(*child) {
                Content::Text(text) => self.say(text),
                Content::Element(_) if main_text::is_dropped(self.tree, *child) => {}
                Content::Element(_) => {
                    if numbered && self.tree.name(*child) == "li" {
                        self.end_line()?;
                        self.open = format!("{number}. ");
                        number = number.saturating_add(1);
                        self.children(*child)?;
                        self.end_line()?;
                    } else {
                        self.element(*child)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn element(&mut self, id: Id) -> Result<(), ReadError> {
        match self.tree.name(id) {
            "br" => self.end_line(),
            "table" if !main_text::is_layout(self.tree, id) => {
                self.end_line()?;
                self.table(id)
            }
            name if tree::is_block(name) => {
                self.end_line()?;
                self.children(id)?;
                self.end_line()
            }
            _ => self.children(id),
        }
    }

    /// Text with its blanks as a browser shows them.
    fn say(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\u{ad}' | '\u{200b}' | '\u{feff}' => {}
                ' ' | '\t' | '\n' | '\r' | '\u{c}' => {
                    if !self.open.is_empty() && !self.open.ends_with([' ', '\u{a0}', '\u{3000}']) {
                        self.open.push(' ');
                    }
                }
                c => {
                    if is_wide(c) && self.open.ends_with(' ') {
                        // A line break in the source between two signs of full width is no blank.
                        let kept = self.open.trim_end_matches(' ');
                        if kept.chars().next_back().is_some_and(is_wide) {
                            self.open.truncate(kept.len());
                        }
                    }
                    self.open.push(c);
                }
            }
        }
    }

    fn end_line(&mut self) -> Result<(), ReadError> {
        let line = std::mem::take(&mut self.open);
        let line = line.trim();
        if !line.is_empty() {
            self.budget.write(line.len() + 1)?;
            self.lines.push(line.to_owned());
        }
        Ok(())
    }

    /// A table as rows; tables inside its cells come after it.
    fn table(&mut self, id: Id) -> Result<(), ReadError> {
        let mut table = Table::default();
        // Cells that still cover rows below, by column.
        let mut covering: Vec<Option<(usize, Cell)>> = Vec::new();
        let mut inner = Vec::new();
        for row in self.tree.rows(id) {
            let mut cells = Vec::new();
            let mut at = 0;
            let mut own = self.tree.cells(row).into_iter();
            loop {
                self.budget.step()?;
                if let Some(Some((left, cell))) = covering.get_mut(at) {
                    cells.push(cell.clone());
                    let columns = cell.columns;
                    *left -= 1;
                    if *left == 0
                        && let Some(slot) = covering.get_mut(at)
                    {
                        *slot = None;
                    }
                    at += columns;
                    continue;
                }
                let Some(cell) = own.next() else { break };
                let span = |name: &str| {
                    let count = self.tree.attribute_number(cell, name).unwrap_or(1);
                    usize::try_from(count).unwrap_or(1).clamp(1, SPAN)
                };
                let (columns, rows) = (span("colspan"), span("rowspan"));
                let mut inside = Lines {
                    tree: self.tree,
                    budget: self.budget,
                    lines: Vec::new(),
                    open: String::new(),
                };
                inside.children(cell)?;
                inside.end_line()?;
                let (rest, said): (Vec<String>, Vec<String>) = inside
                    .lines
                    .into_iter()
                    .partition(|line| line.starts_with('|'));
                inner.extend(rest);
                let made = Cell {
                    text: on_one_line(said.iter().map(String::as_str)),
                    columns,
                    goes_on: false,
                };
                if rows > 1 {
                    if covering.len() <= at {
                        covering.resize(at + 1, None);
                    }
                    if let Some(slot) = covering.get_mut(at) {
                        *slot = Some((rows - 1, made.clone()));
                    }
                }
                cells.push(made);
                at += columns;
            }
            table.push(cells, self.budget)?;
        }
        if table.is_frame() {
            return self.children(id);
        }
        for line in table.lines().into_iter().chain(inner) {
            self.budget.write(line.len() + 1)?;
            self.lines.push(line);
        }
        Ok(())
    }
}

/// Signs of full width, between which no blank stands.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '“' | '”')
}
