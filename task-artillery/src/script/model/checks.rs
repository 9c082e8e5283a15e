//! What a script asks of answers, and of the run.

use serde::{Deserialize, Serialize};

use super::super::template::{JsonTemplate, Template};
use crate::condition::Condition;

/// Something that an answer should be, in the words of Artillery's plugin `expect`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum Expectation {
    /// The status is this number, or one of these.
    StatusCode(JsonTemplate),
    /// The status is not this number, or none of these.
    NotStatusCode(JsonTemplate),
    /// The body is `json`, or its type is this.
    ContentType(Template),
    /// The body has something at this path.
    HasProperty(Template),
    /// The body has nothing at this path.
    NotHasProperty(Template),
    /// These are all the same, as texts.
    Equals(Vec<JsonTemplate>),
    /// There is a header of that name.
    HasHeader(Template),
    /// The header of that name has this value.
    HeaderEquals(Template, Template),
    /// The body has a match of this JavaScript regular expression.
    MatchesRegexp(Template),
    /// A cache in front of the target had the answer, or had not.
    CdnHit(bool),
    /// What an expression of `JMESPath` finds in the body is true as JavaScript has it. With what people read of it, where that is something
    /// else.
    Jmespath(String, Option<String>),
}

/// What a script asks of answers everywhere, and of the run when it is over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Checking {
    /// `expectDefault200`: whether an answer should be a 200 where its request says nothing.
    pub default_200: bool,
    /// `reportFailuresAsErrors`: whether a user ends at an answer that is not as it should be.
    pub failures_as_errors: bool,
    /// `useOnlyRequestNames`: whether such an error names the request by its own name.
    pub only_request_names: bool,
    /// `ensure`: what should hold of the report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ensure: Vec<Ensure>,
}

impl Checking {
    /// Whether nothing is asked.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Something that should hold of the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Ensure {
    /// As people read it.
    pub text: String,
    /// The condition, over the names of the report's figures.
    pub condition: Condition,
    /// Whether the run fails where it does not hold.
    pub strict: bool,
}
