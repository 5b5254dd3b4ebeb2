//! One HTTP connection to one pinned address.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{self, Poll};

use chrono::TimeDelta;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client as Legacy;
use hyper_util::rt::{TokioExecutor, TokioIo};
use luoshi_app::refiner::RefineError;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use crate::address;
use crate::config::{Config, ConfigError};

/// What is added to the configured address.
const PATH: &str = "/chat/completions";

type Body = Full<std::io::Cursor<Vec<u8>>>;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The server does not take the request as it is written.
    Unwanted(u16),
    Other(RefineError),
}

/// Speaks to the configured server.
pub(crate) struct Client {
    legacy: Legacy<Pinned, Body>,
    uri: Uri,
    key: Option<HeaderValue>,
    config: Config,
    /// Held while a request is under way: never more than one.
    turn: Mutex<()>,
}

impl Client {
    pub(crate) async fn new(config: Config) -> Result<Self, ConfigError> {
        let base = config.base.trim_end_matches('/');
        let uri: Uri = format!("{base}{PATH}")
            .parse()
            .map_err(|_unusable| ConfigError::Address)?;
        let plain = uri.scheme_str() == Some("http") && uri.query().is_none();
        let credentials = uri.authority().is_some_and(|it| it.as_str().contains('@'));
        if !plain || credentials {
            return Err(ConfigError::Address);
        }
        let address = address::pinned(&uri, config.any_address).await?;
        let key = match &config.key {
            None => None,
            Some(key) => {
                let value = format!("Bearer {}", key.reveal());
                let value = HeaderValue::from_str(&value);
                let mut value = value.map_err(|_unusable| ConfigError::Key)?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        let mut builder = Legacy::builder(TokioExecutor::new());
        // Suggestions come minutes apart: a kept connection would only have gone stale.
        builder.pool_max_idle_per_host(0);
        Ok(Self {
            legacy: builder.build(Pinned(address)),
            uri,
            key,
            config,
            turn: Mutex::new(()),
        })
    }

    /// Posts a JSON body; the answer's bytes.
    pub(crate) async fn post(&self, body: &str) -> Result<Vec<u8>, Fault> {
        let _turn = self.turn.lock().await;
        match tokio::time::timeout(self.config.timeout, self.exchange(body)).await {
            Ok(answer) => answer,
            Err(_elapsed) => {
                let seconds = self.config.timeout.as_secs();
                Err(later(format!("模型服务 {seconds} 秒内没有答复。")))
            }
        }
    }

    async fn exchange(&self, body: &str) -> Result<Vec<u8>, Fault> {
        let content = HeaderValue::from_static("application/json");
        let body = Full::new(std::io::Cursor::new(body.as_bytes().to_vec()));
        let mut request = Request::post(self.uri.clone()).header(CONTENT_TYPE, content);
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key.clone());
        }
        let request = request
            .body(body)
            .map_err(|_unusable| never("模型服务地址不能用。"))?;
        let response = self.legacy.request(request).await;
        let response = response.map_err(|_broken| later("连不上模型服务。"))?;
        judge(&response)?;
        let limited = Limited::new(response.into_body(), self.config.answer_limit);
        match limited.collect().await {
            Ok(collected) => Ok(collected.to_bytes().to_vec()),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => {
                let limit = self.config.answer_limit / 1024;
                Err(later(format!("模型服务的答复超过 {limit} KB，没有采用。")))
            }
            Err(_broken) => Err(later("模型服务的答复没有传完。")),
        }
    }
}

/// What a status means: an answer, something that passes, or something to mend.
fn judge<B>(response: &Response<B>) -> Result<(), Fault> {
    let status = response.status();
    let number = status.as_u16();
    match status {
        StatusCode::OK => Ok(()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(never(format!(
            "模型服务不认口令（{number}），请检查口令文件。"
        ))),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            Err(Fault::Other(RefineError::Later {
                why: format!("模型服务忙（{number}）。"),
                after: asked_wait(response.headers()),
            }))
        }
        status if status.is_server_error() => Err(later(format!("模型服务出错（{number}）。"))),
        status if status.is_redirection() => Err(never(format!(
            "模型服务要转到别的地址（{number}），没有跟去。"
        ))),
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => Err(Fault::Unwanted(number)),
        _ => Err(unwanted(number)),
    }
}

/// The wait that the other side asks for, in seconds; a date is not read.
fn asked_wait(headers: &HeaderMap) -> Option<TimeDelta> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds: u32 = seconds.parse().ok()?;
    Some(TimeDelta::seconds(i64::from(seconds)))
}

fn later(why: impl Into<String>) -> Fault {
    let (why, after) = (why.into(), None);
    Fault::Other(RefineError::Later { why, after })
}

fn never(why: impl Into<String>) -> Fault {
    Fault::Other(RefineError::Never { why: why.into() })
}

fn unwanted(number: u16) -> Fault {
    never(format!(
        "模型服务不接受请求（{number}），请检查地址和模型名。"
    ))
}

impl From<Fault> for RefineError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unwanted(number) => unwanted(number).into(),
            Fault::Other(error) => error,
        }
    }
}

/// Connects to the one address whatever the request names.
#[derive(Clone, Copy, Debug)]
struct Pinned(SocketAddr);

impl tower::Service<Uri> for Pinned {
    type Response = TokioIo<TcpStream>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = std::io::Result<TokioIo<TcpStream>>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut task::Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _uri: Uri) -> Self::Future {
        let address = self.0;
        Box::pin(async move { TcpStream::connect(address).await.map(TokioIo::new) })
    }
}
