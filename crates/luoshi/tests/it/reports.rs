//! Reports with evidence, and urging for a report.

use axum::http::StatusCode;
use chrono::Duration;

use crate::harness::TestApp;
use crate::tasks::{act, confirmed_text};

const TWO: &str = "某局工作方案\n\n一、重点任务\n\
                   1. 规划建设科于2026年12月20日前编制完成枢纽规划。\n\
                   2. 规划建设科于2026年12月20日前编制完成站场规划。\n";

/// Both tasks of [`TWO`], signed for.
async fn two(app: &TestApp) -> Vec<String> {
    confirmed_text(app, TWO).await;
    let list = app.as_user("zhou").await.get("/api/v1/tasks").await.json();
    let rows = list["rows"].as_array().unwrap();
    let ids: Vec<String> = rows
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2, "{list}");
    for id in &ids {
        act(&app.as_user("zhao").await, id, "approve", &[]).await;
        let channel = [("channel", "system")];
        act(&app.as_user("zhou").await, id, "issue", &channel).await;
        act(&app.as_user("qin").await, id, "sign-for", &[]).await;
    }
    ids
}

#[tokio::test]
async fn flow_15_a_unit_is_told_once_a_day_of_all_urgings() {
    let app = TestApp::new().await;
    let ids = two(&app).await;
    for (nth, id) in ids.iter().enumerate() {
        let fields = [("text", "请抓紧"), ("respond_by", "2026-11-27")];
        let zhou = app.as_user("zhou").await;
        let answer = zhou.post(&format!("/tasks/{id}/urge"), &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        app.clock.forward(Duration::hours(1));
        let qin = app.as_user("qin").await;
        let inbox = qin.get("/api/v1/inbox").await.body;
        let told = format!("催办 {} 件，请于 2026-11-27 前答复", nth + 1);
        assert!(inbox.contains(&told), "{inbox}");
        assert_eq!(inbox.matches("前答复：").count(), 1, "{inbox}");
    }
    // What was urged is an act of each task all the same.
    for id in &ids {
        let task = app.as_user("zhou").await;
        let task = task.get(&format!("/api/v1/tasks/{id}")).await.json();
        assert_eq!(task["urgings"], 1);
    }
    // Another day has a sentence of its own.
    app.clock.forward(Duration::days(1));
    let fields = [("text", "请抓紧"), ("respond_by", "2026-11-27")];
    let zhou = app.as_user("zhou").await;
    zhou.post(&format!("/tasks/{}/urge", ids[0]), &fields).await;
    let inbox = app.as_user("qin").await.get("/api/v1/inbox").await.body;
    assert_eq!(inbox.matches("前答复：").count(), 2, "{inbox}");
}

#[tokio::test]
async fn flow_15_a_bulk_urging_tells_each_unit_once_and_refuses_a_second_on_the_day() {
    let app = TestApp::new().await;
    let ids = two(&app).await;
    let zhou = app.as_user("zhou").await;
    let picked = [("id", ids[0].as_str()), ("id", ids[1].as_str())];
    let answer = zhou.post("/ledger/urge", &picked).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let qin = app.as_user("qin").await;
    let desk = qin.get("/desk").await.body;
    let told = desk.matches("：催办 2 件，请于 2026-11-30 前答复").count();
    assert_eq!(told, 2, "once, with its title");
    assert!(desk.contains("催办待答复"), "not on the unit's desk");
    let list = qin.get("/api/v1/tasks?queue=to_answer").await.json();
    assert_eq!(list["count"], 2);
    let again = [("text", "请抓紧"), ("respond_by", "2026-11-27")];
    let answer = zhou.post(&format!("/tasks/{}/urge", ids[0]), &again).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.body.contains("今天已经催办过"), "{}", answer.body);

    app.clock.forward(Duration::days(7));
    let (zhou, qin) = (app.as_user("zhou").await, app.as_user("qin").await);
    let page = zhou.get(&format!("/tasks/{}", ids[0])).await.body;
    assert!(page.contains("逾期 2 天未答复"), "{page}");
    let report = [
        ("progress", "30"),
        ("text", "初稿已形成"),
        ("suggestions", ""),
    ];
    act(&qin, &ids[0], "feedback", &report).await;
    let page = zhou.get(&format!("/tasks/{}", ids[0])).await.body;
    assert!(page.contains("2026-12-02 才答复"));
    let list = qin.get("/api/v1/tasks?queue=to_answer").await.json();
    assert_eq!(list["count"], 1);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn flow_05_three_short_fields_are_prefilled_and_evidence_spares_the_next_report() {
    let app = TestApp::new().await;
    let ids = two(&app).await;
    let qin = app.as_user("qin").await;
    let report = [
        ("progress", "30"),
        ("text", "初稿已形成"),
        ("difficulties", "尚未征求意见"),
        ("suggestions", ""),
        ("figures", "完成 3 章"),
        (
            "evidence",
            "晋交规〔2026〕12号 规划初稿\r\nhttps://oa.example/notice 公示",
        ),
    ];
    act(&qin, &ids[0], "feedback", &report).await;
    let page = qin.get(&format!("/tasks/{}", ids[0])).await.body;
    for part in [
        "进度正常且有佐证，暂不需要填报（进度 30%，按时间应到 4%，佐证 2 条）",
        "晋交规〔2026〕12号 规划初稿",
        "尚未征求意见",
        "完成 3 章",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let form = page.split("id=\"form-feedback\"").nth(1).unwrap();
    let form = form.split("</form>").next().unwrap();
    assert!(form.contains("尚未征求意见"), "not prefilled: {form}");
    let zhou = app.as_user("zhou").await;
    let picked = [("id", ids[0].as_str())];
    zhou.post("/ledger/urge", &picked).await;
    let task = zhou.get(&format!("/api/v1/tasks/{}", ids[0])).await.json();
    assert_eq!(task["urgings"], 0, "nothing is asked for while on course");
    assert_eq!(
        task["last_feedback"]["evidence"][0]["number"],
        "晋交规〔2026〕12号"
    );

    let needy = [
        ("progress", "30"),
        ("text", "初稿已形成"),
        ("difficulties", "用地未批"),
        ("suggestions", "请协调自然资源部门"),
        ("raise", "yes"),
    ];
    act(&qin, &ids[1], "feedback", &needy).await;
    let task = zhou.get(&format!("/api/v1/tasks/{}", ids[1])).await.json();
    assert_eq!(task["blockers"][0]["what"], "用地未批");
    assert_eq!(task["last_feedback"]["course"], "unsmooth");
    let lacking = [
        ("progress", "30"),
        ("text", "初稿"),
        ("suggestions", "请协调"),
    ];
    let answer = qin
        .post(&format!("/tasks/{}/feedback", ids[1]), &lacking)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}
