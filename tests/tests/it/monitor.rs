//! A monitor, as somebody would have it: a process that lives on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Child;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use slsart::target::{Running, Target};
use tests::{Finished, Program, Scratch, finish, terminate, wait_until};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

const SCRIPT: &str = r"
config: { target: http://127.0.0.1:1 }
sampling: { size: 2, averagePause: 0.01, pauseVariance: 0, errorBudget: 1 }
scenarios: [{ name: home, flow: [{ get: { url: /, expect: { statusCode: 200 } } }] }]
";

/// An address that nobody serves, and that can be served.
fn free_port() -> u16 {
    let target = Target::start(0).unwrap();
    target.url().rsplit(':').next().unwrap().parse().unwrap()
}

fn monitor(scratch: &Scratch, port: u16, how: &[&str]) -> Program {
    let script = scratch.write("script.yml", SCRIPT);
    let target = format!("http://127.0.0.1:{port}");
    Program::new(PROGRAM, scratch)
        .args([
            "monitor",
            "-t",
            &target,
            "--every",
            "1s",
            "--listen",
            "127.0.0.1:0",
        ])
        .args(["--state", "state.json"])
        .args([&script])
        .args(how)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
}

/// What stands in a file, so far.
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn alerts(scratch: &Scratch) -> Vec<Value> {
    let text = read(&scratch.path("alerts.jsonl"));
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

/// What a monitor keeps in mind.
pub(crate) fn state(scratch: &Scratch) -> Value {
    serde_json::from_str(&read(&scratch.path("state.json"))).unwrap_or_default()
}

/// How many alerts a webhook was posted.
pub(crate) fn posted(hook: &Running) -> usize {
    let received = hook.record().into_iter();
    received.filter(|one| one.method == "POST").count()
}

/// The address that a monitor listens on: the first line that it says.
fn address(child: &mut Child) -> String {
    let mut said = String::new();
    let err = child.stderr.as_mut().unwrap();
    let mut letter = [0];
    while !said.contains("/metrics") && err.read(&mut letter).unwrap() > 0 {
        said.push(char::from(letter[0]));
    }
    let from = said.find("http://").unwrap() + 7;
    said[from..].split('/').next().unwrap().to_owned()
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_monitor_tells_when_a_target_fails_and_when_it_is_there_again_and_ends_when_it_is_told_to() {
    let scratch = Scratch::default();
    let (port, hook) = (free_port(), Target::start(0).unwrap());
    let webhook = format!("{}/echo", hook.url());
    let how = ["--command", "cat >> alerts.jsonl", "--webhook", &webhook];
    let mut child = monitor(&scratch, port, &how).start();
    let address = address(&mut child);
    wait_until("an alert", || alerts(&scratch).len() == 1);
    wait_until("another round that fails", || {
        state(&scratch)["failed"].as_u64() > Some(1)
    });
    assert_eq!(alerts(&scratch).len(), 1, "there is one for all of them");
    assert!(get(&address, "/metrics").contains("slsart_monitor_failing 1\n"));
    let target = Target::start(port).unwrap();
    wait_until("it is told again", || alerts(&scratch).len() == 2);
    let health = get(&address, "/health");
    assert!(
        health.starts_with("HTTP/1.1 200") && health.contains("\"status\":\"passing\""),
        "{health}"
    );
    assert!(get(&address, "/metrics").contains("slsart_monitor_failing 0\n"));
    assert!(get(&address, "/").starts_with("HTTP/1.1 404"));
    wait_until("both are posted", || posted(&hook) == 2);
    terminate(&child);
    let done = finish(child).expect(0);
    assert!(
        done.out.contains("FAILED") && done.out.contains("passed"),
        "{}",
        done.out
    );
    drop(target);
    let told = alerts(&scratch);
    assert_eq!(told[0]["status"], json!("failing"));
    assert_eq!(
        told[0]["subject"],
        json!("Alert: monitoring failure: scenarios run: 2, total errors: 2, error budget: 1")
    );
    assert_eq!(told[0]["totals"]["errors"], json!({ "ECONNREFUSED": 2 }));
    assert!(
        told[0]["text"]
            .as_str()
            .unwrap()
            .contains("home: ECONNREFUSED, 2 times"),
        "{}",
        told[0]
    );
    assert_eq!(told[1]["status"], json!("recovered"));
    let kept = state(&scratch);
    assert_eq!(
        (&kept["sent"], &kept["failingSince"]),
        (&json!(2), &Value::Null)
    );
    // Rounds leave no runs behind.
    assert!(!scratch.runs().exists() || std::fs::read_dir(scratch.runs()).unwrap().count() == 0);
}

#[test]
fn a_monitor_that_is_started_anew_knows_what_was_told() {
    let scratch = Scratch::default();
    let port = free_port();
    for rounds in 1..=2 {
        let how = ["--command", "cat >> alerts.jsonl", "--rounds", "1", "-q"];
        monitor(&scratch, port, &how).run().expect(3);
        assert_eq!(alerts(&scratch).len(), 1);
        assert_eq!(state(&scratch)["rounds"], json!(rounds));
    }
}

#[test]
fn an_alert_that_nobody_takes_is_kept_and_no_url_is_shown() {
    let scratch = Scratch::default();
    let port = free_port();
    let webhook = format!("http://127.0.0.1:{port}/Zhook7731");
    let how = [
        "--webhook",
        &webhook,
        "--command",
        "exit 7",
        "--rounds",
        "1",
    ];
    let done = monitor(&scratch, port, &how).run().expect(3);
    assert!(
        done.err
            .contains("the alert could not be sent: the command ended with exit status: 7"),
        "{}",
        done.err
    );
    assert!(
        done.err.contains("the webhook did not take it"),
        "{}",
        done.err
    );
    let kept = read(&scratch.path("state.json"));
    for text in [&done.err, &done.out, &kept] {
        assert!(!text.contains("Zhook7731"), "{text}");
    }
    assert_eq!(state(&scratch)["unsent"]["status"], json!("failing"));
    assert_eq!(state(&scratch)["unsendable"], json!(1));
}

#[test]
fn what_no_monitor_can_be_is_refused() {
    let scratch = Scratch::default();
    for (how, why) in [
        (&["--every", "0"][..], "a second is the least"),
        (&["--every", "soon"], "it is not a duration"),
        (
            &["--webhook", "ftp://a"],
            "is not an `http:` or `https:` URL",
        ),
    ] {
        let script = scratch.write("script.yml", SCRIPT);
        let done = Program::new(PROGRAM, &scratch)
            .args(["monitor"])
            .args([&script])
            .args(how)
            .run()
            .expect(2);
        assert!(done.err.contains(why), "{}", done.err);
    }
    scratch.write("state.json", "");
    let first = monitor(&scratch, 1, &["--rounds", "1"]).run().expect(3);
    assert_eq!(state(&scratch)["rounds"], json!(1), "{}", first.err);
    scratch.write("state.json", "{");
    let done = monitor(&scratch, 1, &["--rounds", "1"]).run().expect(2);
    assert!(
        done.err
            .contains("the monitor's state `state.json` cannot be read"),
        "{}",
        done.err
    );
}

/// Rounds of a target that nobody serves, with a state beside the runs; the script comes by the standard input, if it does.
fn by_default(scratch: &Scratch, how: &[&str], input: Option<&str>) -> Finished {
    let program = Program::new(PROGRAM, scratch)
        .args(["monitor", "--rounds", "1", "-q"])
        .args(["--command", "cat >> alerts.jsonl"])
        .args(how)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    match input {
        Some(text) => program.input(text.as_bytes()),
        None => program.run(),
    }
}

#[test]
fn what_was_told_of_one_run_of_a_script_was_not_told_of_another() {
    let scratch = Scratch::default();
    let odd = "config: { target: http://127.0.0.1:1, environments: { prod: { variables: { a: 1 } }, qa: {} } }";
    let script = SCRIPT.replace("config: { target: http://127.0.0.1:1 }", odd);
    scratch.write("script.yml", &script);
    let other = script.replace("home", "other");
    let runs: [(&[&str], Option<&str>); 7] = [
        (&["script.yml"], None),
        (&["script.yml", "-e", "prod"], None),
        (
            &["script.yml", "-e", "qa", "-t", "http://u:w@127.0.0.1:1"],
            None,
        ),
        (&["script.yml", "-v", "a=1"], None),
        (
            &["script.yml", "--overrides", r#"{"sampling":{"size":3}}"#],
            None,
        ),
        (&["-"], Some(&script)),
        (&["-"], Some(&other)),
    ];
    for again in [false, true] {
        for (at, (how, input)) in runs.into_iter().enumerate() {
            by_default(&scratch, how, input).expect(3);
            let told = if again { runs.len() } else { at + 1 };
            assert_eq!(alerts(&scratch).len(), told, "{how:?}");
        }
        // One that was edited is the same.
        scratch.write("script.yml", &other);
    }
    let alerts = alerts(&scratch);
    assert_eq!(
        (alerts[0].get("environment"), alerts[0].get("target")),
        (None, None)
    );
    assert_eq!(
        (&alerts[2]["environment"], &alerts[2]["target"]),
        (&json!("qa"), &json!("http://127.0.0.1:1"))
    );
    let text = alerts[2]["text"].as_str().unwrap();
    assert_eq!(
        text.lines().nth(1),
        Some("environment qa, target http://127.0.0.1:1")
    );
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&scratch.runs()), 0o700);
    let states = std::fs::read_dir(scratch.runs().join(".monitors")).unwrap();
    for state in states {
        assert_eq!(mode(&state.unwrap().path()), 0o600);
    }
}

#[test]
fn no_two_monitors_have_one_state_at_once() {
    let scratch = Scratch::default();
    let first = monitor(&scratch, 1, &[]).start();
    wait_until("a round", || state(&scratch)["rounds"].as_u64() > Some(0));
    let second = monitor(&scratch, 1, &["--rounds", "1"]).run().expect(2);
    let said = "error: another monitor is at work with the state `state.json`: end that one";
    assert!(second.err.contains(said), "{}", second.err);
    // However it ends, the system lets go of it.
    kill_process(Pid::from_child(&first), Signal::KILL).unwrap();
    finish(first);
    monitor(&scratch, 1, &["--rounds", "1"]).run().expect(3);
}
