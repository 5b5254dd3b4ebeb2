//! Keeps the bytes of files in a folder or in a store that speaks S3, and has them looked through
//! by a virus scanner, where a bureau runs one.
//!
//! Bytes are kept under `BUREAU/HH/HASH`, where `HH` are the first two digits of the hash; no name
//! that a person gave ever reaches the store.

pub mod clamd;
mod http_client;
mod s3;
mod store;

pub use s3::S3Config;
pub use store::{ConfigError, FileStore};
