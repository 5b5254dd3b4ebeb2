//! Accounts for persons who were registered without one (SYS-03).

use axum::http::StatusCode;
use chrono::Duration;
use luoshi_app::accounts::AccountSettings;
use luoshi_app::accounts::opening::{self, OPENED_AT_ONCE};
use luoshi_app::{Who, organisation};
use luoshi_domain::access_log::{AccessAction, AccessFilter};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::PersonId;
use luoshi_domain::tasks::lists::PageRequest;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Answer, Session, TestApp};

const OPEN: &str = "/accounts/open";
const REGISTER: &str = "/organisation/change/register";

/// Registers somebody by the form of the organisation; what the office is told, as a cookie.
async fn register(app: &TestApp, name: &str, login: &str) -> (PersonId, String) {
    let office = app.as_user("zhou").await;
    let fields = [("name", name), ("login", login), ("step", "preview")];
    let preview = office.post(REGISTER, &fields).await;
    let seen = preview.between("name=\"seen\" value=\"", "\"").to_owned();
    let fields = [
        ("name", name),
        ("login", login),
        ("step", "do"),
        ("seen", &seen),
    ];
    let done = office.post(REGISTER, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let told = done.headers["set-cookie"].to_str().unwrap().to_owned();
    let known = organisation::of_bureau(&app.app, app.bureau).await.unwrap();
    let person = known.persons.iter().find(|person| person.login == login);
    (person.unwrap().id, told)
}

async fn open(session: &Session, persons: &[PersonId]) -> Answer {
    let ids: Vec<String> = persons.iter().map(ToString::to_string).collect();
    let fields: Vec<(&str, &str)> = ids.iter().map(|id| ("person", id.as_str())).collect();
    session.post(OPEN, &fields).await
}

async fn has_account(app: &TestApp, person: PersonId) -> bool {
    let mut work = app.app.store.read(app.bureau).await.unwrap();
    work.credential_of(person).await.unwrap().is_some()
}

#[tokio::test]
async fn sys_03_who_is_registered_by_form_gets_an_account_and_chooses_a_password() {
    let settings = AccountSettings::default();
    let app = TestApp::strict(AccountSettings {
        demonstration: true,
        ..settings
    })
    .await;
    let (mo, told) = register(&app, "莫小棠", "mo").await;
    let opener = "请安全管理员白".bytes().map(|byte| format!("%{byte:02X}"));
    assert!(told.contains(&opener.collect::<String>()), "{told}");
    let (early, _) = app.sign_in("mo", "luoshi-demo").await;
    assert_eq!(early.status, StatusCode::UNAUTHORIZED);
    let bai = app.as_user("bai").await;
    let page = bai.get("/accounts").await;
    assert!(page.body.contains("还没有账号") && page.body.contains("莫小棠"));

    let opened = open(&bai, &[mo]).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
    let password = opened.between("<code class=\"password\">", "</code>");
    assert!(
        !opened.body.contains("id=\"newcomers\""),
        "the list is empty"
    );
    let again = bai.get("/accounts").await;
    assert!(!again.body.contains(password), "shown twice");
    let filter = AccessFilter {
        action: Some(AccessAction::AccountOpen),
        ..AccessFilter::default()
    };
    let first = PageRequest {
        size: 10,
        after: None,
    };
    let mut work = app.app.store.read(app.bureau).await.unwrap();
    let log = work.access_list(&filter, &first).await.unwrap().rows;
    drop(work);
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].entry.object.as_ref().unwrap().id, Some(mo.0));
    assert_eq!(log[0].entry.person, Some(app.who("bai").await.actor.person));
    assert!(!format!("{log:?}").contains(password));

    // From here as an installation keeps its accounts.
    let mut kept = app;
    kept.keep(settings);
    let (answer, session) = kept.sign_in("mo", password).await;
    assert_eq!(answer.location(), "/account/password?next=%2Fdesk");
    let held = session.get("/ledger").await;
    assert_eq!(held.location(), "/account/password?next=%2Fledger");
    let fields = [
        ("current", password),
        ("new", "Tie-lu8xing"),
        ("again", "Tie-lu8xing"),
        ("next", "/desk"),
    ];
    let changed = session.post("/account/password", &fields).await;
    assert_eq!(changed.location(), "/desk", "{}", changed.body);
    let session = kept.after(&session, &changed).await;
    assert_eq!(session.get("/desk").await.status, StatusCode::OK);
}

#[tokio::test]
async fn sys_03_many_accounts_open_with_one_press_or_none_does() {
    let app = TestApp::new().await;
    let (mo, _) = register(&app, "莫小棠", "mo").await;
    let (ruan, _) = register(&app, "阮青", "ruan").await;
    let (xi, _) = register(&app, "奚望", "xi").await;
    let bai = app.as_user("bai").await;
    let page = bai.get("/accounts").await;
    assert!(page.body.contains("为这 3 人开通"), "{}", page.body);
    let found = bai.get("/accounts?q=ruan").await;
    assert!(found.body.contains("阮青") && !found.body.contains("莫小棠"));

    let both = open(&bai, &[mo, mo, ruan]).await;
    assert_eq!(both.body.matches("class=\"password\"").count(), 2);
    let again = open(&bai, &[xi, mo]).await;
    assert_eq!(again.location(), "/accounts");
    assert!(!has_account(&app, xi).await, "all or none");
    let none = open(&bai, &[]).await;
    assert_eq!(none.location(), "/accounts");
    let unreadable = bai.post(OPEN, &[("person", "everybody")]).await;
    assert_eq!(unreadable.status, StatusCode::UNPROCESSABLE_ENTITY);
    let endless: Vec<PersonId> = (0..=OPENED_AT_ONCE)
        .map(|n| PersonId(Uuid::from_u128(n.try_into().unwrap())))
        .chain([xi])
        .collect();
    let endless = open(&bai, &endless).await;
    assert_eq!(endless.location(), "/accounts");
    let unknown = open(&bai, &[PersonId(Uuid::from_u128(7))]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn sys_03_who_has_left_gets_no_account() {
    let app = TestApp::new().await;
    let (mo, _) = register(&app, "莫小棠", "mo").await;
    let body = json!({"command": "leave", "person": mo.0, "from": "2026-11-26"});
    let office = app.as_user("zhou").await;
    let left = office
        .post_json("/api/v1/organisation/changes", &body)
        .await;
    assert_eq!(left.status, StatusCode::NO_CONTENT, "{}", left.body);
    let bai = app.as_user("bai").await;
    assert!(
        bai.get("/accounts").await.body.contains("莫小棠"),
        "still here"
    );
    app.clock.forward(Duration::days(1));
    let bai = app.as_user("bai").await;
    assert!(!bai.get("/accounts").await.body.contains("莫小棠"));
    assert_eq!(open(&bai, &[mo]).await.location(), "/accounts");
    assert!(!has_account(&app, mo).await);
}

#[tokio::test]
async fn sys_03_only_security_administrators_open_accounts_and_none_for_themselves() {
    let app = TestApp::new().await;
    let (mo, _) = register(&app, "莫小棠", "mo").await;
    for login in ["zhou", "ye", "zhao"] {
        let session = app.as_user(login).await;
        let answer = open(&session, &[mo]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{login}");
    }
    assert!(!has_account(&app, mo).await);
    let bai = app.who("bai").await;
    let client = luoshi_app::accounts::Client::default();
    let own = opening::open(&app.app, &bai, &client, &[bai.actor.person]).await;
    let refused = format!("{:?}", own.unwrap_err());
    assert!(refused.contains("own_account"), "{refused}");
}

#[tokio::test]
async fn sys_03_nobody_opens_accounts_in_another_bureau() {
    let app = TestApp::new().await;
    let (mo, _) = register(&app, "莫小棠", "mo").await;
    let text = "name = \"邻县局\"\n\
        [[units]]\nkey = \"o\"\nkind = \"section\"\nname = \"规划建设科\"\n\
        [[persons]]\nkey = \"lin\"\nname = \"林远\"\n\
        [[persons.posts]]\nunit = \"o\"\ntitle = \"安全管理员\"\nrole = \"security_administrator\"\n";
    let file = organisation::parse(text).unwrap();
    let (other, _) = organisation::create(&app.app, &file, None).await.unwrap();
    let theirs = organisation::of_bureau(&app.app, other.id).await.unwrap();
    let lin = Actor::of(&theirs, theirs.persons[0].id).unwrap();
    let lin = Who::new(other.id, lin);
    let listed = opening::list(&app.app, &lin, "").await.unwrap();
    assert_eq!(listed.found, 0, "{:?}", listed.rows);
    let client = luoshi_app::accounts::Client::default();
    let opened = opening::open(&app.app, &lin, &client, &[mo]).await;
    assert!(opened.is_err());
    assert!(!has_account(&app, mo).await);
}

#[tokio::test]
async fn sys_03_who_has_left_is_signed_out_and_signs_in_no_more() {
    let app = TestApp::new().await;
    let (office, ye) = (app.as_user("zhou").await, app.as_user("ye").await);
    let person = app.who("ye").await.actor.person.to_string();
    let leave = json!({"command": "leave", "person": person, "from": "2026-11-26"});
    let said = office
        .post_json("/api/v1/organisation/changes", &leave)
        .await;
    assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.body);
    assert_eq!(ye.get("/desk").await.status, StatusCode::OK, "the last day");
    app.clock.forward(Duration::hours(24));
    let (answer, _session) = app.sign_in("ye", luoshi_app::demo::PASSWORD).await;
    assert_ne!(answer.status, StatusCode::SEE_OTHER);
    let unknown = app.sign_in("nobody", luoshi_app::demo::PASSWORD).await.0;
    assert_eq!(unknown.status, answer.status);
    assert_eq!(ye.get("/desk").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sys_03_accounts_are_kept_through_the_api_too() {
    let app = TestApp::new().await;
    let (mo, _) = register(&app, "莫小棠", "mo").await;
    let bai = app.as_user("bai").await;
    let listed = bai.get("/api/v1/accounts?q=mo").await.json();
    assert_eq!(listed["newcomers"][0]["person"], mo.to_string());
    assert_eq!(listed["newcomers_found"], 1);
    let opened = bai
        .post_json("/api/v1/accounts", &json!({"persons": [mo.to_string()]}))
        .await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
    assert_eq!(opened.json()[0]["login"], "mo");
    assert!(has_account(&app, mo).await);

    let path = format!("/api/v1/accounts/{mo}");
    let reset = bai
        .post_json(&format!("{path}/password"), &json!({}))
        .await
        .json();
    let password = reset["password"].as_str().unwrap();
    let (answer, mo_session) = app.sign_in("mo", password).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let ended = bai.delete(&format!("{path}/sessions")).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.body);
    assert!(
        mo_session
            .get("/desk")
            .await
            .location()
            .starts_with("/sign-in")
    );
    let none = bai.delete(&format!("{path}/second-factor")).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let office = app.as_user("zhou").await;
    assert_eq!(
        office.get("/api/v1/accounts").await.status,
        StatusCode::NOT_FOUND
    );
}
