//! The scripts that tests run.

use std::fmt::Write as _;
use std::path::PathBuf;

use tests::Scratch;

/// A constant load and then a ramp, weighted scenarios, a row of a CSV for each user, and a request that needs another's answer.
pub(crate) fn promise(scratch: &Scratch) -> PathBuf {
    let mut rows = String::from("row,name\n");
    for row in 0..500 {
        let _infallible = writeln!(rows, "{row},name-{row}");
    }
    scratch.write("rows.csv", rows);
    scratch.write("promise.yml", PROMISE)
}

const PROMISE: &str = r#"
config:
  target: http://127.0.0.1:1
  phases:
    - { duration: 1, arrivalRate: 50, name: constant }
    - { duration: 1, arrivalRate: 20, rampTo: 120, name: ramp }
  defaults:
    headers:
      x-row: "{{ row }}"
  variables:
    colour: [red, green, blue]
  payload:
    path: rows.csv
    fields: [row, name]
    order: sequence
    skipHeader: true
scenarios:
  - name: buy
    weight: 3
    flow:
      - post:
          url: /items
          json: { name: "{{ name }}", colour: "{{ colour }}", amount: "{{ $randomNumber(1, 1000000) }}" }
          capture: { json: $.id, as: id }
      - get: { url: "/items/{{ id }}" }
  - name: look
    weight: 1
    flow:
      - loop:
          - get: { url: "/echo?n={{ $loopCount }}&s={{ $randomString(6) }}" }
          - think: 0.02
        count: 3
"#;

/// Users that think for 300 ms between two requests, twenty a second for half a second.
pub(crate) fn outliving(scratch: &Scratch) -> PathBuf {
    let script = r#"
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 500ms, arrivalRate: 40 }]
scenarios:
  - flow:
      - get: { url: "/echo?first={{ $randomNumber(1, 1000000) }}" }
      - think: 300ms
      - get: { url: "/echo?second={{ $randomNumber(1, 1000000) }}" }
"#;
    scratch.write("outliving.yml", script)
}

/// So many users a second for so many seconds, a request each.
pub(crate) fn steady(scratch: &Scratch, rate: f64, seconds: f64) -> PathBuf {
    let millis = (seconds * 1000.0).round();
    let script = format!(
        r#"
config:
  target: http://127.0.0.1:1
  phases: [{{ duration: "{millis}ms", arrivalRate: {rate} }}]
scenarios:
  - flow:
      - get: {{ url: "/echo?n={{{{ $randomNumber(1, 1000000) }}}}" }}
"#
    );
    scratch.write("steady.yml", script)
}
