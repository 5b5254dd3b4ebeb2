//! Verifying both chains once a day and when an auditor asks, and cutting off what the access log
//! need not keep any longer. What was found stays (SYS-02).

use chrono::TimeDelta;
use luoshi_domain::access_log::{AccessAction, AccessEntry, MONTHS_KEPT};
use luoshi_domain::audit::{Anchor, Chain, Check};
use luoshi_domain::ids::{AccessId, BureauId, PersonId};
use luoshi_domain::jobs::{Job, JobEnd};
use luoshi_domain::ports::UnitOfWork;
use serde::{Deserialize, Serialize};

use crate::audit::walks::{self, Part};
use crate::errors::AppResult;
use crate::{App, Who, audit, jobs, policy};

/// The job's name.
pub(crate) const JOB: &str = "audit";

/// Entries that one part of the job looks at.
const PART: i64 = 20_000;

/// Entries that one part of the job cuts off.
const CUT: u32 = 2_000;

/// Entries of both chains up to which they are verified at once; beyond it takes seconds.
const ON_SIGHT: i64 = 20_000;

/// After so long the daily walk goes through all again, not only through what is new.
const WHOLE_EVERY: TimeDelta = TimeDelta::days(7);

/// Tries before a day is given up; the next day is another.
const TRIES: u32 = 5;

/// Walks shown of a chain.
const SHOWN: u32 = 8;

/// What is known of one chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub chain: Chain,
    /// The last walk.
    pub latest: Option<Check>,
    /// The last walk that went through all of it.
    pub whole: Option<Check>,
    /// The number of the last entry written.
    pub head: i64,
    /// The number of the last entry that was cut off for its age; 0 if none was.
    pub cut: i64,
}

/// What came of asking for a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It is done; one walk of each chain.
    Done(Vec<Check>),
    /// It takes a while and is done in the background.
    Later,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Work {
    by: Option<PersonId>,
    /// Still to cut off what is too old.
    cut: bool,
    /// Whether all is walked through; decided on the first part.
    whole: Option<bool>,
    chain: Chain,
    /// Where the walk through this chain is; not begun yet when missing.
    place: Option<Place>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Place {
    begins: i64,
    last: Anchor,
}

/// What is known of both chains; the auditors'.
pub async fn states(app: &App, who: &Who) -> AppResult<Vec<State>> {
    policy::see_audit(app, &who.actor)?;
    let mut uow = app.store.read(who.bureau).await?;
    let mut states = Vec::new();
    for chain in Chain::ALL {
        states.push(state(&mut *uow, chain).await?);
    }
    Ok(states)
}

/// The first chain that the last walk found broken, for who sees the audit; nothing otherwise.
pub(crate) async fn alarm(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
) -> AppResult<Option<String>> {
    if !policy::sees_audit(app, &who.actor) {
        return Ok(None);
    }
    for chain in Chain::ALL {
        let latest = uow.checks_list(chain, 1).await?.pop();
        if let Some(broken) = latest.and_then(|check| check.broken) {
            return Ok(Some(audit::broken_said(chain, &broken)));
        }
    }
    Ok(None)
}

/// Verifies both chains from their first entries, at once or in the background.
pub async fn ask(app: &App, who: &Who) -> AppResult<Asked> {
    policy::see_audit(app, &who.actor)?;
    let by = Some(who.actor.person);
    let mut uow = app.store.read(who.bureau).await?;
    let entries = uow.journal_count().await? + uow.access_head().await?.seq;
    if entries - uow.access_anchor().await?.seq > ON_SIGHT {
        drop(uow);
        let mut uow = app.store.write(who.bureau).await?;
        push(app, &mut *uow, by, false).await?;
        uow.commit().await?;
        return Ok(Asked::Later);
    }
    let mut checks = Vec::new();
    for chain in Chain::ALL {
        let from = walks::start(&mut *uow, chain).await?;
        let begins = from.seq + 1;
        let part = walks::part(&mut *uow, who.bureau, chain, from, i64::MAX).await?;
        checks.push(check(app, chain, by, begins, part));
    }
    drop(uow);
    let mut uow = app.store.write(who.bureau).await?;
    for check in &checks {
        uow.check_push(check).await?;
    }
    uow.commit().await?;
    Ok(Asked::Done(checks))
}

/// Makes the job of a day: cutting off what is too old, then verifying.
pub(crate) async fn schedule(app: &App, uow: &mut dyn UnitOfWork) -> AppResult<()> {
    push(app, uow, None, true).await
}

async fn push(
    app: &App,
    uow: &mut dyn UnitOfWork,
    by: Option<PersonId>,
    daily: bool,
) -> AppResult<()> {
    let work = Work {
        by,
        cut: daily,
        whole: (!daily).then_some(true),
        chain: Chain::Journal,
        place: None,
    };
    jobs::push(app, uow, JOB, &work, TRIES).await
}

/// Runs one part.
pub(crate) async fn run(app: &App, job: &Job) -> AppResult<JobEnd> {
    let mut work: Work = jobs::payload(job)?;
    if work.cut {
        work.cut = cut(app, job.bureau).await?;
        return next(&work);
    }
    let mut uow = app.store.read(job.bureau).await?;
    let whole = match work.whole {
        Some(whole) => whole,
        None => is_whole_due(app, &mut *uow).await?,
    };
    work.whole = Some(whole);
    let place = match work.place.take() {
        Some(place) => place,
        None => begin(&mut *uow, work.chain, whole).await?,
    };
    let part = walks::part(&mut *uow, job.bureau, work.chain, place.last, PART).await?;
    drop(uow);
    if let Part::More(last) = part {
        let begins = place.begins;
        work.place = Some(Place { begins, last });
        return next(&work);
    }
    let check = check(app, work.chain, work.by, place.begins, part);
    if let Some(broken) = &check.broken {
        let (chain, seq) = (check.chain, broken.seq);
        tracing::error!(?chain, seq, "a chain is not as it was written");
    }
    let mut uow = app.store.write(job.bureau).await?;
    uow.check_push(&check).await?;
    uow.commit().await?;
    match work.chain {
        Chain::Journal => {
            work.chain = Chain::Access;
            next(&work)
        }
        Chain::Access => Ok(JobEnd::Done),
    }
}

async fn begin(uow: &mut dyn UnitOfWork, chain: Chain, whole: bool) -> AppResult<Place> {
    let latest = if whole {
        None
    } else {
        uow.checks_list(chain, 1).await?.pop()
    };
    let last = match latest {
        Some(check) => check.last,
        None => walks::start(uow, chain).await?,
    };
    Ok(Place {
        begins: last.seq + 1,
        last,
    })
}

async fn is_whole_due(app: &App, uow: &mut dyn UnitOfWork) -> AppResult<bool> {
    let whole = state(uow, Chain::Journal).await?.whole;
    Ok(whole.is_none_or(|check| app.clock.now() - check.at >= WHOLE_EVERY))
}

async fn state(uow: &mut dyn UnitOfWork, chain: Chain) -> AppResult<State> {
    let (head, cut) = match chain {
        Chain::Journal => (uow.journal_count().await?, 0),
        Chain::Access => {
            let cut = uow.access_anchor().await?.seq;
            (uow.access_head().await?.seq, cut)
        }
    };
    let checks = uow.checks_list(chain, SHOWN).await?;
    let mut whole = checks.iter().filter(|check| check.begins <= cut + 1);
    Ok(State {
        chain,
        whole: whole.next().cloned(),
        latest: checks.into_iter().next(),
        head,
        cut,
    })
}

fn check(app: &App, chain: Chain, by: Option<PersonId>, begins: i64, part: Part) -> Check {
    let at = app.clock.now();
    let (last, broken) = match part {
        Part::More(last) | Part::End(last) => (last, None),
        Part::Broken { last, broken } => (last, Some(broken)),
    };
    Check {
        id: app.ids.id(at),
        chain,
        at,
        by,
        begins,
        last,
        broken,
    }
}

/// Cuts off a part of what is too old, and says so in the log itself; whether there may be more.
async fn cut(app: &App, bureau: BureauId) -> AppResult<bool> {
    let (now, months) = (app.clock.now(), app.access_months.max(MONTHS_KEPT));
    let before = luoshi_domain::access_log::dropped_before(now, months);
    let mut uow = app.store.write(bureau).await?;
    let oldest = uow.access_anchor().await?.seq;
    let oldest = uow.access_after(oldest, 1).await?.pop();
    if oldest.is_none_or(|oldest| oldest.entry.at >= before) {
        return Ok(false);
    }
    let said = AccessEntry {
        id: AccessId(app.ids.id(now)),
        at: now,
        person: None,
        login: String::new(),
        address: String::new(),
        action: AccessAction::Sweep,
        object: None,
        success: true,
        detail: format!("清理 {months} 个月以前的访问记录"),
    };
    uow.access_push(&[said]).await?;
    let gone = uow.access_sweep(now, months, CUT).await?;
    uow.commit().await?;
    tracing::info!(gone, "the access log was cut");
    Ok(gone == u64::from(CUT))
}

fn next(work: &Work) -> AppResult<JobEnd> {
    let payload = jobs::written(work)?;
    Ok(JobEnd::Next { payload })
}
