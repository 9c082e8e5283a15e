//! What a script says of how its report is read.

use serde::{Deserialize, Serialize};

/// What a script says of how its report is read. It travels in reports, which are read where no script is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct View {
    /// Whether the parts of connecting are among Artillery's figures.
    pub extended: bool,
    /// What the figures of endpoints begin with; nothing where that is usual.
    pub namespace: Option<String>,
    /// Whether the text leaves single requests out.
    pub without_requests: bool,
    /// How long answers may take in all, in microseconds, where that is to be judged.
    pub apdex: Option<u64>,
    /// Whether endpoints have names that are made of data.
    pub made: bool,
}
