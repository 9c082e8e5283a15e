//! The keys of where figures are sent.

use super::Status::{self, Done, Elsewhere, Harmless, NotYet};
use super::{Key, LEAVE_OUT, Mapping};

const NO_EVENTS: Status = Harmless("figures are sent, and no events");
const NO_TRACES: Status = NotYet("figures are sent, and no traces");
const IN_INFLUX: Status = Elsewhere("it belongs under `influx`");

/// One of `publish-metrics`, whose `type` is one of datagrams.
pub(in crate::script::parse) static STATSD: Mapping = Mapping {
    noun: "a sink of datagrams",
    rest: "",
    keys: &[
        Key("type", Done),
        Key("host", Done),
        Key("port", Done),
        Key("prefix", Done),
        Key("tags", Done),
        Key("includeOnly", Done),
        Key("excluded", Done),
        Key("event", NO_EVENTS),
        Key("traces", NO_TRACES),
        Key(
            "apiKey",
            Elsewhere("it belongs to a sink of the type `datadog`"),
        ),
    ],
};

/// One whose `type` is `datadog`.
pub(in crate::script::parse) static DATADOG: Mapping = Mapping {
    noun: "a sink of the type `datadog`",
    rest: "",
    keys: &[
        Key("type", Done),
        Key("host", Done),
        Key("port", Done),
        Key("prefix", Done),
        Key("tags", Done),
        Key("includeOnly", Done),
        Key("excluded", Done),
        Key("apiKey", Done),
        Key("apiHost", Done),
        Key("appKey", Harmless("figures are sent without it")),
        Key("event", NO_EVENTS),
        Key("traces", NO_TRACES),
    ],
};

/// One whose `type` is `influxdb`.
pub(in crate::script::parse) static INFLUX: Mapping = Mapping {
    noun: "a sink of the type `influxdb`",
    rest: "",
    keys: &[
        Key("type", Done),
        Key("url", Done),
        Key("database", Done),
        Key("username", Done),
        Key("password", Done),
        Key("org", Done),
        Key("bucket", Done),
        Key("token", Done),
        Key("measurement", Done),
        Key("tags", Done),
        Key("includeOnly", Done),
        Key("excluded", Done),
    ],
};

/// One whose `type` is `cloudwatch`, and the plugin of that name.
pub(in crate::script::parse) static CLOUDWATCH: Mapping = Mapping {
    noun: "a sink of the type `cloudwatch`",
    rest: "",
    keys: &[
        Key("type", Done),
        Key("namespace", Done),
        Key("name", Done),
        Key("dimensions", Done),
        Key("extended", Done),
        Key("includeOnly", Done),
        Key("excluded", Done),
        Key(
            "region",
            Harmless("it is that of the function or of the agent that takes the figures"),
        ),
        Key("metrics", LEAVE_OUT),
    ],
};

/// The plugin `statsd`.
pub(in crate::script::parse) static OLD_STATSD: Mapping = Mapping {
    noun: "the plugin `statsd`",
    rest: "",
    keys: &[
        Key("host", Done),
        Key("port", Done),
        Key("prefix", Done),
        Key(
            "skipList",
            NotYet("`publish-metrics` has `excluded`, for the names of Artillery 2"),
        ),
        Key("default", Harmless("what was not measured is not sent")),
        Key(
            "closingTimeout",
            Harmless("all is sent before the run ends"),
        ),
        Key("timeout", Harmless("all is sent before the run ends")),
        Key("enableUselessReporting", LEAVE_OUT),
    ],
};

/// The plugin `datadog`.
pub(in crate::script::parse) static OLD_DATADOG: Mapping = Mapping {
    noun: "the plugin `datadog`",
    rest: "",
    keys: &[Key("host", Done), Key("prefix", Done), Key("tags", Done)],
};

/// The plugin `influxdb`.
pub(in crate::script::parse) static OLD_INFLUX: Mapping = Mapping {
    noun: "the plugin `influxdb`",
    rest: "",
    keys: &[
        Key("influx", Done),
        Key("tags", Done),
        Key("testName", Done),
        Key("test_name", Done),
        Key("testRunId", Done),
        Key("measurementName", Done),
        Key(
            "excludeTestRunId",
            Harmless("what `testRunId` does not say is not sent"),
        ),
        Key("errorMessageName", Harmless("errors are figures by name")),
        Key(
            "matches",
            Harmless("figures of single answers are not sent"),
        ),
        Key(
            "measurements",
            NotYet("the figures are those of Artillery's report"),
        ),
        Key("host", IN_INFLUX),
        Key("database", IN_INFLUX),
    ],
};

/// Its `influx`.
pub(in crate::script::parse) static INFLUX_SERVER: Mapping = Mapping {
    noun: "`influx`",
    rest: "",
    keys: &[
        Key("host", Done),
        Key("port", Done),
        Key("protocol", Done),
        Key("username", Done),
        Key("password", Done),
        Key("database", Done),
    ],
};
