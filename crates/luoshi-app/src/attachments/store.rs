//! Where the bytes of files are kept. Implemented outside: a folder, or a store that speaks S3.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::attachments::ContentKey;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// It cannot be reached, or is full: it may work later.
    #[error("the file store is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// There are more bytes than there should be.
    #[error("the file store has other bytes")]
    Other,
}

/// Keeps bytes under their own hash.
#[async_trait]
pub trait ContentStore: Send + Sync {
    /// Keeps the bytes; when it returns they outlast a loss of power, and nobody ever sees a part.
    async fn put(&self, key: &ContentKey, bytes: Vec<u8>) -> Result<(), ContentError>;

    /// How many bytes there are; `None` when there are none under this key.
    async fn size(&self, key: &ContentKey) -> Result<Option<u64>, ContentError>;

    /// The bytes as they are kept, unless there are more than `most`.
    async fn get(&self, key: &ContentKey, most: u64) -> Result<Option<Vec<u8>>, ContentError>;

    /// Takes the bytes away; nothing happens when there are none.
    async fn delete(&self, key: &ContentKey) -> Result<(), ContentError>;

    /// Takes away what writes left that were broken off before `before`.
    async fn tidy(&self, before: DateTime<Utc>) -> Result<(), ContentError>;
}
