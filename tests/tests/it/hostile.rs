//! A target that does all that targets should not: each request comes to one end, which the report has.

use tests::hostile::Hostile;
use tests::{Program, Scratch, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

const SCRIPT: &str = r#"
config:
  target: http://127.0.0.1:1
  http: { timeout: 5, bodyTimeout: 1 }
  phases: [{ duration: 2, arrivalRate: 200 }]
scenarios:
  - flow:
      - get: { url: "/{{ $randomNumber(0, 1000000000) }}", capture: { json: $.id, as: id } }
"#;

#[test]
fn what_a_hostile_target_does_to_each_request_is_what_the_report_says() {
    for how in [&["--workers", "1"][..], &["--workers", "3", "--processes"]] {
        let scratch = Scratch::default();
        let target = Hostile::start();
        let script = scratch.write("script.yml", SCRIPT);
        let report = scratch.path("report.json");
        Program::new(PROGRAM, &scratch)
            .args(["run", "-q", "--seed", "7", "-t", &target.url()])
            .args(how)
            .args(["-o"])
            .args([&report, &script])
            .run()
            .expect(0);
        let report = json(&report);
        assert_eq!(report["slsart"]["run"]["planned"], 400);
        target.record().expect_in(&report, "ERR_BODY_TIMEOUT");
    }
}
