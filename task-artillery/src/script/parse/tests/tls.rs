//! `config.tls`: certificates and keys.

use serde_json::json;

use super::super::super::model::{Identity, Pem, TlsSettings};
use super::*;

const CLIENT: &str = include_str!("../../../run/http/tls/testdata/client.pem");

const FLOW: &str = "scenarios: [{flow: [{get: {url: /}}]}]";

/// The settings under `tls`; `DIR/` in it is where the certificates are.
fn settings(tls: &str) -> TlsSettings {
    let tls = tls.replace("DIR/", "../../../../run/http/tls/testdata/");
    let text = format!("config: {{target: \"https://t\", tls: {tls}}}\n{FLOW}");
    read(&text).0.tls
}

fn name(pem: &Pem) -> &str {
    match pem {
        Pem::File(file) => file.name.rsplit('/').next().unwrap(),
        Pem::Text(_) => "text",
    }
}

#[test]
fn both_forms_come_to_the_same() {
    let new = settings(
        "{certificateAuthority: DIR/unknown.pem, certificate: DIR/client.pem, key: DIR/client.pem}",
    );
    let old =
        settings("{client: {ca: [DIR/unknown.pem], cert: DIR/client.pem, key: DIR/client.pem}}");
    assert_eq!(new, old);
    let names: Vec<_> = new.authorities.iter().map(name).collect();
    assert_eq!(names, ["unknown.pem"]);
    let Identity { certificate, key } = new.identity.unwrap();
    assert_eq!(
        (name(&certificate), name(&key)),
        ("client.pem", "client.pem")
    );
}

#[test]
fn what_is_not_said_is_not_on_the_wire() {
    let wire = serde_json::to_value(TlsSettings::default()).unwrap();
    assert_eq!(wire, json!({"rejectUnauthorized": true}));
    let wire = serde_json::to_value(settings("{serverName: a.example}")).unwrap();
    let named = json!({"rejectUnauthorized": true, "serverName": "a.example"});
    assert_eq!(wire, named);
}

#[test]
fn files_travel_with_the_script_each_once() {
    let pem = "../../../../run/http/tls/testdata/client.pem";
    let text = format!(
        "config: {{target: \"https://t\", tls: {{certificate: {pem}, key: {pem}}}}}\n{FLOW}"
    );
    let (script, document) = read(&text);
    let [blob] = document.blobs() else {
        panic!("{:?}", document.blobs());
    };
    assert_eq!(&blob.bytes[..], CLIENT.as_bytes());
    assert_eq!(
        script.tls.identity.unwrap().key,
        Pem::File(blob.reference.clone())
    );
}

#[test]
fn text_comes_from_the_script_or_from_the_environment() {
    let file = std::env::temp_dir().join(format!("tls-{}", std::process::id()));
    std::fs::write(&file, format!("TLS_TESTS_PEM=\"{CLIENT}\"\n")).unwrap();
    let literal = serde_json::to_string(CLIENT).unwrap();
    let text = format!(
        "config: {{target: \"https://t\", tls: {{certificate: {literal}, key: \"{{{{ $env.TLS_TESTS_PEM }}}}\"}}}}\n{FLOW}"
    );
    let mut document = document(&text);
    document
        .options
        .give("env-file", file.display().to_string());
    let script = parse(&mut document);
    std::fs::remove_file(&file).unwrap();
    let Identity { certificate, key } = script.unwrap().tls.identity.unwrap();
    let whole = Pem::Text(CLIENT.to_owned());
    assert_eq!((&certificate, &key), (&whole, &whole));
    assert!(document.blobs().is_empty());
}

/// What of a script's text is concealed.
fn concealed(text: &str) -> Vec<String> {
    let mut document = document(text);
    let errors = parse(&mut document).unwrap_err();
    let lines = errors.iter().map(|error| error.one_line(&document.sources));
    let lines = lines.collect::<Vec<_>>().join("\n");
    assert!(!lines.contains("MIGH"), "{lines}");
    let sources = &document.sources;
    let ranges = sources.concealed(
        errors
            .iter()
            .next()
            .unwrap()
            .primary
            .as_ref()
            .unwrap()
            .span
            .file,
    );
    ranges
        .map(|range| sources.text(document.root.span.file)[range].to_owned())
        .collect()
}

#[test]
fn keys_that_a_script_has_are_concealed() {
    let tls = "config:\n  target: \"https://t\"\n  tls:\n    ";
    let broken = "-----BEGIN PRIVATE KEY-----\n      MIGHAgEA\n      -----END PRIVATE KEY-----\n";
    let text = format!("{tls}certificate: nobody.pem\n    key: |\n      {broken}{FLOW}");
    assert_eq!(concealed(&text), ["\n      MIGHAgEA\n      "]);
    let bare = format!("MIGH{}", "A".repeat(90));
    let text = format!("{tls}certificate: nobody.pem\n    key: {bare}\n{FLOW}");
    assert_eq!(concealed(&text), [bare]);
    let text = format!("{tls}passphrase: open sesame\n{FLOW}");
    assert_eq!(concealed(&text), ["open sesame"]);
}
