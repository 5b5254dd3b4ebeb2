//! A bureau of any size to measure on: units, persons and tasks at every stage, each by the
//! decisions that people would have taken, so that its journal holds.
//!
//! The same seed, size and day give the same journal.

mod draws;
mod lives;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use luoshi_app::organisation;
use luoshi_app::plans::{self, Upload};
use luoshi_app::rules::{self, Rules};
use luoshi_app::{App, Who, demo};
use luoshi_domain::calendar::local_day;
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{BureauId, PersonId, PlanId, PostId, TaskId, UnitId};
use luoshi_domain::journal::Signed;
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::{Organisation, Person, Portfolio, Post, Role, Unit, UnitKind};
use luoshi_domain::ports::{Clock, Ids, TaskSteps};
use luoshi_domain::tasks::{Task, TaskEvent};
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

use crate::Outcome;
use crate::bench::seed::draws::Draws;
use crate::bench::seed::lives::{DAYS, Life, Lives};
use crate::cli::SeedArgs;
use crate::serve;

/// Tasks saved in one transaction.
const CHUNK: usize = 2000;

/// Chunks that are decided before they are written: memory does not grow with the tasks.
const CHUNKS_AHEAD: usize = 1;

const SAID_EVERY: Duration = Duration::from_secs(5);

/// Local time at which the bureau stands, in UTC.
const HOUR: u32 = 1;

/// Makes the bureau in an empty database.
pub(crate) async fn seed(args: &SeedArgs) -> anyhow::Result<Outcome> {
    let (mut app, database) = serve::open_to_fill(&args.place).await?;
    if !luoshi_app::bureaus::list(&app).await?.is_empty() {
        return Ok(Outcome::BadInput(
            "数据库里已有单位，什么也没有写。请给一个空的数据目录或数据库。".to_owned(),
        ));
    }
    let day = args.day.unwrap_or_else(|| app.today());
    let now = day.and_hms_opt(HOUR, 0, 0).context("the hour exists")?;
    let now = now.and_utc();
    app.clock = Arc::new(Still(now));
    app.ids = Arc::new(Counted::new(args.seed));
    app.accounts.demonstration = true;
    let began = Instant::now();
    let (bureau, _logins) = demo::found(&app).await?;
    let mut draws = Draws::new(args.seed);
    grow(&app, bureau, args, &mut draws).await?;
    let organisation = organisation::of_bureau(&app, bureau).await?;
    let plans = import(&app, bureau, &organisation).await?;
    let rules = rules::of_bureau(&app, bureau).await?;
    let (lives, mut chunks) = tokio::sync::mpsc::channel(CHUNKS_AHEAD);
    let deciding = Deciding {
        organisation: Arc::clone(&organisation),
        rules,
        plans,
        now,
        tasks: args.tasks,
    };
    // Decided on one processor while the chunk before is written on another.
    let deciding = tokio::task::spawn_blocking(move || deciding.run(draws, &lives));
    let mut progress = Progress::new(args.tasks);
    while let Some(chunk) = chunks.recv().await {
        let chunk: Vec<Life> = chunk;
        progress.add(chunk.len());
        save(&app, bureau, chunk).await?;
    }
    deciding.await??;
    database.close().await;
    let seconds = began.elapsed().as_secs_f64();
    let units = organisation.carriers().count();
    let persons = organisation.persons.len();
    println!(
        "{} 项任务，{units} 个承办单位，{persons} 人，用时 {seconds:.1} 秒。登录名 zhou、zhao 等，口令 {}",
        args.tasks,
        demo::PASSWORD
    );
    Ok(Outcome::Done)
}

/// Saves lives with their numbers, in one transaction.
async fn save(app: &App, bureau: BureauId, mut lives: Vec<Life>) -> anyhow::Result<()> {
    let mut uow = app.store.write(bureau).await?;
    let mut wanted: BTreeMap<i32, u32> = BTreeMap::new();
    for life in &mut lives {
        number(life, |year| {
            *wanted.entry(year).or_default() += 1;
            String::new()
        });
    }
    let mut next: BTreeMap<i32, i64> = BTreeMap::new();
    for (year, count) in wanted {
        next.insert(year, uow.task_numbers_take(year, count).await?);
    }
    let mut tasks: Vec<TaskSteps> = Vec::with_capacity(lives.len());
    for mut life in lives {
        number(&mut life, |year| {
            let place = next.entry(year).or_default();
            *place += 1;
            format!("〔{year}〕{}号", *place - 1)
        });
        let id = TaskId(app.ids.id(life.opened_at()));
        let steps = life.steps.iter().map(|(event, by)| (event, by));
        let task = Task::replay(id, steps).context("a life begins with an opening")?;
        tasks.push((task, life.steps));
    }
    uow.tasks_save_new(&tasks).await?;
    uow.commit().await?;
    Ok(())
}

/// Gives each issue of a life its number of the year.
fn number(life: &mut Life, mut next: impl FnMut(i32) -> String) {
    for (event, by) in &mut life.steps {
        if let TaskEvent::Issued { number, .. } = event {
            *number = next(local_day(by.at).year());
        }
    }
}

/// What lives are decided by.
struct Deciding {
    organisation: Arc<Organisation>,
    rules: Arc<Rules>,
    plans: Vec<(PlanId, &'static str)>,
    now: DateTime<Utc>,
    tasks: usize,
}

impl Deciding {
    /// Decides lives and hands them on, a chunk at a time.
    fn run(self, mut draws: Draws, lives: &Sender<Vec<Life>>) -> anyhow::Result<()> {
        let mut deciding = Lives::new(&self.organisation, &self.rules, &self.plans, self.now)?;
        let mut left = self.tasks;
        while left > 0 {
            let count = left.min(CHUNK);
            // The oldest come first, as they did in the bureau.
            let ages = (left - count..left).rev();
            let ages = ages.map(|place| place.saturating_mul(DAYS) / self.tasks.max(1));
            left -= count;
            let chunk =
                ages.map(|age| deciding.life(&mut draws, u32::try_from(age).unwrap_or_default()));
            let chunk: anyhow::Result<Vec<Life>> = chunk.collect();
            // Nobody takes them where writing them failed.
            if lives.blocking_send(chunk?).is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// Says now and then how far it is.
struct Progress {
    began: Instant,
    said: Instant,
    done: usize,
    all: usize,
}

impl Progress {
    fn new(all: usize) -> Self {
        let now = Instant::now();
        Self {
            began: now,
            said: now,
            done: 0,
            all,
        }
    }

    fn add(&mut self, count: usize) {
        self.done += count;
        if self.said.elapsed() < SAID_EVERY {
            return;
        }
        self.said = Instant::now();
        let took = self.began.elapsed();
        let per_task = took.div_f64(f64::from(u32::try_from(self.done).unwrap_or(u32::MAX)));
        let left = u32::try_from(self.all - self.done).unwrap_or(u32::MAX);
        eprintln!(
            "{} / {} 项，已用 {} 秒，大约还要 {} 秒",
            self.done,
            self.all,
            took.as_secs(),
            (per_task * left).as_secs()
        );
    }
}

/// Adds units and persons to those of the demonstration until there are as many as asked for.
async fn grow(
    app: &App,
    bureau: BureauId,
    args: &SeedArgs,
    draws: &mut Draws,
) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut uow = app.store.write(bureau).await?;
    let mut history = uow.organisation_load().await?;
    let today = history.as_of(app.today());
    let deputies: Vec<PersonId> = today
        .posts
        .iter()
        .filter(|post| post.role == Role::Deputy)
        .filter_map(|post| post.holder)
        .collect();
    let office = today.supervision_office().context("there is an office")?;
    let valid_from = office.valid_from;
    let by = Signed::system(bureau, now, "");
    let known = today.carriers().count();
    let mut units: Vec<UnitId> = today.carriers().map(|unit| unit.id).collect();
    let mut commands = Vec::new();
    for n in known..args.units {
        let id = UnitId(app.ids.id(now));
        units.push(id);
        commands.push(OrganisationCommand::EstablishUnit(Unit {
            id,
            parent: None,
            kind: if n % 3 == 0 {
                UnitKind::Section
            } else {
                UnitKind::Subordinate
            },
            name: words::unit(n),
            aliases: Vec::new(),
            supervision_office: false,
            position: i64::try_from(n)?,
            valid_from,
        }));
        commands.push(OrganisationCommand::AssignPortfolio(Portfolio {
            unit: id,
            deputy: *draws.of(&deputies).context("there are deputies")?,
            valid_from,
        }));
    }
    let fresh = units.get(known..).unwrap_or_default().to_vec();
    let persons = args.persons.max(today.persons.len() + fresh.len());
    for n in 0..persons - today.persons.len() {
        let person = PersonId(app.ids.id(now));
        commands.push(OrganisationCommand::RegisterPerson(Person {
            id: person,
            name: words::person(draws),
            login: format!("p{n}"),
        }));
        // The first of each new unit heads it.
        let (unit, role) = match fresh.get(n) {
            Some(unit) => (*unit, Role::Head),
            None => (*draws.of(&units).context("there are units")?, Role::Contact),
        };
        commands.push(OrganisationCommand::CreatePost(Post {
            id: PostId(app.ids.id(now)),
            unit,
            title: if role == Role::Head {
                "负责人"
            } else {
                "承办人"
            }
            .into(),
            role,
            holder: Some(person),
            position: 0,
            valid_from,
        }));
    }
    let mut events = Vec::new();
    for command in commands {
        let event = history.decide(command)?;
        history.apply(&event);
        events.push(event);
    }
    uow.organisation_save(&history, &events, &by).await?;
    uow.commit().await?;
    Ok(())
}

/// The plans that some of the tasks come from.
async fn import(
    app: &App,
    bureau: BureauId,
    organisation: &Organisation,
) -> anyhow::Result<Vec<(PlanId, &'static str)>> {
    let mut persons = organisation.persons.iter();
    let officer = persons.find(|person| person.login == "zhou");
    let officer = officer.and_then(|person| Actor::of(organisation, person.id));
    let who = Who::new(
        bureau,
        officer.context("the demonstration has its officer")?,
    );
    let mut known = Vec::new();
    for (file, text) in [
        (demo::PLAN_FILE, demo::sample_plan()),
        (demo::TRIAL_FILE, demo::trial_plan()),
    ] {
        let upload = Upload {
            file_name: file.into(),
            bytes: text.as_bytes().to_vec(),
            category: "bureau".into(),
            ..Upload::default()
        };
        let plan = plans::import(app, &who, upload).await?.plan;
        known.push((plan, file.strip_suffix(".txt").unwrap_or(file)));
    }
    Ok(known)
}

/// A clock that stands still.
#[derive(Debug)]
struct Still(DateTime<Utc>);

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// Ids that are counted, so that the same seed gives the same.
#[derive(Debug)]
struct Counted {
    seed: u16,
    next: AtomicU64,
}

impl Counted {
    fn new(seed: u64) -> Self {
        Self {
            seed: u16::try_from(seed % 65_521).unwrap_or_default(),
            next: AtomicU64::new(1),
        }
    }
}

impl Ids for Counted {
    fn id(&self, now: DateTime<Utc>) -> Uuid {
        let millisecond = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        let place = self.next.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let mut bits = [0; 10];
        for (bit, byte) in bits.iter_mut().skip(2).zip(place) {
            *bit = byte;
        }
        for (bit, byte) in bits.iter_mut().zip(self.seed.to_be_bytes()) {
            *bit = byte;
        }
        uuid::Builder::from_unix_timestamp_millis(millisecond, &bits).into_uuid()
    }

    fn secret(&self) -> String {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{place:064x}")
    }
}

/// The local day of an argument.
pub(crate) fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse()
        .map_err(|_not_a_day| "日期写成 2026-03-02 的样子。".to_owned())
}
