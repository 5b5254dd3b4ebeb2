//! The store's contract on a folder and on a store that speaks S3, and a scanner over the wire.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scanning;
mod stores;
