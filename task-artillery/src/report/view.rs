//! What a script says of how its report is read.

use serde::{Deserialize, Serialize};

use crate::script::model::Trial;

/// What a script says of how its report is read. It travels in reports, which are read where no script is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct View {
    /// Whether the parts of connecting are among Artillery's figures.
    pub extended: bool,
    /// What the figures of endpoints begin with; nothing where that is usual.
    pub namespace: Option<String>,
    /// What people read instead, where that is made of the environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_namespace: Option<String>,
    /// Whether the text leaves single requests out.
    pub without_requests: bool,
    /// How long answers may take in all, in microseconds, where that is to be judged.
    pub apdex: Option<u64>,
    /// What should hold of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ensured: Vec<Ensured>,
    /// How scenarios were tried out, where that is what the run was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampled>,
    /// Whether endpoints have names that are made of data.
    pub made: bool,
}

/// Something that should hold of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ensured {
    /// As people read it.
    pub text: String,
    /// The condition, over the names of Artillery's figures.
    pub condition: String,
    /// Whether the run fails where it does not hold.
    pub strict: bool,
    /// Whether the condition is made of the environment, so that only what the text has of it is to be shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub concealed: bool,
}

/// How scenarios were tried out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Sampled {
    /// What for.
    pub trial: Trial,
    /// How many samples of each scenario.
    pub size: u64,
    /// How many errors in all the run may have.
    pub error_budget: u64,
}
