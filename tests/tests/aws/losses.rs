//! What does not keep a run from being what it is, and what does.

use std::collections::BTreeSet;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use star_core::wire::VERSION;
use tests::{Cloud, finish, json as read, requests, wait_until};

use crate::{PROGRAM, counts};

/// An order to a worker of a deployment.
fn order(deployment: &str, run: &str, order: &Value) -> Value {
    json!({
        "version": VERSION, "deployment": deployment, "run": run, "order": order, "hop": 1, "expires": u64::MAX,
    })
}

#[test]
fn a_run_is_whole_whose_launcher_is_killed_and_whose_events_are_delivered_again_and_again() {
    let cloud = Cloud::deployed(PROGRAM);
    let script = cloud.script(
        "[{ duration: 6, arrivalRate: 20 }]",
        "{ maxChunkRequestsPerSecond: 5, timeBufferInMilliseconds: 4000 }",
    );
    let deployment = cloud.deployment();
    let invoke = ["invoke", "--seed", "7", "--name", "r"];
    let mut launcher = cloud.slsart().args(invoke).start();
    wait_until("the run is launched", || {
        cloud.states().iter().any(|(run, _)| run == "r")
    });
    let start = order(&deployment, "r", &json!("start"));
    std::thread::scope(|scope| {
        let roots: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| cloud.invoked(&start)))
            .collect();
        let replies: Vec<_> = roots.into_iter().map(|root| root.join().unwrap()).collect();
        let won = replies
            .iter()
            .filter(|reply| reply["reply"] == "executed")
            .count();
        assert!(won <= 1, "{replies:?}");
        assert!(
            replies
                .iter()
                .all(|reply| reply["reply"] == "executed" || reply["reply"] == "duplicate"),
            "{replies:?}"
        );
    });
    wait_until("requests arrive", || cloud.target.count() > 0);
    launcher.kill().unwrap();
    launcher.wait().unwrap();
    let window = json!({ "from": 0, "to": 6_000_000_000_u64 });
    for (first, end) in [(0, 4), (0, 1), (1, 2), (3, 4)] {
        let lanes = json!({ "first": first, "end": end, "of": 4 });
        let carry = json!({ "carry": { "window": window, "lanes": lanes } });
        let again = cloud.invoked(&order(&deployment, "r", &carry));
        assert_eq!(again["reply"], "duplicate", "{again}");
    }
    let report = cloud.report("r", 0);
    let sent = requests(&cloud.target);
    let (sent_here, report_here) = cloud.here(&script);
    assert_eq!(sent, sent_here);
    assert_eq!(counts(&report), counts(&report_here));
}

/// Whether a process has a connection to the target. Another that is there came too late for what it was sent for, and does nothing.
fn is_connected(process: Pid, cloud: &Cloud) -> bool {
    let port = cloud.target.url().rsplit(':').next().unwrap();
    let target = format!(":{:04X}", port.parse::<u16>().unwrap());
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let to_target = table.lines().filter_map(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        columns
            .get(2)?
            .ends_with(&target)
            .then(|| format!("socket:[{}]", columns[9]))
    });
    let connections: BTreeSet<_> = to_target.collect();
    let open = std::fs::read_dir(format!("/proc/{}/fd", process.as_raw_nonzero()));
    let open = open.into_iter().flatten().flatten();
    let links = open.filter_map(|one| std::fs::read_link(one.path()).ok());
    links
        .into_iter()
        .any(|link| connections.contains(&*link.to_string_lossy()))
}

#[test]
fn a_function_that_dies_costs_its_chunk_and_not_the_run() {
    let cloud = Cloud::deployed(PROGRAM);
    // Users who think have a connection for all the while.
    let script = format!(
        "config:\n  target: {}\n  phases: [{{ duration: 10, arrivalRate: 20 }}]\n_split: {{ maxChunkRequestsPerSecond: 5, timeBufferInMilliseconds: 4000 }}\nscenarios: [{{ flow: [{{ get: {{ url: /ok }} }}, {{ think: 1 }}, {{ get: {{ url: /ok }} }}] }}]\n",
        cloud.target.url()
    );
    cloud.scratch.write("script.yml", script);
    let invoke = ["invoke", "--seed", "7", "--name", "r", "-o", "report.json"];
    let launcher = cloud.slsart().args(invoke).start();
    wait_until("requests arrive", || cloud.target.count() > 60);
    let mut busy = None;
    wait_until("a function is at it", || {
        let functions = cloud.aws.functions().into_iter();
        busy = busy.or(functions.rev().find(|one| is_connected(*one, &cloud)));
        busy.is_some()
    });
    kill_process(busy.unwrap(), Signal::KILL).unwrap();
    let told = finish(launcher).expect(4);
    let run = read(&cloud.scratch.path("report.json"))["slsart"]["run"].clone();
    let number = |value: &Value| value.as_u64().unwrap();
    let tally = &run["tally"];
    let counted: u64 = ["started", "skipped", "missed", "cancelled"]
        .iter()
        .map(|what| number(&tally[what]))
        .sum();
    let (lost, unfinished) = (number(&run["lost"]), number(&run["unfinished"]));
    assert_eq!(number(&run["planned"]), counted + lost, "{run}");
    assert!(lost + unfinished > 0 && lost <= 50, "{run}");
    let losses = run["losses"].as_array().unwrap();
    let faults = run["faults"].as_array().unwrap();
    assert_eq!(losses.len() + faults.len(), 1, "{run}");
    assert!(told.out.contains("chunk"), "{}", told.out);
}
