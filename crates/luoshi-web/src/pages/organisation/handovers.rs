//! Hand-over sheets: the form with its preview, the sheet for printing, the list of all.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use luoshi_app::errors::AppError;
use luoshi_app::organisation::handovers::{self, Wanted};
use luoshi_app::organisation::views;
use luoshi_app::policy;
use luoshi_app::tasks::sentences::moment;
use luoshi_domain::handovers::{REASON_LIMIT, Sheet};
use luoshi_domain::ids::HandoverId;
use luoshi_domain::tasks::handing::Part;
use serde::Deserialize;

use super::forms::persons;
use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::flash;
use crate::pages::html;
use crate::pages::parts::{Fault, Field};
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/organisation/handovers";

pub(super) fn routes(table: Table) -> Table {
    let new = "/organisation/handovers/new";
    table
        .get(PATH, Access::Keepers, get(list))
        .get(new, Access::Keepers, get(begin))
        .post(new, Access::Keepers, axum::routing::post(act))
        .get("/organisation/handovers/{id}", Access::Keepers, get(show))
}

#[derive(Template)]
#[template(path = "handovers.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<ListRow>,
}

struct ListRow {
    href: String,
    day: String,
    from: String,
    to: String,
    counts: String,
    by: String,
}

#[derive(Template)]
#[template(path = "handover_form.html")]
struct FormPage {
    shell: Shell,
    fields: Vec<Field>,
    faults: Vec<Fault>,
    sheet: Option<Shown>,
}

#[derive(Template)]
#[template(path = "handover.html")]
struct SheetPage {
    shell: Shell,
    sheet: Shown,
    by: String,
    at: String,
}

/// A sheet in words.
struct Shown {
    from: String,
    to: String,
    day: String,
    reason: String,
    leaves: bool,
    posts: Vec<PlaceRow>,
    portfolios: Vec<PlaceRow>,
    tasks: Vec<TaskRow>,
    duties: Vec<DutyRow>,
}

struct PlaceRow {
    name: String,
    before: String,
    after: String,
}

struct TaskRow {
    href: String,
    number: String,
    title: String,
    limit: String,
    parts: String,
}

struct DutyRow {
    href: String,
    title: String,
    part: &'static str,
    duty: String,
    limit: String,
}

/// As typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    from: String,
    person: String,
    day: String,
    reason: String,
    posts: String,
    leaves: String,
    step: String,
}

async fn list(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let kept = handovers::list(&state.app, signed_in.who()).await?;
    let rows = kept.into_iter().map(|kept| ListRow {
        href: format!("{PATH}/{}", kept.id),
        day: kept.sheet.day.to_string(),
        counts: format!(
            "岗位 {}、分管 {}、事项 {}",
            kept.sheet.posts.len(),
            kept.sheet.portfolios.len(),
            kept.sheet.tasks.len()
        ),
        from: kept.sheet.from_name,
        to: kept.sheet.to_name,
        by: kept.by,
    });
    let page = ListPage {
        rows: rows.collect(),
        shell: Shell::signed_in(&state, &signed_in, "/organisation").await?,
    };
    html(StatusCode::OK, &page)
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<HandoverId>,
) -> WebResult<Response> {
    let kept = handovers::show(&state.app, signed_in.who(), id).await?;
    let page = SheetPage {
        shell: Shell::signed_in(&state, &signed_in, "/organisation").await?,
        sheet: shown(kept.sheet),
        by: kept.by,
        at: moment(kept.at),
    };
    html(StatusCode::OK, &page)
}

async fn begin(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(typed): Query<Typed>,
) -> WebResult<Response> {
    policy::keep_organisation(&state.app, &signed_in.who().actor)?;
    page(&state, &signed_in, StatusCode::OK, &typed, Vec::new(), None).await
}

async fn act(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    policy::keep_organisation(&state.app, &signed_in.who().actor)?;
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let wanted = match read(&state, &typed) {
        Ok(wanted) => wanted,
        Err(fault) => {
            return page(&state, &signed_in, refused, &typed, vec![fault], None).await;
        }
    };
    let done = match typed.step.as_str() {
        "do" => match handovers::carry_out(&state.app, signed_in.who(), &wanted).await {
            Ok(id) => {
                let path = format!("{PATH}/{id}");
                return Ok(flash::done(&path, "已交接，这份交接单已留存，可以打印"));
            }
            Err(error) => Err(error),
        },
        _ => handovers::preview(&state.app, signed_in.who(), &wanted).await,
    };
    match done {
        Ok(sheet) => {
            let sheet = Some(shown(sheet));
            page(
                &state,
                &signed_in,
                StatusCode::OK,
                &typed,
                Vec::new(),
                sheet,
            )
            .await
        }
        Err(AppError::Refused(refusal)) => {
            let fault = Fault {
                field: match refusal.code {
                    "to" => "person".into(),
                    code => code.into(),
                },
                text: refusal.sentence,
            };
            page(&state, &signed_in, refused, &typed, vec![fault], None).await
        }
        Err(error) => Err(error.into()),
    }
}

fn read(state: &WebState, typed: &Typed) -> Result<Wanted, Fault> {
    let fault = |field: &str, text: &str| Fault {
        field: field.into(),
        text: text.into(),
    };
    let from = typed
        .from
        .parse()
        .map_err(|_none| fault("from", "请选择交接人。"))?;
    let to = typed
        .person
        .parse()
        .map_err(|_none| fault("person", "请选择接手人。"))?;
    let day = crate::pages::days::read(&typed.day, state.app.today());
    let day = day.map_err(|unreadable| fault("day", unreadable.sentence()))?;
    Ok(Wanted {
        from,
        to,
        day: day.ok_or_else(|| fault("day", "请填写交接日。"))?,
        reason: typed.reason.clone(),
        take_posts: typed.posts == "yes",
        leaves: typed.leaves == "yes",
    })
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    typed: &Typed,
    faults: Vec<Fault>,
    sheet: Option<Shown>,
) -> WebResult<Response> {
    let view = views::as_of(&state.app, signed_in.who(), None).await?;
    let check = |name: &str, label: &str, value: &str| Field {
        kind: "check",
        ..Field::text(name, label, value)
    };
    let day = match typed.day.is_empty() {
        true => view.today.to_string(),
        false => typed.day.clone(),
    };
    let from = Field {
        id: "from".into(),
        name: "from".into(),
        ..persons(&view, "交接人", "请选择", &typed.from).required()
    };
    let mut fields = vec![
        from,
        persons(&view, "接手人", "请选择", &typed.person).required(),
        Field::date("day", "交接日", day).required(),
        Field {
            max: REASON_LIMIT,
            ..Field::area("reason", "原因", &typed.reason).hint("如调动、退休、分工调整")
        },
        check("posts", "岗位由接手人接任", &typed.posts).hint("不勾选时岗位空出，另行任命。"),
        check("leaves", "交接人离岗", &typed.leaves).hint("勾选后交接人不再任何岗位。"),
    ];
    for field in &mut fields {
        if let Some(fault) = faults.iter().find(|fault| fault.field == field.id) {
            field.fault.clone_from(&fault.text);
        }
    }
    let page = FormPage {
        shell: Shell::signed_in(state, signed_in, "/organisation").await?,
        fields,
        faults,
        sheet,
    };
    html(status, &page)
}

fn shown(sheet: Sheet) -> Shown {
    let places = |places: Vec<luoshi_domain::handovers::HandedPlace>| {
        let rows = places.into_iter().map(|place| PlaceRow {
            name: place.name,
            before: place.before,
            after: match place.after.is_empty() {
                true => "空缺".into(),
                false => place.after,
            },
        });
        rows.collect()
    };
    let tasks = sheet.tasks.into_iter().map(|task| {
        let parts = task.parts.iter().map(|part| match part {
            Part::Assignee => "承办人",
            Part::Deputy => "分管领导",
            Part::Coordinator => "协调卡点",
        });
        TaskRow {
            href: format!("/tasks/{}", task.id),
            number: task.number.unwrap_or_else(|| "未下达".into()),
            title: task.title,
            limit: task
                .limit
                .map(|limit| limit.to_string())
                .unwrap_or_default(),
            parts: parts.collect::<Vec<_>>().join("、"),
        }
    });
    let duties = sheet.duties.into_iter().map(|duty| DutyRow {
        href: format!("/tasks/{}/breakdown", duty.task),
        title: duty.title,
        part: duty.part.label(),
        duty: duty.duty,
        limit: duty.limit.to_string(),
    });
    Shown {
        duties: duties.collect(),
        tasks: tasks.collect(),
        from: sheet.from_name,
        to: sheet.to_name,
        day: sheet.day.to_string(),
        reason: sheet.reason,
        leaves: sheet.leaves,
        posts: places(sheet.posts),
        portfolios: places(sheet.portfolios),
    }
}
