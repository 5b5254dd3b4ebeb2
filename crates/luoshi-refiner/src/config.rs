//! Where the model server is, and how much it may ask of us.

use std::fmt;
use std::time::Duration;

/// The longest wait for an answer: two of them end before another worker takes the job over.
pub const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// How a refiner is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// `http://HOST:PORT/v1`; `/chat/completions` is added.
    pub base: String,
    /// The model's name, as the server knows it.
    pub model: String,
    /// Sent as `Authorization: Bearer`.
    pub key: Option<Key>,
    /// Whether an address outside private networks may be spoken to. The text is not encrypted.
    pub any_address: bool,
    /// For one request from connecting to the last byte.
    pub timeout: Duration,
    /// Largest answer, in bytes.
    pub answer_limit: usize,
}

/// A secret that shows itself in no log.
#[derive(Clone)]
pub struct Key(String);

/// Why a refiner cannot be set up, in plain Chinese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("模型服务地址应为 http://主机:端口/路径（只支持 http，用于本单位内网）")]
    Address,
    #[error("模型服务的主机名解析不到地址")]
    Unresolved,
    #[error(
        "模型服务地址不是内网地址；只允许本机、10.0.0.0/8、172.16.0.0/12、192.168.0.0/16 和 fc00::/7"
    )]
    Public,
    #[error("模型服务的口令不能放进请求头")]
    Key,
}

impl Config {
    /// A server with the limits that are usual.
    pub fn new(base: impl Into<String>, model: impl Into<String>) -> Self {
        Self {
            base: base.into(),
            model: model.into(),
            key: None,
            any_address: false,
            timeout: LONGEST_WAIT,
            answer_limit: 256 * 1024,
        }
    }
}

impl Key {
    /// A key as read from its file, without the line's end.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
