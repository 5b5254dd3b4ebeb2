//! The leaders' board: each number is the count of what it leads to.

use axum::http::StatusCode;
use chrono::Duration;
use luoshi_app::{jobs, sweeps};

use crate::blockers::under_way;
use crate::harness::TestApp;

async fn look(app: &TestApp) {
    let who = app.who("zhou").await;
    sweeps::again(&app.app, &who).await.unwrap();
    while jobs::run_next(&app.app, "worker").await.unwrap() {}
}

#[tokio::test]
async fn sys_04_the_board_tells_what_turned_and_what_to_decide() {
    let app = TestApp::new().await;
    let id = under_way(&app).await;
    look(&app).await;
    // Monday 21 December: a day past the limit.
    app.clock.forward(Duration::days(26));
    look(&app).await;
    look(&app).await;
    let zhao = app.as_user("zhao").await;
    let board = zhao.get("/api/v1/board").await.json();
    assert_eq!(board["lights"]["red"], 1, "{board}");
    let red = zhao.get("/api/v1/tasks?light=red").await.json();
    assert_eq!(red["count"], 1);
    assert_eq!(board["changes"][0]["change"], "red");
    assert_eq!(board["changes"][0]["count"], 1, "noted once: {board}");
    let course = board["course"].as_array().unwrap();
    assert_eq!(course.last().unwrap()["lights"]["red"], 1);
    let page = zhao.get("/board").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for part in [
        "现在要决定的",
        "data-chart=\"lights\"",
        "/board/week/red",
        "/ledger?light=red",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
    let week = zhao.get("/board/week/red").await.body;
    assert!(week.contains(&format!("/tasks/{id}")), "{week}");
    assert!(week.contains("逾期"));
    let story = zhao.get(&format!("/tasks/{id}/course")).await.body;
    assert!(story.contains("灯的变化"));
    let qin = app.as_user("qin").await;
    assert_eq!(qin.get("/board").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        zhao.get("/board/week/blue").await.status,
        StatusCode::NOT_FOUND
    );
}
