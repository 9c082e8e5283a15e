//! What keeps a run from beginning or from its end, and fails it whatever its budget.

use std::process::Child;

use slsart::target::Running;
use tests::{Scratch, finish, wait_until};

use super::{Run, SCRIPT, ended, failed, fails, files, program, run, sampled, target};
use crate::losses::{kill, workers_of};

#[test]
fn a_target_that_nobody_serves_fails_the_run_and_not_as_one_that_never_answers() {
    let scratch = Scratch::default();
    let run = run(&scratch, SCRIPT, "http://127.0.0.1:1", &[]);
    fails(&run, &["ECONNREFUSED", "the target never answered"]);
}

#[test]
fn a_payload_without_rows_is_told_before_anything_is_begun() {
    let (scratch, target) = (Scratch::default(), target());
    scratch.write("users.csv", "");
    let payload = "  payload: { path: users.csv, fields: [user] }\nmode: acceptance";
    let script = SCRIPT.replace("mode: acceptance", payload);
    let done = program(&scratch, &script, target.url(), &[])
        .run()
        .expect(5);
    assert!(done.err.contains("users.csv"), "{}", done.err);
    let junit = std::fs::read_to_string(files(&scratch).1).unwrap();
    assert!(
        junit.contains("failures=\"1\"") && junit.contains("users.csv"),
        "{junit}"
    );
    assert!(target.record().is_empty());
}

#[test]
fn a_run_that_cannot_begin_fails() {
    let (scratch, target) = (Scratch::default(), target());
    let before =
        "before: { flow: [{ post: { url: /status/500, capture: { json: $.token, as: t } } }] }\n";
    let script = format!("{before}{SCRIPT}");
    let Run { done, junit, .. } = run(&scratch, &script, target.url(), &[]);
    let done = done.expect(3);
    assert!(done.err.contains("`before` failed"), "{}", done.err);
    assert!(junit.contains("the run never began"), "{junit}");
    let load = script.replace("mode: acceptance", "");
    program(&scratch, &load, target.url(), &[]).run().expect(1);
}

/// A run in two processes.
fn begun(scratch: &Scratch, script: &str, target: &Running) -> Child {
    let how = ["--processes", "--workers", "2"];
    program(scratch, script, target.url(), &how).start()
}

#[test]
fn a_worker_that_is_killed_fails_the_run_whatever_the_budget() {
    let (scratch, target) = (Scratch::default(), target());
    let script = sampled(200, 399)
        .replace("url: /echo, expect", "url: /delay/900, expect")
        .replace(
            "mode: acceptance",
            "mode: mon\n_split: { maxScriptDurationInSeconds: 100 }",
        );
    let child = begun(&scratch, &script, &target);
    wait_until("two workers", || {
        workers_of(&scratch).len() >= 2 && target.record().len() > 1
    });
    for pid in workers_of(&scratch) {
        kill(pid);
    }
    let run = ended(&scratch, finish(child));
    let all = format!("{}{}", run.done.out, run.done.err);
    assert_eq!(run.done.code, Some(3), "{all}");
    assert!(all.contains("samples were not run to their end"), "{all}");
    let dead = "warning: the process of the worker that starts the run was ended by signal 9\n";
    assert!(run.done.err.contains(dead), "{all}");
    assert!(run.junit.contains("chunk lane "), "{}", run.junit);
    assert!(
        run.junit.contains("samples were not run to their end"),
        "{}",
        run.junit
    );
}

#[test]
fn a_chunk_that_is_lost_fails_the_run_and_its_scenario_is_named() {
    let (scratch, target) = (Scratch::default(), target());
    let script = sampled(30, 59);
    let child = begun(&scratch, &script, &target);
    let asked = |path: &str| {
        let record = target.record();
        record.iter().any(|received| received.path == path)
    };
    wait_until("both scenarios are tried out", || {
        asked("/items") && asked("/echo") && workers_of(&scratch).len() >= 2
    });
    // Each has one of them; the other goes on.
    kill(*workers_of(&scratch).last().unwrap());
    let run = ended(&scratch, finish(child));
    fails_whatever_the_budget(
        &run,
        "1 scenarios are lost: unreported: a worker claimed it, then was silent",
    );
    // The worker that started it says so, and the report which part of the run it had.
    let dead = "warning: the process of worker 1 of 2 was ended by signal 9\n";
    assert!(run.done.err.contains(dead), "{}", run.done.err);
    assert!(run.junit.contains("hung (chunk lane "), "{}", run.junit);
    let lost = ["buy", "browse"].map(|name| {
        let sentence = format!("scenario `{name}`: ");
        run.done.out.contains(&sentence) && run.junit.contains(&sentence)
    });
    assert_eq!(lost.iter().filter(|lost| **lost).count(), 1, "{lost:?}");
}

#[test]
fn a_sample_that_is_not_run_fails_the_run_and_its_scenario_is_named() {
    let (scratch, target) = (Scratch::default(), target());
    // What is asked for takes longer than the run may.
    let script = sampled(9, 17)
        .replace("url: /echo, expect", "url: /delay/900, expect")
        .replace("averagePause: 0.2 ", "averagePause: 0 ")
        .replace("pauseVariance: 0.1 ", "pauseVariance: 0 ")
        .replace(
            "mode: acceptance",
            "mode: acc\n_split: { maxScriptDurationInSeconds: 3 }",
        );
    let run = run(&scratch, &script, target.url(), &[]);
    fails_whatever_the_budget(&run, "scenario `browse`: ");
    assert!(
        run.done
            .out
            .contains("of 9 samples were not run to their end"),
        "{}",
        run.done.out
    );
    assert!(!run.junit.contains("scenario `buy`"), "{}", run.junit);
}

/// Fails unless the run has failed and says this, though there are not too many errors.
fn fails_whatever_the_budget(run: &Run, why: &str) {
    let all = failed(run);
    let (out, junit) = (&run.done.out, &run.junit);
    assert!(out.contains(why) && junit.contains(why), "{all}");
    assert!(junit.contains("<failure"), "{all}");
}
