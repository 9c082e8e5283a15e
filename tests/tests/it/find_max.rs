//! The highest rate that is held.

use serde_json::Value;
use slsart::target::Target;
use tests::Scratch;

use crate::commands::slsart;

const SCRIPT: &str = "
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 600, arrivalRate: 1, rampTo: 5000 }]
scenarios: [{ flow: [{ get: { url: /static/64 } }, { think: 100ms }] }]
_split: { maxScriptRequestsPerSecond: 5000 }
";

/// Whether what was found follows from what was tried.
fn consistent(found: &Value) {
    let points = found["points"].as_array().unwrap();
    let number = |point: &Value, key: &str| point[key].as_f64().unwrap();
    for point in points {
        let held = point["held"].as_bool().unwrap();
        let because = point["because"].as_array().unwrap();
        assert_eq!(held, because.is_empty(), "{point}");
        let (rate, achieved) = (number(point, "rate"), number(point, "achieved"));
        assert!(
            achieved <= rate && (!held || achieved > rate - 1.0),
            "{point}"
        );
        assert!(number(point, "latenessP99") >= 0.0);
    }
    let held = points.iter().filter(|point| point["held"] == true);
    let highest = held.filter_map(|point| point["rate"].as_u64()).max();
    assert_eq!(found["highest"].as_u64(), highest);
    let workers = found["workers"].as_u64().unwrap();
    let rate = highest.map(|highest| (highest * 4 / 5 / workers).max(1));
    assert_eq!(found["workerRate"].as_u64(), rate);
    let suggestion = rate.map(|rate| format!("_split: {{ maxChunkRequestsPerSecond: {rate} }}"));
    assert_eq!(found["suggestion"].as_str(), suggestion.as_deref());
}

#[test]
fn the_curve_is_told_and_what_is_found_follows_from_it() {
    let scratch = Scratch::default();
    let script = scratch.write("script.yml", SCRIPT);
    let target = Target::start(0).unwrap();
    let done = slsart(&scratch)
        .args(["find-max", "--json", "--from", "20", "--to", "40"])
        .args(["--step-duration", "1", "--workers", "2", "-t", target.url()])
        .args([&script])
        .run();
    let found: Value = serde_json::from_str(&done.out).unwrap();
    consistent(&found);
    let points = found["points"].as_array().unwrap();
    assert_eq!(
        (&points[0]["rate"], &found["workers"]),
        (&20.into(), &2.into())
    );
    let started = points
        .iter()
        .map(|point| point["achieved"].as_f64().unwrap().round() as u64);
    assert_eq!(
        target.count(),
        started.sum::<u64>(),
        "each step is real load"
    );
    let expected = if found["highest"].is_null() { 4 } else { 0 };
    done.expect(expected);
}

#[test]
fn where_a_machine_has_room_for_few_users_the_search_ends_early() {
    let scratch = Scratch::default();
    let slow = SCRIPT.replace("think: 100ms", "think: 2");
    let script = scratch.write("script.yml", slow);
    let target = Target::start(0).unwrap();
    // Twenty users fit into the descriptors that are left, and twenty a second for two seconds are forty.
    let done = tests::Program::new("/bin/sh", &scratch)
        .args(["-c", "ulimit -n 60; exec \"$0\" \"$@\""])
        .args([
            env!("CARGO_BIN_EXE_slsart-under-test"),
            "find-max",
            "--from",
            "20",
        ])
        .args(["--step-duration", "2", "--workers", "1", "-t", target.url()])
        .args([&script])
        .run();
    let lines: Vec<_> = done.out.lines().collect();
    assert!(lines[0].trim_start().starts_with("rate"), "{}", done.out);
    let said = "20/s is not tried: some ";
    assert!(done.err.contains(said), "{}", done.err);
    let said = " units would be open at once, and there may be 20 ";
    assert!(done.err.contains(said), "{}", done.err);
    assert!(!done.out.contains("  20/s"), "{}", done.out);
    let found = match done.code {
        Some(0) => "this machine held ",
        _ => "no rate was held",
    };
    assert!(done.out.contains(found), "{}", done.out);
}

#[test]
fn a_target_that_never_answers_ends_the_search_and_what_cannot_be_had_is_refused() {
    let scratch = Scratch::default();
    let script = scratch.write("script.yml", SCRIPT);
    let steps = ["find-max", "--from", "5", "--step-duration", "1"];
    let done = slsart(&scratch).args(steps).args([&script]).run().expect(6);
    assert!(
        done.out.contains("the target never answered"),
        "{}",
        done.out
    );
    assert_eq!(
        done.out.matches("/s  ").count(),
        2,
        "one line: {}",
        done.out
    );
    let done = slsart(&scratch)
        .args(["find-max", "--from", "5001"])
        .args([&script])
        .run()
        .expect(2);
    assert!(done.err.contains("cannot be run at 5001/s"), "{}", done.err);
    for wrong in [&["--to", "50001"][..], &["--from", "20", "--to", "10"]] {
        let find_max = slsart(&scratch).args(["find-max"]).args(wrong);
        find_max.args([&script]).run().expect(2);
    }
}

#[test]
fn what_makes_no_sense_of_a_rate_is_refused() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write("script.yml", SCRIPT);
    let simulating = scratch.write("simulating.yml", format!("{SCRIPT}\n_simulation: true\n"));
    for (args, script, said) in [
        (
            &["-s"][..],
            &script,
            "one user has no rate: leave `--solo` out",
        ),
        (
            &[],
            &simulating,
            "with `_simulation` nothing is done at any rate",
        ),
    ] {
        let done = slsart(&scratch)
            .args(["find-max", "-t", target.url()])
            .args(args)
            .args([script])
            .run()
            .expect(2);
        assert!(done.err.contains(said), "{}", done.err);
    }
    assert_eq!(target.count(), 0);
}

#[test]
fn a_job_that_turns_users_away_says_that_it_was_not_the_machine() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = SCRIPT
        .replace("rampTo: 5000", "rampTo: 5000, maxVusers: 1")
        .replace("think: 100ms", "think: 80ms");
    let script = scratch.write("script.yml", script);
    let done = slsart(&scratch)
        .args(["find-max", "--from", "40", "--to", "40", "--workers", "1"])
        .args(["--step-duration", "1", "-t", target.url()])
        .args([&script])
        .run();
    let said = " of 40 units were turned away by the job's own limit (such as `maxVusers`)";
    assert!(done.out.contains(said), "{}", done.out);
    let said = "what held the rate back is the job's own limit";
    assert!(done.out.contains(said), "{}", done.out);
    assert!(!done.out.contains("it may hold more"), "{}", done.out);
    assert!(!done.out.contains("40/s with"), "{}", done.out);
}

#[test]
fn a_rate_at_which_users_fail_is_not_held_and_where_all_are_held_there_may_be_more() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let fails = SCRIPT.replace(
        "url: /static/64",
        "url: /static/64, match: { json: $.no, value: 1 }",
    );
    for (script, said) in [
        (
            SCRIPT,
            "it may hold more: nothing above that was to be tried",
        ),
        (&fails, "of 20 units failed"),
    ] {
        let script = scratch.write("script.yml", script);
        let done = slsart(&scratch)
            .args([
                "find-max",
                "--from",
                "20",
                "--to",
                "20",
                "--step-duration",
                "1",
            ])
            .args(["-t", target.url()])
            .args([&script])
            .run();
        // A busy machine may not hold twenty a second.
        let held = done.out.contains("  held");
        assert!(
            done.out.contains(said) || !held && said.starts_with("it may"),
            "{}",
            done.out
        );
    }
}
