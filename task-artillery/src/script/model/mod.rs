//! The typed script, and its form on the wire.

mod capture;
mod config;
mod flow;
mod payload;
mod request;
mod rounds;
mod weights;

pub use capture::{Capture, CaptureSource, Group, Match, Nth};
pub use config::{Header, HttpSettings, Phase, Script, TlsSettings, Variable};
pub use flow::{Scenario, Step, StepKind};
pub use payload::{CsvFormat, Order, Payload};
pub use request::{Body, Method, Request};
pub(super) use rounds::parse_range;
pub use rounds::{Loop, LoopError, Rounds, Think, ThinkError, ThinkTime};
pub use weights::Weights;
