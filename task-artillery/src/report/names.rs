//! What reports call the parts of a script.

use std::time::Duration;

use super::view::View;
use crate::arrivals::Load;

/// The names of a script's parts, each in the order of the script: a [`Place`](super::Place) counts in this order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// The scenarios; where one has no name, its index.
    pub scenarios: Vec<String>,
    /// The phases.
    pub phases: Vec<PhaseName>,
    /// The requests.
    pub requests: Vec<RequestName>,
    /// How the report is read.
    pub view: View,
    /// How long it is expected to be until all users have ended.
    pub length: Duration,
}

/// What reports call a phase.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PhaseName {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// When it begins.
    pub from: Duration,
    /// When it ends.
    pub to: Duration,
    /// Who arrives meanwhile.
    pub load: Option<Load>,
    /// How many users at most are under way when another arrives.
    pub max_users: Option<u32>,
}

/// What reports call a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestName {
    /// `METHOD path` or `METHOD path (name)`: what has the same label is counted together.
    pub label: String,
    /// What Artillery's figures call its endpoint; none where they leave it out, or where it is made of data.
    pub endpoint: Option<String>,
}
