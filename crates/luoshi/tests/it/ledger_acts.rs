//! Acts on many rows of the ledger, tags, and the twins of views and imports.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::{Answer, Session, TestApp};
use crate::ledger::{book, rows};

const TAG: &str = "%E6%B0%91%E7%94%9F%E5%AE%9E%E4%BA%8B"; // 民生实事

/// The ids of the first rows of a list.
async fn first(session: &Session, query: &str, count: usize) -> Vec<String> {
    let page = session.get(&format!("/api/v1/tasks?{query}")).await.json();
    let rows = page["rows"].as_array().unwrap().iter().take(count);
    let ids: Vec<String> = rows
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), count, "{query}");
    ids
}

fn picked<'a>(ids: &'a [String], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let ids = ids.iter().map(|id| ("id", id.as_str()));
    ids.chain(more.iter().copied()).collect()
}

fn said(answer: &Answer) -> &str {
    answer.location()
}

#[tokio::test]
async fn sys_04_tags_are_put_on_many_rows_and_found_by() {
    let app = TestApp::with_demo().await;
    let zhou = app.as_user("zhou").await;
    let ids = first(&zhou, "state=in_progress", 2).await;
    let act = [("act", "tag"), ("here", "/ledger")];
    let asked = zhou.post("/ledger/acts", &picked(&ids, &act)).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.body.contains("现在没有标签"), "{}", asked.body);
    assert!(asked.body.contains("给这 2 项加减标签"));
    let on = [act.as_slice(), &[("on", "民生实事、春节前")]].concat();
    let done = zhou.post("/ledger/acts/confirm", &picked(&ids, &on)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(said(&done), "/ledger");
    // Found by, shown, taken along.
    let listed = zhou.get(&format!("/ledger?tag={TAG}&cols=tags")).await;
    assert!(listed.body.contains("<p>共 2 项"), "{}", listed.body);
    assert!(listed.body.contains("标签：民生实事"), "the chip");
    assert!(listed.body.contains("春节前、民生实事"), "the column");
    let book = rows(
        &zhou
            .get(&format!("/ledger/export.xlsx?tag={TAG}&cols=tags"))
            .await,
    );
    let head = book.iter().position(|row| row[0] == "编号").unwrap();
    assert_eq!(book[head], ["编号", "任务内容", "标签"]);
    assert_eq!(book.len(), head + 3);
    let page = zhou.get(&format!("/tasks/{}", ids[0])).await;
    assert!(page.body.contains("改标签") && page.body.contains(&format!("/ledger?tag={TAG}")));
    assert!(
        page.body.contains("加上标签 春节前、民生实事"),
        "the journal"
    );
    // Taken off one of them.
    let off = [act.as_slice(), &[("off", "春节前")]].concat();
    zhou.post("/ledger/acts/confirm", &picked(&ids[..1], &off))
        .await;
    let told = zhou.get(&format!("/api/v1/tasks/{}", ids[0])).await.json();
    assert_eq!(told["tags"], json!(["民生实事"]));
    assert_eq!(
        zhou.get("/api/v1/tasks/tags").await.json(),
        json!(["民生实事", "春节前"])
    );
    // Too long says so beside the field, and nothing is done.
    let long = [act.as_slice(), &[("on", "一二三四五六七八九十一二三")]].concat();
    let refused = zhou
        .post("/ledger/acts/confirm", &picked(&ids, &long))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("最多 12 字"), "{}", refused.body);
    // The twin, and who may not.
    let body = json!({"ids": ids, "act": {"act": "tag", "on": ["二季度"]}});
    let looked = zhou
        .post_json("/api/v1/tasks/acts/look", &body)
        .await
        .json();
    assert!(
        looked
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["refusal"].is_null())
    );
    let done = zhou.post_json("/api/v1/tasks/acts", &body).await.json();
    assert_eq!(done["done"].as_array().unwrap().len(), 2);
    let found = zhou
        .get("/api/v1/tasks?tag=%E4%BA%8C%E5%AD%A3%E5%BA%A6")
        .await
        .json();
    assert_eq!(found["count"], 2);
    let qin = app.as_user("qin").await;
    let own = first(&qin, "state=in_progress", 1).await;
    let body = json!({"ids": own, "act": {"act": "tag", "on": ["自拟"]}});
    let refused = qin.post_json("/api/v1/tasks/acts", &body).await.json();
    assert_eq!(refused["refused"].as_array().unwrap().len(), 1, "{refused}");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn flow_02_many_are_approved_and_issued_after_a_look() {
    let app = TestApp::with_demo().await;
    let (zhou, zhao) = (app.as_user("zhou").await, app.as_user("zhao").await);
    let mut ids = first(&zhou, "state=draft", 1).await;
    ids.extend(first(&zhou, "state=in_progress", 1).await);
    let act = [("act", "approve"), ("here", "/ledger?state=draft")];
    let asked = zhao.post("/ledger/acts", &picked(&ids, &act)).await;
    assert!(asked.body.contains("可办 1 项") && asked.body.contains("批准这 1 项立项"));
    assert!(asked.body.contains("已批准立项"), "why the other is left");
    let before = zhou.get(&format!("/api/v1/tasks/{}", ids[0])).await.json();
    assert_eq!(before["state"], "draft", "a look does nothing");
    let done = zhao
        .post("/ledger/acts/confirm", &picked(&ids[..1], &act))
        .await;
    assert_eq!(said(&done), "/ledger?state=draft");
    let act = [("act", "issue"), ("here", "/ledger")];
    let asked = zhou.post("/ledger/acts", &picked(&ids[..1], &act)).await;
    assert!(asked.body.contains("下达给"), "{}", asked.body);
    let refused = zhao
        .post("/ledger/acts/confirm", &picked(&ids[..1], &act))
        .await;
    assert_eq!(
        refused.status,
        StatusCode::SEE_OTHER,
        "left as it is, with the reason"
    );
    let body = json!({"ids": ids[..1], "act": {"act": "issue"}});
    let done = zhou.post_json("/api/v1/tasks/acts", &body).await.json();
    assert_eq!(done["done"].as_array().unwrap().len(), 1, "{done}");
    let after = zhou.get(&format!("/api/v1/tasks/{}", ids[0])).await.json();
    assert_eq!(after["state"], "issued");
    assert!(after["number"].as_str().is_some());
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn sys_04_the_list_of_the_api_is_narrowed_as_the_page_is() {
    let app = TestApp::with_demo().await;
    let zhou = app.as_user("zhou").await;
    let count = async |path: &str| zhou.get(path).await.json()["count"].as_u64().unwrap();
    let all = count("/api/v1/tasks").await;
    let before = count("/api/v1/tasks?due_until=2026-11-30").await;
    let after = count("/api/v1/tasks?due_from=2026-12-01").await;
    let none = zhou.get("/api/v1/tasks?size=200").await.json();
    let none = none["rows"].as_array().unwrap().iter();
    let none = none.filter(|row| row["limit"].is_null()).count();
    assert!(before > 0 && after > 0);
    // Without a limit is later than any day.
    assert_eq!(before + after, all, "{none} have no limit");
    let page = zhou.get("/ledger?count=exact&until=2026-11-30").await;
    assert!(page.body.contains(&format!("<p>共 {before} 项")));
}

#[tokio::test]
async fn sys_04_views_and_imports_have_their_twins() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let path = "/api/v1/ledger/views";
    let body = json!({"name": "逾期", "query": "light=red&nonsense=1", "shared": true});
    let views = zhou.post_json(path, &body).await.json();
    assert_eq!(views[0]["query"], "light=red");
    let one = format!("{path}/{}", views[0]["id"].as_str().unwrap());
    let chosen = zhou
        .post_json(&one, &json!({"command": "choose", "first": true}))
        .await;
    assert_eq!(chosen.json()[0]["first"], true);
    let luo = app.as_user("luo").await;
    assert_eq!(luo.get(path).await.json()[0]["shared"], true);
    let foreign = luo.post_json(&one, &json!({"command": "drop"})).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let left = zhou.post_json(&one, &json!({"command": "drop"})).await;
    assert_eq!(left.json(), json!([]));
    let good = book(&[&[
        "1",
        "修复城东公路",
        "全部完成",
        "规划建设科",
        "",
        "7月31日",
        "",
    ]]);
    let bad = book(&[&[
        "1",
        "修复城东公路",
        "全部完成",
        "没有的科",
        "",
        "7月31日",
        "",
    ]]);
    let path = "/api/v1/ledger/imports";
    let category = [("category", "bureau")];
    let looked = zhou
        .upload(&format!("{path}/preview"), &good, &category)
        .await;
    assert_eq!(looked.json()["count"], 1, "{}", looked.body);
    let refused = zhou.upload(path, &bad, &category).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["faults"].as_array().unwrap().len(), 1);
    let taken = zhou.upload(path, &good, &category).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    let id = taken.json()["id"].as_str().unwrap().to_owned();
    let undone = zhou
        .post_json(&format!("{path}/{id}/undo"), &json!({}))
        .await;
    assert_eq!(undone.json()["undone"], true);
    assert_eq!(zhou.get(path).await.json()[0]["undone"], true);
    assert_eq!(luo.get(path).await.status, StatusCode::NOT_FOUND);
    assert!(app.is_rebuildable().await);
}
