//! Lists (清单、台账) as packs describe them, and the rows that people keep in them (LEDGER-12).
//!
//! A template says whose a list is, how often a new one begins, what its columns are and which
//! states its rows go through; a further list is a further entry of a pack and no code. Some lists
//! are only another look at tasks that are there already: these keep no rows of their own.

mod cells;
mod rows;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::packs::{Cited, PackKey};
use crate::periods::{Period, PeriodKind};

pub use cells::{Cell, CellFault};
pub use rows::{ListRow, RowCommand, RowContent, RowEvent, Step};

/// Most columns of a list.
pub const COLUMNS_LIMIT: usize = 24;

/// Most options of a column.
pub const OPTIONS_LIMIT: usize = 40;

/// Most states of a list's rows.
pub const STATES_LIMIT: usize = 12;

/// Most steps between states.
pub const STEPS_LIMIT: usize = 40;

/// A list as a pack describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListTemplate {
    pub pack: PackKey,
    /// Unique in the pack.
    pub key: String,
    pub label: String,
    /// What it is for, in a sentence.
    pub about: String,
    pub owner: Owner,
    /// How often a new one begins; `None` for one that goes on.
    pub cycle: Option<PeriodKind>,
    /// The heading of a page or a print, with `{unit}`, `{person}`, `{period}` and `{list}`.
    pub title: String,
    pub source: ListSource,
    pub cited: Cited,
}

/// Whose a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// One for the whole bureau.
    Bureau,
    /// One for each unit.
    Unit,
    /// One for each person.
    Person,
}

impl Owner {
    pub const ALL: [Self; 3] = [Self::Bureau, Self::Unit, Self::Person];

    /// As in packs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Bureau => "bureau",
            Self::Unit => "unit",
            Self::Person => "person",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Bureau => "全局一份",
            Self::Unit => "每个单位一份",
            Self::Person => "每人一份",
        }
    }
}

/// Where the rows of a list come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListSource {
    /// The ledger of tasks: what narrows it and which of its columns are shown.
    Ledger {
        filter: Vec<(LedgerKey, String)>,
        columns: Vec<String>,
    },
    /// What is kept of tasks beside them.
    Sheet(SheetSource),
    /// Rows of its own.
    Rows(Box<RowsSource>),
}

/// What narrows a list that is a look at the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedgerKey {
    /// `bureau` or `unit`.
    Tier,
    /// `ordinary` or `major`.
    Level,
    /// An origin of the pack.
    Category,
}

impl LedgerKey {
    pub const ALL: [Self; 3] = [Self::Tier, Self::Level, Self::Category];

    /// As in packs and in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Tier => "tier",
            Self::Level => "level",
            Self::Category => "category",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }
}

/// The columns of the ledger that a list can ask for.
pub const LEDGER_COLUMNS: [&str; 11] = [
    "lead", "leader", "due", "progress", "light", "state", "kind", "issued", "reports", "grade",
    "tags",
];

/// What is kept of tasks beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SheetSource {
    /// Who does which part of a task (ORG-03).
    Breakdowns,
    /// “四合一”清单 (LEDGER-06)
    FourInOne,
    /// 工作矩阵图 (LEDGER-07)
    Matrix,
}

impl SheetSource {
    pub const ALL: [Self; 3] = [Self::Breakdowns, Self::FourInOne, Self::Matrix];

    /// As in packs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Breakdowns => "breakdowns",
            Self::FourInOne => "four_in_one",
            Self::Matrix => "matrix",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }
}

/// Rows that people keep, and how this list shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowsSource {
    /// The code of the list whose rows they are; its own unless several lists show the same rows
    /// (K11: one register of problems, four lists).
    pub register: String,
    /// All columns of the register.
    pub columns: Vec<ListColumn>,
    /// The keys of those shown, in order.
    pub shown: Vec<String>,
    /// Whether only rows with a limit are in it.
    pub with_limit: bool,
    pub lifecycle: Lifecycle,
}

/// A column of a register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListColumn {
    /// Unique in the list.
    pub key: String,
    pub label: String,
    pub kind: ColumnKind,
    pub required: bool,
    /// How to fill it in; may be empty.
    pub help: String,
    /// What a number is counted in; may be empty.
    pub measure: String,
    /// Of a choice: what can be chosen.
    pub options: Vec<String>,
    /// What the row does besides showing the value.
    pub part: ColumnPart,
    /// What a chosen task fills in here.
    pub from_task: Option<TaskPart>,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    #[default]
    Text,
    /// Several lines.
    LongText,
    Number,
    /// Money.
    Amount,
    Date,
    Person,
    Unit,
    Choice,
    Task,
}

impl ColumnKind {
    pub const ALL: [Self; 9] = [
        Self::Text,
        Self::LongText,
        Self::Number,
        Self::Amount,
        Self::Date,
        Self::Person,
        Self::Unit,
        Self::Choice,
        Self::Task,
    ];

    /// As in packs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long_text",
            Self::Number => "number",
            Self::Amount => "amount",
            Self::Date => "date",
            Self::Person => "person",
            Self::Unit => "unit",
            Self::Choice => "choice",
            Self::Task => "task",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Text => "文字",
            Self::LongText => "长文字",
            Self::Number => "数字",
            Self::Amount => "金额",
            Self::Date => "日期",
            Self::Person => "人员",
            Self::Unit => "单位",
            Self::Choice => "选项",
            Self::Task => "事项",
        }
    }
}

/// What a column is to its row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ColumnPart {
    #[default]
    Plain,
    /// The day by which the row has to be done.
    Limit,
    /// The day that the row is about: rows stand by it.
    Day,
}

/// What a task says that a row would say again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskPart {
    Title,
    Target,
    Lead,
    Limit,
}

impl TaskPart {
    pub const ALL: [Self; 4] = [Self::Title, Self::Target, Self::Lead, Self::Limit];

    /// As in packs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Target => "target",
            Self::Lead => "lead",
            Self::Limit => "limit",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }

    /// The kinds of column that can take it.
    pub fn fits(self, kind: ColumnKind) -> bool {
        match self {
            Self::Title | Self::Target => matches!(kind, ColumnKind::Text | ColumnKind::LongText),
            Self::Lead => kind == ColumnKind::Unit,
            Self::Limit => kind == ColumnKind::Date,
        }
    }
}

/// The states that rows go through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// The first is that of a new row.
    pub states: Vec<RowState>,
    pub steps: Vec<RowStep>,
}

/// A state of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowState {
    pub key: String,
    pub label: String,
    /// Nothing is to be done any more.
    pub is_final: bool,
}

/// A step from one state to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowStep {
    pub from: String,
    pub to: String,
    /// What the button says.
    pub label: String,
    /// Who may take it: `keeper` for whose row it is, else a role of the policies.
    pub by: Vec<String>,
    /// Whether something has to be written.
    pub reason: bool,
    /// Whether it has to be somebody else than who took the step before (RECT-07).
    pub other: bool,
}

/// In packs, whose row it is.
pub const KEEPER: &str = "keeper";

/// The roles that a step can be given to, with what they are called.
pub const STEP_ROLES: [(&str, &str); 13] = [
    (KEEPER, "填报的单位或本人"),
    ("supervision_office", "督查办"),
    ("principal", "主要领导"),
    ("deputy", "分管领导"),
    ("head", "本单位负责人"),
    ("contact", "本单位联络员"),
    ("handler", "本单位承办人"),
    ("reviewer", "核验员"),
    ("discipline", "纪检监察"),
    ("personnel", "组织人事"),
    ("finance", "财务"),
    ("investment", "招商"),
    ("publicity", "宣传"),
];

impl ListTemplate {
    /// Its name in addresses and of its rows: `e.problems`.
    pub fn code(&self) -> String {
        code(self.pack, &self.key)
    }

    /// Its rows, where it keeps any.
    pub fn rows(&self) -> Option<&RowsSource> {
        match &self.source {
            ListSource::Rows(rows) => Some(rows),
            ListSource::Ledger { .. } | ListSource::Sheet(_) => None,
        }
    }

    /// Whether it is the list that its rows are kept in.
    pub fn is_register(&self) -> bool {
        self.rows().is_some_and(|rows| rows.register == self.code())
    }

    /// The heading, for a unit or person and a period.
    pub fn heading(&self, owner: &str, period: Option<&Period>) -> String {
        let pattern = match self.title.is_empty() {
            true => "{unit}{period}{list}",
            false => self.title.as_str(),
        };
        let period = period.map(Period::label).unwrap_or_default();
        pattern
            .replace("{unit}", owner)
            .replace("{person}", owner)
            .replace("{period}", &period)
            .replace("{list}", &self.label)
    }

    /// The period that a day is in; `None` where the list goes on.
    pub fn period_of(&self, day: NaiveDate) -> Option<Period> {
        self.cycle.map(|cycle| Period::of(cycle, day))
    }

    /// How often a new one begins.
    pub fn cycle_label(&self) -> &'static str {
        match self.cycle {
            None | Some(PeriodKind::Phase) => "长期",
            Some(PeriodKind::Week) => "每周一份",
            Some(PeriodKind::HalfMonth) => "每半月一份",
            Some(PeriodKind::Month) => "每月一份",
            Some(PeriodKind::Quarter) => "每季度一份",
            Some(PeriodKind::HalfYear) => "每半年一份",
            Some(PeriodKind::Year) => "每年一份",
        }
    }
}

/// A list's name in addresses.
pub fn code(pack: PackKey, key: &str) -> String {
    format!("{}.{key}", pack.key())
}

/// A cycle's name in packs.
pub const CYCLES: [(&str, PeriodKind); 6] = [
    ("week", PeriodKind::Week),
    ("half_month", PeriodKind::HalfMonth),
    ("month", PeriodKind::Month),
    ("quarter", PeriodKind::Quarter),
    ("half_year", PeriodKind::HalfYear),
    ("year", PeriodKind::Year),
];

impl RowsSource {
    pub fn column(&self, key: &str) -> Option<&ListColumn> {
        self.columns.iter().find(|column| column.key == key)
    }

    /// The columns shown, in order.
    pub fn shown(&self) -> impl Iterator<Item = &ListColumn> {
        self.shown.iter().filter_map(|key| self.column(key))
    }

    /// The column with this part, where there is one.
    pub fn part(&self, part: ColumnPart) -> Option<&ListColumn> {
        self.columns.iter().find(|column| column.part == part)
    }

    /// Reads what was typed in each column; the cells, or every fault.
    pub fn read(
        &self,
        typed: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, Cell>, Vec<CellFault>> {
        let mut cells = BTreeMap::new();
        let mut faults = Vec::new();
        for column in &self.columns {
            let text = typed.get(&column.key).map_or("", String::as_str);
            match Cell::read(column, text) {
                Ok(Some(cell)) => {
                    cells.insert(column.key.clone(), cell);
                }
                Ok(None) => {}
                Err(sentence) => faults.push(CellFault::new(column, sentence)),
            }
        }
        let known = |key: &String| self.column(key).is_some();
        if let Some((key, _)) = typed.iter().find(|(key, _)| !known(key)) {
            faults.push(CellFault {
                column: key.clone(),
                label: key.clone(),
                sentence: format!("清单里没有“{key}”这一栏。"),
            });
        }
        match faults.is_empty() {
            true => Ok(cells),
            false => Err(faults),
        }
    }

    /// What is empty and must not be.
    pub fn missing(&self, cells: &BTreeMap<String, Cell>) -> Vec<CellFault> {
        let columns = self.columns.iter();
        let missing = columns.filter(|column| column.required && !cells.contains_key(&column.key));
        missing
            .map(|column| CellFault::new(column, format!("请填写“{}”。", column.label)))
            .collect()
    }
}

impl Lifecycle {
    pub fn state(&self, key: &str) -> Option<&RowState> {
        self.states.iter().find(|state| state.key == key)
    }

    /// The state of a new row.
    pub fn first(&self) -> Option<&RowState> {
        self.states.first()
    }

    /// A state's name; its key where the pack has lost it.
    pub fn label<'a>(&'a self, key: &'a str) -> &'a str {
        self.state(key).map_or(key, |state| state.label.as_str())
    }

    /// The steps that a row in this state can take.
    pub fn steps_from<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'a RowStep> {
        self.steps.iter().filter(move |step| step.from == state)
    }

    pub fn step(&self, from: &str, to: &str) -> Option<&RowStep> {
        let mut steps = self.steps.iter();
        steps.find(|step| step.from == from && step.to == to)
    }
}

impl RowStep {
    /// Who may take it, in words.
    pub fn by_said(&self) -> String {
        let names = self.by.iter().map(|role| {
            let known = STEP_ROLES.iter().find(|(key, _)| key == role);
            known.map_or(role.as_str(), |(_, label)| label)
        });
        names.collect::<Vec<_>>().join("、")
    }
}

/// Which rows of a register are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFilter {
    pub register: String,
    pub sight: RowSight,
    pub unit: Option<crate::ids::UnitId>,
    pub person: Option<crate::ids::PersonId>,
    pub state: Option<String>,
    /// Only those to be done still, or only those that are not.
    pub open: Option<bool>,
    /// The first day of the period.
    pub period: Option<NaiveDate>,
    pub limit: Option<LimitWish>,
    pub withdrawn: bool,
    /// Only those without a mark, as exports hold them.
    pub unmarked: bool,
    pub sort: RowSort,
}

impl RowFilter {
    /// All rows of a register that are not withdrawn.
    pub fn of(register: &str, sight: RowSight) -> Self {
        Self {
            register: register.to_owned(),
            sight,
            unit: None,
            person: None,
            state: None,
            open: None,
            period: None,
            limit: None,
            withdrawn: false,
            unmarked: false,
            sort: RowSort::Latest,
        }
    }
}

/// Whose rows somebody sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowSight {
    /// Of every unit and person.
    pub all: bool,
    /// What is the whole bureau's.
    pub bureau: bool,
    /// Work secrets of others as well.
    pub secrets: bool,
    /// Those of these units.
    pub units: Vec<crate::ids::UnitId>,
    /// Those of this person.
    pub person: Option<crate::ids::PersonId>,
}

/// What is asked of the limits of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitWish {
    /// Passed before this day, and not done.
    Overdue(NaiveDate),
    /// There is one.
    Set,
    /// There is none, and the row is not done.
    Missing,
}

/// The order of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowSort {
    /// What was added last comes first.
    #[default]
    Latest,
    /// The nearest limit comes first, rows without one last.
    Limit,
    /// The day that rows are about, the earliest first.
    Day,
}

/// How many rows a register has for somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowTally {
    pub register: String,
    pub rows: u32,
    /// Those with a limit.
    pub limited: u32,
    /// Those to be done still.
    pub open: u32,
    /// Those to be done still that have no limit.
    pub unlimited: u32,
    /// Those past their limit and not done.
    pub overdue: u32,
}

#[cfg(test)]
mod tests;
