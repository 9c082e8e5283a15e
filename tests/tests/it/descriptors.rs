//! A generator that may open few files: what it cannot do is told by name, and nothing else suffers.

use std::ffi::OsStr;

use slsart::target::Target;
use tests::{Program, Scratch, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

/// Every user keeps its connection for a second.
const SCRIPT: &str = r"
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 1, arrivalCount: 200 }]
scenarios:
  - flow:
      - get: { url: /static/1 }
      - think: 1
";

#[test]
fn users_beyond_the_descriptors_that_there_are_fail_by_name() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write("script.yml", SCRIPT);
    let report = scratch.path("report.json");
    let arguments: [&OsStr; 9] = [
        "-c".as_ref(),
        "ulimit -n 100; exec \"$0\" \"$@\"".as_ref(),
        PROGRAM.as_ref(),
        "run".as_ref(),
        "-t".as_ref(),
        target.url().as_ref(),
        "-o".as_ref(),
        report.as_ref(),
        script.as_ref(),
    ];
    Program::new("/bin/sh", &scratch)
        .args(arguments)
        .run()
        .expect(0);
    let report = json(&report);
    let run = &report["slsart"]["run"];
    assert_eq!(
        (&run["planned"], &run["tally"]["started"]),
        (&200.into(), &200.into())
    );
    let counters = &report["aggregate"]["counters"];
    let (fine, failed) = (&counters["vusers.completed"], &counters["vusers.failed"]);
    assert_eq!(&counters["errors.EMFILE"], failed);
    assert!(
        fine.as_u64() > Some(20) && failed.as_u64() > Some(20),
        "{counters}"
    );
    assert_eq!(fine.as_u64().unwrap() + failed.as_u64().unwrap(), 200);
}
