//! Supervision by who assigned, escalation, and the supervision notice as a document.

use axum::http::StatusCode;
use chrono::Duration;

use crate::harness::TestApp;
use crate::tasks::{act, confirmed, only_task};

async fn person(app: &TestApp, login: &str) -> String {
    app.who(login).await.actor.person.to_string()
}

#[tokio::test]
async fn flow_06_flow_07_a_deputy_s_matter_goes_to_his_section_and_by_consent_to_the_office() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let zhou = app.as_user("zhou").await;
    let id = only_task(&zhou).await;
    let gao = person(&app, "gao").await;
    let fields = [
        ("leader", gao.as_str()),
        ("instruction", "请规划科抓紧，半月一报"),
        ("dated", "2026-11-20"),
    ];
    act(&zhou, &id, "instruct", &fields).await;
    let task = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
    let because = task["supervision"]["because"].as_str().unwrap().to_owned();
    let page = zhou.get(&format!("/tasks/{id}")).await.body;
    for part in ["请规划科抓紧，半月一报", "交办领导", "督办依据"] {
        assert!(page.contains(part), "{part}");
    }
    act(&app.as_user("zhao").await, &id, "approve", &[]).await;
    act(&zhou, &id, "issue", &[("channel", "system")]).await;
    act(&app.as_user("qin").await, &id, "sign-for", &[]).await;
    if because == "deputy" {
        let unit = task["supervisor"]["id"].as_str().unwrap();
        let who = app.who("zhou").await;
        let organisation = luoshi_app::organisation::of_bureau(&app.app, who.bureau)
            .await
            .unwrap();
        let head = organisation
            .first_responsible(unit.parse().unwrap())
            .unwrap();
        let login = &organisation.person(head).unwrap().login;
        let section = app.as_user(login).await;
        act(
            &section,
            &id,
            "request-escalation",
            &[("reason", "两次催办未果")],
        )
        .await;
        let zhao = app.as_user("zhao").await;
        let queue = zhao.get("/api/v1/tasks?queue=to_decide_escalation").await;
        assert_eq!(queue.json()["count"], 1);
        act(&zhao, &id, "decide-escalation", &[("decision", "grant")]).await;
        let task = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
        assert_eq!(task["supervision"]["case"], "督〔2026〕1号");
        assert_eq!(task["supervision"]["because"], "escalated");
    }
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn flow_08_a_notice_is_previewed_numbered_acknowledged_and_listed_until_then() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let zhou = app.as_user("zhou").await;
    let id = only_task(&zhou).await;
    act(&app.as_user("zhao").await, &id, "approve", &[]).await;
    act(&zhou, &id, "issue", &[("channel", "system")]).await;
    act(&app.as_user("qin").await, &id, "sign-for", &[]).await;
    app.clock.forward(Duration::days(12));
    let zhou = app.as_user("zhou").await;
    let page = zhou.get(&format!("/tasks/{id}")).await.body;
    assert!(page.contains("建议预警：按时间应到 50%，落后 50 个百分点"));
    let fields = [
        ("facts", "进度为零，落后 50 个百分点"),
        ("requirement", "请于 12 月 14 日前整改到位"),
        ("rectify_by", "2026-12-14"),
    ];
    let path = format!("/tasks/{id}/issue-notice");
    let preview = zhou.post(&path, &fields).await;
    assert_eq!(preview.status, StatusCode::OK);
    for part in [
        "下达以后不能收回",
        "进度为零",
        "规划建设科",
        "name=\"confirmed\"",
    ] {
        assert!(preview.body.contains(part), "{part}");
    }
    let task = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(task["supervision"]["notices"].as_array().unwrap().len(), 0);
    let mut confirmed = fields.to_vec();
    confirmed.push(("confirmed", "yes"));
    act(&zhou, &id, "issue-notice", &confirmed).await;
    let qin = app.as_user("qin").await;
    let desk = qin.get("/desk").await.body;
    assert!(desk.contains("督办通知书待签收"));
    app.clock.forward(Duration::days(5));
    let zhou = app.as_user("zhou").await;
    let list = zhou.get("/api/v1/tasks?queue=unacknowledged").await.json();
    assert_eq!(list["count"], 1);
    let qin = app.as_user("qin").await;
    let signed = [("notice", "督通〔2026〕1号")];
    act(&qin, &id, "acknowledge-notice", &signed).await;
    let list = zhou.get("/api/v1/tasks?queue=unacknowledged").await.json();
    assert_eq!(list["count"], 0);
    let notices = qin.get(&format!("/tasks/{id}/notices")).await;
    assert_eq!(notices.status, StatusCode::OK);
    assert!(notices.body.contains("督通〔2026〕1号"));
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn ledger_04_an_issued_task_changes_by_approval_and_shows_every_version() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let zhou = app.as_user("zhou").await;
    let id = only_task(&zhou).await;
    act(&app.as_user("zhao").await, &id, "approve", &[]).await;
    act(&zhou, &id, "issue", &[("channel", "system")]).await;
    let path = format!("/tasks/{id}/request-change");
    let unreasoned = [("target", "完成 60 公里"), ("limit", ""), ("reason", "")];
    let answer = zhou.post(&path, &unreasoned).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let asked = [
        ("target", "完成 60 公里"),
        ("limit", "2026-12-28"),
        ("reason", "省厅调整年度计划"),
    ];
    act(&zhou, &id, "request-change", &asked).await;
    let gao = app.as_user("gao").await;
    let queue = gao.get("/api/v1/tasks?queue=to_decide_change").await;
    assert_eq!(queue.json()["count"], 1);
    let page = gao.get(&format!("/tasks/{id}")).await.body;
    assert!(page.contains("完成时限由 2026-12-20 改为 2026-12-28"));
    act(&gao, &id, "decide-change", &[("decision", "grant")]).await;
    let page = gao.get(&format!("/tasks/{id}")).await.body;
    for part in ["第 2 版", "第 1 版", "省厅调整年度计划", "现行"] {
        assert!(page.contains(part), "{part}");
    }
    let task = gao.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(task["limit"], "2026-12-28");
    assert_eq!(task["revisions"][0]["limit_before"], "2026-12-20");
    assert!(app.is_rebuildable().await);
}
