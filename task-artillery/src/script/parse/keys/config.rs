//! The keys of `config`, and of the script as a whole.

use star_core::job::{SIMULATION, TRACE};

use super::Status::{self, Done, Elsewhere, Harmless, NotYet, Silent};
use super::{JAVASCRIPT, Key, LEAVE_OUT, Mapping, OTHER_ENGINE};

const IN_CONFIG: Status = Elsewhere("it belongs under `config`");
const IN_SCENARIO: Status = Elsewhere("it belongs to a scenario, one of the list `scenarios`");
const IN_PHASE: Status = Elsewhere("it belongs to a phase, one of the list `config.phases`");

pub(in crate::script::parse) static SCRIPT: Mapping = Mapping {
    noun: "a script",
    rest: "; keys that begin with `x-` may hold anything",
    keys: &[
        Key("config", Done),
        Key("scenarios", Done),
        Key("includes", Done),
        Key("_split", Done),
        Key("mode", Done),
        Key("sampling", Done),
        Key("before", Done),
        Key("after", Done),
        Key(SIMULATION, Done),
        Key(TRACE, Done),
        Key("task", Silent),
        Key("$schema", Silent),
        Key("target", IN_CONFIG),
        Key("phases", IN_CONFIG),
        Key("variables", IN_CONFIG),
        Key("payload", IN_CONFIG),
        Key("environments", IN_CONFIG),
        Key("processor", IN_CONFIG),
        Key("plugins", IN_CONFIG),
        Key("defaults", IN_CONFIG),
        Key("flow", IN_SCENARIO),
        Key("weight", IN_SCENARIO),
    ],
};

/// How scenarios are tried out.
pub(in crate::script::parse) static SAMPLING: Mapping = Mapping {
    noun: "`sampling`",
    rest: "",
    keys: &[
        Key("size", Done),
        Key("averagePause", Done),
        Key("pauseVariance", Done),
        Key("errorBudget", Done),
        Key("warningThreshold", Done),
    ],
};

pub(in crate::script::parse) static CONFIG: Mapping = Mapping {
    noun: "`config`",
    rest: "",
    keys: &[
        Key("target", Done),
        Key("phases", Done),
        Key("variables", Done),
        Key("payload", Done),
        Key("defaults", Done),
        Key("http", Done),
        Key("timeout", Done),
        Key("tls", Done),
        Key("mode", Done),
        Key("plugins", Done),
        Key("environments", Done),
        Key("processor", JAVASCRIPT),
        Key("engines", OTHER_ENGINE),
        Key("socketio", OTHER_ENGINE),
        Key("ws", OTHER_ENGINE),
        Key("ensure", Done),
        Key("apdex", Done),
        Key("pluginsScope", LEAVE_OUT),
        Key("statsInterval", Harmless("nor has it in Artillery 2")),
        Key(
            "includeFiles",
            Harmless("files that the script names travel with it"),
        ),
        Key(
            "bundling",
            Harmless("files that the script names travel with it"),
        ),
        Key(
            "headers",
            Elsewhere("it belongs under `defaults`, as in `defaults: { headers: … }`"),
        ),
        Key("pool", Elsewhere("it belongs under `http`")),
        Key(
            "scenarios",
            Elsewhere("it belongs beside `config`, not in it"),
        ),
        Key(
            "includes",
            Elsewhere("it belongs beside `config`, not in it"),
        ),
        Key("before", Elsewhere("it belongs beside `config`, not in it")),
        Key("after", Elsewhere("it belongs beside `config`, not in it")),
        Key("_split", Elsewhere("it belongs beside `config`, not in it")),
        Key("duration", IN_PHASE),
        Key("arrivalRate", IN_PHASE),
        Key("arrivalCount", IN_PHASE),
        Key("rampTo", IN_PHASE),
        Key("maxVusers", IN_PHASE),
    ],
};

pub(in crate::script::parse) static TLS: Mapping = Mapping {
    noun: "`tls`",
    rest: "",
    keys: &[
        Key("rejectUnauthorized", Done),
        Key("certificateAuthority", Done),
        Key("certificate", Done),
        Key("key", Done),
        Key("serverName", Done),
        Key("resumeSessions", Done),
        Key("client", Done),
        Key("pfx", PKCS12),
        Key("passphrase", PLAIN_KEYS),
        Key("ca", Elsewhere("here it is called `certificateAuthority`")),
        Key("cert", Elsewhere("here it is called `certificate`")),
        Key("servername", Elsewhere("here it is called `serverName`")),
        Key("checkServerIdentity", JAVASCRIPT),
        Key("minVersion", LEAVE_OUT),
        Key("maxVersion", LEAVE_OUT),
        Key("ciphers", LEAVE_OUT),
    ],
};

/// The form of older versions.
pub(in crate::script::parse) static TLS_CLIENT: Mapping = Mapping {
    noun: "`tls.client`",
    rest: "",
    keys: &[
        Key("ca", Done),
        Key("cert", Done),
        Key("key", Done),
        Key("pfx", PKCS12),
        Key("passphrase", PLAIN_KEYS),
    ],
};

const PKCS12: Status = NotYet(
    "`openssl pkcs12 -in FILE.pfx -nodes -out FILE.pem` makes a file that serves as certificate and as key",
);
const PLAIN_KEYS: Status =
    NotYet("`openssl pkey -in FILE -out FILE.pem` makes a key that needs none");

pub(in crate::script::parse) static HTTP: Mapping = Mapping {
    noun: "`http`",
    rest: "",
    keys: &[
        Key("timeout", Done),
        Key("defaults", Done),
        Key("bodyTimeout", Done),
        Key("dns", Done),
        Key("pool", Done),
        Key(
            "maxSockets",
            Harmless(
                "each user has a connection of its own, or shares those of `pool`, as in Artillery 2",
            ),
        ),
        Key("extendedMetrics", Done),
        Key("cookieJarOptions", Done),
        Key("distributedTracing", LEAVE_OUT),
        Key(
            "headers",
            Elsewhere("it belongs under `defaults`, as in `defaults: { headers: … }`"),
        ),
    ],
};

pub(in crate::script::parse) static COOKIE_JAR: Mapping = Mapping {
    noun: "`cookieJarOptions`",
    rest: "",
    keys: &[
        Key("looseMode", Done),
        Key("prefixSecurity", Done),
        Key("allowSpecialUseDomain", Done),
        Key(
            "rejectPublicSuffixes",
            Harmless("no list of public suffixes is asked"),
        ),
    ],
};

pub(in crate::script::parse) static DEFAULTS: Mapping = Mapping {
    noun: "`defaults`",
    rest: "",
    keys: &[
        Key("headers", Done),
        Key("strictCapture", Done),
        Key("cookie", Done),
        Key("think", Done),
    ],
};

pub(in crate::script::parse) static PLUGINS: Mapping = Mapping {
    noun: "`plugins`",
    rest: "",
    keys: &[
        Key("metrics-by-endpoint", Done),
        Key("expect", Done),
        Key("ensure", Done),
        Key("apdex", Done),
        Key("publish-metrics", Done),
        Key("statsd", Done),
        Key("datadog", Done),
        Key("influxdb", Done),
        Key("cloudwatch", Done),
        Key("aws-sigv4", Done),
        Key(
            "fake-data",
            NotYet("`$randomString` and `$randomNumber` make data, or a CSV `payload`"),
        ),
        Key("slack", LEAVE_OUT),
        Key("memory-inspector", LEAVE_OUT),
    ],
};

pub(in crate::script::parse) static PHASE: Mapping = Mapping {
    noun: "a phase",
    rest: "",
    keys: &[
        Key("duration", Done),
        Key("arrivalRate", Done),
        Key("rampTo", Done),
        Key("arrivalCount", Done),
        Key("pause", Done),
        Key("name", Done),
        Key("mode", Done),
        Key("maxVusers", Done),
    ],
};

pub(in crate::script::parse) static PAYLOAD: Mapping = Mapping {
    noun: "a payload",
    rest: "",
    keys: &[
        Key("path", Done),
        Key("fields", Done),
        Key("order", Done),
        Key("skipHeader", Done),
        Key("delimiter", Done),
        Key("cast", Done),
        Key("skipEmptyLines", Done),
        Key("loadAll", Done),
        Key("name", Done),
        Key("options", Done),
    ],
};

/// Options of the reader that Artillery reads files with.
pub(in crate::script::parse) static CSV: Mapping = Mapping {
    noun: "`options`",
    rest: "",
    keys: &[
        Key("delimiter", Done),
        Key("quote", Done),
        Key("escape", Done),
        Key("comment", Done),
        Key("trim", Done),
        Key("ltrim", Done),
        Key("rtrim", Done),
        Key("from", Done),
        Key("to", Done),
        Key("cast", Done),
        Key("skip_empty_lines", Done),
        Key("bom", Harmless("a byte order mark is passed over anyway")),
        Key("columns", NotYet("`fields` names the columns")),
        Key("from_line", NotYet("`from` counts rows")),
        Key("to_line", NotYet("`to` counts rows")),
        Key("relax", LEAVE_OUT),
        Key("relax_column_count", LEAVE_OUT),
        Key("skip_lines_with_error", LEAVE_OUT),
        Key("record_delimiter", LEAVE_OUT),
    ],
};

pub(in crate::script::parse) static SPLIT: Mapping = Mapping {
    noun: "`_split`",
    rest: "",
    keys: &[
        Key("maxScriptDurationInSeconds", Done),
        Key("maxChunkDurationInSeconds", Done),
        Key("maxScriptRequestsPerSecond", Done),
        Key("maxChunkRequestsPerSecond", Done),
        Key("timeBufferInMilliseconds", Done),
    ],
};
