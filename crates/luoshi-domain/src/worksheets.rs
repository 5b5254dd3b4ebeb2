//! What a lead unit fills in for a task: the four-in-one list (任务—责任—措施—结果, LEDGER-06), the
//! work matrix (目标与要求 / 任务与举措 / 政策与制度, LEDGER-07) and the five facets (LEDGER-08).
//!
//! One register entry a task, whose id is the task's; the task knows nothing of it. Whether a
//! closing may go on is asked by the use case.

mod checks;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::calendar::local_day;
use crate::ids::TaskId;
use crate::journal::Signed;
use crate::refusals::Refusal;
use crate::registers::Registered;
use crate::tasks::Task;

/// Longest text of a cell, in characters.
pub const TEXT_LIMIT: usize = 300;

/// Longest facet, in characters.
pub const FACET_LIMIT: usize = 1000;

/// Most rows of a table.
pub const ROWS_LIMIT: usize = 60;

/// The tables of one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worksheet {
    /// The task's id and its own.
    pub task: TaskId,
    pub version: i64,
    /// The day it was begun on.
    pub day: NaiveDate,
    pub list: Vec<ListRow>,
    pub matrix: Matrix,
    pub facets: Facets,
}

/// A row of the four-in-one list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRow {
    /// 任务
    pub task: String,
    /// 责任, one at least.
    pub responsibilities: Vec<String>,
    /// 措施, one at least.
    pub measures: Vec<String>,
    /// 结果, filled in before the task is closed.
    pub result: String,
}

/// The matrix of three systems.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matrix {
    /// 目标与要求
    pub targets: Vec<Target>,
    /// 任务与举措
    pub measures: Vec<Measure>,
    /// 政策与制度
    pub policies: Vec<Backing>,
    /// Whether it was handed in: then nothing is missing in it.
    pub settled: bool,
}

/// A target with its number (量化).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub text: String,
    /// As written, e.g. `66.7`.
    pub number: String,
    pub unit: String,
}

/// A task with a measure that can be carried out (务实).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    pub text: String,
    pub measure: String,
    /// Which of the targets it is for, from 1; 0 for none.
    pub target: usize,
}

/// A policy with the rule that it rests on (管用).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backing {
    pub text: String,
    /// The rule's name.
    pub rule: String,
    /// Whether the rule is still to be made.
    pub planned: bool,
}

/// The five facets of a key work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// 实施主体和对象
    pub bearers: String,
    /// 重点内容
    pub content: String,
    /// 落实情况
    pub progress: String,
    /// 成效评估
    pub evaluation: String,
    /// 结果运用
    pub consequence: String,
}

/// What can be asked of a worksheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorksheetCommand {
    List(Vec<ListRow>),
    Matrix(Matrix),
    Facets(Box<Facets>),
}

/// What happened to a worksheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorksheetEvent {
    ListKept { rows: Vec<ListRow> },
    MatrixKept { matrix: Matrix },
    FacetsKept { facets: Box<Facets> },
}

impl Facets {
    /// Each facet with its name, in order.
    pub fn named(&self) -> [(&'static str, &str); 5] {
        [
            ("实施主体和对象", &self.bearers),
            ("重点内容", &self.content),
            ("落实情况", &self.progress),
            ("成效评估", &self.evaluation),
            ("结果运用", &self.consequence),
        ]
    }

    /// The names of those that are empty.
    pub fn empty(&self) -> Vec<&'static str> {
        let named = self.named().into_iter();
        named
            .filter(|(_, text)| text.trim().is_empty())
            .map(|(name, _)| name)
            .collect()
    }
}

impl Worksheet {
    /// What nobody has filled in yet.
    pub fn blank(task: TaskId, day: NaiveDate) -> Self {
        Self {
            task,
            version: 0,
            day,
            list: Vec::new(),
            matrix: Matrix::default(),
            facets: Facets::default(),
        }
    }

    /// What would happen, or why it may not.
    pub fn decide(
        &self,
        task: &Task,
        command: WorksheetCommand,
    ) -> Result<WorksheetEvent, Refusal> {
        // The use of the results comes after the closing.
        if task.is_over() && !matches!(command, WorksheetCommand::Facets(_)) {
            let sentence = "事项已办结或撤销，清单和矩阵不再变动。";
            return Err(Refusal::state("over", "LEDGER-06", sentence));
        }
        match command {
            WorksheetCommand::List(rows) => Ok(WorksheetEvent::ListKept {
                rows: checks::list(rows)?,
            }),
            WorksheetCommand::Matrix(matrix) => Ok(WorksheetEvent::MatrixKept {
                matrix: checks::matrix(matrix)?,
            }),
            WorksheetCommand::Facets(facets) => Ok(WorksheetEvent::FacetsKept {
                facets: Box::new(checks::facets(*facets)?),
            }),
        }
    }

    /// The rows of the list, from 1, that have no result yet.
    pub fn without_result(&self) -> Vec<usize> {
        let rows = (1..).zip(&self.list);
        rows.filter(|(_, row)| row.result.is_empty())
            .map(|(number, _)| number)
            .collect()
    }

    /// Whether the task may be closed as far as its list goes; `wanted` says that it must have one
    /// (LEDGER-06).
    pub fn check_closing(&self, wanted: bool) -> Result<(), Refusal> {
        let refused = |code, sentence: String| Err(Refusal::state(code, "LEDGER-06", sentence));
        if self.list.is_empty() && wanted {
            let sentence = "这类来源的事项要有“四合一”清单，还没有填，不能办结。";
            return refused("list_missing", sentence.into());
        }
        let rows = self.without_result();
        if rows.is_empty() {
            return Ok(());
        }
        let rows: Vec<String> = rows.iter().map(usize::to_string).collect();
        let sentence = format!(
            "“四合一”清单第 {} 行还没有填结果，不能办结。",
            rows.join("、")
        );
        refused("result_missing", sentence)
    }
}

impl Registered for Worksheet {
    type Event = WorksheetEvent;

    const STREAM: &'static str = "worksheet";

    fn id(&self) -> Uuid {
        self.task.0
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn day(&self) -> NaiveDate {
        self.day
    }

    fn is_open(&self) -> bool {
        true
    }

    fn begun(id: Uuid, event: &WorksheetEvent, by: &Signed) -> Option<Self> {
        let mut begun = Self::blank(TaskId(id), local_day(by.at));
        begun.apply(event, by);
        Some(begun)
    }

    fn apply(&mut self, event: &WorksheetEvent, _by: &Signed) {
        self.version += 1;
        match event {
            WorksheetEvent::ListKept { rows } => self.list.clone_from(rows),
            WorksheetEvent::MatrixKept { matrix } => self.matrix.clone_from(matrix),
            WorksheetEvent::FacetsKept { facets } => self.facets.clone_from(facets),
        }
    }
}

#[cfg(test)]
mod tests;
