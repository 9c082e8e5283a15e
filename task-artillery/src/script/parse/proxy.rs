//! The proxies that the environment names, under the names that everybody knows.

use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use star_core::document::Diagnostic;
use url::Url;

use super::reader::Reader;
use crate::script::model::{Exception, Hosts, Proxies, Proxy};

impl Reader<'_> {
    /// The proxies of the environment.
    pub(super) fn proxies(&mut self) -> Proxies {
        let (proxies, faults) = proxies(&|name| self.environment.get(name));
        for fault in faults {
            let help = "`http://host:port` can, also with `user:password@` before the host, but not `https:` or `socks5:`; `NO_PROXY=*` does without";
            self.tell(Diagnostic::error(fault).help(help));
        }
        proxies
    }
}

/// Where variables are looked up.
type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

fn proxies(environment: Environment<'_>) -> (Proxies, Vec<String>) {
    let except =
        given(environment, "no_proxy").map_or_else(Vec::new, |(_, text)| exceptions(&text));
    let mut faults = Vec::new();
    if except
        .iter()
        .any(|one| one.hosts == Hosts::All && one.port.is_none())
    {
        return (Proxies::default(), faults);
    }
    let mut first_of = |names: &[&str]| {
        let (name, text) = names.iter().find_map(|name| given(environment, name))?;
        if text.is_empty() {
            return None;
        }
        let proxy = proxy(&text);
        if proxy.is_none() {
            let fault = format!("`{name}` names no proxy that can be used");
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
        proxy
    };
    let http = first_of(&["http_proxy", "all_proxy"]);
    // The last as Artillery has it: one that is named for `http:` only serves all.
    let https = first_of(&["https_proxy", "all_proxy", "http_proxy"]);
    let except = if http.is_none() && https.is_none() {
        Vec::new()
    } else {
        except
    };
    (
        Proxies {
            http,
            https,
            except,
        },
        faults,
    )
}

/// A variable by its name in lower case or, where there is none, in upper case; and under which of both it was found.
fn given(environment: Environment<'_>, name: &str) -> Option<(String, String)> {
    let upper = name.to_ascii_uppercase();
    // A server hands a request's header `proxy` on to programs that answer it by this variable.
    let of_a_request = name == "http_proxy" && environment("REQUEST_METHOD").is_some();
    let names = [name.to_owned(), upper];
    let names = names.into_iter().take(if of_a_request { 1 } else { 2 });
    let mut found = names.filter_map(|name| {
        let text = environment(&name)?.trim().to_owned();
        Some((name, text))
    });
    found.next()
}

fn proxy(text: &str) -> Option<Proxy> {
    let url = if text.contains("://") {
        Url::parse(text).ok()?
    } else {
        Url::parse(&format!("http://{text}")).ok()?
    };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(Into::into);
    if url.scheme() != "http" {
        return None;
    }
    Some(Proxy {
        host: url.host_str()?.to_owned(),
        port: url.port_or_known_default()?,
        user: decoded(url.username())?,
        password: decoded(url.password().unwrap_or_default())?,
    })
}

/// The servers of `no_proxy`: names, addresses, networks (`10.0.0.0/8`) or `*`, each perhaps with a port, between commas or blanks.
fn exceptions(text: &str) -> Vec<Exception> {
    let words = text.split([',', ' ', '\t']).filter(|word| !word.is_empty());
    words.filter_map(exception).collect()
}

fn exception(word: &str) -> Option<Exception> {
    if let Some(hosts) = network(word) {
        return Some(Exception { hosts, port: None });
    }
    let (host, port) = match word.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (word, None),
    };
    if let Some(hosts) = network(host) {
        return Some(Exception { hosts, port });
    }
    let name = host.strip_prefix('*').unwrap_or(host);
    let name = name.trim_matches('.');
    let hosts = match (host, name) {
        ("*", _) => Hosts::All,
        (_, "") => return None,
        _ => Hosts::Domain(name.to_ascii_lowercase()),
    };
    Some(Exception { hosts, port })
}

fn network(text: &str) -> Option<Hosts> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse().ok()?)),
        None => (text, None),
    };
    let bare = address
        .strip_prefix('[')
        .and_then(|address| address.strip_suffix(']'))
        .unwrap_or(address);
    let address: IpAddr = bare.parse().ok()?;
    let all = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(all);
    (bits <= all).then_some(Hosts::Network(address, bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What variables come to, each `NAME=value`.
    fn read(lines: &str) -> (Proxies, Vec<String>) {
        let of = |wanted: &str| {
            let mut pairs = lines.lines().filter_map(|line| line.split_once('='));
            let found = pairs.find(|(name, _)| *name == wanted);
            found.map(|(_, value)| value.to_owned())
        };
        proxies(&of)
    }

    /// The proxies for `http:` and for `https:`, with who asks.
    fn both(lines: &str) -> [Option<String>; 2] {
        let (proxies, faults) = read(lines);
        assert!(faults.is_empty(), "{faults:?}");
        [proxies.http, proxies.https].map(|proxy| {
            let proxy = proxy?;
            Some(format!("{proxy} {}:{}", proxy.user, proxy.password))
        })
    }

    #[test]
    fn the_variables_are_those_that_everybody_knows() {
        let (a, b) = ("http://a:1 :", "http://b:80 :");
        for (lines, http, https) in [
            ("", None, None),
            ("HTTP_PROXY=http://a:1", Some(a), Some(a)),
            ("https_proxy=http://b", None, Some(b)),
            ("HTTP_PROXY=http://a:1\nHTTPS_PROXY=b:80/", Some(a), Some(b)),
            ("ALL_PROXY=http://a:1\nhttps_proxy=b", Some(a), Some(b)),
            ("ALL_PROXY=http://a:1\nhttp_proxy=b", Some(b), Some(a)),
            ("HTTP_PROXY=http://b\nhttp_proxy=a:1", Some(a), Some(a)),
            ("ALL_PROXY=a:1\nHTTPS_PROXY=", Some(a), None),
            ("HTTP_PROXY=a:1\nREQUEST_METHOD=GET", None, None),
            ("http_proxy=a:1\nREQUEST_METHOD=GET", Some(a), Some(a)),
            ("HTTP_PROXY=a:1\nNO_PROXY=x,*", None, None),
        ] {
            let expected = [http, https].map(|proxy| proxy.map(str::to_owned));
            assert_eq!(both(lines), expected, "{lines}");
        }
    }

    #[test]
    fn who_asks_is_told_apart_from_who_is_asked() {
        let [http, _] = both("HTTP_PROXY=http://me:p%40ss@[::1]:3128");
        assert_eq!(http.as_deref(), Some("http://[::1]:3128 me:p@ss"));
    }

    #[test]
    fn what_is_no_proxy_is_said_without_what_it_holds() {
        for (lines, name) in [
            ("ALL_PROXY=socks5://me:secret@a:1080", "ALL_PROXY"),
            ("http_proxy=https://a", "http_proxy"),
            ("HTTPS_PROXY=http://me:secret", "HTTPS_PROXY"),
        ] {
            let fault = format!("`{name}` names no proxy that can be used");
            assert_eq!(read(lines).1, [fault]);
        }
        assert!(read("ALL_PROXY=socks5://a\nNO_PROXY=*").1.is_empty());
    }

    #[test]
    fn exceptions_are_names_addresses_and_networks() {
        let text =
            "localhost,.a.test *.b.test,10.0.0.0/8,[::1]:8080,::2,127.0.0.1:81,c.test:82, ,x:y";
        let domain = |name: &str, port| Exception {
            hosts: Hosts::Domain(name.to_owned()),
            port,
        };
        let network = |address: &str, bits, port| Exception {
            hosts: Hosts::Network(address.parse().unwrap(), bits),
            port,
        };
        let expected = [
            domain("localhost", None),
            domain("a.test", None),
            domain("b.test", None),
            network("10.0.0.0", 8, None),
            network("::1", 128, Some(8080)),
            network("::2", 128, None),
            network("127.0.0.1", 32, Some(81)),
            domain("c.test", Some(82)),
        ];
        assert_eq!(exceptions(text), expected);
    }
}
