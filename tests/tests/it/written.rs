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
