//! The keys of what a script asks of answers, and of the run.

use super::Status::{Done, Elsewhere, Harmless};
use super::{Key, Mapping, Status};

const IN_REPORT: Status = Harmless("what fails is told in the report, each kind once");

/// What an answer should be.
pub(in crate::script::parse) static EXPECT: Mapping = Mapping {
    noun: "`expect`",
    rest: "",
    keys: &[
        Key("statusCode", Done),
        Key("notStatusCode", Done),
        Key("contentType", Done),
        Key("hasProperty", Done),
        Key("notHasProperty", Done),
        Key("equals", Done),
        Key("hasHeader", Done),
        Key("headerEquals", Done),
        Key("matchesRegexp", Done),
        Key("cdnHit", Done),
        Key("jmespath", Done),
        Key("jpath", Done),
        Key("description", Done),
    ],
};

/// Options of the plugin `expect`.
pub(in crate::script::parse) static EXPECT_PLUGIN: Mapping = Mapping {
    noun: "the plugin `expect`",
    rest: "",
    keys: &[
        Key("reportFailuresAsErrors", Done),
        Key("useOnlyRequestNames", Done),
        Key("expectDefault200", Done),
        Key("formatter", IN_REPORT),
        Key("outputFormat", IN_REPORT),
        Key("externalReporting", IN_REPORT),
    ],
};

/// What should hold of the report.
pub(in crate::script::parse) static ENSURE: Mapping = Mapping {
    noun: "`ensure`",
    rest: "",
    keys: &[
        Key("thresholds", Done),
        Key("conditions", Done),
        Key("min", Done),
        Key("max", Done),
        Key("median", Done),
        Key("p95", Done),
        Key("p99", Done),
        Key("maxErrorRate", Done),
        Key("expression", Elsewhere("it belongs to one of `conditions`")),
    ],
};

/// One of `conditions`.
pub(in crate::script::parse) static CONDITION: Mapping = Mapping {
    noun: "a condition of `ensure`",
    rest: "",
    keys: &[Key("expression", Done), Key("strict", Done)],
};
