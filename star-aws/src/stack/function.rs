//! The function and what it needs besides the ledger.

use serde_json::{Map, Value, json};
use star_core::job::Split;

use super::role::role;
use super::{FUNCTION_MARK, Function, Schedule, Settings, VERSION, Vpc, attribute, reference};
use crate::function::{
    DEPLOYMENT_VARIABLE, LEDGER_VARIABLE, LIMITS_VARIABLE, PROGRAM_VARIABLE, TOPIC_VARIABLE,
};

/// The parameter that has the bucket's name.
pub const LEDGER: &str = "LedgerBucket";

/// The parameter that says where in the bucket the function's code is.
pub const CODE_KEY: &str = "CodeKey";

/// The output that has the function's name.
pub const FUNCTION: &str = "Function";

/// The output that says what its workers take envelopes of.
pub const DEPLOYMENT: &str = "Deployment";

/// The output that says by which program it was deployed.
pub const LAUNCHER: &str = "Launcher";

pub(crate) const TOPIC: &str = "MonitoringAlerts";
pub(super) const LOGS: &str = "Logs";
const ROLE: &str = "Role";

/// The template of the stack of the functions. `deployment` is what their workers take envelopes of, `launcher` the program that deploys.
pub fn function_template(settings: &Settings, deployment: &str, launcher: &str) -> Value {
    let mut resources = Map::new();
    let mut add = |name: String, kind: &str, properties: Value| {
        let resource = json!({ "Type": kind, "Properties": properties });
        resources.insert(name, resource);
    };
    add(ROLE.to_owned(), "AWS::IAM::Role", role(settings));
    add(LOGS.to_owned(), "AWS::Logs::LogGroup", logs(settings));
    add(TOPIC.to_owned(), "AWS::SNS::Topic", topic(settings));
    for (number, function) in settings.functions.iter().enumerate() {
        let name = resource_name(number);
        add(
            name.clone(),
            "AWS::Lambda::Function",
            properties(function, settings, &of_this_stack(deployment)),
        );
        add(
            format!("{name}Async"),
            "AWS::Lambda::EventInvokeConfig",
            json!({
                "FunctionName": reference(&name),
                "Qualifier": "$LATEST",
                "MaximumRetryAttempts": 0,
                "MaximumEventAgeInSeconds": 60,
            }),
        );
        for (number, schedule) in function.schedules.iter().enumerate() {
            let rule = format!("{name}Schedule{number}");
            add(rule.clone(), "AWS::Events::Rule", rule_of(schedule, &name));
            add(
                format!("{rule}May"),
                "AWS::Lambda::Permission",
                json!({
                    "FunctionName": reference(&name),
                    "Action": "lambda:InvokeFunction",
                    "Principal": "events.amazonaws.com",
                    "SourceArn": attribute(&rule, "Arn"),
                }),
            );
        }
    }
    json!({
        "AWSTemplateFormatVersion": VERSION,
        "Description": format!("{}: {FUNCTION_MARK}", settings.names),
        "Parameters": {
            LEDGER: { "Type": "String", "Description": "The bucket of the ledger" },
            CODE_KEY: { "Type": "String", "Description": "Where in the bucket the code is" },
        },
        "Resources": resources,
        "Outputs": {
            FUNCTION: { "Value": reference(&resource_name(0)) },
            DEPLOYMENT: { "Value": of_this_stack(deployment) },
            LAUNCHER: { "Value": launcher },
            LEDGER: { "Value": reference(LEDGER) },
            "Topic": { "Value": reference(TOPIC) },
        },
    })
}

/// What workers take envelopes of, with the number of the stack, which another that is made in its place does not have: an event that
/// was sent before it was removed comes too late.
fn of_this_stack(deployment: &str) -> Value {
    let parts = json!({ "Fn::Split": ["/", reference("AWS::StackId")] });
    let number = json!({ "Fn::Select": [2, parts] });
    json!({ "Fn::Join": ["-", [deployment, number]] })
}

/// The resource of a function in the template: the first has no number.
fn resource_name(number: usize) -> String {
    match number {
        0 => "LoadGenerator".to_owned(),
        more => format!("LoadGenerator{more}"),
    }
}

pub(super) fn tags(settings: &Settings) -> Value {
    let tag = |(key, value): (&String, &String)| json!({ "Key": key, "Value": value });
    settings.tags.iter().map(tag).collect()
}

fn with_tags(mut properties: Value, settings: &Settings) -> Value {
    if !settings.tags.is_empty() {
        properties["Tags"] = tags(settings);
    }
    properties
}

fn logs(settings: &Settings) -> Value {
    let group = json!({
        "LogGroupName": settings.names.log_group(),
        "RetentionInDays": settings.log_days,
    });
    with_tags(group, settings)
}

fn topic(settings: &Settings) -> Value {
    let subscriptions: Vec<Value> = settings
        .subscriptions
        .iter()
        .map(|told| json!({ "Protocol": told.protocol, "Endpoint": told.endpoint }))
        .collect();
    let mut topic = json!({ "TopicName": settings.names.topic() });
    if let Some(name) = &settings.topic_display {
        topic["DisplayName"] = json!(name);
    }
    if !subscriptions.is_empty() {
        topic["Subscription"] = Value::Array(subscriptions);
    }
    with_tags(topic, settings)
}

fn properties(function: &Function, settings: &Settings, deployment: &Value) -> Value {
    let mut variables: Map<String, Value> = function
        .environment
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    variables.insert(LEDGER_VARIABLE.to_owned(), reference(LEDGER));
    variables.insert(TOPIC_VARIABLE.to_owned(), reference(TOPIC));
    if settings.limits != Split::default() {
        let limits = json!(settings.limits).to_string();
        variables.insert(LIMITS_VARIABLE.to_owned(), limits.into());
    }
    if let Some(program) = &settings.program {
        variables.insert(PROGRAM_VARIABLE.to_owned(), json!(program));
    }
    variables.insert(DEPLOYMENT_VARIABLE.to_owned(), deployment.clone());
    let mut properties = json!({
        "FunctionName": function.name(&settings.names),
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "Architectures": [function.architecture.as_str()],
        "MemorySize": function.memory,
        "Timeout": function.timeout.as_secs(),
        "Role": attribute(ROLE, "Arn"),
        // A run is handed from function to function; the platform would take that for an accident after sixteen.
        "RecursiveLoop": "Allow",
        "Code": { "S3Bucket": reference(LEDGER), "S3Key": reference(CODE_KEY) },
        "LoggingConfig": { "LogGroup": reference(LOGS) },
        "Environment": { "Variables": variables },
    });
    if let Some(Vpc {
        subnets,
        security_groups,
    }) = &function.vpc
    {
        properties["VpcConfig"] =
            json!({ "SubnetIds": subnets, "SecurityGroupIds": security_groups });
    }
    with_tags(properties, settings)
}

fn rule_of(schedule: &Schedule, function: &str) -> Value {
    let state = if schedule.enabled {
        "ENABLED"
    } else {
        "DISABLED"
    };
    json!({
        "ScheduleExpression": schedule.expression,
        "State": state,
        "Targets": [{
            "Id": "loadGenerator",
            "Arn": attribute(function, "Arn"),
            "Input": schedule.input.to_string(),
        }],
    })
}

#[cfg(test)]
mod tests;
