//! Scenarios and the kinds of their steps.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::super::template::Template;
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
    /// Steps, at the same time.
    Parallel(Parallel),
    /// A line to say.
    Log(Template),
}

/// Steps that are done at the same time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Parallel {
    /// How many branches at most are under way at once; not zero. The first ones in the list begin.
    pub limit: NonZeroU32,
    /// The branches: each a flow of its own. Each begins with the variables as they are; what they set is set when all have ended, in
    /// the order of the list.
    pub branches: Vec<Vec<Step>>,
}
