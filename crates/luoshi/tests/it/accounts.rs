//! Passwords, locks and sessions, as people meet them.

use axum::body::Body;
use axum::http::StatusCode;
use chrono::Duration;
use luoshi_app::accounts::AccountSettings;
use luoshi_domain::access_log::{AccessAction, AccessEntry, AccessFilter};
use luoshi_domain::tasks::lists::PageRequest;

use crate::harness::{Answer, Session, TestApp};

const DEMO: &str = "luoshi-demo";
const OWN: &str = "Tie-lu8xing";

async fn strict() -> TestApp {
    TestApp::strict(AccountSettings::default()).await
}

/// Signs in with the initial password and chooses an own one.
pub(crate) async fn settled(app: &TestApp, login: &str) -> Session {
    let (answer, session) = app.sign_in(login, DEMO).await;
    assert_eq!(answer.location(), "/account/password?next=%2Fdesk");
    let changed = change(&session, DEMO, OWN).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
    app.after(&session, &changed).await
}

async fn change(session: &Session, current: &str, new: &str) -> Answer {
    let fields = [
        ("current", current),
        ("new", new),
        ("again", new),
        ("next", "/desk"),
    ];
    session.post("/account/password", &fields).await
}

async fn log(app: &TestApp, action: AccessAction) -> Vec<AccessEntry> {
    let filter = AccessFilter {
        action: Some(action),
        ..AccessFilter::default()
    };
    let page = PageRequest {
        size: 100,
        after: None,
    };
    let mut work = app.app.store.read(app.bureau).await.unwrap();
    let found = work.access_list(&filter, &page).await.unwrap();
    found.rows.into_iter().map(|stored| stored.entry).collect()
}

#[tokio::test]
async fn sys_03_an_initial_password_must_be_changed_before_anything_else() {
    let app = strict().await;
    let (answer, he) = app.sign_in("he", DEMO).await;
    assert_eq!(answer.location(), "/account/password?next=%2Fdesk");
    let held = he.get("/ledger").await;
    assert_eq!(held.location(), "/account/password?next=%2Fledger");
    let api = he.get("/api/v1/tasks").await;
    assert_eq!(api.status, StatusCode::UNAUTHORIZED);
    assert_eq!(api.json()["code"], "new_password");
    let page = he.get("/account/password").await;
    assert!(page.body.contains("初始口令") && page.body.contains("至少 10 个字符"));

    let changed = change(&he, DEMO, OWN).await;
    assert_eq!(changed.location(), "/desk");
    assert_eq!(
        he.get("/desk").await.status,
        StatusCode::SEE_OTHER,
        "the old session"
    );
    let he = app.after(&he, &changed).await;
    assert_eq!(he.get("/desk").await.status, StatusCode::OK);
    assert_eq!(log(&app, AccessAction::PasswordChange).await.len(), 1);
    let (again, _) = app.sign_in("he", OWN).await;
    assert_eq!(again.location(), "/desk");
}

#[tokio::test]
async fn sys_03_a_new_password_keeps_the_rules_and_is_none_of_the_last_five() {
    let app = strict().await;
    let mut he = settled(&app, "he").await;
    for (new, said) in [
        ("Short-9", "至少 10 个字符"),
        ("onlysmallletters", "至少有三种"),
        ("Password@123", "弱口令"),
        ("Xx-he-9-xx-yy", "不含登录名"),
        (OWN, "最近 5 次"),
    ] {
        let answer = change(&he, OWN, new).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{new}");
        assert!(answer.body.contains(said), "{new}");
        assert!(
            !answer.body.contains(&format!("value=\"{new}\"")),
            "{new} is shown"
        );
    }
    let wrong = change(&he, "Not-the-0ne!", "Shan-7gao-lu").await;
    assert!(wrong.body.contains("当前口令不对"));

    let mut current = OWN.to_owned();
    for n in 1..=5 {
        app.clock.forward(Duration::seconds(1));
        let new = format!("Shan-{n}gao-lu-yuan");
        let answer = change(&he, &current, &new).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{new}: {}",
            answer.body
        );
        he = app.after(&he, &answer).await;
        current = new;
    }
    let fifth = change(&he, &current, OWN).await;
    assert_eq!(
        fifth.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the fifth before"
    );
    app.clock.forward(Duration::seconds(1));
    let answer = change(&he, &current, "Shan-6gao-lu-yuan").await;
    let he = app.after(&he, &answer).await;
    let sixth = change(&he, "Shan-6gao-lu-yuan", OWN).await;
    assert_eq!(
        sixth.status,
        StatusCode::SEE_OTHER,
        "the sixth before may come back"
    );
}

#[tokio::test]
async fn sys_03_a_password_ends_after_ninety_days_with_a_reminder_before() {
    let app = strict().await;
    settled(&app, "he").await;
    app.clock.forward(Duration::days(75));
    let (_, he) = app.sign_in("he", OWN).await;
    assert!(!he.get("/account").await.body.contains("天到期"));
    app.clock.forward(Duration::days(1));
    let (_, he) = app.sign_in("he", OWN).await;
    assert!(he.get("/account").await.body.contains("口令还有 14 天到期"));
    app.clock.forward(Duration::days(14));
    let (answer, _) = app.sign_in("he", OWN).await;
    assert_eq!(answer.location(), "/account/password?next=%2Fdesk");
}

#[tokio::test]
async fn sys_03_an_account_unused_for_ninety_days_is_closed_until_its_password_is_reset() {
    let app = strict().await;
    settled(&app, "he").await;
    app.clock.forward(Duration::days(91));
    let (answer, _) = app.sign_in("he", OWN).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("已经停用"));
    let (wrong, _) = app.sign_in("he", "Not-the-0ne!").await;
    assert!(
        !wrong.body.contains("已经停用"),
        "only who knows the password is told"
    );
}

#[tokio::test]
async fn sys_03_a_security_administrator_resets_a_password_and_ends_sessions() {
    let app = TestApp::new().await;
    let (bai, he) = (app.as_user("bai").await, app.as_user("he").await);
    let page = bai.get("/accounts?q=he").await;
    assert!(page.body.contains("何嘉"), "{}", page.body);
    let person = app.who("he").await.actor.person;
    let path = format!("/accounts/{person}/password");
    let ye = app.as_user("ye").await;
    assert_eq!(ye.post(&path, &[]).await.status, StatusCode::NOT_FOUND);
    let own = app.who("bai").await.actor.person;
    let own = bai.post(&format!("/accounts/{own}/password"), &[]).await;
    assert_eq!(own.location(), "/accounts", "not one's own");

    let answer = bai.post(&path, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let password = answer
        .between("<code class=\"password\">", "</code>")
        .to_owned();
    assert_eq!(he.get("/desk").await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        app.sign_in("he", DEMO).await.0.status,
        StatusCode::UNAUTHORIZED
    );
    let (answer, he) = app.sign_in("he", &password).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let reset = log(&app, AccessAction::PasswordReset).await;
    assert_eq!(reset[0].object.as_ref().unwrap().id, Some(person.0));
    assert!(!format!("{reset:?}").contains(&password));

    bai.post(&format!("/accounts/{person}/sessions"), &[]).await;
    assert_eq!(he.get("/desk").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn security_rate_limit_by_account_locks_whether_the_login_exists_or_not() {
    let app = TestApp::new().await;
    for login in ["zhou", "nobody"] {
        for n in 1..=5 {
            let (answer, _) = app.sign_in(login, "Guess-0001").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{login} {n}");
        }
    }
    let (known, _) = app.sign_in("zhou", DEMO).await;
    let (unknown, _) = app.sign_in("nobody", DEMO).await;
    assert_eq!(
        known.status,
        StatusCode::TOO_MANY_REQUESTS,
        "the right password"
    );
    let typed = |name: &str| format!("value=\"{name}\"");
    assert!(known.body.contains("请 15 分钟后再试"));
    assert_eq!(
        known.body.replace(&typed("zhou"), ""),
        unknown.body.replace(&typed("nobody"), "")
    );
    assert_eq!(log(&app, AccessAction::LockOut).await.len(), 2);
    assert_eq!(log(&app, AccessAction::SignIn).await.len(), 10);
    app.clock.forward(Duration::minutes(15));
    let (open, _) = app.sign_in("zhou", DEMO).await;
    assert_eq!(open.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sys_03_a_session_ends_when_idle_sooner_for_administrators() {
    let settings = AccountSettings {
        demonstration: true,
        ..AccountSettings::default()
    };
    let app = TestApp::strict(settings).await;
    let (he, bai) = (app.as_user("he").await, app.as_user("bai").await);
    app.clock.forward(Duration::minutes(4));
    assert_eq!(he.get("/desk").await.status, StatusCode::OK);
    assert_eq!(
        bai.get("/desk").await.status,
        StatusCode::OK,
        "noted as used"
    );
    app.clock.forward(Duration::minutes(5));
    assert_eq!(bai.get("/desk").await.status, StatusCode::SEE_OTHER);
    app.clock.forward(Duration::minutes(9));
    assert_eq!(he.get("/desk").await.status, StatusCode::OK);
    app.clock.forward(Duration::minutes(15));
    assert_eq!(he.get("/desk").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sys_03_a_session_in_use_ends_after_twelve_hours() {
    let settings = AccountSettings {
        demonstration: true,
        ..AccountSettings::default()
    };
    let app = TestApp::strict(settings).await;
    let he = app.as_user("he").await;
    for _ in 0..71 {
        app.clock.forward(Duration::minutes(10));
        assert_eq!(he.get("/account").await.status, StatusCode::OK);
    }
    app.clock.forward(Duration::minutes(10));
    assert_eq!(he.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sys_03_one_sees_where_one_is_signed_in_and_ends_it() {
    let app = TestApp::new().await;
    let (here, there) = (app.as_user("he").await, app.as_user("he").await);
    let ye = app.as_user("ye").await;
    let page = here.get("/account").await;
    let path = page.between("<form action=\"/account/sessions/", "\"");
    let path = format!("/account/sessions/{path}");
    assert_eq!(
        ye.post(&path, &[]).await.status,
        StatusCode::NOT_FOUND,
        "not another's"
    );
    assert_eq!(here.post(&path, &[]).await.location(), "/account");
    assert_eq!(there.get("/desk").await.status, StatusCode::SEE_OTHER);
    let there = app.as_user("he").await;
    here.post("/account/sessions/end-others", &[]).await;
    assert_eq!(there.get("/desk").await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.get("/desk").await.status, StatusCode::OK);
    assert_eq!(log(&app, AccessAction::SessionRevoke).await.len(), 2);
}

#[tokio::test]
async fn sys_03_a_form_that_arrives_after_the_session_is_not_lost() {
    let app = TestApp::new().await;
    let he = app.as_user("he").await;
    he.post("/account/sessions/end-others", &[]).await;
    let answer = {
        let gone = app.as_user("he").await;
        let other = app.as_user("he").await;
        other.post("/account/sessions/end-others", &[]).await;
        let late = gone
            .request("POST", "/ledger/urge")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("content-length", "66")
            .header("referer", "http://test/ledger?queue=open");
        let body = "_csrf=old&text=%E6%B2%A5%E9%9D%92%E5%B7%B2%E5%88%B0%E5%9C%BA&id=7";
        gone.send(late.body(Body::from(body)).unwrap()).await
    };
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(
        answer.body.contains("您刚才填写的内容还在"),
        "{}",
        answer.body
    );
    let hidden = |name: &str| {
        let before = format!("name=\"{name}\" value=\"");
        let value = answer.between(&before, "\"").to_owned();
        value.replace("&amp;", "&").replace("&#38;", "&")
    };
    let (path, body) = (hidden("kept_path"), hidden("kept_body"));
    assert_eq!(path, "/ledger/urge");
    let fields = [
        ("name", "he"),
        ("password", DEMO),
        ("next", "/ledger"),
        ("kept_path", path.as_str()),
        ("kept_body", body.as_str()),
    ];
    let back = app.anonymous().post("/sign-in", &fields).await;
    assert_eq!(back.status, StatusCode::OK);
    assert!(back.body.contains("沥青已到场"), "{}", back.body);
    assert!(back.body.contains("action=\"/ledger/urge\""));
    assert!(!back.body.contains("value=\"old\""), "the old token");
    let again = app.after(&app.anonymous(), &back).await;
    assert!(back.body.contains(&again.csrf), "the new token");
}
