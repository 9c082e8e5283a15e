//! What runs on functions cost beyond their load: printed for `docs/aws.md`.

use std::time::{Duration, Instant, SystemTime};

use serde_json::json;
use star_core::wire::{Envelope, Order, VERSION};
use star_core::{Lanes, Slice, Time, Window};
use tests::{Cloud, Ministack, Program, wait_until};

use crate::PROGRAM;

/// How many functions a run has of which something is measured.
const FUNCTIONS: u64 = 30;

#[test]
fn figures_of_runs_on_functions() {
    let cloud = Cloud::on(Ministack::telling(), PROGRAM);
    let dry = cloud.slsart().args(["deploy", "--dry"]).run().expect(0).out;
    let code = dry.lines().find(|line| line.starts_with("# the code, "));
    println!("{}", code.unwrap());
    // Packed, so that events name it.
    cloud.script(
        "[{ duration: 10, arrivalRate: 30 }]",
        "{ maxChunkRequestsPerSecond: 1, timeBufferInMilliseconds: 4000 }",
    );
    cloud.slsart().args(["deploy"]).run().expect(0);

    first_request(&cloud);
    let (short, long) = (calls(&cloud, 10), calls(&cloud, 30));
    let each = |calls: u64| calls as f64 / FUNCTIONS as f64;
    let a_second = (each(long.all) - each(short.all)) / 20.0;
    println!(
        "calls to S3 of each of {FUNCTIONS} functions: {:.1}, and {a_second:.2} a second (of 10 s: {:.1} reads, {:.1} writes)",
        each(short.all) - 10.0 * a_second,
        each(short.all - short.writes),
        each(short.writes)
    );
    event(&cloud, &short.run);
    memory(&cloud);
}

/// An event as most are.
fn envelope() -> Envelope {
    Envelope {
        version: VERSION,
        deployment: format!("{}-6cc8da60-cc53-11f1-bd60-0a58a9feac02", "0".repeat(16)),
        run: "r1795899379-e7a7a5a9".parse().unwrap(),
        order: Order::Carry(Slice {
            window: Window::ALL,
            lanes: Lanes::bundle(10, 20, 200).unwrap(),
        }),
        hop: 2,
        expires: Time::from_nanos(1_795_899_379_000_000_000),
    }
}

/// How long it takes from when `invoke` is called until the target has a request.
fn first_request(cloud: &Cloud) {
    const TIMES: usize = 9;
    let script = format!(
        "{{config: {{target: \"{}\", phases: [{{duration: 1, arrivalRate: 10}}]}}, _split: {{timeBufferInMilliseconds: 1}}, scenarios: [{{flow: [{{get: {{url: /}}}}]}}]}}",
        cloud.target.url()
    );
    let mut took: Vec<Duration> = (0..TIMES)
        .map(|_| {
            cloud.target.clear();
            let called = SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap();
            let invoke = ["invoke", "-d", &script];
            cloud.slsart().args(invoke).run().expect(0);
            let arrived = cloud.target.record().iter().map(|one| one.arrived_ns).min();
            Duration::from_nanos(arrived.unwrap()).saturating_sub(called)
        })
        .collect();
    took.sort_unstable();
    println!(
        "from `invoke` to the first request, without `timeBufferInMilliseconds`: median {:?}, longest {:?}",
        took[TIMES / 2],
        took[TIMES - 1]
    );
}

/// What the functions of a run asked of S3.
struct Calls {
    run: String,
    all: u64,
    writes: u64,
}

fn calls(cloud: &Cloud, seconds: u64) -> Calls {
    let phases = json!([{ "duration": seconds, "arrivalRate": FUNCTIONS }]);
    let answer = cloud.invoked(&json!({ ">>": "script.yml", "config": { "phases": phases } }));
    let run = answer["run"].as_str().unwrap().to_owned();
    wait_until("the run is closed", || {
        cloud.aws.log().contains(&format!("/runs/{run}/closed"))
    });
    // Whoever closes it second sees that, and leaves.
    let own = format!("\"run\":\"{run}\"");
    wait_until("all functions are done", || {
        let log = cloud.aws.log();
        let lines = log.lines().filter(|line| line.contains(&own));
        lines.filter(|line| line.contains("\"reply\"")).count() as u64 >= FUNCTIONS
    });
    let (all, writes) = counted(cloud, &run);
    Calls { run, all, writes }
}

/// How many calls of a run's functions to S3 there were, and how many of them write.
fn counted(cloud: &Cloud, run: &str) -> (u64, u64) {
    let log = cloud.aws.log();
    let own = format!("/runs/{run}/");
    let calls = log
        .lines()
        .filter(|line| line.contains(&own) && line.contains("service=s3"));
    let writes = calls.clone().filter(|line| line.contains("PUT /"));
    (calls.count() as u64, writes.count() as u64)
}

/// What an event costs besides its load: it is delivered again, and does all that comes before.
fn event(cloud: &Cloud, run: &str) {
    const TIMES: usize = 9;
    let window = json!({ "from": 0, "to": 10_000_000_000_u64 });
    let lanes = json!({ "first": 1, "end": 2, "of": FUNCTIONS });
    let order = json!({
        "version": VERSION, "deployment": cloud.deployment(), "run": run,
        "order": { "carry": { "window": window, "lanes": lanes } }, "hop": 1, "expires": u64::MAX,
    });
    let before = counted(cloud, run).0;
    let mut took: Vec<Duration> = (0..TIMES)
        .map(|_| {
            let called = Instant::now();
            assert_eq!(cloud.invoked(&order)["reply"], "duplicate");
            called.elapsed()
        })
        .collect();
    took.sort_unstable();
    println!(
        "an event has {} bytes; before its load a function makes {} calls to S3, in {:?} at the median with the invocation",
        envelope().encode().len(),
        (counted(cloud, run).0 - before) / TIMES as u64,
        took[TIMES / 2]
    );
}

/// The most memory that a function had, with the load that it gets by default.
fn memory(cloud: &Cloud) {
    let before: Vec<_> = cloud.aws.functions();
    let script: Program = cloud.slsart().args(["invoke", "--force", "-d"]);
    let script = script.args([format!(
        "{{config: {{target: \"{}\", phases: [{{duration: 20, arrivalRate: 25}}]}}, _split: {{timeBufferInMilliseconds: 1}}, scenarios: [{{flow: [{{get: {{url: /}}}}, {{think: 1}}, {{get: {{url: /}}}}]}}]}}",
        cloud.target.url()
    )]);
    script.run().expect(0);
    let most = cloud
        .aws
        .functions()
        .into_iter()
        .chain(before)
        .filter_map(|one| {
            let path = format!("/proc/{}/status", one.as_raw_nonzero());
            let status = std::fs::read_to_string(path).ok()?;
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.trim().strip_suffix(" kB")?.parse::<u64>().ok()
        });
    println!(
        "the most memory that a function had: {:.1} MB",
        most.max().unwrap() as f64 / 1e3
    );
}
