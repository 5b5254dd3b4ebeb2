//! Data that ships with the program: the mechanism packs and the notices of the workday calendar.

pub mod editions;
pub mod notices;
pub mod parse;
pub mod reader;

use luoshi_domain::calendar::{Calendar, Notice};
use luoshi_domain::packs::{Pack, PackKey, Word};

use crate::errors::{AppError, AppResult};
use reader::Fault;

const CALENDAR: &str = include_str!("../../../packs/calendar.toml");

/// The text of the pack that ships with the program.
pub fn shipped(key: PackKey) -> &'static str {
    match key {
        PackKey::W => include_str!("../../../packs/w.toml"),
        PackKey::C => include_str!("../../../packs/c.toml"),
        PackKey::E => include_str!("../../../packs/e.toml"),
        PackKey::T1 => include_str!("../../../packs/t1.toml"),
        PackKey::T2 => include_str!("../../../packs/t2.toml"),
        PackKey::T3 => include_str!("../../../packs/t3.toml"),
        PackKey::T4 => include_str!("../../../packs/t4.toml"),
        PackKey::T5 => include_str!("../../../packs/t5.toml"),
        PackKey::P => include_str!("../../../packs/p.toml"),
    }
}

/// The name of a pack's file.
pub fn file_name(key: PackKey) -> String {
    format!("{}.toml", key.key())
}

/// The pack that ships with the program.
pub fn shipped_pack(key: PackKey) -> Result<Pack, Fault> {
    parse::pack(&file_name(key), shipped(key))
}

/// The notices that ship with the program, by year (TIME-08).
pub fn shipped_notices() -> Result<Vec<Notice>, Fault> {
    notices::notices("calendar.toml", CALENDAR)
}

/// The workday calendar of the years with a notice (TIME-08).
pub fn calendar() -> AppResult<Calendar> {
    Ok(Calendar::of(&shipped_notices().map_err(broken)?))
}

/// The origin categories in the order they are shown (SRC-01).
pub fn origins() -> AppResult<Vec<Word>> {
    Ok(shipped_pack(PackKey::W).map_err(broken)?.origins)
}

/// What ships with the program is checked by its tests; a fault there is ours.
pub(crate) fn broken(fault: Fault) -> AppError {
    AppError::internal("what ships with the program is broken", fault)
}

#[cfg(test)]
mod tests;
