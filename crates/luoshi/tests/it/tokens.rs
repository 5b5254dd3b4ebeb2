//! Tokens of programs.

use axum::body::Body;
use axum::http::StatusCode;
use chrono::Duration;

use crate::harness::{Answer, Session, TestApp};

pub(crate) async fn made(session: &Session, scopes: &[&str]) -> String {
    let mut fields = vec![("name", "数据对接"), ("until", "2026-12-31")];
    fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
    let answer = session.post("/tokens", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer
        .between("<code class=\"token\">", "</code>")
        .to_owned()
}

async fn with(app: &TestApp, token: &str, method: &str, path: &str, body: &str) -> Answer {
    let nobody = app.anonymous();
    let request = nobody
        .request(method, path)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"));
    nobody
        .send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

#[tokio::test]
async fn sys_03_a_token_acts_for_its_person_without_a_session() {
    let app = TestApp::with_demo().await;
    let zhou = app.as_user("zhou").await;
    let token = made(&zhou, &["read", "write"]).await;
    let listed = with(&app, &token, "GET", "/api/v1/tasks", "").await;
    assert_eq!(listed.status, StatusCode::OK, "{}", listed.body);
    assert!(
        !zhou.get("/tokens").await.body.contains(&token),
        "shown once"
    );
    // No CSRF token is wanted: the body is read and found wanting.
    let batch = with(&app, &token, "POST", "/api/v1/tasks/batch", "{}").await;
    assert_eq!(
        batch.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        batch.body
    );
    let page = with(&app, &token, "GET", "/desk", "").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "no pages");
}

#[tokio::test]
async fn sys_03_a_token_never_has_more_than_its_person() {
    let app = TestApp::with_demo().await;
    let ye = app.as_user("ye").await;
    let token = made(&ye, &["read", "write"]).await;
    for path in ["/api/v1/lessons", "/api/v1/journal"] {
        let own = ye.get(path).await.status;
        assert_eq!(
            with(&app, &token, "GET", path, "").await.status,
            own,
            "{path}"
        );
        assert_eq!(own, StatusCode::NOT_FOUND, "{path}");
    }
    let own = ye.get("/api/v1/tasks?size=50").await.json();
    let listed = with(&app, &token, "GET", "/api/v1/tasks?size=50", "").await;
    assert_eq!(listed.json(), own);
}

#[tokio::test]
async fn sys_03_the_route_table_names_the_scope_of_every_route() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let calendar = made(&zhou, &["calendar"]).await;
    let read = made(&zhou, &["read"]).await;
    for entry in luoshi_web::table().entries() {
        let method = if entry.method == "GET" { "GET" } else { "POST" };
        if entry.access == luoshi_web::routes::Access::Public || entry.path.contains('{') {
            continue;
        }
        let path = entry.path;
        let refused = with(&app, &calendar, entry.method, path, "{}").await;
        assert_eq!(
            refused.status,
            StatusCode::FORBIDDEN,
            "{} {path}",
            entry.method
        );
        if method == "POST" || entry.scope.is_none() {
            let refused = with(&app, &read, entry.method, path, "{}").await;
            assert_eq!(
                refused.status,
                StatusCode::FORBIDDEN,
                "{} {path}",
                entry.method
            );
        }
        let own = ["tokens", "session", "mandates", "accounts"];
        let below = entry.path.strip_prefix("/api/v1/").unwrap_or_default();
        if own.iter().any(|start| below.starts_with(start)) {
            assert_eq!(entry.scope, None, "{path}");
        }
    }
    let answer = with(&app, &read, "POST", "/api/v1/tasks/batch", "{}").await;
    assert_eq!(answer.json()["code"], "scope");
}

#[tokio::test]
async fn sys_03_a_token_ends_by_date_and_by_revocation() {
    let app = TestApp::new().await;
    let (zhou, ye) = (app.as_user("zhou").await, app.as_user("ye").await);
    let (first, second) = (made(&zhou, &["read"]).await, made(&zhou, &["read"]).await);
    assert_eq!(
        with(&app, &first, "GET", "/api/v1/desk", "").await.status,
        StatusCode::OK
    );
    let page = zhou.get("/tokens").await;
    assert!(page.body.contains("没有用过"), "the other one");
    let id = page.between("/tokens/", "/revoke").to_owned();
    let path = format!("/tokens/{id}/revoke");
    assert_eq!(
        ye.post(&path, &[]).await.status,
        StatusCode::NOT_FOUND,
        "not another's"
    );
    assert_eq!(zhou.post(&path, &[]).await.location(), "/tokens");
    let gone = with(&app, &second, "GET", "/api/v1/desk", "").await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED);
    app.clock.forward(Duration::days(37));
    let over = with(&app, &first, "GET", "/api/v1/desk", "").await;
    assert_eq!(over.status, StatusCode::UNAUTHORIZED);
    for bad in ["", "x", "luoshi_0", &"luoshi_".repeat(40)] {
        let answer = with(&app, bad, "GET", "/api/v1/desk", "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{bad}");
    }
}

#[tokio::test]
async fn sys_03_what_is_wrong_with_a_wish_is_said_beside_it() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    for (fields, said) in [
        (
            vec![("name", ""), ("until", "2026-12-31"), ("scope", "read")],
            "请写明用途",
        ),
        (vec![("name", "x"), ("until", "2026-12-31")], "请至少选一项"),
        (
            vec![("name", "x"), ("until", "2028-01-01"), ("scope", "read")],
            "一年之内",
        ),
    ] {
        let answer = zhou.post("/tokens", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(answer.body.contains(said), "{said}");
    }
}

#[tokio::test]
async fn sys_03_the_api_makes_lists_and_revokes_tokens_and_sessions_in_a_session_only() {
    let app = TestApp::new().await;
    let (here, there) = (app.as_user("zhou").await, app.as_user("zhou").await);
    let wish = serde_json::json!({"name": "对接", "scopes": ["read"], "until": "2026-12-01"});
    let made = here.post_json("/api/v1/tokens", &wish).await.json();
    let token = made["token"].as_str().unwrap();
    let desk = with(&app, token, "GET", "/api/v1/desk", "").await;
    assert_eq!(desk.status, StatusCode::OK);
    let more = with(&app, token, "POST", "/api/v1/tokens", &wish.to_string()).await;
    assert_eq!(more.status, StatusCode::FORBIDDEN, "no token makes another");
    let listed = here.get("/api/v1/tokens").await;
    assert!(!listed.body.contains(token));
    assert!(listed.json()[0]["last_used_at"].is_string());
    let id = listed.json()[0]["id"].as_str().unwrap().to_owned();
    let gone = here.delete(&format!("/api/v1/tokens/{id}")).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let desk = with(&app, token, "GET", "/api/v1/desk", "").await;
    assert_eq!(desk.status, StatusCode::UNAUTHORIZED);

    let places = here.get("/api/v1/sessions").await.json();
    let places = places.as_array().unwrap();
    assert_eq!(places.len(), 2);
    let other = places
        .iter()
        .find(|place| place["current"] == false)
        .unwrap();
    let path = format!("/api/v1/sessions/{}", other["id"].as_str().unwrap());
    assert_eq!(here.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(there.get("/desk").await.status, StatusCode::SEE_OTHER);
}
