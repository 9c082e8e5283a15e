//! Runs of serverless-star on AWS Lambda.
//!
//! The function is the program itself: [`function`] is what it does there. What it needs around it is the [`stack`], which `CloudFormation`
//! makes and removes; what can be chosen of it is in [`assets`]. Runs are recorded on S3 ([`Bucket`]), and workers are sent for by asynchronous
//! invocations ([`Lambda`]); that which starts a run somebody waits for is answered ([`Waited`]).
//!
//! Nothing here knows a kind of task.

mod advised;
pub mod alert;
pub mod assets;
mod bucket;
mod call;
mod calls;
mod config;
pub mod deploy;
pub mod elf;
pub mod ending;
mod error;
pub mod event;
pub mod function;
mod identity;
mod lambda;
pub mod mark;
mod names;
mod noted;
pub mod package;
mod payload;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod replay;
pub mod stack;
mod waited;

pub use advised::Advised;
pub use bucket::Bucket;
pub use call::Call;
pub use calls::Calls;
pub use config::{Access, Config};
pub use error::AwsError;
pub use lambda::{Configured, Lambda};
pub use names::{Names, NoName};
pub use waited::Waited;
