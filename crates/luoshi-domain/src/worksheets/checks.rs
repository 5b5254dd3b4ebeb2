//! What has to stand in the tables, and what is named when it does not.

use super::{FACET_LIMIT, Facets, ListRow, Matrix, ROWS_LIMIT, TEXT_LIMIT};
use crate::refusals::Refusal;

impl Matrix {
    /// What is missing, each with its system and row, in plain Chinese (LEDGER-07).
    pub fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for (name, empty) in [
            ("目标与要求", self.targets.is_empty()),
            ("任务与举措", self.measures.is_empty()),
            ("政策与制度", self.policies.is_empty()),
        ] {
            if empty {
                missing.push(format!("“{name}”还没有填"));
            }
        }
        for (row, target) in (1..).zip(&self.targets) {
            let name = format!("目标第 {row} 行“{}”", target.text);
            match (is_number(&target.number), target.unit.is_empty()) {
                (false, _) => missing.push(format!("{name}没有数值，目标要量化")),
                (true, true) => missing.push(format!("{name}没有计量单位")),
                (true, false) => {}
            }
        }
        for (row, measure) in (1..).zip(&self.measures) {
            let name = format!("任务第 {row} 行“{}”", measure.text);
            if measure.target == 0 || measure.target > self.targets.len() {
                missing.push(format!("{name}没有对应的目标"));
            }
            if measure.measure.is_empty() {
                missing.push(format!("{name}没有举措"));
            }
        }
        for (row, policy) in (1..).zip(&self.policies) {
            if policy.rule.is_empty() {
                let text = &policy.text;
                missing.push(format!("政策第 {row} 行“{text}”没有写明依据或拟定的制度"));
            }
        }
        missing
    }
}

pub(super) fn list(mut rows: Vec<ListRow>) -> Result<Vec<ListRow>, Refusal> {
    let input = |sentence: String| Err(Refusal::input("list", "LEDGER-06", sentence));
    if rows.is_empty() || rows.len() > ROWS_LIMIT {
        return input(format!("请至少写一行，不超过 {ROWS_LIMIT} 行。"));
    }
    for (number, row) in (1..).zip(&mut rows) {
        trim(&mut row.task);
        trim(&mut row.result);
        for list in [&mut row.responsibilities, &mut row.measures] {
            list.iter_mut().for_each(trim);
            list.retain(|text| !text.is_empty());
        }
        let missing = match (&row.task, &row.responsibilities, &row.measures) {
            (task, _, _) if task.is_empty() => "任务",
            (_, responsibilities, _) if responsibilities.is_empty() => "责任",
            (_, _, measures) if measures.is_empty() => "措施",
            _ => "",
        };
        if !missing.is_empty() {
            return input(format!("第 {number} 行还没有填{missing}。"));
        }
        let cells = [&row.task, &row.result].into_iter();
        let mut cells = cells.chain(&row.responsibilities).chain(&row.measures);
        if cells.any(|text| text.chars().count() > TEXT_LIMIT) {
            return input(format!(
                "第 {number} 行有一格超过 {TEXT_LIMIT} 字，请精简。"
            ));
        }
    }
    Ok(rows)
}

pub(super) fn matrix(mut matrix: Matrix) -> Result<Matrix, Refusal> {
    let input = |sentence: String| Err(Refusal::input("matrix", "LEDGER-07", sentence));
    for target in &mut matrix.targets {
        trim(&mut target.text);
        trim(&mut target.number);
        trim(&mut target.unit);
    }
    for measure in &mut matrix.measures {
        trim(&mut measure.text);
        trim(&mut measure.measure);
    }
    for policy in &mut matrix.policies {
        trim(&mut policy.text);
        trim(&mut policy.rule);
    }
    if cells(&matrix).any(|text| text.chars().count() > TEXT_LIMIT) {
        return input(format!("有一格超过 {TEXT_LIMIT} 字，请精简。"));
    }
    let rows = [
        matrix.targets.len(),
        matrix.measures.len(),
        matrix.policies.len(),
    ];
    if rows.iter().any(|rows| *rows > ROWS_LIMIT) || rows.iter().all(|rows| *rows == 0) {
        return input(format!(
            "每个体系不超过 {ROWS_LIMIT} 行，三个体系不能都空着。"
        ));
    }
    let missing = matrix.missing();
    if matrix.settled && !missing.is_empty() {
        return input(format!("还不能提交：{}。", missing.join("；")));
    }
    Ok(matrix)
}

/// Every text of the three systems.
fn cells(matrix: &Matrix) -> impl Iterator<Item = &String> {
    let targets = matrix.targets.iter();
    let targets = targets.flat_map(|row| [&row.text, &row.number, &row.unit]);
    let measures = matrix.measures.iter();
    let measures = measures.flat_map(|row| [&row.text, &row.measure]);
    let policies = matrix.policies.iter();
    let policies = policies.flat_map(|row| [&row.text, &row.rule]);
    targets.chain(measures).chain(policies)
}

pub(super) fn facets(mut facets: Facets) -> Result<Facets, Refusal> {
    for text in [
        &mut facets.bearers,
        &mut facets.content,
        &mut facets.progress,
        &mut facets.evaluation,
        &mut facets.consequence,
    ] {
        trim(text);
    }
    for (name, text) in facets.named() {
        if text.chars().count() > FACET_LIMIT {
            let sentence = format!("“{name}”超过 {FACET_LIMIT} 字，请精简。");
            return Err(Refusal::input("facets", "LEDGER-08", sentence));
        }
    }
    if facets.empty().len() == facets.named().len() {
        return Err(Refusal::input("facets", "LEDGER-08", "还没有填写内容。"));
    }
    Ok(facets)
}

/// A number as people write one: digits, one point at most, thousands apart, a sign.
fn is_number(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | '，')).collect();
    let plain = plain.trim_start_matches(['-', '+', '≥', '≤', '>', '<']);
    plain.parse::<f64>().is_ok_and(f64::is_finite)
}

fn trim(text: &mut String) {
    *text = text.trim().to_owned();
}
