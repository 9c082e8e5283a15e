//! What runs on functions send elsewhere, and how they sign.

use std::collections::BTreeMap;
use std::net::UdpSocket;

use serde_json::{Value, json};
use tests::{Cloud, SESSION_TOKEN, wait_until};

use crate::PROGRAM;

/// Of each of these there are forty.
const FIGURES: [&str; 4] = [
    "vusers.created",
    "vusers.completed",
    "http.requests",
    "http.codes.200",
];

/// The counters that came as datagrams, each added up over all of them.
fn counters(listener: &UdpSocket, into: &mut BTreeMap<String, u64>) {
    let mut datagram = vec![0; 65_536];
    while let Ok(length) = listener.recv(&mut datagram) {
        let text = String::from_utf8_lossy(&datagram[..length]).into_owned();
        for line in text.lines() {
            let (name, rest) = line.split_once(':').unwrap();
            if let Some(count) = rest.strip_suffix("|c") {
                *into.entry(name.to_owned()).or_default() += count.parse::<u64>().unwrap();
            }
        }
    }
}

/// The documents of the embedded metric format that are in a log.
fn documents(log: &str) -> Vec<Value> {
    let lines = log
        .lines()
        .filter_map(|line| line.find('{').map(|at| &line[at..]));
    let documents = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    documents
        .filter(|document| document.get("_aws").is_some())
        .collect()
}

#[test]
fn a_run_of_many_functions_sends_its_figures_once_and_signs_as_their_role() {
    let cloud = Cloud::new(PROGRAM);
    let listener = UdpSocket::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let script = format!(
        r"
config:
  target: {target}
  phases: [{{ duration: 4, arrivalRate: 10 }}]
  plugins:
    aws-sigv4: {{ serviceName: execute-api }}
    publish-metrics:
      - {{ type: statsd, port: {port} }}
      - {{ type: cloudwatch, namespace: shop, name: cart }}
_split: {{ maxChunkRequestsPerSecond: 5, timeBufferInMilliseconds: 4000 }}
scenarios: [{{ flow: [{{ get: {{ url: /echo }} }}] }}]
",
        target = cloud.target.url(),
        port = listener.local_addr().unwrap().port(),
    );
    cloud.scratch.write("script.yml", script);
    let key = ("AWS_ACCESS_KEY_ID", "AKIALAUNCHER");
    cloud
        .slsart()
        .args(["deploy", "-p", "script.yml"])
        .run()
        .expect(0);

    // Read by the function, whose role signs.
    let event = json!({ ">>": "script.yml" });
    cloud.sent(&event);
    let sum = |name: &str, documents: &[Value]| -> u64 {
        documents
            .iter()
            .filter_map(|document| document[name].as_u64())
            .sum()
    };
    let mut found = BTreeMap::new();
    wait_until("all figures are sent", || {
        counters(&listener, &mut found);
        found.get("artillery.vusers.completed") >= Some(&40)
            && cloud.states().iter().all(|(_, state)| state == "passed")
    });
    let run = cloud.states().pop().unwrap().0;
    let report = cloud.report(&run, 0);
    assert!(
        report["slsart"]["run"]["chunks"].as_u64() > Some(1),
        "{report}"
    );
    counters(&listener, &mut found);
    // What a function prints is in its log a moment later.
    let mut logged = Vec::new();
    wait_until("the figures are in the log", || {
        logged = documents(&cloud.aws.log());
        FIGURES.iter().all(|name| sum(name, &logged) >= 40)
    });
    for name in FIGURES {
        assert_eq!(
            found.get(&format!("artillery.{name}")),
            Some(&40),
            "{found:?}"
        );
        assert_eq!(sum(name, &logged), 40, "{logged:?}");
    }
    for document in &logged {
        let metrics = &document["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(
            (&metrics["Namespace"], &document["Name"]),
            (&json!("shop"), &json!("cart"))
        );
    }
    let sinks = report["slsart"]["load"]["sinks"].as_object().unwrap();
    assert_eq!(sinks.len(), 2);
    for told in sinks.values() {
        assert_eq!(
            told["undelivered"].as_u64().unwrap_or_default(),
            0,
            "{told}"
        );
    }
    let account = cloud.arn().split(':').nth(4).unwrap().to_owned();
    signed(&cloud, &account, Some(SESSION_TOKEN));

    // Read here, by whoever invokes it: documents are still in the function's log.
    cloud.target.clear();
    let before = logged.len();
    let invoked = cloud.slsart().args(["invoke", "--wait"]).env(key.0, key.1);
    invoked.run().expect(0);
    signed(&cloud, key.1, None);
    let mut created = 0;
    wait_until("the figures are in the log", || {
        created = sum("vusers.created", &documents(&cloud.aws.log())[before..]);
        created >= 40
    });
    assert_eq!(created, 40);
}

/// Fails unless all requests are signed by that key, and with that token.
fn signed(cloud: &Cloud, key: &str, token: Option<&str>) {
    let record = cloud.target.record();
    assert_eq!(record.len(), 40);
    for request in &record {
        let header = |name: &str| request.headers.get(name).map(String::as_str);
        let authorization = header("authorization").unwrap_or_default();
        let begin = format!("AWS4-HMAC-SHA256 Credential={key}/");
        assert!(authorization.starts_with(&begin), "{authorization}");
        assert!(
            authorization.contains("/us-east-1/execute-api/aws4_request"),
            "{authorization}"
        );
        assert_eq!(header("x-amz-security-token"), token);
    }
}
