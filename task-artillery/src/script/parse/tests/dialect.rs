//! Scripts as `serverless-artillery` ran them, by Artillery 1.

use std::time::Duration;

use super::*;
use crate::arrivals::Load;
use crate::script::model::{StepKind, ThinkTime};

const FIRST: &str = r#"
# A script of 2018.
config:
  target: 'http://aws.example.com'
  timeout: 5
  http: {maxSockets: 50}
  statsInterval: 5
  phases:
    - {duration: 60, arrivalRate: 0.5}
    - {duration: 120, arrivalRate: 1, rampTo: 12.5, name: "ramp"}
    - {pause: 3}
    - {duration: 10, arrivalCount: 5}
  defaults:
    headers: {'x-api-key': 'k'}
  variables:
    ids: ["1", "2"]
scenarios:
  - name: "only"
    weight: 2
    flow:
      - get:
          url: "/{{ ids }}"
          capture: {json: "$.id", as: "id"}
      - think: 0.5
      - loop:
          - post: {url: "/items/{{ id }}", json: {number: "{{ $loopCount }}"}}
        count: 2
_split:
  maxScriptDurationInSeconds: 86400
  maxChunkDurationInSeconds: 240
  maxChunkRequestsPerSecond: 10
  timeBufferInMilliseconds: 15000
_trace: true
mode: perf
sampling: {size: 3, averagePause: 0.2, pauseVariance: 0.1, errorBudget: 0}
"#;

#[test]
fn a_script_of_the_first_artillery_is_what_it_was() {
    let (script, document) = read(FIRST);
    let loads: Vec<_> = script.phases.iter().map(|phase| phase.load).collect();
    let expected = [
        Load::Rate { from: 0.5, to: 0.5 },
        Load::Rate {
            from: 1.0,
            to: 12.5,
        },
        Load::Pause,
        Load::Count(5),
    ];
    assert_eq!(loads, expected);
    assert_eq!(script.http.timeout, Duration::from_secs(5));
    assert_eq!(script.split.max_chunk_duration_in_seconds, Some(240));
    let StepKind::Think(think) = &script.scenarios[0].flow[1].kind else {
        panic!("{:?}", script.scenarios[0].flow)
    };
    assert_eq!(think.time, ThinkTime::Fixed(Duration::from_millis(500)));
    let manner = document.manner();
    assert!(manner.trace && !manner.simulation);
    let warnings = document.warnings().iter();
    let told: Vec<_> = warnings
        .map(|one| one.one_line(&document.sources))
        .collect();
    let about = ["`maxSockets`", "`statsInterval`", "`sampling`"];
    assert_eq!(told.len(), about.len(), "{told:?}");
    for (line, key) in told.iter().zip(about) {
        assert!(line.contains("warning") && line.contains(key), "{line}");
    }
}
