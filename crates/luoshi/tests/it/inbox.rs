//! What comes for somebody, and how they want to be told.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::{Session, TestApp};
use crate::tasks::{act, confirmed, only_task};

/// The one task, issued to the planning section.
pub(crate) async fn issued(app: &TestApp) -> String {
    confirmed(app).await;
    let (zhou, zhao) = (app.as_user("zhou").await, app.as_user("zhao").await);
    let id = only_task(&zhou).await;
    act(&zhao, &id, "approve", &[("text", "同意")]).await;
    act(&zhou, &id, "issue", &[("channel", "system")]).await;
    id
}

async fn rows(session: &Session) -> Vec<serde_json::Value> {
    let inbox = session.get("/api/v1/inbox").await.json();
    inbox["rows"].as_array().unwrap().clone()
}

#[tokio::test]
async fn time_10_what_came_is_new_until_it_was_looked_at() {
    let app = TestApp::new().await;
    let id = issued(&app).await;
    let qin = app.as_user("qin").await;
    let page = qin.get("/inbox").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains(&format!("/tasks/{id}")), "{}", page.body);
    assert!(page.body.contains("1 条没有看过"), "{}", page.body);
    let desk = qin.get("/desk").await.body;
    assert!(desk.contains("消息<span class=\"nav-count\">1</span>"));

    let until = page.between("name=\"until\" value=\"", "\"").to_owned();
    let looked = qin.post("/inbox/look", &[("until", &until)]).await;
    assert_eq!(looked.status, StatusCode::SEE_OTHER, "{}", looked.body);
    let page = qin.get("/inbox").await.body;
    assert!(page.contains("没有新消息") && page.contains(&format!("/tasks/{id}")));
    // Of others' matters nothing comes.
    let ye = app.as_user("ye").await;
    assert_eq!(rows(&ye).await, Vec::<serde_json::Value>::new());
    assert!(ye.get("/inbox").await.body.contains("还没有消息"));
}

#[tokio::test]
async fn sys_05_what_one_may_not_see_any_more_is_in_no_inbox() {
    let app = TestApp::new().await;
    let id = issued(&app).await;
    let (zhou, ding) = (app.as_user("zhou").await, app.as_user("fang").await);
    let qin = app.as_user("qin").await;
    assert_eq!(rows(&qin).await.len(), 1);
    let mark = [("mark", "work_secret"), ("reason", "含内部数据")];
    act(&zhou, &id, "mark", &mark).await;
    // It still concerns the unit that leads.
    assert_eq!(rows(&qin).await.len(), 1);
    assert_eq!(rows(&ding).await.len(), 0);
}

#[tokio::test]
async fn time_10_each_person_sets_how_they_are_told() {
    let app = TestApp::new().await;
    let qin = app.as_user("qin").await;
    let page = qin.get("/account/messages").await;
    assert!(page.body.contains("还没有配置邮件服务器"), "{}", page.body);
    for (fields, said) in [
        (
            [("digest", "yes"), ("address", ""), ("hour", "8")],
            "请填写邮箱地址",
        ),
        (
            [("digest", "yes"), ("address", "qin"), ("hour", "8")],
            "邮箱地址写得不对",
        ),
        (
            [("digest", "yes"), ("address", "q@b"), ("hour", "23")],
            "7 点到 20 点",
        ),
    ] {
        let refused = qin.post("/account/messages", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(refused.body.contains(said), "{}", refused.body);
    }
    let wishes = json!({"digest": true, "address": "qin@jt.example", "hour": 9, "workdays": true});
    let kept = qin.post_json("/api/v1/tellings", &wishes).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.body);
    assert_eq!(qin.get("/api/v1/tellings").await.json(), wishes);
    let none = [("address", "qin@jt.example"), ("hour", "9")];
    let kept = qin.post("/account/messages", &none).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
    let shown = qin.get("/api/v1/tellings").await.json();
    assert_eq!(shown["digest"], false);
    assert_eq!(shown["workdays"], false);
    assert!(app.is_rebuildable().await);
}
