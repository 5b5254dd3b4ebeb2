//! A task's planned course: set once by its unit, kept by the office, judged by the lights.

use axum::http::StatusCode;
use chrono::Duration;

use crate::blockers::under_way;
use crate::harness::TestApp;

const PLANNED: [(&str, &str); 10] = [
    ("shape", "linear"),
    ("name", "方案报批"),
    ("start_by", "2026-11-26"),
    ("day", "2026-12-05"),
    ("percent", "50"),
    ("name", "组织实施"),
    ("start_by", ""),
    ("day", "12.20"),
    ("percent", "100"),
    ("reason", "按倒排工期"),
];

#[tokio::test]
async fn proj_09_a_stage_begun_too_late_is_red_then_yellow_and_the_page_says_why() {
    let app = TestApp::new().await;
    let id = under_way(&app).await;
    let path = format!("/tasks/{id}/course");
    let qin = app.as_user("qin").await;
    let set = qin.post(&path, &PLANNED).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.body);
    let page = qin.get(&path).await.body;
    for part in [
        "方案报批",
        "2026-11-26",
        "数据不足，暂不能判断",
        "调整由督查办办理",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let again = qin.post(&path, &PLANNED).await;
    assert!(again.body.contains("调整由督查办办理"), "{}", again.status);

    app.clock.forward(Duration::days(3));
    let qin = app.as_user("qin").await;
    let red = qin.get("/api/v1/tasks?light=red").await.json();
    assert_eq!(red["count"], 1, "{red}");
    assert_eq!(red["rows"][0]["light"]["reason"], "“方案报批”应启动未启动");
    let begin = [("milestone", "0"), ("mark", "started")];
    let marked = qin.post(&format!("{path}/mark"), &begin).await;
    assert_eq!(marked.status, StatusCode::SEE_OTHER, "{}", marked.body);
    let yellow = qin.get("/api/v1/tasks?light=yellow").await.json();
    assert_eq!(yellow["count"], 1, "{yellow}");
    let course = qin.get(&format!("/api/v1/tasks/{id}/course")).await.json();
    assert_eq!(course["milestones"][0]["started_on"], "2026-11-28");
    assert_eq!(course["forecast"]["standing"], "too_few");
    let task = qin.get(&format!("/tasks/{id}")).await.body;
    for part in [
        "“方案报批”启动",
        "编排序时进度：2 个节点",
        "data-chart=\"trajectory\"",
    ] {
        assert!(task.contains(part), "{part}");
    }
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn proj_09_a_backward_schedule_fills_in_the_form_and_stores_nothing() {
    let app = TestApp::new().await;
    let id = under_way(&app).await;
    let zhou = app.as_user("zhou").await;
    let stages = "%E5%BE%81%E6%8B%86%2010%0A%E6%96%BD%E5%B7%A5%205";
    let asked = format!("/tasks/{id}/course?finish=2026-12-20&days=calendar&stages={stages}");
    let page = zhou.get(&asked).await.body;
    for part in [
        "value=\"2026-12-06\"",
        "value=\"2026-12-16\"",
        "核对后保存才生效",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let wrong = format!("/tasks/{id}/course?finish=2026-12-20&stages=abc");
    let page = zhou.get(&wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let course = zhou.get(&format!("/api/v1/tasks/{id}/course")).await.json();
    assert_eq!(course["milestones"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn ledger_09_the_office_changes_a_course_with_a_reason_only() {
    let app = TestApp::new().await;
    let id = under_way(&app).await;
    let zhou = app.as_user("zhou").await;
    let path = format!("/api/v1/tasks/{id}/course");
    let mut set = serde_json::json!({ "command": "set", "shape": "s_curve" });
    let refused = zhou.post_json(&path, &set).await;
    assert_eq!(refused.json()["code"], "reason_missing", "{}", refused.body);
    set["reason"] = "前期手续多".into();
    let done = zhou.post_json(&path, &set).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert_eq!(done.json()["shape"], "s_curve");
    let shen = app.as_user("ye").await.post_json(&path, &set).await;
    assert_eq!(shen.status, StatusCode::NOT_FOUND, "{}", shen.body);
}

#[tokio::test]
async fn ledger_09_a_milestone_is_ticked_in_the_report_that_reaches_it() {
    let app = TestApp::new().await;
    let id = under_way(&app).await;
    let qin = app.as_user("qin").await;
    qin.post(&format!("/tasks/{id}/course"), &PLANNED).await;
    let page = qin.get(&format!("/tasks/{id}")).await.body;
    assert!(page.contains("节点“方案报批”已完成（应于 2026-12-05 前）"));
    let report = |milestone: &'static str| {
        [
            ("progress", "30"),
            ("text", "方案已经报批"),
            (milestone, "yes"),
        ]
    };
    let path = format!("/tasks/{id}/feedback");
    let early = qin.post(&path, &report("milestone-1")).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.body.contains("前面的节点“方案报批”还没有标记完成"));
    let done = qin.post(&path, &report("milestone-0")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let task = qin.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(task["progress"], 50, "it carries the progress with it");
    let course = qin.get(&format!("/api/v1/tasks/{id}/course")).await.json();
    assert_eq!(course["milestones"][0]["done_on"], "2026-11-25");
    let page = qin.get(&format!("/tasks/{id}")).await.body;
    assert!(!page.contains("节点“方案报批”已完成（"), "it is done");
    assert!(app.is_rebuildable().await);
}
