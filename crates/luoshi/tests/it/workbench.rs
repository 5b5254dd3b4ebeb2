//! The workbench over HTTP: what a person does there and takes back.

use axum::http::StatusCode;
use luoshi_app::plans::{self, table};
use luoshi_documents::limits::Limits;
use luoshi_documents::workbook::{self, Column, Sheet};
use luoshi_domain::ids::PlanId;
use luoshi_domain::plans::{Decision, Plan};

use crate::harness::{Session, TestApp};

async fn plan_of(app: &TestApp, id: PlanId) -> Plan {
    let who = app.who("zhou").await;
    plans::show(&app.app, &who, id).await.unwrap().plan
}

/// The words and the number of the button that takes the latest act back.
fn offered(page: &str) -> Option<(String, String)> {
    let form = page.split("/undo\" method=\"post\">").nth(1)?;
    let act = form
        .split("name=\"act\" value=\"")
        .nth(1)?
        .split('"')
        .next()?;
    let label = form
        .split("最近办的一步\">")
        .nth(1)?
        .split(" <kbd>")
        .next()?;
    Some((label.to_owned(), act.to_owned()))
}

async fn take_back(session: &Session, id: PlanId) -> String {
    let page = session.get(&format!("/plans/{id}")).await;
    let (label, act) = offered(&page.body).expect("nothing is offered to take back");
    let answer = session
        .post(&format!("/plans/{id}/undo"), &[("act", &act)])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    label
}

#[tokio::test]
async fn import_10_acts_are_taken_back_step_by_step_and_the_journal_keeps_both() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let id = app.import(luoshi_app::demo::trial_plan()).await;
    let imported = plan_of(&app, id).await;
    let page = zhou.get(&format!("/plans/{id}")).await.body;
    assert_eq!(offered(&page), None);

    let first = &imported.proposals[0];
    let path = &imported.clauses[usize::try_from(first.clause).unwrap()].path;
    let at = format!("/plans/{id}/proposals/{}", first.id);
    zhou.post(&format!("{at}/accept"), &[]).await;
    zhou.post(&format!("{at}/undo"), &[]).await;
    zhou.post(&format!("{at}/reject"), &[("reason", "日常工作")])
        .await;
    assert_eq!(
        take_back(&zhou, id).await,
        format!("撤销：不采纳 {path} 1 项")
    );
    assert_eq!(
        take_back(&zhou, id).await,
        format!("撤销：撤回决定 {path} 1 项")
    );
    assert_eq!(
        plan_of(&app, id).await.proposals[0].decision,
        Decision::Accepted
    );
    assert_eq!(
        take_back(&zhou, id).await,
        format!("撤销：采纳 {path} 1 项")
    );
    assert_eq!(plan_of(&app, id).await.proposals, imported.proposals);
    let page = zhou.get(&format!("/plans/{id}")).await.body;
    assert_eq!(offered(&page), None);
    let version = plan_of(&app, id).await.version;
    assert!(version > imported.version + 6, "the journal lost steps");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_10_a_step_that_is_gone_is_told_in_a_sentence() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let id = app.import(luoshi_app::demo::trial_plan()).await;
    let answer = zhou
        .post(&format!("/plans/{id}/undo"), &[("act", "77")])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("luoshi_flash=warn."), "{cookie}");
}

const HEAD: usize = 2;

/// The column with this heading in an exported grid.
fn column(grid: &[Vec<String>], heading: &str) -> usize {
    grid[HEAD].iter().position(|cell| cell == heading).unwrap()
}

/// The grid as a spreadsheet program would save it.
fn saved(grid: &[Vec<String>]) -> Vec<u8> {
    let columns = table::HEADINGS.map(|heading| Column {
        heading: heading.into(),
        width: 10,
        ..Column::default()
    });
    let rows = grid[HEAD + 1..].iter().map(|row| {
        let mut row = row.clone();
        row.resize(columns.len(), String::new());
        row
    });
    let sheet = Sheet {
        rows: rows.collect(),
        columns: columns.to_vec(),
        ..Sheet::default()
    };
    workbook::write(&sheet).unwrap()
}

/// The changed rows that a preview keeps for its form.
fn kept(page: &str) -> String {
    let value = page.split("name=\"rows\" value=\"").nth(1).unwrap();
    let value = value.split('"').next().unwrap();
    let escapes = [
        ("&#34;", "\""),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ];
    let mut text = value.to_owned();
    for (escaped, letter) in escapes {
        text = text.replace(escaped, letter);
    }
    text
}

#[tokio::test]
async fn import_10_the_table_goes_out_is_edited_comes_back_and_is_one_step() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let id = app.import(luoshi_app::demo::trial_plan()).await;
    let imported = plan_of(&app, id).await;
    let file = zhou.get(&format!("/plans/{id}/table.xlsx")).await;
    assert_eq!(file.status, StatusCode::OK);
    let mut grid = workbook::read(&file.bytes, &Limits::default()).unwrap();
    assert_eq!(grid.len(), HEAD + 1 + imported.proposals.len());
    let at = format!("/plans/{id}/table");

    // As it is, it changes nothing.
    let same = zhou.upload(&at, &saved(&grid), &[]).await;
    assert_eq!(same.status, StatusCode::OK, "{}", same.body);
    assert!(same.body.contains("没有要改的"));

    let (title, state) = (column(&grid, "任务内容"), column(&grid, "确认状态"));
    let leads = column(&grid, "牵头单位");
    grid[HEAD + 1][title] = "改过的任务".into();
    grid[HEAD + 1][state] = "已采纳".into();
    grid[HEAD + 2][state] = "不采纳：已经办完".into();

    // What cannot be taken is told row by row, and nothing is stored.
    let mut wrong = grid.clone();
    wrong[HEAD + 1][leads] = "不存在的科".into();
    let refused = zhou.upload(&at, &saved(&wrong), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("N0001"), "{}", refused.body);
    assert!(refused.body.contains("没有叫“不存在的科”的单位"));
    assert_eq!(plan_of(&app, id).await.version, imported.version);

    let preview = zhou.upload(&at, &saved(&grid), &[]).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    assert!(preview.body.contains("改这 2 项"));
    assert!(preview.body.contains("→ 改过的任务"));
    assert_eq!(plan_of(&app, id).await.version, imported.version);
    let rows = kept(&preview.body);
    let done = zhou
        .post(&format!("{at}/confirm"), &[("rows", &rows)])
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let changed = plan_of(&app, id).await;
    assert_eq!(changed.proposals[0].draft.title, "改过的任务");
    assert_eq!(changed.proposals[0].decision, Decision::Accepted);
    let reason = "已经办完".to_owned();
    assert_eq!(changed.proposals[1].decision, Decision::Rejected { reason });

    // The old file now meets changes that it does not know of.
    grid[HEAD + 1][title] = "再改一次".into();
    let stale = zhou.upload(&at, &saved(&grid), &[]).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.body.contains("导出之后这一项又有改动"));

    assert!(take_back(&zhou, id).await.starts_with("撤销：按表格修改"));
    assert_eq!(plan_of(&app, id).await.proposals, imported.proposals);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn ledger_11_the_ledger_is_exported_as_a_workbook_of_its_rows() {
    let app = TestApp::with_demo().await;
    let zhou = app.as_user("zhou").await;
    let file = zhou.get("/ledger/export.xlsx").await;
    assert_eq!(file.status, StatusCode::OK);
    let grid = workbook::read(&file.bytes, &Limits::default()).unwrap();
    let csv = zhou.get("/ledger/export.csv").await.body;
    assert_eq!(grid[HEAD][0], "编号");
    assert!(grid.len() > HEAD + 5, "{} rows", grid.len());
    for row in &grid[HEAD + 1..] {
        assert!(csv.contains(&row[1]), "{}", row[1]);
    }
}
