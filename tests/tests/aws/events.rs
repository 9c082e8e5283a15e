//! Scripts as events, as a schedule sends them.

use serde_json::{Value, json};
use tests::{Cloud, wait_until};

use crate::PROGRAM;

#[test]
fn an_event_that_names_a_script_is_a_run_that_closes_itself_and_what_is_none_says_why() {
    let cloud = Cloud::new(PROGRAM);
    cloud.script(
        "[{ duration: 300, arrivalRate: 20 }]",
        "{ timeBufferInMilliseconds: 1000 }",
    );
    let deployed = cloud.slsart().args(["deploy"]).run().expect(0);
    assert!(
        deployed.err.contains("packing rows.csv, script.yml\n"),
        "{}",
        deployed.err
    );

    let phases = json!([{ "duration": 2, "arrivalRate": 5 }]);
    let event = json!({ ">>": "script.yml", "config": { "phases": phases } });
    let answer = cloud.invoked(&event);
    assert_eq!(answer["reply"], "executed", "{answer}");
    let run = answer["run"].as_str().unwrap();
    let report = cloud.report(run, 0);
    assert_eq!(report["slsart"]["verdict"], "passed", "{report}");
    assert_eq!(report["aggregate"]["counters"]["vusers.completed"], 10);
    assert_eq!(cloud.target.count(), 20);
    assert_eq!(cloud.states(), [(run.to_owned(), "passed".to_owned())]);

    // As the schedule does it: nobody waits.
    cloud.target.clear();
    cloud.sent(&event);
    wait_until("the run is over", || {
        let states = cloud.states();
        states.len() == 2 && states.iter().all(|(_, state)| state == "passed")
    });
    assert_eq!(cloud.target.count(), 20);

    for (event, why) in [
        (json!({ ">>": "../script.yml" }), "outside of the package"),
        (
            json!({ ">>": "other.yml" }),
            "`other.yml` is not in the package",
        ),
        (json!({ ">>": "script.yml", "confg": 1 }), "confg"),
        (
            json!({ "detail-type": "Scheduled Event" }),
            "what kind of task",
        ),
    ] {
        let refused = cloud.invoked(&event);
        let message = refused["errorMessage"].as_str().unwrap_or_default();
        assert!(
            message.contains(why) && message.starts_with("event:1:"),
            "{refused}"
        );
    }
    assert_eq!(cloud.states().len(), 2);
}

#[test]
fn every_line_of_a_functions_log_says_of_which_run_it_is_and_of_which_chunk() {
    let cloud = Cloud::new(PROGRAM);
    let target = cloud.target.url();
    cloud.scratch.write(
        "script.yml",
        format!(
            r#"
config: {{ target: {target}, phases: [{{ duration: 2, arrivalRate: 4 }}] }}
_split: {{ maxChunkRequestsPerSecond: 2, timeBufferInMilliseconds: 2000 }}
before: {{ flow: [{{ log: once }}] }}
scenarios: [{{ flow: [{{ log: "each" }}, {{ get: {{ url: /ok }} }}] }}]
"#
        ),
    );
    cloud.slsart().args(["deploy"]).run().expect(0);
    let invoke = ["invoke", "--wait", "--name", "named"];
    cloud.slsart().args(invoke).run().expect(0);
    let answer = cloud.invoked(&json!({ ">>": "script.yml" }));
    assert_eq!(answer["reply"], "executed", "{answer}");
    let event = answer["run"].as_str().unwrap();
    cloud.report(event, 0);

    // What a function logged may be there only once somebody else has closed the run.
    wait_until("all lines are there", || {
        cloud.aws.log().matches("\"said\":\"each\"").count() == 16
    });
    let log = cloud.aws.log();
    let lines = log.lines().filter(|line| line.contains("\"request\":\""));
    let lines: Vec<Value> = lines
        .map(|line| serde_json::from_str(&line[line.find('{').unwrap()..]).unwrap())
        .collect();
    assert!(
        lines.iter().all(|line| line["run"].is_string()),
        "{lines:?}"
    );
    for run in ["named", event] {
        let said = |what: &str| {
            let lines = lines
                .iter()
                .filter(|line| line["run"] == run && line["said"] == what);
            lines.collect::<Vec<_>>()
        };
        let (once, each) = (said("once"), said("each"));
        assert_eq!((once.len(), each.len()), (1, 8), "{lines:?}");
        assert!(
            each.iter().all(|line| line["chunk"].is_string()),
            "{lines:?}"
        );
        // Whoever starts the run says which chunk it took.
        let first = lines.iter().find(|line| {
            line["run"] == run && line["reply"] == "executed" && line["order"]["carry"].is_null()
        });
        let first = first.unwrap();
        assert_eq!(first["chunks"].as_array().unwrap().len(), 1, "{first}");
        assert!(
            first.get("order").is_none_or(|order| order == "start"),
            "{first}"
        );
    }
}
