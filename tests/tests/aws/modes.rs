//! Acceptance and monitoring on functions: what a run is worth does not depend on where it took place.

use serde_json::{Value, json};
use tests::{Cloud, Scratch, json as read};

use crate::PROGRAM;

/// Two scenarios, of which one never is as it should be.
const SCRIPT: &str = r#"
config:
  target: TARGET
  phases: [{ duration: 600, arrivalRate: 25 }]
  plugins: { expect: {} }
mode: acceptance
sampling: { size: 4, averagePause: 0.1, pauseVariance: 0.1, errorBudget: 3 }
scenarios:
  - name: buy
    flow:
      - post: { url: /items, json: { name: pen }, capture: { json: $.id, as: id }, expect: { statusCode: 201 } }
      - get: { url: "/items/{{ id }}", match: { json: $.id, value: "{{ id }}" } }
  - name: browse
    flow:
      - get: { url: /echo, expect: [{ contentType: json }, { hasProperty: PROPERTY }] }
"#;

/// A deployment whose package has the script that fails; and one beside it that passes.
fn deployed() -> Cloud {
    let cloud = Cloud::new(PROGRAM);
    let script = SCRIPT.replace("TARGET", cloud.target.url());
    let write = |name: &str, property: &str| {
        cloud
            .scratch
            .write(name, script.replace("PROPERTY", property));
    };
    write("script.yml", "none");
    write("sound.yml", "method");
    cloud.slsart().args(["deploy"]).run().expect(0);
    cloud
}

/// All that must not depend on where scenarios are tried out.
fn counted(report: &Value) -> Value {
    let load = &report["slsart"]["load"];
    json!({
        "errors": report["errors"],
        "totals": report["totals"],
        "errorMessage": report["errorMessage"],
        "verdict": report["slsart"]["verdict"],
        "checks": load["checks"],
        "users": load["users"],
        "counters": report["aggregate"]["counters"],
        "timed": report["aggregate"]["summaries"]["http.response_time"]["min"].as_f64() > Some(0.0),
    })
}

fn written(scratch: &Scratch) -> Value {
    counted(&read(&scratch.path("report.json")))
}

/// What a script that is run here comes to.
fn here(cloud: &Cloud, how: &[&str], code: i32) -> Value {
    let run = cloud
        .slsart()
        .args(["run", "--seed", "5", "-o", "report.json"]);
    run.args(how).run().expect(code);
    written(&cloud.scratch)
}

#[test]
fn scenarios_that_functions_try_out_come_to_what_they_do_here_with_any_number_of_workers() {
    let cloud = deployed();
    let invoke = |how: &[&str]| {
        let invoke = [
            "invoke",
            "--seed",
            "5",
            "-o",
            "report.json",
            "--junit",
            "junit.xml",
        ];
        cloud.slsart().args(invoke).args(how).run()
    };
    let failed = invoke(&[]).expect(3);
    let there = written(&cloud.scratch);
    let why = "acceptance failure: scenarios run: 8, total errors: 4, error budget: 3";
    assert_eq!(there["errorMessage"], json!(why), "{there}");
    assert!(
        failed.out.ends_with(&format!("\nResults:\nFAILED {why}\n")),
        "{}",
        failed.out
    );
    let junit = std::fs::read_to_string(cloud.scratch.path("junit.xml")).unwrap();
    assert!(
        junit.contains(why) && junit.contains("response body has no none property"),
        "{junit}"
    );
    for workers in ["1", "2", "9"] {
        let how = ["script.yml", "--workers", workers];
        assert_eq!(here(&cloud, &how, 3), there, "{workers}");
    }

    // What is typed counts, and a script that has the phases of a load test is waited for all the same.
    let passed = invoke(&["-m", "-p", "sound.yml"]).expect(0);
    assert!(passed.out.contains("monitoring PASSED"), "{}", passed.out);
    assert!(
        passed.out.ends_with("\nResults:\nPASSED\n"),
        "{}",
        passed.out
    );
    let there = written(&cloud.scratch);
    assert_eq!(there, here(&cloud, &["-m", "sound.yml"], 0));
    // One document and nothing else, whatever comes of it and wherever else it is written.
    for (how, code) in [
        (&["-p", "sound.yml"][..], 0),
        (&["-p", "sound.yml", "-o", "only.json"], 0),
        (&["--junit", "junit.xml", "-o", "only.json"], 3),
    ] {
        let only = cloud.slsart().args(["invoke", "-a", "--jo"]).args(how);
        let only = only.run().expect(code);
        let printed: Value = serde_json::from_str(&only.out).unwrap();
        assert_eq!(printed["totals"]["scenariosCreated"], json!(8));
        if how.contains(&"only.json") {
            assert_eq!(printed, read(&cloud.scratch.path("only.json")));
        }
    }
}

#[test]
fn an_event_says_in_which_mode_its_script_is_run() {
    let cloud = deployed();
    for (mode, what) in [
        (json!("mon"), "monitoring"),
        (json!("acceptance"), "acceptance"),
    ] {
        let answer = cloud.invoked(&json!({ ">>": "script.yml", "mode": mode }));
        assert_eq!(answer["reply"], "executed", "{answer}");
        let there = counted(&cloud.report(answer["run"].as_str().unwrap(), 3));
        let why = there["errorMessage"].as_str().unwrap();
        assert!(why.starts_with(what), "{there}");
        let flag = if what == "monitoring" { "-m" } else { "-a" };
        assert_eq!(here(&cloud, &[flag, "script.yml"], 3), there);
    }
    let sampling = json!({ "errorBudget": 4 });
    let answer = cloud.invoked(&json!({ ">>": "script.yml", "sampling": sampling }));
    cloud.report(answer["run"].as_str().unwrap(), 0);
    let refused = cloud.invoked(&json!({ ">>": "script.yml", "mode": "acept" }));
    let why = refused["errorMessage"].as_str().unwrap();
    assert!(
        why.starts_with("event:1:") && why.contains("`mode`"),
        "{why}"
    );
}
