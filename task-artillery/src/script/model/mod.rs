//! The typed script, and its form on the wire.

mod config;
mod flow;
mod payload;
mod request;
mod rounds;
mod weights;

pub use config::{Header, HttpSettings, Phase, Script, TlsSettings, Variable};
pub use flow::{Parallel, Scenario, Step, StepKind};
pub use payload::{CsvFormat, Order, Payload};
pub use request::{Body, Capture, CaptureSource, Method, Request};
pub(super) use rounds::parse_range;
pub use rounds::{Jitter, Loop, LoopError, Rounds, Think, ThinkError, ThinkTime};
pub use weights::Weights;
