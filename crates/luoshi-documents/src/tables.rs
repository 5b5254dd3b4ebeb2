//! Tables of any format as lines that the plan reader understands.
//!
//! The contract: one line a row, `| cell | cell |`, the row with the names of the columns first; a
//! merged cell is repeated in every row that it covers, so that each row is whole; a row of one cell
//! over the whole width is a heading inside the table; what stands above the names of the columns
//! becomes lines of text before the table.

use crate::error::ReadError;
use crate::limits::Budget;

/// Columns beyond this are dropped; no plan has them, hostile files claim thousands.
pub(crate) const WIDTH: usize = 64;
/// Rows among which the names of the columns are looked for.
const HEAD: usize = 12;

/// A cell before merged cells are spread out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    /// Its text on one line.
    pub(crate) text: String,
    /// Columns that it covers, at least 1.
    pub(crate) columns: usize,
    /// Whether it goes on from the cell above.
    pub(crate) goes_on: bool,
}

impl Cell {
    /// An empty cell of one column.
    pub(crate) fn blank() -> Self {
        Self {
            columns: 1,
            ..Self::default()
        }
    }
}

/// A table while its rows come in.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Slot>>,
    width: usize,
}

/// One place in the grid.
#[derive(Debug, Clone, Default)]
struct Slot {
    text: String,
    /// Columns that the cell covers, 0 for those it covers beyond its first.
    columns: usize,
}

impl Table {
    /// Adds a row; cells that go on take the text from the row above.
    pub(crate) fn push(&mut self, cells: Vec<Cell>, budget: &Budget<'_>) -> Result<(), ReadError> {
        let above = self.rows.last();
        let mut row: Vec<Slot> = Vec::new();
        for cell in cells {
            if row.len() >= WIDTH {
                break;
            }
            let at = row.len();
            let text = if cell.goes_on && cell.text.is_empty() {
                let over = above.and_then(|above| above.get(at));
                over.map(|slot| slot.text.clone()).unwrap_or_default()
            } else {
                cell.text
            };
            let columns = cell.columns.clamp(1, WIDTH - at);
            budget.write(text.len() + columns * size_of::<Slot>())?;
            row.push(Slot { text, columns });
            row.resize(at + columns, Slot::default());
        }
        self.width = self.width.max(row.len());
        self.rows.push(row);
        Ok(())
    }

    /// Whether it is only a frame around text.
    pub(crate) fn is_frame(&self) -> bool {
        self.width <= 1
    }

    /// The lines of the table, one a row.
    pub(crate) fn lines(mut self) -> Vec<String> {
        self.tidy();
        let head = self.head();
        let rows = self.rows.iter().enumerate();
        rows.map(|(i, row)| line(row, i < head, self.width))
            .collect()
    }

    /// Drops empty rows and columns, and makes one row of names that stand in two.
    fn tidy(&mut self) {
        self.rows
            .retain(|row| row.iter().any(|slot| !slot.text.is_empty()));
        let head = self.head();
        let (Some(first), Some(second)) = (self.rows.get(head), self.rows.get(head + 1)) else {
            return;
        };
        let grouped = first.iter().any(|slot| slot.columns > 1);
        let names = |row: &[Slot]| row.iter().all(|slot| slot.text.chars().nth(12).is_none());
        if grouped && filled(second) >= 2 && names(first) && names(second) {
            let mut joined = second.clone();
            joined.resize(first.len().max(second.len()), Slot::default());
            for (slot, over) in joined.iter_mut().zip(first) {
                if slot.text.is_empty() {
                    slot.text.clone_from(&over.text);
                }
            }
            self.rows.remove(head);
            if let Some(row) = self.rows.get_mut(head) {
                *row = joined;
            }
        }
        let used: Vec<bool> = (0..self.width)
            .map(|at| {
                let mut slots = self.rows.iter().filter_map(|row| row.get(at));
                slots.any(|slot| !slot.text.is_empty())
            })
            .collect();
        for row in &mut self.rows {
            let mut at = 0;
            row.retain(|_| {
                at += 1;
                used.get(at - 1) == Some(&true)
            });
        }
        self.width = used.iter().filter(|used| **used).count();
    }

    /// Rows above the names of the columns: a title, whom it is from.
    fn head(&self) -> usize {
        let rows = || self.rows.iter().take(HEAD);
        let widest = rows().map(|row| filled(row)).max().unwrap_or(0);
        if widest < 2 {
            return 0;
        }
        rows()
            .position(|row| filled(row) * 5 >= widest * 3 && filled(row) >= 2)
            .unwrap_or(0)
    }
}

fn filled(row: &[Slot]) -> usize {
    row.iter().filter(|slot| !slot.text.is_empty()).count()
}

fn line(row: &[Slot], above: bool, width: usize) -> String {
    let texts = || row.iter().map(|slot| slot.text.as_str());
    if above {
        let said: Vec<&str> = texts().filter(|text| !text.is_empty()).collect();
        return said.join("　");
    }
    let mut line = String::from("|");
    let mut only = texts().filter(|text| !text.is_empty());
    if let (Some(text), None) = (only.next(), only.next()) {
        line.push_str(&format!(" {text} |"));
        return line;
    }
    for at in 0..width {
        let text = row.get(at).map_or("", |slot| slot.text.as_str());
        line.push(' ');
        line.push_str(text);
        line.push_str(" |");
    }
    line
}

/// Paragraphs of a cell as one line, without the mark that ends cells.
pub(crate) fn on_one_line<'t>(paragraphs: impl IntoIterator<Item = &'t str>) -> String {
    let mut text = String::new();
    for paragraph in paragraphs {
        for line in paragraph.lines() {
            join(&mut text, line);
        }
    }
    text
}

fn join(text: &mut String, line: &str) {
    let line = line.trim();
    if line.is_empty() {
        return;
    }
    if let Some(last) = text.chars().next_back() {
        let closed = "。；;，,、：:！？（(".contains(last);
        if !closed && starts_with_number(line) {
            // Items of a list in a cell end without a mark; they are things of their own.
            text.push('；');
        } else if !closed && !joins_words(last, line) {
            text.push(' ');
        }
    }
    for c in line.chars() {
        text.push(match c {
            '|' | '｜' => '/',
            c if c.is_control() => ' ',
            c => c,
        });
    }
}

/// Whether a line break stands inside a word: a narrow cell breaks names anywhere.
fn joins_words(last: char, line: &str) -> bool {
    let han = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}');
    han(last)
        && line
            .chars()
            .next()
            .is_some_and(|c| "）。；，、".contains(c))
}

/// Whether a line begins with the number of a list.
pub(crate) fn starts_with_number(line: &str) -> bool {
    let rest = line.trim_start_matches(['(', '（']);
    let digits =
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    digits.len() < rest.len() && digits.starts_with(['.', '．', '、', ')', '）'])
        || rest.starts_with(|c| matches!(c, '①'..='⑳'))
}
