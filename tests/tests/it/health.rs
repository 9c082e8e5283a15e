//! What a report says of the generator, and of the limits of the machine.

use std::path::Path;

use serde_json::Value;
use slsart::target::Target;
use tests::{Finished, Program, Scratch, json};

use crate::commands::slsart;
use crate::scripts;

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

fn health(report: &Path) -> Value {
    json(&report.to_owned())["slsart"]["health"].clone()
}

#[test]
fn the_last_line_says_whether_the_run_can_be_trusted_and_the_json_why() {
    for workers in ["1", "3"] {
        let scratch = Scratch::default();
        let target = Target::start(0).unwrap();
        let script = scripts::steady(&scratch, 50.0, 1.0);
        let report = scratch.path("report.json");
        let done = slsart(&scratch)
            .args(["run", "--workers", workers, "-t", target.url(), "-o"])
            .args([&report, &script])
            .run()
            .expect(0);
        let health = health(&report);
        let last = done.out.lines().last().unwrap();
        assert_eq!(health["verdict"], last);
        let reasons = health["reasons"].as_array().unwrap();
        assert_eq!(health["trusted"], reasons.is_empty());
        assert_eq!(last == "this run can be trusted", reasons.is_empty());
        assert!(health["cpu"]["seconds"].as_f64().unwrap() > 0.0, "{health}");
        assert!(health["lateness"]["max"].as_f64() >= health["lateness"]["p50"].as_f64());
        for of in ["open", "descriptors", "ports"] {
            let used = health[of]["used"].as_u64().unwrap();
            assert!((1..=health[of]["of"].as_u64().unwrap()).contains(&used));
        }
        let worst = health["worst"].as_array().map_or(0, Vec::len);
        assert_eq!(worst, if workers == "1" { 0 } else { 3 });
        let run = &json(&report)["slsart"]["run"];
        assert!(run["health"].is_null() && run["worst"].is_null());
    }
}

#[test]
fn who_asks_for_trust_gets_an_exit_code_for_it() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scripts::steady(&scratch, 50.0, 0.5);
    let report = scratch.path("report.json");
    let done = slsart(&scratch)
        .args(["run", "--trusted", "-t", target.url(), "-o"])
        .args([&report, &script])
        .run();
    let expected = if health(&report)["trusted"] == true {
        0
    } else {
        4
    };
    done.expect(expected);
}

/// A run under this many descriptors, with its report.
fn run_with_descriptors(limit: u32, script: &str, target: &str) -> (Finished, Value) {
    let scratch = Scratch::default();
    let script = scratch.write("script.yml", script);
    let report = scratch.path("report.json");
    let done = Program::new("/bin/sh", &scratch)
        .args([
            "-c",
            &format!("ulimit -n {limit}; exec \"$0\" \"$@\""),
            PROGRAM,
        ])
        .args(["run", "--workers", "2", "-t", target, "-o"])
        .args([&report, &script])
        .run();
    let report = json(&report);
    (done, report)
}

#[test]
fn used_up_descriptors_are_named_with_what_is_to_be_done() {
    let target = Target::start(0).unwrap();
    // Users who share connections are not counted by them, and may ask for more than there can be.
    let script = "
config:
  target: http://127.0.0.1:1
  http: { pool: 300 }
  phases: [{ duration: 1, arrivalCount: 300 }]
scenarios: [{ flow: [{ get: { url: /delay/3000 } }] }]
";
    let (done, report) = run_with_descriptors(80, script, target.url());
    let done = done.expect(4);
    let refused = report["aggregate"]["counters"]["errors.EMFILE"].as_u64();
    assert!(refused > Some(0), "{}", report["aggregate"]["counters"]);
    let slsart = &report["slsart"];
    assert_eq!(slsart["health"]["noDescriptor"].as_u64(), refused);
    assert_eq!(slsart["health"]["trusted"], false);
    assert_eq!(
        (&slsart["partial"], &slsart["verdict"]),
        (&true.into(), &"partial".into())
    );
    let advice = "  the limit on descriptors was met (80): raise it (`ulimit -n`)";
    assert!(done.out.contains(advice), "{}", done.out);
    let last = done.out.lines().last().unwrap();
    assert!(last.contains("descriptors were used up"), "{last}");
}

#[test]
fn a_limit_that_leaves_no_descriptor_for_users_is_told_before_anything_is_begun() {
    let scratch = Scratch::default();
    let script = "config: { target: \"http://127.0.0.1:1\" }\nscenarios: [{ flow: [{ get: { url: / } }] }]\n";
    scratch.write("script.yml", script);
    for args in [
        &["run", "script.yml"][..],
        &["run", "--processes", "--bundled-target", "script.yml"],
        &["find-max", "script.yml"],
        &["monitor", "script.yml"],
    ] {
        let done = Program::new("/bin/sh", &scratch)
            .args(["-c", "ulimit -n 39; exec \"$0\" \"$@\"", PROGRAM])
            .args(args)
            .run()
            .expect(1);
        let why = "this process may have 39 descriptors, and the program needs 40 before it opens a connection: allow more (`ulimit -Hn`)";
        assert_eq!(done.err.trim_end(), format!("error: {why}"), "{args:?}");
    }
}

#[test]
fn a_look_up_that_finds_no_descriptor_is_named_so_too() {
    let target = Target::start(0).unwrap();
    let script = "
config:
  target: http://127.0.0.1:1
  http: { pool: 300, dns: user }
  phases: [{ duration: 1, arrivalCount: 300 }]
scenarios: [{ flow: [{ get: { url: /delay/3000 } }] }]
";
    let port = target.url().rsplit_once(':').unwrap().1;
    let named = format!("http://localhost:{port}");
    let (done, report) = run_with_descriptors(80, script, &named);
    done.expect(4);
    let counters = report["aggregate"]["counters"].as_object().unwrap();
    let errors: Vec<_> = counters
        .iter()
        .filter(|(name, _)| name.starts_with("errors."))
        .collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0].0, "errors.EMFILE");
    assert_eq!(&report["slsart"]["health"]["noDescriptor"], errors[0].1);
}

#[test]
fn no_more_users_are_begun_than_descriptors_allow_and_the_others_are_counted() {
    let target = Target::start(0).unwrap();
    let script = "
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 1, arrivalCount: 100 }]
scenarios: [{ flow: [{ get: { url: /static/64 } }, { think: 3 }] }]
";
    // 32 and 8 a worker are kept for the program itself: each of the two has eight users.
    let (done, report) = run_with_descriptors(64, script, target.url());
    let done = done.expect(4);
    let (health, run) = (&report["slsart"]["health"], &report["slsart"]["run"]);
    assert_eq!(health["open"], serde_json::json!({ "used": 8, "of": 8 }));
    assert_eq!(run["tally"]["started"], 16, "{run}");
    assert_eq!(
        (&run["tally"]["missed"], &health["crowded"]),
        (&84.into(), &84.into())
    );
    assert_eq!(
        (health["noDescriptor"].as_u64(), target.count()),
        (Some(0), 16)
    );
    assert!(
        done.err
            .contains("warning: some 155 units will be open at once"),
        "{}",
        done.err
    );
    let advice = "  a worker may have 8 units open at once: allow more descriptors";
    assert!(done.out.contains(advice), "{}", done.out);
    assert!(
        done.out
            .contains("because 84 units were missed; 84 of them because a worker had")
    );
}

#[test]
fn used_up_ports_are_named_with_what_is_to_be_done() {
    let scratch = Scratch::default();
    let script = scratch.write(
        "script.yml",
        "
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 1, arrivalCount: 60 }]
scenarios: [{ flow: [{ get: { url: /delay/3000 } }] }]
",
    );
    // A network of its own, which has sixteen ports.
    let network =
        "ip link set lo up && echo '40000 40015' > /proc/sys/net/ipv4/ip_local_port_range";
    let alone = |command: &str| {
        let command = format!("{network} && {command}");
        Program::new("/usr/bin/env", &scratch)
            .env(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            )
            .args(["unshare", "-Urn", "/bin/sh", "-c", &command, PROGRAM])
    };
    let probe = alone("true").run();
    if probe.code != Some(0) {
        println!(
            "SKIPPED: no network of its own can be made here: {}",
            probe.err
        );
        return;
    }
    let report = scratch.path("report.json");
    let done = alone("exec \"$0\" \"$@\"")
        .args(["run", "--bundled-target", "-o"])
        .args([&report, &script])
        .run()
        .expect(4);
    let counters = &json(&report)["aggregate"]["counters"];
    let refused = counters["errors.EADDRNOTAVAIL"].as_u64();
    assert!(refused >= Some(40), "{counters}");
    let health = health(&report);
    assert_eq!(health["noPort"].as_u64(), refused);
    assert_eq!(health["ports"]["of"], 16);
    let advice = "  no port was free for a connection (16 there are,";
    assert!(done.out.contains(advice), "{}", done.out);
    assert!(
        done.out
            .lines()
            .last()
            .unwrap()
            .contains("ports were used up")
    );
}

#[test]
fn an_address_that_this_machine_does_not_have_is_no_matter_of_ports() {
    let scratch = Scratch::default();
    let script = scripts::steady(&scratch, 10.0, 0.5);
    let report = scratch.path("report.json");
    // Nobody listens there, and where there is no IPv6 the system says that the address is not available.
    slsart(&scratch)
        .args(["run", "-q", "-t", "http://[::1]:1", "-o"])
        .args([&report, &script])
        .run()
        .expect(6);
    assert_eq!(health(&report)["noPort"], 0);
}
