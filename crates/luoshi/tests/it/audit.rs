//! The audit as auditors meet it: who did what, who saw what, and whether both logs are whole.

use axum::http::StatusCode;
use chrono::Duration;
use luoshi_app::{accounts, audit, jobs, sweeps};
use luoshi_domain::access_log::AccessFilter;
use luoshi_domain::tasks::lists::PageRequest;

use crate::harness::{Answer, TestApp};

const UNKNOWN: &str = "01970000-0000-7000-8000-00000000ffff";

/// Runs every job that is due.
async fn work_off(app: &TestApp) {
    while jobs::run_next(&app.app, "worker").await.unwrap() {}
}

/// A task that the person with this login may see.
async fn task_of(app: &TestApp, login: &str) -> String {
    let listed = app.as_user(login).await.get("/api/v1/tasks?size=1").await;
    listed.json()["rows"][0]["id"].as_str().unwrap().to_owned()
}

fn rows(page: &Answer) -> usize {
    page.body.matches("data-label=\"序号\"").count()
}

#[tokio::test]
async fn sys_03_the_audit_is_there_for_auditors_alone() {
    let app = TestApp::new().await;
    let paths = [
        "/audit",
        "/audit/access",
        "/audit/export.csv",
        "/audit/access/export.csv",
        "/api/v1/audit",
        "/api/v1/audit/access",
        "/api/v1/audit/checks",
    ];
    // The system and the security administrator, the office, the leader, a unit, the discipline.
    for login in ["ding", "bai", "zhou", "zhao", "ye", "luo"] {
        let session = app.as_user(login).await;
        for path in paths {
            let answer = session.get(path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{login} at {path}");
        }
        let asked = session.post("/audit/verify", &[]).await;
        assert_eq!(asked.status, StatusCode::NOT_FOUND, "{login}");
        assert!(!session.get("/desk").await.body.contains("href=\"/audit\""));
    }
    let mu = app.as_user("mu").await;
    for path in paths {
        assert_eq!(mu.get(path).await.status, StatusCode::OK, "{path}");
    }
    assert!(mu.get("/desk").await.body.contains("href=\"/audit\""));
}

#[tokio::test]
async fn sys_02_the_auditor_narrows_who_did_what_by_person_kind_object_and_day() {
    let app = TestApp::with_demo().await;
    let mu = app.as_user("mu").await;
    let all = mu.get("/audit").await;
    assert_eq!(rows(&all), 50);
    assert!(all.body.contains("rel=\"next\""));
    let issued = mu.get("/audit?kind=task.issued&person=zhou").await;
    assert!(rows(&issued) > 0);
    assert_eq!(
        issued.body.matches("<b>下达</b>").count(),
        rows(&issued),
        "nothing but issuing"
    );
    let by_name = mu.get("/audit?kind=task.issued&person=周敏").await;
    assert_eq!(rows(&by_name), rows(&issued));
    assert_eq!(rows(&mu.get("/audit?person=mu").await), 0);
    let task = task_of(&app, "zhou").await;
    let of_task = mu.get(&format!("/audit?object=task/{task}")).await;
    let pasted = mu.get(&format!("/audit?object=/tasks/{task}%23x")).await;
    assert!(rows(&of_task) > 0);
    assert_eq!(rows(&pasted), rows(&of_task));
    let none = mu.get("/audit?from=2020-01-01&until=2020-01-02").await;
    assert_eq!(rows(&none), 0);
    assert!(none.body.contains("没有符合条件的记录"));
    for (query, said) in [
        ("person=nobody", "没有叫“nobody”的人"),
        ("kind=task.none", "没有这种记录"),
        ("object=〔1999〕1号", "没有编号为“〔1999〕1号”的事项"),
        ("from=1.1", "日期请写成"),
        ("from=2026-02-02&until=2026-02-01", "请对调"),
    ] {
        let answer = mu.get(&format!("/audit?{query}")).await;
        assert!(answer.body.contains(said), "{query}: {}", answer.body);
    }
}

#[tokio::test]
async fn sys_02_every_event_and_every_entry_has_words() {
    let app = TestApp::with_demo().await;
    let mu = app.as_user("mu").await;
    for path in ["/audit/export.csv", "/audit/access/export.csv"] {
        let table = mu.get(path).await;
        assert!(table.body.lines().count() > 1, "{path}");
        for line in table.body.lines() {
            assert!(!line.contains("\"其他\""), "{path}: {line}");
        }
    }
}

#[tokio::test]
async fn sys_03_a_row_opens_the_story_where_the_auditor_may_see_it() {
    let app = TestApp::with_demo().await;
    let mu = app.as_user("mu").await;
    let all = mu
        .get("/api/v1/audit?stream=task&act=opened&limit=200")
        .await;
    let all = all.json()["rows"].clone();
    assert!(all.as_array().unwrap().len() > 5);
    for row in all.as_array().unwrap() {
        let id = row["id"].as_str().unwrap();
        let page = mu.get(&format!("/audit?object=task/{id}")).await;
        assert!(rows(&page) > 0, "{id}");
        let story = format!("href=\"/tasks/{id}\"");
        let seen = mu.get(&format!("/tasks/{id}")).await.status == StatusCode::OK;
        assert_eq!(page.body.contains(&story), seen, "{id}");
    }
    // What every member may open is open to the auditor too.
    let organisation = mu.get("/audit?kind=organisation").await;
    assert!(
        organisation
            .body
            .contains("href=\"/organisation\" data-open")
    );
}

#[tokio::test]
async fn sys_02_reading_and_taking_along_is_written_down_and_so_is_being_refused() {
    let app = TestApp::with_demo().await;
    let task = task_of(&app, "zhou").await;
    let zhou = app.as_user("zhou").await;
    let ye = app.as_user("ye").await;
    assert_eq!(
        zhou.get(&format!("/tasks/{task}")).await.status,
        StatusCode::OK
    );
    zhou.get("/ledger").await;
    zhou.get("/ledger/export.csv?state=closed").await;
    let hidden = ye.get(&format!("/tasks/{UNKNOWN}")).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    let mu = app.as_user("mu").await;
    let listed = async |query: &str| {
        let path = format!("/api/v1/audit/access?{query}");
        mu.get(&path).await.json()["rows"].clone()
    };
    let read = listed(&format!("object={task}")).await;
    assert_eq!(read.as_array().unwrap().len(), 1, "{read}");
    assert_eq!(read[0]["action"], "read");
    assert_eq!(read[0]["success"], true);
    let taken = listed("action=export").await;
    assert_eq!(taken.as_array().unwrap().len(), 1);
    assert_eq!(taken[0]["object_kind"], "ledger");
    assert_eq!(taken[0]["detail"], "/ledger/export.csv?state=closed");
    let refused = listed("success=false").await;
    assert_eq!(refused[0]["object"], UNKNOWN, "{refused}");
    let page = mu.get("/audit/access?outcome=no&person=ye").await;
    assert_eq!(rows(&page), 1);
    assert!(page.body.contains("未成功"));
    let own = listed("action=read").await;
    assert_eq!(own[0]["object_kind"], "audit", "auditors are seen too");
}

#[tokio::test]
async fn sys_02_an_export_is_durable_before_it_is_given_and_reading_a_little_later() {
    let app = TestApp::with_demo().await;
    let task = task_of(&app, "zhou").await;
    let zhou = app.as_user("zhou").await;
    let written = async || {
        let mut uow = app.app.store.read(app.bureau).await.unwrap();
        uow.access_head().await.unwrap().seq
    };
    audit::reads::flush(&app.app).await;
    let before = written().await;
    zhou.get(&format!("/tasks/{task}")).await;
    zhou.get(&format!("/tasks/{task}")).await;
    assert_eq!(written().await, before, "gathered");
    audit::reads::flush(&app.app).await;
    assert_eq!(written().await, before + 1, "and told once");
    zhou.get("/ledger/export.csv").await;
    assert_eq!(written().await, before + 2);
}

#[tokio::test]
async fn sys_02_the_table_for_spreadsheets_has_chinese_headings_and_no_formula() {
    let app = TestApp::new().await;
    let fields = [("name", "=cmd|' /c calc'!a1"), ("password", "x")];
    app.anonymous().post("/sign-in", &fields).await;
    let mu = app.as_user("mu").await;
    let table = mu.get("/audit/access/export.csv").await;
    assert!(
        table.body.starts_with("\u{feff}\"序号\",\"时间\",\"姓名\""),
        "{}",
        table.body
    );
    assert!(table.body.contains("\"'=cmd"), "{}", table.body);
    let kind = table.headers["content-disposition"].to_str().unwrap();
    assert!(kind.starts_with("attachment"), "{kind}");
    let odd = mu.get("/audit/export.csv?person=nobody").await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn sys_02_a_broken_log_is_named_in_red_to_auditors_and_on_their_desk() {
    let app = TestApp::with_demo().await;
    let mu = app.as_user("mu").await;
    assert!(mu.get("/audit").await.body.contains("还没有校验过"));
    mu.post("/audit/verify", &[]).await;
    let page = mu.get("/audit").await;
    assert_eq!(page.body.matches("sealed-ok").count(), 2);
    assert!(!mu.get("/desk").await.body.contains("notice-alarm"));
    app.tamper(&[
        "UPDATE events SET body = replace(body, '周敏', '周明') WHERE seq = (SELECT min(seq) \
         FROM events WHERE body LIKE '%周敏%')",
        "UPDATE access_log SET address = '10.0.0.1' WHERE seq = 1",
    ])
    .await;
    mu.post("/audit/verify", &[]).await;
    let page = mu.get("/audit").await;
    assert_eq!(page.body.matches("sealed-broken").count(), 2);
    assert!(page.body.contains("访问记录校验不通过：第 1 条内容被改动"));
    let desk = mu.get("/desk").await;
    assert!(desk.body.contains("notice-alarm"), "{}", desk.body);
    assert!(desk.body.contains("办理流水校验不通过：第"));
    let zhou = app.as_user("zhou").await;
    assert!(!zhou.get("/desk").await.body.contains("notice-alarm"));
    // The daily walk begins behind what was whole and finds it again.
    app.clock.forward(Duration::days(1));
    sweeps::schedule(&app.app).await.unwrap();
    work_off(&app).await;
    let mu = app.as_user("mu").await;
    let checks = mu.get("/api/v1/audit/checks").await.json();
    assert_eq!(checks["chains"][1]["latest"]["broken"], 1);
    assert_eq!(checks["chains"][1]["latest"]["by"], serde_json::Value::Null);
}

#[tokio::test]
async fn sys_02_a_journal_forged_anew_does_not_fit_what_earlier_walks_saw() {
    let app = TestApp::new().await;
    let mu = app.as_user("mu").await;
    mu.post("/audit/verify", &[]).await;
    // The last event is gone, and the head says that there was none.
    app.tamper(&[
        "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)",
        "UPDATE journal_heads SET last_seq = last_seq - 1",
    ])
    .await;
    mu.post("/audit/verify", &[]).await;
    let page = mu.get("/audit").await;
    assert!(page.body.contains("办理流水校验不通过"), "{}", page.body);
    assert!(page.body.contains("条缺失"));
}

#[tokio::test]
async fn sys_02_every_day_both_logs_are_walked_through_from_where_they_were_whole() {
    let app = TestApp::with_demo().await;
    let states = async || {
        let mu = app.who("mu").await;
        audit::checks::states(&app.app, &mu).await.unwrap()
    };
    sweeps::schedule(&app.app).await.unwrap();
    work_off(&app).await;
    let first = states().await;
    let journal = first[0].latest.clone().unwrap();
    assert_eq!((journal.begins, journal.last.seq), (1, first[0].head));
    app.import(luoshi_app::demo::trial_plan()).await;
    app.clock.forward(Duration::days(1));
    sweeps::schedule(&app.app).await.unwrap();
    work_off(&app).await;
    let second = states().await[0].latest.clone().unwrap();
    assert_eq!(second.begins, journal.last.seq + 1, "only what is new");
    assert!(second.last.seq > journal.last.seq && second.broken.is_none());
    app.clock.forward(Duration::days(7));
    sweeps::schedule(&app.app).await.unwrap();
    work_off(&app).await;
    let third = states().await[0].latest.clone().unwrap();
    assert_eq!(third.begins, 1, "once a week all of it");
}

#[tokio::test]
async fn sys_02_the_daily_job_cuts_what_is_past_its_time_and_the_rest_stays_whole() {
    let mut app = TestApp::new().await;
    app.app.access_months = 1;
    for login in ["zhou", "zhao"] {
        app.as_user(login).await;
    }
    let left = async |app: &TestApp| {
        let page = PageRequest {
            size: 100,
            after: None,
        };
        let mu = app.who("mu").await;
        let all = AccessFilter::default();
        let listed = audit::lists::accesses(&app.app, &mu, &all, &page).await;
        let rows = listed.unwrap().page.rows;
        rows.iter().map(|row| row.seq).collect::<Vec<_>>()
    };
    let day = async |app: &TestApp| {
        sweeps::schedule(&app.app).await.unwrap();
        work_off(app).await;
    };
    app.clock.forward(Duration::days(360));
    app.as_user("ye").await;
    day(&app).await;
    assert_eq!(left(&app).await, [3, 2, 1], "a year at least");
    app.clock.forward(Duration::days(10));
    day(&app).await;
    assert_eq!(left(&app).await, [4, 3], "what was cut is said");
    let mu = app.as_user("mu").await;
    mu.post("/audit/verify", &[]).await;
    let page = mu.get("/audit").await;
    assert_eq!(page.body.matches("sealed-ok").count(), 2, "{}", page.body);
    assert!(page.body.contains("第 2 条及以前，已过保存期"));
    let said = mu.get("/audit/access?kind=sweep").await;
    assert!(said.body.contains("清理 12 个月以前的访问记录"));
    assert!(accounts::visitor(&app.app, "none").await.is_err());
}

#[tokio::test]
async fn sys_02_no_route_alters_or_removes_either_log() {
    let table = luoshi_web::table();
    for entry in table.entries() {
        let about = entry.path.contains("audit") || entry.path.contains("journal");
        let verifies = entry.path.ends_with("/verify") || entry.path.ends_with("/checks");
        assert!(
            !about || entry.method == "GET" || verifies,
            "{} {}",
            entry.method,
            entry.path
        );
    }
}
