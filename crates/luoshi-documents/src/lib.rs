//! Bytes of an uploaded file to plain text.
//!
//! This crate decodes and refuses; it reads no files, stores nothing and knows nothing of plans.
//! Heavy format libraries belong here and nowhere else, so that no other crate waits for them.

pub mod error;
pub mod format;
pub mod text;
