//! What is laid over a script.

use slsart::target::Target;
use tests::Scratch;

use crate::commands::slsart;

#[test]
fn environments_config_files_overrides_and_variables_are_laid_over_a_script() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write(
        "script.yml",
        "
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 100ms, arrivalCount: 9 }]
  variables: { colour: red, size: 1 }
  environments: { local: { phases: [{ arrivalCount: 2 }] } }
scenarios:
  - { name: one, flow: [{ get: { url: \"/echo?{{ colour }}-{{ size }}\" } }] }
  - { name: two, flow: [{ get: { url: / } }] }
",
    );
    scratch.write("more.yml", "config: { variables: { size: 5 } }\n");
    slsart(&scratch)
        .args([
            "run",
            "-q",
            "-e",
            "local",
            "-c",
            "more.yml",
            "-v",
            "colour=blue",
            "--scenario-name",
            "one",
        ])
        .args([
            "--overrides",
            &format!("{{\"config\": {{\"target\": \"{}\"}}}}", target.url()),
        ])
        .args([&script])
        .run()
        .expect(0);
    let paths: Vec<String> = tests::requests(&target)
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/echo?blue-5", "/echo?blue-5"]);
    let refused = slsart(&scratch)
        .args(["run", "-e", "lokal"])
        .args([&script])
        .run()
        .expect(5);
    assert!(
        refused.err.contains("did you mean `local`?"),
        "{}",
        refused.err
    );
    slsart(&scratch)
        .args(["run", "-q", "-s", "-t", target.url()])
        .args([&script])
        .run()
        .expect(0);
    assert_eq!(target.count(), 3);
}

#[test]
fn variables_of_the_environment_are_sent_and_shown_nowhere() {
    const SECRET: &str = "hunter2-is-the-secret";
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write(
        "secret.yml",
        "
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 100ms, arrivalCount: 3, name: \"{{ $env.TOKEN }}\" }]
  variables: { pause: \"{{ $env.TOKEN }}\" }
scenarios:
  - name: \"{{ $env.TOKEN }}\"
    flow:
      - get: { url: \"/echo?{{ $env.TOKEN }}\", name: \"{{ $env.TOKEN }}\", headers: { authorization: \"Bearer {{ $env.TOKEN }}\" } }
      - think: \"{{ pause }}\"
",
    );
    let wrong = scratch.write(
        "wrong.yml",
        "config: { target: \"{{ $env.TOKEN }}\" }\nscenarios: [{ flow: [{ get: { url: / } }] }]\n",
    );
    let mut shown = String::new();
    let mut call = |args: &[&str], script: &std::path::Path, code| {
        let ended = slsart(&scratch)
            .env("TOKEN", SECRET)
            .env("OTHER", "not-named-anywhere")
            .args(args)
            .args([script])
            .run()
            .expect(code);
        shown.extend([ended.out, ended.err]);
    };
    // Every user ends with an error in whose name the value would stand: no pause is called so.
    call(
        &[
            "run",
            "-t",
            target.url(),
            "--name",
            "secret",
            "-o",
            "report.json",
            "--trace",
            "trace",
        ],
        &script,
        0,
    );
    call(&["plan", "--json"], &script, 0);
    call(&["plan"], &script, 0);
    call(&["check", "--json"], &script, 0);
    call(&["check"], &wrong, 5);
    call(&["check", "--json"], &wrong, 5);
    let reported = slsart(&scratch).args(["report", "secret"]).run().expect(0);
    shown.push_str(&reported.out);
    for file in ["report.json", "trace"] {
        shown.push_str(&std::fs::read_to_string(scratch.path(file)).unwrap());
    }
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(shown.contains("Invalid think time: {{ pause }}"), "{shown}");
    let sent = tests::requests(&target);
    assert_eq!(sent.len(), 3);
    assert!(
        sent.iter()
            .all(|request| request.path == format!("/echo?{SECRET}"))
    );
    let mut open = vec![scratch.runs()];
    let mut recorded = String::new();
    while let Some(path) = open.pop() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            assert_eq!(mode, 0o700, "{}", path.display());
            open.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else {
            assert_eq!(mode, 0o600, "{}", path.display());
            recorded.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        }
    }
    assert!(recorded.contains(SECRET), "it travels with the script");
    assert!(
        !recorded.contains("not-named-anywhere"),
        "what is not named does not"
    );
}
