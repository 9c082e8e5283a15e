//! Scripts of all keys that are carried out, made by chance; and what must hold of any script.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use star_core::draw::Draws;

use super::super::keys::{self, Mapping};
use super::super::step::is_method;
use super::*;

/// An authority, beside the files of `data/generate`.
const AUTHORITY: &str = "../../../../../run/http/tls/testdata/unknown.pem";

/// What asks for a signature.
const HOOK: &str = "addAmazonSignatureV4";

/// A certificate and its key.
const CLIENT: &str = "../../../../../run/http/tls/testdata/client.pem";

/// A script that is carried out, of the keys that the tables have. Needs the files of `data/generate`.
pub(super) fn script(seed: u64) -> Value {
    let mut maker = Maker {
        draws: Draws::new(seed, 0, 0, 0),
        level: 0,
        names: 0,
    };
    let mut script = maker.mapping(&keys::SCRIPT, &["config", "scenarios"]);
    // Who asks to be signed needs somebody who does.
    if script.to_string().contains(HOOK) {
        let plugins = &mut script["config"]["plugins"];
        if !plugins.is_object() {
            *plugins = json!({});
        }
        plugins["aws-sigv4"] = signing();
    }
    script
}

/// How requests are signed, by who the environment says.
fn signing() -> Value {
    json!({ "serviceName": "execute-api", "region": "eu-west-1" })
}

/// Reads a text as a script whose files are in `data/generate`.
pub(super) fn generated(text: &str) -> Document {
    let mut sources = Sources::default();
    let root = star_yaml::read(&mut sources, "s.yml", text).unwrap_or_else(|fault| {
        panic!("{}\n{text}", fault.one_line(&Sources::default()));
    });
    let folder = "src/script/parse/tests/data/generate";
    let mut document = Document::new(sources, root, folder);
    // What a plugin needs of the environment.
    document
        .options
        .give("env-file", format!("{folder}/keys.env"));
    document
}

/// A value as YAML that has each key on a line of its own.
pub(super) fn yaml(value: &Value) -> String {
    let mut out = String::new();
    write_yaml(value, 0, &mut out);
    out
}

fn write_yaml(value: &Value, indent: usize, out: &mut String) {
    let blanks = " ".repeat(indent);
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                let plain = key
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter));
                let key = if plain && !key.is_empty() {
                    key.clone()
                } else {
                    Value::from(key.as_str()).to_string()
                };
                let _infallible = write!(out, "{blanks}{key}:");
                behind(value, indent + 2, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let _infallible = write!(out, "{blanks}-");
                behind(item, indent + 2, out);
            }
        }
        scalar => {
            let _infallible = writeln!(out, "{blanks}{scalar}");
        }
    }
}

fn behind(value: &Value, indent: usize, out: &mut String) {
    let nested = match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if nested {
        out.push('\n');
        write_yaml(value, indent, out);
    } else {
        let _infallible = writeln!(out, " {value}");
    }
}

fn drop(map: &mut Map<String, Value>, keys: &[&str]) {
    map.retain(|key, _| !keys.contains(&key.as_str()));
}

/// Takes out what is of no use alone.
fn together(map: &mut Map<String, Value>, one: &str, other: &str) {
    if !(map.contains_key(one) && map.contains_key(other)) {
        drop(map, &[one, other]);
    }
}

struct Maker {
    draws: Draws,
    /// How many flows are around.
    level: usize,
    /// For names that must differ.
    names: usize,
}

impl Maker {
    fn below(&mut self, bound: u64) -> u64 {
        self.draws.below(bound)
    }

    fn chance(&mut self) -> bool {
        self.below(2) == 0
    }

    fn one_of<T: Clone>(&mut self, values: &[T]) -> T {
        let at = self.below(values.len() as u64) as usize;
        values[at].clone()
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("name{}", self.names)
    }

    /// A mapping with these keys and some of the others.
    fn mapping(&mut self, mapping: &'static Mapping, needed: &[&str]) -> Value {
        let mut map = Map::new();
        for key in mapping.done() {
            if needed.contains(&key) || self.chance() {
                map.insert(key.to_owned(), self.value(mapping, key));
            }
        }
        self.reconcile(mapping, &mut map);
        Value::Object(map)
    }

    /// Takes out what excludes other keys that are there, and puts in what others need.
    fn reconcile(&mut self, mapping: &'static Mapping, map: &mut Map<String, Value>) {
        let noun = mapping.noun;
        let first = self.chance();
        let either = |one, other| if first { one } else { other };
        if noun == keys::PHASE.noun && self.below(4) == 0 {
            map.retain(|key, _| key == "name");
            map.insert("pause".to_owned(), json!(1));
        } else if noun == keys::PHASE.noun {
            drop(map, &["pause", either("arrivalRate", "arrivalCount")]);
            if map.contains_key("arrivalCount") {
                drop(map, &["rampTo"]);
            } else {
                map.entry("arrivalRate").or_insert(json!(2));
            }
        } else if noun == keys::TLS.noun {
            let new = ["certificateAuthority", "certificate", "key"];
            drop(map, if first { &["client"] } else { &new });
            together(map, "certificate", "key");
        } else if noun == keys::TLS_CLIENT.noun {
            together(map, "cert", "key");
        } else if noun == keys::REQUEST.noun {
            let bodies = ["json", "body", "form", "formData"];
            let kept = self.one_of(&bodies);
            drop(
                map,
                &bodies.map(|body| if body == kept { "" } else { body }),
            );
        } else if noun == keys::CAPTURE.noun || noun == keys::MATCH.noun {
            self.one_source(map);
        } else if noun == keys::PART.noun {
            drop(map, &[either("value", "fromFile")]);
            if !map.contains_key("fromFile") {
                map.entry("value").or_insert(json!("text"));
            }
        } else if noun == keys::PAYLOAD.noun {
            if map.get("loadAll") == Some(&json!(true)) {
                drop(map, &["order"]);
                map.insert("name".to_owned(), json!("rows"));
            } else {
                drop(map, &["name"]);
            }
        } else if noun == keys::EXPECT.noun && map.contains_key("description") {
            map.entry("jmespath").or_insert(json!("a"));
        } else if noun == keys::EXPECT.noun && map.is_empty() {
            map.insert("statusCode".to_owned(), json!(200));
        } else if noun == keys::CSV.noun && map.contains_key("comment") {
            drop(map, &["skip_empty_lines"]);
        } else if noun == keys::LOOP.noun {
            drop(map, &[either("count", "over")]);
            if !map.contains_key("over") {
                map.entry("count").or_insert(json!(2));
            }
        }
    }

    /// Of the places that a capture can look in one, and what belongs to that.
    fn one_source(&mut self, map: &mut Map<String, Value>) {
        const SOURCES: [(&str, &[&str]); 5] = [
            ("json", &["multiple"]),
            ("header", &[]),
            ("regexp", &["group", "flags"]),
            ("xpath", &[]),
            ("selector", &["attr", "index"]),
        ];
        let there = SOURCES.map(|(source, _)| source);
        let there: Vec<_> = there
            .into_iter()
            .filter(|key| map.contains_key(*key))
            .collect();
        let kept = self.one_of(&there);
        for (source, more) in SOURCES.into_iter().filter(|(source, _)| *source != kept) {
            drop(map, &[source]);
            drop(map, more);
        }
    }

    fn several(&mut self, make: impl Fn(&mut Self) -> Value) -> Value {
        (0..=self.below(2)).map(|_| make(self)).collect()
    }

    fn text(&mut self) -> Value {
        self.one_of(&[
            json!("plain"),
            json!("{{ v }}"),
            json!("a {{ list[0] }} {{ $uuid }}"),
            json!("{{ $randomNumber(1, 9) }}-{{ $randomString(3) }}"),
            json!("é {{ 1 + 1 }}"),
        ])
    }

    /// One of `publish-metrics`.
    fn sink(&mut self) -> Value {
        self.one_of(&[
            json!({"type": "statsd", "host": "h", "port": "9125", "prefix": "", "excluded": ["a"]}),
            json!({"type": "influxdb-statsd", "tags": ["a:b"], "includeOnly": ["http."]}),
            json!({"type": "datadog", "apiKey": "k", "apiHost": "datadoghq.eu"}),
            json!({"type": "influxdb", "url": "http://h:1/x", "database": "d", "username": "u"}),
            json!({"type": "influxdb", "url": "https://h", "org": "o", "bucket": "b", "token": "t"}),
            json!({"type": "cloudwatch", "name": "n", "dimensions": [{"name": "a", "value": "b"}]}),
        ])
    }

    /// A client's certificate with its key.
    fn client(&mut self) -> Value {
        let text = include_str!("../../../run/http/tls/testdata/client.pem");
        self.one_of(&[json!(CLIENT), json!(text)])
    }

    fn headers(&mut self) -> Value {
        json!({ "x-a": self.text_of_ascii(), "Authorization": "Bearer {{ v }}" })
    }

    fn text_of_ascii(&mut self) -> Value {
        self.one_of(&[json!("plain"), json!("{{ v }}"), json!(5)])
    }

    fn flow(&mut self) -> Value {
        self.level += 1;
        let flow = (0..=self.below(3)).map(|_| self.step()).collect();
        self.level -= 1;
        flow
    }

    fn step(&mut self) -> Value {
        let deep = self.level > 3;
        let kinds: Vec<_> = keys::STEP
            .done()
            .filter(|kind| !deep || (*kind != "loop" && *kind != "parallel"))
            .collect();
        let kind = self.one_of(&kinds);
        match kind {
            "loop" => return self.mapping(&keys::LOOP, &["loop"]),
            "think" => return self.mapping(&keys::THINK, &["think"]),
            "parallel" => return self.mapping(&keys::PARALLEL, &["parallel"]),
            _ => {}
        }
        let value = self.value(&keys::STEP, kind);
        json!({ kind: value })
    }

    fn request(&mut self, method: &str) -> Value {
        let mut request = self.mapping(&keys::REQUEST, &["url"]);
        if let ("get" | "head", Value::Object(map)) = (method, &mut request) {
            drop(map, &["json", "body", "form", "formData"]);
        }
        request
    }

    /// A value that is good under a key.
    fn value(&mut self, mapping: &'static Mapping, key: &str) -> Value {
        let noun = mapping.noun;
        let is = |other: &Mapping| noun == other.noun;
        match key {
            _ if is(&keys::STEP) && is_method(key) => self.request(key),
            "config" => self.mapping(&keys::CONFIG, &["target", "variables"]),
            "scenarios" => self.several(|maker| maker.mapping(&keys::SCENARIO, &["flow"])),
            "includes" => self.one_of(&[json!("base.yml"), json!(["base.yml", "base.yml"])]),
            "_split" => self.mapping(&keys::SPLIT, &[]),
            "_simulation" | "_trace" => self.one_of(&[json!(true), json!(false), json!(1)]),
            "sampling" => self.mapping(&keys::SAMPLING, &["size"]),
            "mode" if is(&keys::SCRIPT) => self.one_of(&[
                json!("perf"),
                json!("performance"),
                json!("acceptance"),
                json!("mon"),
            ]),
            "size" => json!(self.below(9) + 6),
            "averagePause" => self.one_of(&[json!(0.2), json!("0.3")]),
            "pauseVariance" => self.one_of(&[json!(0), json!(0.1)]),
            "errorBudget" => json!(self.below(5)),
            "warningThreshold" => self.one_of(&[json!(0.5), json!(1)]),
            "mode" => self.one_of(&[json!("uniform"), json!("poisson")]),
            "target" => self.one_of(&[json!("http://t"), json!("https://t:81/base")]),
            "phases" => self.several(|maker| maker.mapping(&keys::PHASE, &["duration"])),
            "variables" => {
                json!({"v": "x", "list": [[1, 2.5]], "own": self.one_of(&[json!("plain"), json!("{{ $randomString(3) }}")]), "of": ["a", {"b": null}]})
            }
            "payload" if self.chance() => self.mapping(&keys::PAYLOAD, &["path", "fields"]),
            "payload" => self.several(|maker| maker.mapping(&keys::PAYLOAD, &["path", "fields"])),
            "defaults" => self.mapping(&keys::DEFAULTS, &[]),
            "http" => self.mapping(&keys::HTTP, &[]),
            "tls" => self.mapping(&keys::TLS, &[]),
            "client" => self.mapping(&keys::TLS_CLIENT, &[]),
            "certificate" | "cert" | "key" => self.client(),
            "certificateAuthority" | "ca" => json!(AUTHORITY),
            "serverName" => json!("t.example"),
            "dns" => self.one_of(&[json!("run"), json!("user")]),
            "timeout" | "bodyTimeout" => self.one_of(&[json!(3), json!(0.5), json!("800ms")]),
            "plugins" => self.mapping(&keys::PLUGINS, &[]),
            "apdex" => self.mapping(&keys::APDEX, &[]),
            "threshold" => json!(250),
            "metrics-by-endpoint" => self.mapping(&keys::ENDPOINTS, &[]),
            "cookieJarOptions" => self.mapping(&keys::COOKIE_JAR, &[]),
            "prefixSecurity" => self.one_of(&[json!("silent"), json!("unsafe-disabled")]),
            "cookie" => json!({"c": self.text_of_ascii()}),
            "before" | "after" => self.mapping(&keys::ONCE, &["flow"]),
            "think" if is(&keys::DEFAULTS) => self.mapping(&keys::DEFAULT_THINK, &[]),
            "jitter" => self.one_of(&[json!(20), json!("20%"), json!("0.5s")]),
            "environments" => json!({"staging": {"target": "http://s"}}),
            "headers" => self.headers(),
            "strictCapture"
            | "rejectUnauthorized"
            | "resumeSessions"
            | "skipHeader"
            | "cast"
            | "loadAll"
            | "trim"
            | "ltrim"
            | "rtrim"
            | "strict"
            | "multiple"
            | "followRedirect"
            | "gzip"
            | "allowGetBody"
            | "looseMode"
            | "extendedMetrics"
            | "useOnlyRequestNames"
            | "stripQueryString"
            | "ignoreUnnamedRequests"
            | "groupDynamicURLs"
            | "suppressOutput" => json!(self.chance()),
            "http2" => json!(false),
            "skipEmptyLines" | "skip_empty_lines" | "allowSpecialUseDomain" => json!(true),
            "duration" => self.one_of(&[json!(3), json!(2.5), json!("1m"), json!("4")]),
            "arrivalRate" | "rampTo" => self.one_of(&[json!(1), json!(0.5), json!("7")]),
            "arrivalCount" => self.one_of(&[json!(3), json!("4")]),
            "pause" => json!(1.5),
            "maxVusers" | "pool" | "limit" => json!(1 + self.below(9)),
            "path" | "fromFile" => json!("rows.csv"),
            "fields" => json!([self.name(), self.name()]),
            "order" => self.one_of(&[json!("random"), json!("sequence")]),
            "delimiter" => json!(","),
            "options" => self.mapping(&keys::CSV, &[]),
            "quote" | "escape" => self.one_of(&[json!("'"), json!(false)]),
            "comment" => json!("#"),
            "from" => json!(1 + self.below(2)),
            "to" => json!(3 + self.below(9)),
            "maxScriptDurationInSeconds" => json!(86_400),
            "maxChunkDurationInSeconds" => json!(15 + self.below(200)),
            "maxScriptRequestsPerSecond" => json!(25_000),
            "maxChunkRequestsPerSecond" => json!(1 + self.below(400)),
            "timeBufferInMilliseconds" => json!(5000 + self.below(9000)),
            _ => self.value_in_scenario(mapping, key),
        }
    }

    fn value_in_scenario(&mut self, mapping: &'static Mapping, key: &str) -> Value {
        let noun = mapping.noun;
        let is = |other: &Mapping| noun == other.noun;
        match key {
            "name" | "loopValue" | "loopElement" | "metricsNamespace" => json!(self.name()),
            "weight" => json!(1 + self.below(5)),
            "flow" | "loop" | "parallel" => self.flow(),
            "engine" => json!("http"),
            "think" => self.one_of(&[json!(1), json!("500ms"), json!("{{ list[0] }}")]),
            "include" => json!("steps.yml"),
            "url" => self.one_of(&[
                json!("/"),
                json!("/{{ v }}?x={{ $randomString() }}"),
                json!("http://u/"),
            ]),
            "qs" => json!({"q": [1, self.text()], "{{ v }}": "x y"}),
            "form" => json!({"a": self.text(), "list": [1, 2]}),
            "formData" => {
                json!({"a": "b", "part": self.mapping(&keys::PART, &["value", "fromFile"])})
            }
            "value" => self.one_of(&[json!("open"), json!("{{ v }}")]),
            "contentType" => json!("text/csv"),
            "auth" => self.mapping(&keys::AUTH, &["user", "pass"]),
            "user" | "pass" => self.one_of(&[json!("me"), json!("{{ v }}")]),
            "ifTrue" => self.one_of(&[json!("v == \"x\""), json!("length of list > 1 or not v")]),
            "probability" => self.one_of(&[json!(50), json!("12.5")]),
            "header" => self.one_of(&[json!("X-Id"), json!("{{ v }}")]),
            "regexp" => self.one_of(&[json!("id=(\\w+)"), json!("(a)|(?<t>b)")]),
            "group" => json!(1),
            "flags" => json!("i"),
            "expect" if is(&keys::PLUGINS) => self.mapping(&keys::EXPECT_PLUGIN, &[]),
            "expect" if self.chance() => self.mapping(&keys::EXPECT, &[]),
            "expect" => self.several(|maker| maker.mapping(&keys::EXPECT, &["statusCode"])),
            "statusCode" | "notStatusCode" => {
                self.one_of(&[json!(200), json!([200, "201"]), json!("{{ v }}")])
            }
            "hasProperty" | "notHasProperty" => self.one_of(&[json!("a.b[0]"), json!("{{ v }}")]),
            "equals" => json!(["{{ v }}", 1]),
            "hasHeader" => json!("X-Id"),
            "jmespath" | "jpath" => json!("a[?b == `1`]"),
            "description" => json!("there is a b"),
            "headerEquals" => json!(["x-{{ v }}", "a"]),
            "matchesRegexp" => self.one_of(&[json!("(a)|b"), json!("{{ v }}")]),
            "cdnHit" | "reportFailuresAsErrors" | "useOnlyRequestNames" | "expectDefault200" => {
                json!(self.chance())
            }
            "ensure" => self.mapping(&keys::ENSURE, &[]),
            "beforeRequest" => json!(HOOK),
            "aws-sigv4" => signing(),
            "publish-metrics" => self.several(Self::sink),
            "statsd" => json!({"host": "h", "port": 1, "prefix": "a"}),
            "datadog" => json!({"prefix": "a.", "tags": ["a:b", "c"]}),
            "influxdb" => {
                json!({"influx": {"host": "h", "database": "d", "password": "p"}, "tags": {"a": "b"}, "testName": "t"})
            }
            "cloudwatch" => json!({"namespace": "n", "extended": self.chance()}),
            "thresholds" => json!([{ "http.response_time.p99": 500 }, { "a b-c": "0.5" }]),
            "conditions" => self.several(|maker| maker.mapping(&keys::CONDITION, &["expression"])),
            "expression" => {
                self.one_of(&[json!("vusers.failed < 1"), json!("a > 1 and 'b c' < 2")])
            }
            "min" | "max" | "median" | "p95" | "p99" => json!(self.below(900)),
            "maxErrorRate" => json!(self.below(101)),
            "xpath" => json!("//a/@b"),
            "selector" => json!("li a[href]"),
            "attr" => json!("href"),
            "index" => self.one_of(&[json!(1), json!("last"), json!("random")]),
            "json" if is(&keys::CAPTURE) || is(&keys::MATCH) => self.one_of(&[
                json!("$.id"),
                json!("$..[?(@.a > 1)].b"),
                json!("$.{{ v }}"),
            ]),
            "json" => json!({"a": [1.0, null, self.text()], "{{ v }}": true}),
            "body" | "log" => self.text(),
            "match" if self.chance() => self.mapping(&keys::MATCH, &["json", "value"]),
            "match" => self.several(|maker| maker.mapping(&keys::MATCH, &["json", "value"])),
            "capture" if self.chance() => self.mapping(&keys::CAPTURE, &["json", "as"]),
            "capture" => self.several(|maker| maker.mapping(&keys::CAPTURE, &["json", "as"])),
            "as" => self.one_of(&[json!("id"), json!("deep.id"), json!("v")]),
            "count" => self.one_of(&[json!(2), json!("1-3"), json!("{{ list[0] }}")]),
            "over" => self.one_of(&[json!([1, "a", {"b": 2}]), json!("list")]),
            _ => panic!(
                "no value is generated for `{key}` of {noun}: a key that is carried out needs one here"
            ),
        }
    }
}

/// What is wrong with a script.
fn faults(document: &Document, errors: &star_core::document::Diagnostics) -> String {
    let lines = errors.iter().map(|error| error.one_line(&document.sources));
    lines.collect::<Vec<_>>().join("\n")
}

/// A text's script, without what names the file.
fn read_generated(text: &str) -> Result<Script, String> {
    let mut document = generated(text);
    parse(&mut document).map_err(|errors| faults(&document, &errors))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_script_of_known_keys_is_read_the_same_in_any_form(seed: u64) {
        let json = script(seed);
        let text = yaml(&json);
        let read = read_generated(&text);
        prop_assert!(read.is_ok(), "{}\n{text}", read.unwrap_err());
        let read = read.unwrap();
        for other in [json.to_string(), serde_json::to_string_pretty(&json).unwrap()] {
            let also = read_generated(&other);
            prop_assert_eq!(also.as_ref(), Ok(&read), "{}", other);
        }
        // A tree gives its JSON form, whatever it was written in.
        prop_assert_eq!(generated(&text).root.to_json(), json);
        let wire = serde_json::to_string(&read).unwrap();
        let back: Script = serde_json::from_str(&wire).unwrap();
        prop_assert_eq!(&back, &read);
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), wire);
        prop_assert!(crate::run::check(&read).is_ok());
    }
}

#[test]
fn every_key_that_is_carried_out_is_generated() {
    let all = [
        &keys::SCRIPT,
        &keys::CONFIG,
        &keys::TLS,
        &keys::TLS_CLIENT,
        &keys::HTTP,
        &keys::DEFAULTS,
        &keys::PHASE,
        &keys::PAYLOAD,
        &keys::CSV,
        &keys::SPLIT,
        &keys::SCENARIO,
        &keys::REQUEST,
        &keys::CAPTURE,
        &keys::MATCH,
        &keys::AUTH,
        &keys::PART,
        &keys::COOKIE_JAR,
        &keys::PLUGINS,
        &keys::APDEX,
        &keys::ENDPOINTS,
        &keys::ONCE,
        &keys::STEP,
        &keys::LOOP,
        &keys::THINK,
        &keys::DEFAULT_THINK,
        &keys::PARALLEL,
    ];
    let mut missing: Vec<(&str, &str)> = all
        .iter()
        .flat_map(|mapping| mapping.done().map(|key| (mapping.noun, key)))
        .collect();
    for seed in 0..300 {
        let document = generated(&yaml(&script(seed)));
        for position in super::typos::positions(&document.root) {
            missing
                .retain(|(noun, key)| *noun != position.mapping.noun || *key != position.entry.key);
        }
    }
    // They stand for their steps as well.
    let steps = [
        (keys::LOOP.noun, "loop"),
        (keys::THINK.noun, "think"),
        (keys::PARALLEL.noun, "parallel"),
    ];
    missing.retain(|missing| !steps.contains(missing));
    assert_eq!(missing, []);
}
