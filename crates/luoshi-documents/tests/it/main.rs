//! Files of every format, built by code: good ones, odd ones and hostile ones.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[cfg(unix)]
mod converter;
mod docx;
mod hostile;
mod html;
mod pages;
mod parts;
mod pdf;
mod plans;
mod tables;
mod text;
