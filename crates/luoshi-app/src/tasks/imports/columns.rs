//! What the columns of a table are, guessed by their headings and corrected by a person.

use luoshi_documents::workbook::{Column as BookColumn, Page, ReadRow, Sheet};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    Title,
    Target,
    Requirement,
    Category,
    Lead,
    CoUnits,
    CoDuty,
    Limit,
    Level,
    Kind,
    Tier,
    Document,
    Clause,
    Quote,
    Cadence,
    TaskForce,
    JointDuty,
}

/// Each with its name in forms, its label, and headings that mean it.
pub const COLUMNS: [(Column, &str, &str, &[&str]); 17] = [
    (
        Column::Title,
        "title",
        "任务内容",
        &[
            "任务内容",
            "任务",
            "事项",
            "工作任务",
            "任务名称",
            "事项名称",
            "工作内容",
            "重点任务",
            "交办事项",
            "主要任务",
        ],
    ),
    (
        Column::Target,
        "target",
        "目标要求",
        &[
            "目标要求",
            "目标任务",
            "目标",
            "工作目标",
            "年度目标",
            "完成标准",
        ],
    ),
    (
        Column::Requirement,
        "requirement",
        "办理要求",
        &[
            "办理要求",
            "工作要求",
            "工作措施",
            "措施",
            "主要措施",
            "备注",
        ],
    ),
    (
        Column::Category,
        "category",
        "来源类别",
        &["来源类别", "来源", "任务来源", "类别"],
    ),
    (
        Column::Lead,
        "lead",
        "牵头单位",
        &[
            "牵头单位",
            "责任单位",
            "落实主体",
            "承办单位",
            "主办单位",
            "牵头部门",
            "责任部门",
            "责任科室",
        ],
    ),
    (
        Column::CoUnits,
        "co_units",
        "协办单位",
        &[
            "协办单位",
            "配合单位",
            "协同单位",
            "参与单位",
            "配合部门",
            "协办科室",
        ],
    ),
    (
        Column::CoDuty,
        "co_duty",
        "协办职责",
        &["协办职责", "配合事项", "协办单位职责"],
    ),
    (
        Column::Limit,
        "limit",
        "完成时限",
        &[
            "完成时限",
            "时限",
            "完成时间",
            "截止日期",
            "截止时间",
            "办结时限",
            "时限要求",
            "完成日期",
        ],
    ),
    (
        Column::Level,
        "level",
        "等级",
        &["等级", "重要程度", "级别"],
    ),
    (Column::Kind, "kind", "类型", &["类型", "任务类型"]),
    (Column::Tier, "tier", "台账层级", &["台账层级", "层级"]),
    (
        Column::Document,
        "document",
        "来源文件",
        &[
            "来源文件",
            "文件依据",
            "依据",
            "方案名称",
            "文件名称",
            "会议名称",
        ],
    ),
    (
        Column::Clause,
        "clause",
        "条款",
        &["条款", "条款号", "条目"],
    ),
    (
        Column::Quote,
        "quote",
        "条款原文",
        &["条款原文", "原文", "条款内容"],
    ),
    (
        Column::Cadence,
        "cadence",
        "上报间隔",
        &["上报间隔", "上报周期", "报送周期", "反馈周期", "上报频次"],
    ),
    (
        Column::TaskForce,
        "task_force",
        "工作专班",
        &["工作专班", "专班", "专班名称", "联合会商组", "协调小组"],
    ),
    (
        Column::JointDuty,
        "joint_duty",
        "共同牵头职责",
        &["共同牵头职责", "共同牵头单位职责", "牵头职责"],
    ),
];

impl Column {
    pub fn key(self) -> &'static str {
        let mut known = COLUMNS.iter();
        known
            .find(|(column, ..)| *column == self)
            .map_or("", |(_, key, ..)| *key)
    }

    pub fn label(self) -> &'static str {
        let mut known = COLUMNS.iter();
        known
            .find(|(column, ..)| *column == self)
            .map_or("", |(_, _, label, _)| *label)
    }

    pub fn from_key(key: &str) -> Option<Self> {
        let mut known = COLUMNS.iter();
        known
            .find(|(_, name, ..)| *name == key)
            .map(|(column, ..)| *column)
    }

    fn of_heading(heading: &str) -> Option<Self> {
        let bare: String = heading
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect();
        let means = |names: &&[&str]| names.contains(&bare.as_str());
        let mut known = COLUMNS.iter();
        known
            .find(|(_, _, _, names)| means(names))
            .map(|(column, ..)| *column)
    }
}

/// Rows above the data that are looked at for headings.
const HEADS: usize = 12;

/// Begins the example of the template.
const EXAMPLE: &str = "（示例）";

/// Where the headings stand and what each column is.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The row of the headings among those that were read.
    pub head: usize,
    names: Vec<String>,
    columns: Vec<Option<Column>>,
}

impl Layout {
    /// The row with the most known headings, unless it has none; `said` overrules the guess.
    pub fn of(rows: &[ReadRow], said: Option<&[Option<Column>]>) -> Option<Self> {
        let known = |row: &ReadRow| {
            let headings = row.cells.iter();
            headings
                .filter(|cell| Column::of_heading(cell).is_some())
                .count()
        };
        let heads = rows.iter().take(HEADS).enumerate();
        // Of rows with as many the first.
        let (head, row) = heads.rev().max_by_key(|(_, row)| known(row))?;
        if known(row) == 0 {
            return None;
        }
        let mut columns: Vec<Option<Column>> = Vec::new();
        for (place, cell) in row.cells.iter().enumerate() {
            let column = match said {
                Some(said) => said.get(place).copied().flatten(),
                None => Column::of_heading(cell),
            };
            // Each once: of two columns for the same the first.
            columns.push(column.filter(|column| !columns.contains(&Some(*column))));
        }
        Some(Self {
            head,
            names: row.cells.clone(),
            columns,
        })
    }

    pub(super) fn headings(&self) -> Vec<(String, Option<Column>)> {
        let names = self.names.iter().cloned();
        names.zip(self.columns.iter().copied()).collect()
    }

    /// The text of a column in a row; empty where it has none.
    pub(super) fn text<'a>(&self, row: &'a ReadRow, column: Column) -> &'a str {
        let place = self.place(column);
        let cell = place.and_then(|place| row.cells.get(place));
        cell.map_or("", |cell| cell.trim())
    }

    fn place(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|known| *known == Some(column))
    }

    /// A cell as spreadsheets name it, e.g. `D7`; the row alone when no column is for it.
    pub(super) fn cell(&self, row: &ReadRow, column: Column) -> String {
        let Some(place) = self.place(column) else {
            return format!("第 {} 行", row.number);
        };
        let mut letters = String::new();
        let mut left = place + 1;
        while left > 0 {
            let letter = u8::try_from((left - 1) % 26).unwrap_or_default();
            letters.insert(0, char::from(b'A' + letter));
            left = (left - 1) / 26;
        }
        format!("{letters}{}", row.number)
    }

    pub(super) fn is_example(&self, row: &ReadRow) -> bool {
        self.text(row, Column::Title).starts_with(EXAMPLE)
    }
}

/// The template: headings, an example and rows to fill in.
pub(super) fn template(category: &str) -> Page {
    let widths = [
        28, 30, 24, 14, 16, 18, 18, 13, 8, 8, 10, 24, 12, 30, 12, 18, 24,
    ];
    let columns = COLUMNS.iter().zip(widths);
    let columns = columns.map(|((column, _, label, _), width)| BookColumn {
        heading: (*label).into(),
        width,
        choices: match column {
            Column::Level => vec!["一般", "重点"],
            Column::Kind => vec!["任务", "常规", "指标"],
            Column::Tier => vec!["局级", "本单位"],
            _ => Vec::new(),
        },
        quiet: false,
    });
    let example = [
        "（示例）完成城东公路养护大修",
        "城东公路 12 公里路面大修，合格率 100%",
        "每月底前报送进展",
        category,
        "规划建设科",
        "安全应急科、财务审计科",
        "施工安全检查；资金拨付",
        "2026-10-31",
        "一般",
        "任务",
        "局级",
        "年度重点工作方案",
        "二/(一)/2",
        "",
        "14",
        "",
        "",
    ];
    Page {
        name: "任务台账",
        sheet: Sheet {
            title: "任务台账导入模板".into(),
            note: "示例行不会导入；任务内容必填，其余可先空着，下达前补齐。单位写全称或简称，多个单位用顿号隔开。几个单位共同牵头的，写明已成立的工作专班和除第一个以外各单位的职责。".into(),
            columns: columns.collect(),
            rows: vec![example.map(str::to_owned).to_vec()],
        },
        spare: 200,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32, cells: &[&str]) -> ReadRow {
        ReadRow {
            number,
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        }
    }

    #[test]
    fn import_10_headings_are_found_below_a_title_and_may_be_corrected() {
        let rows = [
            row(1, &["2026 年任务清单"]),
            row(3, &["序号", "工作任务", "责任 单位：", "完成时间"]),
            row(4, &["1", "修路", "养护中心", "7.31"]),
        ];
        let layout = Layout::of(&rows, None).unwrap();
        assert_eq!(layout.head, 1);
        assert_eq!(layout.text(&rows[2], Column::Title), "修路");
        assert_eq!(layout.cell(&rows[2], Column::Limit), "D4");
        assert_eq!(layout.cell(&rows[2], Column::Target), "第 4 行");
        let said = [None, Some(Column::Title), Some(Column::CoUnits), None];
        let layout = Layout::of(&rows, Some(&said)).unwrap();
        assert_eq!(layout.text(&rows[2], Column::CoUnits), "养护中心");
        assert_eq!(layout.text(&rows[2], Column::Limit), "");
        assert!(Layout::of(&rows[2..], None).is_none());
    }
}
