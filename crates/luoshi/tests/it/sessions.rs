use axum::body::Body;
use axum::http::StatusCode;
use chrono::Duration;

use crate::harness::TestApp;

#[tokio::test]
async fn a_page_asks_to_sign_in_and_comes_back_to_itself() {
    let app = TestApp::new().await;
    let answer = app.anonymous().get("/ledger?queue=open").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "/sign-in?next=%2Fledger%3Fqueue%3Dopen");
}

#[tokio::test]
async fn signing_in_needs_the_right_password_and_does_not_tell_which_was_wrong() {
    let app = TestApp::new().await;
    let nobody = app.anonymous();
    let wrong = [("name", "zhou"), ("password", "guess")];
    let unknown = [("name", "nobody"), ("password", "guess")];
    let wrong = nobody.post("/sign-in", &wrong).await;
    let unknown = nobody.post("/sign-in", &unknown).await;
    assert_eq!(
        (wrong.status, unknown.status),
        (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED)
    );
    assert!(wrong.body.contains("登录名或口令不对"));
    let typed = |name| format!("value=\"{name}\"");
    assert_eq!(
        wrong.body.replace(&typed("zhou"), ""),
        unknown.body.replace(&typed("nobody"), "")
    );

    let right = [
        ("name", "ZHOU"),
        ("password", "luoshi-demo"),
        ("next", "/ledger"),
    ];
    let answer = nobody.post("/sign-in", &right).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, "/ledger")
    );
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
}

#[tokio::test]
async fn a_session_ends_by_itself_and_by_signing_out() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    assert_eq!(zhou.get("/desk").await.status, StatusCode::OK);
    let out = zhou.post("/sign-out", &[]).await;
    assert_eq!(out.location(), "/sign-in");
    assert_eq!(zhou.get("/desk").await.status, StatusCode::SEE_OTHER);

    let fang = app.as_user("fang").await;
    app.clock.forward(Duration::hours(13));
    assert_eq!(fang.get("/desk").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_without_the_token_or_from_another_site_does_nothing() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let bare = zhou
        .request("POST", "/sign-out")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("_csrf=guess"))
        .unwrap();
    assert_eq!(zhou.send(bare).await.status, StatusCode::FORBIDDEN);
    let foreign = zhou
        .request("POST", "/sign-out")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "http://evil.example")
        .body(Body::from(format!("_csrf={}", zhou.csrf)))
        .unwrap();
    let answer = zhou.send(foreign).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(
        answer.body.contains("页面已过期"),
        "no page: {}",
        answer.body
    );
    assert_eq!(zhou.get("/desk").await.status, StatusCode::OK);
}

#[tokio::test]
async fn pages_fetch_nothing_from_elsewhere_and_run_nothing_inline() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    for path in [
        "/sign-in",
        "/desk",
        "/ledger",
        "/imports",
        "/journal",
        "/no-such-page",
    ] {
        let answer = zhou.get(path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self'"), "{path}: {policy}");
        assert!(!answer.body.contains("://"), "{path} names another server");
        assert!(
            !answer.body.contains(" style=\"") && !answer.body.contains("<script>"),
            "{path}"
        );
    }
}
