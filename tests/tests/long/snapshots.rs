//! What snapshots cost, and how large they become.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use slsart::target::Target;
use star_core::Limits;
use star_core::ledger::{Book, Live, LiveView};
use task_artillery::arrivals::Load;
use task_artillery::report::{
    Answered, EndpointKey, LoadReport, Names, PhaseName, Place, Received, RequestName,
};
use tests::{Scratch, Workers, launched, world};

/// The processor's time that this thread has taken.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap(),
    )
}

/// How large a snapshot is, and what it costs to write one.
fn cost(live: &Live<LoadReport>) -> (usize, Duration) {
    const TIMES: u32 = 20;
    let view = LiveView {
        sequence: live.sequence,
        at: live.at,
        measured: &live.measured,
        parts: &live.parts,
    };
    let begun = cpu();
    let sizes = (0..TIMES).map(|_| serde_json::to_vec(&view).unwrap().len());
    let size = sizes.max().unwrap();
    (size, cpu().saturating_sub(begun) / TIMES)
}

#[test]
fn at_five_hundred_users_a_second_snapshots_cost_less_than_a_hundredth() {
    const REQUESTS: u32 = 20;
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let requests = (0..REQUESTS).map(|n| format!("      - get: {{ url: /static/{n} }}\n"));
    let script = format!(
        "config: {{ target: 'http://127.0.0.1:1', phases: [{{ duration: 30, arrivalRate: 25 }}] }}\nscenarios:\n  - flow:\n{}",
        requests.collect::<String>()
    );
    let script = scratch.write("script.yml", script);
    let limits = Limits {
        late: Duration::from_secs(10),
        ..Limits::here(1)
    };
    let run = launched(
        &scratch,
        "run",
        &script,
        target.url(),
        limits,
        &Workers::Threads,
    );
    let facts = &run.outcome.facts;
    let book = Book::new(world(scratch.runs()).ledger, facts.run.clone());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let live = runtime.block_on(async {
        let start = book.start().await.unwrap().unwrap();
        let chunk = start.chunks().next().unwrap();
        book.live::<LoadReport>(chunk, 1).await.unwrap().unwrap()
    });
    let (size, cost) = cost(&live);
    let of_all = cost.as_secs_f64() * 30.0 / (facts.health.cpu as f64 / 1e9);
    println!(
        "500 requests/s in 20 kinds: after {} snapshots one is {} kB and costs {cost:?}, {:.2} % of what the worker takes ({:.0} % of a core)",
        live.sequence,
        size / 1000,
        of_all * 100.0,
        facts.health.cpu_share().unwrap() * 100.0
    );
    assert_eq!(facts.tally.started, 750);
    assert!(cost < Duration::from_millis(10), "{cost:?}");
}

/// As much as there can be: of every request in every period, and in every bucket, answers of all lengths from a tenth of a millisecond
/// to ten seconds.
fn full() -> LoadReport {
    const LENGTH: u64 = 6 * 3600;
    const REQUESTS: usize = 50;
    let names = Names {
        scenarios: vec!["all".to_owned()],
        phases: vec![PhaseName {
            to: Duration::from_secs(LENGTH),
            load: Some(Load::Rate { from: 1.0, to: 1.0 }),
            ..PhaseName::default()
        }],
        requests: (0..REQUESTS)
            .map(|number| RequestName {
                label: format!("GET /{number}"),
                endpoint: Some(format!("/{number}")),
            })
            .collect(),
        length: Duration::from_secs(LENGTH),
        ..Names::default()
    };
    let mut report = LoadReport::default();
    report.prepare(&names);
    for second in 0..LENGTH {
        for number in 0..REQUESTS {
            let at = Duration::from_secs(second);
            let place = Place {
                request: Some(number),
                ..Place::default()
            };
            let step = (second * 31 + number as u64 * 7) % 1000;
            let latency = Duration::from_secs_f64(0.0001 * 1e5_f64.powf(step as f64 / 1000.0));
            report.request(at, place);
            let received = Received {
                status: 200,
                latency,
                lateness: Duration::ZERO,
            };
            report.response(at, place, received);
            let answered = Answered {
                status: 200,
                latency,
                total: latency,
                server_timing: None,
            };
            report.answered(at, Some(EndpointKey::Number(number)), &answered);
        }
    }
    report
}

#[test]
fn the_largest_snapshot_is_small_enough() {
    let mut live = Live::<LoadReport> {
        sequence: 1,
        at: star_core::Time::default(),
        measured: star_core::Measured::default(),
        parts: Vec::new(),
    };
    live.measured.report = full();
    let (size, cost) = cost(&live);
    let begun = cpu();
    let copies: Vec<_> = (0..5).map(|_| live.measured.clone()).collect();
    let copy = cpu().saturating_sub(begun) / u32::try_from(copies.len()).unwrap();
    println!(
        "six hours of 50 kinds of requests: a snapshot in one piece is {:.1} MB and costs {cost:?}, of the worker's own thread {copy:?}",
        size as f64 / 1e6
    );
    assert!(size < 20_000_000, "{size}");
    // By a thread of its own; snapshots are at most four seconds apart, of which this is a fiftieth.
    assert!(cost < Duration::from_millis(80), "{cost:?}");
    // For so long no unit is started.
    assert!(copy < Duration::from_millis(40), "{copy:?}");
}
