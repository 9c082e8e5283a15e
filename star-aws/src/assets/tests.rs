use serde_json::json;
use star_core::document::Sources;

use super::*;

/// What is said of a text, with the file's name left out.
fn read_given(text: &str, given: &Given) -> Result<(Place, Assets), Vec<String>> {
    let mut sources = Sources::default();
    let tree = star_yaml::read(&mut sources, "s", text).unwrap();
    let environment = |name: &str| {
        name.ends_with("TOKEN")
            .then(|| "from the environment".to_owned())
    };
    read(&tree, given, &environment).map_err(|faults| {
        let lines = faults.iter().map(|fault| fault.one_line(&sources));
        lines.map(|line| line.replacen("s:", "", 1)).collect()
    })
}

fn good(text: &str) -> (Place, Assets) {
    read_given(text, &Given::default()).unwrap()
}

const FUNCTION: &str = "functions: { loadGenerator: { handler: bootstrap } }\n";

#[test]
fn what_is_written_is_what_holds_where_there_is_no_file() {
    let given = Given {
        stage: Some("test".to_owned()),
        region: Some("eu-central-1".to_owned()),
        service: None,
    };
    let text = written("my-service", &given, Architecture::Arm);
    let (place, assets) = good(&text);
    let names = Names::new("my-service", "test").unwrap();
    let region = Some("eu-central-1".to_owned());
    assert_eq!(
        place,
        Place {
            names: names.clone(),
            region
        }
    );
    let mut settings = assets.settings(names.clone(), Architecture::Arm).unwrap();
    settings.limits = Split::default();
    let usual = Settings::new(names.clone(), Architecture::Arm);
    assert_eq!(format!("{settings:?}"), format!("{usual:?}"));
    let schedules = &settings.functions[0].schedules;
    assert!(schedules.len() == 1 && !schedules[0].enabled);
    assert!(assets.files.is_empty() && assets.inputs.iter().all(|input| !input.enabled));
    // What it says of cutting is what `_split` says by default.
    let silent = Split::default();
    assert_eq!(
        assets.limits.max_chunk_duration(),
        silent.max_chunk_duration()
    );
    assert_eq!(assets.limits.max_chunk_rate(), silent.max_chunk_rate());
    assert_eq!(assets.limits.time_buffer(), silent.time_buffer());

    let other = assets.settings(names, Architecture::X86).unwrap_err();
    assert_eq!(
        other.message,
        "the program that is deployed is for x86_64, and not for arm64"
    );
}

#[test]
fn a_deployment_has_the_usual_schedule_where_nothing_is_said_of_schedules() {
    let names = Names::new(SERVICE, STAGE).unwrap();
    let schedules = |assets: Assets| {
        let settings = assets.settings(names.clone(), Architecture::X86).unwrap();
        settings.functions[0].schedules.clone()
    };
    let none = "functions: { loadGenerator: { events: [] } }\n";
    assert_eq!(schedules(Assets::default()), [Schedule::usual()]);
    assert_eq!(schedules(good(FUNCTION).1), [Schedule::usual()]);
    assert_eq!(schedules(good(none).1), []);
}

#[test]
fn what_is_commented_out_in_the_written_file_is_right_when_it_is_not() {
    let text = written(SERVICE, &Given::default(), Architecture::X86);
    let lines = text.lines().map(|line| {
        let rest = line.trim_start();
        let indent = &line[..line.len() - rest.len()];
        // Comments are sentences; what can be taken in has a key, or is an item.
        let taken = rest.strip_prefix("# ").filter(|rest| {
            let key = rest.trim_start().split(':').next().unwrap_or_default();
            rest.trim_start().starts_with("- ")
                || (rest.contains(':') && !key.contains(' ') && !rest.ends_with("only:"))
        });
        taken.map_or(line.to_owned(), |taken| format!("{indent}{taken}"))
    });
    let text: Vec<_> = lines.collect();
    let (place, assets) = good(&text.join("\n"));
    assert_eq!(place.region.as_deref(), Some("eu-central-1"));
    assert_eq!(assets.tags["team"], "load");
    assert_eq!(assets.vpc.unwrap().subnets, ["subnet-0123456789abcdef0"]);
    assert_eq!(
        assets.statements[0]["Action"],
        json!(["execute-api:Invoke"])
    );
    assert_eq!(assets.managed_policies.len(), 1);
    assert!(assets.permissions_boundary.is_some());
    assert_eq!(assets.environment["API_TOKEN"], "from the environment");
    assert_eq!(assets.subscriptions[0].endpoint, "team@example.com");
    let files: Vec<_> = assets
        .files
        .iter()
        .map(|file| file.value.as_str())
        .collect();
    assert_eq!(files, ["script.yml", "users.csv"]);
}

#[test]
fn a_function_says_more_than_its_provider_and_the_command_line_more_than_both() {
    let text = "
service: load
provider:
  stage: ${opt:stage, 'beta'}
  region: us-west-2
  memorySize: 512
  timeout: 60
  environment: { A1: '1', B1: \"${self:service}-${sls:stage}-${aws:region}\", C1: 7 }
functions:
  loadGenerator: { memorySize: 2048, environment: { A1: \"2\" } }
custom: { limits: { maxChunkRequestsPerSecond: 100, runRetentionInDays: 3 } }
";
    let (place, assets) = good(text);
    assert_eq!(place.names, Names::new("load", "beta").unwrap());
    assert_eq!((assets.memory, assets.timeout), (Some(2048), Some(60)));
    let environment = |name: &str| assets.environment[name].as_str();
    assert_eq!(
        [environment("A1"), environment("B1"), environment("C1")],
        ["2", "load-beta-us-west-2", "7"]
    );
    assert_eq!(assets.limits.max_chunk_rate(), 100);
    assert_eq!(assets.run_days, Some(3));
    let given = Given {
        service: Some("other".to_owned()),
        stage: Some("prod".to_owned()),
        region: Some("eu-west-1".to_owned()),
    };
    let (place, assets) = read_given(text, &given).unwrap();
    assert_eq!(place.names, Names::new("other", "prod").unwrap());
    assert_eq!(place.region.as_deref(), Some("eu-west-1"));
    assert_eq!(assets.environment["B1"], "other-prod-eu-west-1");
}

#[test]
fn statements_name_the_topic_as_the_file_does() {
    let (_, assets) = good(
        "
provider:
  iam:
    role:
      statements:
        - { Effect: Allow, Action: sns:GetTopicAttributes, Resource: { Ref: alerts } }
        - { Effect: Allow, Action: [a:B], Resource: [{ 'Fn::GetAtt': [alerts, TopicArn] }, { 'Fn::Sub': 'arn:${AWS::Region}:${alerts.TopicName}/*' }] }
functions: { loadGenerator: {} }
resources:
  Resources:
    alerts: { Type: AWS::SNS::Topic, Properties: { DisplayName: load, Subscription: [{ Protocol: sms, Endpoint: '+14155550123' }] } }
    Mail: { Type: AWS::SNS::Subscription, Properties: { TopicArn: { Ref: alerts }, Protocol: email, Endpoint: a@example.com } }
",
    );
    assert_eq!(
        assets.statements[0]["Resource"],
        json!({ "Ref": "MonitoringAlerts" })
    );
    assert_eq!(
        assets.statements[1]["Resource"],
        json!([
            { "Fn::GetAtt": ["MonitoringAlerts", "TopicArn"] },
            { "Fn::Sub": "arn:${AWS::Region}:${MonitoringAlerts.TopicName}/*" },
        ])
    );
    let told = assets.subscriptions.iter();
    let told: Vec<_> = told.map(|told| told.protocol.as_str()).collect();
    assert_eq!(told, ["sms", "email"]);
    assert_eq!(assets.topic_display.as_deref(), Some("load"));
}

#[test]
fn schedules_are_read_in_each_of_their_forms() {
    let (_, assets) = good(
        "
functions:
  loadGenerator:
    events:
      - schedule: { rate: rate(1 day), input: { config: { target: '${self:service}' } } }
      - schedule: { rate: ['cron(0 12 ? * MON-FRI *)', rate(5 minutes)], enabled: false, input: { '>>': ./later.yml, mode: acc } }
      - schedule: { rate: rate(2 hours), input: { '>>': scripts/now.yml } }
package: { individually: false, patterns: ['!**', ./now.csv] }
",
    );
    let read = assets.schedules.unwrap();
    let schedules: Vec<_> = read
        .iter()
        .map(|schedule| (schedule.expression.as_str(), schedule.enabled))
        .collect();
    assert_eq!(
        schedules,
        [
            ("rate(1 day)", true),
            ("cron(0 12 ? * MON-FRI *)", false),
            ("rate(5 minutes)", false),
            ("rate(2 hours)", true),
        ]
    );
    assert_eq!(read[0].input["config"]["target"], SERVICE);
    assert_eq!(read[1].input["mode"], "acc");
    let files: Vec<_> = assets
        .files
        .iter()
        .map(|file| file.value.as_str())
        .collect();
    assert_eq!(files, ["now.csv"]);
    let inputs = assets.inputs.iter();
    let inputs: Vec<_> = inputs
        .map(|input| {
            let named = input.event.get(">>").and_then(|named| named.as_str());
            (named, input.enabled)
        })
        .collect();
    let (later, now) = (Some("./later.yml"), Some("scripts/now.yml"));
    assert_eq!(inputs, [(None, true), (later, false), (now, true)]);
}

#[test]
fn the_place_is_read_whatever_else_is_wrong_but_not_of_another_service() {
    let mut sources = Sources::default();
    let mut place_of = |text: &str| {
        let tree = star_yaml::read(&mut sources, "s", text).unwrap();
        place(Some(&tree), &Given::default(), &|_| None)
    };
    let text = "service: a\nprovider: { stage: b, timeout: never }\nfunctions: { loadGenerator: 7 }\nnonsense: 1\n";
    assert_eq!(place_of(text).unwrap().names, Names::new("a", "b").unwrap());
    assert!(place_of("service: shop\nfunctions: { cart: {} }\n").is_err());
    assert!(place_of("service: shop\n").is_err());
    let nowhere = place(None, &Given::default(), &|_| None).unwrap();
    assert_eq!(nowhere.names, Names::new(SERVICE, STAGE).unwrap());
}

#[test]
fn secrets_are_those_of_the_environment() {
    let mut sources = Sources::default();
    let text = "provider: { environment: { A: s1 } }\nfunctions: { loadGenerator: { environment: { B: s2 }, timeout: 9 } }\n";
    let tree = star_yaml::read(&mut sources, "s", text).unwrap();
    let found: Vec<_> = secrets(&tree)
        .into_iter()
        .map(|span| sources.snippet(span).to_owned())
        .collect();
    assert_eq!(found, ["s1", "s2"]);
}

/// A text, and all that is said of it; to texts without `functions` one is added.
#[test]
fn all_that_would_not_be_carried_out_is_said_at_its_place() {
    let cases = include_str!("bad.txt");
    let mut wrong = Vec::new();
    for case in cases.split("---\n") {
        let (text, expected) = case.split_once("=>\n").unwrap();
        let text = if text.contains("functions") || text.starts_with("- ") {
            text.to_owned()
        } else {
            format!("{text}{FUNCTION}")
        };
        let said = match read_given(&text, &Given::default()) {
            Ok(_) => "nothing\n".to_owned(),
            Err(lines) => lines.join("\n") + "\n",
        };
        if said != expected {
            wrong.push(format!("{text}=>\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("---\n"));
}

#[test]
fn what_aws_would_not_take_of_tags_and_policies_is_told_at_its_place() {
    let said = |text: &str| read_given(&format!("{FUNCTION}{text}"), &Given::default());
    let wrong = |text: &str, expected: &str| {
        let faults = said(text).unwrap_err();
        assert!(
            faults.len() == 1 && faults[0].contains(expected),
            "{faults:?}"
        );
    };
    let tags = |count: usize| {
        let each = (0..count)
            .map(|tag| format!("t{tag}: v"))
            .collect::<Vec<_>>();
        format!("provider: {{ tags: {{ {} }} }}", each.join(", "))
    };
    assert!(said(&tags(50)).is_ok());
    wrong(
        &tags(51),
        "2:19: error: there are 51 tags, and AWS takes 50",
    );
    let tag =
        |key: &str, value: &str| format!("provider: {{ tags: {{ \"{key}\": \"{value}\" }} }}");
    let x = |count: usize| "x".repeat(count);
    assert!(said(&tag(&x(128), &x(256))).is_ok());
    assert!(said(&tag("Ä 1", "a_b.c:d/e=f+g-h@i")).is_ok());
    wrong(
        &tag(&x(129), "v"),
        "2:21: error: the key of a tag has 129 letters, and may have 128",
    );
    wrong(
        &tag("k", &x(257)),
        "2:26: error: the value of the tag `k` has 257 letters, and may have 256",
    );
    wrong(
        &tag("aws:k", "v"),
        "2:21: error: `aws:k` cannot be the key of a tag",
    );
    wrong(&tag("", "v"), "2:21: error: a tag's key is empty");
    wrong(
        &tag("k", "a;b"),
        "2:26: error: the value of the tag `k` has `;`",
    );

    let policies = |count: usize| {
        let each = (0..count).map(|number| format!("\"arn:aws:iam::aws:policy/A{number}\""));
        let each = each.collect::<Vec<_>>().join(", ");
        format!("provider: {{ iam: {{ role: {{ managedPolicies: [{each}] }} }} }}")
    };
    assert!(said(&policies(25)).is_ok());
    wrong(
        &policies(26),
        "there are 26 managed policies, and a role may have 25",
    );
    let statements = |letters: usize| {
        let resource = x(letters);
        format!(
            "provider: {{ iam: {{ role: {{ statements: [{{ Effect: Allow, Action: \"a:B\", Resource: {resource} }}] }} }} }}"
        )
    };
    assert!(said(&statements(10_000)).is_ok());
    wrong(
        &statements(10_240),
        "letters, and all that a role may do, 10240",
    );
}
