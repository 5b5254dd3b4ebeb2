//! One mail a day, through a real mail server that runs beside the test.

use std::sync::Arc;

use chrono::Duration;
use luoshi_app::{digests, jobs};
use luoshi_mail::{Config, Security, SmtpMailer};
use serde_json::{Value, json};

use crate::beside::Beside;
use crate::harness::TestApp;
use crate::inbox::issued;
use crate::tasks::act;

const ADDRESS: &str = "qin@jt.example";

/// The application with a mail server that does not know `refused`; `None` where none can run.
async fn with_mail(refused: &str) -> Option<(TestApp, Beside)> {
    let server = Beside::start("mailbox.mjs", "smtp-server", &[refused])?;
    let mut app = TestApp::new().await;
    let config = Config {
        host: "127.0.0.1".into(),
        port: server.port,
        security: Security::Plain,
        login: None,
        from: "落实系统 <luoshi@jt.example>".into(),
        authority: None,
    };
    app.app.mailer = Some(Arc::new(SmtpMailer::new(config).unwrap()));
    app.app.public_url = Some("https://luoshi.jt.example".into());
    Some((app, server))
}

async fn wishing(app: &TestApp, login: &str, address: &str) {
    let session = app.as_user(login).await;
    let wishes = json!({"digest": true, "address": address, "hour": 8, "workdays": true});
    let kept = session.post_json("/api/v1/tellings", &wishes).await;
    assert!(kept.status.is_success(), "{}", kept.body);
}

async fn work(app: &TestApp) {
    while jobs::run_next(&app.app, "test").await.unwrap() {}
}

fn mail(server: &mut Beside) -> Value {
    serde_json::from_str(&server.line()).unwrap()
}

#[tokio::test]
async fn time_10_one_mail_a_day_tells_what_waits_and_what_came() {
    let Some((app, mut server)) = with_mail("nobody@jt.example").await else {
        return;
    };
    let id = issued(&app).await;
    wishing(&app, "qin", ADDRESS).await;
    wishing(&app, "ye", "ye@jt.example").await;
    // Ten o'clock on a Wednesday is not the hour that was wished for.
    assert_eq!(digests::schedule(&app.app).await.unwrap(), 1);
    work(&app).await;

    // Ten past eight on Thursday.
    app.clock.forward(Duration::minutes(22 * 60 + 10));
    assert_eq!(digests::schedule(&app.app).await.unwrap(), 1);
    assert_eq!(digests::schedule(&app.app).await.unwrap(), 0);
    work(&app).await;
    let first = mail(&mut server);
    assert_eq!(
        first["to"],
        json!([ADDRESS]),
        "who has nothing to do gets none"
    );
    assert_eq!(first["from"], "luoshi@jt.example");
    assert_eq!(
        first["subject"],
        "【落实】1 件事等您办，1 条新消息（2026-11-26）"
    );
    let text = first["text"].as_str().unwrap();
    assert!(text.starts_with("秦立，您好："), "{text}");
    assert!(
        text.contains(&format!("https://luoshi.jt.example/tasks/{id}")),
        "{text}"
    );

    // What was told is not told again; of what is marked only that it is there.
    app.clock.forward(Duration::minutes(1));
    let zhou = app.as_user("zhou").await;
    let title = zhou.get(&format!("/api/v1/tasks/{id}")).await.json()["title"].clone();
    act(&app.as_user("qin").await, &id, "sign-for", &[]).await;
    let urging = [("text", "请抓紧"), ("respond_by", "2026-11-30")];
    act(&zhou, &id, "urge", &urging).await;
    let mark = [("mark", "internal"), ("reason", "内部事项")];
    act(&zhou, &id, "mark", &mark).await;
    app.clock.forward(Duration::days(1));
    digests::schedule(&app.app).await.unwrap();
    work(&app).await;
    let second = mail(&mut server);
    assert_ne!(second["id"], first["id"]);
    let text = second["text"].as_str().unwrap();
    assert!(text.contains("另有 1 条消息涉及有标注的事项"), "{text}");
    assert!(!text.contains(title.as_str().unwrap()), "{text}");

    // Saturday is quiet; on Monday the unit still has its report to write.
    app.clock.forward(Duration::days(1));
    digests::schedule(&app.app).await.unwrap();
    work(&app).await;
    app.clock.forward(Duration::days(2));
    digests::schedule(&app.app).await.unwrap();
    work(&app).await;
    let third = mail(&mut server);
    assert!(
        third["subject"].as_str().unwrap().contains("2026-11-30"),
        "{third}"
    );
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn time_10_a_mail_that_is_refused_is_given_up_and_said() {
    let Some((app, _server)) = with_mail(ADDRESS).await else {
        return;
    };
    issued(&app).await;
    wishing(&app, "qin", ADDRESS).await;
    app.clock.forward(Duration::minutes(22 * 60 + 10));
    digests::schedule(&app.app).await.unwrap();
    work(&app).await;
    let mut uow = app.app.store.read(app.bureau).await.unwrap();
    let failed = uow.jobs_failed("digest_mail", 10).await.unwrap();
    assert_eq!(failed.len(), 1);
    assert!(failed[0].error.contains("550"), "{}", failed[0].error);
}

#[tokio::test]
async fn time_10_a_mail_server_that_is_down_is_tried_again() {
    let Some((app, server)) = with_mail("nobody@jt.example").await else {
        return;
    };
    drop(server);
    issued(&app).await;
    wishing(&app, "qin", ADDRESS).await;
    app.clock.forward(Duration::minutes(22 * 60 + 10));
    digests::schedule(&app.app).await.unwrap();
    work(&app).await;
    let mut uow = app.app.store.read(app.bureau).await.unwrap();
    assert!(uow.jobs_failed("digest_mail", 10).await.unwrap().is_empty());
    drop(uow);
    // Put off for longer each time, and then given up.
    for _try in 0..6 {
        app.clock.forward(Duration::hours(1));
        work(&app).await;
    }
    let mut uow = app.app.store.read(app.bureau).await.unwrap();
    let failed = uow.jobs_failed("digest_mail", 10).await.unwrap();
    assert_eq!(failed.len(), 1);
    assert!(failed[0].error.contains("连不上邮件服务器"));
}

/// Puts somebody in the post that the person had, or nobody, from today on.
async fn appoint(app: &TestApp, post: uuid::Uuid, holder: Option<uuid::Uuid>) {
    let zhou = app.as_user("zhou").await;
    let change = json!({
        "command": "appoint", "post": post, "holder": holder, "from": app.app.today(),
    });
    let done = zhou
        .post_json("/api/v1/organisation/changes", &change)
        .await;
    assert!(done.status.is_success(), "{}", done.body);
}

#[tokio::test]
async fn time_10_who_has_lost_access_meanwhile_is_told_nothing() {
    let Some((app, mut server)) = with_mail("nobody@jt.example").await else {
        return;
    };
    issued(&app).await;
    wishing(&app, "qin", ADDRESS).await;
    let qin = app.who("qin").await.actor;
    let (post, person) = (qin.posts[0].id.0, qin.person.0);
    app.clock.forward(Duration::minutes(22 * 60 + 10));
    assert_eq!(digests::schedule(&app.app).await.unwrap(), 1);
    // The mail is put together, and before it goes the post is another's.
    assert!(jobs::run_next(&app.app, "test").await.unwrap());
    appoint(&app, post, None).await;
    work(&app).await;
    app.clock.forward(Duration::days(1));
    appoint(&app, post, Some(person)).await;
    digests::schedule(&app.app).await.unwrap();
    work(&app).await;
    let first = mail(&mut server);
    let subject = first["subject"].as_str().unwrap();
    assert!(
        subject.contains("（2026-11-27）"),
        "the day before one went: {subject}"
    );
}
