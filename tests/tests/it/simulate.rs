//! `slsart simulate`: runs on a fleet that is not there.

use serde_json::Value;
use slsart::target::Target;
use tests::{Program, Scratch};

fn slsart(scratch: &Scratch) -> Program {
    Program::new(env!("CARGO_BIN_EXE_slsart-under-test"), scratch)
}

/// A script with these phases, and this beside.
fn script(scratch: &Scratch, phases: &str, beside: &str) -> std::path::PathBuf {
    scratch.write(
        "script.yml",
        format!(
            "config: {{target: \"http://127.0.0.1:1\", phases: [{phases}]}}\nscenarios: [{{flow: [{{get: {{url: /}}}}]}}]\n{beside}\n"
        ),
    )
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_same_seed_is_the_same_simulation_to_the_byte() {
    let scratch = Scratch::default();
    let script = script(&scratch, "{duration: 60, arrivalRate: 100}", "");
    let simulated = |seed: &str, name: &str| {
        let (svg, log) = (
            scratch.path(&format!("{name}.svg")),
            scratch.path(&format!("{name}.log")),
        );
        let faults = ["--fault", "deaths=20%", "--fault", "duplicates"];
        let files = [svg.as_path(), log.as_path()];
        let text = slsart(&scratch)
            .args(["simulate", "--seed", seed])
            .args(faults)
            .args([
                "--svg".as_ref(),
                files[0].as_os_str(),
                "--log".as_ref(),
                files[1].as_os_str(),
            ])
            .args([&script])
            .run();
        let json = slsart(&scratch)
            .args(["simulate", "--json", "--seed", seed])
            .args(faults)
            .args([&script])
            .run();
        assert_eq!(text.code, json.code);
        let files = files.map(|file| std::fs::read_to_string(file).unwrap());
        (text.out, json.out, files)
    };
    let first = simulated("5", "a");
    assert!(
        first == simulated("5", "b"),
        "the same seed differs from itself"
    );
    assert!(first.2[1].lines().count() > 20, "{}", first.2[1]);
    let other = simulated("6", "c");
    assert!(other.0 != first.0 && other.1 != first.1 && other.2[1] != first.2[1]);
    assert!(!scratch.runs().exists(), "nothing was run");
}

#[test]
fn a_run_of_several_windows_is_handed_on_and_told_as_a_tree() {
    let scratch = Scratch::default();
    let script = script(
        &scratch,
        "{duration: 90, arrivalRate: 60}",
        "_split: {maxChunkDurationInSeconds: 30}",
    );
    let text = slsart(&scratch)
        .args(["simulate"])
        .args([&script])
        .run()
        .expect(0);
    for line in [
        "artillery: 5,400 units, 9 chunks in 3 windows",
        "├─ 0–30 s: 3 workers, 1,800 units, at most 60/s, 1 → 2",
        "│  └─ lane 2 of 3: 600 units",
        "└─ 60–90 s: 3 workers, 1,800 units, at most 60/s (1 → 2)",
        "planned 5400 = 5400 started + 0 skipped + 0 missed + 0 cancelled + 0 lost",
    ] {
        assert!(
            text.out.lines().any(|one| one == line),
            "{line}\n{}",
            text.out
        );
    }
    let json = slsart(&scratch)
        .args(["simulate", "--json"])
        .args([&script])
        .run()
        .expect(0);
    let seen = self::json(&json.out);
    assert_eq!(seen["feasible"], true);
    let windows = seen["windows"].as_array().unwrap();
    let units = windows
        .iter()
        .map(|window| window["units"].as_u64().unwrap());
    assert_eq!((windows.len(), units.sum::<u64>()), (3, 5_400));
    // Whoever carries a window's bundle was sent for by one who carried the window before.
    let workers = seen["simulation"]["workers"].as_array().unwrap();
    let window = |worker: &Value| {
        worker["order"]["carry"]["window"]["from"]
            .as_u64()
            .unwrap_or(0)
    };
    let bundles = workers.iter().filter(|worker| {
        let lanes = &worker["order"]["carry"]["lanes"];
        lanes["end"].as_u64() > lanes["first"].as_u64().map(|first| first + 1)
    });
    let mut handed_on = 0;
    for bundle in bundles {
        let parent = &workers[bundle["parent"].as_u64().unwrap() as usize];
        assert_eq!(window(bundle) - window(parent), 30_000_000_000, "{bundle}");
        handed_on += 1;
    }
    assert_eq!(handed_on, 2, "{workers:#?}");
    let rates = seen["simulation"]["rates"].as_array().unwrap();
    assert!(
        rates.len() == 90 && rates.iter().all(|rate| rate["achieved"] == 60),
        "{rates:?}"
    );
}

#[test]
fn what_a_run_needs_beyond_its_world_is_told_and_ends_with_a_code_of_its_own() {
    let scratch = Scratch::default();
    let script = script(&scratch, "{duration: 30, arrivalRate: 250}", "");
    let world = scratch.write(
        "world.yml",
        "concurrency: 6\nmemory: 1024\nprices: {gbSecond: {arm64: 2}}\n",
    );
    let short = slsart(&scratch)
        .args(["simulate", "--world"])
        .args([&world, &script])
        .run()
        .expect(4);
    let expected = "it needs 10 functions at once, and this account has 6: ask AWS for 10, or raise `_split.maxChunkRequestsPerSecond` to 42";
    assert!(
        short.out.contains("NOT FEASIBLE: ") && short.out.contains(expected),
        "{}",
        short.out
    );
    let json = slsart(&scratch)
        .args(["simulate", "--json", "--world"])
        .args([&world, &script])
        .run()
        .expect(4);
    let forecast = &self::json(&json.out)["forecast"];
    assert_eq!(forecast["quota"]["needed"], 10, "{forecast}");
    let (memory, cost) = (&forecast["gbSeconds"], &forecast["cost"]["memory"]);
    assert!(
        (memory.as_f64().unwrap() * 2.0 - cost.as_f64().unwrap()).abs() < 1e-6,
        "{forecast}"
    );
}

#[test]
fn many_seeds_are_a_line_each_and_the_worst_is_named() {
    let scratch = Scratch::default();
    let script = script(&scratch, "{duration: 30, arrivalRate: 60}", "");
    let whole = slsart(&scratch)
        .args(["simulate", "--seeds", "3", "--seed", "10"])
        .args([&script])
        .run()
        .expect(0);
    let lines: Vec<_> = whole.out.lines().collect();
    for (line, seed) in lines.iter().zip(10..13) {
        assert!(
            line.starts_with(&format!("seed {seed}     whole ")),
            "{line}"
        );
    }
    assert_eq!(lines[4], "3 seeds: 3 with every unit started in its time");
    let partial = slsart(&scratch)
        .args(["simulate", "--seeds", "2", "--fault", "deaths=100%"])
        .args([&script])
        .run()
        .expect(4);
    let repeat = partial
        .out
        .lines()
        .find(|line| line.starts_with("at worst "))
        .unwrap();
    let (_, command) = repeat.split_once("simulate ").unwrap();
    assert!(command.starts_with("--fault deaths=100% "), "{repeat}");
    let again = slsart(&scratch)
        .args(["simulate"])
        .args(command.split(' '))
        .run()
        .expect(4);
    assert!(
        again.out.contains("  in a world with deaths"),
        "{}",
        again.out
    );
    let json = slsart(&scratch)
        .args(["simulate", "--seeds", "2", "--json"])
        .args([&script])
        .run()
        .expect(0);
    let seeds = self::json(&json.out)["seeds"].clone();
    assert_eq!(
        (&seeds[1]["seed"], &seeds[1]["started"]),
        (&1.into(), &1_800.into()),
        "{seeds}"
    );
}

#[test]
fn what_is_wrong_is_told_before_anything_is_simulated() {
    let scratch = Scratch::default();
    let sound = script(&scratch, "{duration: 30, arrivalRate: 60}", "");
    let refused = |args: &[&str], code: i32, told: &[&str]| {
        let done = slsart(&scratch)
            .args(["simulate"])
            .args(args)
            .args([&sound])
            .run()
            .expect(code);
        for told in told {
            assert!(done.err.contains(told), "{told}\n{}", done.err);
        }
        assert_eq!(done.out, "");
    };
    let world = |name: &str, text: &str| scratch.write(name, text).display().to_string();
    let typo = world("typo.yml", "memory: 512\nconcurency: 5\n");
    refused(
        &["--world", &typo],
        5,
        &[
            "typo.yml:2:1",
            "unknown key `concurency`",
            "did you mean `concurrency`?",
        ],
    );
    let values = world("values.yml", "deaths: 2\nledger: {latency: soon}\n");
    refused(
        &["--world", &values],
        5,
        &[
            "values.yml:1:9",
            "a share is a number from 0 to 1, not 2",
            "values.yml:2:19",
            "a length of time is expected",
        ],
    );
    let broken = world("broken.yml", "split: {lead: 5s\n");
    refused(&["--world", &broken], 5, &["broken.yml:"]);
    let unpriced = world("unpriced.yml", "prices: nowhere.yml\n");
    refused(
        &["--world", &unpriced],
        5,
        &["unpriced.yml:1:9", "nowhere.yml"],
    );
    refused(
        &["--world", "/nowhere/world.yml"],
        5,
        &["there is no file `/nowhere/world.yml`"],
    );
    refused(
        &["--fault", "rain"],
        2,
        &["there is no fault `rain` (there are: cold-starts, "],
    );
    refused(
        &["--fault", "deaths=lots"],
        2,
        &["deaths: `lots` is not a share"],
    );
    refused(&["--seeds", "0"], 2, &["--seeds"]);
    refused(&["--seeds", "2", "--execute"], 2, &["--execute"]);
    let short = world("short.yml", "timeout: 20s\n");
    refused(&["--world", &short], 5, &["the task cannot be cut"]);
    let fast = script(&scratch, "{duration: 30, arrivalRate: 6000}", "");
    let unfit = slsart(&scratch)
        .args(["simulate"])
        .args([&fast])
        .run()
        .expect(5);
    for part in [
        "`_split.maxScriptRequestsPerSecond` allows 5000 by default",
        ":1:40",
    ] {
        assert!(unfit.err.contains(part), "{part}: {}", unfit.err);
    }
    let listed = slsart(&scratch)
        .args(["simulate", "--fault", "list"])
        .args([&fast])
        .run()
        .expect(0);
    assert!(listed.out.contains("deaths=SHARE "), "{}", listed.out);
}

#[test]
fn a_simulated_run_is_carried_out_where_that_is_asked_for() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = script(
        &scratch,
        "{duration: 1, arrivalRate: 40}",
        "_split: {maxChunkRequestsPerSecond: 15}",
    );
    // What a fleet needs to be there, threads need not.
    let world = scratch.write("world.yml", "split: {lead: 1s}\ncoldStart: 10ms\nqueue: 0\ndispatch: 1ms\nscaleOut: 100000\nledger: {latency: 1ms}\n");
    let done = slsart(&scratch)
        .args(["simulate", "--execute", "-t", target.url(), "--world"])
        .args([&world, &script])
        .run()
        .expect(0);
    assert!(
        done.out.contains("40 units, 3 chunks in 1 window"),
        "{}",
        done.out
    );
    assert!(
        done.out.contains("requests  40 sent, 40 answered"),
        "{}",
        done.out
    );
    assert!(done.out.contains("  chunks 3"), "{}", done.out);
}
