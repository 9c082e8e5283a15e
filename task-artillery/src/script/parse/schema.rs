//! The JSON Schema of scripts, made of the tables of keys.

use serde_json::{Map, Value, json};
use star_core::job::{SIMULATION, TRACE};

use super::keys::{self, Mapping, Status};

/// The JSON Schema (draft 7) of scripts, for editors: the keys that are carried out, and those that have no effect. What it lets pass may
/// still be wrong; what is right it lets pass.
pub fn schema() -> Value {
    let definitions = [
        ("config", of_mapping(&keys::CONFIG)),
        ("tls", of_mapping(&keys::TLS)),
        ("client", of_mapping(&keys::TLS_CLIENT)),
        ("http", of_mapping(&keys::HTTP)),
        ("cookieJarOptions", of_mapping(&keys::COOKIE_JAR)),
        ("defaults", of_mapping(&keys::DEFAULTS)),
        ("plugins", of_mapping(&keys::PLUGINS)),
        ("metrics-by-endpoint", of_mapping(&keys::ENDPOINTS)),
        ("apdex", of_mapping(&keys::APDEX)),
        ("phase", of_mapping(&keys::PHASE)),
        ("payload", of_mapping(&keys::PAYLOAD)),
        ("options", of_mapping(&keys::CSV)),
        ("split", of_mapping(&keys::SPLIT)),
        ("sampling", of_mapping(&keys::SAMPLING)),
        ("scenario", of_mapping(&keys::SCENARIO)),
        ("once", of_mapping(&keys::ONCE)),
        ("steps", steps()),
        ("request", of_mapping(&keys::REQUEST)),
        ("auth", of_mapping(&keys::AUTH)),
        ("part", of_mapping(&keys::PART)),
        ("capture", of_mapping(&keys::CAPTURE)),
        ("match", of_mapping(&keys::MATCH)),
        ("expect", of_mapping(&keys::EXPECT)),
        ("expectPlugin", of_mapping(&keys::EXPECT_PLUGIN)),
        ("ensure", of_mapping(&keys::ENSURE)),
        ("condition", of_mapping(&keys::CONDITION)),
        ("sink", sink()),
    ];
    let mut script = of_mapping(&keys::SCRIPT);
    let own = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Artillery script",
        "required": ["scenarios"],
        "patternProperties": { "^x-": {} },
        "definitions": Map::from_iter(definitions.map(|(name, schema)| (name.to_owned(), schema))),
    });
    if let (Value::Object(script), Value::Object(own)) = (&mut script, own) {
        script.extend(own);
    }
    script
}

/// A mapping with the keys of a table.
fn of_mapping(mapping: &Mapping) -> Value {
    json!({
        "type": "object",
        "properties": properties([mapping]),
        "additionalProperties": false,
    })
}

/// A flow: steps, and lists of steps.
fn steps() -> Value {
    let mut properties = properties([&keys::STEP, &keys::LOOP, &keys::THINK, &keys::PARALLEL]);
    // The methods' names are read in any case; editors are offered one.
    let methods = properties.keys().filter(|key| super::step::is_method(key));
    let capitals: Vec<String> = methods.map(|key| key.to_uppercase()).collect();
    properties.extend(capitals.into_iter().map(|key| (key, reference("request"))));
    let step = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    json!({ "type": "array", "items": { "anyOf": [step, reference("steps")] } })
}

fn properties<'m>(mappings: impl IntoIterator<Item = &'m Mapping>) -> Map<String, Value> {
    let mut properties = Map::new();
    for mapping in mappings {
        for keys::Key(name, status) in mapping.keys {
            let schema = match status {
                Status::Done => of_key(mapping, name),
                Status::Silent if mapping.noun == keys::SCRIPT.noun => json!({}),
                Status::Harmless(reason) => {
                    json!({ "description": format!("No effect: {reason}.") })
                }
                Status::NotYet(_) | Status::Elsewhere(_) | Status::Silent => continue,
            };
            properties.insert((*name).to_owned(), schema);
        }
    }
    properties
}

/// What may stand under a key, as far as its name tells. But for `options`, which is also a method, a key means the same wherever it
/// stands.
fn of_key(mapping: &Mapping, name: &str) -> Value {
    match name {
        "think" if mapping.noun == keys::DEFAULTS.noun => of_mapping(&keys::DEFAULT_THINK),
        "expect" if mapping.noun == keys::PLUGINS.noun => reference("expectPlugin"),
        "options" if mapping.noun == keys::PAYLOAD.noun => reference(name),
        "publish-metrics" => one_or_many("sink"),
        "statsd" => of_mapping(&keys::OLD_STATSD),
        "datadog" => of_mapping(&keys::OLD_DATADOG),
        "influxdb" => of_mapping(&keys::OLD_INFLUX),
        "influx" => of_mapping(&keys::INFLUX_SERVER),
        "aws-sigv4" => of_mapping(&keys::SIGNING),
        "cloudwatch" => of_mapping(&keys::CLOUDWATCH),
        "config"
        | "tls"
        | "client"
        | "http"
        | "cookieJarOptions"
        | "defaults"
        | "plugins"
        | "auth"
        | "sampling"
        | "ensure"
        | "metrics-by-endpoint"
        | "apdex" => reference(name),
        "_split" => reference("split"),
        SIMULATION | TRACE => json!({ "type": ["boolean", "number"] }),
        "environments" => json!({ "type": "object", "additionalProperties": reference("config") }),
        "phases" => json!({ "type": "array", "items": reference("phase") }),
        "payload" => one_or_many("payload"),
        "scenarios" => json!({ "type": "array", "items": reference("scenario") }),
        "before" | "after" => reference("once"),
        "flow" | "loop" | "parallel" => reference("steps"),
        "expect" | "match" => {
            // No check would be one that cannot fail.
            let many = json!({ "type": "array", "items": reference(name), "minItems": 1 });
            json!({ "anyOf": [reference(name), many] })
        }
        "capture" => one_or_many(name),
        "size" if mapping.noun == keys::SAMPLING.noun => json!({ "minimum": 1 }),
        "headers" | "variables" | "qs" | "form" | "cookie" => json!({ "type": "object" }),
        "formData" => json!({ "type": "object", "additionalProperties": part() }),
        "conditions" => json!({ "type": "array", "items": reference("condition") }),
        "fields" | "thresholds" | "equals" | "headerEquals" | "includeOnly" | "excluded"
        | "dimensions" => json!({ "type": "array" }),
        "strictCapture"
        | "skipHeader"
        | "cast"
        | "skipEmptyLines"
        | "strict"
        | "multiple"
        | "followRedirect"
        | "gzip"
        | "allowGetBody"
        | "http2"
        | "cdnHit"
        | "looseMode"
        | "allowSpecialUseDomain"
        | "rejectUnauthorized"
        | "resumeSessions"
        | "loadAll"
        | "trim"
        | "ltrim"
        | "rtrim"
        | "skip_empty_lines"
        | "extendedMetrics"
        | "useOnlyRequestNames"
        | "stripQueryString"
        | "ignoreUnnamedRequests"
        | "groupDynamicURLs"
        | "suppressOutput"
        | "extended" => {
            json!({ "type": "boolean" })
        }
        "ifTrue" | "include" | "expression" | "metricsNamespace" | "certificate" | "cert"
        | "key" | "serverName" => {
            json!({ "type": "string" })
        }
        "includes" | "certificateAuthority" | "ca" => {
            let file = json!({ "type": "string" });
            json!({ "anyOf": [file, { "type": "array", "items": file }] })
        }
        "dns" => json!({ "enum": ["run", "user"] }),
        "prefixSecurity" => json!({ "enum": ["silent", "unsafe-disabled"] }),
        "order" => json!({ "enum": ["random", "sequence"] }),
        _ if super::step::is_method(name) => reference("request"),
        _ => json!({}),
    }
}

/// One of `publish-metrics`.
fn sink() -> Value {
    let kinds = [
        &keys::STATSD,
        &keys::DATADOG,
        &keys::INFLUX,
        &keys::CLOUDWATCH,
    ];
    json!({ "anyOf": kinds.map(of_mapping) })
}

/// One of `formData`: a mapping, or a value.
fn part() -> Value {
    let values = ["string", "number", "boolean"].map(|kind| json!({ "type": kind }));
    let [text, number, boolean] = values;
    json!({ "anyOf": [reference("part"), text, number, boolean] })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

fn one_or_many(name: &str) -> Value {
    json!({ "anyOf": [reference(name), { "type": "array", "items": reference(name) }] })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a value is as a schema says, for the words that the schema uses.
    fn fits(schema: &Value, whole: &Value, value: &Value) -> bool {
        if let Some(reference) = schema.get("$ref") {
            let at = reference.as_str().unwrap().trim_start_matches('#');
            return fits(whole.pointer(at).unwrap(), whole, value);
        }
        let any = schema.get("anyOf").and_then(Value::as_array);
        if any.is_some_and(|any| !any.iter().any(|one| fits(one, whole, value))) {
            return false;
        }
        let words = schema.get("enum").and_then(Value::as_array);
        if words.is_some_and(|words| !words.contains(value)) {
            return false;
        }
        let kind = match value {
            Value::Object(_) => "object",
            Value::Array(_) => "array",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Null => "null",
        };
        if schema.get("type").is_some_and(|wanted| wanted != kind) {
            return false;
        }
        let items = schema.get("items");
        let list = value.as_array().into_iter().flatten();
        let good = list
            .clone()
            .all(|item| items.is_none_or(|items| fits(items, whole, item)));
        let required = schema.get("required").and_then(Value::as_array);
        let there = required.is_none_or(|keys| {
            keys.iter()
                .all(|key| value.get(key.as_str().unwrap()).is_some())
        });
        let least = schema.get("minItems").and_then(Value::as_u64);
        let enough = list.count() as u64 >= least.unwrap_or(0) || !value.is_array();
        let least = schema.get("minimum").and_then(Value::as_f64);
        let number = value.as_f64();
        let high = least.is_none_or(|least| number.is_none_or(|number| number >= least));
        good && there
            && enough
            && high
            && value.as_object().into_iter().flatten().all(|(key, value)| {
                let known = schema.get("properties").and_then(|known| known.get(key));
                let free = schema.get("patternProperties").is_some() && key.starts_with("x-");
                match (known, schema.get("additionalProperties")) {
                    (Some(known), _) => fits(known, whole, value),
                    (None, _) if free => true,
                    (None, Some(Value::Bool(allowed))) => *allowed,
                    (None, Some(others)) => fits(others, whole, value),
                    (None, None) => true,
                }
            })
    }

    fn passes(text: &str) -> bool {
        let schema = schema();
        let document = star_yaml::document_from("s.yml", text.as_bytes(), "").unwrap();
        fits(&schema, &schema, &document.root.to_json())
    }

    #[test]
    fn good_scripts_pass() {
        assert!(passes(include_str!(
            "../../../../examples/scripts/demo.yml"
        )));
        assert!(passes(
            "x-a: 1\ntask: artillery\nconfig: {target: t, environments: {a: {phases: [{pause: 1}]}}, payload: [{path: a, order: sequence}], statsInterval: 3}\nbefore: {flow: [{get: {url: /}}]}\nscenarios: [{flow: [[{GET: {url: /}}], {loop: [{think: 1}], count: 3}, {post: {url: /, capture: {json: $, as: a}}}]}]"
        ));
    }

    #[test]
    fn certificates_pass() {
        for tls in [
            "{certificateAuthority: a.pem, certificate: a.pem, key: \"{{ $env.KEY }}\", serverName: a.example, resumeSessions: false}",
            "{certificateAuthority: [a.pem, b.pem], client: {ca: a.pem, cert: a.pem, key: a.pem}}",
        ] {
            assert!(passes(&format!(
                "config: {{target: t, tls: {tls}}}\nscenarios: []"
            )));
        }
    }

    #[test]
    fn what_requests_carry_passes() {
        assert!(passes(
            "config: {target: t, defaults: {cookie: {a: b}}, http: {dns: user, bodyTimeout: 5m, cookieJarOptions: {looseMode: true, prefixSecurity: silent}}}\nscenarios: [{flow: [{post: {url: /, qs: {a: [1]}, auth: {user: a, pass: b}, cookie: {a: 1}, form: {a: 1}, formData: {a: 1, b: x, c: true, d: {fromFile: x, contentType: y}, e: {value: 1}}, followRedirect: false, gzip: false, timeout: 5, allowGetBody: true, http2: false, setContentLengthHeader: true}}]}]"
        ));
    }

    #[test]
    fn sinks_pass() {
        assert!(passes(
            "config: {target: t, plugins: {publish-metrics: [{type: statsd, port: 8125, tags: [\"a:b\"], excluded: [x]}, {type: influxdb, url: u, bucket: b, token: t}, {type: cloudwatch, dimensions: [], extended: true}, {type: datadog, apiKey: k}], statsd: {host: h}, influxdb: {influx: {database: d}}, cloudwatch: {namespace: n}, datadog: {tags: []}}}\nscenarios: []"
        ));
    }

    #[test]
    fn samples_and_checks_pass() {
        assert!(passes(
            "sampling: {size: 1}\nscenarios: [{flow: [{get: {url: /, expect: {statusCode: 200}}}, {get: {url: /, expect: [{statusCode: 200}]}}]}]"
        ));
    }

    #[test]
    fn a_slip_in_a_key_does_not_pass() {
        for slip in [
            "{confg: {}, scenarios: []}",
            "{config: {taget: t}, scenarios: []}",
            "{config: {environments: {a: {taget: t}}}, scenarios: []}",
            "{config: {http: {tiemout: 3}}, scenarios: []}",
            "{config: {http: {dns: worker}}, scenarios: []}",
            "{config: {tls: {resumeSessions: 1}}, scenarios: []}",
            "{config: {tls: {cert: a.pem}}, scenarios: []}",
            "{config: {tls: {certificate: [a.pem]}}, scenarios: []}",
            "{config: {tls: {client: {certificate: a.pem}}}, scenarios: []}",
            "{config: {phases: [{arivalRate: 3}]}, scenarios: []}",
            "{config: {payload: {order: squence}}, scenarios: []}",
            "{scenarios: [{flwo: []}]}",
            "{before: {flwo: []}, scenarios: []}",
            "{after: [], scenarios: []}",
            "{scenarios: [{flow: [{gett: {}}]}]}",
            "{scenarios: [{flow: [{loop: [{get: {ulr: /}}]}]}]}",
            "{scenarios: [{flow: [{get: {capture: [{jsn: $}]}}]}]}",
            "{scenarios: [{flow: [{post: {formData: {a: {formFile: x}}}}]}]}",
            "{scenarios: [{flow: [{post: {formData: {a: [x]}}}]}]}",
            "{scenarios: [{flow: [{post: {auth: {password: x}}}]}]}",
            "{config: {http: {cookieJarOptions: {prefixSecurity: lax}}}, scenarios: []}",
            "{config: {plugins: {publish-metrics: [{type: statsd, hots: x}]}}, scenarios: []}",
            "{config: {plugins: {influxdb: {influx: {db: x}}}}, scenarios: []}",
            "{sampling: {size: 0}, scenarios: []}",
            "{scenarios: [{flow: [{get: {expect: []}}]}]}",
            "{config: {}}",
        ] {
            assert!(!passes(slip), "{slip}");
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_definition_is_used() {
        let schema = schema();
        let text = schema.to_string();
        for name in schema["definitions"].as_object().unwrap().keys() {
            assert!(
                text.contains(&format!("\"#/definitions/{name}\"")),
                "{name}"
            );
        }
        let references = text.split("\"#/definitions/").skip(1);
        for name in references.map(|rest| rest.split('"').next().unwrap()) {
            assert!(schema["definitions"].get(name).is_some(), "{name}");
        }
    }
}
