//! Breaking a task down to posts and persons, and what is missing everywhere (ORG-03).

mod form;
mod report;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::breakdowns::{self, BreakdownView};
use luoshi_domain::breakdowns::{DUTIES_LIMIT, Part, SubDuty, TEXT_LIMIT, missing_parts};
use luoshi_domain::ids::TaskId;
use luoshi_domain::organisation::Organisation;

use crate::WebState;
use crate::extract::{Form, Path, SignedIn};
use crate::pages::breakdowns::form::Typed;
use crate::pages::html;
use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::registers;
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// Empty rows to go on with.
const SPARE_ROWS: usize = 2;

pub(crate) fn routes(table: Table) -> Table {
    let table = table
        .get("/tasks/{id}/breakdown", Access::Row, get(show))
        .post("/tasks/{id}/breakdown", Access::Row, post(save));
    report::routes(table)
}

#[derive(Template)]
#[template(path = "breakdown.html")]
struct BreakdownPage {
    shell: Shell,
    faults: Vec<Fault>,
    task_href: String,
    task: String,
    said: String,
    card: Card,
    /// Why nothing can be changed; empty where the form is.
    closed: String,
    /// Where the form's rows come from.
    hint: String,
    hint_href: String,
    form: bool,
    opened: bool,
    rows: Vec<FormRow>,
    reason: Field,
    seen: i64,
    text_limit: usize,
    changes: Vec<breakdowns::Change>,
}

/// One row of the form.
struct FormRow {
    number: usize,
    parts: Vec<Choice>,
    seats: Vec<Choice>,
    duty: String,
    limit: String,
}

/// What a task's page and the breakdown's own show of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Card {
    pub(crate) href: String,
    /// Whether there is anything to show yet.
    pub(crate) made: bool,
    /// `还缺：推动、落实`; empty when nothing is.
    pub(crate) missing: String,
    pub(crate) duties: Vec<DutyRow>,
    /// `分解到岗到人…`, for who may.
    pub(crate) act: &'static str,
}

/// A sub-duty.
#[derive(Clone, Debug)]
pub(crate) struct DutyRow {
    pub(crate) part: &'static str,
    pub(crate) post: String,
    pub(crate) person: String,
    pub(crate) duty: String,
    pub(crate) limit: String,
    pub(crate) late: bool,
    /// What is wrong with the person; empty when nothing is.
    pub(crate) gap: &'static str,
}

impl Card {
    /// Of a task: its sub-duties, and what is missing.
    pub(crate) fn of(
        task: TaskId,
        duties: Option<&[SubDuty]>,
        organisation: &Organisation,
        may: bool,
    ) -> Self {
        let missing = missing_parts(duties.unwrap_or_default());
        let missing: Vec<&str> = missing.into_iter().map(Part::label).collect();
        let rows = duties.unwrap_or_default().iter();
        Self {
            href: format!("/tasks/{task}/breakdown"),
            made: duties.is_some(),
            missing: match missing.is_empty() {
                true => String::new(),
                false => format!("还缺：{}", missing.join("、")),
            },
            duties: rows.map(|duty| DutyRow::of(duty, organisation)).collect(),
            act: match (may, duties.is_some()) {
                (false, _) => "",
                (true, true) => "调整分工…",
                (true, false) => "分解到岗到人…",
            },
        }
    }
}

impl DutyRow {
    fn of(duty: &SubDuty, organisation: &Organisation) -> Self {
        let post = organisation.post(duty.post);
        let post = post.map(|post| {
            let unit = organisation.unit_name(post.unit);
            format!("{unit} {}", post.title)
        });
        Self {
            part: duty.part.label(),
            post: post.unwrap_or_else(|| "（岗位已撤）".into()),
            person: organisation.person_name(duty.person).to_owned(),
            duty: duty.duty.clone(),
            limit: duty.limit.to_string(),
            late: duty.limit < organisation.day,
            gap: duty.gap(organisation).map_or("", |gap| gap.label()),
        }
    }
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Response> {
    let view = breakdowns::show(&state.app, signed_in.who(), id).await?;
    page(&state, &signed_in, &view, StatusCode::OK, None, &[]).await
}

async fn save(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let who = signed_in.who();
    let path = format!("/tasks/{id}/breakdown");
    let faults = match typed.duties(state.app.today()) {
        Ok(duties) => {
            let (reason, seen) = (typed.reason.as_str(), typed.seen);
            let done = breakdowns::save(&state.app, who, id, duties, reason, seen).await;
            let fields = [("duties", "duties"), ("reason", "reason")];
            match registers::ended(&path, done, &fields, |saved| {
                let said = match saved.missing().is_empty() {
                    true => "分工已保存，负责、推动、落实都有人".to_owned(),
                    false => {
                        let missing: Vec<&str> =
                            saved.missing().into_iter().map(Part::label).collect();
                        format!("分工已保存，还缺：{}", missing.join("、"))
                    }
                };
                (path.clone(), said)
            }) {
                Ok(answer) => return answer,
                Err(faults) => faults,
            }
        }
        Err(fault) => vec![fault],
    };
    let view = breakdowns::show(&state.app, who, id).await?;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&state, &signed_in, &view, status, Some(&typed), &faults).await
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    view: &BreakdownView,
    status: StatusCode,
    typed: Option<&Typed>,
    faults: &[Fault],
) -> WebResult<Response> {
    let task = &view.task;
    let known = view.breakdown.as_ref();
    let duties = known.map(|known| known.duties.as_slice());
    let (hint, hint_href) = match (&view.draft.like, known) {
        (_, Some(_)) => (String::new(), String::new()),
        (Some((like, title)), None) => (
            format!("已按本单位上次相似的事项“{title}”预填，请核对岗位、人和时限"),
            format!("/tasks/{like}/breakdown"),
        ),
        (None, None) => (
            "已按方案条款和本单位岗位预填，请改成实际的分工".to_owned(),
            String::new(),
        ),
    };
    let mut reason = Field::text("reason", "调整理由", "");
    reason.max = TEXT_LIMIT;
    reason.must = known.is_some();
    if let Some(typed) = typed {
        reason.value.clone_from(&typed.reason);
    }
    let limit = task.details.limit;
    let page = BreakdownPage {
        shell: Shell::signed_in(state, signed_in, "/ledger").await?,
        faults: faults.to_vec(),
        task_href: format!("/tasks/{}", task.id),
        task: task.details.title.clone(),
        said: format!(
            "{} · 牵头单位 {} · 完成时限 {}",
            task.number.as_deref().unwrap_or("未编号"),
            task.details
                .lead
                .map_or("未定", |lead| view.organisation.unit_name(lead)),
            limit.map_or_else(|| "未定".into(), |limit| limit.to_string())
        ),
        card: Card::of(task.id, duties, &view.organisation, false),
        closed: match &view.may {
            Ok(()) => String::new(),
            Err(refusal) => refusal.sentence.clone(),
        },
        hint,
        hint_href,
        form: view.may.is_ok(),
        opened: known.is_none() || !faults.is_empty(),
        rows: form::rows(view, typed),
        reason,
        seen: typed
            .and_then(|typed| typed.seen)
            .unwrap_or(known.map_or(0, |known| known.version)),
        text_limit: TEXT_LIMIT,
        changes: view.changes.clone(),
    };
    html(status, &page)
}
