use super::*;

fn sheet(rows: &[&str]) -> Worksheet {
    let mut sheet = Worksheet::blank(TaskId(Uuid::from_u128(1)), NaiveDate::default());
    sheet.list = rows
        .iter()
        .map(|result| ListRow {
            task: "修路".into(),
            responsibilities: vec!["甲".into()],
            measures: vec!["乙".into()],
            result: (*result).to_owned(),
        })
        .collect();
    sheet
}

fn matrix() -> Matrix {
    let target = |text: &str, number: &str| Target {
        text: text.into(),
        number: number.into(),
        unit: "公里".into(),
    };
    Matrix {
        targets: vec![
            target("新改建", "66.7"),
            target("养护", "1,200"),
            target("验收", "≥10"),
            target("绿化", "30"),
        ],
        measures: vec![Measure {
            text: "分三批开工".into(),
            measure: "每月调度一次".into(),
            target: 1,
        }],
        policies: vec![Backing {
            text: "以奖代补".into(),
            rule: "农村公路养护办法".into(),
            planned: true,
        }],
        settled: true,
    }
}

#[test]
fn ledger_06_closing_with_an_empty_result_is_refused_with_the_row_number() {
    let refused = sheet(&["通车", "", "验收"])
        .check_closing(false)
        .unwrap_err();
    assert_eq!(refused.code, "result_missing");
    assert!(refused.sentence.contains("第 2 行"), "{refused}");
    assert!(sheet(&["通车", "完成", "验收"]).check_closing(true).is_ok());
    assert!(sheet(&[]).check_closing(false).is_ok());
    let refused = sheet(&[]).check_closing(true).unwrap_err();
    assert_eq!(refused.code, "list_missing");
}

#[test]
fn ledger_06_each_row_has_a_responsibility_and_a_measure() {
    let full = sheet(&[""]).list;
    assert!(checks::list(full.clone()).is_ok());
    let mut without = full.clone();
    without[0].measures = vec![" ".into()];
    let rows = [full.clone(), without].concat();
    let refused = checks::list(rows).unwrap_err();
    assert_eq!(refused.sentence, "第 2 行还没有填措施。");
    let mut without = full;
    without[0].responsibilities.clear();
    assert!(checks::list(without).unwrap_err().sentence.contains("责任"));
    assert!(checks::list(Vec::new()).is_err());
}

#[test]
fn ledger_07_one_of_four_targets_without_a_number_is_named() {
    assert!(checks::matrix(matrix()).is_ok());
    let mut bad = matrix();
    bad.targets[2].number = "若干".into();
    let refused = checks::matrix(bad.clone()).unwrap_err();
    assert!(
        refused.sentence.contains("目标第 3 行“验收”没有数值"),
        "{refused}"
    );
    bad.settled = false;
    assert!(checks::matrix(bad).is_ok(), "a draft may be incomplete");
}

#[test]
fn ledger_07_tasks_are_tied_to_a_target_and_policies_cite_a_rule() {
    let mut bad = matrix();
    bad.measures[0].target = 5;
    bad.measures[0].measure.clear();
    bad.policies[0].rule.clear();
    bad.targets[0].unit.clear();
    let missing = bad.missing();
    assert_eq!(missing.len(), 4, "{missing:?}");
    let empty = Matrix::default().missing();
    assert_eq!(empty.len(), 3, "{empty:?}");
}

#[test]
fn ledger_08_an_empty_use_of_results_is_named() {
    let facets = Facets {
        bearers: "规划科，全县村道".into(),
        content: "66.7 公里".into(),
        progress: "已通车".into(),
        evaluation: "群众满意".into(),
        consequence: " ".into(),
    };
    assert_eq!(facets.empty(), ["结果运用"]);
    assert!(checks::facets(facets).is_ok());
    assert!(checks::facets(Facets::default()).is_err());
}
