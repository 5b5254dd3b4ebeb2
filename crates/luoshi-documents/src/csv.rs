//! Tables as text with separators.

use crate::error::ReadError;
use crate::format::Format;
use crate::limits::Budget;
use crate::tables::{Cell, Table, on_one_line};

/// What may stand between two cells.
const SEPARATORS: [char; 3] = [',', '\t', ';'];
/// Lines by which the separator is told.
const HEAD: usize = 20;

/// Reads a decoded text with separators as a table.
pub(crate) fn read(text: &str, budget: &Budget<'_>) -> Result<String, ReadError> {
    let text = text.trim_start_matches('\u{feff}');
    let separator = separator(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut table = Table::default();
    let mut record = csv::StringRecord::new();
    let broken = |_malformed| ReadError::Broken {
        format: Format::Csv,
    };
    while reader.read_record(&mut record).map_err(broken)? {
        let cells = record.iter().map(|field| Cell {
            text: on_one_line([field]),
            ..Cell::blank()
        });
        table.push(cells.collect(), budget)?;
    }
    let mut text = String::new();
    for line in table.lines() {
        budget.write(line.len() + 1)?;
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

fn separator(text: &str) -> char {
    let head = || text.lines().take(HEAD);
    let count = |sign: char| head().map(|line| line.matches(sign).count()).sum::<usize>();
    let mut best = ',';
    for sign in SEPARATORS {
        if count(sign) > count(best) {
            best = sign;
        }
    }
    best
}
