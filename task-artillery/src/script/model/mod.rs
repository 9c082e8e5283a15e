//! The typed script, and its form on the wire.

mod config;
mod content;
mod flow;
mod payload;
mod request;
mod rounds;
mod weights;

pub use config::{CookieSettings, Header, HttpSettings, Phase, Script, TlsSettings, Variable};
pub use content::{Auth, Body, Cookie, Field, Part, PartContent};
pub use flow::{Scenario, Step, StepKind};
pub use payload::{CsvFormat, Order, Payload};
pub use request::{Capture, CaptureSource, Method, Request};
pub(super) use rounds::parse_range;
pub use rounds::{Loop, LoopError, Rounds, Think, ThinkError, ThinkTime};
pub use weights::Weights;
