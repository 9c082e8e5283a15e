//! `slsart configure`, and what `serverless.yml` says of a deployment.

use serde_json::Value;
use star_core::wire::VERSION;
use tests::{Finished, Scratch};

use crate::commands::slsart;

/// By what a worker of this version is known.
fn mark(program: &str, envelopes: u32) -> String {
    format!("\0serverless-star worker {program}, envelopes {envelopes:03};\0")
}

/// The smallest program that a function could have, for this processor: a header of ELF, and its mark.
pub(crate) fn worker(scratch: &Scratch, machine: u8) -> String {
    marked(scratch, machine, &mark(env!("CARGO_PKG_VERSION"), VERSION))
}

fn marked(scratch: &Scratch, machine: u8, mark: &str) -> String {
    let mut header = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0];
    header.resize(64, 0);
    (header[16], header[18], header[20], header[52]) = (2, machine, 1, 64);
    header.extend(mark.as_bytes());
    scratch.write("worker", header);
    "worker".to_owned()
}

/// With a file of its own.
const SCRIPT: &str = "config: { target: http://127.0.0.1:9, phases: [{ duration: 1, arrivalRate: 1 }], payload: { path: rows.csv, fields: [row] } }\nscenarios: [{ flow: [{ get: { url: / } }] }]\n";

pub(crate) const X86: u8 = 62;
const ARM: u8 = 183;

pub(crate) fn dry(scratch: &Scratch, more: &[&str]) -> Finished {
    let worker = worker(scratch, X86);
    slsart(scratch)
        .args(["deploy", "--dry", "--worker", &worker])
        .args(more)
        .env("API_TOKEN", "v3rys3cret")
        .run()
}

/// The templates that a dry deployment prints.
pub(crate) fn templates(printed: &str) -> Vec<(String, Value)> {
    let parts = printed.split("# stack ").skip(1);
    parts
        .map(|part| {
            let (name, rest) = part.split_once('\n').unwrap();
            let json = rest.lines().take_while(|line| !line.starts_with('#'));
            let json: Vec<_> = json.collect();
            let template = serde_json::from_str(&json.join("\n")).unwrap();
            (name.to_owned(), template)
        })
        .collect()
}

#[test]
fn a_file_is_written_that_deploy_reads_and_none_is_written_over_another() {
    let scratch = Scratch::default();
    let written = slsart(&scratch)
        .args(["configure", "--service", "my-load", "-s", "qa"])
        .args(["-r", "eu-west-1"])
        .run()
        .expect(0);
    assert!(
        written.out.contains("for the service `my-load`"),
        "{}",
        written.out
    );
    let text = std::fs::read_to_string(scratch.path("serverless.yml")).unwrap();
    let printed = dry(&scratch, &[]).expect(0).out;
    let names: Vec<_> = templates(&printed)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["my-load-qa-ledger", "my-load-qa"]);
    let printed = dry(&scratch, &["--stage", "prod", "--service", "other"]).expect(0);
    assert!(
        printed.out.contains("# stack other-prod\n"),
        "{}",
        printed.out
    );

    let again = slsart(&scratch).args(["configure"]).run().expect(1);
    assert_eq!(
        (again.out.as_str(), again.err.as_str()),
        ("", "Conflict with existing files:\n  serverless.yml\n")
    );
    assert_eq!(
        std::fs::read_to_string(scratch.path("serverless.yml")).unwrap(),
        text
    );
    std::fs::rename(
        scratch.path("serverless.yml"),
        scratch.path("serverless.json"),
    )
    .unwrap();
    scratch.write("serverless.ts", "");
    let other = slsart(&scratch).args(["configure"]).run().expect(1);
    assert_eq!(
        other.err,
        "Conflict with existing files:\n  serverless.json\n  serverless.ts\n"
    );
}

#[test]
fn the_file_may_be_called_as_the_framework_has_it_and_one_that_is_not_read_is_told() {
    let scratch = Scratch::default();
    let stack = |name: &str| {
        let printed = dry(&scratch, &[]).expect(0);
        let line = format!("# stack {name}-dev\n");
        assert!(printed.out.contains(&line), "{}", printed.out);
        printed.err
    };
    scratch.write("serverless.ts", "export default {}\n");
    let said = "`serverless.ts` is not read, since it is a program";
    assert_eq!(stack("serverless-star").matches(said).count(), 1);
    // The first of them is taken.
    let file = |service: &str| {
        format!("{{ \"service\": \"{service}\", \"functions\": {{ \"loadGenerator\": {{}} }} }}\n")
    };
    for (name, service) in [
        ("serverless.json", "third"),
        ("serverless.yaml", "second"),
        ("serverless.yml", "first"),
    ] {
        scratch.write(name, file(service));
        let err = stack(service);
        assert!(!err.contains("is not read"), "{err}");
    }
    std::fs::remove_file(scratch.path("serverless.yml")).unwrap();
    scratch.write("script.yml", SCRIPT);
    scratch.write("rows.csv", "1\n");
    let over = slsart(&scratch)
        .args(["invoke", "-o", "serverless.yaml"])
        .run()
        .expect(2);
    assert!(over.err.contains("serverless.yaml"), "{}", over.err);
    let kept = std::fs::read_to_string(scratch.path("serverless.yaml")).unwrap();
    assert_eq!(kept, file("second"));
}

#[test]
fn each_file_that_is_written_is_of_a_service_of_its_own() {
    let services: Vec<String> = (0..2)
        .map(|_| {
            let scratch = Scratch::default();
            slsart(&scratch).args(["configure"]).run().expect(0);
            let text = std::fs::read_to_string(scratch.path("serverless.yml")).unwrap();
            let line = text.lines().find(|line| line.starts_with("service: "));
            line.unwrap().to_owned()
        })
        .collect();
    assert_ne!(services[0], services[1]);
    assert!(services[0].starts_with("service: serverless-star-"));
}

#[test]
fn what_the_file_says_is_deployed_and_its_secrets_are_not_shown() {
    let scratch = Scratch::default();
    scratch.write("script.yml", SCRIPT);
    scratch.write("rows.csv", "1\n");
    scratch.write(
        "serverless.yml",
        r#"
service: my-load
provider:
  tags: { team: load }
  vpc: { subnetIds: [subnet-1], securityGroupIds: [sg-1] }
  iam: { role: { managedPolicies: ["arn:aws:iam::aws:policy/A"], permissionsBoundary: "arn:aws:iam::aws:policy/B" } }
package: { patterns: ["!**", worker] }
functions:
  loadGenerator:
    memorySize: 512
    timeout: 300
    environment: { TOKEN: "${env:API_TOKEN}" }
    events:
      - schedule: { rate: rate(1 hour), input: { ">>": script.yml } }
resources:
  Resources:
    Alerts: { Type: AWS::SNS::Topic, Properties: { Subscription: [{ Protocol: email, Endpoint: a@example.com }] } }
custom: { limits: { runRetentionInDays: 3, maxChunkRequestsPerSecond: 50 } }
"#,
    );
    let printed = dry(&scratch, &["--memory", "2048"]).expect(0).out;
    assert!(!printed.contains("v3rys3cret"), "{printed}");
    assert!(
        printed.contains("# in it: bootstrap, rows.csv, script.yml, worker\n"),
        "{printed}"
    );
    let templates = templates(&printed);
    let rules = &templates[0].1["Resources"]["Ledger"]["Properties"]["LifecycleConfiguration"];
    assert_eq!(rules["Rules"][0]["ExpirationInDays"], 3);
    let resources = &templates[1].1["Resources"];
    let function = &resources["LoadGenerator"]["Properties"];
    assert_eq!([&function["MemorySize"], &function["Timeout"]], [2048, 300]);
    assert_eq!(function["Environment"]["Variables"]["TOKEN"], "****");
    let limits = function["Environment"]["Variables"]["SLSART_LIMITS"].as_str();
    let limits: Value = serde_json::from_str(limits.unwrap()).unwrap();
    assert_eq!(limits["maxChunkRequestsPerSecond"], 50);
    assert_eq!(function["VpcConfig"]["SubnetIds"][0], "subnet-1");
    assert_eq!(function["Tags"][0]["Key"], "team");
    let role = &resources["Role"]["Properties"];
    assert_eq!(role["PermissionsBoundary"], "arn:aws:iam::aws:policy/B");
    assert_eq!(role["ManagedPolicyArns"][0], "arn:aws:iam::aws:policy/A");
    let told = &resources["MonitoringAlerts"]["Properties"]["Subscription"][0];
    assert_eq!(told["Endpoint"], "a@example.com");
    assert_eq!(
        resources["LoadGeneratorSchedule0"]["Properties"]["State"],
        "ENABLED"
    );

    // Another file, in another folder: its paths are its own.
    scratch.write(
        "deep/own.yml",
        "service: deep\npackage: { patterns: [a.csv] }\nfunctions: { loadGenerator: {} }\n",
    );
    scratch.write("deep/a.csv", "1\n");
    let printed = dry(&scratch, &["--config", "deep/own.yml"]).expect(0).out;
    assert!(
        printed.contains("# stack deep-dev\n") && printed.contains("# in it: bootstrap, a.csv\n"),
        "{printed}"
    );
}

#[test]
fn what_is_wrong_with_the_file_is_said_at_its_place_without_its_secrets() {
    let scratch = Scratch::default();
    std::os::unix::fs::symlink("/etc/hostname", scratch.path("link.csv")).unwrap();
    let functions = "functions: { loadGenerator: {} }\n";
    let cases = [
        (
            "provider: { memroySize: 1 }\n",
            "serverless.yml:1:13",
            "did you mean `memorySize`?",
        ),
        (
            "package: { patterns: [missing.csv] }\n",
            "serverless.yml:1:23",
            "`missing.csv` cannot be packed",
        ),
        (
            "package: { patterns: [link.csv] }\n",
            "serverless.yml:1:23",
            "a link that leads out of this folder",
        ),
        (
            "provider: { architecture: arm64 }\n",
            "serverless.yml:1:27",
            "the program that is deployed is for x86_64, and not for arm64",
        ),
        (
            "provider: { environment: { TOKEN: hunter2hunter2, oops-: 1 } }\n",
            "serverless.yml:1:51",
            "`oops-` cannot be a variable of a function",
        ),
        ("provider: [\n", "serverless.yml:", "error"),
    ];
    for (text, place, said) in cases {
        scratch.write("serverless.yml", format!("{text}{functions}"));
        let refused = dry(&scratch, &[]).expect(5);
        let err = &refused.err;
        assert!(err.contains(place) && err.contains(said), "{text}: {err}");
        assert!(!err.contains("hunter2"), "{err}");
    }
    for wrong in ["../a.yml", "/etc/hostname"] {
        let event = format!(
            "events: [{{ schedule: {{ rate: rate(1 day), input: {{ \">>\": {wrong} }} }} }}]"
        );
        scratch.write(
            "serverless.yml",
            format!("functions: {{ loadGenerator: {{ {event} }} }}\n"),
        );
        let refused = dry(&scratch, &[]).expect(5);
        let said = format!("`{wrong}` cannot be a file of the package");
        assert!(refused.err.contains(&said), "{}", refused.err);
    }
    let event = |input: &str| {
        let event =
            format!("events: [{{ schedule: {{ rate: rate(1 day), input: {{ {input} }} }} }}]");
        format!("functions: {{ loadGenerator: {{ {event} }} }}\n")
    };
    scratch.write("own/s.yml", SCRIPT);
    scratch.write("serverless.yml", event("\">>\": own/s.yml"));
    let refused = dry(&scratch, &[]).expect(5);
    assert!(refused.err.contains("rows.csv"), "{}", refused.err);
    // What an event says besides may make it whole.
    scratch.write(
        "serverless.yml",
        event("\">>\": own/s.yml, config: { payload: [] }"),
    );
    let printed = dry(&scratch, &[]).expect(0).out;
    assert!(
        printed.contains("# in it: bootstrap, own/s.yml\n"),
        "{printed}"
    );
    let missing = slsart(&scratch)
        .args(["deploy", "--dry", "--config", "nowhere.yml"])
        .run()
        .expect(5);
    assert!(missing.err.contains("nowhere.yml"), "{}", missing.err);
}

#[test]
fn a_program_for_arm_is_deployed_as_one() {
    let scratch = Scratch::default();
    let worker = worker(&scratch, ARM);
    let printed = slsart(&scratch)
        .args(["deploy", "-n", "--worker", &worker])
        .run()
        .expect(0);
    assert!(printed.out.contains("\"arm64\""), "{}", printed.out);
    let mut object = std::fs::read(scratch.path("worker")).unwrap();
    object[16] = 1;
    for (bytes, said) in [
        (&b"#!/bin/sh\n"[..], "it is not a 64-bit program for Linux"),
        (b"", "it is not a 64-bit program for Linux"),
        (
            &object[..],
            "it is no program that can be started, but an object file",
        ),
    ] {
        scratch.write("other", bytes);
        let refused = slsart(&scratch)
            .args(["deploy", "--dry", "--worker", "other"])
            .run()
            .expect(2);
        let err = &refused.err;
        assert!(
            err.contains(said)
                && err.contains(
                    "docs/aws.md shows how to build one that fits; `--worker FILE` deploys it"
                ),
            "{err}"
        );
    }
}

#[test]
fn a_program_that_is_no_worker_of_this_version_is_not_deployed() {
    let scratch = Scratch::default();
    let next = mark(env!("CARGO_PKG_VERSION"), VERSION + 1);
    for (mark, said) in [
        (
            "",
            "`worker` cannot be the worker of this program: it is a program, but none that can be a worker",
        ),
        (
            &*mark("0.0.1", VERSION),
            "it is of version 0.0.1 (envelopes of version",
        ),
        (&*next, "and this program is of version"),
    ] {
        for machine in [X86, ARM] {
            let worker = marked(&scratch, machine, mark);
            let refused = slsart(&scratch)
                .args(["deploy", "--dry", "--worker", &worker])
                .run()
                .expect(2);
            let err = &refused.err;
            let how = "build this program from the same source for the function's processor";
            assert!(err.contains(said) && err.contains(how), "{err}");
        }
    }
    // This very program is one.
    let own = env!("CARGO_BIN_EXE_slsart-under-test");
    let own = ["deploy", "--dry", "--worker", own];
    slsart(&scratch).args(own).run().expect(0);
}

#[test]
fn the_file_of_another_service_is_never_taken_for_a_deployment() {
    let scratch = Scratch::default();
    scratch.write("serverless.yml", "service: shop\nfunctions: { cart: {} }\n");
    for command in [
        &["remove"][..],
        &["invoke"],
        &["deploy", "--dry"],
        &["report", "r", "--aws"],
        &["stop", "r", "--aws"],
    ] {
        let refused = slsart(&scratch).args(command).run().expect(5);
        assert!(
            refused
                .err
                .contains("there is no function `loadGenerator` here"),
            "{command:?}: {}",
            refused.err
        );
    }
}

#[test]
fn a_plan_is_cut_as_the_file_says_where_the_script_does_not() {
    let scratch = Scratch::default();
    scratch.write(
        "serverless.yml",
        "functions: { loadGenerator: {} }\ncustom: { limits: { maxChunkRequestsPerSecond: 100 } }\n",
    );
    let script = |split: &str| {
        format!(
            "config:\n  target: http://127.0.0.1:9\n  phases: [{{ duration: 10, arrivalRate: 200 }}]\n{split}scenarios: [{{ flow: [{{ get: {{ url: / }} }}] }}]\n"
        )
    };
    for (split, workers) in [("", 2), ("_split: { maxChunkRequestsPerSecond: 50 }\n", 4)] {
        scratch.write("s.yml", script(split));
        let planned = slsart(&scratch)
            .args(["plan", "--json", "s.yml"])
            .run()
            .expect(0);
        let plan: Value = serde_json::from_str(&planned.out).unwrap();
        assert_eq!(plan["chunks"].as_array().unwrap().len(), workers, "{plan}");
    }
}
