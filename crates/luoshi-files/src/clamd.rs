//! A virus scanner that speaks clamd's protocol, over TCP or a Unix socket.
//!
//! `zINSTREAM`, then parts with their length in four bytes, then a length of zero; the answer is
//! one line: `stream: OK`, `stream: NAME FOUND`, or an error.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use luoshi_app::attachments::scanner::{ScanError, Scanned, Scanner};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// How long a file may take; the request that waits for it has a minute.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes sent at once.
const PART: usize = 64 * 1024;

/// The longest answer that is read.
const ANSWER_LIMIT: u64 = 1024;

/// Longest name of a virus that is passed on, in characters.
const NAME_LIMIT: usize = 80;

/// Where clamd listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// Host and port.
    Tcp(String),
    #[cfg(unix)]
    Unix(PathBuf),
}

/// An address that is none.
#[derive(Debug, thiserror::Error)]
#[error("expected HOST:PORT or unix:/path/to/socket")]
pub struct AddressError;

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        #[cfg(unix)]
        if let Some(path) = text.strip_prefix("unix:") {
            return Ok(Self::Unix(PathBuf::from(path)));
        }
        let (host, port) = text.rsplit_once(':').ok_or(AddressError)?;
        if host.is_empty() || port.parse::<u16>().is_err() {
            return Err(AddressError);
        }
        Ok(Self::Tcp(text.to_owned()))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => f.write_str(address),
            #[cfg(unix)]
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// Asks clamd.
#[derive(Clone, Debug)]
pub struct Clamd {
    address: Address,
    timeout: Duration,
}

impl Clamd {
    pub fn new(address: Address) -> Self {
        Self {
            address,
            timeout: TIMEOUT,
        }
    }

    /// The same with another time that a file may take.
    #[must_use]
    pub fn within(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    async fn ask(&self, bytes: &[u8]) -> std::io::Result<String> {
        match &self.address {
            Address::Tcp(address) => {
                exchange(tokio::net::TcpStream::connect(address).await?, bytes).await
            }
            #[cfg(unix)]
            Address::Unix(path) => {
                exchange(tokio::net::UnixStream::connect(path).await?, bytes).await
            }
        }
    }
}

#[async_trait]
impl Scanner for Clamd {
    async fn scan(&self, bytes: &[u8]) -> Result<Scanned, ScanError> {
        let asked = tokio::time::timeout(self.timeout, self.ask(bytes)).await;
        let answer = match asked {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(ScanError(error.to_string())),
            Err(_elapsed) => return Err(ScanError("it took too long".into())),
        };
        read(&answer)
    }
}

async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    bytes: &[u8],
) -> std::io::Result<String> {
    stream.write_all(b"zINSTREAM\0").await?;
    for part in bytes.chunks(PART) {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        stream.write_all(&length.to_be_bytes()).await?;
        stream.write_all(part).await?;
    }
    stream.write_all(&0u32.to_be_bytes()).await?;
    stream.flush().await?;
    let mut answer = Vec::new();
    let mut limited = stream.take(ANSWER_LIMIT);
    limited.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Only a plain yes lets a file through.
fn read(answer: &str) -> Result<Scanned, ScanError> {
    let answer = answer.trim_matches(|letter: char| letter == '\0' || letter.is_whitespace());
    if answer == "stream: OK" {
        return Ok(Scanned::Clean);
    }
    let found = answer.strip_suffix(" FOUND");
    match found.and_then(|found| found.strip_prefix("stream: ")) {
        Some(name) => {
            let plain = name.chars().filter(|letter| !letter.is_control());
            Ok(Scanned::Infected(plain.take(NAME_LIMIT).collect()))
        }
        None => Err(ScanError(answer.chars().take(NAME_LIMIT).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sys_05_only_a_plain_yes_is_clean() {
        assert_eq!(read("stream: OK\0").unwrap(), Scanned::Clean);
        let found = read("stream: Eicar-Test-Signature FOUND\0").unwrap();
        assert_eq!(found, Scanned::Infected("Eicar-Test-Signature".into()));
        for odd in [
            "",
            "OK",
            "stream: OK FINE",
            "INSTREAM size limit exceeded. ERROR\0",
        ] {
            assert!(read(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn an_address_is_a_host_with_a_port_or_a_socket() {
        let tcp: Address = "127.0.0.1:3310".parse().unwrap();
        assert_eq!(tcp, Address::Tcp("127.0.0.1:3310".into()));
        assert!("clamav".parse::<Address>().is_err());
        assert!(":3310".parse::<Address>().is_err());
        #[cfg(unix)]
        assert_eq!(
            "unix:/run/clamd.ctl"
                .parse::<Address>()
                .unwrap()
                .to_string(),
            "unix:/run/clamd.ctl"
        );
    }
}
