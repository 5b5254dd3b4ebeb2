//! The form of a row, made of the list's columns.

pub(super) mod fields;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::lists::rows::{self, Command, Outcome, Typed};
use luoshi_app::lists::{self, FormView};
use luoshi_domain::ids::{ListRowId, TaskId};
use luoshi_domain::lists::{CellFault, ColumnKind, ColumnPart, ListRow, ListTemplate};
use luoshi_domain::marks::Mark;
use serde::Deserialize;

use super::{PATH, ROWS_PATH};
use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::flash;
use crate::pages::parts::{Fault, Field, Link};
use crate::pages::shell::Shell;
use crate::pages::{days, html, labels, registers};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// What the fields of columns are called, before their key.
const CELL: &str = "c_";

const FIELDS: [(&str, &str); 3] = [("unit", "unit"), ("person", "person"), ("period", "period")];

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/lists/{list}/new", Access::Member, get(blank))
        .post("/lists/{list}", Access::Member, post(add))
        .get("/list-rows/{id}/edit", Access::Unit, get(edit))
        .post("/list-rows/{id}", Access::Unit, post(amend))
}

#[derive(Template)]
#[template(path = "list_row_form.html")]
struct FormPage {
    shell: Shell,
    crumbs: Vec<Link>,
    heading: String,
    about: String,
    action: String,
    back: String,
    faults: Vec<Fault>,
    fields: Vec<Field>,
    /// Whether a task can be chosen that fills fields.
    fills: bool,
    version: i64,
}

/// Where a new row begins.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    unit: String,
    person: String,
    period: String,
    day: String,
    task: Option<TaskId>,
}

/// What came in: names with values.
type Pairs = Vec<(String, String)>;

/// A posted form.
struct Posted {
    version: Option<i64>,
    /// Whether only what the task says is to be filled in.
    fill: bool,
    shown: Filled,
}

/// A form as filled in.
#[derive(Clone, Debug, Default)]
struct Filled {
    unit: String,
    person: String,
    period: String,
    mark: String,
    cells: BTreeMap<String, String>,
}

impl Posted {
    fn of(pairs: Pairs) -> Self {
        let mut posted = Self {
            version: None,
            fill: false,
            shown: Filled::default(),
        };
        for (name, value) in pairs {
            match name.as_str() {
                "version" => posted.version = value.parse().ok().filter(|known| *known > 0),
                "fill" => posted.fill = true,
                "unit" => posted.shown.unit = value,
                "person" => posted.shown.person = value,
                "period" => posted.shown.period = value,
                "mark" => posted.shown.mark = value,
                name => {
                    if let Some(key) = name.strip_prefix(CELL) {
                        posted.shown.cells.insert(key.to_owned(), value);
                    }
                }
            }
        }
        posted
    }
}

impl Filled {
    fn of(row: &ListRow) -> Self {
        let content = &row.content;
        let cells = content.cells.iter();
        Self {
            unit: content.unit.map(|id| id.to_string()).unwrap_or_default(),
            person: content.person.map(|id| id.to_string()).unwrap_or_default(),
            period: content
                .period
                .map(|day| day.to_string())
                .unwrap_or_default(),
            mark: content.mark.key().to_owned(),
            cells: cells
                .map(|(key, cell)| (key.clone(), cell.typed()))
                .collect(),
        }
    }

    /// What it says, or what cannot be read. Days may be written as people write them.
    fn typed(&self, list: &ListTemplate, today: NaiveDate) -> Result<Typed, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut cells = self.cells.clone();
        let columns = list.rows().map(|rows| rows.columns.iter());
        for column in columns.into_iter().flatten() {
            let Some(text) = cells.get_mut(&column.key) else {
                continue;
            };
            if column.kind == ColumnKind::Date {
                match days::read(text, today) {
                    Ok(day) => *text = day.map(|day| day.to_string()).unwrap_or_default(),
                    Err(unreadable) => faults.push(Fault {
                        field: format!("{CELL}{}", column.key),
                        text: unreadable.sentence().into(),
                    }),
                }
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Typed {
            unit: self.unit.parse().ok(),
            person: self.person.parse().ok(),
            period: self.period.parse().ok(),
            mark: Mark::from_key(&self.mark).unwrap_or_default(),
            cells,
        })
    }

    /// The task that is chosen.
    fn task(&self, list: &ListTemplate) -> Option<TaskId> {
        let rows = list.rows()?;
        let mut columns = rows.columns.iter();
        let column = columns.find(|column| column.kind == ColumnKind::Task)?;
        self.cells.get(&column.key)?.parse().ok()
    }

    /// Fills in what is empty.
    fn fill(&mut self, with: BTreeMap<String, String>) {
        for (key, text) in with {
            let cell = self.cells.entry(key).or_default();
            if cell.trim().is_empty() {
                *cell = text;
            }
        }
    }
}

async fn blank(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(code): Path<String>,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let view = lists::form(&state.app, signed_in.who(), &code).await?;
    if !view.keeps.any() {
        let sentence = "这份清单不由您填写。";
        return Ok(flash::warn(&format!("{PATH}/{code}"), sentence));
    }
    let list = &view.template;
    let own = view.keeps.units.first().map(|unit| unit.to_string());
    let mut filled = Filled {
        unit: match wish.unit.is_empty() {
            true => own.unwrap_or_default(),
            false => wish.unit,
        },
        person: match wish.person.is_empty() {
            true => signed_in.who().actor.person.to_string(),
            false => wish.person,
        },
        period: match wish.period.is_empty() {
            true => state.app.today().to_string(),
            false => wish.period,
        },
        mark: Mark::None.key().to_owned(),
        cells: BTreeMap::new(),
    };
    if let Some(period) = filled
        .period
        .parse()
        .ok()
        .and_then(|day| list.period_of(day))
    {
        filled.period = period.start().to_string();
    }
    let day = list.rows().and_then(|rows| rows.part(ColumnPart::Day));
    if let Some(column) = day.filter(|_column| !wish.day.is_empty()) {
        filled.cells.insert(column.key.clone(), wish.day);
    }
    if let Some(task) = wish.task {
        filled.fill(rows::filled(&state.app, signed_in.who(), list, task).await?);
    }
    page(
        &state,
        &signed_in,
        StatusCode::OK,
        (&view, None),
        &filled,
        &[],
    )
    .await
}

async fn add(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(code): Path<String>,
    Form(pairs): Form<Pairs>,
) -> WebResult<Response> {
    let view = lists::form(&state.app, signed_in.who(), &code).await?;
    let posted = Posted::of(pairs);
    if posted.fill {
        return filled(&state, &signed_in, (&view, None), posted).await;
    }
    let faults = match posted.shown.typed(&view.template, state.app.today()) {
        Ok(typed) => {
            let done = rows::add(&state.app, signed_in.who(), &code, typed).await;
            match ended(&format!("{PATH}/{code}"), done, |row| {
                (format!("{ROWS_PATH}/{}", row.id), "已登记。".into())
            }) {
                Ok(answer) => return answer,
                Err(faults) => faults,
            }
        }
        Err(faults) => faults,
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(
        &state,
        &signed_in,
        status,
        (&view, None),
        &posted.shown,
        &faults,
    )
    .await
}

async fn edit(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ListRowId>,
) -> WebResult<Response> {
    let shown = rows::show(&state.app, signed_in.who(), id).await?;
    if let Err(refusal) = &shown.may_keep {
        return Ok(flash::warn(&format!("{ROWS_PATH}/{id}"), &refusal.sentence));
    }
    let filled = Filled::of(&shown.row);
    let view = lists::form(&state.app, signed_in.who(), &shown.row.register).await?;
    page(
        &state,
        &signed_in,
        StatusCode::OK,
        (&view, Some(&shown.row)),
        &filled,
        &[],
    )
    .await
}

async fn amend(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ListRowId>,
    Form(pairs): Form<Pairs>,
) -> WebResult<Response> {
    let shown = rows::show(&state.app, signed_in.who(), id).await?;
    let view = lists::form(&state.app, signed_in.who(), &shown.row.register).await?;
    let posted = Posted::of(pairs);
    if posted.fill {
        return filled(&state, &signed_in, (&view, Some(&shown.row)), posted).await;
    }
    let path = format!("{ROWS_PATH}/{id}");
    let faults = match posted.shown.typed(&view.template, state.app.today()) {
        Ok(typed) => {
            let command = Command::Amend(Box::new(typed));
            let who = signed_in.who();
            let done = rows::handle(&state.app, who, id, command, posted.version).await;
            match ended(&path, done, |_row| (path.clone(), "已保存。".into())) {
                Ok(answer) => return answer,
                Err(faults) => faults,
            }
        }
        Err(faults) => faults,
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let of = (&view, Some(&shown.row));
    page(&state, &signed_in, status, of, &posted.shown, &faults).await
}

/// The form with what its task says where nothing was typed.
async fn filled(
    state: &WebState,
    signed_in: &SignedIn,
    of: (&FormView, Option<&ListRow>),
    posted: Posted,
) -> WebResult<Response> {
    let mut shown = posted.shown;
    let list = &of.0.template;
    if let Some(task) = shown.task(list) {
        shown.fill(rows::filled(&state.app, signed_in.who(), list, task).await?);
    }
    page(state, signed_in, StatusCode::OK, of, &shown, &[]).await
}

/// How a posted form ends: with an answer, or with what is wrong in it.
fn ended(
    back: &str,
    done: luoshi_app::errors::AppResult<Outcome>,
    said: impl FnOnce(&ListRow) -> (String, String),
) -> Result<WebResult<Response>, Vec<Fault>> {
    match done {
        Ok(Err(faults)) => Err(faults.iter().map(fault).collect()),
        Ok(Ok(row)) => registers::ended(back, Ok(row), &FIELDS, said),
        Err(error) => registers::ended(back, Err::<ListRow, _>(error), &FIELDS, said),
    }
}

fn fault(fault: &CellFault) -> Fault {
    Fault {
        field: format!("{CELL}{}", fault.column),
        text: fault.sentence.clone(),
    }
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    (view, of): (&FormView, Option<&ListRow>),
    filled: &Filled,
    faults: &[Fault],
) -> WebResult<Response> {
    let list = &view.template;
    let code = list.code();
    let rows = list.rows().map(|rows| rows.columns.clone());
    let columns = rows.unwrap_or_default();
    let offered = match columns.iter().any(|column| column.kind == ColumnKind::Task) {
        true => fields::offered(state, signed_in, filled.task(list)).await?,
        false => Vec::new(),
    };
    let mut all = Vec::new();
    if of.is_none() {
        all.extend(fields::owner_fields(signed_in, view, filled));
    }
    all.extend(
        columns
            .iter()
            .map(|column| fields::field(view, column, filled, &offered)),
    );
    let mark = Mark::from_key(&filled.mark).unwrap_or_default();
    all.push(labels::mark_field(mark));
    let crumb = |href: String, label: &str| Link {
        href,
        label: label.to_owned(),
    };
    let (action, back, heading) = match of {
        None => {
            let path = format!("{PATH}/{code}");
            (path.clone(), path, format!("{}：登记一行", list.label))
        }
        Some(row) => {
            let path = format!("{ROWS_PATH}/{}", row.id);
            (path.clone(), path, format!("{}：修改", list.label))
        }
    };
    let page = FormPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        crumbs: vec![
            crumb(PATH.to_owned(), "清单"),
            crumb(format!("{PATH}/{code}"), &list.label),
        ],
        heading,
        about: list.about.clone(),
        action,
        back,
        faults: faults.to_vec(),
        fields: registers::with_faults(all, faults),
        fills: columns.iter().any(|column| column.from_task.is_some()),
        version: of.map_or(0, |row| row.version),
    };
    html(status, &page)
}
