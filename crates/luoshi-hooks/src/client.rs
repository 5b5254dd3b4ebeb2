//! One request: encrypted with the name verified, no redirect, bounded in time and size.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::{Client as Legacy, Error as LegacyError};
use hyper_util::rt::TokioExecutor;
use ipnet::IpNet;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::connector::{ConnectError, Guarded, Resolve};
use crate::target::Target;

/// The largest answer that is read, in bytes; robots answer in a line.
const ANSWER_LIMIT: usize = 16 * 1024;

type Body = Full<io::Cursor<Vec<u8>>>;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It will be no better later; in plain Chinese.
    Refused(String),
    /// It may.
    Passing(String),
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Sends requests; each over a connection of its own.
pub(crate) struct Client {
    tls: Arc<ClientConfig>,
    pub(crate) named: Arc<[IpNet]>,
    resolver: Arc<dyn Resolve>,
    timeout: Duration,
}

impl Client {
    /// Trusts this machine's authorities and those in `authority`, in PEM.
    pub(crate) fn new(
        named: Vec<IpNet>,
        authority: Option<&[u8]>,
        resolver: Arc<dyn Resolve>,
        timeout: Duration,
    ) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        // Without any, nothing is trusted, and only what is not encrypted can be sent.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(pem) = authority {
            let mut count = 0;
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(io::Error::other)?;
                roots.add(certificate).map_err(io::Error::other)?;
                count += 1;
            }
            if count == 0 {
                return Err(io::Error::other("no certificate in the file"));
            }
        }
        let tls = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            tls: Arc::new(tls),
            named: named.into(),
            resolver,
            timeout,
        })
    }

    /// Posts a body with headers to an address, which may have more in its query than the target.
    pub(crate) async fn post(
        &self,
        target: &Target,
        uri: Uri,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, Fault> {
        let exchange = self.exchange(target, uri, headers, body);
        match tokio::time::timeout(self.timeout, exchange).await {
            Ok(answer) => answer,
            Err(_elapsed) => {
                let seconds = self.timeout.as_secs();
                Err(Fault::Passing(format!("对方 {seconds} 秒内没有答复。")))
            }
        }
    }

    async fn exchange(
        &self,
        target: &Target,
        uri: Uri,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, Fault> {
        let guarded = Guarded {
            target: target.clone(),
            named: Arc::clone(&self.named),
            resolver: Arc::clone(&self.resolver),
        };
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config((*self.tls).clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(guarded);
        let mut builder = Legacy::builder(TokioExecutor::new());
        builder.pool_max_idle_per_host(0);
        builder.retry_canceled_requests(false);
        let client: Legacy<_, Body> = builder.build(connector);
        let mut request = Request::new(Full::new(io::Cursor::new(body)));
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        let response = client.request(request).await;
        let response = response.map_err(|error| no_answer(&error))?;
        let (parts, body) = response.into_parts();
        let body = match Limited::new(body, ANSWER_LIMIT).collect().await {
            Ok(collected) => collected.to_bytes().to_vec(),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => {
                let limit = ANSWER_LIMIT / 1024;
                return Err(Fault::Passing(format!(
                    "对方的答复超过 {limit} KB，没有读完。"
                )));
            }
            Err(_broken) => return Err(Fault::Passing("对方的答复没有传完。".into())),
        };
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }
}

/// What an error means; the address is never part of it.
fn no_answer(error: &LegacyError) -> Fault {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(known) = cause {
        match known.downcast_ref::<ConnectError>() {
            Some(ConnectError::Refused(why)) => return Fault::Refused(why.clone()),
            Some(ConnectError::Unresolved) => {
                return Fault::Passing("主机名解析不到地址。".into());
            }
            Some(ConnectError::Unreachable(_)) | None => {}
        }
        if known.is::<rustls::Error>() {
            return Fault::Refused("与对方的加密连接建立不了，请检查证书和主机名。".into());
        }
        // The machine's errors do not name what they wrap as their source.
        let wrapped = known.downcast_ref::<io::Error>();
        let wrapped = wrapped.and_then(io::Error::get_ref);
        cause = wrapped.map(|inner| -> &(dyn Error + 'static) { inner });
        cause = cause.or_else(|| known.source());
    }
    Fault::Passing("连不上对方。".into())
}

#[cfg(test)]
mod tests;
