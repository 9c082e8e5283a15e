//! What answers should be.

use serde_json::json;
use star_core::{Limits, Report as _, Verdict};

use super::world::{Done, How};
use super::*;

/// Answers as each path wants.
fn server() -> Server {
    Server::new(|peer| {
        while let Some(request) = peer.request() {
            let path = request
                .line
                .split(' ')
                .nth(1)
                .unwrap_or_default()
                .to_owned();
            let (status, headers, body) = match &*path {
                "/json" => (
                    200,
                    "content-type: application/json; charset=utf-8",
                    r#"{"a": {"b": [1]}, "a.c": 2, "id": 7}"#.to_owned(),
                ),
                "/list" => (
                    200,
                    "content-type: application/problem+json",
                    "[{\"x\": 1}]".to_owned(),
                ),
                "/number" => (200, "content-type: application/json", "3".to_owned()),
                "/broken" => (200, "content-type: application/json", "{".to_owned()),
                "/text" => (
                    201,
                    "content-type: Text/Plain\r\nx-cache: Hit from cloud\r\nx-served-by: one",
                    "plain id=42".to_owned(),
                ),
                "/miss" => (200, "cf-cache-status: MISS", String::new()),
                "/echo" => (
                    500,
                    "content-type: text/plain",
                    format!(
                        "{} {:?} {:?}",
                        request.body,
                        request.header("authorization"),
                        request.header("x-api-key")
                    ),
                ),
                _ => (404, "x: y", String::new()),
            };
            peer.write(format!(
                "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{headers}\r\n\r\n{body}",
                body.len()
            ));
        }
    })
}

/// Whether an expectation of an answer holds, and else what it is said to be.
fn looked(server: &Server, path: &str, expectation: &str) -> Result<(), (String, String)> {
    let flow = format!("      - get: {{url: {path}, expect: {{{expectation}}}}}\n");
    let done = run(server, &one_user(&flow));
    assert_eq!(
        done.report.users.completed, 1,
        "{expectation}: a user goes on"
    );
    let checks = &done.report.checks;
    assert_eq!(checks.ok + checks.failed, 1);
    match checks.failures.values().next() {
        None => Ok(()),
        Some(failed) => Err((failed.expected.clone(), failed.got.clone())),
    }
}

#[test]
fn an_answer_is_held_against_each_kind_of_expectation() {
    let server = server();
    for (path, expectation) in [
        ("/json", "statusCode: 200"),
        ("/json", "statusCode: '200'"),
        ("/json", "statusCode: [201, '200']"),
        ("/json", "notStatusCode: 201"),
        ("/json", "notStatusCode: [201, 202]"),
        ("/json", "contentType: json"),
        ("/list", "contentType: json"),
        ("/text", "contentType: text/plain"),
        ("/json", "hasProperty: 'a.b[0]'"),
        ("/json", "hasProperty: a.c"),
        ("/list", "hasProperty: '[0].x'"),
        ("/json", "notHasProperty: a.b.c"),
        ("/json", "equals: [7, '7']"),
        ("/text", "hasHeader: X-Served-By"),
        ("/text", "headerEquals: [x-served-by, one]"),
        ("/text", "matchesRegexp: 'id=\\d+'"),
        ("/json", "matchesRegexp: '\"id\": 7'"),
        ("/text", "cdnHit: true"),
        ("/miss", "cdnHit: false"),
        ("/json", "jmespath: 'a.b[0]'"),
        ("/json", "jmespath: 'length(a.b) == `1`'"),
        (
            "/list",
            "jpath: '[?x == `1`].x | [0]', description: 'there is one'",
        ),
        ("/list", "jmespath: '[?x == `2`]'"), // As in JavaScript, an empty list is true.
    ] {
        assert_eq!(
            looked(&server, path, expectation),
            Ok(()),
            "{path} {expectation}"
        );
    }
}

#[test]
fn what_an_expression_finds_is_told_where_it_is_not_true() {
    let server = server();
    for (path, expectation, expected, got) in [
        (
            "/json",
            "jmespath: 'a.b[0] == `2`'",
            "a.b[0] == `2`",
            "false",
        ),
        (
            "/json",
            "jmespath: none, description: \"it is there\"",
            "it is there",
            "null",
        ),
        (
            "/number",
            "jmespath: '@'",
            "@",
            "response body is not an object",
        ),
    ] {
        let told = (expected.to_owned(), got.to_owned());
        assert_eq!(
            looked(&server, path, expectation),
            Err(told),
            "{expectation}"
        );
    }
}

#[test]
fn what_does_not_hold_is_told_with_what_was_expected_and_what_came() {
    let server = server();
    for (path, expectation, expected, got) in [
        ("/json", "statusCode: 201", "201", "200"),
        ("/json", "statusCode: [201, 202]", "201 or 202", "200"),
        (
            "/json",
            "notStatusCode: [200, 201]",
            "not 200 or 201",
            "200",
        ),
        (
            "/text",
            "contentType: json",
            "json",
            "content-type Text/Plain",
        ),
        (
            "/broken",
            "contentType: json",
            "json",
            "could not parse response body as JSON",
        ),
        (
            "/number",
            "contentType: json",
            "json",
            "JSON that is neither an object nor a list",
        ),
        (
            "/miss",
            "contentType: json",
            "json",
            "no content-type header",
        ),
        (
            "/miss",
            "contentType: text/plain",
            "text/plain",
            "no content-type header",
        ),
        (
            "/json",
            "hasProperty: a.d",
            "a.d",
            "response body has no a.d property",
        ),
        (
            "/text",
            "hasProperty: a",
            "a",
            "response body is not an object",
        ),
        (
            "/json",
            "notHasProperty: id",
            "no id",
            "response body has id property",
        ),
        ("/json", "equals: [7, 8]", "all values to be equal", "7, 8"),
        (
            "/json",
            "hasHeader: x-none",
            "x-none",
            "response has no x-none header",
        ),
        ("/text", "headerEquals: [x-served-by, two]", "two", "one"),
        (
            "/text",
            "matchesRegexp: '^id'",
            "a match of ^id",
            "plain id=42",
        ),
        (
            "/miss",
            "cdnHit: true",
            "a cache header indicating a cache hit",
            "cf-cache-status is MISS",
        ),
        (
            "/json",
            "cdnHit: false",
            "a cache header indicating a cache miss",
            "cache status header not found",
        ),
    ] {
        let told = (expected.to_owned(), got.to_owned());
        assert_eq!(
            looked(&server, path, expectation),
            Err(told),
            "{path} {expectation}"
        );
    }
}

const SEVERAL: &str = r#"
      - get: {url: /json, name: first, capture: {json: $.id, as: id}, expect: [{statusCode: 404}, {equals: ["{{ id }}", 7]}]}
      - get: {url: /text, expect: {headerEquals: [x-served-by, two], statusCode: 201}}
"#;

fn counters(done: &Done) -> serde_json::Value {
    let summary = done.report.summarize(&done.facts);
    serde_json::to_value(summary).unwrap()["aggregate"]["counters"].clone()
}

#[test]
fn expectations_are_counted_as_artillery_counts_them_and_the_run_fails() {
    let server = server();
    let done = run(&server, &one_user(SEVERAL));
    let counters = counters(&done);
    for (name, count) in [
        ("plugins.expect.ok", 2),
        ("plugins.expect.failed", 2),
        ("plugins.expect.ok.equals", 1),
        ("plugins.expect.failed.statusCode", 1),
        ("plugins.expect.ok.statusCode", 1),
        ("plugins.expect.failed.header x-served-by values equals", 1),
    ] {
        assert_eq!(counters[name], json!(count), "{name}");
    }
    assert_eq!(done.errors(), []);
    let verdict = done.report.verdict(&done.facts);
    let why = "2 of 4 expectations were not met".to_owned();
    assert_eq!(verdict, Verdict::Failed(vec![why]));
}

#[test]
fn a_user_ends_at_what_is_not_as_it_should_be_where_that_is_asked_for() {
    let server = server();
    let plugin = |options: &str| {
        let config = format!(
            "phases: [{{duration: 100ms, arrivalCount: 1}}]\n  plugins: {{expect: {{{options}}}}}"
        );
        run(&server, &script(&config, SEVERAL))
    };
    let errors = plugin("reportFailuresAsErrors: true");
    let url = format!("Failed expectations for request {}/json", server.url());
    assert_eq!(errors.errors(), [(&*url, 1)]);
    assert_eq!(errors.report.checks.ok + errors.report.checks.failed, 2);
    let named = plugin("reportFailuresAsErrors: true, useOnlyRequestNames: 'true'");
    assert_eq!(
        named.errors(),
        [("Failed expectations for request first", 1)]
    );
    let usual = run(
        &server,
        &script(
            "plugins: {expect: {expectDefault200: true}}",
            "      - get: {url: /none}\n      - get: {url: /text, expect: {statusCode: 201}}",
        ),
    );
    assert_eq!((usual.report.checks.ok, usual.report.checks.failed), (1, 1));
}

#[test]
fn matches_and_captures_that_fail_are_told_too() {
    let server = server();
    for (asked, check, expected, got) in [
        ("match: {json: $.id, value: 8}", "match json $.id", "8", "7"),
        (
            "match: {header: x-none, value: x}",
            "match header x-none",
            "\"x\"",
            "\"\"",
        ),
        (
            "capture: {json: $.nothing, as: v}",
            "capture json $.nothing",
            "something to capture",
            "nothing",
        ),
    ] {
        let done = run(
            &server,
            &one_user(&format!("      - get: {{url: /json, {asked}}}\n")),
        );
        assert_eq!(done.errors(), [("Failed capture or match", 1)]);
        let failed = done.report.checks.failures.values().next().unwrap();
        let told = (
            &*failed.check,
            &*failed.expected,
            &*failed.got,
            failed.times,
        );
        assert_eq!(told, (check, expected, got, 1));
    }
}

#[test]
fn nothing_that_is_not_to_be_shown_is_told_of_an_answer() {
    let server = server();
    let flow = r#"
      - post:
          url: /echo
          headers: {Authorization: "Bearer Zbearer1234", X-Api-Key: "Zkey5678"}
          body: "{{ name }} {{ one }}"
          expect: [{matchesRegexp: "^nothing"}, {equals: ["{{ name }}", "Zplain"]}, {hasProperty: "{{ name }}"}]
"#;
    let config = "phases: [{duration: 100ms, arrivalCount: 1}]\n  variables: {one: Zcan}\n  payload: {path: secret.csv, fields: [name]}";
    let done = run(&server, &script(config, flow));
    let told = format!("{:?}", done.report.checks);
    assert_eq!(done.report.checks.failed, 3, "{told}");
    for secret in ["Zbearer1234", "Zkey5678", "Zcell9999"] {
        assert!(!told.contains(secret), "{told}");
    }
    for shown in ["Zplain", "Zcan", "{{ name }}"] {
        assert!(told.contains(shown), "{shown} in {told}");
    }
}

#[test]
fn expectations_are_the_same_for_a_run_cut_any_way() {
    let server = server();
    let script = script("phases: [{duration: 200ms, arrivalCount: 20}]", SEVERAL);
    let whole = run(&server, &script);
    for workers in [3, 7] {
        let how = How {
            limits: Limits::here(workers),
            ..How::default()
        };
        let done = run_with(&server.url(), &script, how);
        assert_eq!(done.report.checks, whole.report.checks);
    }
    let rehearsal = How {
        rehearsal: true,
        ..How::default()
    };
    let rehearsed = run_with(&server.url(), &script, rehearsal);
    assert_eq!(rehearsed.report.checks.ok, 80);
}

#[test]
fn in_a_trial_the_first_answer_that_is_not_as_it_should_be_ends_a_sample() {
    let server = server();
    let script = format!(
        "mode: acc\nsampling: {{size: 2, averagePause: 0, pauseVariance: 0}}\n{}",
        one_user(SEVERAL)
    );
    let done = run(&server, &script);
    let url = format!("Failed expectations for request {}/json", server.url());
    assert_eq!(done.errors(), [(&*url, 2)]);
    let why = "acceptance failure: scenarios run: 2, total errors: 2, error budget: 0";
    let verdict = done.report.verdict(&done.facts);
    assert_eq!(verdict, Verdict::Failed(vec![why.to_owned()]));
    let cases = done.report.cases(&done.facts);
    let told = cases[0].told.join("\n");
    assert!(
        told.contains("GET /json (first): statusCode: expected 404, got 200, 2 times"),
        "{told}"
    );
    assert!(cases[0].failed.is_some() && cases[0].group == "scenarios" && cases[0].name == "only");
}
