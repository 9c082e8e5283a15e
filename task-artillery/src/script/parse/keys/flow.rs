//! The keys of scenarios and their steps.

use super::Status::{self, Done, Elsewhere, Harmless, NotYet, Silent};
use super::{JAVASCRIPT, Key, Mapping, OTHER_ENGINE};

const IN_FLOW: Status = Elsewhere("it belongs to the list `flow` of a scenario");
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
        Key("beforeRequest", JAVASCRIPT),
        Key("afterResponse", JAVASCRIPT),
        Key("onError", JAVASCRIPT),
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
        Key("url", IN_REQUEST),
        Key("capture", IN_REQUEST),
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
        Key(
            "match",
            NotYet("a strict `capture` fails a user whose answer lacks something"),
        ),
        Key(
            "expect",
            NotYet("a strict `capture` fails a user whose answer lacks something"),
        ),
        Key(
            "ifTrue",
            NotYet("scenarios with weights choose between requests"),
        ),
        Key(
            "probability",
            NotYet("scenarios with weights choose between requests"),
        ),
        Key("beforeRequest", JAVASCRIPT),
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
        Key("as", Done),
        Key("strict", Done),
        Key("header", FROM_JSON),
        Key("regexp", FROM_JSON),
        Key("group", FROM_JSON),
        Key("flags", FROM_JSON),
        Key("xpath", FROM_JSON),
        Key("selector", FROM_JSON),
        Key("attr", FROM_JSON),
        Key("index", FROM_JSON),
        Key(
            "multiple",
            NotYet("of several hits one is taken at random; name one, as in `$.items[0]`"),
        ),
        Key("transform", JAVASCRIPT),
        Key("value", Elsewhere("it belongs to `match`")),
    ],
};

const FROM_JSON: Status = NotYet("this version captures from JSON: `json: \"$.path\"`");

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
        Key(
            "parallel",
            NotYet("its steps can be done one after another"),
        ),
        Key("log", NotYet("leave it out")),
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
    keys: &[
        Key("think", Done),
        Key(
            "jitter",
            NotYet("write it as `think: \"{{ $randomNumber(1, 3) }}\"`"),
        ),
    ],
};

/// What stands beside `parallel`.
pub(in crate::script::parse) static PARALLEL: Mapping = Mapping {
    noun: "a parallel step",
    rest: "",
    keys: &[Key("parallel", Silent), Key("limit", Silent)],
};
