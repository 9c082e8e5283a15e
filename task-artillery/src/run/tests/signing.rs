//! Requests that are signed for AWS.

use super::*;
use crate::script::Script;

/// What the environment has, where it has nothing of its own.
const KEYS: &str = "src/script/parse/tests/data/generate/keys.env";

fn read(text: &str, server: &Server) -> Script {
    let text = text.replace("TARGET", &server.url());
    let mut document = star_yaml::document_from("s.yml", text.as_bytes(), ".").unwrap();
    document.options.give("env-file", KEYS);
    crate::script::parse(&mut document).unwrap_or_else(|faults| {
        let faults = faults.iter().map(|fault| fault.one_line(&document.sources));
        panic!("{}", faults.collect::<Vec<_>>().join("\n"))
    })
}

fn server() -> Server {
    Server::new(|peer| {
        while peer.request().is_some() {
            peer.ok("{}");
        }
    })
}

const SIGNED: &str = "plugins: {aws-sigv4: {serviceName: execute-api, region: eu-west-1}}";

#[test]
fn every_request_is_signed_where_none_asks_for_it() {
    let server = server();
    let flow = "      - get: {url: \"/a b?q=1\", headers: {authorization: mine, x-amz-date: mine, x-other: o}}\n      - post: {url: /b, json: {a: 1}, headers: {x-amz-target: t}}\n";
    let text = script(
        &format!("phases: [{{duration: 100ms, arrivalCount: 1}}]\n  {SIGNED}"),
        flow,
    );
    let script = read(&text, &server);
    let hidden = format!("{:?}", script.signing);
    assert!(!hidden.contains("Zsecret"), "{hidden}");
    let done = world::run_script(script);
    assert_eq!(done.errors(), []);
    let received = server.received();
    for (request, headers) in received.iter().zip([
        "host;x-amz-date;x-amz-security-token",
        "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
    ]) {
        let all = request.headers.iter();
        let authorization: Vec<_> = all.filter(|(name, _)| name == "authorization").collect();
        assert_eq!(authorization.len(), 1, "{request:?}");
        let value = &authorization[0].1;
        assert!(value.starts_with("AWS4-HMAC-SHA256 Credential="), "{value}");
        assert!(
            value.contains("/eu-west-1/execute-api/aws4_request"),
            "{value}"
        );
        assert!(
            value.contains(&format!("SignedHeaders={headers}, Signature=")),
            "{value}"
        );
        let date = request.header("x-amz-date").unwrap();
        assert!(date.len() == 16 && date.ends_with('Z'), "{date}");
        assert!(request.header("x-amz-security-token").is_some());
    }
    assert_eq!(received.len(), 2);
}

#[test]
fn what_is_wrong_with_the_plugin_is_told_at_its_place() {
    let text = "config: {target: \"http://t\", plugins: {aws-sigv4: {serviceNam: a, region: \"a/b\", credentials: {}}}}\nscenarios: [{flow: [{think: 1}]}]";
    let mut document = star_yaml::document_from("s.yml", text.as_bytes(), ".").unwrap();
    document.options.give("env-file", KEYS);
    let faults = crate::script::parse(&mut document).unwrap_err();
    let told: Vec<_> = faults
        .iter()
        .map(|fault| fault.one_line(&document.sources))
        .collect();
    assert_eq!(
        told,
        [
            "s.yml:1:52: error: unknown key `serviceNam` in the plugin `aws-sigv4` (did you mean `serviceName`?)",
            "s.yml:1:75: error: `region` is no name that a signature can have in it (for example `execute-api` or `eu-west-1`)",
            "s.yml:1:82: error: `credentials` is not carried out by this version (they are those of the environment, `AWS_ACCESS_KEY_ID` and so on)",
        ]
    );
}

#[test]
fn where_some_ask_to_be_signed_only_those_are() {
    let server = server();
    let text = format!(
        "config: {{target: TARGET, phases: [{{duration: 100ms, arrivalCount: 1}}], {SIGNED}}}\nmode: acc\nsampling: {{averagePause: 0, pauseVariance: 0}}\nscenarios:\n  - beforeRequest: addAmazonSignatureV4\n    flow: [{{get: {{url: /all}}}}]\n  - flow:\n      - get: {{url: /one, beforeRequest: [addAmazonSignatureV4]}}\n      - loop: [{{get: {{url: /none}}}}]\n        count: 1\n"
    );
    let done = world::run_script(read(&text, &server));
    assert_eq!(done.errors(), []);
    let mut signed: Vec<_> = server
        .received()
        .iter()
        .map(|one| (one.line.clone(), one.header("authorization").is_some()))
        .collect();
    signed.sort();
    let expected = [("GET /all", true), ("GET /none", false), ("GET /one", true)];
    assert_eq!(
        signed,
        expected.map(|(line, signed)| (line.to_owned(), signed))
    );
}
