//! Opening a task by hand: where it comes from, what it is about, and whose word it is (SRC-01).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::rules::{self, Rules};
use luoshi_app::tasks::opening::{self, Assigned, Opened, Opening, Similar};
use luoshi_domain::ids::BodyId;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::{Level, Origin, TaskDetails, TaskKind, TaskState, Tier};
use luoshi_domain::trajectories::Shape;

use crate::WebState;
use crate::extract::{Form, SignedIn};
use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::shell::Shell;
use crate::pages::tasks::details::{DetailsForm, leader_choices};
use crate::pages::tasks::entries::{Entry, detail_of, kept};
use crate::pages::tasks::forms::refill;
use crate::pages::trajectories::form::{self as course, CourseFields};
use crate::pages::{html, registers};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/tasks/new";

/// The field that says that it is another task all the same.
const DESPITE: &str = "despite_similar";

pub(super) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Office, get(blank))
        .post("/tasks", Access::Office, post(open))
}

#[derive(Template)]
#[template(path = "task_opening.html")]
struct OpeningPage {
    shell: Shell,
    faults: Vec<Fault>,
    /// Tasks that say nearly the same.
    similar: Vec<SimilarLine>,
    origin: Vec<Field>,
    details: Vec<Field>,
    assigned: Vec<Field>,
    course: CourseFields,
}

struct SimilarLine {
    href: String,
    said: String,
}

async fn blank(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    opening::may_open(&state.app, signed_in.who())?;
    page(&state, &signed_in, None, &[]).await
}

async fn open(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(entry): Form<Entry>,
) -> WebResult<Response> {
    let who = signed_in.who();
    opening::may_open(&state.app, who)?;
    let organisation = luoshi_app::organisation::show(&state.app, who).await?;
    let faults = match read(&entry, &organisation, state.app.today()) {
        Ok(opening) => {
            let done = opening::open(&state.app, who, opening).await;
            let ended = registers::ended(PATH, done, &course::REFUSALS, |opened| {
                (format!("/tasks/{}", opened.task.id), said(opened))
            });
            match ended {
                Ok(answer) => return answer,
                Err(faults) => faults
                    .into_iter()
                    .map(|fault| Fault {
                        field: detail_of(&fault.field).to_owned(),
                        ..fault
                    })
                    .collect(),
            }
        }
        Err(faults) => faults,
    };
    page(&state, &signed_in, Some(&entry), &faults).await
}

/// What comes next.
fn said(opened: &Opened) -> String {
    if !opened.missing.is_empty() {
        let missing = opened.missing.join("、");
        return format!("已立项，还缺{missing}；在“修改立项内容”里补齐后报批。");
    }
    match opened.task.state {
        TaskState::Draft => "已立项，待主要领导批准后下达。".into(),
        _ => "已立项，主要领导交办即为批准，可以下达。".into(),
    }
}

/// What was typed, or what of it cannot be read.
fn read(
    entry: &Entry,
    organisation: &Organisation,
    today: NaiveDate,
) -> Result<Opening, Vec<Fault>> {
    let mut faults = Vec::new();
    let details = entry.details(&bare(), organisation, today);
    let leader = entry.id("leader", "请从名单中选择领导。");
    let dated = match entry.first("dated").trim() {
        "" => Ok(None),
        _ => entry.day("dated", "", today).map(Some),
    };
    let details = details.map_err(|more| faults.extend(more));
    let (leader, dated) = (kept(leader, &mut faults), kept(dated, &mut faults));
    let course = kept(course::read(entry, today), &mut faults);
    let Ok(details) = details else {
        return Err(faults);
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Opening {
        origin: Origin {
            plan: None,
            proposal: None,
            document: entry.text("document"),
            number: Some(entry.text("document_number")),
            clause_path: entry.text("clause"),
            quote: entry.text("quote"),
        },
        details,
        assigned: leader.map(|leader| Assigned {
            leader,
            instruction: entry.text("instruction"),
            dated,
        }),
        course: Some(course),
        despite_similar: entry.is_ticked(DESPITE),
    })
}

/// A task of which nothing is known yet.
fn bare() -> TaskDetails {
    TaskDetails {
        title: String::new(),
        target: String::new(),
        requirement: String::new(),
        category: String::new(),
        kind: TaskKind::Task,
        level: Level::Ordinary,
        tier: Tier::Bureau,
        lead: None,
        co_units: Vec::new(),
        supervisor: None,
        deputy: None,
        limit: None,
        frequency: None,
        policies: None,
        task_force: None,
        cadence: None,
    }
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    entry: Option<&Entry>,
    faults: &[Fault],
) -> WebResult<Response> {
    let who = signed_in.who();
    let organisation = luoshi_app::organisation::show(&state.app, who).await?;
    let rules = rules::of_bureau(&state.app, who.bureau).await?;
    let task_forces = luoshi_app::bodies::for_joint_leads(&state.app, who).await?;
    let is_similar = faults.iter().any(|fault| fault.field == opening::SIMILAR);
    let similar = match entry {
        Some(entry) if is_similar || entry.is_ticked(DESPITE) => {
            opening::similar(&state.app, who, &entry.text("title")).await?
        }
        _ => Vec::new(),
    };
    let filled = |mut fields: Vec<Field>| {
        if let Some(entry) = entry {
            refill(&mut fields, entry, faults);
        }
        fields
    };
    let page = OpeningPage {
        shell: Shell::signed_in(state, signed_in, "/ledger").await?,
        faults: faults.to_vec(),
        similar: similar.iter().map(line).collect(),
        origin: filled(origin_fields()),
        details: filled(detail_fields(&organisation, &rules, &task_forces)),
        assigned: filled(assigned_fields(&organisation)),
        course: match entry {
            Some(entry) => CourseFields::typed(entry, state.app.today()),
            None => CourseFields::of(Shape::default(), &[], state.app.today()),
        },
    };
    let status = match faults.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    html(status, &page)
}

fn line(similar: &Similar) -> SimilarLine {
    let number = similar.number.as_deref().unwrap_or("未编号");
    SimilarLine {
        href: format!("/tasks/{}", similar.id),
        said: format!("{number} {}（相近 {}%）", similar.title, similar.percent),
    }
}

fn origin_fields() -> Vec<Field> {
    vec![
        Field::text("document", "文件或会议名称", "").required(),
        Field::text("document_number", "文号或会议日期", ""),
        Field::text("clause", "条款或议题", ""),
        Field::area("quote", "原文", "").hint("文件、纪要中的原话"),
    ]
}

fn detail_fields(
    organisation: &Organisation,
    rules: &Rules,
    task_forces: &[(BodyId, String)],
) -> Vec<Field> {
    let bare = bare();
    let form = DetailsForm {
        organisation,
        rules,
        details: &bare,
        task_forces,
    };
    let mut fields = form.fields();
    for field in &mut fields {
        if field.name == "supervisor" {
            field.hint = "不选的，由督查办督办；有交办领导的，按交办领导确定".into();
        }
    }
    fields
}

fn assigned_fields(organisation: &Organisation) -> Vec<Field> {
    let none = Choice::new("", "（没有领导交办）", "");
    let leaders = leader_choices(organisation, None);
    vec![
        Field::select(
            "leader",
            "交办领导",
            std::iter::once(none).chain(leaders).collect(),
        ),
        Field::area("instruction", "批示或交办的原话", ""),
        Field::date("dated", "批示日期", ""),
    ]
}
