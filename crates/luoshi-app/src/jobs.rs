//! Running what was put off: claim, run, end. A job whose worker dies is claimed by another.

use chrono::{DateTime, TimeDelta, Utc};
use luoshi_domain::ids::JobId;
use luoshi_domain::jobs::{Job, JobEnd, NewJob};
use luoshi_domain::ports::{StoreError, UnitOfWork};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::App;
use crate::errors::{AppError, AppResult};
use crate::hooks::deliveries;
use crate::{audit, digests, lights, refinements, sweeps};

/// How long a claim lasts; longer than one part of any job may run.
const CLAIM: TimeDelta = TimeDelta::minutes(5);

/// Makes a job that is due at once, in the transaction that makes it necessary.
pub(crate) async fn push(
    app: &App,
    uow: &mut dyn UnitOfWork,
    name: &'static str,
    payload: &impl Serialize,
    max_attempts: u32,
) -> AppResult<()> {
    push_at(app, uow, (name, max_attempts), payload, app.clock.now()).await?;
    Ok(())
}

/// Makes a job, by its name and its tries, that may run from a time on.
pub(crate) async fn push_at(
    app: &App,
    uow: &mut dyn UnitOfWork,
    (name, max_attempts): (&'static str, u32),
    payload: &impl Serialize,
    at: DateTime<Utc>,
) -> AppResult<JobId> {
    let job = NewJob {
        id: JobId(app.ids.id(app.clock.now())),
        name,
        payload: written(payload)?,
        max_attempts,
        at,
    };
    uow.job_push(&job).await?;
    Ok(job.id)
}

/// What a job is about.
pub(crate) fn payload<T: DeserializeOwned>(job: &Job) -> AppResult<T> {
    serde_json::from_str(&job.payload)
        .map_err(|error| AppError::internal("a job's payload cannot be read", error))
}

/// The same as it is kept.
pub(crate) fn written(payload: &impl Serialize) -> AppResult<String> {
    serde_json::to_string(payload)
        .map_err(|error| AppError::internal("a job's payload cannot be written", error))
}

/// Runs the job that is due longest; whether there was one.
///
/// A job that fails does not fail this: its end is noted with the job.
#[tracing::instrument(skip_all)]
pub async fn run_next(app: &App, worker: &str) -> AppResult<bool> {
    let now = app.clock.now();
    let Some(job) = app.store.job_claim(worker, now, now + CLAIM).await? else {
        return Ok(false);
    };
    let end = run(app, &job).await;
    match &end {
        JobEnd::Done | JobEnd::Next { .. } => {}
        JobEnd::Retry { error, .. } => {
            tracing::warn!(job.id = %job.id, attempts = job.attempts, error, "put off");
        }
        JobEnd::Failed { error } => {
            tracing::error!(job.id = %job.id, attempts = job.attempts, error, "given up");
        }
    }
    let mut uow = app.store.write(job.bureau).await?;
    match uow.job_end(&job, worker, &end, app.clock.now()).await {
        Ok(()) => uow.commit().await?,
        // The claim ran out and somebody else has it: the end is theirs to note.
        Err(StoreError::Stale) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(true)
}

async fn run(app: &App, job: &Job) -> JobEnd {
    if job.attempts > job.max_attempts {
        let error = "多次中断，不再重试。".to_owned();
        return JobEnd::Failed { error };
    }
    let ended = match job.name.as_str() {
        refinements::JOB => refinements::run(app, job).await,
        audit::checks::JOB => audit::checks::run(app, job).await,
        lights::JOB => lights::run(app, job).await,
        sweeps::JOB => sweeps::run(app, job).await,
        digests::ROUND => digests::round(app, job).await,
        digests::MAIL => digests::mail(app, job).await,
        deliveries::JOB => deliveries::run(app, job).await,
        _ => Ok(JobEnd::Failed {
            error: "不认识这种后台工作。".into(),
        }),
    };
    ended.unwrap_or_else(|error| {
        tracing::error!(job.id = %job.id, ?error, "a job broke off");
        let error = "程序内部出错，详见日志。".to_owned();
        if job.may_retry() {
            JobEnd::Retry {
                run_at: job.next_try(app.clock.now(), None),
                payload: job.payload.clone(),
                error,
            }
        } else {
            JobEnd::Failed { error }
        }
    })
}
