//! Whole runs on an emulator of AWS that take minutes, or assert seconds. Run by `.ci/long`, on a quiet machine, in release.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't set itself up has failed"
)]

use std::time::{Duration, SystemTime};

use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};
use tests::{Cloud, Request, finish, json as read, requests, wait_until};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// What a run on AWS sent, and what its report says, once it is over.
fn over(cloud: &Cloud, run: &str, code: i32) -> (Vec<Request>, Value) {
    let watch = ["watch", run, "--aws", "-o", "watched.json"];
    cloud.slsart().args(watch).run().expect(code);
    let report = read(&cloud.scratch.path("watched.json"));
    (requests(&cloud.target), report)
}

#[test]
fn a_run_lives_through_the_lives_of_three_functions() {
    let cloud = Cloud::new(PROGRAM);
    let script = cloud.script(
        "[{ duration: 45, arrivalRate: 6 }]",
        "{ timeBufferInMilliseconds: 3000 }",
    );
    let deploy = ["deploy", "--timeout", "30"];
    cloud.slsart().args(deploy).run().expect(0);
    let invoke = ["invoke", "--seed", "7", "--name", "r", "--detach"];
    cloud.slsart().args(invoke).run().expect(0);
    let (sent, report) = over(&cloud, "r", 0);
    let run = &report["slsart"]["run"];
    println!("{} chunks", run["chunks"]);
    assert!(number(&run["chunks"]) >= 3, "{run}");
    let (sent_here, _) = cloud.here(&script);
    assert_eq!(sent, sent_here);
}

#[test]
fn functions_that_may_not_run_leave_units_undelivered_and_a_run_that_never_starts_says_so() {
    let cloud = Cloud::deployed(PROGRAM);
    cloud.script(
        "[{ duration: 40, arrivalRate: 6 }]",
        "{ maxChunkDurationInSeconds: 20, timeBufferInMilliseconds: 3000 }",
    );
    let invoke = |more: &[&str]| cloud.slsart().args(["invoke", "--force"]).args(more).run();
    cloud.reserve(0);
    let never = invoke(&[]).expect(4);
    assert!(
        never
            .err
            .contains("the run has not started: no function took it up"),
        "{}",
        never.err
    );
    let never = invoke(&["-a"]).expect(3);
    assert!(
        never
            .out
            .ends_with("\nResults:\nFAILED 1 of 1 units are lost, unfinished or missed\n"),
        "{}",
        never.out
    );
    cloud.reserve(100);
    invoke(&["--name", "cut", "--detach"]).expect(0);
    wait_until("requests arrive", || cloud.target.count() > 0);
    cloud.reserve(0);
    let (_, report) = over(&cloud, "cut", 4);
    let run = &report["slsart"]["run"];
    assert_eq!(number(&run["lost"]), 120, "{run}");
    assert_eq!(run["losses"][0]["why"], "undelivered", "{run}");
}

#[test]
fn a_function_that_dies_while_it_tries_scenarios_out_fails_the_run() {
    let cloud = Cloud::deployed(PROGRAM);
    let script = format!(
        "config: {{ target: {} }}\nmode: mon\nsampling: {{ size: 500, errorBudget: 499 }}\n_split: {{ maxScriptDurationInSeconds: 600 }}\nscenarios: [{{ name: slow, flow: [{{ get: {{ url: /delay/500 }} }}] }}]\n",
        cloud.target.url()
    );
    cloud.scratch.write("script.yml", script);
    let launcher = cloud.slsart().args(["invoke", "-o", "report.json"]).start();
    wait_until("requests arrive", || cloud.target.count() > 2);
    for function in cloud.aws.functions() {
        kill_process(function, Signal::KILL).unwrap();
    }
    let told = finish(launcher).expect(3);
    assert!(
        told.out.contains("samples were not run to their end"),
        "{}",
        told.out
    );
    let report = read(&cloud.scratch.path("report.json"));
    assert!(number(&report["errors"]) > 400, "{report}");
}

#[test]
fn a_stop_and_a_kill_are_seen_by_twenty_functions_within_two_seconds() {
    const ROUNDS: usize = 10;
    let cloud = Cloud::deployed(PROGRAM);
    cloud.script(
        "[{ duration: 300, arrivalRate: 100 }]",
        "{ maxChunkRequestsPerSecond: 5, timeBufferInMilliseconds: 5000 }",
    );
    let mut took: Vec<Duration> = Vec::new();
    for round in 0..=ROUNDS {
        cloud.target.clear();
        let run = format!("round-{round}");
        let invoke = ["invoke", "--name", &run, "--detach"];
        cloud.slsart().args(invoke).run().expect(0);
        wait_until("all functions are at it", || cloud.target.count() > 400);
        let report = if round < ROUNDS {
            cloud.slsart().args(["stop", &run, "--aws"]).run().expect(0);
            over(&cloud, &run, 130).1
        } else {
            cloud.slsart().args(["kill"]).run().expect(0);
            read(&cloud.scratch.path(&format!("{run}.json")))
        };
        let marked = number(&report["slsart"]["run"]["stopped"]);
        let last = cloud.target.record().iter().map(|one| one.arrived_ns).max();
        took.push(Duration::from_nanos(last.unwrap().saturating_sub(marked)));
    }
    println!("after `kill`: {:?}", took[ROUNDS]);
    took.sort_unstable();
    println!(
        "the last request came after `stop`: median {:?}, at most {:?}",
        took[ROUNDS / 2],
        took[ROUNDS]
    );
    assert!(took[ROUNDS] <= Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_rule_of_the_platform_begins_a_run_that_closes_itself() {
    let cloud = Cloud::new(PROGRAM);
    cloud.script(
        "[{ duration: 3, arrivalRate: 5 }]",
        "{ timeBufferInMilliseconds: 1000 }",
    );
    cloud.slsart().args(["deploy"]).run().expect(0);
    let events = |operation: &str, body: &Value| {
        let operation = format!("AWSEvents.{operation}");
        let headers = [
            ("X-Amz-Target", operation.as_str()),
            ("Content-Type", "application/x-amz-json-1.1"),
        ];
        let (status, answer) = cloud.aws.ask("POST", "/", &headers, &body.to_string());
        assert_eq!(status, 200, "{answer}");
    };
    let rule =
        json!({ "Name": "tick", "ScheduleExpression": "rate(1 minute)", "State": "ENABLED" });
    events("PutRule", &rule);
    let input = json!({ ">>": "script.yml" }).to_string();
    let target = json!({ "Id": "f", "Arn": cloud.arn(), "Input": input });
    events(
        "PutTargets",
        &json!({ "Rule": "tick", "Targets": [target] }),
    );
    let deadline = SystemTime::now() + Duration::from_mins(3);
    while !cloud.states().iter().any(|(_, state)| state == "passed") {
        assert!(SystemTime::now() < deadline, "{:?}", cloud.states());
        std::thread::park_timeout(Duration::from_millis(500));
    }
    assert_eq!(cloud.target.count() % 30, 0);
}
