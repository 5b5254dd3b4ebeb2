//! Walks through the journal and the access log, in parts, from the first entry or from where an
//! earlier walk ended.

use luoshi_domain::access_log::AccessVerifier;
use luoshi_domain::audit::{Anchor, Chain};
use luoshi_domain::ids::BureauId;
use luoshi_domain::journal::{Break, Fault, Verifier};
use luoshi_domain::ports::UnitOfWork;

use crate::errors::AppResult;

/// Entries read at once; bounds the memory of a walk.
const CHUNK: u32 = 1000;

/// Earlier ends that one part of a walk is held against; more than a walk a day leaves in years.
const ANCHORS: u32 = 10_000;

/// How far one part of a walk came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All is whole up to here, and more is left.
    More(Anchor),
    /// All is whole up to here, the end.
    End(Anchor),
    /// Not as it was written, behind what is whole.
    Broken { last: Anchor, broken: Break },
}

/// Walks on behind `from`, at least `limit` entries if there are so many.
pub(crate) async fn part(
    uow: &mut dyn UnitOfWork,
    bureau: BureauId,
    chain: Chain,
    from: Anchor,
    limit: i64,
) -> AppResult<Part> {
    let anchors = uow.check_anchors(chain, from.seq, ANCHORS).await?;
    let mut walk = Walk {
        last: from,
        anchors: anchors.into(),
    };
    let stop = walk.last.seq.saturating_add(limit);
    let ended = match chain {
        Chain::Journal => walk.journal(uow, stop).await?,
        Chain::Access => walk.access(uow, bureau, stop).await?,
    };
    let ended = ended.and_then(|at_end| walk.held(at_end));
    Ok(match ended {
        Ok(true) => Part::End(walk.last),
        Ok(false) => Part::More(walk.last),
        Err(broken) => Part::Broken {
            last: walk.last,
            broken,
        },
    })
}

/// Where a walk through the whole chain begins.
pub(crate) async fn start(uow: &mut dyn UnitOfWork, chain: Chain) -> AppResult<Anchor> {
    Ok(match chain {
        Chain::Journal => Anchor::start(),
        Chain::Access => uow.access_anchor().await?,
    })
}

struct Walk {
    last: Anchor,
    /// Ends of earlier walks that this one has not come by, in order.
    anchors: std::collections::VecDeque<Anchor>,
}

/// Whether the walk is at the chain's end, or what is broken.
type Found = Result<bool, Break>;

impl Walk {
    async fn journal(&mut self, uow: &mut dyn UnitOfWork, stop: i64) -> AppResult<Found> {
        if self.last.seq > 0 {
            let before = uow.journal_after(self.last.seq - 1, 1).await?;
            let before = before.first().map(|event| (event.seq, event.hash.as_str()));
            if let Err(broken) = self.begins_at(before) {
                return Ok(Err(broken));
            }
        }
        let counted = uow.journal_count().await?;
        let mut verifier = Verifier::behind(self.last.seq);
        while self.last.seq < stop {
            let events = uow.journal_after(self.last.seq, CHUNK).await?;
            if events.is_empty() {
                return Ok(verifier.finish(counted).map(|_taken| true));
            }
            for event in &events {
                if verifier.lacks(event) {
                    let (stream, version) = (event.stream.as_str(), event.version - 1);
                    if let Some(hash) = uow.journal_hash(stream, event.id, version).await? {
                        verifier.learn(event, hash);
                    }
                }
                let taken = verifier.take(event);
                if let Err(broken) = taken.and_then(|()| self.step(event.seq, &event.hash)) {
                    return Ok(Err(broken));
                }
            }
        }
        Ok(Ok(false))
    }

    async fn access(
        &mut self,
        uow: &mut dyn UnitOfWork,
        bureau: BureauId,
        stop: i64,
    ) -> AppResult<Found> {
        let cut = uow.access_anchor().await?;
        if self.last.seq <= cut.seq {
            self.last = cut;
            while self
                .anchors
                .front()
                .is_some_and(|next| next.seq <= self.last.seq)
            {
                self.anchors.pop_front();
            }
        } else {
            let before = uow.access_after(self.last.seq - 1, 1).await?;
            let before = before
                .first()
                .map(|stored| (stored.seq, stored.hash.as_str()));
            if let Err(broken) = self.begins_at(before) {
                return Ok(Err(broken));
            }
        }
        let head = uow.access_head().await?;
        let mut verifier = AccessVerifier::behind(bureau, self.last.clone());
        while self.last.seq < stop {
            let entries = uow.access_after(self.last.seq, CHUNK).await?;
            if entries.is_empty() {
                return Ok(verifier.end(&head).map(|_last| true));
            }
            for stored in &entries {
                let taken = verifier.take(stored);
                if let Err(broken) = taken.and_then(|()| self.step(stored.seq, &stored.hash)) {
                    return Ok(Err(broken));
                }
            }
        }
        Ok(Ok(false))
    }

    /// Whether what an earlier walk ended with is still there.
    fn begins_at(&self, found: Option<(i64, &str)>) -> Result<(), Break> {
        let fault = match found {
            Some((seq, hash)) if seq == self.last.seq && hash == self.last.hash => return Ok(()),
            Some((seq, _forged)) if seq == self.last.seq => Fault::Altered,
            _ => Fault::Missing,
        };
        Err(Break {
            seq: self.last.seq,
            fault,
        })
    }

    /// Goes on by one; a chain that was forged anew does not have what an earlier walk saw.
    fn step(&mut self, seq: i64, hash: &str) -> Result<(), Break> {
        while let Some(seen) = self.anchors.front().filter(|seen| seen.seq <= seq) {
            if seen.seq == seq && seen.hash != hash {
                let fault = Fault::Altered;
                return Err(Break { seq, fault });
            }
            self.anchors.pop_front();
        }
        self.last = Anchor {
            seq,
            hash: hash.to_owned(),
        };
        Ok(())
    }

    /// At the end, whether an earlier walk had come further.
    fn held(&self, at_end: bool) -> Found {
        if at_end && self.anchors.iter().any(|seen| seen.seq > self.last.seq) {
            return Err(Break {
                seq: self.last.seq + 1,
                fault: Fault::Missing,
            });
        }
        Ok(at_end)
    }
}
