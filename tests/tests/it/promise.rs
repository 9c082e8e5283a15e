//! A run cut into any number of pieces is the same run.

use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use slsart::target::Target;
use star_core::{Limits, Rate};
use tests::{Launched, Program, Request, Scratch, Workers, json, launched, requests};

use crate::scripts;

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");
const WORKER: &str = env!("CARGO_BIN_EXE_mortal-worker");

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Limits that cut into windows of so many milliseconds and lanes of so many units a second.
fn cut(window: u64, rate: u64) -> Limits {
    Limits {
        chunk: millis(window),
        chunk_rate: Some(Rate::per_second(rate)),
        workers: None,
        lead: millis(150),
        tail: Duration::from_secs(5),
        late: Duration::from_secs(10),
        ..Limits::here(1)
    }
}

fn whole() -> Limits {
    Limits {
        late: Duration::from_secs(10),
        ..Limits::here(1)
    }
}

/// Runs a script against a target of its own.
fn run(
    script: fn(&Scratch) -> std::path::PathBuf,
    limits: Limits,
    workers: &Workers,
) -> (Launched, Vec<Request>) {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = script(&scratch);
    let done = launched(&scratch, "run", &script, target.url(), limits, workers);
    let facts = &done.outcome.facts;
    assert!(facts.adds_up() && !facts.is_partial(), "{facts:?}");
    assert_eq!(facts.tally.started, facts.planned, "{facts:?}");
    (done, requests(&target))
}

fn same((whole, sent): &(Launched, Vec<Request>), (parts, also_sent): &(Launched, Vec<Request>)) {
    assert_eq!(sent.len(), also_sent.len());
    assert_eq!(sent, also_sent);
    let lines = |done: &Launched| {
        let lines = done
            .trace
            .iter()
            .map(|line| serde_json::to_string(line).unwrap());
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(lines(whole), lines(parts));
    assert_eq!(whole.outcome.counts(), parts.outcome.counts());
    assert_eq!(whole.outcome.facts.tally, parts.outcome.facts.tally);
}

#[test]
fn thirty_chunks_and_more_make_the_requests_of_one() {
    let whole = run(scripts::promise, whole(), &Workers::Threads);
    assert_eq!(whole.0.outcome.facts.planned, 120);
    assert!(whole.1.len() > 240, "{}", whole.1.len());
    let parts = run(scripts::promise, cut(130, 5), &Workers::Threads);
    let chunks = parts.0.outcome.facts.chunks;
    assert!(chunks >= 30, "{chunks}");
    same(&whole, &parts);
}

#[test]
fn worker_processes_make_the_same_requests_as_threads() {
    let whole = run(scripts::promise, whole(), &Workers::Threads);
    let processes = Workers::Processes(WORKER.into(), Vec::new());
    let limits = Limits {
        lead: millis(600),
        ..cut(1000, 25)
    };
    let parts = run(scripts::promise, limits, &processes);
    assert_eq!(parts.0.outcome.facts.chunks, 2 + 3);
    same(&whole, &parts);
}

#[test]
fn users_that_outlive_their_window_finish() {
    let whole = run(scripts::outliving, whole(), &Workers::Threads);
    assert_eq!(whole.1.len(), 40);
    let parts = run(scripts::outliving, cut(100, 2), &Workers::Threads);
    assert_eq!(parts.0.outcome.facts.chunks, 5 * 2);
    same(&whole, &parts);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_cutting_makes_the_same_requests(window in 90..900_u64, rate in 3..60_u64) {
        let whole = run(scripts::promise, whole(), &Workers::Threads);
        let parts = run(scripts::promise, cut(window, rate), &Workers::Threads);
        same(&whole, &parts);
    }
}

/// What a run of the program left: the target's record, the trace, and the counts of its report.
fn run_program(arguments: &[&str]) -> (Vec<Request>, String, serde_json::Value) {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scripts::promise(&scratch);
    let (report, trace) = (scratch.path("report.json"), scratch.path("trace.jsonl"));
    Program::new(PROGRAM, &scratch)
        .args(["run", "-t", target.url(), "--seed", "42", "-q"])
        .args([
            "-o".as_ref(),
            report.as_path(),
            Path::new("--trace"),
            &trace,
            &script,
        ])
        .args(arguments)
        .run()
        .expect(0);
    let report = json(&report);
    let counters = report["aggregate"]["counters"].clone();
    (
        requests(&target),
        std::fs::read_to_string(trace).unwrap(),
        counters,
    )
}

#[test]
fn one_two_and_seven_workers_of_the_program_make_the_same_run() {
    let one = run_program(&["--workers", "1"]);
    assert_eq!(one.1.lines().count(), 120);
    for arguments in [
        &["--workers", "2"][..],
        &["--workers", "7"],
        &["--workers", "3", "--processes"],
    ] {
        let other = run_program(arguments);
        assert_eq!(one.0, other.0, "{arguments:?}");
        assert_eq!(one.1, other.1, "{arguments:?}");
        let without_bytes = |counters: &serde_json::Value| {
            let mut counters = counters.clone();
            counters
                .as_object_mut()
                .unwrap()
                .remove("http.downloaded_bytes");
            counters
        };
        assert_eq!(
            without_bytes(&one.2),
            without_bytes(&other.2),
            "{arguments:?}"
        );
    }
}
