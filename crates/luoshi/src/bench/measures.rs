//! What people wait for in the ledger, measured on a bureau that `bench seed` made.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures_util::StreamExt;
use luoshi_app::accounts::sign_in::Attempt;
use luoshi_app::tasks::imports::{self, Taken, Upload};
use luoshi_app::{App, Who, accounts, bureaus, demo, organisation, tasks};
use luoshi_documents::workbook::{self, Column, Page, Sheet};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{BureauId, TaskId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::commands::{Feedback, TaskCommand};
use luoshi_domain::tasks::lists::{PageRequest, TaskFilter, TaskSort, Visibility};
use luoshi_domain::tasks::{Course, TaskState};
use luoshi_web::WebState;
use tower::ServiceExt;

use super::{heading, milliseconds, row};
use crate::Outcome;
use crate::cli::Place;
use crate::serve;

/// Requests of each kind.
const REQUESTS: usize = 200;

/// Runs of a loop of arithmetic, and its rounds: some milliseconds.
const LOOPS: usize = 1000;
const LOOP_LENGTH: u64 = 3_000_000;

/// Rows of the table that is taken in.
const IMPORTED: usize = 10_000;

/// Rows up to which the limit of a page is the smaller one.
const MANY: u32 = 200_000;

/// Measures and prints a table.
pub(super) async fn measure(place: &Place) -> anyhow::Result<Outcome> {
    let (mut app, database) = serve::open(place).await?;
    app.accounts.demonstration = true;
    let Some(bureau) = bureaus::list(&app).await?.into_iter().next() else {
        return Ok(Outcome::BadInput(
            "数据库里没有单位。先执行：luoshi bench seed --data 目录".to_owned(),
        ));
    };
    let attempt = Attempt {
        login: "zhou".into(),
        password: demo::PASSWORD.into(),
        ..Attempt::default()
    };
    let signed_in = accounts::sign_in(&app, bureau.id, attempt).await?;
    let app = Arc::new(app);
    let bench = Bench {
        router: luoshi_web::router(WebState {
            app: Arc::clone(&app),
            demo: false,
            proxies: luoshi_web::Proxies::default(),
        }),
        cookie: format!("luoshi_session={}", signed_in.token),
        organisation: organisation::of_bureau(&app, bureau.id).await?,
        bureau: bureau.id,
        app,
    };
    heading();
    stalls();
    let count = bench.count().await?;
    let size = format!("{count} tasks");
    let healthz = bench.times("/healthz").await?;
    let baseline = (
        healthz.median(),
        format!("/healthz {}", milliseconds(healthz.median())),
    );
    let limit = if count > MANY { 20 } else { 10 };
    for (what, path) in bench.pages().await? {
        let limit = if what == "task page" { 5 } else { limit };
        let times = bench.times(&path).await?;
        figure(
            &what,
            &size,
            &times,
            Duration::from_millis(limit),
            &baseline,
        );
    }
    let synced = fsync(&place.data)?;
    let fed = bench.feedback().await?;
    let baseline = (synced, format!("fsync {}", milliseconds(synced)));
    let limit = Duration::from_millis(5) + synced;
    figure("one feedback committed", &size, &fed, limit, &baseline);
    for (path, what) in [
        ("/ledger/export.xlsx", "XLSX of all rows"),
        ("/ledger/export.csv", "CSV of all rows"),
    ] {
        bench.export(path, what, &size, healthz.median()).await?;
    }
    bench.import(&size).await?;
    super::lights::columns(&bench.app, bench.bureau).await?;
    database.close().await;
    Ok(Outcome::Done)
}

/// A bureau and its server.
struct Bench {
    app: Arc<App>,
    router: Router,
    cookie: String,
    organisation: Arc<Organisation>,
    bureau: BureauId,
}

/// How long each of some runs took, sorted, and how long without waiting for a processor that
/// others held.
struct Times {
    all: Vec<Duration>,
    at_work: Vec<Duration>,
}

impl Times {
    /// From how long each took, and how long of that it waited for a processor.
    fn of(times: &[(Duration, Duration)]) -> Self {
        let mut all: Vec<Duration> = times.iter().map(|(took, _)| *took).collect();
        let at_work = times.iter();
        let at_work = at_work.map(|(took, waited)| took.saturating_sub(*waited));
        let mut at_work: Vec<Duration> = at_work.collect();
        all.sort_unstable();
        at_work.sort_unstable();
        Self { all, at_work }
    }

    fn median(&self) -> Duration {
        at(&self.all, 50)
    }
}

fn at(times: &[Duration], percent: usize) -> Duration {
    let place = times.len() * percent / 100;
    let last = times.len().saturating_sub(1);
    times.get(place.min(last)).copied().unwrap_or_default()
}

/// A run that is being timed.
struct Run {
    waited: Duration,
    began: Instant,
}

impl Run {
    fn begin() -> Self {
        Self {
            waited: waited(),
            began: Instant::now(),
        }
    }

    /// How long it took, and how long of that its threads waited for a processor.
    fn end(&self) -> (Duration, Duration) {
        let took = self.began.elapsed();
        (took, waited().saturating_sub(self.waited))
    }
}

/// How long the threads of this process have waited for a processor, where the system tells.
fn waited() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let waited = threads.flatten().filter_map(|thread| {
        let said = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        said.split_whitespace().nth(1)?.parse::<u64>().ok()
    });
    Duration::from_nanos(waited.sum())
}

/// How evenly the machine itself works: a loop of arithmetic about as long as a page takes. What
/// its slowest runs take longer is no program's doing, and a page's slowest have it too.
fn stalls() {
    let runs = (0..LOOPS).map(|_run| {
        let timed = Run::begin();
        let sum = (0..LOOP_LENGTH).fold(0u64, |sum, n| std::hint::black_box(sum ^ (sum << 7) ^ n));
        std::hint::black_box(sum);
        timed.end()
    });
    let times = Times::of(&runs.collect::<Vec<_>>());
    let (median, slowest) = (times.median(), at(&times.all, 99));
    row(
        "a loop of arithmetic",
        &format!("{LOOPS} runs"),
        &format!("p50 {} p99 {}", milliseconds(median), milliseconds(slowest)),
        "what the machine holds up",
        slowest.as_secs_f64() / median.as_secs_f64(),
    );
}

impl Bench {
    async fn count(&self) -> anyhow::Result<u32> {
        let mut uow = self.app.store.read(self.bureau).await?;
        let filter = TaskFilter::new(Visibility::All);
        Ok(uow.tasks_count(&filter, u32::MAX).await?)
    }

    fn who(&self, login: &str) -> anyhow::Result<Who> {
        let mut persons = self.organisation.persons.iter();
        let person = persons.find(|person| person.login == login);
        let actor = person.and_then(|person| Actor::of(&self.organisation, person.id));
        Ok(Who::new(self.bureau, actor.context("a known login")?))
    }

    /// What is looked at, and its address.
    async fn pages(&self) -> anyhow::Result<Vec<(String, String)>> {
        let today = self.app.today();
        let unit = self.organisation.carriers().nth(20);
        let unit = unit.or_else(|| self.organisation.carriers().next());
        let unit = unit.context("there are units")?.id;
        let (from, until) = (
            today - chrono::Days::new(60),
            today + chrono::Days::new(120),
        );
        let range = format!("from={from}&until={until}");
        let some = self.under_way(1).await?;
        let task = some.first().context("a task is under way")?.0;
        Ok([
            ("ledger", "/ledger".to_owned()),
            ("ledger by change", "/ledger?sort=updated".to_owned()),
            (
                "ledger of a unit, yellow, due range",
                format!("/ledger?lead={unit}&light=yellow&{range}"),
            ),
            (
                "ledger red, due range, by change",
                format!("/ledger?light=red&{range}&sort=updated"),
            ),
            ("ledger searched, 督查", "/ledger?q=督查".to_owned()),
            (
                "ledger searched, rare word",
                "/ledger?q=产权单位协调".to_owned(),
            ),
            ("task page", format!("/tasks/{task}")),
        ]
        .map(|(what, path)| (what.to_owned(), path))
        .to_vec())
    }

    async fn times(&self, path: &str) -> anyhow::Result<Times> {
        let mut times = Vec::new();
        for run in 0..REQUESTS + 5 {
            let timed = Run::begin();
            self.fetch(path).await?;
            if run >= 5 {
                times.push(timed.end());
            }
        }
        Ok(Times::of(&times))
    }

    /// Reads an answer to its end without keeping it; its length.
    async fn fetch(&self, path: &str) -> anyhow::Result<usize> {
        let encoded: String = path
            .chars()
            .map(|letter| match letter.is_ascii() {
                true => letter.to_string(),
                false => {
                    let mut bytes = [0; 4];
                    let bytes = letter.encode_utf8(&mut bytes).bytes();
                    bytes.map(|byte| format!("%{byte:02X}")).collect()
                }
            })
            .collect();
        let request = Request::get(encoded)
            .header("cookie", &self.cookie)
            .body(Body::empty())?;
        let answer = self.router.clone().oneshot(request).await?;
        anyhow::ensure!(
            answer.status() == StatusCode::OK,
            "{path}: {}",
            answer.status()
        );
        let mut parts = answer.into_body().into_data_stream();
        let mut length = 0;
        while let Some(part) = parts.next().await {
            length += part?.len();
        }
        Ok(length)
    }

    /// Tasks that are under way, each with who heads its lead unit.
    async fn under_way(&self, size: u32) -> anyhow::Result<Vec<(TaskId, Who)>> {
        let filter = TaskFilter {
            state: Some(TaskState::InProgress),
            ..TaskFilter::new(Visibility::All)
        };
        let page = PageRequest { size, after: None };
        let who = self.who("zhou")?;
        let listed = tasks::list(&self.app, &who, &filter, TaskSort::Opened, &page).await?;
        let mut found = Vec::new();
        for row in listed.page.rows {
            let head = row
                .lead
                .and_then(|lead| self.organisation.first_responsible(lead));
            let actor = head.and_then(|head| Actor::of(&self.organisation, head));
            if let Some(actor) = actor {
                found.push((row.id, Who::new(self.bureau, actor)));
            }
        }
        Ok(found)
    }

    async fn feedback(&self) -> anyhow::Result<Times> {
        let mut times = Vec::new();
        for (task, who) in self.under_way(200).await? {
            let command = TaskCommand::Feedback(Feedback::Lead {
                course: Course::Smooth,
                progress: 70,
                text: "本周完成路面摊铺两公里，质量抽检合格，接受督查一次。".into(),
                difficulties: String::new(),
                suggestions: String::new(),
                figures: String::new(),
                evidence: Vec::new(),
                raise: false,
                milestones: Vec::new(),
            });
            let timed = Run::begin();
            // What a closing forbids is no report.
            if tasks::handle(&self.app, &who, task, command, None)
                .await
                .is_ok()
            {
                times.push(timed.end());
            }
        }
        anyhow::ensure!(!times.is_empty(), "nothing could be reported on");
        Ok(Times::of(&times))
    }

    /// Takes a table in as the page does; the bureau has its tasks afterwards.
    async fn import(&self, size: &str) -> anyhow::Result<()> {
        let bytes = self.table()?;
        let length = bytes.len();
        let upload = Upload {
            file_name: "任务.xlsx".into(),
            bytes: bytes.into(),
            columns: None,
            category: "bureau".into(),
            read_day: |text, _today| text.parse().map(Some).map_err(|_not_a_day| text.to_owned()),
        };
        let before = forget_peak();
        let began = Instant::now();
        let taken = imports::carry_out(&self.app, &self.who("zhou")?, &upload).await?;
        let took = began.elapsed();
        if let Taken::Faulty(preview) = taken {
            anyhow::bail!("the table is faulty: {:?}", preview.faults.first());
        }
        let peak = memory("VmHWM:");
        row(
            &format!("XLSX of {IMPORTED} rows taken in"),
            size,
            &format!("{:.2} s, peak {} MB", took.as_secs_f64(), peak / 1024),
            &format!(
                "limit 10 s; {} KB long, {} MB before",
                length / 1024,
                before / 1024
            ),
            took.as_secs_f64() / 10.0,
        );
        Ok(())
    }

    fn table(&self) -> anyhow::Result<Vec<u8>> {
        let today = self.app.today();
        let units: Vec<&str> = self
            .organisation
            .carriers()
            .map(|unit| &*unit.name)
            .collect();
        let columns = ["任务内容", "目标要求", "牵头单位", "完成时限", "办理要求"];
        let columns = columns.map(|heading| Column {
            heading: heading.into(),
            width: 20,
            choices: Vec::new(),
            quiet: false,
        });
        let rows = (0..IMPORTED).map(|n| {
            let limit = today + chrono::Days::new(30 + u64::try_from(n % 300).unwrap_or_default());
            let lead = units.get(n % units.len().max(1)).copied();
            vec![
                format!("完成农村公路安全生命防护工程第 {n} 标段"),
                format!("第 {n} 标段护栏全部安装到位，验收合格率达到 100%"),
                lead.unwrap_or_default().to_owned(),
                limit.to_string(),
                "每月 25 日前报送进展，重大问题随时报告。".to_owned(),
            ]
        });
        let page = Page {
            name: "任务",
            sheet: Sheet {
                title: "任务台账".into(),
                note: String::new(),
                columns: columns.into(),
                rows: rows.collect(),
            },
            spare: 0,
        };
        Ok(workbook::write_all(&[page])?)
    }

    async fn export(
        &self,
        path: &str,
        what: &str,
        size: &str,
        baseline: Duration,
    ) -> anyhow::Result<()> {
        let before = forget_peak();
        let began = Instant::now();
        let length = self.fetch(path).await?;
        let took = began.elapsed();
        let peak = memory("VmHWM:");
        let grown = peak.saturating_sub(before);
        row(
            what,
            size,
            &format!(
                "{:.2} s, {} KB long, peak {} MB",
                took.as_secs_f64(),
                length / 1024,
                peak / 1024
            ),
            &format!(
                "limit 6 s, 150 MB; {} MB before, {} MB more",
                before / 1024,
                grown / 1024
            ),
            took.as_secs_f64() / 6.0,
        );
        std::hint::black_box(baseline);
        Ok(())
    }
}

fn figure(
    what: &str,
    size: &str,
    times: &Times,
    limit: Duration,
    (baseline, said): &(Duration, String),
) {
    let (middle, slow) = (times.median(), at(&times.all, 99));
    let at_work = at(&times.at_work, 99);
    let verdict = match (slow <= limit, at_work <= limit) {
        (true, _) => "kept",
        (false, true) => "kept but for waiting for a processor",
        (false, false) => "MISSED",
    };
    row(
        what,
        size,
        &format!(
            "p50 {} p99 {}, at work {}",
            milliseconds(middle),
            milliseconds(slow),
            milliseconds(at_work)
        ),
        &format!("{said}; limit {} {verdict}", milliseconds(limit)),
        middle.as_secs_f64() / baseline.as_secs_f64(),
    );
}

/// How long the disk takes to keep a page of a journal.
fn fsync(folder: &Path) -> anyhow::Result<Duration> {
    let folder = if folder.is_dir() {
        folder
    } else {
        Path::new(".")
    };
    let path = folder.join("bench-fsync");
    let mut file = std::fs::File::create(&path)?;
    let mut times = Vec::new();
    for _write in 0..50 {
        let timed = Run::begin();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(timed.end());
    }
    std::fs::remove_file(&path)?;
    Ok(Times::of(&times).median())
}

/// Lets the peak of the memory begin anew; the memory held now, in KiB.
fn forget_peak() -> u64 {
    // Where the system does not let us, the peak is that of the whole run.
    let _kept = std::fs::write("/proc/self/clear_refs", "5");
    memory("VmRSS:")
}

/// A line of what the system says about this process, in KiB.
fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|known| known.strip_prefix(line));
    let number = found.and_then(|rest| rest.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}
