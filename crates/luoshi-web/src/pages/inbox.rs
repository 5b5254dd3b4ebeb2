//! What came for the reader: every sentence leads to its task.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use luoshi_app::inbox::{self, Place};
use luoshi_domain::calendar::local_time;
use luoshi_domain::ids::NotificationId;
use luoshi_domain::notifications::{About, Notification};
use serde::Deserialize;
use uuid::Uuid;

use crate::WebState;
use crate::extract::{Form, Query, SignedIn};
use crate::flash;
use crate::pages::html;
use crate::pages::shell::{Shell, weekday};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

pub(crate) const PATH: &str = "/inbox";

pub(crate) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Member, get(show))
        .post("/inbox/look", Access::Member, post(look))
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    shell: Shell,
    said: String,
    days: Vec<Day>,
    /// The newest that is shown and new, as the button sends it; empty when nothing is new.
    until: String,
    /// Empty on the last page.
    next: String,
    /// Whether this is the page after another.
    later: bool,
}

struct Day {
    said: String,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    time: String,
    text: String,
    new: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    before: String,
}

#[derive(Deserialize)]
struct Looked {
    until: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wanted): Query<Wanted>,
) -> WebResult<Response> {
    let place = read(&wanted.before)?;
    let inbox = inbox::show(&state.app, signed_in.who(), place).await?;
    let looked = inbox.looked.unwrap_or(DateTime::UNIX_EPOCH);
    let is_new = |row: &&Notification| row.at > looked;
    let newest = inbox.page.rows.first().filter(is_new);
    let page = InboxPage {
        shell: Shell::signed_in(&state, &signed_in, PATH).await?,
        said: match inbox.new {
            0 => "没有新消息".to_owned(),
            inbox::NEW_CAP => format!("{} 条以上没有看过", inbox::NEW_CAP - 1),
            new => format!("{new} 条没有看过"),
        },
        until: newest.map_or_else(String::new, |row| row.at.timestamp_micros().to_string()),
        next: match inbox.page.next {
            Some(_) => format!("{PATH}?before={}", written(inbox.page.next)),
            None => String::new(),
        },
        later: place.is_some(),
        days: days(&inbox.page.rows, looked),
    };
    html(StatusCode::OK, &page)
}

async fn look(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(looked): Form<Looked>,
) -> WebResult<Response> {
    let until = instant(&looked.until).ok_or_else(unreadable)?;
    inbox::look(&state.app, signed_in.who(), until).await?;
    Ok(flash::done(PATH, "已标为看过"))
}

/// By local day, newest first.
fn days(rows: &[Notification], looked: DateTime<Utc>) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for row in rows {
        let at = local_time(row.at);
        let said = format!("{} {}", at.date_naive(), weekday(at.date_naive()));
        let shown = Row {
            href: place(row.about),
            time: at.format("%H:%M").to_string(),
            text: row.text.clone(),
            new: row.at > looked,
        };
        match days.last_mut().filter(|day| day.said == said) {
            Some(day) => day.rows.push(shown),
            None => days.push(Day {
                said,
                rows: vec![shown],
            }),
        }
    }
    days
}

/// The page of what a sentence is about.
pub(crate) fn place(about: About) -> String {
    match about {
        About::Task(task) => format!("/tasks/{task}"),
        About::Hook(hook) => format!("/hooks/{hook}"),
    }
}

/// A place as it stands in an address: microseconds and id of the last sentence before it.
pub(crate) fn written(place: Place) -> String {
    place.map_or_else(String::new, |(at, id)| {
        format!("{}_{id}", at.timestamp_micros())
    })
}

/// The place that an address names; the top for an empty text.
pub(crate) fn read(text: &str) -> WebResult<Place> {
    if text.is_empty() {
        return Ok(None);
    }
    let place = text.split_once('_').and_then(|(at, id)| {
        let id: Uuid = id.parse().ok()?;
        Some((instant(at)?, NotificationId(id)))
    });
    place.map(Some).ok_or_else(unreadable)
}

fn instant(micros: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros.parse().ok()?)
}

fn unreadable() -> Problem {
    let sentence = "地址不完整，请回到消息页重新打开。";
    Problem::bad_request(StatusCode::UNPROCESSABLE_ENTITY, sentence)
}
