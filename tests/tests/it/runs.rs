//! Runs: their seed, and what becomes of their users.

use slsart::target::Target;
use tests::Scratch;

use crate::commands::slsart;
use crate::scripts;

#[test]
fn the_seed_repeats_a_run_and_another_seed_does_not() {
    let run = |seed: &str| {
        let scratch = Scratch::default();
        let target = Target::start(0).unwrap();
        let script = scripts::steady(&scratch, 20.0, 0.5);
        slsart(&scratch)
            .args(["run", "-q", "--seed", seed, "-t", target.url()])
            .args([&script])
            .run()
            .expect(0);
        tests::requests(&target)
    };
    let first = run("7");
    assert_eq!(first.len(), 10);
    assert_eq!(first, run("7"));
    assert_ne!(first, run("8"));
}

#[test]
fn users_that_could_not_be_started_in_time_are_missed_and_make_the_run_partial() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write(
        "burst.yml",
        "
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 500ms, arrivalCount: 20000 }]
scenarios: [{ flow: [{ get: { url: /static/64 } }] }]
_split: { maxScriptRequestsPerSecond: 50000 }
",
    );
    // More than any machine starts, and no lateness at all allowed.
    let done = slsart(&scratch)
        .args(["run", "--workers", "1", "--late-limit", "0"])
        .args(["-t", target.url()])
        .args([&script])
        .run()
        .expect(4);
    assert!(
        done.out
            .contains("units were missed: they could not be started in time"),
        "{}",
        done.out
    );
    assert!(
        done.out.contains("PARTIAL: the report covers"),
        "{}",
        done.out
    );
}

#[test]
fn users_live_as_long_as_they_want_where_no_worker_has_to_end() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write(
        "long.yml",
        "
config:
  target: http://127.0.0.1:1
  http: { timeout: 1 }
  variables: { pause: 4 }
  phases: [{ duration: 200ms, arrivalCount: 2 }]
scenarios: [{ flow: [{ get: { url: /echo } }, { think: \"{{ pause }}\" }, { get: { url: /echo } }] }]
",
    );
    slsart(&scratch)
        .args(["run", "-t", target.url()])
        .args([&script])
        .run()
        .expect(0);
    assert_eq!(target.count(), 4);
}

#[test]
fn arrivals_at_random_are_the_seeds_whatever_the_number_of_workers() {
    let scratch = Scratch::default();
    let script = scratch.write(
        "poisson.yml",
        "config: { target: http://a, phases: [{ duration: 500ms, arrivalRate: 100, mode: poisson }] }\nscenarios: [{ flow: [{ get: { url: \"/echo?{{ $randomNumber(1, 1000000) }}\" } }] }]\n",
    );
    let plan = slsart(&scratch)
        .args(["plan", "--json", "--seed", "5"])
        .args([&script])
        .run()
        .expect(0);
    let plan: serde_json::Value = serde_json::from_str(&plan.out).unwrap();
    let mut runs = Vec::new();
    for workers in ["1", "3"] {
        let target = Target::start(0).unwrap();
        slsart(&scratch)
            .args(["run", "-q", "--seed", "5", "--late-limit", "10000"])
            .args(["--workers", workers, "-t", target.url()])
            .args([&script])
            .run()
            .expect(0);
        let requests = tests::requests(&target).into_iter();
        let mut paths: Vec<_> = requests.map(|request| request.path).collect();
        paths.sort();
        runs.push(paths);
    }
    assert_eq!(runs[0].len() as u64, plan["units"].as_u64().unwrap());
    assert_eq!(runs[0], runs[1]);
}
