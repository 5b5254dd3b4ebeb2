//! Limits that policies set, from the pack to the task's page.

use chrono::Duration;
use luoshi_domain::packs::PackKey;

use crate::harness::TestApp;
use crate::packs::adopt;
use crate::tasks::{SMOOTH, act, confirmed, only_task};

/// The one task, under pack C and an origin of its dictionary, signed for on Wednesday
/// 25 November 2026.
pub(crate) async fn of_c(app: &TestApp, limit: &str) -> String {
    adopt(app, PackKey::C, None).await;
    of_c_adopted(app, limit).await
}

/// As [`of_c`], where the bureau has taken up a pack C already.
pub(crate) async fn of_c_adopted(app: &TestApp, limit: &str) -> String {
    confirmed(app).await;
    let (zhou, zhao) = (app.as_user("zhou").await, app.as_user("zhao").await);
    let id = only_task(&zhou).await;
    let task = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
    let text = |name: &str| task[name].as_str().unwrap_or_default().to_owned();
    let unit = |name: &str| task[name]["id"].as_str().unwrap_or_default().to_owned();
    let (title, target) = (text("title"), text("target"));
    let (lead, supervisor) = (unit("lead"), unit("supervisor"));
    let fields = [
        ("title", title.as_str()),
        ("target", &target),
        ("requirement", ""),
        ("category", "c_other"),
        ("level", "ordinary"),
        ("policies", ""),
        ("lead", &lead),
        ("supervisor", &supervisor),
        ("limit", limit),
    ];
    act(&zhou, &id, "amend", &fields).await;
    act(&zhao, &id, "approve", &[("text", "同意")]).await;
    act(&zhou, &id, "issue", &[("channel", "system")]).await;
    act(&app.as_user("qin").await, &id, "sign-for", &[]).await;
    id
}

#[tokio::test]
async fn time_02_a_matter_of_c_is_under_13710_and_each_limit_explains_itself() {
    let app = TestApp::new().await;
    let id = of_c(&app, "").await;
    let qin = app.as_user("qin").await;
    let task = qin.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(task["limit"], "2026-12-02");
    let limits = task["limits"].as_array().unwrap();
    let days: Vec<_> = limits
        .iter()
        .map(|limit| {
            (
                limit["step"].as_str().unwrap(),
                limit["day"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        days,
        [
            ("issued", "2026-11-25"),
            ("deployed", "2026-11-25"),
            ("first_feedback", "2026-11-28"),
            ("closed", "2026-12-02"),
        ]
    );
    assert_eq!(limits[2]["clause"], "C 三/(三)");
    let page = qin.get(&format!("/tasks/{id}")).await.body;
    for part in [
        "“3”：3 日内反馈",
        "2026-11-25 签收，当天不计",
        "天数是默认值",
        "2026-11-28 24 时止",
        "今天到期",
        "适用时限制度：“13710”督办时限",
        "报部署方案",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let fields = [("text", "成立专班，三步走"), ("until", "")];
    act(&qin, &id, "deploy", &fields).await;
    app.clock.forward(Duration::days(4));
    let qin = app.as_user("qin").await;
    act(&qin, &id, "feedback", &SMOOTH).await;
    let page = qin.get(&format!("/tasks/{id}")).await.body;
    assert!(page.contains("2026-11-25 按时"), "deployed in time");
    assert!(page.contains("2026-11-29 完成，晚 1 天"), "reported late");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn ledger_05_a_decision_issued_the_next_day_is_late_and_then_it_is_followed() {
    let app = TestApp::new().await;
    adopt(&app, PackKey::C, None).await;
    let lead = app.who("qin").await.actor.units()[0].to_string();
    // Both are recorded at ten; the one goes out at five, the other at nine the next day.
    let mut opened = Vec::new();
    for title in ["核查公路桥梁隐患", "修订农村公路养护办法"] {
        let zhou = app.as_user("zhou").await;
        let body = serde_json::json!({
            "document": "市政府常务会议纪要", "document_number": null,
            "details": {
                "title": title, "target": "按会议要求落实", "category": "c_other",
                "kind": "task", "level": "ordinary", "tier": "bureau", "lead": lead,
                "limit": null, "frequency": null, "policies": null, "supervisor": null,
            },
            "assigned": null,
        });
        let answer = zhou.post_json("/api/v1/tasks", &body).await;
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        act(&app.as_user("zhao").await, &id, "approve", &[]).await;
        opened.push(id);
    }
    let mut said = Vec::new();
    for (id, hours) in opened.iter().zip([7, 16]) {
        app.clock.forward(Duration::hours(hours));
        let zhou = app.as_user("zhou").await;
        act(&zhou, id, "issue", &[("channel", "system")]).await;
        let task = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
        said.push(task["limits"][0]["standing"].as_str().unwrap().to_owned());
        act(&app.as_user("qin").await, id, "sign-for", &[]).await;
        let task = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
        let limits = task["limits"].as_array().unwrap();
        let steps: Vec<_> = limits.iter().map(|limit| limit["step"].clone()).collect();
        assert_eq!(steps, ["issued", "deployed", "first_feedback", "closed"]);
        assert_ne!(task["light"]["colour"], "grey", "it is not followed");
    }
    assert_eq!(said, ["2026-11-25 按时", "2026-11-26 完成，晚 1 天"]);
}

#[tokio::test]
async fn time_01_an_item_s_own_limit_overrides_and_both_are_shown() {
    let app = TestApp::new().await;
    let id = of_c(&app, "2026-12-20").await;
    let qin = app.as_user("qin").await;
    let page = qin.get(&format!("/tasks/{id}")).await.body;
    for part in [
        "事项自定完成时限 2026-12-20",
        "按时限制度应于 2026-12-02 办结",
        "以事项自定的时限为准",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let task = qin.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(task["limit"], "2026-12-20");
    assert_eq!(task["limits"][3]["overridden"], true);
}

#[tokio::test]
async fn time_02_an_item_of_w_is_under_no_policy() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let zhao = app.as_user("zhao").await;
    let id = only_task(&zhao).await;
    act(&zhao, &id, "approve", &[("text", "同意")]).await;
    let task = zhao.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(task["limits"].as_array().unwrap().len(), 0);
}
