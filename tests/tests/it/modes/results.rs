//! Where what a run came to is told, and what is shown nowhere.

use tests::{Program, Scratch};

use super::{PROGRAM, SCRIPT, ended, program, run, target};

#[test]
fn what_failed_is_told_to_github_where_that_asks() {
    let (scratch, target) = (Scratch::default(), target());
    let script = SCRIPT.replace("statusCode: 201", "statusCode: 200");
    let told = program(&scratch, &script, target.url(), &[])
        .env("GITHUB_ACTIONS", "true")
        .run()
        .expect(3);
    let lines: Vec<_> = told
        .err
        .lines()
        .filter(|line| line.starts_with("::error file="))
        .collect();
    // The scenario, and the run.
    assert_eq!(lines.len(), 2, "{}", told.err);
    assert!(
        lines[0].contains("title=scenarios%3A buy::POST /items: statusCode: expected 200, got 201"),
        "{}",
        lines[0]
    );
    let quiet = program(&scratch, &script, target.url(), &[])
        .run()
        .expect(3);
    assert!(!quiet.err.contains("::error"));
}

#[test]
fn a_test_report_can_be_had_of_a_run_that_is_recorded() {
    let (scratch, target) = (Scratch::default(), target());
    let script = SCRIPT.replace("statusCode: 201", "statusCode: 200");
    let run = run(&scratch, &script, target.url(), &["--name", "tried"]);
    run.done.expect(3);
    for command in ["report", "watch"] {
        let again = scratch.path(&format!("{command}.xml"));
        Program::new(PROGRAM, &scratch)
            .args([command, "tried", "--junit"])
            .args([&again])
            .run()
            .expect(3);
        assert_eq!(
            std::fs::read_to_string(again).unwrap(),
            run.junit,
            "{command}"
        );
    }
}

#[test]
fn nothing_that_is_not_to_be_shown_is_in_any_of_the_outputs() {
    let (scratch, target) = (Scratch::default(), target());
    scratch.write("users.csv", "Zcell9953,Zpass1234\n");
    let script = r#"
config:
  target: http://127.0.0.1:1
  payload: { path: users.csv, fields: [user, pass] }
  variables: { of_env: "{{ $processEnvironment.ZTOKEN }}" }
  plugins:
    aws-sigv4: { serviceName: execute-api, region: eu-west-1 }
    publish-metrics:
      - { type: influxdb, url: "http://127.0.0.1:1", bucket: b, token: "{{ $env.ZSINK }}" }
      - { type: influxdb, url: "http://127.0.0.1:1", database: d, username: me, password: Zpassword5521 }
      - { type: datadog, apiHost: "http://127.0.0.1:1", apiKey: Zapikey6612 }
mode: acc
_trace: true
scenarios:
  - flow:
      - post:
          url: "/echo?user={{ user }}"
          headers: { Authorization: "Bearer Zheader8842", X-Token: "{{ of_env }}" }
          json: { user: "{{ user }}", pass: "{{ pass }}" }
          capture: { json: $.headers, as: all }
          match: { json: $.none, value: "{{ pass }}" }
          expect:
            - matchesRegexp: "^nothing of {{ user }}"
            - equals: ["{{ user }}", "{{ pass }}", "{{ of_env }}"]
            - hasProperty: "{{ pass }}"
            - headerEquals: [content-type, "{{ user }}"]
  - name: signed
    beforeRequest: addAmazonSignatureV4
    flow:
      - get:
          url: /echo
          match: { json: $.headers.authorization, value: none }
          expect: [{ equals: ["{{ $env.ZSINK }}", a] }, { matchesRegexp: "^nothing" }]
"#;
    let secrets = [
        "Zenvironment7731",
        "Zheader8842",
        "Zcell9953",
        "Zpass1234",
        "Zsink4410",
        "Zpassword5521",
        "WnBhc3N3b3JkNTUyM", // The same, as it is sent.
        "Zapikey6612",
        "Zaccess7123",
        "Zsecret8234",
        "Zsession9345",
    ];
    let known = |program: Program| {
        let program = program.env("ZTOKEN", secrets[0]).env("ZSINK", secrets[4]);
        let program = program.env("AWS_ACCESS_KEY_ID", secrets[8]);
        let program = program.env("AWS_SECRET_ACCESS_KEY", secrets[9]);
        program.env("AWS_SESSION_TOKEN", secrets[10])
    };
    let how = ["--trace", "trace.jsonl"];
    let done = known(program(&scratch, script, target.url(), &how))
        .env("GITHUB_ACTIONS", "true")
        .run();
    let run = ended(&scratch, done);
    let signed = target.record();
    let signed = signed.iter().filter(|one| {
        let authorization = one.headers.get("authorization");
        authorization.is_some_and(|value| value.contains(secrets[8]))
    });
    assert_eq!(signed.count(), 1);
    let alerted = known(Program::new(PROGRAM, &scratch))
        .args(["monitor", "-t", target.url(), "--rounds", "1", "-a"])
        .args(["--state", "state.json", "--command", "cat > alert.json"])
        .args([scratch.path("script.yml")])
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .run()
        .expect(3);
    let read = |name: &str| std::fs::read_to_string(scratch.path(name)).unwrap();
    let (alert, state) = (read("alert.json"), read("state.json"));
    assert!(alert.contains("total errors"), "{alert}");
    let trace = read("trace.jsonl");
    let all = format!(
        "{}{}{}{}{trace}{}{}{alert}{state}",
        run.done.out, run.done.err, run.report, run.junit, alerted.out, alerted.err
    );
    assert!(all.contains("did not reach the sink `datadog"), "{all}");
    assert_eq!(run.done.code, Some(3), "{all}");
    assert!(
        all.contains("matchesRegexp") && all.contains("{{ user }}"),
        "{all}"
    );
    for secret in secrets {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    none_is_recorded(&scratch, &secrets);
}

/// Fails where what is recorded of runs has one of these, but for the script and its files, which have to be there.
fn none_is_recorded(scratch: &Scratch, secrets: &[&str]) {
    let mut open = vec![scratch.runs()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        if path.display().to_string().contains("/content/") {
            continue;
        }
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} in {}", path.display());
        }
    }
}
