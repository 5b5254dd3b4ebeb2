//! Tasks from a table: upload, what each column is, a preview with every fault by its cell, and
//! undoing all of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luoshi_app::errors::AppError;
use luoshi_app::rules::{self, Rules};
use luoshi_app::tasks::imports::{self, COLUMNS, CellFault, Column, Line, Preview, Taken};
use luoshi_app::{organisation, policy};
use luoshi_domain::ids::{ImportId, UnitId};
use luoshi_domain::imports::Import;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::refusals::Ground;
use luoshi_domain::rights::Right;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Nothing, Path, SignedIn, Upload};
use crate::flash;
use crate::pages::ledger::PATH as LEDGER;
use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::shell::Shell;
use crate::pages::{days, files, html, labels};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

pub(super) const PATH: &str = "/ledger/import";

/// The largest table, in bytes.
const FILE_LIMIT: usize = 12_000_000;

/// The largest body of an upload: the largest file and the fields around it.
pub(crate) const BODY_LIMIT: usize = FILE_LIMIT + 100_000;

/// The same with the file written in letters.
const CONFIRM_LIMIT: usize = FILE_LIMIT / 3 * 4 + 100_000;

/// Faults that a page shows; the rest is counted.
const FAULTS_SHOWN: usize = 200;

pub(super) fn routes(table: Table) -> Table {
    let office = Access::Office;
    table
        .get(PATH, office, get(begin))
        .get("/ledger/import/template.xlsx", office, get(template))
        .post(
            PATH,
            office,
            post(upload).layer(DefaultBodyLimit::max(BODY_LIMIT)),
        )
        .post(
            "/ledger/import/again",
            office,
            post(again).layer(DefaultBodyLimit::max(CONFIRM_LIMIT)),
        )
        .post(
            "/ledger/import/confirm",
            office,
            post(confirm).layer(DefaultBodyLimit::max(CONFIRM_LIMIT)),
        )
        .post("/ledger/import/{id}/undo", office, post(undo))
}

#[derive(Template)]
#[template(path = "ledger_import.html")]
struct ImportPage {
    shell: Shell,
    /// `begin`, `preview` or `faulty`.
    step: &'static str,
    faults: Vec<Fault>,
    fields: Vec<Field>,
    said: Vec<String>,
    headings: Vec<Heading>,
    rows: Vec<Row>,
    cells: Vec<Cell>,
    more: String,
    hidden: Vec<(&'static str, String)>,
    yes: String,
    done: Vec<Done>,
}

/// A heading of the table and what it may be taken for.
struct Heading {
    name: String,
    choices: Vec<Choice>,
}

/// A row as it would be.
struct Row {
    row: u32,
    title: String,
    target: String,
    lead: String,
    co_units: String,
    limit: String,
    category: String,
    level: &'static str,
}

/// A cell that cannot be used.
struct Cell {
    cell: String,
    column: &'static str,
    text: String,
    sentence: String,
}

/// An import of before.
struct Done {
    id: String,
    day: String,
    file_name: String,
    count: usize,
    by: String,
    undone: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    /// The table in letters.
    file: String,
    file_name: String,
    category: String,
    /// What each column is; empty for nothing.
    column: Vec<String>,
}

impl Typed {
    fn given(&self) -> WebResult<imports::Upload> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.file).map_err(|_broken| {
            Problem::bad_request(
                StatusCode::UNPROCESSABLE_ENTITY,
                "表格没有传完整，什么都没有导入，请重新上传。",
            )
        })?;
        let columns = self.column.iter().map(|key| Column::from_key(key));
        let columns: Vec<Option<Column>> = columns.collect();
        Ok(given(
            bytes,
            self.file_name.clone(),
            self.category.clone(),
            (!columns.is_empty()).then_some(columns),
        ))
    }
}

pub(crate) fn given(
    bytes: Vec<u8>,
    file_name: String,
    category: String,
    columns: Option<Vec<Option<Column>>>,
) -> imports::Upload {
    imports::Upload {
        file_name,
        bytes: Arc::from(bytes),
        columns,
        category,
        read_day: |text, today| {
            let day = days::read(text, today);
            day.map_err(|unreadable| unreadable.sentence().to_owned())
        },
    }
}

async fn begin(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    require(&state, &signed_in)?;
    let page = begun(&state, &signed_in, "", Vec::new()).await?;
    html(StatusCode::OK, &page)
}

async fn template(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    require(&state, &signed_in)?;
    let bytes = imports::template(&state.app, signed_in.who()).await?;
    Ok(files::workbook(
        "ledger-template.xlsx",
        "任务台账导入模板.xlsx",
        bytes,
    ))
}

async fn upload(
    State(state): State<WebState>,
    signed_in: SignedIn,
    upload: Upload,
) -> WebResult<Response> {
    require(&state, &signed_in)?;
    let category = upload.field("category").to_owned();
    let fault = match upload.bytes.len() {
        0 => Some("请选择填好的表格。"),
        size if size > FILE_LIMIT => Some("表格超过 12 MB，请分开导入。"),
        _ => None,
    };
    if let Some(text) = fault {
        let faults = vec![file_fault(text)];
        let page = begun(&state, &signed_in, &category, faults).await?;
        return html(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let name = upload.file_name.clone();
    let given = given(upload.bytes, name, category, None);
    shown(&state, &signed_in, &given).await
}

async fn again(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    require(&state, &signed_in)?;
    shown(&state, &signed_in, &typed.given()?).await
}

async fn confirm(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    require(&state, &signed_in)?;
    let given = typed.given()?;
    match imports::carry_out(&state.app, signed_in.who(), &given).await {
        Ok(Taken::Done(import)) => {
            let said = format!(
                "已导入 {} 项，待批准立项；下达前可在导入页整批撤销",
                import.tasks.len()
            );
            Ok(flash::done("/ledger?state=draft&sort=opened", &said))
        }
        Ok(Taken::Faulty(preview)) => {
            let page = previewed(&state, &signed_in, &given, *preview).await?;
            html(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => refused(&state, &signed_in, &given, error).await,
    }
}

async fn undo(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ImportId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    require(&state, &signed_in)?;
    match imports::undo(&state.app, signed_in.who(), id).await {
        Ok(import) => {
            let said = format!(
                "已撤销导入“{}”的 {} 项",
                import.file_name,
                import.tasks.len()
            );
            Ok(flash::done(PATH, &said))
        }
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::State => {
            Ok(flash::warn(PATH, &refusal.sentence))
        }
        Err(error) => Err(error.into()),
    }
}

async fn shown(
    state: &WebState,
    signed_in: &SignedIn,
    given: &imports::Upload,
) -> WebResult<Response> {
    match imports::preview(&state.app, signed_in.who(), given).await {
        Ok(preview) => {
            let status = match preview.faults.is_empty() {
                true => StatusCode::OK,
                false => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let page = previewed(state, signed_in, given, preview).await?;
            html(status, &page)
        }
        Err(error) => refused(state, signed_in, given, error).await,
    }
}

/// What the form says when the table was not taken.
async fn refused(
    state: &WebState,
    signed_in: &SignedIn,
    given: &imports::Upload,
    error: AppError,
) -> WebResult<Response> {
    let text = match error {
        AppError::Unreadable(unreadable) => {
            format!("“{}”：{}", given.file_name, unreadable.message_zh())
        }
        AppError::Refused(refusal) if refusal.ground == Ground::Input => refusal.sentence,
        error => return Err(error.into()),
    };
    let faults = vec![file_fault(&text)];
    let page = begun(state, signed_in, &given.category, faults).await?;
    html(StatusCode::UNPROCESSABLE_ENTITY, &page)
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
    category: &str,
    faults: Vec<Fault>,
) -> WebResult<ImportPage> {
    let who = signed_in.who();
    let rules = rules::of_bureau(&state.app, who.bureau).await?;
    let organisation = organisation::show(&state.app, who).await?;
    let file = Field {
        kind: "file",
        list: vec!["xlsx".into()],
        ..Field::text("file", "填好的表格", "").required()
    };
    let origins = rules.origins();
    let origins = origins.map(|word| Choice::new(word.key.clone(), word.label.clone(), category));
    let none = std::iter::once(Choice::new("", "表里每行都写了", category));
    let mut fields = vec![
        file.hint("第一张表，12 MB、20000 行以内；表头写着“任务内容”“牵头单位”等"),
        Field::select(
            "category",
            "没有写来源类别的行算作",
            none.chain(origins).collect(),
        ),
    ];
    for field in &mut fields {
        let mut faults = faults.iter();
        if let Some(fault) = faults.find(|fault| fault.field == field.name) {
            field.fault.clone_from(&fault.text);
        }
    }
    let done = imports::list(&state.app, who).await?;
    let done = done.iter().map(|import| Done::of(import, &organisation));
    Ok(ImportPage {
        shell: Shell::signed_in(state, signed_in, LEDGER).await?,
        step: "begin",
        faults,
        fields,
        said: Vec::new(),
        headings: Vec::new(),
        rows: Vec::new(),
        cells: Vec::new(),
        more: String::new(),
        hidden: Vec::new(),
        yes: String::new(),
        done: done.collect(),
    })
}

async fn previewed(
    state: &WebState,
    signed_in: &SignedIn,
    given: &imports::Upload,
    preview: Preview,
) -> WebResult<ImportPage> {
    let who = signed_in.who();
    let rules = rules::of_bureau(&state.app, who.bureau).await?;
    let organisation = organisation::show(&state.app, who).await?;
    let faults = preview.faults.len();
    let faulty = faults > 0;
    let mut said = Vec::new();
    if faulty {
        said.push(format!(
            "有 {faults} 个单元格不能采用，什么都没有导入。请在表格里改好后重新上传，或改对下面的栏目对应。"
        ));
    } else {
        said.push(format!(
            "共 {} 项，导入后待批准立项，还没有下达给任何单位。",
            preview.count
        ));
        let missing = preview.missing.iter();
        let missing: Vec<String> = missing
            .map(|(field, count)| format!("{field} {count} 项"))
            .collect();
        if !missing.is_empty() {
            said.push(format!("下达前还要补齐：{}。", missing.join("，")));
        }
    }
    let shown = if faulty {
        FAULTS_SHOWN
    } else {
        preview.lines.len()
    };
    let all = if faulty { faults } else { preview.count };
    let more = match all.checked_sub(shown) {
        None | Some(0) => String::new(),
        Some(left) => format!("还有 {left} {}没有列出。", if faulty { "处" } else { "行" }),
    };
    let yes = match faulty || preview.count == 0 {
        true => String::new(),
        false => format!("确认导入 {} 项", preview.count),
    };
    Ok(ImportPage {
        step: if faulty { "faulty" } else { "preview" },
        said,
        headings: preview.headings.into_iter().map(Heading::of).collect(),
        rows: match faulty {
            true => Vec::new(),
            false => preview
                .lines
                .iter()
                .map(|line| Row::of(line, &organisation, &rules))
                .collect(),
        },
        cells: preview
            .faults
            .into_iter()
            .take(FAULTS_SHOWN)
            .map(Cell::from)
            .collect(),
        more,
        hidden: vec![
            ("file", URL_SAFE_NO_PAD.encode(&given.bytes)),
            ("file_name", given.file_name.clone()),
            ("category", given.category.clone()),
        ],
        yes,
        ..begun(state, signed_in, &given.category, Vec::new()).await?
    })
}

impl Heading {
    fn of((name, column): (String, Option<Column>)) -> Self {
        let current = column.map_or("", Column::key);
        let none = std::iter::once(Choice::new("", "不导入", current));
        let known = COLUMNS
            .iter()
            .map(|(_, key, label, _)| Choice::new(*key, *label, current));
        Self {
            name: if name.is_empty() {
                "（空）".into()
            } else {
                name
            },
            choices: none.chain(known).collect(),
        }
    }
}

impl Row {
    fn of(line: &Line, organisation: &Organisation, rules: &Rules) -> Self {
        let details = &line.details;
        let co_units = details.co_units.iter().filter(|co| !co.joint);
        let co_units: Vec<&str> = co_units.map(|co| organisation.unit_name(co.unit)).collect();
        let joint: Vec<UnitId> = details.joint_leads().map(|co| co.unit).collect();
        Self {
            row: line.row,
            title: details.title.clone(),
            target: details.target.clone(),
            lead: details.lead.map_or_else(
                || "未定".into(),
                |lead| labels::leads(organisation, lead, &joint),
            ),
            co_units: co_units.join("、"),
            limit: details
                .limit
                .map_or_else(|| "未定".into(), |limit| limit.to_string()),
            category: rules.origin_label(&details.category).to_owned(),
            level: labels::level(details.level),
        }
    }
}

impl From<CellFault> for Cell {
    fn from(fault: CellFault) -> Self {
        Self {
            cell: fault.cell,
            column: fault.column.label(),
            text: fault.text,
            sentence: fault.sentence,
        }
    }
}

impl Done {
    fn of(import: &Import, organisation: &Organisation) -> Self {
        Self {
            id: import.id.to_string(),
            day: import.day.to_string(),
            file_name: import.file_name.clone(),
            count: import.tasks.len(),
            by: organisation.person_name(import.by).to_owned(),
            undone: import.undone,
        }
    }
}

/// Lets through who opens tasks; for others there is no import.
pub(crate) fn require(state: &WebState, signed_in: &SignedIn) -> WebResult<()> {
    let actor = &signed_in.who().actor;
    Ok(policy::require_to_see(
        &state.app,
        actor,
        Right::OpenTask,
        "import",
    )?)
}
