//! One row: what it says, where it can go from here, what happened to it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::lists::rows::{self, Change, Command, RowView};
use luoshi_app::lists::{self, owner_said};
use luoshi_domain::ids::ListRowId;
use luoshi_domain::lists::{Cell, Owner, RowStep};
use serde::Deserialize;

use super::table::{Badge2, badge, headed};
use super::{PATH, ROWS_PATH};
use crate::WebState;
use crate::extract::{Form, Path, SignedIn};
use crate::pages::parts::{Fact, Field, Link};
use crate::pages::plans::answered;
use crate::pages::shell::Shell;
use crate::pages::{html, labels};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/list-rows/{id}", Access::Unit, get(show))
        .post("/list-rows/{id}/step", Access::Unit, post(step))
        .post("/list-rows/{id}/withdraw", Access::Unit, post(withdraw))
}

#[derive(Template)]
#[template(path = "list_row.html")]
struct RowPage {
    shell: Shell,
    crumbs: Vec<Link>,
    title: String,
    said: String,
    state: Badge2,
    late: String,
    mark: &'static str,
    facts: Vec<Fact>,
    steps: Vec<StepForm>,
    /// Steps that are others'.
    others: Vec<String>,
    edit: String,
    withdraw: String,
    withdraw_field: Field,
    here: String,
    version: i64,
    changes: Vec<Change>,
}

/// A step that the reader may take.
struct StepForm {
    to: String,
    label: String,
    after: String,
    note: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stepping {
    version: Option<i64>,
    to: String,
    note: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Withdrawing {
    version: Option<i64>,
    reason: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ListRowId>,
) -> WebResult<Response> {
    let view = rows::show(&state.app, signed_in.who(), id).await?;
    let shell = Shell::signed_in(&state, &signed_in, PATH).await?;
    html(StatusCode::OK, &page(shell, view))
}

async fn step(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ListRowId>,
    Form(typed): Form<Stepping>,
) -> WebResult<Response> {
    let command = Command::Step {
        to: typed.to,
        note: typed.note,
    };
    let who = signed_in.who();
    let done = rows::handle(&state.app, who, id, command, typed.version).await;
    answered(&format!("{ROWS_PATH}/{id}"), done, |_row| "已办理。".into())
}

async fn withdraw(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ListRowId>,
    Form(typed): Form<Withdrawing>,
) -> WebResult<Response> {
    let command = Command::Withdraw {
        reason: typed.reason,
    };
    let who = signed_in.who();
    let done = rows::handle(&state.app, who, id, command, typed.version).await;
    answered(&format!("{ROWS_PATH}/{id}"), done, |_row| {
        "已撤下，不再计数；内容和过程都还在。".into()
    })
}

fn page(shell: Shell, view: RowView) -> RowPage {
    let (row, list) = (&view.row, &view.template);
    let id = row.id;
    let today = view.rules.today;
    let rows = list.rows();
    let columns = rows.map(|rows| rows.columns.as_slice()).unwrap_or_default();
    let mut facts = Vec::new();
    let owner = owner_said(&row.content, &view.organisation);
    if !owner.is_empty() {
        let label = match list.owner {
            Owner::Person => "谁的",
            _ => "单位",
        };
        facts.push(Fact::new(label, owner));
    }
    let period = row.content.period.and_then(|day| list.period_of(day));
    if let Some(period) = period {
        facts.push(Fact::new("期", period.label()));
    }
    for column in columns {
        let Some(cell) = row.content.cells.get(&column.key) else {
            facts.push(Fact::new(headed(column), "—"));
            continue;
        };
        let fact = Fact::new(
            headed(column),
            lists::said(cell, &view.organisation, &view.titles),
        );
        facts.push(match cell {
            Cell::Task(task) if view.titles.contains_key(task) => {
                fact.linked(format!("/tasks/{task}"))
            }
            _ => fact,
        });
    }
    if let Some(reason) = &row.withdrawn {
        facts.push(Fact::new("撤下的理由", reason));
    }
    facts.push(Fact::new(
        "登记",
        format!("{} {}", view.organisation.person_name(row.by), row.added_on),
    ));
    let label = rows.map_or(row.state.as_str(), |rows| rows.lifecycle.label(&row.state));
    let first = columns
        .first()
        .and_then(|column| row.content.cells.get(&column.key));
    let title = first.map(|cell| lists::said(cell, &view.organisation, &view.titles));
    let (may, others): (Vec<_>, Vec<_>) = view.steps.iter().partition(|(_, may)| may.is_ok());
    let mut withdraw_field = Field::area("reason", "理由", "").required();
    withdraw_field.max = luoshi_domain::bodies::TEXT_LIMIT;
    RowPage {
        crumbs: vec![
            Link {
                href: PATH.to_owned(),
                label: "清单".into(),
            },
            Link {
                href: format!("{PATH}/{}", list.code()),
                label: list.label.clone(),
            },
        ],
        title: short(&title.unwrap_or_else(|| list.label.clone())),
        said: format!("{} · {}", list.label, list.cited.clause),
        state: badge(rows, row, label),
        late: match (row.is_overdue(today), row.content.limit) {
            (true, Some(limit)) => format!("逾期 {} 天", (today - limit).num_days()),
            _ => String::new(),
        },
        mark: labels::mark(row.content.mark),
        facts,
        steps: may
            .into_iter()
            .map(|(step, _)| {
                step_form(step, rows.map_or("", |rows| rows.lifecycle.label(&step.to)))
            })
            .collect(),
        others: others
            .into_iter()
            .filter_map(|(_, may)| may.as_ref().err())
            .map(|refusal| refusal.sentence.clone())
            .collect(),
        edit: match view.may_keep {
            Ok(()) => format!("{ROWS_PATH}/{id}/edit"),
            Err(_) => String::new(),
        },
        withdraw: match (&view.may_keep, row.withdrawn.is_some()) {
            (Ok(()), false) => format!("{ROWS_PATH}/{id}/withdraw"),
            _ => String::new(),
        },
        withdraw_field,
        here: format!("{ROWS_PATH}/{id}"),
        version: row.version,
        changes: view.changes,
        shell,
    }
}

fn step_form(step: &RowStep, to: &str) -> StepForm {
    let mut note = Field::area("note", "情况说明", "").of_form(&step.to);
    note.max = luoshi_domain::bodies::TEXT_LIMIT;
    note.must = step.reason;
    StepForm {
        to: step.to.clone(),
        label: step.label.clone(),
        after: format!("办理后为“{to}”"),
        note,
    }
}

/// Characters of a heading.
const TITLE: usize = 60;

fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.chars().count() > TITLE {
        true => {
            let head: String = line.chars().take(TITLE).collect();
            format!("{head}…")
        }
        false => line.to_owned(),
    }
}
