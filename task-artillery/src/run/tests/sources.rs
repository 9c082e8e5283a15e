//! What captures and matches find, by where they look.

use super::*;

/// What a user asks for after these keys of a request that is answered so, and the errors.
fn done(answer: &'static [u8], keys: &str) -> (Vec<String>, Vec<String>) {
    let server = Server::new(move |peer| {
        while peer.request().is_some() {
            peer.write(answer);
        }
    });
    let flow = format!(
        "      - get: {{url: /, {keys}}}\n      - post: {{url: \"/{{{{ a }}}}/{{{{ b }}}}\", json: {{a: \"{{{{ a }}}}\"}}}}\n"
    );
    let config = "variables: {a: old, b: old, word: token, n: 7, one: 1}\n  phases: [{duration: 100ms, arrivalCount: 1}]";
    let done = run(&server, &script(config, &flow));
    let errors = done.errors().into_iter();
    let errors = errors.map(|(name, _)| name.to_owned()).collect();
    let asked = server.received().split_off(1).into_iter();
    (
        asked
            .map(|one| one.line.replace("POST ", "") + " " + &one.body)
            .collect(),
        errors,
    )
}

fn asked(answer: &'static [u8], keys: &str) -> String {
    let (asked, errors) = done(answer, keys);
    assert_eq!(errors, Vec::<String>::new(), "{keys}");
    asked.concat()
}

/// That a capture finds this, and goes to `a`.
fn finds(answer: &'static [u8], capture: &str, found: &str) {
    let asked = asked(answer, &format!("capture: {{{capture}, as: a}}"));
    let (_, body) = asked.split_once(' ').unwrap();
    assert_eq!(body, format!("{{\"a\":{found}}}"), "{capture}");
}

/// That the user fails.
fn refuses(answer: &'static [u8], keys: &str) {
    let (asked, errors) = done(answer, keys);
    assert_eq!(errors, ["Failed capture or match"], "{keys}");
    assert_eq!(asked, Vec::<String>::new());
}

const JSON: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Token: t1\r\nx-token: t2\r\nSet-Cookie: a=1; Path=/\r\nset-cookie: b=2\r\nserver: one\r\nserver: two\r\nx-latin: caf\xe9\r\nx-empty:\r\ncontent-length: 39\r\n\r\n{\"list\": [5, 6], \"one\": [{\"id\": \"x\"}]} ";

const HTML: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 144\r\n\r\n<form><input name=token value=\"a&amp;b\"><input type=checkbox checked></form><p class=p>one<p class=p>two <b>bold</b><p>token=xyz; Token=ABC</p> ";

const XML: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 92\r\n\r\n<r a='1'><i id='7'>x<b>y</b></i><i id='8'/><n:i xmlns:n='urn:n'>z</n:i><t>token \xff</t></r>   ";

#[test]
fn headers_are_found_in_any_case_and_joined_as_node_joins_them() {
    finds(JSON, "header: X-TOKEN", r#""t1, t2""#);
    finds(JSON, "header: \"x-{{ word }}\"", r#""t1, t2""#);
    finds(JSON, "header: set-cookie", r#"["a=1; Path=/","b=2"]"#);
    finds(JSON, "header: Server", r#""one""#);
    finds(JSON, "header: x-latin", r#""café""#);
    finds(JSON, "header: x-none, strict: false", r#""""#);
    refuses(JSON, "capture: {header: x-none, as: a}");
    refuses(JSON, "capture: {header: x-empty, as: a}");
    refuses(JSON, "capture: {header: \"no name {{ word }}\", as: a}");
}

#[test]
fn a_header_is_found_whatever_the_body_is() {
    let answer =
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nx: y\r\ncontent-length: 3\r\n\r\nabc";
    finds(answer, "header: x", r#""y""#);
    let (_, errors) = done(answer, "capture: {regexp: abc, as: a}");
    assert_eq!(errors, ["Z_DATA_ERROR"]);
}

#[test]
fn regular_expressions_find_the_first_match_or_a_group_of_it() {
    finds(HTML, r"regexp: 'token=(\w+)'", r#""token=xyz""#);
    finds(HTML, r"regexp: 'token=(\w+)', group: 1", r#""xyz""#);
    finds(HTML, r"regexp: 'token=(?<t>[a-z]+)', group: t", r#""xyz""#);
    finds(
        HTML,
        r#"regexp: "{{ word }}=([A-Z]+)", flags: gi, group: "1""#,
        r#""xyz""#,
    );
    finds(
        HTML,
        r"regexp: '(TOKEN)=[A-Z]+', flags: i",
        r#""token=xyz""#,
    );
    finds(HTML, r"regexp: none, strict: false", r#""""#);
    refuses(HTML, r"capture: {regexp: none, as: a}");
    refuses(HTML, r"capture: {regexp: '(none)?token', group: 1, as: a}");
    refuses(HTML, r#"capture: {regexp: "({{ word }}", as: a}"#);
    refuses(
        HTML,
        r#"capture: {regexp: "({{ word }})", group: 2, as: a}"#,
    );
    // What is no UTF-8 is one character all the same.
    finds(XML, "regexp: token .<", "\"token \u{FFFD}<\"");
}

#[test]
fn selectors_find_an_elements_text_or_attribute() {
    finds(HTML, "selector: '[name=token]', attr: value", r#""a&b""#);
    finds(
        HTML,
        "selector: input, attr: checked, index: 1",
        r#""checked""#,
    );
    finds(HTML, "selector: .p", r#""one""#);
    finds(HTML, "selector: .p, index: last", r#""two bold""#);
    finds(HTML, "selector: '{{ word }}, b'", r#""bold""#);
    let drawn = asked(HTML, "capture: {selector: .p, index: random, as: a}");
    assert!(
        drawn.contains("one") || drawn.contains("two bold"),
        "{drawn}"
    );
    let none = asked(HTML, "capture: {selector: .none, as: a, strict: false}");
    assert_eq!(none, "/undefined/old {}");
    for capture in [
        "selector: .none",
        "selector: .p, index: 2",
        "selector: .p, attr: href",
        "selector: '{{ word }}:first'",
        "selector: .none, index: random",
    ] {
        refuses(HTML, &format!("capture: {{{capture}, as: a}}"));
    }
    // Any text is HTML.
    finds(
        JSON,
        "selector: body, index: 0",
        r#""{\"list\": [5, 6], \"one\": [{\"id\": \"x\"}]} ""#,
    );
}

#[test]
fn xpaths_find_the_first_nodes_text_or_what_they_stand_for() {
    finds(XML, "xpath: //i/@id", r#""7""#);
    finds(XML, "xpath: 'i[1]'", r#""xy""#);
    finds(XML, "xpath: '//i[@id = {{ n }} + 1]/@id'", r#""8""#);
    finds(XML, "xpath: count(//i)", "2");
    finds(XML, "xpath: 1 div 4", "0.25");
    finds(XML, "xpath: boolean(//none)", "false");
    finds(XML, r#"xpath: '//*[local-name() = "i"][3]'"#, r#""z""#);
    for keys in [
        "xpath: //none",
        // It has no text.
        "xpath: 'i[2]'",
        "xpath: number(//b)",
        r#"xpath: "//{{ word }}[""#,
    ] {
        refuses(XML, &format!("capture: {{{keys}, as: a}}"));
    }
    refuses(HTML, "capture: {xpath: //p, as: a}");
    refuses(JSON, "capture: {xpath: /, as: a}");
}

#[test]
fn a_capture_may_keep_all_hits() {
    finds(JSON, "json: '$.list[*]', multiple: false", "[5,6]");
    finds(JSON, "json: '$.one[*].id', multiple: false", r#"["x"]"#);
    finds(JSON, "json: '$.one[0].id', multiple: false", r#""x""#);
    finds(JSON, "json: '$.list', multiple: false", "[5,6]");
    refuses(JSON, "capture: {json: '$.none[*]', multiple: false, as: a}");
    let several = asked(JSON, "capture: {json: '$.list[*]', multiple: true, as: a}");
    assert!(
        ["/5/old {\"a\":5}", "/6/old {\"a\":6}"].contains(&&*several),
        "{several}"
    );
}

#[test]
fn a_capture_that_fails_and_is_not_strict_leaves_nothing_of_what_was() {
    let both = "capture: [{json: $.none, as: a, strict: false}, {json: '$.list[0]', as: b}]";
    assert_eq!(asked(JSON, both), "/undefined/5 {}");
    let inner = "capture: [{json: '$.one[0]', as: a}, {regexp: none, as: a.id, strict: false}]";
    assert_eq!(
        asked(JSON, inner),
        r#"/%7B%22id%22:%22%22%7D/old {"a":{"id":""}}"#
    );
    let inner = "capture: [{json: '$.one[0]', as: a}, {json: none, as: a.id, strict: false}]";
    assert_eq!(asked(JSON, inner), r#"/%7B%7D/old {"a":{}}"#);
}

#[test]
fn a_match_fails_the_user_unless_it_is_not_strict() {
    for fits in [
        "{json: '$.one[0].id', value: x}",
        "{json: '$.list[0]', value: 5.0}",
        "[{header: content-type, value: application/json}, {json: $.none, value: x, strict: false}]",
        "{json: '$.list.length', value: 3, strict: false}",
        "{header: x-none, value: \"\"}",
        "{regexp: 'list..(.)', group: 1, value: ' '}",
    ] {
        assert_eq!(
            asked(JSON, &format!("match: {fits}")),
            "/old/old {\"a\":\"old\"}",
            "{fits}"
        );
    }
    for differs in [
        "{json: '$.one[0].id', value: y}",
        "{json: '$.list[0]', value: \"5\"}",
        "{json: '$.list[0]', value: \"{{ n }}\"}",
        "[{json: '$.list[0]', value: 5}, {header: x-none, value: x}]",
        // Of what is undefined nothing is the same.
        "{json: $.none, value: \"{{ n.none }}\"}",
    ] {
        refuses(JSON, &format!("match: {differs}"));
    }
    assert_eq!(
        asked(
            XML,
            "match: [{xpath: count(i), value: 2}, {xpath: i/@id, value: \"{{ n }}\", strict: false}, {selector: r, value: x, strict: false}]"
        ),
        "/old/old {\"a\":\"old\"}"
    );
}

#[test]
fn matches_are_counted_whatever_comes_of_them() {
    let server = Server::new(move |peer| {
        while peer.request().is_some() {
            peer.write(JSON);
        }
    });
    let config = "phases: [{duration: 100ms, arrivalCount: 3}]";
    let flow = "      - get: {url: /, match: [{json: $.none, value: 1, strict: false}, {header: server, value: one}]}\n      - get: {url: /}\n";
    let done = run(&server, &script(config, flow));
    assert_eq!(done.report.traffic.matches, 6);
}

#[test]
fn a_match_sees_variables_as_they_were_and_decides_what_is_kept() {
    let keys =
        "capture: {json: '$.list[0]', as: n}, match: {json: '$.list[0]', value: \"{{ n }}\"}";
    refuses(JSON, keys);
    let (asked, errors) = done(
        JSON,
        "capture: {json: '$.list[0]', as: a}, match: {json: '$.list[0]', value: 6, strict: false}",
    );
    assert_eq!(
        (asked.concat(), errors.len()),
        ("/5/old {\"a\":5}".to_owned(), 0)
    );
}

#[test]
fn a_rehearsal_finds_something_for_every_capture() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let flow = r#"
      - get:
          url: /
          capture:
            - {header: x, as: a}
            - {regexp: "x{{ $randomNumber(1, 9) }}", as: b}
            - {selector: a, index: random, as: c}
            - {xpath: //a, as: d.e}
            - {json: "$..a", as: f, multiple: false}
          match: {json: $.a, value: "{{ $randomNumber(1, 9) }}"}
      - get: {url: "/{{ a }}/{{ b }}/{{ c }}/{{ d.e }}/{{ f }}"}
"#;
    let how = world::How {
        rehearsal: true,
        ..world::How::default()
    };
    let done = run_with(&server.url(), &one_user(flow), how);
    assert_eq!(done.errors(), []);
    assert_eq!((done.report.users.completed, server.connections()), (1, 0));
}
