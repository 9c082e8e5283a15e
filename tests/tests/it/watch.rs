//! Runs that are followed, and listed, from another terminal.

use tests::{Program, Scratch, finish, json, wait_until};

const SCRIPT: &str = "config:\n  target: http://127.0.0.1:1\n  phases: [{ duration: 3, arrivalRate: 5 }]\nscenarios: [{ flow: [{ think: 0.1 }] }]\n";

fn slsart(scratch: &Scratch) -> Program {
    Program::new(env!("CARGO_BIN_EXE_slsart-under-test"), scratch)
}

#[test]
fn a_run_is_listed_and_followed_from_another_process_and_both_tell_the_same() {
    let scratch = Scratch::default();
    scratch.write("script.yml", SCRIPT);
    let none = slsart(&scratch).args(["runs"]).run().expect(0);
    assert!(
        none.err.starts_with("there are no runs in `"),
        "{}",
        none.err
    );

    let run = ["run", "script.yml", "--name", "one", "-o", "run.json"];
    let running = slsart(&scratch).args(run).start();
    wait_until("the run is listed", || {
        let listed = slsart(&scratch).args(["runs"]).run().expect(0);
        listed.out.ends_with("  artillery  running\n")
    });
    let watch = ["watch", "one", "-o", "watched.json"];
    let watched = slsart(&scratch).args(watch).run().expect(0);
    let ran = finish(running).expect(0);
    assert_eq!(watched.out, ran.out);
    assert_eq!(
        json(&scratch.path("watched.json")),
        json(&scratch.path("run.json"))
    );

    let solo = ["run", "script.yml", "--solo", "--name", "two", "-q"];
    slsart(&scratch).args(solo).run().expect(0);
    let listed = slsart(&scratch).args(["runs"]).run().expect(0);
    let lines: Vec<Vec<_>> = listed
        .out
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    let told = lines.iter().map(|line| (line[0], line[2], line[3]));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("two", "artillery", "passed"),
            ("one", "artillery", "passed")
        ]
    );
    let last = slsart(&scratch).args(["runs", "--last", "1", "--json"]);
    let last: serde_json::Value = serde_json::from_str(&last.run().expect(0).out).unwrap();
    assert_eq!(last.as_array().unwrap().len(), 1);
    assert_eq!(
        (&last[0]["run"], &last[0]["state"]),
        (&"two".into(), &"passed".into())
    );
}

#[test]
fn a_run_that_cannot_be_read_is_listed_with_the_reason_and_one_that_is_none_is_not_followed() {
    let scratch = Scratch::default();
    scratch.write("runs/runs/old/manifest", "{\"version\": 1}");
    scratch.write("runs/runs/begun/content/x", "");
    let listed = slsart(&scratch).args(["runs"]).run().expect(0);
    assert!(
        listed.out.starts_with("old ") && listed.out.contains("cannot be read: missing field"),
        "{}",
        listed.out
    );
    assert_eq!(listed.out.lines().count(), 1);
    let watched = slsart(&scratch).args(["watch", "nobody"]).run().expect(2);
    assert!(
        watched.err.contains("there is no run `nobody`"),
        "{}",
        watched.err
    );
}
