//! The calendar: a month, a new notice, the daily look through the limits, and feeds.

use axum::http::StatusCode;
use chrono::Duration;
use luoshi_app::{desk, jobs, packs, sweeps};
use luoshi_domain::packs::PackKey;

use crate::harness::TestApp;
use crate::limits::of_c;

/// Runs the jobs that wait; how many.
async fn run_jobs(app: &TestApp) -> u32 {
    let mut ran = 0;
    while jobs::run_next(&app.app, "worker").await.unwrap() {
        ran += 1;
        assert!(ran < 100, "a job that never ends");
    }
    ran
}

#[tokio::test]
async fn time_08_a_new_notice_is_previewed_entered_and_leaves_a_trace_on_each_task() {
    let app = TestApp::new().await;
    // First feedback in 30 workdays runs into 2027, whose notice nobody has yet.
    let text = packs::shipped(PackKey::C).replacen(
        "limit = \"P3D\"\nbasis = \"natural\"",
        "limit = \"P30D\"\nbasis = \"working\"",
        1,
    );
    crate::packs::adopt(&app, PackKey::C, Some(text)).await;
    let id = crate::limits::of_c_adopted(&app, "").await;
    let qin = app.as_user("qin").await;
    let address = format!("/tasks/{id}");
    let before = qin.get(&address).await.body;
    assert!(before.contains("暂定") && before.contains("2027 年的放假通知尚未录入"));
    assert!(
        before.contains("2027-01-06"),
        "30 workdays after 25 November"
    );

    let zhou = app.as_user("zhou").await;
    let fields = [
        ("year", "2027"),
        ("title", "国务院办公厅关于2027年部分节假日安排的通知"),
        ("holiday1", "1.1-1.3"),
        ("holiday2", "春节 2.5-2.11 班 1.31 2.14"),
    ];
    let preview = zhou.upload("/calendar/notices/preview", b"", &fields).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    assert!(
        preview.body.contains("1 件事项的时限因此变动"),
        "{}",
        preview.body
    );
    assert!(
        preview
            .body
            .contains("首次反馈：2027-01-06 改为 2027-01-07")
    );
    let start = preview.body.find("[[notices]]").unwrap();
    let (_, form) = preview.body.split_at(start);
    let text = form.split("</textarea>").next().unwrap();
    let text = text.replace("&#34;", "\"").replace("&quot;", "\"");
    let done = zhou.post("/calendar/notices", &[("text", &text)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let after = qin.get(&address).await.body;
    assert!(after.contains("按 2027 年放假通知重算时限"), "the trace");
    assert!(after.contains("2027-01-06 改为 2027-01-07"));
    assert!(after.contains("元旦放假") && !after.contains("暂定"));
    assert!(app.is_rebuildable().await);
    // The same again changes nothing.
    let again = zhou.post("/calendar/notices", &[("text", &text)]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    let page = zhou.get("/calendar/notices").await.body;
    assert!(page.contains("2027") && page.contains("录入"));
    let slip = [("year", "2027"), ("holiday1", "元旦 1.1-13.3")];
    let refused = zhou.upload("/calendar/notices/preview", b"", &slip).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("“1.1-13.3”不是日期"));
}

#[tokio::test]
async fn time_08_a_month_shows_what_falls_due_with_counts_that_lead_to_their_lists() {
    let app = TestApp::with_demo().await;
    let zhou = app.as_user("zhou").await;
    let page = zhou.get("/calendar?month=2026-12").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let mut counted = 0;
    for part in page.body.split("class=\"month-count").skip(1) {
        let href = part
            .split("href=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let count = part.split('>').nth(1).unwrap().split(' ').next().unwrap();
        let list = zhou.get(href).await.body;
        assert!(list.contains(&format!("共 {count} 项")), "{href}: {count}");
        counted += 1;
    }
    assert!(counted > 0, "the demonstration has limits in December");
    let holiday = zhou.get("/calendar?month=2026-10").await.body;
    assert!(holiday.contains("休 国庆节") && holiday.contains("班 调休"));
    let unknown = zhou.get("/calendar?month=2027-03").await.body;
    assert!(unknown.contains("2027 年的放假通知尚未录入"));
    let bad = zhou.get("/calendar?month=soon").await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn time_01_the_month_counts_limits_of_steps_and_each_count_leads_to_its_list() {
    let app = TestApp::new().await;
    of_c(&app, "").await;
    let zhou = app.as_user("zhou").await;
    let page = zhou.get("/calendar?month=2026-11").await.body;
    let mut labels = Vec::new();
    for part in page.split("class=\"month-steps").skip(1) {
        let paragraph = part.split("</p>").next().unwrap();
        for link in paragraph.split("<a href=\"").skip(1) {
            let href = link.split('"').next().unwrap().replace("&#38;", "&");
            let label = link.split('>').nth(1).unwrap().split('<').next().unwrap();
            let count = label.rsplit(' ').next().unwrap();
            let list = zhou.get(&href.replace("&amp;", "&")).await.body;
            assert!(list.contains(&format!("共 {count} 项")), "{href}: {label}");
            labels.push(label.to_owned());
        }
    }
    // Signed for and not laid out yet: today, and three days for the first report.
    let month = ["报部署方案 1", "首次反馈 1"];
    assert_eq!(labels, [month, month].concat());
    assert!(
        page.contains("due=2026%2D11%2D28&#38;step=first%5Ffeedback"),
        "{page}"
    );
    let api = zhou.get("/api/v1/calendar?month=2026-11").await.json();
    let day = &api["days"][27];
    assert_eq!(day["steps"][0]["step"], "first_feedback");
    let twin = "/api/v1/tasks?step=first_feedback&from=2026-11-28&until=2026-11-28";
    assert_eq!(
        zhou.get(twin).await.json()["rows"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let bad = zhou.get("/api/v1/tasks?step=closed").await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    // What is done is not due any more.
    let qin = app.as_user("qin").await;
    let id = crate::tasks::only_task(&qin).await;
    crate::tasks::act(&qin, &id, "deploy", &[("text", "三步走"), ("until", "")]).await;
    let page = zhou.get("/calendar?month=2026-11").await.body;
    assert!(!page.contains("报部署方案 1") && page.contains("首次反馈 1"));
}

#[tokio::test]
async fn time_10_the_daily_look_tells_each_finding_once_however_often_it_runs() {
    let app = TestApp::with_demo().await;
    assert_eq!(sweeps::schedule(&app.app).await.unwrap(), 1);
    assert_eq!(sweeps::schedule(&app.app).await.unwrap(), 0, "once a day");
    assert!(run_jobs(&app).await > 0);
    let today = app.app.today();
    let first = sweeps::report(&app.app, app.bureau, today).await.unwrap();
    let first = first.unwrap();
    assert!(first.due_soon > 0 && !first.overdue.is_empty(), "{first:?}");
    let told = notifications(&app).await;
    assert!(
        told.iter().any(|text| text.starts_with("提醒：逾期")),
        "{told:?}"
    );
    let zhou = app.as_user("zhou").await;
    let again = zhou.post("/calendar/sweep", &[]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert!(run_jobs(&app).await > 0);
    let second = sweeps::report(&app.app, app.bureau, today).await.unwrap();
    assert_eq!(second.unwrap(), first);
    assert_eq!(notifications(&app).await, told, "nothing is told twice");
    // The next day is another.
    app.clock.forward(Duration::days(1));
    assert_eq!(sweeps::schedule(&app.app).await.unwrap(), 1);
}

/// What the desks of all units show.
async fn notifications(app: &TestApp) -> Vec<String> {
    let mut all = Vec::new();
    for login in ["zhou", "qin", "he", "xu", "tang"] {
        let who = app.who(login).await;
        let desk = desk::show(&app.app, &who).await.unwrap();
        all.extend(desk.notifications.into_iter().map(|known| known.text));
    }
    all
}

#[tokio::test]
async fn time_07_the_desk_says_how_many_are_open_and_how_old_the_oldest_is() {
    let app = TestApp::new().await;
    of_c(&app, "").await;
    app.clock.forward(Duration::days(3));
    let zhou = app.as_user("zhou").await;
    let desk = zhou.get("/desk").await.body;
    assert!(desk.contains("目标 0，最早 3 天"), "{desk}");
}

#[tokio::test]
async fn a_feed_gives_a_person_s_limits_until_it_is_taken_back() {
    let app = TestApp::new().await;
    of_c(&app, "").await;
    let qin = app.as_user("qin").await;
    let made = qin.post("/calendar/feed", &[]).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let address = |body: &str| {
        let start = body.find("value=\"/feeds/").unwrap() + "value=\"".len();
        let (_, rest) = body.split_at(start);
        rest.split('"').next().unwrap().to_owned()
    };
    let first = address(&made.body);
    let nobody = app.anonymous();
    let feed = nobody.get(&first).await;
    assert_eq!(feed.status, StatusCode::OK);
    let kind = feed.headers.get("content-type").unwrap();
    assert_eq!(kind, "text/calendar; charset=utf-8");
    assert!(feed.body.starts_with("BEGIN:VCALENDAR\r\n"));
    for part in [
        "DTSTART;VALUE=DATE:20261202",
        "DTSTART;VALUE=DATE:20261128",
        "BEGIN:VALARM",
        "SUMMARY:首次反馈到期",
    ] {
        assert!(feed.body.contains(part), "{part}: {}", feed.body);
    }
    // Another address takes the place of the first; taken back there is nothing.
    let second = address(&qin.post("/calendar/feed", &[]).await.body);
    assert_eq!(nobody.get(&first).await.status, StatusCode::NOT_FOUND);
    assert_eq!(nobody.get(&second).await.status, StatusCode::OK);
    qin.post("/calendar/feed/end", &[]).await;
    assert_eq!(nobody.get(&second).await.status, StatusCode::NOT_FOUND);
    // Another unit's person does not see it.
    let ye = app.as_user("ye").await;
    let other = address(&ye.post("/calendar/feed", &[]).await.body);
    let feed = nobody.get(&other).await.body;
    assert!(!feed.contains("VEVENT"), "{feed}");
    let unknown = format!("/feeds/{}", "0".repeat(64));
    assert_eq!(nobody.get(&unknown).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_feed_is_read_by_a_token_that_is_good_for_the_calendar_alone() {
    let app = TestApp::new().await;
    of_c(&app, "").await;
    let qin = app.as_user("qin").await;
    let nobody = app.anonymous();
    for (scope, status) in [
        ("calendar", StatusCode::OK),
        ("read", StatusCode::NOT_FOUND),
    ] {
        let token = crate::tokens::made(&qin, &[scope]).await;
        let feed = nobody.get(&format!("/feeds/{token}")).await;
        assert_eq!(feed.status, status, "{scope}: {}", feed.body);
    }
}
