//! What a script says of its report, and the report's other format.

use star_core::Summary as _;

use super::*;

/// The sample, read as a script says.
fn viewed(view: View) -> Summary {
    let names = Names { view, ..names() };
    sample_of(&names).summarize(&sample_facts())
}

fn json_of(summary: &Summary) -> Value {
    serde_json::to_value(summary).unwrap()
}

#[test]
fn the_format_v1_has_the_shape_of_artillery_1() {
    let facts = facts(Tally {
        started: 4,
        skipped: 2,
        ended: 4,
        ..Tally::default()
    });
    let mut report = sample();
    report.user_skipped(Duration::from_secs(3));
    report.user_skipped(Duration::from_secs(12));
    let json = report.summarize(&facts).in_format("v1").unwrap();
    let golden: Value = serde_json::from_str(include_str!("../golden/v1.json")).unwrap();
    assert_eq!(
        json,
        golden,
        "{}",
        serde_json::to_string_pretty(&json).unwrap()
    );
}

#[test]
fn the_format_v1_of_nothing_has_all_keys() {
    let summary = LoadReport::default().summarize(&Facts {
        zero: None,
        ..facts(Tally::default())
    });
    let json = summary.in_format("v1").unwrap();
    let nothing = json!({ "min": null, "max": null, "median": null, "p95": null, "p99": null });
    let aggregate = json!({
        "timestamp": null, "scenariosCreated": 0, "scenariosCompleted": 0, "requestsCompleted": 0,
        "latency": nothing, "rps": { "count": 0, "mean": null }, "scenarioDuration": nothing,
        "scenarioCounts": {}, "errors": {}, "codes": {}, "matches": 0, "customStats": {}, "counters": {},
        "scenariosAvoided": 0, "phases": [],
    });
    assert_eq!(json, json!({ "aggregate": aggregate, "intermediate": [] }));
    assert_eq!(summary.in_format("v3"), None);
}

#[test]
fn periods_add_up_to_the_whole() {
    let json = json_of(&viewed(View {
        extended: true,
        apdex: Some(13_000),
        ..View::default()
    }));
    let periods = json["intermediate"].as_array().unwrap();
    assert!(periods.len() > 1, "{json}");
    let counters = json["aggregate"]["counters"].as_object().unwrap();
    for (name, count) in counters {
        let parts = periods
            .iter()
            .filter_map(|period| period["counters"].get(name)?.as_u64());
        assert_eq!(Some(parts.sum()), count.as_u64(), "{name}");
    }
    for (name, stats) in json["aggregate"]["summaries"].as_object().unwrap() {
        let parts = periods
            .iter()
            .filter_map(|period| period["summaries"].get(name)?["count"].as_u64());
        assert_eq!(Some(parts.sum()), stats["count"].as_u64(), "{name}");
    }
}

#[test]
fn the_parts_of_connecting_are_there_where_they_are_asked_for() {
    let plain = json_of(&viewed(View::default()));
    let extended = json_of(&viewed(View {
        extended: true,
        ..View::default()
    }));
    for name in ["http.dns", "http.tcp", "http.tls", "http.total"] {
        assert_eq!(plain["aggregate"]["summaries"].get(name), None);
        for figures in ["summaries", "histograms"] {
            assert!(extended["aggregate"][figures].get(name).is_some(), "{name}");
        }
    }
    let summaries = &extended["aggregate"]["summaries"];
    assert_eq!(summaries["http.total"]["count"], json!(10));
    assert_eq!(summaries["http.tcp"]["count"], json!(3));
    // As in Artillery, where nothing was measured.
    assert_eq!(summaries["http.tls"]["min"], Value::Null);
    assert_eq!(summaries["http.tls"]["p99"], json!(0.0));
}

#[test]
fn answers_are_judged_where_a_script_has_apdex() {
    let summary = viewed(View {
        apdex: Some(13_000),
        ..View::default()
    });
    let json = json_of(&summary);
    let counter = |name: &str| json["aggregate"]["counters"][name].clone();
    assert_eq!(counter("apdex.satisfied"), json!(9));
    assert_eq!(counter("apdex.tolerated"), json!(0));
    assert_eq!(counter("apdex.frustrated"), json!(1));
    let text = summary.to_string();
    let line = "apdex     0.90 (good): 9 in 13 ms, 0 in 52 ms, 1 later";
    assert!(text.contains(line), "{text}");
    let without = viewed(View::default());
    assert!(!json_of(&without).to_string().contains("apdex"));
    assert!(!without.to_string().contains("apdex"));
}

#[test]
fn figures_of_endpoints_begin_as_a_script_says_and_are_left_out_of_the_text_where_it_says_so() {
    let summary = viewed(View {
        namespace: Some("mine".to_owned()),
        without_requests: true,
        ..View::default()
    });
    let json = json_of(&summary);
    let aggregate = &json["aggregate"];
    assert_eq!(aggregate["counters"]["mine./.codes.200"], json!(4));
    assert_eq!(aggregate["counters"]["mine./.errors.ECONNRESET"], json!(1));
    let times = &aggregate["summaries"]["mine.response_time./items (create)"];
    assert_eq!(times["count"], json!(3));
    assert!(!json.to_string().contains("metrics-by-endpoint"));
    assert!(!summary.to_string().contains("POST /items"), "{summary}");
    assert!(
        viewed(View::default()).to_string().contains("POST /items"),
        "{summary}"
    );
}

#[test]
fn an_endpoint_without_a_name_has_no_figures_of_its_own() {
    let mut names = names();
    names.requests[0].endpoint = None;
    let json = json_of(&sample_of(&names).summarize(&sample_facts()));
    let text = json["aggregate"].to_string();
    assert!(!text.contains("metrics-by-endpoint./.codes"), "{text}");
    assert!(text.contains("metrics-by-endpoint./items (create).codes"));
}

#[test]
fn of_many_requests_those_are_shown_that_were_sent_most_and_the_others_together() {
    let labels: Vec<_> = (0..60).map(|number| format!("GET /{number}")).collect();
    let names = Names {
        requests: labels.iter().map(|label| request(label)).collect(),
        ..names()
    };
    let mut report = LoadReport::default();
    report.prepare(&names);
    for (number, times) in [2, 1].repeat(30).into_iter().enumerate() {
        let place = Place {
            request: Some(number),
            ..Place::default()
        };
        for _ in 0..times {
            report.request(Duration::ZERO, place);
        }
    }
    let text = report.summarize(&sample_facts()).to_string();
    let shown = |number| {
        let start = format!("GET /{number} ");
        text.lines().any(|line| line.starts_with(&start))
    };
    assert!((0..60).step_by(2).all(shown), "{text}");
    assert_eq!((0..60).filter(|number| shown(*number)).count(), 40);
    let rest = text.lines().find(|line| line.starts_with("20 further"));
    assert_eq!(
        rest.map(|line| line.split_whitespace().nth(2)),
        Some(Some("20"))
    );
}

#[test]
fn lines_are_as_narrow_as_they_are_to_be() {
    let summary = sample().summarize(&sample_facts());
    let widest = |text: &str| text.lines().map(|line| line.chars().count()).max();
    let narrow = format!("{summary:70}");
    assert!(widest(&narrow) <= Some(70), "{narrow}");
    assert!(widest(&summary.to_string()) > Some(70));
    assert!(narrow.contains("GET /items"), "{narrow}");
}
