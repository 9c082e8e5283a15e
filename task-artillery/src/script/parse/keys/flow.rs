//! The keys of scenarios and their steps.

use super::Status::{self, Done, Elsewhere, Harmless};
use super::{JAVASCRIPT, Key, Mapping, OTHER_ENGINE};

const IN_FLOW: Status = Elsewhere("it belongs to the list `flow` of a scenario");
const IN_ITS_FLOW: Status = Elsewhere("it belongs to the list `flow` under it");
const IN_REQUEST: Status = Elsewhere("it belongs to a request, as in `get: { url: \"/\" }`");

pub(in crate::script::parse) static SCENARIO: Mapping = Mapping {
    noun: "a scenario",
    rest: "",
    keys: &[
        Key("name", Done),
        Key("weight", Done),
        Key("flow", Done),
        Key("engine", Done),
        Key("beforeScenario", JAVASCRIPT),
        Key("afterScenario", JAVASCRIPT),
        Key("beforeRequest", Done),
        Key("afterResponse", JAVASCRIPT),
        Key("onError", JAVASCRIPT),
        Key("description", Harmless("it is in no report")),
        Key("tags", Harmless("they are in no report")),
        Key("flowFunction", JAVASCRIPT),
        Key("testFunction", JAVASCRIPT),
        Key("get", IN_FLOW),
        Key("post", IN_FLOW),
        Key("put", IN_FLOW),
        Key("patch", IN_FLOW),
        Key("delete", IN_FLOW),
        Key("head", IN_FLOW),
        Key("options", IN_FLOW),
        Key("think", IN_FLOW),
        Key("loop", IN_FLOW),
        Key("parallel", IN_FLOW),
        Key("log", IN_FLOW),
        Key("url", IN_REQUEST),
        Key("capture", IN_REQUEST),
    ],
};

/// `before` and `after`.
pub(in crate::script::parse) static ONCE: Mapping = Mapping {
    noun: "what is done once",
    rest: "",
    keys: &[
        Key("flow", Done),
        Key("engine", Done),
        Key("name", Harmless("it is in no report")),
        Key("weight", Harmless("it is done once")),
        Key("processor", JAVASCRIPT),
        Key("beforeScenario", JAVASCRIPT),
        Key("afterScenario", JAVASCRIPT),
        Key("beforeRequest", JAVASCRIPT),
        Key("afterResponse", JAVASCRIPT),
        Key("onError", JAVASCRIPT),
        Key("get", IN_ITS_FLOW),
        Key("post", IN_ITS_FLOW),
        Key("put", IN_ITS_FLOW),
        Key("patch", IN_ITS_FLOW),
        Key("delete", IN_ITS_FLOW),
        Key("head", IN_ITS_FLOW),
        Key("options", IN_ITS_FLOW),
        Key("think", IN_ITS_FLOW),
        Key("loop", IN_ITS_FLOW),
        Key("parallel", IN_ITS_FLOW),
        Key("log", IN_ITS_FLOW),
    ],
};

pub(in crate::script::parse) static REQUEST: Mapping = Mapping {
    noun: "a request",
    rest: "",
    keys: &[
        Key("url", Done),
        Key("name", Done),
        Key("headers", Done),
        Key("json", Done),
        Key("body", Done),
        Key("capture", Done),
        Key("followRedirect", Done),
        Key("gzip", Done),
        Key("qs", Done),
        Key("form", Done),
        Key("formData", Done),
        Key("auth", Done),
        Key("cookie", Done),
        Key("timeout", Done),
        Key("allowGetBody", Done),
        Key("http2", Done),
        Key(
            "setContentLengthHeader",
            Harmless("the length of what is sent is always counted and said"),
        ),
        Key("match", Done),
        Key("expect", Done),
        Key("ifTrue", Done),
        Key("probability", Done),
        Key("beforeRequest", Done),
        Key("afterResponse", JAVASCRIPT),
        Key("onError", JAVASCRIPT),
        Key(
            "think",
            Elsewhere("it is a step of its own, in the list `flow`"),
        ),
        Key("as", Elsewhere("it belongs under `capture`")),
        Key("content-type", Elsewhere("it belongs under `headers`")),
        Key("authorization", Elsewhere("it belongs under `headers`")),
    ],
};

pub(in crate::script::parse) static AUTH: Mapping = Mapping {
    noun: "`auth`",
    rest: "",
    keys: &[Key("user", Done), Key("pass", Done)],
};

/// What stands for a value in `formData`.
pub(in crate::script::parse) static PART: Mapping = Mapping {
    noun: "a part",
    rest: "",
    keys: &[
        Key("fromFile", Done),
        Key("value", Done),
        Key("contentType", Done),
    ],
};

pub(in crate::script::parse) static CAPTURE: Mapping = Mapping {
    noun: "a capture",
    rest: "",
    keys: &[
        Key("json", Done),
        Key("header", Done),
        Key("regexp", Done),
        Key("group", Done),
        Key("flags", Done),
        Key("xpath", Done),
        Key("selector", Done),
        Key("attr", Done),
        Key("index", Done),
        Key("as", Done),
        Key("strict", Done),
        Key("multiple", Done),
        Key("transform", JAVASCRIPT),
        Key("value", Elsewhere("it belongs to `match`")),
    ],
};

pub(in crate::script::parse) static MATCH: Mapping = Mapping {
    noun: "a match",
    rest: "",
    keys: &[
        Key("json", Done),
        Key("header", Done),
        Key("regexp", Done),
        Key("group", Done),
        Key("flags", Done),
        Key("xpath", Done),
        Key("selector", Done),
        Key("attr", Done),
        Key("index", Done),
        Key("value", Done),
        Key("strict", Done),
        Key("as", Elsewhere("it belongs to `capture`")),
        Key("multiple", Elsewhere("it belongs to `capture`")),
    ],
};

/// What a step may be. Beside it stand the keys of [`LOOP`] and so on, if it has any.
pub(in crate::script::parse) static STEP: Mapping = Mapping {
    noun: "a step",
    rest: "",
    keys: &[
        Key("get", Done),
        Key("post", Done),
        Key("put", Done),
        Key("patch", Done),
        Key("delete", Done),
        Key("head", Done),
        Key("options", Done),
        Key("think", Done),
        Key("loop", Done),
        Key("include", Done),
        Key("parallel", Done),
        Key("log", Done),
        Key("function", JAVASCRIPT),
        Key("connect", OTHER_ENGINE),
        Key("send", OTHER_ENGINE),
        Key("emit", OTHER_ENGINE),
        Key("acknowledge", OTHER_ENGINE),
    ],
};

/// Whether a kind of step belongs to an engine that this version does not have: nobody mistypes those.
pub(in crate::script::parse) fn is_of_other_engine(kind: &str) -> bool {
    STEP.status(kind) == Some(OTHER_ENGINE)
}

/// What stands beside `loop`.
pub(in crate::script::parse) static LOOP: Mapping = Mapping {
    noun: "a loop",
    rest: "",
    keys: &[
        Key("loop", Done),
        Key("count", Done),
        Key("over", Done),
        Key("loopValue", Done),
        Key("loopElement", Done),
        Key("whileTrue", JAVASCRIPT),
    ],
};

/// What stands beside `think`.
pub(in crate::script::parse) static THINK: Mapping = Mapping {
    noun: "a pause",
    rest: "",
    keys: &[Key("think", Done), Key("jitter", Done)],
};

/// What `config.defaults` says of pauses.
pub(in crate::script::parse) static DEFAULT_THINK: Mapping = Mapping {
    noun: "`think` in `defaults`",
    rest: "",
    keys: &[Key("jitter", Done)],
};

/// What stands beside `parallel`.
pub(in crate::script::parse) static PARALLEL: Mapping = Mapping {
    noun: "a parallel step",
    rest: "",
    keys: &[Key("parallel", Done), Key("limit", Done)],
};
