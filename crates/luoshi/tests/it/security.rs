//! What an attacker would try, one test for each.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode};

use crate::harness::{Answer, Session, TestApp};

const DEMO: &str = "luoshi-demo";

/// Signs in from a network address, perhaps through a proxy.
async fn sign_in_from(app: &TestApp, peer: &str, forwarded: &str, login: &str) -> Answer {
    let peer: SocketAddr = peer.parse().unwrap();
    let nobody = app.anonymous();
    let mut request = nobody
        .request("POST", "/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .extension(ConnectInfo(peer));
    if !forwarded.is_empty() {
        request = request.header("x-forwarded-for", forwarded);
    }
    let body = Body::from(format!("name={login}&password=Guess-0001"));
    nobody.send(request.body(body).unwrap()).await
}

/// A request of the session with nothing that vouches for it.
fn bare(session: &Session, method: &str, path: &str) -> axum::http::request::Builder {
    let kind = if path.starts_with("/api/") {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    };
    session.request(method, path).header("content-type", kind)
}

fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{n}" | "{clause}" | "{number}" => "0",
        part if part.starts_with('{') => "01970000-0000-7000-8000-00000000ffff",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn security_csrf_every_route_that_writes_wants_the_session_s_token() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let table = luoshi_web::table();
    let writing = table.entries().iter().filter(|entry| entry.method != "GET");
    let mut walked = 0;
    for entry in writing {
        if entry.access == luoshi_web::routes::Access::Public {
            continue;
        }
        let path = filled(entry.path);
        for token in [None, Some("0".repeat(64))] {
            let mut request = bare(&zhou, entry.method, &path);
            if let Some(token) = token {
                request = request.header("x-csrf-token", token);
            }
            let answer = zhou.send(request.body(Body::from("{}")).unwrap()).await;
            // What names nothing or cannot be read may be said first; nothing else may happen.
            let refused = [
                StatusCode::FORBIDDEN,
                StatusCode::NOT_FOUND,
                StatusCode::BAD_REQUEST,
                StatusCode::UNPROCESSABLE_ENTITY,
            ];
            assert!(
                refused.contains(&answer.status),
                "{} {path}: {}",
                entry.method,
                answer.status
            );
        }
        walked += 1;
    }
    assert!(walked > 20);
    assert_eq!(
        zhou.get("/desk").await.status,
        StatusCode::OK,
        "still signed in"
    );
}

#[tokio::test]
async fn security_csrf_another_site_cannot_sign_anybody_in() {
    let app = TestApp::new().await;
    let nobody = app.anonymous();
    let request = bare(&nobody, "POST", "/sign-in").header("origin", "http://evil.example");
    let body = Body::from(format!("name=zhou&password={DEMO}"));
    let answer = nobody.send(request.body(body).unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(!answer.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn security_headers_forbid_inline_script_framing_sniffing_and_referrers() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    for path in [
        "/sign-in",
        "/desk",
        "/account",
        "/account/password",
        "/second-factor/enrol",
        "/tokens",
        "/no-such-page",
        "/api/v1/session",
        "/healthz",
    ] {
        let answer = zhou.get(path).await;
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'self'"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(policy.contains("object-src 'none'"), "{path}");
        assert!(policy.contains("base-uri 'none'"), "{path}");
        assert!(policy.contains("form-action 'self'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        for inline in [
            "<script>",
            " onclick=",
            " onload=",
            " style=\"",
            "javascript:",
        ] {
            assert!(!answer.body.contains(inline), "{path} has {inline}");
        }
    }
}

#[tokio::test]
async fn security_cookies_are_http_only_same_site_and_secure_behind_tls() {
    let app = TestApp::new().await;
    let nobody = app.anonymous();
    for (proto, secure) in [("https", true), ("http", false)] {
        let request = bare(&nobody, "POST", "/sign-in").header("x-forwarded-proto", proto);
        let body = Body::from(format!("name=zhou&password={DEMO}"));
        let answer = nobody.send(request.body(body).unwrap()).await;
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("; HttpOnly"), "{cookie}");
        assert!(cookie.contains("; SameSite=Lax"), "{cookie}");
        assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

#[tokio::test]
async fn security_session_fixation_a_sign_in_always_gives_a_token_of_its_own() {
    let app = TestApp::new().await;
    let planted = "0".repeat(64);
    let nobody = app.anonymous();
    let request =
        bare(&nobody, "POST", "/sign-in").header("cookie", format!("luoshi_session={planted}"));
    let body = Body::from(format!("name=zhou&password={DEMO}"));
    let answer = nobody.send(request.body(body).unwrap()).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(!cookie.contains(&planted));
    let thief = Request::builder()
        .method(Method::GET)
        .uri("/desk")
        .header("host", "test")
        .header("cookie", format!("luoshi_session={planted}"));
    let answer = nobody.send(thief.body(Body::empty()).unwrap()).await;
    assert_eq!(
        answer.status,
        StatusCode::SEE_OTHER,
        "the planted token opens nothing"
    );
}

#[tokio::test]
async fn security_open_redirect_no_parameter_leads_elsewhere() {
    let app = TestApp::new().await;
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
    ] {
        let fields = [("name", "zhou"), ("password", DEMO), ("next", next)];
        let answer = app.anonymous().post("/sign-in", &fields).await;
        assert_eq!(answer.location(), "/desk", "{next}");
        let kept = [
            ("name", "zhou"),
            ("password", DEMO),
            ("kept_path", next),
            ("kept_body", "a=1"),
        ];
        let answer = app.anonymous().post("/sign-in", &kept).await;
        assert_eq!(answer.location(), "/desk", "{next}");
    }
}

#[tokio::test]
async fn security_rate_limit_by_address_counts_behind_a_trusted_proxy() {
    let app = TestApp::new().await;
    let proxy = "10.9.0.1:4000";
    for n in 0..30 {
        let login = format!("guess{n}");
        // The left part is what the client says of itself, different each time.
        let forwarded = format!("6.6.6.{n}, 203.0.113.7");
        let answer = sign_in_from(&app, proxy, &forwarded, &login).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{n}");
    }
    let locked = sign_in_from(&app, proxy, "203.0.113.7", "one-more").await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
    let other = sign_in_from(&app, proxy, "203.0.113.8", "one-more").await;
    assert_eq!(
        other.status,
        StatusCode::UNAUTHORIZED,
        "another behind the same proxy"
    );
    let straight = sign_in_from(&app, "198.51.100.1:5000", "203.0.113.7", "x").await;
    assert_eq!(
        straight.status,
        StatusCode::UNAUTHORIZED,
        "no word of a stranger counts"
    );
}

#[tokio::test]
async fn security_timing_an_unknown_login_costs_the_same_work() {
    let app = TestApp::new().await;
    let mut times = [Vec::new(), Vec::new()];
    for n in 0..4 {
        for (times, login) in times
            .iter_mut()
            .zip(["zhou".to_owned(), format!("nobody{n}")])
        {
            let began = std::time::Instant::now();
            app.sign_in(&login, "Guess-0001").await;
            times.push(began.elapsed());
        }
    }
    // The least of several, so that other work on the machine does not matter. A sign-in without
    // hashing would take a hundredth.
    let [known, unknown] = times.map(|times| times.into_iter().min().unwrap());
    assert!(
        unknown * 20 > known && known * 20 > unknown,
        "{known:?} {unknown:?}"
    );
}

#[tokio::test]
async fn security_uploads_are_never_executed_or_shown_as_pages() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let attack =
        "<html><script>alert(1)</script><p>一、加快道路建设，12月底前完成。（规划建设科）</p>";
    let plan = app.import(attack).await;
    for path in [format!("/plans/{plan}"), format!("/api/v1/plans/{plan}")] {
        let answer = zhou.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        if path.starts_with("/api/") {
            assert_eq!(answer.headers["content-type"], "application/json");
            continue;
        }
        assert!(!answer.body.contains("<script>alert"), "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    let table = luoshi_web::table();
    let mut files = 0;
    for entry in table.entries().iter().filter(|entry| entry.method == "GET") {
        let answer = zhou.get(&filled(entry.path)).await;
        if answer.status != StatusCode::OK {
            continue;
        }
        let kind = answer.headers.get("content-type");
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let shown = [
            "text/html",
            "application/json",
            "text/plain",
            "text/javascript",
            "text/css",
        ];
        if shown.iter().any(|known| kind.starts_with(known)) || kind.starts_with("image/svg") {
            continue;
        }
        let said = answer.headers.get("content-disposition");
        let said = said.and_then(|said| said.to_str().ok()).unwrap_or_default();
        assert!(
            said.starts_with("attachment"),
            "{} is {kind} {said}",
            entry.path
        );
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("sandbox"), "{}: {policy}", entry.path);
        files += 1;
    }
    assert!(files > 0, "no file was met");
}
