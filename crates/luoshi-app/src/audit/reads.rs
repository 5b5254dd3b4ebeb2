//! Noting who read and took out what.
//!
//! Taking data out is written before it is given. Reading is gathered and written together, a
//! second later at most; a crash may lose that second.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use luoshi_domain::access_log::{AccessAction, AccessEntry, AccessObject};
use luoshi_domain::ids::{AccessId, BureauId};

use crate::accounts::Client;
use crate::errors::AppResult;
use crate::{App, Who};

/// Entries that are gathered before they are written at once.
const GATHERED: usize = 500;

/// Entries that are kept while the database cannot be reached; later ones are lost, and said so
/// in the program's log.
const KEPT: usize = 50_000;

/// How far back a repeated reading is looked for.
const LOOKED_BACK: usize = 32;

/// What was gathered and is not written yet.
#[derive(Debug, Default)]
pub struct Gathered(Mutex<HashMap<BureauId, Vec<AccessEntry>>>);

/// What somebody signed in read or took out, or was refused.
#[derive(Clone, Debug)]
pub struct Reading {
    pub action: AccessAction,
    pub object: AccessObject,
    pub success: bool,
    /// What else the auditor wants to know, e.g. the filter of an export.
    pub detail: String,
}

/// Notes a reading; it is written a little later.
pub async fn note(app: &App, who: &Who, client: &Client, reading: Reading) {
    let entry = entry(app, who, client, reading);
    if app.reads.add(who.bureau, entry) >= GATHERED {
        flush(app).await;
    }
}

/// Writes an export down before it is given; an error when that cannot be done.
pub async fn write(app: &App, who: &Who, client: &Client, reading: Reading) -> AppResult<()> {
    let entry = entry(app, who, client, reading);
    let mut entries = app.reads.take(who.bureau);
    entries.push(entry);
    if let Err(error) = push(app, who.bureau, &entries).await {
        entries.pop();
        app.reads.put_back(who.bureau, entries);
        return Err(error);
    }
    Ok(())
}

/// Writes what was gathered.
pub async fn flush(app: &App) {
    for bureau in app.reads.bureaus() {
        let entries = app.reads.take(bureau);
        if let Err(error) = push(app, bureau, &entries).await {
            tracing::warn!(?error, "what was read is written down later");
            app.reads.put_back(bureau, entries);
        }
    }
}

async fn push(app: &App, bureau: BureauId, entries: &[AccessEntry]) -> AppResult<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut uow = app.store.write(bureau).await?;
    uow.access_push(entries).await?;
    Ok(uow.commit().await?)
}

fn entry(app: &App, who: &Who, client: &Client, reading: Reading) -> AccessEntry {
    let at = app.clock.now();
    // Whoever sits at the screen has seen it.
    let mut detail = reading.detail;
    if who.actor.hand.is_some() {
        detail = format!("代{} {detail}", who.actor.name);
    }
    AccessEntry {
        id: AccessId(app.ids.id(at)),
        at,
        person: Some(who.actor.operator()),
        login: String::new(),
        address: client.address.clone(),
        action: reading.action,
        object: Some(reading.object),
        success: reading.success,
        detail,
    }
    .bounded()
}

impl Gathered {
    /// Adds an entry unless it says what one of the last says; how many wait now.
    fn add(&self, bureau: BureauId, entry: AccessEntry) -> usize {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = all.entry(bureau).or_default();
        let mut last = waiting.iter().rev().take(LOOKED_BACK);
        if !last.any(|known| is_repeated(known, &entry)) {
            waiting.push(entry);
        }
        waiting.len()
    }

    fn take(&self, bureau: BureauId) -> Vec<AccessEntry> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&bureau).unwrap_or_default()
    }

    fn put_back(&self, bureau: BureauId, mut entries: Vec<AccessEntry>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = all.entry(bureau).or_default();
        entries.append(waiting);
        if entries.len() > KEPT {
            tracing::error!(lost = entries.len() - KEPT, "what was read is not noted");
            entries.truncate(KEPT);
        }
        *waiting = entries;
    }

    fn bureaus(&self) -> Vec<BureauId> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.keys().copied().collect()
    }
}

fn is_repeated(known: &AccessEntry, entry: &AccessEntry) -> bool {
    known.person == entry.person
        && known.object == entry.object
        && known.action == entry.action
        && known.success == entry.success
        && known.address == entry.address
        && known.detail == entry.detail
}
