//! The organisation as one workbook: to take along, and back after a preview.

use std::sync::Arc;

use askama::Template;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use luoshi_app::accounts::opening;
use luoshi_app::errors::AppError;
use luoshi_app::organisation::workbook::{self, Line, Preview, RowFault};
use luoshi_app::{organisation, policy};
use luoshi_documents::error::ReadError;
use luoshi_domain::refusals::Ground;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, SignedIn, Upload};
use crate::flash;
use crate::pages::parts::{Fault, Field};
use crate::pages::shell::Shell;
use crate::pages::{days, files, html};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

pub(super) const PATH: &str = "/organisation/workbook";
pub(super) const EXPORT: &str = "/organisation/workbook/export.xlsx";
const TEMPLATE: &str = "/organisation/workbook/template.xlsx";

/// The largest workbook, in bytes.
const FILE_LIMIT: usize = 8_000_000;

/// The largest body of an upload: the largest file and the fields around it.
pub(crate) const BODY_LIMIT: usize = FILE_LIMIT + 100_000;

/// The same with the file written in letters.
const CONFIRM_LIMIT: usize = FILE_LIMIT / 3 * 4 + 100_000;

/// Rows that a page shows; the rest is counted.
const ROWS_SHOWN: usize = 500;

pub(super) fn routes(table: Table) -> Table {
    let office = Access::Keepers;
    table
        .get(PATH, office, get(begin))
        .get(EXPORT, office, get(export))
        .get(TEMPLATE, office, get(template))
        .post(
            PATH,
            office,
            post(upload).layer(DefaultBodyLimit::max(BODY_LIMIT)),
        )
        .post(
            "/organisation/workbook/confirm",
            office,
            post(confirm).layer(DefaultBodyLimit::max(CONFIRM_LIMIT)),
        )
}

#[derive(Template)]
#[template(path = "organisation_workbook.html")]
struct WorkbookPage {
    shell: Shell,
    /// `begin`, `preview` or `refused`.
    step: &'static str,
    faults: Vec<Fault>,
    fields: Vec<Field>,
    /// What came of reading the file, sentence by sentence.
    said: Vec<String>,
    rows: Vec<Row>,
    /// How many rows are not shown, in words.
    more: String,
    /// Fields that go with the confirmation unseen.
    hidden: Vec<(&'static str, String)>,
    /// The act's name on the button; empty when there is nothing to do.
    yes: String,
}

/// One row of the workbook with what it changes, or what is wrong with it.
struct Row {
    place: String,
    what: &'static str,
    sentence: String,
    from: String,
}

/// A form as it was filled in, without the file.
struct Typed {
    day: String,
}

async fn export(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let bytes = workbook::export(&state.app, signed_in.who()).await?;
    let name = format!("机构总表{}.xlsx", state.app.today());
    Ok(files::workbook("organisation.xlsx", &name, bytes))
}

async fn template(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let bytes = workbook::template(&state.app, signed_in.who()).await?;
    let name = "机构总表模板.xlsx";
    Ok(files::workbook("organisation-template.xlsx", name, bytes))
}

async fn begin(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    policy::keep_organisation(&state.app, &signed_in.who().actor)?;
    let day = state.app.today().to_string();
    let page = WorkbookPage::begun(&state, &signed_in, &Typed { day }, Vec::new()).await?;
    html(StatusCode::OK, &page)
}

async fn upload(
    State(state): State<WebState>,
    signed_in: SignedIn,
    upload: Upload,
) -> WebResult<Response> {
    policy::keep_organisation(&state.app, &signed_in.who().actor)?;
    let day = upload.field("day").to_owned();
    let typed = Typed { day };
    let mut faults = Vec::new();
    let from = match days::read(&typed.day, state.app.today()) {
        Ok(Some(day)) => Some(day),
        Ok(None) => Some(state.app.today()),
        Err(unreadable) => {
            faults.push(fault("day", unreadable.sentence()));
            None
        }
    };
    if upload.bytes.is_empty() {
        faults.push(fault("file", "请选择填好的总表。"));
    } else if upload.bytes.len() > FILE_LIMIT {
        let too_large = ReadError::TooLarge {
            limit: FILE_LIMIT,
            size: upload.bytes.len(),
        };
        faults.push(fault("file", too_large.message_zh()));
    }
    let Some(from) = from.filter(|_| faults.is_empty()) else {
        return refused(&state, &signed_in, &typed, faults).await;
    };
    let given = given(upload.bytes, from);
    match workbook::preview(&state.app, signed_in.who(), &given).await {
        Ok(preview) => show(&state, &signed_in, &given, preview).await,
        Err(error) => {
            let faults = vec![fault_of(&upload.file_name, error)?];
            refused(&state, &signed_in, &typed, faults).await
        }
    }
}

/// What the preview was of.
#[derive(Deserialize)]
struct Confirmed {
    file: String,
    day: NaiveDate,
    seen: i64,
}

async fn confirm(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(confirmed): Form<Confirmed>,
) -> WebResult<Response> {
    policy::keep_organisation(&state.app, &signed_in.who().actor)?;
    let bytes = URL_SAFE_NO_PAD.decode(&confirmed.file);
    let bytes = bytes.map_err(|_unreadable| {
        Problem::bad_request(
            StatusCode::UNPROCESSABLE_ENTITY,
            "表格没有传完整，什么都没有改，请重新上传。",
        )
    })?;
    let given = given(bytes, confirmed.day);
    let seen = Some(confirmed.seen);
    let done = workbook::carry_out(&state.app, signed_in.who(), &given, seen).await?;
    if !done.faults.is_empty() {
        return show(&state, &signed_in, &given, done).await;
    }
    let mut said = format!("已按总表办理 {} 项", done.lines.len());
    if done.registered > 0 {
        let organisation = organisation::show(&state.app, signed_in.who()).await?;
        let openers = opening::openers(&organisation);
        said = format!("{said}；新登记的 {} 人{openers}", done.registered);
    }
    Ok(flash::done("/organisation", &said))
}

/// A file, with dates read as in the fields of the pages.
pub(crate) fn given(bytes: Vec<u8>, from: NaiveDate) -> workbook::Upload {
    workbook::Upload {
        bytes: Arc::from(bytes),
        from,
        read_day: |text, today| {
            let day = days::read(text, today);
            day.map_err(|unreadable| unreadable.sentence().to_owned())
        },
    }
}

/// What the workbook would change, or all that is wrong with it.
async fn show(
    state: &WebState,
    signed_in: &SignedIn,
    given: &workbook::Upload,
    preview: Preview,
) -> WebResult<Response> {
    let day = given.from.to_string();
    let typed = Typed { day: day.clone() };
    let mut page = WorkbookPage::begun(state, signed_in, &typed, Vec::new()).await?;
    if !preview.faults.is_empty() {
        let count = preview.faults.len();
        page.step = "refused";
        page.said = vec![format!(
            "有 {count} 处不能采用，什么都没有保存。请在表格里改好后再上传。"
        )];
        page.more = more(count);
        let rows = preview.faults.into_iter().map(Row::from);
        page.rows = rows.take(ROWS_SHOWN).collect();
        return html(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let count = preview.lines.len();
    page.step = "preview";
    page.said = said(&preview);
    page.more = more(count);
    page.rows = preview
        .lines
        .into_iter()
        .take(ROWS_SHOWN)
        .map(Row::from)
        .collect();
    if count > 0 {
        page.yes = format!("确认，办理这 {count} 项");
        page.hidden = vec![
            ("file", URL_SAFE_NO_PAD.encode(&given.bytes)),
            ("day", day),
            ("seen", preview.version.to_string()),
        ];
    }
    html(StatusCode::OK, &page)
}

fn said(preview: &Preview) -> Vec<String> {
    if preview.lines.is_empty() {
        return vec!["总表和现在的机构一样，没有要改的。".into()];
    }
    let counts = preview.counts.iter();
    let counts: Vec<String> = counts
        .map(|(what, count)| format!("{what} {count}"))
        .collect();
    vec![
        format!("共 {} 项：{}。", preview.lines.len(), counts.join("，")),
        "一次办成，有一项办不成就都不办；总表里没有的单位、岗位、人员和任职都保持原样。".into(),
    ]
}

async fn refused(
    state: &WebState,
    signed_in: &SignedIn,
    typed: &Typed,
    faults: Vec<Fault>,
) -> WebResult<Response> {
    let page = WorkbookPage::begun(state, signed_in, typed, faults).await?;
    html(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// What the form says when the file was not taken.
fn fault_of(file_name: &str, error: AppError) -> WebResult<Fault> {
    match error {
        AppError::Unreadable(unreadable) => {
            let sentence = format!("“{file_name}”：{}", unreadable.message_zh());
            Ok(fault("file", sentence))
        }
        AppError::Refused(refusal) if refusal.ground == Ground::Input => {
            Ok(fault("file", refusal.sentence))
        }
        error => Err(error.into()),
    }
}

fn fault(field: &str, text: impl Into<String>) -> Fault {
    Fault {
        field: field.to_owned(),
        text: text.into(),
    }
}

fn more(count: usize) -> String {
    match count.checked_sub(ROWS_SHOWN) {
        None | Some(0) => String::new(),
        Some(left) => format!("还有 {left} 项没有列出。"),
    }
}

impl WorkbookPage {
    /// The page with its form, before anything is uploaded.
    async fn begun(
        state: &WebState,
        signed_in: &SignedIn,
        typed: &Typed,
        faults: Vec<Fault>,
    ) -> WebResult<Self> {
        let file = Field {
            kind: "file",
            list: vec!["xlsx".into()],
            ..Field::text("file", "填好的总表", "").required()
        };
        let mut fields = vec![
            file.hint("从本页下载、仍存为 .xlsx 的表格；8 MB 以内"),
            Field::date("day", "生效日", &typed.day).hint("没有写日期的改动从这一天起生效"),
        ];
        for field in &mut fields {
            let mut faults = faults.iter();
            if let Some(fault) = faults.find(|fault| fault.field == field.name) {
                field.fault.clone_from(&fault.text);
            }
        }
        Ok(Self {
            shell: Shell::signed_in(state, signed_in, "/organisation").await?,
            step: "begin",
            faults,
            fields,
            said: Vec::new(),
            rows: Vec::new(),
            more: String::new(),
            hidden: Vec::new(),
            yes: String::new(),
        })
    }
}

impl From<Line> for Row {
    fn from(line: Line) -> Self {
        Self {
            place: format!("{} 第 {} 行", line.sheet, line.row),
            what: line.what,
            sentence: line.sentence,
            from: line
                .from
                .map_or_else(String::new, |day| format!("{day} 起")),
        }
    }
}

impl From<RowFault> for Row {
    fn from(fault: RowFault) -> Self {
        let place = match (fault.sheet.as_str(), fault.row) {
            ("", _) => "整个文件".to_owned(),
            (sheet, None) => format!("{sheet} 整张表"),
            (sheet, Some(row)) => format!("{sheet} 第 {row} 行"),
        };
        Self {
            place,
            what: "",
            sentence: fault.sentence,
            from: String::new(),
        }
    }
}
