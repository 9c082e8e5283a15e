//! What is told of requests that were made of what is not to be shown.

use star_core::Report as _;

use super::*;

/// What is told of two samples of a flow whose users have a row of a name and a word each: the errors, and the checks that failed.
fn told(server: &Server, flow: &str) -> (Vec<String>, Vec<String>) {
    let script = format!(
        r#"
config:
  target: "TARGET"
  payload:
    - {{path: words.csv, fields: [user, word], order: sequence}}
    - {{path: words.csv, loadAll: true, name: all}}
mode: acceptance
sampling: {{size: 2, averagePause: 0, pauseVariance: 0}}
scenarios:
  - flow:
{flow}"#
    );
    let done = run(server, &script);
    let errors = done.errors().into_iter();
    let errors = errors.map(|(name, _)| name.to_owned()).collect();
    let checks = done.report.checks.failures.values();
    let checks = checks.map(crate::report::FailedCheck::sentence).collect();
    (errors, checks)
}

/// A server that answers every request with the URL that it asks for, and with a word.
fn repeats() -> Server {
    Server::new(|peer| {
        while let Some(request) = peer.request() {
            let path = request.line.split(' ').nth(1).unwrap_or_default();
            peer.ok(format!(
                r#"{{"word": "Geheim-Wort-99", "asked": "{path}"}}"#
            ));
        }
    })
}

#[test]
fn queries_made_of_cells_and_captures_are_told_as_the_script_has_them() {
    let server = repeats();
    for (fields, written) in [
        (r#"a: 1, p: "{{ word }}""#, "a=1&p={{ word }}"),
        (r#"p: "x-{{ word }}-y""#, "p=x-{{ word }}-y"),
        (r#"p: [1, "{{ word }}"]"#, "p=1&p={{ word }}"),
        (r#""{{ word }}": 1"#, "{{ word }}=1"),
        (r#"password: "{{ all[1][1] }}""#, "password={{ all[1][1] }}"),
        (r#"p: "{{ got }}""#, "p={{ got }}"),
    ] {
        let first = "      - get: {url: /, capture: {json: $.word, as: got}}\n      - get: {url: \"URL\", qs: {FIELDS}, expect: {statusCode: 404}}\n";
        let flow = |url: &str| first.replace("URL", url).replace("FIELDS", fields);
        let (errors, checks) = told(&server, &flow("/x?y"));
        let expected = format!("Failed expectations for request /x?{written}");
        assert_eq!(errors, [expected], "{fields}");
        assert!(!checks.concat().contains("Geheim"), "{checks:?}");
        let (errors, checks) = told(&server, &flow("http://127.0.0.1:1/x"));
        assert_eq!(errors, ["ECONNREFUSED"], "{fields}");
        let asked = format!("`GET http://127.0.0.1:1/x?{written}`");
        assert!(checks.concat().contains(&asked), "{checks:?}");
    }
    let looped = "      - loop: [{get: {url: /x, qs: {p: '{{ row[1] }}'}, expect: {statusCode: 404}}}]\n        over: all\n        loopElement: row\n";
    let (errors, _) = told(&server, looped);
    let expected = "Failed expectations for request /x?p={{ row[1] }}";
    assert_eq!(errors, [expected]);
    let open = "      - get: {url: /x, qs: {n: '{{ $loopCount }}'}, expect: {statusCode: 404}}\n";
    let (errors, _) = told(&server, open);
    let expected = format!("Failed expectations for request {}/x?n=", server.url());
    assert_eq!(errors, [expected]);
}

/// What an answer with these headers and this body is told to be, where something else was expected behind these keys; the requests before it
/// are answered in the same way.
fn got(head: &'static str, body: &'static str, config: &str, flow: &str) -> String {
    let server = Server::new(move |peer| {
        while peer.request().is_some() {
            let length = body.len();
            peer.write(format!(
                "HTTP/1.1 200 X\r\n{head}content-length: {length}\r\n\r\n{body}"
            ));
        }
    });
    let config = format!("phases: [{{duration: 100ms, arrivalCount: 1}}]\n  {config}");
    let done = run(&server, &script(&config, flow));
    let checks = done.report.checks.failures.values();
    let got: Vec<_> = checks.map(|failed| failed.got.clone()).collect();
    got.join(" | ")
}

#[test]
fn values_are_found_without_the_blanks_around_them_and_as_numbers_are_written() {
    let flow =
        "      - get: {url: /, headers: {x-pw: '{{ word }}'}, expect: {matchesRegexp: nope}}\n";
    let payload = |name: &str| {
        format!(
            "payload: {{path: {name}, fields: [user, word, big, exp], order: sequence, cast: true}}"
        )
    };
    let words = payload("words.csv");
    let body = "<Geheim-Wort-77> 12345678901234567890 12345678901234567000 12345e5 1234500000 .";
    let shown = "<{{ word }}> {{ big }} {{ big }} {{ exp }} {{ exp }} .";
    assert_eq!(got("", body, &words, flow), shown);
    let flow = "      - get: {url: /, capture: {header: x-word, as: got}}\n      - get: {url: /, capture: {json: $.w, as: w}, expect: {matchesRegexp: nope}}\n";
    let body = r#"{"w": "Geheim-Wort-55 ", "x": "<Geheim-Wort-55>"}"#;
    let head = "x-word: Geheim-Wort-44\r\n";
    let shown = r#"{"w": "{{ w }} ", "x": "<{{ w }}>"}"#;
    assert_eq!(got(head, body, "variables: {free: 1}", flow), shown);
}

#[test]
fn cookies_of_a_target_are_not_shown_of_the_answer_that_sets_them_nor_of_later_ones() {
    let head = "set-cookie: sid=SessValue-443177; Path=/\r\nset-cookie: other=\"s%3AOther%2F9988\"; Domain=elsewhere.test\r\nx-auth-token: Token-443\r\n";
    let body = "pre sid=SessValue-443177 s%3AOther%2F9988 s:Other/9988 Token-443 post";
    let check = "      - get: {url: /, expect: {matchesRegexp: nope}}\n";
    let shown = "pre sid=(credentials) (credentials) (credentials) (credentials) post";
    assert_eq!(got(head, body, "variables: {free: 1}", check), shown);
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            let set = if request.line.contains("/in") {
                "set-cookie: sid=SessValue-443177\r\n"
            } else {
                ""
            };
            peer.write(format!(
                "HTTP/1.1 200 X\r\n{set}content-length: 19\r\n\r\n<SessValue-443177> "
            ));
        }
    });
    let done = run(
        &server,
        &one_user(&format!("      - get: {{url: /in}}\n{check}")),
    );
    let failed = done.report.checks.failures.values().next().unwrap();
    assert_eq!(failed.got, "<(credentials)> ");
}

#[test]
fn what_was_captured_and_not_kept_is_not_shown_either() {
    let body = r#"{"a": "Geheim-Wort-11", "b": "Geheim-Wort-22"}"#;
    let twice = "capture: [{json: $.a, as: t}, {json: $.b, as: t}]";
    let failing = "capture: [{json: $.a, as: t}, {json: $.b, as: u}, {json: $.none, as: v}]";
    for (captures, shown) in [
        (twice, r#"{"a": "{{ t }}", "b": "{{ t }}"}"#),
        (failing, r#"{"a": "{{ t }}", "b": "{{ u }}"}"#),
    ] {
        let flow =
            format!("      - get: {{url: /, {captures}, expect: {{matchesRegexp: nope}}}}\n");
        let got = got("", body, "variables: {free: 1}", &flow);
        assert!(got.contains(shown), "{got}");
    }
}

#[test]
fn what_is_ensured_names_of_figures_and_places_of_sinks_show_no_values_of_the_environment() {
    let server = repeats();
    let text = script(
        r#"phases: [{duration: 100ms, arrivalCount: 1}]
  plugins:
    ensure:
      conditions:
        - {expression: "vusers.created > {{ $env.LIMIT }}"}
        - {expression: "'{{ $env.NAMESPACE }}.none' < 1 and vusers.created < 5"}
        - {expression: "'{{ $env.NAMESPACE }}./.codes.200' > 1"}
    metrics-by-endpoint: {metricsNamespace: "{{ $env.NAMESPACE }}"}
    publish-metrics:
      - {type: influxdb, url: "{{ $env.SINK }}", database: d}
      - {type: datadog, apiHost: "{{ $env.SINK }}", apiKey: Zkey}"#,
        "      - get: {url: /}\n",
    );
    let text = text.replace("TARGET", &server.url());
    let mut document = star_yaml::document_from("s.yml", text.as_bytes(), ".").unwrap();
    document.options.give("env-file", "src/run/tests/told.env");
    let script = crate::script::parse(&mut document).unwrap_or_else(|faults| {
        let faults = faults.iter().map(|fault| fault.one_line(&document.sources));
        panic!("{}", faults.collect::<Vec<_>>().join("\n"))
    });
    let done = world::run_script(script);
    let summary = done.report.summarize(&done.facts);
    let json = serde_json::to_string(&summary).unwrap();
    let summary = summary.to_string();
    let cases = done.report.cases(&done.facts);
    let all = format!("{json}\n{summary}\n{cases:?}");
    for hidden in ["7654321", "Znamespace99", "127.0.0.1:9"] {
        assert!(!all.contains(hidden), "{hidden} in {all}");
    }
    for shown in [
        "vusers.created > {{ $env.LIMIT }} (`vusers.created` is 1)",
        "'{{ $env.NAMESPACE }}.none' < 1 and vusers.created < 5 (the report has no such figure)",
        "'{{ $env.NAMESPACE }}./.codes.200' > 1 (it is 1)",
        "influxdb {{ $env.SINK }}",
        "datadog {{ $env.SINK }}",
    ] {
        assert!(summary.contains(shown), "{shown} not in {summary}");
    }
    assert!(
        json.contains("\"{{ $env.NAMESPACE }}./.codes.200\":1"),
        "{json}"
    );
}

#[test]
fn requests_that_are_not_made_and_answers_that_are_not_read_are_told_of_samples() {
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            let coding = if request.line.contains("/broken") {
                "gzip"
            } else {
                "br"
            };
            peer.write(format!(
                "HTTP/1.1 200 X\r\ncontent-encoding: {coding}\r\ncontent-length: 4\r\n\r\nabcd"
            ));
        }
    });
    let flow = |step: &str| format!("      - get: {{url: /first}}\n      - get: {{{step}}}\n");
    for (step, expected) in [
        (
            "url: /broken, capture: {json: $.a, as: a}",
            "one to `GET TARGET/broken` with a body that can be read, got Z_DATA_ERROR",
        ),
        (
            "url: '/o/{{ user }}', expect: {matchesRegexp: x}",
            "one to `GET /o/{{ user }}` with a body that can be read, got ERR_BODY_ENCODING",
        ),
        (
            "url: '{{ user }}', qs: {a: '{{ word }}'}",
            "one to `GET {{ user }}?a={{ word }}`, got Invalid URL - {{ user }}",
        ),
        (
            r#"url: /, headers: {x: "a\u0001{{ user }}"}"#,
            "one to `GET TARGET/`, got ERR_INVALID_CHAR",
        ),
    ] {
        let (_, checks) = told(&server, &flow(step));
        let expected = expected.replace("TARGET", &server.url());
        assert_eq!(
            checks,
            [format!("answer: expected {expected}, 2 times")],
            "{step}"
        );
    }
}
