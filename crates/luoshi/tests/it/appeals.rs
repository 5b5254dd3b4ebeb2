//! Appeals against a light, a grade or a refusal, with frozen evidence and another reviewer (F36).

use axum::http::StatusCode;
use chrono::Duration;
use serde_json::json;

use crate::harness::{Session, TestApp};
use crate::tasks::{SMOOTH, act, confirmed, only_task};

/// The one task of the plan, signed for and reported on once.
async fn under_way(app: &TestApp) -> String {
    confirmed(app).await;
    let zhou = app.as_user("zhou").await;
    let id = only_task(&zhou).await;
    act(&app.as_user("zhao").await, &id, "approve", &[]).await;
    act(&zhou, &id, "issue", &[("channel", "system")]).await;
    let qin = app.as_user("qin").await;
    act(&qin, &id, "sign-for", &[]).await;
    let mut report = SMOOTH.to_vec();
    report.push(("evidence", "晋交规〔2026〕12号 规划初稿"));
    act(&qin, &id, "feedback", &report).await;
    id
}

/// Files through the API; the appeal's id.
async fn appeal(session: &Session, task: &str, against: &str) -> String {
    let body = json!({"against": against, "reason": "材料已经报齐，与事实不符"});
    let path = format!("/api/v1/tasks/{task}/appeals");
    let filed = session.post_json(&path, &body).await;
    assert_eq!(filed.status, StatusCode::OK, "{}", filed.body);
    filed.json()["id"].as_str().unwrap().to_owned()
}

fn decided(result: &str) -> serde_json::Value {
    json!({"command": "decide", "result": result, "text": "经核对材料属实"})
}

async fn command(session: &Session, appeal: &str, body: &serde_json::Value) -> StatusCode {
    let path = format!("/api/v1/appeals/{appeal}/commands");
    session.post_json(&path, body).await.status
}

async fn code(session: &Session, appeal: &str, body: &serde_json::Value) -> String {
    let path = format!("/api/v1/appeals/{appeal}/commands");
    let answer = session.post_json(&path, body).await;
    answer.json()["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn f36_a_refused_extension_is_appealed_to_another_leader_and_may_be_asked_for_again() {
    let app = TestApp::new().await;
    let id = under_way(&app).await;
    let (qin, gao) = (app.as_user("qin").await, app.as_user("gao").await);
    let asked = [("proposed", "2026-12-28"), ("reason", "省厅评审推迟")];
    act(&qin, &id, "request-extension", &asked).await;
    let refused = [("decision", "refuse"), ("text", "请克服困难")];
    act(&gao, &id, "decide-extension", &refused).await;

    // The page offers what was judged; without a reason nothing is filed and what was chosen stays.
    let page = qin.get(&format!("/tasks/{id}")).await.body;
    assert!(page.contains("申诉…"), "{page}");
    let path = format!("/tasks/{id}/appeals");
    assert!(qin.get(&path).await.body.contains("不同意延期"));
    let fields = [("against", "extension"), ("reason", " ")];
    let blank = qin.post(&path, &fields).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(blank.body.contains("请写明申诉的理由"));
    let fields = [
        ("against", "extension"),
        ("reason", "评审由省厅定，本科无法提前"),
    ];
    let filed = qin.post(&path, &fields).await;
    assert_eq!(filed.status, StatusCode::SEE_OTHER, "{}", filed.body);
    let appeal = filed.location().trim_start_matches("/appeals/").to_owned();
    let again = qin.post(&path, &fields).await;
    assert_eq!(again.location(), path, "one appeal is open");
    let office = app.as_user("zhou").await.post(&path, &fields).await;
    assert_eq!(office.location(), path, "only the lead unit appeals");

    // Who judged does not decide, nor does the office decide about a leader.
    assert_eq!(
        code(&gao, &appeal, &decided("upheld")).await,
        "own_judgement"
    );
    let zhou = app.as_user("zhou").await;
    assert_eq!(
        code(&zhou, &appeal, &decided("upheld")).await,
        "not_reviewer"
    );
    assert_eq!(code(&qin, &appeal, &decided("changed")).await, "own_appeal");
    let zhao = app.as_user("zhao").await;
    let desk = zhao.get("/desk").await.body;
    assert!(desk.contains("申诉待复核") && desk.contains("1 件申诉待复核"));
    assert!(!gao.get("/desk").await.body.contains("申诉待复核"));
    let page = zhao.get(&format!("/appeals/{appeal}")).await.body;
    for part in [
        "与日志一致",
        "评审由省厅定",
        "晋交规〔2026〕12号",
        "不参加复核",
        "请克服困难",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let out = json!({"command": "decide", "result": "out_of_time", "text": "晚了"});
    assert_eq!(code(&zhao, &appeal, &out).await, "result");

    // The limit passes meanwhile; the refusal is taken back, and the unit may ask again.
    app.clock.forward(Duration::days(27));
    let (qin, zhao) = (app.as_user("qin").await, app.as_user("zhao").await);
    let late = qin
        .post(&format!("/tasks/{id}/request-extension"), &asked)
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
    let fields = [("result", "changed"), ("text", "评审确由省厅安排")];
    let done = zhao
        .post(&format!("/appeals/{appeal}/decide"), &fields)
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    act(&qin, &id, "request-extension", &asked).await;
    assert_eq!(
        code(&zhao, &appeal, &decided("upheld")).await,
        "appeal_ended"
    );

    // Both sides hear of it, and every step is in the journal.
    for login in ["qin", "gao"] {
        let inbox = app.as_user(login).await.get("/inbox").await.body;
        assert!(inbox.contains("复核“不同意延期”，结论是改判"), "{login}");
    }
    let page = qin.get(&format!("/tasks/{id}")).await.body;
    assert!(page.contains("复核“不同意延期”：改判") && page.contains("评审确由省厅安排"));
    let page = qin.get(&format!("/appeals/{appeal}")).await.body;
    assert!(page.contains("与日志一致"), "it stays as it stood");
    let stranger = app.as_user("ye").await;
    for path in [
        format!("/appeals/{appeal}"),
        format!("/api/v1/appeals/{appeal}"),
    ] {
        assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND);
    }
    let list = stranger.get("/api/v1/appeals?show=ended").await.json();
    assert_eq!(list["ended"], 0);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn f36_a_grade_is_changed_by_who_had_no_part_in_the_closing() {
    let app = TestApp::new().await;
    let id = under_way(&app).await;
    let qin = app.as_user("qin").await;
    let close = [("summary", "已完成"), ("evidence", "验收单一份")];
    act(&qin, &id, "apply-to-close", &close).await;
    let review = [("grade", "poor"), ("opinion", "质量不高")];
    act(&app.as_user("zhou").await, &id, "review", &review).await;
    act(&app.as_user("gao").await, &id, "endorse", &[]).await;
    let before = qin.get(&format!("/api/v1/tasks/{id}")).await.json();
    let page = qin.get(&format!("/tasks/{id}/appeals")).await.body;
    assert!(page.contains("办结评价：落实较差"), "{page}");
    let appeal = appeal(&qin, &id, "grade").await;
    for login in ["zhou", "gao"] {
        let said = code(&app.as_user(login).await, &appeal, &decided("upheld")).await;
        assert_eq!(said, "own_judgement", "{login}");
    }
    let shen = app.as_user("shen").await;
    let same = json!({"command": "decide", "result": "changed", "grade": "poor", "text": "x"});
    assert_eq!(code(&shen, &appeal, &same).await, "grade");
    let changed =
        json!({"command": "decide", "result": "changed", "grade": "basic", "text": "有验收单"});
    assert_eq!(command(&shen, &appeal, &changed).await, StatusCode::OK);
    let task = qin.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(
        (&task["grade"], &task["state"]),
        (&"basic".into(), &"closed".into())
    );
    assert_eq!(
        task["updated_at"], before["updated_at"],
        "it closed when it closed"
    );
    let page = qin.get(&format!("/appeals/{appeal}")).await.body;
    for part in ["改定等级", "基本落实", "落实较差", "验收单一份"] {
        assert!(page.contains(part), "{part}");
    }
    let again = json!({"against": "grade", "reason": "还是不服"});
    let path = format!("/api/v1/tasks/{id}/appeals");
    let again = qin.post_json(&path, &again).await;
    assert_eq!(again.json()["code"], "appeal_decided");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn f36_a_light_stays_computed_and_its_appeal_shows_it_as_it_was() {
    let app = TestApp::new().await;
    let id = under_way(&app).await;
    app.clock.forward(Duration::days(27));
    let qin = app.as_user("qin").await;
    let offers = qin.get(&format!("/api/v1/tasks/{id}/appeals")).await.json();
    assert_eq!(offers["offers"][0]["against"], "light");
    let appeal = appeal(&qin, &id, "light").await;
    let mut report = SMOOTH.to_vec();
    report[1] = ("progress", "95");
    act(&qin, &id, "feedback", &report).await;
    let fang = app.as_user("fang").await;
    let view = fang.get(&format!("/api/v1/appeals/{appeal}")).await.json();
    assert_eq!(
        (&view["same_as_journal"], &view["may_decide"]),
        (&true.into(), &true.into())
    );
    let facts = view["evidence"]["facts"].to_string();
    assert!(facts.contains("60%") && !facts.contains("95%"), "{facts}");
    assert!(
        view["evidence"]["light"]
            .as_str()
            .unwrap()
            .starts_with("红灯")
    );
    assert_eq!(
        command(&fang, &appeal, &decided("changed")).await,
        StatusCode::OK
    );
    let page = qin.get(&format!("/tasks/{id}")).await.body;
    assert!(page.contains("申诉成立") && page.contains("经核对材料属实"));
    let task = qin.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(task["light"]["colour"], "red", "nobody sets a light");
    assert!(app.is_rebuildable().await);
    // What the journal does not have any more is said.
    app.tamper(&["UPDATE events SET body = replace(body, '初稿已形成', '初稿未形成') WHERE body LIKE '%初稿已形成%'"])
        .await;
    let page = fang.get(&format!("/appeals/{appeal}")).await.body;
    assert!(page.contains("与日志不一致"), "{page}");
}

#[tokio::test]
async fn f36_refused_reports_and_closings_are_taken_back_and_late_appeals_may_be_left() {
    let app = TestApp::new().await;
    let id = under_way(&app).await;
    let (qin, zhou) = (app.as_user("qin").await, app.as_user("zhou").await);
    act(&zhou, &id, "return", &[("reason", "太简单")]).await;
    let report = appeal(&qin, &id, "report").await;
    // Taken back, and filed again after the days are over.
    let back = json!({"command": "withdraw", "reason": "已沟通"});
    assert_eq!(code(&zhou, &report, &back).await, "not_lead");
    assert_eq!(command(&qin, &report, &back).await, StatusCode::OK);
    app.clock.forward(Duration::days(16));
    let (qin, zhao) = (app.as_user("qin").await, app.as_user("zhao").await);
    let late = appeal(&qin, &id, "report").await;
    let page = zhao.get(&format!("/appeals/{late}")).await.body;
    assert!(page.contains("超期提出，不予受理"), "{page}");
    assert_eq!(
        command(&zhao, &late, &decided("out_of_time")).await,
        StatusCode::OK
    );
    let task = qin.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(task["last_feedback"]["sent_back"], true);

    act(&qin, &id, "feedback", &SMOOTH).await;
    act(
        &app.as_user("zhou").await,
        &id,
        "return",
        &[("reason", "还是太简单")],
    )
    .await;
    let report = appeal(&qin, &id, "report").await;
    assert_eq!(
        command(&zhao, &report, &decided("changed")).await,
        StatusCode::OK
    );
    let task = qin.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(task["last_feedback"]["sent_back"], false);

    let close = [("summary", "已完成"), ("evidence", "验收单一份")];
    act(&qin, &id, "apply-to-close", &close).await;
    act(
        &app.as_user("zhou").await,
        &id,
        "return",
        &[("reason", "缺材料")],
    )
    .await;
    let closing = appeal(&qin, &id, "closing").await;
    assert_eq!(
        command(&zhao, &closing, &decided("changed")).await,
        StatusCode::OK
    );
    let task = qin.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(task["state"], "in_progress");
    act(&qin, &id, "apply-to-close", &close).await;
    let list = zhao.get("/appeals?show=ended").await.body;
    assert!(list.contains("超期不予受理") && list.contains("已撤回"));
    assert!(app.is_rebuildable().await);
}
