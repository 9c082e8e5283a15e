//! What is sent is read by others as it was meant.

use std::time::Duration;

use influxdb_line_protocol::{FieldValue, parse_lines};
use serde_json::{Value, json};
use statsd_parser::Metric;

use super::*;
use crate::report::{Names, Place, Received, RequestName};
use crate::script::model::{Dialect, Tag};

/// When the run's time was zero: a second and 500 ms after the epoch.
const ZERO: Time = Time::from_nanos(1_500_000_000);

fn sink(tags: &[(&str, &str)]) -> Sink {
    let tags = tags.iter().map(|(name, value)| Tag {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    });
    Sink {
        name: "sink".to_owned(),
        kind: SinkKind::Statsd {
            host: "127.0.0.1".to_owned(),
            port: 8125,
            prefix: "artillery.".to_owned(),
            dialect: Dialect::Behind,
        },
        tags: tags.collect(),
        include_only: Vec::new(),
        excluded: Vec::new(),
    }
}

/// A user with an odd name in each of two periods, with an answer each.
fn report() -> LoadReport {
    let mut report = LoadReport::default();
    report.prepare(&Names {
        scenarios: vec!["buy, a=b: c|d \\ \n@e".to_owned()],
        requests: vec![RequestName {
            label: "GET /a".to_owned(),
            endpoint: Some("/a?b=c,d e".to_owned()),
        }],
        length: Duration::from_secs(20),
        ..Names::default()
    });
    for second in [1, 12] {
        let (at, place) = (
            Duration::from_secs(second),
            Place {
                request: Some(0),
                ..Place::default()
            },
        );
        report.user_started(at, place);
        report.request(at, place);
        report.response(
            at,
            place,
            Received {
                status: 200,
                latency: Duration::from_millis(10 * second),
                lateness: Duration::ZERO,
            },
        );
        report.user_completed(at, place, Duration::from_millis(20));
    }
    report.expected("statusCode", true);
    report
}

#[test]
fn figures_are_those_of_periods_and_what_is_known_of_all_comes_with_the_last() {
    let report = report();
    let all = Published::of(&report, Duration::ZERO, None);
    let counted = |figures: &Published, name: &str| figures.counters.get(name).copied();
    assert_eq!(all.len(), 2);
    for figures in &all {
        assert_eq!(counted(figures, "http.requests"), Some(1));
    }
    let expected = all.iter().map(|one| counted(one, "plugins.expect.ok"));
    assert_eq!(expected.collect::<Vec<_>>(), [None, Some(1)]);
    assert_eq!((all[1].from.as_secs(), all[1].to.as_secs()), (10, 20));
    let known =
        |seconds| Published::of(&report, Duration::ZERO, Some(Duration::from_secs(seconds)));
    assert_eq!(
        [known(9), known(10), known(20)].map(|all| all.len()),
        [0, 1, 2]
    );
    let rest = Published::of(&report, Duration::from_secs(10), None);
    assert_eq!(rest.len(), 1);
    let together = Published::together(&report, Duration::ZERO, None).unwrap();
    assert_eq!(
        (counted(&together, "http.requests"), together.periods),
        (Some(2), 2)
    );
    assert_eq!(together.to.as_secs(), 20);
    assert!(Published::together(&report, Duration::from_secs(20), None).is_none());
}

#[test]
fn lines_of_statsd_are_read_as_counts_and_gauges_with_their_tags() {
    let figures = Published::together(&report(), Duration::ZERO, None).unwrap();
    let tagged = sink(&[("team", "shop"), ("odd one", "a|b#c"), ("bare", "")]);
    let lines = statsd::lines(&tagged, "artillery.", Dialect::Behind, &figures);
    let all: Vec<_> = lines
        .iter()
        .map(|line| statsd_parser::parse(line.as_str()).unwrap())
        .collect();
    let find = |name: &str| {
        let found = all.iter().find(|message| message.name == name);
        &found
            .unwrap_or_else(|| panic!("{name} in {lines:#?}"))
            .metric
    };
    assert!(
        matches!(find("artillery.http.requests"), Metric::Counter(two) if (two.value - 2.0).abs() < 0.01)
    );
    assert!(matches!(
        find("artillery.http.request_rate"),
        Metric::Gauge(_)
    ));
    let Metric::Gauge(max) = find("artillery.http.response_time.max") else {
        panic!("{lines:#?}");
    };
    assert!((max.value - 120.0).abs() < 0.01, "{lines:#?}");
    find("artillery.vusers.created_by_name.buy__a_b__c_d_\\___e");
    for message in &all {
        let tags = message.tags.as_ref().unwrap();
        assert_eq!(
            (tags["team"].as_str(), tags["odd_one"].as_str()),
            ("shop", "a_b_c")
        );
    }
    let telegraf = statsd::lines(&tagged, "", Dialect::InName, &figures);
    assert!(
        telegraf.contains(&"http.requests,team=shop,odd_one=a_b_c,bare=:2|c".to_owned()),
        "{telegraf:#?}"
    );
}

#[test]
fn lines_of_influx_are_read_as_fields_of_one_measurement_at_each_period_s_begin() {
    let left = Published::of(&report(), Duration::ZERO, None);
    let tagged = sink(&[("team", "a, b=c"), ("none", "")]);
    let text = influx::lines(&tagged, "load, test", &left, ZERO);
    let lines: Vec<_> = parse_lines(&text).map(Result::unwrap).collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert_eq!(lines[0].timestamp, Some(1_500_000_000));
    assert_eq!(lines[1].timestamp, Some(11_500_000_000));
    for line in &lines {
        assert_eq!(line.series.measurement.as_str(), "load, test");
        assert_eq!(line.tag_value("team").unwrap().as_str(), "a, b=c");
        assert!(line.tag_value("none").is_none());
        assert_eq!(line.field_value("http.requests"), Some(&FieldValue::I64(1)));
        let odd = "vusers.created_by_name.buy, a=b: c|d _ _@e";
        assert_eq!(line.field_value(odd), Some(&FieldValue::I64(1)), "{text}");
    }
    assert_eq!(
        lines[1].field_value("http.response_time.max"),
        Some(&FieldValue::F64(120.0))
    );
    let nothing = Sink {
        include_only: vec!["none.".to_owned()],
        ..sink(&[])
    };
    assert_eq!(influx::lines(&nothing, "m", &left, ZERO), "");
}

#[test]
fn documents_of_metrics_are_as_their_schema_says_and_no_longer_than_they_may_be() {
    let schema: Value = serde_json::from_str(include_str!("testdata/emf.schema.json")).unwrap();
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("emf.json", schema).unwrap();
    let index = compiler.compile("emf.json", &mut schemas).unwrap();
    let mut report = report();
    for code in 200..400 {
        let place = Place::default();
        let received = Received {
            status: code,
            latency: Duration::from_millis(1),
            lateness: Duration::ZERO,
        };
        report.response(Duration::from_secs(2), place, received);
    }
    let named = sink(&[("Name", "loadtest"), ("service", "shop")]);
    let figures = Published::of(&report, Duration::ZERO, None);
    let all = cloudwatch::documents(&named, "artillery", false, &figures[0], ZERO);
    assert!(all.len() > 1);
    let mut told = 0;
    for document in &all {
        if let Err(wrong) = schemas.validate(document, index) {
            panic!("{wrong} in {document}");
        }
        let directive = &document["_aws"]["CloudWatchMetrics"][0];
        let metrics = directive["Metrics"].as_array().unwrap();
        assert!(metrics.len() <= 100);
        told += metrics.len();
        for metric in metrics {
            assert!(document[metric["Name"].as_str().unwrap()].is_number());
        }
        assert_eq!(document["_aws"]["Timestamp"], json!(1_500));
        assert_eq!(directive["Dimensions"], json!([["Name", "service"]]));
        assert_eq!(
            (&document["Name"], &document["service"]),
            (&json!("loadtest"), &json!("shop"))
        );
    }
    assert!(told > 200, "{told}");
    let counted = all
        .iter()
        .find_map(|document| document.get("http.requests"));
    assert_eq!(counted, Some(&json!(1)));
    let p95 = "http.response_time.p95";
    let has = |all: &[Value]| all.iter().any(|document| document.get(p95).is_some());
    assert!(!has(&all));
    let extended = cloudwatch::documents(&named, "artillery", true, &figures[0], ZERO);
    assert!(has(&extended));
    let mut lines = Vec::new();
    cloudwatch::write(&all, &mut lines).unwrap();
    let text = String::from_utf8(lines).unwrap();
    assert_eq!(text.lines().count(), all.len());
    for (line, document) in text.lines().zip(&all) {
        assert_eq!(&serde_json::from_str::<Value>(line).unwrap(), document);
    }
}

#[test]
fn points_for_datadog_have_a_type_an_instant_and_their_tags() {
    let left = Published::of(&report(), Duration::ZERO, None);
    let tagged = sink(&[("team", "shop"), ("bare", "")]);
    let body = datadog::series(&tagged, "artillery.", Some("me"), &left, ZERO);
    let all = body["series"].as_array().unwrap();
    let of =
        |name: &str| -> Vec<&Value> { all.iter().filter(|one| one["metric"] == name).collect() };
    let requests = of("artillery.http.requests");
    assert_eq!(requests.len(), 2);
    assert_eq!(
        requests[1],
        &json!({
            "metric": "artillery.http.requests",
            "type": "count",
            "points": [[11, 1]],
            "tags": ["team:shop", "bare"],
            "interval": 10,
            "host": "me",
        })
    );
    assert_eq!(of("artillery.http.response_time.p99")[0]["type"], "gauge");
}

#[test]
fn only_what_is_asked_for_is_sent() {
    let only = |include: &[&str], exclude: &[&str]| Sink {
        include_only: include.iter().map(ToString::to_string).collect(),
        excluded: exclude.iter().map(ToString::to_string).collect(),
        ..sink(&[])
    };
    assert!(only(&[], &[]).takes("http.requests"));
    assert!(!only(&[], &["http."]).takes("http.requests"));
    assert!(only(&["http."], &["http."]).takes("http.requests"));
    assert!(!only(&["vusers."], &[]).takes("http.requests"));
}
