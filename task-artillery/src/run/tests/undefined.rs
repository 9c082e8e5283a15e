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

/// What is said to be wrong with an answer where `e` and `f` are empty, after captures that found nothing: `a` and `b` are undefined, of `h`
/// and `r` something is kept.
fn told(server: &Server, asked: &str) -> Vec<String> {
    let nothing = r#"
      - get:
          url: /
          capture:
            - {json: $.no, as: a, strict: false}
            - {json: $.no, as: b, strict: false}
            - {header: x-no, as: h, strict: false}
            - {regexp: "no(.)", as: r.x, strict: false}
"#;
    let config = "variables: {e: '', f: '', u: '{{ $env.NOBODY_SETS_THIS }}', m: {k: [1, '{{ $env.NOBODY_SETS_THIS }}'], x: 'a{{ $env.NOBODY_SETS_THIS }}'}, l: ['{{ $env.NOBODY_SETS_THIS }}']}\n  phases: [{duration: 100ms, arrivalCount: 1}]";
    let script = script(config, &format!("{nothing}      - get: {{{asked}}}\n"));
    let done = run(server, &script);
    let failures = done.report.checks.failures.values();
    failures.map(|failed| failed.got.clone()).collect()
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
        let asked = format!("url: {path}, expect: {{{expectation}}}");
        assert_eq!(told(&server, &asked), [got], "{expectation}");
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
        let asked = format!("url: /, expect: {{{expectation}}}");
        assert_eq!(told(&server, &asked), [got], "{expectation}");
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
        let asked = format!("url: {path}, match: {{{wanted}}}");
        assert_eq!(told(&server, &asked), [got], "{wanted}");
    }
    for holds in ["header: x-no, value: ''", "regexp: qqq, value: ''"] {
        assert!(told(&server, &format!("url: /, match: {{{holds}}}")).is_empty());
    }
}

/// Checks of it, each of which would hold if something were there.
fn checks_of(variable: &str) -> [String; 6] {
    let it = format!("{{{{ {variable} }}}}");
    [
        format!("url: /, expect: {{equals: ['{it}', '{it}']}}"),
        format!("url: /, expect: {{equals: ['x{it}', 'x{it}']}}"),
        format!("url: /, expect: {{notHasProperty: 'a.{it}'}}"),
        format!("url: /, expect: {{matchesRegexp: '{{{it}'}}"),
        format!("url: /, match: {{json: '$.href', value: '/orders/{it}'}}"),
        format!("url: /, match: {{json: '$.nothing', value: '{it}'}}"),
    ]
}

/// Fails unless each of these checks fails, and says this.
fn no_check_holds(server: &Server, variable: &str, got: &str) {
    for check in checks_of(variable) {
        assert_eq!(told(server, &check), [got], "{check}");
    }
}

#[test]
fn a_check_of_what_a_capture_did_not_find_does_not_hold_and_says_so() {
    let server = server();
    for name in ["h", "r.x", "r"] {
        let got = format!("`{{{{ {name} }}}}`, of which a capture found nothing");
        no_check_holds(&server, name, &got);
    }
}

#[test]
fn a_check_of_a_variable_that_is_made_of_what_is_undefined_does_not_hold() {
    let server = server();
    for (name, why) in [
        ("u", "undefined"),
        ("l", "undefined"),
        ("m.k[1]", "made of what is undefined"),
        ("m.k", "made of what is undefined"),
        ("m", "made of what is undefined"),
        ("m.x", "made of what is undefined"),
    ] {
        let got = format!("`{{{{ {name} }}}}`, which is {why}");
        no_check_holds(&server, name, &got);
    }
    assert!(told(&server, "url: /, expect: {equals: ['{{ m.k[0] }}', 1]}").is_empty());
}

#[test]
fn what_was_not_found_is_kept_in_mind_across_before_and_branches_until_something_is() {
    let server = server();
    let found = "capture: {regexp: '[{].', as: h, strict: false}";
    let not = "capture: {header: x-no, as: h, strict: false}";
    let check = "      - get: {url: /, expect: {equals: ['{{ h }}', '{{ h }}']}}\n";
    let get = |capture: &str| format!("      - get: {{url: /, {capture}}}\n");
    let branch = |capture: &str| format!("      - parallel: [{{get: {{url: /, {capture}}}}}]\n");
    let once = format!("      - loop: [{{get: {{url: /, {not}}}}}]\n        count: 1\n");
    for (flow, failed) in [
        (get(not), 1),
        (get(not) + &get(found), 0),
        (get(found) + &once, 1),
        (branch(not), 1),
        (get(not) + &branch(found), 0),
        (get(found) + &branch(not), 1),
    ] {
        let done = run(&server, &one_user(&(flow.clone() + check)));
        assert_eq!(done.report.checks.failed, failed, "{flow}");
        let script = one_user(check).replace(
            "scenarios:\n",
            &format!("before:\n    flow:\n{flow}scenarios:\n"),
        );
        let done = run(&server, &script);
        assert_eq!(done.report.checks.failed, failed, "before: {flow}");
        assert_eq!(done.report.checks.ok, 1 - failed, "before: {flow}");
    }
}
