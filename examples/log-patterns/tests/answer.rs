//! The task against an answer found on the spot, and against the laws.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't set itself up has failed"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use log_patterns::LogPatterns;
use star_core::document::{Blob, File};
use star_core::laws::Kit;

const LOGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/logs");

fn logs() -> Vec<Blob> {
    let mut names: Vec<_> = fs::read_dir(LOGS)
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    names.sort();
    let read = |name: &std::ffi::OsString| {
        let bytes = fs::read(Path::new(LOGS).join(name)).unwrap();
        Blob::new(name.to_string_lossy(), bytes)
    };
    names.iter().map(read).collect()
}

fn task(logs: &[Blob]) -> LogPatterns {
    let pattern = |name: &str, pattern: &str| (name.to_owned(), pattern.to_owned());
    LogPatterns {
        logs: logs
            .iter()
            .map(|log| File::from(log.reference.clone()))
            .collect(),
        patterns: BTreeMap::from([
            pattern("errors", "\" 5\\d\\d "),
            pattern("logins", "POST /login"),
        ]),
    }
}

#[test]
fn every_law_holds() {
    let logs = logs();
    let task = task(&logs);
    Kit::default()
        .cases(32)
        .blobs(logs)
        .check_one(&task)
        .unwrap();
}

#[test]
fn four_workers_find_what_one_loop_finds() {
    let mut expected = (0, 0, 0);
    for log in logs() {
        let mut text = String::new();
        if Path::new(&log.reference.name)
            .extension()
            .is_some_and(|ending| ending == "gz")
        {
            flate2::read::GzDecoder::new(&*log.bytes)
                .read_to_string(&mut text)
                .unwrap();
        } else {
            text = String::from_utf8(log.bytes.to_vec()).unwrap();
        }
        expected.0 += text.lines().count();
        expected.1 += text.lines().filter(|line| line.contains("\" 50")).count();
        expected.2 += text
            .lines()
            .filter(|line| line.contains("POST /login"))
            .count();
    }
    let program = env!("CARGO_BIN_EXE_log-patterns");
    let job = concat!(env!("CARGO_MANIFEST_DIR"), "/job.yml");
    let runs = std::env::temp_dir().join(format!("log-patterns-{}", std::process::id()));
    let ran = std::process::Command::new(program)
        .args(["run", job, "--workers", "4", "-q", "-o", "-", "--runs"])
        .arg(&runs)
        .output()
        .unwrap();
    fs::remove_dir_all(&runs).unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let report: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    let found = &report["report"]["found"];
    let counted = (
        &report["report"]["lines"],
        &found["server errors"],
        &found["logins"],
    );
    let expected = [expected.0, expected.1, expected.2].map(serde_json::Value::from);
    assert_eq!(
        [counted.0, counted.1, counted.2],
        expected.each_ref(),
        "{report:#}"
    );
}

#[test]
fn a_batch_is_simulated_on_a_fleet_of_functions() {
    let job = concat!(env!("CARGO_MANIFEST_DIR"), "/job.yml");
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_log-patterns"))
        .args(["simulate", job, "--json"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{told}");
    let seen: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    let logs = logs().len();
    assert_eq!(seen["facts"]["planned"], logs, "{seen:#}");
    assert_eq!(seen["facts"]["tally"]["ended"], logs, "{seen:#}");
    assert_eq!(seen["kind"], "log-patterns");
}

#[test]
fn what_is_wrong_with_a_pattern_or_a_file_is_told_at_its_own_line() {
    let folder = std::env::temp_dir().join(format!("log-patterns-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("a.log"), "a\n").unwrap();
    let job = folder.join("job.yml");
    for (text, place, said) in [
        (
            "logs: a.log\npatterns:\n  ok: a\n  bad: (",
            (5, 8),
            "this is no regular expression that can be used: unclosed group",
        ),
        (
            "logs:\n  - a.log\n  - b.log\npatterns: { ok: a }",
            (4, 5),
            "cannot read `",
        ),
        (
            "logs:\n  - a.log\n  - 7\npatterns: { ok: a }",
            (4, 5),
            "expected a path, found the number `7`",
        ),
        (
            "logs: 7\npatterns: { ok: a }",
            (2, 7),
            "expected a path or a list of paths, found the number `7`",
        ),
        (
            "logs: []\npatterns: { ok: a }",
            (2, 7),
            "there is no file to look in",
        ),
        (
            "logs: a.log\npatterns: {}",
            (3, 11),
            "there is nothing to look for",
        ),
    ] {
        fs::write(&job, format!("task: log-patterns\n{text}\n")).unwrap();
        let checked = std::process::Command::new(env!("CARGO_BIN_EXE_log-patterns"))
            .args(["check", "--json"])
            .arg(&job)
            .output()
            .unwrap();
        assert_eq!(checked.status.code(), Some(5), "{text}");
        let told: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
        let told = &told[0];
        let at = (&told["line"], &told["column"]);
        assert_eq!(at, (&place.0.into(), &place.1.into()), "{told:#}");
        let message = told["message"].as_str().unwrap();
        assert!(
            message.starts_with(said) && !message.contains('\n'),
            "{message}"
        );
    }
    fs::remove_dir_all(&folder).unwrap();
}
