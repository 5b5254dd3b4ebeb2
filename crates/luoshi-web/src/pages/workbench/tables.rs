//! The plan's table out and in: exported for offices that work in spreadsheets, edited there, and
//! taken back row by row after a preview.

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::accounts::blocking;
use luoshi_app::plans::table::{self, Changes, HEADINGS, Row, RowFault, STATES};
use luoshi_app::plans::{self, PlanView};
use luoshi_documents::error::ReadError;
use luoshi_documents::limits::Limits;
use luoshi_documents::workbook::{self, Column, Sheet};
use luoshi_domain::ids::PlanId;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, SignedIn, Upload};
use crate::pages::days;
use crate::pages::plans::answered;
use crate::pages::shell::Shell;
use crate::pages::workbench::previews::{PreviewPage, PreviewRow, ROWS_SHOWN, more};
use crate::pages::{files, html};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

const OFFICE: Access = Access::Bureau;

/// The largest edited table, in bytes, and the largest form that carries its changes.
const BODY_LIMIT: usize = 8_000_000;

/// Widths of the columns, in characters.
const WIDTHS: [u16; 14] = [5, 11, 30, 36, 7, 15, 15, 12, 9, 14, 36, 11, 8, 12];

pub(super) fn routes(table: Table) -> Table {
    let limit = || DefaultBodyLimit::max(BODY_LIMIT);
    table
        .get("/plans/{id}/table.xlsx", OFFICE, get(export))
        .post("/plans/{id}/table", OFFICE, post(upload).layer(limit()))
        .post(
            "/plans/{id}/table/confirm",
            OFFICE,
            post(confirm).layer(limit()),
        )
}

async fn export(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
) -> WebResult<Response> {
    let view = plans::export(&state.app, signed_in.who(), id).await?;
    let title = view.plan.details.title.clone();
    let today = state.app.today();
    let sheet = sheet(&view, today);
    let name = format!("{title}台账{today}.xlsx");
    files::xlsx("plan.xlsx", &name, sheet).await
}

fn sheet(view: &PlanView, today: NaiveDate) -> Sheet {
    let columns = HEADINGS.iter().zip(WIDTHS);
    let columns = columns.map(|(heading, width)| Column {
        heading: (*heading).into(),
        width,
        choices: match *heading {
            "类别" => table::KINDS.iter().map(|(name, _)| *name).collect(),
            "确认状态" => STATES.to_vec(),
            _ => Vec::new(),
        },
        quiet: matches!(*heading, "编号" | "校验"),
    });
    let rows = table::rows(&view.plan, &view.organisation);
    Sheet {
        title: format!("{}　任务台账", view.plan.details.title),
        note: format!(
            "{today} 导出，共 {} 项。可改任务内容、目标要求、类别、单位、时限、频次和确认状态，\
             改后从方案页面上传；编号和校验两栏请勿改动。",
            rows.len()
        ),
        columns: columns.collect(),
        rows: rows.into_iter().map(Vec::from).collect(),
    }
}

async fn upload(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    upload: Upload,
) -> WebResult<Response> {
    let view = plans::show(&state.app, signed_in.who(), id).await?;
    if !view.editable {
        return Err(Problem::not_found());
    }
    let bytes = upload.bytes;
    let grid = blocking(move || workbook::read(&bytes, &Limits::default())).await?;
    let table = match grid {
        Ok(grid) => table::of_grid(&grid),
        Err(ReadError::Unsupported { .. }) => Err(vec![RowFault {
            number: String::new(),
            sentence: "请上传从本页导出、改好后仍存为 .xlsx 的表格。".into(),
        }]),
        Err(unreadable) => Err(vec![RowFault {
            number: String::new(),
            sentence: unreadable.message_zh(),
        }]),
    };
    let table = match table {
        Ok(table) => table,
        Err(faults) => return refused(&state, &signed_in, &view, &faults).await,
    };
    let today = state.app.today();
    let day = move |text: &str| read_day(text, today);
    let who = signed_in.who();
    match table::preview(&state.app, who, id, &table, &day).await? {
        (view, Ok(changes)) => show(&state, &signed_in, &view, changes).await,
        (view, Err(faults)) => refused(&state, &signed_in, &view, &faults).await,
    }
}

/// The changed rows, as the preview had them.
#[derive(Deserialize)]
struct Confirmed {
    rows: String,
}

async fn confirm(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Form(Confirmed { rows }): Form<Confirmed>,
) -> WebResult<Response> {
    let table: Vec<Row> = serde_json::from_str(&rows).map_err(|_unreadable| {
        Problem::bad_request(
            StatusCode::UNPROCESSABLE_ENTITY,
            "要改的内容没有传完整，什么都没有保存，请重新上传表格。",
        )
    })?;
    let today = state.app.today();
    let day = move |text: &str| read_day(text, today);
    let done = table::carry_out(&state.app, signed_in.who(), id, &table, &day).await;
    if let Ok((view, Err(faults))) = &done {
        return refused(&state, &signed_in, view, faults).await;
    }
    answered(&format!("/plans/{id}"), done, |(_, changes)| {
        let count = changes.as_ref().map_or(0, |changes| changes.rows.len());
        format!("已按表格改了 {count} 项；可以整步撤销（按 z）")
    })
}

async fn show(
    state: &WebState,
    signed_in: &SignedIn,
    view: &PlanView,
    changes: Changes,
) -> WebResult<Response> {
    let home = format!("/plans/{}", view.plan.id);
    let count = changes.rows.len();
    let kept: Vec<&Row> = changes.rows.iter().map(|row| &row.cells).collect();
    let kept = serde_json::to_string(&kept).map_err(|error| Problem::internal(&error))?;
    let rows = changes.rows.iter().filter_map(|row| {
        let proposal = view.plan.proposals.get(row.proposal)?;
        let clause = view.plan.clause(proposal.clause);
        let differences = row.differences.iter();
        let what = differences.map(|(heading, stands, said)| {
            format!("{heading}：{} → {}", or_empty(stands), or_empty(said))
        });
        Some(PreviewRow {
            path: clause.map_or_else(String::new, |clause| clause.path.clone()),
            title: proposal.draft.title.clone(),
            href: format!("{home}#proposal-{}", proposal.id),
            what: what.collect::<Vec<_>>().join("；"),
            doubt: String::new(),
        })
    });
    let said = match count {
        0 => "表格和现在的内容一样，没有要改的。".to_owned(),
        count => format!(
            "表格改了 {count} 项，另有 {} 项没有变。办完可以整步撤销。",
            changes.unchanged
        ),
    };
    let page = PreviewPage {
        shell: Shell::signed_in(state, signed_in, "/imports").await?,
        title: view.plan.details.title.clone(),
        heading: "按表格修改前看一遍".into(),
        said: vec![said],
        faults: Vec::new(),
        field: None,
        action: format!("{home}/table/confirm"),
        hidden: vec![("rows", kept)],
        yes: match count {
            0 => String::new(),
            count => format!("改这 {count} 项"),
        },
        back: home.clone(),
        counts: Vec::new(),
        rows: rows.take(ROWS_SHOWN).collect(),
        more: more(count),
    };
    html(StatusCode::OK, &page)
}

/// What cannot be taken, row by row; nothing was stored.
async fn refused(
    state: &WebState,
    signed_in: &SignedIn,
    view: &PlanView,
    faults: &[RowFault],
) -> WebResult<Response> {
    let home = format!("/plans/{}", view.plan.id);
    let rows = faults.iter().map(|fault| PreviewRow {
        path: match fault.number.as_str() {
            "" => "—".into(),
            number => number.to_owned(),
        },
        title: fault.sentence.clone(),
        href: home.clone(),
        what: "没有采用".into(),
        doubt: String::new(),
    });
    let page = PreviewPage {
        shell: Shell::signed_in(state, signed_in, "/imports").await?,
        title: view.plan.details.title.clone(),
        heading: "表格没有采用".into(),
        said: vec![format!(
            "有 {} 处不能采用，什么都没有保存。在表格里改好后再上传。",
            faults.len()
        )],
        faults: Vec::new(),
        field: None,
        action: home.clone(),
        hidden: Vec::new(),
        yes: String::new(),
        back: home.clone(),
        counts: Vec::new(),
        rows: rows.take(ROWS_SHOWN).collect(),
        more: more(faults.len()),
    };
    html(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn read_day(text: &str, today: NaiveDate) -> Result<Option<NaiveDate>, String> {
    let read = days::read(text, today);
    read.map_err(|unreadable| format!("完成时限“{}”：{}", text.trim(), unreadable.sentence()))
}

fn or_empty(text: &str) -> &str {
    match text.trim() {
        "" => "（空）",
        text => text,
    }
}
