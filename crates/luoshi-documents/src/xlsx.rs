//! Excel files: each sheet a table.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};

use crate::error::ReadError;
use crate::format::Format;
use crate::limits::Budget;
use crate::package::Package;
use crate::tables::{Cell, Table, WIDTH, on_one_line};
use crate::workbook::{ReadPage, ReadRow};

/// What a damaged Excel file is answered with.
const BROKEN: ReadError = ReadError::Broken {
    format: Format::Xlsx,
};

/// Most sheets of a file that are taken as tables.
const SHEETS: usize = 64;

/// Cells with text by row and column; what a sheet claims to measure is not believed.
type Grid = BTreeMap<u32, BTreeMap<u32, String>>;

/// Reads the text of an Excel file, hidden sheets left out.
pub(crate) fn read(bytes: &[u8], budget: &Budget<'_>) -> Result<String, ReadError> {
    let mut book = open(bytes, budget)?;
    let names = visible(&book);
    let mut sheets = Vec::new();
    for name in names {
        let mut grid = cells(&mut book, &name, budget)?;
        let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let lines = table(&mut grid, &merged, budget)?.lines();
        if !lines.is_empty() {
            sheets.push((name, lines));
        }
    }
    let several = sheets.len() > 1;
    let mut text = String::new();
    for (name, lines) in sheets {
        // Names that the program gave say nothing.
        let given = !name.starts_with("Sheet") && !name.starts_with("工作表");
        let name = Some(name).filter(|_| several && given);
        for line in name.into_iter().chain(lines) {
            budget.write(line.len() + 1)?;
            text.push_str(&line);
            text.push('\n');
        }
    }
    Ok(text)
}

/// The texts of the visible sheets, or of the first one, row by row; a row ends with its last text.
pub(crate) fn pages(
    bytes: &[u8],
    budget: &Budget<'_>,
    first: bool,
) -> Result<Vec<ReadPage>, ReadError> {
    let mut book = open(bytes, budget)?;
    let names = visible(&book).into_iter();
    let mut pages = Vec::new();
    for name in names.take(if first { 1 } else { SHEETS }) {
        let mut page = ReadPage {
            name,
            rows: Vec::new(),
        };
        for (row, cells) in cells(&mut book, &page.name, budget)? {
            let mut texts = Vec::new();
            for (column, text) in cells {
                let column = usize::try_from(column).unwrap_or(WIDTH).min(WIDTH);
                texts.resize(column, String::new());
                texts.push(text);
            }
            page.rows.push(ReadRow {
                number: row.saturating_add(1),
                cells: texts,
            });
        }
        pages.push(page);
    }
    Ok(pages)
}

fn open<'b>(bytes: &'b [u8], budget: &Budget<'_>) -> Result<Xlsx<Cursor<&'b [u8]>>, ReadError> {
    // The library unpacks whole parts, so all of them are measured first.
    Package::open(bytes, Format::Xlsx, budget)?.check_all()?;
    let book = Xlsx::new(Cursor::new(bytes)).map_err(|_malformed| BROKEN)?;
    budget.check_time()?;
    Ok(book)
}

/// The names of the sheets that a reader sees, in their order.
fn visible(book: &Xlsx<Cursor<&[u8]>>) -> Vec<String> {
    let sheets = book.sheets_metadata().iter();
    let visible = sheets.filter(|sheet| {
        sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet
    });
    visible.map(|sheet| sheet.name.clone()).collect()
}

fn cells(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    budget: &Budget<'_>,
) -> Result<Grid, ReadError> {
    let mut grid = Grid::new();
    let mut reader = book
        .worksheet_cells_reader(name)
        .map_err(|_malformed| BROKEN)?;
    let codes: Vec<String> = reader
        .styles()
        .iter()
        .map(|style| match &style.number_format {
            Some(format) => format.format_code.clone(),
            None => String::new(),
        })
        .collect();
    loop {
        budget.step()?;
        let next = reader
            .next_cell_with_style_id()
            .map_err(|_malformed| BROKEN)?;
        let Some((cell, style)) = next else {
            return Ok(grid);
        };
        let (row, column) = cell.get_position();
        if usize::try_from(column).is_ok_and(|column| column >= WIDTH) {
            continue;
        }
        let code = codes.get(style).map_or("", String::as_str);
        let text = written(cell.get_value(), code);
        if !text.is_empty() {
            budget.write(text.len() + size_of::<String>())?;
            grid.entry(row).or_default().insert(column, text);
        }
    }
}

/// Rows with their merged cells; a cell merged downwards is repeated, one merged across is wide.
fn table(grid: &mut Grid, merged: &[Dimensions], budget: &Budget<'_>) -> Result<Table, ReadError> {
    let mut wide: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for area in merged {
        let (top, left) = area.start;
        let (bottom, right) = area.end;
        budget.step()?;
        let text = grid.get(&top).and_then(|row| row.get(&left)).cloned();
        let Some(text) = text.filter(|_| bottom >= top && right >= left) else {
            continue;
        };
        for (row, cells) in grid.range_mut(top..=bottom) {
            if *row > top {
                budget.write(text.len() + size_of::<String>())?;
                cells.entry(left).or_insert_with(|| text.clone());
            }
            wide.insert((*row, left), right - left + 1);
        }
    }
    let mut table = Table::default();
    for (row, cells) in grid {
        let mut line = Vec::new();
        let mut at = 0;
        for (column, text) in cells {
            if *column < at {
                continue;
            }
            let gap = usize::try_from(*column - at).unwrap_or(0).min(WIDTH);
            line.extend(std::iter::repeat_n(Cell::blank(), gap));
            let columns = wide.get(&(*row, *column)).copied().unwrap_or(1);
            at = column.saturating_add(columns);
            line.push(Cell {
                text: std::mem::take(text),
                columns: usize::try_from(columns).unwrap_or(1),
                goes_on: false,
            });
        }
        table.push(line, budget)?;
    }
    Ok(table)
}

/// A value as a person reads it on the sheet; `code` is its number format.
fn written(value: &DataRef<'_>, code: &str) -> String {
    match value {
        DataRef::DateTime(moment) => date(moment, code),
        DataRef::DateTimeIso(moment) => moment.split('T').next().unwrap_or_default().to_owned(),
        DataRef::Float(number) if code.contains('%') => format!("{}%", number_text(number * 100.0)),
        DataRef::Float(number) => number_text(*number),
        DataRef::Bool(yes) => if *yes { "是" } else { "否" }.to_owned(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
        DataRef::SharedString(text) => on_one_line([*text]),
        other => on_one_line([Data::from(other.clone()).to_string().as_str()]),
    }
}

/// A number without the dust of its binary form and without a trailing `.0`.
fn number_text(number: f64) -> String {
    let rounded = format!("{number:.6}");
    rounded
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

/// A day, or a month where the format shows no day, or a time of day.
fn date(moment: &ExcelDateTime, code: &str) -> String {
    let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
    let shows = |sign: char| code.is_empty() || code.to_lowercase().contains(sign);
    if moment.is_duration() || moment.as_f64() < 1.0 {
        return format!("{hour}:{minute:02}");
    }
    if !shows('d') && shows('y') {
        return format!("{year}年{month}月");
    }
    format!("{year}年{month}月{day}日")
}
