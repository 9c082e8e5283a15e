//! The typed script, and its form on the wire.

mod config;
mod flow;
mod request;
mod rounds;
mod weights;

pub use config::{Header, HttpSettings, Order, Payload, Phase, Script, Variable};
pub use flow::{Scenario, Step, StepKind};
pub use request::{Body, Capture, CaptureSource, Method, Request};
pub(super) use rounds::parse_range;
pub use rounds::{Loop, LoopError, Rounds, Think, ThinkError, ThinkTime};
pub use weights::Weights;
