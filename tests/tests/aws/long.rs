//! Whole runs on an emulator of AWS that take minutes, or assert seconds. Run by `.ci/long`, on a quiet machine, in release.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't set itself up has failed"
)]
#![expect(clippy::print_stdout, reason = "its figures are to be read")]

mod figures;

use std::time::{Duration, SystemTime};

use rustix::process::{Signal, kill_process};
use serde_json::Value;
use tests::{Cloud, Queue, Request, finish, json as read, requests, wait_until};

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
            .ends_with("\nResults:\nFAILED acceptance failure: scenarios run: 0, total errors: 1, error budget: 0\n"),
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
    // Whoever waits is told of the first of them before anything is missing in the ledger.
    let said = "the function that was to start the run failed: ";
    assert!(told.err.contains(said), "{}", told.err);
    assert!(
        told.out.contains("samples were not run to their end"),
        "{}",
        told.out
    );
    let report = read(&cloud.scratch.path("report.json"));
    assert!(number(&report["errors"]) > 400, "{report}");
}

/// In how many rounds functions are told to stop, by each command.
const ROUNDS: usize = 10;

/// After which time, at the median and at the most, the last request came.
fn seen_after(how: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let (median, most) = (took[took.len() / 2], took[took.len() - 1]);
    println!("the last request came after `{how}`: median {median:?}, at most {most:?}");
    assert!(most <= Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_stop_and_a_kill_are_seen_by_twenty_functions_within_two_seconds() {
    let cloud = Cloud::new(PROGRAM);
    cloud.script(
        "[{ duration: 300, arrivalRate: 100 }]",
        "{ maxChunkRequestsPerSecond: 5, timeBufferInMilliseconds: 5000 }",
    );
    let (mut stopped, mut killed) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        cloud.slsart().args(["deploy"]).run().expect(0);
        for how in ["stop", "kill"] {
            cloud.target.clear();
            let run = format!("{how}-{round}");
            let invoke = ["invoke", "--name", &run, "--detach"];
            cloud.slsart().args(invoke).run().expect(0);
            wait_until("all functions are at it", || cloud.target.count() > 400);
            let report = if how == "stop" {
                cloud.slsart().args(["stop", &run, "--aws"]).run().expect(0);
                over(&cloud, &run, 130).1
            } else {
                cloud.slsart().args(["kill"]).run().expect(0);
                read(&cloud.scratch.path(&format!("{run}.json")))
            };
            let marked = number(&report["slsart"]["run"]["stopped"]);
            let last = cloud.target.record().iter().map(|one| one.arrived_ns).max();
            let took = Duration::from_nanos(last.unwrap().saturating_sub(marked));
            let all = if how == "stop" {
                &mut stopped
            } else {
                &mut killed
            };
            all.push(took);
        }
    }
    seen_after("stop", stopped);
    seen_after("kill", killed);
}

#[test]
fn a_schedule_of_a_minute_begins_runs_that_close_themselves_and_tells_of_those_that_fail() {
    let cloud = Cloud::new(PROGRAM);
    let queue = Queue::new(&cloud.aws, "alerts");
    let script = format!(
        "config: {{ target: {}, plugins: {{ expect: {{}} }} }}\nsampling: {{ size: 2, errorBudget: 1 }}\nscenarios: [{{ flow: [{{ get: {{ url: /echo, expect: {{ statusCode: 204 }} }} }}] }}]\n",
        cloud.target.url()
    );
    cloud.scratch.write("script.yml", script);
    let service = ["--service", "serverless-star", "--stage", "dev"];
    let configure = cloud.slsart().args(["configure"]).args(service);
    configure.run().expect(0);
    let path = cloud.scratch.path("serverless.yml");
    let topic = "      Type: AWS::SNS::Topic\n";
    let told = format!(
        "{topic}      Properties: {{ Subscription: [{{ Protocol: sqs, Endpoint: \"{}\" }}] }}\n",
        queue.arn()
    );
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text
        .replace(topic, &told)
        .replace("enabled: false", "enabled: true");
    std::fs::write(&path, text).unwrap();
    cloud.slsart().args(["deploy"]).run().expect(0);
    let deadline = SystemTime::now() + Duration::from_mins(3);
    let mut alerts = Vec::new();
    while alerts.is_empty() {
        assert!(SystemTime::now() < deadline, "{:?}", cloud.states());
        std::thread::park_timeout(Duration::from_millis(500));
        alerts.extend(queue.take());
    }
    let subject = "Alert: monitoring failure: scenarios run: 2, total errors: 2, error budget: 1";
    assert_eq!(alerts[0]["Subject"], subject);
    let states = cloud.states();
    assert!(
        states.iter().any(|(_, state)| state == "failed"),
        "{states:?}"
    );
    assert_eq!(cloud.target.count() % 2, 0);
}
