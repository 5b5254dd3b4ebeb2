//! Which addresses may be spoken to: those of the open internet, and the networks that the
//! installation names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// A network that is nobody's on the open internet (IANA's special-purpose registries), and what
/// it is.
struct Special<N> {
    network: N,
    what: &'static str,
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8, what: &'static str) -> Special<Ipv4Net> {
    Special {
        network: Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length),
        what,
    }
}

const fn v6(first: u16, second: u16, length: u8, what: &'static str) -> Special<Ipv6Net> {
    Special {
        network: Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), length),
        what,
    }
}

const V4: [Special<Ipv4Net>; 14] = [
    v4(0, 0, 0, 0, 8, "“本网络”地址"),
    v4(10, 0, 0, 0, 8, "内网地址"),
    v4(100, 64, 0, 0, 10, "运营商内部地址"),
    v4(127, 0, 0, 0, 8, "本机地址"),
    v4(169, 254, 0, 0, 16, "链路本地地址"),
    v4(172, 16, 0, 0, 12, "内网地址"),
    v4(192, 0, 0, 0, 24, "协议保留地址"),
    v4(192, 0, 2, 0, 24, "文档示例地址"),
    v4(192, 88, 99, 0, 24, "转换用地址"),
    v4(192, 168, 0, 0, 16, "内网地址"),
    v4(198, 18, 0, 0, 15, "测试用地址"),
    v4(198, 51, 100, 0, 24, "文档示例地址"),
    v4(203, 0, 113, 0, 24, "文档示例地址"),
    v4(240, 0, 0, 0, 4, "保留地址"),
];

const V6: [Special<Ipv6Net>; 9] = [
    // Translated and tunnelled: an address of the other sort is inside, and decides nothing here.
    v6(0x0064, 0xff9b, 32, "转换用地址"),
    v6(0x0100, 0, 64, "丢弃用地址"),
    v6(0x2001, 0, 23, "协议保留地址"),
    v6(0x2001, 0x0db8, 32, "文档示例地址"),
    v6(0x2002, 0, 16, "转换用地址"),
    v6(0x3fff, 0, 20, "文档示例地址"),
    v6(0x5f00, 0, 16, "协议保留地址"),
    v6(0xfc00, 0, 7, "内网地址"),
    v6(0xfec0, 0, 10, "内网地址"),
];

/// Link-local addresses of the new sort.
const LINK_LOCAL: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10);

/// All that is routed on the open internet is in here.
const GLOBAL: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What may be said to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    /// It is on the open internet: encrypted, and at the usual port.
    Open,
    /// The installation named its network: also in plain.
    Named,
    /// It is something else; what it is.
    Refused(&'static str),
}

/// Judges an address; one of the old sort in the clothes of the new is judged as what it is.
pub(crate) fn judge(address: IpAddr, named: &[IpNet]) -> Judged {
    let address = address.to_canonical();
    // Never a server, whatever is named.
    if address.is_unspecified() || address.is_multicast() || is_broadcast(address) {
        return Judged::Refused("广播或未指定地址");
    }
    if named.iter().any(|network| network.contains(&address)) {
        return Judged::Named;
    }
    let what = match address {
        IpAddr::V4(address) => {
            let known = V4.iter().find(|known| known.network.contains(&address));
            known.map(|known| known.what)
        }
        IpAddr::V6(address) => special_v6(address),
    };
    what.map_or(Judged::Open, Judged::Refused)
}

fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    if address.is_loopback() {
        return Some("本机地址");
    }
    if LINK_LOCAL.contains(&address) {
        return Some("链路本地地址");
    }
    let known = V6.iter().find(|known| known.network.contains(&address));
    match known {
        Some(known) => Some(known.what),
        None if GLOBAL.contains(&address) => None,
        None => Some("保留地址"),
    }
}

fn is_broadcast(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(address) if address.is_broadcast())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str, named: &[&str]) -> Judged {
        let named: Vec<IpNet> = named
            .iter()
            .map(|network| network.parse().unwrap())
            .collect();
        judge(address.parse().unwrap(), &named)
    }

    #[test]
    fn nothing_on_the_inside_is_spoken_to_unless_it_is_named() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::a00:1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:a00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
        ] {
            assert!(matches!(of(address, &[]), Judged::Refused(_)), "{address}");
        }
        for address in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.255.255",
            "223.255.255.255",
            "::ffff:1.1.1.1",
            "2400:3200::1",
            "2606:4700::1111",
        ] {
            assert_eq!(of(address, &[]), Judged::Open, "{address}");
        }
    }

    #[test]
    fn a_named_network_is_spoken_to_in_either_clothes_and_no_further() {
        let named = ["10.1.0.0/16", "fd00::/8"];
        for address in ["10.1.2.3", "::ffff:10.1.2.3", "fd00::1"] {
            assert_eq!(of(address, &named), Judged::Named, "{address}");
        }
        for address in ["10.2.0.1", "::ffff:10.2.0.1", "fc00::1", "64:ff9b::a01:203"] {
            assert!(
                matches!(of(address, &named), Judged::Refused(_)),
                "{address}"
            );
        }
        let all = ["0.0.0.0/0", "::/0"];
        for address in ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1"] {
            assert!(matches!(of(address, &all), Judged::Refused(_)), "{address}");
        }
    }
}
