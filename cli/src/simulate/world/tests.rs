use std::time::Duration;

use task_simulate::Delay;

use super::*;

fn read(text: &str) -> Result<Setting, Vec<String>> {
    let document = star_yaml::document_from("world.yml", text.as_bytes(), ".").unwrap();
    Setting::of(document).map_err(|error| match error {
        CommandError::Job {
            diagnostics,
            sources,
        } => diagnostics
            .iter()
            .map(|one| one.one_line(&sources))
            .collect(),
        other => vec![other.to_string()],
    })
}

#[test]
fn a_world_is_the_default_one_but_for_what_is_said() {
    let text = "concurrency: 5000\ncoldStart: 1s\nqueue: {least: 0, median: 5ms, p99: 1, most: 2s}\nledger: {writes: 100}\nprices: {gbSecond: {arm64: 1}}\n";
    let setting = read(text).unwrap();
    let expected = World {
        concurrency: 5_000,
        cold_start: Delay::always(Duration::from_secs(1)),
        queue: Delay::millis(0, 5, 1_000, 2_000),
        ..World::default()
    };
    assert_eq!(setting.world.ledger.writes, 100);
    assert_eq!(
        World {
            ledger: expected.ledger.clone(),
            ..setting.world
        },
        expected
    );
    let cost = setting.prices.of_memory(3.0) + setting.prices.of_invocations(1_000_000);
    assert!((cost - 3.2).abs() < 1e-9, "{cost}");
    for nothing in ["{}", "~"] {
        assert_eq!(read(nothing).unwrap().world, World::default());
    }
}

#[test]
fn what_is_wrong_with_a_world_is_told_at_its_place() {
    let cases: [(&str, &[&str]); 12] = [
        (
            "[1]",
            &["world.yml:1:1: error: a world is a mapping, not a list"],
        ),
        (
            "concurency: 5",
            &["world.yml:1:1: error: unknown key `concurency` (did you mean `concurrency`?)"],
        ),
        (
            "price: {}",
            &["world.yml:1:1: error: unknown key `price` (did you mean `prices`?)"],
        ),
        (
            "deaths: 5\nledger:\n  unavailable: -1\ndisasters: [{at: 1s, share: 2}]",
            &[
                "world.yml:1:9: error: a share is a number from 0 to 1, not 5",
                "world.yml:3:16: error: a share is a number from 0 to 1, not -1",
                "world.yml:4:29: error: a share is a number from 0 to 1, not 2",
            ],
        ),
        (
            "timeout: 0 s\nsplit: {chunkRate: 0}",
            &[
                "world.yml:2:20: error: `chunkRate` must be from 1 to 1000000, not 0",
                "world.yml:1:10: error: `timeout` is zero, and nothing would ever run",
            ],
        ),
        (
            "coldStart: {least: 1ms, meadian: 2ms}",
            &["world.yml:1:25: error: unknown key `meadian` (did you mean `median`?)"],
        ),
        (
            "coldStart: {least: 1ms, median: 2ms, most: 3ms}\nitem: fast",
            &[
                "world.yml:1:12: error: `p99` is missing (a length of time that differs has `least`, `median`, `p99` and `most`)",
                "world.yml:2:7: error: a length of time is expected: not a duration (such as `20ms`, `15s` or `1.5`, which are seconds)",
            ],
        ),
        (
            "queue: {least: 9ms, median: 2ms, p99: 3ms, most: 4ms}",
            &[
                "world.yml:1:29: error: `median` is less than what is before it (they rise: `least`, `median`, `p99`, `most`)",
            ],
        ),
        (
            "slowness: -5\nfunctions: 4294967295\ncoldStart: 1y\nclockSkew: 1h",
            &[
                "world.yml:3:12: error: a length of time here is at most 2592000 s",
                "world.yml:2:12: error: `functions` must be from 1 to 10000, not 4294967295",
                "world.yml:1:11: error: `slowness` must be from 1 to 1000, not -5",
                "world.yml:4:12: error: `clockSkew` must be at most 60 s",
            ],
        ),
        (
            "ledger: {outages: [{from: 0, length: 1y}]}",
            &["world.yml:1:38: error: a length of time here is at most 2592000 s"],
        ),
        (
            "prices: {gbSeconds: {arm64: 1}}",
            &["world.yml:1:10: error: unknown key `gbSeconds` (did you mean `gbSecond`?)"],
        ),
        (
            "prices: {thousandReads: -1}",
            &["world.yml:1:25: error: the price `thousandReads` is negative"],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text).unwrap_err(), expected, "{text}");
    }
}

#[test]
fn the_documentation_names_every_key_and_every_fault() {
    let docs = include_str!("../../../../docs/simulate.md");
    let world = serde_json::to_value(World::default()).unwrap();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect();
    let all: [Vec<String>; 3] = [&world, &world["ledger"], &world["split"]].map(keys);
    for key in all.concat() {
        assert!(docs.contains(&format!("`{key}`")), "`{key}`");
    }
    assert!(docs.contains(&crate::simulate::Faults::list()));
    let numbers = NUMBERS.iter().map(|(path, ..)| path);
    let spans = SPANS.iter().map(|(path, ..)| path);
    let paths = SHARES.iter().chain(&DELAYS).chain(numbers).chain(spans);
    for path in paths {
        let found = path
            .split('.')
            .try_fold(&world, |value, key| value.get(key));
        assert!(found.is_some(), "`{path}`");
    }
}
