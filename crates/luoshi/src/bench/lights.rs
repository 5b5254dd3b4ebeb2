//! How long computing every light of a big bureau takes, on one core: the spans alone, and the
//! columns with them.

use std::time::{Duration, Instant};

use chrono::{NaiveDate, TimeDelta};
use luoshi_app::{App, lights};
use luoshi_domain::ids::BureauId;
use luoshi_domain::lights::changes::LightEdition;
use luoshi_domain::lights::{Facts, LeadNumbers, Measure, Particulars, Spans, Turn};
use luoshi_domain::tasks::TaskState;
use luoshi_domain::trajectories::{Milestone, Trajectory};

use super::{milliseconds, row, timed};

/// What all of it may take.
const LIMIT: Duration = Duration::from_secs(3);

/// The spans of `count` tasks, a third of them with milestones, from facts in memory.
pub(super) fn spans(count: usize) {
    let today = NaiveDate::default() + TimeDelta::days(20_000);
    let tasks: Vec<Facts> = (0..count).map(|n| facts(n, today)).collect();
    let numbers = LeadNumbers::default();
    let all = timed(3, || {
        let spans = tasks.iter().map(|facts| Spans::of(facts, &numbers));
        spans.filter(|spans| spans.red_from.is_some()).count()
    });
    report("spans of all lights", count, all);
}

/// The columns of every open task of a filled database, by another edition of the thresholds.
pub(super) async fn columns(app: &App, bureau: BureauId) -> anyhow::Result<()> {
    let known = app.store.read(bureau).await?.light_edition().await?;
    let edition = LightEdition {
        number: known.number + 1,
        since: app.today(),
        numbers: LeadNumbers {
            due_soon_days: known.numbers.due_soon_days + 1,
            ..known.numbers
        },
    };
    let began = begin(app, bureau, edition).await?;
    let count = lights::refresh(app, bureau).await?;
    let took = began.elapsed();
    report("columns of all lights", usize::try_from(count)?, took);
    // Back to what the rules say.
    let back = LightEdition {
        number: known.number + 2,
        since: app.today(),
        numbers: known.numbers,
    };
    begin(app, bureau, back).await?;
    lights::refresh(app, bureau).await?;
    Ok(())
}

/// Begins an edition.
async fn begin(app: &App, bureau: BureauId, edition: LightEdition) -> anyhow::Result<Instant> {
    let mut uow = app.store.write(bureau).await?;
    uow.light_edition_add(&edition).await?;
    uow.commit().await?;
    Ok(Instant::now())
}

fn report(what: &str, count: usize, took: Duration) {
    row(
        what,
        &format!("{count} open tasks"),
        &milliseconds(took),
        &format!("limit {}", milliseconds(LIMIT)),
        took.as_secs_f64() / LIMIT.as_secs_f64(),
    );
}

fn facts(n: usize, today: NaiveDate) -> Facts {
    let days = |count: usize| TimeDelta::days(i64::try_from(count).unwrap_or_default());
    let issued_on = today - days(n % 300);
    let limit = issued_on + days(30 + n % 400);
    let mut particulars = Particulars::default();
    if n.is_multiple_of(3) {
        let milestones = (1..=5u8).map(|step| Milestone {
            name: "节点".to_owned(),
            day: issued_on + days(usize::from(step) * (5 + n % 60)),
            percent: 20 * step,
            start_by: Some(issued_on + days(usize::from(step) * (n % 60))),
            started_on: Some(issued_on),
            done_on: None,
        });
        particulars.trajectory = Trajectory {
            milestones: milestones.collect(),
            ..Trajectory::default()
        };
    }
    if n.is_multiple_of(10) {
        let measure = |gap| Measure {
            late: false,
            unstarted: false,
            gap,
        };
        particulars.turns.push(Turn {
            day: today - days(n % 20),
            before: measure(400),
            after: measure(20),
        });
    }
    Facts {
        state: TaskState::InProgress,
        issued_on: Some(issued_on),
        limit: Some(limit),
        progress: u8::try_from(n % 100).unwrap_or_default(),
        particulars,
    }
}
