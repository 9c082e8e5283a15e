//! Checks that are made of what is undefined.

use super::*;

/// Answers with an empty mapping, and as some paths want.
fn server() -> Server {
    Server::new(|peer| {
        while let Some(request) = peer.request() {
            let path = request.line.split(' ').nth(1).unwrap_or_default();
            let (kind, body) = match path {
                "/undefined" => ("text/plain", "undefined"),
                "/property" => ("application/json", r#"{"undefined": 1}"#),
                "/html" => ("text/html", "<p>x"),
                _ => ("application/json", "{}"),
            };
            peer.write(format!(
                "HTTP/1.1 200 X\r\ncontent-length: {}\r\ncontent-type: {kind}\r\n\r\n{body}",
                body.len()
            ));
        }
    })
}

/// What is said to be wrong with an answer, after captures that found nothing: `a` and `b` are undefined, `e` and `f` are empty.
fn told(server: &Server, asked: &str) -> Vec<(String, String)> {
    let nothing = r#"
      - get:
          url: /
          capture:
            - {json: $.no, as: a, strict: false}
            - {json: $.no, as: b, strict: false}
            - {header: x-no, as: e, strict: false}
            - {regexp: "no(.)", as: f, strict: false}
"#;
    let done = run(
        server,
        &one_user(&format!("{nothing}      - get: {{{asked}}}\n")),
    );
    let failures = done.report.checks.failures.values();
    failures
        .map(|failed| (failed.check.clone(), failed.got.clone()))
        .collect()
}

#[test]
fn an_expectation_of_what_is_undefined_is_not_met_and_says_what_is() {
    let server = server();
    let of = |name: &str| format!("`{{{{ {name} }}}}`, which is undefined");
    for (path, expectation, got) in [
        ("/", "equals: ['{{ a }}', '{{ b }}']", of("a")),
        ("/", "equals: ['x{{ b }}', 'xundefined']", of("b")),
        ("/", "statusCode: '{{ a }}'", of("a")),
        ("/", "statusCode: [200, '{{ a }}']", of("a")),
        ("/", "notStatusCode: '{{ a }}'", of("a")),
        ("/", "notStatusCode: [500, '{{ a.x }}']", of("a.x")),
        (
            "/",
            "notStatusCode: '{{ $env.NOBODY_SETS_THIS }}'",
            of("$env.NOBODY_SETS_THIS"),
        ),
        ("/", "contentType: '{{ a }}'", of("a")),
        ("/property", "hasProperty: '{{ a }}'", of("a")),
        ("/", "notHasProperty: '{{ a }}'", of("a")),
        ("/", "hasHeader: 'content-{{ a }}'", of("a")),
        ("/", "headerEquals: [x-no, '{{ a }}']", of("a")),
        ("/undefined", "matchesRegexp: '{{ a }}'", of("a")),
        ("/undefined", "matchesRegexp: '^(x|{{ b }})'", of("b")),
    ] {
        let told = told(&server, &format!("url: {path}, expect: {{{expectation}}}"));
        let told: Vec<_> = told.into_iter().map(|(_, got)| got).collect();
        assert_eq!(told, [got], "{expectation}");
    }
}

#[test]
fn an_expectation_of_what_came_out_empty_is_not_met() {
    let server = server();
    for (expectation, got) in [
        (
            "equals: ['{{ e }}', '{{ f }}']",
            "values that are all empty",
        ),
        ("notStatusCode: '{{ e }}'", "200"),
        (
            "notHasProperty: '{{ e }}'",
            "the name of a property is empty",
        ),
        ("matchesRegexp: '{{ e }}'", "{}"),
        ("contentType: '{{ e }}'", "application/json"),
        ("hasHeader: '{{ e }}'", "response has no  header"),
    ] {
        let told = told(&server, &format!("url: /, expect: {{{expectation}}}"));
        let told: Vec<_> = told.into_iter().map(|(_, got)| got).collect();
        assert_eq!(told, [got], "{expectation}");
    }
    for holds in [
        "equals: ['{{ e }}', '']",
        "equals: ['x{{ e }}', 'x{{ f }}']",
    ] {
        assert!(told(&server, &format!("url: /, expect: {{{holds}}}")).is_empty());
    }
}

#[test]
fn a_match_of_what_is_undefined_fails_and_says_what_is() {
    let server = server();
    let of = |name: &str| format!("`{{{{ {name} }}}}`, which is undefined");
    for (path, wanted, got) in [
        ("/", "json: $.id, value: '{{ a }}'", of("a")),
        (
            "/",
            "json: $.id, value: '{{ $env.NOBODY_SETS_THIS }}'",
            of("$env.NOBODY_SETS_THIS"),
        ),
        ("/", "json: '$.{{ a }}', value: x", of("a")),
        ("/", "header: x-no, value: '{{ a }}'", of("a")),
        ("/", "header: x-no, value: '{{ e }}'", "nothing".to_owned()),
        ("/", "header: '{{ a }}', value: ''", of("a")),
        ("/", "header: 'x {{ e }}', value: ''", "nothing".to_owned()),
        ("/", "regexp: qqq, value: '{{ a }}'", of("a")),
        ("/", "regexp: qqq, value: '{{ f }}'", "nothing".to_owned()),
        ("/", "regexp: '{{ a }}', value: ''", of("a")),
        ("/", "regexp: '({{ e }}', value: ''", "nothing".to_owned()),
        ("/html", "selector: .q, value: '{{ a }}'", of("a")),
        ("/html", "selector: '.{{ a }}', value: x", of("a")),
        ("/html", "xpath: //q, value: '{{ b }}'", of("b")),
    ] {
        let told = told(&server, &format!("url: {path}, match: {{{wanted}}}"));
        let told: Vec<_> = told.into_iter().map(|(_, got)| got).collect();
        assert_eq!(told, [got], "{wanted}");
    }
    for holds in ["header: x-no, value: ''", "regexp: qqq, value: ''"] {
        assert!(told(&server, &format!("url: /, match: {{{holds}}}")).is_empty());
    }
}
