//! How the generator did: as text, the last lines of a report, and as JSON.

use serde::Serialize;
use serde_json::{Value, json};
use star_core::health::Reason;
use star_core::{ChunkHealth, Facts, Fill, Health, Slice, Trust};

use super::facts::chunk;

/// How many chunks that can't be trusted are named one by one.
const NAMED: usize = 5;

/// What people read, with this in place of what was measured, where it is given; the last line is the verdict. Of a run that nobody began to work at
/// there is no more than that, and nothing of one that could not begin.
pub(crate) fn lines(facts: &Facts, instead: Option<&str>) -> Vec<String> {
    let trust = facts.trust();
    if facts.zero.is_none() {
        let of_nobody = facts.settled && facts.lost > 0 && facts.never_began().is_none();
        return of_nobody.then(|| trust.to_string()).into_iter().collect();
    }
    let generator = instead.map_or_else(|| measured(&facts.health), str::to_owned);
    let mut lines = vec![format!("generator  {generator}")];
    lines.extend(trust.reasons().iter().filter_map(|why| advice(*why, facts)));
    let doubtful = facts.worst.iter().map(|one| (one, one.trust()));
    let doubtful = doubtful.filter(|(_, trust)| !trust.is_given());
    for (one, trust) in doubtful.take(NAMED) {
        let why: Vec<_> = trust.reasons().iter().map(Reason::to_string).collect();
        lines.push(format!("  {}: {}", chunk(one.chunk), why.join("; ")));
    }
    lines.push(trust.to_string());
    lines
}

fn measured(health: &Health) -> String {
    let mut parts = Vec::new();
    if let Some(share) = health.cpu_share() {
        let mut cpu = format!("CPU {:.0} % of a core", share * 100.0);
        if health.busiest > 0 {
            cpu = format!("{cpu} (at most {:.0} %)", health.busiest as f64 / 10.0);
        }
        parts.push(cpu);
    }
    let fills = [
        (health.open, "open"),
        (health.descriptors, "descriptors"),
        (health.ports, "ports"),
    ];
    for (Fill { used, of }, what) in fills {
        match (used, of) {
            (0, 0) => {}
            (_, 0) => parts.push(format!("{what} {used}")),
            _ => parts.push(format!("{what} {used} of {of}")),
        }
    }
    if parts.is_empty() {
        return "nothing was measured of it".to_owned();
    }
    parts.join("  ")
}

/// What is to be done about it, where that is more than to ask for less.
fn advice(why: Reason, facts: &Facts) -> Option<String> {
    let health = &facts.health;
    match why {
        Reason::NoDescriptor(_) => Some(format!(
            "  the limit on descriptors was met ({}): raise it (`ulimit -n`), let each worker be a process (`--processes`), or use fewer connections",
            health.descriptors.of
        )),
        Reason::NoPort(_) => Some(format!(
            "  no port was free for a connection ({} there are, {} were held by closed connections): widen `net.ipv4.ip_local_port_range`, set `net.ipv4.tcp_tw_reuse` to 1, or open fewer connections (docs/running.md)",
            health.ports.of, health.waiting
        )),
        Reason::NoMemory(_) => Some(
            "  what needed more memory than a worker may take has failed (the errors name it): ask for less at once, or let more workers share it (`--workers`)".to_owned(),
        ),
        Reason::Crowded(_) => Some(format!(
            "  a worker may have {} units open at once: allow more descriptors (`ulimit -n`), let each worker be a process (`--processes`), or let units live shorter",
            health.open.of
        )),
        Reason::Lost(_)
        | Reason::Unfinished(_)
        | Reason::Missed(_)
        | Reason::Late(_)
        | Reason::StoodStill(_)
        | Reason::Busy(_)
        | Reason::Descriptors(_)
        | Reason::Ports(_)
        | Reason::ClockStepped(_) => None,
    }
}

/// Health as programs read it: times in milliseconds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HealthView {
    trusted: bool,
    reasons: Vec<Value>,
    verdict: String,
    missed: u64,
    lateness: LatenessView,
    stood_still: f64,
    cpu: CpuView,
    open: Fill,
    crowded: u64,
    descriptors: Fill,
    no_descriptor: u64,
    ports: Fill,
    waiting: u64,
    no_port: u64,
    no_memory: u64,
    clock_step: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    chunk: Option<Slice>,
}

#[derive(Debug, Serialize)]
struct LatenessView {
    p50: f64,
    p99: f64,
    max: f64,
}

#[derive(Debug, Serialize)]
struct CpuView {
    /// What all threads took, in seconds.
    seconds: f64,
    /// The share of a core that one took in the mean.
    share: Option<f64>,
    /// The greatest share that one took in a while.
    busiest: f64,
}

/// The whole's, and of several chunks that of those that did worst.
pub(super) fn json(facts: &Facts) -> Value {
    let lateness = LatenessView {
        p50: millis(facts.lateness.quantile(0.5)),
        p99: millis(facts.lateness.quantile(0.99)),
        max: millis(facts.lateness.max()),
    };
    let whole = view(&facts.trust(), facts.tally.missed, lateness, &facts.health);
    let mut whole = json!(whole);
    if let (Some(whole), false) = (whole.as_object_mut(), facts.worst.is_empty()) {
        let worst: Vec<_> = facts.worst.iter().map(chunk_view).collect();
        whole.insert("worst".to_owned(), json!(worst));
    }
    whole
}

fn chunk_view(one: &ChunkHealth) -> HealthView {
    let lateness = LatenessView {
        p50: millis(one.median),
        p99: millis(one.health.late),
        max: millis(one.latest),
    };
    HealthView {
        chunk: Some(one.chunk),
        ..view(&one.trust(), one.missed, lateness, &one.health)
    }
}

fn view(trust: &Trust, missed: u64, lateness: LatenessView, health: &Health) -> HealthView {
    HealthView {
        trusted: trust.is_given(),
        reasons: trust.reasons().iter().map(|why| json!(why)).collect(),
        verdict: trust.to_string(),
        missed,
        lateness,
        stood_still: millis(health.stood_still),
        cpu: CpuView {
            seconds: health.cpu as f64 / 1e9,
            share: health.cpu_share(),
            busiest: health.busiest as f64 / 1000.0,
        },
        open: health.open,
        crowded: health.crowded,
        descriptors: health.descriptors,
        no_descriptor: health.no_descriptor,
        ports: health.ports,
        waiting: health.waiting,
        no_port: health.no_port,
        no_memory: health.no_memory,
        clock_step: health.clock_step as f64 / 1e6,
        chunk: None,
    }
}

fn millis(micros: u64) -> f64 {
    micros as f64 / 1000.0
}
