//! Reports that fall due again and again, and what is reported to the superior.

use axum::http::StatusCode;
use chrono::Duration;
use luoshi_app::{jobs, sweeps};
use luoshi_documents::workbook::{self as files, Column, Page, Sheet};
use serde_json::{Value, json};

use crate::harness::{Answer, Session, TestApp};
use crate::ledger::rows;
use crate::tasks::act;

const TITLE: &str = "完成国省干线危桥改造";

/// With evidence, so that the work is on course by it.
const PROVEN: [(&str, &str); 4] = [
    ("progress", "40"),
    ("text", "完成三座危桥的拆除"),
    ("evidence", "市交函〔2026〕88号 危桥改造进度的函"),
    ("suggestions", ""),
];

/// A task opened by hand, issued and signed for on 25 November 2026.
async fn under_way(app: &TestApp, category: &str, cadence: &str, title: &str) -> String {
    let lead = app.who("qin").await.actor.units()[0].to_string();
    let fields = [
        ("title", title),
        ("target", "全部完成"),
        ("lead", &lead),
        ("limit", "2027-06-30"),
        ("category", category),
        ("level", "ordinary"),
        ("cadence", cadence),
        ("document", "市政府第 20 次常务会议纪要"),
        ("despite_similar", "yes"),
    ];
    let zhou = app.as_user("zhou").await;
    let opened = zhou.post("/tasks", &fields).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    let id = opened.location().trim_start_matches("/tasks/").to_owned();
    act(&app.as_user("zhao").await, &id, "approve", &[]).await;
    act(&zhou, &id, "issue", &[("channel", "system")]).await;
    act(&app.as_user("qin").await, &id, "sign-for", &[]).await;
    id
}

/// The supervision officer and the lead unit's head; a session ends when nobody uses it for hours.
async fn people(app: &TestApp) -> (Session, Session) {
    (app.as_user("zhou").await, app.as_user("qin").await)
}

async fn count(session: &Session, query: &str) -> u64 {
    let list = session.get(&format!("/api/v1/tasks?{query}")).await.json();
    list["count"].as_u64().unwrap()
}

/// Due day and standing of each.
fn filings(task: &Value) -> Vec<(String, String)> {
    let filings = task["reporting"]["filings"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    filings
        .map(|filing| (text(&filing["due"]), text(&filing["standing"])))
        .collect()
}

fn pairs(known: &[(&str, &str)]) -> Vec<(String, String)> {
    let known = known.iter();
    known
        .map(|(due, standing)| ((*due).to_owned(), (*standing).to_owned()))
        .collect()
}

async fn sweep(app: &TestApp) {
    let who = app.who("zhou").await;
    for _twice in 0..2 {
        sweeps::again(&app.app, &who).await.unwrap();
        while jobs::run_next(&app.app, "worker").await.unwrap() {}
    }
}

#[tokio::test]
async fn ledger_11_one_that_did_not_report_is_listed_and_the_report_goes_up() {
    let app = TestApp::new().await;
    let id = under_way(&app, "city", "14", TITLE).await;
    let (zhou, _) = people(&app).await;
    let path = format!("/api/v1/tasks/{id}");
    let task = zhou.get(&path).await.json();
    assert_eq!(filings(&task), pairs(&[("2026-12-09", "open")]));
    assert_eq!(task["reporting"]["always"], true);
    app.clock.forward(Duration::days(6));
    let (_, qin) = people(&app).await;
    act(&qin, &id, "feedback", &PROVEN).await;
    assert_eq!(count(&qin, "queue=to_report").await, 0);

    // Three days before 23 December it is on the contact's desk, and said once.
    app.clock.forward(Duration::days(19));
    let (zhou, qin) = people(&app).await;
    sweep(&app).await;
    let desk = qin.get("/desk").await.body;
    assert!(desk.contains("待上报"), "{desk}");
    assert!(desk.contains("2026-12-23 前应上报，还有 3 天"), "{desk}");
    assert_eq!(desk.matches(">提醒：还有 3 天应上报进展").count(), 1);
    assert_eq!(count(&qin, "queue=to_report").await, 1);
    assert_eq!(count(&zhou, "report=soon").await, 1);
    assert_eq!(count(&zhou, "report=missing").await, 0);

    // On the day after it is missing, wherever one looks.
    app.clock.forward(Duration::days(4));
    let (zhou, qin) = people(&app).await;
    sweep(&app).await;
    assert_eq!(count(&zhou, "report=missing&upward=true").await, 1);
    assert_eq!(count(&zhou, "queue=no_echo").await, 1);
    let status = zhou.get("/api/v1/ledger/status").await.json();
    assert_eq!(status["rows"][0]["standing"], "missing", "{status}");
    let page = zhou.get("/ledger/status?show=missing").await.body;
    assert!(page.contains(TITLE) && page.contains("逾期 1 天"), "{page}");
    let page = zhou.get("/ledger?report=missing").await.body;
    assert!(page.contains("上报：逾期未上报"), "the chip");
    assert!(page.contains("应于 2026-12-23 上报，逾期 1 天"), "{page}");
    let told = zhou.get("/desk").await.body;
    assert_eq!(told.matches(">提醒：应上报的进展已逾期 1 天").count(), 1);
    // As of the day before it is not.
    let before = zhou
        .get("/api/v1/ledger/status?day=2026-12-23")
        .await
        .json();
    assert_eq!(before["rows"][0]["standing"], "filed", "{before}");

    // It may be urged although it is on course: this report is owed all the same.
    let task = zhou.get(&path).await.json();
    let urge = task["actions"].as_array().unwrap().iter();
    let urge = urge.clone().find(|known| known["action"] == "urge");
    assert_eq!(urge.unwrap()["refusal"], Value::Null, "{task}");

    // Filed in one act from what was last reported, and said so.
    let page = qin.get(&format!("/tasks/{id}")).await.body;
    assert!(page.contains("应于 2026-12-23 上报，已逾期 1 天"), "{page}");
    assert!(page.contains(&format!("action=\"/tasks/{id}/repeat-report\"")));
    act(&qin, &id, "repeat-report", &[]).await;
    let task = zhou.get(&path).await.json();
    let filed = [
        ("2026-12-09", "in_time"),
        ("2026-12-23", "late"),
        ("2027-01-06", "in_time"),
    ];
    assert_eq!(filings(&task), pairs(&filed));
    assert_eq!(task["feedbacks"], 1, "nothing new was said");
    let page = qin.get(&format!("/tasks/{id}")).await.body;
    assert!(
        page.contains("照 2026-12-01 的情况上报：进度 40%"),
        "{page}"
    );
    assert!(page.contains("迟报 1 天"), "{page}");
    let seen = task["version"].to_string();
    let again = qin
        .post(&format!("/tasks/{id}/repeat-report"), &[("seen", &seen)])
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.body);
    assert!(again.body.contains("下一期应于 2027-01-20 前上报"));
    assert_eq!(count(&zhou, "report=missing").await, 0);

    // The report to the superior: page, table and twin say the same.
    let range = "from=2026-12-01&until=2026-12-31";
    let page = zhou
        .get(&format!("/ledger/status/report?{range}"))
        .await
        .body;
    for said in [
        "完成三座危桥的拆除",
        "2026-12-24 照 2026-12-01 的情况上报",
        "按时上报 1 期，迟报 1 期，未报 0 期",
        "市交函〔2026〕88号",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let book = zhou
        .get(&format!("/ledger/status/report.xlsx?{range}"))
        .await;
    let book = rows(&book);
    let line = book.last().unwrap();
    assert_eq!((line[0].as_str(), line[2].as_str()), ("1", TITLE));
    assert!(
        line[8].contains("应报 12-23，12-24 上报，迟 1 天"),
        "{line:?}"
    );
    let twin = zhou
        .get(&format!("/api/v1/ledger/status/report?{range}"))
        .await;
    let twin = twin.json();
    assert_eq!(
        twin["rows"][0]["said"]["repeated_on"], "2026-12-24",
        "{twin}"
    );
    let refused = zhou.get("/ledger/status/report?from=2026-12-31&until=2026-12-01");
    assert_eq!(refused.await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Another unit has no part in it.
    let luo = app.as_user("luo").await;
    let theirs = luo.get("/api/v1/ledger/status").await.json();
    assert_eq!(theirs["rows"], json!([]));
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn flow_05_no_report_is_asked_for_while_ordinary_work_is_on_course() {
    let app = TestApp::new().await;
    let id = under_way(&app, "bureau", "每周", "编制公路养护规划").await;
    let (_, qin) = people(&app).await;
    act(&qin, &id, "feedback", &PROVEN).await;
    app.clock.forward(Duration::days(20));
    let (zhou, qin) = people(&app).await;
    let page = qin.get(&format!("/tasks/{id}")).await.body;
    assert!(page.contains("暂不需要填报：进度正常且有佐证"), "{page}");
    assert!(!page.contains("repeat-report"), "there is nothing to file");
    let task = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
    let known = filings(&task);
    assert_eq!(known[0], ("2026-11-29".into(), "in_time".into()));
    assert!(known[1..].iter().all(|(_, standing)| standing == "lifted"));
    assert_eq!(count(&zhou, "report=missing").await, 0);
    assert_eq!(count(&zhou, "queue=no_echo").await, 0);
    // Without evidence it is asked for again, and what was lifted stays so.
    let bare = [("progress", "40"), ("text", "继续推进"), ("evidence", "")];
    act(&qin, &id, "feedback", &bare).await;
    app.clock.forward(Duration::days(13));
    let (zhou, _) = people(&app).await;
    assert_eq!(count(&zhou, "report=missing").await, 1);
    let task = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
    let lifted = filings(&task);
    assert_eq!(lifted[1], ("2026-12-06".into(), "lifted".into()));
    let status = zhou.get("/api/v1/ledger/status").await.json();
    assert_eq!(status["rows"], json!([]), "it is not reported upwards");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn ledger_10_without_the_report_that_was_due_there_is_no_echo() {
    let app = TestApp::new().await;
    let id = under_way(&app, "bureau", "14", "整治超限运输").await;
    let (zhou, qin) = people(&app).await;
    assert_eq!(
        count(&zhou, "queue=no_echo").await,
        1,
        "nothing reported yet"
    );
    let bare = [("progress", "10"), ("text", "已部署"), ("evidence", "")];
    act(&qin, &id, "feedback", &bare).await;
    assert_eq!(count(&zhou, "queue=no_echo").await, 0);
    // 9 December is reported for; 23 December is not.
    app.clock.forward(Duration::days(28));
    let (zhou, _) = people(&app).await;
    assert_eq!(count(&zhou, "queue=no_echo").await, 0);
    app.clock.forward(Duration::days(1));
    let (zhou, qin) = people(&app).await;
    assert_eq!(count(&zhou, "queue=no_echo").await, 1);
    // While a leader is to clear what stands in the way, nothing is asked for.
    let blocker = [("what", "资金未到"), ("need", "请协调资金")];
    act(&qin, &id, "feedback", &bare).await;
    act(&qin, &id, "raise-blocker", &blocker).await;
    app.clock.forward(Duration::days(60));
    let (zhou, _) = people(&app).await;
    assert_eq!(count(&zhou, "queue=no_echo").await, 0);
    assert_eq!(count(&zhou, "report=missing").await, 0);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn ledger_11_the_interval_is_set_on_the_page_in_bulk_and_by_its_origin() {
    let app = TestApp::new().await;
    let (zhou, qin) = people(&app).await;
    // Nobody chose one: the origin's, marked as a default.
    let city = under_way(&app, "city", "", TITLE).await;
    let task = zhou.get(&format!("/api/v1/tasks/{city}")).await.json();
    let reporting = &task["reporting"];
    assert_eq!(
        (&reporting["cadence"], &reporting["default"]),
        (&json!("30"), &json!(true))
    );
    let page = zhou.get(&format!("/tasks/{city}")).await.body;
    assert!(page.contains("每 30 天（默认）"), "{page}");
    let own = under_way(&app, "bureau", "", "整治超限运输").await;
    let task = zhou.get(&format!("/api/v1/tasks/{own}")).await.json();
    assert_eq!(task["reporting"], Value::Null);
    assert_eq!(count(&zhou, "report=unset").await, 1);

    // On the page, with a reason once it is issued; not by the lead unit.
    let set =
        |cadence: &'static str, reason: &'static str| [("cadence", cadence), ("reason", reason)];
    let path = format!("/tasks/{own}/set-cadence");
    for (fields, said) in [
        (set("经常", "按要求"), "1 至 366"),
        (set("7", ""), "请写明理由"),
    ] {
        let refused = zhou.post(&path, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(said), "{said}");
    }
    let theirs = qin.post(&path, &set("不要求", "太忙")).await;
    assert_eq!(theirs.status, StatusCode::FORBIDDEN);
    act(&zhou, &own, "set-cadence", &set("每月", "党组会要求")).await;
    let page = zhou.get(&format!("/tasks/{own}")).await.body;
    assert!(page.contains("下次应于 2026-11-30 前上报"), "{page}");
    assert!(page.contains("党组会要求"));
    let desk = qin.get("/desk").await.body;
    assert!(desk.contains("上报间隔：每月"), "the lead unit is told");

    // In bulk: looked at first, then done to those that allow it.
    let ids = [("id", city.as_str()), ("id", own.as_str())];
    let ask = [ids.as_slice(), &[("act", "cadence"), ("here", "/ledger")]].concat();
    let asked = zhou.post("/ledger/acts", &ask).await;
    assert!(asked.body.contains("现在：每月"), "{}", asked.body);
    let fields = [ask.as_slice(), &set("每月", "统一为每月")].concat();
    let done = zhou.post("/ledger/acts/confirm", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let task = zhou.get(&format!("/api/v1/tasks/{city}")).await.json();
    assert_eq!(task["reporting"]["cadence"], "monthly");
    // The twin.
    let body = json!({"ids": [own], "act": {"act": "cadence", "cadence": "7", "reason": "加密"}});
    let done = zhou.post_json("/api/v1/tasks/acts", &body).await.json();
    assert_eq!(done["done"].as_array().unwrap().len(), 1, "{done}");
    let wrong = json!({"command": "set_cadence", "cadence": "often", "reason": "x"});
    let path = format!("/api/v1/tasks/{own}/commands");
    let wrong = zhou.post_json(&path, &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(app.is_rebuildable().await);
}

async fn import(session: &Session, cadence: &str) -> Answer {
    let columns = ["任务内容", "上报间隔"].map(|heading| Column {
        heading: heading.into(),
        width: 10,
        ..Column::default()
    });
    let page = Page {
        name: "清单",
        sheet: Sheet {
            title: "任务清单".into(),
            note: "说明".into(),
            columns: columns.into(),
            rows: vec![vec!["修复城东公路".into(), cadence.into()]],
        },
        spare: 0,
    };
    let bytes = files::write_all(&[page]).unwrap();
    session
        .upload("/ledger/import", &bytes, &[("category", "bureau")])
        .await
}

#[tokio::test]
async fn ledger_11_a_table_may_say_how_often_each_is_reported() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let refused = import(&zhou, "经常").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("上报间隔请写 1 至 366"),
        "{}",
        refused.body
    );
    let preview = import(&zhou, "每14天").await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    let value = |name: &str| preview.between(&format!("name=\"{name}\" value=\""), "\"");
    let fields = [
        ("file", value("file")),
        ("file_name", value("file_name")),
        ("category", value("category")),
    ];
    let done = zhou.post("/ledger/import/confirm", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let list = zhou.get("/api/v1/tasks").await.json();
    let id = list["rows"][0]["id"].as_str().unwrap();
    let form = zhou.get(&format!("/tasks/{id}?act=amend")).await.body;
    assert!(form.contains("name=\"cadence\""), "{form}");
    assert!(form.contains("value=\"14\""), "the form knows it");
}
