//! Looking for viruses, where a bureau runs a scanner. Implemented outside; off by default.

use async_trait::async_trait;

/// What a scanner says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanned {
    Clean,
    /// What it found.
    Infected(String),
}

/// The scanner did not say; nothing is taken then.
#[derive(Debug, thiserror::Error)]
#[error("the virus scanner did not answer: {0}")]
pub struct ScanError(pub String);

/// Looks through bytes.
#[async_trait]
pub trait Scanner: Send + Sync {
    async fn scan(&self, bytes: &[u8]) -> Result<Scanned, ScanError>;
}
