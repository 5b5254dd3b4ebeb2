//! The journal: showing it and proving that nobody touched it.

use luoshi_domain::ids::BureauId;
use luoshi_domain::journal::{Break, Fault, StoredEvent, Verifier};
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::Right;

use crate::errors::AppResult;
use crate::{App, Who, policy};

/// Events read at once; bounds the memory of a walk through a long journal.
const CHUNK: u32 = 1000;

/// The end of a walk through a bureau's journal.
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

/// The journal's latest events, newest first, with their count.
pub async fn latest(app: &App, who: &Who, limit: u32) -> AppResult<(Vec<StoredEvent>, i64)> {
    policy::require_to_see(app, &who.actor, Right::SeeJournal, "journal")?;
    let mut uow = app.store.read(who.bureau).await?;
    Ok((uow.journal_latest(limit).await?, uow.journal_count().await?))
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
    if !(1..=PAGE_LIMIT).contains(&limit) {
        let sentence = format!("一次可取 1 至 {PAGE_LIMIT} 条。");
        return Err(Refusal::input("limit", "SYS-04", sentence).into());
    }
    let mut uow = app.store.read(who.bureau).await?;
    let events = uow.journal_after(after, limit).await?;
    Ok((events, uow.journal_count().await?))
}

/// Walks a bureau's whole journal on behalf of a signed-in person.
pub async fn verify_as(app: &App, who: &Who) -> AppResult<Verdict> {
    policy::require_to_see(app, &who.actor, Right::SeeJournal, "journal")?;
    verify(app, who.bureau).await
}

/// Walks a bureau's whole journal and finds the first event that is not as it was written.
pub async fn verify(app: &App, bureau: BureauId) -> AppResult<Verdict> {
    let mut uow = app.store.read(bureau).await?;
    let counted = uow.journal_count().await?;
    let mut verifier = Verifier::new();
    let mut after = 0;
    loop {
        let events = uow.journal_after(after, CHUNK).await?;
        let Some(last) = events.last() else { break };
        after = last.seq;
        for event in &events {
            if let Err(broken) = verifier.take(event) {
                return Ok(Verdict::Broken(broken));
            }
        }
    }
    Ok(match verifier.finish(counted) {
        Ok(events) => Verdict::Whole { events },
        Err(broken) => Verdict::Broken(broken),
    })
}
