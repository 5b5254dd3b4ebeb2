//! Where a request comes from, seen through the proxies that are trusted.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use luoshi_app::accounts::Client;

use crate::WebState;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The addresses of one's own reverse proxies; nobody else's word about an address is taken.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Arc<[IpNet]>);

impl From<Vec<IpNet>> for Proxies {
    fn from(nets: Vec<IpNet>) -> Self {
        Self(nets.into())
    }
}

impl Proxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }

    /// Where a request really comes from: the last address in the chain that is no proxy of ours.
    ///
    /// Each proxy adds on the right whom it heard it from, so that what stands left of the first
    /// stranger is only what that stranger says.
    fn origin(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let lines = headers.get_all(FORWARDED_FOR).into_iter();
        let lines = lines.filter_map(|line| line.to_str().ok());
        let heard: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
        let mut origin = peer;
        for said in heard.iter().rev() {
            let Some(address) = address_of(said) else {
                break;
            };
            origin = address;
            if !self.trusts(address) {
                break;
            }
        }
        origin
    }
}

/// An address as proxies write it, with or without a port.
fn address_of(said: &str) -> Option<IpAddr> {
    let said = said.trim();
    let bare: Option<IpAddr> = said.parse().ok();
    let with_port = || said.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    bare.or_else(with_port)
        .map(|address| address.to_canonical())
}

/// Notes where a request comes from; the handler finds it as [`Seen`].
pub(crate) async fn note(
    State(state): State<WebState>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| peer.ip());
    let headers = request.headers();
    let address = peer.map(|peer| state.proxies.origin(peer, headers));
    let device = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    let client = Client {
        address: address
            .map(|address| address.to_string())
            .unwrap_or_default(),
        device: device.unwrap_or_default().to_owned(),
    };
    request.extensions_mut().insert(client);
    next.run(request).await
}

/// Where the request comes from.
pub(crate) struct Seen(pub(crate) Client);

impl<S: Sync> FromRequestParts<S> for Seen {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let client = parts.extensions.get::<Client>().cloned();
        Ok(Self(client.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn origin(trusted: &str, peer: &str, lines: &[&str]) -> String {
        let nets: Vec<IpNet> = trusted
            .split_whitespace()
            .map(|net| net.parse().unwrap())
            .collect();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
        }
        let proxies = Proxies::from(nets);
        proxies.origin(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn nobody_but_a_trusted_proxy_is_believed() {
        assert_eq!(origin("", "10.0.0.9", &["1.2.3.4"]), "10.0.0.9");
        assert_eq!(origin("10.0.0.1/32", "10.0.0.9", &["1.2.3.4"]), "10.0.0.9");
        assert_eq!(origin("10.0.0.0/24", "10.0.0.9", &["1.2.3.4"]), "1.2.3.4");
    }

    #[test]
    fn the_rightmost_stranger_is_the_origin() {
        let trusted = "10.0.0.0/24 fd00::/8";
        let forged = ["6.6.6.6, 172.16.5.5, 10.0.0.2"];
        assert_eq!(origin(trusted, "10.0.0.1", &forged), "172.16.5.5");
        let lines = ["6.6.6.6", "172.16.5.5:41234, 10.0.0.2"];
        assert_eq!(origin(trusted, "::ffff:10.0.0.1", &lines), "172.16.5.5");
        assert_eq!(origin(trusted, "fd00::1", &["2001:db8::7"]), "2001:db8::7");
    }

    #[test]
    fn nonsense_from_a_proxy_leaves_the_last_address_that_made_sense() {
        let trusted = "10.0.0.0/24";
        assert_eq!(origin(trusted, "10.0.0.1", &["unknown"]), "10.0.0.1");
        assert_eq!(
            origin(trusted, "10.0.0.1", &["7.7.7.7, x, 10.0.0.2"]),
            "10.0.0.2"
        );
        assert_eq!(origin(trusted, "10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(
            origin(trusted, "10.0.0.1", &["10.0.0.3, 10.0.0.2"]),
            "10.0.0.3"
        );
    }
}
