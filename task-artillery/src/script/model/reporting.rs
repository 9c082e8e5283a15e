//! What a script says of its report.

use serde::{Deserialize, Serialize};

use super::sinks::Sink;

/// What a script says of its report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Reporting {
    /// `config.http.extendedMetrics`: whether the parts of connecting are among Artillery's figures.
    pub extended_metrics: bool,
    /// `apdex`: how long answers may take in all, in microseconds, where that is to be judged.
    pub apdex: Option<u64>,
    /// `metrics-by-endpoint`.
    pub endpoints: EndpointNames,
    /// Where its figures are sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sinks: Vec<Sink>,
}

/// What Artillery's figures call endpoints. Where the plugin is not in a script they have what [`Default`] says, as in Artillery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the language"
)]
pub struct EndpointNames {
    /// Whether a request's own name is all of its endpoint's.
    pub use_only_request_names: bool,
    /// Whether queries are left out.
    pub strip_query_string: bool,
    /// Whether requests without a name of their own are left out.
    pub ignore_unnamed_requests: bool,
    /// Whether URLs are told apart as they are written, and not by what is put in for placeholders.
    #[serde(rename = "groupDynamicURLs")]
    pub group_dynamic_urls: bool,
    /// What the figures' names begin with, where that is not the usual.
    pub metrics_namespace: Option<String>,
    /// Whether people read nothing of single requests.
    pub suppress_output: bool,
}

impl EndpointNames {
    /// What holds where the plugin is in a script and says nothing else.
    #[must_use]
    pub fn of_plugin() -> Self {
        Self {
            strip_query_string: false,
            ..Self::default()
        }
    }
}

impl Default for EndpointNames {
    fn default() -> Self {
        Self {
            use_only_request_names: false,
            strip_query_string: true,
            ignore_unnamed_requests: false,
            group_dynamic_urls: true,
            metrics_namespace: None,
            suppress_output: false,
        }
    }
}
