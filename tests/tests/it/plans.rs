//! How scripts are cut, as `slsart plan` shows it and `slsart run` does it.

use tests::Scratch;

use crate::commands::slsart;

#[test]
fn a_plan_shows_every_chunk() {
    let scratch = Scratch::default();
    let ramp = scratch.write(
        "ramp.yml",
        r"
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 60, arrivalRate: 1, rampTo: 5000 }]
scenarios: [{ flow: [{ get: { url: / } }] }]
",
    );
    let plan = slsart(&scratch)
        .args(["plan", "--json"])
        .args([&ramp])
        .run()
        .expect(0);
    let plan: serde_json::Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(plan["units"], 150_030);
    let chunks = plan["chunks"].as_array().unwrap();
    assert_eq!(
        chunks.len(),
        199,
        "4,959 units are due in the last second, 25 a chunk"
    );
    let sum = |chunks: &[serde_json::Value]| {
        chunks
            .iter()
            .map(|chunk| chunk["units"].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!(sum(chunks), 150_030);
    assert!(
        chunks
            .iter()
            .all(|chunk| chunk["peak"].as_u64().unwrap() <= 25)
    );
    for workers in [1, 2, 7, 400] {
        let cut = slsart(&scratch)
            .args(["plan", "--json", "--workers", &workers.to_string()])
            .args([&ramp])
            .run()
            .expect(0);
        let cut: serde_json::Value = serde_json::from_str(&cut.out).unwrap();
        let chunks = cut["chunks"].as_array().unwrap();
        assert_eq!((chunks.len(), sum(chunks)), (workers, 150_030));
    }
    let table = slsart(&scratch)
        .args(["plan", "--workers", "2"])
        .args([&ramp])
        .run()
        .expect(0);
    let lines: Vec<&str> = table.out.lines().collect();
    assert_eq!(
        lines[0],
        "artillery: 150030 units, 60 s, peak 4958/s: 2 chunks, at most 2 workers at once"
    );
    assert_eq!(
        lines[2].split_whitespace().collect::<Vec<_>>(),
        ["chunk", "window", "lane", "units", "peak", "start"]
    );
    assert_eq!(
        lines[3].split_whitespace().collect::<Vec<_>>(),
        [
            "0", "0–60", "s", "0", "of", "2", "75015", "2479/s", "0", "s"
        ]
    );
}

#[test]
fn split_in_a_script_says_how_it_is_cut_here_too() {
    let scratch = Scratch::default();
    let script = scratch.write(
        "split.yml",
        r"
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 60, arrivalRate: 100 }]
scenarios: [{ flow: [{ get: { url: / } }] }]
_split: { maxChunkDurationInSeconds: 20, maxChunkRequestsPerSecond: 30 }
",
    );
    let plan = slsart(&scratch)
        .args(["plan"])
        .args([&script])
        .run()
        .expect(0);
    let first = plan.out.lines().next().unwrap();
    assert_eq!(
        first,
        "artillery: 6000 units, 60 s, peak 100/s: 12 chunks, at most 4 workers at once"
    );
}
