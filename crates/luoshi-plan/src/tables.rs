//! Table rows that are written as lines with `|` between the cells.

use std::ops::Range;

use crate::clean::{cut, from};

/// Which column holds what; set by the header row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    number: Option<usize>,
    title: Option<usize>,
    measure: Option<usize>,
    deadline: Option<usize>,
    lead: Option<usize>,
    co: Option<usize>,
}

/// A row of a table, as byte ranges of the text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// The row's own number.
    pub(crate) number: Range<usize>,
    /// The row's title.
    pub(crate) title: Range<usize>,
    /// The text that tells what to do.
    pub(crate) measure: Range<usize>,
    /// When it is due.
    pub(crate) deadline: Range<usize>,
    /// Units in the lead.
    pub(crate) lead: Range<usize>,
    /// Units that take part.
    pub(crate) co: Range<usize>,
}

/// What a table line turned out to be.
#[derive(Debug)]
pub(crate) enum Line {
    /// The names of the columns.
    Header(Columns),
    /// A rule between rows, or an empty row.
    Nothing,
    /// One cell over the whole width: a heading inside the table.
    Section(Range<usize>),
    /// A row.
    Row(Row),
}

/// Reads one table line; `range` is its place in the text.
pub(crate) fn read(text: &str, range: &Range<usize>, columns: &Columns) -> Line {
    let cells = cells(text, range);
    let filled: Vec<&Range<usize>> = cells.iter().filter(|c| !c.is_empty()).collect();
    if filled
        .iter()
        .all(|c| cut(text, (*c).clone()).bytes().all(|b| b"-: ".contains(&b)))
    {
        return Line::Nothing;
    }
    if let [only] = filled.as_slice() {
        return Line::Section((*only).clone());
    }
    if let Some(columns) = header(text, &cells) {
        return Line::Header(columns);
    }
    let cell = |column: Option<usize>| {
        column
            .and_then(|i| cells.get(i))
            .cloned()
            .unwrap_or(range.start..range.start)
    };
    let longest = cells
        .iter()
        .max_by_key(|c| c.len())
        .cloned()
        .unwrap_or(range.clone());
    let measure = match columns.measure {
        Some(_) => cell(columns.measure),
        None => longest,
    };
    Line::Row(Row {
        number: cell(columns.number),
        title: cell(columns.title),
        measure,
        deadline: cell(columns.deadline),
        lead: cell(columns.lead),
        co: cell(columns.co),
    })
}

fn cells(text: &str, range: &Range<usize>) -> Vec<Range<usize>> {
    let line = cut(text, range.clone());
    let mut cells = Vec::new();
    let mut at = range.start;
    for part in line.split('|') {
        let lead = part.len() - part.trim_start_matches(' ').len();
        let kept = part.trim_matches(' ').len();
        cells.push(at + lead..at + lead + kept);
        at += part.len() + 1;
    }
    // The bars at both ends make an empty cell each.
    if line.starts_with('|') && !cells.is_empty() {
        cells.remove(0);
    }
    if line.ends_with('|') {
        cells.pop();
    }
    cells
}

fn header(text: &str, cells: &[Range<usize>]) -> Option<Columns> {
    let mut columns = Columns::default();
    let mut known = 0;
    for (i, cell) in cells.iter().enumerate() {
        let name = cut(text, cell.clone());
        if name.chars().nth(10).is_some() {
            return None;
        }
        let has = |words: &[&str]| words.iter().any(|w| name.contains(w));
        let slot = if has(&["序号", "编号"]) {
            &mut columns.number
        } else if has(&["配合", "协办", "协同", "参与"]) {
            &mut columns.co
        } else if has(&["责任", "主责", "牵头", "承办", "实施单位", "负责"]) {
            &mut columns.lead
        } else if has(&["时限", "时间", "期限", "进度"]) {
            &mut columns.deadline
        } else if has(&["措施", "内容", "要求", "举措"]) {
            &mut columns.measure
        } else if has(&["任务", "项目", "事项", "名称", "目标"]) {
            &mut columns.title
        } else {
            continue;
        };
        if slot.is_none() {
            *slot = Some(i);
            known += 1;
        }
    }
    if columns.measure.is_none() {
        columns.measure = columns.title.take();
    }
    (known >= 2).then_some(columns)
}

/// Whether a cell is only a dash that stands for nothing.
pub(crate) fn is_blank(cell: &str) -> bool {
    from(cell, 0)
        .chars()
        .all(|c| matches!(c, '-' | '—' | '/' | ' ' | '无'))
}
