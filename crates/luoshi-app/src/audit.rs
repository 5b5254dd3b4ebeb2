//! The journal: showing it and proving that nobody touched it.

pub mod checks;
pub mod lists;
pub mod reads;
mod walks;

use luoshi_domain::audit::Chain;
use luoshi_domain::ids::{BureauId, TaskId};
use luoshi_domain::journal::{Break, Fault, StoredEvent};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::Right;
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::audit::walks::Part;
use crate::errors::AppResult;
use crate::{App, Who, attachments, policy};

/// The end of a walk through one of a bureau's chains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every event is as it was written; how many there are.
    Whole { events: i64 },
    /// The first event that is not.
    Broken(Break),
}

/// What is wrong at a break, to be put behind `第 n 条事件`.
pub fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::Altered => "内容被改动",
        Fault::Mislabelled => "登记与内容不符",
        Fault::Missing => "缺失",
        Fault::Reordered => "次序不对",
    }
}

/// What is broken of a chain, and what to do.
pub fn broken_said(chain: Chain, broken: &Break) -> String {
    let what = match chain {
        Chain::Journal => "办理流水",
        Chain::Access => "访问记录",
    };
    let (seq, fault) = (broken.seq, fault(broken.fault));
    format!("{what}校验不通过：第 {seq} 条{fault}，请立即报告管理员并保留数据")
}

/// The journal's latest events, newest first, with their count.
pub async fn latest(app: &App, who: &Who, limit: u32) -> AppResult<(Vec<StoredEvent>, i64)> {
    policy::require_to_see(app, &who.actor, Right::SeeJournal, "journal")?;
    let mut uow = app.store.read(who.bureau).await?;
    let events = uow.journal_latest(limit).await?;
    let events = shown(app, who, &mut *uow, events).await?;
    Ok((events, uow.journal_count().await?))
}

/// Most events that [`after`] gives at once.
pub const PAGE_LIMIT: u32 = 200;

/// At most `limit` of the journal's events after a sequence number, oldest first, with the count
/// of all.
pub async fn after(
    app: &App,
    who: &Who,
    after: i64,
    limit: u32,
) -> AppResult<(Vec<StoredEvent>, i64)> {
    policy::require_to_see(app, &who.actor, Right::SeeJournal, "journal")?;
    page_limit(limit, PAGE_LIMIT)?;
    let mut uow = app.store.read(who.bureau).await?;
    let events = uow.journal_after(after, limit).await?;
    let events = shown(app, who, &mut *uow, events).await?;
    Ok((events, uow.journal_count().await?))
}

/// Refuses a page of none or of more than `most`.
pub fn page_limit(limit: u32, most: u32) -> AppResult<()> {
    if (1..=most).contains(&limit) {
        return Ok(());
    }
    let sentence = format!("一次可取 1 至 {most} 条。");
    Err(Refusal::input("limit", "SYS-04", sentence).into())
}

/// The events without those of work secrets that are not the reader's business (SYS-05).
async fn shown(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    mut events: Vec<StoredEvent>,
) -> AppResult<Vec<StoredEvent>> {
    if policy::holds(app, &who.actor, Right::ListSecrets) {
        return Ok(events);
    }
    let streams: BTreeSet<Uuid> = events.iter().map(|event| event.id).collect();
    let streams: Vec<Uuid> = streams.into_iter().collect();
    for id in uow.journal_secrets(&streams).await? {
        let task = uow.task_get(TaskId(id)).await?;
        let seen = task.is_some_and(|task| policy::see_task(app, &who.actor, &task).is_ok());
        events.retain(|event| seen || event.id != id);
    }
    let mut shown = Vec::with_capacity(events.len());
    for event in events {
        if !attachments::is_withheld(app, who, uow, &event).await? {
            shown.push(event);
        }
    }
    Ok(shown)
}

/// Walks a bureau's whole journal on behalf of a signed-in person.
pub async fn verify_as(app: &App, who: &Who) -> AppResult<Verdict> {
    policy::require_to_see(app, &who.actor, Right::SeeJournal, "journal")?;
    verify(app, who.bureau).await
}

/// Walks a bureau's whole journal and finds the first event that is not as it was written.
pub async fn verify(app: &App, bureau: BureauId) -> AppResult<Verdict> {
    verify_chain(app, bureau, Chain::Journal).await
}

/// Walks one of a bureau's chains from its first entry.
pub async fn verify_chain(app: &App, bureau: BureauId, chain: Chain) -> AppResult<Verdict> {
    let mut uow = app.store.read(bureau).await?;
    let from = walks::start(&mut *uow, chain).await?;
    let begins = from.seq;
    let part = walks::part(&mut *uow, bureau, chain, from, i64::MAX).await?;
    Ok(match part {
        Part::More(last) | Part::End(last) => Verdict::Whole {
            events: last.seq - begins,
        },
        Part::Broken { broken, .. } => Verdict::Broken(broken),
    })
}
