//! Two tasks become one: what goes along, what stands in the way, and who may (IMPORT-13).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Session, TestApp};
use crate::tasks::{SMOOTH, act, confirmed_text};

/// Two that ask nearly for the same, of two units.
const TWO: &str = "某局工作方案\n\n一、重点任务\n（一）规划建设科于2026年12月20日前编制完成枢纽规划。\n\
                   （二）财务审计科于2026年12月10日前编制完成枢纽规划报告。\n";

async fn two(app: &TestApp) -> (String, String) {
    confirmed_text(app, TWO).await;
    let zhou = app.as_user("zhou").await;
    let list = zhou.get("/api/v1/tasks").await.json();
    let of = |unit: &str| {
        let mut rows = list["rows"].as_array().unwrap().iter();
        let row = rows.find(|row| row["lead"]["name"] == unit).unwrap();
        row["id"].as_str().unwrap().to_owned()
    };
    (of("规划建设科"), of("财务审计科"))
}

async fn under_way(app: &TestApp, id: &str, login: &str) {
    act(&app.as_user("zhao").await, id, "approve", &[]).await;
    act(
        &app.as_user("zhou").await,
        id,
        "issue",
        &[("channel", "system")],
    )
    .await;
    act(&app.as_user(login).await, id, "sign-for", &[]).await;
}

async fn merge(session: &Session, task: &str, into: &str) -> (StatusCode, Value) {
    let body = json!({"into": into, "reason": "两个条款要的是同一本规划"});
    let path = format!("/api/v1/tasks/{task}/merge");
    let answer = session.post_json(&path, &body).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn import_13_two_tasks_become_one_with_both_sources_and_both_units() {
    let app = TestApp::new().await;
    let (kept, other) = two(&app).await;
    under_way(&app, &kept, "qin").await;
    under_way(&app, &other, "luo").await;
    let (zhao, luo) = (app.as_user("zhao").await, app.as_user("luo").await);
    act(&luo, &other, "feedback", &SMOOTH).await;

    // The page finds the other one, shows what it would do, and does it after that.
    let path = format!("/tasks/{other}/merge");
    let page = zhao.get(&path).await.body;
    assert!(page.contains(&format!("{path}?into={kept}")), "{page}");
    let preview = zhao.get(&format!("{path}?into={kept}")).await.body;
    for part in [
        "增加协办单位",
        "财务审计科",
        "时限 2026-12-10 更早",
        "已报的 1 次反馈",
    ] {
        assert!(preview.contains(part), "{part}: {preview}");
    }
    let fields = [("into", kept.as_str()), ("reason", " ")];
    let blank = zhao.post(&path, &fields).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(blank.body.contains("请写明合并的理由"));
    let fields = [("into", kept.as_str()), ("reason", "同一本规划")];
    let done = zhao.post(&path, &fields).await;
    assert_eq!(done.location(), format!("/tasks/{kept}"), "{}", done.body);

    let task = zhao.get(&format!("/api/v1/tasks/{kept}")).await.json();
    assert_eq!(task["sources"].as_array().unwrap().len(), 1, "{task}");
    assert_eq!(task["co_units"].as_array().unwrap().len(), 1);
    let gone = zhao.get(&format!("/api/v1/tasks/{other}")).await.json();
    assert_eq!(gone["state"], "cancelled");
    let page = luo.get(&format!("/tasks/{other}")).await.body;
    for part in [
        "已并入",
        &format!("/tasks/{kept}"),
        "同一本规划",
        "初稿已形成",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let zhou = app.as_user("zhou").await;
    let listed = zhou.get("/ledger?state=cancelled").await.body;
    assert!(listed.contains("已并入其他事项"), "{listed}");
    let listed = zhou.get("/api/v1/tasks?state=cancelled").await.json();
    assert_eq!(listed["rows"][0]["merged_into"], kept.as_str(), "{listed}");
    // Who led the one has its part in the other: signs for it, and the closing waits for it.
    act(&luo, &kept, "sign-for", &[]).await;
    let qin = app.as_user("qin").await;
    act(&qin, &kept, "feedback", &SMOOTH).await;
    let close = [("summary", "完成"), ("evidence", "规划文本")];
    let early = qin
        .post(&format!("/tasks/{kept}/apply-to-close"), &close)
        .await;
    assert!(early.body.contains("缺 1 个协办单位"), "{}", early.body);
    let page = qin.get(&format!("/tasks/{kept}")).await.body;
    assert!(page.contains("并入本事项的") && page.contains(&format!("/tasks/{other}")));
    let inbox = app.as_user("luo").await.get("/inbox").await.body;
    assert!(inbox.contains("并入“"), "{inbox}");
    let (status, again) = merge(&zhao, &other, &kept).await;
    assert_eq!(
        (status, &again["code"]),
        (StatusCode::CONFLICT, &"over".into())
    );
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_13_what_waits_is_decided_first_and_approved_tasks_are_the_principal_s() {
    let app = TestApp::new().await;
    let (kept, other) = two(&app).await;
    let zhou = app.as_user("zhou").await;
    // Nobody has approved them: the office may; a unit may not, and a stranger knows of nothing.
    let plan = zhou
        .get(&format!("/api/v1/tasks/{other}/merge?into={kept}"))
        .await
        .json();
    assert_eq!(plan["refused"], Value::Null, "{plan}");
    let (status, said) = merge(&app.as_user("qin").await, &kept, &kept).await;
    assert_eq!(
        (status, &said["code"]),
        (StatusCode::FORBIDDEN, &"not_supervision_office".into())
    );
    let (status, _) = merge(&app.as_user("ye").await, &other, &kept).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    under_way(&app, &kept, "qin").await;
    under_way(&app, &other, "luo").await;
    let (status, said) = merge(&zhou, &other, &kept).await;
    assert_eq!(
        (status, &said["code"]),
        (StatusCode::FORBIDDEN, &"not_principal".into())
    );
    let luo = app.as_user("luo").await;
    let asked = [("proposed", "2026-12-28"), ("reason", "评审推迟")];
    act(&luo, &other, "request-extension", &asked).await;
    let zhao = app.as_user("zhao").await;
    let (status, said) = merge(&zhao, &other, &kept).await;
    assert_eq!(
        (status, &said["code"]),
        (StatusCode::CONFLICT, &"waiting".into())
    );
    assert!(
        said["detail"].as_str().unwrap().contains("待批的延期申请"),
        "{said}"
    );
    let page = zhao
        .get(&format!("/tasks/{other}/merge?into={kept}"))
        .await
        .body;
    assert!(page.contains("现在还不能合并"), "{page}");
    let refused = [("decision", "refuse"), ("text", "不同意")];
    act(&zhao, &other, "decide-extension", &refused).await;
    let (status, said) = merge(&zhao, &kept, &kept).await;
    assert_eq!(
        (status, &said["code"]),
        (StatusCode::CONFLICT, &"same".into())
    );
    assert_eq!(merge(&zhao, &other, &kept).await.0, StatusCode::OK);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_13_what_stands_below_moves_along_and_family_is_not_merged() {
    let app = TestApp::new().await;
    let (kept, other) = two(&app).await;
    under_way(&app, &kept, "qin").await;
    under_way(&app, &other, "luo").await;
    let zhou = app.as_user("zhou").await;
    let ye = app.who("ye").await.actor.units()[0].to_string();
    let body = json!({"children": [{"unit": ye, "title": "编制客运部分"}]});
    let opened = zhou
        .post_json(&format!("/api/v1/tasks/{other}/children"), &body)
        .await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
    let list = zhou.get("/api/v1/tasks").await.json();
    let mut rows = list["rows"].as_array().unwrap().iter();
    let child = rows.find(|row| row["title"] == "编制客运部分").unwrap();
    let child = child["id"].as_str().unwrap().to_owned();
    let zhao = app.as_user("zhao").await;
    let (_, said) = merge(&zhao, &child, &other).await;
    assert_eq!(said["code"], "family", "{said}");
    let plan = zhao
        .get(&format!("/api/v1/tasks/{other}/merge?into={kept}"))
        .await
        .json();
    assert_eq!(plan["children"], 1);
    assert_eq!(merge(&zhao, &other, &kept).await.0, StatusCode::OK);
    let family = zhou
        .get(&format!("/api/v1/tasks/{kept}/children"))
        .await
        .json();
    assert!(family.to_string().contains(&child), "{family}");
    assert!(app.is_rebuildable().await);
}
