//! Scripts as events, as a schedule sends them.

use serde_json::json;
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
