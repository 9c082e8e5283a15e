//! The tables of keys and the readers agree.

use super::super::keys;
use super::*;

/// A key that is said to be carried out and is not looked at would be silently ignored.
#[test]
fn every_key_that_is_carried_out_is_looked_at() {
    let cases: [(&keys::Mapping, &str); 17] = [
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
        (&keys::SCENARIO, "{scenarios: [{KEY}]}"),
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
        (&keys::STEP, "{scenarios: [{flow: [{KEY}]}]}"),
        (&keys::LOOP, "{scenarios: [{flow: [{loop: [], KEY}]}]}"),
    ];
    // A loop is there already; nothing as a mark means that there is none.
    let exempt = [
        (keys::LOOP.noun, "loop"),
        (keys::CSV.noun, "quote"),
        (keys::CSV.noun, "escape"),
        (keys::CSV.noun, "comment"),
    ];
    for (mapping, text) in cases {
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

/// The reference for people has every key that is carried out.
#[test]
fn every_key_that_is_carried_out_is_in_the_reference() {
    let reference = include_str!("../../../../../docs/scripts.md");
    let mappings = [
        &keys::SCRIPT,
        &keys::CONFIG,
        &keys::HTTP,
        &keys::TLS,
        &keys::DEFAULTS,
        &keys::PHASE,
        &keys::PAYLOAD,
        &keys::CSV,
        &keys::SCENARIO,
        &keys::REQUEST,
        &keys::CAPTURE,
        &keys::COOKIE_JAR,
        &keys::AUTH,
        &keys::PART,
        &keys::STEP,
        &keys::LOOP,
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
