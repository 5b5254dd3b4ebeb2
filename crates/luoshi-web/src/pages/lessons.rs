//! What the bureau has learnt about reading its plans: looked over, forgotten, taken along.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::errors::AppError;
use luoshi_app::lessons::{self, LessonsView, sentences};
use luoshi_app::tasks::sentences::moment;
use luoshi_domain::lessons::commands::LessonsCommand;
use luoshi_domain::lessons::{LearntKind, LearntName, Support};
use luoshi_domain::refusals::{Ground, Refusal};
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, SignedIn};
use crate::flash;
use crate::pages::parts::{Fault, Field};
use crate::pages::plans::answered;
use crate::pages::shell::Shell;
use crate::pages::{csv, files, html, labels};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/imports/lessons";

pub(crate) fn routes(table: Table) -> Table {
    let office = Access::Office;
    table
        .get(PATH, office, get(show))
        .get("/imports/lessons/export.csv", office, get(export))
        .post("/imports/lessons/forget", office, post(forget))
        .post("/imports/lessons/reset", office, post(reset))
}

#[derive(Template)]
#[template(path = "lessons.html")]
struct LessonsPage {
    shell: Shell,
    said: String,
    names: Vec<NameRow>,
    kinds: Vec<KindRow>,
    /// Confirmations of what the reader proposed.
    agreed: Vec<KindRow>,
    export: &'static str,
    reset: Vec<Field>,
    faults: Vec<Fault>,
}

struct NameRow {
    number: u32,
    name: String,
    units: String,
    count: u32,
    share: String,
    used: bool,
    last: String,
    source: String,
    source_href: String,
}

struct KindRow {
    number: u32,
    cue: String,
    theme: String,
    proposed: &'static str,
    confirmed: &'static str,
    count: u32,
    used: &'static str,
    last: String,
    source: String,
    source_href: String,
}

#[derive(Deserialize)]
struct Forget {
    number: u32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reset {
    reason: String,
}

async fn show(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    page(&state, &signed_in, StatusCode::OK, &Reset::default(), &[]).await
}

async fn forget(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(Forget { number }): Form<Forget>,
) -> WebResult<Response> {
    let command = LessonsCommand::Forget { number };
    let done = lessons::handle(&state.app, signed_in.who(), command).await;
    answered(PATH, done, |_left| {
        "已忘掉这一条，以后重新确认会再学到".into()
    })
}

async fn reset(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Reset>,
) -> WebResult<Response> {
    let reason = typed.reason.trim().to_owned();
    let command = LessonsCommand::Reset { reason };
    match lessons::handle(&state.app, signed_in.who(), command).await {
        Ok(_none) => Ok(flash::done(PATH, "识读经验已清空，从下一份定稿的方案学起")),
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&state, &signed_in, status, &typed, &[fault(refusal)]).await
        }
        Err(AppError::Refused(refusal)) => Ok(flash::warn(PATH, &refusal.sentence)),
        Err(error) => Err(error.into()),
    }
}

async fn export(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let view = lessons::show(&state.app, signed_in.who()).await?;
    let text = table(&view);
    Ok(files::csv("lessons.csv", "识读经验.csv", text))
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    typed: &Reset,
    faults: &[Fault],
) -> WebResult<Response> {
    let view = lessons::show(&state.app, signed_in.who()).await?;
    let reason = Field {
        max: 500,
        fault: faults
            .first()
            .map(|fault| fault.text.clone())
            .unwrap_or_default(),
        ..Field::area("reason", "清空的理由", &typed.reason)
    };
    let now = state.app.clock.now();
    let names = view.lessons.names.iter().rev();
    let kinds = view.lessons.kinds.iter().rev();
    let (agreed, kinds): (Vec<_>, Vec<_>) =
        kinds.partition(|learnt| learnt.confirmed == learnt.setting.proposed);
    let kind_rows = |kinds: Vec<&LearntKind>| -> Vec<KindRow> {
        kinds
            .into_iter()
            .map(|learnt| kind_row(&view, learnt))
            .collect()
    };
    let page = LessonsPage {
        shell: Shell::signed_in(state, signed_in, "/imports").await?,
        said: format!(
            "从定稿的方案数出来的：{} 个名称、{} 种类别；每次用到都写在事项上",
            view.lessons.names.len(),
            view.lessons.kinds.len()
        ),
        names: names
            .map(|learnt| {
                let used = view.lessons.units_called(&learnt.name, now);
                name_row(
                    &view,
                    learnt,
                    used.is_some_and(|used| used.units == learnt.units),
                )
            })
            .collect(),
        kinds: kind_rows(kinds),
        agreed: kind_rows(agreed),
        export: "/imports/lessons/export.csv",
        reset: vec![reason.required()],
        faults: faults.to_vec(),
    };
    html(status, &page)
}

fn name_row(view: &LessonsView, learnt: &LearntName, used: bool) -> NameRow {
    let same = view
        .lessons
        .names
        .iter()
        .filter(|known| known.name == learnt.name);
    let of: u32 = same.map(|known| known.support.count).sum();
    let (source, source_href) = source(view, &learnt.support);
    NameRow {
        number: learnt.number,
        name: learnt.name.clone(),
        units: sentences::units_named(&learnt.units, &view.organisation),
        count: learnt.support.count,
        share: match of.saturating_sub(learnt.support.count) {
            0 => "没有不同的确认".into(),
            others => format!("另有 {others} 次不同"),
        },
        used,
        last: last(&learnt.support),
        source,
        source_href,
    }
}

fn kind_row(view: &LessonsView, learnt: &LearntKind) -> KindRow {
    let evidence = view.lessons.kind_confirmed(&learnt.setting);
    let same = learnt.confirmed == learnt.setting.proposed;
    let used = evidence.is_some_and(|evidence| evidence.kind == learnt.confirmed);
    let (source, source_href) = source(view, &learnt.support);
    KindRow {
        number: learnt.number,
        cue: or_dash(&learnt.setting.cue),
        theme: or_dash(&learnt.setting.theme),
        proposed: labels::proposal_kind(learnt.setting.proposed),
        confirmed: labels::proposal_kind(learnt.confirmed),
        count: learnt.support.count,
        used: match (same, used) {
            (true, _) => "与读法一致",
            (false, true) => "用",
            (false, false) => "不用（次数或比例不够）",
        },
        last: last(&learnt.support),
        source,
        source_href,
    }
}

fn or_dash(text: &str) -> String {
    if text.is_empty() {
        "—".into()
    } else {
        text.to_owned()
    }
}

fn last(support: &Support) -> String {
    support.last().map_or_else(String::new, |last| {
        format!("{} {}", moment(last.at), last.by)
    })
}

/// The plan of the latest confirmation and where the proposal stands in it.
fn source(view: &LessonsView, support: &Support) -> (String, String) {
    let Some(last) = support.last() else {
        return (String::new(), String::new());
    };
    let title = view.titles.get(&last.plan);
    let title = title.map_or("看来源事项", String::as_str).to_owned();
    (
        title,
        format!("/plans/{}#proposal-{}", last.plan, last.proposal),
    )
}

fn fault(refusal: Refusal) -> Fault {
    Fault {
        field: "reason".into(),
        text: refusal.sentence,
    }
}

/// All lessons as a table that spreadsheets open.
fn table(view: &LessonsView) -> String {
    let mut text = String::from(csv::MARK);
    let head = [
        "类型",
        "文中写作",
        "所在标题",
        "读作",
        "确认为",
        "次数",
        "最近一次",
        "由谁",
    ];
    csv::line(&mut text, &head.map(str::to_owned));
    for learnt in &view.lessons.names {
        let (at, by) = confirmed(&learnt.support);
        let units = sentences::units_named(&learnt.units, &view.organisation);
        let count = learnt.support.count.to_string();
        let (name, none) = (learnt.name.clone(), String::new());
        csv::line(
            &mut text,
            &[
                "名称".into(),
                name,
                none.clone(),
                none,
                units,
                count,
                at,
                by,
            ],
        );
    }
    for learnt in &view.lessons.kinds {
        let (at, by) = confirmed(&learnt.support);
        let kind = |kind| labels::proposal_kind(kind).to_owned();
        let cells = [
            "类别".into(),
            learnt.setting.cue.clone(),
            learnt.setting.theme.clone(),
            kind(learnt.setting.proposed),
            kind(learnt.confirmed),
            learnt.support.count.to_string(),
            at,
            by,
        ];
        csv::line(&mut text, &cells);
    }
    text
}

fn confirmed(support: &Support) -> (String, String) {
    support
        .last()
        .map_or_else(Default::default, |last| (moment(last.at), last.by.clone()))
}
