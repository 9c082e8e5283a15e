//! How soon the program is a function, and what it takes while it waits.

use std::time::{Duration, Instant};

use tests::{Program, RuntimeApi, Scratch};

use crate::PROGRAM;

const STARTS: usize = 30;
const SOON: Duration = Duration::from_millis(20);
const AT_REST: u64 = 40 * 1024 * 1024;

/// The memory that a process has now, in bytes.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.unwrap().trim().strip_suffix(" kB").unwrap();
    kilobytes.parse::<u64>().unwrap() * 1024
}

#[test]
fn a_function_asks_for_its_first_invocation_within_twenty_milliseconds_and_rests_in_forty_megabytes()
 {
    let mut took = Vec::new();
    let mut most = 0;
    for _ in 0..STARTS {
        let (scratch, api) = (Scratch::default(), RuntimeApi::start());
        let function = api
            .function(Program::new(PROGRAM, &scratch))
            .env("SLSART_LEDGER", "bucket")
            .env("SLSART_TOPIC", "topic")
            .env("SLSART_DEPLOYMENT", "2-0");
        let begun = Instant::now();
        let mut child = function.start();
        let (asked, _open) = api.next();
        most = memory(child.id()).max(most);
        child.kill().unwrap();
        child.wait().unwrap();
        took.push(asked.at - begun);
    }
    took.sort();
    let (median, last) = (took[STARTS / 2], took[STARTS - 1]);
    println!(
        "start-up: median {median:?}, longest {last:?}; at rest: {:.1} MB",
        most as f64 / 1e6
    );
    assert!(median <= SOON, "{took:?}");
    assert!(most <= AT_REST, "{most} bytes at rest");
}
