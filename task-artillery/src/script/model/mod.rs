//! The typed script, and its form on the wire.

mod capture;
mod checks;
mod config;
mod content;
mod flow;
mod payload;
mod proxy;
mod reporting;
mod request;
mod rounds;
mod sampling;
mod signing;
mod sinks;
mod tls;
mod weights;

pub use capture::{Capture, CaptureSource, Group, Match, Nth};
pub use checks::{Checking, Ensure, Expectation};
pub use config::{CookieSettings, Header, HttpSettings, Lookups, Phase, Script, Variable};
pub use content::{Auth, Body, Cookie, Field, Part, PartContent};
pub use flow::{Parallel, Scenario, Step, StepKind};
pub use payload::{CsvFormat, Order, Payload};
pub use proxy::{Exception, Hosts, Proxies, Proxy};
pub use reporting::{EndpointNames, Reporting};
pub use request::{Method, Request};
pub(super) use rounds::parse_range;
pub use rounds::{Jitter, Loop, LoopError, Rounds, Think, ThinkError, ThinkTime};
pub use sampling::{Sampling, Trial};
pub use signing::Signing;
pub use sinks::{Agent, Dialect, Hidden, Sink, SinkKind, Tag};
pub use tls::{Identity, Pem, TlsSettings};
pub use weights::Weights;
