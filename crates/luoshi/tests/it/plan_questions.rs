//! What a plan leaves open, and its answers.

use axum::http::StatusCode;
use luoshi_app::plans::{self, questions};
use luoshi_domain::plans::Plan;
use luoshi_domain::plans::questions::Topic;

use crate::harness::TestApp;

const TEXT: &str = "\
公路保通工作方案

一、任务
（一）巡查。路网巡查队于5月底前完成桥梁巡查。路网巡查队于6月底前完成隧道巡查。
（二）养护。规划建设科于7月31日前完成路面修补，任务分解见《公路养护任务分解表》。
（三）通报。办公室定期通报工作进展。
（四）宣传。于8月10日前完成标语更新。
";

fn key_of(plan: &Plan, topic: Topic) -> String {
    let list = questions::of(plan);
    let found = list.iter().find(|known| known.topic == topic);
    found
        .unwrap_or_else(|| panic!("no {topic:?}: {list:#?}"))
        .key
        .clone()
}

#[tokio::test]
async fn import_11_everything_open_is_listed_by_topic_and_answered_in_place() {
    let app = TestApp::new().await;
    let id = app.import_bare(TEXT, None).await;
    let before = app.plan(id).await;
    let list = questions::of(&before);
    let has = |topic| list.iter().any(|known| known.topic == topic);
    for topic in [Topic::About, Topic::Document, Topic::Unit, Topic::Frequency] {
        assert!(has(topic), "no {topic:?}: {list:#?}");
    }
    let year = list.iter().find(|known| known.key == "about:year").unwrap();
    assert!(year.proposals.len() >= 3, "{year:#?}");

    // One answer for all proposals with the same name.
    let browser = app.as_user("zhou").await;
    let path = format!("/plans/{id}/questions");
    let page = browser.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("不认识的单位") && page.body.contains("路网巡查队"));
    let zhou = app.who("zhou").await;
    let view = plans::show(&app.app, &zhou, id).await.unwrap();
    let unit = view.organisation.unit_named("安全应急科").unwrap().id;
    let unit_key = key_of(&before, Topic::Unit);
    let answer = [("key", unit_key.as_str()), ("unit", &unit.to_string())];
    let answered = browser.post(&format!("{path}/answer"), &answer).await;
    assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.body);
    let after = app.plan(id).await;
    let led = after
        .proposals
        .iter()
        .filter(|known| known.draft.leads == [unit]);
    assert_eq!(led.count(), 2);
    assert!(
        questions::of(&after)
            .iter()
            .all(|known| known.key != unit_key)
    );

    let frequency = key_of(&after, Topic::Frequency);
    let answer = [("key", frequency.as_str()), ("frequency", "每月一次")];
    browser.post(&format!("{path}/answer"), &answer).await;
    let after = app.plan(id).await;
    let monthly = after
        .proposals
        .iter()
        .filter(|known| known.draft.frequency.as_deref() == Some("每月一次"));
    assert_eq!(monthly.count(), 1);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_11_a_missing_document_is_settled_with_a_note_and_that_can_be_taken_back() {
    let app = TestApp::new().await;
    let id = app.import_bare(TEXT, None).await;
    let browser = app.as_user("zhou").await;
    let path = format!("/plans/{id}/questions");
    let key = key_of(&app.plan(id).await, Topic::Document);
    let open = questions::open(&app.plan(id).await);
    let settle = [
        ("key", key.as_str()),
        ("answer", "supplied"),
        ("note", "已由规建科补交"),
    ];
    let settled = browser.post(&format!("{path}/settle"), &settle).await;
    assert_eq!(settled.status, StatusCode::SEE_OTHER, "{}", settled.body);
    assert_eq!(questions::open(&app.plan(id).await), open - 1);
    let page = browser.get(&path).await;
    assert!(page.body.contains("已由规建科补交"));
    let table = browser.get(&format!("{path}.csv")).await;
    assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
    assert!(
        table.body.contains("已补交：已由规建科补交"),
        "{}",
        table.body
    );
    browser
        .post(&format!("{path}/reopen"), &[("key", key.as_str())])
        .await;
    assert_eq!(questions::open(&app.plan(id).await), open);
    // An unknown question is none, for pages and programs.
    let unknown = [("key", "document:1-2"), ("answer", "supplied")];
    let answer = browser.post(&format!("{path}/settle"), &unknown).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let api = format!("/api/v1/plans/{id}/questions");
    let body = serde_json::json!({ "key": key, "settlement": { "answer": "imported_apart" } });
    let told = browser.post_json(&api, &body).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    let listed = browser.get(&api).await.json();
    assert_eq!(listed["open"], open - 1);
    assert!(app.is_rebuildable().await);
}
