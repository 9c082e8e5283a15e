//! The task against servers whose certificates are made on the spot, and against the laws.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't set itself up has failed"
)]

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection};
use serde_json::Value;
use tls_expiry::{Left, TlsExpiry};

#[test]
fn every_law_holds() {
    star_core::laws::check_task(&TlsExpiry {
        hosts: (0..9).map(|host| format!("host-{host}.test")).collect(),
        file: None,
        within: "21d".to_owned(),
        timeout: "10s".to_owned(),
    });
}

#[test]
fn days_are_whole_and_those_that_are_over_too() {
    let day = 86_400;
    let left = |expires: u64| Left::between(100 * day, expires).to_string();
    assert_eq!(left(103 * day + 1), "3 days left");
    assert_eq!(left(100 * day), "0 days left");
    assert_eq!(left(100 * day - 1), "expired 1 day ago");
}

/// A server whose certificate expires in so many days, and an hour.
fn server(days: i64) -> String {
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let today = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let hour = Duration::from_hours(1);
    let span = Duration::from_hours(24 * days.unsigned_abs());
    let now = date_time_ymd(1970, 1, 1) + today + hour;
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = if days < 0 { now - span } else { now + span };
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = stream.unwrap();
            // Whoever has seen the certificate may leave.
            let _left = connection.complete_io(&mut stream);
            let _flushed = stream.flush();
        }
    });
    address.to_string()
}

/// A port where nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

fn run(folder: &Path, hosts: &[&str], workers: &str) -> Output {
    fs::write(folder.join("hosts.txt"), hosts.join("\n")).unwrap();
    let job = folder.join("job.yml");
    fs::write(&job, "task: tls-expiry\nfile: hosts.txt\nwithin: 21d\n").unwrap();
    Command::new(env!("CARGO_BIN_EXE_tls-expiry"))
        .arg("run")
        .arg(job)
        .args(["-q", "-o", "-", "--workers", workers, "--runs"])
        .arg(folder.join("runs"))
        .output()
        .unwrap()
}

#[test]
fn hosts_that_expire_soon_and_those_that_do_not_answer_fail_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let (good, soon, expired) = (server(90), server(5), server(-3));
    let closed = nobody();
    let hosts = [&*good, "# a remark", &soon, "", &expired, &closed];
    let mut reports = Vec::new();
    for workers in ["1", "3"] {
        let ran = run(folder.path(), &hosts, workers);
        assert_eq!(
            ran.status.code(),
            Some(3),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        let report: Value = serde_json::from_slice(&ran.stdout).unwrap();
        let days = &report["report"];
        assert_eq!(
            (&days[&good], &days[&soon], &days[&expired], &days[&closed]),
            (&90.into(), &5.into(), &(-3).into(), &Value::Null),
            "{report:#}"
        );
        assert_eq!(report["failed"]["count"], 1, "{report:#}");
        let shown = report["failed"].to_string();
        assert!(
            shown.contains(&format!("{closed}: cannot connect")),
            "{shown}"
        );
        reports.push(report);
    }
    assert_eq!(reports[0]["report"], reports[1]["report"]);
}

#[test]
fn a_run_passes_whose_hosts_have_time_left() {
    let folder = tempfile::tempdir().unwrap();
    let good = server(90);
    let ran = run(folder.path(), &[&good], "2");
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

#[test]
fn the_verdict_names_the_hosts_that_expire_soonest() {
    let folder = tempfile::tempdir().unwrap();
    let (soon, expired) = (server(5), server(-3));
    run(folder.path(), &[&soon, &expired], "1");
    let runs = fs::read_dir(folder.path().join("runs/runs")).unwrap();
    let run = runs.map(|run| run.unwrap().file_name()).next().unwrap();
    let told = Command::new(env!("CARGO_BIN_EXE_tls-expiry"))
        .arg("report")
        .arg(run)
        .arg("--runs")
        .arg(folder.path().join("runs"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let first = told.find(&format!("`{expired}`: expired 3 days ago"));
    let second = told.find(&format!("`{soon}`: 5 days left"));
    assert!(first.is_some() && first < second, "{told}");
}

#[test]
fn what_is_no_host_is_told_at_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(
        folder.path(),
        &["example.com", "  exa mple.com", "a:port"],
        "1",
    );
    assert_eq!(ran.status.code(), Some(5));
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(told.contains("hosts.txt:2:3"), "{told}");
    assert!(
        told.contains("`a:port` has no port behind its colon"),
        "{told}"
    );
}

#[test]
fn a_port_and_a_time_in_which_nobody_answers_are_told_at_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let job = folder.path().join("job.yml");
    let check = |text: &str| {
        fs::write(&job, format!("task: tls-expiry\n{text}\n")).unwrap();
        let checked = Command::new(env!("CARGO_BIN_EXE_tls-expiry"))
            .arg("check")
            .arg(&job)
            .output()
            .unwrap();
        let told = [checked.stdout, checked.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        (checked.status.code(), told)
    };
    for (text, place, said) in [
        (
            "hosts: [\"a:0\"]",
            "job.yml:2:9",
            "`a:0` has no port behind its colon: a whole number from 1 to 65535",
        ),
        (
            "hosts:\n  - example.com\n  - exa mple.com",
            "job.yml:4:5",
            "`exa mple.com` is no host's name",
        ),
        (
            "hosts: [\"\"]",
            "job.yml:2:9",
            "the name of the host is missing",
        ),
        (
            "hosts: [a]\ntimeout: 0s",
            "job.yml:3:10",
            "nobody answers in a `timeout` of `0s`",
        ),
    ] {
        let (code, told) = check(text);
        assert_eq!(code, Some(5), "{told}");
        assert!(told.contains(place) && told.contains(said), "{told}");
    }
    assert_eq!(check("hosts: [a]\nwithin: 0s\ntimeout: 1ms").0, Some(0));
}

#[test]
fn a_job_without_a_host_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (hosts, place) in [(&[][..], "job.yml:2:7"), (&["# none yet"], "job.yml:2:7")] {
        let ran = run(folder.path(), hosts, "1");
        assert_eq!(ran.status.code(), Some(5));
        let told = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(told.contains("there is no host to ask"), "{told}");
        assert!(told.contains(place), "{told}");
    }
}
