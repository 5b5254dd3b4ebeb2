//! What is open while a document is read.

use crate::tables::{Cell, Table, WIDTH};
use crate::xml::Element;

/// Something that is open.
pub(super) enum Frame {
    Paragraph(Paragraph),
    Table {
        table: Table,
        /// Lines of tables inside it.
        after: Vec<String>,
        /// Lines as they are if it is only a frame.
        plain: Vec<String>,
    },
    Row {
        cells: Vec<Cell>,
        dropped: bool,
    },
    Cell {
        cell: Cell,
        paragraphs: Vec<String>,
        after: Vec<String>,
    },
    /// A text box.
    Box(Vec<String>),
    Note {
        is_end: bool,
        id: String,
        lines: Vec<String>,
    },
}

/// A paragraph while it is read.
#[derive(Default)]
pub(super) struct Paragraph {
    pub(super) text: String,
    pub(super) style: Option<String>,
    pub(super) list: Option<u32>,
    pub(super) level: Option<usize>,
    /// Text boxes and notes, which come after it.
    pub(super) after: Vec<String>,
    /// Whether its end was deleted, so that the next paragraph goes on.
    pub(super) joined: bool,
}

impl Frame {
    /// What a property says about it; `inside` where it stands inside another property.
    pub(super) fn property(&mut self, name: &str, element: &Element<'_>, inside: bool) {
        let value = || element.value("val");
        match self {
            Self::Paragraph(paragraph) => match name {
                "pStyle" => paragraph.style = value(),
                "numId" => paragraph.list = element.number("val"),
                "ilvl" => paragraph.level = element.number("val"),
                "del" if inside => paragraph.joined = true,
                _ => {}
            },
            Self::Row { cells, dropped } => match name {
                "del" => *dropped = true,
                "gridBefore" => {
                    let count = element.number::<usize>("val").unwrap_or(0).min(WIDTH);
                    cells.extend(std::iter::repeat_n(Cell::blank(), count));
                }
                _ => {}
            },
            Self::Cell { cell, .. } => match name {
                "gridSpan" => cell.columns = element.number("val").unwrap_or(1),
                "vMerge" => cell.goes_on = value().is_none_or(|kind| kind == "continue"),
                _ => {}
            },
            _ => {}
        }
    }
}

/// Whether a property that is on by being there is switched off.
pub(super) fn is_off(element: &Element<'_>) -> bool {
    matches!(element.value("val").as_deref(), Some("0" | "false" | "off"))
}
