//! The keys of what a script says of its report.

use super::Status::{Done, Elsewhere};
use super::{Key, Mapping};

/// Options of the plugin `metrics-by-endpoint`.
pub(in crate::script::parse) static ENDPOINTS: Mapping = Mapping {
    noun: "`metrics-by-endpoint`",
    rest: "",
    keys: &[
        Key("useOnlyRequestNames", Done),
        Key("stripQueryString", Done),
        Key("ignoreUnnamedRequests", Done),
        Key("groupDynamicURLs", Done),
        Key("metricsNamespace", Done),
        Key("suppressOutput", Done),
    ],
};

/// Options of the plugin `apdex`, which may stand beside the plugins as well.
pub(in crate::script::parse) static APDEX: Mapping = Mapping {
    noun: "`apdex`",
    rest: "",
    keys: &[
        Key("threshold", Done),
        Key(
            "apdex",
            Elsewhere("its `threshold` stands directly under it"),
        ),
    ],
};
