//! What reports call the parts of a script.

use std::time::Duration;

/// The names of a script's parts, each in the order of the script: a [`Place`](super::Place) counts in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The scenarios; where one has no name, its index.
    pub scenarios: Vec<String>,
    /// The phases.
    pub phases: Vec<PhaseName>,
    /// The requests, as `METHOD path` or `METHOD path (name)`: what has the same name is counted together.
    pub requests: Vec<String>,
    /// How long it is expected to be until all users have ended.
    pub length: Duration,
}

/// What reports call a phase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhaseName {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// When it begins.
    pub from: Duration,
    /// When it ends.
    pub to: Duration,
}
