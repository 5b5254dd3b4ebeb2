//! A workbook of any length, written row by row: rows wait in a file without a name, not in memory.

use std::io::Write;

use rust_xlsxwriter::Workbook;

use super::{HEAD_ROW, Looks, SHEET_NAME, Sheet, WriteError, set_filter, set_up, write_head};

/// Rows that a sheet takes.
const ROWS: u32 = 1_048_576;

/// A workbook that is being written.
pub struct Stream {
    book: Workbook,
    sheet: Sheet,
    looks: Looks,
    /// The row that was written last.
    last: u32,
}

impl Stream {
    /// Writes the head; the rows of `sheet` are left out.
    pub fn new(sheet: Sheet) -> Result<Self, WriteError> {
        let mut book = Workbook::new();
        let page = book.add_worksheet_with_constant_memory()?;
        page.set_name(SHEET_NAME)?;
        set_up(page, &sheet, 0)?;
        write_head(page, &sheet)?;
        Ok(Self {
            book,
            sheet,
            looks: Looks::new(),
            last: HEAD_ROW,
        })
    }

    /// Writes the next row; what does not fit on a sheet is left out.
    pub fn row(&mut self, cells: &[String]) -> Result<(), WriteError> {
        if self.last + 1 >= ROWS {
            return Ok(());
        }
        self.last += 1;
        let page = self.book.worksheet_from_index(0)?;
        self.looks
            .write(page, self.last, &self.sheet.columns, cells)
    }

    /// Writes the finished file.
    pub fn finish(mut self, out: impl Write + Send) -> Result<(), WriteError> {
        let page = self.book.worksheet_from_index(0)?;
        set_filter(page, self.sheet.columns.len(), self.last)?;
        self.book.save_to_writer(out)?;
        Ok(())
    }
}

/// A file without a name, gone when it is closed.
pub fn spool() -> std::io::Result<std::fs::File> {
    tempfile::tempfile()
}

#[cfg(test)]
mod tests {
    use super::super::{Column, read, write};
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn a_streamed_sheet_reads_as_one_written_at_once() {
        let column = |heading: &'static str| Column {
            heading: heading.into(),
            width: 12,
            ..Column::default()
        };
        let rows: Vec<Vec<String>> = (0..300)
            .map(|n| vec![format!("任务 {n}"), format!("=1+{n}")])
            .collect();
        let mut sheet = Sheet {
            title: "台账".into(),
            note: "共 300 项".into(),
            columns: vec![column("任务"), column("目标")],
            rows: Vec::new(),
        };
        let mut stream = Stream::new(sheet.clone()).unwrap();
        for row in &rows {
            stream.row(row).unwrap();
        }
        let mut bytes = Vec::new();
        stream.finish(&mut bytes).unwrap();
        sheet.rows = rows;
        let limits = Limits::default();
        let whole = read(&write(&sheet).unwrap(), &limits).unwrap();
        assert_eq!(read(&bytes, &limits).unwrap(), whole);
        assert_eq!(whole.len(), 303);
    }
}
