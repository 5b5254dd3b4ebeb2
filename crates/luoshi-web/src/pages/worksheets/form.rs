//! The rows of the three forms, as typed and as shown.

use luoshi_domain::worksheets::{Backing, Facets, ListRow, Matrix, Measure, ROWS_LIMIT, Target};
use serde::Deserialize;

use super::{FACET_LIMIT, ListFields, MeasureFields, PolicyFields, SPARE_ROWS, TargetFields};
use crate::pages::parts::{Choice, Field};

/// Rows that an empty form begins with.
const FIRST_ROWS: usize = 3;

/// The list as typed: one value in each list for each row; several responsibilities and measures
/// stand on lines of their own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TypedList {
    pub(super) seen: Option<i64>,
    task: Vec<String>,
    responsibilities: Vec<String>,
    measures: Vec<String>,
    result: Vec<String>,
}

/// The matrix as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TypedMatrix {
    pub(super) seen: Option<i64>,
    target: Vec<String>,
    number: Vec<String>,
    unit: Vec<String>,
    measure_task: Vec<String>,
    measure: Vec<String>,
    measure_target: Vec<String>,
    policy: Vec<String>,
    rule: Vec<String>,
    planned: Vec<String>,
    /// `yes` when it is handed in.
    settled: String,
}

/// The facets as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TypedFacets {
    pub(super) seen: Option<i64>,
    bearers: String,
    content: String,
    progress: String,
    evaluation: String,
    consequence: String,
}

fn cell(list: &[String], row: usize) -> String {
    let text = list.get(row).map(|text| text.trim()).unwrap_or_default();
    text.replace("\r\n", "\n")
}

fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

impl TypedList {
    /// The rows in which something stands.
    pub(super) fn rows(&self) -> Vec<ListRow> {
        let rows = (0..self.task.len().min(ROWS_LIMIT * 2)).map(|row| ListRow {
            task: cell(&self.task, row),
            responsibilities: lines(&cell(&self.responsibilities, row)),
            measures: lines(&cell(&self.measures, row)),
            result: cell(&self.result, row),
        });
        rows.filter(|row| *row != ListRow::default()).collect()
    }
}

impl TypedMatrix {
    pub(super) fn matrix(&self) -> Matrix {
        let targets: Vec<Target> = (0..self.target.len().min(ROWS_LIMIT * 2))
            .map(|row| Target {
                text: cell(&self.target, row),
                number: cell(&self.number, row),
                unit: cell(&self.unit, row),
            })
            .collect();
        // A row left out moves those after it up: the tasks tied to them go along.
        let kept = |target: &Target| !(target.text.is_empty() && target.number.is_empty());
        let place = |row: usize| match targets.get(row) {
            Some(target) if kept(target) => targets
                .iter()
                .take(row + 1)
                .filter(|known| kept(known))
                .count(),
            _ => 0,
        };
        let measures = (0..self.measure_task.len().min(ROWS_LIMIT * 2)).map(|row| {
            let wanted = cell(&self.measure_target, row).parse::<usize>();
            let wanted = wanted.ok().and_then(|wanted| wanted.checked_sub(1));
            Measure {
                text: cell(&self.measure_task, row),
                measure: cell(&self.measure, row),
                target: wanted.map_or(0, place),
            }
        });
        let policies = (0..self.policy.len().min(ROWS_LIMIT * 2)).map(|row| Backing {
            text: cell(&self.policy, row),
            rule: cell(&self.rule, row),
            planned: cell(&self.planned, row) == "yes",
        });
        Matrix {
            measures: measures
                .filter(|row| !(row.text.is_empty() && row.measure.is_empty()))
                .collect(),
            policies: policies
                .filter(|row| !(row.text.is_empty() && row.rule.is_empty()))
                .collect(),
            settled: self.settled == "yes",
            targets: targets.iter().filter(|row| kept(row)).cloned().collect(),
        }
    }
}

impl TypedFacets {
    pub(super) fn facets(&self) -> Facets {
        let text = |text: &String| text.replace("\r\n", "\n");
        Facets {
            bearers: text(&self.bearers),
            content: text(&self.content),
            progress: text(&self.progress),
            evaluation: text(&self.evaluation),
            consequence: text(&self.consequence),
        }
    }
}

/// How many rows a form with so many filled ones has.
fn wanted(filled: usize) -> usize {
    (filled + SPARE_ROWS).max(FIRST_ROWS)
}

pub(super) fn list_fields(rows: &[ListRow]) -> Vec<ListFields> {
    let mut rows = rows.to_vec();
    rows.resize(wanted(rows.len()), ListRow::default());
    let rows = (1..).zip(rows);
    rows.map(|(number, row)| ListFields {
        number,
        task: row.task,
        responsibilities: row.responsibilities.join("\n"),
        measures: row.measures.join("\n"),
        result: row.result,
    })
    .collect()
}

pub(super) fn target_fields(matrix: &Matrix) -> Vec<TargetFields> {
    let mut rows = matrix.targets.clone();
    rows.resize(wanted(rows.len()), Target::default());
    let rows = (1..).zip(rows);
    rows.map(|(number, row)| TargetFields {
        number,
        text: row.text,
        value: row.number,
        unit: row.unit,
    })
    .collect()
}

pub(super) fn measure_fields(matrix: &Matrix) -> Vec<MeasureFields> {
    let mut rows = matrix.measures.clone();
    rows.resize(wanted(rows.len()), Measure::default());
    // A target may be typed in the same form, so that its number is offered before it is saved.
    let offered = wanted(matrix.targets.len());
    let rows = (1..).zip(rows);
    rows.map(|(number, row)| {
        let current = row.target.to_string();
        let none = Choice::new("0", "对应目标", &current);
        let targets = (1..=offered).map(|target| {
            let text = matrix.targets.get(target - 1);
            let text: String = text
                .map(|known| known.text.chars().take(12).collect())
                .unwrap_or_default();
            let label = format!("目标 {target} {text}");
            Choice::new(target.to_string(), label.trim(), &current)
        });
        MeasureFields {
            number,
            text: row.text,
            measure: row.measure,
            targets: std::iter::once(none).chain(targets).collect(),
        }
    })
    .collect()
}

pub(super) fn policy_fields(matrix: &Matrix) -> Vec<PolicyFields> {
    let mut rows = matrix.policies.clone();
    rows.resize(wanted(rows.len()), Backing::default());
    let rows = (1..).zip(rows);
    rows.map(|(number, row)| {
        let current = if row.planned { "yes" } else { "no" };
        PolicyFields {
            number,
            text: row.text,
            rule: row.rule,
            planned: vec![
                Choice::new("no", "已有", current),
                Choice::new("yes", "拟定", current),
            ],
        }
    })
    .collect()
}

pub(super) fn facet_fields(facets: &Facets) -> Vec<Field> {
    let names = [
        "bearers",
        "content",
        "progress",
        "evaluation",
        "consequence",
    ];
    let fields = names.into_iter().zip(facets.named());
    fields
        .map(|(name, (label, text))| Field {
            max: FACET_LIMIT,
            ..Field::area(name, label, text)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn ledger_07_a_target_left_empty_moves_the_tasks_tied_to_those_after_it() {
        let typed = TypedMatrix {
            target: texts(&["通车", "", "验收"]),
            number: texts(&["66", "", "10"]),
            unit: texts(&["公里", "", "次"]),
            measure_task: texts(&["开工", "组织验收", ""]),
            measure: texts(&["三批", "第三方", ""]),
            measure_target: texts(&["1", "3", "2"]),
            ..TypedMatrix::default()
        };
        let matrix = typed.matrix();
        let targets: Vec<usize> = matrix.measures.iter().map(|row| row.target).collect();
        assert_eq!(targets, [1, 2]);
        assert_eq!(matrix.targets.len(), 2);
    }

    #[test]
    fn ledger_06_lines_are_several_responsibilities_and_empty_rows_are_none() {
        let typed = TypedList {
            task: texts(&["修路", ""]),
            responsibilities: texts(&["甲\r\n\r\n乙", ""]),
            measures: texts(&["丙", ""]),
            result: texts(&["", ""]),
            ..TypedList::default()
        };
        let rows = typed.rows();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].responsibilities, ["甲", "乙"]);
    }
}
