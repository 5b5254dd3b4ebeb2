//! A list taken along: printed on A4 landscape, and as an Excel file.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use luoshi_app::lists::exports::{self, Export};
use luoshi_app::lists::{self, owner_said};
use luoshi_documents::workbook::{Column, Sheet};
use luoshi_domain::lists::{ColumnKind, ColumnPart, ListColumn, ListRow, ListTemplate, Owner};

use super::PATH;
use super::query::Wish;
use super::table::{headed, is_number, texts};
use crate::WebState;
use crate::extract::{Path, Query, SignedIn};
use crate::pages::shell::{Shell, weekday};
use crate::pages::streams;
use crate::pages::{files, html};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

/// Most rows of a print.
const PRINTED: usize = 2000;

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/lists/{list}/print", Access::Member, get(print))
        .get("/lists/{list}/export.xlsx", Access::Member, get(workbook))
}

#[derive(Template)]
#[template(path = "list_print.html")]
struct PrintPage {
    shell: Shell,
    heading: String,
    back: String,
    owner: String,
    said: String,
    note: String,
    heads: Vec<PrintHead>,
    rows: Vec<Vec<PrintCell>>,
}

struct PrintHead {
    label: String,
    class: &'static str,
}

struct PrintCell {
    text: String,
    class: &'static str,
}

async fn print(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(code): Path<String>,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let (mut export, shows) = begun(&state, &signed_in, &code, &wish).await?;
    let mut rows = Vec::new();
    while let Some((found, titles)) = export.next().await? {
        for row in &found {
            if rows.len() < PRINTED {
                let cells = shows.cells(&export, row, &titles);
                rows.push(cells);
            }
        }
        if rows.len() >= PRINTED {
            break;
        }
    }
    let columns = shows.columns(&export.template);
    let classes: Vec<&'static str> = columns.iter().map(|column| column.class).collect();
    let printed = rows.len();
    let numbered = (1..).zip(rows).map(|(number, cells)| {
        let number = PrintCell {
            text: format!("{number}"),
            class: "num",
        };
        let cells = cells.into_iter().zip(&classes);
        let cells = cells.map(|(text, class)| PrintCell { text, class });
        std::iter::once(number).chain(cells).collect()
    });
    let heads = columns.into_iter().map(|column| PrintHead {
        label: column.label,
        class: column.class,
    });
    let mut notes = Vec::new();
    if export.left_out > 0 {
        notes.push(format!("有密级标注的 {} 行没有列出", export.left_out));
    }
    if u32::try_from(printed).is_ok_and(|printed| printed < export.count) {
        notes.push(format!("共 {} 行，只印前 {printed} 行", export.count));
    }
    let today = state.app.today();
    let page = PrintPage {
        shell: Shell::signed_in(&state, &signed_in, PATH).await?,
        heading: shows.heading(&export, &wish, today)?,
        back: wish.at(&code, ""),
        owner: shows.owner.clone(),
        said: format!("共 {printed} 行，{today} 打印"),
        note: notes.join("；"),
        heads: std::iter::once(PrintHead {
            label: "序号".into(),
            class: "num",
        })
        .chain(heads)
        .collect(),
        rows: numbered.collect(),
    };
    html(StatusCode::OK, &page)
}

async fn workbook(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(code): Path<String>,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let (mut export, shows) = begun(&state, &signed_in, &code, &wish).await?;
    let today = state.app.today();
    let columns = shows.columns(&export.template).into_iter();
    let columns = columns.map(|column| Column {
        heading: column.label.into(),
        width: column.width,
        ..Column::default()
    });
    let mut note = format!("{today} 导出，共 {} 行", export.count);
    if export.left_out > 0 {
        note.push_str(&format!("；有密级标注的 {} 行没有导出", export.left_out));
    }
    let heading = shows.heading(&export, &wish, today)?;
    let name = format!("{heading}{today}.xlsx");
    let sheet = Sheet {
        title: heading,
        note,
        columns: columns.collect(),
        rows: Vec::new(),
    };
    let produce = |rows: streams::Sender| async move {
        while let Some((found, titles)) = export.next().await? {
            let cells = found.iter().map(|row| shows.cells(&export, row, &titles));
            if rows.send(cells.collect()).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    };
    let body = streams::sent(produce, move |rows, file| streams::xlsx(sheet, rows, file));
    Ok(files::xlsx_sent(&format!("list-{today}.xlsx"), &name, body))
}

/// What of each row is shown beside its columns.
struct Shows {
    /// Whose each row is.
    owners: bool,
    periods: bool,
    /// Whose the whole table is; empty where it is several's.
    owner: String,
}

struct ShownColumn {
    label: String,
    class: &'static str,
    width: u16,
}

async fn begun(
    state: &WebState,
    signed_in: &SignedIn,
    code: &str,
    wish: &Wish,
) -> WebResult<(Export, Shows)> {
    let who = signed_in.who();
    let list = lists::template(&state.app, who, code).await?;
    if list.rows().is_none() {
        return Err(Problem::not_found());
    }
    let asked = wish.asked(&list, state.app.today())?;
    let export = exports::begin(&state.app, who, code, &asked).await?;
    let organisation = &export.organisation;
    let owner = match (asked.unit, asked.person) {
        (Some(unit), _) => organisation.unit_name(unit).to_owned(),
        (None, Some(person)) => organisation.person_name(person).to_owned(),
        (None, None) => export.alone.clone(),
    };
    let shows = Shows {
        owners: list.owner != Owner::Bureau && owner.is_empty(),
        periods: list.cycle.is_some() && asked.period.is_none(),
        owner,
    };
    Ok((export, shows))
}

impl Shows {
    fn heading(&self, export: &Export, wish: &Wish, today: chrono::NaiveDate) -> WebResult<String> {
        let list = &export.template;
        let day = wish.period(list, today)?;
        let period = day.and_then(|day| list.period_of(day));
        Ok(list.heading(&self.owner, period.as_ref()))
    }

    fn columns(&self, list: &ListTemplate) -> Vec<ShownColumn> {
        let mut columns = Vec::new();
        let plain = |label: &str, width| ShownColumn {
            label: label.to_owned(),
            class: "",
            width,
        };
        if self.owners {
            columns.push(match list.owner {
                Owner::Person => plain("姓名", 10),
                _ => plain("单位", 20),
            });
        }
        if self.periods {
            columns.push(plain("期", 14));
        }
        let shown = list.rows().map(|rows| rows.shown().collect::<Vec<_>>());
        for column in shown.unwrap_or_default() {
            columns.push(ShownColumn {
                label: headed(column),
                class: class(column),
                width: width(column),
            });
        }
        columns.push(plain("状态", 10));
        columns
    }

    fn cells(
        &self,
        export: &Export,
        row: &ListRow,
        titles: &std::collections::BTreeMap<luoshi_domain::ids::TaskId, String>,
    ) -> Vec<String> {
        let list = &export.template;
        let mut cells = Vec::new();
        if self.owners {
            cells.push(owner_said(&row.content, &export.organisation));
        }
        if self.periods {
            let period = row.content.period.and_then(|day| list.period_of(day));
            cells.push(period.map(|period| period.label()).unwrap_or_default());
        }
        let Some(rows) = list.rows() else {
            return cells;
        };
        let mut shown = texts(rows, row, &export.organisation, titles);
        // Who plans by days reads weekdays.
        for (cell, column) in shown.iter_mut().zip(rows.shown()) {
            if column.part == ColumnPart::Day
                && let Some(day) = row.content.day
            {
                *cell = format!("{day} {}", weekday(day));
            }
        }
        cells.extend(shown);
        let state = rows.lifecycle.label(&row.state);
        cells.push(match row.is_overdue(export.rules.today) {
            true => format!("{state}（逾期）"),
            false => state.to_owned(),
        });
        cells
    }
}

fn class(column: &ListColumn) -> &'static str {
    match column.kind {
        ColumnKind::LongText => "long",
        ColumnKind::Date => "nowrap",
        _ if is_number(column) => "num",
        _ => "",
    }
}

/// In characters; a Chinese character counts two.
fn width(column: &ListColumn) -> u16 {
    match column.kind {
        ColumnKind::LongText | ColumnKind::Task => 36,
        ColumnKind::Text | ColumnKind::Unit => 20,
        ColumnKind::Choice => 16,
        ColumnKind::Date if column.part == ColumnPart::Day => 20,
        ColumnKind::Date | ColumnKind::Number | ColumnKind::Amount => 14,
        ColumnKind::Person => 10,
    }
}
