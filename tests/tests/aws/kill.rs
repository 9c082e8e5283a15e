//! All that runs is ended, and what was sent before does nothing afterwards.

use serde_json::{Value, json};
use star_core::wire::VERSION;
use tests::{Cloud, FUNCTION, json as read, wait_until};

use crate::PROGRAM;

#[test]
fn kill_ends_all_runs_saves_their_reports_and_what_was_sent_before_does_nothing_afterwards() {
    let cloud = Cloud::deployed(PROGRAM);
    cloud.script(
        "[{ duration: 300, arrivalRate: 20 }]",
        "{ maxChunkRequestsPerSecond: 5, timeBufferInMilliseconds: 4000 }",
    );
    let sent = cloud.slsart().args(["invoke", "--name", "long"]).run();
    sent.expect(0);
    wait_until("requests arrive", || cloud.target.count() > 20);
    assert_eq!(cloud.states(), [("long".to_owned(), "running".to_owned())]);
    let before = cloud.deployment();

    let killed = cloud.slsart().args(["kill"]).run().expect(0);
    assert!(
        killed.out.starts_with(&format!(
            "Concurrency successfully set to zero for {FUNCTION}.\n"
        )),
        "{}",
        killed.out
    );
    assert!(
        killed.out.contains("We advise to wait until ")
            && killed
                .out
                .contains(" UTC before re-deploying to avoid possible problems."),
        "{}",
        killed.out
    );
    assert!(
        killed.err.contains("the run `long` is told to stop\n")
            && killed
                .err
                .ends_with("the report of the run `long` (stopped) is saved as `long.json`\n"),
        "{}",
        killed.err
    );
    let report = read(&cloud.scratch.path("long.json"));
    let tally = &report["slsart"]["run"]["tally"];
    let (started, cancelled) = (tally["started"].as_u64(), tally["cancelled"].as_u64());
    assert!(started.unwrap() > 5, "{report}");
    assert!(cancelled.unwrap() > 5_000, "{report}");
    assert_eq!(report["slsart"]["partial"], json!(true));
    let again = cloud.slsart().args(["kill"]).run().expect(7);
    assert_eq!(
        again.err,
        format!("error: Kill command failed: The function {FUNCTION} is not deployed\n")
    );
    assert_eq!(cloud.states(), [("long".to_owned(), "stopped".to_owned())]);

    cloud.slsart().args(["deploy"]).run().expect(0);
    let after = cloud.deployment();
    assert_ne!(before, after);
    let count = cloud.target.count();
    let order = |deployment: &str, order: Value| {
        json!({
            "version": VERSION, "deployment": deployment, "run": "long", "order": order,
            "hop": 1, "expires": u64::MAX,
        })
    };
    let late = cloud.invoked(&order(&before, json!("start")));
    assert_eq!(late["reply"], "refused", "{late}");
    // Also if it were of the deployment that is there.
    let window = json!({ "from": 240_000_000_000_u64, "to": 300_000_000_000_u64 });
    let carry =
        json!({ "carry": { "window": window, "lanes": { "first": 0, "end": 4, "of": 4 } } });
    for (late, reply) in [(json!("start"), "stopped"), (carry, "stopped")] {
        let said = cloud.invoked(&order(&after, late));
        assert_eq!(said["reply"], reply, "{said}");
    }
    assert_eq!(cloud.target.count(), count);
}
