//! Excel files out and back: sheets with sized columns, ready to print on A4.
//!
//! Every cell is text: nothing that a person typed can become a formula.

mod streams;

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rust_xlsxwriter::{
    DataValidation, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::error::ReadError;
use crate::format::Format as FileFormat;
use crate::limits::{Budget, Limits};
use crate::xlsx;

pub use streams::{Stream, spool};

/// Most characters of a cell that Excel takes.
const CELL_LIMIT: usize = 32_000;

/// The list's name in the workbook.
const SHEET_NAME: &str = "台账";

/// The row of the headings, from 0; the title stands above.
const HEAD_ROW: u32 = 2;

/// A list to write.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub title: String,
    /// What the list is, under the title.
    pub note: String,
    pub columns: Vec<Column>,
    /// One text for each column.
    pub rows: Vec<Vec<String>>,
}

/// A sheet among several.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// On the tab; of at most 31 characters.
    pub name: &'static str,
    pub sheet: Sheet,
    /// Rows below the last one that are made ready to be filled in.
    pub spare: u32,
}

/// What stands on one sheet of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadPage {
    /// On the tab.
    pub name: String,
    /// From the top; rows without text are left out.
    pub rows: Vec<ReadRow>,
}

/// A row with text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadRow {
    /// As the program numbers it, from 1.
    pub number: u32,
    /// From the first column to the last one with text.
    pub cells: Vec<String>,
}

/// A column of a [`Sheet`].
#[derive(Clone, Debug, Default)]
pub struct Column {
    pub heading: Cow<'static, str>,
    /// In characters of the usual font; a Chinese character counts two.
    pub width: u16,
    /// What may be chosen in it; empty for free text.
    pub choices: Vec<&'static str>,
    /// For programs: small and grey, not to be changed.
    pub quiet: bool,
}

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be written")]
pub struct WriteError(#[from] XlsxError);

/// The bytes of an Excel file.
pub fn write(sheet: &Sheet) -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    add(&mut book, SHEET_NAME, sheet, 0)?;
    Ok(book.save_to_buffer()?)
}

/// The bytes of an Excel file with several sheets.
pub fn write_all(pages: &[Page]) -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    for page in pages {
        add(&mut book, page.name, &page.sheet, page.spare)?;
    }
    Ok(book.save_to_buffer()?)
}

/// The texts of the first visible sheet, row by row from the top; rows without text are left out.
///
/// Each text is on one line, a day as `2026年7月31日`. Blocks the thread as reading a plan does.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Vec<String>>, ReadError> {
    let pages = pages(bytes, limits, true)?;
    let first = pages.into_iter().next().ok_or(ReadError::Empty)?;
    Ok(first.rows.into_iter().map(|row| row.cells).collect())
}

/// What stands on each visible sheet, in their order; texts as in [`read`].
pub fn read_all(bytes: &[u8], limits: &Limits) -> Result<Vec<ReadPage>, ReadError> {
    pages(bytes, limits, false)
}

fn pages(bytes: &[u8], limits: &Limits, first: bool) -> Result<Vec<ReadPage>, ReadError> {
    if bytes.len() > limits.bytes {
        return Err(ReadError::TooLarge {
            limit: limits.bytes,
            size: bytes.len(),
        });
    }
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    match crate::format::sniff(bytes) {
        Some(FileFormat::Xlsx) => {}
        Some(format) => return Err(ReadError::Unsupported { format }),
        None => {
            let format = FileFormat::Text;
            return Err(ReadError::Unsupported { format });
        }
    }
    let read = AssertUnwindSafe(|| xlsx::pages(bytes, &Budget::new(limits), first));
    let format = FileFormat::Xlsx;
    catch_unwind(read).unwrap_or(Err(ReadError::Broken { format }))
}

fn add(book: &mut Workbook, name: &str, sheet: &Sheet, spare: u32) -> Result<(), WriteError> {
    let page = book.add_worksheet();
    page.set_name(name)?;
    set_up(page, sheet, spare)?;
    set_filter(page, sheet.columns.len(), last_row(sheet))?;
    fill(page, sheet)
}

fn set_up(page: &mut Worksheet, sheet: &Sheet, spare: u32) -> Result<(), WriteError> {
    const A4: u8 = 9;
    page.set_paper_size(A4);
    page.set_landscape();
    page.set_print_fit_to_pages(1, 0);
    page.set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3);
    page.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    page.set_footer("&C第 &P 页，共 &N 页");
    page.set_freeze_panes(HEAD_ROW + 1, 0)?;
    let ready = last_row(sheet).saturating_add(spare);
    let typed = Format::new().set_num_format("@");
    for (place, column) in (0u16..).zip(&sheet.columns) {
        page.set_column_width(place, f64::from(column.width))?;
        if spare > 0 {
            // What is typed stays what it is: `0731` no number, `7-31` no day of this year.
            page.set_column_format(place, &typed)?;
        }
        if !column.choices.is_empty() && ready > HEAD_ROW {
            let choices = DataValidation::new()
                .allow_list_strings(&column.choices)?
                .show_error_message(false);
            page.add_data_validation(HEAD_ROW + 1, place, ready, place, &choices)?;
        }
    }
    Ok(())
}

/// Lets the columns be filtered down to the last row.
fn set_filter(page: &mut Worksheet, columns: usize, last: u32) -> Result<(), WriteError> {
    let width = u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX);
    page.autofilter(HEAD_ROW, 0, last.max(HEAD_ROW + 1), width)?;
    Ok(())
}

fn fill(page: &mut Worksheet, sheet: &Sheet) -> Result<(), WriteError> {
    write_head(page, sheet)?;
    let looks = Looks::new();
    for (row, cells) in (HEAD_ROW + 1..).zip(&sheet.rows) {
        looks.write(page, row, &sheet.columns, cells)?;
    }
    Ok(())
}

fn write_head(page: &mut Worksheet, sheet: &Sheet) -> Result<(), WriteError> {
    let title = Format::new().set_bold().set_font_size(15);
    let note = Format::new().set_font_color("#5A6672");
    let head = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color("#DCE6F4")
        .set_border(FormatBorder::Thin);
    page.write_string_with_format(0, 0, &sheet.title, &title)?;
    page.write_string_with_format(1, 0, &sheet.note, &note)?;
    page.set_row_height(HEAD_ROW, 24)?;
    for (place, column) in (0u16..).zip(&sheet.columns) {
        page.write_string_with_format(HEAD_ROW, place, column.heading.as_ref(), &head)?;
    }
    Ok(())
}

/// What the cells of rows look like.
struct Looks {
    body: Format,
    quiet: Format,
}

impl Looks {
    fn new() -> Self {
        let body = Format::new()
            .set_num_format("@")
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_border(FormatBorder::Thin);
        let quiet = body.clone().set_font_color("#8A94A0").set_font_size(8);
        Self { body, quiet }
    }

    fn write(
        &self,
        page: &mut Worksheet,
        row: u32,
        columns: &[Column],
        cells: &[String],
    ) -> Result<(), WriteError> {
        for ((place, column), text) in (0u16..).zip(columns).zip(cells) {
            let format = match column.quiet {
                true => &self.quiet,
                false => &self.body,
            };
            page.write_string_with_format(row, place, shown(text), format)?;
        }
        Ok(())
    }
}

fn last_row(sheet: &Sheet) -> u32 {
    HEAD_ROW + u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX)
}

/// What fits into a cell.
fn shown(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control() || *letter == '\n')
        .take(CELL_LIMIT)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(rows: &[[&str; 2]]) -> Sheet {
        let column = |heading: &'static str, choices| Column {
            heading: heading.into(),
            width: 12,
            choices,
            quiet: false,
        };
        Sheet {
            title: "今冬方案　任务台账".into(),
            note: "说明".into(),
            columns: vec![column("任务", Vec::new()), column("状态", vec!["待定"])],
            rows: rows
                .iter()
                .map(|row| row.map(str::to_owned).to_vec())
                .collect(),
        }
    }

    #[test]
    fn a_sheet_reads_back_as_it_was_written() {
        let rows = [["备足融雪剂", "待定"], ["", "已采纳"], ["2026-07-31", ""]];
        let bytes = write(&sheet(&rows)).unwrap();
        let read = read(&bytes, &Limits::default()).unwrap();
        assert_eq!(read[0], ["今冬方案　任务台账"]);
        assert_eq!(read[2], ["任务", "状态"]);
        assert_eq!(read[3], ["备足融雪剂", "待定"]);
        assert_eq!(read[4], ["", "已采纳"]);
        assert_eq!(read[5], ["2026-07-31"]);
    }

    #[test]
    fn what_looks_like_a_formula_stays_text() {
        let rows = [["=HYPERLINK(\"http://x\")", "+1"], ["@SUM(A1)", "-2\u{7}"]];
        let bytes = write(&sheet(&rows)).unwrap();
        let read = read(&bytes, &Limits::default()).unwrap();
        assert_eq!(read[3], rows[0]);
        assert_eq!(read[4], ["@SUM(A1)", "-2"]);
    }

    #[test]
    fn several_sheets_read_back_with_the_numbers_of_their_rows() {
        let page = |name, rows: &[[&str; 2]]| Page {
            name,
            sheet: sheet(rows),
            spare: 3,
        };
        let pages = [
            page("单位", &[["甲科", ""], ["", ""], ["", "待定"]]),
            page("人员", &[]),
        ];
        let bytes = write_all(&pages).unwrap();
        let limits = Limits::default();
        let read_back = read_all(&bytes, &limits).unwrap();
        let names: Vec<&str> = read_back.iter().map(|page| page.name.as_str()).collect();
        assert_eq!(names, ["单位", "人员"]);
        let numbers: Vec<u32> = read_back[0].rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 6], "a row without text still counts");
        assert_eq!(read_back[0].rows[4].cells, ["", "待定"]);
        assert_eq!(read_back[1].rows.len(), 3);
        assert_eq!(read(&bytes, &limits).unwrap().len(), 5, "the first sheet");
    }

    #[test]
    fn of_a_formula_what_it_shows_is_read() {
        let mut book = Workbook::new();
        let page = book.add_worksheet();
        let shown = rust_xlsxwriter::Formula::new("=A9&\"科\"").set_result("甲科");
        page.write_formula(0, 0, shown).unwrap();
        let bytes = book.save_to_buffer().unwrap();
        assert_eq!(read(&bytes, &Limits::default()).unwrap(), [["甲科"]]);
    }

    #[test]
    fn what_is_no_workbook_is_refused() {
        let limits = Limits::default();
        assert_eq!(read(b"", &limits), Err(ReadError::Empty));
        for bytes in [&b"abc"[..], b"%PDF-1.7", b"PK\x03\x04xl/workbook.xml"] {
            assert!(read(bytes, &limits).is_err());
        }
    }
}
