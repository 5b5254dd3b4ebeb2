//! Secrecy marks end to end (SYS-05).

use axum::http::StatusCode;

use crate::harness::TestApp;
use crate::plans::FIELDS;
use crate::tasks::{SMOOTH, act, confirmed, only_task};

const FEEDBACK: [(&str, &str); 5] = [
    ("course", "smooth"),
    ("progress", "60"),
    ("text", "已按机密件要求报送"),
    ("difficulties", ""),
    ("suggestions", ""),
];

#[tokio::test]
async fn sys_05_a_work_secret_is_hidden_from_lists_exports_and_whom_it_does_not_concern() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let (zhou, zhao) = (app.as_user("zhou").await, app.as_user("zhao").await);
    let id = only_task(&zhou).await;
    let page = format!("/tasks/{id}");
    let title = "编制完成枢纽规划";
    let (gao, shen) = (app.as_user("gao").await, app.as_user("shen").await);
    let sees = |body: &str| body.contains(title);
    for session in [&zhou, &zhao, &gao, &shen] {
        assert!(sees(&session.get("/ledger").await.body));
    }
    assert!(sees(&zhou.get("/ledger/export.csv").await.body));
    let reasons = [("mark", "work_secret"), ("reason", "局保密办认定")];
    act(&zhou, &id, "mark", &reasons).await;

    // The leader in charge and the office still work on it.
    let deputy = zhou.get(&format!("/api/v1{page}")).await.json();
    assert_eq!(deputy["mark"], "work_secret");
    let deputy = deputy["deputy"]["name"].as_str().unwrap().to_owned();
    for (session, name) in [(&gao, "高文远"), (&shen, "沈若兰")] {
        let (list, shown) = (session.get("/ledger").await, session.get(&page).await);
        if name == deputy {
            assert!(sees(&list.body) && list.body.contains("工作秘密"), "{name}");
            assert_eq!(shown.status, StatusCode::OK, "{name}");
        } else {
            assert!(!sees(&list.body), "{name}");
            assert_eq!(shown.status, StatusCode::FORBIDDEN, "{name}");
            assert!(!sees(&shown.body), "{name}");
            let found = session.get("/api/v1/tasks?q=枢纽").await.json();
            assert_eq!(found["rows"].as_array().unwrap().len(), 0, "{name}");
            let journal = session.get("/journal").await;
            assert!(!sees(&journal.body), "{name}");
        }
    }
    assert!(sees(&zhou.get("/ledger").await.body));
    assert!(
        !sees(&zhou.get("/ledger/export.csv").await.body),
        "exported"
    );

    // Nobody but the office marks.
    let lead = app.as_user("qin").await;
    let seen = [("mark", "none"), ("reason", "不需要"), ("seen", "")];
    let refused = lead.post(&format!("{page}/mark"), &seen).await;
    assert_ne!(refused.status, StatusCode::SEE_OTHER);
    act(
        &zhou,
        &id,
        "mark",
        &[("mark", "none"), ("reason", "已公开")],
    )
    .await;
    assert!(sees(&shen.get("/ledger").await.body));
}

#[tokio::test]
async fn sys_05_typing_a_word_of_the_list_asks_and_is_saved_once_it_is_said_to_be_harmless() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let zhou = app.as_user("zhou").await;
    let id = only_task(&zhou).await;
    act(
        &app.as_user("zhao").await,
        &id,
        "approve",
        &[("text", "同意")],
    )
    .await;
    act(&zhou, &id, "issue", &[("channel", "system")]).await;
    let qin = app.as_user("qin").await;
    act(&qin, &id, "sign-for", &[]).await;

    let path = format!("/tasks/{id}/feedback");
    let asked = qin.post(&path, &FEEDBACK).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.body.contains("“机密”") && asked.body.contains("已按机密件要求报送"));
    assert!(asked.body.contains("?unclassified=yes\""));
    let task = format!("/api/v1/tasks/{id}");
    assert_eq!(qin.get(&task).await.json()["feedbacks"], 0);

    let said = qin
        .post(&format!("{path}?unclassified=yes"), &FEEDBACK)
        .await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
    assert_eq!(qin.get(&task).await.json()["feedbacks"], 1);
    // Without the word nobody is asked.
    act(&qin, &id, "feedback", &SMOOTH).await;

    let body = serde_json::json!({"command": "urge", "text": "机密件", "respond_by": "2026-12-01"});
    let path = format!("{task}/commands");
    let refused = zhou.post_json(&path, &body).await;
    assert_eq!(refused.json()["code"], "secrecy_words");
    let done = zhou
        .post_json(&format!("{path}?unclassified=yes"), &body)
        .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);

    let head = format!("person:{}", app.who("gao").await.actor.person);
    let body = [
        ("name", "机密资料清理专班"),
        ("kind", "task_force"),
        ("head", head.as_str()),
        ("from", "2026-11-25"),
    ];
    let asked = zhou.post("/bodies", &body).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.body.contains("不涉密，仍要提交"), "{}", asked.body);
    let done = zhou.post("/bodies?unclassified=yes", &body).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);

    // A form that is a line of a page is given back by itself.
    let end = format!("{}/end", done.location());
    let body = [("day", "2026-11-25"), ("reason", "绝密件已全部移交")];
    let asked = zhou.post(&end, &body).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "请核对是否涉密",
        "value=\"绝密件已全部移交\"",
        "不涉密，仍要提交",
        &format!("{end}?unclassified=yes"),
    ] {
        assert!(asked.body.contains(part), "{part}: {}", asked.body);
    }
    let done = zhou.post(&format!("{end}?unclassified=yes"), &body).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
}

#[tokio::test]
async fn sys_05_a_document_with_a_state_secret_mark_is_not_taken_in_and_an_internal_one_is_marked()
{
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let text = "规划建设科于2026年12月20日前编制完成枢纽规划。";
    let secret = format!("机密★1年\n某局工作方案\n\n一、重点任务\n{text}\n");
    let refused = zhou.upload("/imports", secret.as_bytes(), &FIELDS).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("国家秘密不得录入"),
        "{}",
        refused.body
    );
    let list = zhou.get("/api/v1/plans").await.json();
    assert_eq!(list["rows"].as_array().unwrap().len(), 0, "{list}");

    let internal = format!("内部资料\n某局工作方案\n\n一、重点任务\n{text}\n");
    let taken = zhou.upload("/imports", internal.as_bytes(), &FIELDS).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let page = taken.location().to_owned();
    assert!(
        zhou.get(&page)
            .await
            .body
            .contains("value=\"internal\" selected")
    );
    let table = zhou.get(&format!("{page}/table.xlsx")).await;
    assert_eq!(table.status, StatusCode::FORBIDDEN);
    assert!(table.body.contains("有密级标注的方案不导出"));

    let leader = app.as_user("shen").await;
    assert!(leader.get("/imports").await.body.contains("某局工作方案"));
    let details = [
        ("title", "某局工作方案"),
        ("category", "bureau"),
        ("mark", "work_secret"),
    ];
    let saved = zhou.post(&format!("{page}/details"), &details).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    for part in ["", "/duplicates", "/questions"] {
        let refused = leader.get(&format!("{page}{part}")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{part}");
    }
    assert!(!leader.get("/imports").await.body.contains("某局工作方案"));
    let seen = app.as_user("zhao").await.get(&page).await;
    assert_eq!(seen.status, StatusCode::OK);
}
