//! Filing an appeal from a task: what can be appealed, until when, and why.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::appeals::{self, Offers};
use luoshi_domain::appeals::Against;
use luoshi_domain::ids::TaskId;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, SignedIn};
use crate::pages::appeals::{Card, PATH, address};
use crate::pages::html;
use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::registers;
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let one = "/tasks/{id}/appeals";
    table
        .get(one, Access::Row, get(blank))
        .post(one, Access::Row, post(file))
}

#[derive(Template)]
#[template(path = "appeal_form.html")]
struct FormPage {
    shell: Shell,
    faults: Vec<Fault>,
    task_href: String,
    task: String,
    said: String,
    offers: Vec<Line>,
    card: Card,
    action: String,
    seen: i64,
    /// Empty where nothing can be filed.
    fields: Vec<Field>,
    closed: String,
}

/// Something that was judged.
struct Line {
    said: String,
    against: &'static str,
    on: String,
    until: String,
    late: bool,
    /// Why it may not be appealed; what follows where it may.
    note: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    seen: Option<i64>,
    against: String,
    reason: String,
}

async fn blank(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Response> {
    let offers = appeals::offers(&state.app, signed_in.who(), id).await?;
    let typed = Typed::default();
    page(&state, &signed_in, &offers, StatusCode::OK, &typed, &[]).await
}

async fn file(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let who = signed_in.who();
    let faults = match Against::from_key(&typed.against) {
        Some(against) => {
            let reason = typed.reason.replace("\r\n", "\n");
            let done = appeals::file(&state.app, who, id, against, &reason, typed.seen).await;
            match registers::ended(&address(id), done, &[], |appeal| {
                let said = format!(
                    "申诉已提出，证据已固定；{} 前由没有参与原判定的人答复",
                    appeal.decide_by
                );
                (format!("{PATH}/{}", appeal.id), said)
            }) {
                Ok(answer) => return answer,
                Err(faults) => faults,
            }
        }
        None => vec![Fault {
            field: "against".into(),
            text: "请选择对哪一项申诉。".into(),
        }],
    };
    let offers = appeals::offers(&state.app, who, id).await?;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&state, &signed_in, &offers, status, &typed, &faults).await
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    offers: &Offers,
    status: StatusCode,
    typed: &Typed,
    faults: &[Fault],
) -> WebResult<Response> {
    let task = &offers.task;
    let today = state.app.today();
    let days = &offers.rules.leads;
    let open = offers.offers.iter().filter(|offer| offer.may.is_ok());
    let choices: Vec<Choice> = open
        .map(|offer| {
            let against = offer.judgement.against;
            let label = format!("{}（{}）", offer.said, offer.judgement.on);
            Choice::new(against.key(), label, &typed.against)
        })
        .collect();
    let closed = match (&offers.may, choices.is_empty()) {
        (Err(refusal), _) => refusal.sentence.clone(),
        (Ok(()), true) => "现在没有可以申诉的判定。".into(),
        (Ok(()), false) => String::new(),
    };
    let fields = match closed.is_empty() {
        true => vec![
            Field::radio("against", "对哪一项申诉", choices).required(),
            Field::area("reason", "申诉理由", &typed.reason)
                .required()
                .hint("写明哪里不符合事实、依据是什么；佐证用反馈里已经引用的材料"),
        ],
        false => Vec::new(),
    };
    let page = FormPage {
        faults: faults.to_vec(),
        task_href: format!("/tasks/{}", task.id),
        task: task.details.title.clone(),
        said: format!(
            "判定之日起 {} 内提出；提出时证据按流水固定，由没有参与原判定的人在 {} 内复核",
            days.appeal_days.said_of("天"),
            days.review_workdays.said_of("个工作日")
        ),
        offers: offers
            .offers
            .iter()
            .map(|offer| Line {
                said: offer.said.clone(),
                against: offer.judgement.against.label(),
                on: offer.judgement.on.to_string(),
                until: offer.until.to_string(),
                late: today > offer.until,
                note: match &offer.may {
                    Ok(()) => format!("改判后{}", offer.judgement.against.remedy()),
                    Err(refusal) => refusal.sentence.clone(),
                },
            })
            .collect(),
        card: Card::of(task, &offers.appeals, false),
        action: address(task.id),
        seen: typed.seen.unwrap_or(task.version),
        fields: registers::with_faults(fields, faults),
        closed,
        shell: Shell::signed_in(state, signed_in, "").await?,
    };
    html(status, &page)
}
