//! The sheets of an uploaded workbook as rows with their cells in the usual order.

use chrono::NaiveDate;
use luoshi_documents::workbook::{ReadPage, ReadRow};

use crate::organisation::workbook::RowFault;
use crate::organisation::workbook::parts::{DAY_LINE, NOTES, Part, headings};

/// Most rows of one sheet.
const ROWS_LIMIT: usize = 60_000;

/// Reads a day as people write it; the argument is today. A sentence where it cannot be read.
pub type ReadDay = fn(&str, NaiveDate) -> Result<Option<NaiveDate>, String>;

/// One row below the headings.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) part: Part,
    /// Its number in the sheet.
    pub(super) number: u32,
    /// A text for each heading.
    cells: Vec<String>,
}

/// All rows, sheet by sheet.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// The day for which it was exported.
    pub(super) day: Option<NaiveDate>,
    lines: Vec<Line>,
}

impl Line {
    /// The cell below a heading, without the blanks around it.
    pub(super) fn get(&self, heading: &str) -> &str {
        let headings = self.part.headings().iter();
        let mut cells = headings.zip(&self.cells);
        let found = cells.find(|((known, ..), _)| *known == heading);
        found.map_or("", |(_, cell)| cell.trim())
    }

    pub(super) fn fault(&self, sentence: impl Into<String>) -> RowFault {
        RowFault {
            sheet: self.part.name().to_owned(),
            row: Some(self.number),
            sentence: sentence.into(),
        }
    }
}

impl Book {
    pub(super) fn lines(&self, part: Part) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.part == part)
    }

    /// The rows, or why the sheets cannot be read at all.
    pub(super) fn of(
        pages: &[ReadPage],
        read_day: ReadDay,
        today: NaiveDate,
    ) -> Result<Self, Vec<RowFault>> {
        let mut book = Self::default();
        let mut faults = Vec::new();
        for page in pages {
            let name = page.name.trim();
            if name == NOTES {
                book.day = day_of(page, read_day, today);
            } else if let Some(part) = Part::ALL.into_iter().find(|part| part.name() == name) {
                match lines(page, part) {
                    Ok(lines) => book.lines.extend(lines),
                    Err(fault) => faults.push(fault),
                }
            }
        }
        let known = |page: &ReadPage| Part::ALL.iter().any(|part| part.name() == page.name.trim());
        if !pages.iter().any(known) {
            let names = Part::ALL.map(Part::name).join("、");
            faults.push(RowFault {
                sheet: String::new(),
                row: None,
                sentence: format!("没有找到{names}这几张表，请用从“机构”页面下载的模板或总表。"),
            });
        }
        match faults.is_empty() {
            true => Ok(book),
            false => Err(faults),
        }
    }
}

fn day_of(page: &ReadPage, read_day: ReadDay, today: NaiveDate) -> Option<NaiveDate> {
    let named = |row: &&ReadRow| {
        row.cells
            .first()
            .is_some_and(|cell| cell.trim() == DAY_LINE)
    };
    let row = page.rows.iter().find(named)?;
    let said = row
        .cells
        .iter()
        .skip(1)
        .find(|cell| !cell.trim().is_empty())?;
    read_day(said, today).ok().flatten()
}

fn lines(page: &ReadPage, part: Part) -> Result<Vec<Line>, RowFault> {
    let fault = |sentence: String| RowFault {
        sheet: part.name().to_owned(),
        row: None,
        sentence,
    };
    let headings: Vec<&str> = part
        .headings()
        .iter()
        .map(|(heading, ..)| *heading)
        .collect();
    let place = |row: &ReadRow, heading: &str| {
        let mut cells = row.cells.iter();
        cells.position(|cell| cell.trim() == heading)
    };
    // The title may say a heading's word too: the headings are where most of them stand.
    let count = |row: &ReadRow| {
        let found = headings
            .iter()
            .filter(|heading| place(row, heading).is_some());
        found.count()
    };
    let head = page.rows.iter().enumerate().take(20);
    let head = head.max_by_key(|(at, row)| (count(row), std::cmp::Reverse(*at)));
    let Some((at, head)) = head.filter(|(_, row)| count(row) > 1) else {
        return Err(fault(format!(
            "没有找到表头（{}），请用下载的模板或总表。",
            headings.join("、")
        )));
    };
    let mut places = Vec::new();
    for heading in &headings {
        let Some(place) = place(head, heading) else {
            return Err(fault(format!(
                "缺少“{heading}”一栏，请用下载的模板或总表。"
            )));
        };
        places.push(place);
    }
    let filled = |row: &&ReadRow| {
        let mut cells = places.iter().filter_map(|place| row.cells.get(*place));
        cells.any(|cell| !cell.trim().is_empty())
    };
    let below = page.rows.iter().skip(at + 1).filter(filled);
    if below.clone().count() > ROWS_LIMIT {
        return Err(fault(format!("超过 {ROWS_LIMIT} 行，请分几次导入。")));
    }
    let line = |row: &ReadRow| Line {
        part,
        number: row.number,
        cells: places
            .iter()
            .map(|place| row.cells.get(*place).cloned().unwrap_or_default())
            .collect(),
    };
    Ok(below.map(line).collect())
}

/// The names that a cell lists.
pub(super) fn listed(cell: &str) -> Vec<String> {
    let parts = cell.split(['、', '，', ',', '；', ';', '\n']);
    let parts = parts.map(str::trim).filter(|name| !name.is_empty());
    parts.map(str::to_owned).collect()
}

/// A row's code: of what stands, of the workbook's own, or none.
pub(super) enum Code<'l> {
    None,
    Standing(uuid::Uuid),
    Own(&'l str),
}

impl<'l> Code<'l> {
    pub(super) fn of(line: &'l Line) -> Self {
        match line.get(headings::CODE) {
            "" => Self::None,
            text => uuid::Uuid::parse_str(text).map_or(Self::Own(text), Self::Standing),
        }
    }
}
