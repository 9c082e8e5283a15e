//! When the certificates of a list of hosts expire: a probe, whose units wait for others.
//!
//! ```console
//! cargo run -p tls-expiry -- run examples/tls-expiry/job.yml
//! ```

mod days;
mod probe;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::document::{Diagnostic, Diagnostics, Document, Node, Span, duration};
use star_core::shape::Keys;
use star_core::{Failure, OneUnit, Splittable, UnitTask};

pub use days::{Days, Left};

/// Asks each of a list of hosts for its certificate. The run fails if one expires soon, or a host does not answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TlsExpiry {
    /// Hosts, as `HOST` or `HOST:PORT`; those of the file come to them.
    #[serde(default)]
    pub hosts: Keys<String>,
    /// A file with a host a line.
    #[serde(default)]
    pub file: Option<String>,
    /// How soon is too soon, such as `21d`; three weeks where nothing is said.
    #[serde(default = "three_weeks")]
    pub within: String,
    /// How long a host may take to answer; ten seconds where nothing is said.
    #[serde(default = "ten_seconds")]
    pub timeout: String,
}

fn three_weeks() -> String {
    "21d".to_owned()
}

fn ten_seconds() -> String {
    "10s".to_owned()
}

impl UnitTask for TlsExpiry {
    const KIND: &'static str = "tls-expiry";
    // To ask a host twice does no harm: where a worker is lost, another does its hosts again.
    const IDEMPOTENT: bool = true;
    const AT_ONCE: u32 = 64;
    type Report = Days;

    fn shape(&self) -> &impl Splittable {
        &self.hosts
    }

    /// Takes the hosts of the file along, and looks at all that was said.
    fn check(&mut self, document: &mut Document) -> Result<(), Diagnostics> {
        let mut faults = Diagnostics::default();
        for (key, text) in [("within", &self.within), ("timeout", &self.timeout)] {
            let (message, help) = match duration::parse(text) {
                Err(_) => (
                    format!("`{text}` is no length of time"),
                    "such as `21d` or `10s`",
                ),
                Ok(span) if span.is_zero() && key == "timeout" => (
                    format!("nobody answers in a `timeout` of `{text}`"),
                    "leave a host the time that it may take, such as `10s`",
                ),
                Ok(_) => continue,
            };
            let fault = Diagnostic::error(message).help(help);
            faults.push(fault.at(place(document, key), ""));
        }
        let here = place(document, "hosts");
        let items = document.root.get("hosts").and_then(Node::as_list);
        let places = items.into_iter().flatten().map(|item| item.span);
        let places = places.chain(std::iter::repeat(here));
        let mut hosts: Vec<_> = self.hosts.iter().cloned().zip(places).collect();
        if let Some(file) = &self.file {
            hosts.extend(listed(file, document)?);
        }
        if hosts.is_empty() {
            let key = if self.file.is_some() { "file" } else { "hosts" };
            let fault = Diagnostic::error("there is no host to ask");
            let fault = fault.help("name one in `hosts`, or a file with a host a line in `file`");
            faults.push(fault.at(place(document, key), ""));
        }
        for (host, at) in &hosts {
            if let Err(why) = probe::address(host) {
                faults.push(Diagnostic::error(why).at(*at, ""));
            }
        }
        self.hosts = hosts.into_iter().map(|(host, _)| host).collect();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    async fn unit(&self, unit: &OneUnit<Days>) -> Result<(), Failure> {
        let host = &self.hosts[unit.index()];
        let told = |why: Failure| Failure::because(host.clone(), &why);
        let expires = tokio::select! {
            expires = probe::expires(host) => expires.map_err(told)?,
            () = unit.sleep(span(&self.timeout)?) => {
                return Err(told(Failure::new(format!("no answer in {}", self.timeout))));
            }
        };
        let now = unit.time().as_nanos() / 1_000_000_000;
        let left = Left::between(now, expires.as_secs());
        let soon = left.is_within(span(&self.within)?);
        unit.record(|days| days.note(host, left, soon));
        Ok(())
    }
}

/// A length of time that was looked at before.
fn span(text: &str) -> Result<Duration, Failure> {
    duration::parse(text).map_err(|error| Failure::new(format!("`{text}`: {error}")))
}

/// Where the value of a key stands.
fn place(document: &Document, key: &str) -> Span {
    let node = document.root.get(key);
    node.map_or(document.root.span, |node| node.span)
}

/// The hosts of a file, and where each stands.
fn listed(file: &str, document: &mut Document) -> Result<Vec<(String, Span)>, Diagnostic> {
    let at = place(document, "file");
    let blob = document.file(file, at)?;
    let text = String::from_utf8_lossy(&blob.bytes).into_owned();
    let source = document.sources.add(file, text.as_str());
    let mut hosts = Vec::new();
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let host = line.trim();
        if !host.is_empty() && !host.starts_with('#') {
            let start = from + line.find(host).unwrap_or(0);
            hosts.push((
                host.to_owned(),
                Span::new(source, start, start + host.len()),
            ));
        }
        from += line.len();
    }
    Ok(hosts)
}

star_core::register_task!(TlsExpiry);
