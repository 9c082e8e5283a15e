//! Laws of merging, and what is read of a report.

use std::borrow::Cow;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use star_core::{Facts, Health, Histogram, Report as _, RunId, Tally, Time, Verdict};

use super::*;
use crate::arrivals::Load;

mod formats;
mod judged;
mod noted;
mod parted;

/// Something that happens to a user.
#[derive(Clone, Copy, Debug)]
enum Event {
    Started,
    Completed,
    Failed(u16),
    Request,
    Response(u16),
    Body,
    Connected,
    Secured,
    Answered(u16),
    Unanswered,
    Skipped,
    LookedUp,
}

fn event() -> impl Strategy<Value = (u64, Place, Event)> {
    let event = prop_oneof![
        Just(Event::Started),
        Just(Event::Completed),
        (0..300_u16).prop_map(Event::Failed),
        Just(Event::Request),
        prop::sample::select(vec![200_u16, 201, 302, 404, 500]).prop_map(Event::Response),
        Just(Event::Body),
        Just(Event::Connected),
        Just(Event::Secured),
        prop::sample::select(vec![200_u16, 404]).prop_map(Event::Answered),
        Just(Event::Unanswered),
        Just(Event::Skipped),
        Just(Event::LookedUp),
    ];
    let place = (0..2_usize, 0..2_usize, prop::option::of(0..3_usize)).prop_map(
        |(scenario, phase, request)| Place {
            scenario,
            phase,
            request,
        },
    );
    (0..900_000_u64, place, event)
}

fn request(label: &str) -> RequestName {
    RequestName {
        label: label.to_owned(),
        endpoint: label
            .split_once(' ')
            .map(|(_, endpoint)| endpoint.to_owned()),
    }
}

fn names() -> Names {
    let phase = |name: Option<&str>, from, to| PhaseName {
        name: name.map(str::to_owned),
        from: Duration::from_secs(from),
        to: Duration::from_secs(to),
        load: Some(Load::Rate { from: 0.2, to: 0.2 }),
        max_users: None,
    };
    Names {
        scenarios: vec!["buy".to_owned(), "1".to_owned()],
        phases: vec![phase(Some("warm up"), 0, 10), phase(None, 10, 25)],
        requests: ["GET /", "POST /items (create)", "GET /items/{{ id }}"]
            .map(request)
            .into(),
        view: View::default(),
        length: Duration::from_secs(35),
    }
}

fn prepared() -> LoadReport {
    let mut report = LoadReport::default();
    report.prepare(&Names {
        view: View {
            extended: true,
            apdex: Some(600),
            made: true,
            ..View::default()
        },
        ..names()
    });
    report
}

fn apply(report: &mut LoadReport, (millis, place, event): (u64, Place, Event)) {
    let at = Duration::from_millis(millis);
    let micros = Duration::from_micros(millis % 977 + 100);
    match event {
        Event::Started => report.user_started(at, place),
        Event::Completed => report.user_completed(at, place, micros),
        Event::Failed(0) => report.user_failed(at, place, &Cow::Borrowed("ECONNREFUSED")),
        Event::Failed(n) => {
            report.user_failed(at, place, &Cow::Owned(format!("Invalid URL - {n}")));
        }
        Event::Request => report.request(at, place),
        Event::Response(status) => report.response(
            at,
            place,
            Received {
                status,
                latency: micros,
                lateness: Duration::from_micros(7),
            },
        ),
        Event::Body => report.body(at, place, millis, Some(micros)),
        Event::Connected => report.connected(at, micros),
        Event::Secured => report.secured(at, micros),
        Event::Answered(status) => {
            let made = format!("/items/{}", millis % 300);
            let endpoint = match place.request {
                Some(number) => EndpointKey::Number(number),
                None => EndpointKey::Made(&made),
            };
            let answered = Answered {
                status,
                latency: micros,
                total: micros * 2,
                server_timing: (status == 404).then_some(micros),
            };
            report.answered(at, Some(endpoint), &answered);
        }
        Event::Unanswered => {
            let endpoint = place.request.map(EndpointKey::Number);
            report.given_up(at);
            report.unanswered(at, endpoint, &Cow::Borrowed("ECONNREFUSED"));
        }
        Event::Skipped => report.user_skipped(at),
        Event::LookedUp => report.looked_up(at, micros),
    }
}

fn of(events: &[(u64, Place, Event)]) -> LoadReport {
    let mut report = prepared();
    for event in events {
        apply(&mut report, *event);
    }
    report
}

fn merged(mut one: LoadReport, other: LoadReport) -> LoadReport {
    one.merge(other);
    one
}

fn wire(report: &LoadReport) -> String {
    serde_json::to_string(report).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn merging_is_exact_in_any_order_and_grouping(
        a in prop::collection::vec(event(), 0..120),
        b in prop::collection::vec(event(), 0..120),
        c in prop::collection::vec(event(), 0..120),
    ) {
        let all: Vec<_> = a.iter().chain(&b).chain(&c).copied().collect();
        let (a, b, c) = (of(&a), of(&b), of(&c));
        let left = merged(merged(a.clone(), b.clone()), c.clone());
        let right = merged(a.clone(), merged(b.clone(), c.clone()));
        let backward = merged(c, merged(b, a));
        let whole = wire(&of(&all));
        prop_assert_eq!(&wire(&left), &whole);
        prop_assert_eq!(&wire(&right), &whole);
        prop_assert_eq!(&wire(&backward), &whole);
    }

    #[test]
    fn nothing_is_the_identity_and_the_wire_gives_back_the_same(a in prop::collection::vec(event(), 0..120)) {
        let a = of(&a);
        prop_assert_eq!(wire(&merged(a.clone(), LoadReport::default())), wire(&a));
        prop_assert_eq!(wire(&merged(LoadReport::default(), a.clone())), wire(&a));
        let back: LoadReport = serde_json::from_str(&wire(&a)).unwrap();
        prop_assert_eq!(wire(&back), wire(&a));
    }

    #[test]
    fn every_part_counts_the_same_requests(events in prop::collection::vec(event(), 0..200)) {
        let report = of(&events);
        let requests = report.traffic.requests;
        let by = |counts: Vec<u64>| counts.into_iter().sum::<u64>();
        prop_assert_eq!(by(report.scenarios.iter().map(|s| s.traffic.requests).collect()), requests);
        prop_assert_eq!(by(report.phases.iter().map(|p| p.traffic.requests).collect()), requests);
        prop_assert_eq!(by(report.series.buckets().map(|(_, b)| b.traffic.requests).collect()), requests);
        prop_assert_eq!(by(report.periods.whole().classes.values().map(Histogram::count).collect()), report.traffic.responses);
        prop_assert_eq!(by(report.traffic.codes.values().copied().collect()), report.traffic.responses);
    }
}

#[test]
fn a_report_of_many_kinds_of_errors_and_a_long_run_stays_small() {
    let mut report = prepared();
    for n in 0..50_000_u64 {
        let place = Place {
            request: Some(0),
            ..Place::default()
        };
        let at = Duration::from_secs(n);
        report.user_failed(at, place, &Cow::Owned(format!("Invalid URL - {n}")));
        report.response(
            at,
            place,
            Received {
                status: 200,
                latency: Duration::from_micros(n),
                lateness: Duration::ZERO,
            },
        );
        let answered = Answered {
            status: 200,
            latency: Duration::from_micros(n),
            total: Duration::from_micros(n),
            server_timing: None,
        };
        let made = format!("/{n}");
        let endpoint = match n % 2 {
            0 => EndpointKey::Number(0),
            _ => EndpointKey::Made(&made),
        };
        report.answered(at, Some(endpoint), &answered);
    }
    assert_eq!(report.series.buckets().count() as u32, MOST_BUCKETS);
    assert!(wire(&report).len() < 2_000_000, "{}", wire(&report).len());
    assert_eq!(report.errors().total(), 50_000);
}

fn facts(tally: Tally) -> Facts {
    Facts {
        run: "golden".parse::<RunId>().unwrap(),
        kind: "artillery".to_owned(),
        seed: 1,
        zero: Some(Time::from_nanos(1_700_000_003_250_000_000)),
        length: Duration::from_secs(25),
        planned: tally.counted(),
        tally,
        lost: 0,
        unfinished: 0,
        lateness: Histogram::default(),
        health: Health::default(),
        worst: Vec::new(),
        chunks: 1,
        losses: Vec::new(),
        faults: Vec::new(),
        stopped: None,
        settled: true,
    }
}

/// Three users of one scenario and one of another, in two phases: eleven requests, one of them without an answer.
fn sample() -> LoadReport {
    sample_of(&names())
}

fn sample_of(names: &Names) -> LoadReport {
    let mut report = LoadReport::default();
    report.prepare(names);
    let seconds = Duration::from_secs_f64;
    let answer = |report: &mut LoadReport, at: f64, place: Place, status: u16, millis: u64| {
        report.request(seconds(at), place);
        let latency = Duration::from_millis(millis);
        let lateness = Duration::from_micros(150);
        report.response(
            seconds(at) + latency,
            place,
            Received {
                status,
                latency,
                lateness,
            },
        );
        let total = latency + Duration::from_millis(1);
        report.body(seconds(at) + total, place, 512, Some(total));
        let answered = Answered {
            status,
            latency,
            total,
            server_timing: None,
        };
        let endpoint = place.request.map(EndpointKey::Number);
        report.answered(seconds(at) + total, endpoint, &answered);
    };
    for (number, begin) in [1.0, 5.0, 14.0].into_iter().enumerate() {
        let place = Place {
            scenario: 0,
            phase: usize::from(begin > 10.0),
            request: None,
        };
        let on = |request| Place {
            request: Some(request),
            ..place
        };
        report.user_started(seconds(begin), place);
        report.connected(seconds(begin), Duration::from_micros(240));
        answer(&mut report, begin, on(0), 200, 2 + number as u64);
        answer(&mut report, begin + 1.0, on(1), 201, 12);
        answer(
            &mut report,
            begin + 2.0,
            on(2),
            if number == 1 { 404 } else { 200 },
            4,
        );
        report.user_completed(seconds(begin + 3.0), place, Duration::from_secs(3));
    }
    report.looked_up(seconds(0.9), Duration::from_micros(800));
    let place = Place {
        scenario: 1,
        phase: 1,
        request: None,
    };
    let on = Place {
        request: Some(0),
        ..place
    };
    report.user_started(seconds(20.0), place);
    answer(&mut report, 20.0, on, 200, 1500);
    report.request(seconds(22.0), on);
    let reset = Cow::Borrowed("ECONNRESET");
    report.given_up(seconds(22.5));
    report.unanswered(seconds(22.5), Some(EndpointKey::Number(0)), &reset);
    report.user_failed(seconds(22.5), on, &reset);
    report
}

fn sample_facts() -> Facts {
    facts(Tally {
        started: 4,
        ended: 4,
        ..Tally::default()
    })
}

#[test]
fn the_json_has_the_shape_of_artillery() {
    let summary = sample().summarize(&sample_facts());
    let json = serde_json::to_value(&summary).unwrap();
    let golden: Value = serde_json::from_str(include_str!("golden/report.json")).unwrap();
    assert_eq!(
        json,
        golden,
        "{}",
        serde_json::to_string_pretty(&json).unwrap()
    );
}

#[test]
fn the_text_is_what_people_read() {
    let text = sample().summarize(&sample_facts()).to_string();
    assert_eq!(text, include_str!("golden/report.txt"), "\n{text}");
}

#[test]
fn nothing_reads_as_nothing() {
    let nothing = LoadReport::default();
    let summary = nothing.summarize(&Facts {
        zero: None,
        ..facts(Tally::default())
    });
    assert_eq!(
        summary.to_string(),
        "users     0 started, 0 completed, 0 failed\n\
         requests  0 sent, 0 answered, 0.0 a second, 0 B received\n"
    );
    let json = serde_json::to_value(&summary).unwrap();
    assert_eq!(json["aggregate"]["counters"], json!({}));
    assert_eq!(json["aggregate"]["period"], Value::Null);
    assert_eq!(json["intermediate"], json!([]));
}

#[test]
fn users_that_were_turned_away_are_in_the_json() {
    let summary = sample().summarize(&facts(Tally {
        started: 4,
        skipped: 3,
        ..Tally::default()
    }));
    let json = serde_json::to_value(&summary).unwrap();
    assert_eq!(json["aggregate"]["counters"]["vusers.skipped"], json!(3));
}

#[test]
fn requests_of_one_path_are_told_apart_by_method_in_the_text_and_not_in_artillery_s_figures() {
    let mut report = LoadReport::default();
    let requests = ["GET /items", "POST /items"].map(request).into();
    report.prepare(&Names {
        requests,
        ..Names::default()
    });
    for request in [0, 1] {
        let place = Place {
            request: Some(request),
            ..Place::default()
        };
        report.request(Duration::ZERO, place);
        let latency = Duration::from_millis(1);
        let received = Received {
            status: 200,
            latency,
            lateness: Duration::ZERO,
        };
        report.response(latency, place, received);
        let answered = Answered {
            status: 200,
            latency,
            total: latency,
            server_timing: None,
        };
        report.answered(latency, Some(EndpointKey::Number(request)), &answered);
    }
    let summary = report.summarize(&facts(Tally::default()));
    let json = serde_json::to_value(&summary).unwrap();
    let counters = &json["aggregate"]["counters"];
    assert_eq!(
        counters["plugins.metrics-by-endpoint./items.codes.200"],
        json!(2)
    );
    let text = summary.to_string();
    assert!(
        text.contains("GET /items ") && text.contains("POST /items "),
        "{text}"
    );
}

#[test]
fn only_a_target_that_never_answered_is_no_answer() {
    let facts = facts(Tally::default());
    assert_eq!(LoadReport::default().verdict(&facts), Verdict::Passed);
    let mut report = prepared();
    report.request(Duration::ZERO, Place::default());
    assert_eq!(report.verdict(&facts), Verdict::NoAnswer);
    // Of two requests one had no port, so one came to the target, or should have; of one none.
    let mut without = facts.clone();
    without.health.no_port = 1;
    assert_eq!(report.verdict(&without), Verdict::Passed);
    report.request(Duration::ZERO, Place::default());
    assert_eq!(report.verdict(&without), Verdict::NoAnswer);
    let received = Received {
        status: 500,
        latency: Duration::ZERO,
        lateness: Duration::ZERO,
    };
    report.response(Duration::ZERO, Place::default(), received);
    assert_eq!(report.verdict(&facts), Verdict::Passed);
}

#[test]
fn counts_leave_out_times_and_keep_how_many_there_were() {
    let (mut one, mut other) = (sample(), sample());
    one.dns.record(1);
    for report in [&mut one, &mut other] {
        report.request(Duration::from_secs(2), Place::default());
    }
    let slow = Received {
        status: 200,
        latency: Duration::from_secs(9),
        lateness: Duration::ZERO,
    };
    one.response(Duration::from_secs(30), Place::default(), slow);
    let fast = Received {
        latency: Duration::from_millis(1),
        ..slow
    };
    other.response(Duration::from_secs(3), Place::default(), fast);
    assert_ne!(wire(&one), wire(&other));
    assert_eq!(one.counts(), other.counts());
    other.body(Duration::ZERO, Place::default(), 1, None);
    assert_ne!(one.counts(), other.counts());
}
