//! The four-in-one list, the work matrix and the five facets of a task (LEDGER-06, 07, 08).

mod export;
mod form;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::worksheets::{self, WorksheetView};
use luoshi_domain::ids::TaskId;
use luoshi_domain::packs::{SheetKind, SheetWanted};
use luoshi_domain::worksheets::{FACET_LIMIT, Matrix, TEXT_LIMIT, Worksheet, WorksheetCommand};

use crate::WebState;
use crate::extract::{Form, Path, SignedIn};
use crate::pages::html;
use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::registers;
use crate::pages::shell::Shell;
use crate::pages::worksheets::form::{TypedFacets, TypedList, TypedMatrix};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// Empty rows to go on with.
const SPARE_ROWS: usize = 1;

pub(crate) fn routes(table: Table) -> Table {
    let table = table
        .get("/tasks/{id}/worksheet", Access::Row, get(show))
        .post("/tasks/{id}/worksheet/list", Access::Row, post(keep_list))
        .post(
            "/tasks/{id}/worksheet/matrix",
            Access::Row,
            post(keep_matrix),
        )
        .post(
            "/tasks/{id}/worksheet/facets",
            Access::Row,
            post(keep_facets),
        );
    export::routes(table)
}

#[derive(Template)]
#[template(path = "worksheet.html")]
struct WorksheetPage {
    shell: Shell,
    faults: Vec<Fault>,
    /// The form that the faults are about.
    faulty: &'static str,
    task_href: String,
    task: String,
    said: String,
    here: String,
    form: bool,
    /// Whether the list and the matrix may still change.
    running: bool,
    closed: String,
    list_wanted: String,
    list: Vec<ShownRow>,
    list_rows: Vec<ListFields>,
    list_missing: String,
    matrix_wanted: String,
    /// The three systems side by side.
    matrix: Vec<[String; 3]>,
    settled: bool,
    targets: Vec<TargetFields>,
    measures: Vec<MeasureFields>,
    policies: Vec<PolicyFields>,
    matrix_missing: Vec<String>,
    facets: Vec<(&'static str, String)>,
    facet_fields: Vec<Field>,
    facets_missing: String,
    seen: i64,
    text_limit: usize,
}

/// A row of the list as shown.
struct ShownRow {
    number: usize,
    task: String,
    responsibilities: Vec<String>,
    measures: Vec<String>,
    result: String,
}

/// A row of the list as typed.
struct ListFields {
    number: usize,
    task: String,
    responsibilities: String,
    measures: String,
    result: String,
}

struct TargetFields {
    number: usize,
    text: String,
    value: String,
    unit: String,
}

struct MeasureFields {
    number: usize,
    text: String,
    measure: String,
    targets: Vec<Choice>,
}

struct PolicyFields {
    number: usize,
    text: String,
    rule: String,
    planned: Vec<Choice>,
}

/// What a task's page shows of its tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Card {
    pub(crate) href: String,
    /// Each table with how it stands, and whether something has to be done about it.
    pub(crate) lines: Vec<(&'static str, String, bool)>,
}

impl Card {
    /// Of a task: what is there, and what its origin asks for.
    pub(crate) fn of(
        task: &luoshi_domain::tasks::Task,
        sheet: &Worksheet,
        list: Option<&SheetWanted>,
        matrix: Option<&SheetWanted>,
    ) -> Self {
        let mut lines = Vec::new();
        if list.is_some() || !sheet.list.is_empty() {
            let open = sheet.without_result();
            let (said, act) = match (sheet.list.len(), open.len()) {
                (0, _) => ("还没有填，申请办结前要填".to_owned(), true),
                (rows, 0) => (format!("{rows} 行，结果都已填"), false),
                (rows, _) => {
                    let open: Vec<String> = open.iter().map(usize::to_string).collect();
                    let open = open.join("、");
                    (format!("{rows} 行，第 {open} 行还没有填结果"), false)
                }
            };
            lines.push(("“四合一”清单", said, act));
        }
        let missing = sheet.matrix.missing().len();
        if matrix.is_some() || sheet.version > 0 && sheet.matrix != Matrix::default() {
            let (said, act) = match (&sheet.matrix, missing) {
                (known, _) if *known == Matrix::default() => ("还没有填".to_owned(), true),
                (known, 0) if known.settled => ("已提交".to_owned(), false),
                (_, 0) => ("填齐了，还没有提交".to_owned(), true),
                (_, missing) => (format!("草稿，还缺 {missing} 处"), true),
            };
            lines.push(("工作矩阵图", said, act));
        }
        let empty = sheet.facets.empty();
        if sheet.version > 0 && empty.len() < 5 {
            let (said, act) = match empty.len() {
                0 => ("五项都已填".to_owned(), false),
                _ => (format!("还缺：{}", empty.join("、")), task.is_over()),
            };
            lines.push(("闭环五要素", said, act));
        } else if task.is_over() && task.grade.is_some() {
            lines.push(("闭环五要素", "已办结，结果运用还没有填".into(), true));
        }
        Self {
            href: format!("/tasks/{}/worksheet", task.id),
            lines,
        }
    }
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Response> {
    let view = worksheets::show(&state.app, signed_in.who(), id).await?;
    page(&state, &signed_in, &view, StatusCode::OK, &Retry::default()).await
}

/// What was typed into one of the forms and not taken.
#[derive(Default)]
struct Retry {
    faulty: &'static str,
    faults: Vec<Fault>,
    list: Option<TypedList>,
    matrix: Option<TypedMatrix>,
    facets: Option<TypedFacets>,
}

async fn keep_list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Form(typed): Form<TypedList>,
) -> WebResult<Response> {
    let (command, seen) = (WorksheetCommand::List(typed.rows()), typed.seen);
    let retry = Retry {
        faulty: "list",
        list: Some(typed),
        ..Retry::default()
    };
    keep(&state, &signed_in, id, command, seen, retry).await
}

async fn keep_matrix(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Form(typed): Form<TypedMatrix>,
) -> WebResult<Response> {
    let (command, seen) = (WorksheetCommand::Matrix(typed.matrix()), typed.seen);
    let retry = Retry {
        faulty: "matrix",
        matrix: Some(typed),
        ..Retry::default()
    };
    keep(&state, &signed_in, id, command, seen, retry).await
}

async fn keep_facets(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Form(typed): Form<TypedFacets>,
) -> WebResult<Response> {
    let command = WorksheetCommand::Facets(Box::new(typed.facets()));
    let seen = typed.seen;
    let retry = Retry {
        faulty: "facets",
        facets: Some(typed),
        ..Retry::default()
    };
    keep(&state, &signed_in, id, command, seen, retry).await
}

async fn keep(
    state: &WebState,
    signed_in: &SignedIn,
    id: TaskId,
    command: WorksheetCommand,
    seen: Option<i64>,
    retry: Retry,
) -> WebResult<Response> {
    let who = signed_in.who();
    let path = format!("/tasks/{id}/worksheet");
    let done = worksheets::handle(&state.app, who, id, command, seen).await;
    let fields = [("list", "list"), ("matrix", "matrix"), ("facets", "facets")];
    match registers::ended(&path, done, &fields, |saved| {
        let said = match retry.faulty {
            "list" => "“四合一”清单已保存".to_owned(),
            "facets" => "闭环五要素已保存".to_owned(),
            _ if saved.matrix.settled => "工作矩阵图已提交".to_owned(),
            _ => match saved.matrix.missing().len() {
                0 => "工作矩阵图已存为草稿，已填齐，可以提交".to_owned(),
                missing => format!("工作矩阵图已存为草稿，还缺 {missing} 处"),
            },
        };
        (path.clone(), said)
    }) {
        Ok(answer) => answer,
        Err(faults) => {
            let view = worksheets::show(&state.app, who, id).await?;
            let retry = Retry { faults, ..retry };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(state, signed_in, &view, status, &retry).await
        }
    }
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    view: &WorksheetView,
    status: StatusCode,
    retry: &Retry,
) -> WebResult<Response> {
    let (task, sheet) = (&view.task, &view.sheet);
    let wanted = |kind| worksheets::wanted(&view.rules, task, kind);
    let drafted = worksheets::drafted(view);
    let list = retry.list.as_ref().map(TypedList::rows);
    let list = list.unwrap_or_else(|| sheet.list.clone());
    let matrix = retry.matrix.as_ref().map(TypedMatrix::matrix);
    let matrix = matrix.unwrap_or_else(|| sheet.matrix.clone());
    let facets = retry.facets.as_ref().map(TypedFacets::facets);
    let empty = sheet.facets.empty();
    let page = WorksheetPage {
        shell: Shell::signed_in(state, signed_in, "/ledger").await?,
        faults: retry.faults.clone(),
        faulty: retry.faulty,
        task_href: format!("/tasks/{}", task.id),
        task: task.details.title.clone(),
        said: format!(
            "{} · 牵头单位 {}",
            task.number.as_deref().unwrap_or("未编号"),
            task.details
                .lead
                .map_or("未定", |lead| view.organisation.unit_name(lead))
        ),
        here: format!("/tasks/{}/worksheet", task.id),
        form: view.may.is_ok(),
        running: !task.is_over(),
        closed: match &view.may {
            Ok(()) => String::new(),
            Err(refusal) => refusal.sentence.clone(),
        },
        list_wanted: asked(wanted(SheetKind::FourInOne)),
        list: shown_rows(sheet),
        list_rows: form::list_fields(&list),
        list_missing: match sheet.check_closing(wanted(SheetKind::FourInOne).is_some()) {
            Ok(()) => String::new(),
            Err(refusal) => refusal.sentence,
        },
        matrix_wanted: asked(wanted(SheetKind::Matrix)),
        targets: form::target_fields(&matrix),
        measures: form::measure_fields(&matrix),
        policies: form::policy_fields(&matrix),
        matrix_missing: match sheet.matrix == Matrix::default() {
            true => Vec::new(),
            false => sheet.matrix.missing(),
        },
        matrix: export::side_by_side(&sheet.matrix),
        settled: sheet.matrix.settled,
        facets: sheet
            .facets
            .named()
            .into_iter()
            .map(|(name, text)| (name, text.to_owned()))
            .collect(),
        facet_fields: form::facet_fields(&facets.unwrap_or(drafted)),
        facets_missing: match (task.is_over() && task.grade.is_some(), empty.is_empty()) {
            (true, false) => format!("已办结，归档还缺：{}", empty.join("、")),
            _ => String::new(),
        },
        seen: sheet.version,
        text_limit: TEXT_LIMIT,
    };
    html(status, &page)
}

/// By which clause a table is asked for.
fn asked(wanted: Option<&SheetWanted>) -> String {
    let asked = wanted.map(|wanted| format!("按 {} 要填", wanted.cited.clause));
    asked.unwrap_or_else(|| "来源没有要求，可以自愿填".into())
}

fn shown_rows(sheet: &Worksheet) -> Vec<ShownRow> {
    let rows = (1..).zip(&sheet.list);
    rows.map(|(number, row)| ShownRow {
        number,
        task: row.task.clone(),
        responsibilities: row.responsibilities.clone(),
        measures: row.measures.clone(),
        result: row.result.clone(),
    })
    .collect()
}
