//! Reading and saving what registers hold, typed.

use luoshi_domain::journal::Signed;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::registers::{RegisterEntry, RegisterFilter, Registered};
use uuid::Uuid;

use crate::errors::{AppError, AppResult};

/// Entries of one register that a page reads at most.
pub const ENTRIES_SHOWN: u32 = 500;

/// One entry.
pub(crate) async fn get<R: Registered>(
    uow: &mut dyn UnitOfWork,
    id: Uuid,
    what: &'static str,
) -> AppResult<R> {
    let record = uow.register_get(R::STREAM, id).await?;
    read(&record.ok_or(AppError::NotFound { what })?)
}

/// The entries that the filter asks for, latest day first.
pub(crate) async fn list<R: Registered>(
    uow: &mut dyn UnitOfWork,
    filter: &RegisterFilter,
) -> AppResult<Vec<R>> {
    let records = uow.registers_list(R::STREAM, filter).await?;
    records.iter().map(|record| read(record)).collect()
}

/// Saves a new entry.
pub(crate) async fn begin<R: Registered>(
    uow: &mut dyn UnitOfWork,
    id: Uuid,
    event: &R::Event,
    by: &Signed,
) -> AppResult<R> {
    let state = R::begun(id, event, by);
    let state = state.ok_or_else(|| fault::<R>("an event that begins nothing"))?;
    save(uow, &state, event, by).await?;
    Ok(state)
}

/// Saves an entry to which one thing more happened.
pub(crate) async fn follow<R: Registered>(
    uow: &mut dyn UnitOfWork,
    mut state: R,
    event: &R::Event,
    by: &Signed,
) -> AppResult<R> {
    state.apply(event, by);
    save(uow, &state, event, by).await?;
    Ok(state)
}

/// Says that somebody else acted first, where the page was read at another version.
pub(crate) fn check_version<R: Registered>(state: &R, seen: Option<i64>) -> AppResult<()> {
    if seen.is_none_or(|seen| seen == state.version()) {
        return Ok(());
    }
    Err(AppError::Conflict {
        changes: Vec::new(),
    })
}

async fn save<R: Registered>(
    uow: &mut dyn UnitOfWork,
    state: &R,
    event: &R::Event,
    by: &Signed,
) -> AppResult<()> {
    let broken = |source| AppError::internal("an entry cannot be written", source);
    let entry = RegisterEntry::of(state).map_err(broken)?;
    let event = serde_json::to_value(event).map_err(broken)?;
    uow.register_save(&entry, &[event], by).await?;
    Ok(())
}

fn read<R: Registered>(record: &str) -> AppResult<R> {
    serde_json::from_str(record)
        .map_err(|source| AppError::internal(format!("a {} cannot be read", R::STREAM), source))
}

fn fault<R: Registered>(what: &str) -> AppError {
    AppError::Internal {
        what: format!("{}: {what}", R::STREAM),
        source: None,
    }
}
