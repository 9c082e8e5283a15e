//! What requests carry.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::script::model::{Body, CookieSettings, PartContent, Request, StepKind};

fn script_of(config: &str, request: &str) -> (Script, Document) {
    read(&format!(
        "config: {{target: \"http://t\", variables: {{v: 1, file: users.csv}}{config}}}\nscenarios: [{{flow: [{request}]}}]"
    ))
}

/// The request of a script of one request, of which there is nothing to say.
fn request(request: &str) -> Request {
    let (mut script, document) = script_of("", request);
    let warnings = document.warnings().iter();
    let told: Vec<_> = warnings
        .map(|one| one.one_line(&document.sources))
        .collect();
    assert_eq!(told, Vec::<String>::new(), "{request}");
    let StepKind::Request(request) = script.scenarios.remove(0).flow.remove(0).kind else {
        panic!("{request}")
    };
    *request
}

const WHOLE: &str = r#"
post:
  url: /
  qs: {a: [1, "{{ v }}"], "{{ v }}": , c: true}
  auth: {user: "{{ v }}", pass: secret}
  cookie: {a: 1, b: "{{ v }}; Path=/"}
  formData:
    a: "{{ v }}"
    b: {value: 5, contentType: text/x}
    "{{ v }}": {fromFile: "./{{ file }}", contentType: "{{ v }}"}
    d: {fromFile: nothing.bin}
  followRedirect: false
  gzip: false
  timeout: 500ms
  allowGetBody: true
  http2: false
"#;

#[test]
fn what_a_request_carries_is_read_and_survives_the_wire() {
    let indented = WHOLE.replace('\n', "\n      ");
    let (script, document) = read(&format!(
        "config:\n  target: http://t\n  variables: {{v: 1, file: users.csv}}\n  http:\n    defaults: {{cookie: {{d: \"{{{{ v }}}}\"}}}}\n    cookieJarOptions: {{looseMode: true, prefixSecurity: unsafe-disabled, allowSpecialUseDomain: true}}\nscenarios:\n  - flow:\n    -{indented}"
    ));
    assert_eq!(document.warnings().len(), 0);
    let wire = serde_json::to_string(&script).unwrap();
    assert_eq!(serde_json::from_str::<Script>(&wire).unwrap(), script);
    let wire = serde_json::to_value(&script).unwrap();
    let request = &wire["scenarios"][0]["flow"][0]["kind"]["request"];
    let (users, nothing) = (&document.blobs()[0], &document.blobs()[1]);
    assert_eq!(
        request["body"],
        json!({"parts": [
            {"name": "a", "content": {"value": "{{ v }}"}},
            {"name": "b", "content": {"value": 5}, "contentType": "text/x"},
            {"name": "{{ v }}", "content": {"file": {"file": users.reference, "name": "users.csv"}}, "contentType": "{{ v }}"},
            {"name": "d", "content": {"file": {"file": nothing.reference, "name": "nothing.bin"}}},
        ]})
    );
    assert_eq!(nothing.bytes.len(), 0);
    assert_eq!(
        request["query"],
        json!([{"name": "a", "value": [1, "{{ v }}"]}, {"name": "{{ v }}", "value": null}, {"name": "c", "value": true}])
    );
    assert_eq!(
        request["auth"],
        json!({"user": "{{ v }}", "pass": "secret"})
    );
    assert_eq!(
        request["cookies"],
        json!([{"name": "a", "value": "1"}, {"name": "b", "value": "{{ v }}; Path=/"}])
    );
    assert_eq!(
        (
            &request["followRedirect"],
            &request["gzip"],
            &request["timeout"]
        ),
        (&json!(false), &json!(false), &json!(500_000_000))
    );
    assert_eq!(wire["cookies"], json!([{"name": "d", "value": "{{ v }}"}]));
    assert_eq!(
        script.http.cookies,
        CookieSettings {
            loose: true,
            any_prefix: true
        }
    );
}

#[test]
fn what_is_not_said_is_as_in_artillery() {
    let request = request("{get: {url: /}}");
    assert!(request.follow_redirect && request.gzip && request.query.is_none());
    assert!(request.auth.is_none() && request.cookies.is_empty() && request.timeout.is_none());
    let (script, _) = script_of("", "{get: {url: /}}");
    assert_eq!(script.http.cookies, CookieSettings::default());
    assert_eq!(script.http.timeout, Duration::from_secs(10));
}

#[test]
fn the_first_of_several_bodies_is_sent() {
    let body = |text: &str| {
        let (script, document) = script_of("", text);
        let StepKind::Request(request) = &script.scenarios[0].flow[0].kind else {
            panic!("{text}")
        };
        (request.body.clone().unwrap(), document.warnings().len())
    };
    let all = "json: false, body: b, form: {a: 1}, formData: {a: 1}";
    for (from, kind, others) in [
        ("json", "json", 3),
        ("body", "text", 2),
        ("form:", "form", 1),
        ("formData", "parts", 0),
    ] {
        let rest = &all[all.find(from).unwrap()..];
        let (body, warnings) = body(&format!("{{post: {{url: /, {rest}}}}}"));
        let wire = serde_json::to_value(&body).unwrap();
        assert!(wire.get(kind).is_some(), "{wire}");
        assert_eq!(warnings, others, "{rest}");
    }
}

#[test]
fn a_get_may_have_a_body_where_it_is_said() {
    let body = request("{get: {url: /, form: {a: 1}, allowGetBody: true}}").body;
    assert!(matches!(body, Some(Body::Form(fields)) if fields.len() == 1));
}

#[test]
fn the_receiver_is_told_a_file_s_name_and_not_its_path() {
    let file = |path: &str| {
        let request = request(&format!(
            "{{post: {{url: /, formData: {{a: {{fromFile: \"{path}\"}}}}}}}}"
        ));
        let Some(Body::Parts(mut parts)) = request.body else {
            panic!("{path}")
        };
        match parts.remove(0).content {
            PartContent::File { file, name } => (file.name, name),
            PartContent::Value(_) => panic!("{path}"),
        }
    };
    assert_eq!(
        file("../data/users.csv"),
        ("../data/users.csv".to_owned(), "users.csv".to_owned())
    );
    assert_eq!(
        file("{{ file }}"),
        ("users.csv".to_owned(), "users.csv".to_owned())
    );
}
