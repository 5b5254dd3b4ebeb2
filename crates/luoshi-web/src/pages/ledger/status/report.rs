//! The report to the superior over a range of days: to be printed on A4, or as an Excel table.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use chrono::{Months, NaiveDate};
use luoshi_app::reporting::{self, ReportedTask, Said, Standings, UpwardReport};
use luoshi_app::tasks::sentences;
use luoshi_documents::workbook::{Column, Sheet};
use luoshi_domain::tasks::reporting::{Filing, FilingStanding};
use serde::Deserialize;

use super::{Select, Wish as Status, read, scope, selects};
use crate::WebState;
use crate::extract::{Query, SignedIn};
use crate::pages::ledger::query::address;
use crate::pages::ledger::{PATH as LEDGER, known_plans};
use crate::pages::shell::Shell;
use crate::pages::{files, html, labels};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/ledger/status/report";
const WORKBOOK_PATH: &str = "/ledger/status/report.xlsx";

pub(super) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Member, get(show))
        .get(WORKBOOK_PATH, Access::Member, get(workbook))
}

#[derive(Template)]
#[template(path = "ledger_status_report.html")]
struct ReportPage {
    shell: Shell,
    title: String,
    said: String,
    from: String,
    until: String,
    filters: Vec<Select>,
    rows: Vec<Row>,
    workbook: String,
    status: String,
}

struct Row {
    place: usize,
    href: String,
    number: String,
    title: String,
    source: String,
    lead: String,
    limit: String,
    progress: String,
    filings: String,
    said: String,
    text: String,
    more: Vec<(&'static str, String)>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    from: String,
    until: String,
    lead: String,
    plan: String,
    category: String,
}

impl Wish {
    fn at(&self, path: &str, (from, until): (NaiveDate, NaiveDate)) -> String {
        let (from, until) = (from.to_string(), until.to_string());
        let all = [
            ("from", from.as_str()),
            ("until", &until),
            ("lead", &self.lead),
            ("plan", &self.plan),
            ("category", &self.category),
        ];
        let set = all.into_iter().filter(|(_, value)| !value.is_empty());
        address(path, &set.collect::<Vec<_>>())
    }

    /// The same as the status page narrows by.
    fn status(&self) -> Status {
        Status {
            lead: self.lead.clone(),
            plan: self.plan.clone(),
            category: self.category.clone(),
            ..Status::default()
        }
    }
}

/// The report of the month so far, narrowed as the status is.
pub(super) fn address_of(wish: &Status, found: &Standings) -> String {
    let own = Wish {
        lead: wish.lead.clone(),
        plan: wish.plan.clone(),
        category: wish.category.clone(),
        ..Wish::default()
    };
    own.at(PATH, month(found.day))
}

/// The month up to a day: on the first of a month the one that ended is reported on.
fn month(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let from = day
        .checked_sub_months(Months::new(1))
        .and_then(|day| day.succ_opt());
    (from.unwrap_or(day), day)
}

async fn found(state: &WebState, signed_in: &SignedIn, wish: &Wish) -> WebResult<UpwardReport> {
    let usual = month(state.app.today());
    let days = (
        read(&wish.from, "起")?.unwrap_or(usual.0),
        read(&wish.until, "止")?.unwrap_or(usual.1),
    );
    let scope = scope(&wish.lead, &wish.plan, &wish.category)?;
    Ok(reporting::upwards(&state.app, signed_in.who(), days, &scope).await?)
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let found = found(&state, &signed_in, &wish).await?;
    let plans = known_plans(&state, signed_in.who()).await?;
    let days = (found.from, found.until);
    let rows = found.rows.iter().enumerate();
    let status = wish.status();
    let page = ReportPage {
        title: title(&found),
        said: summed(&found),
        from: found.from.to_string(),
        until: found.until.to_string(),
        filters: selects(&status, &found.organisation, &found.rules, &plans),
        rows: rows
            .map(|(place, task)| row(place + 1, task, &found))
            .collect(),
        workbook: wish.at(WORKBOOK_PATH, days),
        status: status.with("show", ""),
        shell: Shell::signed_in(&state, &signed_in, LEDGER).await?,
    };
    html(StatusCode::OK, &page)
}

async fn workbook(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let found = found(&state, &signed_in, &wish).await?;
    let columns = [
        ("序号", 6),
        ("编号", 14),
        ("任务内容", 28),
        ("来源", 24),
        ("牵头单位", 14),
        ("分管领导", 10),
        ("完成时限", 12),
        ("进度", 8),
        ("应报及上报", 26),
        ("最近上报", 16),
        ("落实情况", 40),
        ("未办及困难", 24),
        ("需协调", 24),
        ("关键数据", 18),
        ("佐证", 26),
    ];
    let columns = columns.map(|(heading, width)| Column {
        heading: heading.into(),
        width,
        ..Column::default()
    });
    let rows = found.rows.iter().enumerate();
    let sheet = Sheet {
        title: title(&found),
        note: summed(&found),
        columns: columns.into(),
        rows: rows
            .map(|(place, task)| cells(place + 1, task, &found))
            .collect(),
    };
    let plain = format!("status-report-{}-{}.xlsx", found.from, found.until);
    let name = format!("落实情况报告{}至{}.xlsx", found.from, found.until);
    files::xlsx(&plain, &name, sheet).await
}

fn title(found: &UpwardReport) -> String {
    format!(
        "上级交办、市级部署事项落实情况报告（{} 至 {}）",
        found.from, found.until
    )
}

/// How many there are, and how their dues stand.
fn summed(found: &UpwardReport) -> String {
    let filings = found.rows.iter().flat_map(|row| &row.filings);
    let (mut filed, mut late, mut missing) = (0, 0, 0);
    for filing in filings {
        match filing.standing {
            FilingStanding::InTime(_) => filed += 1,
            FilingStanding::Late { .. } => late += 1,
            FilingStanding::Missing { .. } => missing += 1,
            _ => {}
        }
    }
    let cut = match found.cut {
        true => "；件数太多，没有全部列出，请选单位或方案",
        false => "",
    };
    format!(
        "共 {} 件；期内应报的，按时上报 {filed} 期，迟报 {late} 期，未报 {missing} 期{cut}",
        found.rows.len()
    )
}

fn source(task: &ReportedTask, found: &UpwardReport) -> String {
    let origin = &task.task.origin;
    let category = found.rules.origin_label(&task.task.details.category);
    format!("{category}：{} {}", origin.document, origin.clause_path)
        .trim()
        .to_owned()
}

fn lead(task: &ReportedTask, found: &UpwardReport) -> String {
    let lead = task.task.details.lead;
    lead.map(|lead| found.organisation.unit_name(lead).to_owned())
        .unwrap_or_default()
}

/// Each due with how it stands, a line each.
fn filings(filings: &[Filing]) -> String {
    let lines = filings.iter().map(|filing| {
        let due = filing.due.format("%m-%d");
        match filing.standing {
            FilingStanding::InTime(report) => format!(
                "应报 {due}，{} 上报{}",
                report.day().format("%m-%d"),
                if report.repeats.is_some() {
                    "（照上次）"
                } else {
                    ""
                }
            ),
            FilingStanding::Late { report, days } => format!(
                "应报 {due}，{} 上报，迟 {days} 天",
                report.day().format("%m-%d")
            ),
            FilingStanding::Missing { days } => format!("应报 {due}，未报，逾期 {days} 天"),
            FilingStanding::Open { .. } => format!("应报 {due}，未到期"),
            FilingStanding::Still => format!("应报 {due}，暂停计时"),
            FilingStanding::Lifted => format!("应报 {due}，暂不需要填报"),
        }
    });
    lines.collect::<Vec<_>>().join("；")
}

/// When it was reported, and by whom.
fn reported(said: &Said) -> String {
    match said.repeated_on {
        Some(again) => format!("{again} 照 {} 的情况上报（{}）", said.day, said.by),
        None => format!("{} {}", said.day, said.by),
    }
}

fn row(place: usize, task: &ReportedTask, found: &UpwardReport) -> Row {
    let known = task.said.as_ref();
    let mut more = Vec::new();
    if let Some(said) = known {
        let parts = [
            ("未办及困难", said.difficulties.clone()),
            ("需协调", said.suggestions.clone()),
            ("关键数据", said.figures.clone()),
            ("佐证", sentences::lines(&said.evidence)),
        ];
        more.extend(parts.into_iter().filter(|(_, text)| !text.is_empty()));
    }
    let limit = task.task.details.limit;
    Row {
        place,
        href: format!("/tasks/{}", task.task.id),
        number: task.task.number.clone().unwrap_or_default(),
        title: task.task.details.title.clone(),
        source: source(task, found),
        lead: lead(task, found),
        limit: limit.map_or_else(|| "未定".into(), |limit| limit.to_string()),
        progress: known.map_or_else(|| "—".into(), |said| format!("{}%", said.progress)),
        filings: filings(&task.filings),
        said: known.map_or_else(|| "到期末还没有上报".into(), reported),
        text: known.map(|said| said.text.clone()).unwrap_or_default(),
        more,
    }
}

fn cells(place: usize, task: &ReportedTask, found: &UpwardReport) -> Vec<String> {
    let row = row(place, task, found);
    let deputy = task.task.details.deputy;
    let known = task.said.as_ref();
    let of = |read: fn(&Said) -> String| known.map(read).unwrap_or_default();
    vec![
        place.to_string(),
        row.number,
        row.title,
        row.source,
        row.lead,
        deputy
            .map(|person| found.organisation.person_name(person).to_owned())
            .unwrap_or_default(),
        row.limit,
        row.progress,
        row.filings,
        row.said,
        format!("{}{}", state(task), row.text),
        of(|said| said.difficulties.clone()),
        of(|said| said.suggestions.clone()),
        of(|said| said.figures.clone()),
        of(|said| sentences::lines(&said.evidence)),
    ]
}

/// That it is over, where it is.
fn state(task: &ReportedTask) -> String {
    match task.task.is_over() {
        true => format!("{}。", labels::task_badge(&task.task).label),
        false => String::new(),
    }
}
