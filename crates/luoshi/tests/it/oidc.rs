//! Signing in at a real OpenID Connect provider, which runs beside the test.
//!
//! `tests/provider` holds it; `scripts/test` installs what it needs. Without Node or without that
//! the tests pass over themselves and say so.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::{StatusCode, Uri, header};
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use luoshi_app::accounts::AccountSettings;
use luoshi_oidc::{Config, Provider};

use crate::beside::Beside;
use crate::harness::{Answer, TestApp};

const REDIRECT: &str = "http://test/sign-in/oidc/back";

/// Seconds that an identity token is good for.
const TOKEN_SECONDS: i64 = 120;

/// A provider beside the test.
struct Running {
    /// It ends with this.
    _process: Beside,
    issuer: String,
}

impl Running {
    /// Starts a provider; `None` where it cannot run.
    fn start() -> Option<Self> {
        let seconds = TOKEN_SECONDS.to_string();
        let process = Beside::start("provider.mjs", "oidc-provider", &[REDIRECT, &seconds])?;
        Some(Self {
            issuer: format!("http://127.0.0.1:{}", process.port),
            _process: process,
        })
    }

    /// Says who signs in next.
    async fn next(&self, name: &str) {
        let mut cookies = Vec::new();
        let path = format!("{}/next/{name}", self.issuer);
        assert!(follow(&path, &mut cookies).await.is_none());
    }
}

/// One GET as a browser does it; where it leads.
async fn follow(address: &str, cookies: &mut Vec<String>) -> Option<String> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let request = axum::http::Request::get(address)
        .header(header::COOKIE, cookies.join("; "))
        .body(Body::empty())
        .unwrap();
    let response = client.request(request).await.unwrap();
    for line in response.headers().get_all(header::SET_COOKIE) {
        let pair = line.to_str().unwrap().split(';').next().unwrap();
        let name = format!("{}=", pair.split('=').next().unwrap());
        cookies.retain(|known| !known.starts_with(&name));
        cookies.push(pair.to_owned());
    }
    let location = response.headers().get(header::LOCATION);
    let location = location.map(|value| value.to_str().unwrap().to_owned());
    response.into_body().collect().await.unwrap();
    location
}

/// Goes through the provider's pages until it sends the browser back; the address of that.
async fn through(provider: &Running, start: &str) -> String {
    let mut cookies = Vec::new();
    let mut address = start.to_owned();
    for _step in 0..8 {
        if address.starts_with("http://test/") {
            return address;
        }
        if address.starts_with('/') {
            address = format!("{}{address}", provider.issuer);
        }
        address = follow(&address, &mut cookies).await.unwrap();
    }
    panic!("the provider did not send anybody back: {address}");
}

fn config(issuer: &str, claim: &str) -> Config {
    Config {
        issuer: issuer.to_owned(),
        client_id: "luoshi".into(),
        client_secret: Some("test-secret".into()),
        redirect: REDIRECT.into(),
        claim: claim.into(),
        timeout: Duration::from_secs(10),
    }
}

async fn app(issuer: &str, claim: &str) -> TestApp {
    let provider = Provider::new(config(issuer, claim)).unwrap();
    let now: DateTime<Utc> = SystemTime::now().into();
    TestApp::known_by(Arc::new(provider), now, AccountSettings::default()).await
}

/// Leaves for the provider; its address, and the cookie that ties the answer to the browser.
async fn leave(app: &TestApp) -> (String, String) {
    let answer = app.anonymous().get("/sign-in/oidc?next=/ledger").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let pair = cookie.split(';').next().unwrap().to_owned();
    (answer.location().to_owned(), pair)
}

/// Comes back from the provider.
async fn come(app: &TestApp, address: &str, cookie: &str) -> Answer {
    let uri: Uri = address.parse().unwrap();
    let path = uri.path_and_query().unwrap().as_str();
    let nobody = app.anonymous();
    let request = nobody.request("GET", path).header(header::COOKIE, cookie);
    nobody.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn sys_03_oidc_signs_in_whom_the_provider_names() {
    let Some(provider) = Running::start() else {
        return;
    };
    let app = app(&provider.issuer, "preferred_username").await;
    let page = app.anonymous().get("/sign-in?next=/ledger").await;
    assert!(page.body.contains("统一身份认证登录"));
    provider.next("he").await;
    let (address, cookie) = leave(&app).await;
    for part in [
        "code_challenge_method=S256",
        "nonce=",
        "state=",
        "response_type=code",
    ] {
        assert!(address.contains(part), "{address}");
    }
    let back = through(&provider, &address).await;
    let answer = come(&app, &back, &cookie).await;
    // The password of theirs does not matter, although it was never changed.
    assert_eq!(answer.location(), "/ledger", "{}", answer.body);
    let he = app.after(&app.anonymous(), &answer).await;
    assert!(he.get("/account").await.body.contains("何嘉"));
    let again = come(&app, &back, &cookie).await;
    assert_eq!(
        again.status,
        StatusCode::UNAUTHORIZED,
        "an answer is taken once"
    );
}

#[tokio::test]
async fn sys_03_oidc_takes_the_login_from_the_configured_claim() {
    let Some(provider) = Running::start() else {
        return;
    };
    let app = app(&provider.issuer, "staff_number").await;
    provider.next("he").await;
    let (address, cookie) = leave(&app).await;
    let answer = come(&app, &through(&provider, &address).await, &cookie).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.body.contains("在本系统没有账号"), "S-he is nobody");
}

#[tokio::test]
async fn sys_03_oidc_still_asks_administrators_for_a_second_factor() {
    let Some(provider) = Running::start() else {
        return;
    };
    let app = app(&provider.issuer, "preferred_username").await;
    provider.next("bai").await;
    let (address, cookie) = leave(&app).await;
    let answer = come(&app, &through(&provider, &address).await, &cookie).await;
    assert_eq!(answer.location(), "/second-factor?next=%2Fledger");
}

#[tokio::test]
async fn sys_03_oidc_refuses_an_unknown_person_in_plain_words() {
    let Some(provider) = Running::start() else {
        return;
    };
    let app = app(&provider.issuer, "preferred_username").await;
    provider.next("stranger").await;
    let (address, cookie) = leave(&app).await;
    let answer = come(&app, &through(&provider, &address).await, &cookie).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.body.contains("在本系统没有账号"));
    assert!(!answer.headers.contains_key("luoshi_session"));
}

#[tokio::test]
async fn security_oidc_a_wrong_state_or_another_s_browser_is_refused() {
    let Some(provider) = Running::start() else {
        return;
    };
    let app = app(&provider.issuer, "preferred_username").await;
    provider.next("he").await;
    let (address, _) = leave(&app).await;
    let back = through(&provider, &address).await;
    let bare = come(&app, &back, "other=1").await;
    assert_eq!(bare.status, StatusCode::UNAUTHORIZED, "without the cookie");
    let (_, foreign) = leave(&app).await;
    let other = come(&app, &back, &foreign).await;
    assert_eq!(
        other.status,
        StatusCode::UNAUTHORIZED,
        "the cookie of another attempt"
    );
}

#[tokio::test]
async fn security_oidc_a_wrong_nonce_is_refused() {
    let Some(provider) = Running::start() else {
        return;
    };
    let app = app(&provider.issuer, "preferred_username").await;
    provider.next("he").await;
    let (address, cookie) = leave(&app).await;
    let (before, rest) = address.split_once("nonce=").unwrap();
    let rest = rest.split_once('&').map_or("", |(_, rest)| rest);
    let forged = format!("{before}nonce=of-another-sign-in&{rest}");
    let answer = come(&app, &through(&provider, &forged).await, &cookie).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(
        answer.body.contains("统一身份认证没有通过"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn security_oidc_an_expired_identity_token_is_refused() {
    let Some(provider) = Running::start() else {
        return;
    };
    let app = app(&provider.issuer, "preferred_username").await;
    provider.next("he").await;
    let (address, cookie) = leave(&app).await;
    let back = through(&provider, &address).await;
    app.clock.forward(TimeDelta::seconds(TOKEN_SECONDS + 60));
    let answer = come(&app, &back, &cookie).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(
        answer.body.contains("统一身份认证没有通过"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn sys_03_oidc_a_provider_that_is_down_leaves_the_password() {
    // A port that nobody listens on.
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let app = app(&format!("http://127.0.0.1:{port}"), "preferred_username").await;
    let answer = app.anonymous().get("/sign-in/oidc?next=/ledger").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.body.contains("暂时连不上，") || answer.body.contains("暂时连不上。"));
    assert!(
        answer.body.contains("name=\"password\""),
        "the form is still there"
    );
    let (answer, _) = app.sign_in("he", "luoshi-demo").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}
