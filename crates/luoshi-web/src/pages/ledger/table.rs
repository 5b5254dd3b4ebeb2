//! The ledger as a table for spreadsheets: CSV that WPS and Excel open as it is.

use axum::extract::State;
use axum::response::Response;
use luoshi_app::rules;
use luoshi_app::tasks::{self, EXPORT_LIMIT, Export, sentences};
use luoshi_documents::workbook::{Column, Sheet};
use luoshi_domain::lights::Light as DomainLight;
use luoshi_domain::tasks::{Task, TaskState};
use luoshi_domain::trajectories::percent;

use crate::WebState;
use crate::extract::{Query, SignedIn};
use crate::pages::ledger::query::Wish;
use crate::pages::parts::Light;
use crate::pages::{csv, files, labels};
use crate::problem::WebResult;

const HEADINGS: [&str; 15] = [
    "编号",
    "任务内容",
    "目标要求",
    "来源类别",
    "牵头单位",
    "第一责任人",
    "协办单位",
    "分管领导",
    "完成时限",
    "序时进度",
    "实际进度",
    "完成情况",
    "灯",
    "评价等级",
    "条款",
];

/// Widths of the columns in a workbook, in characters.
const WIDTHS: [u16; 15] = [14, 28, 32, 12, 14, 10, 16, 10, 12, 9, 9, 26, 18, 9, 22];

/// All rows of the filter as a file.
pub(super) async fn export(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let found = found(&state, &signed_in, &wish).await?;
    let today = state.app.today();
    Ok(files::csv(
        &format!("ledger-{today}.csv"),
        &format!("台账{today}.csv"),
        table(&found),
    ))
}

/// The same as an Excel file, ready to print.
pub(super) async fn workbook(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let found = found(&state, &signed_in, &wish).await?;
    let today = state.app.today();
    let sheet = sheet(&state, &found);
    let name = format!("台账{today}.xlsx");
    files::xlsx(&format!("ledger-{today}.xlsx"), &name, sheet).await
}

async fn found(state: &WebState, signed_in: &SignedIn, wish: &Wish) -> WebResult<Export> {
    let who = signed_in.who();
    let rules = rules::of_bureau(&state.app, who.bureau).await?;
    let filter = wish.filter(&state.app, &rules, who)?;
    Ok(tasks::export(&state.app, who, &filter, wish.sort()?).await?)
}

fn sheet(state: &WebState, found: &Export) -> Sheet {
    let columns = HEADINGS.iter().zip(WIDTHS);
    let columns = columns.map(|(heading, width)| Column {
        heading,
        width,
        ..Column::default()
    });
    let rows = found.tasks.iter().map(|task| cells(found, task));
    let mut note = format!("{} 导出，共 {} 项", state.app.today(), found.tasks.len());
    if !found.complete {
        note = format!("{note}；为前 {EXPORT_LIMIT} 项，其余请缩小筛选范围后再导出");
    }
    Sheet {
        title: "任务台账".into(),
        note,
        columns: columns.collect(),
        rows: rows.map(Vec::from).collect(),
    }
}

fn table(found: &Export) -> String {
    let mut text = String::from(csv::MARK);
    csv::line(&mut text, &HEADINGS.map(str::to_owned));
    for task in &found.tasks {
        csv::line(&mut text, &cells(found, task));
    }
    if !found.complete {
        let more = format!("以上为前 {EXPORT_LIMIT} 项；其余请缩小筛选范围后再导出。");
        csv::line(&mut text, &[more]);
    }
    text
}

fn cells(found: &Export, task: &Task) -> [String; 15] {
    let (organisation, details) = (&found.organisation, &task.details);
    let today = found.rules.today;
    let facts = task.facts();
    let light = Light::from(DomainLight::of(
        &facts,
        today,
        &found.rules.calendar,
        &found.rules.leads,
    ));
    let expected = facts.expected(facts.judged_on(today));
    let expected = expected.map_or_else(String::new, |tenths| format!("{}%", percent(tenths)));
    let person = |id| organisation.person_name(id).to_owned();
    let co_units = details
        .co_units
        .iter()
        .map(|co| organisation.unit_name(co.unit));
    let head = details
        .lead
        .and_then(|lead| organisation.first_responsible(lead));
    [
        task.number.clone().unwrap_or_default(),
        details.title.clone(),
        details.target.clone(),
        found.rules.origin_label(&details.category).to_owned(),
        details
            .lead
            .map(|lead| organisation.unit_name(lead).to_owned())
            .unwrap_or_default(),
        head.map(person).unwrap_or_default(),
        co_units.collect::<Vec<_>>().join("、"),
        details.deputy.map(person).unwrap_or_default(),
        details
            .limit
            .map(|limit| limit.to_string())
            .unwrap_or_default(),
        expected,
        format!("{}%", task.progress),
        standing(task),
        format!("{} {}", light.word, light.reason),
        task.grade
            .map(sentences::grade)
            .unwrap_or_default()
            .to_owned(),
        format!("{} {}", task.origin.document, task.origin.clause_path),
    ]
}

/// Where it stands and what was last reported.
fn standing(task: &Task) -> String {
    let state = labels::state(task.state, labels::waiting(task)).label;
    match &task.last_feedback {
        Some(feedback) if task.state != TaskState::Cancelled => {
            format!("{state}：{}", feedback.text)
        }
        _ => state.to_owned(),
    }
}
