//! How long a large organisation takes to load, and to be shown as of a day.

use chrono::NaiveDate;
use luoshi_domain::ids::{BureauId, PersonId, PostId, UnitId};
use luoshi_domain::journal::Signed;
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::{Person, Post, Role, Unit, UnitKind};
use luoshi_domain::ports::{Bureau, Store};

use super::{median, milliseconds, row, timed};
use crate::serve;

/// Size of the organisation; each person holds a post.
const UNITS: usize = 2_000;
const PERSONS: usize = 20_000;

/// Loads measured.
const LOADS: usize = 9;

/// Fills a database and loads it; the baseline is the limit of 200 ms.
pub(super) async fn bench() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("luoshi-bench-tree-{}", std::process::id()));
    serve::make_private_folder(&folder)?;
    let url = serve::sqlite_url(&serve::database_file(&folder))?;
    let (app, database) = serve::open_url(&url).await?;
    let now = app.clock.now();
    let bureau = Bureau {
        id: BureauId(app.ids.id(now)),
        name: "市交通运输局".into(),
        created_at: now,
    };
    database.bureau_create(&bureau).await?;
    let today = app.today();
    let mut history = History::default();
    let mut events = Vec::new();
    for command in commands(&app, today) {
        let event = history.decide(command)?;
        history.apply(&event);
        events.push(event);
    }
    let by = Signed::system(bureau.id, now, "");
    let mut work = database.write(bureau.id).await?;
    work.organisation_save(&history, &events, &by).await?;
    work.commit().await?;
    let mut loads = Vec::new();
    for _load in 0..LOADS {
        let mut work = database.read(bureau.id).await?;
        let began = std::time::Instant::now();
        let loaded = work.organisation_load().await?.as_of(today);
        loads.push(began.elapsed());
        anyhow::ensure!(loaded.persons.len() == PERSONS, "all of it is loaded");
    }
    let load = median(loads);
    let size = format!("{UNITS} units, {PERSONS} persons");
    row(
        "organisation load",
        &size,
        &milliseconds(load),
        "limit 200 ms",
        load.as_secs_f64() / 0.2,
    );
    let shown = timed(LOADS, || history.as_of(today));
    row(
        "organisation as of a day",
        &size,
        &milliseconds(shown),
        &format!("load {}", milliseconds(load)),
        shown.as_secs_f64() / load.as_secs_f64(),
    );
    database.close().await;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn commands(app: &luoshi_app::App, valid_from: NaiveDate) -> Vec<OrganisationCommand> {
    let now = app.clock.now();
    let units: Vec<UnitId> = (0..UNITS).map(|_unit| UnitId(app.ids.id(now))).collect();
    let mut commands = Vec::new();
    for (n, id) in units.iter().enumerate() {
        commands.push(OrganisationCommand::EstablishUnit(Unit {
            id: *id,
            // Ten below each, three levels deep.
            parent: (n > 0).then(|| units.get((n - 1) / 10).copied()).flatten(),
            kind: UnitKind::Subordinate,
            name: format!("第{n}站"),
            aliases: Vec::new(),
            supervision_office: n == 0,
            position: 0,
            valid_from,
        }));
    }
    for n in 0..PERSONS {
        let person = PersonId(app.ids.id(now));
        commands.push(OrganisationCommand::RegisterPerson(Person {
            id: person,
            name: format!("甲{n}"),
            login: format!("p{n}"),
        }));
        let unit = units.get(n % UNITS).copied();
        commands.extend(unit.map(|unit| {
            OrganisationCommand::CreatePost(Post {
                id: PostId(app.ids.id(now)),
                unit,
                title: "承办人".into(),
                role: if n < UNITS { Role::Head } else { Role::Contact },
                holder: Some(person),
                position: 0,
                valid_from,
            })
        }));
    }
    commands
}
