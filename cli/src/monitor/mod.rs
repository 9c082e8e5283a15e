//! A monitor: rounds of a job, again and again, and who is told when it fails.
//!
//! [`watch`] is the life of one: it waits for each round's instant, has it done, notes it in the [`State`] and keeps that, and has alerts
//! sent. When there is an alert is said by [`rules`]; how a round is done and an alert is sent is somebody else's, so that all of it can be
//! driven through an hour in a test's millisecond.

mod alert;
mod round;
mod rules;
mod serve;
mod state;
mod subject;
mod watch;

pub(crate) use alert::Sender;
pub(crate) use round::{Round, play};
pub(crate) use rules::{Alert, Status};
pub(crate) use serve::{Server, Shown};
pub(crate) use state::{Kept, Sent, State, Told};
pub(crate) use subject::{Subject, key};
pub(crate) use watch::{Timing, Watched, watch};
