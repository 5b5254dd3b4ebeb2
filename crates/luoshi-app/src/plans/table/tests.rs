use chrono::DateTime;
use luoshi_domain::ids::ProposalId;
use luoshi_domain::organisation::UnitKind;
use luoshi_domain::plans::lineage::Lineage;
use luoshi_domain::plans::questions::Questions;
use luoshi_domain::plans::{Clause, PlanDetails, PlanState, Reading};
use luoshi_domain::samples;
use luoshi_domain::tasks::Level;
use uuid::Uuid;

use super::*;

fn organisation() -> Organisation {
    let unit = |n| UnitId(Uuid::from_u128(n));
    samples::organisation([
        (unit(1), UnitKind::Section, "规划科"),
        (unit(2), UnitKind::Section, "安全科"),
    ])
}

fn proposal(n: u128, title: &str) -> Proposal {
    Proposal {
        id: ProposalId(Uuid::from_u128(n)),
        clause: 0,
        start: 0,
        end: 0,
        quote: format!("{title}。"),
        draft: Draft {
            kind: ProposalKind::Task,
            title: title.into(),
            target: "按期\n完成".into(),
            level: Level::Major,
            leads: vec![UnitId(Uuid::from_u128(1))],
            co_units: Vec::new(),
            limit: "2026-07-31".parse().ok(),
            frequency: None,
        },
        reading: Reading::default(),
        decision: Decision::Open,
        carried: None,
    }
}

fn plan() -> Plan {
    Plan {
        id: PlanId(Uuid::from_u128(9)),
        version: 1,
        details: PlanDetails {
            title: "方案".into(),
            category: "bureau".into(),
            ..PlanDetails::default()
        },
        file_name: "a.txt".into(),
        digest: String::new(),
        text: String::new(),
        lineage: Lineage::default(),
        questions: Questions::default(),
        state: PlanState::Confirming,
        clauses: vec![Clause {
            path: "一".into(),
            level: 1,
            title: String::new(),
            start: 0,
            end: 0,
            has_text: true,
            no_action: None,
        }],
        proposals: vec![proposal(11, "=备料"), proposal(12, "修路")],
        acts: Vec::new(),
        imported_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

fn day(text: &str) -> Result<Option<NaiveDate>, String> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_unreadable| format!("没有读懂“{text}”")),
    }
}

fn changes(plan: &Plan, table: &[Row]) -> Result<Changes, Vec<String>> {
    read(plan, &organisation(), table, &day).map_err(|faults| {
        let told = faults.into_iter();
        told.map(|fault| format!("{} {}", fault.number, fault.sentence))
            .collect()
    })
}

#[test]
fn import_10_a_table_as_exported_changes_nothing() {
    let plan = plan();
    let mut table = rows(&plan, &organisation());
    let read = changes(&plan, &table).unwrap();
    assert_eq!((read.rows.len(), read.unchanged), (0, 2));
    // Spreadsheets lose line breaks and put blanks around.
    table[0][TARGET] = "  按期 完成 ".into();
    assert_eq!(changes(&plan, &table).unwrap().rows.len(), 0);
}

#[test]
fn import_10_an_edited_row_becomes_commands_and_says_what_differs() {
    let plan = plan();
    let mut table = rows(&plan, &organisation());
    table[1][LEADS] = "安全科，规划科".into();
    table[1][LIMIT] = "2026-09-30".into();
    table[1][STATE] = "已采纳".into();
    table.swap(0, 1);
    let read = changes(&plan, &table).unwrap();
    assert_eq!((read.rows.len(), read.unchanged), (1, 1));
    let said: Vec<_> = read.rows[0].differences.iter().map(|one| one.0).collect();
    assert_eq!(said, ["牵头单位", "完成时限", "确认状态"]);
    let id = plan.proposals[1].id;
    let draft = Draft {
        leads: vec![UnitId(Uuid::from_u128(2)), UnitId(Uuid::from_u128(1))],
        limit: "2026-09-30".parse().ok(),
        ..plan.proposals[1].draft.clone()
    };
    let edited = PlanCommand::EditProposal {
        proposal: id,
        draft: Box::new(draft),
    };
    assert_eq!(
        read.commands(),
        [edited, PlanCommand::AcceptProposal { proposal: id }]
    );
}

#[test]
fn import_10_a_state_can_be_changed_with_its_reason() {
    let mut plan = plan();
    plan.proposals[0].decision = Decision::Accepted;
    let mut table = rows(&plan, &organisation());
    table[0][STATE] = "不采纳: 日常工作".into();
    let id = plan.proposals[0].id;
    let rejected = PlanCommand::RejectProposal {
        proposal: id,
        reason: "日常工作".into(),
    };
    assert_eq!(
        changes(&plan, &table).unwrap().commands(),
        [PlanCommand::ReopenProposal { proposal: id }, rejected]
    );
}

#[test]
fn import_10_what_cannot_be_taken_is_told_row_by_row() {
    let plan = plan();
    let mut table = rows(&plan, &organisation());
    table[0][KIND] = "杂项".into();
    table[0][CO_UNITS] = "水利局".into();
    table[0][LIMIT] = "年底".into();
    table[0][STATE] = "已合并".into();
    table[0][TITLE] = " ".into();
    let mut unknown = table[1].clone();
    unknown[NUMBER] = "N0999".into();
    let twice = table[1].clone();
    let mut nameless = table[1].clone();
    nameless[NUMBER] = String::new();
    table.extend([unknown, twice, nameless]);
    assert_eq!(
        changes(&plan, &table).unwrap_err(),
        [
            "N0001 类别“杂项”无法识别，请填任务、常规、指标、规则或原则。",
            "N0001 没有叫“水利局”的单位（配合单位）。",
            "N0001 没有读懂“年底”",
            "N0001 合并要在核对页面上办，表格里不能改成“已合并”。",
            "N0001 任务内容不能空着。",
            "N0999 本方案没有编号 N0999。",
            "N0002 编号 N0002 出现了两次，只能留一行。",
            " 这一行没有编号，不知道改的是哪一项。"
        ]
    );
}

#[test]
fn import_10_a_row_that_somebody_else_changed_since_is_a_conflict_only_where_it_was_edited() {
    let mut plan = plan();
    let mut table = rows(&plan, &organisation());
    plan.proposals[1].draft.title = "另改".into();
    plan.proposals[0].draft.title = "也改".into();
    table[0] = rows(&plan, &organisation())[0].clone();
    table[1][LIMIT] = "2026-09-30".into();
    let told = changes(&plan, &table).unwrap_err();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with("N0002 导出之后这一项又有改动"),
        "{told:?}"
    );
}

#[test]
fn import_10_columns_may_change_places_and_a_day_its_form() {
    let plan = plan();
    let table = rows(&plan, &organisation());
    let mut grid: Vec<Vec<String>> = vec![vec!["方案　任务台账".into()], Vec::new()];
    grid.push(HEADINGS.map(str::to_owned).to_vec());
    grid.extend(table.iter().map(|row| row.to_vec()));
    for row in grid.iter_mut().skip(2) {
        row.reverse();
    }
    let mut read = of_grid(&grid).unwrap();
    assert_eq!(read, table);
    read[0][LIMIT] = "2026年7月31日".into();
    assert_eq!(changes(&plan, &read).unwrap().rows.len(), 0);
    grid[2].retain(|heading| heading != "校验");
    let told = of_grid(&grid).unwrap_err();
    assert!(told[0].sentence.contains("缺少“校验”一栏"));
}
