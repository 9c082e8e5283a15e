//! The proxies that requests go through.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// The proxies that the environment names, as they were when the script was read, and who is asked without one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Proxies {
    /// For `http:` URLs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<Proxy>,
    /// For `https:` URLs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub https: Option<Proxy>,
    /// Who is asked directly.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Exception>,
}

/// A proxy that is spoken to by HTTP. Debugging shows neither user nor password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// The host as URLs write it: an IPv6 address in brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Who asks; empty where nobody says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// That user's password.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub password: String,
}

/// Servers that are asked directly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Which hosts.
    pub hosts: Hosts,
    /// Only on this port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

/// Some hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Hosts {
    /// All.
    All,
    /// A name, in lower case, and all names below it.
    Domain(String),
    /// The addresses that begin with so many bits of this one.
    Network(IpAddr, u8),
}

impl Proxies {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.http.is_none() && self.https.is_none()
    }

    /// Whether a server is asked directly though there are proxies. The host is without brackets.
    pub fn spare(&self, host: &str, port: u16) -> bool {
        let hosts = |exception: &Exception| exception.hosts.have(host);
        let mut on_port = self
            .except
            .iter()
            .filter(|exception| exception.port.is_none_or(|only| only == port));
        on_port.any(hosts)
    }
}

impl Hosts {
    fn have(&self, host: &str) -> bool {
        match self {
            Self::All => true,
            Self::Domain(name) => {
                let host = host.strip_suffix('.').unwrap_or(host);
                let split = host.len().checked_sub(name.len());
                split.is_some_and(|at| {
                    let (front, back) = host.as_bytes().split_at(at);
                    back.eq_ignore_ascii_case(name.as_bytes())
                        && front.last().is_none_or(|byte| *byte == b'.')
                })
            }
            Self::Network(network, bits) => host
                .parse()
                .is_ok_and(|address| shared_bits(*network, address) >= u32::from(*bits)),
        }
    }
}

/// How many bits two addresses have in common from the front; of different families none, not even where nothing is asked.
fn shared_bits(one: IpAddr, other: IpAddr) -> u32 {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        _ => 0,
    }
}

impl fmt::Display for Proxy {
    /// Without who asks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Proxy").field(&self.to_string()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_who_asks() {
        let proxy = Proxy {
            host: "p.test".to_owned(),
            port: 3128,
            user: "robert".to_owned(),
            password: "hunter2".to_owned(),
        };
        assert_eq!(proxy.to_string(), "http://p.test:3128");
        assert_eq!(format!("{proxy:?}"), "Proxy(\"http://p.test:3128\")");
    }

    #[test]
    fn what_travels_is_what_was_read() {
        let none = serde_json::to_value(Proxies::default()).unwrap();
        assert_eq!(none, serde_json::json!({}));
        let except = [
            Hosts::All,
            Hosts::Domain("a.test".to_owned()),
            Hosts::Network("::1".parse().unwrap(), 128),
        ];
        let proxies = Proxies {
            http: Some(Proxy {
                host: "[::1]".to_owned(),
                port: 3128,
                user: "robert".to_owned(),
                password: String::new(),
            }),
            https: None,
            except: except
                .map(|hosts| Exception {
                    hosts,
                    port: Some(81),
                })
                .to_vec(),
        };
        let wire = serde_json::to_string(&proxies).unwrap();
        assert_eq!(
            serde_json::from_str::<Proxies>(&wire).unwrap(),
            proxies,
            "{wire}"
        );
    }

    #[test]
    fn names_spare_what_is_below_them_and_networks_what_is_in_them() {
        let domain = |name: &str| Hosts::Domain(name.to_owned());
        let network = |address: &str, bits| Hosts::Network(address.parse().unwrap(), bits);
        for (hosts, host, spared) in [
            (Hosts::All, "a.test", true),
            (domain("a.test"), "a.test", true),
            (domain("a.test"), "A.Test.", true),
            (domain("a.test"), "b.a.test", true),
            (domain("a.test"), "ba.test", false),
            (domain("a.test"), "test", false),
            (network("10.0.0.0", 8), "10.255.0.1", true),
            (network("10.0.0.0", 8), "11.0.0.1", false),
            (network("10.0.0.0", 8), "ten.test", false),
            (network("127.0.0.1", 32), "127.0.0.2", false),
            (network("fd00::", 8), "fd12::1", true),
            (network("::1", 128), "::1", true),
        ] {
            assert_eq!(hosts.have(host), spared, "{hosts:?} {host}");
        }
    }

    #[test]
    fn a_port_spares_that_port_only() {
        let proxies = Proxies {
            except: vec![Exception {
                hosts: Hosts::All,
                port: Some(81),
            }],
            ..Proxies::default()
        };
        assert!(proxies.spare("a.test", 81) && !proxies.spare("a.test", 80));
    }
}
