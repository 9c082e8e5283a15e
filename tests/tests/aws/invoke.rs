//! What `invoke` says and does before it sends anything, and how it is left.

use std::time::{Duration, Instant};

use tests::{Cloud, Terminal, finish, interrupt, json as read, requests, terminate, wait_until};

use crate::PROGRAM;

#[test]
fn nothing_is_sent_that_is_refused_and_a_run_that_is_left_goes_on() {
    let cloud = Cloud::deployed(PROGRAM);
    cloud.script(
        "[{ duration: 3, arrivalRate: 5 }]",
        "{ timeBufferInMilliseconds: 1500 }",
    );
    let invoke = |more: &[&str]| cloud.slsart().args(["invoke", "--seed", "7"]).args(more);
    let dear = invoke(&["--max-cost", "0"]).run().expect(5);
    assert!(
        dear.err
            .contains("forecast: 1 function, at most 1 at once, where ")
            && dear
                .err
                .contains("error: nothing was sent: the run would cost some $0.0"),
        "{}",
        dear.err
    );
    cloud.reserve(0);
    // Where scenarios are tried out, that is a failure like any other.
    for (how, code) in [(&[][..], 4), (&["-a"], 3), (&["--monitoring"], 3)] {
        let stuck = invoke(how).run().expect(code);
        assert!(
            stuck.err.contains("the run would never start: "),
            "{}",
            stuck.err
        );
    }
    // Sent all the same, it never starts: that does not read as if it had.
    let stuck = invoke(&["--force", "--wait", "--name", "stuck"])
        .run()
        .expect(4);
    assert!(
        stuck.out.starts_with("Invoking test Lambda\n"),
        "{}",
        stuck.out
    );
    assert!(!stuck.out.contains("completed."), "{}", stuck.out);
    assert!(
        stuck.err.contains("the run has not started: "),
        "{}",
        stuck.err
    );
    cloud.reserve(100);
    let runs: Vec<_> = cloud.states().into_iter().map(|(run, _)| run).collect();
    assert_eq!((runs, cloud.target.count()), (vec!["stuck".to_owned()], 0));

    cloud.scratch.write("left.json", "{}");
    let left = [
        "--detach",
        "--name",
        "left",
        "--max-cost",
        "$1",
        "-o",
        "left.json",
    ];
    let left = invoke(&left).run().expect(0);
    let none = read(&cloud.scratch.path("left.json"));
    assert_eq!(none["slsart"]["verdict"], "noReport");
    assert!(
        left.out.contains("Your function has been invoked."),
        "{}",
        left.out
    );
    let watch = ["watch", "left", "--aws", "-o", "left.json"];
    cloud.slsart().args(watch).run().expect(0);
    assert_eq!(cloud.target.count(), 30);

    // At a terminal one is asked; what is no answer is asked again.
    cloud.target.clear();
    let mut terminal = Terminal::default();
    let waiting = invoke(&["--name", "asked"]).start_at(&terminal);
    terminal.wait_for("run asked ");
    interrupt(&waiting);
    terminal.wait_for("(d, detach), or stop it (s)? ");
    // Longer than it takes until progress is shown again: the question stays.
    terminal.stays_as_it_is(Duration::from_secs(1));
    terminal.types("what?\n");
    terminal.wait_for("(d, detach), or stop it (s)? ");
    terminal.types("d\n");
    finish(waiting).expect(0);
    terminal.wait_for("the run goes on: `slsart watch asked --aws` follows it");
    let watch = ["watch", "asked", "--aws"];
    cloud.slsart().args(watch).run().expect(0);
    assert_eq!(cloud.target.count(), 30);

    // Only the report is printed, and it is that of the run: of one seed rows are the same, and so are the lengths of answers.
    let only = |more: &[&str]| {
        let only = invoke(&["--jo"]).args(more).run().expect(0);
        let printed: serde_json::Value = serde_json::from_str(&only.out).unwrap();
        printed
    };
    let counters = |report: &serde_json::Value| report["aggregate"]["counters"].clone();
    let left = counters(&read(&cloud.scratch.path("left.json")));
    assert_eq!(counters(&only(&[])), left);
    assert_eq!(counters(&only(&["-o", "-"])), left);
    let printed = only(&["-o", "only.json"]);
    assert_eq!(counters(&printed), left);
    assert_eq!(printed, read(&cloud.scratch.path("only.json")));
    assert_eq!(
        only(&["--detach", "--name", "gone"]),
        serde_json::json!({ "run": "gone", "started": true })
    );
}

#[test]
fn who_is_at_no_terminal_and_interrupts_a_run_stops_it() {
    let cloud = Cloud::deployed(PROGRAM);
    cloud.script(
        "[{ duration: 300, arrivalRate: 20 }]",
        "{ timeBufferInMilliseconds: 2000 }",
    );
    let invoke = ["invoke", "--wait", "-o", "report.json"];
    for (name, end) in [("int", interrupt as fn(&_)), ("term", terminate)] {
        cloud.target.clear();
        let waiting = cloud.slsart().args(invoke).args(["--name", name]).start();
        wait_until("requests arrive", || cloud.target.count() > 20);
        end(&waiting);
        finish(waiting).expect(130);
        let report = read(&cloud.scratch.path("report.json"));
        let stopped = &report["slsart"]["run"]["stopped"];
        assert!(stopped.as_u64().is_some(), "{report}");
    }
}

#[test]
fn a_payload_that_no_event_could_carry_travels_through_the_ledger() {
    let cloud = Cloud::deployed(PROGRAM);
    let script = cloud.script(
        "[{ duration: 2, arrivalRate: 10 }]",
        "{ maxChunkRequestsPerSecond: 5, timeBufferInMilliseconds: 3000 }",
    );
    let rows = (0..8_000).map(|row| format!("row-{row}-{}\n", "x".repeat(1_000)));
    cloud.scratch.write("rows.csv", rows.collect::<String>());
    let invoke = ["invoke", "--seed", "7", "--force"];
    cloud.slsart().args(invoke).run().expect(0);
    let sent = requests(&cloud.target);
    assert_eq!((sent.len(), sent), (40, cloud.here(&script).0));
}

#[test]
fn more_runs_at_once_than_functions_may_are_all_carried_out() {
    let cloud = Cloud::deployed(PROGRAM);
    cloud.script(
        "[{ duration: 1, arrivalRate: 5 }]",
        "{ timeBufferInMilliseconds: 8000 }",
    );
    cloud.reserve(4);
    let began = Instant::now();
    let all: Vec<_> = (0..8)
        .map(|_| cloud.slsart().args(["invoke", "--force"]).start())
        .collect();
    for one in all {
        finish(one).expect(0);
    }
    assert_eq!(cloud.target.count(), 8 * 10);
    assert!(
        began.elapsed() < Duration::from_mins(1),
        "{:?}",
        began.elapsed()
    );
}
