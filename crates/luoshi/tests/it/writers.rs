//! A hundred people at once: nothing is lost, nobody hears of a lock, whoever was second is told.

use std::collections::HashSet;
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::json;
use tokio::sync::Barrier;

use crate::harness::{Session, TestApp};
use crate::tasks::{SMOOTH, act, confirmed_text};

const WRITERS: usize = 100;

/// The tasks that they share in the second round.
const TASKS: usize = 10;

fn plan() -> String {
    let lines: Vec<String> = (0..TASKS)
        .map(|n| {
            format!(
                "{}.规划建设科于2026年12月20日前完成第{n}座桥梁的检测。\n",
                n + 1
            )
        })
        .collect();
    format!("某局工作方案\n\n一、重点任务\n{}", lines.concat())
}

/// The tasks, each received by the lead unit and reported on once.
async fn under_way(app: &TestApp) -> Vec<String> {
    confirmed_text(app, &plan()).await;
    let (zhou, zhao) = (app.as_user("zhou").await, app.as_user("zhao").await);
    let qin = app.as_user("qin").await;
    let listed = zhou.get("/api/v1/tasks").await.json();
    let rows = listed["rows"].as_array().unwrap();
    assert_eq!(rows.len(), TASKS);
    let mut ids = Vec::new();
    for row in rows {
        let id = row["id"].as_str().unwrap();
        act(&zhao, id, "approve", &[]).await;
        act(&zhou, id, "issue", &[("channel", "system")]).await;
        act(&qin, id, "sign-for", &[]).await;
        act(&qin, id, "feedback", &SMOOTH).await;
        ids.push(id.to_owned());
    }
    ids
}

async fn version(session: &Session, id: &str) -> i64 {
    let task = session.get(&format!("/api/v1/tasks/{id}")).await;
    assert_eq!(task.status, StatusCode::OK, "{}", task.body);
    task.json()["version"].as_i64().unwrap()
}

async fn report(session: &Session, id: &str, seen: i64, text: &str) -> StatusCode {
    let command = json!({
        "command": "feedback", "course": "smooth", "progress": 60, "text": text, "seen": seen,
    });
    let path = format!("/api/v1/tasks/{id}/commands");
    let answer = session.post_json(&path, &command).await;
    let known = [StatusCode::OK, StatusCode::CONFLICT].contains(&answer.status);
    assert!(known, "{}: {}", answer.status, answer.body);
    assert!(!answer.body.contains("locked"), "{}", answer.body);
    answer.status
}

/// Everybody answers the same version at the same moment: one is first.
async fn all_at_one_version(app: &TestApp, id: &str) {
    let qin = app.as_user("qin").await;
    let seen = version(&qin, id).await;
    let start = Arc::new(Barrier::new(WRITERS));
    let mut writers = Vec::new();
    for n in 0..WRITERS {
        let (qin, id, start) = (qin.clone(), id.to_owned(), Arc::clone(&start));
        writers.push(tokio::spawn(async move {
            start.wait().await;
            report(&qin, &id, seen, &format!("同时第{n}人")).await
        }));
    }
    let mut won = 0;
    for writer in writers {
        won += usize::from(writer.await.unwrap() == StatusCode::OK);
    }
    assert_eq!(won, 1, "of {WRITERS} at one version");
    assert_eq!(version(&qin, id).await, seen + 1);
}

/// Everybody has something to say and says it again until it is taken.
async fn everybody_until_it_is_taken(app: &TestApp, ids: &[String]) {
    let qin = app.as_user("qin").await;
    let mut writers = Vec::new();
    for n in 0..WRITERS {
        let (qin, id) = (qin.clone(), ids[n % TASKS].clone());
        writers.push(tokio::spawn(async move {
            let text = format!("轮流第{n}人");
            let mut conflicts = 0;
            while report(&qin, &id, version(&qin, &id).await, &text).await != StatusCode::OK {
                conflicts += 1;
                assert!(conflicts < WRITERS, "never its turn");
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let mut said = HashSet::new();
    for id in ids {
        let task = qin.get(&format!("/api/v1/tasks/{id}")).await.json();
        let steps = task["steps"].as_array().unwrap();
        for step in steps {
            let step = step.to_string();
            for n in 0..WRITERS {
                if step.contains(&format!("轮流第{n}人\"")) {
                    assert!(said.insert(n), "{n} is there twice");
                }
            }
        }
    }
    assert_eq!(said.len(), WRITERS, "somebody's report is lost");
}

async fn a_hundred(app: &TestApp) {
    let ids = under_way(app).await;
    all_at_one_version(app, &ids[0]).await;
    everybody_until_it_is_taken(app, &ids).await;
    assert!(app.is_rebuildable().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sys_04_a_hundred_writers_lose_nothing_on_sqlite() {
    a_hundred(&TestApp::new().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sys_04_a_hundred_writers_lose_nothing_on_postgresql() {
    let Some(app) = TestApp::on_postgres("a_hundred_writers").await else {
        return;
    };
    a_hundred(&app).await;
}
