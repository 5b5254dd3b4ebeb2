//! Which addresses may be spoken to: this machine and private networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use http::Uri;

use crate::config::ConfigError;

/// The address to speak to, resolved once; unless any may be, every address of the name must be
/// private, so that no later answer of a name server can lead outside.
pub(crate) async fn pinned(uri: &Uri, any: bool) -> Result<SocketAddr, ConfigError> {
    let host = uri.host().ok_or(ConfigError::Address)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = uri.port_u16().unwrap_or(80);
    let found = tokio::net::lookup_host((host, port)).await;
    let found: Vec<SocketAddr> = found
        .map_err(|_unresolved| ConfigError::Unresolved)?
        .collect();
    if !any && !found.iter().all(|address| is_private(address.ip())) {
        return Err(ConfigError::Public);
    }
    found.first().copied().ok_or(ConfigError::Unresolved)
}

/// RFC 1918, `fc00::/7` and loopback; link-local addresses, where clouds keep secrets, are not.
pub(crate) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_private_v4(mapped),
            None => is_private_v6(address),
        },
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    address.is_loopback() || address.is_private()
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    address.is_loopback() || address.is_unique_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_07_only_private_addresses_are_spoken_to() {
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "::1",
            "fd00::1",
            "fc12::9",
            "::ffff:10.0.0.1",
        ];
        for address in private {
            assert!(is_private(address.parse().unwrap()), "{address}");
        }
        let others = [
            "8.8.8.8",
            "172.32.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.169.0.1",
            "fe80::1",
            "2001:db8::1",
            "::",
            "ff02::1",
            "::ffff:8.8.8.8",
            "::ffff:169.254.169.254",
        ];
        for address in others {
            assert!(!is_private(address.parse().unwrap()), "{address}");
        }
    }
}
