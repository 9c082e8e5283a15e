//! A payload of a million rows.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use slsart::target::Target;
use tests::{Program, Scratch, finish, json, wait_until};

use super::{PROGRAM, peak_memory};

const ROWS: usize = 1_000_000;

fn write_rows(scratch: &Scratch) -> u64 {
    let mut rows = String::with_capacity(64 << 20);
    for row in 0..ROWS {
        let _infallible = writeln!(
            rows,
            "{row},user-{row:08}@example.com,{:016x},\"Some Street {row}, Town\",4f9c",
            row * 7919
        );
    }
    scratch.write("rows.csv", &rows);
    rows.len() as u64
}

fn run(scratch: &Scratch, order: &str, how: &[&str]) -> (u64, Duration) {
    let target = Target::start(0).unwrap();
    scratch.write(
        "rows.yml",
        format!(
            "config:\n  target: http://127.0.0.1:1\n  phases: [{{ duration: 4, arrivalRate: 500 }}]\n  payload: {{ path: rows.csv, fields: [id, mail, token, street, rest], order: {order} }}\nscenarios:\n  - flow:\n      - get: {{ url: \"/static/1?id={{{{ id }}}}&token={{{{ token }}}}\" }}\n"
        ),
    );
    let report = scratch.path("report.json");
    let begun = Instant::now();
    let mut child = Program::new(PROGRAM, scratch)
        .args(["run", "-q", "-t", target.url(), "-o"])
        .args([&report, &scratch.path("rows.yml")])
        .args(how)
        .start();
    wait_until("a request arrives", || target.count() > 0);
    let start = begun.elapsed();
    let mut peak = 0;
    let deadline = Instant::now() + Duration::from_mins(1);
    while child.try_wait().unwrap().is_none() {
        peak = peak_memory(child.id()).unwrap_or(0).max(peak);
        assert!(Instant::now() < deadline, "it does not end");
        std::thread::park_timeout(Duration::from_millis(20));
    }
    let finished = finish(child).expect(0);
    let facts = &json(&report)["slsart"]["run"];
    assert_eq!(facts["planned"], 2000, "{}", finished.err);
    (peak, start)
}

#[test]
fn a_million_rows_take_less_than_150_megabytes_and_two_seconds() {
    let scratch = Scratch::default();
    let bytes = write_rows(&scratch);
    for order in ["sequence", "random"] {
        for how in [&["--workers", "1"][..], &["--workers", "4"]] {
            let (peak, start) = run(&scratch, order, how);
            println!(
                "{ROWS} rows of {:.0} MB in {order}, {how:?}: peak {:.1} MB, first request after {start:?}",
                bytes as f64 / 1e6,
                peak as f64 / 1e6
            );
            assert!(peak < 150_000_000, "{peak} bytes");
            assert!(start < Duration::from_secs(2), "{start:?}");
        }
    }
}
