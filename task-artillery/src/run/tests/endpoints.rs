//! What Artillery's plugins `metrics-by-endpoint` and `apdex` count.

use std::time::Duration;

use serde_json::Value;
use star_core::{Limits, Report as _};

use super::world::{Done, How};
use super::*;

fn server() -> Server {
    Server::new(|peer| {
        while let Some(request) = peer.request() {
            if request.line.starts_with("GET /break") {
                return;
            }
            peer.write(match &*request.line {
                "GET /redirect" => "HTTP/1.1 302 Found\r\nlocation: /there\r\ncontent-length: 0\r\n\r\n",
                "GET /timed" => "HTTP/1.1 200 OK\r\nserver-timing: db;dur=1, total;dur=12.5\r\ncontent-length: 0\r\n\r\n",
                "GET /missing" => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
                _ => "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
            });
        }
    })
}

/// The figures of the run.
fn aggregate(done: &Done) -> Value {
    let json = serde_json::to_value(done.report.summarize(&done.facts)).unwrap();
    json["aggregate"].clone()
}

/// The counters whose names begin so, without that: each with its count.
fn counters(aggregate: &Value, start: &str) -> Vec<(String, u64)> {
    let all = aggregate["counters"].as_object().unwrap();
    all.iter()
        .filter_map(|(name, count)| Some((name.strip_prefix(start)?.to_owned(), count.as_u64()?)))
        .collect()
}

fn pairs(pairs: &[(&str, u64)]) -> Vec<(String, u64)> {
    let owned = pairs
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count));
    owned.collect()
}

const BY_ENDPOINT: &str = "plugins.metrics-by-endpoint.";

#[test]
fn of_redirects_the_last_answer_counts_and_of_errors_those_of_requests() {
    let flow = "      - get: {url: /redirect}\n      - get: {url: /timed}\n      - get: {url: /missing, name: gone}\n      - get: {url: \"/x?y\", capture: {json: $.none, as: none}}\n";
    let done = run(&server(), &one_user(flow));
    let json = aggregate(&done);
    let expected = [
        ("/missing (gone).codes.404", 1),
        ("/redirect.codes.200", 1),
        ("/timed.codes.200", 1),
        ("/x.codes.200", 1),
    ];
    assert_eq!(counters(&json, BY_ENDPOINT), pairs(&expected));
    let timing = &json["summaries"]["plugins.metrics-by-endpoint.server-timing./timed"];
    assert_eq!(timing["max"], serde_json::json!(12.5));
    assert_eq!(done.errors(), [("Failed capture or match", 1)]);
    let done = run(&server(), &one_user("      - get: {url: /break}\n"));
    let expected = [("/break.errors.ECONNRESET", 1)];
    assert_eq!(counters(&aggregate(&done), BY_ENDPOINT), pairs(&expected));
}

#[test]
fn queries_and_names_count_as_the_plugin_is_told() {
    let flow = "      - get: {url: \"/a?x=1\"}\n      - get: {url: \"/a?x=2\"}\n      - get: {url: \"/b\", name: last}\n";
    let of = |options: &str| {
        let config = format!(
            "phases: [{{duration: 100ms, arrivalCount: 1}}]\n  plugins: {{metrics-by-endpoint: {options}}}"
        );
        let done = run(&server(), &script(&config, flow));
        counters(&aggregate(&done), "")
            .into_iter()
            .filter(|(name, _)| name.contains(".codes.200"))
            .filter(|(name, _)| !name.starts_with("http."))
            .collect::<Vec<_>>()
    };
    let of_plugin = |names: &[(&str, u64)]| {
        let full = |(name, count): &(&str, u64)| (format!("{BY_ENDPOINT}{name}.codes.200"), *count);
        names.iter().map(full).collect::<Vec<_>>()
    };
    let expected = [("/a?x=1", 1), ("/a?x=2", 1), ("/b (last)", 1)];
    assert_eq!(of("{}"), of_plugin(&expected));
    let expected = [("/a", 2), ("/b (last)", 1)];
    assert_eq!(of("{stripQueryString: true}"), of_plugin(&expected));
    assert_eq!(
        of("{useOnlyRequestNames: true, ignoreUnnamedRequests: true, metricsNamespace: mine}"),
        pairs(&[("mine.last.codes.200", 1)])
    );
}

#[test]
fn urls_that_are_told_apart_by_their_data_are_the_same_however_the_run_is_cut() {
    let config = "phases: [{duration: 200ms, arrivalCount: 240}]\n  plugins: {metrics-by-endpoint: {groupDynamicURLs: false}}";
    let flow = "      - get: {url: \"/items/{{ $randomNumber(1, 150) }}?q={{ $randomString(1) }}\"}\n      - get: {url: /fixed}\n";
    let of = |workers: u32| {
        let how = How {
            limits: Limits {
                late: Duration::from_secs(10),
                ..Limits::here(workers)
            },
            ..How::default()
        };
        let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        let done = run_with(&server.url(), &script(config, flow), how);
        counters(&aggregate(&done), BY_ENDPOINT)
    };
    let one = of(1);
    assert_eq!(one, of(3));
    // A hundred that are told apart, the others, and one that the script tells.
    assert_eq!(one.len(), 102, "{one:?}");
    assert!(
        one.iter().any(|(name, _)| name.starts_with("/items/1")),
        "{one:?}"
    );
    assert!(one.contains(&("/fixed.codes.200".to_owned(), 240)));
    assert_eq!(one.iter().map(|(_, count)| count).sum::<u64>(), 480);
    assert!(one.iter().any(|(name, _)| name == "other.codes.200"));
}

#[test]
fn answers_are_judged_by_their_whole_time() {
    let flow = "      - get: {url: /}\n      - get: {url: /redirect}\n";
    let of = |config: &str| {
        let config = format!("phases: [{{duration: 100ms, arrivalCount: 1}}]\n  {config}");
        counters(
            &aggregate(&run(&server(), &script(&config, flow))),
            "apdex.",
        )
    };
    let counts = |frustrated, satisfied, tolerated| {
        let counts = [
            ("frustrated", frustrated),
            ("satisfied", satisfied),
            ("tolerated", tolerated),
        ];
        pairs(&counts)
    };
    assert_eq!(of("plugins: {apdex: {threshold: 10000}}"), counts(0, 2, 0));
    assert_eq!(of("plugins: {apdex: {threshold: 0.001}}"), counts(2, 0, 0));
    let both = "apdex: {threshold: 0.001}\n  plugins: {apdex: {threshold: 10000}}";
    assert_eq!(of(both), counts(2, 0, 0));
    assert_eq!(of("timeout: 5"), []);
}
