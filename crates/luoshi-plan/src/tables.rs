//! Table rows that are written as lines with `|` between the cells.

use std::ops::Range;

use crate::clean::{cut, from};

/// Longest name of a column, in characters.
const LONGEST: usize = 14;

/// Which column holds what; set by the header row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    number: Option<usize>,
    title: Option<usize>,
    measure: Option<usize>,
    frequency: Option<usize>,
    deadline: Option<usize>,
    lead: Option<usize>,
    co: Option<usize>,
    person: Option<usize>,
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
        Some(_) => with_rate(text, cell(columns.measure), cell(columns.frequency)),
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

/// What is to be done together with how often, where the cells stand side by side.
///
/// A sentence that is closed by its own mark cannot take up a cell beside it.
fn with_rate(text: &str, measure: Range<usize>, rate: Range<usize>) -> Range<usize> {
    let closed = cut(text, measure.clone()).ends_with(['。', ';']);
    let between = cut(text, measure.end..rate.start);
    let beside = between.trim_matches(' ') == "|" && !closed;
    if beside && !is_blank(cut(text, rate.clone())) {
        measure.start..rate.end
    } else {
        measure
    }
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
        if name.chars().nth(LONGEST).is_some() {
            return None;
        }
        let has = |words: &[&str]| words.iter().any(|w| name.contains(w));
        let slot = if has(&["备注", "进展", "完成情况", "电话", "联系"]) {
            continue;
        } else if has(&["序号", "编号"]) {
            &mut columns.number
        } else if has(&["配合", "协办", "协同", "协作", "参与", "参加"]) {
            &mut columns.co
        } else if has(&["责任人", "领导", "负责人"]) && !has(&["单位", "部门", "科室"])
        {
            &mut columns.person
        } else if has(&[
            "责任",
            "主责",
            "牵头",
            "主办",
            "承办",
            "实施单位",
            "落实单位",
            "负责",
        ]) {
            &mut columns.lead
        } else if has(&["频次", "频率"]) {
            &mut columns.frequency
        } else if has(&["时限", "时间", "期限", "进度", "日期", "节点"]) {
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
    // Whoever answers in person stands for a unit only where no column names one.
    columns.lead = columns.lead.or(columns.person);
    (known >= 2).then_some(columns)
}

/// Whether a cell is only a dash that stands for nothing.
pub(crate) fn is_blank(cell: &str) -> bool {
    from(cell, 0)
        .chars()
        .all(|c| matches!(c, '-' | '—' | '/' | ' ' | '无'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row<'t>(text: &'t str, header: &str) -> [&'t str; 5] {
        let at = 0..header.len();
        let Line::Header(columns) = read(header, &at, &Columns::default()) else {
            panic!("no header: {header}");
        };
        let Line::Row(row) = read(text, &(0..text.len()), &columns) else {
            panic!("no row: {text}");
        };
        [row.number, row.measure, row.deadline, row.lead, row.co].map(|range| cut(text, range))
    }

    #[test]
    fn import_07_columns_are_known_by_their_names() {
        assert_eq!(
            row(
                "| 1 | 设标 | 换灯 | 每月 | 李某 | 航道科 | 港口科 | 6月底 | 无 |",
                "| 序号 | 重点任务 | 具体措施 | 检查频次 | 责任领导 | 牵头单位（责任单位） | 协作科室 | 完成日期 | 备注 |"
            ),
            ["1", "换灯 | 每月", "6月底", "航道科", "港口科"]
        );
        assert_eq!(
            row("| 换灯 | 航道科 | 每月 |", "| 工作任务 | 责任人 | 频次 |"),
            ["", "换灯", "", "航道科", ""]
        );
        assert_eq!(
            row("| 换灯。 | 每月 | 科室 |", "| 内容 | 频次 | 主办科室 |"),
            ["", "换灯。", "", "科室", ""]
        );
    }
}
