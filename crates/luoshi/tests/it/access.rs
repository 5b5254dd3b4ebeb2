//! SYS-03: what each audience gets at each route, against the table.

use std::collections::HashMap;

use axum::http::StatusCode;
use luoshi_app::{activities, rosters};
use luoshi_domain::activities::{ActivityDetails, ActivityKind};
use luoshi_domain::rosters::{Need, NeedKind, RosterDetails};
use luoshi_web::routes::{Audience, Entry, Gets};

use crate::harness::{Answer, Session, TestApp};
use crate::plans::FIELDS;
use crate::tasks::confirmed_text;

/// Its task is led by planning with finance beside it.
const PLAN: &str = "某局工作方案\n\n一、重点任务\n（一）规划建设科会同财务审计科于2026年12月20日前\
                    编制完成枢纽规划。\n";

/// Still in confirmation.
const OPEN_PLAN: &str =
    "某局整治方案\n\n一、重点任务\n（一）规划建设科于2026年11月20日前完成排查。\n";

/// Who of the demonstration bureau comes as what.
pub(crate) const CAST: [(Audience, &str); 8] = [
    (Audience::Stranger, "ye"),
    (Audience::Member, "luo"),
    (Audience::Owner, "qin"),
    (Audience::Leader, "zhao"),
    (Audience::Office, "zhou"),
    (Audience::System, "ding"),
    (Audience::Security, "bai"),
    (Audience::Auditor, "mu"),
];

/// Acts after which a session is over.
const ENDINGS: [&str; 3] = [
    "/sign-out",
    "/api/v1/session/end",
    "/account/sessions/end-others",
];

/// A file of the task that nobody of the cast attached.
async fn attached(app: &TestApp, task: &str) -> String {
    let path = format!("/api/v1/tasks/{task}/files");
    let deputy = app.as_user("gao").await;
    let taken = deputy.upload_as(&path, "a.txt", b"abc", &[]).await;
    taken.json()["id"].as_str().unwrap().to_owned()
}

/// The ids of real rows, by the part of the address that stands before them.
pub(crate) struct Rows(HashMap<&'static str, String>);

impl Rows {
    pub(crate) async fn of(app: &TestApp, office: &Session, owner: &Session) -> Self {
        confirmed_text(app, PLAN).await;
        let tasks = office.get("/api/v1/tasks").await.json();
        let taken = office
            .upload("/imports", OPEN_PLAN.as_bytes(), &FIELDS)
            .await;
        let plan = taken.location().trim_start_matches("/plans/").to_owned();
        let shown = office.get(&format!("/api/v1/plans/{plan}")).await.json();
        let (zhou, qin) = (app.who("zhou").await, app.who("qin").await);
        let (ye, luo) = (app.who("ye").await, app.who("luo").await);
        let units = |who: &luoshi_app::Who| who.actor.units();
        let today = app.app.today();
        let details = RosterDetails {
            title: "联络员名册".into(),
            basis: "局办公会议".into(),
            needs: vec![Need {
                key: "contact".into(),
                label: "联络员".into(),
                what: NeedKind::Person,
                min: 1,
                max: Some(1),
            }],
            units: [units(&qin), units(&luo)].concat(),
            due: today,
            mirrors: None,
        };
        let roster = rosters::ask(&app.app, &zhou, details).await.unwrap();
        let details = ActivityDetails {
            kind: ActivityKind::Training,
            form: "class".into(),
            subjects: Vec::new(),
            title: "业务培训".into(),
            day: today,
            place: String::new(),
            persons: vec![qin.actor.person, luo.actor.person],
            tasks: Vec::new(),
            note: String::new(),
        };
        let activity = activities::record(&app.app, &qin, details).await.unwrap();
        let wish = serde_json::json!({"name": "日报", "scopes": ["read"], "until": "2026-12-31"});
        let made = owner.post_json("/api/v1/tokens", &wish).await;
        assert!(made.status.is_success(), "{}", made.body);
        let tokens = owner.get("/api/v1/tokens").await.json();
        let sessions = owner.get("/api/v1/sessions").await.json();
        let other = sessions
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["current"] != true);
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let task = text(&tasks["rows"][0]["id"]);
        let file = attached(app, &task).await;
        let wish = serde_json::json!({"unit": units(&qin)[0].to_string(), "cells": {
            "matter": "枢纽进场道路", "place": "枢纽工地", "leader": qin.actor.person.to_string(),
            "cadence": "按需", "priority": "重而急",
        }});
        let row = owner.post_json("/api/v1/lists/w.on_site", &wish).await;
        assert!(row.status.is_success(), "{}", row.body);
        let rows = [
            ("lists", "w.on_site".into()),
            ("list-rows", text(&row.json()["row"]["id"])),
            ("files", file),
            ("tasks", task),
            ("plans", plan),
            ("proposals", text(&shown["proposals"][0]["id"])),
            ("rosters", roster.id.to_string()),
            ("activities", activity.id.to_string()),
            ("units", units(&ye)[0].to_string()),
            ("persons", ye.actor.person.to_string()),
            ("accounts", app.who("he").await.actor.person.to_string()),
            ("tokens", text(&tokens[0]["id"])),
            ("sessions", text(&other.unwrap()["id"])),
            ("packs", "w".into()),
            ("clauses", "1".into()),
            ("hooks", crate::hooks::registered(app).await.to_string()),
        ];
        Self(rows.into_iter().collect())
    }

    /// The address with rows in it, and whether all of them are real ones.
    pub(crate) fn fill(&self, path: &str) -> (String, bool) {
        let (mut before, mut real) = ("", true);
        let mut parts = Vec::new();
        for part in path.split('/') {
            if part.starts_with('{') {
                let known = self.0.get(before).map(String::as_str);
                real &= known.is_some();
                parts.push(match part {
                    "{n}" | "{number}" => "1",
                    "{name}" => "none.css",
                    _ => known.unwrap_or("01970000-0000-7000-8000-00000000ffff"),
                });
            } else {
                parts.push(part);
            }
            before = part;
        }
        (parts.join("/"), real)
    }
}

async fn send(session: &Session, entry: &Entry, path: &str) -> Answer {
    match entry.method {
        "GET" => session.get(path).await,
        "DELETE" => session.delete(path).await,
        _ if path.starts_with("/api/") => session.post_json(path, &serde_json::json!({})).await,
        _ => session.post(path, &[]).await,
    }
}

/// What is wrong with the answer, for who gets that.
fn fault(gets: Gets, entry: &Entry, real: bool, answer: &Answer) -> Option<&'static str> {
    let api = entry.path.starts_with("/api/");
    let to_sign_in = answer.status == StatusCode::UNAUTHORIZED
        || (answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/sign-in"));
    // What cannot be read may be said first.
    let unread = [
        StatusCode::UNPROCESSABLE_ENTITY,
        StatusCode::BAD_REQUEST,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
    ];
    match gets {
        Gets::SignIn if !to_sign_in => Some("is not sent to sign in"),
        // What was typed into a form is kept on the page to sign in at.
        Gets::SignIn
            if (api || entry.method == "GET")
                && api != (answer.status == StatusCode::UNAUTHORIZED) =>
        {
            Some("is sent to sign in the wrong way")
        }
        Gets::Absent if answer.status == StatusCode::NOT_FOUND => None,
        Gets::Absent if entry.method != "GET" && unread.contains(&answer.status) => None,
        Gets::Absent => Some("may know of it"),
        Gets::Open if answer.status.is_server_error() => Some("meets a fault of the server"),
        // Signing in or out leads there.
        Gets::Open if to_sign_in && !entry.path.starts_with("/sign-") => Some("is sent to sign in"),
        Gets::Open if real && answer.status == StatusCode::NOT_FOUND => Some("finds nothing"),
        Gets::Open if entry.method == "GET" && answer.status == StatusCode::FORBIDDEN => {
            Some("is refused what they see")
        }
        Gets::SignIn | Gets::Open => None,
    }
}

#[tokio::test]
async fn sys_03_every_route_gives_each_audience_what_the_table_says() {
    walk(TestApp::new().await).await;
}

#[tokio::test]
async fn sys_03_every_route_does_so_on_postgresql() {
    if let Some(app) = TestApp::on_postgres("sys_03_every_route").await {
        walk(app).await;
    }
}

async fn walk(app: TestApp) {
    let nobody = app.anonymous();
    let _elsewhere = app.as_user("qin").await;
    let mut cast = Vec::new();
    for (audience, login) in CAST {
        cast.push((audience, login, app.as_user(login).await));
    }
    let of = |wanted| {
        cast.iter()
            .position(|(known, ..)| *known == wanted)
            .unwrap()
    };
    let (office, owner) = (of(Audience::Office), of(Audience::Owner));
    let rows = Rows::of(&app, &cast[office].2, &cast[owner].2).await;
    let table = luoshi_web::table();
    assert!(table.entries().len() > 100, "the table is empty");
    let mut faults = Vec::new();
    for entry in table.entries() {
        let (path, real) = rows.fill(entry.path);
        let real = real && !ELSEWHERE.contains(&entry.path);
        let gets = entry.access.gets(Audience::Anonymous);
        let answer = send(&nobody, entry, &path).await;
        if let Some(fault) = fault(gets, entry, real, &answer) {
            faults.push(format!(
                "nobody at {} {path} {fault}: {}",
                entry.method, answer.status
            ));
        }
        // Whoever gets nothing comes first: an act may use its row up.
        let mut order: Vec<usize> = (0..cast.len()).collect();
        order.sort_by_key(|at| entry.access.gets(cast[*at].0) == Gets::Open);
        for at in order {
            let (audience, login, session) = &cast[at];
            let gets = entry.access.gets(*audience);
            let answer = send(session, entry, &path).await;
            if let Some(fault) = fault(gets, entry, real, &answer) {
                let (method, status) = (entry.method, answer.status);
                faults.push(format!("{audience:?} at {method} {path} {fault}: {status}"));
            }
            if ENDINGS.contains(&entry.path) {
                cast[at].2 = app.as_user(login).await;
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What nobody here has: a second factor, another server to sign in at, an earlier version of a
/// plan, and a row that the page's route has used up before the API's.
pub(crate) const ELSEWHERE: [&str; 10] = [
    "/accounts/{id}/second-factor",
    "/api/v1/accounts/{id}/second-factor",
    "/second-factor",
    "/second-factor/codes",
    "/second-factor/remove",
    "/sign-in/oidc",
    "/plans/{id}/changes",
    "/api/v1/plans/{id}/changes",
    "/api/v1/tokens/{id}",
    "/api/v1/sessions/{id}",
];

#[test]
fn sys_03_the_table_in_the_documentation_is_the_table() {
    let expected = luoshi_web::routes::documented(luoshi_web::table().entries());
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/access.md");
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert_eq!(
        written, expected,
        "run `luoshi policy routes > docs/access.md`"
    );
}
