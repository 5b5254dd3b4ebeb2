//! Records of what people did, and what they do not cover yet (ORG-09, 12).

mod form;
mod reports;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::activities::{self, ActivitiesView, Words};
use luoshi_domain::activities::{Activity, ActivityCommand, ActivityKind};
use luoshi_domain::ids::ActivityId;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::packs::Word;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::pages::html;
use crate::pages::parts::{Fact, Field, Link};
use crate::pages::plans::answered;
use crate::pages::registers::{self, Tab};
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/activities";

/// People named in a row; the record has all.
const NAMES_SHOWN: usize = 4;

pub(crate) fn routes(table: Table) -> Table {
    let table = table
        .get(PATH, Access::Member, get(list))
        .get("/activities/{id}", Access::Row, get(show))
        .post("/activities/{id}/void", Access::Row, post(void));
    let table = form::routes(table);
    reports::routes(table)
}

#[derive(Template)]
#[template(path = "activities.html")]
struct ActivitiesPage {
    shell: Shell,
    tabs: Vec<Tab>,
    said: String,
    years: Vec<Link>,
    rows: Vec<ActivityRow>,
    may_report: bool,
}

struct ActivityRow {
    href: String,
    day: String,
    kind: &'static str,
    title: String,
    form: String,
    persons: String,
    void: bool,
}

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage {
    shell: Shell,
    tabs: Vec<Tab>,
    title: String,
    facts: Vec<Fact>,
    tasks: Vec<Link>,
    void_said: String,
    edit: String,
    void: String,
    fields: Vec<Field>,
    version: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    pub(super) year: Option<i32>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Voiding {
    version: Option<i64>,
    reason: String,
}

async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let now = activities::this_year(&state.app);
    let year = wish.year.unwrap_or(now);
    let view = activities::list(&state.app, signed_in.who(), year).await?;
    let page = ActivitiesPage {
        shell: Shell::signed_in(&state, &signed_in, registers::MENU).await?,
        tabs: registers::tabs(PATH),
        said: format!("{year} 年 {} 条", view.activities.len()),
        years: years(PATH, year, now),
        rows: view
            .activities
            .iter()
            .map(|known| row(&view, known))
            .collect(),
        may_report: luoshi_app::policy::sees_bureau(&state.app, &signed_in.who().actor),
    };
    html(StatusCode::OK, &page)
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ActivityId>,
) -> WebResult<Response> {
    let who = signed_in.who();
    let (activity, words, organisation) = activities::show(&state.app, who, id).await?;
    let details = &activity.details;
    let names = details
        .persons
        .iter()
        .map(|person| organisation.person_name(*person));
    let mut facts = vec![
        Fact::new("类型", kind(details.kind)),
        Fact::new("形式", form_said(&words, &activity)),
        Fact::new("日期", details.day.to_string()),
    ];
    if !details.subjects.is_empty() {
        let subjects = details
            .subjects
            .iter()
            .map(|key| label(&words.subjects, key));
        facts.push(Fact::new("内容", subjects.collect::<Vec<_>>().join("、")));
    }
    if !details.place.is_empty() {
        facts.push(Fact::new("地点", &details.place));
    }
    let people = match details.kind {
        ActivityKind::Training => "参加",
        ActivityKind::PersonalAct => "领导",
    };
    facts.push(Fact::new(people, names.collect::<Vec<_>>().join("、")));
    if !details.note.is_empty() {
        facts.push(Fact::new("说明", &details.note));
    }
    facts.push(Fact::new("记录人", organisation.person_name(activity.by)));
    let may =
        activity.void.is_none() && activities::may_amend(&state.app, who, &organisation, &activity);
    let at = |action: &str| match may {
        true => format!("{PATH}/{id}/{action}"),
        false => String::new(),
    };
    let mut tasks = Vec::new();
    for task in &details.tasks {
        // A task that the reader may not see is not named.
        if let Ok(view) = luoshi_app::tasks::show(&state.app, who, *task).await {
            tasks.push(Link {
                href: format!("/tasks/{task}"),
                label: view.task.details.title.clone(),
            });
        }
    }
    let page = ActivityPage {
        shell: Shell::signed_in(&state, &signed_in, registers::MENU).await?,
        tabs: registers::tabs(PATH),
        title: details.title.clone(),
        facts,
        tasks,
        void_said: activity.void.clone().unwrap_or_default(),
        edit: at("edit"),
        void: at("void"),
        fields: vec![Field::area("reason", "理由", "").required()],
        version: activity.version,
    };
    html(StatusCode::OK, &page)
}

async fn void(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ActivityId>,
    Form(typed): Form<Voiding>,
) -> WebResult<Response> {
    let command = ActivityCommand::Void {
        reason: typed.reason,
    };
    let who = signed_in.who();
    let done = activities::handle(&state.app, who, id, command, typed.version).await;
    answered(&format!("{PATH}/{id}"), done, |_activity| {
        "已作废，记录还在，不再计数。".into()
    })
}

fn row(view: &ActivitiesView, activity: &Activity) -> ActivityRow {
    let details = &activity.details;
    ActivityRow {
        href: format!("{PATH}/{}", activity.id),
        day: details.day.to_string(),
        kind: kind(details.kind),
        title: details.title.clone(),
        form: form_said(&view.words, activity),
        persons: named(&view.organisation, activity),
        void: activity.void.is_some(),
    }
}

fn named(organisation: &Organisation, activity: &Activity) -> String {
    let persons = &activity.details.persons;
    let names = persons.iter().take(NAMES_SHOWN);
    let names: Vec<&str> = names
        .map(|person| organisation.person_name(*person))
        .collect();
    match persons.len() > NAMES_SHOWN {
        true => format!("{}等 {} 人", names.join("、"), persons.len()),
        false => names.join("、"),
    }
}

fn form_said(words: &Words, activity: &Activity) -> String {
    let known = match activity.details.kind {
        ActivityKind::Training => &words.forms,
        ActivityKind::PersonalAct => &words.acts,
    };
    label(known, &activity.details.form).to_owned()
}

/// A word's label; its key where the packs have lost it.
fn label<'a>(words: &'a [Word], key: &'a str) -> &'a str {
    let known = words.iter().find(|word| word.key == key);
    known.map_or(key, |word| word.label.as_str())
}

pub(super) fn kind(kind: ActivityKind) -> &'static str {
    match kind {
        ActivityKind::Training => "培训",
        ActivityKind::PersonalAct => "领导亲自抓",
    }
}

/// This year and the three before; the shown one has no address.
fn years(path: &str, shown: i32, now: i32) -> Vec<Link> {
    let years = (now - 3..=now).rev();
    years
        .map(|year| Link {
            href: match year == shown {
                true => String::new(),
                false => format!("{path}?year={year}"),
            },
            label: format!("{year} 年"),
        })
        .collect()
}
