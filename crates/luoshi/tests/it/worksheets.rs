//! The four-in-one list, the work matrix and the facets, from the page to the journal.

use axum::http::StatusCode;
use serde_json::json;

use crate::breakdowns::signed_for;
use crate::harness::{Session, TestApp};
use crate::limits::of_c;
use crate::tasks::{SMOOTH, act, confirmed, only_task};

const ROW: [(&str, &str); 4] = [
    ("task", "测设"),
    ("responsibilities", "规划科\r\n设计院"),
    ("measures", "招标选定"),
    ("result", ""),
];

fn row<'a>(task: &'a str, result: &'a str) -> [(&'a str, &'a str); 4] {
    let mut row = ROW;
    row[0].1 = "";
    [("task", task), row[1], row[2], ("result", result)]
}

async fn apply(session: &Session, id: &str) -> crate::harness::Answer {
    let task = session.get(&format!("/api/v1/tasks/{id}")).await.json();
    let body = json!({"command": "apply_to_close", "summary": "完成", "evidence": "验收单",
        "seen": task["version"]});
    session
        .post_json(&format!("/api/v1/tasks/{id}/commands"), &body)
        .await
}

#[tokio::test]
async fn ledger_06_closing_with_an_empty_result_names_the_row() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let (zhou, qin) = (app.as_user("zhou").await, app.as_user("qin").await);
    let id = only_task(&zhou).await;
    signed_for(&app, &id).await;
    act(&qin, &id, "feedback", &SMOOTH).await;
    let path = format!("/tasks/{id}/worksheet");
    let short = [
        row("测设", "完成"),
        [("task", "施工"), ("responsibilities", ""), ROW[2], ROW[3]],
    ];
    let mut fields = vec![("seen", "0")];
    fields.extend(short.concat());
    let refused = qin.post(&format!("{path}/list"), &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("第 2 行还没有填责任"),
        "{}",
        refused.body
    );
    assert!(
        refused.body.contains("施工"),
        "what was typed is still there"
    );
    let mut fields = vec![("seen", "0")];
    fields.extend([row("测设", "完成"), row("施工", ""), row("验收", "合格")].concat());
    let done = qin.post(&format!("{path}/list"), &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let refused = apply(&qin, &id).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert!(
        refused.body.contains("第 2 行还没有填结果"),
        "{}",
        refused.body
    );
    assert!(
        qin.get(&format!("/tasks/{id}"))
            .await
            .body
            .contains("第 2 行还没有填结果")
    );
    let mut fields = vec![("seen", "1")];
    fields.extend(
        [
            row("测设", "完成"),
            row("施工", "通车"),
            row("验收", "合格"),
        ]
        .concat(),
    );
    let done = qin.post(&format!("{path}/list"), &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = qin.get(&path).await.body;
    assert!(page.contains("设计院") && page.contains("通车"));
    // The office looks on; another unit sees nothing.
    let office = zhou.post(&format!("{path}/list"), &fields).await;
    assert_eq!(office.location(), path);
    let foreign = app.as_user("ye").await.get(&path).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let table = qin.get(&format!("{path}/list.xlsx")).await;
    assert_eq!(table.status, StatusCode::OK);
    let done = apply(&qin, &id).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn ledger_06_a_matter_of_c_has_to_have_its_list_before_it_is_closed() {
    let app = TestApp::new().await;
    let id = of_c(&app, "2026-12-20").await;
    let qin = app.as_user("qin").await;
    act(&qin, &id, "feedback", &SMOOTH).await;
    let refused = apply(&qin, &id).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert!(refused.body.contains("“四合一”清单"), "{}", refused.body);
    let page = qin.get(&format!("/tasks/{id}/worksheet")).await.body;
    assert!(page.contains("按 C 二/(一) 要填") && page.contains("按 C 三/(二) 要填"));
    let body = json!({"command": "list", "rows": [{"task": "测设",
        "responsibilities": ["规划科"], "measures": ["招标"], "result": "完成"}], "seen": 0});
    let twin = format!("/api/v1/tasks/{id}/worksheet/commands");
    let saved = qin.post_json(&twin, &body).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
    assert_eq!(saved.json()["without_result"].as_array().unwrap().len(), 0);
    assert_eq!(apply(&qin, &id).await.status, StatusCode::OK);
}

#[tokio::test]
async fn ledger_07_a_matrix_with_a_target_without_a_number_is_not_handed_in() {
    let app = TestApp::new().await;
    let id = of_c(&app, "2026-12-20").await;
    let qin = app.as_user("qin").await;
    let path = format!("/tasks/{id}/worksheet");
    let target = |text: &'static str, number: &'static str| {
        [("target", text), ("number", number), ("unit", "公里")]
    };
    let fields = |second: &'static str, settled: &'static str| {
        let mut fields = Vec::new();
        fields.extend(target("新改建", "66.7"));
        fields.extend(target("养护", second));
        fields.extend(target("", ""));
        fields.extend([
            ("measure_task", "分批开工"),
            ("measure", "每月调度"),
            ("measure_target", "1"),
            ("measure_task", "日常养护"),
            ("measure", "划片包干"),
            ("measure_target", "2"),
            ("policy", "以奖代补"),
            ("rule", "农村公路养护办法"),
            ("planned", "yes"),
            ("settled", settled),
        ]);
        fields
    };
    let refused = qin
        .post(&format!("{path}/matrix"), &fields("", "yes"))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("目标第 2 行“养护”没有数值"),
        "{}",
        refused.body
    );
    let draft = qin.post(&format!("{path}/matrix"), &fields("", "")).await;
    assert_eq!(draft.status, StatusCode::SEE_OTHER, "{}", draft.body);
    let page = qin.get(&path).await.body;
    assert!(page.contains("草稿") && page.contains("没有数值，目标要量化"));
    let done = qin
        .post(&format!("{path}/matrix"), &fields("1200", "yes"))
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = qin.get(&path).await.body;
    assert!(
        page.contains("已提交") && page.contains("2. 养护（1200公里）"),
        "{page}"
    );
    assert!(page.contains("1. 以奖代补（拟定：农村公路养护办法）"));
    let table = qin.get(&format!("{path}/matrix.xlsx")).await;
    assert_eq!(table.status, StatusCode::OK);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn ledger_08_an_archived_work_without_use_of_its_results_is_warned_of() {
    let app = TestApp::with_demo().await;
    let zhou = app.as_user("zhou").await;
    let list = zhou.get("/api/v1/tasks?state=closed").await.json();
    let id = list["rows"][0]["id"].as_str().unwrap().to_owned();
    let page = zhou.get(&format!("/tasks/{id}")).await.body;
    assert!(page.contains("结果运用还没有填"), "{page}");
    let path = format!("/tasks/{id}/worksheet");
    let page = zhou.get(&path).await.body;
    assert!(page.contains("已办结，归档还缺"), "{page}");
}
