//! Making one task of two: choosing the one that is kept, looking at what it would do, doing it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::merging::{self, Merger, Planned};
use luoshi_app::{hierarchy, tasks as ledger};
use luoshi_domain::ids::TaskId;
use luoshi_domain::lights::Light as DomainLight;
use luoshi_domain::tasks::lists::TaskRow;
use luoshi_domain::tasks::{Origin, Task};
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::pages::parts::{Fault, Field, Light};
use crate::pages::shell::Shell;
use crate::pages::{html, labels, registers};
use crate::problem::WebResult;
use crate::routes::{Access, Table};
use crate::sessions::see_other;

pub(crate) fn routes(table: Table) -> Table {
    let one = "/tasks/{id}/merge";
    table
        .get(one, Access::Row, get(show))
        .post(one, Access::Row, post(merge))
}

#[derive(Template)]
#[template(path = "merge.html")]
struct MergePage {
    shell: Shell,
    faults: Vec<Fault>,
    task_href: String,
    task: String,
    here: String,
    /// Why the reader may not; empty where they may.
    closed: String,
    alike: Vec<Alike>,
    number: Field,
    plan: Option<Plan>,
}

struct Alike {
    href: String,
    choose: String,
    number: String,
    title: String,
    unit: String,
    limit: String,
    percent: u32,
    light: Light,
}

/// What it would do.
struct Plan {
    into: String,
    /// The one that is kept, then the one that ends, each with what it is here.
    sides: [(&'static str, Side); 2],
    seen: i64,
    into_seen: i64,
    /// Keeps the other one.
    swap: String,
    sources: Vec<String>,
    co_units: Vec<(String, String)>,
    notes: Vec<String>,
    refused: String,
    reason: Field,
    confirm: String,
}

/// One of the two.
struct Side {
    href: String,
    number: String,
    title: String,
    unit: String,
    limit: String,
    progress: u8,
    source: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    into: Option<TaskId>,
}

/// As typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    number: String,
    into: Option<TaskId>,
    seen: Option<i64>,
    into_seen: Option<i64>,
    reason: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let merger = merging::show(&state.app, signed_in.who(), id, wish.into).await?;
    let typed = Typed::default();
    page(&state, &signed_in, &merger, StatusCode::OK, &typed, &[]).await
}

async fn merge(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let who = signed_in.who();
    let here = address(id);
    let faults = match typed.into {
        None => match hierarchy::numbered(&state.app, who, &typed.number).await {
            Ok(into) => return Ok(see_other(&format!("{here}?into={into}"))),
            Err(error) => match registers::ended(&here, Err::<(), _>(error), &[], |()| {
                (here.clone(), String::new())
            }) {
                Ok(answer) => return answer,
                Err(faults) => faults,
            },
        },
        Some(into) => {
            let seen = (typed.seen, typed.into_seen);
            let reason = typed.reason.replace("\r\n", "\n");
            let done = merging::merge(&state.app, who, id, into, &reason, seen).await;
            let back = format!("{here}?into={into}");
            match registers::ended(&back, done, &[], |kept| {
                let said = format!("已合并，来源和分工都在“{}”", kept.details.title);
                (format!("/tasks/{}", kept.id), said)
            }) {
                Ok(answer) => return answer,
                Err(faults) => faults,
            }
        }
    };
    let merger = merging::show(&state.app, who, id, typed.into).await?;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&state, &signed_in, &merger, status, &typed, &faults).await
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    merger: &Merger,
    status: StatusCode,
    typed: &Typed,
    faults: &[Fault],
) -> WebResult<Response> {
    let task = &merger.task;
    let number = Field::text("number", "保留哪一件：编号或全名", &typed.number)
        .required()
        .hint("来源、条款和分工并到那一件，这一件就此结束");
    let page = MergePage {
        faults: faults.to_vec(),
        task_href: format!("/tasks/{}", task.id),
        task: task.details.title.clone(),
        here: address(task.id),
        closed: match &merger.may {
            Ok(()) => String::new(),
            Err(refusal) => refusal.sentence.clone(),
        },
        alike: merger
            .alike
            .iter()
            .map(|(row, percent)| alike(merger, row, *percent))
            .collect(),
        number: registers::with_faults(vec![number], faults).remove(0),
        plan: merger
            .plan
            .as_ref()
            .map(|plan| planned(merger, plan, typed, faults)),
        shell: Shell::signed_in(state, signed_in, "/ledger").await?,
    };
    html(status, &page)
}

fn planned(merger: &Merger, plan: &Planned, typed: &Typed, faults: &[Fault]) -> Plan {
    let (task, kept) = (&merger.task, &plan.kept);
    let merging = plan.merging.as_ref().ok();
    let sources = merging.map_or(&[][..], |merging| &merging.sources);
    let co_units = merging.map_or(&[][..], |merging| &merging.co_units);
    let reason = Field::area("reason", "合并的理由", &typed.reason).required();
    Plan {
        into: kept.id.to_string(),
        sides: [
            ("保留", side(merger, kept)),
            ("并入后结束", side(merger, task)),
        ],
        seen: task.version,
        into_seen: kept.version,
        swap: format!("{}?into={}", address(kept.id), task.id),
        sources: sources.iter().map(source).collect(),
        co_units: co_units
            .iter()
            .map(|duty| {
                let unit = merger.organisation.unit_name(duty.unit).to_owned();
                (unit, duty.duty.clone())
            })
            .collect(),
        notes: notes(task, plan),
        refused: match &plan.merging {
            Ok(_) => String::new(),
            Err(refusal) => refusal.sentence.clone(),
        },
        reason: registers::with_faults(vec![reason], faults).remove(0),
        confirm: format!(
            "把“{}”并入“{}”？并入以后“{}”就此结束，不能恢复；它的办理过程仍可查看。",
            task.details.title, kept.details.title, task.details.title
        ),
    }
}

/// What else is to be known before.
fn notes(task: &Task, plan: &Planned) -> Vec<String> {
    let kept = &plan.kept;
    let mut notes = Vec::new();
    match (task.details.limit, kept.details.limit) {
        (Some(own), Some(limit)) if own < limit => notes.push(format!(
            "并入的一件时限 {own} 更早，合并后按保留的一件 {limit} 办；要提前的，合并后申请变更"
        )),
        (Some(own), None) => notes.push(format!(
            "保留的一件没有时限，并入的一件时限是 {own}；合并后请补上"
        )),
        _ => {}
    }
    if task.details.target.trim() != kept.details.target.trim() {
        notes.push("两件的目标要求不同，合并后按保留的一件；要改的，合并后申请变更".into());
    }
    match plan.children {
        0 => {}
        count => notes.push(format!(
            "{count} 件下级事项改挂到保留的一件下面，它的进度改由下级汇总"
        )),
    }
    if plan.broken_down {
        notes.push("并入的一件分到岗位和人的分工到此结束，内容留在原处可查".into());
    }
    if task.feedbacks > 0 {
        notes.push(format!(
            "已报的 {} 次反馈、进度 {}% 留在原处可查，不带到保留的一件",
            task.feedbacks, task.progress
        ));
    }
    let waiting = task
        .urged
        .iter()
        .filter(|urging| urging.answered_at.is_none());
    match waiting.count() {
        0 => {}
        count => notes.push(format!("{count} 次没有答复的催办随之了结")),
    }
    notes
}

fn side(merger: &Merger, task: &Task) -> Side {
    let details = &task.details;
    Side {
        href: format!("/tasks/{}", task.id),
        number: task.number.clone().unwrap_or_else(|| "未编号".into()),
        title: details.title.clone(),
        unit: labels::lead_and_head(&merger.organisation, details.lead),
        limit: details
            .limit
            .map_or_else(|| "未定".into(), |limit| limit.to_string()),
        progress: task.progress,
        source: source(&task.origin),
    }
}

fn alike(merger: &Merger, row: &TaskRow, percent: u32) -> Alike {
    let facts = ledger::row_facts(row);
    let rules = &merger.rules;
    let light = DomainLight::of(&facts, rules.today, &rules.calendar, &rules.leads);
    Alike {
        href: format!("/tasks/{}", row.id),
        choose: format!("{}?into={}", address(merger.task.id), row.id),
        number: row.number.clone().unwrap_or_else(|| "未编号".into()),
        title: row.title.clone(),
        unit: labels::lead_and_head(&merger.organisation, row.lead),
        limit: row
            .limit
            .map_or_else(|| "未定".into(), |limit| limit.to_string()),
        percent,
        light: light.into(),
    }
}

fn source(origin: &Origin) -> String {
    let document = origin.document.trim_matches(['《', '》']);
    format!("《{document}》{}", origin.clause_path)
}

pub(crate) fn address(task: TaskId) -> String {
    format!("/tasks/{task}/merge")
}
