//! The one error of all use cases, by what the caller can do about it.

use luoshi_domain::ports::StoreError;
use luoshi_domain::refusals::Refusal;

use crate::accounts::identity::IdentityError;
use crate::attachments::store::ContentError;

/// What a use case reports back.
pub type AppResult<T> = Result<T, AppError>;

/// Why a use case did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing, or the actor may not know that there is.
    #[error("{what} not found")]
    NotFound { what: &'static str },
    /// Nobody is signed in, or the session is over.
    #[error("not signed in")]
    SignedOut,
    /// Name or password is wrong; which of them is not told.
    #[error("wrong name or password")]
    WrongPassword,
    /// The code of the second factor is wrong, or was used before.
    #[error("wrong code")]
    WrongCode,
    /// The server that knows who people are did not tell.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Too many failures; nothing is taken for a while, right or wrong.
    #[error("locked for {minutes} minutes")]
    LockedOut { minutes: i64 },
    /// A rule does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The uploaded file cannot be read as a document.
    #[error(transparent)]
    Unreadable(#[from] luoshi_documents::error::ReadError),
    /// Somebody else acted first; the sentences say what changed.
    #[error("somebody else acted first")]
    Conflict { changes: Vec<String> },
    /// The database is busy or cannot be reached.
    #[error("the store is not available")]
    Unavailable(#[source] StoreError),
    /// Something outside that is needed cannot be reached; nothing was stored.
    #[error("{sentence}")]
    Later { sentence: &'static str },
    /// The bytes of a file are gone, or are not those that were attached.
    #[error("a file is damaged")]
    Damaged { missing: bool },
    /// A fault of ours.
    #[error("{what}")]
    Internal {
        what: String,
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

impl AppError {
    /// A fault of ours with its cause.
    pub fn internal(
        what: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Internal {
            what: what.into(),
            source: Some(source.into()),
        }
    }
}

impl From<ContentError> for AppError {
    fn from(error: ContentError) -> Self {
        match error {
            ContentError::Unavailable(cause) => {
                tracing::error!(?cause, "the file store is not available");
                Self::Later {
                    sentence: "存放附件的地方暂时连不上，没有办成。请稍后再试；急的可以先写文号或网址。",
                }
            }
            ContentError::Other => Self::Damaged { missing: false },
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::Conflict {
                changes: Vec::new(),
            },
            StoreError::Unusable(_) => Self::Refused(Refusal::input(
                "page",
                "SYS-04",
                "翻页标记已失效，请从第一页看起。",
            )),
            StoreError::Unavailable(_) => Self::Unavailable(error),
            StoreError::Taken | StoreError::Fault { .. } => {
                Self::internal("reading or writing broke off", error)
            }
        }
    }
}
