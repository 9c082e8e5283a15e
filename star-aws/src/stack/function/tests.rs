use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::call::Call;
use crate::elf::Architecture;
use crate::names::Names;
use crate::stack::{Subscription, ledger_template};

fn plain() -> Settings {
    let names = Names::new("serverless-star", "dev").unwrap();
    Settings::new(names, Architecture::X86)
}

/// With everything that can be chosen.
fn rich() -> Settings {
    let mut settings = plain();
    settings.tags.insert("team".to_owned(), "load".to_owned());
    settings.statements = vec![json!({
        "Effect": "Allow",
        "Action": ["execute-api:Invoke"],
        "Resource": { "Fn::Sub": "arn:${AWS::Partition}:execute-api:*:*:abcdef1234/*" },
    })];
    settings.limits.max_chunk_requests_per_second = Some(100);
    settings.topic_display = Some("load".to_owned());
    settings.managed_policies = vec!["arn:aws:iam::123456789012:policy/audit".to_owned()];
    settings.permissions_boundary = Some("arn:aws:iam::123456789012:policy/bounds".to_owned());
    settings.subscriptions.push(Subscription {
        protocol: "email".to_owned(),
        endpoint: "team@example.com".to_owned(),
    });
    let function = &mut settings.functions[0];
    function
        .environment
        .insert("LANG".to_owned(), "C".to_owned());
    function.vpc = Some(Vpc {
        subnets: vec!["subnet-0123456789abcdef0".to_owned()],
        security_groups: vec!["sg-0123456789abcdef0".to_owned()],
    });
    function.schedules = vec![Schedule {
        enabled: true,
        ..Schedule::usual()
    }];
    settings.functions.push(Function {
        suffix: Some("2".to_owned()),
        ..Function::new(Architecture::X86)
    });
    settings
}

/// Every text in a value, with the key that it is under.
fn texts<'v>(value: &'v Value, key: &'v str, found: &mut Vec<(&'v str, &'v str)>) {
    match value {
        Value::String(text) => found.push((key, text)),
        Value::Array(list) => list.iter().for_each(|item| texts(item, key, found)),
        Value::Object(map) => map.iter().for_each(|(key, item)| texts(item, key, found)),
        _ => {}
    }
}

fn role_statements(template: &Value) -> &Vec<Value> {
    let policy = &template["Resources"]["Role"]["Properties"]["Policies"][0];
    policy["PolicyDocument"]["Statement"].as_array().unwrap()
}

#[test]
fn the_role_allows_what_the_function_calls_and_nothing_else() {
    for settings in [plain(), rich()] {
        let template = function_template(&settings, "d", "d");
        let allowed: BTreeSet<&str> = role_statements(&template)
            .iter()
            .flat_map(|statement| statement["Action"].as_array().unwrap())
            .map(|action| action.as_str().unwrap())
            .collect();
        let calls = Call::OF_FUNCTION.iter().map(|call| call.action());
        let logs = ["logs:CreateLogStream", "logs:PutLogEvents"];
        assert_eq!(allowed, calls.chain(logs).collect());
    }
}

#[test]
fn no_statement_of_the_role_has_an_asterisk_but_behind_the_runs_of_the_bucket() {
    let template = function_template(&rich(), "d", "d");
    let mut found = Vec::new();
    for statement in role_statements(&template) {
        assert_eq!(statement["Effect"], "Allow");
        texts(statement, "", &mut found);
    }
    let starred = found.iter().filter(|(_, text)| text.contains('*'));
    let starred: BTreeSet<_> = starred.map(|(_, text)| *text).collect();
    let runs = "arn:${AWS::Partition}:s3:::${LedgerBucket}/runs/*";
    assert_eq!(starred, BTreeSet::from([runs]));
}

#[test]
fn what_else_the_role_may_do_is_what_was_asked_for() {
    let settings = rich();
    let role = function_template(&settings, "d", "d")["Resources"]["Role"]["Properties"].clone();
    let policies = role["Policies"].as_array().unwrap();
    assert_eq!(policies.len(), 2);
    let more = &policies[1]["PolicyDocument"]["Statement"];
    assert_eq!(more, &json!(settings.statements));
    let managed = role["ManagedPolicyArns"].as_array().unwrap();
    let in_networks =
        "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaENIManagementAccess";
    assert_eq!(managed[0], json!(settings.managed_policies[0]));
    assert_eq!(managed[1..], [json!({ "Fn::Sub": in_networks })]);
    assert_eq!(
        role["PermissionsBoundary"],
        json!(settings.permissions_boundary)
    );
    let role = function_template(&plain(), "d", "d")["Resources"]["Role"]["Properties"].clone();
    assert_eq!(role["Policies"].as_array().unwrap().len(), 1);
    assert!(role.get("ManagedPolicyArns").is_none() && role.get("PermissionsBoundary").is_none());
}

#[test]
fn functions_may_invoke_each_other_and_no_other() {
    let template = function_template(&rich(), "d", "d");
    let invoke = role_statements(&template)
        .iter()
        .find(|statement| statement["Action"][0] == "lambda:InvokeFunction")
        .unwrap();
    let arn = |name| {
        format!(
            "arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:{name}"
        )
    };
    let first = "serverless-star-dev-loadGenerator";
    assert_eq!(
        invoke["Resource"],
        json!([{ "Fn::Sub": arn(first) }, { "Fn::Sub": arn(&format!("{first}2")) }])
    );
}

#[test]
fn the_platform_neither_retries_nor_takes_a_long_run_for_an_accident() {
    let template = function_template(&rich(), "d", "d");
    for name in ["LoadGenerator", "LoadGenerator1"] {
        let resources = &template["Resources"];
        assert_eq!(resources[name]["Properties"]["RecursiveLoop"], "Allow");
        let config = &resources[format!("{name}Async")]["Properties"];
        assert_eq!(config["MaximumRetryAttempts"], 0);
        assert_eq!(config["MaximumEventAgeInSeconds"], 60);
        assert_eq!(config["Qualifier"], "$LATEST");
    }
}

#[test]
fn a_schedule_is_off_until_it_is_asked_for_and_may_invoke_its_function_only() {
    let mut settings = rich();
    settings.functions[0].schedules[0].enabled = false;
    for (settings, state) in [(rich(), "ENABLED"), (settings, "DISABLED")] {
        let template = function_template(&settings, "d", "d");
        let rule = &template["Resources"]["LoadGeneratorSchedule0"]["Properties"];
        assert_eq!(rule["State"], state);
        let input: Value =
            serde_json::from_str(rule["Targets"][0]["Input"].as_str().unwrap()).unwrap();
        assert_eq!(input[">>"], "script.yml");
        let may = &template["Resources"]["LoadGeneratorSchedule0May"]["Properties"];
        assert_eq!(
            may["SourceArn"],
            json!({ "Fn::GetAtt": ["LoadGeneratorSchedule0", "Arn"] })
        );
    }
    // Where nobody says, there is one to be asked for.
    let template = function_template(&plain(), "d", "d");
    let rule = &template["Resources"]["LoadGeneratorSchedule0"]["Properties"];
    assert_eq!(rule["State"], "DISABLED");
    let mut settings = plain();
    settings.functions[0].schedules.clear();
    let template = function_template(&settings, "d", "d");
    let resources = template["Resources"].as_object().unwrap();
    assert!(!resources.keys().any(|name| name.contains("Schedule")));
}

#[test]
fn the_bucket_is_closed_encrypted_and_forgets_runs() {
    let mut settings = rich();
    settings.run_days = 7;
    let template = ledger_template(&settings);
    let bucket = &template["Resources"]["Ledger"]["Properties"];
    let block = bucket["PublicAccessBlockConfiguration"]
        .as_object()
        .unwrap();
    assert!(block.len() == 4 && block.values().all(|on| on == true));
    let rule = &bucket["LifecycleConfiguration"]["Rules"][0];
    assert_eq!(
        (&rule["Prefix"], &rule["ExpirationInDays"]),
        (&json!("runs/"), &json!(7))
    );
    assert_eq!(bucket["Tags"][0]["Key"], "team");
}

#[test]
fn the_templates_stay_as_they_were_reviewed() {
    for (name, settings) in [("plain", plain()), ("rich", rich())] {
        for (kind, template) in [
            ("ledger", ledger_template(&settings)),
            (
                "function",
                function_template(&settings, "2-0123456789abcdef", "2-fedcba9876543210"),
            ),
        ] {
            let text = format!("{}\n", serde_json::to_string_pretty(&template).unwrap());
            let path = format!(
                "{}/templates/{name}.{kind}.json",
                env!("CARGO_MANIFEST_DIR")
            );
            let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(text, reviewed, "{path}: review it, and write it anew");
        }
    }
}
