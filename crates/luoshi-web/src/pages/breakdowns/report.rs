//! The seamless check: which tasks and sub-duties have nobody, unit by unit.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use luoshi_app::breakdowns::reports::{self, SeamlessReport, TaskGaps, UnitGaps};
use luoshi_documents::workbook::{Column, Sheet};
use luoshi_domain::breakdowns::Part;
use luoshi_domain::ids::UnitId;
use luoshi_domain::marks::Mark;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Query, SignedIn};
use crate::pages::ledger::query::address;
use crate::pages::parts::Link;
use crate::pages::registers::{self, Tab};
use crate::pages::shell::Shell;
use crate::pages::{files, html};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/breakdowns";

pub(super) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Member, get(show))
        .get("/breakdowns.xlsx", Access::Member, get(export))
}

#[derive(Template)]
#[template(path = "breakdowns.html")]
struct ReportPage {
    shell: Shell,
    tabs: Vec<Tab>,
    said: String,
    units: Vec<UnitRow>,
    /// What the rows are, in words.
    listed: String,
    all: &'static str,
    rows: Vec<Line>,
    table: String,
    incomplete: bool,
}

/// The numbers of a unit, each with its rows.
struct UnitRow {
    name: String,
    tasks: Link,
    incomplete: Link,
    missing: Link,
    gaps: Link,
}

/// One line: a task, a part that nobody has, or a sub-duty without its person.
struct Line {
    href: String,
    number: String,
    title: String,
    unit: String,
    limit: String,
    what: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Wish {
    unit: String,
    /// `tasks`, `incomplete`, `parts` or `people`; `incomplete` and `people` when left out.
    gap: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let report = reports::seamless(&state.app, signed_in.who()).await?;
    let units = report.units();
    let sum = units
        .iter()
        .fold(UnitGaps::default(), |sum, (_, unit)| UnitGaps {
            tasks: sum.tasks + unit.tasks,
            incomplete: sum.incomplete + unit.incomplete,
            missing: sum.missing + unit.missing,
            gaps: sum.gaps + unit.gaps,
        });
    let rows = lines(&report, &wish);
    let page = ReportPage {
        shell: Shell::signed_in(&state, &signed_in, registers::MENU).await?,
        tabs: registers::tabs(PATH),
        said: match (sum.missing, sum.gaps) {
            (0, 0) => format!("在办 {} 件，每件都有人负责、有人推动、有人落实", sum.tasks),
            (missing, gaps) => format!(
                "在办 {} 件，{} 件共缺 {missing} 个环节，{gaps} 项分工没有人在岗",
                sum.tasks, sum.incomplete
            ),
        },
        units: units
            .iter()
            .map(|(unit, gaps)| unit_row(&report, *unit, *gaps))
            .collect(),
        listed: format!("{}，共 {} 行", listed(&report, &wish), rows.len()),
        all: match wish.unit.is_empty() && wish.gap.is_empty() {
            true => "",
            false => PATH,
        },
        table: address("/breakdowns.xlsx", &pairs(&wish)),
        rows,
        incomplete: !report.complete,
    };
    html(StatusCode::OK, &page)
}

async fn export(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let mut report = reports::seamless(&state.app, signed_in.who()).await?;
    // What is marked leaves by no table (SYS-05).
    report.tasks.retain(|task| task.row.mark == Mark::None);
    let rows = lines(&report, &wish);
    let column = |heading: &'static str, width| Column {
        heading: heading.into(),
        width,
        ..Column::default()
    };
    let sheet = Sheet {
        title: "责任落实缺项".into(),
        note: format!(
            "{} 导出，{}，共 {} 行",
            state.app.today(),
            listed(&report, &wish),
            rows.len()
        ),
        columns: vec![
            column("编号", 16),
            column("事项", 44),
            column("牵头单位", 24),
            column("完成时限", 14),
            column("缺什么", 44),
        ],
        rows: rows
            .into_iter()
            .map(|line| vec![line.number, line.title, line.unit, line.limit, line.what])
            .collect(),
    };
    files::xlsx("breakdowns.xlsx", "责任落实缺项.xlsx", sheet).await
}

fn unit_row(report: &SeamlessReport, unit: Option<UnitId>, gaps: UnitGaps) -> UnitRow {
    let id = unit.map_or_else(|| "none".to_owned(), |unit| unit.to_string());
    let link = |gap: &str, count: usize| Link {
        href: address(PATH, &[("unit", &id), ("gap", gap)]),
        label: count.to_string(),
    };
    UnitRow {
        name: name(report, unit),
        tasks: link("tasks", gaps.tasks),
        incomplete: link("incomplete", gaps.incomplete),
        missing: link("parts", gaps.missing),
        gaps: link("people", gaps.gaps),
    }
}

fn name(report: &SeamlessReport, unit: Option<UnitId>) -> String {
    let name = unit.map(|unit| report.organisation.unit_name(unit));
    name.unwrap_or("没有牵头单位").to_owned()
}

fn pairs(wish: &Wish) -> Vec<(&'static str, &str)> {
    let mut pairs = vec![("unit", wish.unit.as_str()), ("gap", wish.gap.as_str())];
    pairs.retain(|(_, value)| !value.is_empty());
    pairs
}

/// What the rows are, in words.
fn listed(report: &SeamlessReport, wish: &Wish) -> String {
    let what = match wish.gap.as_str() {
        "tasks" => "在办事项",
        "incomplete" => "环节没有配齐的事项",
        "parts" => "缺人的环节",
        "people" => "没有人在岗的分工",
        _ => "环节没有配齐的事项和没有人在岗的分工",
    };
    match wish.unit.as_str() {
        "" => what.to_owned(),
        unit => format!("{}：{what}", name(report, unit.parse().ok())),
    }
}

fn lines(report: &SeamlessReport, wish: &Wish) -> Vec<Line> {
    let unit: Option<UnitId> = wish.unit.parse().ok();
    let tasks = report.tasks.iter();
    let tasks = tasks.filter(|task| wish.unit.is_empty() || task.row.lead == unit);
    tasks
        .flat_map(|task| lines_of(report, task, &wish.gap))
        .collect()
}

fn lines_of(report: &SeamlessReport, task: &TaskGaps, gap: &str) -> Vec<Line> {
    let line = |what: String| Line {
        href: format!("/tasks/{}/breakdown", task.row.id),
        number: task.row.number.clone().unwrap_or_else(|| "未编号".into()),
        title: task.row.title.clone(),
        unit: name(report, task.row.lead),
        limit: task
            .row
            .limit
            .map(|limit| limit.to_string())
            .unwrap_or_default(),
        what,
    };
    let missing: Vec<&str> = task.missing.iter().map(|part| part.label()).collect();
    let whole = match missing.is_empty() {
        true => "负责、推动、落实都有人".to_owned(),
        false => format!("还缺：{}", missing.join("、")),
    };
    match gap {
        "tasks" => return vec![line(whole)],
        "incomplete" if missing.is_empty() => return Vec::new(),
        "incomplete" => return vec![line(whole)],
        _ => {}
    }
    let mut lines = Vec::new();
    if gap == "parts" {
        let parts = task.missing.iter();
        lines.extend(parts.map(|part: &Part| line(format!("没有人{}", part.label()))));
    } else if gap != "people" && !missing.is_empty() {
        lines.push(line(whole));
    }
    if gap != "parts" {
        lines.extend(task.gaps.iter().map(|(row, duty, gap)| {
            let name = report.organisation.person_name(duty.person);
            let (part, gap) = (duty.part.label(), gap.label());
            line(format!("第 {row} 项 {part} {name}：{gap}"))
        }));
    }
    lines
}
