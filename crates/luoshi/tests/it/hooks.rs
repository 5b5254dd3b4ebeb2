//! Messages to robots and other programs, at a listener beside the test.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::http::{HeaderMap, StatusCode};
use chrono::Duration;
use hmac::{Hmac, KeyInit, Mac};
use luoshi_app::hooks::deliveries;
use luoshi_app::{hooks, jobs};
use luoshi_domain::hooks::{Credential, HookDetails, HookKind, Hours};
use luoshi_domain::ids::HookId;
use luoshi_domain::notifications::Topic;
use luoshi_hooks::{Config, HttpSender};
use serde_json::{Value, json};
use sha2::Sha256;
use sqlx::{Connection, SqliteConnection};

use crate::harness::{Session, TestApp};
use crate::inbox::issued;
use crate::tasks::act;

const TOKEN: &str = "693a91f6-7e9b-4bc4-97a0-0ec2sifa5aaa";

/// What came in.
#[derive(Clone)]
struct Request {
    query: String,
    headers: HeaderMap,
    body: String,
}

impl Request {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// A robot that answers as it is told, 200 with `errcode` 0 when it is told nothing.
pub(crate) struct Robot {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    answers: Arc<Mutex<VecDeque<(u16, &'static str)>>>,
}

impl Robot {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let answers: Arc<Mutex<VecDeque<(u16, &'static str)>>> = Arc::default();
        let (kept, told) = (Arc::clone(&requests), Arc::clone(&answers));
        let router = Router::new().fallback(move |request: axum::extract::Request| {
            let (kept, told) = (Arc::clone(&kept), Arc::clone(&told));
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap();
                kept.lock().unwrap().push(Request {
                    query: parts.uri.query().unwrap_or_default().to_owned(),
                    headers: parts.headers,
                    body: String::from_utf8(body.to_vec()).unwrap(),
                });
                let answer = told.lock().unwrap().pop_front();
                let (status, text) = answer.unwrap_or((200, r#"{"errcode":0}"#));
                (StatusCode::from_u16(status).unwrap(), text)
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            port,
            requests,
            answers,
        }
    }

    fn address(&self, kind: HookKind) -> String {
        let query = match kind {
            HookKind::General => format!("token={TOKEN}"),
            HookKind::Wecom => format!("key={TOKEN}"),
            HookKind::Dingtalk => format!("access_token={TOKEN}"),
        };
        format!("http://127.0.0.1:{}/send?{query}", self.port)
    }

    fn answer_next(&self, status: u16, body: &'static str) {
        self.answers.lock().unwrap().push_back((status, body));
    }

    /// What came since this was last asked.
    fn taken(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

fn sender() -> Arc<HttpSender> {
    let config = Config {
        named: vec!["127.0.0.0/8".parse().unwrap()],
        authority: None,
    };
    Arc::new(HttpSender::new(config).unwrap())
}

/// A hook of the bureau, registered by the system administrator where messages are let out.
pub(crate) async fn registered(app: &TestApp) -> HookId {
    let mut out = app.app.clone();
    out.hooks = Some(sender());
    let wanted = hooks::Wanted {
        kind: HookKind::General,
        details: HookDetails {
            name: "对接".into(),
            topics: vec![Topic::Urged],
            digest: false,
            unit: None,
            hours: Hours::default(),
            plain: false,
        },
        credential: Credential {
            address: "http://127.0.0.1:8080/in".into(),
            secret: String::new(),
        },
    };
    let ding = app.who("ding").await;
    hooks::register(&out, &ding, wanted).await.unwrap().0.id
}

/// The application with messages let out, and a robot of a kind that hears of the planning section.
async fn with_robot(kind: HookKind, secret: &str) -> (TestApp, Robot, Value) {
    let mut app = TestApp::new().await;
    app.let_out(sender());
    let robot = Robot::start().await;
    let unit = app.who("qin").await.actor.units()[0].0;
    let wish = json!({
        "kind": kind.key(),
        "address": robot.address(kind),
        "secret": secret,
        "details": details(Some(unit)),
    });
    let ding = app.as_user("ding").await;
    let made = ding.post_json("/api/v1/hooks", &wish).await;
    assert!(made.status.is_success(), "{}", made.body);
    let made = made.json();
    (app, robot, made)
}

fn details(unit: Option<uuid::Uuid>) -> Value {
    json!({
        "name": "规划科工作群", "unit": unit, "digest": false,
        "topics": ["assigned", "urged", "due_soon", "overdue", "progress"],
        "from": 8, "until": 18, "workdays": true, "plain": false,
    })
}

async fn work(app: &TestApp) {
    while jobs::run_next(&app.app, "test").await.unwrap() {}
}

/// Lets the time in which messages gather go by, and sends them.
async fn gather(app: &TestApp) {
    app.clock.forward(Duration::seconds(11));
    work(app).await;
}

async fn shown(app: &TestApp, made: &Value) -> Value {
    let id = made["hook"]["id"].as_str().unwrap();
    let ding = app.as_user("ding").await;
    ding.get(&format!("/api/v1/hooks/{id}")).await.json()
}

async fn command(app: &TestApp, made: &Value, command: &Value) -> Value {
    let id = made["hook"]["id"].as_str().unwrap();
    let ding = app.as_user("ding").await;
    let path = format!("/api/v1/hooks/{id}/commands");
    let done = ding.post_json(&path, command).await;
    assert!(done.status.is_success(), "{}", done.body);
    done.json()
}

async fn urge(app: &TestApp, id: &str) {
    let zhou = app.as_user("zhou").await;
    let urging = [("text", "请抓紧"), ("respond_by", "2026-12-20")];
    act(&zhou, id, "urge", &urging).await;
}

#[tokio::test]
async fn time_10_a_program_gets_signed_json_and_the_same_again_after_a_fault() {
    let (app, robot, made) = with_robot(HookKind::General, "").await;
    let secret = made["secret"].as_str().unwrap();
    assert_eq!(made["hook"]["host"], "127.0.0.1");
    let id = issued(&app).await;
    // It waits for what else comes, and goes by a job.
    work(&app).await;
    assert!(robot.taken().is_empty());
    robot.answer_next(500, "secret diagnostics");
    gather(&app).await;
    let [first] = robot.taken().try_into().ok().unwrap();
    work(&app).await;
    assert!(robot.taken().is_empty(), "it waits before it tries again");
    app.clock.forward(Duration::seconds(31));
    work(&app).await;
    let [second] = robot.taken().try_into().ok().unwrap();

    let body = second.json();
    let item = &body["items"][0];
    assert_eq!(item["topic"], "assigned");
    assert_eq!(item["task"], id.as_str());
    assert_eq!(
        item["link"],
        format!("https://luoshi.jt.example/tasks/{id}")
    );
    assert!(item["text"].as_str().unwrap().contains("下达立项通知"));
    assert_eq!(body["id"], second.header("luoshi-delivery"));
    assert_eq!(
        first.header("luoshi-delivery"),
        second.header("luoshi-delivery")
    );
    for sent in [&first, &second] {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{}.{}", sent.header("luoshi-timestamp"), sent.body).as_bytes());
        let code = mac.finalize().into_bytes();
        let code: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(sent.header("luoshi-signature"), format!("sha256={code}"));
    }
    assert_ne!(
        first.header("luoshi-signature"),
        second.header("luoshi-signature")
    );

    let log = shown(&app, &made).await;
    let delivery = &log["deliveries"][0];
    assert_eq!(
        (delivery["state"].as_str(), delivery["tries"].as_u64()),
        (Some("sent"), Some(2))
    );
    assert_eq!(delivery["status"], 200);
    assert_eq!(delivery["told"], 1);
    assert!(!log.to_string().contains("diagnostics"));
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn time_10_a_robot_that_says_no_is_listed_and_can_be_sent_to_again() {
    let (app, robot, made) = with_robot(HookKind::Dingtalk, "SECabc").await;
    assert_eq!(made["secret"], Value::Null);
    issued(&app).await;
    robot.answer_next(200, r#"{"errcode":310000,"errmsg":"sign not match"}"#);
    gather(&app).await;
    let [sent] = robot.taken().try_into().ok().unwrap();
    assert!(sent.query.contains("&timestamp=") && sent.query.contains("&sign="));
    let text = sent.json()["markdown"]["text"].as_str().unwrap().to_owned();
    assert!(
        text.contains("【落实】") && text.contains("[查看](https://"),
        "{text}"
    );
    let log = shown(&app, &made).await;
    let delivery = &log["deliveries"][0];
    assert_eq!(delivery["state"], "failed");
    assert!(delivery["error"].as_str().unwrap().contains("310000"));

    let page = format!("/hooks/{}", made["hook"]["id"].as_str().unwrap());
    let ding = app.as_user("ding").await;
    let body = ding.get(&page).await.body;
    assert!(body.contains("再送") && body.contains("加签密钥"), "{body}");
    let again = json!({"command": "again", "delivery": delivery["id"]});
    command(&app, &made, &again).await;
    work(&app).await;
    assert_eq!(robot.taken().len(), 1);
    assert_eq!(shown(&app, &made).await["deliveries"][0]["state"], "sent");
}

#[tokio::test]
async fn time_10_what_comes_in_quiet_hours_goes_as_one_message_on_the_next_workday() {
    let (app, robot, made) = with_robot(HookKind::Wecom, "").await;
    let id = issued(&app).await;
    gather(&app).await;
    assert_eq!(robot.taken().len(), 1);
    // Friday evening.
    app.clock.forward(Duration::hours(2 * 24 + 9));
    urge(&app, &id).await;
    gather(&app).await;
    app.clock.forward(Duration::hours(24));
    urge(&app, &id).await;
    gather(&app).await;
    assert!(robot.taken().is_empty());
    let waiting = shown(&app, &made).await["deliveries"][0].clone();
    assert_eq!(waiting["due_at"], "2026-11-30T00:00:00Z");
    // Monday at eight.
    app.clock.forward(Duration::hours(37));
    work(&app).await;
    let [sent] = robot.taken().try_into().ok().unwrap();
    let text = sent.json()["markdown"]["content"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(text.matches("：催办 1 件").count(), 2, "{text}");
    assert!(text.contains("2 条新消息"), "{text}");
    assert_eq!(shown(&app, &made).await["deliveries"][0]["told"], 2);
}

#[tokio::test]
async fn sys_05_nothing_marked_goes_out_even_if_it_was_marked_on_the_way() {
    let (app, robot, made) = with_robot(HookKind::Wecom, "").await;
    let id = issued(&app).await;
    let zhou = app.as_user("zhou").await;
    let mark = [("mark", "internal"), ("reason", "内部事项")];
    act(&zhou, &id, "mark", &mark).await;
    gather(&app).await;
    assert!(robot.taken().is_empty());
    let log = shown(&app, &made).await;
    assert_eq!(log["deliveries"][0]["state"], "dropped");
    assert_eq!(log["deliveries"][0]["left_out"], 1);
    // Of what is marked already nothing is even gathered.
    urge(&app, &id).await;
    gather(&app).await;
    assert!(robot.taken().is_empty());
    assert_eq!(
        shown(&app, &made).await["deliveries"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn time_10_what_was_switched_off_meanwhile_is_not_sent_and_not_later() {
    let (app, robot, made) = with_robot(HookKind::Wecom, "").await;
    let id = issued(&app).await;
    command(&app, &made, &json!({"command": "switch", "on": false})).await;
    gather(&app).await;
    assert!(robot.taken().is_empty());
    command(&app, &made, &json!({"command": "switch", "on": true})).await;
    gather(&app).await;
    assert!(robot.taken().is_empty());
    assert_eq!(
        shown(&app, &made).await["deliveries"][0]["state"],
        "dropped"
    );
    urge(&app, &id).await;
    gather(&app).await;
    assert_eq!(robot.taken().len(), 1);
    // A robot of another unit hears nothing of it.
    let unit = app.who("ye").await.actor.units()[0].0;
    let amend = json!({"command": "amend", "details": details(Some(unit)), "seen": null});
    command(&app, &made, &amend).await;
    app.clock.forward(Duration::days(1));
    urge(&app, &id).await;
    gather(&app).await;
    assert!(robot.taken().is_empty());
    command(
        &app,
        &made,
        &json!({"command": "remove", "reason": "群已解散"}),
    )
    .await;
    let ding = app.as_user("ding").await;
    assert_eq!(ding.get("/api/v1/hooks").await.json()["rows"], json!([]));
    let mut uow = app.app.store.read(app.bureau).await.unwrap();
    let hook = made["hook"]["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(uow.hook_credential(hook).await.unwrap(), None);
    drop(uow);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn time_10_a_unit_that_nobody_is_in_any_more_is_told_nothing() {
    let (app, robot, made) = with_robot(HookKind::Wecom, "").await;
    issued(&app).await;
    let zhou = app.as_user("zhou").await;
    let qin = app.who("qin").await.actor;
    let organisation = luoshi_app::organisation::of_bureau(&app.app, app.bureau).await;
    for post in organisation.unwrap().posts_in(qin.units()[0]) {
        let change = json!({
            "command": "appoint", "post": post.id.0, "holder": null, "from": app.app.today(),
        });
        let done = zhou
            .post_json("/api/v1/organisation/changes", &change)
            .await;
        assert!(done.status.is_success(), "{}", done.body);
    }
    gather(&app).await;
    assert!(robot.taken().is_empty());
    let log = shown(&app, &made).await;
    assert_eq!(log["deliveries"][0]["state"], "dropped");
    assert!(
        log["deliveries"][0]["error"]
            .as_str()
            .unwrap()
            .contains("没有人在岗")
    );
}

#[tokio::test]
async fn time_10_a_hook_that_fails_for_days_is_paused_and_its_keeper_told() {
    let (app, robot, made) = with_robot(HookKind::Wecom, "").await;
    let id = issued(&app).await;
    for day in 0..4 {
        robot.answer_next(200, r#"{"errcode":93000}"#);
        if day > 0 {
            app.clock.forward(Duration::days(1));
            urge(&app, &id).await;
        }
        // The weekend is quiet.
        app.clock.forward(Duration::seconds(11));
        work(&app).await;
    }
    app.clock.forward(Duration::days(2));
    work(&app).await;
    let log = shown(&app, &made).await;
    assert_eq!(log["hook"]["state"], "paused", "{log}");
    let ding = app.as_user("ding").await;
    let inbox = ding.get("/api/v1/inbox").await.json();
    let row = &inbox["rows"][0];
    assert!(
        row["text"].as_str().unwrap().contains("已自动暂停"),
        "{inbox}"
    );
    assert_eq!(row["hook"], made["hook"]["id"]);
    assert_eq!(row["task"], Value::Null);
    let page = ding.get("/inbox").await.body;
    assert!(page.contains(&format!("/hooks/{}", made["hook"]["id"].as_str().unwrap())));
    // Nothing goes until it is switched on again; a test does.
    robot.taken();
    urge(&app, &id).await;
    gather(&app).await;
    assert!(robot.taken().is_empty());
    command(&app, &made, &json!({"command": "test"})).await;
    work(&app).await;
    assert_eq!(robot.taken().len(), 1);
    command(&app, &made, &json!({"command": "switch", "on": true})).await;
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn time_10_one_digest_a_day_counts_what_the_unit_has_in_hand() {
    let (app, robot, made) = with_robot(HookKind::Wecom, "").await;
    let mut wanted = details(
        made["hook"]["details"]["unit"]
            .as_str()
            .unwrap()
            .parse()
            .ok(),
    );
    wanted["digest"] = true.into();
    wanted["topics"] = json!([]);
    let amend = json!({"command": "amend", "details": wanted, "seen": 1});
    command(&app, &made, &amend).await;
    assert_eq!(deliveries::schedule(&app.app).await.unwrap(), 1);
    work(&app).await;
    assert!(robot.taken().is_empty(), "there is nothing in hand");
    issued(&app).await;
    assert_eq!(
        deliveries::schedule(&app.app).await.unwrap(),
        0,
        "once a day"
    );
    // Past the limit of the task, which is the twentieth.
    app.clock.forward(Duration::days(27));
    deliveries::schedule(&app.app).await.unwrap();
    work(&app).await;
    let [sent] = robot.taken().try_into().ok().unwrap();
    let text = sent.json()["markdown"]["content"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(text.contains("在办 1 件"), "{text}");
    assert!(
        text.contains("逾期 1 件") && text.contains("queue=no_result"),
        "{text}"
    );
}

#[tokio::test]
async fn sys_02_neither_address_nor_secret_is_anywhere_but_beside_the_journal() {
    let (app, robot, made) = with_robot(HookKind::General, "").await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    issued(&app).await;
    robot.answer_next(500, "");
    gather(&app).await;
    app.clock.forward(Duration::minutes(2));
    work(&app).await;
    let rekeyed = command(&app, &made, &json!({"command": "rekey"})).await;
    let renewed = rekeyed["secret"].as_str().unwrap().to_owned();
    assert_ne!(renewed, secret);
    let moved = json!({"command": "readdress", "address": robot.address(HookKind::General)});
    command(&app, &made, &moved).await;
    let ding = app.as_user("ding").await;
    let id = made["hook"]["id"].as_str().unwrap();
    for path in [
        "/hooks".to_owned(),
        format!("/hooks/{id}"),
        format!("/api/v1/hooks/{id}"),
    ] {
        let body = ding.get(&path).await.body;
        for hidden in [TOKEN, secret.as_str(), renewed.as_str()] {
            assert!(!body.contains(hidden), "{path}");
        }
        assert!(body.contains("127.0.0.1"), "{path}");
    }
    let url = format!("sqlite:{}", app.folder.path().join("luoshi.db").display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' \
                  AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'task_words%'";
    let tables: Vec<String> = sqlx::query_scalar(tables)
        .fetch_all(&mut conn)
        .await
        .unwrap();
    let mut found = Vec::new();
    for table in tables {
        let columns = format!("SELECT name FROM pragma_table_info('{table}') WHERE type = 'TEXT'");
        let columns: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(columns))
            .fetch_all(&mut conn)
            .await
            .unwrap();
        for column in columns {
            for hidden in [TOKEN, secret.as_str(), renewed.as_str()] {
                let sql = format!(
                    "SELECT count(*) FROM \"{table}\" WHERE \"{column}\" LIKE '%{hidden}%'"
                );
                let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                    .fetch_one(&mut conn)
                    .await
                    .unwrap();
                if count > 0 {
                    found.push(format!("{table}.{column}"));
                }
            }
        }
    }
    found.sort();
    found.dedup();
    assert_eq!(
        found,
        ["hook_credentials.address", "hook_credentials.secret"]
    );
}

/// The form of a hook as it is offered, with an address.
async fn fill(session: &Session, address: &str) -> crate::harness::Answer {
    let fields = [
        ("kind", "wecom"),
        ("name", "规划科工作群"),
        ("topics", "urged"),
        ("topics", "assigned"),
        ("from", "8"),
        ("until", "18"),
        ("workdays", "yes"),
        ("address", address),
    ];
    session.post("/hooks", &fields).await
}

#[tokio::test]
async fn time_10_nothing_is_let_out_unless_the_installation_does_and_pages_say_so() {
    let app = TestApp::new().await;
    let ding = app.as_user("ding").await;
    let page = ding.get("/hooks").await;
    assert!(page.body.contains("没有开启外发") && page.body.contains("--hooks"));
    let refused = fill(
        &ding,
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a",
    )
    .await;
    assert_eq!(refused.location(), "/hooks");
    assert_eq!(
        ding.get("/api/v1/hooks").await.json(),
        json!({"on": false, "rows": []})
    );
    registered(&app).await;
    issued(&app).await;
    let mut uow = app.app.store.read(app.bureau).await.unwrap();
    let hook = hooks::list(&app.app, &app.who("ding").await).await.unwrap();
    let made = uow.deliveries_list(hook[0].hook.id, 9).await.unwrap();
    assert_eq!(made, []);
    for login in ["zhou", "zhao", "qin", "bai", "mu"] {
        let other = app.as_user(login).await;
        assert_eq!(other.get("/hooks").await.status, StatusCode::NOT_FOUND);
        assert!(!other.get("/desk").await.body.contains("href=\"/hooks\""));
    }
}

#[tokio::test]
async fn time_10_a_robot_is_registered_tested_and_seen_by_those_whose_news_it_tells() {
    let mut app = TestApp::new().await;
    app.let_out(sender());
    let robot = Robot::start().await;
    let ding = app.as_user("ding").await;
    for (address, said) in [
        ("", "请填写地址"),
        (
            "http://192.168.1.5/send?key=a",
            "--hooks-allow 192.168.1.0/24",
        ),
        ("http://169.254.169.254/latest?key=a", "链路本地地址"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "key="),
    ] {
        let refused = fill(&ding, address).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{address}"
        );
        assert!(refused.body.contains(said), "{}", refused.body);
        assert!(
            refused.body.contains("规划科工作群"),
            "what was typed is kept"
        );
        assert!(address.is_empty() || !refused.body.contains(address));
    }
    let done = fill(&ding, &robot.address(HookKind::Wecom)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = done.location().to_owned();
    let tested = ding.post(&format!("{page}/test"), &[]).await;
    assert_eq!(tested.location(), page);
    assert!(
        ding.get(&page)
            .await
            .body
            .contains("hx-trigger=\"every 3s\"")
    );
    work(&app).await;
    let [sent] = robot.taken().try_into().ok().unwrap();
    assert!(sent.body.contains("测试消息"));
    let body = ding.get(&page).await.body;
    assert!(
        body.contains("已送达") && !body.contains("every 3s"),
        "{body}"
    );
    let qin = app.as_user("qin").await;
    let own = qin.get("/account/messages").await.body;
    assert!(
        own.contains("规划科工作群") && own.contains("催办"),
        "{own}"
    );
    assert!(!own.contains("127.0.0.1"));
    let twin = qin.get("/api/v1/tellings/hooks").await.json();
    assert_eq!(twin[0]["details"]["name"], "规划科工作群");
    // An administrator's post is in no unit's business.
    assert_eq!(ding.get("/api/v1/tellings/hooks").await.json(), json!([]));
    let switched = ding.post(&format!("{page}/switch"), &[("on", "no")]).await;
    assert_eq!(switched.location(), page);
    let removed = ding
        .post(&format!("{page}/remove"), &[("reason", "换群")])
        .await;
    assert_eq!(removed.location(), "/hooks");
    assert!(app.is_rebuildable().await);
}
