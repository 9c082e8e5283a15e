//! Whole runs on an emulator of AWS, by the commands that people type: the function is the real program.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't set itself up has failed"
)]

mod events;
mod kill;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use slsart::target::{Running, Target};
use tests::{
    Finished, Ministack, Program, Request, Scratch, finish, json as read, requests, wait_until,
};

/// One emulator, one deployment, a target and a folder.
struct Cloud {
    aws: Ministack,
    scratch: Scratch,
    target: Running,
    program: PathBuf,
}

impl Cloud {
    fn new() -> Self {
        let scratch = Scratch::default();
        let program = scratch.path("slsart");
        let built = env!("CARGO_BIN_EXE_slsart-under-test");
        // Two thirds of a debug build are symbols, which would be packed, sent and unpacked. Without `strip` they are.
        let stripped = Command::new("strip")
            .args(["-o"])
            .arg(&program)
            .arg(built)
            .status();
        if !stripped.is_ok_and(|ended| ended.success()) {
            std::fs::copy(built, &program).unwrap();
        }
        Self {
            aws: Ministack::start(),
            scratch,
            target: Target::start(0).unwrap(),
            program,
        }
    }

    fn deployed() -> Self {
        let this = Self::new();
        this.slsart().args(["deploy"]).run().expect(0);
        this
    }

    fn slsart(&self) -> Program {
        self.aws.program(Program::new(&self.program, &self.scratch))
    }

    /// A script for this target: its phases and `_split`.
    fn script(&self, phases: &str, split: &str) -> PathBuf {
        let target = self.target.url();
        let rows: Vec<_> = (0..500).map(|row| format!("row-{row}\n")).collect();
        self.scratch.write("rows.csv", rows.concat());
        self.scratch.write(
            "script.yml",
            format!(
                r#"
config:
  target: {target}
  phases: {phases}
  payload: {{ path: rows.csv, fields: [row] }}
_split: {split}
scenarios:
  - flow:
      - post:
          url: "/items?n={{{{ $randomNumber(1, 1000) }}}}"
          headers: {{ x-row: "{{{{ row }}}}" }}
          json: {{ row: "{{{{ row }}}}" }}
          capture: {{ json: $.id, as: id }}
      - get: {{ url: /ok }}
"#
            ),
        )
    }

    /// The name of the run that a command launched.
    fn run_of(finished: &Finished) -> String {
        let line = finished
            .err
            .lines()
            .find_map(|line| line.strip_prefix("run "));
        line.unwrap().split(' ').next().unwrap().to_owned()
    }

    /// The report of a run that is over, asked for by another process.
    fn report(&self, run: &str, code: i32) -> Value {
        wait_until("the run is over", || {
            let looked = self.slsart().args(["report", run, "--aws"]).run();
            !looked.err.contains("the run is not over")
        });
        let report = self
            .slsart()
            .args(["report", run, "--aws", "-o", "report.json"]);
        report.run().expect(code);
        read(&self.scratch.path("report.json"))
    }

    /// What the same script does on this machine: its requests, and its report.
    fn here(&self, script: &Path) -> (Vec<Request>, Value) {
        self.target.clear();
        let run = self
            .slsart()
            .args(["run", "--seed", "7", "-q", "-o", "here.json"]);
        run.args([script]).run().expect(0);
        (
            requests(&self.target),
            read(&self.scratch.path("here.json")),
        )
    }
}

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
    let cloud = Cloud::deployed();
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
    assert!(
        waited
            .err
            .contains("Your function invocation has completed."),
        "{}",
        waited.err
    );
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
        sent.err
            .contains("The load is scheduled to be completed in"),
        "{}",
        sent.err
    );
    let report = cloud.report(&Cloud::run_of(&sent), 0);
    assert!(
        report["slsart"]["run"]["chunks"].as_u64().unwrap() >= 30,
        "{report}"
    );
    let sent = requests(&cloud.target);
    let (sent_here, report_here) = cloud.here(&ramp);
    assert_eq!(sent, sent_here);
    assert_eq!(counts(&report), counts(&report_here));

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
    let cloud = Cloud::new();
    let dry = cloud.slsart().args(["deploy", "--dry"]).run().expect(0);
    assert!(
        dry.out.contains("AWS::Lambda::Function") && dry.out.ends_with("# nothing was touched\n")
    );
    cloud.slsart().args(["invoke"]).run().expect(7);
    let first = cloud.slsart().args(["deploy"]).run().expect(0);
    assert!(first.out.starts_with("deployed\n"), "{}", first.out);
    let second = cloud.slsart().args(["deploy"]).run().expect(0);
    assert!(second.out.starts_with("nothing to do"), "{}", second.out);
}

#[test]
fn a_run_that_nobody_waits_for_is_stopped_from_another_process() {
    let cloud = Cloud::deployed();
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
    cloud.slsart().args(["stop", &run, "--aws"]).run().expect(0);
    let report = cloud.report(&run, 130);
    finish(watching).expect(130);
    assert_eq!(read(&cloud.scratch.path("watched.json")), report);
    let cancelled = report["slsart"]["run"]["tally"]["cancelled"].as_u64();
    assert!(cancelled.unwrap() > 5_000, "{report}");
}
