//! Why policies cannot be used.

/// A fault in the policies' texts. Found when they are loaded, never when they decide.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A text that cannot be read; `line` counts from 1.
    #[error("{file}:{line}: {reason}")]
    Text {
        file: &'static str,
        line: usize,
        reason: String,
    },
    /// A policy that does not fit the schema, or lacks what each must have.
    #[error("{file}: policy {id}: {reason}")]
    Policy {
        file: &'static str,
        id: String,
        reason: String,
    },
    /// A right that cannot be decided.
    #[error("right {right}: {reason}")]
    Right { right: &'static str, reason: String },
}
