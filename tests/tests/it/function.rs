//! The program as the platform starts it.

use serde_json::{Value, json};
use tests::{RuntimeApi, Scratch, finish};

use crate::commands::slsart;

#[test]
fn started_as_a_function_it_asks_for_an_invocation_whatever_was_typed() {
    for args in [&[][..], &["--help"], &["run", "missing.yml"]] {
        let (scratch, api) = (Scratch::default(), RuntimeApi::start());
        let function = api.function(slsart(&scratch).args(args));
        let mut child = function
            .env("SLSART_LEDGER", "bucket")
            .env("SLSART_TOPIC", "topic")
            .env("SLSART_DEPLOYMENT", "2-0")
            .start();
        let (asked, _open) = api.next();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(
            asked.line,
            "GET /2018-06-01/runtime/invocation/next HTTP/1.1"
        );
    }
}

#[test]
fn a_function_that_was_not_deployed_by_this_program_says_so() {
    let (scratch, api) = (Scratch::default(), RuntimeApi::start());
    let ended = api.function(slsart(&scratch)).run().expect(1);
    assert!(
        ended.err.contains("the variable `SLSART_LEDGER` is not set: this function was not deployed by `slsart deploy`"),
        "{}",
        ended.err
    );
}

#[test]
fn an_event_that_is_nested_too_deep_is_refused_with_a_line_in_the_log() {
    let (scratch, api) = (Scratch::default(), RuntimeApi::start());
    let function = api.function(slsart(&scratch));
    let mut child = function
        .env("SLSART_LEDGER", "bucket")
        .env("SLSART_TOPIC", "topic")
        .env("SLSART_DEPLOYMENT", "2-0")
        .start();
    let deep = format!("{}1{}", "[".repeat(3_000), "]".repeat(3_000));
    let said = api.deliver("deep", &deep);
    let why = "the event cannot be read: lists and mappings are nested more than 127 levels deep";
    assert_eq!(
        said,
        json!({ "errorType": "NotStarted", "errorMessage": why })
    );
    // It is there for the next one.
    let _open = api.next();
    child.kill().unwrap();
    let log = finish(child).out;
    let line: Value = serde_json::from_str(log.trim_end()).unwrap();
    let expected = json!({ "request": "deep", "run": "deep", "reply": "invalid", "detail": why });
    assert_eq!(line, expected);
}
