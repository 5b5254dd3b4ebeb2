//! The whole program, as people and programs meet it: pages, API, command line, a real browser.
//!
//! Time stands still and ids run in order, so that every run is the same.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod accessibility;
mod accounts;
mod appeals;
mod attachments;
mod audit;
mod beside;
mod blockers;
mod board;
mod breakdowns;
mod browser;
mod browser_keyboard;
mod browser_workbench;
mod calendar;
mod cli;
mod crash;
mod digests;
mod harness;
mod hierarchy;
mod hooks;
mod inbox;
mod joint;
mod journal;
mod ledger;
mod ledger_acts;
mod lessons;
mod limits;
mod lists;
mod mandates;
mod marks;
mod merging;
mod newcomers;
mod oidc;
mod opening;
mod organisation;
mod organisation_workbook;
mod packs;
mod plan_questions;
mod plan_versions;
mod plan_years;
mod plans;
mod refinements;
mod registers;
mod reporting;
mod reports;
mod second_factors;
mod security;
mod seeds;
mod sessions;
mod supervision;
mod tasks;
mod tokens;
mod trajectories;
mod workbench;
mod worksheets;
mod writers;
