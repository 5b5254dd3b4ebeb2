//! How long the server takes for a page of the ledger.

use std::time::Instant;

use anyhow::Context;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use luoshi_app::accounts::sign_in::Attempt;
use luoshi_app::{App, Who, accounts, demo, organisation};
use luoshi_domain::context::{Actor, Context as Deciding};
use luoshi_domain::ids::TaskId;
use luoshi_domain::ports::{Store, UnitOfWork};
use luoshi_domain::tasks::{
    Channel, Course, Level, Origin, Task, TaskDetails, TaskEvent, TaskKind, Tier,
};
use luoshi_web::WebState;
use tower::ServiceExt;

use super::{median, milliseconds, row};
use crate::serve;

/// Requests measured.
const REQUESTS: usize = 200;

/// Tasks saved in one transaction.
const CHUNK: usize = 500;

/// Fills a database with tasks and asks for the first page; the baseline is a page of text.
pub(super) async fn bench(tasks: usize) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("luoshi-bench-ledger-{}", std::process::id()));
    serve::make_private_folder(&folder)?;
    let url = serve::sqlite_url(&serve::database_file(&folder))?;
    let (mut app, database) = serve::open_url(&url).await?;
    app.accounts.demonstration = true;
    let (bureau, _logins) = demo::found(&app).await?;
    fill(&app, bureau, tasks).await?;
    super::lights::columns(&app, bureau).await?;
    let attempt = Attempt {
        login: "zhou".into(),
        password: demo::PASSWORD.into(),
        ..Attempt::default()
    };
    let signed_in = accounts::sign_in(&app, bureau, attempt).await?;
    let router = luoshi_web::router(WebState {
        app: std::sync::Arc::new(app),
        demo: false,
        proxies: luoshi_web::Proxies::default(),
    });
    let cookie = format!("luoshi_session={}", signed_in.token);
    let mut pages = Vec::new();
    for path in [
        "/ledger",
        "/ledger?sort=updated&light=red",
        "/api/v1/tasks?size=50",
        "/healthz",
    ] {
        let mut times = Vec::new();
        for _request in 0..REQUESTS {
            let request = Request::get(path)
                .header("cookie", &cookie)
                .body(Body::empty())?;
            let began = Instant::now();
            let answer = router.clone().oneshot(request).await?;
            let status = answer.status();
            let body = to_bytes(answer.into_body(), usize::MAX).await?;
            times.push(began.elapsed());
            anyhow::ensure!(status == StatusCode::OK, "{path}: {status}");
            std::hint::black_box(body);
        }
        pages.push((path, median(times)));
    }
    let (_, baseline) = pages.pop().context("no baseline")?;
    for (path, time) in pages {
        row(
            &format!("GET {path}, 50 rows"),
            &format!("{tasks} tasks"),
            &milliseconds(time),
            &format!("/healthz {}", milliseconds(baseline)),
            time.as_secs_f64() / baseline.as_secs_f64(),
        );
    }
    database.close().await;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

async fn fill(app: &App, bureau: luoshi_domain::ids::BureauId, tasks: usize) -> anyhow::Result<()> {
    let organisation = organisation::of_bureau(app, bureau).await?;
    let officer = organisation
        .persons
        .iter()
        .find(|person| person.login == "zhou");
    let officer = officer.context("the demonstration has its officer")?.id;
    let actor = Actor::of(&organisation, officer).context("the officer has a post")?;
    let who = Who::new(bureau, actor);
    let units: Vec<_> = organisation.carriers().map(|unit| unit.id).collect();
    let now = app.clock.now();
    let ctx = Deciding {
        now,
        actor: &who.actor,
        organisation: &organisation,
        calendar: &app.shipped_calendar,
        policies: &[],
        leads: luoshi_domain::lights::Leads::default(),
    };
    let signed = ctx.signed();
    let store: &dyn Store = &*app.store;
    for chunk in (0..tasks).collect::<Vec<_>>().chunks(CHUNK) {
        let mut uow: Box<dyn UnitOfWork> = store.write(bureau).await?;
        for n in chunk {
            let lead = units
                .get(n % units.len())
                .copied()
                .context("there are units")?;
            let events = life(*n, lead, &ctx);
            let id = TaskId(app.ids.id(now));
            let pairs: Vec<_> = events.iter().map(|event| (event, &signed)).collect();
            let task = Task::replay(id, pairs).context("it begins with an opening")?;
            uow.task_save(&task, &events, &signed).await?;
        }
        uow.commit().await?;
    }
    Ok(())
}

/// The `n`-th task: issued, signed for, reported on; its limit is some day around today.
fn life(n: usize, lead: luoshi_domain::ids::UnitId, ctx: &Deciding<'_>) -> Vec<TaskEvent> {
    let offset = chrono::TimeDelta::days(i64::try_from(n % 200).unwrap_or_default() - 40);
    let details = TaskDetails {
        title: format!("完成农村公路改造第 {n} 标段"),
        target: format!("第 {n} 标段路面工程按期完工，质量合格率达到 100%"),
        requirement: String::new(),
        category: "bureau".into(),
        kind: TaskKind::Task,
        level: if n.is_multiple_of(9) {
            Level::Major
        } else {
            Level::Ordinary
        },
        tier: Tier::Bureau,
        lead: Some(lead),
        co_units: Vec::new(),
        supervisor: ctx.organisation.supervision_office().map(|unit| unit.id),
        deputy: ctx.organisation.deputy_of(lead),
        limit: ctx.today().checked_add_signed(offset),
        frequency: None,
        policies: None,
        task_force: None,
        cadence: None,
    };
    let origin = Origin {
        plan: None,
        proposal: None,
        document: "年度重点工作方案".into(),
        number: None,
        clause_path: "二/(一)/2".into(),
        quote: "按期完成农村公路改造。".into(),
    };
    vec![
        TaskEvent::Opened {
            origin,
            details: Box::new(details),
        },
        TaskEvent::Approved {
            text: String::new(),
        },
        TaskEvent::Issued {
            number: format!("〔2026〕{}号", n + 1),
            channel: Channel::System,
        },
        TaskEvent::SignedFor { assignee: None },
        TaskEvent::FedBack {
            unit: lead,
            course: Course::Smooth,
            progress: u8::try_from(n % 100).unwrap_or_default(),
            text: "正按节点推进".into(),
            difficulties: String::new(),
            suggestions: String::new(),
            figures: String::new(),
            evidence: Vec::new(),
        },
    ]
}
