//! The Serverless Framework, as `osls` carries it on, takes the files that `slsart` writes and reads, and means the same by them.

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tests::npm::Installed;
use tests::{Program, Scratch};

use crate::PROGRAM;

/// With everything that can be chosen.
const RICH: &str = r#"
service: rich
frameworkVersion: "3"
configValidationMode: error
provider:
  name: aws
  runtime: provided.al2023
  architecture: x86_64
  stage: ${opt:stage, 'qa'}
  region: eu-central-1
  logRetentionInDays: 30
  memorySize: 512
  timeout: 300
  versionFunctions: false
  tags: { team: load }
  environment: { STAGE: "${sls:stage}" }
  iam:
    role:
      statements:
        - { Effect: Allow, Action: [execute-api:Invoke], Resource: "arn:aws:execute-api:*:*:abcdef1234/*" }
        - { Effect: Allow, Action: [sns:GetTopicAttributes], Resource: { Ref: MonitoringAlerts } }
      managedPolicies: ["arn:aws:iam::123456789012:policy/audit"]
      permissionsBoundary: "arn:aws:iam::123456789012:policy/bounds"
package: { individually: false, patterns: ["!**", script.yml] }
functions:
  loadGenerator:
    handler: bootstrap
    memorySize: 2048
    maximumRetryAttempts: 0
    maximumEventAge: 60
    environment: { SERVICE: "${self:service}" }
    vpc: { subnetIds: [subnet-0123456789abcdef0], securityGroupIds: [sg-0123456789abcdef0] }
    events:
      - schedule: { rate: "cron(0 12 ? * MON-FRI *)", enabled: true, input: { ">>": script.yml } }
      - schedule: { rate: [rate(1 hour), rate(2 days)], enabled: false }
resources:
  Resources:
    MonitoringAlerts:
      Type: AWS::SNS::Topic
      Properties: { DisplayName: load, Subscription: [{ Protocol: email, Endpoint: team@example.com }] }
    Chat: { Type: AWS::SNS::Subscription, Properties: { TopicArn: { Ref: MonitoringAlerts }, Protocol: https, Endpoint: "https://example.com/alerts" } }
custom: { limits: { maxChunkDurationInSeconds: 60, maxChunkRequestsPerSecond: 50, timeBufferInMilliseconds: 5000, runRetentionInDays: 7 } }
"#;

const SCRIPT: &str = "config: { target: http://127.0.0.1:9, phases: [{ duration: 1, arrivalRate: 1 }] }\nscenarios: [{ flow: [{ get: { url: / } }] }]\n";

/// The resources that the framework makes of the file in a folder.
fn framework(osls: &Installed, scratch: &Scratch) -> Value {
    let packaged = osls
        .command("osls/bin/serverless.js", &scratch.path("home"))
        .args(["package", "--package", "out"])
        .current_dir(scratch.path("."))
        .env("SLS_TELEMETRY_DISABLED", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(
        packaged.status.success(),
        "{}{}",
        String::from_utf8_lossy(&packaged.stdout),
        String::from_utf8_lossy(&packaged.stderr)
    );
    let template = scratch.path("out/cloudformation-template-update-stack.json");
    tests::json(&template)["Resources"].clone()
}

/// The resources that `slsart` makes of it.
fn ours(scratch: &Scratch) -> Value {
    let dry = Program::new(PROGRAM, scratch)
        .args(["deploy", "--dry"])
        .run()
        .expect(0);
    let template = dry.out.split("# stack ").nth(2).unwrap();
    let lines = template.lines().skip(1);
    let json: Vec<_> = lines.take_while(|line| !line.starts_with('#')).collect();
    let template: Value = serde_json::from_str(&json.join("\n")).unwrap();
    template["Resources"].clone()
}

/// The properties of all resources of a kind, in the order of their text.
fn of_kind(resources: &Value, kind: &str) -> Vec<Value> {
    let all = resources.as_object().unwrap().values();
    let mut found: Vec<_> = all
        .filter(|resource| resource["Type"] == kind)
        .map(|resource| resource["Properties"].clone())
        .collect();
    found.sort_by_key(ToString::to_string);
    found
}

/// What both must mean the same by.
fn meaning(resources: &Value) -> Value {
    let [function] = &of_kind(resources, "AWS::Lambda::Function")[..] else {
        panic!("one function: {resources}");
    };
    let mut schedules: Vec<_> = of_kind(resources, "AWS::Events::Rule")
        .iter()
        .map(|rule| {
            let input = rule["Targets"][0]["Input"].as_str().unwrap_or("{}");
            let input: Value = serde_json::from_str(input).unwrap();
            json!([rule["ScheduleExpression"], rule["State"], input]).to_string()
        })
        .collect();
    schedules.sort();
    let [role] = &of_kind(resources, "AWS::IAM::Role")[..] else {
        panic!("one role: {resources}");
    };
    let policies = role["Policies"].as_array().unwrap().iter();
    let statements =
        policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap());
    let statements: Vec<_> = statements
        .filter(|statement| {
            let action = statement["Action"].to_string();
            action.contains("execute-api") || action.contains("GetTopicAttributes")
        })
        .collect();
    json!({
        "function": [
            function["FunctionName"], function["Runtime"], function["Handler"], function["Architectures"], function["MemorySize"],
            function["Timeout"], function["VpcConfig"], function["Tags"],
        ],
        "log days": of_kind(resources, "AWS::Logs::LogGroup")[0]["RetentionInDays"],
        "schedules": schedules,
        "more statements": statements,
        "boundary": role["PermissionsBoundary"],
        "audit": role["ManagedPolicyArns"].to_string().contains("policy/audit"),
    })
}

/// What becomes of an event that nothing took.
fn retries(resources: &Value) -> Value {
    let config = &of_kind(resources, "AWS::Lambda::EventInvokeConfig")[0];
    json!([
        config["MaximumRetryAttempts"],
        config["MaximumEventAgeInSeconds"]
    ])
}

/// The variables of the function's environment, but for our own.
fn environment(resources: &Value) -> Value {
    let function = &of_kind(resources, "AWS::Lambda::Function")[0];
    let mut variables = function["Environment"]["Variables"].clone();
    if let Some(map) = variables.as_object_mut() {
        map.retain(|name, _| !name.starts_with("SLSART_"));
    }
    variables
}

#[test]
fn the_framework_takes_what_is_written_and_means_the_same_by_what_can_be_chosen() {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("osls");
    let osls = Installed::new(&from, &Path::new(env!("CARGO_TARGET_TMPDIR")).join("osls"));

    let scratch = Scratch::default();
    Program::new(PROGRAM, &scratch)
        .args(["configure", "--region", "eu-central-1"])
        .run()
        .expect(0);
    // The framework has nothing to pack where there is no file.
    scratch.write("script.yml", SCRIPT);
    assert_eq!(
        meaning(&framework(&osls, &scratch)),
        meaning(&ours(&scratch))
    );

    let scratch = Scratch::default();
    scratch.write("serverless.yml", RICH);
    scratch.write("script.yml", SCRIPT);
    let (theirs, ours) = (framework(&osls, &scratch), ours(&scratch));
    assert_eq!(meaning(&theirs), meaning(&ours));
    assert_eq!(retries(&theirs), retries(&ours));
    assert_eq!(
        environment(&theirs),
        json!({ "STAGE": "qa", "SERVICE": "rich" })
    );
    // Values are not printed.
    assert_eq!(
        environment(&ours),
        json!({ "STAGE": "****", "SERVICE": "****" })
    );
}
