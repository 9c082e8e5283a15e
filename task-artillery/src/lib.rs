//! Artillery scripts as a task: load tests of HTTP services.
//!
//! ```text
//! script.yml ─script::parse→ Script ─Artillery→ Slices ─run→ LoadReport ─summarize→ Summary
//! ```
//!
//! [`script`] reads a script into a typed [`Script`](script::Script). [`arrivals`] says when its users arrive, in closed form, which is
//! all that cutting it takes. `run` lets a slice's users do what the script says, each with draws, [`payload`] rows and connections of its
//! own. [`report`] is what that is measured by.
//!
//! A program that links this crate, by `use task_artillery as _;`, knows the kind [`artillery`](Artillery).

pub mod condition;
mod connections;
mod html;
pub mod jsonpath;
mod life;
pub mod payload;
mod pem;
mod publish;
pub mod report;
mod run;
pub mod script;
pub mod syntax;
mod task;
mod xpath;

pub use star_core::arrivals;
pub use task::Artillery;
