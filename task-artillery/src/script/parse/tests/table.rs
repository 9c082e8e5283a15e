//! The tables of keys and the readers agree.

use super::super::keys;
use super::*;

/// Each table, and a script in which `KEY` stands for one of its keys without a value.
static CASES: [(&keys::Mapping, &str); 40] = [
    (&keys::SCRIPT, "{KEY, x-: 1}"),
    (
        &keys::CONFIG,
        "{config: {KEY}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::HTTP,
        "{config: {http: {KEY}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::TLS,
        "{config: {tls: {KEY}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::TLS_CLIENT,
        "{config: {tls: {client: {KEY}}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::PLUGINS,
        "{config: {plugins: {KEY}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::ENDPOINTS,
        "{config: {plugins: {metrics-by-endpoint: {KEY}}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::EXPECT_PLUGIN,
        "{config: {plugins: {expect: {KEY}}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::ENSURE,
        "{config: {ensure: {KEY}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::CONDITION,
        "{config: {ensure: {conditions: [{KEY}]}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::EXPECT,
        "{scenarios: [{flow: [{get: {url: /, expect: {KEY}}}]}]}",
    ),
    (
        &keys::STATSD,
        "{config: {plugins: {publish-metrics: [{type: statsd, KEY}]}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::DATADOG,
        "{config: {plugins: {publish-metrics: [{type: datadog, KEY}]}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::INFLUX,
        "{config: {plugins: {publish-metrics: [{type: influxdb, KEY}]}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::CLOUDWATCH,
        "{config: {plugins: {publish-metrics: [{type: cloudwatch, KEY}]}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::OLD_STATSD,
        "{config: {plugins: {statsd: {KEY}}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::OLD_DATADOG,
        "{config: {plugins: {datadog: {KEY}}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::OLD_INFLUX,
        "{config: {plugins: {influxdb: {KEY}}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::INFLUX_SERVER,
        "{config: {plugins: {influxdb: {influx: {KEY}}}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::SIGNING,
        "{config: {plugins: {aws-sigv4: {KEY}}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::APDEX,
        "{config: {plugins: {apdex: {KEY}}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::DEFAULTS,
        "{config: {defaults: {KEY}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::PHASE,
        "{config: {phases: [{KEY}]}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::PAYLOAD,
        "{config: {payload: {KEY}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::CSV,
        "{config: {payload: {path: users.csv, options: {KEY}}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::SPLIT,
        "{_split: {KEY}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::SAMPLING,
        "{mode: acc, sampling: {KEY}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (&keys::SCENARIO, "{scenarios: [{KEY}]}"),
    (
        &keys::ONCE,
        "{config: {target: \"http://t\"}, before: {KEY}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (&keys::REQUEST, "{scenarios: [{flow: [{post: {KEY}}]}]}"),
    (
        &keys::CAPTURE,
        "{scenarios: [{flow: [{get: {capture: {KEY}}}]}]}",
    ),
    (
        &keys::COOKIE_JAR,
        "{config: {http: {cookieJarOptions: {KEY}}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (&keys::AUTH, "{scenarios: [{flow: [{get: {auth: {KEY}}}]}]}"),
    (
        &keys::PART,
        "{scenarios: [{flow: [{post: {formData: {a: {KEY}}}}]}]}",
    ),
    (
        &keys::MATCH,
        "{scenarios: [{flow: [{get: {match: {KEY}}}]}]}",
    ),
    (&keys::STEP, "{scenarios: [{flow: [{KEY}]}]}"),
    (&keys::LOOP, "{scenarios: [{flow: [{loop: [], KEY}]}]}"),
    (&keys::THINK, "{scenarios: [{flow: [{think: 1, KEY}]}]}"),
    (
        &keys::DEFAULT_THINK,
        "{config: {defaults: {think: {KEY}}}, scenarios: [{flow: [{think: 1}]}]}",
    ),
    (
        &keys::PARALLEL,
        "{scenarios: [{flow: [{parallel: [], KEY}]}]}",
    ),
];

/// A key that is said to be carried out and is not looked at would be silently ignored.
#[test]
fn every_key_that_is_carried_out_is_looked_at() {
    // The step is there already; nothing as a mark means that there is none; and null can be looked for.
    let exempt = [
        (keys::LOOP.noun, "loop"),
        (keys::THINK.noun, "think"),
        (keys::PARALLEL.noun, "parallel"),
        (keys::MATCH.noun, "value"),
        // It is there already.
        (keys::STATSD.noun, "type"),
        (keys::DATADOG.noun, "type"),
        (keys::INFLUX.noun, "type"),
        (keys::CLOUDWATCH.noun, "type"),
        (keys::CSV.noun, "quote"),
        (keys::CSV.noun, "escape"),
        (keys::CSV.noun, "comment"),
    ];
    for (mapping, text) in CASES {
        for key in mapping
            .done()
            .filter(|key| !exempt.contains(&(mapping.noun, *key)))
        {
            let told = complaints(&text.replace("KEY", &format!("{key}: null")));
            let about = [
                "has no value",
                "must be an integer",
                "must contain an object",
            ];
            assert!(
                told.iter()
                    .any(|line| line.contains(key) && about.iter().any(|what| line.contains(what))),
                "`{key}` in {}: {told:?}",
                mapping.noun,
            );
        }
    }
}

/// The page about sinks has every key that is carried out.
#[test]
fn every_key_of_sinks_is_in_their_reference() {
    let reference = include_str!("../../../../../docs/sinks.md");
    let mappings = [
        &keys::STATSD,
        &keys::DATADOG,
        &keys::INFLUX,
        &keys::CLOUDWATCH,
        &keys::OLD_STATSD,
        &keys::OLD_DATADOG,
        &keys::OLD_INFLUX,
        &keys::INFLUX_SERVER,
    ];
    for mapping in mappings {
        // One has two spellings.
        for key in mapping.done().filter(|key| *key != "test_name") {
            let named = reference.contains(&format!("`{key}`"));
            assert!(named, "docs/sinks.md lacks `{key}` of {}", mapping.noun);
        }
    }
}

/// The reference for people has every key that is carried out.
#[test]
fn every_key_that_is_carried_out_is_in_the_reference() {
    let reference = include_str!("../../../../../docs/scripts.md");
    let mappings = [
        &keys::SCRIPT,
        &keys::CONFIG,
        &keys::HTTP,
        &keys::TLS,
        &keys::TLS_CLIENT,
        &keys::PLUGINS,
        &keys::ENDPOINTS,
        &keys::APDEX,
        &keys::SIGNING,
        &keys::DEFAULTS,
        &keys::PHASE,
        &keys::PAYLOAD,
        &keys::CSV,
        &keys::SCENARIO,
        &keys::ONCE,
        &keys::REQUEST,
        &keys::CAPTURE,
        &keys::COOKIE_JAR,
        &keys::AUTH,
        &keys::PART,
        &keys::MATCH,
        &keys::STEP,
        &keys::LOOP,
        &keys::THINK,
        &keys::DEFAULT_THINK,
        &keys::PARALLEL,
    ];
    for mapping in mappings {
        for key in mapping.done() {
            assert!(
                reference.contains(&format!("`{key}`")) || reference.contains(&format!("`{key}:")),
                "docs/scripts.md lacks `{key}` of {}",
                mapping.noun
            );
        }
    }
}
