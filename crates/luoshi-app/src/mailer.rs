//! Sending mail, where a bureau has a mail server. Implemented outside; without one none is sent.

use async_trait::async_trait;

/// One mail to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Stands in the Message-ID, so that a mail that is sent twice can be told.
    pub id: String,
    pub to_name: String,
    pub to_address: String,
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// Why a mail was not sent, in a plain Chinese sentence that holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// It may work later.
    #[error("{0}")]
    Later(String),
    /// It will not work by itself: the address or the configuration has to change.
    #[error("{0}")]
    Never(String),
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail to the server; sent again after an error, it carries the same Message-ID.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}
