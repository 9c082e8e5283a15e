//! `_simulation` and `_trace`: what they make of a run.

use slsart::target::Target;
use tests::Scratch;

use crate::commands::slsart;

/// What a run in this manner says, in lines, and how it ends.
fn carried_out(how: &[&str], manner: &str) -> (Vec<String>, String) {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write(
        "script.yml",
        format!(
            "config: {{target: \"http://127.0.0.1:1\", phases: [{{duration: 1, arrivalRate: 40}}]}}\nscenarios: [{{flow: [{{get: {{url: /}}}}]}}]\n_split: {{maxChunkRequestsPerSecond: 15}}\n{manner}\n"
        ),
    );
    let done = slsart(&scratch)
        .args(["run", "-t", target.url()])
        .args(how)
        .args([&script])
        .run()
        .expect(0);
    (done.out.lines().map(str::to_owned).collect(), done.out)
}

#[test]
fn a_script_of_a_simulation_sends_nothing_in_threads_and_processes() {
    for how in [&[][..], &["--processes"]] {
        let (lines, out) = carried_out(how, "_simulation: true");
        let simulated = lines
            .iter()
            .filter(|line| line.starts_with("simulating load test from "));
        let mut lanes: Vec<_> = simulated
            .filter_map(|line| line.split(": ").nth(1))
            .collect();
        lanes.sort_unstable();
        for (lane, expected) in lanes.iter().zip([
            "lane 0 of 3 would start 14 units between ",
            "lane 1 of 3 would start 13 units between ",
            "lane 2 of 3 would start 13 units between ",
        ]) {
            assert!(lane.starts_with(expected), "{lane}");
        }
        assert_eq!(lanes.len(), 3, "{out}");
        assert!(out.contains("requests  0 sent"), "{out}");
        assert!(out.contains("planned 40 = 0 started + 40 skipped"), "{out}");
        assert!(
            out.ends_with("SIMULATION: nothing was done, as `_simulation` asks for\n"),
            "{out}"
        );
    }
}

#[test]
fn a_trace_tells_of_every_worker_in_threads_and_processes() {
    for how in [&[][..], &["--processes"]] {
        let (lines, out) = carried_out(how, "_trace: true");
        let count = |what: &str| lines.iter().filter(|line| line.starts_with(what)).count();
        assert_eq!(
            count("splitting immediate chunk by requests per second from "),
            1,
            "{out}"
        );
        assert_eq!(
            count("immediate chunk split in to 3 chunks, with 0 future chunk(s) from "),
            1,
            "{out}"
        );
        assert_eq!(count("distributing 2 plans from "), 1, "{out}");
        assert!(count("invoking self for ") >= 2, "{out}");
        assert_eq!(
            count("invoking self for "),
            count("invoke self complete for "),
            "{out}"
        );
        assert!(out.contains("requests  40 sent, 40 answered"), "{out}");
        // Of processes that end when all is over, the last may not be heard to the end.
        assert!(count("load test from ") >= 1, "{out}");
    }
}
