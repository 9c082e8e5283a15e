//! Figures that are sent elsewhere, while a run goes on and at its end.

use std::io::Read as _;
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use influxdb_line_protocol::parse_lines;
use serde_json::Value;

use super::server::Received;
use super::*;

/// Answers everything, and to what says a wrong token that it is not let in.
fn server() -> Server {
    Server::new(|peer| {
        while let Some(request) = peer.request() {
            if request.header("authorization") == Some("Token wrong") {
                peer.write("HTTP/1.1 401 no\r\ncontent-length: 0\r\n\r\n");
            } else {
                peer.ok("{}");
            }
        }
    })
}

/// A script of one user, or of another load, whose figures go to these.
fn to(sinks: &str, phases: &str) -> String {
    script(
        &format!(
            "phases: [{phases}]\n  defaults: {{headers: {{authorization: Zscript}}}}\n  plugins: {{publish-metrics: [{sinks}]}}"
        ),
        "      - get: {url: /}\n",
    )
}

const ONE: &str = "{duration: 100ms, arrivalCount: 1}";

fn posted(server: &Server) -> Vec<Received> {
    let received = server.received().into_iter();
    received
        .filter(|one| one.line.starts_with("POST"))
        .collect()
}

fn datagrams(socket: &UdpSocket) -> Vec<String> {
    socket
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    let (mut lines, mut buffer) = (Vec::new(), vec![0; 65_536]);
    while let Ok(length) = socket.recv(&mut buffer) {
        let text = std::str::from_utf8(&buffer[..length]).unwrap();
        assert!(length <= 1_432, "{length}");
        lines.extend(text.lines().map(str::to_owned));
    }
    lines
}

#[test]
fn all_sinks_have_the_figures_when_the_run_is_over() {
    let server = server();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let sinks = [
        format!("{{type: statsd, port: {port}, prefix: mine., tags: [\"a:b\"]}}"),
        "{type: influxdb, url: TARGET, database: tests, username: me, password: Zpass}".to_owned(),
        "{type: influxdb, url: TARGET, org: us, bucket: b, token: Ztoken, includeOnly: [http.]}"
            .to_owned(),
        "{type: datadog, apiHost: TARGET, apiKey: Zkey}".to_owned(),
    ];
    let done = run(&server, &to(&sinks.join(", "), ONE));
    let lines = datagrams(&socket);
    assert!(
        lines.contains(&"mine.http.requests:1|c|#a:b".to_owned()),
        "{lines:#?}"
    );
    let posted = posted(&server);
    let of = |path: &str| {
        let one = posted.iter().find(|one| one.line.contains(path));
        one.unwrap_or_else(|| panic!("{path} in {posted:#?}"))
    };
    let old = of("/write?db=tests&precision=ns");
    assert_eq!(old.header("authorization"), Some("Basic bWU6WnBhc3M="));
    let new = of("/api/v2/write?org=us&bucket=b&precision=ns");
    assert_eq!(new.header("authorization"), Some("Token Ztoken"));
    let line = parse_lines(&new.body).next().unwrap().unwrap();
    assert!(line.field_value("http.codes.200").is_some(), "{}", new.body);
    assert!(line.field_value("vusers.created").is_none(), "{}", new.body);
    let points = of("/api/v1/series");
    assert_eq!(points.header("dd-api-key"), Some("Zkey"));
    // What the script says to its target is nobody else's business.
    assert_eq!(points.header("authorization"), None);
    assert!(serde_json::from_str::<Value>(&points.body).unwrap()["series"].is_array());
    assert_eq!(posted.len(), 3);
    assert_eq!(done.report.sinks.len(), 4, "{:?}", done.report.sinks);
    for (name, delivery) in &done.report.sinks {
        assert_eq!((delivery.periods, delivery.warning(name)), (1, None));
    }
    // What is posted is no part of the report.
    assert_eq!(done.report.traffic.requests, 1);
    let wire = serde_json::to_string(&done.report).unwrap();
    assert!(!wire.contains("Zpass") && !wire.contains("Ztoken") && !wire.contains("Zkey"));
}

#[test]
fn a_sink_that_is_not_there_costs_no_run_and_is_told() {
    let server = server();
    // Nobody listens there any more.
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let port = gone.port();
    let sinks = [
        format!("{{type: influxdb, url: \"http://{gone}\", database: tests}}"),
        format!("{{type: statsd, port: {port}}}"),
        "{type: influxdb, url: TARGET, bucket: b, token: wrong}".to_owned(),
    ];
    let done = run(&server, &to(&sinks.join(", "), ONE));
    assert_eq!(done.report.users.completed, 1);
    let told: Vec<_> = done
        .report
        .sinks
        .iter()
        .map(|(name, delivery)| delivery.warning(name).unwrap())
        .collect();
    let target = server.address();
    let mut expected = vec![
        format!("the figures of 1 period did not reach the sink `influxdb {gone}`: ECONNREFUSED"),
        format!(
            "the figures of 1 period did not reach the sink `influxdb {target}`: it answers with 401"
        ),
        format!(
            "the figures of 1 period did not reach the sink `statsd {gone}`: nobody listens there"
        ),
    ];
    expected.sort();
    assert_eq!(told, expected);
}

#[test]
fn an_agent_is_given_documents() {
    let server = server();
    let agent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = agent.local_addr().unwrap();
    let taken = std::thread::spawn(move || {
        let mut text = String::new();
        agent.accept().unwrap().0.read_to_string(&mut text).unwrap();
        text
    });
    let mut script = to(
        "{type: cloudwatch, namespace: shop, dimensions: [{name: stage, value: test}]}",
        ONE,
    );
    script = script.replace("TARGET", &server.url());
    let mut document = star_yaml::document_from("s.yml", script.as_bytes(), ".").unwrap();
    let mut parsed = crate::script::parse(&mut document).unwrap();
    let crate::script::model::SinkKind::CloudWatch { agent, .. } =
        &mut parsed.reporting.sinks[0].kind
    else {
        panic!("it is one");
    };
    agent.port = address.port();
    let done = world::run_script(parsed);
    assert_eq!(done.report.sinks["cloudwatch shop"].periods, 1);
    let text = taken.join().unwrap();
    let document: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(document["http.requests"], 1);
    assert_eq!(document["stage"], "test");
}

#[test]
fn what_is_known_is_sent_while_the_run_goes_on_and_nothing_twice() {
    let server = server();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let sinks = format!(
        "{{type: statsd, port: {port}, includeOnly: [http.requests]}}, {{type: influxdb, url: TARGET, database: d}}"
    );
    let done = run(&server, &to(&sinks, "{duration: 11, arrivalRate: 10}"));
    let counts: Vec<u64> = datagrams(&socket)
        .iter()
        .map(|line| {
            let value = line.strip_prefix("artillery.http.requests:").unwrap();
            value.strip_suffix("|c").unwrap().parse().unwrap()
        })
        .collect();
    assert_eq!(counts.len(), 2, "{counts:?}");
    assert_eq!(counts.iter().sum::<u64>(), 110);
    let posted = posted(&server);
    assert_eq!(posted.len(), 2);
    for delivery in done.report.sinks.values() {
        assert_eq!((delivery.periods, delivery.failures), (2, 0));
    }
    // The first came while users still did.
    let received = server.received();
    let first = received.iter().position(|one| one.line.starts_with("POST"));
    let last = received.iter().rposition(|one| one.line.starts_with("GET"));
    assert!(first < last, "{first:?} {last:?}");
}
