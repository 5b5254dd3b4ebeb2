//! The second factor, as people meet it.

use axum::http::StatusCode;
use chrono::Duration;
use luoshi_app::accounts::AccountSettings;
use luoshi_app::accounts::second_factors::code_at;
use luoshi_domain::ports::Clock;

use crate::harness::{Answer, Session, TestApp};

const DEMO: &str = "luoshi-demo";

fn code(app: &TestApp, secret: &str) -> String {
    code_at(secret, app.clock.now()).unwrap()
}

/// Sets a second factor up; the secret, the recovery codes, and the browser as it is then.
async fn enrolled(app: &TestApp, session: &Session) -> (String, Vec<String>, Session) {
    let page = session.get("/second-factor/enrol").await;
    assert!(page.body.contains("<svg class=\"qr\""), "{}", page.body);
    let secret = page.between("密钥 <code>", "</code>").to_owned();
    let fields = [("code", code(app, &secret))];
    let fields = fields
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let answer = session.post("/second-factor/enrol", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let list = answer.between("recovery-codes\">", "</ul>");
    let codes = list.split("<code>").skip(1);
    let codes = codes.map(|rest| rest.split('<').next().unwrap().to_owned());
    let codes: Vec<String> = codes.collect();
    assert_eq!(codes.len(), 10);
    let session = app.after(session, &answer).await;
    (secret, codes, session)
}

async fn give(session: &Session, code: &str) -> Answer {
    let fields = [("code", code), ("next", "/ledger")];
    session.post("/second-factor", &fields).await
}

#[tokio::test]
async fn sys_03_administrators_set_up_a_second_factor_before_anything_else() {
    let app = TestApp::strict(AccountSettings::default()).await;
    for login in ["ding", "bai", "mu"] {
        let (answer, session) = app.sign_in(login, DEMO).await;
        assert_eq!(answer.location(), "/second-factor?next=%2Fdesk", "{login}");
        let held = session.get("/accounts").await;
        assert_eq!(held.location(), "/second-factor?next=%2Faccounts");
        let lead = session.get("/second-factor?next=/desk").await;
        assert_eq!(lead.location(), "/second-factor/enrol?next=%2Fdesk");
        let (_, _, session) = enrolled(&app, &session).await;
        // Then the initial password, in its turn.
        let held = session.get("/desk").await;
        assert_eq!(held.location(), "/account/password?next=%2Fdesk");
    }
    let (answer, _) = app.sign_in("he", DEMO).await;
    assert_eq!(
        answer.location(),
        "/account/password?next=%2Fdesk",
        "not others"
    );
}

#[tokio::test]
async fn sys_03_a_code_is_asked_for_at_each_sign_in_and_taken_once() {
    let app = TestApp::new().await;
    let he = app.as_user("he").await;
    let (secret, _, still) = enrolled(&app, &he).await;
    assert_eq!(still.get("/desk").await.status, StatusCode::OK);
    assert_eq!(
        he.get("/desk").await.status,
        StatusCode::SEE_OTHER,
        "a new token"
    );

    let (answer, half) = app.sign_in("he", DEMO).await;
    assert_eq!(answer.location(), "/second-factor?next=%2Fdesk");
    assert_eq!(
        half.get("/ledger").await.location(),
        "/second-factor?next=%2Fledger"
    );
    let api = half.get("/api/v1/tasks").await;
    assert_eq!(api.json()["code"], "second_factor");
    let used = code(&app, &secret);
    let replay = give(&half, &used).await;
    assert_eq!(
        replay.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the code of setting up"
    );
    app.clock.forward(Duration::seconds(30));
    let fresh = code(&app, &secret);
    let good = give(&half, &fresh).await;
    assert_eq!(good.location(), "/ledger");
    let whole = app.after(&half, &good).await;
    assert_eq!(whole.get("/desk").await.status, StatusCode::OK);
    assert_eq!(
        half.get("/desk").await.status,
        StatusCode::SEE_OTHER,
        "a new token"
    );
    let (_, half) = app.sign_in("he", DEMO).await;
    let replay = give(&half, &fresh).await;
    assert_eq!(
        replay.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "taken once"
    );
}

#[tokio::test]
async fn sys_03_clocks_may_differ_by_one_step_and_no_more() {
    let app = TestApp::new().await;
    let he = app.as_user("he").await;
    let (secret, ..) = enrolled(&app, &he).await;
    for (seconds, taken) in [(-60, false), (60, false), (-30, true), (30, true)] {
        app.clock.forward(Duration::minutes(5));
        let (_, half) = app.sign_in("he", DEMO).await;
        let at = app.clock.now() + Duration::seconds(seconds);
        let answer = give(&half, &code_at(&secret, at).unwrap()).await;
        assert_eq!(answer.status == StatusCode::SEE_OTHER, taken, "{seconds}");
    }
}

#[tokio::test]
async fn sys_03_a_recovery_code_stands_in_once() {
    let app = TestApp::new().await;
    let he = app.as_user("he").await;
    let (_, codes, _) = enrolled(&app, &he).await;
    let (_, half) = app.sign_in("he", DEMO).await;
    let typed = codes[3].replace('-', " ").to_uppercase();
    let good = give(&half, &typed).await;
    assert_eq!(good.location(), "/ledger");
    let whole = app.after(&half, &good).await;
    assert!(whole.get("/account").await.body.contains("9 个"));
    let (_, half) = app.sign_in("he", DEMO).await;
    assert_eq!(
        give(&half, &typed).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(give(&half, &codes[4]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn security_rate_limit_guessing_codes_locks() {
    let app = TestApp::new().await;
    let he = app.as_user("he").await;
    let (secret, ..) = enrolled(&app, &he).await;
    app.clock.forward(Duration::minutes(1));
    let (_, half) = app.sign_in("he", DEMO).await;
    for n in 0..5 {
        let answer = give(&half, &format!("00000{n}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{n}");
    }
    let right = give(&half, &code(&app, &secret)).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    let (_, again) = app.sign_in("he", DEMO).await;
    let right = give(&again, &code(&app, &secret)).await;
    assert_eq!(
        right.status,
        StatusCode::TOO_MANY_REQUESTS,
        "a new sign-in does not help"
    );
    app.clock.forward(Duration::minutes(15));
    let right = give(&again, &code(&app, &secret)).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sys_03_a_second_factor_is_removed_with_a_code_or_by_a_security_administrator() {
    let app = TestApp::new().await;
    let he = app.as_user("he").await;
    let (secret, codes, he) = enrolled(&app, &he).await;
    let wrong = he
        .post("/second-factor/remove", &[("code", "123456")])
        .await;
    assert_eq!(wrong.location(), "/account");
    assert_eq!(
        app.sign_in("he", DEMO).await.0.location(),
        "/second-factor?next=%2Fdesk"
    );
    app.clock.forward(Duration::seconds(30));
    let fresh = code(&app, &secret);
    let renewed = he
        .post("/second-factor/codes", &[("code", fresh.as_str())])
        .await;
    assert!(renewed.body.contains("恢复码") && !renewed.body.contains(&codes[0]));
    app.clock.forward(Duration::seconds(30));
    let fresh = code(&app, &secret);
    he.post("/second-factor/remove", &[("code", fresh.as_str())])
        .await;
    let (answer, he) = app.sign_in("he", DEMO).await;
    assert_eq!(answer.location(), "/desk");

    enrolled(&app, &he).await;
    let person = app.who("he").await.actor.person;
    let bai = app.as_user("bai").await;
    bai.post(&format!("/accounts/{person}/second-factor"), &[])
        .await;
    assert_eq!(app.sign_in("he", DEMO).await.0.location(), "/desk");
}
