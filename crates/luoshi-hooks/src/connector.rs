//! Connecting: the name is resolved once, every address of it is judged, and the connection goes to
//! one that was.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task;

use async_trait::async_trait;
use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::target::Target;
use ipnet::IpNet;

/// Asks which addresses a name has.
#[async_trait]
pub(crate) trait Resolve: Send + Sync {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// As this machine resolves names.
pub(crate) struct System;

#[async_trait]
impl Resolve for System {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// In plain Chinese.
    #[error("{0}")]
    Refused(String),
    #[error("the name has no address")]
    Unresolved,
    #[error("no address of the name takes a connection")]
    Unreachable(#[source] io::Error),
}

/// Connects to one target, whatever else a request names.
#[derive(Clone)]
pub(crate) struct Guarded {
    pub(crate) target: Target,
    pub(crate) named: Arc<[IpNet]>,
    pub(crate) resolver: Arc<dyn Resolve>,
}

impl Guarded {
    async fn connect(self) -> Result<TokioIo<TcpStream>, ConnectError> {
        let Target { host, port, .. } = &self.target;
        let found = self.resolver.resolve(host, *port).await;
        let found = found.map_err(|_unresolved| ConnectError::Unresolved)?;
        // One that may not be is enough: a name that has both sorts is up to something.
        for address in &found {
            self.target
                .permit(address.ip(), &self.named)
                .map_err(ConnectError::Refused)?;
        }
        let mut last = None;
        for address in found {
            let address = SocketAddr::new(canonical(address), *port);
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(TokioIo::new(stream)),
                Err(error) => last = Some(error),
            }
        }
        Err(last.map_or(ConnectError::Unresolved, ConnectError::Unreachable))
    }
}

/// The very address that was judged.
fn canonical(address: SocketAddr) -> IpAddr {
    address.ip().to_canonical()
}

impl tower::Service<Uri> for Guarded {
    type Response = TokioIo<TcpStream>;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut task::Context<'_>) -> task::Poll<Result<(), ConnectError>> {
        task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect())
    }
}
