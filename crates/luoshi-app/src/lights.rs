//! Keeping the spans of the lights to the numbers in force, and noting what turned (TIME-10).
//!
//! Spans are computed with each save of a task. When a pack changes a number, a new edition of the
//! numbers begins, and a job computes the spans of every task again, a part at a time; each part
//! takes what is still of an earlier edition, so that it may break off and run again.

use chrono::NaiveDate;
use luoshi_domain::ids::{BureauId, TaskId};
use luoshi_domain::jobs::{Job, JobEnd};
use luoshi_domain::lights::Light;
use luoshi_domain::lights::changes::{LightChange, LightEdition};
use luoshi_domain::ports::UnitOfWork;

use crate::errors::AppResult;
use crate::rules::Rules;
use crate::{App, bureaus, jobs, tasks};

/// The job's name.
pub(crate) const JOB: &str = "lights";

/// Tasks computed in one part of the job: a few tenths of a second, for which others wait. Each
/// part touches the indexes everywhere, so that many small ones take far longer.
const PART: u32 = 10_000;

/// Turned lights noted in one transaction.
const TURNED: u32 = 1000;

/// Tries before a part is given up; the next day begins again.
const TRIES: u32 = 5;

/// Lets every bureau's lights follow the numbers in force.
pub async fn follow_all(app: &App) -> AppResult<()> {
    for bureau in bureaus::list(app).await? {
        follow(app, bureau.id).await?;
    }
    Ok(())
}

/// Begins a new edition when the numbers in force are others, and makes the job that computes
/// what is not of the latest edition.
pub(crate) async fn follow(app: &App, bureau: BureauId) -> AppResult<()> {
    let mut uow = app.store.read(bureau).await?;
    let rules = app.rules(bureau, &mut *uow).await?;
    let same = uow.light_edition().await?.numbers == rules.leads.numbers();
    if same && uow.lights_are_current().await? {
        return Ok(());
    }
    drop(uow);
    let mut uow = app.store.write(bureau).await?;
    let known = uow.light_edition().await?;
    let numbers = rules.leads.numbers();
    if known.numbers != numbers {
        let edition = LightEdition {
            number: known.number + 1,
            since: app.today(),
            numbers,
        };
        uow.light_edition_add(&edition).await?;
    }
    jobs::push(app, &mut *uow, JOB, &serde_json::json!({}), TRIES).await?;
    uow.commit().await?;
    Ok(())
}

/// Computes what is not of the latest edition, all of it; how many tasks.
pub async fn refresh(app: &App, bureau: BureauId) -> AppResult<u32> {
    let mut count = 0;
    loop {
        let mut uow = app.store.write(bureau).await?;
        let done = uow.lights_refresh(PART).await?;
        uow.commit().await?;
        count += done;
        if done < PART {
            return Ok(count);
        }
    }
}

/// Runs one part of the job.
pub(crate) async fn run(app: &App, job: &Job) -> AppResult<JobEnd> {
    let mut uow = app.store.write(job.bureau).await?;
    let done = uow.lights_refresh(PART).await?;
    uow.commit().await?;
    if done < PART {
        return Ok(JobEnd::Done);
    }
    Ok(JobEnd::Next {
        payload: job.payload.clone(),
    })
}

/// Notes the next tasks behind `after` whose light is another than when it was last looked at;
/// the last of them, and nothing where none is left.
pub(crate) async fn note_turned(
    day: NaiveDate,
    after: Option<TaskId>,
    rules: &Rules,
    uow: &mut dyn UnitOfWork,
) -> AppResult<Option<TaskId>> {
    // The spans have to be of the numbers that the reasons are given by.
    while uow.lights_refresh(PART).await? == PART {}
    let turned = uow.lights_turned(day, after, TURNED).await?;
    for turned in &turned {
        let facts = tasks::row_facts(&turned.task);
        let light = Light::of(&facts, day, &rules.calendar, &rules.leads);
        let change = LightChange {
            task: turned.task.id,
            day,
            before: turned.before,
            after: light.colour,
            rule: light.by.key().to_owned(),
            reason: light.reason,
            numbers: light.rule,
            edition: rules.leads.edition,
        };
        uow.light_change_note(&change).await?;
    }
    Ok(turned.last().map(|turned| turned.task.id))
}
