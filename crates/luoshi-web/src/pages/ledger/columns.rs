//! Which columns the ledger's page shows beside number and title.

use luoshi_domain::tasks::lists::TaskSort;

use crate::pages::ledger::query::Wish;
use crate::pages::ledger::{Head, PATH};
use crate::pages::parts::Choice;

/// A column that may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Lead,
    Leader,
    Due,
    Progress,
    Light,
    State,
    Kind,
    Reports,
    Grade,
    Issued,
    Tags,
}

/// Each with its name in addresses, its label and whether it is usual.
const COLUMNS: [(Column, &str, &str, bool); 11] = [
    (Column::Lead, "lead", "牵头单位 / 责任人", true),
    (Column::Leader, "leader", "分管领导", true),
    (Column::Due, "due", "完成时限", true),
    (Column::Progress, "progress", "进度", true),
    (Column::Light, "light", "灯", true),
    (Column::State, "state", "状态与变动", true),
    (Column::Kind, "kind", "类型", false),
    (Column::Issued, "issued", "下达日期", false),
    (Column::Reports, "reports", "反馈次数", false),
    (Column::Grade, "grade", "评价等级", false),
    (Column::Tags, "tags", "标签", false),
];

/// What is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    pub(super) lead: bool,
    pub(super) leader: bool,
    pub(super) due: bool,
    pub(super) progress: bool,
    pub(super) light: bool,
    pub(super) state: bool,
    pub(super) kind: bool,
    pub(super) issued: bool,
    pub(super) reports: bool,
    pub(super) grade: bool,
    pub(super) tags: bool,
}

impl Columns {
    /// Those that the address asks for, or the usual ones.
    pub(super) fn of(wish: &Wish) -> Self {
        let shows = |column| {
            let mut known = COLUMNS.iter();
            known
                .find(|(known, ..)| *known == column)
                .is_some_and(|(_, key, _, usual)| is_shown(wish, key, *usual))
        };
        Self {
            lead: shows(Column::Lead),
            leader: shows(Column::Leader),
            due: shows(Column::Due),
            progress: shows(Column::Progress),
            light: shows(Column::Light),
            state: shows(Column::State),
            kind: shows(Column::Kind),
            issued: shows(Column::Issued),
            reports: shows(Column::Reports),
            grade: shows(Column::Grade),
            tags: shows(Column::Tags),
        }
    }
}

fn is_shown(wish: &Wish, key: &str, usual: bool) -> bool {
    let known = |key: &str| COLUMNS.iter().any(|(_, known, ..)| *known == key);
    match wish.cols.iter().any(|column| known(column)) {
        true => wish.cols.iter().any(|column| column == key),
        false => usual,
    }
}

/// The names of the columns that the address asks for; none for the usual ones.
pub(super) fn chosen(wish: &Wish) -> Vec<&str> {
    let known = |key: &str| COLUMNS.iter().any(|(_, known, ..)| *known == key);
    let asked = wish.cols.iter().map(String::as_str);
    asked.filter(|key| known(key)).collect()
}

/// What may be ticked.
pub(super) fn choices(wish: &Wish) -> Vec<Choice> {
    let choices = COLUMNS.iter().map(|(_, key, label, usual)| Choice {
        value: (*key).into(),
        label: (*label).into(),
        selected: is_shown(wish, key, *usual),
    });
    choices.collect()
}

/// The heads of what is shown.
pub(super) fn heads(wish: &Wish, sort: TaskSort) -> Vec<Head> {
    let sorted = |label, by: TaskSort, key: &str, direction| Head {
        label,
        href: wish.with(PATH, "sort", key),
        sort: if sort == by { direction } else { "" },
        class: "",
    };
    let plain = |label| Head {
        label,
        href: String::new(),
        sort: "",
        class: "",
    };
    let mut heads = vec![
        sorted("编号", TaskSort::Opened, "opened", "ascending"),
        plain("事项"),
    ];
    for (column, key, label, usual) in COLUMNS {
        if !is_shown(wish, key, usual) {
            continue;
        }
        heads.push(match column {
            Column::Due => sorted(label, TaskSort::Limit, "limit", "ascending"),
            Column::State => sorted(label, TaskSort::Updated, "updated", "descending"),
            _ => plain(label),
        });
    }
    heads
}
