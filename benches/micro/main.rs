//! What the parts of a request cost, each by itself: `cargo bench -p benches`.

use std::time::Duration;

use divan::{Bencher, black_box};
use serde_json::{Value, json};
use star_core::arrivals::{Arrivals, Load, Phase};
use star_core::draw::Draws;
use star_core::wire::{Envelope, Order, VERSION};
use star_core::{Lanes, Report as _, Slice, Time, Window};
use task_artillery::jsonpath::Path;
use task_artillery::report::{
    Answered, EndpointKey, LoadReport, Names, PhaseName, Place, Received, RequestName,
};
use task_artillery::script::Vars;
use task_artillery::script::template::{JsonTemplate, Template};

fn main() {
    divan::main();
}

fn draws() -> Draws {
    Draws::new(1, 2, 3, 4)
}

#[divan::bench]
fn due_on_a_ramp(bencher: Bencher<'_, '_>) {
    let phase = |from, to| Phase {
        duration: Duration::from_mins(1),
        load: Load::Rate { from, to },
    };
    let arrivals = Arrivals::new([phase(1.0, 5_000.0), phase(5_000.0, 5_000.0)]);
    let arrivals = arrivals.expect("such phases can be");
    let mut unit = 0;
    bencher.bench_local(|| {
        unit = (unit + 7_919) % arrivals.units();
        arrivals.due(black_box(unit))
    });
}

fn vars() -> Vars {
    let given = [
        ("id", json!("0000000012")),
        ("user", json!({ "name": "ann" })),
    ];
    let given = given.map(|(name, value)| (name.to_owned(), value));
    given.into_iter().collect()
}

#[divan::bench(args = ["/items/1", "/items/{{ id }}?by={{ user.name }}", "{{ $randomNumber(1, 1000) }}"])]
fn template(bencher: Bencher<'_, '_>, text: &str) {
    let template = Template::parse(text).expect("it is a template");
    let (vars, mut draws) = (vars(), draws());
    bencher.bench_local(|| template.text(black_box(&vars), &mut draws).len());
}

#[divan::bench]
fn template_of_json(bencher: Bencher<'_, '_>) {
    let body = json!({ "id": "{{ id }}", "by": "{{ user.name }}", "lines": [1, 2, { "n": 3 }] });
    let template = JsonTemplate::parse(body).expect("it is a template");
    let (vars, mut draws) = (vars(), draws());
    bencher.bench_local(|| {
        template
            .value(black_box(&vars), &mut draws)
            .map(|value| value.is_object())
    });
}

#[divan::bench]
fn capture(bencher: Bencher<'_, '_>) {
    let path = Path::parse("$.item.id").expect("it is a path");
    let body = br#"{"item":{"id":"0000000012","name":"something to be had","stock":17}}"#;
    bencher.bench_local(|| {
        let document: Value = serde_json::from_slice(black_box(body)).expect("it is JSON");
        let hits = path.select(&document).expect("it can be evaluated");
        hits.first().is_some_and(|hit| hit.is_string())
    });
}

/// A report with one scenario, phase and request, ready to be recorded in.
fn prepared() -> LoadReport {
    let names = Names {
        scenarios: vec!["a".to_owned()],
        phases: vec![PhaseName {
            to: Duration::from_mins(1),
            ..PhaseName::default()
        }],
        requests: vec![RequestName {
            label: "GET /items/{{ id }}".to_owned(),
            endpoint: Some("/items/{{ id }}".to_owned()),
        }],
        length: Duration::from_mins(1),
        ..Names::default()
    };
    let mut report = LoadReport::default();
    report.prepare(&names);
    report
}

/// What is recorded of one request.
fn record(report: &mut LoadReport, at: Duration) {
    let place = Place {
        request: Some(0),
        ..Place::default()
    };
    let latency = Duration::from_micros(300 + u64::from(at.subsec_micros()) % 900);
    report.request(at, place);
    let received = Received {
        status: 200,
        latency,
        lateness: Duration::from_micros(40),
    };
    report.response(at, place, received);
    report.body(at, place, 68, Some(latency));
    let answered = Answered {
        status: 200,
        latency,
        total: latency,
        server_timing: None,
    };
    report.answered(at, Some(EndpointKey::Number(0)), &answered);
}

#[divan::bench]
fn record_a_request(bencher: Bencher<'_, '_>) {
    let mut report = prepared();
    let mut at = Duration::ZERO;
    bencher.bench_local(|| {
        at = Duration::from_micros((at.as_micros() as u64 + 11) % 60_000_000);
        record(&mut report, at);
    });
}

/// A report of a minute, 1,000 requests a second.
fn recorded() -> LoadReport {
    let mut report = prepared();
    for millis in 0..60_000 {
        record(&mut report, Duration::from_millis(millis));
    }
    report
}

#[divan::bench]
fn merge_reports(bencher: Bencher<'_, '_>) {
    let report = recorded();
    let inputs = bencher.with_inputs(|| (report.clone(), report.clone()));
    inputs.bench_local_values(|(mut one, other)| {
        one.merge(other);
        one
    });
}

#[divan::bench]
fn write_a_report(bencher: Bencher<'_, '_>) {
    let report = recorded();
    bencher.bench_local(|| serde_json::to_vec(black_box(&report)).map(|bytes| bytes.len()));
}

fn envelope() -> Envelope {
    let slice = Slice {
        window: Window::new(Duration::ZERO, Duration::from_mins(1)),
        lanes: Lanes::all(64),
    };
    Envelope {
        version: VERSION,
        deployment: "here-0.1.0".to_owned(),
        run: "20261128-112233-abcdef".parse().expect("it is a name"),
        order: Order::Carry(slice),
        hop: 3,
        expires: Time::from_nanos(1_800_000_000_000_000_000),
    }
}

#[divan::bench]
fn encode_an_envelope(bencher: Bencher<'_, '_>) {
    let envelope = envelope();
    bencher.bench_local(|| black_box(&envelope).encode());
}

#[divan::bench]
fn decode_an_envelope(bencher: Bencher<'_, '_>) {
    let bytes = envelope().encode();
    bencher.bench_local(|| Envelope::decode(black_box(&bytes)));
}
