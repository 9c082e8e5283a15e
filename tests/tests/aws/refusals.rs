//! What is said, and how soon, where AWS refuses a call of a command, or something of a deployment was removed by hand.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{Cloud, FUNCTION, Finished, Proxy, RuntimeApi, finish, wait_until};

use crate::PROGRAM;

/// A command whose calls that are denied are answered so.
fn denied(
    cloud: &Cloud,
    args: &[&str],
    is_denied: impl Fn(&str) -> bool + Send + Sync + 'static,
    (status, code): (u16, &'static str),
) -> Finished {
    let proxy = Proxy::denying(is_denied, status, code);
    let call = cloud.slsart().args(args);
    let call = call.env("HTTP_PROXY", format!("http://{}", proxy.address()));
    let finished = call.run();
    assert!(!proxy.record().is_empty(), "{}", finished.err);
    finished
}

fn is_invocation(line: &str) -> bool {
    line.ends_with("/invocations")
}

#[test]
fn a_start_that_aws_refuses_for_good_is_told_at_once_with_its_reason() {
    let cloud = Cloud::deployed(PROGRAM);
    cloud.script("[{ duration: 300, arrivalRate: 1 }]", "{}");
    for (how, why, said) in [
        (
            "--detach",
            (403, "AccessDeniedException"),
            "AWS does not allow it: the permission `lambda:InvokeFunction` is needed",
        ),
        (
            "--wait",
            (403, "AccessDeniedException"),
            "AWS does not allow it: the permission `lambda:InvokeFunction` is needed",
        ),
        (
            "--detach",
            (413, "RequestEntityTooLarge"),
            "what was sent is too large for AWS: `lambda:InvokeFunction`",
        ),
        (
            "--jo",
            (400, "ExpiredToken"),
            "the AWS credentials have expired",
        ),
    ] {
        let began = Instant::now();
        let refused = denied(&cloud, &["invoke", how], is_invocation, why).expect(7);
        assert!(began.elapsed() < Duration::from_secs(10), "{}", refused.err);
        let sentence = format!("error: the run was not started: {said}");
        assert_eq!(refused.err.matches(&sentence).count(), 1, "{}", refused.err);
        assert!(!refused.err.contains("took it up"), "{}", refused.err);
        if how == "--jo" {
            assert!(refused.out.contains("\"started\":false"), "{}", refused.out);
        }
    }
    assert_eq!(cloud.target.count(), 0);
}

#[test]
fn what_s3_refuses_ends_every_command_soon_and_with_one_code() {
    let cloud = Cloud::deployed(PROGRAM);
    cloud.script("[{ duration: 1, arrivalRate: 1 }]", "{}");
    let run = Cloud::run_of(&cloud.slsart().args(["invoke"]).run().expect(0));
    let reads = |line: &str| line.starts_with("GET ") && line.contains("/runs/");
    let writes = |line: &str| line.starts_with("PUT ") && line.contains("/runs/");
    let no = (403, "AccessDenied");
    let began = Instant::now();
    for command in [
        &["report", &run, "--aws"][..],
        &["watch", &run, "--aws"],
        &["stop", &run, "--aws"],
        &["invoke", "--wait"],
    ] {
        let refused = denied(&cloud, command, reads, no).expect(7);
        assert!(refused.err.contains("`s3:GetObject`"), "{}", refused.err);
    }
    let refused = denied(&cloud, &["invoke"], writes, no).expect(7);
    assert!(refused.err.contains("`s3:PutObject`"), "{}", refused.err);
    assert!(began.elapsed() < Duration::from_mins(1));
}

#[test]
fn a_mark_to_stop_that_s3_refuses_is_told_and_the_run_goes_on() {
    let cloud = Cloud::deployed(PROGRAM);
    cloud.script("[{ duration: 300, arrivalRate: 1 }]", "{}");
    let run = Cloud::run_of(&cloud.slsart().args(["invoke", "--detach"]).run().expect(0));
    wait_until("requests arrive", || cloud.target.count() > 0);
    let marks = |line: &str| line.starts_with("PUT ") && line.contains("/stop");
    let no = (403, "AccessDenied");
    let states = || cloud.states();
    let going_on = [(run.clone(), "running".to_owned())];
    for command in [&["stop", &run, "--aws"][..], &["kill"]] {
        assert_eq!(states(), going_on);
        let refused = denied(&cloud, command, marks, no).expect(7);
        assert!(
            refused.err.contains("`s3:PutObject`"),
            "{command:?}: {}",
            refused.err
        );
        assert!(
            !refused.err.contains("is told to stop"),
            "{command:?}: {}",
            refused.err
        );
    }
    // Its function goes on for as long as it lives.
    cloud.slsart().args(["stop", &run, "--aws"]).run().expect(0);
}

#[test]
fn why_an_order_was_refused_is_in_the_log_of_the_function_that_sent_it() {
    let cloud = Cloud::deployed(PROGRAM);
    cloud.script(
        "[{ duration: 1, arrivalRate: 30 }]",
        "{ maxChunkRequestsPerSecond: 10, timeBufferInMilliseconds: 2000 }",
    );
    let proxy = Proxy::denying(is_invocation, 403, "AccessDeniedException");
    let api = RuntimeApi::start();
    let mut function = cloud.aws.program(api.function(cloud.slsart()));
    for (name, value) in cloud.variables() {
        function = function.env(&name, value);
    }
    let mut child = function
        .env("AWS_LAMBDA_FUNCTION_NAME", FUNCTION)
        .env("LAMBDA_TASK_ROOT", cloud.scratch.path("."))
        .env("HTTP_PROXY", format!("http://{}", proxy.address()))
        .start();
    let reply = api.deliver("refused", &json!({ ">>": "script.yml" }));
    assert_eq!(reply["reply"], "executed", "{reply}");
    child.kill().unwrap();
    let log = finish(child).out;
    let lines = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let refused: Vec<_> = lines.filter(|line| line["refused"].is_string()).collect();
    // The orders differ, and the reason is one.
    assert_eq!(refused.len(), 1, "{log}");
    assert_eq!(
        (&refused[0]["run"], &refused[0]["request"]),
        (&json!("refused"), &json!("refused"))
    );
    assert!(refused[0]["notSent"]["carry"].is_object(), "{log}");
    let why = refused[0]["refused"].as_str().unwrap();
    assert!(
        why.contains("the permission `lambda:InvokeFunction` is needed"),
        "{why}"
    );
}

#[test]
fn a_bucket_that_somebody_removed_is_told_of_and_what_is_left_goes() {
    let cloud = Cloud::deployed(PROGRAM);
    cloud.script("[{ duration: 1, arrivalRate: 1 }]", "{}");
    let run = Cloud::run_of(&cloud.slsart().args(["invoke"]).run().expect(0));
    cloud.remove_bucket();
    let said = "the ledger's bucket is gone, which somebody must have removed by hand: `slsart remove --purge` removes what is left, then `slsart deploy` makes it anew";
    for command in [
        &["deploy"][..],
        &["invoke"],
        &["report", &run, "--aws"],
        &["runs", "--aws"],
    ] {
        let refused = cloud.slsart().args(command).run().expect(7);
        assert!(refused.err.contains(said), "{command:?}: {}", refused.err);
    }
    let kept = cloud.slsart().args(["remove"]).run().expect(0);
    assert!(kept.out.contains("its ledger stays"), "{}", kept.out);
    let kept = cloud.slsart().args(["remove"]).run().expect(0);
    assert!(
        kept.out.contains("nothing to do; its ledger stays"),
        "{}",
        kept.out
    );
    cloud.slsart().args(["remove", "--purge"]).run().expect(0);
    cloud.slsart().args(["deploy"]).run().expect(0);
    cloud.slsart().args(["invoke"]).run().expect(0);
}

#[test]
fn a_function_that_somebody_removed_is_told_of_and_what_is_left_goes() {
    let cloud = Cloud::deployed(PROGRAM);
    cloud.script("[{ duration: 1, arrivalRate: 1 }]", "{}");
    let remove = || {
        let path = format!("/2015-03-31/functions/{FUNCTION}");
        let (status, answer) = cloud.aws.ask("DELETE", &path, &[], "");
        assert_eq!(status, 204, "{answer}");
    };
    remove();
    let said = "the function is gone, which somebody must have removed by hand: `slsart remove` removes what is left, then `slsart deploy` makes it anew";
    for command in [&["deploy"][..], &["deploy", "--force"], &["invoke"]] {
        let refused = cloud.slsart().args(command).run().expect(7);
        assert!(refused.err.contains(said), "{command:?}: {}", refused.err);
    }
    cloud.slsart().args(["remove"]).run().expect(0);
    cloud.slsart().args(["deploy"]).run().expect(0);
    remove();
    let killed = cloud.slsart().args(["kill"]).run().expect(0);
    let gone = format!("the function {FUNCTION} is gone already\n");
    assert!(killed.err.contains(&gone), "{}", killed.err);
    assert!(
        killed.out.contains("We advise to wait until"),
        "{}",
        killed.out
    );
    cloud.slsart().args(["invoke"]).run().expect(7);
}
