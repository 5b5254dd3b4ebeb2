//! An address as it was entered: what of it may be shown, and whether it can be used at all.

use std::net::IpAddr;

use http::Uri;
use ipnet::IpNet;
use luoshi_domain::hooks::HookKind;

use crate::ranges::{self, Judged};

/// Longest address, in bytes.
const LENGTH_LIMIT: usize = 1000;

/// The port of encrypted requests, and the one that addresses on the open internet are spoken to at.
const HTTPS: u16 = 443;
const HTTP: u16 = 80;

/// From here on ports are anybody's.
const FREE_PORTS: u16 = 1024;

/// Ports behind which something speaks that is not HTTP, and could take a request for its own.
const OTHER_PORTS: [u16; 19] = [
    1433, 1521, 1719, 1720, 1723, 2049, 2181, 3306, 3659, 4045, 4190, 5060, 5432, 6000, 6379, 6566,
    9092, 11211, 27017,
];

/// Where a message goes.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) uri: Uri,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Whether it is not encrypted.
    pub(crate) plain: bool,
}

impl Target {
    /// Reads an address of a kind, or says why it cannot be used.
    pub(crate) fn read(kind: HookKind, address: &str) -> Result<Self, String> {
        let unreadable = || "地址应像 https://主机/路径 这样，请完整复制。".to_owned();
        if address.is_empty() {
            return Err("请填写地址。".into());
        }
        if address.len() > LENGTH_LIMIT || address.contains('#') {
            return Err(unreadable());
        }
        let uri: Uri = address.parse().map_err(|_unreadable| unreadable())?;
        let plain = match uri.scheme_str() {
            Some("https") => false,
            Some("http") => true,
            _ => return Err(unreadable()),
        };
        let authority = uri.authority().ok_or_else(unreadable)?;
        if authority.as_str().contains('@') {
            return Err("地址里不能带用户名和口令。".into());
        }
        let host = authority.host();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if bare.is_empty() {
            return Err(unreadable());
        }
        let token = match kind {
            HookKind::General => None,
            HookKind::Wecom => Some("key"),
            HookKind::Dingtalk => Some("access_token"),
        };
        if let Some(name) = token
            && !has_parameter(&uri, name)
        {
            return Err(format!(
                "群机器人的地址里应有 {name}=，请从群设置里完整复制。"
            ));
        }
        let port = authority.port_u16();
        Ok(Self {
            host: bare.to_owned(),
            port: port.unwrap_or(if plain { HTTP } else { HTTPS }),
            plain,
            uri,
        })
    }

    /// The address of the network that stands in place of a name.
    pub(crate) fn literal(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Whether the address that the host has may be spoken to, and at this port; else why not.
    pub(crate) fn permit(&self, address: IpAddr, named: &[IpNet]) -> Result<(), String> {
        let (host, port) = (&self.host, self.port);
        let shown = address.to_canonical();
        match ranges::judge(address, named) {
            Judged::Refused(what) => Err(format!(
                "{host} 的地址 {shown} 是{what}，没有放行。确实要发到那里，请运维人员在启动时\
                 加上 --hooks-allow，写明网段，如 --hooks-allow {}。",
                network(shown)
            )),
            Judged::Open if self.plain => {
                Err(format!("{host} 不在放行的内网网段，只能用 https 地址。"))
            }
            Judged::Open if port != HTTPS => {
                Err(format!("{host} 不在放行的内网网段，只能用 {HTTPS} 端口。"))
            }
            Judged::Named if !is_usual(port) => {
                Err(format!("{port} 端口不是网页服务用的端口，没有放行。"))
            }
            Judged::Open | Judged::Named => Ok(()),
        }
    }
}

fn is_usual(port: u16) -> bool {
    match port {
        HTTP | HTTPS => true,
        _ => port >= FREE_PORTS && !OTHER_PORTS.contains(&port),
    }
}

/// A network that the address is in, as an example.
fn network(address: IpAddr) -> IpNet {
    let length = match address {
        IpAddr::V4(_) => 24,
        IpAddr::V6(_) => 64,
    };
    IpNet::new_assert(address, length).trunc()
}

fn has_parameter(uri: &Uri, name: &str) -> bool {
    let mut pairs = uri.query().unwrap_or_default().split('&');
    pairs.any(|pair| {
        let value = pair.strip_prefix(name);
        value.is_some_and(|rest| rest.len() > 1 && rest.starts_with('='))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: HookKind, address: &str) -> Result<Target, String> {
        Target::read(kind, address)
    }

    #[test]
    fn an_address_is_taken_as_it_stands_in_the_group() {
        let wecom = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx";
        let target = read(HookKind::Wecom, wecom).unwrap();
        assert_eq!(
            (target.host.as_str(), target.port, target.plain),
            ("qyapi.weixin.qq.com", 443, false)
        );
        let dingtalk = "https://oapi.dingtalk.com/robot/send?access_token=abc";
        assert!(read(HookKind::Dingtalk, dingtalk).is_ok());
        assert!(read(HookKind::Wecom, dingtalk).is_err());
        let inside = read(HookKind::General, "http://[fd00::1]:8080/in").unwrap();
        assert_eq!((inside.host.as_str(), inside.port), ("fd00::1", 8080));
        assert!(inside.literal().is_some());
    }

    #[test]
    fn what_is_no_plain_address_is_refused() {
        for bad in [
            "",
            "qyapi.weixin.qq.com",
            "/cgi-bin",
            "ftp://a/b",
            "file:///etc/passwd",
            "gopher://a",
            "https://",
            "https:///path",
            "https://name:word@host/",
            "https://host@169.254.169.254/",
            "https://host/#part",
            "https://host /",
            "https://host/\r\nX: y",
        ] {
            assert!(read(HookKind::General, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ports_are_those_of_web_servers() {
        let named = ["10.0.0.0/8".parse().unwrap()];
        let permit = |address: &str| {
            let target = read(HookKind::General, address).unwrap();
            target.permit(target.literal().unwrap(), &named)
        };
        for good in [
            "http://10.0.0.1/",
            "https://10.0.0.1/",
            "http://10.0.0.1:8080/",
            "https://1.1.1.1/",
        ] {
            assert_eq!(permit(good), Ok(()), "{good}");
        }
        for bad in [
            "http://10.0.0.1:22/",
            "http://10.0.0.1:25/",
            "http://10.0.0.1:6379/",
            "http://10.0.0.1:5432/",
            "http://1.1.1.1/",
            "https://1.1.1.1:8443/",
        ] {
            assert!(permit(bad).is_err(), "{bad}");
        }
        let refused = read(HookKind::General, "https://192.168.3.4/").unwrap();
        let refused = refused.permit(refused.literal().unwrap(), &named);
        assert!(
            refused
                .unwrap_err()
                .contains("--hooks-allow 192.168.3.0/24")
        );
    }
}
