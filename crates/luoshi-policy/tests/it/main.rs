//! The policy set, decided on made-up people and rows.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;
mod loading;
mod matrix;
mod scope;
mod separation;
