//! Typing for somebody else under a mandate (代填).

use axum::http::StatusCode;

use crate::harness::{Session, TestApp};
use crate::tasks::{SMOOTH, act, confirmed, only_task};

async fn give(app: &TestApp, giver: &Session, agent: &str) {
    let agent = app.who(agent).await.actor.person.to_string();
    let fields = [
        ("agent", agent.as_str()),
        ("from", "2026-03-02"),
        ("until", "2026-12-31"),
        ("reason", "外出学习"),
    ];
    let today = app.app.today().to_string();
    let mut fields = fields.to_vec();
    fields[1].1 = &today;
    let given = giver.post("/account/mandates", &fields).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
}

/// The address of the first button of the page that ends in `act`.
async fn button(session: &Session, act: &str) -> String {
    let page = session.get("/account/mandates").await.body;
    let (before, _after) = page
        .split_once(&format!("/{act}\""))
        .expect("no such button");
    let (_before, id) = before.rsplit_once("\"/account/mandates/").unwrap();
    format!("/account/mandates/{id}/{act}")
}

#[tokio::test]
async fn sys_03_what_is_typed_for_another_is_theirs_and_names_the_hand() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let zhou = app.as_user("zhou").await;
    let id = only_task(&zhou).await;
    let zhao = app.as_user("zhao").await;
    act(&zhao, &id, "approve", &[("text", "同意")]).await;
    act(&zhou, &id, "issue", &[("channel", "system")]).await;
    let (qin, ye) = (app.as_user("qin").await, app.as_user("ye").await);
    let task = format!("/tasks/{id}");
    assert_eq!(ye.get(&task).await.status, StatusCode::NOT_FOUND);

    give(&app, &qin, "ye").await;
    let take_up = button(&ye, "use").await;
    let taken = ye.post(&take_up, &[]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let desk = ye.get("/desk").await;
    assert!(desk.body.contains("叶青正在代秦立"), "{}", desk.body);
    act(&ye, &id, "sign-for", &[]).await;
    act(&ye, &id, "feedback", &SMOOTH).await;
    let story = qin.get(&task).await.body;
    assert!(story.contains("代填）"), "{story}");
    let journal = zhou.get("/api/v1/journal?after=0&limit=200").await.json();
    let rows = journal["rows"].as_array().unwrap();
    let typed = rows
        .iter()
        .filter(|row| row["by"]["hand"]["name"] == "叶青");
    let typed: Vec<_> = typed.collect();
    assert!(typed.len() >= 2, "{journal}");
    assert!(typed.iter().all(|row| row["by"]["name"] == "秦立"));

    // The account stays its owner's.
    for path in ["/account", "/tokens", "/account/password", "/api/v1/tokens"] {
        let refused = ye.get(path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    let refused = ye.get("/account").await.body;
    assert!(refused.contains("结束代填"));
    let stopped = ye.post("/account/mandates/stop", &[]).await;
    assert_eq!(stopped.status, StatusCode::SEE_OTHER);
    assert_eq!(ye.get(&task).await.status, StatusCode::NOT_FOUND);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn sys_03_a_mandate_ends_the_moment_it_is_taken_back_and_decides_nothing() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let (zhao, fang) = (app.as_user("zhao").await, app.as_user("fang").await);
    let id = only_task(&zhao).await;
    give(&app, &zhao, "fang").await;
    let take_up = button(&fang, "use").await;
    fang.post(&take_up, &[]).await;
    let refused = fang
        .post(
            &format!("/tasks/{id}/approve"),
            &[("text", "同意"), ("seen", "")],
        )
        .await;
    assert_ne!(refused.status, StatusCode::SEE_OTHER);
    assert!(refused.body.contains("不能由人代填"), "{}", refused.body);

    // Nobody else takes it up, and it is gone at once.
    let other = app.as_user("ye").await;
    assert_eq!(
        other.post(&take_up, &[]).await.status,
        StatusCode::NOT_FOUND
    );
    let end = button(&zhao, "end").await;
    assert_eq!(other.post(&end, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(zhao.post(&end, &[]).await.status, StatusCode::SEE_OTHER);
    let desk = fang.get("/desk").await.body;
    assert!(!desk.contains("正在代"), "{desk}");
    assert_eq!(fang.post(&take_up, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn sys_03_mandates_are_given_and_ended_through_the_api_too() {
    let app = TestApp::new().await;
    let (qin, ye) = (app.as_user("qin").await, app.as_user("ye").await);
    let agent = app.who("ye").await.actor.person.to_string();
    let today = app.app.today().to_string();
    let wish = serde_json::json!({
        "agent": agent, "from": today, "until": "2026-12-31", "reason": "外出学习",
    });
    let given = qin.post_json("/api/v1/mandates", &wish).await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.body);
    let mandate = given.json()["given"][0].clone();
    assert_eq!(mandate["agent"]["name"], "叶青");
    assert_eq!(mandate["holds"], true);
    let held = ye.get("/api/v1/mandates").await.json();
    assert_eq!(held["held"][0]["giver"]["name"], "秦立");

    // Typing for somebody, one sees none of their mandates.
    ye.post(&button(&ye, "use").await, &[]).await;
    let refused = ye.get("/api/v1/mandates").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    ye.post("/account/mandates/stop", &[]).await;

    let path = format!("/api/v1/mandates/{}", mandate["id"].as_str().unwrap());
    let other = app.as_user("luo").await;
    assert_eq!(other.delete(&path).await.status, StatusCode::NOT_FOUND);
    let ended = qin.delete(&path).await;
    assert_eq!(ended.status, StatusCode::OK, "{}", ended.body);
    assert_eq!(ended.json()["given"], serde_json::json!([]));
}
