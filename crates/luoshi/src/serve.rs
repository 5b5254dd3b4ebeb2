//! Serving: the database, the clock, the ids, the listener, and a stop in good order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use luoshi_app::App;
use luoshi_app::accounts::AccountSettings;
use luoshi_domain::ports::{Clock, Ids};
use luoshi_policy::Policies;
use luoshi_store::Database;
use luoshi_web::WebState;
use uuid::Uuid;

use crate::Outcome;
use crate::cli::{AccountArgs, Place, ServeArgs};
use crate::{files, hooks, mail, oidc, refiner, worker};

/// The name of the database file in the data folder.
const DATABASE_FILE: &str = "luoshi.db";

/// Serves until Ctrl-C or a request to end.
pub(crate) async fn serve(args: &ServeArgs) -> anyhow::Result<Outcome> {
    let (app, database) = open(&args.place).await?;
    if luoshi_app::bureaus::list(&app).await?.is_empty() {
        println!(
            "还没有单位。先执行：luoshi organisation load 机构.toml（或用 luoshi demo 看演示）"
        );
    }
    until_stopped(app, database, args, false).await
}

/// Serves an application until Ctrl-C or a request to end, then closes the database.
pub(crate) async fn until_stopped(
    mut app: App,
    database: Database,
    args: &ServeArgs,
    demo: bool,
) -> anyhow::Result<Outcome> {
    let listener = tokio::net::TcpListener::bind(args.listen)
        .await
        .with_context(|| {
            format!(
                "不能监听 {}，可能已被占用；换一个：--listen 127.0.0.1:8081",
                args.listen
            )
        })?;
    app.accounts = settings(&args.accounts, demo);
    app.access_months = args.access_log_months;
    oidc::configure(&mut app, &args.accounts.oidc)?;
    refiner::configure(&mut app, &args.refiner).await?;
    mail::configure(&mut app, &args.mail)?;
    hooks::configure(&mut app, &args.hooks)?;
    files::configure(&mut app, &args.place, &args.files)?;
    files::scan(&mut app, args.clamd.as_ref());
    let public = args.accounts.oidc.public_url.as_deref();
    app.public_url = public.map(|url| url.trim_end_matches('/').to_owned());
    println!("地址 http://{}  （按 Ctrl-C 停止）", listener.local_addr()?);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(worker::work(app.clone(), stopped));
    let router = luoshi_web::router(WebState {
        app: Arc::new(app),
        demo,
        proxies: args.accounts.trusted_proxy.clone().into(),
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(stop_asked())
        .await?;
    stop.send_replace(true);
    worker.await?;
    database.close().await;
    println!("已停止，数据完好。");
    Ok(Outcome::Done)
}

fn settings(args: &AccountArgs, demonstration: bool) -> AccountSettings {
    let usual = AccountSettings::default();
    let idle = TimeDelta::minutes(i64::from(args.session_idle));
    AccountSettings {
        password_length: usize::from(args.password_length),
        idle,
        administrator_idle: usual.administrator_idle.min(idle),
        demonstration,
        ..usual
    }
}

/// Opens the database of a place and the application over it.
pub(crate) async fn open(place: &Place) -> anyhow::Result<(App, Database)> {
    let url = database_url(place)?;
    open_url(&url).await
}

pub(crate) async fn open_url(url: &str) -> anyhow::Result<(App, Database)> {
    over(luoshi_store::open(url).await.context("数据库打不开")?)
}

/// Opens the database of a place to write very many rows, and the application over it.
pub(crate) async fn open_to_fill(place: &Place) -> anyhow::Result<(App, Database)> {
    let database = luoshi_store::open_to_fill(&database_url(place)?).await;
    over(database.context("数据库打不开")?)
}

fn over(database: Database) -> anyhow::Result<(App, Database)> {
    let app = App::new(
        Arc::new(database.clone()),
        Arc::new(SystemClock),
        Arc::new(SystemIds::new()),
        Arc::new(Policies::built_in()?),
    )?;
    Ok((app, database))
}

/// The URL that was given, or the SQLite file in the data folder, which is made when missing.
pub(crate) fn database_url(place: &Place) -> anyhow::Result<String> {
    if let Some(url) = &place.database {
        return Ok(url.clone());
    }
    make_private_folder(&place.data)
        .with_context(|| format!("数据目录 {} 建不了", place.data.display()))?;
    sqlite_url(&place.data.join(DATABASE_FILE))
}

pub(crate) fn sqlite_url(file: &Path) -> anyhow::Result<String> {
    let path = file.to_str().context("数据目录的名称不是 UTF-8")?;
    Ok(format!("sqlite:{path}"))
}

pub(crate) fn database_file(data: &Path) -> PathBuf {
    data.join(DATABASE_FILE)
}

pub(crate) fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

async fn stop_asked() {
    let interrupt = async {
        // Without a way to be told, run until killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut asked) => {
                asked.recv().await;
            }
            Err(_unavailable) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that is passed in"
    )]
    fn now(&self) -> DateTime<Utc> {
        let now = Utc::now();
        now.duration_trunc(TimeDelta::microseconds(1))
            .unwrap_or(now)
    }
}

/// Ids that sort in the order they were handed out, and secrets from the system's random source.
#[derive(Debug)]
pub(crate) struct SystemIds(Mutex<Last>);

/// The last id's millisecond and its place within it.
#[derive(Debug, Default)]
struct Last {
    millisecond: u64,
    place: u16,
}

/// Places within one millisecond: the 12 bits of a UUIDv7 behind its time.
const PLACES: u16 = 1 << 12;

impl SystemIds {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Last::default()))
    }
}

impl Ids for SystemIds {
    fn id(&self, now: DateTime<Utc>) -> Uuid {
        let millisecond = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if millisecond > last.millisecond {
            *last = Last {
                millisecond,
                place: 0,
            };
        } else if last.place + 1 < PLACES {
            last.place += 1;
        } else {
            *last = Last {
                millisecond: last.millisecond + 1,
                place: 0,
            };
        }
        let mut bits = [0; 10];
        random(&mut bits);
        let [high, low] = last.place.to_be_bytes();
        bits[0] = high;
        bits[1] = low;
        uuid::Builder::from_unix_timestamp_millis(last.millisecond, &bits).into_uuid()
    }

    fn secret(&self) -> String {
        let mut bytes = [0; 32];
        random(&mut bytes);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("an operating system without randomness cannot keep secrets");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_in_the_order_they_were_handed_out() {
        let ids = SystemIds::new();
        let now: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
        let earlier = now - TimeDelta::seconds(5);
        let handed: Vec<Uuid> = (0..10_000)
            .map(|n| ids.id(if n % 3 == 0 { earlier } else { now }))
            .collect();
        assert!(handed.is_sorted());
        assert!(handed.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(handed.iter().all(|id| id.get_version_num() == 7));
    }
}
