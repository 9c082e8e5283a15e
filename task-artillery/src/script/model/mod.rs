//! The typed script, and its form on the wire.

mod config;
mod flow;
mod payload;
mod reporting;
mod request;
mod rounds;
mod weights;

pub use config::{Header, HttpSettings, Phase, Script, TlsSettings, Variable};
pub use flow::{Scenario, Step, StepKind};
pub use payload::{CsvFormat, Order, Payload};
pub use reporting::{EndpointNames, Reporting};
pub use request::{Body, Capture, CaptureSource, Method, Request};
pub(super) use rounds::parse_range;
pub use rounds::{Loop, LoopError, Rounds, Think, ThinkError, ThinkTime};
pub use weights::Weights;
