//! The ledger as a table for spreadsheets: Excel, and CSV that WPS and Excel open as it is.
//!
//! However many rows there are, memory holds a few hundred of them (LEDGER-02): they are read page
//! by page into a file without a name, and the answer is sent from there, so that a slow line
//! holds no database open.

use std::io::{BufWriter, Write};

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use luoshi_app::rules;
use luoshi_app::tasks::exports::{self, Export};
use luoshi_app::tasks::sentences;
use luoshi_documents::workbook::{Column, Sheet};
use luoshi_domain::ids::UnitId;
use luoshi_domain::lights::Light as DomainLight;
use luoshi_domain::tasks::{Task, TaskState};
use luoshi_domain::trajectories::percent;

use crate::WebState;
use crate::extract::SignedIn;
use crate::pages::ledger::columns;
use crate::pages::ledger::query::Wish;
use crate::pages::parts::Light;
use crate::pages::streams::{self, Rows};
use crate::pages::{csv, files, labels};
use crate::problem::WebResult;

/// When a column is in the table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Always,
    /// Unless columns were chosen.
    Whole,
    /// Unless columns were chosen and not this one.
    With(&'static str),
    /// Where this one was chosen.
    Chosen(&'static str),
}

/// Every column: its heading, its width in characters, and when it is there. All that LEDGER-02
/// asks for is there unless somebody chose.
const COLUMNS: [(&str, u16, In); 19] = [
    ("编号", 14, In::Always),
    ("任务内容", 28, In::Always),
    ("目标要求", 32, In::Whole),
    ("来源类别", 12, In::Whole),
    ("牵头单位", 14, In::With("lead")),
    ("第一责任人", 10, In::With("lead")),
    ("协办单位", 16, In::Whole),
    ("分管领导", 10, In::With("leader")),
    ("完成时限", 12, In::With("due")),
    ("序时进度", 9, In::With("progress")),
    ("实际进度", 9, In::With("progress")),
    ("完成情况", 26, In::With("state")),
    ("灯", 18, In::With("light")),
    ("评价等级", 9, In::With("grade")),
    ("条款", 22, In::Whole),
    ("类型", 8, In::Chosen("kind")),
    ("下达日期", 12, In::Chosen("issued")),
    ("反馈次数", 9, In::Chosen("reports")),
    ("标签", 16, In::With("tags")),
];

/// The places of the columns that the address asks for.
fn kept(wish: &Wish) -> Vec<usize> {
    let chosen = columns::chosen(wish);
    let is_kept = |shown: In| match shown {
        In::Always => true,
        In::Whole => chosen.is_empty(),
        In::With(key) => chosen.is_empty() || chosen.contains(&key),
        In::Chosen(key) => chosen.contains(&key),
    };
    let columns = COLUMNS.iter().enumerate();
    let kept = columns.filter(|(_, (_, _, shown))| is_kept(*shown));
    kept.map(|(place, _)| place).collect()
}

/// Of all cells or columns those that are kept.
fn pick<T: Clone>(all: &[T], kept: &[usize]) -> Vec<T> {
    kept.iter()
        .filter_map(|place| all.get(*place).cloned())
        .collect()
}

/// All rows of the filter as CSV.
pub(super) async fn export(
    State(state): State<WebState>,
    signed_in: SignedIn,
    RawQuery(query): RawQuery,
) -> WebResult<Response> {
    let wish = Wish::read(query.as_deref())?;
    let found = begun(&state, &signed_in, &wish).await?;
    let today = state.app.today();
    let kept = kept(&wish);
    let headings: Vec<String> = pick(&COLUMNS, &kept)
        .into_iter()
        .map(|(heading, _, _)| heading.to_owned())
        .collect();
    let body = sent(found, kept, move |rows, file| {
        written_csv(&headings, rows, file)
    });
    let name = format!("台账{today}.csv");
    Ok(files::csv_sent(&format!("ledger-{today}.csv"), &name, body))
}

/// The same as an Excel file, ready to print.
pub(super) async fn workbook(
    State(state): State<WebState>,
    signed_in: SignedIn,
    RawQuery(query): RawQuery,
) -> WebResult<Response> {
    let wish = Wish::read(query.as_deref())?;
    let found = begun(&state, &signed_in, &wish).await?;
    let today = state.app.today();
    let kept = kept(&wish);
    let columns = pick(&COLUMNS, &kept).into_iter();
    let columns = columns.map(|(heading, width, _)| Column {
        heading: heading.into(),
        width,
        ..Column::default()
    });
    let sheet = Sheet {
        title: "任务台账".into(),
        note: format!("{today} 导出，共 {} 项", found.count),
        columns: columns.collect(),
        rows: Vec::new(),
    };
    let body = sent(found, kept, move |rows, file| {
        streams::xlsx(sheet, rows, file)
    });
    let name = format!("台账{today}.xlsx");
    Ok(files::xlsx_sent(
        &format!("ledger-{today}.xlsx"),
        &name,
        body,
    ))
}

async fn begun(state: &WebState, signed_in: &SignedIn, wish: &Wish) -> WebResult<Export> {
    let who = signed_in.who();
    let rules = rules::of_bureau(&state.app, who.bureau).await?;
    let filter = wish.filter(&state.app, &rules, who)?;
    Ok(exports::begin(&state.app, who, &filter, wish.sort()?).await?)
}

/// The answer that `write` makes of the rows, sent when all of it is written.
fn sent(
    mut found: Export,
    kept: Vec<usize>,
    write: impl FnOnce(Rows, std::fs::File) -> std::io::Result<std::fs::File> + Send + 'static,
) -> Body {
    let produce = |rows: streams::Sender| async move {
        while let Some(tasks) = found.next().await? {
            let cells = tasks.iter().map(|task| pick(&cells(&found, task), &kept));
            if rows.send(cells.collect()).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    };
    streams::sent(produce, write)
}

fn written_csv(
    headings: &[String],
    mut rows: Rows,
    file: std::fs::File,
) -> std::io::Result<std::fs::File> {
    let mut out = BufWriter::new(file);
    let mut text = String::from(csv::MARK);
    csv::line(&mut text, headings);
    out.write_all(text.as_bytes())?;
    while let Some(cells) = rows.blocking_recv() {
        text.clear();
        for cells in cells {
            csv::line(&mut text, &cells);
        }
        out.write_all(text.as_bytes())?;
    }
    out.into_inner()
        .map_err(std::io::IntoInnerError::into_error)
}

fn cells(found: &Export, task: &Task) -> [String; 19] {
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
        .filter(|co| !co.joint)
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
            .map(|lead| {
                let joint: Vec<UnitId> = task.details.joint_leads().map(|co| co.unit).collect();
                labels::leads(organisation, lead, &joint)
            })
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
        labels::task_kind(details.kind).to_owned(),
        task.issued_on()
            .map(|day| day.to_string())
            .unwrap_or_default(),
        task.feedbacks.to_string(),
        task.tags.join("、"),
    ]
}

/// Where it stands and what was last reported.
fn standing(task: &Task) -> String {
    let state = labels::task_badge(task).label;
    match &task.last_feedback {
        Some(feedback) if task.state != TaskState::Cancelled => {
            format!("{state}：{}", feedback.text)
        }
        _ => state.to_owned(),
    }
}
