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
    // Twenty users fit into the descriptors that are left, so that twenty a second do not.
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
    assert!(lines[1].trim_start().starts_with("20/s"), "{}", done.out);
    assert!(lines[1].contains("not held: "), "{}", done.out);
    assert!(lines[1].contains("because a worker had as many units open as it may"));
    // The rates below, of which one may hold.
    assert!(
        done.out.contains("  10/s") && !done.out.contains("  40/s"),
        "{}",
        done.out
    );
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
    let done = slsart(&scratch)
        .args(["find-max", "--to", "50001"])
        .args([&script])
        .run();
    done.expect(2);
}
