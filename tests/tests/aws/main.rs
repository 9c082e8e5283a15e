//! Whole runs on an emulator of AWS, by the commands that people type: the function is the real program.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't set itself up has failed"
)]

mod alerts;
mod events;
mod invoke;
mod kill;
mod losses;
mod modes;
mod refusals;
mod sending;
mod stack;

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use tests::{Cloud, finish, json as read, requests, wait_until};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

/// All that must not depend on where a script ran: what was counted, how many times were measured, and what became of users.
fn counts(report: &Value) -> Value {
    let aggregate = &report["aggregate"];
    let measured = aggregate["summaries"].as_object().unwrap().iter();
    let measured: Value = measured
        .map(|(name, times)| (name.clone(), times["count"].clone()))
        .collect();
    let run = &report["slsart"]["run"];
    json!({
        "counters": aggregate["counters"],
        "measured": measured,
        "users": [run["planned"], run["tally"], run["lost"], run["unfinished"]],
        "verdict": report["slsart"]["verdict"],
    })
}

#[test]
fn a_script_that_is_deployed_and_invoked_does_what_it_does_here_in_one_piece_and_in_many() {
    let cloud = Cloud::deployed(PROGRAM);
    let small = cloud.script(
        "[{ duration: 2, arrivalRate: 10 }]",
        "{ timeBufferInMilliseconds: 1500 }",
    );
    let invoke = |more: &[&str]| {
        cloud
            .slsart()
            .args(["invoke", "--seed", "7"])
            .args(more)
            .run()
    };

    cloud.target.clear();
    let waited = invoke(&["-o", "aws.json"]).expect(0);
    let texts = "Invoking test Lambda\nYour function invocation has completed.\n";
    assert!(waited.out.starts_with(texts), "{}", waited.out);
    assert!(!waited.err.contains("Your function"), "{}", waited.err);
    let (sent, report) = (
        requests(&cloud.target),
        read(&cloud.scratch.path("aws.json")),
    );
    let (sent_here, report_here) = cloud.here(&small);
    assert_eq!((sent.len(), &sent), (40, &sent_here));
    assert_eq!(counts(&report), counts(&report_here));

    let ramp = cloud.script(
        "[{ duration: 8, arrivalRate: 1, rampTo: 40 }]",
        "{ maxChunkRequestsPerSecond: 1, maxChunkDurationInSeconds: 15, timeBufferInMilliseconds: 8000 }",
    );
    cloud.target.clear();
    let sent = invoke(&["-p", "script.yml"]).expect(0);
    assert!(
        sent.out
            .contains("The load is scheduled to be completed in"),
        "{}",
        sent.out
    );
    let run = Cloud::run_of(&sent);
    let watch = ["watch", &run, "--aws", "-o", "watched.json"];
    cloud.slsart().args(watch).run().expect(0);
    let report = cloud.report(&run, 0);
    assert_eq!(read(&cloud.scratch.path("watched.json")), report);
    assert!(
        report["slsart"]["run"]["chunks"].as_u64().unwrap() >= 30,
        "{report}"
    );
    let sent = requests(&cloud.target);
    let (sent_here, report_here) = cloud.here(&ramp);
    assert_eq!(sent, sent_here);
    assert_eq!(counts(&report), counts(&report_here));

    // What functions log is a line of JSON for each, which says of which run and what of it.
    let is_executed = |line: &&Value| {
        let order = &line["order"];
        line["reply"] == "executed" && (order == "start" || order["carry"].is_object())
    };
    let is_ended = |line: &&Value| line["ended"]["exitCode"] == 0;
    let lines = cloud.logged(&run, |lines| {
        lines.iter().filter(is_executed).count() >= 30 && lines.iter().any(|line| is_ended(&line))
    });
    assert_eq!(lines.iter().filter(is_ended).count(), 1, "{lines:?}");

    let removed = cloud.slsart().args(["remove"]).run().expect(0);
    assert!(removed.out.contains("its ledger stays"), "{}", removed.out);
    let gone = invoke(&[]).expect(7);
    assert!(
        gone.err
            .contains("nothing is deployed as `serverless-star-dev` in us-east-1"),
        "{}",
        gone.err
    );
    let run = Cloud::run_of(&waited);
    cloud
        .slsart()
        .args(["report", &run, "--aws"])
        .run()
        .expect(0);
    cloud.slsart().args(["remove", "--purge"]).run().expect(0);
    cloud
        .slsart()
        .args(["report", &run, "--aws"])
        .run()
        .expect(7);
}

#[test]
fn a_second_deployment_has_nothing_to_do_and_a_dry_one_touches_nothing() {
    let cloud = Cloud::new(PROGRAM);
    let dry = cloud.slsart().args(["deploy", "--dry"]).run().expect(0);
    assert!(
        dry.out.contains("AWS::Lambda::Function") && dry.out.ends_with("# nothing was touched\n")
    );
    cloud.slsart().args(["invoke"]).run().expect(7);
    let first = cloud.slsart().args(["deploy"]).run().expect(0);
    assert!(first.out.starts_with("deployed\n"), "{}", first.out);
    let second = cloud.slsart().args(["deploy"]).run().expect(0);
    assert!(second.out.starts_with("nothing to do"), "{}", second.out);

    // Another build of the program, however little it differs.
    let program = cloud.scratch.path("slsart");
    let mut bytes = std::fs::read(&program).unwrap();
    bytes.push(0);
    std::fs::remove_file(&program).unwrap();
    std::fs::write(&program, bytes).unwrap();
    std::fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let other = cloud.slsart().args(["invoke"]).run().expect(7);
    let said =
        "was deployed by another build of this program: `slsart deploy` brings this one there";
    assert!(other.err.contains(said), "{}", other.err);
    assert_eq!(cloud.states(), []);
}

#[test]
fn a_run_that_nobody_waits_for_is_stopped_from_another_process() {
    let cloud = Cloud::deployed(PROGRAM);
    cloud.script(
        "[{ duration: 300, arrivalRate: 20 }]",
        "{ maxChunkRequestsPerSecond: 5, timeBufferInMilliseconds: 4000 }",
    );
    let sent = cloud
        .slsart()
        .args(["invoke", "--seed", "7"])
        .run()
        .expect(0);
    let run = Cloud::run_of(&sent);
    wait_until("requests arrive", || cloud.target.count() > 20);
    let watch = ["watch", &run, "--aws", "-o", "watched.json"];
    let watching = cloud.slsart().args(watch).start();

    // Nobody takes its functions from it who does not want that.
    let removed = cloud.slsart().args(["remove"]).run().expect(2);
    let why = format!(
        "error: nothing was done, since 1 run is going on, `{run}`: `slsart stop {run} --aws` stops it, "
    );
    assert!(removed.err.contains(&why), "{}", removed.err);
    let mut bytes = std::fs::read(cloud.scratch.path("slsart")).unwrap();
    bytes.push(0);
    cloud.scratch.write("other", bytes);
    let other = cloud.slsart().args(["deploy", "--worker", "other"]);
    let other = other.run().expect(2);
    assert!(other.err.contains("1 run is going on"), "{}", other.err);

    cloud.slsart().args(["stop", &run, "--aws"]).run().expect(0);
    let report = cloud.report(&run, 130);
    finish(watching).expect(130);
    assert_eq!(read(&cloud.scratch.path("watched.json")), report);
    let cancelled = report["slsart"]["run"]["tally"]["cancelled"].as_u64();
    assert!(cancelled.unwrap() > 5_000, "{report}");
    cloud.slsart().args(["remove"]).run().expect(0);
}
