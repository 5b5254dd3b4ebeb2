//! Lists of the packs in force, and the rows that are kept in them.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::lists::rows::{self, Command, Outcome, RowView, Typed};
use luoshi_app::lists::{self, Standing};
use luoshi_domain::ids::{ListRowId, PersonId, UnitId};
use luoshi_domain::lists::{CellFault, ListRow, ListSource, ListTemplate};
use luoshi_domain::refusals::Refusal;
use luoshi_domain::tasks::lists::PageRequest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::commands::Decided;
use crate::api::words::Mark;
use crate::extract::{Json, Path, Query, SignedIn};
use crate::pages::lists::{Wish, href};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

/// Rows of a page.
const PAGE_SIZE: u32 = 200;

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/api/v1/lists", Access::Member, get(list))
        .get("/api/v1/lists/{list}", Access::Member, get(show))
        .post("/api/v1/lists/{list}", Access::Member, post(add))
        .get("/api/v1/list-rows/{id}", Access::Unit, get(show_row))
        .post(
            "/api/v1/list-rows/{id}/commands",
            Access::Unit,
            post(carry_out),
        )
}

/// Every list of the packs in force.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ListsBody {
    lists: Vec<ListBody>,
}

/// A list as its pack describes it, with how many rows the caller sees in it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ListBody {
    /// Its name in addresses, e.g. `e.problems`.
    code: String,
    pack: String,
    name: String,
    about: String,
    /// `bureau`, `unit` or `person`.
    owner: &'static str,
    /// How often a new one begins, in words.
    cycle: &'static str,
    clause: String,
    default: bool,
    /// What its rows are: `own`, `ledger`, `breakdowns`, `four_in_one` or `matrix`.
    rows_are: &'static str,
    rows: u32,
    /// Those past their limit and not done.
    overdue: u32,
    /// The page of its rows.
    href: String,
    columns: Vec<ColumnBody>,
    states: Vec<StateBody>,
}

/// A column.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ColumnBody {
    key: String,
    label: String,
    kind: &'static str,
    required: bool,
    measure: String,
    options: Vec<String>,
}

/// A state of a row.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StateBody {
    key: String,
    label: String,
    r#final: bool,
}

/// Which rows, as in the address of the page.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RowsQuery {
    unit: String,
    person: String,
    state: String,
    /// `yes` for what is to be done still, `no` for what is not.
    open: String,
    /// A day of the period; all of them when left out.
    period: String,
    /// `overdue`, or `none` for those without a limit.
    limit: String,
    /// `latest`, `limit` or `day`.
    sort: String,
    /// `next` of the page before.
    after: String,
}

/// A page of rows.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RowsBody {
    rows: Vec<RowBody>,
    next: Option<String>,
    count: u32,
}

/// A row as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RowBody {
    id: Uuid,
    version: i64,
    /// The list that it is kept in.
    list: String,
    unit: Option<Uuid>,
    person: Option<Uuid>,
    /// The first day of its period.
    period: Option<NaiveDate>,
    mark: Mark,
    /// By the columns' keys; people, units and tasks by their ids.
    cells: BTreeMap<String, String>,
    state: String,
    open: bool,
    overdue: bool,
    withdrawn: Option<String>,
    added_on: NaiveDate,
}

/// What is written in a row.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RowContentBody {
    unit: Option<Uuid>,
    person: Option<Uuid>,
    /// A day of the period.
    period: Option<NaiveDate>,
    mark: Option<Mark>,
    cells: BTreeMap<String, String>,
}

/// What can be asked of a row; `command` names it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum RowCommandBody {
    /// Replaces what is written; whose row it is stays.
    Amend { content: Box<RowContentBody> },
    /// Takes it to another state.
    Step {
        to: String,
        #[serde(default)]
        note: String,
    },
    /// It counts no more; it stays to be seen.
    Withdraw { reason: String },
}

/// A row with what happened to it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RowHistoryBody {
    row: RowBody,
    /// The states that the caller may take it to.
    steps: Vec<StepBody>,
    /// Latest first.
    history: Vec<ChangeBody>,
}

/// A step that may be taken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StepBody {
    to: String,
    label: String,
    /// Whether a note has to be written.
    reason: bool,
}

/// One thing that happened to a row.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeBody {
    by: String,
    said: String,
    note: String,
}

impl From<RowContentBody> for Typed {
    fn from(body: RowContentBody) -> Self {
        Self {
            unit: body.unit.map(UnitId),
            person: body.person.map(PersonId),
            period: body.period,
            mark: body.mark.map(Into::into).unwrap_or_default(),
            cells: body.cells,
        }
    }
}

impl From<RowCommandBody> for Command {
    fn from(command: RowCommandBody) -> Self {
        match command {
            RowCommandBody::Amend { content } => Self::Amend(Box::new((*content).into())),
            RowCommandBody::Step { to, note } => Self::Step { to, note },
            RowCommandBody::Withdraw { reason } => Self::Withdraw { reason },
        }
    }
}

impl RowBody {
    fn of(row: &ListRow, today: NaiveDate) -> Self {
        let cells = row.content.cells.iter();
        Self {
            id: row.id.0,
            version: row.version,
            list: row.register.clone(),
            unit: row.content.unit.map(|id| id.0),
            person: row.content.person.map(|id| id.0),
            period: row.content.period,
            mark: row.content.mark.into(),
            cells: cells
                .map(|(key, cell)| (key.clone(), cell.typed()))
                .collect(),
            state: row.state.clone(),
            open: row.is_open,
            overdue: row.is_overdue(today),
            withdrawn: row.withdrawn.clone(),
            added_on: row.added_on,
        }
    }
}

impl From<&Standing> for ListBody {
    fn from(standing: &Standing) -> Self {
        let list: &ListTemplate = &standing.template;
        let rows = list.rows();
        let shown = rows.map(|rows| rows.shown().collect::<Vec<_>>());
        let states = rows.map(|rows| rows.lifecycle.states.as_slice());
        Self {
            code: list.code(),
            pack: list.pack.key().to_owned(),
            name: list.label.clone(),
            about: list.about.clone(),
            owner: list.owner.key(),
            cycle: list.cycle_label(),
            clause: list.cited.clause.clone(),
            default: list.cited.default,
            rows_are: match &list.source {
                ListSource::Ledger { .. } => "ledger",
                ListSource::Sheet(sheet) => sheet.key(),
                ListSource::Rows(_) => "own",
            },
            rows: standing.rows,
            overdue: standing.overdue,
            href: href(list),
            columns: shown
                .unwrap_or_default()
                .into_iter()
                .map(|column| ColumnBody {
                    key: column.key.clone(),
                    label: column.label.clone(),
                    kind: column.kind.key(),
                    required: column.required,
                    measure: column.measure.clone(),
                    options: column.options.clone(),
                })
                .collect(),
            states: states
                .unwrap_or_default()
                .iter()
                .map(|state| StateBody {
                    key: state.key.clone(),
                    label: state.label.clone(),
                    r#final: state.is_final,
                })
                .collect(),
        }
    }
}

/// List the list templates of the packs in force.
#[utoipa::path(get, path = "/api/v1/lists", operation_id = "lists_list", tag = "lists",
    responses((status = 200, body = ListsBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<ListsBody>> {
    let view = lists::templates(&state.app, signed_in.who()).await?;
    let lists = view.packs.iter().flat_map(|(_, _, lists)| lists);
    Ok(Json(ListsBody {
        lists: lists.map(ListBody::from).collect(),
    }))
}

/// List the rows of one list; of a list that is a look at tasks there are none here.
#[utoipa::path(get, path = "/api/v1/lists/{list}", operation_id = "list_rows", tag = "lists",
    params(("list" = String, Path), RowsQuery), responses((status = 200, body = RowsBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(code): Path<String>,
    Query(query): Query<RowsQuery>,
) -> WebResult<Json<RowsBody>> {
    let who = signed_in.who();
    let today = state.app.today();
    let list = lists::template(&state.app, who, &code).await?;
    if list.rows().is_none() {
        return Ok(Json(RowsBody {
            rows: Vec::new(),
            next: None,
            count: 0,
        }));
    }
    let page = PageRequest {
        size: PAGE_SIZE,
        after: (!query.after.is_empty()).then(|| query.after.clone()),
    };
    let wish = Wish {
        unit: query.unit,
        person: query.person,
        state: query.state,
        open: query.open,
        period: match query.period.is_empty() {
            true => "all".to_owned(),
            false => query.period,
        },
        limit: query.limit,
        sort: query.sort,
        ..Wish::default()
    };
    let asked = wish.asked(&list, today)?;
    let view = lists::rows(&state.app, who, &code, &asked, &page).await?;
    Ok(Json(RowsBody {
        rows: view
            .rows
            .iter()
            .map(|row| RowBody::of(row, today))
            .collect(),
        next: view.next,
        count: view.count,
    }))
}

/// Add a row to a list.
#[utoipa::path(post, path = "/api/v1/lists/{list}", operation_id = "list_row_add", tag = "lists",
    params(("list" = String, Path)), request_body = RowContentBody,
    responses((status = 200, body = RowHistoryBody)))]
pub(super) async fn add(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(code): Path<String>,
    Json(body): Json<RowContentBody>,
) -> WebResult<Json<RowHistoryBody>> {
    let done = rows::add(&state.app, signed_in.who(), &code, body.into()).await?;
    one(&state, &signed_in, taken(done)?.id).await
}

/// Show one row with its history.
#[utoipa::path(get, path = "/api/v1/list-rows/{id}", operation_id = "list_row_show", tag = "lists",
    params(("id" = Uuid, Path)), responses((status = 200, body = RowHistoryBody)))]
pub(super) async fn show_row(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ListRowId>,
) -> WebResult<Json<RowHistoryBody>> {
    one(&state, &signed_in, id).await
}

/// Change a row, take it to another state or withdraw it.
#[utoipa::path(post, path = "/api/v1/list-rows/{id}/commands", operation_id = "list_row_command",
    tag = "lists", params(("id" = Uuid, Path)), request_body = Decided<RowCommandBody>,
    responses((status = 200, body = RowHistoryBody)))]
pub(super) async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ListRowId>,
    Json(body): Json<Decided<RowCommandBody>>,
) -> WebResult<Json<RowHistoryBody>> {
    let (who, command) = (signed_in.who(), body.command.into());
    let done = rows::handle(&state.app, who, id, command, body.seen).await?;
    one(&state, &signed_in, taken(done)?.id).await
}

/// The row, or every faulty cell in one refusal.
fn taken(done: Outcome) -> WebResult<ListRow> {
    done.map_err(|faults: Vec<CellFault>| {
        let sentences = faults.iter().map(|fault| fault.sentence.as_str());
        let sentence = sentences.collect::<Vec<_>>().concat();
        Problem::from(Refusal::input("cell", "LEDGER-12", sentence))
    })
}

async fn one(
    state: &WebState,
    signed_in: &SignedIn,
    id: ListRowId,
) -> WebResult<Json<RowHistoryBody>> {
    let view: RowView = rows::show(&state.app, signed_in.who(), id).await?;
    let steps = view.steps.iter().filter(|(_, may)| may.is_ok());
    Ok(Json(RowHistoryBody {
        row: RowBody::of(&view.row, state.app.today()),
        steps: steps
            .map(|(step, _)| StepBody {
                to: step.to.clone(),
                label: step.label.clone(),
                reason: step.reason,
            })
            .collect(),
        history: view
            .changes
            .into_iter()
            .map(|change| ChangeBody {
                by: change.by,
                said: change.said,
                note: change.note,
            })
            .collect(),
    }))
}
