//! What scripts say of their connections and of their report.

use super::*;
use crate::script::model::{EndpointNames, Reporting};

fn with_config(config: &str) -> Script {
    let text = format!(
        "config: {{target: \"http://t\", {config}}}\nscenarios: [{{flow: [{{get: {{url: /}}}}]}}]"
    );
    read(&text).0
}

#[test]
fn connections_are_shared_where_a_script_says_so() {
    let pool = |http: &str| with_config(&format!("http: {{{http}}}")).http.pool;
    assert_eq!(pool("timeout: 3"), None);
    assert_eq!(pool("pool: 5").map(u32::from), Some(5));
    assert_eq!(pool("pool: \"50\", maxSockets: 3").map(u32::from), Some(50));
}

#[test]
fn a_script_that_says_nothing_has_what_artillery_adds() {
    let reporting = with_config("").reporting;
    assert_eq!(reporting, Reporting::default());
    assert!(reporting.endpoints.strip_query_string);
    let reporting = with_config("plugins: {metrics-by-endpoint: {}}").reporting;
    assert_eq!(reporting.endpoints, EndpointNames::of_plugin());
    assert!(!reporting.endpoints.strip_query_string);
}

#[test]
fn options_of_plugins_are_read() {
    let options = "useOnlyRequestNames: true, stripQueryString: true, ignoreUnnamedRequests: true, groupDynamicURLs: false, metricsNamespace: mine, suppressOutput: true";
    let reporting =
        with_config(&format!("plugins: {{metrics-by-endpoint: {{{options}}}}}")).reporting;
    let all = EndpointNames {
        use_only_request_names: true,
        strip_query_string: true,
        ignore_unnamed_requests: true,
        group_dynamic_urls: false,
        metrics_namespace: Some("mine".to_owned()),
        suppress_output: true,
    };
    assert_eq!(reporting.endpoints, all);
    let extended = with_config("http: {extendedMetrics: true}").reporting;
    assert!(extended.extended_metrics);
}

#[test]
fn the_threshold_beside_the_plugins_comes_first() {
    let apdex = |config: &str| with_config(config).reporting.apdex;
    assert_eq!(apdex(""), None);
    assert_eq!(apdex("plugins: {apdex: {}}"), Some(500_000));
    assert_eq!(apdex("plugins: {apdex: {threshold: 0.25}}"), Some(250));
    assert_eq!(
        apdex("apdex: {threshold: \"100\"}, plugins: {apdex: {threshold: 5}}"),
        Some(100_000)
    );
    // As in Artillery, it does nothing then.
    assert_eq!(apdex("apdex: {threshold: 100}"), None);
}

#[test]
fn what_is_said_of_reports_is_the_same_on_the_wire() {
    let script = with_config(
        "http: {pool: 3, extendedMetrics: true}, plugins: {apdex: {}, metrics-by-endpoint: {metricsNamespace: m}}",
    );
    let wire = serde_json::to_string(&script).unwrap();
    assert_eq!(serde_json::from_str::<Script>(&wire).unwrap(), script);
    let none = wire.replace("\"pool\":3", "\"pool\":0");
    assert!(serde_json::from_str::<Script>(&none).is_err());
}
