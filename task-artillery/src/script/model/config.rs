//! The script as a whole, and its `config`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::as_nanos;
use star_core::document::BlobRef;
use star_core::draw::Draws;

use super::super::split::Split;
use super::super::template::{JsonTemplate, Template};
use super::flow::Scenario;
use crate::arrivals::{self, Arrivals, ArrivalsError, Load};

/// A script, read and checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Script {
    /// What URLs that start with `/` are on: an absolute `http:` or `https:` URL.
    pub target: String,
    /// When users arrive; never empty.
    pub phases: Vec<Phase>,
    /// How requests are made.
    pub http: HttpSettings,
    /// The headers of every request that does not give its own of that name. Calls in them are made once for all users.
    pub headers: Vec<Header>,
    /// What the script knows of itself and uses (`$dirname`, `$scenarioFile`), by name.
    pub constants: serde_json::Map<String, serde_json::Value>,
    /// `config.variables`. A list stands for one of its elements, another for each user. Calls in them are made once for all users.
    pub variables: Vec<Variable>,
    /// The CSV files, in order: of two columns of one name the later is meant.
    pub payloads: Vec<Payload>,
    /// What users do; never empty, and one weight at least is above zero.
    pub scenarios: Vec<Scenario>,
    /// The script's own limits.
    pub split: Split,
}

/// A stretch of the load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Phase {
    /// What reports call it.
    pub name: Option<String>,
    /// How long it is.
    #[serde(with = "as_nanos")]
    pub duration: Duration,
    /// Who arrives meanwhile.
    pub load: Load,
}

/// `config.http`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HttpSettings {
    /// How long a request waits for the response's headers, from when it is sent.
    #[serde(with = "as_nanos")]
    pub timeout: Duration,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
        }
    }
}

/// A header to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Header {
    /// Its name, in lower case; a valid one.
    pub name: String,
    /// Its value. A value that is one variable, and that undefined, is not sent
    /// ([`optional_text`](Template::optional_text)).
    pub value: Template,
}

impl Header {
    /// The header with its calls made.
    #[must_use]
    pub fn settle(&self, draws: &mut Draws) -> Self {
        Self {
            name: self.name.clone(),
            value: self.value.settle(draws),
        }
    }
}

/// One of `config.variables`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: JsonTemplate,
}

/// A CSV file: one row for each user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Payload {
    /// The file, which travels beside the script.
    pub file: BlobRef,
    /// The variables that the columns go to, from the first column on.
    pub fields: Vec<String>,
    /// Which user gets which row.
    pub order: Order,
    /// Whether the first row is a heading.
    pub skip_header: bool,
    /// What divides columns; an ASCII character.
    pub delimiter: u8,
    /// Whether what looks like a number becomes one.
    pub cast: bool,
}

/// Which user gets which row of a payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Order {
    /// In an order drawn once for the run.
    #[default]
    Random,
    /// As they stand in the file.
    Sequence,
}

impl Script {
    /// When the users arrive.
    ///
    /// # Errors
    /// Never for a script that was read by [`parse`](crate::script::parse); for one from elsewhere whatever makes its phases impossible.
    pub fn arrivals(&self) -> Result<Arrivals, ArrivalsError> {
        let phases = self.phases.iter().map(|phase| arrivals::Phase {
            duration: phase.duration,
            load: phase.load,
        });
        Arrivals::new(phases)
    }
}
