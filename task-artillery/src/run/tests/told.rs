//! What is told of requests that were made of what is not to be shown.

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
            peer.ok(&format!(
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
