//! Long loads: what a run takes of the machine does not grow, whatever the target does.
//!
//! `SOAK=600` has them take ten minutes instead of one: any number of seconds from 20.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use slsart::target::Target;
use tests::hostile::Hostile;
use tests::{Program, Scratch, Vitals, finish, json};

use super::PROGRAM;

/// What is allowed for chance: memory comes and goes by so much, and so do descriptors.
const MEMORY: u64 = 6_000_000;
const DESCRIPTORS: u64 = 64;

const RATE: u64 = 2000;

fn seconds() -> u64 {
    let given = std::env::var("SOAK").ok();
    let given = given.map_or(60, |text| {
        text.parse().expect("`SOAK` is a number of seconds")
    });
    given.max(20)
}

/// Runs a script against a target for that long, and looks at the process meanwhile; gives the report.
fn soak(target: &str, flow: &str, settings: &str) -> (Vitals, Value) {
    let scratch = Scratch::default();
    let length = seconds();
    let script = format!(
        "config:\n  target: http://127.0.0.1:1\n  http: {settings}\n  phases: [{{ duration: {length}, arrivalRate: {RATE} }}]\nscenarios:\n  - flow:\n      - {flow}\n"
    );
    let script = scratch.write("script.yml", script);
    let report = scratch.path("report.json");
    let arguments: [&Path; 3] = ["-o".as_ref(), &report, &script];
    let mut child = Program::new(PROGRAM, &scratch)
        .args(["run", "-q", "-t", target])
        .args(arguments)
        .start();
    let vitals = Vitals::of(&mut child, Duration::from_secs(length + 60));
    let finished = finish(child).expect(0);
    let report = json(&report);
    let run = &report["slsart"]["run"];
    assert_eq!(run["planned"], length * RATE, "{}", finished.err);
    assert_eq!(run["tally"]["started"], run["planned"], "{}", run["tally"]);
    (vitals, report)
}

/// Fails where the last quarter took more than the one that ended at `reference` quarters.
fn expect_flat(name: &str, vitals: &Vitals, reference: u32) {
    let quarter = Duration::from_secs(seconds()) / 4;
    let before = vitals.most(quarter * (reference - 1), quarter * reference);
    let last = vitals.most(quarter * 3, quarter * 4);
    println!("{name}: in quarter {reference} {before:?}, in the last {last:?}");
    assert!(before.resident > 0);
    assert!(
        last.resident < before.resident + before.resident / 10 + MEMORY,
        "{before:?} {last:?}"
    );
    assert!(
        last.descriptors < before.descriptors + before.descriptors / 10 + DESCRIPTORS,
        "{before:?} {last:?}"
    );
}

#[test]
fn a_long_load_takes_no_more_at_its_end_than_in_its_first_quarter() {
    let target = Target::start(0).unwrap();
    let get = "get: { url: \"/static/64?n={{ $randomNumber(1, 1000000) }}\" }";
    let (vitals, report) = soak(target.url(), get, "{ timeout: 10 }");
    assert_eq!(target.count(), seconds() * RATE);
    assert_eq!(report["aggregate"]["counters"]["vusers.failed"], 0);
    expect_flat("a long load", &vitals, 1);
}

#[test]
fn a_hostile_target_is_reported_as_it_is_and_leaks_nothing() {
    let target = Hostile::start();
    let get =
        "get: { url: \"/{{ $randomNumber(0, 1000000000) }}\", capture: { json: $.id, as: id } }";
    let (vitals, report) = soak(&target.url(), get, "{ timeout: 5, bodyTimeout: 12 }");
    target.record().expect_in(&report, "ERR_SOCKET_TIMEOUT");
    // Bodies that nobody sends are given up after eight seconds, and those without end after twelve.
    expect_flat("a hostile target", &vitals, 3);
}
