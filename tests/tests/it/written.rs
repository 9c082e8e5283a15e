//! Reports in files.

use slsart::target::Target;
use tests::Scratch;

use crate::commands::slsart;
use crate::scripts;

#[test]
fn a_report_that_cannot_be_written_is_found_before_anything_is_sent() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scripts::steady(&scratch, 10.0, 1.0);
    for nowhere in ["no/such/folder/report.json", "."] {
        let refused = slsart(&scratch)
            .args(["run", "-t", target.url(), "-o", nowhere])
            .args([&script])
            .run()
            .expect(2);
        assert!(refused.err.contains("cannot write `"), "{}", refused.err);
    }
    assert_eq!(target.count(), 0);
}

#[test]
fn a_report_goes_where_it_is_wanted() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scripts::steady(&scratch, 10.0, 0.5);
    let json = slsart(&scratch)
        .args(["run", "-t", target.url(), "-o", "-"])
        .args([&script])
        .run()
        .expect(0);
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report["aggregate"]["counters"]["vusers.created"], 5);
    assert_eq!(report["slsart"]["run"]["planned"], 5);
    assert_eq!(report["slsart"]["partial"], false);
    let quiet = slsart(&scratch)
        .args(["run", "-q", "-t", target.url()])
        .args([&script])
        .run()
        .expect(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let piped = std::fs::read(&script).unwrap();
    let read = slsart(&scratch)
        .args(["run", "-q", "-t", target.url(), "-"])
        .input(&piped)
        .expect(0);
    assert_eq!(read.err, "");
    assert_eq!(target.count(), 15);
}

#[test]
fn a_report_is_written_through_a_link_and_keeps_a_files_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scripts::steady(&scratch, 10.0, 0.2);
    let real = scratch.write("real.json", "old");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o600)).unwrap();
    let link = scratch.path("link.json");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    slsart(&scratch)
        .args(["run", "-q", "-t", target.url(), "-o", "link.json"])
        .args([&script])
        .run()
        .expect(0);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(
        std::fs::metadata(&real).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(tests::json(&real)["slsart"]["run"]["planned"], 2);
    let refused = slsart(&scratch)
        .args(["run", "-q", "-t", target.url(), "--trace", "no/where"])
        .args([&script])
        .run();
    assert_eq!((refused.code, target.count()), (Some(2), 2));
}

#[test]
fn no_file_that_the_job_is_read_from_is_written_over() {
    let scratch = Scratch::default();
    let users = scratch.write("users.csv", "anna\n");
    scratch.write("flow.yml", "- get: { url: / }\n");
    let prices = scratch.write("prices.yml", "thousandReads: 1\n");
    let world = scratch.write("world.yml", "prices: prices.yml\n");
    let script = scratch.write(
        "s.yml",
        "config: { target: 'http://127.0.0.1:1', phases: [{ duration: 1, arrivalRate: 1 }], payload: { path: users.csv, fields: [user] } }\nscenarios: [{ flow: [{ include: flow.yml }] }]\n",
    );
    slsart(&scratch)
        .args(["check"])
        .args([&script])
        .run()
        .expect(0);
    std::os::unix::fs::symlink(&users, scratch.path("link")).unwrap();
    let flow = scratch.path("flow.yml");
    let refused = |command: &str, option: &str, over: &std::path::Path| {
        let before = std::fs::read(over).unwrap();
        let world = ["--world".as_ref(), world.as_os_str()];
        let world = if command == "simulate" {
            &world[..]
        } else {
            &[]
        };
        let refused = slsart(&scratch)
            .args([command])
            .args([&script])
            .args(world)
            .args([option.as_ref(), over.as_os_str()])
            .run()
            .expect(2);
        let said = format!(
            "error: {option} would be written over `{}`, which is read: name another file",
            over.display()
        );
        assert!(refused.err.contains(&said), "{}", refused.err);
        assert!(std::fs::read(over).unwrap() == before, "{said}");
    };
    for (command, options) in [
        ("simulate", &["--svg", "--log"][..]),
        ("run", &["-o", "--junit", "--trace"]),
    ] {
        for option in options {
            for over in [&script, &flow, &users, &scratch.path("./link")] {
                refused(command, option, over);
            }
        }
    }
    refused("simulate", "--log", &world);
    refused("simulate", "--svg", &prices);
    refused("monitor", "--state", &users);
    assert!(!scratch.runs().exists(), "nothing was run");
    let twice = scratch.path("twice");
    let twice = slsart(&scratch)
        .args([
            "run".as_ref(),
            script.as_os_str(),
            "-o".as_ref(),
            twice.as_os_str(),
            "--junit".as_ref(),
            twice.as_os_str(),
        ])
        .run()
        .expect(2);
    assert!(
        twice.err.contains("which is what -o writes"),
        "{}",
        twice.err
    );
}
