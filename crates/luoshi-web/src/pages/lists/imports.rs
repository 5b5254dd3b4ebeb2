//! Rows out of an Excel table: uploaded, looked at with every fault by its cell, then taken.

use std::sync::Arc;

use askama::Template;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luoshi_app::errors::AppError;
use luoshi_app::lists::imports::{self, CellFault, Preview, SHOWN, Taken};
use luoshi_app::lists::{self, FormView};
use luoshi_domain::lists::{ListTemplate, Owner};
use luoshi_domain::refusals::Ground;
use serde::Deserialize;

use super::PATH;
use super::form::fields;
use crate::WebState;
use crate::extract::{Form, Path, SignedIn, Upload};
use crate::flash;
use crate::pages::parts::{Fault, Field};
use crate::pages::shell::Shell;
use crate::pages::{days, files, html, registers};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

/// The largest table, in bytes.
const FILE_LIMIT: usize = 4_000_000;

/// The largest body: the file in letters and the fields around it.
const BODY_LIMIT: usize = FILE_LIMIT / 3 * 4 + 100_000;

/// Faults that a page shows; the rest is counted.
const FAULTS_SHOWN: usize = 200;

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/lists/{list}/import", Access::Member, get(begin))
        .get(
            "/lists/{list}/import/template.xlsx",
            Access::Member,
            get(template),
        )
        .post(
            "/lists/{list}/import",
            Access::Member,
            post(upload).layer(DefaultBodyLimit::max(BODY_LIMIT)),
        )
        .post(
            "/lists/{list}/import/confirm",
            Access::Member,
            post(confirm).layer(DefaultBodyLimit::max(BODY_LIMIT)),
        )
}

#[derive(Template)]
#[template(path = "list_import.html")]
struct ImportPage {
    shell: Shell,
    label: String,
    here: String,
    list_href: String,
    faults: Vec<Fault>,
    fields: Vec<Field>,
    /// Empty before a table was looked at.
    said: Vec<String>,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
    cells: Vec<CellFault>,
    more: String,
    hidden: Vec<(&'static str, String)>,
    yes: String,
}

/// As sent on with the file in letters.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    file: String,
    unit: String,
    person: String,
    period: String,
}

impl Typed {
    fn given(&self, bytes: Vec<u8>) -> imports::Upload {
        imports::Upload {
            bytes: Arc::from(bytes),
            unit: self.unit.parse().ok(),
            person: self.person.parse().ok(),
            period: self.period.parse().ok(),
            read_day: |text, today| {
                let day = days::read(text, today);
                day.map_err(|unreadable| unreadable.sentence().to_owned())
            },
        }
    }
}

async fn begin(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(code): Path<String>,
) -> WebResult<Response> {
    let view = lists::form(&state.app, signed_in.who(), &code).await?;
    if !view.keeps.any() {
        let sentence = "这份清单不由您填写。";
        return Ok(flash::warn(&format!("{PATH}/{code}"), sentence));
    }
    let typed = Typed::default();
    begun(&state, &signed_in, &view, &typed, Vec::new()).await
}

async fn template(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(code): Path<String>,
) -> WebResult<Response> {
    let list = lists::template(&state.app, signed_in.who(), &code).await?;
    let bytes = imports::template(&state.app, signed_in.who(), &code).await?;
    let name = format!("{}导入表.xlsx", list.label);
    Ok(files::workbook("list-template.xlsx", &name, bytes))
}

async fn upload(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(code): Path<String>,
    upload: Upload,
) -> WebResult<Response> {
    let view = lists::form(&state.app, signed_in.who(), &code).await?;
    let typed = Typed {
        file: String::new(),
        unit: upload.field("unit").to_owned(),
        person: upload.field("person").to_owned(),
        period: upload.field("period").to_owned(),
    };
    let fault = match upload.bytes.len() {
        0 => Some("请选择填好的表格。"),
        size if size > FILE_LIMIT => Some("表格超过 4 MB，请分开导入。"),
        _ => None,
    };
    if let Some(text) = fault {
        return begun(&state, &signed_in, &view, &typed, vec![file_fault(text)]).await;
    }
    let typed = Typed {
        file: URL_SAFE_NO_PAD.encode(&upload.bytes),
        ..typed
    };
    let given = typed.given(upload.bytes);
    match imports::preview(&state.app, signed_in.who(), &code, &given).await {
        Ok(preview) => previewed(&state, &signed_in, &view, &typed, preview).await,
        Err(error) => refused(&state, &signed_in, &view, &typed, error).await,
    }
}

async fn confirm(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(code): Path<String>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let view = lists::form(&state.app, signed_in.who(), &code).await?;
    let bytes = URL_SAFE_NO_PAD.decode(&typed.file).map_err(|_broken| {
        Problem::bad_request(
            StatusCode::UNPROCESSABLE_ENTITY,
            "表格没有传完整，什么都没有导入，请重新上传。",
        )
    })?;
    let given = typed.given(bytes);
    match imports::carry_out(&state.app, signed_in.who(), &code, &given).await {
        Ok(Taken::Done(count)) => {
            let said = format!("已导入 {count} 行。");
            Ok(flash::done(&format!("{PATH}/{code}"), &said))
        }
        Ok(Taken::Faulty(preview)) => previewed(&state, &signed_in, &view, &typed, *preview).await,
        Err(error) => refused(&state, &signed_in, &view, &typed, error).await,
    }
}

/// What the form says when the table was not taken.
async fn refused(
    state: &WebState,
    signed_in: &SignedIn,
    view: &FormView,
    typed: &Typed,
    error: AppError,
) -> WebResult<Response> {
    let text = match error {
        AppError::Unreadable(unreadable) => unreadable.message_zh(),
        // The frame asks again, with what was typed (SYS-05).
        AppError::Refused(refusal) if refusal.code == luoshi_app::secrecy::CODE => {
            return Err(refusal.into());
        }
        AppError::Refused(refusal) if refusal.ground == Ground::Input => refusal.sentence,
        error => return Err(error.into()),
    };
    begun(state, signed_in, view, typed, vec![file_fault(&text)]).await
}

fn file_fault(text: &str) -> Fault {
    Fault {
        field: "file".into(),
        text: text.into(),
    }
}

async fn begun(
    state: &WebState,
    signed_in: &SignedIn,
    view: &FormView,
    typed: &Typed,
    faults: Vec<Fault>,
) -> WebResult<Response> {
    let list = &view.template;
    let file = Field {
        kind: "file",
        list: vec!["xlsx".into()],
        ..Field::text("file", "填好的表格", "").required()
    };
    let mut fields = vec![file.hint(format!(
        "第一张表，{} 行以内；表头写着清单的栏名，可以先下载导入表",
        imports::ROWS_LIMIT
    ))];
    fields.extend(owner_fields(signed_in, view, typed));
    let status = match faults.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = ImportPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        label: list.label.clone(),
        here: format!("{PATH}/{}/import", list.code()),
        list_href: format!("{PATH}/{}", list.code()),
        fields: registers::with_faults(fields, &faults),
        faults,
        said: Vec::new(),
        heads: Vec::new(),
        rows: Vec::new(),
        cells: Vec::new(),
        more: String::new(),
        hidden: Vec::new(),
        yes: String::new(),
    };
    html(status, &page)
}

/// Whose rows they are and of which period, for all of them.
fn owner_fields(signed_in: &SignedIn, view: &FormView, typed: &Typed) -> Vec<Field> {
    let mut fields = Vec::new();
    match view.template.owner {
        Owner::Bureau => {}
        Owner::Unit => fields.push(fields::unit_field(fields::units(view, &typed.unit))),
        Owner::Person => fields.push(fields::person_field(signed_in, view, &typed.person)),
    }
    if let Some(period) = view.template.period_of(view.rules.today) {
        let current = match typed.period.is_empty() {
            true => period.start().to_string(),
            false => typed.period.clone(),
        };
        let field = fields::period_field(&period, &current);
        fields.push(field.hint("表里写了日期的，按日期归期"));
    }
    fields
}

async fn previewed(
    state: &WebState,
    signed_in: &SignedIn,
    view: &FormView,
    typed: &Typed,
    preview: Preview,
) -> WebResult<Response> {
    let list: &ListTemplate = &view.template;
    let faulty = !preview.faults.is_empty();
    let unknown: Vec<&str> = preview
        .headings
        .iter()
        .filter(|(_, column)| column.is_none())
        .map(|(heading, _)| heading.as_str())
        .collect();
    let mut said = vec![match faulty {
        true => format!(
            "{} 行中有 {} 格要改；改好后重新上传，现在一行也没有导入",
            preview.count,
            preview.faults.len()
        ),
        false => format!("可以导入 {} 行", preview.count),
    }];
    if !unknown.is_empty() {
        said.push(format!(
            "表头“{}”不是这份清单的栏，不导入",
            unknown.join("”“")
        ));
    }
    let more = match (faulty, preview.faults.len(), preview.count) {
        (true, faults, _) if faults > FAULTS_SHOWN => {
            format!("还有 {} 格", faults - FAULTS_SHOWN)
        }
        (false, _, count) if count > SHOWN => format!("还有 {} 行", count - SHOWN),
        _ => String::new(),
    };
    let columns = list.rows().map(|rows| rows.columns.as_slice());
    let page = ImportPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        label: list.label.clone(),
        here: format!("{PATH}/{}/import", list.code()),
        list_href: format!("{PATH}/{}", list.code()),
        faults: Vec::new(),
        fields: Vec::new(),
        said,
        heads: columns
            .unwrap_or_default()
            .iter()
            .map(|column| column.label.clone())
            .collect(),
        rows: if faulty { Vec::new() } else { preview.rows },
        cells: preview.faults.into_iter().take(FAULTS_SHOWN).collect(),
        more,
        hidden: vec![
            ("file", typed.file.clone()),
            ("unit", typed.unit.clone()),
            ("person", typed.person.clone()),
            ("period", typed.period.clone()),
        ],
        yes: match faulty {
            true => String::new(),
            false => format!("导入 {} 行", preview.count),
        },
    };
    let status = match faulty {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    html(status, &page)
}
