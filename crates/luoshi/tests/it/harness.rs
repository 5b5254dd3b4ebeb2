//! The real router over a SQLite file in a temporary folder, or an empty schema of PostgreSQL, with
//! a clock and ids of its own.

use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use chrono::{DateTime, Duration, Utc};
use luoshi_app::accounts::identity::IdentityProvider;
use luoshi_app::accounts::sign_in::Attempt;
use luoshi_app::accounts::{AccountSettings, Client};
use luoshi_app::attachments::scanner::Scanner;
use luoshi_app::hooks::sender::HookSender;
use luoshi_app::refiner::Refiner;
use luoshi_app::{App, Who, accounts, bureaus, demo, organisation, plans};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{BureauId, PlanId};
use luoshi_domain::plans::Plan;
use luoshi_domain::ports::{Clock, Ids};
use luoshi_files::FileStore;
use luoshi_policy::Policies;
use luoshi_store::Database;
use luoshi_web::WebState;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

/// When the tests take place: Wednesday 25 November 2026, ten o'clock in Shanghai.
pub(crate) const NOW: &str = "2026-11-25T02:00:00Z";

/// The reverse proxy that the tests' application trusts.
pub(crate) const PROXY: &str = "10.9.0.0/16";

fn state(app: &App) -> WebState {
    WebState {
        app: Arc::new(app.clone()),
        demo: true,
        proxies: vec![PROXY.parse().unwrap()].into(),
    }
}

/// Passwords as in a demonstration, and sessions that outlast a test that moves the clock.
fn lasting() -> AccountSettings {
    AccountSettings {
        idle: Duration::hours(12),
        administrator_idle: Duration::hours(12),
        demonstration: true,
        ..AccountSettings::default()
    }
}

/// The demonstration bureau, with or without its plan.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) bureau: BureauId,
    pub(crate) clock: Arc<TestClock>,
    database: Database,
    router: Router,
    pub(crate) folder: TempDir,
}

/// The policies, loaded once for all tests.
fn policies() -> Arc<Policies> {
    static LOADED: OnceLock<Arc<Policies>> = OnceLock::new();
    Arc::clone(LOADED.get_or_init(|| Arc::new(Policies::built_in().unwrap())))
}

impl TestApp {
    /// The bureau without a plan.
    pub(crate) async fn new() -> Self {
        Self::founded(false, None, lasting()).await
    }

    /// The bureau without a plan, with the accounts kept as an installation keeps them.
    pub(crate) async fn strict(settings: AccountSettings) -> Self {
        Self::founded(false, None, settings).await
    }

    /// The bureau without a plan, with somebody to ask about what the reader is not sure of.
    pub(crate) async fn refined_by(refiner: Arc<dyn Refiner>) -> Self {
        Self::founded(false, Some(refiner), lasting()).await
    }

    /// The bureau with its plan and tasks at every stage.
    pub(crate) async fn with_demo() -> Self {
        Self::founded(true, None, lasting()).await
    }

    /// The bureau as an installation keeps it, at a time of its own, with a server that knows who
    /// people are.
    pub(crate) async fn known_by(
        identity: Arc<dyn IdentityProvider>,
        now: DateTime<Utc>,
        settings: AccountSettings,
    ) -> Self {
        let mut app = Self::founded(false, None, settings).await;
        app.clock.set(now);
        app.app.identity = Some(identity);
        app.router = luoshi_web::router(state(&app.app));
        app
    }

    /// From now on has files looked through.
    pub(crate) fn scan(&mut self, scanner: Arc<dyn Scanner>) {
        self.app.scanner = Some(scanner);
        self.router = luoshi_web::router(state(&self.app));
    }

    /// From now on lets messages out.
    pub(crate) fn let_out(&mut self, sender: Arc<dyn HookSender>) {
        self.app.hooks = Some(sender);
        self.app.public_url = Some("https://luoshi.jt.example".into());
        self.router = luoshi_web::router(state(&self.app));
    }

    /// From now on keeps the accounts like this.
    pub(crate) fn keep(&mut self, settings: AccountSettings) {
        self.app.accounts = settings;
        self.router = luoshi_web::router(state(&self.app));
    }

    /// The bureau without a plan in an empty schema of PostgreSQL, or `None` without a server.
    pub(crate) async fn on_postgres(test: &str) -> Option<Self> {
        let url = luoshi_store::schemas::empty(test).await?;
        let folder = tempfile::tempdir().unwrap();
        Some(Self::kept_in(&url, folder, false, None, lasting()).await)
    }

    async fn founded(
        prepared: bool,
        refiner: Option<Arc<dyn Refiner>>,
        settings: AccountSettings,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("luoshi.db").display());
        Self::kept_in(&url, folder, prepared, refiner, settings).await
    }

    async fn kept_in(
        url: &str,
        folder: TempDir,
        prepared: bool,
        refiner: Option<Arc<dyn Refiner>>,
        settings: AccountSettings,
    ) -> Self {
        let database = luoshi_store::open(url).await.unwrap();
        let clock = Arc::new(TestClock::at(NOW));
        let mut app = App::new(
            Arc::new(database.clone()),
            Arc::<TestClock>::clone(&clock),
            Arc::new(TestIds::default()),
            policies(),
        )
        .unwrap();
        app.refiner = refiner;
        let files = FileStore::folder(&folder.path().join("files")).unwrap();
        app.contents = Some(Arc::new(files));
        app.accounts = settings;
        if prepared {
            Box::pin(demo::prepare(&app)).await.unwrap();
        } else {
            Box::pin(demo::found(&app)).await.unwrap();
        }
        let bureau = bureaus::list(&app).await.unwrap()[0].id;
        let router = luoshi_web::router(state(&app));
        Self {
            app,
            bureau,
            clock,
            database,
            router,
            folder,
        }
    }

    /// A browser of the person with this login.
    pub(crate) async fn as_user(&self, login: &str) -> Session {
        let attempt = Attempt {
            login: login.to_owned(),
            password: demo::PASSWORD.to_owned(),
            client: Client::default(),
        };
        let signed_in = accounts::sign_in(&self.app, self.bureau, attempt)
            .await
            .unwrap();
        Session {
            router: self.router.clone(),
            cookie: Some(format!("luoshi_session={}", signed_in.token)),
            csrf: signed_in.session.csrf,
        }
    }

    /// Signs in on the page, as a person does; the answer and the browser as it is then.
    pub(crate) async fn sign_in(&self, login: &str, password: &str) -> (Answer, Session) {
        let nobody = self.anonymous();
        let fields = [("name", login), ("password", password)];
        let answer = nobody.post("/sign-in", &fields).await;
        let session = self.after(&nobody, &answer).await;
        (answer, session)
    }

    /// A browser after an answer that may have given it another session.
    pub(crate) async fn after(&self, before: &Session, answer: &Answer) -> Session {
        let mut cookie = before.cookie.clone();
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            if let Some(pair) = line.split(';').next()
                && pair.starts_with("luoshi_session=")
            {
                cookie = Some(pair.to_owned());
            }
        }
        let mut session = Session {
            router: self.router.clone(),
            cookie,
            csrf: String::new(),
        };
        let known = session.get("/api/v1/session").await;
        if known.status == StatusCode::OK {
            known.json()["csrf"]
                .as_str()
                .unwrap()
                .clone_into(&mut session.csrf);
        }
        session
    }

    /// A browser of nobody.
    pub(crate) fn anonymous(&self) -> Session {
        Session {
            router: self.router.clone(),
            cookie: None,
            csrf: String::new(),
        }
    }

    /// The person with this login, for calling a use case.
    pub(crate) async fn who(&self, login: &str) -> Who {
        let organisation = organisation::of_bureau(&self.app, self.bureau)
            .await
            .unwrap();
        let person = organisation
            .persons
            .iter()
            .find(|person| person.login == login)
            .unwrap();
        Who::new(self.bureau, Actor::of(&organisation, person.id).unwrap())
    }

    /// Imports a text as the supervision officer.
    pub(crate) async fn import(&self, text: &str) -> PlanId {
        let upload = plans::Upload {
            file_name: "方案.txt".into(),
            bytes: text.as_bytes().to_vec(),
            category: "bureau".into(),
            year: Some(2026),
            default_limit: "2026-12-31".parse().ok(),
            ..plans::Upload::default()
        };
        plans::import(&self.app, &self.who("zhou").await, upload)
            .await
            .unwrap()
            .plan
    }

    /// Imports a plan of which nothing is said but the year, if that.
    pub(crate) async fn import_bare(&self, text: &str, year: Option<i32>) -> PlanId {
        let upload = plans::Upload {
            file_name: "方案.txt".into(),
            bytes: text.as_bytes().to_vec(),
            category: "bureau".into(),
            year,
            ..plans::Upload::default()
        };
        let who = self.who("zhou").await;
        plans::import(&self.app, &who, upload).await.unwrap().plan
    }

    /// The plan as the supervision office sees it.
    pub(crate) async fn plan(&self, id: PlanId) -> Plan {
        let who = self.who("zhou").await;
        plans::show(&self.app, &who, id).await.unwrap().plan
    }

    /// Serves on a free port of this machine.
    pub(crate) async fn serve(&self) -> Served {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let router = self.router.clone();
        let serving = tokio::spawn(async move {
            let stopped = async { stopped.await.unwrap_or_default() };
            axum::serve(listener, router)
                .with_graceful_shutdown(stopped)
                .await
                .unwrap();
        });
        Served {
            address,
            stop,
            serving,
        }
    }

    /// Runs statements on the database's file, past the program and what guards its logs.
    pub(crate) async fn tamper(&self, statements: &'static [&'static str]) {
        tamper(&self.folder.path().join("luoshi.db"), statements).await;
    }

    /// Whether the tables are what the journal gives.
    pub(crate) async fn is_rebuildable(&self) -> bool {
        self.database
            .rebuild_check(self.bureau)
            .await
            .unwrap()
            .is_clean()
    }
}

/// Runs statements on a database's file as who has it can: without its guards. Each must change
/// something.
pub(crate) async fn tamper(file: &Path, statements: &[&'static str]) {
    let url = format!("sqlite:{}", file.display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let guards = "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'";
    let guards: Vec<String> = sqlx::query_scalar(guards)
        .fetch_all(&mut conn)
        .await
        .unwrap();
    for guard in guards {
        let dropped = sqlx::query(AssertSqlSafe(guard)).execute(&mut conn).await;
        dropped.unwrap();
    }
    for statement in statements {
        let done = sqlx::query(*statement).execute(&mut conn).await.unwrap();
        assert!(done.rows_affected() > 0, "{statement}");
    }
    conn.close().await.unwrap();
}

/// The application on a port of this machine, until stopped.
pub(crate) struct Served {
    /// `http://127.0.0.1:PORT`
    pub(crate) address: String,
    stop: tokio::sync::oneshot::Sender<()>,
    serving: tokio::task::JoinHandle<()>,
}

impl Served {
    pub(crate) async fn stop(self) {
        self.stop.send(()).ok();
        self.serving.await.unwrap();
    }
}

/// One person's browser.
#[derive(Clone)]
pub(crate) struct Session {
    router: Router,
    cookie: Option<String>,
    pub(crate) csrf: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// The body as it came.
    pub(crate) bytes: Vec<u8>,
}

impl Session {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).unwrap())
            .await
    }

    /// Deletes with the token in the header.
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        let request = self
            .request("DELETE", path)
            .header("x-csrf-token", &self.csrf);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Posts a form with the session's token.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = encode(&[("_csrf", self.csrf.as_str())]);
        if !fields.is_empty() {
            body.push('&');
            body.push_str(&encode(fields));
        }
        self.post_raw(path, "application/x-www-form-urlencoded", body.into_bytes())
            .await
    }

    /// Posts JSON with the session's token in the header.
    pub(crate) async fn post_json(&self, path: &str, body: &serde_json::Value) -> Answer {
        self.post_raw(path, "application/json", body.to_string().into_bytes())
            .await
    }

    /// Uploads a file with the fields beside it.
    pub(crate) async fn upload(&self, path: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Answer {
        self.upload_as(path, "plan.txt", bytes, fields).await
    }

    /// As [`Self::upload`], under a name.
    pub(crate) async fn upload_as(
        &self,
        path: &str,
        name: &str,
        bytes: &[u8],
        fields: &[(&str, &str)],
    ) -> Answer {
        const EDGE: &str = "edge-of-the-parts";
        let mut body = Vec::new();
        for (field, value) in fields.iter().chain(&[("_csrf", self.csrf.as_str())]) {
            let part = format!(
                "--{EDGE}\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
        self.post_raw(path, &format!("multipart/form-data; boundary={EDGE}"), body)
            .await
    }

    /// Posts bytes as they are, with the token in the header.
    pub(crate) async fn post_raw(&self, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, kind)
            .header(header::CONTENT_LENGTH, body.len())
            .header("x-csrf-token", &self.csrf);
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "test");
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
            bytes: bytes.to_vec(),
        }
    }
}

impl Answer {
    /// What stands between two marks of the body.
    pub(crate) fn between(&self, before: &str, after: &str) -> &str {
        let (_, rest) = self
            .body
            .split_once(before)
            .unwrap_or_else(|| panic!("{}", self.body));
        rest.split_once(after).unwrap().0
    }

    pub(crate) fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// A clock that stands still until it is moved.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    fn at(time: &str) -> Self {
        let time: DateTime<Utc> = time.parse().unwrap();
        Self(AtomicI64::new(time.timestamp_micros()))
    }

    fn set(&self, now: DateTime<Utc>) {
        self.0.store(now.timestamp_micros(), Ordering::SeqCst);
    }

    pub(crate) fn forward(&self, by: Duration) {
        self.0
            .fetch_add(by.num_microseconds().unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Ids and secrets by counting.
#[derive(Default)]
struct TestIds(AtomicU64);

impl TestIds {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl Ids for TestIds {
    fn id(&self, _now: DateTime<Utc>) -> Uuid {
        Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0000 + u128::from(self.next()))
    }

    fn secret(&self) -> String {
        format!("{:064x}", self.next())
    }
}

fn encode(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| {
        text.bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect::<String>()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}
