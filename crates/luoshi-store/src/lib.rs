//! SQLite and PostgreSQL behind the ports of `luoshi_domain`.
//!
//! [`Database`] is the one implementation; every SQL text is written once and runs on both. Rows
//! are mapped to domain types and back; no policy is known here. The journal is written by the
//! saves, in the transaction that writes the rows it explains.

mod access_log;
mod accounts;
mod attachments;
mod audit;
mod bulk;
mod conn;
mod database;
#[cfg(test)]
mod explaining;
mod feeds;
mod hooks;
mod inbox;
mod jobs;
mod journal;
mod lessons;
mod lights;
mod lists;
mod migrations;
mod names;
mod notifications;
mod organisation;
mod packed;
mod plans;
mod reading;
pub mod rebuild;
mod registers;
mod reminders;
mod rules;
#[cfg(any(test, feature = "test-support"))]
pub mod schemas;
mod sql;
mod tasks;
mod versions;
mod work;

pub use database::{Database, open, open_to_fill};
