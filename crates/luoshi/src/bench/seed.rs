//! A bureau of any size to measure on: units, persons and tasks at every stage, each by the
//! decisions that people would have taken, so that its journal holds.
//!
//! The same seed, size and day give the same journal.

mod draws;
mod lives;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};
use luoshi_app::organisation;
use luoshi_app::plans::{self, Upload};
use luoshi_app::{App, Who, demo, rules};
use luoshi_domain::calendar::local_day;
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{BureauId, PersonId, PlanId, PostId, TaskId, UnitId};
use luoshi_domain::journal::Signed;
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::{Organisation, Person, Portfolio, Post, Role, Unit, UnitKind};
use luoshi_domain::ports::{Clock, Ids};
use uuid::Uuid;

use crate::Outcome;
use crate::bench::seed::draws::Draws;
use crate::bench::seed::lives::Lives;
use crate::cli::SeedArgs;
use crate::serve;

/// Tasks saved in one transaction.
const CHUNK: usize = 2000;

/// Local time at which the bureau stands, in UTC.
const HOUR: u32 = 1;

/// Makes the bureau in an empty database.
pub(crate) async fn seed(args: &SeedArgs) -> anyhow::Result<Outcome> {
    let (mut app, database) = serve::open(&args.place).await?;
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
    let mut lives = Lives::new(&organisation, &rules, &plans, now)?;
    let numbers: Vec<usize> = (0..args.tasks).collect();
    for chunk in numbers.chunks(CHUNK) {
        let mut uow = app.store.write(bureau).await?;
        for _task in chunk {
            let mut life = lives.life(&mut draws)?;
            for (event, by) in &mut life.steps {
                if let luoshi_domain::tasks::TaskEvent::Issued { number, .. } = event {
                    let year = chrono::Datelike::year(&local_day(by.at));
                    *number = format!("〔{year}〕{}号", uow.task_number_next(year).await?);
                }
            }
            let id = TaskId(app.ids.id(life.opened_at()));
            let steps = life.steps.iter().map(|(event, by)| (event, by));
            let task = luoshi_domain::tasks::Task::replay(id, steps);
            let task = task.context("a life begins with an opening")?;
            uow.task_save_steps(&task, &life.steps).await?;
        }
        uow.commit().await?;
    }
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
    let by = Signed {
        at: now,
        person: PersonId(bureau.0),
        name: "系统".into(),
        title: String::new(),
        hand: None,
    };
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
