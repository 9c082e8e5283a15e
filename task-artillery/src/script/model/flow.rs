//! Scenarios and the kinds of their steps.

use serde::{Deserialize, Serialize};

use super::request::Request;
use super::rounds::{Loop, Think};

/// What a user may do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scenario {
    /// What reports call it; its index where it has none.
    pub name: Option<String>,
    /// How often it is chosen, compared with the others.
    pub weight: u32,
    /// What is done, in order.
    pub flow: Vec<Step>,
}

/// One step of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Step {
    /// Its number in its scenario, counted from 0 as steps are written, loops before what is in them: draws and reports name a
    /// step by it.
    pub id: u32,
    /// What is done.
    pub kind: StepKind,
}

/// The kinds of steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum StepKind {
    /// An HTTP request.
    Request(Box<Request>),
    /// A pause.
    Think(Think),
    /// Steps, several times.
    Loop(Loop),
}
