//! The kernel of Luoshi: the nouns as values, each with `decide` and `apply`, and the ports that
//! the outside implements.
//!
//! Nothing here reads a clock, draws a random number, awaits or does I/O; what a decision needs is
//! in its arguments. No axum, sqlx, tokio or askama ever enters this crate.

pub mod access_log;
pub mod accounts;
pub mod activities;
pub mod appeals;
pub mod attachments;
pub mod audit;
pub mod bodies;
pub mod breakdowns;
pub mod cadence;
pub mod calendar;
pub mod campaigns;
pub mod context;
pub mod filings;
pub mod handovers;
pub mod hooks;
pub mod ids;
pub mod imports;
pub mod jobs;
pub mod journal;
pub mod lessons;
pub mod lights;
pub mod likeness;
pub mod limits;
pub mod lists;
pub mod mandates;
pub mod marks;
pub mod notifications;
pub mod organisation;
pub mod packs;
pub mod periods;
pub mod plans;
pub mod ports;
pub mod refusals;
pub mod registers;
pub mod reminders;
pub mod rights;
pub mod rosters;
#[cfg(any(test, feature = "test-support"))]
pub mod samples;
pub mod search;
pub mod tasks;
pub mod tellings;
pub mod trajectories;
pub mod views;
pub mod worksheets;
