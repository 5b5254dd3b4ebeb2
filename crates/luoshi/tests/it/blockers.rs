//! What stands in the way of a task, from the unit's form to the leader's desk and back.

use axum::http::StatusCode;
use chrono::Duration;
use luoshi_app::{jobs, sweeps};

use crate::harness::TestApp;
use crate::tasks::{SMOOTH, act, confirmed, only_task};

const RAISED: [(&str, &str); 4] = [
    ("what", "规划用地指标没有落实"),
    ("need", "请协调自然资源部门"),
    ("need_unit", ""),
    ("wished", "2026-11-27"),
];

pub(crate) async fn under_way(app: &TestApp) -> String {
    confirmed(app).await;
    let id = only_task(&app.as_user("zhou").await).await;
    act(&app.as_user("zhao").await, &id, "approve", &[]).await;
    let channel = [("channel", "system")];
    act(&app.as_user("zhou").await, &id, "issue", &channel).await;
    act(&app.as_user("qin").await, &id, "sign-for", &[]).await;
    act(&app.as_user("qin").await, &id, "feedback", &SMOOTH).await;
    id
}

async fn raised(app: &TestApp, id: &str) {
    let qin = app.as_user("qin").await;
    let task = qin.get(&format!("/api/v1/tasks/{id}")).await.json();
    let deputy = task["deputy"]["id"].as_str().unwrap().to_owned();
    let mut fields = RAISED.to_vec();
    fields.push(("leader", &deputy));
    act(&qin, id, "raise-blocker", &fields).await;
}

#[tokio::test]
async fn flow_05_a_blocker_stops_one_clock_starts_another_and_moves_the_limit() {
    let app = TestApp::new().await;
    let id = under_way(&app).await;
    raised(&app, &id).await;
    let gao = app.as_user("gao").await;
    // Wednesday 25 November; three workdays are over on Monday.
    let page = gao.get(&format!("/tasks/{id}")).await.body;
    for part in [
        "牵头单位的时限自 2026-11-25 起暂停",
        "领导答复限期 2026-11-30，还有 3 个工作日",
        "规划用地指标没有落实",
        "希望 2026-11-27 前解决",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let desk = gao.get("/desk").await.body;
    assert!(desk.contains("待协调卡点"), "not on the leader's desk");
    assert!(desk.contains("2026-11-25 起暂停计时，领导应于 2026-11-30 前答复"));
    let ledger = app.as_user("qin").await.get("/ledger").await.body;
    assert!(
        ledger.contains("2026-11-25 起暂停计时"),
        "not in the ledger"
    );
    let close = [("summary", "已完成"), ("evidence", "文本")];
    let qin = app.as_user("qin").await;
    let answer = qin
        .post(&format!("/tasks/{id}/apply-to-close"), &close)
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);

    app.clock.forward(Duration::days(5));
    let gao = app.as_user("gao").await;
    let settled = [
        ("number", "1"),
        ("answer", "cleared"),
        ("text", "已商自然资源局，月底前批复"),
    ];
    act(&gao, &id, "answer-blocker", &settled).await;
    let task = gao.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(task["limit"], "2026-12-25");
    assert_eq!(task["original_limit"], "2026-12-20");
    assert_eq!(task["blockers"][0]["outcome"], "cleared");
    assert_eq!(task["paused_since"], serde_json::Value::Null);
    let page = gao.get(&format!("/tasks/{id}")).await.body;
    assert!(page.contains("2026-11-25 至 2026-11-30 暂停计时，顺延 5 天到 2026-12-25"));
    let list = gao.get("/api/v1/tasks?queue=to_coordinate").await.json();
    assert_eq!(list["count"], 0);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn flow_05_an_answer_past_its_day_is_told_to_leader_and_office_once() {
    let app = TestApp::new().await;
    let id = under_way(&app).await;
    raised(&app, &id).await;
    app.clock.forward(Duration::days(8));
    let zhou = app.as_user("zhou").await;
    let list = zhou.get("/api/v1/tasks?queue=unanswered").await.json();
    assert_eq!(list["count"], 1);
    for _twice in 0..2 {
        let who = app.who("zhou").await;
        sweeps::again(&app.app, &who).await.unwrap();
        while jobs::run_next(&app.app, "worker").await.unwrap() {}
    }
    for login in ["gao", "zhou"] {
        let desk = app.as_user(login).await.get("/desk").await.body;
        let told = desk
            .matches(">提醒：卡点应于 2026-11-30 前答复，已超 3 天")
            .count();
        assert_eq!(told, 1, "{login}");
    }
    let desk = app.as_user("qin").await.get("/desk").await.body;
    assert!(!desk.contains("提醒："), "the unit is reminded of nothing");
}

#[tokio::test]
async fn flow_05_only_who_is_asked_answers_and_the_refusal_says_so() {
    let app = TestApp::new().await;
    let id = under_way(&app).await;
    raised(&app, &id).await;
    let command = serde_json::json!({
        "command": "answer_blocker", "number": 1, "answer": "cleared", "text": "已解决",
    });
    let path = format!("/api/v1/tasks/{id}/commands");
    let shen = app.as_user("shen").await.post_json(&path, &command).await;
    assert_eq!(shen.status, StatusCode::FORBIDDEN, "{}", shen.body);
    assert_eq!(shen.json()["code"], "not_asked");
    let passed = serde_json::json!({
        "command": "answer_blocker", "number": 1, "answer": "passed_on", "text": "",
    });
    let gao = app.as_user("gao").await.post_json(&path, &passed).await;
    assert_eq!(gao.status, StatusCode::OK, "{}", gao.body);
    let zhao = app.as_user("zhao").await;
    let list = zhao.get("/api/v1/tasks?queue=to_coordinate").await.json();
    assert_eq!(list["count"], 1);
    let answer = zhao.post_json(&path, &command).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let qin = app.as_user("qin").await;
    let withdraw = serde_json::json!({
        "command": "withdraw_blocker", "number": 1, "reason": "已解决",
    });
    let answer = qin.post_json(&path, &withdraw).await;
    assert_eq!(answer.json()["code"], "no_blocker");
}
