//! Acceptance and monitoring: what is told where something is wrong, and to whom.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

use rustix::process::{Pid, test_kill_process};
use serde_json::{Value, json};
use slsart::target::Target;
use tests::{Finished, Program, Scratch, finish, json as report_of, terminate, wait_until};

use crate::monitor::{posted, state};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

/// A server that gives this answer to every request, one a connection. It serves as long as the process lives.
fn answering(body: &'static str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _all_of_a_small_request = stream.read(&mut [0; 4096]);
            let _nobody_may_read_it = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
        }
    });
    url
}

fn files(scratch: &Scratch) -> [PathBuf; 2] {
    [scratch.path("report.json"), scratch.path("junit.xml")]
}

fn program(scratch: &Scratch, script: &str, target: &str) -> Program {
    scratch.write("script.yml", script);
    let [report, junit] = files(scratch);
    Program::new(PROGRAM, scratch)
        .args(["run", "script.yml", "-t", target, "-o"])
        .args([report])
        .args(["--junit"])
        .args([junit])
}

fn junit(scratch: &Scratch) -> String {
    std::fs::read_to_string(scratch.path("junit.xml")).unwrap()
}

fn script(rest: &str) -> String {
    format!(
        "config: {{ target: http://127.0.0.1:1, http: {{ timeout: 0.3 }} }}\nmode: acceptance\nsampling: {{ averagePause: 0, pauseVariance: 0 }}\n{rest}\n"
    )
}

#[test]
fn a_run_that_never_began_has_failed_wherever_somebody_looks() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    let script = script(
        "before: { flow: [{ get: { url: /status/500, expect: { statusCode: 200, hasProperty: nope } } }] }\nscenarios: [{ name: quick, flow: [{ get: { url: / } }] }]",
    );
    let said = program(&scratch, &script, target.url()).run().expect(3);
    let report = report_of(&files(&scratch)[0]);
    let checks = "hasProperty: expected nope, got response body is not an object; statusCode: expected 200, got 500";
    let all = format!("{}{}", said.out, said.err);
    assert!(all.contains(checks), "{all}");
    let why = "the run never began: `before` failed at `GET /status/500` (answered with 500)";
    let message = report["errorMessage"].as_str().unwrap();
    assert!(
        message.starts_with(why) && message.ends_with(checks),
        "{message}"
    );
    let verdict = report["slsart"]["verdict"]["failed"][0].as_str().unwrap();
    assert!(verdict.starts_with(why), "{verdict}");
    assert_eq!(
        (&report["errors"], &report["totals"]["scenariosCreated"]),
        (&json!(1), &json!(0))
    );
    let junit = junit(&scratch);
    assert!(junit.contains(why) && junit.contains(checks), "{junit}");
    assert_eq!(junit.matches("<failure").count(), 2, "{junit}");
    let done = Program::new(PROGRAM, &scratch)
        .args(["monitor", "script.yml", "-t", target.url(), "--state", "s"])
        .args(["--rounds", "1", "--command", "cat > alert.json"])
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .run()
        .expect(3);
    let alert = report_of(&scratch.path("alert.json"));
    let subject = alert["subject"].as_str().unwrap();
    assert!(subject.contains(why), "{subject}\n{}", done.out);
    let text = alert["text"].as_str().unwrap();
    assert!(text.contains(checks), "{text}");
}

#[test]
fn a_run_that_goes_on_has_not_passed() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    let script = script(
        "scenarios: [{ name: slow, flow: [{ get: { url: / } }, { think: 50 }] }, { name: quick, flow: [{ get: { url: / } }] }]",
    );
    let child = program(&scratch, &script, target.url())
        .args(["--name", "long"])
        .start();
    let report = scratch.path("so-far.json");
    let xml = scratch.path("so-far.xml");
    let look = || {
        Program::new(PROGRAM, &scratch)
            .args([
                "report",
                "long",
                "-o",
                "so-far.json",
                "--junit",
                "so-far.xml",
            ])
            .run()
    };
    wait_until("there is something to tell", || {
        look().code == Some(3)
            && report_of(&report)["totals"]["requestsCompleted"].as_u64() == Some(2)
    });
    let done = look().expect(3);
    assert!(done.err.contains("still running"), "{}", done.err);
    let told = report_of(&report);
    assert_eq!(told["slsart"]["verdict"], json!("partial"));
    assert_eq!(told["slsart"]["partial"], json!(true));
    assert_eq!(told.get("errorMessage"), None);
    let xml = std::fs::read_to_string(xml).unwrap();
    assert!(xml.contains("still running"), "{xml}");
    assert_eq!(
        xml.matches("<testcase").count(),
        xml.matches("<failure").count(),
        "{xml}"
    );
    terminate(&child);
    finish(child).expect(130);
}

#[test]
fn a_request_without_an_answer_is_named_with_the_time_it_took() {
    let scratch = Scratch::default();
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    let script = script(
        "scenarios:\n  - { name: refused, flow: [{ get: { url: \"http://127.0.0.1:1/down\" } }] }\n  - { name: slow, flow: [{ post: { url: /pay, name: pay } }] }",
    );
    let done = program(&scratch, &script, &silent)
        .env("GITHUB_ACTIONS", "true")
        .run()
        .expect(3);
    let junit = junit(&scratch);
    let refused = "answer: expected one to `GET http://127.0.0.1:1/down`, got ECONNREFUSED";
    let slow = format!("answer: expected one to `POST {silent}/pay`, got ETIMEDOUT");
    for told in [refused, &slow] {
        assert!(junit.contains(told), "{junit}");
        assert!(done.err.contains(told), "{}", done.err);
    }
    let slow = junit.find("name=\"slow\" time=\"").unwrap();
    let time = junit[slow..].split('"').nth(3).unwrap();
    assert!(time.parse::<f64>().unwrap() >= 0.3, "{time}");
}

#[test]
fn a_script_that_is_wrong_is_told_to_github_and_in_the_test_report_by_its_error() {
    let scratch = Scratch::default();
    let script = "config:\n  target: http://127.0.0.1:1\n  plugins: { publish-metrics: [{ type: cloudwatch, region: eu-west-1 }] }\nmode: acceptance\nscenarios: [{ flow: [{ gett: { url: / } }] }]\n";
    let run = program(&scratch, script, "http://127.0.0.1:1");
    let invoke = Program::new(PROGRAM, &scratch)
        .args(["invoke", "-p", "script.yml", "--junit"])
        .args([&files(&scratch)[1]]);
    for program in [run, invoke] {
        let _there_is_none = std::fs::remove_file(&files(&scratch)[1]);
        let done = program.env("GITHUB_ACTIONS", "true").run().expect(5);
        let lines = done.err.lines();
        let told: Vec<_> = lines.filter(|line| line.starts_with("::")).collect();
        assert_eq!(
            told[0],
            "::error file=script.yml,line=5,col=24::unknown step `gett`%0Ahelp: did you mean `get`?"
        );
        assert!(
            told[1].starts_with("::warning file=script.yml,line=3,"),
            "{told:?}"
        );
        let junit = junit(&scratch);
        assert!(
            junit.contains("<failure message=\"script.yml:5:24: error: unknown step `gett`"),
            "{junit}"
        );
    }
}

#[test]
fn nothing_that_an_answer_says_is_obeyed_by_a_terminal_or_by_github() {
    let scratch = Scratch::default();
    let target = answering("bad\n::stop-commands::tok\n\u{1b}[2J\u{7}##[error]x %0A::y\r\n::z");
    let script = script(
        "scenarios: [{ name: x, flow: [{ get: { url: /, expect: { matchesRegexp: zzz } } }] }, { name: y, flow: [{ get: { url: /, capture: { regexp: \"[^]*\", as: it } } }, { log: \"said {{ it }}\" }] }]",
    );
    let done = program(&scratch, &script, &target)
        .env("GITHUB_ACTIONS", "true")
        .run()
        .expect(3);
    let all = format!("{}{}", done.out, done.err);
    assert!(all.contains("bad␊::stop-commands::tok␊␛[2J␇"), "{all}");
    assert!(!all.contains(['\u{1b}', '\u{7}', '\r']), "{all}");
    let is_command = |line: &&str| line.trim_start().starts_with("::");
    let (commands, others): (Vec<_>, Vec<_>) = all.lines().partition(is_command);
    for line in &commands {
        assert!(line.starts_with("::error file=script.yml,title="), "{line}");
    }
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert!(commands[0].contains("%250A::y"), "{}", commands[0]);
    assert!(
        !others.iter().any(|line| line.contains("##[")),
        "{others:?}"
    );
}

#[test]
fn what_was_only_simulated_has_not_passed() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    let script = script("_simulation: true\nscenarios: [{ flow: [{ get: { url: / } }] }]");
    let done = program(&scratch, &script, target.url()).run().expect(3);
    assert!(done.out.contains("acceptance FAILED"), "{}", done.out);
    assert!(junit(&scratch).contains("nothing was tried out, as `_simulation` asks for"));
    assert!(target.record().is_empty());
}

/// A monitor of a target that nobody serves, in rounds of a second.
fn monitor(scratch: &Scratch, script: &str, how: &[&str]) -> Program {
    scratch.write("script.yml", script);
    Program::new(PROGRAM, scratch)
        .args([
            "monitor",
            "script.yml",
            "--every",
            "1s",
            "--state",
            "state.json",
        ])
        .args(how)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
}

const DOWN: &str = "config: { target: http://127.0.0.1:1 }\nsampling: { size: 1, averagePause: 0, pauseVariance: 0, errorBudget: 0 }\nscenarios: [{ name: \"odd {{ name }} {{{{\", flow: [{ get: { url: / } }] }]\n";

#[test]
fn who_took_an_alert_is_not_told_again_because_another_did_not() {
    let (scratch, hook) = (Scratch::default(), Target::start(0).unwrap());
    let webhook = format!("{}/echo", hook.url());
    let tells = |command: &str, rounds: &str| {
        monitor(&scratch, DOWN, &["--webhook", &webhook])
            .args(["--command", command, "--rounds", rounds])
            .run()
            .expect(3);
    };
    tells("exit 7", "3");
    assert_eq!(posted(&hook), 1);
    assert_eq!(state(&scratch)["unsendable"], json!(3));
    tells("cat > alert.json", "1");
    let kept = state(&scratch);
    assert_eq!((&kept["sent"], &kept["unsent"]), (&json!(1), &Value::Null));
    assert_eq!(posted(&hook), 1);
    let alert = report_of(&scratch.path("alert.json"));
    assert!(
        alert["text"]
            .as_str()
            .unwrap()
            .contains("odd {{ name }} {{{{"),
        "{alert}"
    );
}

#[test]
fn an_alert_to_nobody_is_none_that_was_sent() {
    let scratch = Scratch::default();
    monitor(&scratch, DOWN, &["--rounds", "1"]).run().expect(3);
    let kept = state(&scratch);
    assert_eq!((&kept["sent"], &kept["unsendable"]), (&json!(0), &json!(0)));
}

#[test]
fn a_monitor_that_is_to_end_waits_for_no_command_that_hangs() {
    let scratch = Scratch::default();
    let how = ["--command", "echo $$ > pid; sleep 50 & sleep 50"];
    let child = monitor(&scratch, DOWN, &how).start();
    let pid = || {
        let text = std::fs::read_to_string(scratch.path("pid")).ok()?;
        Pid::from_raw(text.trim().parse().ok()?)
    };
    wait_until("the command hangs", || pid().is_some());
    let begun = std::time::Instant::now();
    terminate(&child);
    let Finished { code, err, .. } = finish(child);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(20),
        "{err}"
    );
    assert!(err.contains("the monitor is to end"), "{err}");
    let pid = pid().unwrap();
    wait_until("the command is gone", || test_kill_process(pid).is_err());
    assert_eq!(state(&scratch)["unsent"]["status"], json!("failing"));
}

#[test]
fn a_monitor_says_once_that_a_sink_is_dead() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    let script = format!(
        "config: {{ target: \"{}\", plugins: {{ publish-metrics: [{{ type: influxdb, url: \"http://127.0.0.1:1\", database: d }}] }} }}\nsampling: {{ size: 1, averagePause: 0, pauseVariance: 0, errorBudget: 0 }}\nscenarios: [{{ flow: [{{ get: {{ url: / }} }}] }}]\n",
        target.url()
    );
    let done = monitor(&scratch, &script, &["--rounds", "3"])
        .run()
        .expect(0);
    assert_eq!(state(&scratch)["rounds"], json!(3));
    assert_eq!(done.err.matches("warning: ").count(), 1, "{}", done.err);
    let anew = monitor(&scratch, &script, &["--rounds", "1"])
        .run()
        .expect(0);
    assert!(!anew.err.contains("warning: "), "{}", anew.err);
    assert!(done.err.contains("`influxdb 127.0.0.1:1`"), "{}", done.err);
}
