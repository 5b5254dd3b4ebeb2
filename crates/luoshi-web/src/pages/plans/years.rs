//! The same text for another year: what would move, and the form that does it (IMPORT-12).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use luoshi_app::errors::AppError;
use luoshi_app::plans::years::{self, OtherYear};
use luoshi_app::plans::{self, PlanView};
use luoshi_app::policy;
use luoshi_domain::ids::PlanId;
use luoshi_domain::plans::Proposal;
use luoshi_domain::plans::years::YearContext;
use luoshi_domain::refusals::Ground;
use luoshi_domain::rights::Right;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, SignedIn};
use crate::pages::parts::{Fault, Field, Link};
use crate::pages::plans::{Head, not_done};
use crate::pages::shell::Shell;
use crate::pages::workbench::{filled, read_year};
use crate::problem::WebResult;
use crate::routes::{Access, Table};
use crate::{flash, pages};

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/plans/{id}/years", Access::Bureau, get(show))
        .post(
            "/plans/{id}/years",
            Access::Bureau,
            axum::routing::post(load),
        )
}

#[derive(Template)]
#[template(path = "plan_years.html")]
struct YearsPage {
    shell: Shell,
    head: Head,
    said: String,
    dates: Vec<Dated>,
    copies: Vec<Link>,
    may: bool,
    why_not: &'static str,
    action: String,
    fields: Vec<Field>,
    faults: Vec<Fault>,
}

/// A deadline and where it would move.
struct Dated {
    href: String,
    path: String,
    words: String,
    before: String,
    after: String,
    note: &'static str,
}

/// As typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    year: String,
    issuer: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
) -> WebResult<Response> {
    let view = plans::show(&state.app, signed_in.who(), id).await?;
    let typed = Typed {
        year: years::offered(&state.app, &view.plan).to_string(),
        issuer: view.plan.details.issuer.clone().unwrap_or_default(),
    };
    page(
        &state,
        &signed_in,
        &view,
        StatusCode::OK,
        &typed,
        Vec::new(),
    )
    .await
}

async fn load(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let sentence = match read_year(&typed.year) {
        Ok(Some(year)) => {
            let wanted = OtherYear {
                year,
                issuer: filled(&typed.issuer),
            };
            match years::load_to(&state.app, signed_in.who(), id, wanted).await {
                Ok(loaded) => {
                    let path = format!("/plans/{}", loaded.plan);
                    return Ok(if loaded.known {
                        flash::warn(
                            &path,
                            &format!("{year} 年的已经有了，就是这份，没有新增内容"),
                        )
                    } else {
                        flash::done(&path, &format!("已转用到 {year} 年，请逐条核对"))
                    });
                }
                Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
                    refusal.sentence
                }
                Err(error) => return not_done(&format!("/plans/{id}/years"), error),
            }
        }
        Ok(None) => "请填写年份。".to_owned(),
        Err(sentence) => sentence.to_owned(),
    };
    let view = plans::show(&state.app, signed_in.who(), id).await?;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let faults = vec![Fault {
        field: "year".into(),
        text: sentence,
    }];
    page(&state, &signed_in, &view, status, &typed, faults).await
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    view: &PlanView,
    status: StatusCode,
    typed: &Typed,
    faults: Vec<Fault>,
) -> WebResult<Response> {
    let plan = &view.plan;
    let from = plan.details.dated_year();
    let to = read_year(&typed.year).ok().flatten().or(from);
    let shift = to.zip(from).map_or(0, |(to, from)| to - from);
    let mut year = Field {
        kind: "number",
        ..Field::text("year", "年份", &typed.year).required()
    };
    for fault in &faults {
        year.fault.clone_from(&fault.text);
    }
    let fields = vec![
        year,
        Field::text("issuer", "发文单位", &typed.issuer).hint("换了发文单位时改这里"),
    ];
    let copies = plans::same_text(&state.app, signed_in.who(), plan).await?;
    let page = YearsPage {
        shell: Shell::signed_in(state, signed_in, "/imports").await?,
        head: Head::of(view, "years"),
        said: match (from, to) {
            (Some(from), Some(to)) if from != to => format!("{from} 年 → {to} 年"),
            _ => String::new(),
        },
        dates: dates(view, shift),
        copies: copies
            .into_iter()
            .map(|row| Link {
                href: format!("/plans/{}", row.id),
                label: match row.year {
                    Some(year) => format!("{year} 年《{}》", row.title),
                    None => format!("《{}》", row.title),
                },
            })
            .collect(),
        may: from.is_some() && policy::holds(&state.app, &signed_in.who().actor, Right::ImportPlan),
        why_not: if from.is_none() {
            "这份方案的年份还不知道，没法推算另一年度。请先在“逐条核对”页的“改方案信息”里填写年份或印发日期。"
        } else {
            "由督查办转用。"
        },
        action: format!("/plans/{}/years", plan.id),
        fields,
        faults,
    };
    pages::html(status, &page)
}

fn dates(view: &PlanView, shift: i32) -> Vec<Dated> {
    let plan = &view.plan;
    let before = plan.year_context(&plan.details);
    let after = YearContext {
        now: before.now.map(|year| year + shift),
        shift: before.shift + shift,
        ..before
    };
    let dated = plan.proposals.iter().filter_map(|known| {
        let limit = known.reading.limit(before)?;
        let moved = known.reading.limit(after)?;
        Some(Dated {
            href: format!("/plans/{}#proposal-{}", plan.id, known.id),
            path: plan.clause_path(known.clause).to_owned(),
            words: known.reading.deadline.clone().unwrap_or_default(),
            before: limit.to_string(),
            after: moved.to_string(),
            note: note(known),
        })
    });
    dated.collect()
}

fn note(known: &Proposal) -> &'static str {
    if known.reading.due_completed || known.reading.lacks_year() {
        "文中没有写年份"
    } else {
        "文中写明年份，按年份之差顺延"
    }
}
