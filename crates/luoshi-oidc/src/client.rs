//! Requests to the provider: over TLS with this machine's certificates, bounded, no redirects.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

/// The largest answer that is read, in bytes.
const ANSWER_LIMIT: usize = 512 * 1024;

type Body = Full<std::io::Cursor<Vec<u8>>>;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("the provider cannot be reached")]
    Unreachable(#[source] hyper_util::client::legacy::Error),
    #[error("the provider took too long")]
    Slow,
    #[error("the provider's answer broke off or is too large")]
    Answer(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Sends requests.
pub(crate) struct Transport {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    timeout: Duration,
}

impl Transport {
    pub(crate) fn new(timeout: Duration) -> std::io::Result<Self> {
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            timeout,
        })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        match tokio::time::timeout(self.timeout, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_elapsed) => Err(HttpError::Slow),
        }
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = request.map(|body| Full::new(std::io::Cursor::new(body)));
        let response = self.client.request(request).await;
        let (parts, body) = response.map_err(HttpError::Unreachable)?.into_parts();
        let body = Limited::new(body, ANSWER_LIMIT).collect().await;
        let body = body.map_err(HttpError::Answer)?.to_bytes().to_vec();
        Ok(http::Response::from_parts(parts, body))
    }
}

impl<'c> AsyncHttpClient<'c> for Transport {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
