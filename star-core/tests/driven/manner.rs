//! `_simulation` and `_trace`: what workers say, and what they leave.

use star_core::job::Manner;
use star_core::laws::toys::{Items, Ticks};
use star_core::{AnyTask, Limits};

use crate::fleet::{Fleet, ZERO, driven};
use crate::function;

/// What a run in this manner says, with its stamps counted from its launch; and what it came to.
async fn said(task: AnyTask, manner: Manner, limits: Limits) -> (Vec<String>, star_core::Facts) {
    let fleet = Fleet::new();
    let lines = fleet.listen();
    let outcome = fleet
        .run_any(task.in_manner(manner), limits, async {})
        .await;
    let (started, _) = fleet.started_units().await;
    assert_eq!(started.len() as u64, outcome.facts.tally.started);
    let lines = lines.lock().unwrap();
    (
        lines.iter().map(|line| from_launch(line)).collect(),
        outcome.facts,
    )
}

fn from_launch(line: &str) -> String {
    let launch = ZERO.as_nanos() / 1_000_000;
    let words = line.split(' ').map(|word| {
        let (number, colon) = word.split_at(word.trim_end_matches(':').len());
        match number.parse::<u64>() {
            Ok(stamp) if stamp >= launch => format!("+{}{colon}", stamp - launch),
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Four minutes, fifty a second.
fn ticks() -> AnyTask {
    AnyTask::new(Ticks {
        units: 50 * 240,
        gap: 20,
    })
}

#[test]
fn a_trace_has_the_words_of_the_reference() {
    driven(async {
        let manner = Manner {
            trace: true,
            simulation: false,
        };
        let (lines, facts) = said(ticks(), manner, function()).await;
        assert_eq!((facts.tally.started, facts.chunks), (12_000, 4));
        let expected = [
            "splitting script by duration from +0 in +0 @ +0",
            "scheduling immediate chunk start from +0 in +0 for execution @ +15000",
            "scheduling future chunk start from +0 in +0 for execution @ +135000",
            "splitting immediate chunk by requests per second from +0 in +0 @ +0",
            "immediate chunk split in to 2 chunks, with 1 future chunk(s) from +0 in +0 @ +0",
            "distributing 1 plans from +0 in +0",
            "invoking self for +0 in +15000 @ +0",
            "invoke self complete for +0 in +15000 @ +0",
            "scheduling self invocation for +0 in +135000 with a 120000 ms delay",
            "invoking self for +0 in +135000 @ +120000",
            "invoke self complete for +0 in +135000 @ +120000",
            "splitting immediate chunk by requests per second from +0 in +120000 @ +120000",
            "immediate chunk split in to 2 chunks, with 0 future chunk(s) from +0 in +120000 @ +120000",
            "distributing 1 plans from +0 in +120000",
            "invoking self for +0 in +135000 @ +120000",
            "invoke self complete for +0 in +135000 @ +120000",
            "load test from +0 executed by +0 partially complete @ +134980",
            "load test from +0 executed by +0 partially complete @ +135000",
            "load test from +0 executed by +120000 partially complete @ +254980",
            "load test from +0 executed by +120000 partially complete @ +255000",
        ];
        let (last, lines) = lines.split_last().unwrap();
        assert_eq!(lines, expected);
        assert!(
            last.starts_with("load test from +0 in +120000 completed @ +255"),
            "{last}"
        );
    });
}

#[test]
fn a_simulation_sends_for_everybody_and_does_nothing() {
    driven(async {
        let manner = Manner {
            trace: false,
            simulation: true,
        };
        let (mut lines, facts) = said(ticks(), manner, function()).await;
        assert!(
            facts.adds_up() && facts.settled && !facts.is_partial(),
            "{facts:?}"
        );
        assert_eq!(
            (facts.tally.skipped, facts.tally.started, facts.chunks),
            (12_000, 0, 4)
        );
        lines.sort();
        let expected = [
            "simulating load test from +0 in +0: lane 0 of 2 would start 3000 units between +15000 and +135000 @ +0",
            "simulating load test from +0 in +0: lane 1 of 2 would start 3000 units between +15000 and +135000 @ +0",
            "simulating load test from +0 in +120000: lane 0 of 2 would start 3000 units between +135000 and +255000 @ +120000",
            "simulating load test from +0 in +120000: lane 1 of 2 would start 3000 units between +135000 and +255000 @ +120000",
        ];
        assert_eq!(lines, expected);
    });
}

#[test]
fn a_batch_is_simulated_too() {
    driven(async {
        let manner = Manner {
            trace: true,
            simulation: true,
        };
        let items = AnyTask::new(Items { items: 10 });
        let (lines, facts) = said(items, manner, Limits::here(2)).await;
        assert_eq!(facts.tally.skipped, 10, "{facts:?}");
        let simulated = lines.iter().filter(|line| line.starts_with("simulating"));
        assert_eq!(simulated.count() as u64, facts.chunks, "{lines:#?}");
        let chunk = "lane 0 of 10 would start 1 unit @";
        assert!(lines.iter().any(|line| line.contains(chunk)), "{lines:#?}");
    });
}
